//! Each strategy takes over from the version before.

use serde_json::{Value, json};

use super::{
    all,
    journey::{Group, Journey, SIZE, group_name, version},
};

/// A way to deploy, and what it leaves of the version before.
struct Takeover {
    name: &'static str,
    settings: Value,
    leaves: Leaves,
}

/// What is left of the version before.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Leaves {
    /// It serves on.
    Serving,
    /// It is out of traffic, with its instances.
    Disabled,
    /// It is out of traffic, without instances.
    Empty,
    /// Nothing, and nothing of those before it.
    Nothing,
}

/// Those that show most come first: they run always.
fn takeovers() -> Vec<Takeover> {
    let takeover = |name, settings, leaves| Takeover { name, settings, leaves };
    let mut takeovers = vec![
        takeover("red/black", json!({ "strategy": "redblack" }), Leaves::Disabled),
        takeover(
            "rolling red/black",
            json!({ "strategy": "rollingredblack", "targetPercentages": [50, 100] }),
            Leaves::Disabled,
        ),
        takeover("highlander", json!({ "strategy": "highlander" }), Leaves::Nothing),
    ];
    if all() {
        let whole = json!({
            "strategy": "redblack", "maxRemainingAsgs": 2, "delayBeforeDisableSec": 1, "scaleDown": true,
            "delayBeforeScaleDownSec": 1,
        });
        takeovers.extend([
            takeover("red/black with all that it has", whole, Leaves::Empty),
            takeover("none", json!({ "strategy": "none" }), Leaves::Serving),
            takeover("highlander over several", json!({ "strategy": "highlander" }), Leaves::Nothing),
            takeover(
                "rolling red/black that scales down",
                json!({
                    "strategy": "rollingredblack", "targetPercentages": [25, 75], "scaleDown": true,
                    "delayBeforeCleanup": 1,
                }),
                Leaves::Empty,
            ),
            takeover(
                "red/black with the size of the one before",
                json!({ "strategy": "redblack", "useSourceCapacity": true }),
                Leaves::Disabled,
            ),
        ]);
    }
    takeovers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_strategy_takes_over_and_no_request_fails() {
    let journey = Journey::start([]).await;
    for (place, takeover) in takeovers().into_iter().enumerate() {
        let number = place + 1;
        let name = (number + 1).to_string();
        let before = journey.groups().await;
        let id = journey.deploy(&version(&name), takeover.settings, json!({})).await;
        let ended = journey.succeeded(&id, takeover.name).await;
        journey.until_answered_by(&name).await;
        let groups = journey.groups().await;
        let what = format!("{}: {groups:?} after {ended}", takeover.name);
        let new = groups.last().expect("the new one");
        let whole =
            Group { name: group_name(number), enabled: true, desired: u64::from(SIZE), instances: SIZE as usize };
        assert_eq!(*new, whole, "{what}");
        let old = groups.iter().find(|group| group.name == group_name(number - 1));
        match takeover.leaves {
            Leaves::Nothing => assert_eq!(groups.len(), 1, "{what}"),
            Leaves::Serving => assert!(old.is_some_and(|old| old.enabled && old.instances > 0), "{what}"),
            Leaves::Disabled => assert!(old.is_some_and(|old| !old.enabled && old.instances > 0), "{what}"),
            Leaves::Empty => assert!(old.is_some_and(|old| !old.enabled && old.instances == 0), "{what}"),
        }
        assert!(groups.len() <= before.len() + 1, "{what}");
        journey.check_processes(takeover.name).await;
        eprintln!("{}: done", takeover.name);
    }
    journey.end().await;
}
