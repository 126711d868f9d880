//! `gennaker context`, and what is sent to the gate of a context.

use std::fs;

use serde_json::{Value, json};

use crate::{
    client::{Ran, command},
    gate::FakeGate,
};

struct Home(tempfile::TempDir);

impl Home {
    /// A home with one file.
    fn with(name: &str, text: &str) -> Self {
        let home = Home(tempfile::tempdir().expect("it works"));
        let path = home.0.path().join(name);
        fs::create_dir_all(path.parent().expect("it works")).expect("it works");
        fs::write(path, text).expect("it works");
        home
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        command(arguments).env("HOME", self.0.path()).output().expect("it works").into()
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.path().join(name)).expect("it works")
    }
}

const FILE: &str = ".config/gennaker/config.yml";

fn contexts(gate: &FakeGate) -> Home {
    let text = format!(
        "# of the team\ncontexts:\n  shop:\n    gate: {}\n    basic: {{username: ann, password: hunter2}}\n    apiToken: s3cret\n  \
         other:\n    gate: http://127.0.0.1:1\n",
        gate.url()
    );
    Home::with(FILE, &text)
}

#[test]
fn contexts_are_listed_chosen_and_shown_without_secrets() {
    let gate = FakeGate::start();
    gate.on("GET /applications", json!([{"name": "shop"}]));
    let home = contexts(&gate);
    let ran = home.run(&["app", "list"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("config.yml, line 2: key contexts has several and none is current"), "{ran:?}");

    let used = home.run(&["context", "use", "shop"]);
    assert_eq!((used.code, used.out), (0, format!("commands talk to shop now: {}\n", gate.url())));
    assert!(home.read(FILE).starts_with("current: shop\n# of the team\ncontexts:\n"), "{}", home.read(FILE));
    let expected = format!(
        "NAME   CURRENT  GATE                    SIGNS IN WITH\nshop   *        {:<22}  basic, apiToken\nother           http://127.0.0.1:1\n",
        gate.url()
    );
    assert_eq!(home.run(&["context", "list"]).out, expected);
    let shown = home.run(&["context", "show", "--output", "yaml"]);
    assert!(shown.out.contains("signsInWith: basic as ann, apiToken\n"), "{shown:?}");
    assert_eq!(home.run(&["context", "use", "nope"]).code, 2);

    assert_eq!(home.run(&["app", "list", "-q"]).out, "shop\n");
    let asked = &gate.asked()[0].headers;
    assert_eq!(asked["authorization"], "Basic YW5uOmh1bnRlcjI=");
    assert_eq!(asked["x-spinnaker-token"], "s3cret");
    for arguments in [&["context", "list"][..], &["context", "show"], &["context", "show", "other", "-o", "json"]] {
        let ran = home.run(arguments);
        assert!(
            ran.code == 0 && !format!("{ran:?}").contains("hunter2") && !format!("{ran:?}").contains("s3cret"),
            "{ran:?}"
        );
    }
    let other = home.run(&["app", "list", "--gate", "other"]);
    assert_eq!(other.code, 3);
    assert!(other.err.contains("gate cannot be reached at http://127.0.0.1:1"), "{other:?}");
}

#[test]
fn a_command_in_a_message_names_the_context_as_it_was_named() {
    let gate = FakeGate::start();
    let home = contexts(&gate);
    let ran = home.run(&["app", "get", "nope", "--gate", "shop"]);
    assert!(ran.err.contains("hint: gennaker app list --gate shop\n"), "{ran:?}");
}

#[test]
fn the_settings_of_spin_are_read() {
    let gate = FakeGate::start();
    gate.on("GET /applications", json!([]));
    let text = format!(
        "gate:\n  endpoint: {}\nauth:\n  enabled: true\n  oauth2:\n    cachedToken:\n      access_token: t-1\n",
        gate.url()
    );
    let home = Home::with(".spin/config", &text);
    let ran = home.run(&["app", "list", "--default-headers", "X-Team=shop,X-Other=a=b"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let asked = &gate.asked()[0].headers;
    assert_eq!(asked["authorization"], "Bearer t-1");
    assert_eq!((&asked["x-team"], &asked["x-other"]), (&"shop".parse().unwrap(), &"a=b".parse().unwrap()));
}

#[test]
fn a_refused_sign_in_says_how_to_sign_in() {
    let gate = FakeGate::start();
    gate.refuse("GET /applications", 401, "who are you?");
    let home = contexts(&gate);
    let ran = home.run(&["app", "list", "--gate", "shop"]);
    assert_eq!(ran.code, 5);
    assert!(ran.err.contains("who are you?") && ran.err.contains("hint: sign in"), "{ran:?}");
}

#[test]
fn yaml_is_printed_as_it_can_be_read_again() {
    let gate = FakeGate::start();
    gate.on(
        "GET /applications/shop/pipelineConfigs/p",
        json!({"name": "p", "stages": [{"refId": "1", "wait": "yes"}]}),
    );
    let home = contexts(&gate);
    let ran = home.run(&["pipeline", "get", "-a", "shop", "-n", "p", "--gate", "shop", "-o", "yaml"]);
    assert_eq!(ran.out, "name: p\nstages:\n- refId: \"1\"\n  wait: \"yes\"\n");
    let none: Value = serde_json::from_str(&home.run(&["context", "list", "-o", "json"]).out).unwrap();
    assert_eq!(none[1]["gate"], "http://127.0.0.1:1");
}
