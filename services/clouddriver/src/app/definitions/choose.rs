//! Which definition of an account counts. Pure.

use std::collections::{BTreeMap, btree_map::Entry};

use gennaker_provider_api::AccountDefinition;

use crate::app::providers::Broken;

/// Where a definition comes from; of two of one name the first one's counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    Configuration,
    Folder,
    Stored,
}

impl Origin {
    fn words(self) -> &'static str {
        match self {
            Origin::Configuration => "in the configuration",
            Origin::Folder => "in the accounts' folder",
            Origin::Stored => "through the API",
        }
    }
}

/// The definitions that count by name, and those that do not.
pub(super) fn choose(
    sources: Vec<(Origin, Vec<AccountDefinition>)>,
) -> (BTreeMap<String, AccountDefinition>, Vec<Broken>) {
    let mut chosen: BTreeMap<String, AccountDefinition> = BTreeMap::new();
    let mut origins: BTreeMap<String, Origin> = BTreeMap::new();
    let mut refused = Vec::new();
    for (origin, definitions) in sources {
        for definition in definitions {
            let name = definition.name.clone();
            match chosen.entry(name.clone()) {
                Entry::Vacant(free) => {
                    free.insert(definition);
                    origins.insert(name, origin);
                }
                Entry::Occupied(_) => {
                    let first = origins.get(&name).copied().unwrap_or(origin);
                    let problem = format!(
                        "it is defined {} and once more {}; the first counts, remove one",
                        first.words(),
                        origin.words()
                    );
                    refused.push(Broken { kind: definition.kind(), name, problem });
                }
            }
        }
    }
    (chosen, refused)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn definition(name: &str, colour: &str) -> AccountDefinition {
        let fields = json!({"name": name, "type": "sky", "colour": colour});
        AccountDefinition::read(fields.as_object().expect("an object").clone()).expect("named")
    }

    #[test]
    fn the_first_definition_of_a_name_counts_and_the_others_are_told() {
        let (chosen, refused) = choose(vec![
            (Origin::Configuration, vec![definition("a", "red")]),
            (Origin::Stored, vec![definition("a", "blue"), definition("b", "blue")]),
        ]);
        assert_eq!(chosen["a"], definition("a", "red"));
        assert_eq!(chosen["b"], definition("b", "blue"));
        assert_eq!((refused.len(), refused[0].name.as_str()), (1, "a"));
        assert!(refused[0].problem.contains("in the configuration and once more through the API"));
    }
}
