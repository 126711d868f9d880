//! The texts of errors: file, line, key, what to do, and never a secret.

use std::collections::BTreeMap;

use gennaker_config::{DurationSetting, Error};
use serde::{Deserialize, Serialize};

use crate::Install;

#[derive(Debug, Clone, Copy, Default, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
enum Mode {
    #[default]
    Ha,
    Standalone,
}

#[derive(Debug, Default, Deserialize, Serialize)]
struct Account {
    name: String,
}

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
struct Options {
    port: u16,
    enabled: bool,
    timeout: DurationSetting,
    mode: Mode,
    text: String,
    accounts: Vec<Account>,
    names: Vec<String>,
    numbers: BTreeMap<String, u8>,
    address: Option<std::net::IpAddr>,
    password: u16,
    secret_address: Option<std::net::IpAddr>,
}

fn error(install: &Install) -> String {
    let bound = install.orca().and_then(|orca| orca.bind::<Options>("o"));
    let error = bound.expect_err("an error");
    let text = install.plain(&error.to_string());
    assert!(!text.contains("hunter2"), "{text}");
    text
}

#[test]
fn files_that_cannot_be_read() {
    let texts = [
        "a: [1, 2\nb: 3\n",
        "a: 1\n\tb: 2\n",
        "a: @hunter2\n",
        "password: *hunter2\n",
        "a: 'hunter2\n",
        "a: hunter2: 3\n",
        "a: !vault hunter2\n",
        "a: 1\nb:\n  c: hunter2\n  d: 1\n  c: 3\n",
        "- a\n",
        "hunter2\n",
        "a: {<<: hunter2}\n",
        "spring.config.import: hunter2.yml\n",
        "a: 1\n---\nspring.config.activate.on-profile: 'local & ('\n",
    ];
    let found: Vec<String> = texts.iter().map(|text| error(&Install::of(&[("orca.yml", text)]))).collect();
    insta::assert_snapshot!(found.join("\n"));
}

#[test]
fn values_that_do_not_fit() {
    let values = [
        "port: eighty",
        "port: 65536",
        "port: 1.5",
        "port: [1]",
        "port: {a: 1}",
        "enabled: maybe",
        "timeout: 10 parsecs",
        "mode: standalon",
        "text: {a: 1}",
        "accounts: [{name: a}, {nam: b}]",
        "accounts: [a]",
        "accounts: {a: b}",
        "accounts: {0: {name: a}, 2: {name: b}}",
        "names: {a: b}",
        "numbers: {a: 1, b: 256}",
        "numbers: 7",
        "address: nowhere",
        "password: hunter2",
        "secretAddress: hunter2",
        "port: ${db.password}",
        "text: ${nowhere}",
        "text: ${broken}",
        "text: ${${db.password}}",
        "text: ${ring.a}",
        "port: redis://u:hunter2@h",
    ];
    let found: Vec<String> = values
        .iter()
        .map(|value| {
            let text = format!(
                "db.password: hunter2\nbroken: x${{nowhere.else}}\nring: {{a: '${{ring.b}}', b: '${{ring.a}}'}}\no:\n  {value}\n"
            );
            format!("{value}\n    {}", error(&Install::of(&[("orca.yml", &text)])))
        })
        .map(|text| text.replace("hunter2", "SECRET"))
        .collect();
    insta::assert_snapshot!(found.join("\n"));
}

#[test]
fn values_from_elsewhere() {
    let found = [
        error(&Install::of(&[]).environment(&[("O_PORT", "x")])),
        error(&Install::of(&[]).environment(&[("O_NAMES_1", "x")])),
        error(&Install::of(&[]).environment(&[("ORCA_OPTS", "-Do.port=x")])),
        error(&Install::of(&[]).overrides(&["o.port=x"])),
        error(&Install::of(&[]).overrides(&["a=b", "hunter2"])),
        error(&Install::of(&[]).overrides(&["o=hunter2"]).environment(&[("X", "y")])).replace("hunter2", "SECRET"),
    ];
    insta::assert_snapshot!(found.join("\n"));
}

#[test]
fn files_that_are_no_text_and_folders_that_are_not_there() {
    let mut install = Install::of(&[]);
    std::fs::write(install.folder.path().join("orca.yml"), b"a: 1\nb: \xff\n").expect("a file");
    assert_eq!(error(&install), "CONFIG/orca.yml:2: not UTF-8 text; save the file as UTF-8");
    install.sources.folders[0].path.push("none");
    assert!(matches!(install.load(), Err(Error::Location { .. })));
    assert!(error(&install).starts_with("the configuration location CONFIG/none does not exist; "));
}
