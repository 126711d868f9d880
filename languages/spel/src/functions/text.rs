//! Functions on text: upstream's `StringExpressionFunctionProvider`.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::{Error, Value, convert, method::Call};

/// `Integer.valueOf`: decimal digits and a sign, nothing else.
pub(super) fn to_int<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let text = call.argument(0).ok_or_else(|| Error::thrown("#toInt cannot make a number of null"))?;
    let number = text.parse::<i32>().map_err(|_| Error::thrown(format!("#toInt cannot make an int of '{text}'")))?;
    Ok(Value::Integer(number))
}

/// `Float.valueOf`.
pub(super) fn to_float<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let text = call.argument(0).ok_or_else(|| Error::thrown("#toFloat cannot make a number of null"))?;
    let number = convert::parse_float(text);
    number.map(Value::Float).ok_or_else(|| Error::thrown(format!("#toFloat cannot make a number of '{text}'")))
}

/// `Boolean.valueOf`: true if it is `true` in any letter case.
pub(super) fn to_boolean<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    Ok(Value::Boolean(call.argument(0).is_some_and(|text| text.eq_ignore_ascii_case("true"))))
}

pub(super) fn to_base64<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let text = call.argument(0).ok_or_else(|| Error::thrown("#toBase64 cannot encode null"))?;
    let encoded = STANDARD.encode(text);
    call.evaluation.charge(encoded.len())?;
    Ok(Value::from(encoded))
}

/// With or without padding, as Java's basic decoder takes it.
pub(super) fn from_base64<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let text = call.argument(0).ok_or_else(|| Error::thrown("#fromBase64 cannot decode null"))?;
    let padded;
    let text = if text.len() % 4 == 0 || text.contains('=') {
        text
    } else {
        padded = format!("{text}{}", &"==="[..4 - text.len() % 4]);
        &padded
    };
    let engine = base64::engine::GeneralPurpose::new(
        &base64::alphabet::STANDARD,
        base64::engine::general_purpose::GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
    );
    let bytes =
        engine.decode(text).map_err(|error| Error::thrown(format!("#fromBase64: this is not base64: {error}")))?;
    call.evaluation.charge(bytes.len())?;
    Ok(Value::from(String::from_utf8_lossy(&bytes).into_owned()))
}

/// Only the letters and digits of ASCII.
pub(super) fn alphanumerical<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let text = call.argument(0).ok_or_else(|| Error::thrown("#alphanumerical cannot clean null"))?;
    Ok(Value::from(text.chars().filter(char::is_ascii_alphanumeric).collect::<String>()))
}
