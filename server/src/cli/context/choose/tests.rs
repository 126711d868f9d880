use std::{collections::BTreeMap, fs};

use clap::Parser;

use super::*;

#[derive(Debug, Parser)]
struct Program {
    #[command(flatten)]
    global: Global,
}

/// A home with these files.
fn home(files: &[(&str, &str)]) -> tempfile::TempDir {
    let home = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let path = home.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("it is made");
        fs::write(path, text).expect("it is written");
    }
    home
}

fn chosen(home: &tempfile::TempDir, arguments: &[&str], variables: &[(&str, &str)]) -> Result<Access, String> {
    let words = std::iter::once("gennaker").chain(arguments.iter().copied());
    let global = Program::try_parse_from(words).expect("right usage").global;
    let mut environment: BTreeMap<String, String> =
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    environment.insert("HOME".to_owned(), home.path().to_str().expect("UTF-8").to_owned());
    let chosen = choose(&global, &Surroundings::new(environment), Timestamp::from_millis(1_800_000_000_000));
    chosen.map_err(|error| error.to_string().replace(home.path().to_str().expect("UTF-8"), "~"))
}

const CONTEXTS: &str = "\
current: prod
contexts:
  prod:
    gate: https://gate.example.com/api
    basic: {username: ann, password: {file: password}}
    headers: {X-Team: shop}
  test:
    gate: https://test.example.com
    apiToken: {env: TOKEN}
    x509: {certPath: ~/cert.pem, keyPath: ~/key.pem}
    insecure: true
    waitSeconds: 7
";

const SPIN: &str = "\
gate:
  endpoint: https://spin.example.com
  retryTimeout: 300
auth:
  enabled: true
  ignoreCertErrors: true
  x509:
    cert: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==
    key: |
      LS0tLS1CRUdJTiBQUklWQVRF
      IEtFWS0tLS0tCg==
  oauth2:
    tokenUrl: https://sso.example.com/token
    cachedToken: {access_token: t-1, token_type: bearer, expiry: 2099-01-01T00:00:00Z}
";

fn whole() -> tempfile::TempDir {
    home(&[
        (".config/gennaker/config.yml", CONTEXTS),
        (".config/gennaker/password", "hunter2\n"),
        ("cert.pem", "CERT"),
        ("key.pem", "KEY"),
        (".spin/config", SPIN),
    ])
}

#[test]
fn the_current_context_is_used_with_its_credentials() {
    let access = chosen(&whole(), &[], &[]).expect("a gate");
    assert_eq!(access.place(), "https://gate.example.com/api");
    assert_eq!(access.basic, Some(("ann".to_owned(), Secret::new("hunter2"))));
    assert_eq!(access.headers, [("X-Team".to_owned(), Secret::new("shop"))]);
    assert_eq!(access.chosen, Chosen::File);
}

#[test]
fn a_context_is_named_where_an_address_can_stand() {
    let access = chosen(&whole(), &["--gate", "test"], &[("TOKEN", "t-2")]).expect("a gate");
    assert_eq!(access.signs_in_with(), "apiToken, x509");
    assert_eq!(access.certificate.map(|pem| pem.reveal().to_owned()), Some("CERT\nKEY".to_owned()));
    assert_eq!((access.insecure, access.wait), (true, Some(std::time::Duration::from_secs(7))));
    let unset = chosen(&whole(), &["--gate", "test"], &[]).expect_err("no variable");
    assert_eq!(
        unset,
        "~/.config/gennaker/config.yml, line 9: key contexts.test.apiToken.env names a variable that is not set: set it, or name another"
    );
    let none = chosen(&whole(), &["--gate", "nope"], &[]).expect_err("none");
    assert!(none.starts_with("there is no context nope: there are prod, test; or write an address"), "{none}");
}

