//! All stage types as one JSON Schema: a stage is valid if it is as its type says.

use gennaker_orca_stages::{Catalogue, Schema};
use gennaker_wire::Object;
use serde_json::{Value, json};

const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";
/// Where in the whole schema that stands which every stage has; no stage type is called so.
const COMMON: &str = "_stage";

/// The schema of every stage. What the types read stands under `$defs`, each by its type's name.
pub(crate) fn all(catalogue: &Catalogue) -> Value {
    let mut definitions = Object::from_iter([(COMMON.to_owned(), common())]);
    let mut rules = vec![json!({ "$ref": reference(COMMON) })];
    for kind in catalogue.kinds() {
        definitions.extend(own(catalogue, kind).map(|schema| (kind.to_owned(), schema)));
        let condition = json!({ "properties": { "type": { "const": kind } }, "required": ["type"] });
        rules.push(json!({ "if": condition, "then": { "$ref": reference(kind) } }));
    }
    json!({
        "$schema": DIALECT,
        "$id": "/schemas/stages",
        "title": "Stage",
        "description": "A stage of a pipeline, of any type that this orca runs.",
        "type": "object",
        "allOf": rules,
        "$defs": definitions,
    })
}

/// The schema of one stage type, which stands for itself.
pub(crate) fn one(catalogue: &Catalogue, kind: &str) -> Option<Value> {
    let mut schema = own(catalogue, kind)?;
    schema["$schema"] = DIALECT.into();
    schema["$id"] = format!("/schemas/stages/{kind}").into();
    schema["allOf"] = json!([{ "$ref": reference(COMMON) }]);
    schema["$defs"] = json!({ COMMON: common() });
    Some(schema)
}

fn own(catalogue: &Catalogue, kind: &str) -> Option<Value> {
    Some(catalogue.stage(kind)?.schema().to_json(kind))
}

fn common() -> Value {
    Schema::common().to_json("Any stage")
}

fn reference(name: &str) -> String {
    format!("#/$defs/{name}")
}
