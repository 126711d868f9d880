//! The search by parts of fields, with upstream's order.

use std::{collections::HashMap, sync::Arc};

use gennaker_wire::{Application, Object};
use serde_json::{Value, json};

/// The applications of which each wanted field has the wanted text in it, whatever the case; the best match first. A
/// wanted text that is empty counts for nothing.
pub(super) fn search(all: Vec<Arc<Application>>, wanted: &HashMap<String, String>) -> Vec<Arc<Application>> {
    let mut found: Vec<(f64, Arc<Application>)> = all
        .into_iter()
        .filter_map(|application| {
            let Value::Object(fields) = json!(application.as_ref()) else { return None };
            matches(&fields, wanted).then(|| (score_known(&fields, &application.other, wanted), application))
        })
        .collect();
    found.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    found.into_iter().map(|(_, application)| application).collect()
}

fn matches(fields: &Object, wanted: &HashMap<String, String>) -> bool {
    wanted
        .iter()
        .filter(|(_, part)| !part.is_empty())
        .all(|(name, part)| fields.get(name).is_some_and(|value| contains(value, part)))
}

/// Whether a field's text has the part in it, whatever the case.
pub(super) fn contains(value: &Value, part: &str) -> bool {
    text(value).to_lowercase().contains(&part.to_lowercase())
}

/// The score of the fields that upstream knows.
fn score_known(fields: &Object, unknown: &Object, wanted: &HashMap<String, String>) -> f64 {
    let known = wanted.iter().filter(|(name, _)| !unknown.contains_key(*name));
    score(fields, &known.map(|(name, part)| (name.clone(), part.clone())).collect())
}

/// How much of the wanted fields matches, and how near to their beginning.
pub(super) fn score(fields: &Object, wanted: &HashMap<String, String>) -> f64 {
    let scores = wanted.iter().filter(|(_, part)| !part.is_empty()).map(|(name, part)| {
        let field = fields.iter().find(|(field, _)| field.eq_ignore_ascii_case(name));
        let value = field.map(|(_, value)| text(value)).unwrap_or_default().to_lowercase();
        let length = |text: &str| f64::from(u32::try_from(text.chars().count()).unwrap_or(u32::MAX));
        let Some(at) = value.find(&part.to_lowercase()) else { return 0.0 };
        let coverage = length(part) / length(&value) * 100.0;
        (coverage + coverage / 100.0 * (length(&value) - length(&value[..at]))).trunc()
    });
    scores.sum()
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_match_comes_first() {
        let application = |name: &str, owner: &str| {
            let mut application = Application { name: name.to_owned(), ..Application::default() };
            application.other.insert("owner".to_owned(), owner.into());
            Arc::new(application)
        };
        let all = vec![application("MYSHOP", "ann"), application("SHOP", "bob"), application("SHOPS", "ann")];
        let names = |wanted: &[(&str, &str)]| {
            let wanted = wanted.iter().map(|(name, part)| ((*name).to_owned(), (*part).to_owned())).collect();
            search(all.clone(), &wanted).iter().map(|found| found.name.clone()).collect::<Vec<_>>()
        };
        assert_eq!(names(&[("name", "shop")]), ["SHOP", "SHOPS", "MYSHOP"]);
        assert_eq!(names(&[("owner", "ANN"), ("name", "shop")]), ["SHOPS", "MYSHOP"]);
        assert_eq!(names(&[("nothing", "x")]), Vec::<String>::new());
        assert_eq!(names(&[("email", "x")]), Vec::<String>::new());
        assert_eq!(names(&[("email", "")]).len(), 3);
    }
}
