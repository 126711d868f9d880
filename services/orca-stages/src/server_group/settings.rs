//! What the stages of this module have in common: where they act, and on which server groups.

use std::collections::BTreeMap;

use gennaker_wire::{Object, ObjectExt, ServerGroup, naming::Moniker};
use serde_json::{Value, json};

use crate::{StageView, TaskError};

/// The context field that names the server groups a stage works on: names by region.
pub(crate) const DEPLOYED: &str = "deploy.server.groups";

/// The cloud of a stage, `aws` if it names none, as upstream has it.
pub(crate) fn provider(context: &Object) -> String {
    ["cloudProvider", "cloudProviderType", "providerType", "provider"]
        .iter()
        .find_map(|name| context.text(name))
        .unwrap_or_else(|| "aws".to_owned())
}

/// The account of a stage.
pub(crate) fn account(context: &Object) -> Result<String, TaskError> {
    let named = ["credentials", "account", "account.name"].iter().find_map(|name| context.text(name));
    named.ok_or_else(|| TaskError::invalid("the stage names no account: set credentials (or account)"))
}

/// The regions of a stage, each once.
pub(crate) fn regions(context: &Object) -> Result<Vec<String>, TaskError> {
    for name in ["regions", "region", "namespaces", "namespace", "zones", "zone"] {
        let mut regions: Vec<String> = Vec::new();
        for region in context.texts(name) {
            if !region.is_empty() && !regions.contains(&region) {
                regions.push(region);
            }
        }
        if !regions.is_empty() {
            return Ok(regions);
        }
    }
    Err(TaskError::invalid("the stage names no region: set region (or regions)"))
}

/// What a place is for its cloud.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LocationKind {
    /// A region.
    Region,
    /// A namespace of Kubernetes.
    Namespace,
    /// A zone.
    Zone,
}

impl LocationKind {
    /// The context field with one of them.
    pub(crate) fn singular(self) -> &'static str {
        match self {
            LocationKind::Region => "region",
            LocationKind::Namespace => "namespace",
            LocationKind::Zone => "zone",
        }
    }

    /// The context field with several of them.
    pub(crate) fn plural(self) -> &'static str {
        match self {
            LocationKind::Region => "regions",
            LocationKind::Namespace => "namespaces",
            LocationKind::Zone => "zones",
        }
    }
}

/// A place of a cloud, for example the region `us-east-1`. As JSON `{"type": "REGION", "value": "us-east-1"}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Location {
    /// What it is.
    pub(crate) kind: LocationKind,
    /// Its name.
    pub(crate) value: String,
}

impl Location {
    /// The region of that name.
    pub(crate) fn region(value: &str) -> Self {
        Location { kind: LocationKind::Region, value: value.to_owned() }
    }

    pub(crate) fn to_json(&self) -> Value {
        json!({ "type": self.kind.singular().to_ascii_uppercase(), "value": self.value })
    }

    pub(crate) fn from_json(json: &Object) -> Option<Self> {
        let kind = match json.text("type")?.as_str() {
            "REGION" => LocationKind::Region,
            "NAMESPACE" => LocationKind::Namespace,
            "ZONE" => LocationKind::Zone,
            _ => return None,
        };
        Some(Location { kind, value: json.text("value")? })
    }

    /// Whether the server group is there.
    pub(crate) fn holds(&self, group: &ServerGroup) -> bool {
        match self.kind {
            LocationKind::Region => group.region == self.value,
            LocationKind::Namespace => {
                group.other.text("namespace").as_ref() == Some(&self.value) || group.region == self.value
            }
            LocationKind::Zone => group.zones.contains(&self.value),
        }
    }
}

/// A cluster: the name, and the application that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cluster {
    /// The cluster's name, for example `shop-web`.
    pub(crate) name: String,
    /// The application, for example `shop`.
    pub(crate) application: String,
}

/// The cluster of a stage: `moniker.cluster`, `cluster`, or the name made of application, stack and detail.
pub(crate) fn cluster(view: &StageView) -> Result<Cluster, TaskError> {
    let context = view.context();
    let moniker: Option<Moniker> = context.typed("moniker");
    let named = moniker.as_ref().and_then(|moniker| moniker.cluster.clone()).or_else(|| context.text("cluster"));
    let application = moniker
        .and_then(|moniker| moniker.app)
        .or_else(|| context.text("application"))
        .or_else(|| Moniker::parse(named.as_deref()?).app)
        .unwrap_or_else(|| view.execution.application.clone());
    let name = named.unwrap_or_else(|| compose_cluster(&application, context));
    if name.is_empty() {
        return Err(TaskError::invalid("the stage names no cluster: set application, stack and freeFormDetails"));
    }
    Ok(Cluster { name, application })
}

/// `application-stack-detail`, the empty parts left out: `application--detail` has no stack.
fn compose_cluster(application: &str, context: &Object) -> String {
    let part = |name: &str| context.text(name).filter(|text| !text.is_empty());
    match (part("stack"), part("freeFormDetails")) {
        (None, None) => application.to_owned(),
        (Some(stack), None) => format!("{application}-{stack}"),
        (stack, Some(detail)) => format!("{application}-{}-{detail}", stack.unwrap_or_default()),
    }
}

/// The server groups that a stage works on, as `(region, name)`.
pub(crate) fn deployed(context: &Object) -> Vec<(String, String)> {
    let groups: BTreeMap<String, Vec<String>> = context.typed(DEPLOYED).unwrap_or_default();
    groups.into_iter().flat_map(|(region, names)| names.into_iter().map(move |name| (region.clone(), name))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn clusters_are_composed_like_names() {
        let compose = |context: serde_json::Value| compose_cluster("shop", context.as_object().expect("an object"));
        assert_eq!(compose(json!({})), "shop");
        assert_eq!(compose(json!({"stack": "web"})), "shop-web");
        assert_eq!(compose(json!({"stack": "", "freeFormDetails": "blue"})), "shop--blue");
        assert_eq!(compose(json!({"stack": "web", "freeFormDetails": "blue"})), "shop-web-blue");
    }

    #[test]
    fn regions_are_listed_once() {
        let context = json!({"regions": ["west", "east", "west", ""]});
        assert_eq!(regions(context.as_object().expect("an object")), Ok(vec!["west".to_owned(), "east".to_owned()]));
    }

    #[test]
    fn deployed_groups_are_listed_by_region() {
        let context = json!({ DEPLOYED: {"west": ["a-v001", "a-v002"], "east": ["b-v000"]} });
        let listed = deployed(context.as_object().expect("an object"));
        let pair = |region: &str, name: &str| (region.to_owned(), name.to_owned());
        assert_eq!(listed, [pair("east", "b-v000"), pair("west", "a-v001"), pair("west", "a-v002")]);
    }
}
