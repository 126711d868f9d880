//! What a name says: its parts.
//!
//! Source: Frigga `Names`.

use super::{
    Error, Labels,
    characters::{is_name_char, is_name_hyphen_char, split_push},
    validate::check_name,
};

/// The parts of a name; all `None` if the text is no name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Names {
    /// The whole name.
    pub group: Option<String>,
    /// The name without the push and the hyphen before it.
    pub cluster: Option<String>,
    /// The application: up to the first hyphen.
    pub app: Option<String>,
    /// The stack: up to the second hyphen; `None` if nothing is there.
    pub stack: Option<String>,
    /// The detail: all after the second hyphen, labelled variables included; `None` if nothing is there.
    pub detail: Option<String>,
    /// The push, `v` and three to six digits.
    pub push: Option<String>,
    /// The push's number.
    pub sequence: Option<i32>,
    /// The labelled variables at the end of the cluster.
    #[serde(flatten)]
    pub labels: Labels,
}

impl Names {
    /// The parts of `name`; never fails, for a text that is no name has no parts.
    ///
    /// ```
    /// use gennaker_naming::frigga::Names;
    ///
    /// let names = Names::parse("shop--canary-blue-v0012");
    /// assert_eq!((names.stack.as_deref(), names.detail.as_deref()), (None, Some("canary-blue")));
    /// assert_eq!((names.push.as_deref(), names.sequence), (Some("v0012"), Some(12)));
    /// assert_eq!(Names::parse("system:coredns"), Names::default());
    /// ```
    ///
    /// Source: Frigga `Names.parseName`.
    pub fn parse(name: &str) -> Self {
        let (cluster, push, sequence) = match split_push(name) {
            Some((cluster, push, sequence)) => (cluster, Some(push), Some(sequence)),
            None => (name, None, None),
        };
        let Some((app, stack, detail)) = split_parts(cluster) else {
            return Names::default();
        };
        let present = |part: &str| (!part.is_empty()).then(|| part.to_owned());
        Names {
            group: Some(name.to_owned()),
            cluster: Some(cluster.to_owned()),
            app: Some(app.to_owned()),
            stack: present(stack),
            detail: present(detail),
            push: push.map(str::to_owned),
            sequence,
            labels: Labels::of_cluster(cluster),
        }
    }

    /// The parts of `name`, or an error for a text that is no name.
    ///
    /// As in the original, any text of a name's characters that ends in a push passes, also one that has no parts
    /// (`-v001`). Source: Frigga `Names.parseNameOrThrow`.
    pub fn parse_valid(name: &str) -> Result<Self, Error> {
        let pushed = split_push(name).is_some_and(|(cluster, ..)| cluster.chars().all(is_name_hyphen_char));
        if pushed || split_parts(name).is_some() { Ok(Names::parse(name)) } else { Err(Error::Name(name.to_owned())) }
    }
}

/// Application, stack and detail, if each holds only its characters.
fn split_parts(cluster: &str) -> Option<(&str, &str, &str)> {
    let mut parts = cluster.splitn(3, '-');
    let (app, stack, detail) = (parts.next()?, parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let valid = check_name(app) && stack.chars().all(is_name_char) && detail.chars().all(is_name_hyphen_char);
    valid.then_some((app, stack, detail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_is_no_name_has_no_parts() {
        for name in ["", " ", "-", "-v001", "a b", "nccp-moviecontrol%27", "api-^test-A-v004", "api-~test", "é", "a\n"]
        {
            assert_eq!(Names::parse(name), Names::default(), "{name}");
        }
    }

    #[test]
    fn three_to_six_digits_make_a_push() {
        for (name, sequence) in [("foo-v1", None), ("foo-v01", None), ("foo-v001", Some(1)), ("foo-v000001", Some(1))] {
            assert_eq!(Names::parse(name).sequence, sequence, "{name}");
        }
        assert_eq!(Names::parse("foo-v0000001").stack.as_deref(), Some("v0000001"));
        assert_eq!(Names::parse("v001").app.as_deref(), Some("v001"));
    }

    #[test]
    fn parse_valid_refuses_what_is_no_name() {
        for name in ["nccp-moviecontrol%27-v000", "nccp-moviecontrol%27", "nccp-movie-foo-hello$-baseline", "", "-"] {
            assert_eq!(Names::parse_valid(name), Err(Error::Name(name.to_owned())));
        }
        assert_eq!(Names::parse_valid("app-stack-v001").unwrap(), Names::parse("app-stack-v001"));
        assert_eq!(Names::parse_valid("-v001").unwrap(), Names::default());
    }
}
