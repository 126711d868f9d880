//! A version that does not work: the old one keeps serving, the pipeline says why, and the failed server group is left or removed
//! as configured.

use gennaker_harness::delivery::Version;
use serde_json::{Value, json};

use super::{
    all,
    journey::{Group, Journey, SIZE, end_after_crashes, group_name, merge, version},
};

/// What is wrong with a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// Its health check always says no.
    NeverHealthy,
    /// Its health check never answers.
    Hanging,
    /// It is healthy, and ends by itself before the old one is to go.
    Crashing,
}

/// A deployment of a version that does not work.
struct Case {
    fault: Fault,
    settings: Value,
    /// Whether the failed server group is to be removed.
    removed: bool,
}

fn cases() -> Vec<Case> {
    let case = |fault, strategy: &str, removed| {
        let rollback = json!({ "onFailure": removed, "destroyLatest": removed });
        Case { fault, settings: json!({ "strategy": strategy, "rollback": rollback }), removed }
    };
    let few = vec![
        case(Fault::NeverHealthy, "redblack", true),
        case(Fault::Crashing, "redblack", false),
        case(Fault::Hanging, "rollingredblack", true),
    ];
    if !all() {
        return few;
    }
    let mut cases = Vec::new();
    for strategy in ["redblack", "rollingredblack", "highlander", "none"] {
        for fault in [Fault::NeverHealthy, Fault::Hanging, Fault::Crashing] {
            // These two replace, or leave, the old one as soon as the new one is healthy.
            let is_too_late = fault == Fault::Crashing && matches!(strategy, "highlander" | "none");
            if !is_too_late {
                cases.extend([case(fault, strategy, true), case(fault, strategy, false)]);
            }
        }
    }
    cases
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_version_that_does_not_work_leaves_the_old_one_serving() {
    let journey = Journey::start([]).await;
    for (place, case) in cases().into_iter().enumerate() {
        let strategy = case.settings["strategy"].clone();
        let what = format!("{:?} by {strategy}, the failed one removed: {}", case.fault, case.removed);
        let mut settings = case.settings.clone();
        let (broken, stage) = broken(case.fault, &format!("broken {place}"));
        merge(&mut settings, broken);
        merge(&mut settings, json!({ "targetPercentages": [50, 100] }));
        let failing = Version { startup: std::time::Duration::ZERO, ..version(&format!("broken {place}")) };
        let id = journey.deploy(&failing, settings, stage).await;
        let ended = journey.ended(&id).await;
        assert_eq!(ended.status(), "TERMINAL", "{what}: {ended}");
        let reasons = ended.failures().join("\n");
        let (reason, line) = match case.fault {
            Fault::NeverHealthy | Fault::Hanging => ("in time", format!("greeter broken {place} listens")),
            Fault::Crashing => ("keeps its traffic", "as it was told to".to_owned()),
        };
        assert!(reasons.contains(reason), "{what}: no {reason:?} in {reasons}");
        assert!(reasons.contains(&line), "{what}: no {line:?} in {reasons}");
        let groups = journey.groups().await;
        let old = Group { name: group_name(0), enabled: true, desired: u64::from(SIZE), instances: SIZE as usize };
        assert_eq!(groups[0], old, "{what}: {ended}");
        assert_eq!(groups.len(), if case.removed { 1 } else { 2 }, "{what}: {groups:?} after {ended}");
        journey.until_answered_by("1").await;
        for group in &groups[1..] {
            journey.destroy(&group.name).await;
        }
        journey.check_processes(&what).await;
        eprintln!("{what}: done");
    }
    let report = end_after_crashes(journey).await;
    let crashed = report.versions.keys().filter(|version| *version != "1").count();
    assert!(report.answered_by("1") > 0 && crashed <= cases().len(), "{report}");
}

/// The settings of the server group, and of the stage, for a version with that fault.
fn broken(fault: Fault, name: &str) -> (Value, Value) {
    let environment =
        |variable: &str, value: &str| json!({ "environment": { variable: value, "GREETER_VERSION": name } });
    match fault {
        Fault::NeverHealthy => (environment("GREETER_NEVER_HEALTHY", "true"), json!({ "stageTimeoutMs": 4000 })),
        Fault::Hanging => (environment("GREETER_HANGING_HEALTH", "true"), json!({ "stageTimeoutMs": 4000 })),
        Fault::Crashing => {
            let mut settings = environment("GREETER_CRASH_AFTER_MS", "3000");
            merge(&mut settings, json!({ "delayBeforeCleanup": 6 }));
            (settings, json!({}))
        }
    }
}
