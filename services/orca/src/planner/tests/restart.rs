//! Stages that run again, loops, and stages that are left out by hand.

use super::*;

fn restart(stage: &str) -> Signal {
    Signal::Restart { user: "ann".into(), stage: stage.into(), context: Object::new(), prepared: BTreeMap::new() }
}

fn patch(stage: &str, context: Value) -> Signal {
    Signal::Patch { user: "ann".into(), allowed_accounts: vec![], stage: stage.into(), context: object(context) }
}

#[test]
fn a_failed_stage_runs_again_with_all_that_comes_after_it() {
    let mut world = World::new(json!([
        {"id": "a"}, {"id": "b", "needs": ["a"], "tasks": ["TERMINAL"], "before": [{}], "onFailure": [{}]}, {"id": "c", "needs": ["b"]},
    ]));
    assert_eq!(world.settle(), Status::Terminal);
    let stages = world.state.stages().len();
    world.now = Timestamp::from_millis(9000);
    let mut again = restart("b");
    if let Signal::Restart { prepared, .. } = &mut again {
        let mut context = world.state.at(1).stage.context.clone();
        context.insert("tasks".into(), json!(["SUCCEEDED"]));
        prepared.insert("b".into(), context);
    }
    world.log.clear();
    world.signal(again);
    assert_eq!(world.state.head().status, Status::Running);
    assert_eq!(world.state.head().start_time, Some(world.now));
    assert_eq!(world.settle(), Status::Succeeded);
    assert_eq!(world.log, ["b", "b<1", "b<1/1", "b/1", "c", "c/1"]);
    let details = &world.state.at(1).stage.context["restartDetails"];
    assert_eq!((&details["restartedBy"], &details["restartTime"]), (&json!("ann"), &json!(9000)));
    assert!(world.state.stages().len() < stages, "the stages of the first run are gone");
    assert_eq!(world.state.take_changes().removed.len(), 2);
}

#[test]
fn a_synthetic_stage_stands_for_its_stage_of_the_pipeline() {
    let mut world = World::new(json!([{"id": "a", "before": [{"before": [{}]}]}, {"id": "b", "needs": ["a"]}]));
    assert_eq!(world.settle(), Status::Succeeded);
    let inner = world.state.stages().last().expect("stages").stage.clone();
    let inner = world
        .state
        .stages()
        .iter()
        .find(|state| state.stage.ref_id.as_deref() == Some("a<1<1"))
        .map_or(inner, |state| state.stage.clone());
    world.log.clear();
    world.signal(restart(&inner.id));
    assert_eq!(world.settle(), Status::Succeeded);
    assert_eq!(world.log[0], "a");
    assert!(world.log.contains(&"b".to_owned()));
}

#[test]
fn a_stage_that_runs_is_not_restarted_and_nothing_is_after_a_cancellation_began() {
    let mut world = World::new(json!([{"id": "a", "tasks": ["WAIT"], "cleansUp": true}, {"id": "b"}]));
    world.settle();
    let revision = world.state.revision();
    world.signal(restart("a"));
    world.signal(restart("nope"));
    assert_eq!(world.state.revision(), revision);
    world.signal(Signal::Cancel { user: "ann".into(), reason: None, force: false });
    world.signal(restart("b"));
    assert_eq!(world.status("b"), Status::Succeeded);
    assert_eq!(world.settle(), Status::Canceled);
    world.signal(restart("a"));
    assert!(!world.state.head().canceled, "it is under way again");
    world.settle();
    assert_eq!(world.status("a"), Status::Running);
}

#[test]
fn what_failed_before_a_restart_ends_the_execution_only_at_the_end() {
    let failing = json!({"id": "a", "tasks": ["TERMINAL"]});
    let mut world = World::new(json!([failing, {"id": "b", "tasks": ["WAIT"]}, {"id": "c", "needs": ["b"]}]));
    assert_eq!(world.settle(), Status::Terminal);
    assert_eq!(world.status("b"), Status::Canceled);
    world.signal(restart("b"));
    world.settle();
    world.signal(patch("b", json!({"tasks": ["SUCCEEDED"]})));
    assert_eq!(world.settle(), Status::Terminal);
    assert_eq!((world.status("b"), world.status("c")), (Status::Succeeded, Status::Succeeded));
}

#[test]
fn a_branch_is_restarted_while_another_runs() {
    let mut world = World::new(json!([{"id": "a", "tasks": ["WAIT"]}, {"id": "b"}]));
    world.settle();
    world.log.clear();
    world.signal(restart("b"));
    assert_eq!(world.settle(), Status::Running);
    assert_eq!(world.log, ["b", "b/1"]);
}

#[test]
fn an_execution_that_needs_a_place_waits_for_it_when_it_is_restarted() {
    let mut world = World::new(json!([{"id": "a"}]));
    let head = world.state.head_mut();
    head.pipeline_config_id = Some("p".into());
    head.limit_concurrent = true;
    world.settle();
    world.signal(restart("a"));
    assert_eq!(world.state.head().status, Status::NotStarted);
    assert!(world.open.is_empty());
    world.happen(Event::Begin);
    assert_eq!(world.settle(), Status::Succeeded);
}

