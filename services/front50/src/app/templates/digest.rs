//! The digest of a template: upstream's, so that references by it stay valid.
//!
//! It is the SHA-256 of the JSON with sorted fields and without any white space, also within texts, in hexadecimal.

use std::fmt::Write as _;

use gennaker_wire::Object;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// What is no part of a template's content.
const BESIDE: [&str; 3] = ["digest", "lastModifiedBy", "updateTs"];

/// The digest of a template's content.
pub(super) fn of(template: &Object) -> String {
    let mut template = template.clone();
    template.retain(|name, _| !BESIDE.contains(&name.as_str()));
    let text = sorted(Value::Object(template)).to_string();
    let text: String = text.chars().filter(|c| !matches!(c, ' ' | '\t' | '\n' | '\u{b}' | '\u{c}' | '\r')).collect();
    let mut digest = String::new();
    for byte in Sha256::digest(text.as_bytes()) {
        // Writing to a text does not fail.
        let _ = write!(digest, "{byte:02x}");
    }
    digest
}

fn sorted(json: Value) -> Value {
    match json {
        Value::Object(fields) => {
            let mut fields: Vec<(String, Value)> =
                fields.into_iter().map(|(name, value)| (name, sorted(value))).collect();
            fields.sort_by(|(one, _), (other, _)| one.encode_utf16().cmp(other.encode_utf16()));
            Value::Object(fields.into_iter().collect())
        }
        Value::Array(items) => items.into_iter().map(sorted).collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_digest_is_upstreams() {
        let template = json!({
            "id": "htother", "schema": "v2", "protect": false,
            "metadata": {"name": "htother", "description": "d", "owner": "o@example.com", "scopes": ["global"]},
            "variables": [], "pipeline": {"stages": []}, "tag": "latest",
            "digest": "former", "lastModifiedBy": "x", "updateTs": "1",
        });
        let digest = of(template.as_object().expect("an object"));
        assert_eq!(digest, "54402ca445534b43469e316501f7a91b1b6d89b56d0094a291fbe634b09638a9");
    }
}
