use serde_json::json;

use super::*;
use crate::Question;

fn object(value: Value) -> Object {
    value.as_object().cloned().expect("an object")
}

/// Two stages and two variables.
fn simple() -> Value {
    json!({
        "schema": "1", "id": "t1", "metadata": {"name": "t"},
        "variables": [{"name": "seconds", "type": "int", "defaultValue": 0}, {"name": "who", "type": "string"}],
        "stages": [
            {"id": "w", "type": "wait", "name": "wait for {{ who }}", "config": {"waitTime": "{{ seconds }}"}},
            {"id": "e", "type": "evaluateVariables", "dependsOn": ["w"],
             "config": {"variables": [{"key": "who", "value": "{{ who }}"}]}},
        ],
    })
}

fn answers(templates: &[(&str, Value)]) -> Arc<Answers> {
    let mut answers = Answers::default();
    for (source, template) in templates {
        answers.add(Question::Template((*source).to_owned()), Ok(template.clone()));
    }
    Arc::new(answers)
}

fn pipeline(config: Value) -> Object {
    let mut config = config;
    config["schema"] = "1".into();
    if config["pipeline"].is_null() {
        config["pipeline"] = json!({"variables": {"who": "x"}});
    }
    config["pipeline"]["application"] = "shop".into();
    config["pipeline"]["name"] = "n".into();
    if config["pipeline"]["template"].is_null() {
        config["pipeline"]["template"] = json!({"source": "http://here/t.json"});
    }
    object(json!({"type": "templatedPipeline", "id": "p-1", "config": config, "trigger": {"type": "manual"}}))
}

fn expanded(template: Value, config: Value) -> Result<Object, Vec<Problem>> {
    let mut count = 0;
    let mut id = || {
        count += 1;
        format!("id-{count}")
    };
    expand(&pipeline(config), &answers(&[("http://here/t.json", template)]), &mut id)
}

fn graph(made: &Object) -> String {
    let stages = made["stages"].as_array().expect("stages");
    let one = |stage: &Value| {
        let after: Vec<_> =
            stage["requisiteStageRefIds"].as_array().expect("a list").iter().map(crate::java::text).collect();
        format!("{}<{}", stage["refId"].as_str().expect("a text"), after.join(","))
    };
    stages.iter().map(one).collect::<Vec<_>>().join(" ")
}

fn first_problem(template: Value, config: Value) -> Value {
    expanded(template, config).expect_err("it fails")[0].to_json()
}

#[test]
fn a_template_becomes_a_pipeline() {
    let made = expanded(simple(), json!({})).expect("it expands");
    assert_eq!(graph(&made), "e<w w<".split(' ').rev().collect::<Vec<_>>().join(" "));
    let expected = json!({
        "id": "p-1", "application": "shop", "name": "n",
        "source": {"id": "http://here/t.json", "type": "templatedPipeline", "version": "v1"},
        "limitConcurrent": true, "maxConcurrentExecutions": 0, "keepWaitingPipelines": false,
        "notifications": [], "parameterConfig": [], "triggers": [], "expectedArtifacts": [],
        "stages": [
            {"id": "id-1", "refId": "w", "type": "wait", "name": "wait for x", "requisiteStageRefIds": [], "waitTime": 0},
            {"id": "id-2", "refId": "e", "type": "evaluateVariables", "name": "e", "requisiteStageRefIds": ["w"],
             "variables": [{"key": "who", "value": "x"}]},
        ],
        "trigger": {"type": "manual"},
    });
    assert_eq!(Value::Object(made), expected);
}

#[test]
fn stages_are_injected_replaced_and_added() {
    let stages = json!([
        {"id": "i", "type": "wait", "inject": {"after": ["w"]}, "config": {"waitTime": 0}},
        {"id": "f", "type": "wait", "inject": {"first": true}, "config": {"waitTime": 0}},
        {"id": "l", "type": "wait", "inject": {"last": true}, "config": {"waitTime": 0}},
    ]);
    let made = expanded(simple(), json!({"stages": stages})).expect("it expands");
    assert_eq!(graph(&made), "f< w<f i<w e<i l<e");
    let stages = json!([
        {"id": "e", "type": "wait", "dependsOn": ["w"], "config": {"waitTime": 9}},
        {"id": "more", "type": "wait", "dependsOn": ["e"], "config": {"waitTime": "{{ seconds }}"}},
    ]);
    let made = expanded(simple(), json!({"stages": stages})).expect("it expands");
    assert_eq!(made["stages"].as_array().map(Vec::len), Some(3));
    let replaced = made["stages"].as_array().expect("stages").iter().find(|stage| stage["refId"] == "e");
    assert_eq!(replaced.map(|stage| stage["waitTime"].clone()), Some(json!(9)));
}

