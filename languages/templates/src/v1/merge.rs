//! How what comes later is merged into what comes earlier. Upstream: `TemplateMerge`, `MapMerge`.

use serde_json::Value;

use super::model::{Partial, Stage, Template, Variable};
use crate::{Object, graph::Node, java, jinja::Module, problem::Failure};

/// Something that others may replace, extend or take out by its name.
pub(super) trait Named: Clone {
    fn name(&self) -> String;
    fn removes(&self) -> bool;
    fn merges(&self) -> bool;
    /// This with what the other one says.
    fn with(&self, other: &Self) -> Self;
}

impl Named for Object {
    fn name(&self) -> String {
        self.get("name").map_or_else(|| "null".to_owned(), java::text)
    }

    fn removes(&self) -> bool {
        self.get("remove").is_some_and(|flag| java::text(flag).eq_ignore_ascii_case("true"))
    }

    fn merges(&self) -> bool {
        self.get("merge").is_some_and(|flag| java::text(flag).eq_ignore_ascii_case("true"))
    }

    fn with(&self, other: &Self) -> Self {
        let mut merged = self.clone();
        merged.extend(other.clone());
        merged.shift_remove("merge");
        merged
    }
}

impl Named for Variable {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn removes(&self) -> bool {
        self.removes
    }

    fn merges(&self) -> bool {
        self.merges
    }

    fn with(&self, other: &Self) -> Self {
        let own = |ours: &Option<String>, theirs: &Option<String>| theirs.clone().or_else(|| ours.clone());
        Variable {
            group: own(&self.group, &other.group),
            description: own(&self.description, &other.description),
            kind: own(&self.kind, &other.kind),
            default: if other.has_default() { other.default.clone() } else { self.default.clone() },
            example: own(&self.example, &other.example),
            ..self.clone()
        }
    }
}

/// Something that others replace by its id.
pub(super) trait Identifiable: Clone {
    fn id(&self) -> &str;
}

impl Identifiable for Stage {
    fn id(&self) -> &str {
        Node::id(self)
    }
}

impl Identifiable for Module {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Identifiable for Partial {
    fn id(&self) -> &str {
        &self.id
    }
}

/// Two lists to be merged.
type Both<T> = (Vec<T>, Vec<T>);

/// The only list that there is, or both.
fn one_of<T>(a: Option<Vec<T>>, b: Option<Vec<T>>) -> Result<Option<Vec<T>>, Both<T>> {
    match (a.filter(|a| !a.is_empty()), b) {
        (None, b) => Ok(b),
        (Some(a), Some(b)) if !b.is_empty() => Err((a, b)),
        (a, _) => Ok(a),
    }
}

pub(super) fn named<T: Named>(a: Option<Vec<T>>, b: Option<Vec<T>>) -> Option<Vec<T>> {
    let (mut merged, b) = match one_of(a, b) {
        Ok(one) => return one,
        Err(both) => both,
    };
    for item in b {
        match merged.iter().position(|known| known.name() == item.name()) {
            None => merged.push(item),
            Some(place) if item.removes() => drop(merged.remove(place)),
            Some(place) if item.merges() => merged[place] = merged[place].with(&item),
            Some(place) => merged[place] = item,
        }
    }
    Some(merged)
}

pub(super) fn identifiable<T: Identifiable>(a: Option<Vec<T>>, b: Option<Vec<T>>) -> Option<Vec<T>> {
    let (mut merged, b) = match one_of(a, b) {
        Ok(one) => return one,
        Err(both) => both,
    };
    for item in b {
        match merged.iter().position(|known| known.id() == item.id()) {
            None => merged.push(item),
            Some(place) => merged[place] = item,
        }
    }
    Some(merged)
}

/// Both, each once.
pub(crate) fn distinct(a: Option<Vec<Object>>, b: Option<Vec<Object>>) -> Option<Vec<Object>> {
    let (a, b) = match one_of(a, b) {
        Ok(one) => return one,
        Err(both) => both,
    };
    let mut merged: Vec<Object> = Vec::new();
    for item in a.into_iter().chain(b) {
        if !merged.contains(&item) {
            merged.push(item);
        }
    }
    Some(merged)
}

/// The original with the overrides in it, at any depth; a `null` takes a field out.
///
/// # Errors
/// An object or a list cannot be replaced by something else.
pub(super) fn maps(original: &Object, overrides: &Object) -> Result<Object, Failure> {
    let mut merged = Object::new();
    for (name, value) in original {
        let kept = match overrides.get(name) {
            None => Some(value.clone()),
            Some(Value::Null) => None,
            Some(other) => Some(values(value, other)?),
        };
        merged.extend(kept.map(|kept| (name.clone(), kept)));
    }
    let new = overrides.iter().filter(|(name, _)| !original.contains_key(*name));
    merged.extend(new.map(|(name, value)| (name.clone(), value.clone())));
    Ok(merged)
}

fn values(original: &Value, other: &Value) -> Result<Value, Failure> {
    match (original, other) {
        (Value::Object(original), Value::Object(other)) => maps(original, other).map(Value::Object),
        (Value::Object(_), other) => Err(refused("merge Map with", other)),
        (Value::Array(_), other) if !other.is_array() => Err(refused("replace Collection with", other)),
        (_, other) => Ok(other.clone()),
    }
}

fn refused(what: &str, value: &Value) -> Failure {
    Failure::Unexpected(format!("java.lang.IllegalStateException: Attempt to {what} {}", java::class(value)))
}

/// One template of several, the later ones inheriting from the earlier ones.
pub(super) fn templates(templates: Vec<Template>) -> Result<Template, Failure> {
    let mut result = Template { id: Some("mergedTemplate".to_owned()), ..Template::default() };
    result.schema = templates.first().and_then(|first| first.schema.clone());
    let count = templates.len();
    for (place, template) in templates.into_iter().enumerate() {
        result.source = match (result.source.take().filter(|source| !source.is_empty()), template.source) {
            (Some(known), Some(more)) => Some(format!("{known},{more}")),
            (known, more) => known.or(more),
        };
        result.is_protected |= template.is_protected;
        result.variables = named(Some(result.variables), Some(template.variables)).unwrap_or_default();
        let (ours, theirs) = (&mut result.configuration, template.configuration);
        ours.concurrent = maps(&ours.concurrent, &theirs.concurrent)?;
        ours.triggers = named(ours.triggers.take(), theirs.triggers);
        ours.parameters = named(ours.parameters.take(), theirs.parameters);
        ours.notifications = named(ours.notifications.take(), theirs.notifications);
        ours.expected_artifacts = distinct(ours.expected_artifacts.take(), theirs.expected_artifacts);
        result.stages = identifiable(Some(result.stages), Some(template.stages)).unwrap_or_default();
        result.modules = identifiable(result.modules.take(), template.modules);
        result.partials = identifiable(Some(result.partials), Some(template.partials)).unwrap_or_default();
        if place + 1 == count {
            result.metadata = template.metadata;
        }
    }
    Ok(result)
}
