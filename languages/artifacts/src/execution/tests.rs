use serde_json::json;

use super::*;

fn stage(id: &str, ref_id: &str, requisites: &[&str], outputs: &[&str]) -> Value {
    let artifacts: Vec<_> = outputs.iter().map(|name| json!({"name": name})).collect();
    let outputs = json!({"artifacts": artifacts});
    json!({"id": id, "refId": ref_id, "requisiteStageRefIds": requisites, "context": {}, "outputs": outputs})
}

fn synthetic(id: &str, parent: &str, owner: &str) -> Value {
    let outputs = json!({"artifacts": [{"name": id}]});
    json!({"id": id, "refId": id, "parentStageId": parent, "syntheticStageOwner": owner, "outputs": outputs})
}

fn names(artifacts: Vec<Artifact>) -> Vec<String> {
    artifacts.into_iter().map(|artifact| artifact.name.unwrap()).collect()
}

fn ids<'a>(stages: Vec<&Stage<'a>>) -> Vec<&'a str> {
    stages.into_iter().map(|stage| stage.id).collect()
}

fn example() -> Value {
    json!({
        "id": "E",
        "trigger": {
            "artifacts": [{"name": "t"}],
            "resolvedExpectedArtifacts": [
                {"id": "ofTrigger", "boundArtifact": {"name": "bound"}},
                {"id": "twice", "boundArtifact": {"name": "far"}},
            ],
        },
        "stages": [
            stage("D", "4", &["2", "3"], &["d"]),
            stage("A", "1", &[], &["a1", "a2"]),
            synthetic("A-before", "A", "STAGE_BEFORE"),
            synthetic("A-after", "A", "STAGE_AFTER"),
            stage("B", "2", &["1"], &["b"]),
            stage("C", "3", &["1"], &["c"]),
            json!({"id": "X", "refId": "5", "requisiteStageRefIds": ["4"],
                "context": {"artifacts": [{"name": "x"}], "resolvedExpectedArtifacts": [
                    {"id": "twice"},
                    {"id": "e", "matchArtifact": {"artifactAccount": "m"},
                        "boundArtifact": {"name": "${n}", "metadata": {"m": 1}}},
                ]}}),
        ],
    })
}

#[test]
fn all_artifacts_are_the_last_first() {
    let json = example();
    let execution = Execution::of(&json).unwrap();
    assert_eq!(names(execution.all_artifacts().unwrap()), ["d", "c", "b", "a2", "a1", "t"]);
    assert_eq!(names(execution.all_artifacts_without("3").unwrap()), ["d", "b", "a2", "a1", "t"]);
}

#[test]
fn a_stage_has_its_own_and_those_before_it() {
    let json = example();
    let execution = Execution::of(&json).unwrap();
    let of = |ref_id| names(execution.stage_by_ref_id(ref_id).unwrap().artifacts().unwrap());
    assert_eq!(of("1"), ["a1", "a2", "t"]);
    assert_eq!(of("2"), ["b", "a1", "a2", "A-before", "A-after", "t"]);
    assert_eq!(of("5")[..5], ["x", "d", "b", "c", "a1"]);
}

#[test]
fn ancestors() {
    let json = example();
    let execution = Execution::of(&json).unwrap();
    let of = |id| ids(execution.stage_by_id(id).unwrap().ancestors());
    assert_eq!(of("D"), ["D", "B", "C", "A", "A-before", "A-after"]);
    assert_eq!(of("A-before"), ["A-before", "A"]);
    assert_eq!(of("A-after"), ["A-after", "A-before", "A"]);
}

#[test]
fn stages_that_are_each_others_parents_or_requisites_end() {
    let mut json = json!({"stages": [synthetic("A", "B", "STAGE_AFTER"), synthetic("B", "A", "STAGE_AFTER")]});
    let execution = Execution::of(&json).unwrap();
    assert!(!execution.stage_by_id("A").unwrap().ancestors().is_empty());
    json = json!({"stages": [stage("A", "1", &["2"], &[]), stage("B", "2", &["1"], &[])]});
    let execution = Execution::of(&json).unwrap();
    assert_eq!(ids(execution.stage_by_id("A").unwrap().ancestors()), ["A", "B"]);
    let error = execution.all_artifacts().unwrap_err();
    assert_eq!(error.exception(), Some("IllegalStateException"));
    assert!(error.to_string().contains("[2]->1, [1]->2"), "{error}");
}

