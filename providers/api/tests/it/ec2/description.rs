//! The descriptions of the toy's operations, typed.

use std::collections::BTreeMap;

use gennaker_base::Kind;
use gennaker_provider_api::{Error, Result};
use gennaker_wire::{Object, ObjectExt as _, Operation};

/// `createServerGroup` in one or several regions: `availabilityZones` has the zones of each.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Create {
    pub(super) account: String,
    pub(super) cluster: String,
    pub(super) image: String,
    pub(super) instance_type: String,
    pub(super) desired: u32,
    pub(super) target_groups: Vec<String>,
    pub(super) zones: BTreeMap<String, Vec<String>>,
}

/// `disableServerGroup`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct OnGroup {
    pub(super) account: String,
    pub(super) region: String,
    pub(super) name: String,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Parsed {
    Create(Create),
    Disable(OnGroup),
}

pub(super) const NAMES: [&str; 2] = ["createServerGroup", "disableServerGroup"];

impl Parsed {
    /// Reads an operation; the error has all findings.
    pub(super) fn read(operation: &Operation) -> Result<Parsed> {
        let fields = &operation.description;
        let mut missing = Vec::new();
        let mut text = |name: &str| {
            fields.text(name).unwrap_or_else(|| {
                missing.push(format!("{name} is missing"));
                String::new()
            })
        };
        let parsed = match operation.name.as_str() {
            "createServerGroup" => Parsed::Create(Create {
                account: text("credentials"),
                cluster: text("application"),
                image: text("amiName"),
                instance_type: text("instanceType"),
                desired: fields.object("capacity").and_then(|it| it.integer("desired")).unwrap_or(1).max(0) as u32,
                target_groups: fields.texts("targetGroups"),
                zones: zones(fields),
            }),
            "disableServerGroup" => Parsed::Disable(OnGroup {
                account: text("credentials"),
                region: text("region"),
                name: text("serverGroupName"),
            }),
            other => return Err(Error::new(Kind::Unsupported, format!("the toy has no operation {other}"))),
        };
        if let Parsed::Create(create) = &parsed
            && create.zones.is_empty()
        {
            missing.push("availabilityZones is missing".to_owned());
        }
        if missing.is_empty() { Ok(parsed) } else { Err(Error::new(Kind::Invalid, missing.join("; "))) }
    }

    pub(super) fn account(&self) -> &str {
        match self {
            Parsed::Create(create) => &create.account,
            Parsed::Disable(on) => &on.account,
        }
    }
}

fn zones(fields: &Object) -> BTreeMap<String, Vec<String>> {
    fields.typed("availabilityZones").unwrap_or_default()
}
