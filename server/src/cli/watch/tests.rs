use super::*;
use serde_json::json;
use url::Url;

fn commands() -> Commands {
    Commands::new(&Url::parse(crate::cli::DEFAULT_GATE).expect("a URL"))
}

fn execution(status: &str, end: Value, stages: Value) -> Execution {
    let value = json!({"id": "E", "application": "shop", "name": "p", "startTime": 1000, "endTime": end,
                       "status": status, "stages": stages});
    serde_json::from_value(value).expect("an execution")
}

fn told(before: Option<&Execution>, after: &Execution) -> Vec<String> {
    let events = events(before, after, &commands(), Timestamp::from_millis(60_000));
    events.iter().flat_map(|event| lines(event, after)).collect()
}

fn deploy(status: &str, end: Value) -> Value {
    json!({"id": "1", "refId": "1", "type": "deploy", "name": "Deploy", "status": status, "startTime": 1100, "endTime": end})
}

fn create(status: &str, end: Value, context: Value) -> Value {
    json!({"id": "1<1", "type": "createServerGroup", "name": "Create", "status": status, "startTime": 1100, "endTime": end,
           "parentStageId": "1", "syntheticStageOwner": "STAGE_BEFORE", "context": context})
}

#[test]
fn the_same_is_told_however_often_one_looks() {
    let waiting = json!({"id": "2", "type": "wait", "name": "Wait", "status": "NOT_STARTED"});
    let waited =
        json!({"id": "2", "type": "wait", "name": "Wait", "status": "SUCCEEDED", "startTime": 3000, "endTime": 4000});
    let looks = [
        execution("NOT_STARTED", Value::Null, json!([])),
        execution("RUNNING", Value::Null, json!([deploy("RUNNING", Value::Null), waiting])),
        execution(
            "RUNNING",
            Value::Null,
            json!([deploy("RUNNING", Value::Null), create("RUNNING", Value::Null, json!({})), waiting]),
        ),
        execution(
            "SUCCEEDED",
            json!(4000),
            json!([deploy("SUCCEEDED", json!(3000)), create("SUCCEEDED", json!(3000), json!({})), waited]),
        ),
    ];
    let expected = [
        "   0.1 s  Deploy: started",
        "   0.1 s    Create: started",
        "   2.0 s    Create: SUCCEEDED in 1.9 s",
        "   2.0 s  Deploy: SUCCEEDED in 1.9 s",
        "   2.0 s  Wait: started",
        "   3.0 s  Wait: SUCCEEDED in 1.0 s",
        "   3.0 s  pipeline: SUCCEEDED in 3.0 s",
    ];
    assert_eq!(told(None, &looks[3]), expected, "at the end only");
    let mut told_by_steps = told(None, &looks[0]);
    for pair in looks.windows(2) {
        told_by_steps.extend(told(Some(&pair[0]), &pair[1]));
    }
    assert_eq!(told_by_steps, expected, "all along");
    assert_eq!(told(Some(&looks[3]), &looks[3]), Vec::<String>::new());
}

#[test]
fn a_failure_comes_with_the_stages_and_the_clouds_words() {
    let context = json!({
        "exception": {"details": {"errors": ["the deployment failed"]}},
        "kato.tasks": [{"id": "k", "status": {"failed": true}, "exception": {"message": "no free\nport"},
                        "history": [{"status": "Looking for a port"}]}],
    });
    let stages = json!([deploy("TERMINAL", json!(3000)), create("TERMINAL", json!(3000), context)]);
    let failed = execution("TERMINAL", json!(3000), stages);
    let expected = [
        "   2.0 s    Create: TERMINAL in 1.9 s",
        "                the deployment failed",
        "                no free",
        "                port",
        "                last status of the cloud's task k: Looking for a port",
        "   2.0 s  Deploy: TERMINAL in 1.9 s",
        "   2.0 s  pipeline: TERMINAL in 2.0 s",
    ];
    assert_eq!(told(None, &failed)[2..], expected);
    assert!(verdict(&failed).starts_with("execution E: TERMINAL; Create: the deployment failed; no free"));
}

#[test]
fn a_judgment_comes_with_the_command_that_answers_it() {
    let stage = |judgment: &str| {
        json!({"id": "s-2", "refId": "2", "type": "manualJudgment", "name": "Ask", "status": "RUNNING", "startTime": 2000,
               "context": {"instructions": "Is it\u{1b} good?", "judgmentStatus": judgment,
                           "judgmentInputs": [{"value": "yes, all"}, {"value": "no"}]}})
    };
    let asks = execution("RUNNING", Value::Null, json!([stage("")]));
    let expected = [
        "   1.0 s  Ask: started",
        "   1.0 s  Ask: waits for a judgment",
        "              Is it  good?",
        "              choices: yes, all, no",
        "              answer: gennaker execution judge E --stage 2 continue --input 'yes, all'",
        "                      (or `stop` for `continue`)",
    ];
    assert_eq!(told(None, &asks), expected);
    assert_eq!(attention(&asks, &commands())[1], "Ask waits for a judgment:");
    let answered = execution("RUNNING", Value::Null, json!([stage("continue")]));
    assert_eq!(told(Some(&asks), &answered), Vec::<String>::new());
}

#[test]
fn holding_resuming_cancelling_and_starting_again_are_told() {
    let stages = |status: &str, start: i64, end: Value| json!([{"id": "1", "type": "wait", "name": "W", "status": status, "startTime": start, "endTime": end}]);
    let running = execution("RUNNING", Value::Null, stages("RUNNING", 1000, Value::Null));
    let mut held = execution("PAUSED", Value::Null, stages("PAUSED", 1000, Value::Null));
    held.paused = serde_json::from_value(json!({"pausedBy": "ann", "pauseTime": 2000})).expect("it parses");
    let expected = ["   1.0 s  held by ann", "              resume: gennaker execution resume E"];
    assert_eq!(told(Some(&running), &held), expected);
    let mut resumed = running.clone();
    resumed.paused = serde_json::from_value(json!({"resumedBy": "bob", "resumeTime": 3000})).expect("it parses");
    assert_eq!(told(Some(&held), &resumed), ["   2.0 s  goes on, resumed by bob"]);
    let ended = execution("RUNNING", Value::Null, stages("SUCCEEDED", 1000, json!(2000)));
    let again = execution("RUNNING", Value::Null, stages("RUNNING", 5000, Value::Null));
    assert_eq!(told(Some(&ended), &again), ["   4.0 s  W: started again"]);
    let mut cancelled = execution("CANCELED", json!(4000), stages("CANCELED", 1000, json!(4000)));
    (cancelled.canceled_by, cancelled.cancellation_reason) = (Some("ann".into()), Some("wrong".into()));
    assert_eq!(verdict(&cancelled), "execution E: CANCELED, cancelled by ann (wrong)");
}