#[test]
fn conditions_partials_and_loops_make_stages() {
    let template = json!({
        "schema": "1", "id": "t", "variables": [{"name": "who"}, {"name": "items", "type": "list"}],
        "stages": [
            {"id": "a", "type": "wait", "config": {"waitTime": 0}},
            {"id": "b", "type": "wait", "when": ["{{ who == 'yes' }}"], "dependsOn": ["a"], "config": {"waitTime": 0}},
            {"id": "p", "type": "partial.parts", "dependsOn": ["b"], "name": "part", "config": {"label": "L"}},
            {"id": "each", "type": "wait", "dependsOn": ["p"], "name": "item {{ templateLoop.value }}",
             "loopWith": "{{ items }}", "config": {"waitTime": 0}},
            {"id": "end", "type": "wait", "dependsOn": ["each"], "config": {"waitTime": 0}},
        ],
        "partials": [{"id": "parts", "name": "Parts", "variables": [{"name": "label"}], "stages": [
            {"id": "p1", "type": "wait", "name": "{{ label }}", "config": {"waitTime": 0}},
            {"id": "p2", "type": "wait", "dependsOn": ["p1"], "config": {"waitTime": 0}},
        ]}],
    });
    let variables = |who: &str| json!({"pipeline": {"variables": {"who": who, "items": ["x", "y"]}}});
    let links = |who: &str| {
        let made = expanded(template.clone(), variables(who)).expect("it expands");
        let mut links: Vec<String> = graph(&made).split(' ').map(str::to_owned).collect();
        links.sort();
        (links.join(" "), made)
    };
    let (all, made) = links("yes");
    assert_eq!(all, "a< b<a each0<p.p2 each1<p.p2 end<each0,each1 p.p1<b p.p2<p.p1");
    let stage =
        |id: &str| made["stages"].as_array().and_then(|stages| stages.iter().find(|stage| stage["refId"] == id));
    let part = stage("p.p1").expect("it is there");
    assert_eq!((&part["name"], &part["group"]), (&json!("L"), &json!("Parts: part")));
    assert_eq!(stage("each1").map(|stage| stage["name"].clone()), Some(json!("item y")));
    assert_eq!(links("no").0, "a< each0<p.p2 each1<p.p2 end<each0,each1 p.p1<a p.p2<p.p1");
}

#[test]
fn a_template_inherits_from_its_source() {
    let parent = json!({
        "schema": "1", "id": "parent", "variables": [{"name": "a", "defaultValue": 1}],
        "configuration": {
            "triggers": [{"name": "t", "type": "cron", "cron": "{{ a }}"}], "parameters": [{"name": "p"}, {"name": "q"}],
            "concurrentExecutions": {"limitConcurrent": false, "parallel": true},
            "expectedArtifacts": [{"id": "x"}],
        },
        "stages": [{"id": "s", "type": "wait", "config": {"waitTime": "{{ a }}", "tags": ["one"], "gone": 1}}],
    });
    let child = json!({
        "schema": "1", "id": "child", "source": "spinnaker://parent",
        "variables": [{"name": "a", "merge": true, "description": "d", "defaultValue": "{{ 1 + 1 }}"}],
        "stages": [{"id": "t", "type": "wait", "dependsOn": ["s"], "config": {"waitTime": 0}}],
    });
    let known = answers(&[("spinnaker://child", child), ("spinnaker://parent", parent)]);
    let config = json!({
        "pipeline": {"template": {"source": "spinnaker://child"}},
        "configuration": {
            "inherit": ["triggers", "parameters", "concurrentExecutions", "expectedArtifacts"],
            "parameters": [{"name": "q", "remove": true}, {"name": "r"}],
        },
        "stages": [{"id": "s", "type": "wait", "config": {"waitTime": 5, "tags": ["one"], "gone": 1}, "inheritanceControl": {
            "merge": [{"path": "$.tags", "value": ["two"]}], "replace": [{"path": "$.waitTime", "value": 7}],
            "remove": [{"path": "$.gone"}],
        }}],
    });
    let mut pipeline = pipeline(config);
    pipeline.insert("expectedArtifacts".to_owned(), json!([{"id": "y"}]));
    let made = expand(&pipeline, &known, &mut || "id".to_owned()).expect("it expands");
    assert_eq!(made["source"]["id"], "spinnaker://parent");
    assert_eq!(made["triggers"], json!([{"name": "t", "type": "cron", "cron": 2}]));
    assert_eq!(made["parameterConfig"], json!([{"name": "p"}, {"name": "r"}]));
    assert_eq!(made["limitConcurrent"], false);
    assert_eq!(made["expectedArtifacts"], json!([{"id": "x"}, {"id": "y"}]));
    assert_eq!(graph(&made), "s< t<s");
    let s = &made["stages"][0];
    assert_eq!((&s["waitTime"], &s["tags"], s.get("gone")), (&json!(7), &json!(["one", "two"]), None));
    let resolved = resolve("spinnaker://child", &known).expect("it resolves");
    assert_eq!(resolved["id"], "mergedTemplate");
    assert_eq!(resolved["variables"][0]["description"], "d");
    assert_eq!(resolved["stages"].as_array().map(Vec::len), Some(2));
}

