//! What a stage type reads from its context, declared once: for people, forms, the command line, and for checks.
//!
//! ```
//! use gennaker_orca_stages::{Field, Schema};
//!
//! let schema = Schema::of("Lets some time pass.").with(Field::number("waitTime", "How long, in seconds.").default(30));
//! assert_eq!(schema.to_json("wait")["properties"]["waitTime"]["title"], "Wait time");
//! ```
//!
//! As JSON it is a JSON Schema of draft 2020-12. A schema is open: what a stage does not read is kept and passed on. A field that is
//! not a text may be one all the same, because an expression may stand there, and because numbers and booleans are read from texts too.

use gennaker_wire::{Object, ObjectExt};
use serde_json::{Value, json};

/// What may stand in a field.
#[derive(Debug, Clone, PartialEq)]
enum Shape {
    Any,
    Text,
    Number,
    Integer,
    Flag,
    /// A list; of objects with these fields, if there are any.
    List(Vec<Field>),
    /// An object with these fields, and others.
    Object(Vec<Field>),
}

/// A field of a stage's context.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    name: &'static str,
    description: &'static str,
    shape: Shape,
    default: Option<Value>,
    required: bool,
    choices: &'static [&'static str],
}

impl Field {
    fn new(name: &'static str, description: &'static str, shape: Shape) -> Self {
        Field { name, description, shape, default: None, required: false, choices: &[] }
    }

    /// A field of any shape.
    pub fn any(name: &'static str, description: &'static str) -> Self {
        Field::new(name, description, Shape::Any)
    }

    /// A text.
    pub fn text(name: &'static str, description: &'static str) -> Self {
        Field::new(name, description, Shape::Text)
    }

    /// A number.
    pub fn number(name: &'static str, description: &'static str) -> Self {
        Field::new(name, description, Shape::Number)
    }

    /// A whole number.
    pub fn integer(name: &'static str, description: &'static str) -> Self {
        Field::new(name, description, Shape::Integer)
    }

    /// `true` or `false`.
    pub fn flag(name: &'static str, description: &'static str) -> Self {
        Field::new(name, description, Shape::Flag)
    }

    /// A list; of objects that have `fields`, if there are any.
    pub fn list(name: &'static str, description: &'static str, fields: impl IntoIterator<Item = Field>) -> Self {
        Field::new(name, description, Shape::List(fields.into_iter().collect()))
    }

    /// An object that has `fields`, and may have others.
    pub fn object(name: &'static str, description: &'static str, fields: impl IntoIterator<Item = Field>) -> Self {
        Field::new(name, description, Shape::Object(fields.into_iter().collect()))
    }

    /// What a missing field is taken for.
    pub fn default(mut self, value: impl Into<Value>) -> Self {
        self.default = Some(value.into());
        self
    }

    /// Nothing goes without it.
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// The texts that it may be.
    pub fn one_of(mut self, choices: &'static [&'static str]) -> Self {
        self.choices = choices;
        self
    }

    fn to_json(&self) -> Value {
        let mut json = match &self.shape {
            Shape::Any => json!({}),
            Shape::Text if !self.choices.is_empty() => {
                json!({ "anyOf": [{ "enum": self.choices }, { "type": "string", "pattern": r"\$\{" }] })
            }
            Shape::Text => json!({ "type": "string" }),
            Shape::Number => json!({ "type": ["number", "string"] }),
            Shape::Integer => json!({ "type": ["integer", "string"] }),
            Shape::Flag => json!({ "type": ["boolean", "string"] }),
            Shape::List(fields) if fields.is_empty() => json!({ "type": ["array", "string"] }),
            Shape::List(fields) => json!({ "type": ["array", "string"], "items": object(fields) }),
            Shape::Object(fields) => object(fields),
        };
        json["title"] = title(self.name).into();
        json["description"] = self.description.into();
        if let Some(default) = &self.default {
            json["default"] = default.clone();
        }
        json
    }

    /// What is wrong with the field of this name in `settings`.
    fn problem(&self, settings: &Object) -> Option<String> {
        let name = self.name;
        let value = match settings.get(name) {
            None | Some(Value::Null) => return self.required.then(|| format!("{name} is missing")),
            // An expression that has no value yet.
            Some(Value::String(text)) if text.contains("${") => return None,
            Some(value) => value,
        };
        let wanted = match &self.shape {
            Shape::Text if !self.choices.is_empty() => {
                let known = settings.text(name).is_some_and(|text| self.choices.contains(&text.as_str()));
                return (!known).then(|| format!("{name} is one of {}, not {value}", self.choices.join(", ")));
            }
            Shape::Text => settings.text(name).is_none().then_some("a text"),
            Shape::Number => settings.number(name).is_none().then_some("a number"),
            Shape::Integer => settings.integer(name).is_none().then_some("a whole number"),
            Shape::Flag => settings.boolean(name).is_none().then_some("true or false"),
            Shape::List(_) => (!value.is_array()).then_some("a list"),
            Shape::Object(fields) => match value.as_object() {
                None => Some("an object"),
                Some(inner) => {
                    let problem = fields.iter().find_map(|field| field.problem(inner));
                    return problem.map(|problem| format!("{name}: {problem}"));
                }
            },
            Shape::Any => None,
        };
        wanted.map(|wanted| format!("{name} is {wanted}, not {value}"))
    }
}

