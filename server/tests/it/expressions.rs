//! `gennaker expression`.

use serde_json::{Value, json};

use crate::{
    client::{Ran, command, run, run_with_input},
    gate::FakeGate,
};

fn execution() -> Value {
    json!({
        "id": "E", "type": "PIPELINE", "application": "shop", "name": "Deploy", "status": "RUNNING",
        "trigger": {"type": "manual", "user": "ann", "parameters": {"tag": "1.4.0"}},
        "stages": [
            {"id": "s1", "refId": "1", "type": "bake", "name": "Bake", "status": "SUCCEEDED", "outputs": {"ami": "ami-1"}},
            {"id": "s2", "refId": "2", "type": "deploy", "name": "Deploy", "status": "RUNNING",
             "requisiteStageRefIds": ["1"], "context": {"size": 3}},
        ],
    })
}

fn eval(gate: &FakeGate, words: &[&str]) -> Ran {
    run(gate, &[&["expression", "eval"], words].concat())
}

fn printed(out: &str) -> Ran {
    Ran { code: 0, out: out.to_owned(), err: String::new() }
}

#[test]
fn an_expression_is_evaluated_in_an_execution_of_gates() {
    let gate = FakeGate::start();
    gate.on("GET /pipelines/E", execution());
    let words = ["${trigger.parameters.tag}", "--execution", "E"];
    assert_eq!(eval(&gate, &words), printed("1.4.0\n"));
    assert_eq!(eval(&gate, &[&words[..], &["--output", "json"]].concat()), printed("\"1.4.0\"\n"));
    assert_eq!(eval(&gate, &["${ami}:${size}", "--execution", "E", "--stage", "Deploy"]), printed("ami-1:3\n"));
    assert_eq!(eval(&gate, &["{'a': size}", "--execution", "E", "--stage", "2"]), printed("{\n  \"a\": 3\n}\n"));
    assert!(gate.asked().iter().all(|asked| asked.what == "GET /pipelines/E"), "{:?}", gate.asked());

    let missing = eval(&gate, &["1", "--execution", "F"]);
    assert_eq!((missing.code, missing.out.as_str()), (5, ""));
    assert!(missing.err.starts_with("error: there is no execution F\n"), "{missing:?}");
    let stage = eval(&gate, &["1", "--execution", "E", "--stage", "Bkae"]);
    let expected = "error: execution E has no stage Bkae; it has 1 (Bake), 2 (Deploy)\n  \
                    hint: name a stage by its ref id, id or name: --stage '1'\n";
    assert_eq!((stage.code, stage.err.as_str()), (5, expected));
}

#[test]
fn an_expression_without_a_value_is_marked_and_ends_with_1() {
    let gate = FakeGate::start();
    gate.on("GET /pipelines/E", execution());
    let ran = eval(&gate, &["v${trigger.parameters.tga}", "--execution", "E"]);
    let expected = "error: the expression has no value: there is no 'tga' on Map; did you mean 'tag'?\n  \
                    v${trigger.parameters.tga}\n                        ^\n";
    assert_eq!(ran, Ran { code: 1, out: String::new(), err: expected.to_owned() });
    for words in [["${null}", "--output=json"], ["${1 +}", "--quiet"], ["${missing ?: 1}", "--strict"]] {
        let ran = eval(&gate, &words);
        assert_eq!((ran.code, ran.out.as_str()), (1, ""), "{words:?}: {ran:?}");
    }
}

#[test]
fn files_are_read_in_json_and_yaml() {
    let gate = FakeGate::start();
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let saved = file("e.json", &execution().to_string());
    let context = file("c.yml", "name: shop\nregions: [a, b]\nenabled: yes\n");
    assert_eq!(eval(&gate, &["#stage('Bake').outputs.ami", "-f", &saved]), printed("ami-1\n"));
    assert_eq!(eval(&gate, &["${name}-${regions[1]}-${enabled}", "--context", &context]), printed("shop-b-true\n"));
    let words = ["expression", "eval", "answer", "--context", "-"];
    assert_eq!(run_with_input(&gate, &words, "answer: 42\n"), printed("42\n"));
    assert_eq!(run_with_input(&gate, &words, "{\"answer\": 42}"), printed("42\n"));

    let ran = eval(&gate, &["name", "--file", &context]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("this is no execution") && ran.err.contains("--context FILE"), "{ran:?}");
    assert!(gate.asked().is_empty(), "{:?}", gate.asked());
}

