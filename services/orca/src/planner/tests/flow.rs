//! How stages follow each other, fail, and clean up.

use super::*;

#[test]
fn a_join_starts_once_both_branches_have_ended() {
    let mut world = World::new(json!([{"id": "a"}, {"id": "b"}, {"id": "c", "needs": ["a", "b"]}]));
    assert_eq!(world.log, ["a", "b"]);
    assert_eq!(world.settle(), Status::Succeeded);
    assert!(world.logged("c") > world.logged("a/1") && world.logged("c") > world.logged("b/1"));
}

#[test]
fn an_empty_pipeline_succeeds() {
    assert_eq!(World::new(json!([])).settle(), Status::Succeeded);
}

#[test]
fn a_failed_task_ends_its_stage_and_the_execution() {
    let mut world = World::new(json!([{"id": "a", "tasks": ["TERMINAL", "SUCCEEDED"]}, {"id": "b", "needs": ["a"]}]));
    assert_eq!(world.settle(), Status::Terminal);
    assert_eq!(world.status("a"), Status::Terminal);
    assert_eq!(world.status("b"), Status::NotStarted);
    assert!(!world.log.contains(&"a/2".to_owned()));
}

#[test]
fn a_failure_cancels_what_runs_beside_it() {
    let mut world = World::new(json!([{"id": "a", "tasks": ["ERROR"]}, {"id": "b", "tasks": ["WAIT"]}]));
    assert_eq!(world.settle(), Status::Terminal);
    assert_eq!(world.status("b"), Status::Canceled);
    let exception = &world.state.at(0).stage.context["exception"];
    assert_eq!(exception["details"]["error"], "it does not work");
    assert_eq!(exception["shouldRetry"], false);
}

#[test]
fn continue_pipeline_goes_on_after_a_failure() {
    let mut world =
        World::new(json!([{"id": "a", "tasks": ["TERMINAL"], "continuePipeline": true}, {"id": "b", "needs": ["a"]}]));
    assert_eq!(world.settle(), Status::Succeeded);
    assert_eq!(world.status("a"), Status::FailedContinue);
    assert_eq!(world.status("b"), Status::Succeeded);
}

#[test]
fn a_stopped_branch_lets_the_others_end() {
    let failing = json!({"id": "a", "tasks": ["TERMINAL"], "failPipeline": false});
    let mut world = World::new(json!([failing, {"id": "b", "needs": ["a"]}, {"id": "c"}]));
    assert_eq!(world.settle(), Status::Succeeded);
    assert_eq!(world.status("a"), Status::Stopped);
    assert_eq!(world.status("b"), Status::NotStarted);
    assert_eq!(world.status("c"), Status::Succeeded);
}

#[test]
fn complete_other_branches_then_fail_fails_at_the_end() {
    let failing =
        json!({"id": "a", "tasks": ["TERMINAL"], "failPipeline": false, "completeOtherBranchesThenFail": true});
    let mut world = World::new(json!([failing, {"id": "b"}]));
    assert_eq!(world.settle(), Status::Terminal);
    assert_eq!(world.status("b"), Status::Succeeded);
}

#[test]
fn synthetic_stages_run_around_the_tasks_with_upstreams_ref_ids() {
    let mut world = World::new(json!([{"id": "1", "before": [{}, {}], "after": [{}]}]));
    assert_eq!(world.settle(), Status::Succeeded);
    assert_eq!(world.log, ["1", "1<1", "1<1/1", "1<2", "1<2/1", "1/1", "1>1", "1>1/1"]);
}

#[test]
fn synthetic_ids_are_the_same_in_a_replay() {
    let ids = || {
        let mut world = World::new(json!([{"id": "1", "before": [{}], "after": [{}]}]));
        world.settle();
        world.state.stages().iter().map(|state| state.stage.id.clone()).collect::<Vec<_>>()
    };
    assert_eq!(ids(), ids());
}

#[test]
fn a_failed_before_stage_fails_its_parent() {
    let mut world = World::new(json!([{"id": "1", "before": [{"tasks": ["TERMINAL"]}]}]));
    assert_eq!(world.settle(), Status::Terminal);
    assert_eq!(world.status("1"), Status::Terminal);
    assert!(!world.log.contains(&"1/1".to_owned()));
}

