//! What came out, compared with what was recorded: the first difference by weight.
//!
//! First the statuses of answers (a request that is refused explains the rest), then which executions there are and how they
//! ended, then everything in them, the bodies of answers, the requests to the case's server, and the order.

use serde_json::{Map, Value, json};

use super::{
    case::{ExpectedExecution, Recorded},
    later::Moment,
    order,
    steps::Played,
    wording::{compared, compared_answer},
};
use crate::{
    Answers, Failure,
    compare::{Difference, first_difference},
    world::{Agreement, CallFields, Deleted},
};

/// Says where what came out is not what was recorded.
pub(super) fn judge(case: &Recorded, played: Played) -> Result<(), Failure> {
    let expected = &case.expected.executions;
    let mut answers: Vec<Pair<'_>> = pairs(&case.endpoint_answers, &played.answers);
    answers.retain(|pair| !is_gone(case, pair));
    for Pair { index, expected, got } in &answers {
        if expected["status"] != got["status"] {
            let pointer = format!("/endpointAnswers/{index}/status");
            return Err(differ(pointer, Some(&expected["status"]), Some(&got["status"]), expected, got));
        }
    }
    same_executions(expected, &played.executions)?;
    if let Some(expected) = case.endpoint_answers.get(played.answers.len()) {
        let pointer = format!("/endpointAnswers/{}", played.answers.len());
        return Err(differ(pointer, Some(expected), None, expected, &Value::Null));
    }
    let mut agreement = Agreement::default();
    let ends: Vec<Value> = expected.iter().map(|expected| compared(expected.execution.clone())).collect();
    for (index, (end, got)) in ends.iter().zip(&played.executions).enumerate() {
        same(&format!("/executions/{index}/execution"), end, compared(got.clone()), &mut agreement)?;
    }
    let requests = case.request.iter().filter(|step| step.call.method.is_some()).count();
    let while_it_ran = requests..requests + case.actions.len();
    for Pair { index, expected: recorded, got } in &answers {
        let (mut expected, got) = (compared_answer(recorded), compared_answer(got));
        let end = ends.iter().find(|end| end["id"].is_string() && end["id"] == expected["body"]["id"]);
        if let Some(end) = end.filter(|_| while_it_ran.contains(index)) {
            let restarted = recorded["path"].as_str().is_some_and(|path| path.ends_with("/restart"));
            let mut moment = Moment { agreement: &mut agreement, restarted };
            expected["body"] = moment.caught_up(&expected["body"], end, &got["body"]);
        }
        same(&format!("/endpointAnswers/{index}"), &expected, got, &mut agreement)?;
    }
    if let Some(requests) = &case.mock_requests {
        let (expected, got) = requests_of(case, requests, &played.requests);
        same("/mockRequests", &expected, got, &mut agreement)?;
    }
    for (index, (expected, got)) in expected.iter().zip(&played.executions).enumerate() {
        if let Some(mut first) = order::first_difference(&expected.order, &expected.execution, got) {
            first.pointer = format!("/executions/{index}{}", first.pointer);
            return Err(failure(first, json!(expected.order), times(got)));
        }
    }
    Ok(())
}

/// The answer of a call, recorded and ours.
struct Pair<'a> {
    index: usize,
    expected: &'a Value,
    got: &'a Value,
}

/// The answers of the calls that were made.
fn pairs<'a>(recorded: &'a [Value], got: &'a [Option<Value>]) -> Vec<Pair<'a>> {
    let both = recorded.iter().zip(got).enumerate();
    both.filter_map(|(index, (expected, got))| Some(Pair { index, expected, got: got.as_ref()? })).collect()
}

/// Whether what was asked for is what the case's requests deleted before.
fn is_gone(case: &Recorded, Pair { index, expected, got }: &Pair<'_>) -> bool {
    let mut deleted = Deleted::default();
    let status = |answer: &Value| answer["status"].as_u64().unwrap_or_default();
    let calls = case.request.iter().filter(|step| step.call.method.is_some());
    for (step, answer) in calls.zip(&case.endpoint_answers).take(*index) {
        deleted.note(&step.call, status(answer));
    }
    let text = |field: &str| expected[field].as_str().map(str::to_owned);
    let call =
        CallFields { service: text("service"), method: text("method"), path: text("path"), ..Default::default() };
    deleted.explains(&call, (status(expected), &expected["body"]), status(got))
}

