use std::sync::Arc;

use gennaker_wire::{Execution, Stage, SyntheticOwner};

use super::*;

fn object(value: Value) -> Object {
    value.as_object().cloned().expect("an object")
}

fn view(stages: Vec<Stage>, execution: Execution) -> StageView {
    let stages: Vec<_> = stages.into_iter().map(Arc::new).collect();
    let stage = stages.last().expect("a stage").clone();
    StageView { execution: Arc::new(execution), stages: stages.into(), stage }
}

#[test]
fn a_place_is_read_in_upstreams_order() {
    let found = |context: Value| {
        let found = locations(&object(context)).into_iter();
        found.map(|location| format!("{} {}", location.kind.singular(), location.value)).collect::<Vec<_>>()
    };
    for (context, expected) in [
        (json!({"region": "a", "regions": ["b"]}), vec!["region a"]),
        (json!({"regions": ["b", "c"], "namespaces": ["n"]}), vec!["region b", "region c"]),
        (json!({"namespace": "n"}), vec!["namespace n"]),
        (json!({"zones": ["z"]}), vec!["zone z"]),
        (json!({"regions": []}), vec![]),
    ] {
        assert_eq!(found(context.clone()), expected, "{context}");
    }
}

#[test]
fn a_word_gets_a_stage_that_finds_it_out_and_one_for_each_place() {
    let settings = object(json!({"regions": ["b", "c"], "target": "oldest_asg_dynamic", "cluster": "shop"}));
    let places = locations(&settings);
    let (own, stages) = dynamic_targets("destroyServerGroup", settings, &places, LocationKind::Region);
    assert_eq!(Value::Object(own), json!({"target": "oldest_asg_dynamic", "cluster": "shop"}));
    let kinds: Vec<_> = stages.iter().map(|stage| stage.kind.as_str()).collect();
    assert_eq!(kinds, [DETERMINE, "destroyServerGroup", "destroyServerGroup"]);
    assert_eq!(stages[0].context["regions"], json!(["b", "c"]));
    assert_eq!(stages[2].context["region"], "c");
    assert_eq!(stages[2].context["targetLocation"], json!({"type": "REGION", "value": "c"}));
    assert!(stages.iter().all(|stage| stage.after_previous));
}

#[test]
fn what_was_found_before_is_acted_on() {
    let references = json!([
        {"name": "shop-v001", "region": "a"},
        {"name": "shop-v002", "region": "b", "moniker": {"app": "shop", "cluster": "shop"}},
    ]);
    let determine = Stage {
        id: "D".into(),
        ref_id: Some("D".into()),
        kind: DETERMINE.into(),
        context: object(json!({ REFERENCES: references })),
        parent_stage_id: Some("P".into()),
        synthetic_stage_owner: Some(SyntheticOwner::StageBefore),
        ..Stage::default()
    };
    let in_place = |place: &str| Stage {
        id: "S".into(),
        requisite_stage_ref_ids: ["D".to_owned()].into_iter().collect(),
        context: object(json!({
            "target": "current_asg_dynamic", "region": place, "targetLocation": {"type": "REGION", "value": place},
        })),
        ..determine.clone()
    };
    let found = |place: &str| {
        let stage = Stage { kind: "disableServerGroup".into(), ref_id: Some("S".into()), ..in_place(place) };
        target(&view(vec![determine.clone(), stage], Execution::default()))
    };
    assert_eq!(found("b").expect("a target").name, "shop-v002");
    assert_eq!(found("a").expect("a target").moniker.app.as_deref(), Some("shop"));
    assert_eq!(found("c").expect_err("nothing is there").kind, Kind::NotFound);
}

#[test]
fn a_strategy_pipeline_acts_where_its_deployment_does() {
    let trigger = object(json!({"parameters": {
        "strategy": true, "cluster": "shop-web", "credentials": "local", "cloudProvider": "local", "region": "here",
    }}));
    let stage = Stage { context: object(json!({"target": "current_asg_dynamic"})), ..Stage::default() };
    let execution = Execution { trigger, kind: ExecutionKind::Pipeline, ..Execution::default() };
    let settings = with_strategy_parameters(&view(vec![stage.clone()], execution));
    assert_eq!((settings["cluster"].as_str(), &settings["regions"]), (Some("shop-web"), &json!(["here"])));
    let settings = with_strategy_parameters(&view(vec![stage.clone()], Execution::default()));
    assert_eq!(settings, stage.context);
}
