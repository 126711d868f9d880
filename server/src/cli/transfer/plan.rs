//! What an import would do: the objects of a folder against those that are there. Pure: no call is made.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};

use super::{
    item::{Item, Key},
    kind::Kind,
};
use crate::cli::diff;

/// What is to be done with an object.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Step {
    /// It is not there yet.
    Create(Item),
    /// It is there, and different.
    Change {
        /// As it is.
        live: Item,
        /// As it is to be.
        wanted: Item,
    },
    /// It is there, and in no file.
    Delete(Item),
}

impl Step {
    /// The object.
    pub(super) fn item(&self) -> &Item {
        match self {
            Step::Create(item) | Step::Change { wanted: item, .. } | Step::Delete(item) => item,
        }
    }

    /// A sign for it: `+`, `~` or `-`.
    pub(super) fn sign(&self) -> char {
        match self {
            Step::Create(_) => '+',
            Step::Change { .. } => '~',
            Step::Delete(_) => '-',
        }
    }

    /// What was done, once it is.
    pub(super) fn done(&self) -> &'static str {
        match self {
            Step::Create(_) => "created",
            Step::Change { .. } => "changed",
            Step::Delete(_) => "deleted",
        }
    }

    /// The lines that change.
    pub(super) fn lines(&self) -> Vec<String> {
        match self {
            Step::Change { live, wanted } => diff::lines(&live.value, &wanted.value),
            _ => Vec::new(),
        }
    }

    /// For programs.
    pub(super) fn to_json(&self) -> Value {
        let item = self.item();
        let action = match self {
            Step::Create(_) => "create",
            Step::Change { .. } => "change",
            Step::Delete(_) => "delete",
        };
        let mut step = json!({ "action": action, "kind": item.kind.noun(), "name": item.key.parts().join("/") });
        let lines = self.lines();
        if !lines.is_empty() {
            step["diff"] = lines.join("\n").into();
        }
        step
    }
}

/// What an import would do.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Plan {
    /// In the order in which it can be done.
    pub(super) steps: Vec<Step>,
    /// How many objects are as their files say.
    pub(super) unchanged: usize,
}

/// How objects are compared.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules<'run> {
    /// Kinds of which objects without a file are deleted.
    pub(super) pruned: &'run [Kind],
    /// Whether fields of an application that its file does not have stay: gate merges them.
    pub(super) merges_applications: bool,
}

/// Compares `files` with what is `live`. An object is known by its id, else by its name. One that has the file's name and another id
/// keeps its own, and what refers to the file's id is made to refer to that.
pub(super) fn compare(files: Vec<Item>, live: Vec<Item>, rules: Rules<'_>) -> Plan {
    let mut by_key: BTreeMap<(Kind, Key), Item> =
        live.into_iter().map(|item| ((item.kind, item.key.clone()), item)).collect();
    let by_id: HashMap<(Kind, String), Key> = by_key
        .values()
        .filter(|item| has_id(item.kind))
        .filter_map(|item| Some(((item.kind, item.id.clone()?), item.key.clone())))
        .collect();
    let of_id = |item: &Item| by_id.get(&(item.kind, item.id.clone()?)).cloned();
    let ids: HashMap<String, String> = files
        .iter()
        .filter(|item| has_id(item.kind) && of_id(item).is_none())
        .filter_map(|item| Some((item.id.clone()?, by_key.get(&(item.kind, item.key.clone()))?.id.clone()?)))
        .collect();
    let mut plan = Plan::default();
    let mut latest = Vec::new();
    for item in files {
        let item = item.with_ids(&ids);
        let key = if has_id(item.kind) { of_id(&item) } else { None };
        let known = by_key.remove(&(item.kind, key.unwrap_or_else(|| item.key.clone())));
        match known {
            None => plan.steps.push(Step::Create(item)),
            Some(live) => {
                let wanted = completed(item, &live, rules);
                if wanted.value == live.value {
                    plan.unchanged += 1;
                    if is_latest(&wanted) {
                        latest.push((live, wanted));
                    }
                } else {
                    plan.steps.push(Step::Change { live, wanted });
                }
            }
        }
    }
    // Front50 makes every version of a template that is saved the latest one, so that is saved again, as the last one.
    for (live, wanted) in latest {
        let is_version = |step: &Step| {
            step.item().kind == wanted.kind && step.item().key.parts().first() == wanted.key.parts().first()
        };
        if plan.steps.iter().any(is_version) {
            plan.unchanged -= 1;
            plan.steps.push(Step::Change { live, wanted });
        }
    }
    plan.steps.sort_by_key(|step| (step.item().kind, is_latest(step.item())));
    // What refers to others goes before them.
    let rest = by_key.into_values().rev().filter(|item| rules.pruned.contains(&item.kind));
    plan.steps.extend(rest.map(Step::Delete));
    plan
}

