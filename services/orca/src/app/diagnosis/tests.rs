use std::time::Duration;

use gennaker_orca_stages::{Next, TaskError, TaskResult};
use gennaker_store::{Epoch, Execution as Row, Head, Node, Owner, Registration, Standing};
use gennaker_wire::{
    ExecutionKind, Object,
    diagnosis::{CauseKind, Remedy, StageWaitKind, Verdict},
};
use serde_json::json;

use super::*;
use crate::{
    engine::history::{Waiting, Witnessed},
    planner::{CleanUp, Event, Signal, replay::Recorded},
    recording::script::{Script, done, passing},
};

/// What is stored of a script, owned by the node `one` under epoch 7 unless it is changed; its lease ends at second 1000.
fn evidence(script: &Script) -> Evidence {
    let state = script.state.clone();
    let head = state.head();
    let row = Row {
        head: Head {
            id: head.id.clone(),
            kind: "pipeline".into(),
            group: head.application.clone(),
            definition: head.pipeline_config_id.clone(),
            name: None,
            status: head.status.name().into(),
            created: Timestamp::ZERO,
            started: None,
            ended: None,
            format: 1,
            body: String::new(),
        },
        parts: Vec::new(),
        owner: Some(Owner { node: "one".into(), epoch: Epoch(7) }),
        sequence: script.events.len() as u64,
        due: state.next_due(),
        signals: Vec::new(),
        place: Standing::None,
    };
    let events = script.events.iter().map(|event| Witnessed {
        recorded: Recorded { sequence: event.number, at: event.at, event: event.what.clone() },
        epoch: event.epoch.map(Epoch),
    });
    Evidence {
        row,
        state,
        events: events.collect(),
        unreadable: None,
        waiting: Vec::new(),
        nodes: vec![node("one", 7)],
        step_deadline: Duration::from_secs(120),
    }
}

fn node(name: &str, epoch: u64) -> Node {
    let registration = Registration { node: name.into(), address: String::new(), format: 1 };
    Node { registration, epoch: Epoch(epoch), expires: Timestamp::from_millis(1_000_000) }
}

fn ownerless(script: &Script) -> Evidence {
    let mut evidence = evidence(script);
    evidence.row.owner = None;
    evidence
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(seconds * 1000)
}

fn running() -> Result<TaskResult, TaskError> {
    Ok(TaskResult::running(Next::OnChange))
}

fn says<'d>(diagnosis: &'d Diagnosis, words: &str) -> &'d Remedy {
    let found = diagnosis.remedies.iter().find(|remedy| remedy.message.contains(words));
    found.unwrap_or_else(|| panic!("no remedy says {words:?}: {:#?}", diagnosis.remedies))
}

fn judgment() -> Script {
    let mut script = Script::new(json!([
        {"id": "1", "type": "manualJudgment", "name": "Ask"},
        {"id": "2", "type": "wait", "name": "After", "needs": ["1"]},
    ]));
    script.composed("1", false).at(2).stepped("1", running());
    script
}

#[test]
fn a_judgment_is_waited_for_and_nothing_is_wrong() {
    let diagnosis = diagnose(&ownerless(&judgment()), &[], at(60));
    assert_eq!(diagnosis.verdict, Verdict::Waiting);
    assert!(!diagnosis.verdict.needs_attention());
    assert_eq!(diagnosis.summary, "Nothing is wrong: stage \"Ask\" waits for a person's judgment.");
    let wait = &diagnosis.waits[0];
    assert_eq!((wait.waits_for, wait.due, wait.phase.as_str()), (StageWaitKind::Judgment, None, "tasks"));
    assert_eq!(wait.times_out, Some(at(3601)), "an hour after the task's start");
    let remedy = says(&diagnosis, "answer the judgment");
    assert_eq!(remedy.command, ["execution", "judge", "01E", "--stage", "1", "continue"]);
    assert_eq!(says(&diagnosis, "give it up").command, ["execution", "cancel", "01E"]);
    let stages = diagnosis.subject.stages;
    assert_eq!((stages.over, stages.under_way, stages.to_come), (0, 1, 1));
    assert!(diagnosis.record.replayed.as_ref().is_some_and(|replayed| replayed.same), "{:?}", diagnosis.record);
}

#[test]
fn a_time_can_be_skipped_and_a_window_too() {
    for (kind, waits_for) in
        [("wait", StageWaitKind::Time), ("restrictExecutionDuringTimeWindow", StageWaitKind::Window)]
    {
        let mut script = Script::new(json!([{"id": "1", "type": kind, "name": "W"}]));
        script.composed("1", false).stepped("1", Ok(TaskResult::running(Next::At(at(500)))));
        let diagnosis = diagnose(&ownerless(&script), &[], at(60));
        assert_eq!((diagnosis.verdict, diagnosis.waits[0].waits_for), (Verdict::Waiting, waits_for), "{kind}");
        assert_eq!((diagnosis.waits[0].due, diagnosis.ownership.due), (Some(at(500)), Some(at(500))));
        let call = says(&diagnosis, "do not wait").call.clone().expect("a call");
        assert_eq!((call.method.as_str(), call.path.as_str()), ("PATCH", "/pipelines/01E/stages/1"));
        assert_eq!(call.body, json!({"skipRemainingWait": true}));
    }
}