#[test]
fn stages_may_be_one_text_with_a_loop() {
    let template = json!({
        "schema": "1", "id": "t", "variables": [{"name": "items", "type": "list", "defaultValue": ["a", "b"]}],
        "stages": "{% for item in items %}\n- id: s{{ item }}\n  type: wait\n  config:\n    waitTime: {{ loop.index }}\n{% endfor %}",
    });
    let made = expanded(template, json!({"pipeline": {}})).expect("it expands");
    assert_eq!((&made["stages"][0]["refId"], &made["stages"][1]["waitTime"]), (&json!("sa"), &json!(2)));
}

#[test]
fn what_is_wrong_is_said_as_upstream_does() {
    let mut template = simple();
    template["stages"][0]["name"] = "{{ templateLoop.index }}".into();
    template["stages"][0]["loopWith"] = "{{ [1] }}".into();
    let problem = first_problem(template, json!({}));
    let nested = json!([{
        "severity": "FATAL", "location": "template:stages.w", "details": {"reason": "SYNTAX_ERROR", "lineno": "1"},
        "message": "UnknownTokenException: Unknown token found: templateLoop.index",
    }]);
    assert_eq!(
        problem,
        json!({"severity": "FATAL", "location": "template:stages.w0.name", "message": "Failed rendering stage property", "nestedErrors": nested})
    );
    let cause = |template: Value, config: Value| first_problem(template, config)["cause"].clone();
    assert_eq!(
        cause(simple(), json!({"pipeline": {}})),
        "[Pipeline Config: application='shop', name='n'] Missing variable values for: who"
    );
    assert_eq!(
        cause(simple(), json!({"pipeline": {"variables": {"who": 1}}})),
        "[Pipeline Config: application='shop', name='n'] Incorrectly defined variable(s): who (expected type 'string' found type 'Integer')"
    );
    let mut protected = simple();
    protected["protect"] = true.into();
    let stage = json!([{"id": "x", "type": "wait", "inject": {"first": true}, "config": {}}]);
    assert_eq!(
        first_problem(protected, json!({"stages": stage}))["message"],
        "Modification of the stage graph (adding, removing, editing) is disallowed"
    );
    let mut other = simple();
    other["schema"] = "2".into();
    let message = first_problem(other, json!({}))["message"].clone();
    assert_eq!(message, "template schema version is unsupported: expected '1', got '2'");
    let loading = first_problem(json!("text"), json!({}));
    assert_eq!(loading["message"], "failed loading template");
    let unset = first_problem(simple(), json!({"stages": [{"id": "x", "type": "wait", "inject": {"first": true}}]}));
    assert_eq!(unset["location"], "configuration:stages.x");
}