#[test]
fn bound_artifacts_by_id() {
    let json = example();
    let execution = Execution::of(&json).unwrap();
    let stage = execution.stage_by_ref_id("5").unwrap();
    let bound = |id| stage.bound_artifact_by_id(id).unwrap();
    assert_eq!(bound("ofTrigger").unwrap().name.as_deref(), Some("bound"));
    assert_eq!(bound("e").unwrap().artifact_account.as_deref(), Some("m"));
    assert_eq!(bound("twice"), None);
    assert_eq!(bound("unknown"), None);
    assert_eq!(bound(""), None);
}

#[test]
fn expressions_of_bound_artifacts_are_evaluated() {
    let json = example();
    let execution = Execution::of(&json).unwrap();
    let stage = execution.stage_by_ref_id("5").unwrap();
    let evaluate = |mut fields: Map<String, Value>| {
        if fields.get("name") == Some(&json!("${n}")) {
            fields.insert("name".into(), json!(5));
        }
        fields.insert("expressionEvaluationSummary".into(), json!({"a": 1}));
        fields
    };
    let bound = stage.bound_artifact(Some("e"), None, evaluate).unwrap().unwrap();
    assert_eq!(bound.name.as_deref(), Some("5"));
    assert_eq!(json!(bound.metadata), json!({"m": 1, "expressionEvaluationSummary": {"a": 1}}));
    let inline = Artifact::from_value(&json!({"name": "n"})).unwrap();
    assert_eq!(stage.bound_artifact(None, Some(inline.clone()), |fields| fields).unwrap(), Some(inline.clone()));
    assert_eq!(stage.bound_artifact(Some("unknown"), Some(inline), |fields| fields).unwrap(), None);
    assert_eq!(stage.bound_artifact(None, None, |_| panic!("there is nothing")).unwrap(), None);
}

#[test]
fn what_is_no_artifact_is_refused() {
    for (outputs, exception) in [
        (json!({"artifacts": null}), "NullPointerException"),
        (json!({"artifacts": "x"}), "ClassCastException"),
        (json!({"artifacts": ["x"]}), "ClassCastException"),
        (json!({"artifacts": [{"name": {}}]}), "IllegalArgumentException"),
    ] {
        let json = json!({"stages": [{"id": "A", "refId": "1", "outputs": outputs}]});
        let error = Execution::of(&json).unwrap().all_artifacts().unwrap_err();
        assert_eq!(error.exception(), Some(exception), "{json}");
    }
    let json =
        json!({"stages": [{"id": "A", "outputs": {"artifacts": null}, "context": {"resolvedExpectedArtifacts": "x"}}]});
    let execution = Execution::of(&json).unwrap();
    let stage = execution.stage_by_id("A").unwrap();
    assert_eq!(stage.artifacts().unwrap(), []);
    assert_eq!(stage.bound_artifact_by_id("e").unwrap_err().exception(), Some("ClassCastException"));
    assert!(Execution::of(&json!({"stages": [5]})).is_err());
}

#[test]
fn the_newest_execution_started_last() {
    let of = |list: Value| {
        let executions: Vec<_> =
            list.as_array().unwrap().iter().map(|execution| Execution::of(execution).unwrap()).collect();
        newest(&executions).map(|execution| execution.id.to_owned())
    };
    assert_eq!(of(json!([])), None);
    let never = json!({"id": "Z"});
    assert_eq!(of(json!([never])).as_deref(), Some("Z"));
    let list = json!([never, {"id": "A", "startTime": 1}, {"id": "C", "startTime": 9}, {"id": "B", "startTime": 9}]);
    assert_eq!(of(list).as_deref(), Some("C"));
}