#[test]
fn a_failing_step_shows_its_count_its_last_error_and_its_key() {
    let mut script = Script::new(json!([{"id": "1", "type": "deploy", "name": "D"}]));
    script.composed("1", false).stepped("1", Err(passing("first")));
    script.at(2).happen(Event::Woken).at(3).stepped("1", Err(passing("clouddriver is away")));
    let diagnosis = diagnose(&evidence(&script), &[], at(3));
    assert_eq!(diagnosis.verdict, Verdict::Retrying);
    let wait = &diagnosis.waits[0];
    assert_eq!((wait.waits_for, wait.failures), (StageWaitKind::BackOff, 2));
    assert_eq!(wait.error.as_deref(), Some("clouddriver is away"));
    assert!(wait.due > Some(at(3)) && !wait.overdue, "{wait:?}");
    assert!(diagnosis.summary.contains("failed 2 times in a row"), "{}", diagnosis.summary);
    let call = &diagnosis.calls[0];
    assert_eq!((call.request_id.as_str(), call.fences.as_slice(), call.steps), ("1-1-0", &["01E/7".to_owned()][..], 2));
    assert_eq!((call.result.as_deref(), call.error.as_deref()), (Some("FAILED"), Some("clouddriver is away")));
    assert_eq!(call.task.as_ref().map(|task| task.name.as_str()), Some("work"));
    says(&diagnosis, "mend what stage");
}

#[test]
fn a_second_owner_sends_the_same_key_under_a_higher_fence() {
    let mut script = Script::new(json!([{"id": "1", "type": "deploy", "name": "D"}]));
    script.composed("1", false).at(40).owned_by(9).happen(Event::Recovered).stepped("1", done("x"));
    let mut evidence = evidence(&script);
    evidence.row.owner = Some(Owner { node: "two".into(), epoch: Epoch(9) });
    evidence.nodes = vec![node("two", 9)];
    let diagnosis = diagnose(&evidence, &[], at(41));
    assert_eq!(diagnosis.calls[0].fences, ["01E/7", "01E/9"], "the first one died without an answer");
    assert_eq!(diagnosis.calls[0].steps, 1);
    let tenures: Vec<_> = diagnosis
        .ownership
        .tenures
        .iter()
        .map(|tenure| (tenure.owner.epoch, tenure.owner.node.as_deref(), tenure.owner.lives, tenure.first, tenure.last))
        .collect();
    assert_eq!(tenures, [(7, None, false, 2, 2), (9, Some("two"), true, 3, 4)]);
    assert_eq!(diagnosis.ownership.owner.as_ref().and_then(|owner| owner.lease_ends), Some(at(1000)));
    assert_eq!(diagnosis.verdict, Verdict::Running);
}

#[test]
fn a_dead_owner_is_told_from_a_dead_install() {
    let mut script = Script::new(json!([{"id": "1", "type": "deploy", "name": "D"}]));
    script.composed("1", false);
    let mut evidence = evidence(&script);
    evidence.nodes = vec![node("one", 8)];
    let diagnosis = diagnose(&evidence, &[], at(9));
    assert_eq!(diagnosis.verdict, Verdict::Unowned);
    assert_eq!(diagnosis.causes[0].kind, CauseKind::DeadOwner);
    assert!(diagnosis.causes[0].message.contains("its owner one (epoch 7) is dead"), "{:?}", diagnosis.causes);
    assert!(!diagnosis.waits[0].overdue, "its owner is not late, it is dead");
    says(&diagnosis, "look again in some seconds");
    evidence.nodes.clear();
    let diagnosis = diagnose(&evidence, &[], at(9));
    assert_eq!(diagnosis.causes[1].kind, CauseKind::NoNode);
    assert_eq!(says(&diagnosis, "start a node").command, ["serve"]);
    evidence.nodes = vec![node("old", 8)];
    evidence.row.head.format = 2;
    let diagnosis = diagnose(&evidence, &[], at(9));
    assert!(diagnosis.causes[1].message.contains("reads rows of the format 2"), "{:?}", diagnosis.causes);
}

