//! `gennaker config check`.

use std::{fs, process::Stdio};

use tempfile::TempDir;
use tokio::process::Command;

use crate::support::gennaker;

/// What `gennaker config check` says about these files: exit code, standard output, standard error.
async fn check(files: &[(&str, &str)]) -> (Option<i32>, String, String) {
    let folder = TempDir::new().expect("a folder");
    for (name, content) in files {
        fs::write(folder.path().join(name), content).expect("a file");
    }
    let mut command = Command::new(gennaker().await);
    command.args(["config", "check", "--config"]).arg(folder.path()).env_clear().stdin(Stdio::null());
    let output = command.output().await.expect("it runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[tokio::test]
async fn values_are_shown_with_their_origin_and_secrets_are_not() {
    let shared = "services:\n  orca:\n    baseUrl: http://user:open-sesame@orca:8083\n";
    let gate = "server:\n  port: 18084\nredis:\n  password: open-sesame\n";
    let (code, out, err) =
        check(&[("spinnaker.yml", shared), ("gate.yml", gate), ("clouddriver.yml", "local:\n  enabled: true\n")]).await;
    assert_eq!(code, Some(0), "{out}{err}");
    let port = out.lines().find(|line| line.contains("server.port = 18084")).expect("the port is shown");
    assert!(port.starts_with("gate") && port.contains("gate.yml"), "{port}");
    assert!(out.contains("http://******@orca:8083"), "{out}");
    assert!(!format!("{out}{err}").contains("open-sesame"), "{out}{err}");
}

#[tokio::test]
async fn a_wrong_type_is_named_with_file_line_and_key() {
    let (code, _, err) = check(&[("gate.yml", "# ports\nserver:\n  port: many\n")]).await;
    assert_eq!(code, Some(1), "{err}");
    assert!(err.contains("gate.yml:3") && err.contains("server.port"), "{err}");
}

#[tokio::test]
async fn an_unknown_key_is_one_warning() {
    let (code, _, err) = check(&[("orca.yml", "server:\n  prot: 1\n")]).await;
    assert_eq!(code, Some(0), "{err}");
    assert_eq!(err.lines().filter(|line| line.contains("server.prot")).count(), 1, "{err}");
}
