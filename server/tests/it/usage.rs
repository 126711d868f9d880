//! Wrong usage: said before gate is asked anything that changes something.

use serde_json::json;

use crate::{
    client::{command, run, run_with_input},
    gate::FakeGate,
};

#[test]
fn wrong_usage_ends_with_2_and_asks_gate_nothing() {
    let gate = FakeGate::start();
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (yaml, list) = (file("p.yml", "name: p\n stages: []\n"), file("list.json", "[]"));
    let (broken, nameless) =
        (file("broken.json", "{\"name\": }"), file("nameless.json", "{\"application\": \"shop\"}"));
    let cases: [(&[&str], &str); 27] = [
        (&["app", "save"], "--file"),
        (&["app", "save", "--email", "a@example.com"], "add --name NAME"),
        (&["app", "save", "--file", "no-such-file.json"], "cannot be read"),
        (&["app", "get", ".."], "cannot be a name"),
        (&["app", "list", "--gate", "ftp://example.com"], "http://localhost:8084"),
        (&["pipeline", "save", "--file", &yaml], "line 2, column 8"),
        (&["pipeline", "save", "--file", &list], "one object is expected, not a list"),
        (&["pipeline", "save", "--file", &broken], "line 1 column 10"),
        (&["pipeline", "save", "--file", &nameless], "the pipeline has no name"),
        (&["pipeline", "execute", "-a", "shop", "-n", "p", "-p", "colour"], "NAME=VALUE"),
        (&["pipeline", "execute", "-a", "shop", "-n", "p", "-p", "a=1", "-p", "a=2"], "given twice"),
        (&["execution", "list", "-a", "shop", "--status", "DONE"], "no such status"),
        (&["execution", "judge", "E", "perhaps"], "continue, stop"),
        (&["execution", "replay"], "<ID|--file <FILE>>"),
        (&["execution", "replay", ".."], "cannot be a name"),
        (&["execution", "replay", "--file", "no-such-file.json"], "cannot be read"),
        (&["execution", "replay", "--file", &list], "one object is expected"),
        (&["execution", "replay", "--file", &nameless], "it is no recorded execution"),
        (&["doctor", "execution", ""], "cannot be a name"),
        (&["pipeline", "plan"], "<FILE|"),
        (&["pipeline", "plan", &broken], "line 1 column 10"),
        (&["pipeline", "plan", &yaml, "-p", "colour"], "NAME=VALUE"),
        (&["pipeline", "plan", &nameless, "-p", "a=1", "-p", "a=2"], "given twice"),
        (&["expression", "eval", ""], "quote it with '"),
        (&["expression", "eval", "1", "--stage", "2"], "--execution <ID>|--file <FILE>"),
        (&["expression", "eval", "1", "--file", "no-such-file.yml"], "cannot be read"),
        (&["expression", "eval", "1", "--execution", ".."], "cannot be a name"),
    ];
    for (arguments, expected) in cases {
        let ran = run(&gate, arguments);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{arguments:?}: {ran:?}");
        assert!(ran.err.contains(expected), "{arguments:?}: {ran:?}");
    }
    assert_eq!(run_with_input(&gate, &["pipeline", "save", "--file", "-"], "").code, 2);
    assert!(gate.asked().is_empty(), "{:?}", gate.asked());
}

#[test]
fn a_gate_that_is_not_there_is_named_with_what_to_do() {
    let mut gate = FakeGate::start();
    gate.stop();
    let ran = run(&gate, &["app", "list"]);
    assert_eq!((ran.code, ran.out.as_str()), (3, ""));
    assert!(ran.err.starts_with(&format!("error: gate cannot be reached at {}: Connection refused", gate.url())));
    assert!(ran.err.contains("hint: start one with `gennaker serve`"), "{}", ran.err);
}

#[test]
fn a_gate_that_fails_is_told_from_one_that_refuses() {
    let gate = FakeGate::start();
    for (status, code) in [(500, 3), (503, 3), (400, 5), (403, 5), (409, 5), (501, 5)] {
        let path = format!("GET /applications/status{status}");
        gate.refuse(&path, status, "because");
        let ran = run(&gate, &["app", "get", &format!("status{status}")]);
        assert_eq!((ran.code, ran.out.as_str()), (code, ""), "{status}: {ran:?}");
        assert!(ran.err.contains("because\n  request: r-7\n"), "{status}: {ran:?}");
    }
}

#[test]
fn what_is_no_gate_is_recognised() {
    let gate = FakeGate::start();
    gate.on_status("GET /applications/shop", 404, json!(null));
    let ran = run(&gate, &["app", "get", "shop"]);
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("does not answer as a gate does"), "{ran:?}");
}

#[test]
fn the_help_lists_the_exit_codes() {
    for group in [
        "app",
        "pipeline",
        "execution",
        "pipeline-template",
        "project",
        "account",
        "artifact",
        "search",
        "admin",
        "context",
        "doctor",
        "expression",
    ] {
        let help = command(&[group, "--help"]).output().unwrap();
        let text = String::from_utf8(help.stdout).unwrap();
        assert!(help.status.success() && text.contains("5 refused"), "{text}");
    }
}
