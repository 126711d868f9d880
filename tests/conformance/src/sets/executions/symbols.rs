//! Symbols: `{...}` stands for something of ours in what is sent, `<...>` for it in what came out.
//!
//! In requests `{mock}` and `{orca}` are addresses, `{execution}` and `{execution:2}` ids of executions, `{stage:REF}` and
//! `{stage:2/REF}` ids of stages by their `refId` or name. In answers addresses are written the same; ids are
//! `<execution:2>`, `<stage:REF>` and `<stage:2/REF>`, with `#2` after the second stage of that reference.

use serde_json::Value;

use super::watch::{Followed, reference_of};
use crate::world::{Addresses, CallFields, in_texts};

/// The addresses that a case's texts name.
pub(super) struct Places<'a> {
    /// The services'.
    pub(super) services: &'a Addresses,
    /// The case's server's.
    pub(super) mock: &'a str,
}

impl Places<'_> {
    fn pairs(&self) -> impl Iterator<Item = (String, &str)> {
        let services = self.services.iter().map(|(service, url)| (format!("{{{}}}", service.name()), url));
        services.chain([("{mock}".to_owned(), self.mock)])
    }
}

/// The call with everything filled in that is known by now; other braces stay, as expressions have them too.
pub(super) fn filled(call: &CallFields, places: &Places<'_>, executions: &[Followed]) -> CallFields {
    let mut pairs: Vec<(String, String)> = places.pairs().map(|(symbol, url)| (symbol, url.to_owned())).collect();
    for (index, execution) in executions.iter().enumerate() {
        let n = index + 1;
        pairs.push((format!("{{execution:{n}}}"), execution.id().to_owned()));
        if n == 1 {
            pairs.push(("{execution}".to_owned(), execution.id().to_owned()));
        }
        for (id, reference) in references(execution.stages()) {
            pairs.push((format!("{{stage:{n}/{reference}}}"), id.clone()));
            if n == 1 {
                pairs.push((format!("{{stage:{reference}}}"), id));
            }
        }
    }
    let replaced = |text: &str| pairs.iter().fold(text.to_owned(), |text, (symbol, ours)| text.replace(symbol, ours));
    let mut call = call.clone();
    call.path = call.path.as_deref().map(replaced);
    call.raw_body = call.raw_body.as_deref().map(replaced);
    call.body = call.body.map(|body| in_texts(body, &replaced));
    call
}

/// Ids of stages with what they are called; the second of the same reference is `REF#2`.
fn references(stages: &[Value]) -> Vec<(String, String)> {
    let mut known: Vec<(String, String)> = Vec::new();
    let mut given: Vec<&str> = Vec::new();
    for stage in stages {
        let reference = reference_of(stage);
        given.push(reference);
        let count = given.iter().filter(|other| **other == reference).count();
        let name = if count > 1 { format!("{reference}#{count}") } else { reference.to_owned() };
        known.push((stage["id"].as_str().unwrap_or_default().to_owned(), name));
    }
    known
}

/// What ours is called in answers.
pub(super) struct Names {
    /// Ours and its symbol; what contains another one comes first.
    pairs: Vec<(String, String)>,
}

impl Names {
    /// The names of these addresses, executions and their stages. One that is not there has no number: `<execution>`.
    pub(super) fn of(places: &Places<'_>, executions: &[Followed]) -> Names {
        let mut pairs: Vec<(String, String)> = places.pairs().map(|(symbol, url)| (url.to_owned(), symbol)).collect();
        for (index, execution) in executions.iter().enumerate() {
            let n = index + 1;
            let symbol = if execution.state.is_null() { "<execution>".to_owned() } else { format!("<execution:{n}>") };
            pairs.push((execution.id().to_owned(), symbol));
            for (id, reference) in references(execution.stages()) {
                let symbol = if n == 1 { format!("<stage:{reference}>") } else { format!("<stage:{n}/{reference}>") };
                pairs.push((id, symbol));
            }
        }
        pairs.retain(|(ours, _)| !ours.is_empty());
        pairs.sort_by_key(|(ours, _)| std::cmp::Reverse(ours.len()));
        Names { pairs }
    }

    /// JSON of ours with symbols in it.
    pub(super) fn put_into(&self, json: Value) -> Value {
        in_texts(json, &|text| {
            self.pairs.iter().fold(text.to_owned(), |text, (ours, symbol)| {
                if text.contains(ours.as_str()) { text.replace(ours.as_str(), symbol) } else { text }
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::world::Service;

    fn executions() -> Vec<Followed> {
        let stage = |id: &str, reference: Option<&str>| json!({"id": id, "refId": reference, "name": "no ref"});
        let state = |stages: &[Value]| json!({"stages": stages});
        let one = state(&[stage("S1", Some("1")), stage("S2", Some("1<1")), stage("S3", Some("1")), stage("S4", None)]);
        vec![
            Followed { reference: "/pipelines/E1".into(), state: one },
            Followed { reference: "/tasks/E2".into(), state: state(&[stage("T1", Some("1"))]) },
        ]
    }

    #[test]
    fn requests_are_filled_and_expressions_left() {
        let mut services = Addresses::default();
        services.add(Service::Front50, "http://f:1");
        let places = Places { services: &services, mock: "http://m:2/x" };
        let call = CallFields {
            path: Some("/a/{execution}/{stage:1<1}/{execution:2}/{stage:2/1}/{stage:nope}".into()),
            body: Some(json!({"u": "{mock}/hook", "e": "${execution.id} {a} {front50}"})),
            ..CallFields::default()
        };
        let call = filled(&call, &places, &executions());
        assert_eq!(call.path.unwrap(), "/a/E1/S2/E2/T1/{stage:nope}");
        assert_eq!(call.body.unwrap(), json!({"u": "http://m:2/x/hook", "e": "${execution.id} {a} http://f:1"}));
    }

    #[test]
    fn answers_get_symbols_in_values_and_names() {
        let places = Places { services: &Addresses::default(), mock: "http://m:2/x" };
        let names = Names::of(&places, &executions());
        let answer = json!({"E1": ["S1", "S3 and S4", "T1"], "url": "http://m:2/x/hook?E2"});
        let expected = json!({
            "<execution:1>": ["<stage:1>", "<stage:1#2> and <stage:no ref>", "<stage:2/1>"],
            "url": "{mock}/hook?<execution:2>",
        });
        assert_eq!(names.put_into(answer), expected);
    }
}