#[test]
fn credentials_go_to_no_other_gate() {
    let known = chosen(&whole(), &["--gate", "https://gate.example.com/api/"], &[]).expect("a gate");
    assert_eq!((known.signs_in_with().as_str(), known.chosen), ("basic as ann", Chosen::Address));
    let other = chosen(&whole(), &["--gate", "https://gate.example.com"], &[]).expect("a gate");
    assert_eq!(other, Access::new(other.url.clone()));
    let token = chosen(&whole(), &["--gate", "https://other.example.com"], &[("GENNAKER_API_TOKEN", "t")]);
    assert_eq!(token.expect("a gate").signs_in_with(), "apiToken");
}

#[test]
fn the_settings_of_spin_are_used_where_there_are_no_others() {
    let home = home(&[(".spin/config", SPIN)]);
    let access = chosen(&home, &[], &[]).expect("a gate");
    assert_eq!(
        (access.place().as_str(), access.signs_in_with().as_str()),
        ("https://spin.example.com", "bearer, x509")
    );
    assert!(access.insecure && access.wait == Some(std::time::Duration::from_secs(300)));
    let pem = access.certificate.expect("a certificate");
    assert_eq!(pem.reveal(), "-----BEGIN CERTIFICATE-----\n\n-----BEGIN PRIVATE KEY-----\n");
}

#[test]
fn settings_that_cannot_be_used_say_where_and_what_to_do() {
    let spin = |auth: &str| {
        let text = format!("gate:\n  endpoint: https://g.example.com\nauth:\n  enabled: true\n{auth}");
        chosen(&home(&[(".spin/config", &text)]), &[], &[]).expect_err(auth)
    };
    for (auth, expected) in [
        (
            "  oauth2:\n    tokenUrl: x\n",
            "~/.spin/config, line 5: key auth.oauth2 has no cachedToken: run any `spin` command",
        ),
        (
            "  oauth2:\n    cachedToken:\n      access_token: t\n      expiry: \"2020-01-01T00:00:00Z\"\n",
            "~/.spin/config, line 8: key auth.oauth2.cachedToken.expiry is over: run any `spin` command",
        ),
        (
            "  ldap: {username: a, password: b}\n",
            "line 5: key auth.ldap is not supported: use basic, x509 or an API token",
        ),
        ("  basic:\n    username: a\n", "line 5: key auth.basic.password is missing"),
        (
            "  basic:\n    username: a\n    password: 123\n",
            "line 7: key auth.basic.password must be a text: put it in quotes",
        ),
        (
            "  x509: {certPath: nope.pem, keyPath: k}\n",
            "key auth.x509.certPath names ~/.spin/nope.pem, which cannot be read",
        ),
        ("  x509: {cert: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg==}\n", "key auth.x509.keyPath is missing"),
    ] {
        let said = spin(auth);
        assert!(said.contains(expected), "{said}");
    }
    let contexts = |text: &str| chosen(&home(&[(".config/gennaker/config.yml", text)]), &[], &[]).expect_err(text);
    for (text, expected) in [
        ("current: a\n", "line 1: key current names no context: run `gennaker context use NAME`"),
        (
            "contexts:\n  a: {gate: http://a}\n  b: {gate: http://b}\n",
            "line 1: key contexts has several and none is current",
        ),
        ("contexts:\n  a: {insecure: true}\n", "line 2: key contexts.a has no gate"),
        ("contexts:\n  a:\n    gate: localhost\n", "line 3: key contexts.a.gate is no gate's address"),
        (
            "contexts:\n  a:\n    gate: http://a\n    token: x\n",
            "line 4: key contexts.a.token is not known here: remove it, or use",
        ),
        ("contexts: [\n", "it is not YAML: line"),
    ] {
        let said = contexts(text);
        assert!(said.starts_with("~/.config/gennaker/config.yml") && said.contains(expected), "{said}");
    }
}

#[test]
fn without_files_it_is_the_gate_of_a_stand_alone_install() {
    let access = chosen(&home(&[]), &[], &[]).expect("a gate");
    assert_eq!(access.place(), DEFAULT_GATE);
    let missing = chosen(&home(&[]), &["--contexts", "no-such.yml"], &[]).expect_err("no file");
    assert!(missing.contains("no-such.yml cannot be read"), "{missing}");
}
