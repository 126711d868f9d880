//! Manifests: a package is named after its folder, inherits the workspace's lints, and leaves versions and features of
//! what it depends on to the root manifest.
//!
//! One place for versions and features means that every way of building shares one set of artifacts.

use toml_edit::{DocumentMut, Item, TableLike};

use super::Findings;
use crate::tree::{Member, Tree};

/// Programs that people type, and test crates, have names of their own.
const OWN_NAMES: [(&str, &str); 5] = [
    ("examples/greeter", "greeter"),
    ("tests/conformance", "conformance"),
    ("tests/system", "gennaker-system-tests"),
    ("tools/demo", "demo"),
    ("tools/xtask", "xtask"),
];

/// Every manifest that is named, linted or versioned on its own.
pub(crate) fn check(tree: &Tree) -> Findings {
    let mut failures = Vec::new();
    for member in &tree.members {
        let expected = expected_name(&member.folder);
        if member.name != expected {
            failures.push(format!("{}: the package is called {}, not {expected}", member.folder, member.name));
        }
        failures.extend(manifest_failures(member, tree));
    }
    Findings::of(failures)
}

fn expected_name(folder: &str) -> String {
    if let Some((_, name)) = OWN_NAMES.iter().find(|(own, _)| *own == folder) {
        return name.to_string();
    }
    match folder.rsplit_once('/') {
        Some(("providers", leaf)) => format!("gennaker-provider-{leaf}"),
        Some((_, leaf)) => format!("gennaker-{leaf}"),
        None => format!("gennaker-{folder}"),
    }
}

fn manifest_failures(member: &Member, tree: &Tree) -> Vec<String> {
    let path = format!("{}/Cargo.toml", member.folder);
    let Some(text) = tree.files.get(&path) else {
        return vec![format!("{path}: git ignores it or it cannot be read")];
    };
    let manifest = match text.parse::<DocumentMut>() {
        Ok(manifest) => manifest,
        Err(error) => return vec![format!("{path}: {error}")],
    };

    let mut failures = Vec::new();
    if manifest.get("lints").and_then(|lints| lints.get("workspace")).and_then(Item::as_bool) != Some(true) {
        failures.push(format!("{path}: does not inherit the lints: add `[lints]` with `workspace = true`"));
    }
    let mut tables = dependency_tables(manifest.as_table());
    for (_, target) in manifest.get("target").and_then(Item::as_table_like).into_iter().flat_map(|all| all.iter()) {
        tables.extend(target.as_table_like().into_iter().flat_map(|target| dependency_tables(target)));
    }
    for (name, dependency) in tables.into_iter().flat_map(|table| table.iter()) {
        if !inherits(dependency) {
            failures.push(format!(
                "{path}: {name}: version, path and features stand in the root manifest; write `{name}.workspace = true`"
            ));
        }
    }
    failures
}

fn dependency_tables(manifest: &dyn TableLike) -> Vec<&dyn TableLike> {
    ["dependencies", "dev-dependencies", "build-dependencies"]
        .iter()
        .filter_map(|name| manifest.get(name)?.as_table_like())
        .collect()
}

/// Whether it says `workspace = true` and, besides, at most that it is optional.
fn inherits(dependency: &Item) -> bool {
    dependency.as_table_like().is_some_and(|table| {
        table.get("workspace").and_then(Item::as_bool) == Some(true)
            && table.iter().all(|(key, _)| matches!(key, "workspace" | "optional"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failures(name: &str, folder: &str, manifest: &str) -> Vec<String> {
        let mut tree = Tree::of_members(&[(name, folder, &[], &[])]);
        tree.files.insert(format!("{folder}/Cargo.toml"), manifest.to_owned());
        check(&tree).failures
    }

    const GOOD: &str = "[lints]\nworkspace = true\n[dependencies]\nserde.workspace = true\n\
        tokio = { workspace = true, optional = true }\n[dev-dependencies.insta]\nworkspace = true\n";

    #[test]
    fn a_manifest_that_inherits_passes() {
        assert_eq!(failures("gennaker-wire", "model/wire", GOOD), Vec::<String>::new());
        assert_eq!(failures("gennaker-provider-local", "providers/local", GOOD), Vec::<String>::new());
        assert_eq!(failures("gennaker-server", "server", GOOD), Vec::<String>::new());
        assert_eq!(failures("conformance", "tests/conformance", GOOD), Vec::<String>::new());
    }

    #[test]
    fn a_package_not_named_after_its_folder_fails() {
        let failures = failures("wire", "model/wire", GOOD);
        assert_eq!(failures, ["model/wire: the package is called wire, not gennaker-wire"]);
    }

    #[test]
    fn lints_of_its_own_fail() {
        for manifest in ["[dependencies]\n", "[lints]\nworkspace = false\n", "[lints.rust]\nunsafe_code = \"allow\"\n"]
        {
            let failures = failures("gennaker-wire", "model/wire", manifest);
            assert!(failures.len() == 1 && failures[0].contains("does not inherit the lints"), "{failures:?}");
        }
    }

    #[test]
    fn versions_paths_and_features_outside_of_the_root_fail() {
        for line in [
            "[dependencies]\nserde = \"1\"",
            "[dependencies]\nserde = { workspace = true, features = [\"rc\"] }",
            "[build-dependencies]\nserde = { path = \"../serde\" }",
            "[dev-dependencies.serde]\nversion = \"1\"",
            "[target.'cfg(unix)'.dependencies]\nserde = \"1\"",
        ] {
            let failures = failures("gennaker-wire", "model/wire", &format!("lints.workspace = true\n{line}\n"));
            assert!(failures.len() == 1 && failures[0].contains("serde.workspace = true"), "{line}: {failures:?}");
        }
    }

    #[test]
    fn a_manifest_that_is_not_toml_fails() {
        assert_eq!(failures("gennaker-wire", "model/wire", "[lints").len(), 1);
    }
}
