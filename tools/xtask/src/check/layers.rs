//! Layers: a crate's folder is its layer, and arrows go down only.
//!
//! | layer | folder | may also use, of its own layer |
//! |---|---|---|
//! | 5 | `server` | |
//! | 4 | `services` | `orca` -> `orca-stages`; no service uses another, they meet through `clients` |
//! | 3 | `providers` | any -> `api` |
//! | 2 | `model` | `clients` -> `wire` |
//! | 1 | `platform` | `base` < all others < `store-*`, `cluster` |
//! | 0 | `languages` | `javaregex`, `yaml`, `naming`, `cron`, `judge` < `jsonpath` < `spel`, `artifacts`, `templates` |
//!
//! `tests`, `benches`, `tools` and `examples` stand beside the layers: they may use anything, and of the others only
//! dev-dependencies may name them. Dev-dependencies keep to the arrows too, and may go sideways from a store to the suite
//! that proves it and from `cluster` to a real store.

use super::Findings;
use crate::tree::Tree;

const LAYERS: [&str; 6] = ["languages", "platform", "model", "providers", "services", "server"];
const BESIDE: [&str; 4] = ["tests", "benches", "tools", "examples"];

/// Every arrow that points up, sideways or to a place beside the layers, and every crate outside of all of them.
pub(crate) fn check(tree: &Tree) -> Findings {
    let mut failures = Vec::new();
    for member in &tree.members {
        if place(&member.folder).is_none() {
            failures.push(format!(
                "{} is in no layer: put it under one of {}",
                member.folder,
                [&LAYERS[..], &BESIDE[..]].concat().join(", ")
            ));
            continue;
        }
        for arrow in &member.uses {
            if let Some(problem) = problem(&member.folder, &arrow.folder, arrow.dev) {
                let kind = if arrow.dev { " (dev-dependency)" } else { "" };
                failures.push(format!("{} -> {}{kind}: {problem}", member.folder, arrow.folder));
            }
        }
    }
    Findings::of(failures)
}

/// Where a crate stands.
#[derive(PartialEq)]
enum Place {
    Layer(usize),
    Beside,
}

fn place(folder: &str) -> Option<Place> {
    let top = top(folder);
    if BESIDE.contains(&top) {
        return Some(Place::Beside);
    }
    LAYERS.iter().position(|layer| *layer == top).map(Place::Layer)
}

/// Why the arrow is not allowed.
fn problem(from: &str, to: &str, dev: bool) -> Option<&'static str> {
    match (place(from)?, place(to)?) {
        (Place::Beside, _) => None,
        (Place::Layer(_), Place::Beside) if dev => None,
        (Place::Layer(_), Place::Beside) => Some("only dev-dependencies may name what stands beside the layers"),
        (Place::Layer(from), Place::Layer(to)) if from > to => None,
        (Place::Layer(from), Place::Layer(to)) if from < to => {
            Some("points up: move what is shared into a lower layer")
        }
        _ if sideways(from, to) || (dev && sideways_in_tests(from, to)) => None,
        _ if top(from) == "services" => Some("points sideways: a service reaches another through model/clients"),
        _ => Some("points sideways: move what is shared into a lower layer"),
    }
}

fn sideways(from: &str, to: &str) -> bool {
    match (top(from), leaf(from), leaf(to)) {
        ("languages", from, to) => language_rank(from) > language_rank(to),
        ("platform", from, to) => platform_rank(from) > platform_rank(to),
        ("model", "clients", "wire") => true,
        ("providers", _, "api") => true,
        ("services", "orca", "orca-stages") => true,
        _ => false,
    }
}

fn sideways_in_tests(from: &str, to: &str) -> bool {
    match (top(from), leaf(from), leaf(to)) {
        ("platform", from, "store-tck") => from.starts_with("store-"),
        ("platform", "cluster", to) => to.starts_with("store-"),
        // What echo starts is tried with those who keep and run it.
        ("services", "echo", "front50" | "orca" | "orca-stages") => true,
        _ => false,
    }
}

