//! Names from their parts.
//!
//! Source: Frigga `AutoScalingGroupNameBuilder`.

use super::{
    Error, Labels,
    characters::push_number,
    validate::{check_name, check_name_with_hyphen, not_empty},
};

/// The parts of which a server group's name is made. An empty stack, detail or label is as good as none.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct ServerGroupName {
    /// The application; a name cannot be made without.
    pub app: Option<String>,
    /// The stack.
    pub stack: Option<String>,
    /// The detail.
    pub detail: Option<String>,
    /// Labelled variables, put after the detail.
    pub labels: Labels,
    /// The number of the server group in its cluster.
    pub sequence: Option<i32>,
}

impl ServerGroupName {
    /// The name that is the application alone.
    pub fn new(app: impl Into<String>) -> Self {
        ServerGroupName { app: Some(app.into()), ..ServerGroupName::default() }
    }

    /// The name: the cluster and, if there is a number, `-v` with at least three digits of it.
    ///
    /// Fails without an application; checks nothing else.
    pub fn compose(&self) -> Result<String, Error> {
        let cluster = self.cluster()?;
        Ok(self.sequence.map(|sequence| format!("{cluster}-v{sequence:03}")).unwrap_or(cluster))
    }

    /// The cluster's name: application, stack, detail, labels.
    ///
    /// Fails without an application; checks nothing else. Source: `buildGroupName(false)`,
    /// kork-moniker `MonikerHelper.getClusterName`.
    pub fn cluster(&self) -> Result<String, Error> {
        let app = not_empty(self.app.as_deref(), "appName")?;
        let stack = self.stack.as_deref().unwrap_or_default();
        let mut name = match (stack, self.detail.as_deref().unwrap_or_default()) {
            ("", "") => app.to_owned(),
            (stack, "") => format!("{app}-{stack}"),
            (stack, detail) => format!("{app}-{stack}-{detail}"),
        };
        for (key, value) in self.labels.present() {
            name.extend(["-", key.encode_utf8(&mut [0; 4]), "0", value]);
        }
        Ok(name)
    }

    /// The cluster's name, if it parses back into these parts.
    ///
    /// Fails without an application, with a character that a part cannot hold, and with a stack or detail that has a
    /// push (`v000`) among its words. Source: `buildGroupName(true)`.
    pub fn validated_cluster(&self) -> Result<String, Error> {
        not_empty(self.app.as_deref(), "appName")?;
        let plain = [&self.app, &self.stack].into_iter().filter_map(Option::as_deref).filter(|part| !part.is_empty());
        if !plain.chain(self.labels.present().map(|(_, value)| value)).all(check_name) {
            return Err(Error::Characters);
        }
        let detail = self.detail.as_deref().unwrap_or_default();
        if !detail.is_empty() && !check_name_with_hyphen(detail) {
            return Err(Error::Characters);
        }
        for (part, text) in [("stack", self.stack.as_deref().unwrap_or_default()), ("detail", detail)] {
            if text.split('-').any(|word| push_number(word).is_some()) {
                return Err(Error::Push(part));
            }
        }
        self.cluster()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(stack: &str, detail: &str) -> ServerGroupName {
        ServerGroupName { stack: Some(stack.into()), detail: Some(detail.into()), ..ServerGroupName::new("app") }
    }

    #[test]
    fn an_empty_part_is_as_good_as_none() {
        assert_eq!(name("", "").cluster().unwrap(), "app");
        assert_eq!(name("s", "").cluster().unwrap(), "app-s");
        assert_eq!(name("", "d").cluster().unwrap(), "app--d");
        assert_eq!(ServerGroupName::default().cluster(), Err(Error::Missing("appName")));
        assert_eq!(ServerGroupName::new("").validated_cluster(), Err(Error::Empty("appName")));
    }

    #[test]
    fn labels_come_after_the_detail_in_the_order_of_their_keys() {
        let labels = Labels {
            zone: Some("a".into()),
            countries: Some("eu".into()),
            hardware: Some(String::new()),
            ..Labels::default()
        };
        let name = ServerGroupName { labels, sequence: Some(4), ..name("s", "d") };
        assert_eq!(name.compose().unwrap(), "app-s-d-c0eu-z0a-v004");
    }

    #[test]
    fn validation_says_what_is_wrong() {
        assert_eq!(name("st-ack", "d").validated_cluster(), Err(Error::Characters));
        assert_eq!(name("st", "d!").validated_cluster(), Err(Error::Characters));
        assert_eq!(name("v001", "d").validated_cluster(), Err(Error::Push("stack")));
        assert_eq!(name("st", "a-v001-b").validated_cluster(), Err(Error::Push("detail")));
        assert_eq!(name("st", "av001").validated_cluster().unwrap(), "app-st-av001");
        let labels = Labels { zone: Some("a-b".into()), ..Labels::default() };
        let labelled = ServerGroupName { labels, ..ServerGroupName::new("app") };
        assert_eq!(labelled.validated_cluster(), Err(Error::Characters));
    }
}
