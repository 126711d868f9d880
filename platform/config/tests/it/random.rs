//! Whatever a file or a variable holds, loading ends with a value or an error.

use std::{collections::BTreeMap, fs};

use gennaker_config::{Config, DottedMap, DurationSetting, Lenient, Sources};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
struct Options {
    a: u16,
    b: Option<String>,
    c: Vec<BTreeMap<String, String>>,
    d: DurationSetting,
    e: DottedMap,
    f: Lenient<serde_json::Value>,
}

fn load_all(folder: &std::path::Path, text: &str, environment: BTreeMap<String, String>) {
    fs::write(folder.join("orca.yml"), text).expect("a file");
    let sources = Sources { environment, ..Sources::of_folder(folder) };
    let Ok(config) = Config::load(&sources) else { return };
    let Ok(orca) = config.for_service("orca") else { return };
    for prefix in ["", "a", "b", "c"] {
        let _ = orca.bind::<Options>(prefix);
        let _ = orca.bind::<Lenient<serde_json::Value>>(prefix);
        let _ = orca.get_string(prefix);
    }
    config.report();
    config.warnings().iter().for_each(|warning| drop(warning.to_string()));
}

/// Pieces that make texts which are almost YAML.
fn almost_yaml() -> impl Strategy<Value = String> {
    let pieces = [
        "a",
        "b",
        "c",
        "e",
        "f",
        ":",
        ": ",
        "\n",
        "\n  ",
        "\n- ",
        "- ",
        "[",
        "]",
        "{",
        "}",
        ", ",
        "'",
        "\"",
        "&x ",
        "*x",
        "<<: ",
        "${",
        "}",
        "${a}",
        "${b:",
        "\\",
        "|\n  ",
        "!!str ",
        "! ",
        "---\n",
        "# ",
        "0",
        "1",
        "~",
        "yes",
        ".",
        "[0]",
        "é",
        "\t",
        "spring.config.activate.on-profile: ",
        "@",
        "%",
        "?",
        "_",
        "PT1S",
    ];
    prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_it_panic(text in prop_oneof![almost_yaml(), any::<String>()]) {
        let folder = tempfile::tempdir().expect("a folder");
        load_all(folder.path(), &text, BTreeMap::new());
    }

    #[test]
    fn no_variable_makes_it_panic(variables in prop::collection::btree_map("[ABCDEFa-f_.0-2]{0,8}", almost_yaml(), 0..6)) {
        let folder = tempfile::tempdir().expect("a folder");
        load_all(folder.path(), "a: ${b}\nc: ${c}", variables);
    }

    #[test]
    fn a_plain_text_comes_back_as_it_was(text in "[a-zA-Z ${}:.é\"'#]{0,20}") {
        prop_assume!(!text.contains("${") && !text.trim().is_empty());
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("orca.yml"), format!("v: '{}'\n", text.replace('\'', "''"))).expect("a file");
        let orca = Config::load(&Sources::of_folder(folder.path())).expect("loads").for_service("orca").expect("loads");
        prop_assert_eq!(orca.get_string("v").expect("text"), Some(text));
    }
}
