//! Clusters, server groups, instances and load balancers: clouddriver's answers, with what upstream's gate does to them.

use gennaker_base::Kind;
use gennaker_clients::{Call, Clients};
use gennaker_http::{Caller, Error, Result};
use serde_json::{Value, json};

use url::Url;

use super::optional::is_absent;

/// A cluster of an account; an empty object if there is none.
pub(crate) async fn cluster(
    clients: &Clients,
    caller: &Caller,
    application: &str,
    account: &str,
    name: &str,
) -> Result<Value> {
    let call = Call::get(&["applications", application, "clusters", account, name]);
    match clients.clouddriver.forward(caller, call).await {
        Ok(Value::Array(clusters)) => Ok(clusters.into_iter().next().unwrap_or_else(|| json!({}))),
        Err(error) if is_absent(&error) => Ok(json!({})),
        answer => answer,
    }
}

/// A cluster's server groups; those of that name if one is given.
pub(crate) async fn cluster_server_groups(
    clients: &Clients,
    caller: &Caller,
    application: &str,
    account: &str,
    cluster_name: &str,
    name: Option<&str>,
) -> Result<Vec<Value>> {
    let cluster = cluster(clients, caller, application, account, cluster_name).await?;
    let groups = cluster["serverGroups"].as_array().cloned().unwrap_or_default();
    Ok(groups.into_iter().filter(|group| name.is_none_or(|name| group["name"] == name)).collect())
}

/// Where a target is looked for.
#[derive(Debug, Clone)]
pub(crate) struct TargetPlace {
    /// The application.
    pub(crate) application: String,
    /// The account.
    pub(crate) account: String,
    /// The cluster.
    pub(crate) cluster: String,
    /// The provider.
    pub(crate) provider: String,
    /// The region or zone.
    pub(crate) scope: String,
}

/// The server group that a target word means now.
pub(crate) async fn target(
    clients: &Clients,
    caller: &Caller,
    place: &TargetPlace,
    target: &str,
    only_enabled: Option<bool>,
    validate_oldest: Option<bool>,
) -> Result<Value> {
    let TargetPlace { application, account, cluster, provider, scope } = place;
    let path =
        ["applications", application, "clusters", account, cluster, provider, scope, "serverGroups", "target", target];
    let call = Call::get(&path).query_if("onlyEnabled", only_enabled).query_if("validateOldest", validate_oldest);
    clients.clouddriver.forward(caller, call).await.map_err(|error| match is_absent(&error) {
        true => Error::not_found(format!("unable to find {target} in {provider}/{account}/{scope}/{cluster}")),
        false => error,
    })
}

/// One server group.
pub(crate) async fn server_group(
    clients: &Clients,
    caller: &Caller,
    application: &str,
    account: &str,
    region: &str,
    name: &str,
    details: bool,
) -> Result<Value> {
    let path = ["applications", application, "serverGroups", account, region, name];
    let call = Call::get(&path).query("includeDetails", details);
    match clients.clouddriver.forward(caller, call).await {
        Ok(group) => Ok(with_insight(group)),
        Err(error) if is_absent(&error) => Err(Error::not_found(format!("Server group not found (id: {name})"))),
        Err(error) => Err(error),
    }
}

/// One instance.
pub(crate) async fn instance(
    clients: &Clients,
    caller: &Caller,
    account: &str,
    region: &str,
    id: &str,
) -> Result<Value> {
    let answer = clients.clouddriver.forward(caller, Call::get(&["instances", account, region, id])).await;
    answer.map(with_insight)
}

/// A load balancer of a region, in a list; an empty list if there is none.
pub(crate) async fn load_balancer(
    clients: &Clients,
    caller: &Caller,
    provider: &str,
    account: &str,
    region: &str,
    name: &str,
) -> Result<Value> {
    let call = Call::get(&[provider, "loadBalancers", account, region, name]);
    match clients.clouddriver.forward(caller, call).await {
        Ok(Value::Array(found)) => Ok(found.into_iter().map(with_insight).collect()),
        Err(error) if is_absent(&error) => Ok(json!([])),
        answer => answer,
    }
}

/// Adds the links to monitoring that an install may have configured; this one has none.
fn with_insight(mut answer: Value) -> Value {
    if let Value::Object(fields) = &mut answer {
        fields.insert("insightActions".to_owned(), json!([]));
    }
    answer
}

/// A job; an empty object if there is none.
pub(crate) async fn job(
    clients: &Clients,
    caller: &Caller,
    application: &str,
    account: &str,
    region: &str,
    name: &str,
) -> Result<Value> {
    let call = Call::get(&["applications", application, "jobs", account, region, name]);
    match clients.clouddriver.forward(caller, call).await {
        Err(error) if error.kind() == Kind::NotFound => Ok(json!({})),
        answer => answer.map(with_insight),
    }
}

/// The security group of that id, which clouddriver's search finds; its address there says where it is:
/// `/securityGroups/ACCOUNT/PROVIDER/NAME?region=REGION`.
pub(crate) async fn security_group(clients: &Clients, caller: &Caller, id: &str) -> Result<Option<Value>> {
    let call = Call::get(&["search"])
        .query("q", id)
        .query("type", "securityGroups")
        .query("pageSize", 10_000)
        .query("page", 1);
    let pages = clients.clouddriver.forward(caller, call).await?;
    let found = &pages[0]["results"][0];
    let Some(place) = found["url"].as_str().and_then(GroupPlace::of) else { return Ok(None) };
    let path = ["securityGroups", &place.account, &place.provider, &place.region, &place.name];
    let call = Call::get(&path).query_if("vpcId", found["vpcId"].as_str());
    clients.clouddriver.forward(caller, call).await.map(Some)
}

/// Where a security group is.
#[derive(Debug, PartialEq, Eq)]
struct GroupPlace {
    account: String,
    provider: String,
    region: String,
    name: String,
}

impl GroupPlace {
    /// From its address, which has no host.
    fn of(address: &str) -> Option<Self> {
        let url = Url::parse("http://clouddriver/").ok()?.join(address).ok()?;
        let segments: Vec<String> = url.path_segments()?.filter_map(decoded).collect();
        let (_, region) = url.query_pairs().find(|(name, _)| name == "region")?;
        let [_, account, provider, .., name] = segments.as_slice() else { return None };
        Some(GroupPlace {
            account: account.clone(),
            provider: provider.clone(),
            region: region.into_owned(),
            name: name.clone(),
        })
    }
}

/// A segment as text: `+`, `=` and `&` mean nothing else in a path.
fn decoded(segment: &str) -> Option<String> {
    let text = segment.replace('+', "%2B").replace('=', "%3D").replace('&', "%26");
    url::form_urlencoded::parse(text.as_bytes()).next().map(|(text, _)| text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_security_group_is_where_its_address_says() {
        let place = GroupPlace::of("/securityGroups/test/aws/web%20front?region=us-east-1").expect("a place");
        let [account, provider, region, name] = ["test", "aws", "us-east-1", "web front"].map(str::to_owned);
        assert_eq!(place, GroupPlace { account, provider, region, name });
        assert_eq!(GroupPlace::of("/securityGroups/test"), None);
    }
}
