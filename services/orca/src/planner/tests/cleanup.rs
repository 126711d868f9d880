//! What is cancelled or fails undoes what it began.

use super::*;

fn cancel() -> Signal {
    Signal::Cancel { user: "ann".into(), reason: None, force: false }
}

#[test]
fn a_cancelled_execution_is_over_once_everything_is_undone() {
    let mut world = World::new(json!([
        {"id": "a", "tasks": ["WAIT"], "cleansUp": true},
        {"id": "b", "tasks": ["WAIT"], "tasksCleanUp": true},
        {"id": "c", "tasks": ["WAIT"]},
        {"id": "d", "needs": ["c"]},
    ]));
    world.settle();
    world.signal(cancel());
    assert_eq!((world.state.head().status, world.state.head().canceled), (Status::Running, true));
    assert_eq!(world.status("c"), Status::Canceled, "it has nothing to undo");
    let undoing =
        |stage: &str, task: Option<&str>| Action::CleanUp { stage: stage.into(), task: task.map(str::to_owned) };
    assert_eq!(world.open, [undoing("a", None), undoing("b", Some("1"))]);
    assert_eq!(world.settle(), Status::Canceled);
    assert_eq!(
        (world.status("a"), world.status("b"), world.status("d")),
        (Status::Canceled, Status::Canceled, Status::NotStarted)
    );
    assert_eq!(world.state.at(0).stage.context["cleaned"], true);
}

#[test]
fn a_failed_stage_undoes_what_it_began_and_keeps_its_status() {
    let mut world = World::new(json!([{"id": "a", "tasks": ["TERMINAL"], "cleansUp": true, "onFailure": [{}]}]));
    assert_eq!(world.settle(), Status::Terminal);
    assert_eq!((world.status("a"), world.status("a>1")), (Status::Terminal, Status::Succeeded));
    assert_eq!(world.state.at(0).stage.context["cleaned"], true);
}

#[test]
fn what_runs_beside_a_failure_undoes_what_it_began_before_the_execution_is_over() {
    let mut world =
        World::new(json!([{"id": "a", "tasks": ["WAIT"], "cleansUp": true}, {"id": "b", "tasks": ["TERMINAL"]}]));
    while !matches!(world.open.as_slice(), [Action::CleanUp { .. }]) {
        world.answer(0);
    }
    assert_eq!(world.state.head().status, Status::Running);
    assert_eq!(world.settle(), Status::Terminal);
    assert_eq!(world.status("a"), Status::Canceled);
}

#[test]
fn a_clean_up_that_cannot_succeed_does_not_hold_the_end() {
    let mut world = World::new(json!([{"id": "a", "tasks": ["WAIT"], "cleansUp": true, "cleanUp": "ERROR"}]));
    world.settle();
    world.signal(cancel());
    assert_eq!(world.settle(), Status::Canceled);
    assert_eq!(world.state.at(0).stage.context["cleanUpError"], "it does not work");

    let mut world = World::new(json!([{"id": "a", "tasks": ["WAIT"], "cleansUp": true, "cleanUp": "RETRY"}]));
    world.settle();
    world.signal(cancel());
    let mut tries = 0;
    while world.settle() == Status::Running {
        world.now = world.state.next_due().expect("it is tried again");
        world.happen(Event::Woken);
        tries += 1;
        assert!(tries < 50, "it does not end");
    }
    assert_eq!(world.state.at(0).stage.context["cleanUpError"], "away");
}

#[test]
fn a_forced_cancellation_undoes_nothing() {
    let mut world = World::new(json!([{"id": "a", "tasks": ["WAIT"], "cleansUp": true, "cleanUp": "RETRY"}]));
    world.settle();
    world.signal(cancel());
    world.signal(Signal::Cancel { user: "ann".into(), reason: None, force: true });
    assert_eq!((world.settle(), world.status("a")), (Status::Canceled, Status::Canceled));
}

#[test]
fn a_paused_execution_undoes_what_it_began_when_it_is_cancelled() {
    let mut world = World::new(json!([{"id": "a", "tasks": ["WAIT"], "cleansUp": true}]));
    world.settle();
    world.signal(Signal::Pause { user: "ann".into() });
    world.signal(cancel());
    assert_eq!((world.settle(), world.status("a")), (Status::Canceled, Status::Canceled));
    assert!(world.state.head().paused.as_ref().is_some_and(|paused| paused.paused), "who paused it stays");
}

#[test]
fn a_crash_during_the_clean_up_makes_it_again() {
    let mut world = World::new(json!([{"id": "a", "tasks": ["WAIT"], "cleansUp": true, "tasksCleanUp": true}]));
    world.settle();
    world.signal(cancel());
    let before = world.open.clone();
    world.open.clear();
    world.happen(Event::Recovered);
    assert_eq!(world.open, before);
    assert_eq!(world.settle(), Status::Canceled);
}