/// Whether there are as many executions, and each ended as recorded.
fn same_executions(expected: &[ExpectedExecution], got: &[Value]) -> Result<(), Failure> {
    for index in 0..expected.len().max(got.len()) {
        let recorded = expected.get(index).map(|expected| &expected.execution);
        let got = got.get(index);
        let status = |execution: Option<&Value>| execution.map(|execution| execution["status"].clone());
        if status(recorded) != status(got) {
            let pointer = format!("/executions/{index}/execution/status");
            let (recorded, got) = (recorded.unwrap_or(&Value::Null), got.unwrap_or(&Value::Null));
            let first = Difference { pointer, expected: status(Some(recorded)), got: status(Some(got)) };
            return Err(failure(first, ends(recorded), ends(got)));
        }
    }
    Ok(())
}

/// How an execution and its stages ended, and why.
fn ends(execution: &Value) -> Value {
    let stages = execution["stages"].as_array().into_iter().flatten().map(|stage| {
        let id = stage["id"].as_str().unwrap_or_default().to_owned();
        let exception = &stage["context"]["exception"];
        let why = if exception.is_null() { Value::Null } else { exception["details"]["errors"].clone() };
        (id, if why.is_null() { stage["status"].clone() } else { json!({"status": stage["status"], "errors": why}) })
    });
    json!({
        "status": execution["status"],
        "cancellationReason": execution["cancellationReason"],
        "stages": stages.collect::<Map<_, _>>(),
    })
}

/// The times of an execution's stages and tasks.
fn times(execution: &Value) -> Value {
    let of = |thing: &Value| json!([thing["startTime"], thing["endTime"]]);
    let stages = execution["stages"].as_array().into_iter().flatten().map(|stage| {
        let tasks = stage["tasks"].as_array().into_iter().flatten();
        let tasks = tasks.map(|task| (task["name"].as_str().unwrap_or_default().to_owned(), of(task)));
        let id = stage["id"].as_str().unwrap_or_default().to_owned();
        (id, json!({"stage": of(stage), "tasks": tasks.collect::<Map<_, _>>()}))
    });
    Value::Object(stages.collect::<Map<_, _>>())
}

/// The requests to the case's server, recorded and ours.
///
/// How often a status is asked for, or a failed call is repeated, depends on the moment: then equal requests in a row count
/// as one.
fn requests_of(case: &Recorded, recorded: &[Value], got: &[Value]) -> (Value, Value) {
    let polls = case.name.starts_with("monitor");
    let failures = case.mock.iter().flat_map(|route| &route.answers).any(|answer| answer.status >= 500);
    let repeated = recorded.windows(2).any(|pair| pair[0] == pair[1]);
    let (mut recorded, mut got) = (recorded.to_vec(), got.to_vec());
    if polls || (failures && repeated) {
        recorded.dedup();
        got.dedup();
    }
    (Value::Array(recorded), Value::Array(got))
}

/// Whether ours agrees with the recorded; `place` is where it is in the case.
fn same(place: &str, expected: &Value, got: Value, agreement: &mut Agreement) -> Result<(), Failure> {
    let got = agreement.settle(expected, got);
    let Some(mut first) = first_difference(expected, &got) else { return Ok(()) };
    let around = first.pointer.rsplit_once('/').map_or("", |(around, _)| around).to_owned();
    let part = |json: &Value| json.pointer(&around).cloned().unwrap_or_default();
    first.pointer = format!("{place}{}", first.pointer);
    Err(failure(first, part(expected), part(&got)))
}

fn differ(pointer: String, expected: Option<&Value>, got: Option<&Value>, whole: &Value, our_whole: &Value) -> Failure {
    let first = Difference { pointer, expected: expected.cloned(), got: got.cloned() };
    failure(first, whole.clone(), our_whole.clone())
}

