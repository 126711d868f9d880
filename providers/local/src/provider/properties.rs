//! What a job says in its output for the stages after it.
//!
//! A line with `SPINNAKER_PROPERTY_<NAME>=<value>` is the property `<name>` in small letters; a line that begins with
//! `SPINNAKER_CONFIG_JSON=` is followed by a JSON object of properties. Later lines win. Source: `PropertyParser` of upstream's
//! clouddriver.

use gennaker_wire::Object;

const PROPERTY: &str = "SPINNAKER_PROPERTY_";
const JSON: &str = "SPINNAKER_CONFIG_JSON=";

/// The properties in `log`.
///
/// # Errors
/// If what follows `SPINNAKER_CONFIG_JSON=` is no JSON object.
pub(super) fn of_log(log: &str) -> Result<Object, String> {
    let mut properties = Object::new();
    for line in log.lines().map(str::trim) {
        if line.contains(PROPERTY)
            && let Some((name, value)) = line.split_once('=')
            && !value.trim().is_empty()
        {
            let name = name.trim().replacen(PROPERTY, "", 1).to_lowercase();
            properties.insert(name, value.trim().into());
        }
        if let Some(json) = line.strip_prefix(JSON) {
            let more: Object = serde_json::from_str(json)
                .map_err(|error| format!("what follows {JSON} in the job's output is no JSON object: {error}"))?;
            properties.extend(more);
        }
    }
    Ok(properties)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn properties_are_found_among_other_lines() {
        let log = "starting\n  SPINNAKER_PROPERTY_Version = 1.2=3 \nSPINNAKER_PROPERTY_EMPTY=\nnoise SPINNAKER_PROPERTY_A=1\n\
            SPINNAKER_CONFIG_JSON={\"image\": {\"tag\": \"v1\"}, \"version\": 4}\ndone";
        let properties = of_log(log).expect("they are right");
        let expected = json!({"version": 4, "noise a": "1", "image": {"tag": "v1"}});
        assert_eq!(serde_json::Value::Object(properties), expected);
        assert!(of_log("SPINNAKER_CONFIG_JSON={").is_err());
        assert!(of_log("").expect("nothing").is_empty());
    }
}