#[test]
fn on_failure_stages_clean_up_and_the_failure_stays() {
    let mut world = World::new(json!([{"id": "1", "tasks": ["TERMINAL"], "onFailure": [{}, {}]}]));
    assert_eq!(world.settle(), Status::Terminal);
    assert_eq!(world.log, ["1", "1/1", "1>1", "1>1/1", "1>2", "1>2/1"]);
    assert_eq!(world.status("1>2"), Status::Succeeded);
    assert_eq!(world.status("1"), Status::Terminal);
}

#[test]
fn a_failed_after_stage_cleans_up_once_and_fails() {
    let mut world = World::new(json!([{"id": "1", "after": [{"tasks": ["TERMINAL"]}], "onFailure": [{}]}]));
    assert_eq!(world.settle(), Status::Terminal);
    assert_eq!(world.status("1>1"), Status::Terminal);
    assert_eq!(world.status("1>2"), Status::Succeeded);
}

#[test]
fn a_stage_whose_definition_fails_is_over_with_the_reason() {
    let mut world = World::new(json!([{"id": "1", "broken": true}]));
    assert_eq!(world.settle(), Status::Terminal);
    assert!(world.state.at(0).stage.context.contains_key("exception"));
}

#[test]
fn stages_that_wait_for_each_other_end_the_execution() {
    let mut world = World::new(json!([{"id": "a", "needs": ["b"]}, {"id": "b", "needs": ["a"]}]));
    assert_eq!(world.settle(), Status::Terminal);
    assert_eq!(world.status("a"), Status::NotStarted);
}

#[test]
fn a_transient_failure_is_tried_again_later() {
    let mut world = World::new(json!([{"id": "a", "tasks": ["RETRY"]}]));
    assert_eq!(world.settle(), Status::Running);
    let due = world.state.next_due().expect("it is tried again");
    assert!(due > world.now);
    world.now = due;
    world.happen(Event::Woken);
    assert_eq!(world.log, ["a", "a/1", "a/1"]);
}

#[test]
fn a_task_is_looked_at_less_often_the_longer_it_takes() {
    let mut world = World::new(json!([{"id": "a", "tasks": ["POLL"]}]));
    let mut waits = Vec::new();
    for _ in 0..60 {
        world.settle();
        let due = world.state.next_due().expect("it is looked at again");
        waits.push(due.since(world.now).as_millis());
        world.now = due;
        world.happen(Event::Woken);
    }
    assert_eq!(waits[0], 50);
    assert!(waits.windows(2).all(|pair| pair[0] <= pair[1]), "{waits:?}");
    assert_eq!(waits[59], 5000);
}

#[test]
fn a_task_past_its_time_fails_with_the_reason() {
    let mut world = World::new(json!([{"id": "a", "tasks": ["WAIT"], "stageTimeoutMs": 60000}]));
    world.settle();
    world.now = world.state.next_due().expect("the time-out");
    assert_eq!(world.now, Timestamp::from_millis(61_000));
    world.happen(Event::Woken);
    assert_eq!(world.settle(), Status::Terminal);
    let error = world.state.at(0).stage.context["exception"]["details"]["error"].to_string();
    assert!(error.contains("stageTimeoutMs"), "{error}");
}

#[test]
fn what_was_under_way_is_asked_again_after_a_crash() {
    let mut world = World::new(json!([{"id": "a"}, {"id": "b", "tasks": ["WAIT"]}]));
    while world.open.iter().any(|action| action.stage() == "b") {
        let place = world.open.iter().position(|action| action.stage() == "b").expect("it is open");
        world.answer(place);
    }
    let lost = std::mem::take(&mut world.open);
    world.happen(Event::Recovered);
    assert_eq!(world.open, lost, "the composition of a is asked again, b goes on waiting");
    assert_eq!(world.settle(), Status::Running);
    assert_eq!(world.status("a"), Status::Succeeded);
}

#[test]
fn late_answers_change_nothing() {
    let mut world = World::new(json!([{"id": "a", "tasks": ["TERMINAL"]}, {"id": "b"}]));
    world.settle();
    let revision = world.state.revision();
    let result = Ok(TaskResult::succeeded());
    world.happen(Event::Stepped { stage: "b".into(), generation: 0, task: "1".into(), result });
    world.happen(Event::Composed { stage: "gone".into(), generation: 0, result: Err(failure()) });
    world.happen(Event::Woken);
    assert_eq!(world.state.revision(), revision);
}