fn failure(first: Difference, expected: Value, got: Value) -> Failure {
    Failure::Differs(Box::new(Answers { first, expected, got }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(change: impl FnOnce(&mut Value)) -> Recorded {
        let answer = json!({"service": "orca", "method": "POST", "path": "/orchestrate", "status": 200, "body": {}});
        let stage = json!({"id": "<stage:1>", "refId": "1", "status": "SUCCEEDED", "context": {"a": 1}});
        let execution = json!({"id": "<execution:1>", "status": "SUCCEEDED", "stages": [stage]});
        let mut json = json!({
            "name": "one",
            "request": {"method": "POST", "path": "/orchestrate"},
            "expected": {"executions": [{"execution": execution}]},
            "endpointAnswers": [answer],
            "mockRequests": [],
        });
        change(&mut json);
        Recorded::read(&json).unwrap()
    }

    fn played(change: impl FnOnce(&mut Played)) -> Played {
        let case = case(|_| {});
        let executions = case.expected.executions.into_iter().map(|expected| expected.execution).collect();
        let mut played =
            Played { executions, answers: case.endpoint_answers.into_iter().map(Some).collect(), requests: Vec::new() };
        change(&mut played);
        played
    }

    #[track_caller]
    fn differs(case: &Recorded, played: Played) -> String {
        match judge(case, played) {
            Err(Failure::Differs(answers)) => answers.first.to_string(),
            other => panic!("{other:?}"),
        }
    }

    type Change = fn(&mut Played);

    #[test]
    fn the_weightiest_difference_is_the_first() {
        let case = case(|_| {});
        assert_eq!(judge(&case, played(|_| {})), Ok(()));
        let changes: [(&str, Change); 5] = [
            ("at /mockRequests/0 expected nothing, got {}", |played| played.requests.push(json!({}))),
            ("at /endpointAnswers/0/body/a expected nothing, got 1", |played| {
                played.answers[0].as_mut().unwrap()["body"] = json!({"a": 1});
            }),
            ("at /executions/0/execution/stages/<stage:1>/context/a expected 1, got 2", |played| {
                played.executions[0]["stages"][0]["context"]["a"] = 2.into();
            }),
            ("at /executions/0/execution/status expected \"SUCCEEDED\", got \"TERMINAL\"", |played| {
                played.executions[0]["status"] = "TERMINAL".into();
            }),
            ("at /endpointAnswers/0/status expected 200, got 400", |played| {
                played.answers[0].as_mut().unwrap()["status"] = 400.into();
            }),
        ];
        for count in 1..=changes.len() {
            let got = played(|played| changes[..count].iter().for_each(|(_, change)| change(played)));
            assert_eq!(differs(&case, got), changes[count - 1].0);
        }
    }

    #[test]
    fn executions_and_answers_that_are_missing_or_too_many_are_told() {
        let missing = played(|played| played.executions.clear());
        assert_eq!(
            differs(&case(|_| {}), missing),
            "at /executions/0/execution/status expected \"SUCCEEDED\", got null"
        );
        let more = case(|json| json["expected"]["executions"] = json!([]));
        assert_eq!(
            differs(&more, played(|_| {})),
            "at /executions/0/execution/status expected null, got \"SUCCEEDED\""
        );
        let unmade = played(|played| played.answers.clear());
        assert!(differs(&case(|_| {}), unmade).starts_with("at /endpointAnswers/0 expected {"));
        let left_out = played(|played| played.answers[0] = None);
        assert_eq!(judge(&case(|_| {}), left_out), Ok(()));
    }

    #[test]
    fn polls_and_repeated_failures_are_counted_once() {
        let get = json!({"method": "GET", "path": "/status", "headers": {}, "body": null});
        let polling = case(|json| {
            json["name"] = "monitor-x".into();
            json["mockRequests"] = json!([get]);
        });
        let thrice = || played(|played| played.requests = vec![get.clone(), get.clone(), get.clone()]);
        assert_eq!(judge(&polling, thrice()), Ok(()));
        let once = case(|json| json["mockRequests"] = json!([get]));
        assert_eq!(differs(&once, thrice()), format!("at /mockRequests/1 expected nothing, got {get}"));
        let retried = case(|json| {
            json["mockRequests"] = json!([get, get]);
            json["mock"] = json!([{"method": "*", "path": "/status", "answers": [{"status": 500}, {"status": 200}]}]);
        });
        assert_eq!(judge(&retried, thrice()), Ok(()));
    }
}
