use std::hash::RandomState;

use serde_json::json;

use super::*;

fn object(value: Value) -> Object {
    match value {
        Value::Object(object) => object,
        other => panic!("{other} is no object"),
    }
}

fn execution() -> Object {
    object(json!({
        "id": "E", "type": "PIPELINE", "application": "shop", "authentication": {"user": "ann"},
        "trigger": {"type": "manual", "parameters": {"tag": "1.4"}},
        "stages": [
            {"id": "s1", "refId": "1", "type": "bake", "name": "Bake", "status": "SUCCEEDED",
             "context": {"ami": "ami-0"}, "outputs": {"ami": "ami-1"}},
            {"id": "s2", "refId": "2", "type": "deploy", "name": "Deploy", "status": "RUNNING",
             "requisiteStageRefIds": ["1"], "context": {"size": 3, "nothing": null}},
            {"id": "s3", "refId": "3", "type": "wait", "name": "Deploy", "status": "NOT_STARTED", "context": {}},
        ],
    }))
}

fn answers(allow_fetch: bool) -> Answers {
    Answers::new(allow_fetch, jiff::Timestamp::UNIX_EPOCH, RandomState::new())
}

fn in_stage(text: &str, strict: bool) -> Outcome {
    let subject = Subject::of_execution(execution(), Some("2"), None).expect("a stage");
    evaluate(&Template::new(text).expect("a template"), &subject, &answers(false), strict)
}

/// What is said of an expression that has no value in the stage `Deploy`.
fn said(text: &str) -> String {
    complaint(&Template::new(text).expect("a template"), &in_stage(text, false), false)
}

