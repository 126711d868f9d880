//! The parameters of a start: those that are given, and the defaults of the pipeline's `parameterConfig`.
//!
//! Types are kept. Whether a required one is given is for whoever asks the user (echo, gate); the options of a parameter bind nobody,
//! as upstream has it.

use gennaker_wire::{Object, ObjectExt};
use serde_json::{Value, json};

use super::read::is_false;

const PARAMETERS: &str = "parameters";

/// The declared parameters: name and default.
fn declared(config: &Object) -> Vec<(String, Value)> {
    let declared = config.get("parameterConfig").and_then(Value::as_array).into_iter().flatten();
    let named = declared
        .filter_map(Value::as_object)
        .filter_map(|parameter| Some((parameter.text("name")?, parameter.get("default").cloned().unwrap_or_default())));
    named.collect()
}

/// Gives the trigger the parameters that it does not have. One that is given as `null` has no default.
pub(super) fn apply_defaults(config: &Object, trigger: &mut Object) {
    if is_false(trigger.get(PARAMETERS)) {
        trigger.insert(PARAMETERS.to_owned(), json!({}));
    }
    let Some(Value::Object(given)) = trigger.get_mut(PARAMETERS) else { return };
    for (name, default) in declared(config) {
        given.entry(name).or_insert(default);
    }
}

/// The parameters of a child: what its parent gives it, in the order of its declaration, and what it declares beyond that.
pub(super) fn of_child(config: &Object, given: &Object) -> Object {
    let mut parameters = Object::new();
    for (name, default) in declared(config) {
        let value = given.get(&name).cloned().unwrap_or(default);
        parameters.insert(name, value);
    }
    for (name, value) in given {
        parameters.entry(name.clone()).or_insert_with(|| value.clone());
    }
    parameters
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(value: Value) -> Object {
        value.as_object().cloned().expect("an object")
    }

    fn config() -> Object {
        object(json!({"parameterConfig": [
            {"name": "colour", "default": "blue", "required": true, "options": [{"value": "blue"}]},
            {"name": "size", "default": ""}, {"name": "bare"}, {"default": "nameless"}, 5,
        ]}))
    }

    #[test]
    fn defaults_stand_in_for_what_is_not_given() {
        let of = |mut trigger: Value| {
            let mut fields = trigger.as_object_mut().cloned().expect("an object");
            apply_defaults(&config(), &mut fields);
            fields["parameters"].clone()
        };
        assert_eq!(of(json!({})), json!({"colour": "blue", "size": "", "bare": null}));
        assert_eq!(
            of(json!({"parameters": {"colour": null, "size": 4, "extra": [1]}})),
            json!({"colour": null, "size": 4, "bare": null, "extra": [1]})
        );
        assert_eq!(of(json!({"parameters": "wrong"})), "wrong", "that is for whoever reads the trigger");
    }

    #[test]
    fn a_child_has_what_it_is_given_and_its_own_defaults() {
        let given = object(json!({"colour": "red", "strategy": true, "size": 0}));
        let expected = json!({"colour": "red", "size": 0, "bare": null, "strategy": true});
        assert_eq!(Value::Object(of_child(&config(), &given)), expected);
    }
}
