//! Random graphs, results, orders and commands: it always ends, nothing starts early, the order of answers does not matter, and
//! what is recorded makes the same execution again.

use proptest::{prelude::*, strategy::ValueTree as _, test_runner::TestRunner};

use super::{super::replay::replay, *};

/// Stage `n` may need any of those before it; each ends in one of a few ways.
fn graphs() -> impl Strategy<Value = Value> {
    let stage = (any::<u8>(), 0..10u8, 0..10u8, 0..6u8);
    prop::collection::vec(stage, 1..8).prop_map(|stages| {
        let stages = stages.into_iter().enumerate().map(|(number, (needs, ending, children, undoing))| {
            let needs: Vec<String> =
                (0..number).filter(|other| needs & (1 << other) != 0).map(|n| n.to_string()).collect();
            let tasks = match ending {
                0 => json!(["TERMINAL"]),
                1 => json!(["SUCCEEDED", "ERROR"]),
                2 => json!(["SKIPPED"]),
                3 => json!(["POLL"]),
                4 => json!(["CANCELED"]),
                _ => json!(["SUCCEEDED", "SUCCEEDED"]),
            };
            let mut stage = json!({ "id": number.to_string(), "needs": needs, "tasks": tasks });
            match children {
                0 => stage["before"] = json!([{}, {"tasks": ["TERMINAL"], "failPipeline": false}]),
                1 => stage["after"] = json!([{"before": [{}]}]),
                2 => stage["onFailure"] = json!([{}]),
                3 => stage["continuePipeline"] = json!(true),
                4 => stage["failPipeline"] = json!(false),
                5 => stage["after"] = json!([{"tasks": ["TERMINAL"]}]),
                6 => stage["before"] = json!([{"tasks": ["TERMINAL"], "continuePipeline": true}, {}]),
                7 => stage["broken"] = json!(true),
                8 => (stage["broken"], stage["continuePipeline"]) = (json!(true), json!(true)),
                _ => {}
            }
            match undoing {
                0 => stage["cleansUp"] = json!(true),
                1 => stage["tasksCleanUp"] = json!(true),
                2 => (stage["cleansUp"], stage["cleanUp"]) = (json!(true), json!("ERROR")),
                _ => {}
            }
            stage
        });
        Value::Array(stages.collect())
    })
}

/// A command at some moment, to a stage by its number among those that there are.
#[derive(Debug, Clone)]
enum Command {
    Cancel,
    Force,
    Pause,
    Resume,
    Restart(usize),
    Skip(usize),
    /// The node dies, and another one goes on.
    Crash,
}

fn commands() -> impl Strategy<Value = Vec<(usize, Command)>> {
    let command = prop_oneof![
        1 => Just(Command::Cancel),
        1 => Just(Command::Force),
        2 => Just(Command::Pause),
        2 => Just(Command::Resume),
        4 => (0..20usize).prop_map(Command::Restart),
        2 => (0..20usize).prop_map(Command::Skip),
        2 => Just(Command::Crash),
    ];
    prop::collection::vec((0..40usize, command), 0..6)
}

fn orders() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(any::<usize>(), 1..40)
}

/// Runs to the end, each time answering the action that the next number chooses, with commands before the answers of those
/// numbers. What is left of the commands comes after the end.
fn run(graph: &Value, order: &[usize], commands: &[(usize, Command)]) -> World {
    let mut world = World::new(graph.clone());
    let mut choices = order.iter().copied().cycle();
    let mut commands: Vec<_> = commands.to_vec();
    for step in 0..2000 {
        while let Some(place) = commands.iter().position(|(at, _)| *at <= step || world.open.is_empty()) {
            let (_, command) = commands.remove(place);
            carry_out(&mut world, &command);
        }
        if world.state.head().status == Status::Paused && world.open.is_empty() {
            carry_out(&mut world, &Command::Resume);
        } else if !world.open.is_empty() {
            let choice = choices.next().unwrap_or(0) % world.open.len();
            world.answer(choice);
        } else if let Some(due) = world.state.next_due() {
            // What is polled succeeds now.
            world.now = world.now.max(due);
            world.finish_polls();
            world.happen(Event::Woken);
        } else {
            return world;
        }
    }
    panic!("it does not end: {:?}", world.statuses());
}

