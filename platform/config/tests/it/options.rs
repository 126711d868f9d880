//! How values become typed options.

use std::{collections::BTreeMap, time::Duration};

use gennaker_base::Redacted;
use gennaker_config::{DataSize, DottedMap, DurationSetting, Lenient};
use serde::{Deserialize, Serialize};

use crate::Install;

#[derive(Debug, Clone, Copy, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Mode {
    StandAlone,
    HighlyAvailable,
}

#[derive(Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
struct Account {
    name: String,
    #[serde(alias = "isRequired")]
    required: bool,
    roles: Vec<String>,
}

impl Default for Account {
    fn default() -> Self {
        Account { name: String::new(), required: true, roles: vec!["all".to_owned()] }
    }
}

#[derive(Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
struct Limits {
    max_size: DataSize,
    max_requests: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { max_size: DataSize(7), max_requests: 7 }
    }
}

#[derive(Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
struct Everything {
    port: u16,
    offset: i64,
    ratio: f64,
    enabled: bool,
    base_url: String,
    address: Option<String>,
    timeout: DurationSetting,
    limits: Limits,
    mode: Mode,
    accounts: Vec<Account>,
    names: Vec<String>,
    ports: Vec<u16>,
    by_name: BTreeMap<String, Account>,
    level: DottedMap,
    payload: Lenient<serde_json::Value>,
    #[serde(skip_serializing)]
    password: Redacted<String>,
}

impl Default for Everything {
    fn default() -> Self {
        Everything {
            port: 1,
            offset: 2,
            ratio: 3.0,
            enabled: true,
            base_url: "u".to_owned(),
            address: None,
            timeout: DurationSetting(Duration::from_secs(4)),
            limits: Limits { max_size: DataSize(5), max_requests: 6 },
            mode: Mode::HighlyAvailable,
            accounts: Vec::new(),
            names: vec!["default".to_owned()],
            ports: Vec::new(),
            by_name: BTreeMap::new(),
            level: DottedMap::default(),
            payload: Lenient::default(),
            password: Redacted::default(),
        }
    }
}

fn everything(install: &Install) -> Everything {
    install.orca().expect("loads").bind("all").expect("binds")
}

fn of_yaml(text: &str) -> Everything {
    let indented: String = text.lines().map(|line| format!("  {line}\n")).collect();
    everything(&Install::of(&[("orca.yml", &format!("all:\n{indented}"))]))
}

#[test]
fn what_is_not_set_is_the_default_at_every_level() {
    assert_eq!(everything(&Install::of(&[])), Everything::default());
    let bound = of_yaml("limits:\n  maxRequests: 60");
    assert_eq!(bound.limits, Limits { max_size: DataSize(5), max_requests: 60 });
    assert_eq!(
        Everything { limits: Limits { max_size: DataSize(5), max_requests: 6 }, ..bound },
        Everything::default()
    );
}

#[test]
fn an_empty_value_leaves_the_default_of_what_is_no_text() {
    let bound =
        of_yaml("port:\noffset: ''\nratio: ${none:}\nenabled:\naddress:\ntimeout: ''\nlimits:\nmode:\naccounts:\n");
    assert_eq!(bound, Everything::default());
    assert_eq!(of_yaml("baseUrl:\nnames: []").base_url, "");
    assert!(of_yaml("names: []").names.is_empty());
}

#[test]
fn scalars_convert() {
    for port in ["8084", "'8084'", "0x1F94", "017624", "${none:8084}", "' 8084 '", "+8084"] {
        assert_eq!(of_yaml(&format!("port: {port}")).port, 8084, "{port}");
    }
    for truth in ["false", "No", "off", "'0'", "'OFF'", "${none:no}"] {
        assert!(!of_yaml(&format!("enabled: {truth}")).enabled, "{truth}");
    }
    for (written, read) in [("1.10", "1.10"), ("yes", "true"), ("0644", "420"), ("'yes'", "yes"), ("1:30", "1:30")] {
        assert_eq!(of_yaml(&format!("baseUrl: {written}")).base_url, read, "{written}");
    }
    for mode in ["STAND_ALONE", "stand-alone", "standAlone", "StandAlone"] {
        assert_eq!(of_yaml(&format!("mode: {mode}")).mode, Mode::StandAlone, "{mode}");
    }
    let bound = of_yaml("ratio: 1e-1\noffset: -5\ntimeout: 250\naddress: h\nlimits.max-size: 10MB\npassword: hunter2");
    assert_eq!((bound.ratio, bound.offset), (0.1, -5));
    assert_eq!(bound.timeout.0, Duration::from_millis(250));
    assert_eq!(bound.limits.max_size, DataSize(10 << 20));
    assert_eq!(bound.address.as_deref(), Some("h"));
    assert_eq!(bound.password.expose(), "hunter2");
    assert_eq!(of_yaml("timeout: PT3S").timeout.0, Duration::from_secs(3));
}

