//! Settings in base 64, as upstream's `StageExecutionImpl.decodeBase64` reads them.

use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use gennaker_base::Kind;
use gennaker_wire::Object;
use serde_json::Value;

use crate::TaskError;

/// Java's decoder does not insist on padding.
const JAVA: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// What upstream refuses with an `IllegalArgumentException`.
pub(crate) fn illegal(message: impl Into<String>) -> TaskError {
    TaskError::new(Kind::Invalid, "IllegalArgumentException", message)
}

/// The JSON that a setting has in base 64.
///
/// # Errors
/// If it is none.
pub(crate) fn decoded(settings: &Object, name: &str) -> Result<Value, TaskError> {
    let Some(Value::String(text)) = settings.get(name) else {
        return Err(illegal(format!("{name} is base 64 of its JSON, in a text")));
    };
    let bytes = JAVA.decode(text).map_err(|_| illegal(problem(text)))?;
    let wrong = |error: serde_json::Error| {
        let (line, column) = (error.line(), error.column());
        let message = format!("{name} is base 64 of what is no JSON: line {line}, column {column}");
        TaskError::new(Kind::Invalid, "RuntimeException", message)
    };
    serde_json::from_slice(&bytes).map_err(wrong)
}

/// The object that a setting has in base 64.
pub(super) fn object(settings: &Object, name: &str) -> Result<Object, TaskError> {
    match decoded(settings, name)? {
        Value::Object(object) => Ok(object),
        _ => Err(TaskError::new(Kind::Invalid, "RuntimeException", format!("{name} is base 64 of no JSON object"))),
    }
}

/// Why it is no base 64, as Java says it.
fn problem(text: &str) -> String {
    let is_known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    match text.bytes().find(|byte| !is_known(*byte)) {
        Some(byte) => format!("Illegal base64 character {byte:x}"),
        None => "Input byte array has wrong 4-byte ending unit".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn base_64_is_read_as_java_does() {
        let of = |text: &str| {
            let settings = Object::from_iter([("pipeline".to_owned(), text.into())]);
            decoded(&settings, "pipeline")
        };
        assert_eq!(of("eyJhIjogMX0="), Ok(json!({"a": 1})));
        assert_eq!(of("eyJhIjogMX0"), Ok(json!({"a": 1})));
        let refused = |text: &str| of(text).map_err(|error| (error.exception_type, error.message));
        let illegal = ("IllegalArgumentException".to_owned(), "Illegal base64 character 7b".to_owned());
        assert_eq!(refused("{}"), Err(illegal));
        assert!(refused("YQ==").is_err_and(|(exception, _)| exception == "RuntimeException"));
        assert!(decoded(&Object::new(), "pipeline").is_err());
    }
}
