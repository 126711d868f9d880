//! Strategies that leave, disable or destroy what runs: none, `highlander`, `redblack`.

use serde_json::{Value, json};

use super::{after, base, object, settings, tree};

#[test]
fn without_a_strategy_nothing_follows() {
    for own in [json!({}), json!({"strategy": ""}), json!({"strategy": "none"})] {
        assert_eq!(after(settings(own)), []);
    }
}

#[test]
fn highlander_destroys_all_others() {
    let own = json!({"strategy": "highlander", "moniker": {"app": "shop", "cluster": "shop-web"}});
    let context = base(json!({
        "moniker": {"app": "shop", "cluster": "shop-web"},
        "shrinkToSize": 1, "allowDeleteActive": true, "retainLargerOverNewer": false,
    }));
    assert_eq!(after(settings(own)), tree([("shrinkCluster", "shrinkCluster", context)]));
}

#[test]
fn red_black_disables_the_others() {
    let disable = base(json!({"remainingEnabledServerGroups": 1, "preferLargerOverNewer": false}));
    let expected = tree([("disableCluster", "disableCluster", disable)]);
    assert_eq!(after(settings(json!({"strategy": "redblack"}))), expected);
    assert_eq!(after(settings(json!({"strategy": "RedBlack"}))), expected);
    assert_eq!(after(settings(json!({"strategy": "redblack", "source": {}}))), [], "nothing was replaced");
}

#[test]
fn red_black_does_all_that_it_is_asked_for_in_order() {
    let own = json!({
        "strategy": "redblack", "maxRemainingAsgs": 2, "allowDeleteActive": true, "delayBeforeDisableSec": 5,
        "scaleDown": true, "delayBeforeScaleDownSec": "7", "interestingHealthProviderNames": ["LoadBalancer"],
    });
    let with_health = |own: Value| {
        let mut context = object(base(own));
        context.insert("interestingHealthProviderNames".into(), json!(["LoadBalancer"]));
        Value::Object(context)
    };
    let expected = tree([
        (
            "shrinkCluster",
            "shrinkCluster",
            with_health(json!({"shrinkToSize": 2, "allowDeleteActive": true, "retainLargerOverNewer": false})),
        ),
        ("wait", "Wait Before Disable", json!({"waitTime": 5})),
        (
            "disableCluster",
            "disableCluster",
            with_health(json!({"remainingEnabledServerGroups": 1, "preferLargerOverNewer": false})),
        ),
        ("wait", "Wait Before Scale Down", json!({"waitTime": 7})),
        (
            "scaleDownCluster",
            "scaleDown",
            with_health(json!({
                "allowScaleDownActive": false, "remainingFullSizeServerGroups": 1, "preferLargerOverNewer": false,
            })),
        ),
    ]);
    assert_eq!(after(settings(own)), expected);
    let both = json!({"strategy": "redblack", "delayBeforeDisableSec": 5, "delayBeforeCleanup": 9});
    assert_eq!(after(settings(both))[0].2, json!({"waitTime": 9}), "the newer name goes first");
}

#[test]
fn a_namespace_goes_before_a_region() {
    let stages = after(settings(json!({"strategy": "highlander", "namespace": "n"})));
    assert_eq!((&stages[0].2["namespace"], &stages[0].2["region"]), (&json!("n"), &Value::Null));
    let mut zones = settings(json!({"strategy": "highlander", "availabilityZones": {"east": ["east-a"]}}));
    zones.shift_remove("region");
    assert_eq!(after(zones)[0].2["region"], "east");
}
