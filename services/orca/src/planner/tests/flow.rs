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
fn a_pipeline_without_a_first_stage_fails_without_having_started() {
    for stages in [json!([]), json!([{"id": "a", "needs": ["a"]}])] {
        let world = World::new(stages);
        let head = world.state.head();
        assert_eq!((head.status, head.start_time, head.end_time), (Status::Terminal, None, None));
    }
}

#[test]
fn a_requisite_that_is_not_there_is_not_waited_for() {
    let mut world = World::new(json!([{"id": "a"}, {"id": "b", "needs": ["a", "nope"]}]));
    assert_eq!(world.settle(), Status::Succeeded);
    assert!(world.logged("b") > world.logged("a/1"));
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
fn after_a_synthetic_stage_that_failed_no_other_starts_even_if_the_pipeline_goes_on() {
    let failing = json!({"tasks": ["TERMINAL"], "continuePipeline": true});
    let mut world =
        World::new(json!([{"id": "1", "before": [failing, {}], "after": [{}]}, {"id": "2", "needs": ["1"]}]));
    assert_eq!(world.settle(), Status::Succeeded);
    assert_eq!(world.status("1"), Status::FailedContinue);
    assert_eq!(world.log, ["1", "1<1", "1<1/1", "1>1", "1>1/1", "2", "2/1"]);

    let failing = json!({"tasks": ["TERMINAL"], "continuePipeline": true});
    let mut world = World::new(json!([{"id": "1", "after": [failing, {}]}]));
    assert_eq!(world.settle(), Status::Succeeded);
    assert_eq!(world.status("1>2"), Status::NotStarted);
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
    let mut world = World::new(json!([{"id": "a", "needs": ["b"]}, {"id": "b", "needs": ["a"]}, {"id": "c"}]));
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
fn what_follows_a_time_out_has_a_time_of_its_own() {
    let child = json!({"tasks": ["WAIT"], "stageTimeoutMs": 1_800_000});
    let stage = json!([{"id": "a", "tasks": ["WAIT"], "stageTimeoutMs": 1000, "onFailure": [child]}]);
    let mut world = World::new(stage);
    world.settle();
    world.now = world.state.next_due().expect("the time-out");
    world.happen(Event::Woken);
    world.settle();
    assert_eq!(world.state.next_due(), Some(world.now.after(std::time::Duration::from_secs(1800))));
}

#[test]
fn a_time_out_is_named_as_upstream_does_and_may_be_a_success() {
    for (mark, status) in [(json!(false), Status::Terminal), (json!(true), Status::Succeeded)] {
        let mut world = World::new(
            json!([{"id": "a", "tasks": ["WAIT"], "stageTimeoutMs": 1000, "markSuccessfulOnTimeout": mark}]),
        );
        world.settle();
        world.now = world.state.next_due().expect("the time-out");
        world.happen(Event::Woken);
        assert_eq!(world.settle(), status);
        let exception = world.state.at(0).stage.context.get("exception");
        let kind = exception.map(|exception| exception["exceptionType"].clone());
        assert_eq!(kind, (status == Status::Terminal).then(|| json!("TimeoutException")));
    }
}

#[test]
fn a_definition_that_fails_transiently_is_asked_again_later_but_not_for_ever() {
    let mut world = World::new(json!([{"id": "a"}]));
    let mut failed = 0;
    while world.open == [Action::Compose { stage: "a".into() }] {
        world.open.clear();
        failed += 1;
        let away = TaskError::new(Kind::Unavailable, "Test", "away");
        world.happen(Event::Composed { stage: "a".into(), generation: 0, evaluated: None, result: Err(away) });
        if let Some(due) = world.state.next_due() {
            assert!(due > world.now && !world.state.is_busy());
            world.happen(Event::Recovered);
            assert!(world.open.is_empty(), "a new owner waits for the time too");
            world.now = due;
            world.happen(Event::Woken);
        }
    }
    assert_eq!(failed, 41);
    assert_eq!(world.state.at(0).stage.context["beforeStagePlanningFailed"], true);
    assert_eq!(world.settle(), Status::Terminal);
}

#[test]
fn a_thousand_stages_in_a_row_are_planned_at_once() {
    let stages = (0..1000).map(|number: u32| {
        let needs = number.checked_sub(1).map(|before| before.to_string());
        json!({"id": number.to_string(), "needs": needs.into_iter().collect::<Vec<_>>()})
    });
    let mut world = World::new(Value::Array(stages.collect()));
    assert_eq!(world.settle(), Status::Succeeded);
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
    world.happen(Event::Stepped {
        stage: "b".into(),
        generation: 0,
        task: "1".into(),
        evaluated: Object::new(),
        result,
    });
    world.happen(Event::Composed { stage: "gone".into(), generation: 0, evaluated: None, result: Err(failure()) });
    world.happen(Event::Woken);
    assert_eq!(world.state.revision(), revision);
}

#[test]
fn failed_expressions_end_a_stage_as_it_asks_and_are_named() {
    let summary = || json!({"a.b": [{"description": "no a"}], "c": [{"description": "no c"}]});
    for (flag, status) in [(true, Status::Terminal), (false, Status::Succeeded)] {
        let mut world = World::new(json!([{"id": "a"}, {"id": "b", "needs": ["a"]}]));
        world.open.clear();
        let evaluated = object(json!({
            "failOnFailedExpressions": flag, "failPipeline": false, "expressionEvaluationSummary": summary(),
        }));
        let composition = Composition { tasks: vec![TaskTemplate::new("t", "c")], ..Composition::default() };
        let (stage, result) = ("a".to_owned(), Ok(composition));
        world.happen(Event::Composed { stage, generation: 0, evaluated: Some(evaluated), result });
        assert_eq!(world.settle(), status);
        let stage = &world.state.at(0).stage;
        assert_eq!((stage.status, stage.tasks[0].status), (status, Status::Succeeded));
        let details = &stage.context["exception"]["details"];
        assert_eq!(*details, json!({"error": "Failed Expression Evaluation", "errors": ["no a", "no c"]}));
    }
}

#[test]
fn what_was_evaluated_is_kept_when_the_stage_cannot_be_composed() {
    let mut world = World::new(json!([{"id": "a"}]));
    world.open.clear();
    let evaluated = object(json!({
        "size": 2, "continuePipeline": true, "expressionEvaluationSummary": {"x": [{"description": "no x"}]},
    }));
    let result = Err(failure());
    world.happen(Event::Composed { stage: "a".into(), generation: 0, evaluated: Some(evaluated), result });
    assert_eq!(world.settle(), Status::Succeeded);
    let stage = &world.state.at(0).stage;
    assert_eq!((stage.status, &stage.context["size"]), (Status::FailedContinue, &json!(2)));
    let errors = stage.context["exception"]["details"]["errors"].as_array().expect("errors");
    assert_eq!((errors.len(), errors.last()), (2, Some(&json!("no x"))), "its own, then the expression's");
}

#[test]
fn a_stage_that_is_left_out_never_started_and_lets_the_next_one_start() {
    let mut world = World::new(json!([{"id": "a"}, {"id": "b", "needs": ["a"]}]));
    world.open.clear();
    world.happen(Event::Skipped { stage: "a".into(), generation: 0 });
    let stage = world.state.at(0).stage.clone();
    assert_eq!((stage.status, stage.start_time, stage.end_time.is_some()), (Status::Skipped, None, true));
    assert_eq!(world.settle(), Status::Succeeded);
    world.happen(Event::Skipped { stage: "b".into(), generation: 0 });
    assert_eq!(world.state.at(1).stage.status, Status::Succeeded, "it came too late");
}

#[test]
fn what_was_evaluated_after_a_task_does_not_undo_a_change_from_outside() {
    for changed in [false, true] {
        let mut world = World::new(json!([{"id": "a"}]));
        world.answer(0);
        if changed {
            world.signal(Signal::Patch {
                user: "ann".into(),
                allowed_accounts: vec![],
                stage: "a".into(),
                context: object(json!({"note": "mine"})),
            });
        }
        world.open.clear();
        let (stage, task, result) = ("a".to_owned(), "1".to_owned(), Ok(TaskResult::succeeded()));
        let evaluated = object(json!({"note": "evaluated"}));
        world.happen(Event::Stepped { stage, generation: 0, task, evaluated, result });
        let expected = if changed { "mine" } else { "evaluated" };
        assert_eq!(world.state.at(0).stage.context["note"], expected);
    }
}