#[test]
fn addresses_are_fetched_only_if_it_is_allowed() {
    let gate = FakeGate::start();
    gate.on("GET /first", json!({"next": format!("{}/second", gate.url())})).on("GET /second", json!({"tag": "1.5"}));
    gate.on_status("GET /gone", 410, json!(null));
    let first = format!("#jsonFromUrl('{}/first')", gate.url());
    let closed = eval(&gate, &[&first]);
    assert_eq!((closed.code, closed.out.as_str()), (1, ""));
    assert!(closed.err.contains("not available here; --allow-fetch"), "{closed:?}");
    assert!(gate.asked().is_empty(), "{:?}", gate.asked());

    let chain = format!("#jsonFromUrl({first}.next).tag + ', ' + {first}.size()");
    assert_eq!(eval(&gate, &[&chain, "--allow-fetch"]), printed("1.5, 1\n"));
    let asked: Vec<String> = gate.asked().into_iter().map(|asked| asked.what).collect();
    assert_eq!(asked, ["GET /first", "GET /second"], "each once");

    let gone = eval(&gate, &[&format!("#fromUrl('{}/gone')", gate.url()), "--allow-fetch"]);
    assert!(gone.code == 1 && gone.err.contains("the answer was 410 Gone"), "{gone:?}");
    let file = eval(&gate, &["#fromUrl('file:///etc/hostname')", "--allow-fetch"]);
    assert!(file.code == 1 && file.err.contains("only http: and https: are"), "{file:?}");
}

#[test]
fn addresses_without_end_are_given_up() {
    let gate = FakeGate::start();
    let mut words = vec!["0".to_owned()];
    for number in 1..=11 {
        gate.on(&format!("GET /{number}"), json!({"n": number}));
        words.push(format!("#jsonFromUrl('{}/{number}').n", gate.url()));
    }
    let ten = eval(&gate, &[&words[..=10].join(" + "), "--allow-fetch"]);
    assert_eq!(ten, printed("55\n"));
    let eleven = eval(&gate, &[&words.join(" + "), "--allow-fetch"]);
    assert!(eleven.code == 1 && eleven.err.contains("more than 10 addresses"), "{eleven:?}");
}

#[test]
fn the_examples_of_the_how_to_are_what_is_printed() {
    let page = include_str!("../../../docs/how-to/expressions.md");
    let block = |text: &str, language: &str| -> Vec<String> {
        let fence = format!("```{language}\n");
        let blocks = text.split(&fence).skip(1);
        blocks.map(|block| block.split("```").next().unwrap_or_default().to_owned()).collect()
    };
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("run.yml"), &block(page, "yaml")[0]).unwrap();
    let mut tried = 0;
    for example in block(page, "console").iter().flat_map(|block| block.split("$ gennaker ").skip(1)) {
        let (words, expected) = example.split_once('\n').unwrap();
        let script = format!("\"$GENNAKER\" {words} 2>&1");
        let mut shell = std::process::Command::new("/bin/sh");
        let shell = shell.args(["-c", &script]).env("GENNAKER", env!("CARGO_BIN_EXE_gennaker"));
        let ran: Ran = shell.current_dir(folder.path()).output().unwrap().into();
        assert_eq!(ran.out, expected, "{words}");
        tried += 1;
    }
    assert_eq!(tried, 4);
}

#[test]
fn the_help_says_how_to_write_an_expression() {
    let help = command(&["expression", "eval", "--help"]).output().unwrap();
    let text = String::from_utf8(help.stdout).unwrap();
    assert!(help.status.success() && text.contains("a text without is one whole expression"), "{text}");
}
