//! The command line against a running install: what it prints, and the exit codes that scripts rely on.

use std::{fs, path::PathBuf, process::Stdio};

use gennaker_harness::{
    Install, Service,
    delivery::{Version, stages},
};
use serde_json::{Value, json};
use tokio::process::Command;

use crate::support::{delivery, gennaker, install};

/// A shell in the install's folder.
struct Shell {
    program: PathBuf,
    folder: PathBuf,
    gate: String,
}

/// What a command answered.
struct Said {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Said {
    #[track_caller]
    fn with_code(self, code: i32) -> Said {
        assert_eq!(self.code, Some(code), "out: {}\nerr: {}", self.out, self.err);
        self
    }

    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }
}

impl Shell {
    async fn new(install: &Install) -> Shell {
        let gate = install.base_url(Service::Gate);
        Shell { program: gennaker().await, folder: install.folder().to_owned(), gate }
    }

    async fn run(&self, arguments: &[&str]) -> Said {
        let mut command = Command::new(&self.program);
        command.args(arguments).env_clear().env("GENNAKER_GATE", &self.gate);
        let output = command.current_dir(&self.folder).stdin(Stdio::null()).output().await.expect("it runs");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
        Said { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    fn write(&self, name: &str, value: &Value) {
        fs::write(self.folder.join(name), value.to_string()).expect("a file");
    }
}

#[tokio::test]
async fn an_application_and_its_pipeline_from_the_command_line() {
    let install = install().await;
    let delivery = delivery(&install).await;
    let shell = Shell::new(&install).await;

    shell
        .run(&["app", "save", "--name", "shop", "--email", "shop@example.com", "--cloud-providers", "local"])
        .await
        .with_code(0);
    let listed = shell.run(&["app", "list"]).await.with_code(0);
    assert!(listed.out.contains("shop") && listed.out.contains("greeter"), "{}", listed.out);
    shell.run(&["app", "get", "no-such-application"]).await.with_code(5);

    let deploy = delivery.deploy(&Version::new("1"));
    shell.write("deploy.json", &json!({ "application": "greeter", "name": "deploy", "stages": stages([deploy]) }));
    shell.run(&["pipeline", "save", "--file", "deploy.json"]).await.with_code(0);
    let done = shell.run(&["pipeline", "execute", "-a", "greeter", "-n", "deploy", "--wait"]).await.with_code(0);
    let told = format!("{}{}", done.out, done.err);
    assert!(told.contains("Deploy version 1") && told.to_lowercase().contains("succeeded"), "{told}");

    let judged = stages([stages::judgment()]);
    shell.write("judge.json", &json!({ "application": "greeter", "name": "judge", "stages": judged }));
    shell.run(&["pipeline", "save", "--file", "judge.json"]).await.with_code(0);
    let timed_out = ["pipeline", "execute", "-a", "greeter", "-n", "judge", "--wait", "--timeout", "1"];
    shell.run(&timed_out).await.with_code(4);
    let listed = shell.run(&["execution", "list", "-a", "greeter", "--status", "RUNNING", "--output", "json"]).await;
    let listed = listed.with_code(0).json();
    let id = listed[0]["id"].as_str().expect("one runs");
    let page = shell.run(&["doctor", "execution", id]).await.with_code(0);
    assert!(page.out.contains("waits for a person's judgment") && page.out.contains("execution judge"), "{}", page.out);
    shell.run(&["execution", "replay", id, "--export", "run.json", "--redact"]).await.with_code(0);
    shell.run(&["execution", "replay", "--file", "run.json"]).await.with_code(0);
    let plan = shell.run(&["pipeline", "plan", "-a", "greeter", "-n", "deploy"]).await.with_code(0);
    assert!(plan.out.contains("createServerGroup"), "{}", plan.out);
    shell.run(&["execution", "cancel", id, "--reason", "enough"]).await.with_code(0);
    shell.run(&["execution", "watch", id, "--timeout", "20"]).await.with_code(1);
    let got = shell.run(&["execution", "get", id, "--output", "json"]).await.with_code(0).json();
    assert_eq!((&got["status"], &got["cancellationReason"]), (&json!("CANCELED"), &json!("enough")));

    shell.run(&["pipeline", "delete", "-a", "greeter", "-n", "judge"]).await.with_code(0);
    shell.run(&["app", "delete", "shop"]).await.with_code(0);
    let listed = shell.run(&["app", "list"]).await.with_code(0);
    assert!(!listed.out.contains("shop"), "{}", listed.out);
}

#[tokio::test]
async fn wrong_usage_and_an_absent_gate_have_their_own_codes() {
    let mut install = install().await;
    let shell = Shell::new(&install).await;
    shell.run(&["pipeline", "execute"]).await.with_code(2);
    shell.run(&["no-such-command"]).await.with_code(2);
    shell.write("nameless.json", &json!({ "application": "greeter" }));
    shell.run(&["pipeline", "save", "--file", "nameless.json"]).await.with_code(2);
    shell.run(&["pipeline", "execute", "-a", "nobody", "-n", "nothing"]).await.with_code(5);
    let version = shell.run(&["version"]).await.with_code(0);
    assert!(version.out.starts_with("gennaker "), "{}", version.out);
    install.stop_control_plane().await.expect("it ends");
    let alone = shell.run(&["app", "list"]).await.with_code(3);
    assert!(alone.err.contains(&shell.gate), "{}", alone.err);
}
