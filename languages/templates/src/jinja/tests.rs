use serde_json::json;

use super::*;
use crate::{Answers, Question};

fn scope() -> Scope {
    let trigger = json!({"parameters": {"which": "t"}});
    let mut scope = Scope::new(Some("shop"), None, trigger.as_object());
    scope.location = "template:stages.s".to_owned();
    for (name, value) in [
        ("who", json!("ann")),
        ("none", json!(null)),
        ("items", json!(["a", "b", 1.0])),
        ("map", json!({"k": "v", "n": {"a": [1]}})),
        ("yes", json!(true)),
        ("nested", json!("{{ who }}")),
        ("name", json!("shop-test-blue-v012")),
    ] {
        scope.set(name, &value);
    }
    scope
}

fn renderer() -> Renderer {
    let module = |json: Value| Module::of(json.as_object().expect("an object")).expect("a module");
    let modules = [
        module(json!({
            "id": "wait", "variables": [{"name": "sec", "defaultValue": 3}, {"name": "label", "defaultValue": "none"}],
            "definition": {"waitTime": "{{ sec }}", "label": "{{ label }}"},
        })),
        module(json!({"id": "needs", "variables": [{"name": "a"}, {"name": "b"}], "definition": "{{ a }}{{ b }}"})),
        module(json!({"id": "broken", "variables": [], "definition": "{{ gone }}"})),
        module(json!({"id": "self", "definition": "{% module self %}"})),
    ];
    let mut answers = Answers::default();
    let question = |name: &str| Question::PipelineId { application: "shop".into(), name: name.into() };
    answers.add(question("deploy"), Ok(json!("p-1")));
    answers.add(question("none"), Ok(Value::Null));
    answers.add(Question::StrategyId { application: "other".into(), name: "red black".into() }, Ok(json!("s-1")));
    Renderer::new(Tags { answers: answers.into(), modules: Some(modules.into()), scope: scope(), ..Tags::default() })
}

#[test]
fn texts_are_rendered_as_java_writes_them() {
    let cases = [
        ("plain", "plain"),
        (" {{ who }} ", "ann"),
        ("{{ items }}", "[a, b, 1.0]"),
        ("{{ map }}", "{k=v, n={a=[1]}}"),
        ("{{ map.n.a[0] }}", "1"),
        ("{{ yes }}", "true"),
        ("{{ who == 'ann' && !(who == 'bob') }}", "true"),
        ("{{ yes ? 'a' : 'b' }}", "a"),
        ("{{ who.toUpperCase() }}-{{ who.substring(1) }}", "ANN-nn"),
        ("{{ map.get('k') }}{{ items.size() }}", "v3"),
        ("{% for k, v in map.items() %}{{ k }},{% endfor %}", "k,n,"),
        ("{% if trigger.parameters.which == 't' %}1{% else %}2{% endif %}", "1"),
        ("{% unless yes %}1{% endunless %}2", "2"),
        ("{{ map.n | json }}", "{\n  \"a\" : [ 1 ]\n}"),
        ("{{ nested | base64 }}", "YW5u"),
        ("{{ name | frigga('stack') }}", "test"),
        ("{{ [1, 3, 2] | max }}{{ [1.5, 3] | min }}", "31.5"),
        ("{{ none }}x", "x"),
        ("{% raw %}{{ who }}{% endraw %}", "{{ who }}"),
        ("{% pipelineid name='deploy' %}", "p-1"),
        ("{% strategyid application=other,name='red black' %}", "s-1"),
        ("{{ missing | default('d') }}", "d"),
    ];
    for (text, expected) in cases {
        assert_eq!(renderer().render(text, &scope()), Ok(expected.to_owned()), "{text}");
    }
}

#[test]
fn a_rendered_object_is_rendered_again() {
    let deep = |value: Value| renderer().deep(&value, &scope());
    let rendered =
        deep(json!({"{{ who }}": ["{{ items }}", "5", true, null], "w": "{% module wait sec=7 label=who %}"}));
    assert_eq!(rendered, Ok(json!({"ann": [["a", "b", 1.0], 5, true, null], "w": {"waitTime": 7, "label": "ann"}})));
    assert_eq!(deep(json!("{% module wait %}")), Ok(json!({"waitTime": 3, "label": "none"})));
    let text = deep(json!("{% module needs a=1, b='two words' %}"));
    assert_eq!(text, Ok(json!("1two words")));
}

