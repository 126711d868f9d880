//! What is told about a configuration that loads: the settings in force and the warnings.

use gennaker_base::Redacted;
use gennaker_config::{DurationSetting, Problem};
use serde::{Deserialize, Serialize};

use crate::Install;

#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
struct Redis {
    connection: String,
    timeout: DurationSetting,
    scheduler: Option<String>,
    tokens: Vec<String>,
    #[serde(skip_serializing)]
    password: Redacted<String>,
}

impl Default for Redis {
    fn default() -> Self {
        let timeout = "2s".parse().expect("a duration");
        Redis {
            connection: "redis://localhost".to_owned(),
            timeout,
            scheduler: None,
            tokens: Vec::new(),
            password: Redacted::default(),
        }
    }
}

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
struct Narrow {
    connection: String,
}

fn lines(install: &Install, config: &gennaker_config::Config) -> Vec<String> {
    let entry = |entry: gennaker_config::Entry| {
        let value = entry.value.unwrap_or_else(|| "-".to_owned());
        install.plain(&format!("{} {} = {value} ({})", entry.service, entry.key, entry.origin))
    };
    config.report().into_iter().map(entry).collect()
}

fn warnings(install: &Install, config: &gennaker_config::Config) -> Vec<String> {
    config.warnings().iter().map(|warning| install.plain(&warning.to_string())).collect()
}

#[test]
fn the_report_lists_values_origins_and_no_secrets() {
    let install = Install::of(&[
        ("spinnaker.yml", "db: {password: hunter2, url: 'jdbc:${db.password}'}\n"),
        ("orca.yml", "redis:\n  connection: redis://u:hunter2@h\n  tokens: [hunter2]\n  scheduler: ${db.url}\n"),
    ])
    .environment(&[("REDIS_TIMEOUT", "10")])
    .overrides(&["mail.key=encrypted:s3!b:x!f:y"]);
    let config = install.load().expect("loads");
    let orca = config.for_service("orca").expect("loads");
    let redis: Redis = orca.bind("redis").expect("binds");
    assert_eq!(redis.scheduler.as_deref(), Some("jdbc:hunter2"));
    orca.get_string("mail.key").expect("text");
    orca.get_string("mail.port").expect("nothing");
    let echo = config.for_service("echo").expect("loads");
    echo.bind::<Redis>("redis").expect("binds");
    let listed = lines(&install, &config).join("\n");
    assert!(!listed.contains("hunter2"), "{listed}");
    insta::assert_snapshot!(listed);
}

#[test]
fn an_unknown_key_is_one_warning_with_its_place() {
    let install = Install::of(&[
        ("spinnaker.yml", "redis:\n  conection: a\n  other: {deep: 1, deeper: 2}\n  scheduler: b\n"),
        ("orca.yml", "redis:\n  base-url: hunter2\nnobody: 1\n"),
    ])
    .environment(&[("REDIS_CONECTION", "x"), ("REDIS_MASTER", "y")]);
    let config = install.load().expect("loads");
    for service in ["orca", "echo"] {
        let service = config.for_service(service).expect("loads");
        service.bind::<Narrow>("redis").expect("binds");
        service.bind::<Narrow>("redis").expect("binds");
    }
    insta::assert_snapshot!(warnings(&install, &config).join("\n"));
    // A second service knows `scheduler`, somebody reads `other.deep`: both stop being unknown.
    config.for_service("clouddriver").expect("loads").bind::<Redis>("redis").expect("binds");
    config.for_service("gate").expect("loads").get_string("redis.other.deep").expect("text");
    let left = warnings(&install, &config);
    assert_eq!(left.len(), 3, "{left:#?}");
}

#[test]
fn what_is_not_read_is_told() {
    let install = Install::of(&[
        ("orca.yml", "a: 1\nb.c: 2\nb: {c: 3}\nspring.profiles.active: x\nspring.config.import: 'optional:y'\n"),
        ("orca-local.yml", "redis: {connection: a, Connection: b}"),
        ("orca.properties", "a=b"),
    ])
    .environment(&[("SPRING_APPLICATION_JSON", "{}"), ("ORCA_OPTS", "-Dspring.config.location=/x")]);
    let config = install.load().expect("loads");
    let orca = config.for_service("orca").expect("loads");
    assert_eq!(orca.get_string("b.c").expect("text").as_deref(), Some("3"));
    assert_eq!(orca.bind::<Narrow>("redis").expect("binds").connection, "a");
    insta::assert_snapshot!(warnings(&install, &config).join("\n"));
}

#[test]
fn what_nobody_reads_is_one_warning_whatever_its_section() {
    let install = Install::of(&[
        (
            "spinnaker.yml",
            "server:\n  port: 1\nredis:\n  host: a\n  port: 2\nhost: b\nspring:\n  profiles:\n    active: x\n",
        ),
        ("orca.yml", "server:\n  address: ${host}\nnobody: c\n"),
    ]);
    let config = install.load().expect("loads");
    let (orca, gate) = (config.for_service("orca").expect("orca"), config.for_service("gate").expect("gate"));
    orca.get_string("server.address").expect("it is read");
    gate.get_string("server.port").expect("it is read");
    orca.note_unread();
    gate.note_unread();
    let unread = config.warnings().into_iter().filter(|warning| matches!(warning.problem, Problem::UnknownKey { .. }));
    assert_eq!(unread.map(|warning| warning.key).collect::<Vec<_>>(), ["nobody", "redis"]);
}