fn value(text: &str) -> Value {
    match in_stage(text, false) {
        Outcome::Value(value) => value,
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn a_text_without_a_dollar_is_one_expression() {
    assert_eq!(value("${size * 2}"), json!(6));
    assert_eq!(value("size * 2"), json!(6));
    assert_eq!(value("{1, 2}"), json!([1, 2]));
    assert_eq!(value("'}'"), json!("}"));
    assert_eq!(value("v${trigger.parameters.tag}-${size}"), json!("v1.4-3"));
}

#[test]
fn a_stage_sees_its_context_what_was_before_it_and_its_user() {
    assert_eq!(value("ami"), json!("ami-1"));
    assert_eq!(value("#currentStage().name"), json!("Deploy"));
    assert_eq!(value("#currentUser()"), json!("ann"));
    let template = Template::new("#currentUser()").expect("a template");
    for (subject, expected) in [
        (Subject::of_execution(execution(), None, Some("bob".to_owned())).expect("an execution"), "bob"),
        (Subject::of_map(Object::new(), None), "anonymous"),
    ] {
        assert_eq!(evaluate(&template, &subject, &answers(false), false), Outcome::Value(json!(expected)));
    }
}

#[test]
fn a_stage_is_found_by_ref_id_id_or_name() {
    let refused = |execution: Object, stage: &str| {
        Subject::of_execution(execution, Some(stage), None).expect_err(stage).to_string()
    };
    for stage in ["1", "s1", "Bake"] {
        assert!(Subject::of_execution(execution(), Some(stage), None).is_ok(), "{stage}");
    }
    assert_eq!(refused(execution(), "bake"), "execution E has no stage bake; it has 1 (Bake), 2 (Deploy), 3 (Deploy)");
    assert_eq!(refused(execution(), "Deploy"), "several stages of execution E are Deploy: 2 (Deploy), 3 (Deploy)");
    assert_eq!(refused(object(json!({"id": "E", "stages": []})), "1"), "execution E has no stages");
}

#[test]
fn a_mistake_is_marked_where_it_stands() {
    let expected = "the expression has no value: there is no 'siz' here; did you mean 'size'?\n  siz\n  ^";
    assert_eq!(said("siz"), expected);
    let text = "${size} of ${siz}";
    assert!(said(text).ends_with("\n  ${size} of ${siz}\n               ^"), "{}", said(text));
    let (bare, whole) = (said("size + (2 +)"), said("${size + (2 +)}"));
    let mark = |said: &str| said.lines().nth(2).map(str::len);
    assert_eq!(mark(&bare).map(|length| length + 2), mark(&whole), "{bare}\n{whole}");
    assert!(bare.contains("hint: text without ${...} is read as one expression"), "{bare}");
    assert!(!whole.contains("hint"), "{whole}");
}

#[test]
fn null_is_told_from_what_is_not_there() {
    assert_eq!(said("nothing"), "the expression has no value: it is null\n  nothing");
    assert_eq!(said("a-${nothing}"), "the text has no value: an expression in it is null\n  a-${nothing}");
    assert!(matches!(in_stage("nothng", false), Outcome::Unknown(_)));
    assert_eq!(value("nothng ?: 1"), json!(1));
    assert!(matches!(in_stage("nothng ?: 1", true), Outcome::Failed { unknown: None, .. }));
    assert_eq!(in_stage("nothing", true), Outcome::Null);
}

#[test]
fn a_failure_says_what_was_not_there() {
    let text = said("sise * 2");
    assert!(text.ends_with("\n  note: there is no 'sise' here; did you mean 'size'?"), "{text}");
    assert!(!said("size * 'x'.toUper()").contains("note"));
}

#[test]
fn where_there_is_nothing_to_evaluate_in_says_so() {
    let template = Template::new("trigger").expect("a template");
    let outcome = evaluate(&template, &Subject::of_map(Object::new(), None), &answers(false), false);
    assert!(complaint(&template, &outcome, true).ends_with("--execution ID, --file FILE or --context FILE"));
}

#[test]
fn brackets_of_a_whole_expression_are_paired() {
    for (text, expected) in [
        ("size}", "this '}' closes nothing; write ${...}, or the expression alone\n  size}\n      ^"),
        ("(1 + 2", "this '(' is not closed\n  (1 + 2\n  ^"),
        ("{1, {2}", "this '{' is not closed\n  {1, {2}\n  ^"),
    ] {
        let error = Template::new(text).expect_err(text);
        assert!(matches!(&error, Error::Failed(said) if said == expected), "{text}: {error}");
    }
    for text in ["", "  \n"] {
        assert!(matches!(Template::new(text), Err(Error::Usage(_))), "{text:?}");
    }
}

#[test]
fn an_address_is_wanted_only_where_fetching_is_allowed() {
    let template = Template::new("${#fromUrl('http://example.com/a')}").expect("a template");
    let nowhere = Subject::of_map(Object::new(), None);
    let closed = answers(false);
    let Outcome::Failed { error, .. } = evaluate(&template, &nowhere, &closed, false) else { panic!("it was fetched") };
    assert!(error.message.contains("not available here; --allow-fetch"), "{error}");
    assert_eq!(closed.wanted(), None);

    let mut open = answers(true);
    assert!(matches!(evaluate(&template, &nowhere, &open, false), Outcome::Failed { .. }));
    assert_eq!(open.wanted().as_deref(), Some("http://example.com/a"));
    assert_eq!(open.wanted(), None, "it is said once");
    open.give("http://example.com/a".to_owned(), Ok("found".to_owned()));
    assert_eq!(evaluate(&template, &nowhere, &open, false), Outcome::Value(json!("found")));
}

#[test]
fn other_services_are_not_asked() {
    for text in ["#pipelineId('Deploy')", "#applicationMetadata('shop')"] {
        assert!(said(text).contains("not available here"), "{}", said(text));
    }
}

#[test]
fn an_evaluation_can_be_repeated() {
    let template =
        Template::new("{T(java.util.UUID).randomUUID().toString(), T(java.util.UUID).randomUUID().toString()}");
    let (template, nowhere, answers) =
        (template.expect("a template"), Subject::of_map(Object::new(), None), answers(false));
    let evaluate = || evaluate(&template, &nowhere, &answers, false);
    let Outcome::Value(Value::Array(ids)) = evaluate() else { panic!("{:?}", evaluate()) };
    assert_ne!(ids[0], ids[1]);
    assert_eq!(evaluate(), Outcome::Value(Value::Array(ids)));
}
