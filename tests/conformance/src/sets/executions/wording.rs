//! What of an answer is compared: everything but words.
//!
//! Left out on both sides, so that only their presence is compared: the words of an expression's failure, of a webhook's
//! error, and of a cancellation that no person made. Of an exception's details only the status, method and kind of a failed
//! call stay, and of an answer that is an error its `status` and `error`, which clients read.
//!
//! Stages, which have no order among them, get their id as their name.

use serde_json::{Map, Value, json};

/// Stands for words.
const WORDS: &str = "<words>";
/// Details of an exception that are not words.
const DETAILS: [&str; 3] = ["status", "method", "kind"];
/// Those who cancel without being a person.
const NOBODY: [&str; 2] = ["system", "spinnaker"];

/// What is compared of an execution or of the body of an answer.
pub(super) fn compared(json: Value) -> Value {
    match json {
        Value::Array(items) => items.into_iter().map(compared).collect(),
        Value::Object(mut fields) => {
            wordless(&mut fields);
            let fields = fields.into_iter().map(|(name, field)| {
                let field = if name == "stages" { by_id(field) } else { field };
                (name, compared(field))
            });
            Value::Object(fields.collect::<Map<_, _>>())
        }
        other => other,
    }
}

/// What is compared of an answer: its status, then its body.
pub(super) fn compared_answer(answer: &Value) -> Value {
    let failed = answer["status"].as_u64().is_some_and(|status| status >= 400);
    let body = match &answer["body"] {
        // A problem's details (RFC 9457) have a title where Spring's own errors have an error.
        Value::Object(fields) if failed => {
            let error = fields.get("error").or(fields.get("title"));
            json!({"status": fields.get("status"), "error": error})
        }
        body => compared(body.clone()),
    };
    json!({"status": answer["status"], "body": body})
}

fn wordless(fields: &mut Map<String, Value>) {
    let is_failure = fields.contains_key("level") && fields.contains_key("exceptionType");
    if let Some(description) = fields.get_mut("description").filter(|_| is_failure) {
        replace(description);
    }
    if let Some(Value::Object(exception)) = fields.get_mut("exception")
        && let Some(Value::Object(details)) = exception.get_mut("details")
    {
        details.retain(|name, _| DETAILS.contains(&name.as_str()));
    }
    if let Some(Value::Object(webhook)) = fields.get_mut("webhook") {
        webhook.get_mut("error").into_iter().for_each(replace);
        if let Some(Value::Object(monitor)) = webhook.get_mut("monitor") {
            monitor.get_mut("error").into_iter().for_each(replace);
        }
    }
    let nobody = fields.get("canceledBy").and_then(Value::as_str).is_some_and(|by| NOBODY.contains(&by));
    if let Some(reason) = fields.get_mut("cancellationReason").filter(|_| nobody) {
        replace(reason);
    }
}

fn replace(words: &mut Value) {
    if words.as_str().is_some_and(|words| !words.is_empty()) {
        *words = WORDS.into();
    }
}

/// A list of an execution's stages as an object; a pipeline config's stages have an order and no ids, and stay.
fn by_id(stages: Value) -> Value {
    match stages {
        Value::Array(stages) if stages.iter().all(|stage| stage["id"].is_string() && stage["status"].is_string()) => {
            let named = stages.into_iter().map(|stage| (stage["id"].as_str().unwrap_or_default().to_owned(), stage));
            Value::Object(named.collect::<Map<_, _>>())
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_only_there_or_not() {
        let ours = json!({
            "canceledBy": "system", "cancellationReason": "ours",
            "context": {
                "exception": {"exceptionType": "T", "details": {"error": "a", "errors": ["b"], "stackTrace": "c", "status": 400}},
                "expressionEvaluationSummary": {"x": [{"description": "ours", "level": "ERROR", "exceptionType": "E"}]},
                "webhook": {"error": "ours", "monitor": {"error": "ours", "body": 1}},
            },
        });
        let expected = json!({
            "canceledBy": "system", "cancellationReason": WORDS,
            "context": {
                "exception": {"exceptionType": "T", "details": {"status": 400}},
                "expressionEvaluationSummary": {"x": [{"description": WORDS, "level": "ERROR", "exceptionType": "E"}]},
                "webhook": {"error": WORDS, "monitor": {"error": WORDS, "body": 1}},
            },
        });
        assert_eq!(compared(ours), expected);
        let by_hand = json!({"canceledBy": "ann", "cancellationReason": "late", "description": "kept"});
        assert_eq!(compared(by_hand.clone()), by_hand);
    }

    #[test]
    fn stages_of_an_execution_have_no_order_those_of_a_config_do() {
        let stages = json!([{"id": "a", "status": "RUNNING"}, {"id": "b", "status": "RUNNING"}]);
        let turned = json!([{"id": "b", "status": "RUNNING"}, {"id": "a", "status": "RUNNING"}]);
        assert_eq!(compared(json!({"stages": stages})), compared(json!({"stages": turned})));
        let config = json!({"stages": [{"refId": "1"}, {"refId": "2"}]});
        assert_eq!(compared(config.clone()), config);
    }

    #[test]
    fn of_an_error_answer_status_and_error_count() {
        let spring = json!({"status": 405, "body": {"timestamp": 1, "status": 405, "error": "Method Not Allowed", "message": "a"}});
        let problem =
            json!({"status": 405, "body": {"type": "about:blank", "status": 405, "title": "Method Not Allowed"}});
        assert_eq!(compared_answer(&spring), compared_answer(&problem));
    }
}
