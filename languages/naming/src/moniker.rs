//! Monikers: the parts of a name, as upstream's JSON has them.
//!
//! A moniker says what a resource belongs to without parsing its name again. Here it comes from a server group's name;
//! `kubernetes::derive_moniker` takes it from an object's annotations.

use crate::frigga::{Error, Names, ServerGroupName};

/// The parts of a server group's or other resource's name; a part that is not known is `null` in JSON.
///
/// Source: kork-moniker `Moniker`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Moniker {
    /// The application.
    pub app: Option<String>,
    /// The cluster: the name without its number, `shop-test-canary`; for Kubernetes usually `deployment shop`.
    pub cluster: Option<String>,
    /// The detail: what comes after the stack, hyphens included.
    pub detail: Option<String>,
    /// The stack, for example `test` or `prod`.
    pub stack: Option<String>,
    /// The sequence number.
    pub sequence: Option<i32>,
}

impl Moniker {
    /// The moniker that a name speaks of; every part `None` if it is not a name by Frigga's rules.
    ///
    /// Source: kork-moniker `FriggaReflectiveNamer.deriveMoniker`, `MonikerHelper.applicationNameToMoniker`.
    pub fn parse(name: &str) -> Self {
        Names::parse(name).into()
    }

    /// The name made of application, stack, detail and, if there is one, the number. The cluster is not looked at.
    ///
    /// Fails without an application. Source: kork-moniker `FriggaReflectiveNamer.applyMoniker`.
    pub fn server_group_name(&self) -> Result<String, Error> {
        ServerGroupName::from(self).compose()
    }
}

impl From<Names> for Moniker {
    fn from(names: Names) -> Self {
        let Names { cluster, app, stack, detail, sequence, .. } = names;
        Moniker { app, cluster, detail, stack, sequence }
    }
}

impl From<&Moniker> for ServerGroupName {
    fn from(moniker: &Moniker) -> Self {
        let Moniker { app, stack, detail, sequence, .. } = moniker.clone();
        ServerGroupName { app, stack, detail, sequence, ..ServerGroupName::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_monikers_and_names_again() {
        for name in ["app", "app-stack", "app--detail", "app-v000", "app-stack-detail-v010", "app-stack-a-b-v12345"] {
            assert_eq!(Moniker::parse(name).server_group_name().unwrap(), name);
        }
        assert_eq!(Moniker::parse("not a name"), Moniker::default());
        assert!(Moniker::default().server_group_name().is_err());
    }

    #[test]
    fn json_is_upstreams() {
        let moniker = Moniker::parse("app-stack-v003");
        let json = r#"{"app":"app","cluster":"app-stack","detail":null,"stack":"stack","sequence":3}"#;
        assert_eq!(serde_json::to_string(&moniker).unwrap(), json);
        assert_eq!(serde_json::from_str::<Moniker>(json).unwrap(), moniker);
        assert_eq!(serde_json::from_str::<Moniker>("{}").unwrap(), Moniker::default());
    }
}
