//! Templates as JSON, with every field that upstream's have. What there is nothing to say of is left out.

use serde_json::{Value, json};

use super::model::{Configuration, InheritanceControl, Metadata, Partial, Rule, Stage, Template, Variable};
use crate::{Object, graph::Inject, jinja::Module};

impl Template {
    /// What texts may say of the template that they stand in.
    pub(crate) fn summary(&self) -> Value {
        let mut summary = self.head();
        summary.insert("metadata".to_owned(), self.metadata.to_json());
        summary.into()
    }

    fn head(&self) -> Object {
        let texts = [("schema", &self.schema), ("id", &self.id), ("source", &self.source)];
        with_texts(json!({ "protect": self.is_protected }), &texts)
    }

    pub(crate) fn to_json(&self) -> Object {
        let mut json = self.head();
        let mut add = |name: &str, value: Value| drop(json.insert(name.to_owned(), value));
        add("metadata", self.metadata.to_json());
        add("variables", self.variables.iter().map(Variable::to_json).collect());
        add("configuration", self.configuration.to_json());
        add("stages", self.stages.iter().map(Stage::to_json).collect());
        if let Some(modules) = &self.modules {
            add("modules", modules.iter().map(Module::to_json).collect());
        }
        add("partials", self.partials.iter().map(Partial::to_json).collect());
        json
    }
}

/// The object with those texts that there are.
fn with_texts(json: Value, texts: &[(&str, &Option<String>)]) -> Object {
    let given = texts.iter().filter_map(|(name, text)| Some(((*name).to_owned(), text.as_ref()?.clone().into())));
    let mut object: Object = given.collect();
    if let Value::Object(more) = json {
        object.extend(more);
    }
    object
}

impl Metadata {
    pub(super) fn to_json(&self) -> Value {
        let texts = [("name", &self.name), ("description", &self.description), ("owner", &self.owner)];
        with_texts(json!({ "scopes": self.scopes }), &texts).into()
    }
}

impl Variable {
    pub(super) fn to_json(&self) -> Value {
        let json = json!({
            "name": self.name, "group": self.group.as_deref().unwrap_or("General"), "type": self.kind(),
            "nullable": self.is_nullable, "merge": self.merges, "remove": self.removes,
        });
        let mut json = with_texts(json, &[("description", &self.description), ("example", &self.example)]);
        if self.has_default() {
            json.insert("defaultValue".to_owned(), self.default.clone());
        }
        json.into()
    }
}

impl Configuration {
    pub(super) fn to_json(&self) -> Value {
        let mut json = json!({ "concurrentExecutions": self.concurrent });
        for (name, list) in [
            ("triggers", &self.triggers),
            ("parameters", &self.parameters),
            ("notifications", &self.notifications),
            ("expectedArtifacts", &self.expected_artifacts),
        ] {
            if let Some(list) = list {
                json[name] = json!(list);
            }
        }
        json
    }
}

impl Module {
    pub(super) fn to_json(&self) -> Value {
        let json = json!({ "id": self.id, "variables": self.variables, "definition": self.definition });
        with_texts(json, &[("usage", &self.usage)]).into()
    }
}

impl Partial {
    pub(super) fn to_json(&self) -> Value {
        let stages: Vec<_> = self.stages.iter().map(Stage::to_json).collect();
        let json = json!({
            "id": self.id, "name": self.name(), "variables": self.variables, "stages": stages, "renderedPartials": {},
        });
        with_texts(json, &[("usage", &self.usage)]).into()
    }
}

impl InheritanceControl {
    pub(super) fn to_json(&self) -> Value {
        let rule = |rule: &Rule| json!({ "path": rule.path, "value": rule.value });
        let rules = |rules: &[Rule]| rules.iter().map(rule).collect::<Vec<_>>();
        json!({ "merge": rules(&self.merge), "replace": rules(&self.replace), "remove": rules(&self.remove) })
    }
}

impl Stage {
    pub(super) fn to_json(&self) -> Value {
        let json = json!({
            "name": self.name(), "dependsOn": *self.depends_on.borrow(), "notifications": self.notifications,
            "when": self.when, "requisiteStageRefIds": *self.requisites.borrow(),
        });
        let texts =
            [("id", &self.id), ("type", &self.kind), ("comments", &self.comments), ("loopWith", &self.loop_with)];
        let mut json = with_texts(json, &texts);
        let mut add = |name: &str, value: Option<Value>| json.extend(value.map(|value| (name.to_owned(), value)));
        add("config", Some(self.config.clone()).filter(|config| !config.is_null()));
        add("inject", self.inject.as_ref().map(Inject::to_json));
        add("inheritanceControl", self.inheritance.as_ref().map(InheritanceControl::to_json));
        json.into()
    }
}