#[test]
fn lists_come_whole_from_one_source() {
    assert_eq!(of_yaml("names: a, b ,c").names, ["a", "b", "c"]);
    assert_eq!(of_yaml("ports: [1, '2']").ports, [1, 2]);
    assert_eq!(of_yaml("ports: 1,2").ports, [1, 2]);
    let files = [
        ("spinnaker.yml", "all.accounts: [{name: a}, {name: b, required: no}]"),
        ("orca.yml", "all.accounts: [{name: c}]"),
    ];
    let install = Install::of(&files);
    let account = |name: &str| Account { name: name.to_owned(), ..Account::default() };
    assert_eq!(everything(&install).accounts, [account("c")]);
    let install =
        install.environment(&[("ALL_ACCOUNTS_0_NAME", "d"), ("ALL_ACCOUNTS_1_NAME", "e"), ("ALL_NAMES", "x,y")]);
    assert_eq!(everything(&install).accounts, [account("d"), account("e")]);
    assert_eq!(everything(&install).names, ["x", "y"]);
    let install = Install::of(&files).overrides(&["all.accounts[0].name=f", "all.names[0]=z"]);
    assert_eq!(everything(&install).accounts, [account("f")]);
    assert_eq!(everything(&install).names, ["z"]);
}

#[test]
fn maps_are_merged_and_keep_their_names() {
    let install = Install::of(&[
        ("spinnaker.yml", "all.byName: {my-app: {name: a}, my_app: {name: b}, 'x/y': {name: c, isRequired: no}}"),
        (
            "orca.yml",
            "all: {by-name: {my-app: {required: no}, '[p.q]': {name: d}}, level: {com.netflix: DEBUG, com: INFO}}",
        ),
    ])
    .environment(&[("ALL_BYNAME_NEW_NAME", "e")]);
    let bound = everything(&install);
    let listed: Vec<_> = bound.by_name.iter().map(|(key, it)| (key.as_str(), it.name.as_str(), it.required)).collect();
    let expected =
        [("my-app", "a", false), ("my_app", "b", true), ("new", "e", true), ("p.q", "d", true), ("x/y", "c", false)];
    assert_eq!(listed, expected);
    let levels: Vec<_> = bound.level.0.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    assert_eq!(levels, [("com", "INFO"), ("com.netflix", "DEBUG")]);
}

#[test]
fn an_alias_overrides_the_default_of_its_field() {
    let bound = of_yaml("byName: {a: {isRequired: no}}\naccounts: [{isRequired: no}]");
    assert!(!bound.by_name["a"].required && !bound.accounts[0].required);

    #[derive(Debug, Default, Deserialize, Serialize)]
    struct Outer {
        inner: Account,
    }
    let install = Install::of(&[("orca.yml", "outer: {inner: {isRequired: no}}")]);
    let outer: Outer = install.orca().expect("loads").bind("outer").expect("binds");
    assert!(!outer.inner.required);
}

#[test]
fn lenient_values_keep_expressions_and_types() {
    let text =
        "payload: {text: 'v ${trigger[\"tag\"]} ${known} ${none:d}', count: 3, deep: [{on: yes}], none: {}}\nport: 1";
    let install = Install::of(&[("orca.yml", &format!("known: k\nall:\n  {}", text.replace('\n', "\n  ")))]);
    let expected = serde_json::json!({
        "text": "v ${trigger[\"tag\"]} k d", "count": 3, "deep": [{"on": true}], "none": {}
    });
    assert_eq!(everything(&install).payload.0, expected);
}

#[test]
fn variables_of_other_programs_do_no_harm() {
    let install = Install::of(&[("orca.yml", "all: {limits: {maxRequests: 9}}")]).environment(&[
        ("ALL_PORT_6379_TCP", "tcp://10.0.0.1:6379"),
        ("ALL_LIMITS", "what"),
        ("ALL_BASEURL_X", "y"),
        ("ALL", "z"),
    ]);
    let bound = everything(&install);
    assert_eq!((bound.port, bound.limits.max_requests, bound.base_url.as_str()), (1, 9, "u"));
    assert_eq!(install.text("all.port"), None);
}

#[test]
fn single_keys_are_read_with_a_type() {
    let install = Install::of(&[("orca.yml", "a: {port: '1', list: [x], empty: ''}")]);
    let orca = install.orca().expect("loads");
    assert_eq!(orca.get::<u16>("a.port").expect("a number"), Some(1));
    assert_eq!(orca.get::<Vec<String>>("a.list").expect("a list"), Some(vec!["x".to_owned()]));
    assert_eq!(orca.get::<u16>("a.none").expect("nothing"), None);
    assert_eq!(orca.get_string("a.empty").expect("nothing"), None);
    assert!(orca.contains("a.list[0]") && !orca.contains("a.list[1]"));
}
