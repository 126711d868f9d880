use super::*;

fn object(value: Value) -> Object {
    value.as_object().cloned().expect("an object")
}

fn template() -> Value {
    json!({
        "schema": "v2", "id": "t", "protect": false, "metadata": {"name": "v2"},
        "variables": [
            {"name": "seconds", "type": "int", "defaultValue": 0}, {"name": "who", "type": "string"},
            {"name": "maybe", "type": "string", "nullable": true},
        ],
        "pipeline": {
            "lastModifiedBy": "a", "parameterConfig": [{"name": "color"}], "triggers": [{"type": "cron"}], "notifications": [],
            "limitConcurrent": true,
            "stages": [
                {"refId": "1", "type": "wait", "name": "w", "waitTime": "${ templateVariables.seconds }"},
                {"refId": "2", "requisiteStageRefIds": ["1"], "type": "wait", "inject": null},
            ],
        },
    })
}

fn pipeline(more: Value) -> Object {
    let mut pipeline = object(json!({
        "schema": "v2", "type": "templatedPipeline", "id": "p-1", "application": "shop", "name": "n",
        "template": {"reference": "spinnaker://t"}, "variables": {"who": "x", "other": 1}, "trigger": {"type": "manual"},
    }));
    pipeline.extend(object(more));
    pipeline
}

fn generated(template: Value, more: Value) -> Result<Object, Vec<Problem>> {
    let pipeline = pipeline(more);
    let config = Config::of(&pipeline).expect("a configuration");
    generate(&pipeline, &config, &object(template))
}

#[test]
fn a_template_becomes_a_pipeline() {
    let made = generated(template(), json!({"notifications": [{"type": "email"}]})).expect("it is made");
    assert_eq!(
        Value::Object(made),
        json!({
            "lastModifiedBy": "a", "limitConcurrent": true, "maxConcurrentExecutions": 0, "keepWaitingPipelines": false,
            "parameterConfig": [{"name": "color", "inherited": true}], "triggers": [{"type": "cron", "inherited": true}],
            "notifications": [{"type": "email"}], "id": "p-1", "application": "shop", "name": "n",
            "templateVariables": {"who": "x", "seconds": 0}, "trigger": {"type": "manual"},
            "stages": [
                {"refId": "1", "requisiteStageRefIds": [], "type": "wait", "name": "w", "notifications": [],
                 "waitTime": "${ templateVariables.seconds }"},
                {"refId": "2", "requisiteStageRefIds": ["1"], "type": "wait", "notifications": []},
            ],
        })
    );
    let made = generated(template(), json!({"exclude": ["parameters", "triggers"], "triggers": [{"type": "git"}]}));
    let made = made.expect("it is made");
    assert_eq!((&made["parameterConfig"], &made["triggers"]), (&json!([]), &json!([{"type": "git"}])));
}

#[test]
fn stages_of_the_configuration_are_put_in() {
    let stages = json!([
        {"refId": "1", "type": "noop"}, {"refId": "3", "type": "wait", "requisiteStageRefIds": ["2"]},
        {"refId": "f", "type": "wait", "inject": {"before": ["2"]}},
    ]);
    let made = generated(template(), json!({ "stages": stages })).expect("it is made");
    let shown = made["stages"].as_array().expect("a list").iter().map(|stage| {
        let id = stage["refId"].as_str().unwrap_or_default();
        format!("{id}:{}<{}", stage["type"].as_str().unwrap_or_default(), stage["requisiteStageRefIds"])
    });
    assert_eq!(shown.collect::<Vec<_>>().join(" "), r#"1:noop<[] f:wait<["1"] 2:wait<["f"] 3:wait<["2"]"#);
}

#[test]
fn what_is_wrong_is_said_as_upstream_does() {
    let cause =
        |template: Value, more: Value| generated(template, more).expect_err("it fails")[0].to_json()["cause"].clone();
    let whose = "[Pipeline Config: application='shop', name='n']";
    assert_eq!(cause(template(), json!({"variables": {}})), format!("{whose} Missing variable values for: who"));
    assert_eq!(
        cause(template(), json!({"variables": {"who": "x", "seconds": "many"}})),
        format!("{whose} Incorrectly defined variable(s): seconds (expected type 'int' found type 'String')")
    );
    let mut other = template();
    other["schema"] = "1".into();
    let problems = generated(other, json!({})).expect_err("it fails");
    assert!(problems[0].message.as_deref().is_some_and(|message| message.contains("expected 'v2', got '1'")));
}

#[test]
fn variables_are_evaluated_before() {
    let mut template = object(template());
    let evaluated = variables(&template);
    assert_eq!(evaluated.iter().map(Option::is_some).collect::<Vec<_>>(), [true, true, false]);
    put_variables(&mut template, vec![Some(object(json!({"name": "seconds", "defaultValue": 9}))), None, None]);
    assert_eq!(template["variables"][0]["defaultValue"], 9);
    assert_eq!(template["variables"][1]["name"], "who");
    let pipeline = pipeline(json!({}));
    let config = Config::of(&pipeline).expect("a configuration");
    let scope = scope(&config, Some(&template), &Object::new());
    assert_eq!((&scope["seconds"], &scope["who"], &scope["maybe"]), (&json!(9), &json!("x"), &json!(null)));
}
