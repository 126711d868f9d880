//! Methods that texts, lists and maps have in Java, and a few of Python's: `name.toUpperCase()`, `tags.get(0)`, `labels.items()`.

use minijinja::{
    Error, ErrorKind, State, Value,
    value::{ValueKind, from_args},
};

use super::value::{text, within};

/// The value of `of.method(arguments)`.
pub(super) fn call(state: &mut State<'_, '_>, of: &Value, method: &str, arguments: &[Value]) -> Result<Value, Error> {
    let found = match of.kind() {
        ValueKind::String => of_text(of.as_str().unwrap_or_default(), method, arguments)?,
        ValueKind::Seq | ValueKind::Iterable => of_list(of, method, arguments)?,
        ValueKind::Map => of_map(state, of, method, arguments)?,
        ValueKind::Number | ValueKind::Bool if method == "toString" => Some(text(of)?.into()),
        _ => None,
    };
    found.ok_or_else(|| Error::from(ErrorKind::UnknownMethod))
}

fn of_text(of: &str, method: &str, arguments: &[Value]) -> Result<Option<Value>, Error> {
    let one = || from_args::<(String,)>(arguments).map(|(one,)| one);
    let two = || from_args::<(String, String)>(arguments);
    let found = match method {
        "toUpperCase" | "upper" => of.to_uppercase().into(),
        "toLowerCase" | "lower" => of.to_lowercase().into(),
        "trim" | "strip" => of.trim().into(),
        "toString" => of.into(),
        "length" => of.encode_utf16().count().into(),
        "isEmpty" => of.is_empty().into(),
        "contains" => of.contains(&one()?).into(),
        "startsWith" | "startswith" => of.starts_with(&one()?).into(),
        "endsWith" | "endswith" => of.ends_with(&one()?).into(),
        "equals" => (of == one()?).into(),
        "equalsIgnoreCase" => (of.to_lowercase() == one()?.to_lowercase()).into(),
        "concat" => within(format!("{of}{}", one()?))?.into(),
        "indexOf" => of.find(&one()?).map_or(-1, |at| utf16(&of[..at])).into(),
        "lastIndexOf" => of.rfind(&one()?).map_or(-1, |at| utf16(&of[..at])).into(),
        "replace" => {
            let (what, with) = two()?;
            // A text may have each of its letters replaced by a long one.
            if of.len().saturating_mul(with.len().max(1)) > 1 << 26 {
                return Err(Error::new(ErrorKind::InvalidOperation, "replace makes too large a text: replace less"));
            }
            within(of.replace(&what, &with))?.into()
        }
        "split" => {
            let by = one()?;
            let mut parts: Vec<&str> = of.split(&*by).collect();
            while parts.len() > 1 && parts.last().is_some_and(|part| part.is_empty()) {
                parts.pop();
            }
            Value::from_iter(parts)
        }
        "substring" => {
            let (from, to): (usize, Option<usize>) = from_args(arguments)?;
            let units: Vec<u16> = of.encode_utf16().collect();
            let part = units.get(from..to.unwrap_or(units.len()));
            let part =
                part.ok_or_else(|| Error::new(ErrorKind::InvalidOperation, "substring ends outside of the text"))?;
            String::from_utf16_lossy(part).into()
        }
        _ => return Ok(None),
    };
    Ok(Some(found))
}

fn utf16(text: &str) -> i64 {
    i64::try_from(text.encode_utf16().count()).unwrap_or(i64::MAX)
}

fn of_list(of: &Value, method: &str, arguments: &[Value]) -> Result<Option<Value>, Error> {
    let found = match method {
        "size" => of.len().unwrap_or_default().into(),
        "isEmpty" => (of.len() == Some(0)).into(),
        "get" => {
            let (at,): (usize,) = from_args(arguments)?;
            of.get_item_by_index(at)?
        }
        "contains" | "indexOf" => {
            let (wanted,): (Value,) = from_args(arguments)?;
            let at = of.try_iter()?.position(|item| item == wanted);
            if method == "contains" {
                at.is_some().into()
            } else {
                at.and_then(|at| i64::try_from(at).ok()).unwrap_or(-1).into()
            }
        }
        "toString" => text(of)?.into(),
        _ => return Ok(None),
    };
    Ok(Some(found))
}

fn of_map(state: &mut State<'_, '_>, of: &Value, method: &str, arguments: &[Value]) -> Result<Option<Value>, Error> {
    let found = match method {
        "items" | "entrySet" => state.apply_filter("items", std::slice::from_ref(of))?,
        "keys" | "keySet" => state.apply_filter("list", std::slice::from_ref(of))?,
        "values" => {
            let values: Result<Vec<Value>, Error> = of.try_iter()?.map(|key| of.get_item(&key)).collect();
            Value::from(values?)
        }
        "size" => of.len().unwrap_or_default().into(),
        "isEmpty" => (of.len() == Some(0)).into(),
        "get" | "getOrDefault" => {
            let (key, default): (Value, Option<Value>) = from_args(arguments)?;
            let found = of.get_item(&key)?;
            if found.is_undefined() { default.unwrap_or(found) } else { found }
        }
        "containsKey" => {
            let (key,): (Value,) = from_args(arguments)?;
            (!of.get_item(&key)?.is_undefined()).into()
        }
        "toString" => text(of)?.into(),
        _ => return Ok(None),
    };
    Ok(Some(found))
}