fn problem(text: &str) -> Value {
    let failure = renderer().render(text, &scope()).expect_err("it fails");
    let problems: Vec<Value> = failure.into_problems().iter().map(Problem::to_json).collect();
    json!(problems)
}

#[test]
fn an_unknown_token_is_named() {
    let unknown = |token: &str| {
        let message = format!("UnknownTokenException: Unknown token found: {token}");
        let details = json!({"reason": "SYNTAX_ERROR", "lineno": "1"});
        json!([{"severity": "FATAL", "location": "template:stages.s", "message": message, "details": details}])
    };
    assert_eq!(problem("{{ map.gone }}"), unknown("map.gone"));
    assert_eq!(problem("a {{ gone }}"), unknown("gone"));
    assert_eq!(problem("{{ gone.more }}"), unknown("gone.more"));
}

#[test]
fn a_tag_that_fails_says_what_it_comes_from() {
    let nested = |text: &str| problem(text)[0]["nestedErrors"][0].clone();
    let missing = nested("{% module needs a=1 %}");
    assert_eq!(missing["message"], "Missing required variables in module");
    assert_eq!(missing["cause"], "'b' must be defined");
    assert_eq!(missing["location"], "module:needs");
    assert_eq!(problem("{% module needs %}")[0]["message"], "InterpretException: Error rendering tag");
    let broken = nested("{% module broken %}");
    assert_eq!(broken["message"], "UnknownTokenException: Unknown token found: gone");
    let unknown = "Failed to find pipeline ID with name 'none' in application 'shop'";
    assert_eq!(nested("{% pipelineid name=none %}")["message"], unknown);
    for text in
        ["{% module nobody %}", "{% module self %}", "{% module wait sec==1 %}", "{{ who", "{{ who | nofilter }}"]
    {
        assert_eq!(problem(text)[0]["details"]["reason"], "SYNTAX_ERROR", "{text}");
    }
}

#[test]
fn what_never_ends_is_stopped() {
    let endless = "{% for a in range(9999) %}{% for b in range(9999) %}{{ a }}{% endfor %}{% endfor %}";
    assert!(renderer().render(endless, &scope()).is_err());
    let mut scope = scope();
    scope.set("deep", &json!("[\"{{ deep }}\"]"));
    let deep = renderer().deep(&json!("{{ deep }}"), &scope);
    assert!(deep.is_err_and(|failure| failure.text().contains("Cannot exceed 5 levels")));
}

#[test]
fn what_is_no_yaml_is_refused_where_it_is_read() {
    let failure = renderer().value("a: {{ who }}: c", &scope()).expect_err("it fails");
    let problem = failure.into_problems()[0].to_json();
    assert_eq!(problem["message"], "Failed converting rendered value to YAML");
    assert_eq!(problem["details"]["source"], "a: {{ who }}: c");
}

#[test]
fn a_rendering_ends_and_stays_small() {
    let renderer = renderer();
    let mut scope = scope();
    scope.set("own", &json!("{{ own | base64 }}"));
    let doubled = |statement: &str| format!("{{% set a = 'xxxxxxxx' %}}{}{{{{ a }}}}", statement.repeat(64));
    let chain = format!("{{{{ {} 1 }}}}", "yes ? 2 : ".repeat(20_000));
    let nested = format!("{{% set a = 1 %}}{}{{{{ a }}}}", "{% set a = [a] %}".repeat(1_000));
    let in_a_loop = "{% set n = namespace(a=1) %}{% for i in range(20000) %}{% set n.a = [n.a] %}{% endfor %}{{ n.a }}";
    for text in [
        "{{ own | base64 }}",
        &doubled("{% set a = a.concat(a) %}"),
        &doubled("{% set a = a.replace('x', 'xxxxxxxx') %}"),
        &doubled("{% set a = a | json %}"),
        &doubled("{% set a = [a, a] %}"),
        &chain,
        &nested,
        in_a_loop,
    ] {
        let begin: String = text.chars().take(60).collect();
        assert!(renderer.render(text, &scope).is_err(), "{begin}");
    }
}

#[test]
fn modules_that_call_two_of_their_like_are_given_up() {
    let twice = json!({"id": "twice", "definition": "{% module twice %}{% module twice %}"});
    let module = Module::of(twice.as_object().expect("an object")).expect("a module");
    let renderer = Renderer::new(Tags { modules: Some([module].into()), scope: scope(), ..Tags::default() });
    assert!(renderer.render("{% module twice %}", &scope()).is_err());
}
