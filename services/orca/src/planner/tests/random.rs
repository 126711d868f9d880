//! Random graphs, results and orders: it always ends, nothing starts early, and the order of answers does not matter.

use proptest::prelude::*;

use super::*;

/// Stage `n` may need any of those before it; each ends in one of a few ways.
fn graphs() -> impl Strategy<Value = Value> {
    let stage = (any::<u8>(), 0..8u8, 0..6u8);
    prop::collection::vec(stage, 1..8).prop_map(|stages| {
        let stages = stages.into_iter().enumerate().map(|(number, (needs, ending, children))| {
            let needs: Vec<String> =
                (0..number).filter(|other| needs & (1 << other) != 0).map(|n| n.to_string()).collect();
            let tasks = match ending {
                0 => json!(["TERMINAL"]),
                1 => json!(["SUCCEEDED", "ERROR"]),
                2 => json!(["SKIPPED"]),
                _ => json!(["SUCCEEDED", "SUCCEEDED"]),
            };
            let mut stage = json!({ "id": number.to_string(), "needs": needs, "tasks": tasks });
            match children {
                0 => stage["before"] = json!([{}, {"tasks": ["TERMINAL"], "failPipeline": false}]),
                1 => stage["after"] = json!([{"before": [{}]}]),
                2 => stage["onFailure"] = json!([{}]),
                3 => stage["continuePipeline"] = json!(true),
                4 => stage["failPipeline"] = json!(false),
                _ => {}
            }
            stage
        });
        Value::Array(stages.collect())
    })
}

/// Runs to the end, each time answering the action that the next number chooses.
fn run(graph: &Value, order: &[usize]) -> World {
    let mut world = World::new(graph.clone());
    let mut choices = order.iter().copied().cycle();
    let mut steps = 0;
    while !world.open.is_empty() {
        let choice = choices.next().unwrap_or(0) % world.open.len();
        world.answer(choice);
        steps += 1;
        assert!(steps < 1000, "it does not end");
    }
    world
}

fn has_halting_failure(world: &World) -> bool {
    world.statuses().values().any(|status| *status == Status::Terminal)
}

proptest! {
    #[test]
    fn it_always_ends_and_nothing_starts_before_its_requisites(
        graph in graphs(),
        order in prop::collection::vec(any::<usize>(), 1..40),
    ) {
        let world = run(&graph, &order);
        prop_assert!(world.state.is_over(), "{:?}", world.statuses());
        for stage in graph.as_array().expect("a list") {
            let id = stage["id"].as_str().expect("an id");
            if !world.log.contains(&id.to_owned()) {
                continue;
            }
            for need in stage["needs"].as_array().expect("a list").iter().filter_map(Value::as_str) {
                prop_assert!(world.status(need).is_successful(), "{id} started after {need}: {:?}", world.statuses());
                prop_assert!(world.logged(need) < world.logged(id));
            }
        }
        let unfinished = world.statuses().values().any(|status| matches!(status, Status::Running | Status::Paused));
        prop_assert!(!unfinished, "{:?}", world.statuses());
    }

    #[test]
    fn without_a_halting_failure_the_order_of_answers_does_not_matter(
        graph in graphs(),
        order in prop::collection::vec(any::<usize>(), 1..40),
    ) {
        let (first, second) = (run(&graph, &[0]), run(&graph, &order));
        prop_assert_eq!(has_halting_failure(&first), has_halting_failure(&second));
        prop_assert_eq!(first.state.head().status, second.state.head().status);
        if !has_halting_failure(&first) {
            prop_assert_eq!(first.statuses(), second.statuses());
        }
    }

    #[test]
    fn a_crash_at_any_moment_changes_nothing(
        graph in graphs(),
        crash in 0..30usize,
    ) {
        let smooth = run(&graph, &[0]);
        let mut world = World::new(graph.clone());
        for _ in 0..crash {
            if !world.open.is_empty() {
                world.answer(0);
            }
        }
        if !world.state.is_over() {
            let before = world.open.clone();
            world.open.clear();
            world.happen(Event::Recovered);
            world.open.sort_by_key(|action| before.iter().position(|other| other == action));
            prop_assert_eq!(&world.open, &before);
        }
        while !world.open.is_empty() {
            world.answer(0);
        }
        prop_assert_eq!(smooth.statuses(), world.statuses());
    }
}
