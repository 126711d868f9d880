//! What an install writes and tells when its programs do not come up.

use std::fs;

use gennaker_base::Kind;
use gennaker_harness::{Install, InstallOptions, Programs, install::Error};
use tempfile::TempDir;

use crate::greeter::programs;

#[tokio::test]
async fn a_program_that_ends_at_once_is_told_with_its_log() {
    let folder = TempDir::new().expect("a folder");
    // The greeter knows none of Gennaker's commands and says so.
    let greeter = programs().await.path("greeter").expect("it is built");
    let other = Programs::at([("gennaker", greeter)]);
    let files = vec![("orca-local.yml".to_owned(), "a: 1\n".to_owned())];
    let options = InstallOptions { folder: Some(folder.path().to_owned()), files, ..InstallOptions::default() };
    let error = Install::start(&other, options).await.expect_err("it ends");
    assert_eq!(error.kind(), Kind::Unavailable);
    // Both programs end, and either may be noticed first.
    assert!(error.to_string().contains("ended on its own"), "{error}");
    assert!(error.to_string().contains("unexpected argument"), "{error}");

    let config = |name: &str| fs::read_to_string(folder.path().join("config").join(name)).expect("it was written");
    assert_eq!(config("orca-local.yml"), "a: 1\n");
    assert!(config("gate.yml").starts_with("server:\n  port: "));
    assert_ne!(config("gate.yml"), config("orca.yml"));
}

#[tokio::test]
async fn the_files_with_the_ports_cannot_be_replaced() {
    let programs = Programs::at([("gennaker", "/nowhere")]);
    let files = vec![("gate.yml".to_owned(), String::new())];
    let options = InstallOptions { files, ..InstallOptions::default() };
    let error = Install::start(&programs, options).await.expect_err("gate.yml is the harness's");
    assert!(matches!(&error, Error::OwnFile(name) if name == "gate.yml"), "{error}");
}
