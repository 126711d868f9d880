//! Which clusters a stage changes, by its settings.
//!
//! A cluster is its account and its name, in whichever region: `moniker.cluster`, `cluster`, the name of a server group, or what
//! application, stack and detail make. Where the settings do not say, or say it by a word that is found out later without naming the
//! cluster, there is none.

use gennaker_wire::{Object, ObjectExt, naming::Moniker};

use super::{
    settings::{account, cluster},
    target::named,
};
use crate::{ChangedCluster, StageView};

/// The cluster of settings that name one, or a server group of it.
pub(crate) fn by_name(settings: &Object) -> Option<ChangedCluster> {
    let account = account(settings).ok()?;
    let moniker: Option<Moniker> = settings.typed("moniker");
    let given = moniker.and_then(|moniker| moniker.cluster).or_else(|| settings.text("cluster"));
    let of_group = || {
        let several = settings.texts("serverGroupNames").into_iter().next();
        let name = named(settings).or_else(|| settings.text("serverGroup")).or(several)?;
        Moniker::parse(&name).cluster
    };
    let name = given.filter(|name| !name.is_empty()).or_else(of_group)?;
    Some(ChangedCluster { account, name })
}

/// The cluster that settings of a new server group deploy to.
pub(super) fn by_deployment(view: &StageView, settings: &Object) -> Option<ChangedCluster> {
    let account = account(settings).ok()?;
    let cluster = cluster(&view.with_context(settings.clone())).ok()?;
    Some(ChangedCluster { account, name: cluster.name })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn a_cluster_is_known_by_any_of_its_names() {
        let name = |settings: Value| by_name(settings.as_object().expect("an object")).map(|cluster| cluster.name);
        let web = Some("shop-web".to_owned());
        for settings in [
            json!({"account": "a", "moniker": {"cluster": "shop-web"}, "serverGroupName": "other-v001"}),
            json!({"credentials": "a", "cluster": "shop-web"}),
            json!({"credentials": "a", "serverGroupName": "shop-web-v003"}),
            json!({"credentials": "a", "asgName": "shop-web-v003"}),
            json!({"credentials": "a", "serverGroup": "shop-web-v003"}),
            json!({"credentials": "a", "serverGroupNames": ["shop-web-v003", "shop-web-v004"]}),
        ] {
            assert_eq!(name(settings.clone()), web, "{settings}");
        }
        assert_eq!(name(json!({"cluster": "shop-web"})), None, "whose it is, nobody says");
        assert_eq!(name(json!({"account": "a"})), None);
    }
}
