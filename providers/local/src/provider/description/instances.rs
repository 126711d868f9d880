//! The descriptions of what changes a server group's size or single instances of it.

use gennaker_provider_api::Result;
use gennaker_wire::{Object, ObjectExt};

use super::{DRAIN_MS, Reader};
use crate::protocol::{CapacityChange, RegistrationRequest, ResizeRequest, TerminationRequest};

/// `resizeServerGroup`: another `capacity` (`min`, `max`, `desired`, each as a number or as text). `constraints.capacity`, if
/// given, is what it must be before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::provider) struct Resize {
    pub(in crate::provider) account: String,
    pub(in crate::provider) name: String,
    pub(in crate::provider) resize: ResizeRequest,
}

/// `terminateInstances` (`instanceIds`) and `terminateInstanceAndDecrementServerGroup` (`instance`,
/// `adjustMinIfNecessary`, `setMaxToNewDesired`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::provider) struct Terminate {
    pub(in crate::provider) account: String,
    pub(in crate::provider) end: TerminationRequest,
}

/// `registerInstancesWithLoadBalancer` and `deregisterInstancesFromLoadBalancer`: `instanceIds`, and `loadBalancerNames`
/// or all of their server group's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::provider) struct Register {
    pub(in crate::provider) account: String,
    pub(in crate::provider) change: RegistrationRequest,
}

impl Resize {
    pub(in crate::provider) fn read(fields: &Object) -> Result<Resize> {
        let mut reader = Reader::new(fields);
        let account = reader.account();
        reader.region();
        let name = reader.server_group_name();
        let capacity = reader.capacity_change(fields, "capacity");
        if capacity.is_empty() {
            reader.problem("capacity is missing: give at least one of min, max and desired".to_owned());
        }
        let constraints = fields.object("constraints").cloned().unwrap_or_default();
        let expected = reader.capacity_change(&constraints, "capacity");
        let drain_timeout_ms = reader.optional("drainTimeoutMs").unwrap_or(DRAIN_MS);
        reader.finish(Resize { account, name, resize: ResizeRequest { capacity, expected, drain_timeout_ms } })
    }
}

impl Terminate {
    /// Instances that are replaced.
    pub(in crate::provider) fn read(fields: &Object) -> Result<Terminate> {
        Terminate::of(fields, "instanceIds", false)
    }

    /// An instance that is not.
    pub(in crate::provider) fn read_decrementing(fields: &Object) -> Result<Terminate> {
        Terminate::of(fields, "instance", true)
    }

    fn of(fields: &Object, field: &str, decrement: bool) -> Result<Terminate> {
        let mut reader = Reader::new(fields);
        let account = reader.account();
        reader.region();
        let instances = reader.instances(field);
        let drain_timeout_ms = reader.optional("drainTimeoutMs").unwrap_or(DRAIN_MS);
        let end = TerminationRequest {
            instances,
            decrement,
            adjust_min: fields.boolean("adjustMinIfNecessary").unwrap_or(false),
            set_max_to_desired: fields.boolean("setMaxToNewDesired").unwrap_or(false),
            drain_timeout_ms,
        };
        reader.finish(Terminate { account, end })
    }
}

impl Register {
    pub(in crate::provider) fn read(fields: &Object, registered: bool) -> Result<Register> {
        let mut reader = Reader::new(fields);
        let account = reader.account();
        reader.region();
        let instances = reader.instances("instanceIds");
        let drain_timeout_ms = reader.optional("drainTimeoutMs").unwrap_or(DRAIN_MS);
        let change = RegistrationRequest {
            instances,
            server_group: None,
            percentage: None,
            load_balancers: fields.texts("loadBalancerNames"),
            registered,
            drain_timeout_ms,
        };
        reader.finish(Register { account, change })
    }
}

impl Reader<'_> {
    /// The capacity under `name`; clients write each number as a number or as text.
    pub(super) fn capacity_change(&mut self, fields: &Object, name: &str) -> CapacityChange {
        let Some(given) = fields.get(name).filter(|value| !value.is_null()) else { return CapacityChange::default() };
        let Some(given) = given.as_object() else {
            self.problem(format!("{name} is an object with min, max and desired; it is {given}"));
            return CapacityChange::default();
        };
        let mut number = |name: &str| {
            let value = given.get(name).filter(|value| !value.is_null())?;
            let number = given.integer(name).and_then(|number| u32::try_from(number).ok());
            if number.is_none() {
                self.problem(format!("capacity.{name} is a number of instances, for example 2; it is {value}"));
            }
            number
        };
        CapacityChange { min: number("min"), max: number("max"), desired: number("desired") }
    }

    fn instances(&mut self, field: &str) -> Vec<String> {
        let instances = self.fields.texts(field);
        if instances.is_empty() {
            self.problem(format!("{field} is missing: name the instances"));
        }
        instances
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn fields(value: Value) -> Object {
        value.as_object().expect("an object").clone()
    }

    #[test]
    fn a_resize_is_read_as_clients_write_it() {
        let resize = Resize::read(&fields(json!({
            "credentials": "local", "region": "local", "asgName": "shop-v001", "capacity": {"min": "1", "max": 4, "desired": "2"},
            "constraints": {"capacity": {"min": 0, "max": 0, "desired": 0}},
        })))
        .expect("it is right");
        assert_eq!(resize.name, "shop-v001");
        assert_eq!(resize.resize.capacity, CapacityChange { min: Some(1), max: Some(4), desired: Some(2) });
        assert_eq!(resize.resize.expected.desired, Some(0));
        let error = Resize::read(&fields(json!({"account": "local", "capacity": {"min": "few"}}))).expect_err("wrong");
        for finding in ["serverGroupName", "capacity.min is a number", "at least one"] {
            assert!(error.message.contains(finding), "{finding}: {}", error.message);
        }
    }

    #[test]
    fn one_instance_ends_with_its_place() {
        let terminate = Terminate::read_decrementing(&fields(json!({
            "credentials": "local", "asgName": "shop-v001", "instance": "shop-v001-a", "adjustMinIfNecessary": "true",
        })))
        .expect("it is right");
        assert_eq!(terminate.end.instances, ["shop-v001-a"]);
        assert!(terminate.end.decrement && terminate.end.adjust_min && !terminate.end.set_max_to_desired);
        let error = Terminate::read(&fields(json!({"credentials": "local"}))).expect_err("it is wrong");
        assert!(error.message.contains("instanceIds is missing"), "{}", error.message);
    }
}