#[test]
fn what_nobody_claims_is_unowned() {
    let mut evidence = ownerless(&judgment());
    let command = Signal::Resume { user: "ann".into() };
    evidence.waiting = vec![Waiting { at: at(10), signal: Ok(command) }];
    let soon = diagnose(&evidence, &[], at(11));
    assert_eq!(soon.verdict, Verdict::Waiting, "a node looks every second");
    let late = diagnose(&evidence, &[], at(30));
    assert_eq!((late.verdict, late.causes.len()), (Verdict::Unowned, 2), "{:?}", late.causes);
    let waiting = late.commands.last().expect("a command");
    assert_eq!((waiting.command.as_str(), waiting.number, waiting.user.as_str()), ("resume", None, "ann"));
    let fresh = Script::new(json!([{"id": "1"}]));
    let diagnosis = diagnose(&ownerless(&fresh), &[], at(30));
    assert_eq!(diagnosis.causes[0].kind, CauseKind::Claimable, "it was never owned");
}

#[test]
fn an_owner_that_is_late_is_named() {
    let mut script = Script::new(json!([{"id": "1", "type": "deploy", "name": "D"}]));
    script.composed("1", false);
    assert_eq!(diagnose(&evidence(&script), &[], at(100)).verdict, Verdict::Running);
    let diagnosis = diagnose(&evidence(&script), &[], at(160));
    assert_eq!((diagnosis.verdict, diagnosis.waits[0].waits_for), (Verdict::Overdue, StageWaitKind::Step));
    assert_eq!(diagnosis.waits[0].since, Some(at(1)));
    says(&diagnosis, "read the log of node one for execution=01E");
}

#[test]
fn a_pause_names_who_and_how_to_go_on() {
    let mut script = judgment();
    script.at(5).signal(Signal::Pause { user: "bob".into() });
    let diagnosis = diagnose(&ownerless(&script), &[], at(60));
    assert_eq!(diagnosis.verdict, Verdict::Paused);
    assert_eq!(diagnosis.summary, "It is paused by bob, and waits to be resumed.");
    assert_eq!(diagnosis.causes[0].since, Some(at(5)));
    assert_eq!(says(&diagnosis, "let it go on").command, ["execution", "resume", "01E"]);
    let command = &diagnosis.commands[0];
    assert_eq!((command.command.as_str(), command.number), ("pause", Some(4)));
}

#[test]
fn a_place_is_waited_for_behind_those_that_run() {
    let execution = Execution {
        id: "01E".into(),
        pipeline_config_id: Some("p".into()),
        limit_concurrent: true,
        ..Execution::default()
    };
    let script = Script::of(execution, json!([{"id": "1"}]), false);
    let run = |id: &str, status: Status, accepted: i64| Execution {
        id: id.into(),
        status,
        build_time: Some(at(accepted)),
        ..Execution::default()
    };
    let others = [
        run("01A", Status::Running, 0),
        run("01B", Status::NotStarted, 0),
        run("01E", Status::NotStarted, 1),
        run("01F", Status::NotStarted, 5),
    ];
    let mut evidence = ownerless(&script);
    evidence.row.place = Standing::Waiting;
    let diagnosis = diagnose(&evidence, &others, at(60));
    assert_eq!(diagnosis.verdict, Verdict::Queued);
    let cause = &diagnosis.causes[0];
    assert_eq!((cause.kind, cause.executions.as_slice()), (CauseKind::Place, &["01A".to_owned()][..]));
    assert!(
        cause.message.contains("1 at a time may run, 1 do, and 1 of the same pipeline wait before it"),
        "{cause:?}"
    );
    assert_eq!(says(&diagnosis, "give up the one that holds the place").command, ["execution", "cancel", "01A"]);
    assert_eq!(diagnosis.causes.len(), 1, "who waits for a place is not to be claimed: {:?}", diagnosis.causes);
    evidence.row.place = Standing::Held;
    let diagnosis = diagnose(&evidence, &others, at(60));
    assert_eq!((diagnosis.verdict, diagnosis.causes[0].kind), (Verdict::Unowned, CauseKind::Claimable));
}

#[test]
fn a_failure_says_why_and_how_to_run_it_again() {
    let mut script = Script::new(json!([{"id": "1", "type": "deploy", "name": "D"}]));
    script.composed("1", false).at(4).stepped("1", Err(TaskError::invalid("no free port"))).nothing_on_failure("1");
    let mut evidence = ownerless(&script);
    evidence.row.due = None;
    let diagnosis = diagnose(&evidence, &[], at(60));
    assert_eq!(diagnosis.verdict, Verdict::Failed);
    assert_eq!(diagnosis.summary, "It is over, and did not succeed: TERMINAL; stage \"D\" is TERMINAL: no free port.");
    assert_eq!(diagnosis.failures[0].reasons, ["no free port"]);
    let call = says(&diagnosis, "run stage \"D\" again").call.clone().expect("a call");
    assert_eq!((call.method.as_str(), call.path.as_str()), ("PUT", "/pipelines/01E/stages/1/restart"));
    assert!(diagnosis.causes.is_empty() && diagnosis.waits.is_empty());
}