fn carry_out(world: &mut World, command: &Command) {
    let user = || "ann".to_owned();
    let stage = |number: &usize| world.state.at(number % world.state.stages().len()).stage.id.clone();
    match command {
        Command::Cancel => world.signal(Signal::Cancel { user: user(), reason: None, force: false }),
        Command::Force => world.signal(Signal::Cancel { user: user(), reason: None, force: true }),
        Command::Pause => world.signal(Signal::Pause { user: user() }),
        Command::Resume => world.signal(Signal::Resume { user: user() }),
        Command::Restart(number) => {
            let stage = stage(number);
            let (context, prepared) = (Object::new(), BTreeMap::new());
            world.signal(Signal::Restart { user: user(), stage, context, prepared });
        }
        Command::Skip(number) => {
            let context = object(json!({"manualSkip": true}));
            let stage = stage(number);
            world.signal(Signal::Patch { user: user(), allowed_accounts: vec![], stage, context });
        }
        Command::Crash => {
            let before = std::mem::take(&mut world.open);
            world.happen(Event::Recovered);
            world.open.sort_by_key(|action| before.iter().position(|other| other == action));
            if world.state.head().status == Status::Running {
                assert_eq!(world.open, before, "what was under way is asked again");
            }
        }
    }
}

/// Many random executions with commands, always the same ones.
pub(super) fn many() {
    let mut runner = TestRunner::deterministic();
    for _ in 0..2000 {
        let drawn = (graphs(), orders(), commands()).new_tree(&mut runner).expect("a tree");
        let (graph, order, commands) = drawn.current();
        run(&graph, &order, &commands);
    }
}

fn has_halting_failure(world: &World) -> bool {
    world.statuses().values().any(|status| matches!(status, Status::Terminal | Status::Canceled))
}

proptest! {
    #[test]
    fn it_always_ends_and_nothing_starts_before_its_requisites(graph in graphs(), order in orders()) {
        let world = run(&graph, &order, &[]);
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
    }

    #[test]
    fn whatever_is_commanded_it_ends_and_nothing_is_left_under_way(
        graph in graphs(), order in orders(), commands in commands(),
    ) {
        let world = run(&graph, &order, &commands);
        prop_assert!(world.state.is_over(), "{:?} {:?}", world.state.head().status, world.statuses());
        let under_way = world.statuses().values().any(|status| matches!(status, Status::Running | Status::Paused));
        prop_assert!(!under_way, "{:?}", world.statuses());
        let tasks = world.state.stages().iter().flat_map(|state| &state.stage.tasks);
        prop_assert!(tasks.into_iter().all(|task| task.status != Status::Running));
    }

    #[test]
    fn what_is_recorded_makes_the_same_execution_again(
        graph in graphs(), order in orders(), commands in commands(),
    ) {
        let world = run(&graph, &order, &commands);
        let replayed = replay(world.state.head(), &world.recorded, None).expect("it is recorded from its start");
        prop_assert_eq!(replayed.state.to_execution(), world.state.to_execution());
    }

    #[test]
    fn without_a_halting_failure_the_order_of_answers_does_not_matter(graph in graphs(), order in orders()) {
        let (first, second) = (run(&graph, &[0], &[]), run(&graph, &order, &[]));
        prop_assert_eq!(has_halting_failure(&first), has_halting_failure(&second));
        if !has_halting_failure(&first) {
            prop_assert_eq!(first.state.head().status, second.state.head().status);
            prop_assert_eq!(first.statuses(), second.statuses());
        }
    }

    #[test]
    fn a_crash_at_any_moment_changes_nothing(graph in graphs(), crash in 0..30usize) {
        let smooth = run(&graph, &[0], &[]);
        let world = run(&graph, &[0], &[(crash, Command::Crash)]);
        prop_assert_eq!(smooth.statuses(), world.statuses());
    }
}
