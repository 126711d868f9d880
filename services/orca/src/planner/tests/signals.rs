//! Commands at any moment.

use super::*;

fn patch(stage: &str, context: Value) -> Signal {
    Signal::Patch { user: "ann".into(), allowed_accounts: Vec::new(), stage: stage.into(), context: object(context) }
}

#[test]
fn a_cancellation_ends_what_runs_and_leaves_the_rest() {
    let mut world = World::new(json!([{"id": "a", "tasks": ["WAIT"]}, {"id": "b", "needs": ["a"]}]));
    world.settle();
    world.signal(Signal::Cancel { user: "ann".into(), reason: Some("late".into()), force: false });
    assert_eq!(world.state.head().status, Status::Canceled);
    assert_eq!(world.state.head().canceled_by.as_deref(), Some("ann"));
    assert_eq!(world.status("a"), Status::Canceled);
    assert_eq!(world.state.at(0).stage.tasks[0].status, Status::Canceled);
    assert_eq!(world.status("b"), Status::NotStarted);
    let revision = world.state.revision();
    world.signal(Signal::Pause { user: "bob".into() });
    assert_eq!(world.state.revision(), revision, "nothing changes any more");
}

#[test]
fn a_cancellation_of_what_is_over_is_noted_and_changes_nothing_else() {
    let mut world = World::new(json!([{"id": "a"}]));
    assert_eq!(world.settle(), Status::Succeeded);
    let before = world.state.head().clone();
    world.signal(Signal::Cancel { user: "ann".into(), reason: Some("late".into()), force: false });
    let head = world.state.head();
    assert_eq!((head.status, head.end_time), (Status::Succeeded, before.end_time));
    assert_eq!((head.canceled, head.cancellation_reason.as_deref()), (true, Some("late")));
}

#[test]
fn a_pause_does_not_count_against_a_stages_time() {
    let mut world = World::new(json!([{"id": "a", "tasks": ["WAIT"], "stageTimeoutMs": 60000}]));
    world.settle();
    world.now = Timestamp::from_millis(11_000);
    world.signal(Signal::Pause { user: "ann".into() });
    assert!(world.state.head().paused.as_ref().is_some_and(|paused| paused.paused));
    world.now = Timestamp::from_millis(611_000);
    world.signal(Signal::Resume { user: "ann".into() });
    assert_eq!(world.settle(), Status::Running);
    assert_eq!(world.state.next_due(), Some(Timestamp::from_millis(661_000)));
    let paused = world.state.head().paused.clone().expect("it was paused");
    assert_eq!((paused.paused, paused.paused_ms), (false, 600_000));
}

#[test]
fn a_patch_while_the_stage_is_composed_is_not_lost() {
    let mut world = World::new(json!([{"id": "a"}]));
    let composed = |context: Value| {
        Ok(Composition {
            context: Some(object(context)),
            tasks: vec![TaskTemplate::new("t", "c")],
            ..Composition::default()
        })
    };
    // The definition is asked, with the context as it was, and will replace it.
    world.signal(patch("a", json!({"size": 2})));
    assert_eq!(world.open, [Action::Compose { stage: "a".into() }], "it is asked again");
    let stale =
        Event::Composed { stage: "a".into(), generation: 0, evaluated: None, result: composed(json!({"size": 1})) };
    world.happen(stale);
    assert_eq!(world.state.at(0).stage.context["size"], 2);
    assert_eq!(world.settle(), Status::Succeeded);
}

#[test]
fn nothing_starts_while_paused_and_the_pause_does_not_count() {
    let mut world = World::new(json!([{"id": "a"}, {"id": "b", "tasks": ["WAIT"], "stageTimeoutMs": 1}]));
    let mut world_b = World::new(json!([{"id": "a"}]));
    world_b.signal(Signal::Pause { user: "ann".into() });
    assert_eq!(world_b.settle(), Status::Paused);
    assert_eq!(world_b.log, ["a"], "the composition comes back, its task does not start");
    assert_eq!(world_b.state.next_due(), None);
    world_b.signal(Signal::Resume { user: "bob".into() });
    assert_eq!(world_b.settle(), Status::Succeeded);
    assert_eq!(
        world_b.state.head().paused.as_ref().and_then(|paused| paused.resumed_by.clone()).as_deref(),
        Some("bob")
    );
    world.settle();
    world.signal(Signal::Pause { user: "ann".into() });
    assert_eq!(world.status("b"), Status::Paused);
    world.signal(Signal::Resume { user: "ann".into() });
    assert_eq!(world.status("b"), Status::Running);
}

#[test]
fn a_patch_makes_the_waiting_task_look_again() {
    let mut world = World::new(json!([{"id": "a", "tasks": ["WAIT"]}]));
    world.settle();
    assert_eq!(world.state.next_due(), None);
    world.signal(patch("a", json!({"judgmentStatus": "continue", "tasks": ["SUCCEEDED"]})));
    assert_eq!(world.settle(), Status::Succeeded);
    assert_eq!(world.state.at(0).stage.last_modified.as_ref().expect("it is noted")["user"], "ann");
}

#[test]
fn a_patch_during_a_step_is_not_lost() {
    let mut world = World::new(json!([{"id": "a", "tasks": ["WAIT"]}]));
    world.answer(0);
    // The step is under way, with the context as it was.
    let generation = 0;
    world.signal(patch("a", json!({"tasks": ["SUCCEEDED"]})));
    world.open.clear();
    let result = Ok(TaskResult::running(Next::OnChange));
    world.happen(Event::Stepped { stage: "a".into(), generation, task: "1".into(), evaluated: Object::new(), result });
    assert_eq!(world.state.next_due(), Some(world.now), "it looks again at once");
    world.happen(Event::Woken);
    assert_eq!(world.settle(), Status::Succeeded);
}

#[test]
fn a_patch_of_a_stage_that_is_over_changes_nothing() {
    let mut world = World::new(json!([{"id": "a"}, {"id": "b", "tasks": ["WAIT"]}]));
    world.settle();
    let revision = world.state.revision();
    world.signal(patch("a", json!({"x": 1})));
    world.signal(patch("nope", json!({"x": 1})));
    assert_eq!(world.state.revision(), revision);
}
