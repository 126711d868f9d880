//! Where front50 keeps its objects.

use gennaker_wire::{Object, ObjectExt as _};
use serde_json::Value;

use super::convert::Converted;

/// Halyard's names of S3's credentials, and front50's.
const CREDENTIALS: [(&str, &str); 2] = [("accessKeyId", "accessKey"), ("secretAccessKey", "secretKey")];

/// The store that is used goes to `front50.yml`.
pub(super) fn convert(converted: &mut Converted, section: &Object) {
    let Some(kind) = section.text("persistentStoreType").filter(|kind| !kind.is_empty()) else {
        return converted.leave(
            "persistentStorage",
            "it names no persistentStoreType: front50 keeps its objects in a local folder",
        );
    };
    let mut store = section.object(&kind).cloned().unwrap_or_default();
    if kind == "s3" {
        for (from, to) in CREDENTIALS {
            if let Some(value) = store.shift_remove(from).filter(|value| !value.is_null()) {
                store.insert(to.to_owned(), value);
            }
        }
    }
    store.retain(|_, value| !value.is_null() && *value != Value::String(String::new()));
    store.insert("enabled".to_owned(), true.into());
    converted.put("front50.yml", &["spinnaker", &kind], Value::Object(store));
    converted.take(&format!("persistentStorage.{kind}"), &format!("front50.yml, spinnaker.{kind}"));
    if kind != "s3" {
        let advice = "this program keeps objects in S3 or a local folder: copy the bucket there, or let upstream's front50 go on";
        converted.leave(&format!("persistentStorage.{kind}"), advice);
    }
}