#[test]
fn a_redirect_goes_back_to_the_first_task_of_its_loop() {
    let mut world = World::new(json!([{"id": "a", "loop": true, "tasks": ["SUCCEEDED", "REDIRECT"]}]));
    for _ in 0..7 {
        world.answer(0);
    }
    assert_eq!(world.log, ["a", "a/1", "a/2", "a/1", "a/2", "a/1", "a/2", "a/1"]);
    let tasks = &world.state.at(0).stage.tasks;
    assert!(tasks[0].loop_start && tasks[1].loop_end);
    assert_eq!(world.state.at(0).run.generation, 3, "each round has side effects of its own");
    let place = 0;
    world.state.stage_mut(place).context.insert("tasks".into(), json!(["SUCCEEDED", "SUCCEEDED"]));
    assert_eq!(world.settle(), Status::Succeeded);
}

#[test]
fn a_stage_is_left_out_by_hand_with_all_that_is_not_over_in_it() {
    let mut world =
        World::new(json!([{"id": "a", "before": [{"id": "x"}, {"tasks": ["WAIT"]}]}, {"id": "b", "needs": ["a"]}]));
    world.settle();
    world.signal(patch("a", json!({"manualSkip": true})));
    assert_eq!(world.settle(), Status::Succeeded);
    assert_eq!(
        (world.status("a"), world.status("a<1"), world.status("a<2")),
        (Status::Skipped, Status::Succeeded, Status::Skipped)
    );
    assert_eq!(world.status("b"), Status::Succeeded);
}

#[test]
fn a_stage_or_an_execution_that_could_not_begin_in_time_is_left_out() {
    let mut world = World::new(json!([{"id": "a", "tasks": ["WAIT"]}, {"id": "b", "needs": ["a"]}]));
    world.settle();
    world.state.stage_mut(1).start_time_expiry = Some(Timestamp::from_millis(2000));
    world.now = Timestamp::from_millis(3000);
    world.signal(patch("a", json!({"tasks": ["SUCCEEDED"]})));
    assert_eq!((world.settle(), world.status("b")), (Status::Succeeded, Status::Skipped));

    let mut late =
        Execution { stages: vec![Stage { kind: "test".into(), ..Stage::default() }], ..Execution::default() };
    late.other.insert("startTimeExpiry".into(), json!(10));
    let mut state = State::new(late);
    plan(&mut state, Event::Begin, Timestamp::from_millis(11));
    assert_eq!((state.head().status, state.head().canceled_by.as_deref()), (Status::Canceled, Some("spinnaker")));
}

#[test]
fn a_task_may_say_what_the_end_of_its_time_means() {
    let mut world = World::new(json!([{"id": "a", "tasks": ["WAIT"], "stageTimeoutMs": 5, "onTimeout": true}]));
    world.settle();
    world.now = Timestamp::from_millis(2000);
    world.happen(Event::Woken);
    assert!(world.state.is_busy() && world.state.next_due().is_none());
    assert_eq!(world.settle(), Status::Succeeded);
    assert_eq!(world.status("a"), Status::FailedContinue);
}

#[test]
fn a_nudge_makes_a_waiting_task_look_again() {
    let mut world = World::new(json!([{"id": "a", "tasks": ["WAIT"]}]));
    world.settle();
    world.happen(Event::Nudged { stage: "nope".into() });
    assert!(world.open.is_empty());
    world.happen(Event::Nudged { stage: "a".into() });
    assert_eq!(world.open, [Action::Step { stage: "a".into(), task: "1".into() }]);
    world.happen(Event::Nudged { stage: "a".into() });
    world.answer(0);
    assert_eq!(world.state.next_due(), Some(world.now), "it came while a step was under way");
}

#[test]
fn the_execution_window_comes_before_all_other_stages_before_a_stage() {
    let window = json!({"kind": "restrictExecutionDuringTimeWindow", "tasks": ["SUCCEEDED"]});
    let beside = json!({"beside": true, "restrictedExecutionWindow": {}});
    let mut world = World::new(json!([{"id": "a", "before": [window, beside.clone(), beside]}]));
    assert_eq!(world.settle(), Status::Succeeded);
    let needs = |ref_id: &str| {
        let mut stages = world.state.stages().iter().map(|state| &state.stage);
        let stage = stages.find(|stage| stage.ref_id.as_deref() == Some(ref_id)).expect("it is there");
        (stage.requisite_stage_ref_ids.clone(), stage.context.contains_key("restrictedExecutionWindow"))
    };
    assert_eq!(needs("a<2"), (vec!["a<1".to_owned()], false));
    assert_eq!(needs("a<3"), (vec!["a<1".to_owned()], false));
}
