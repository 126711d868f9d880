//! `java.net.URLEncoder`: text for the query of an address, as forms send it.

use std::fmt::Write as _;

use super::{CHARSET, STRING, method};
use crate::{
    Error, Value,
    method::{Call, Method},
};

pub(super) const STATIC: &[Method] = &[
    method("encode", &[STRING], encode),
    method("encode", &[STRING, STRING], encode),
    method("encode", &[STRING, CHARSET], encode),
];

/// Letters, digits and `.-*_` stay, a space is `+`, everything else `%XX` for each byte of its encoding.
fn encode<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let text = call.string(0)?;
    if call.arguments.len() > 1 {
        let encoding = call.string(1)?.to_ascii_uppercase();
        if !matches!(encoding.as_str(), "UTF-8" | "UTF8") {
            return Err(Error::thrown(format!("text is encoded as UTF-8 here, not as {encoding}")));
        }
    }
    call.evaluation.charge(text.len() * 3)?;
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b' ' => encoded.push('+'),
            b'.' | b'-' | b'*' | b'_' => encoded.push(byte.into()),
            _ if byte.is_ascii_alphanumeric() => encoded.push(byte.into()),
            // Writing to a string does not fail.
            _ => _ = write!(encoded, "%{byte:02X}"),
        }
    }
    Ok(Value::from(encoded))
}
