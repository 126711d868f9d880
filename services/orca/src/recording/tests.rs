use gennaker_orca_stages::TaskError;
use gennaker_wire::{ObjectExt, Status};
use serde_json::{Value, json};

use super::{
    script::{Script, done},
    *,
};
use crate::planner::Signal;

/// Two stages: the first is restarted after its failure, the second one is cancelled.
fn script() -> Script {
    let mut script = Script::new(json!([
        {"id": "a", "name": "A", "secret": "hunter2", "list": ["hunter2", "other"], "stageTimeoutMs": "60000"},
        {"id": "b", "name": "B", "needs": ["a"], "failPipeline": "true", "copied": "other"},
    ]));
    script.composed("a", false).at(2).stepped("a", Err(TaskError::invalid("hunter2 is wrong"))).nothing_on_failure("a");
    let restart = Signal::Restart {
        user: "ann".into(),
        stage: "a".into(),
        context: json!({"secret": "hunter3"}).as_object().cloned().expect("an object"),
        prepared: Default::default(),
    };
    script.at(9).signal(restart).composed("a", false).stepped("a", done("hunter3")).nothing_after("a");
    script.composed("b", true).patch("b", json!({"copied": "again"}));
    script.at(12).signal(Signal::Cancel { user: "bob".into(), reason: Some("other".into()), force: false });
    script.cleaned_up("b", Ok(crate::planner::CleanUp::default()));
    script
}

#[test]
fn a_case_survives_its_file_and_replays_to_the_same_execution() {
    let case = script().case();
    assert_eq!(case.expected.status, Status::Canceled);
    let text = serde_json::to_string_pretty(&case).expect("JSON");
    let read = Case::read(&text).expect("a case");
    assert_eq!(read, case);
    let replayed = read.rerun().expect("it replays");
    assert!(replayed.same, "{replayed:?}");
    assert_eq!(replayed.events, case.events.len() as u64);
}

#[test]
fn what_the_planner_decides_differently_has_its_place() {
    let mut case = script().case();
    case.expected.stages[1].status = Status::Succeeded;
    let replayed = case.rerun().expect("it replays");
    let difference = replayed.difference.expect("it differs");
    assert_eq!((difference.path.as_str(), difference.stage.as_deref()), ("stages/1/status", Some("B")));
    assert_eq!((difference.stored, difference.replayed), (json!("SUCCEEDED"), json!("CANCELED")));

    // A step that nobody waits for: twice the same one.
    let mut case = script().case();
    let mut twice = case.events[2].clone();
    twice.number = 99;
    case.events.insert(3, twice);
    let replayed = case.rerun().expect("it replays");
    assert!(!replayed.same && replayed.difference.is_none(), "{replayed:?}");
    let ignored = &replayed.ignored[0];
    assert_eq!((ignored.number, ignored.kind.as_str(), ignored.stage.as_deref()), (99, "stepped", Some("a")));
}

#[test]
fn how_far_the_planner_is_counts_too() {
    let script = script();
    let recorded = script.case().recorded();
    let replay = replay::replay(script.state.head(), &recorded, None).expect("it replays");
    assert!(replayed(&recorded, &replay, &script.state).same);
    let mut other = script.state.clone();
    other.run_mut(0).failures = 3;
    let difference = replayed(&recorded, &replay, &other).difference.expect("it differs");
    assert_eq!((difference.path.as_str(), difference.stage.as_deref()), ("stages/0/run/failures", Some("A")));
}

#[test]
fn a_redacted_case_replays_without_its_texts() {
    let mut script = script();
    script.state.head_mut().trigger =
        json!({"parameters": {"password": "hunter2"}, "user": "ann"}).as_object().cloned().expect("an object");
    let case = script.case();
    let redacted = case.redacted().expect("it can be redacted");
    let text = serde_json::to_string(&redacted).expect("JSON");
    for secret in ["hunter2", "hunter3", "other", "again", "ann", "bob"] {
        assert!(!text.contains(&format!("\"{secret}\"")), "{secret} is in {text}");
    }
    assert!(!text.contains("is wrong"), "{text}");
    assert!(redacted.rerun().expect("it replays").same);
    // Equal texts stay equal, and what the planner reads stays.
    let Event::Accepted { stages, .. } = &redacted.events[0].what else { panic!("the first event") };
    let context = |place: usize| &stages[place].context;
    assert_eq!(context(0)["secret"], context(0)["list"][0]);
    assert_eq!(context(0)["list"][1], context(1)["copied"]);
    assert_eq!(redacted.head.trigger["parameters"]["password"], context(0)["secret"]);
    assert_eq!(context(0).integer("stageTimeoutMs"), Some(60_000));
    assert_eq!(stages[0].name.as_deref(), Some("A"));
    assert_eq!(redacted.redacted().expect("again"), redacted, "nothing is left to redact");
}

#[test]
fn a_file_that_is_no_case_says_so() {
    for (text, says) in [
        ("", "it is no recorded execution"),
        ("[]", "it is no recorded execution"),
        ("{}", "missing field `format`"),
        (r#"{"format": 1}"#, "missing field"),
        (r#"{"format": 9, "shape": "new"}"#, "it has the format 9"),
    ] {
        let error = Case::read(text).expect_err(text).to_string();
        assert!(error.contains(says), "{text}: {error}");
    }
    let mut case = script().case();
    case.events.remove(0);
    assert!(case.rerun().expect_err("no beginning").to_string().contains("composed"));
    case.events.clear();
    let empty: Value = serde_json::to_value(&case).expect("JSON");
    let read = Case::read(&empty.to_string()).expect("a case without events");
    assert!(read.rerun().is_err());
}
