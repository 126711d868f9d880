//! Annotations: keys that Spinnaker reads and writes, and how values become text, numbers and lists.
//!
//! Values are texts; those that are not plain hold JSON. What cannot be read counts as absent without its default, as in
//! the original, so that a `moniker.spinnaker.io/sequence` of `abc` hides the number in the name.
//!
//! Source: clouddriver-kubernetes `KubernetesManifestAnnotater`.

use serde_json::value::RawValue;

pub(super) const MONIKER_CLUSTER: &str = "moniker.spinnaker.io/cluster";
pub(super) const MONIKER_APPLICATION: &str = "moniker.spinnaker.io/application";
pub(super) const MONIKER_STACK: &str = "moniker.spinnaker.io/stack";
pub(super) const MONIKER_DETAIL: &str = "moniker.spinnaker.io/detail";
pub(super) const MONIKER_SEQUENCE: &str = "moniker.spinnaker.io/sequence";
pub(super) const ARTIFACT_TYPE: &str = "artifact.spinnaker.io/type";
pub(super) const ARTIFACT_NAME: &str = "artifact.spinnaker.io/name";
pub(super) const ARTIFACT_LOCATION: &str = "artifact.spinnaker.io/location";
pub(super) const ARTIFACT_VERSION: &str = "artifact.spinnaker.io/version";
pub(super) const TRAFFIC_LOAD_BALANCERS: &str = "traffic.spinnaker.io/load-balancers";
pub(super) const DEPLOYMENT_REVISION: &str = "deployment.kubernetes.io/revision";
pub(super) const LAST_APPLIED_CONFIGURATION: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// The value itself, or what it says if it is a JSON string with its quotes: long ago they were written so.
pub(super) fn text(value: &str) -> Option<String> {
    let quoted = value.len() > 1 && value.starts_with('"') && value.ends_with('"');
    if quoted { first_json(value).and_then(json_string) } else { Some(value.to_owned()) }
}

/// A JSON number without its fraction, or a JSON string that holds a whole number.
pub(super) fn integer(value: &str) -> Option<i32> {
    let json = first_json(value)?;
    if let Ok(integer) = json.parse() {
        return Some(integer);
    }
    if json.starts_with('"') {
        return json_string(json)?.trim().parse().ok();
    }
    let number = json.parse::<f64>().ok()?.trunc();
    // Within these bounds the conversion is exact.
    (f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&number).then_some(number as i32)
}

/// A JSON list of strings; numbers and booleans among them become text. `None` for anything else.
pub(super) fn texts(value: &str) -> Option<Vec<String>> {
    let elements: Vec<&RawValue> = serde_json::from_str(first_json(value)?).ok()?;
    elements
        .into_iter()
        .map(|element| match element.get().as_bytes().first()? {
            b'"' => json_string(element.get()),
            b'{' | b'[' | b'n' => None,
            _ => Some(element.get().to_owned()),
        })
        .collect()
}

/// A JSON value, where another may follow, without white space around it.
pub(super) fn first_json(value: &str) -> Option<&str> {
    let mut values = serde_json::Deserializer::from_str(value).into_iter::<&RawValue>();
    let json = values.next()?.ok()?.get();
    let rest = &value[values.byte_offset()..];
    let delimited = json.starts_with(['"', '[', '{']) || rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']);
    delimited.then_some(json)
}

fn json_string(json: &str) -> Option<String> {
    serde_json::from_str(json).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_may_have_the_quotes_of_json() {
        for (value, expected) in [
            ("web", Some("web")),
            ("", Some("")),
            ("\"", Some("\"")),
            ("\"\"", Some("")),
            (r#""a \"b\"""#, Some(r#"a "b""#)),
            (r#""a" "b""#, Some("a")),
            (r#""a\x""#, None),
        ] {
            assert_eq!(text(value).as_deref(), expected, "{value}");
        }
    }

    #[test]
    fn integers() {
        for (value, expected) in [
            ("7", Some(7)),
            (" -7 ", Some(-7)),
            ("7 apples", Some(7)),
            ("7.9", Some(7)),
            ("-7.9", Some(-7)),
            ("1e3", Some(1000)),
            (r#"" 7 ""#, Some(7)),
            (r#""007""#, Some(7)),
            ("2147483647", Some(i32::MAX)),
        ] {
            assert_eq!(integer(value), expected, "{value}");
        }
        for value in [
            "",
            " ",
            "abc",
            "007",
            "+7",
            "7a",
            "7]",
            "[7]",
            "{}",
            "true",
            "null",
            r#""""#,
            r#""7.5""#,
            "2147483648",
            "1e99",
        ] {
            assert_eq!(integer(value), None, "{value}");
        }
    }

    #[test]
    fn lists() {
        let list = |value| texts(value);
        assert_eq!(list("[]"), Some(vec![]));
        assert_eq!(list(r#" ["a", 1.50, true] x"#), Some(vec!["a".into(), "1.50".into(), "true".into()]));
        for value in ["", "a", r#""a""#, "null", "{}", r#"["a", {}]"#, r#"["a", ["b"]]"#, r#"["a""#] {
            assert_eq!(list(value), None, "{value}");
        }
    }
}