/// The settings of a stage type.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Schema {
    description: &'static str,
    fields: Vec<Field>,
}

impl Schema {
    /// An open object: nothing is known of the settings.
    pub fn open() -> Self {
        Schema::default()
    }

    /// A stage type that does what `description` says, in a sentence.
    pub fn of(description: &'static str) -> Self {
        Schema { description, fields: Vec::new() }
    }

    /// Adds a field.
    pub fn with(mut self, field: Field) -> Self {
        self.fields.push(field);
        self
    }

    /// What every stage may have, whatever its type: it is the engine's to read.
    pub fn common() -> Self {
        Schema::of("What every stage may have.")
            .with(Field::text("type", "The stage type.").required())
            .with(Field::text("refId", "The id within the pipeline."))
            .with(Field::list("requisiteStageRefIds", "The refIds of the stages that end before this one starts.", []))
            .with(Field::text("name", "The name for people; the type if it is missing."))
            .with(Field::text("comments", "What people should know of it."))
            .with(Field::flag("failPipeline", "Whether its failure fails the pipeline.").default(true))
            .with(Field::flag("continuePipeline", "Whether the pipeline goes on after its failure.").default(false))
            .with(
                Field::flag(
                    "completeOtherBranchesThenFail",
                    "Whether other branches go on before its failure fails the pipeline.",
                )
                .default(false),
            )
            .with(
                Field::flag("failOnFailedExpressions", "Whether an expression without a value fails it.")
                    .default(false),
            )
            .with(Field::object(
                "stageEnabled",
                "The condition on which it runs.",
                [
                    Field::text("type", "How the condition is written.").one_of(&["expression"]),
                    Field::text("expression", "It runs if this is true."),
                ],
            ))
            .with(Field::flag("restrictExecutionDuringTimeWindow", "Whether it waits for its time.").default(false))
            .with(crate::core::window_field())
            .with(Field::integer("stageTimeoutMs", "How long each of its tasks may take, in milliseconds."))
            .with(Field::list("notifications", "Whom it tells of itself.", []))
    }

    /// The JSON Schema of the stage type `kind`.
    pub fn to_json(&self, kind: &str) -> Value {
        let mut json = object(&self.fields);
        json["title"] = kind.into();
        if !self.description.is_empty() {
            json["description"] = self.description.into();
        }
        json
    }

    /// What is wrong with these settings: required fields that are missing, and values of another shape. An expression without a value
    /// is passed over.
    pub fn problems(&self, settings: &Object) -> Vec<String> {
        self.fields.iter().filter_map(|field| field.problem(settings)).collect()
    }
}

/// An open object with these fields.
fn object(fields: &[Field]) -> Value {
    let properties: Object = fields.iter().map(|field| (field.name.to_owned(), field.to_json())).collect();
    let required: Vec<_> = fields.iter().filter(|field| field.required).map(|field| field.name).collect();
    let mut json = json!({ "type": "object", "properties": properties });
    if !required.is_empty() {
        json["required"] = required.into();
    }
    json
}

/// `waitTime` for people: `Wait time`.
fn title(name: &str) -> String {
    let mut title = String::new();
    for letter in name.chars() {
        if title.is_empty() {
            title.extend(letter.to_uppercase());
        } else if letter.is_uppercase() {
            title.push(' ');
            title.extend(letter.to_lowercase());
        } else {
            title.push(letter);
        }
    }
    title
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema() -> Schema {
        Schema::of("A test.")
            .with(Field::number("waitTime", "Seconds.").default(30))
            .with(Field::text("mode", "How.").one_of(&["a", "b"]).required())
            .with(Field::object("owner", "Who.", [Field::text("name", "The name.").required()]))
            .with(Field::list("checks", "What.", [Field::flag("fail", "Whether.")]))
    }

    #[test]
    fn a_schema_is_a_json_schema() {
        let json = schema().to_json("test");
        assert_eq!(json["required"], json!(["mode"]));
        let wait =
            json!({"type": ["number", "string"], "title": "Wait time", "description": "Seconds.", "default": 30});
        assert_eq!(json["properties"]["waitTime"], wait);
        assert_eq!(json["properties"]["owner"]["properties"]["name"]["title"], "Name");
        assert_eq!(json["properties"]["checks"]["items"]["properties"]["fail"]["type"], json!(["boolean", "string"]));
        assert_eq!(Schema::open().to_json("x"), json!({"type": "object", "properties": {}, "title": "x"}));
    }

    #[test]
    fn problems_name_the_field() {
        let problems = |settings: Value| schema().problems(settings.as_object().expect("an object"));
        assert_eq!(problems(json!({"mode": "a", "waitTime": "2", "owner": {"name": "ann"}, "more": []})), [""; 0]);
        assert_eq!(problems(json!({"mode": "${m}", "waitTime": "${t}", "checks": "${c}"})), [""; 0]);
        let wrong = json!({"mode": "c", "waitTime": true, "owner": {}, "checks": {}});
        let expected = [
            "waitTime is a number, not true",
            "mode is one of a, b, not \"c\"",
            "owner: name is missing",
            "checks is a list, not {}",
        ];
        assert_eq!(problems(wrong), expected);
        assert_eq!(problems(json!({"mode": null})), ["mode is missing"]);
    }
}
