//! The answers, compared with the recorded ones: the first difference.

use serde_json::{Value, json};

use super::{case::Recorded, mishap};
use crate::{
    Answers, Failure,
    compare::{Difference, first_difference},
    world::{Agreement, Answer, Deleted},
};

/// Says where the answers are not the recorded ones.
pub(super) fn judge(case: &Recorded, answers: Vec<Option<Answer>>) -> Result<(), Failure> {
    let mut agreement = Agreement::default();
    let mut deleted = Deleted::default();
    for (number, (step, got)) in case.steps.iter().zip(answers).enumerate() {
        if step.sleep.is_some() {
            deleted = Deleted::default();
        }
        let (Some(recorded), Some(got)) = (&step.answer, got) else { continue };
        let status = (u64::from(recorded.status), u64::from(got.status.as_u16()));
        let is_gone = deleted.explains(&step.call, (status.0, &recorded.body), status.1);
        if is_gone || mishap::explains((status.0, &recorded.body), (status.1, &got.body)) {
            continue;
        }
        deleted.note(&step.call, status.0);
        let ours = answer(got.status.as_u16(), case.own.of(number, got.body));
        let ours = if step.call.path.as_deref() == Some("/health") { status_only(ours) } else { ours };
        let (expected, ours) = compared(answer(recorded.status, recorded.body.clone()), ours);
        let ours = agreement.settle(&expected, ours);
        if let Some(first) = status_first(&expected, &ours) {
            let first = Difference { pointer: format!("/steps/{number}{}", first.pointer), ..first };
            return Err(Failure::Differs(Box::new(Answers { first, expected, got: ours })));
        }
    }
    Ok(())
}

/// An answer.
fn answer(status: u16, body: Value) -> Value {
    json!({"status": status, "body": body})
}

/// How a service is, without how its parts are: the recordings were made with those hidden.
fn status_only(mut health: Value) -> Value {
    if let Value::Object(fields) = &mut health["body"] {
        fields.retain(|name, _| name == "status");
    }
    health
}

/// A refusal explains the rest.
fn status_first(expected: &Value, got: &Value) -> Option<Difference> {
    let status = "/status".to_owned();
    if expected["status"] == got["status"] {
        return first_difference(expected, got);
    }
    let of = |answer: &Value| Some(answer["status"].clone());
    Some(Difference { pointer: status, expected: of(expected), got: of(got) })
}

/// Both without what is not compared of an error.
fn compared(mut expected: Value, mut got: Value) -> (Value, Value) {
    for body in [&mut expected["body"], &mut got["body"]] {
        sort_variables(body);
    }
    let failed = expected["status"].as_u64().is_some_and(|status| status >= 400);
    if let (true, Value::Object(expected), Value::Object(got)) = (failed, &mut expected["body"], &mut got["body"]) {
        expected.shift_remove("exception");
        if let Some(Value::String(message)) = expected.get_mut("message") {
            *message = without_call(message);
        }
        let has_words = expected.get("message") != expected.get("error");
        if let (false, Some(message @ Value::String(_))) = (has_words, got.get("message")) {
            // It only repeats what its status means: any words say more.
            expected.insert("message".to_owned(), message.clone());
        }
        got.retain(|name, _| expected.contains_key(name));
    }
    (expected, got)
}

/// Puts the variables of tasks in order: upstream's is that of a hash table.
fn sort_variables(body: &mut Value) {
    match body {
        Value::Array(tasks) => tasks.iter_mut().for_each(sort_variables),
        Value::Object(task) => {
            if let Some(Value::Array(variables)) = task.get_mut("variables") {
                variables.sort_by_key(|variable| variable["key"].to_string());
            }
        }
        _ => {}
    }
}

/// A message without how upstream's gate names the call behind it, `Status: 404, Method: GET, URL: ..., Message: `: ours says the
/// rest.
fn without_call(message: &str) -> String {
    let begin = message.find("Status: ");
    let end = message.find(", Message: ").map(|place| place + ", Message: ".len());
    match (begin, end) {
        (Some(begin), Some(end)) if begin < end && message[begin..end].contains(", Method: ") => {
            format!("{}{}", &message[..begin], &message[end..])
        }
        _ => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;

    fn judged(recorded: Value, status: u16, body: Value) -> Result<(), String> {
        let case = json!({"steps": [{"service": "front50", "method": "GET", "path": "/", "answer": recorded}]});
        let status = StatusCode::from_u16(status).unwrap();
        let answers = vec![Some(Answer { status, body })];
        judge(&Recorded::read(&case).unwrap(), answers).map_err(|failure| match failure {
            Failure::Differs(answers) => answers.first.to_string(),
            Failure::NotPlayed(reason) => reason,
        })
    }

    #[test]
    fn an_error_may_say_more_and_other_answers_may_not() {
        let error = json!({"status": 404, "body": {"message": "m", "exception": "a.B"}});
        assert_eq!(judged(error.clone(), 404, json!({"message": "m", "requestId": "r"})), Ok(()));
        let other = judged(error.clone(), 404, json!({"message": "n"}));
        assert_eq!(other, Err(r#"at /steps/0/body/message expected "m", got "n""#.to_owned()));
        let answered = judged(error, 200, json!({"message": "n"}));
        assert_eq!(answered, Err("at /steps/0/status expected 404, got 200".to_owned()));
        let wordless = json!({"status": 404, "body": {"error": "Not Found", "message": "Not Found"}});
        assert_eq!(judged(wordless, 404, json!({"error": "Not Found", "message": "no task x"})), Ok(()));
        let mishap = json!({"status": 500, "body": {"message": "Index 1 out of bounds for length 1"}});
        assert_eq!(judged(mishap, 400, json!({"message": "it has one field"})), Ok(()));
        let variables = |keys: [&str; 2]| json!({"variables": keys.map(|key| json!({"key": key}))});
        let task = json!({"status": 200, "body": variables(["a", "b"])});
        assert_eq!(judged(task, 200, variables(["b", "a"])), Ok(()));
        let call = "no p: Status: 404, Method: GET, URL: {front50}/p, Message: m";
        let prefixed = json!({"status": 404, "body": {"message": call}});
        assert_eq!(judged(prefixed, 404, json!({"message": "no p: m"})), Ok(()));
        let more = judged(json!({"status": 200, "body": {}}), 200, json!({"a": 1}));
        assert_eq!(more, Err("at /steps/0/body/a expected nothing, got 1".to_owned()));
    }
}
