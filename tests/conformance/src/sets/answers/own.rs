//! Lists over everything show what other cases made too: of those the case's own things are compared.
//!
//! | what | taken for one |
//! |---|---|
//! | a list that a `GET` answers | what was where in it differed between recordings, by `id` or `name`; it has no order then |
//! | a map of names to lists | the things in each list have the name as their `id`, with or without a tag |
//!
//! A thing is the case's own if its `id` or `name` stands in one of the case's requests, or was saved by a step.

use std::collections::BTreeSet;

use serde_json::Value;

/// How the fields are called that say which thing it is.
const IDENTITY: [&str; 2] = ["id", "name"];

/// What is a case's own.
#[derive(Debug, Default)]
pub(super) struct Own {
    /// The numbers of the steps that answer a list over everything.
    lists: BTreeSet<usize>,
    /// Texts of the case's requests, and the symbols of what it saves.
    mentioned: BTreeSet<String>,
}

impl Own {
    /// Takes out of a case's recorded answers what is not its own, and what varied because of that.
    pub(super) fn keep(case: &mut Value) -> Own {
        let mut own = Own::default();
        let pointers: Vec<String> = serde_json::from_value(case["variesBetweenRuns"].take()).unwrap_or_default();
        for pointer in &pointers {
            own.lists.extend(list_of(case, pointer));
        }
        let below = |pointer: &str| {
            let mut lists = own.lists.iter().map(|step| format!("/steps/{step}/answer/body/"));
            lists.any(|list| pointer.starts_with(&list))
        };
        case["variesBetweenRuns"] = pointers.iter().filter(|pointer| !below(pointer)).cloned().collect();
        for step in case["steps"].as_array().into_iter().flatten() {
            own.mention(step);
        }
        for (number, step) in case["steps"].as_array_mut().into_iter().flatten().enumerate() {
            if let Some(body) = step.pointer_mut("/answer/body") {
                *body = own.of(number, body.take());
            }
        }
        own
    }

    /// The case's own in an answer's body.
    pub(super) fn of(&self, step: usize, mut body: Value) -> Value {
        if let (true, Value::Array(items)) = (self.lists.contains(&step), &mut body) {
            items.retain(|item| IDENTITY.iter().any(|name| self.is_mentioned(&item[*name])));
            items.sort_by_key(|item| IDENTITY.map(|name| item[name].to_string()));
        }
        if let Value::Object(fields) = &mut body
            && !fields.is_empty()
            && fields.iter().all(|(name, things)| are_of(name, things))
        {
            fields.retain(|name, _| self.mentioned.contains(name));
        }
        body
    }

    fn is_mentioned(&self, text: &Value) -> bool {
        text.as_str().is_some_and(|text| self.mentioned.contains(text))
    }

    fn mention(&mut self, step: &Value) {
        let path = step["path"].as_str().unwrap_or_default();
        self.mentioned.extend(path.split(['/', '?', '&', '=']).map(str::to_owned));
        self.mention_texts(&step["body"]);
        let saved = step["save"].as_object().into_iter().flatten();
        self.mentioned.extend(saved.map(|(name, _)| format!("{{{name}}}")));
    }

    fn mention_texts(&mut self, json: &Value) {
        match json {
            Value::String(text) => {
                self.mentioned.insert(text.clone());
            }
            Value::Array(items) => items.iter().for_each(|item| self.mention_texts(item)),
            Value::Object(fields) => fields.values().for_each(|field| self.mention_texts(field)),
            _ => {}
        }
    }
}

/// The step that answers the list over everything that a pointer to what varied shows: `/steps/1/answer/body/0/name` is in that of
/// step 1.
fn list_of(case: &Value, pointer: &str) -> Option<usize> {
    let (step, place) = pointer.strip_prefix("/steps/")?.split_once("/answer/body/")?;
    let (index, field) = place.split_once('/')?;
    index.parse::<usize>().ok()?;
    let step: usize = step.parse().ok()?;
    let (method, body) = (&case["steps"][step]["method"], &case["steps"][step]["answer"]["body"]);
    let is_read = method.is_null() || method == "GET";
    (is_read && body.is_array() && IDENTITY.contains(&field)).then_some(step)
}

/// Whether these are things of that name.
fn are_of(name: &str, things: &Value) -> bool {
    let is = |thing: &Value| {
        let id = thing["id"].as_str().unwrap_or_default();
        id == name || id.strip_prefix(name).is_some_and(|rest| rest.starts_with([':', '@']))
    };
    things.as_array().is_some_and(|things| !things.is_empty() && things.iter().all(is))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn of_a_list_over_everything_the_own_things_stay() {
        let mut case = json!({
            "variesBetweenRuns": [
                "/steps/1/answer/body/0/name", "/steps/1/answer/body/2/email", "/steps/2/answer/body/0/name",
            ],
            "steps": [
                {"path": "/v2/projects", "body": {"name": "b"}, "save": {"x": "id"}},
                {"path": "/projects", "answer": {"body": [{"name": "z"}, {"name": "b", "email": 1}, {"id": "{x}"}]}},
                {"path": "/all", "method": "POST", "answer": {"body": [{"name": "z"}]}},
            ],
        });
        let own = Own::keep(&mut case);
        assert_eq!(case["variesBetweenRuns"], json!(["/steps/2/answer/body/0/name"]));
        assert_eq!(case["steps"][1]["answer"]["body"], json!([{"id": "{x}"}, {"name": "b", "email": 1}]));
        let ours = json!([{"id": "{x}"}, {"name": "y"}, {"name": "b", "email": 2}]);
        assert_eq!(own.of(1, ours), json!([{"id": "{x}"}, {"name": "b", "email": 2}]));
        assert_eq!(own.of(2, json!([{"name": "y"}])), json!([{"name": "y"}]));
    }

    #[test]
    fn of_a_map_over_everything_the_own_names_stay() {
        let mut case = json!({"steps": [
            {"path": "/v2/pipelineTemplates/a?tag=x"},
            {"path": "/versions", "answer": {"body": {"a": [{"id": "a"}, {"id": "a:x"}], "b": [{"id": "b"}]}}},
            {"path": "/else", "answer": {"body": {"a": [{"id": "c"}], "b": []}}},
        ]});
        let own = Own::keep(&mut case);
        assert_eq!(case["steps"][1]["answer"]["body"], json!({"a": [{"id": "a"}, {"id": "a:x"}]}));
        assert_eq!(case["steps"][2]["answer"]["body"], json!({"a": [{"id": "c"}], "b": []}));
        assert_eq!(own.of(0, json!({"d": [{"id": "d"}]})), json!({}));
    }
}