fn language_rank(leaf: &str) -> u8 {
    match leaf {
        "spel" | "artifacts" | "templates" => 2,
        "jsonpath" => 1,
        _ => 0,
    }
}

fn platform_rank(leaf: &str) -> u8 {
    match leaf {
        "base" => 0,
        "cluster" => 2,
        _ if leaf.starts_with("store-") => 2,
        _ => 1,
    }
}

fn top(folder: &str) -> &str {
    folder.split_once('/').map_or(folder, |(top, _)| top)
}

fn leaf(folder: &str) -> &str {
    folder.rsplit_once('/').map_or(folder, |(_, leaf)| leaf)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn allowed(from: &str, to: &str) {
        assert_eq!(failures(from, &[to], &[]), Vec::<String>::new());
    }

    #[track_caller]
    fn refused(from: &str, to: &str) -> String {
        let failures = failures(from, &[to], &[]);
        assert_eq!(failures.len(), 1, "{from} -> {to}");
        failures[0].clone()
    }

    fn failures(from: &str, uses: &[&str], dev: &[&str]) -> Vec<String> {
        check(&Tree::of_members(&[("any", from, uses, dev)])).failures
    }

    #[test]
    fn down_is_allowed_and_up_is_not() {
        for (upper, lower) in [
            ("server", "services/gate"),
            ("services/orca", "model/clients"),
            ("providers/local", "platform/http"),
            ("model/wire", "languages/naming"),
        ] {
            allowed(upper, lower);
            assert!(refused(lower, upper).contains("points up"));
        }
    }

    #[test]
    fn sideways_needs_a_line_in_the_table() {
        allowed("model/clients", "model/wire");
        allowed("providers/local", "providers/api");
        allowed("services/orca", "services/orca-stages");
        refused("model/wire", "model/clients");
        refused("providers/api", "providers/local");
        refused("services/orca-stages", "services/orca");
        allowed("languages/spel", "languages/yaml");
        allowed("languages/artifacts", "languages/jsonpath");
        allowed("languages/jsonpath", "languages/javaregex");
        refused("languages/yaml", "languages/spel");
        refused("languages/artifacts", "languages/spel");
        refused("languages/cron", "languages/naming");
        assert!(refused("services/gate", "services/orca").contains("model/clients"));
    }

    #[test]
    fn platform_has_an_order_of_its_own() {
        allowed("platform/http", "platform/base");
        allowed("platform/store-sql", "platform/store");
        allowed("platform/cluster", "platform/store");
        refused("platform/base", "platform/http");
        refused("platform/http", "platform/config");
        refused("platform/store", "platform/cluster");
        refused("platform/store-sql", "platform/store-tck");
        refused("platform/cluster", "platform/store-sql");
    }

    #[test]
    fn beside_the_layers_everything_may_be_used_and_nothing_uses_it_but_tests() {
        allowed("tests/system", "tests/harness");
        allowed("tools/demo", "server");
        refused("services/gate", "tests/harness");
        assert_eq!(failures("services/gate", &[], &["tests/harness"]), Vec::<String>::new());
    }

    #[test]
    fn dev_dependencies_keep_to_the_arrows_too() {
        assert_eq!(failures("platform/store-sql", &[], &["platform/store-tck"]), Vec::<String>::new());
        assert_eq!(failures("platform/cluster", &[], &["platform/store-sql"]), Vec::<String>::new());
        assert_eq!(failures("services/gate", &[], &["services/orca"]).len(), 1);
        assert_eq!(failures("services/echo", &[], &["services/orca"]), Vec::<String>::new());
        assert_eq!(failures("services/echo", &["services/orca"], &[]).len(), 1);
        let up = failures("platform/http", &[], &["services/gate"]);
        assert!(up[0].starts_with("platform/http -> services/gate (dev-dependency): points up"), "{up:?}");
    }

    #[test]
    fn a_crate_outside_of_every_layer_is_named() {
        let failures = failures("common/strings", &[], &[]);
        assert!(failures[0].starts_with("common/strings is in no layer"), "{failures:?}");
    }
}
