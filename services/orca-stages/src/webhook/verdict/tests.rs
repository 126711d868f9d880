use std::{io, time::Duration};

use serde_json::json;

use super::{
    super::answer::tests::{answer, json_answer},
    *,
};

fn settings(more: Value) -> Value {
    let mut settings = json!({
        "statusEndpoint": "http://a/s", "statusJsonPath": "$.status", "successStatuses": "SUCCESS, COMPLETED",
        "canceledStatuses": "CANCELED", "terminalStatuses": "TERMINAL,FAILED",
    });
    for (name, value) in more.as_object().expect("an object") {
        settings[name] = value.clone();
    }
    settings
}

fn watched<T>(settings: Value, known: Value, judge: impl FnOnce(&Watched<'_>) -> T) -> T {
    let settings = Settings::read(settings.as_object().expect("an object")).expect("settings");
    let known = known.as_object().cloned().unwrap_or_default();
    judge(&Watched { settings: &settings, known, retry_statuses: &[429, 403] })
}

fn answered(more: Value, answer: &Answer) -> (Status, Value) {
    let result = watched(settings(more), json!({"body": 1}), |watched| watched.answered(answer)).expect("a result");
    let webhook = result.context["webhook"].clone();
    assert_eq!(webhook["body"], 1, "what the call itself brought stays");
    (result.status, webhook["monitor"].clone())
}

#[test]
fn words_mean_a_status_in_any_case() {
    for (word, expected) in [
        (json!("success"), Status::Succeeded),
        (json!("Completed"), Status::Succeeded),
        (json!("CANCELED"), Status::Canceled),
        (json!("failed"), Status::Terminal),
        (json!("RUNNING"), Status::Running),
        (json!(""), Status::Running),
        (json!(true), Status::Running),
        (json!(100), Status::Succeeded),
        (json!(42), Status::Running),
        (json!(100.0), Status::Running),
    ] {
        let (status, monitor) = answered(json!({}), &json_answer(200, &json!({"status": word})));
        assert_eq!(status, expected, "{word}");
        assert_eq!(monitor.get("percentComplete"), Some(&word).filter(|word| word.is_number()));
    }
    let truth = json!({"successStatuses": "TRUE"});
    assert_eq!(answered(truth, &json_answer(200, &json!({"status": true}))).0, Status::Succeeded);
    let both = json!({"successStatuses": "X", "terminalStatuses": "x"});
    assert_eq!(answered(both, &json_answer(200, &json!({"status": "X"}))).0, Status::Terminal);
}

#[test]
fn progress_is_a_text() {
    let more = || json!({"progressJsonPath": "$.progress"});
    let (status, monitor) = answered(more(), &json_answer(200, &json!({"status": "RUNNING", "progress": "half"})));
    assert_eq!((status, &monitor["progressMessage"]), (Status::Running, &json!("half")));
    let (status, monitor) = answered(more(), &json_answer(200, &json!({"status": "RUNNING", "progress": 5})));
    assert_eq!((status, &monitor["resolvedValue"]), (Status::Terminal, &json!(5)));
    assert_eq!(monitor["error"], "The json path '$.progress' did not resolve to a String value");
    let (status, monitor) = answered(more(), &json_answer(200, &json!({"status": "SUCCESS"})));
    assert_eq!(status, Status::Terminal);
    assert_eq!(monitor["error"], "Unable to parse progress: JSON property '$.status' not found in response body");
}

#[test]
fn what_is_not_one_value_fails() {
    let (status, monitor) = answered(json!({}), &json_answer(200, &json!({"status": ["a"]})));
    assert_eq!((status, &monitor["resolvedValue"]), (Status::Terminal, &json!(["a"])));
    assert_eq!(monitor["error"], "The json path '$.status' did not resolve to a single value");
    for body in [json!({}), json!("text"), json!({"status": {"a": 1}}), json!({"status": null})] {
        assert_eq!(answered(json!({}), &json_answer(200, &body)).0, Status::Terminal, "{body}");
    }
}

#[test]
fn without_a_path_an_answer_is_success() {
    let (status, monitor) = answered(json!({"statusJsonPath": ""}), &answer(204, &[], ""));
    assert_eq!((status, monitor), (Status::Succeeded, json!({"statusCode": "NO_CONTENT", "statusCodeValue": 204})));
}

#[test]
fn what_makes_no_sense_is_an_exception() {
    let thrown = |more: Value, answer: &Answer| {
        watched(settings(more), json!({}), |watched| watched.answered(answer)).expect_err("an error").exception_type
    };
    let running = json_answer(200, &json!({"status": "RUNNING"}));
    assert_eq!(thrown(json!({"successStatuses": null}), &running), "NullPointerException");
    assert_eq!(thrown(json!({"statusJsonPath": "$.a b"}), &running), "InvalidPathException");
    assert_eq!(thrown(json!({}), &answer(204, &[], "")), "IllegalArgumentException");
}

#[test]
fn failures_of_the_server_are_asked_about_again_as_configured() {
    let more =
        || json!({"retryStatusCodes": [404, 405], "retries": {"410": {"maxAttempts": 2}, "504": {"maxAttempts": 0}}});
    for (code, past, expected, left) in [
        (429, json!([]), Status::Running, json!([429])),
        (404, json!(null), Status::Running, json!([404])),
        (405, json!([]), Status::Running, json!([405])),
        (403, json!([]), Status::Running, json!([403])),
        (500, json!([]), Status::Running, json!([500])),
        (406, json!([]), Status::Terminal, json!([])),
        (410, json!([410]), Status::Running, json!([410, 410])),
        (410, json!([410, 410]), Status::Terminal, json!([410, 410])),
        (410, json!([410, 429, 410]), Status::Terminal, json!([410, 429, 410])),
        (504, json!([]), Status::Terminal, json!([])),
        (504, json!(null), Status::Terminal, json!(null)),
    ] {
        let known = json!({"monitor": {"pastStatusCodes": past, "body": "old"}});
        let answer = answer(code, &[("a", "b")], "gone");
        let result = watched(settings(more()), known, |watched| watched.answered(&answer)).expect("a result");
        let monitor = &result.context["webhook"]["monitor"];
        assert_eq!((result.status, &monitor["pastStatusCodes"]), (expected, &left), "{code} {past}");
        assert!(monitor.get("body").is_none());
        assert_eq!(monitor.get("headers").is_some(), expected == Status::Terminal);
    }
    let (_, monitor) = answered(json!({}), &answer(404, &[], "{\"e\": 1}"));
    let expected = "an exception occurred in webhook monitor to http://a/s: \
                    org.springframework.web.client.HttpClientErrorException$NotFound: 404 Not Found on GET request for \
                    \"http://a.example.com/hook\": \"{\"e\": 1}\"";
    assert_eq!(monitor, json!({ "error": expected }));
}

#[test]
fn a_server_that_is_late_or_unknown_is_asked_again() {
    let known = || json!({"statusCode": "OK", "monitor": {"body": "old", "pastStatusCodes": [500]}});
    let late = outbound::Error::TimedOut { at: "u".into(), limit: Duration::from_secs(1) };
    let unknown = outbound::Error::UnknownHost { host: "h".into(), source: io::Error::other("no") };
    for error in [late, unknown] {
        let result = watched(settings(json!({})), known(), |watched| watched.unanswered(&error));
        assert_eq!(result.status, Status::Running);
        assert_eq!(result.context["webhook"], json!({"statusCode": "OK", "monitor": {"pastStatusCodes": [500]}}));
    }
    let refused = outbound::Error::Unreachable { at: "u".into(), cause: "refused".into() };
    let result = watched(settings(json!({})), known(), |watched| watched.unanswered(&refused));
    assert_eq!(result.status, Status::Terminal);
    let error = result.context["webhook"]["monitor"]["error"].as_str().expect("an error");
    assert!(error.starts_with("an exception occurred in webhook monitor to http://a/s: "), "{error}");
}
