//! Descriptions of operations on security groups.

use gennaker_provider_api::Result;
use gennaker_wire::{Object, ObjectExt as _};
use serde_json::Value;

use super::Reader;
use crate::protocol::{IpIngress, SecurityGroupSpec};

/// `upsertSecurityGroup`: `name`, `description`, and `ipIngress` with `cidr`, `startPort`, `endPort`.
///
/// A source is a range of addresses: on one machine nothing shows which server group a connection comes from, so
/// `securityGroupIngress` is refused rather than passed over.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::provider) struct UpsertSecurityGroup {
    pub(in crate::provider) account: String,
    pub(in crate::provider) spec: SecurityGroupSpec,
}

/// `deleteSecurityGroup`: `securityGroupName`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::provider) struct DeleteSecurityGroup {
    pub(in crate::provider) account: String,
    pub(in crate::provider) name: String,
}

impl UpsertSecurityGroup {
    pub(in crate::provider) fn read(fields: &Object) -> Result<UpsertSecurityGroup> {
        let mut reader = Reader::new(fields);
        let account = reader.account();
        reader.region();
        let name = security_group_name(&mut reader);
        if fields.get("securityGroupIngress").and_then(Value::as_array).is_some_and(|sources| !sources.is_empty()) {
            reader.problem(
                "securityGroupIngress is not supported by the local provider: name addresses in ipIngress".to_owned(),
            );
        }
        if fields.boolean("ingressAppendOnly") == Some(true) {
            reader.problem("ingressAppendOnly is not supported by the local provider: give every source".to_owned());
        }
        let ingress: Vec<Object> = reader.optional("ipIngress").unwrap_or_default();
        let ip_ingress = ingress.iter().filter_map(|source| source_of(&mut reader, source)).collect();
        let description = fields.text("description");
        reader.finish(UpsertSecurityGroup {
            account,
            spec: SecurityGroupSpec { name, metadata: Object::new(), description, ip_ingress },
        })
    }
}

impl DeleteSecurityGroup {
    pub(in crate::provider) fn read(fields: &Object) -> Result<DeleteSecurityGroup> {
        let mut reader = Reader::new(fields);
        let account = reader.account();
        reader.region();
        let name = security_group_name(&mut reader);
        reader.finish(DeleteSecurityGroup { account, name })
    }
}

fn security_group_name(reader: &mut Reader<'_>) -> String {
    let fields = reader.fields;
    let name = fields.text("securityGroupName").or_else(|| fields.text("name")).unwrap_or_default();
    if name.is_empty() {
        reader.problem("name is missing: name the security group".to_owned());
    }
    name
}

fn source_of(reader: &mut Reader<'_>, source: &Object) -> Option<IpIngress> {
    let protocol = source.text("ipProtocol").or_else(|| source.text("type")).unwrap_or_else(|| "tcp".to_owned());
    if !["tcp", "-1"].contains(&protocol.as_str()) {
        reader.problem(format!("ipIngress has the protocol {protocol}: load balancers speak tcp"));
        return None;
    }
    let mut wanted = Object::new();
    for field in ["cidr", "startPort", "endPort"] {
        if let Some(value) = source.get(field).filter(|value| !value.is_null()) {
            wanted.insert(field.to_owned(), value.clone());
        }
    }
    match serde_json::from_value(Value::Object(wanted)) {
        Ok(ingress) => Some(ingress),
        Err(error) => {
            reader.problem(format!("ipIngress is wrong: {error}"));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(description: Value) -> Result<UpsertSecurityGroup> {
        UpsertSecurityGroup::read(description.as_object().expect("an object"))
    }

    #[test]
    fn sources_are_read_under_upstreams_names() {
        let upsert = read(json!({
            "credentials": "local", "region": "local", "name": "office", "description": "who may come",
            "ipIngress": [{"cidr": "10.0.0.0/8", "startPort": 80, "endPort": 81, "ipProtocol": "tcp"}, {"cidr": "::1"}],
            "securityGroupIngress": [],
        }))
        .expect("it is right");
        assert_eq!(upsert.spec.ip_ingress[0], IpIngress { cidr: "10.0.0.0/8".into(), start_port: 80, end_port: 81 });
        assert_eq!(upsert.spec.ip_ingress[1].end_port, 65_535);
    }

    #[test]
    fn what_has_no_meaning_here_is_refused() {
        let error = read(json!({
            "credentials": "local", "ipIngress": [{"cidr": "10.0.0.1", "ipProtocol": "udp"}, {"startPort": 1}],
            "securityGroupIngress": [{"name": "other"}],
        }))
        .expect_err("it is wrong");
        for finding in ["name is missing", "securityGroupIngress", "udp", "cidr"] {
            assert!(error.message.contains(finding), "{finding}: {}", error.message);
        }
    }
}
