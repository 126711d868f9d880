//! JSON and YAML: upstream's `JsonExpressionFunctionProvider`, `FlowExpressionFunctionProvider` and the reading half of
//! `UrlExpressionFunctionProvider`.

use std::rc::Rc;

use serde_json::Value as Json;

use crate::{
    Error, Value, cost,
    evaluate::Evaluation,
    method::Call,
    value::{List, Map, Object, integer},
};

/// JSON without spaces. An expression in it would be evaluated by whoever reads it next, so it is refused unless
/// `#doNotEval` says otherwise.
pub(super) fn to_json<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let (value, checked) = match &call.arguments[0] {
        Value::Object(Object::NotEvaluable(value)) => (&**value, false),
        value => (value, true),
    };
    cost::writing(call.evaluation, value)?;
    let text = value.to_json_text()?;
    if checked && text.contains("${") {
        return Err(Error::thrown(
            "what #toJson gives cannot contain an expression ('${'); if another tool is to evaluate it, write #toJson(#doNotEval(...))",
        ));
    }
    Ok(Value::from(text))
}

pub(super) fn do_not_eval<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    Ok(Value::Object(Object::NotEvaluable(Rc::new(call.arguments[0].clone()))))
}

pub(super) fn read_json<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let text = call.argument(0).ok_or_else(|| Error::thrown("#readJson cannot read null"))?;
    of_json(call.evaluation, text, "#readJson")
}

/// A list if it begins with `[`, else an object: nothing else is read (Jackson's `readValue(text, Map.class)`).
pub(super) fn of_json<'a>(evaluation: &mut Evaluation<'a>, text: &str, function: &str) -> Result<Value<'a>, Error> {
    before_reading(evaluation, text)?;
    // What follows the value does not matter there.
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<Json>();
    let value = match values.next() {
        Some(value) => value.map_err(|error| Error::thrown(format!("{function}: this is not JSON: {error}")))?,
        None => return Err(Error::thrown(format!("{function}: there is nothing to read"))),
    };
    match (&value, text.starts_with('[')) {
        (Json::Array(_), true) | (Json::Object(_), false) | (Json::Null, false) => Ok(Value::from(value)),
        _ => Err(Error::thrown(format!("{function} reads an object or a list, and this is neither"))),
    }
}

pub(super) fn read_yaml<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let text = call.argument(0).ok_or_else(|| Error::thrown("#readYaml cannot read null"))?;
    of_yaml(call.evaluation, text, "#readYaml")
}

pub(super) fn of_yaml<'a>(evaluation: &mut Evaluation<'a>, text: &str, function: &str) -> Result<Value<'a>, Error> {
    before_reading(evaluation, text)?;
    let limits = gennaker_yaml::Limits { expansion: MOST_EXPANDED, ..gennaker_yaml::Limits::default() };
    let value =
        gennaker_yaml::read_with(text, &limits).map_err(|error| Error::thrown(format!("{function}: {error}")))?;
    let value = from_yaml(value);
    cost::writing(evaluation, &value)?;
    Ok(value)
}

/// What the aliases of a text may make of it.
const MOST_EXPANDED: usize = 4 << 20;

/// Charges for a text that is going to be read: what stands between these may be an element.
fn before_reading(evaluation: &mut Evaluation<'_>, text: &str) -> Result<(), Error> {
    let elements = text.bytes().filter(|byte| matches!(byte, b',' | b'[' | b'{' | b'\n' | b':')).count();
    evaluation.charge(text.len())?;
    cost::elements(evaluation, elements)
}

pub(super) fn read_all_yaml<'a>(call: Call<'_, 'a>) -> Result<Value<'a>, Error> {
    let text = call.argument(0).ok_or_else(|| Error::thrown("#readAllYaml cannot read null"))?;
    before_reading(call.evaluation, text)?;
    let limits = gennaker_yaml::Limits { expansion: MOST_EXPANDED, ..gennaker_yaml::Limits::default() };
    let values = gennaker_yaml::read_all_with(text, &limits);
    let values = values.map_err(|error| Error::thrown(format!("#readAllYaml: {error}")))?;
    let values = Value::list(values.into_iter().map(from_yaml).collect());
    cost::writing(call.evaluation, &values)?;
    Ok(values)
}

/// The Java objects that SnakeYAML makes.
fn from_yaml<'a>(value: gennaker_yaml::Value) -> Value<'a> {
    use gennaker_yaml::Value as Yaml;
    match value {
        Yaml::Null => Value::Null,
        Yaml::Bool(value) => Value::Boolean(value),
        Yaml::Integer(value) => integer(i128::from(value)),
        Yaml::Float(value) => Value::Double(value),
        Yaml::String(text) => Value::text(text),
        Yaml::Timestamp(time) => Value::Object(Object::Date(time.as_millisecond())),
        Yaml::Sequence(items) => Value::list(items.into_iter().map(from_yaml).collect()),
        Yaml::Mapping(mapping) => {
            Value::Map(Map::of(mapping.into_iter().map(|(key, value)| (from_yaml(key), from_yaml(value)))))
        }
        Yaml::Set(items) => Value::Set(List::of(items.into_iter().map(from_yaml).collect())),
        other => Value::from(other.into_json()),
    }
}