#[test]
fn clean_ups_have_their_own_keys_and_commands_their_users() {
    let mut script = Script::new(json!([{"id": "1", "type": "deploy", "name": "D"}]));
    script.composed("1", true).at(3).stepped("1", running());
    script.patch("1", json!({"colour": "blue"})).at(4).stepped("1", running());
    script.at(5).signal(Signal::Cancel { user: "bob".into(), reason: Some("enough".into()), force: false });
    let under_way = diagnose(&evidence(&script), &[], at(6));
    assert_eq!(under_way.waits[0].waits_for, StageWaitKind::CleanUp);
    script.at(7).cleaned_up("1", Err(passing("away")));
    let again = diagnose(&evidence(&script), &[], at(7));
    assert_eq!((again.waits[0].waits_for, again.waits[0].error.as_deref()), (StageWaitKind::BackOff, Some("away")));
    script.at(8).happen(Event::Woken).cleaned_up("1", Ok(CleanUp::default()));
    let over = diagnose(&ownerless(&script), &[], at(60));
    assert_eq!(over.verdict, Verdict::Failed);
    assert!(over.summary.contains("cancelled by bob (enough)"), "{}", over.summary);
    let keys: Vec<_> = over.clean_ups.iter().map(|call| (call.request_id.as_str(), call.steps)).collect();
    assert_eq!(keys, [("1-cancel-1-1", 2), ("1-cancel-1", 2)], "that of its task, and its own");
    assert_eq!(over.clean_ups[1].result.as_deref(), Some("SUCCEEDED"));
    let commands: Vec<_> = over
        .commands
        .iter()
        .map(|command| (command.user.as_str(), command.command.as_str(), command.detail.as_deref()))
        .collect();
    assert_eq!(commands, [("ann", "change", Some("colour")), ("bob", "cancel", Some("enough"))]);
    assert_eq!(over.commands[0].stage.as_ref().map(|stage| stage.name.as_str()), Some("D"));
}

#[test]
fn what_cannot_be_replayed_is_diagnosed_all_the_same() {
    let mut script = Script::new(json!([{"id": "1", "type": "deploy", "name": "D"}]));
    script.composed("1", false).stepped("1", Err(passing("away")));
    let mut evidence = evidence(&script);
    evidence.events.remove(0);
    let diagnosis = diagnose(&evidence, &[], at(2));
    assert!(
        diagnosis.record.problem.as_ref().is_some_and(|problem| problem.contains("composed")),
        "{:?}",
        diagnosis.record
    );
    assert_eq!((diagnosis.verdict, diagnosis.calls[0].steps), (Verdict::Retrying, 1));
    assert_eq!(diagnosis.waits[0].error.as_deref(), Some("away"));
    evidence.events.clear();
    evidence.unreadable = Some("event 1 cannot be read: why".into());
    let diagnosis = diagnose(&evidence, &[], at(2));
    assert_eq!(diagnosis.record.problem.as_deref(), Some("event 1 cannot be read: why"));
    assert_eq!(diagnosis.waits[0].failures, 1);
}

#[test]
fn a_task_is_cancelled_by_its_own_path() {
    let execution = Execution { id: "01E".into(), kind: ExecutionKind::Orchestration, ..Execution::default() };
    let mut script = Script::of(execution, json!([{"id": "1", "name": "D"}]), true);
    script.composed("1", false).stepped("1", running());
    let diagnosis = diagnose(&ownerless(&script), &[], at(60));
    let call = says(&diagnosis, "give it up").call.clone().expect("a call");
    assert_eq!((call.method.as_str(), call.path.as_str()), ("PUT", "/tasks/01E/cancel"));
    assert!(diagnosis.remedies.iter().all(|remedy| remedy.command.is_empty()), "{:?}", diagnosis.remedies);
}

#[test]
fn a_stage_is_called_after_those_that_it_belongs_to() {
    let mut script = Script::new(json!([{"id": "1", "type": "deploy", "name": "Deploy"}]));
    let child = gennaker_orca_stages::NewStage::then("createServerGroup", "Deploy in west", Object::new());
    let composition = gennaker_orca_stages::Composition { before: vec![child], ..Default::default() };
    script.happen(Event::Composed { stage: "1".into(), generation: 0, evaluated: None, result: Ok(composition) });
    let diagnosis = diagnose(&evidence(&script), &[], at(2));
    assert_eq!(diagnosis.waits.len(), 1, "the stage itself waits for the one within it");
    let wait = &diagnosis.waits[0];
    assert_eq!((wait.stage.name.as_str(), wait.stage.ref_id.as_deref()), ("Deploy > Deploy in west", Some("1<1")));
    assert_eq!(wait.waits_for, StageWaitKind::Definition);
}