#[test]
fn warnings_count_in_a_plan_only() {
    let config = json!({"stages": [{"id": "x", "type": "wait", "config": {"waitTime": 1}}]});
    let known = answers(&[("http://here/t.json", simple())]);
    let mut pipeline = pipeline(config);
    assert!(expand(&pipeline, &known, &mut String::new).is_ok());
    pipeline.insert("plan".to_owned(), true.into());
    let problems = expand(&pipeline, &known, &mut String::new).expect_err("a warning");
    assert_eq!(problems[0].severity, crate::Severity::Warn);
}

#[test]
fn a_plan_may_bring_its_template_and_a_source_may_name_the_trigger() {
    let mut inline = pipeline(json!({"pipeline": {"variables": {"who": "x"}, "template": {"source": "nowhere"}}}));
    inline.insert("template".to_owned(), simple());
    assert!(expand(&inline, &answers(&[]), &mut String::new).is_err(), "only a plan may");
    inline.insert("plan".to_owned(), true.into());
    assert!(expand(&inline, &answers(&[]), &mut String::new).is_ok());
    let source = json!({"source": "http://here/{{ trigger.parameters.which }}.json"});
    let mut dynamic = pipeline(json!({"pipeline": {"variables": {"who": "x"}, "template": source}}));
    dynamic.insert("trigger".to_owned(), json!({"parameters": {"which": "t"}}));
    let made = expand(&dynamic, &answers(&[("http://here/t.json", simple())]), &mut String::new);
    assert_eq!(made.map(|made| made["source"]["id"].clone()), Ok(json!("http://here/t.json")));
}

#[test]
fn a_question_without_an_answer_is_open() {
    let known = answers(&[]);
    assert!(expand(&pipeline(json!({})), &known, &mut String::new).is_err());
    assert_eq!(known.take_open(), Some(Question::Template("http://here/t.json".into())));
}

#[test]
fn a_saved_pipeline_has_what_it_inherits() {
    let template = json!({
        "schema": "1", "id": "t", "variables": [{"name": "who"}],
        "configuration": {"triggers": [{"type": "cron", "user": "{{ who }}"}], "concurrentExecutions": {"parallel": true}},
        "stages": [],
    });
    let config = json!({"configuration": {
        "inherit": ["triggers"], "triggers": [{"type": "git"}], "concurrentExecutions": {"limitConcurrent": false},
    }});
    let mut saved = pipeline(config);
    saved.insert("name".to_owned(), "renamed".into());
    mutate(&mut saved, &answers(&[("http://here/t.json", template)])).expect("it can be saved");
    assert_eq!(saved["triggers"], json!([{"type": "cron", "user": "x"}, {"type": "git"}]));
    assert_eq!(saved["limitConcurrent"], false);
    let pipeline = &saved["config"]["pipeline"];
    assert_eq!((&pipeline["pipelineConfigId"], &pipeline["name"]), (&json!("p-1"), &json!("renamed")));
    let mut plain = object(json!({"stages": [], "triggers": ["{{ a }}"]}));
    let before = plain.clone();
    mutate(&mut plain, &answers(&[])).expect("it can be saved");
    assert_eq!(plain, before);
}

#[test]
fn a_pipeline_becomes_a_template() {
    let pipeline = json!({
        "application": "shop", "name": "deploy it", "lastModifiedBy": "ann", "triggers": [{"type": "cron"}],
        "notifications": [{"type": "email"}],
        "stages": [
            {"refId": "1", "type": "wait", "name": "w", "requisiteStageRefIds": [], "waitTime": 5},
            {"refId": "2", "type": "wait", "name": "v", "requisiteStageRefIds": ["1", "gone"], "waitTime": 6},
        ],
    });
    let yaml = convert(&object(pipeline)).expect("it can be made");
    assert!(yaml.starts_with("# GENERATED BY spinnaker\n#"), "{yaml}");
    let template = gennaker_yaml::read_json(&yaml).expect("YAML");
    assert_eq!(template["id"], "shop-deployit");
    assert_eq!(template["configuration"]["triggers"], json!([{"type": "cron", "name": "unnamed0"}]));
    assert_eq!(template["configuration"]["notifications"], json!([{"type": "email", "name": "email0"}]));
    let second = json!({"id": "wait2", "type": "wait", "dependsOn": ["wait1"], "name": "v", "config": {"waitTime": 6}});
    assert_eq!(template["stages"][1], second);
    assert!(convert(&Object::new()).is_err());
}
