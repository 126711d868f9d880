//! Definitions as they are answered: without their secrets, and taken back without losing them.

use gennaker_config::{MASK, masked};
use gennaker_provider_api::AccountDefinition;
use gennaker_wire::Object;
use serde_json::Value;

/// A definition without its secrets; references to secrets that are kept elsewhere are shown.
pub(super) fn shown(definition: &AccountDefinition) -> Object {
    match masked(&Value::Object(definition.fields.clone())) {
        Value::Object(fields) => fields,
        _ => Object::new(),
    }
}

/// Puts the secrets of `known` where `sent` has the mask: a client that sends back what it got changes no secret.
///
/// # Errors
/// The places of masks that stand for nothing known.
pub(super) fn unmask(sent: &mut Object, known: Option<&Object>) -> Result<(), String> {
    let mut unknown = Vec::new();
    for (name, value) in sent.iter_mut() {
        replace(name, value, known.and_then(|known| known.get(name)), &mut unknown);
    }
    match unknown.is_empty() {
        true => Ok(()),
        false => Err(format!("{} is {MASK}, which stands for no stored secret: send the secret", unknown.join(", "))),
    }
}

fn replace(place: &str, value: &mut Value, known: Option<&Value>, unknown: &mut Vec<String>) {
    match value {
        Value::String(text) if text == MASK => match known {
            Some(known) => *value = known.clone(),
            None => unknown.push(place.to_owned()),
        },
        Value::Object(fields) => {
            for (name, value) in fields.iter_mut() {
                replace(&format!("{place}.{name}"), value, known.and_then(|known| known.get(name)), unknown);
            }
        }
        Value::Array(items) => {
            let length = items.len();
            for (number, value) in items.iter_mut().enumerate() {
                let known = known.and_then(|known| same_item(known, length, number, value));
                replace(&format!("{place}[{number}]"), value, known, unknown);
            }
        }
        _ => {}
    }
}

/// What was known of an item of a list: the item of its name; of items without a name the one in its place, as long as none came or
/// went. A secret must not go to another item.
fn same_item<'a>(known: &'a Value, length: usize, number: usize, item: &Value) -> Option<&'a Value> {
    let known = known.as_array()?;
    match item.get("name") {
        Some(name) => known.iter().find(|other| other.get("name") == Some(name)),
        None => known.get(number).filter(|_| known.len() == length),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn object(value: Value) -> Object {
        value.as_object().expect("an object").clone()
    }

    #[test]
    fn what_was_answered_may_be_sent_back() {
        let known = object(json!({
            "name": "a", "type": "sky", "password": "hunter2", "reference": "encrypted:s3!b:x!f:y!k:z",
            "regions": [{"name": "north", "token": "t"}], "secretNumber": 7,
        }));
        let definition = AccountDefinition { name: "a".to_owned(), fields: known.clone() };
        let mut sent = shown(&definition);
        assert_eq!(sent["reference"], known["reference"]);
        let text = json!(sent).to_string();
        assert!(!text.contains("hunter2") && !text.contains("\"t\"") && !text.contains('7'), "{text}");
        unmask(&mut sent, Some(&known)).expect("all is known");
        assert_eq!(sent, known);
        let error = unmask(&mut shown(&definition), None).expect_err("nothing is known");
        assert!(error.contains("password") && error.contains("regions[0].token"), "{error}");
    }
    #[test]
    fn a_secret_stays_with_its_item() {
        let known = object(json!({
            "regions": [{"name": "north", "token": "n"}, {"name": "south", "token": "s"}], "passwords": ["a", "b"],
        }));
        let mut sent = object(json!({"regions": [{"name": "south", "token": MASK}]}));
        unmask(&mut sent, Some(&known)).expect("it is known");
        assert_eq!(sent["regions"], json!([{"name": "south", "token": "s"}]));
        let mut sent = object(json!({"passwords": [MASK]}));
        assert!(unmask(&mut sent, Some(&known)).expect_err("which one?").contains("passwords[0]"));
        let mut sent = object(json!({"passwords": [MASK, "c"]}));
        unmask(&mut sent, Some(&known)).expect("it is known");
        assert_eq!(sent["passwords"], json!(["a", "c"]));
    }
}