fn is_latest(item: &Item) -> bool {
    item.kind == Kind::TemplateV2 && item.key.parts().get(1).is_some_and(|tag| tag == "latest")
}

/// Whether others refer to objects of this kind by an id that is not their name.
fn has_id(kind: Kind) -> bool {
    matches!(kind, Kind::Pipeline | Kind::Strategy)
}

/// The object with the fields that a save would leave as they are.
fn completed(mut wanted: Item, live: &Item, rules: Rules<'_>) -> Item {
    let Some(fields) = wanted.value.as_object_mut() else { return wanted };
    for (name, value) in live.value.as_object().into_iter().flatten() {
        let stays = match wanted.kind {
            Kind::Application => rules.merges_applications,
            Kind::Pipeline | Kind::Strategy => ["id", "index"].contains(&name.as_str()),
            _ => false,
        };
        if stays && !fields.contains_key(name) {
            fields.insert(name.clone(), value.clone());
        }
    }
    wanted.id = live.id.clone().or(wanted.id);
    wanted.value = diff::sorted(wanted.value);
    wanted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pipeline(name: &str, id: &str, more: Value) -> Item {
        let mut value = json!({"application": "shop", "name": name, "id": id});
        if id.is_empty() {
            value = json!({"application": "shop", "name": name});
        }
        value.as_object_mut().expect("an object").extend(more.as_object().cloned().expect("an object"));
        Item::new(Kind::Pipeline, value).expect("a pipeline")
    }

    fn said(plan: &Plan) -> Vec<String> {
        plan.steps.iter().map(|step| format!("{} {}", step.sign(), step.item())).collect()
    }

    const RULES: Rules<'_> = Rules { pruned: &[], merges_applications: true };

    #[test]
    fn new_changed_and_unchanged_objects_are_told_apart() {
        let files = vec![
            pipeline("new", "1", json!({})),
            pipeline("changed", "2", json!({"disabled": true})),
            pipeline("same", "", json!({})),
            Item::new(Kind::Application, json!({"name": "Shop", "email": "a@example.com"})).expect("an application"),
        ];
        let live = vec![
            pipeline("changed", "2", json!({})),
            pipeline("same", "3", json!({"index": 4, "updateTs": 1})),
            pipeline("other", "4", json!({})),
            Item::new(Kind::Application, json!({"name": "shop", "email": "b@example.com", "x": 1}))
                .expect("an application"),
        ];
        let plan = compare(files.clone(), live.clone(), RULES);
        assert_eq!(said(&plan), ["~ application shop", "+ pipeline shop/new", "~ pipeline shop/changed"]);
        assert_eq!(plan.unchanged, 1);
        assert_eq!(plan.steps[2].lines().last().map(String::as_str), Some(" name: changed"));
        let Step::Change { wanted, .. } = &plan.steps[0] else { panic!("it changes") };
        assert_eq!(wanted.value["x"], 1, "gate would keep it");
        let pruned = compare(files, live, Rules { pruned: &[Kind::Pipeline], merges_applications: false });
        assert_eq!(said(&pruned).last().map(String::as_str), Some("- pipeline shop/other"));
    }

    #[test]
    fn the_latest_version_of_a_template_is_saved_last() {
        let template = |id: &str, tag: &str, text: &str| {
            Item::new(Kind::TemplateV2, json!({"id": id, "tag": tag, "schema": "v2", "x": text})).expect("a template")
        };
        let files = vec![template("a", "latest", "1"), template("a", "stable", "1"), template("b", "latest", "1")];
        let live = vec![template("a", "latest", "1"), template("a", "stable", "0"), template("b", "latest", "1")];
        let plan = compare(files.clone(), live, RULES);
        assert_eq!(
            (said(&plan), plan.unchanged),
            (vec!["~ template a:stable".to_owned(), "~ template a:latest".to_owned()], 1)
        );
        assert_eq!(said(&compare(files, Vec::new(), RULES))[0], "+ template a:stable");
    }

    #[test]
    fn a_pipeline_of_the_same_name_keeps_its_id_and_others_refer_to_that() {
        let trigger = json!({"triggers": [{"type": "pipeline", "pipeline": "file-1"}]});
        let files = vec![pipeline("first", "file-1", json!({})), pipeline("second", "file-2", trigger)];
        let plan = compare(files.clone(), vec![pipeline("first", "live-1", json!({}))], RULES);
        assert_eq!((said(&plan), plan.unchanged), (vec!["+ pipeline shop/second".to_owned()], 1));
        assert_eq!(plan.steps[0].item().value["triggers"][0]["pipeline"], "live-1");
        let renamed = compare(files, vec![pipeline("old name", "file-1", json!({}))], RULES);
        assert_eq!(said(&renamed), ["~ pipeline shop/first", "+ pipeline shop/second"]);
    }
}
