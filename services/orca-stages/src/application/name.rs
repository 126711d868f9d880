//! What an application may be called, by the clouds that it says it uses (`"cloudProviders": "aws,kubernetes"`).
//!
//! Upstream: `ApplicationNameValidator`. A cloud that is not in the table asks nothing of a name.

use gennaker_wire::{Object, ObjectExt};

/// What a cloud takes for a name.
struct Rule {
    cloud: &'static str,
    /// The most characters.
    longest: usize,
    /// The characters, in words.
    characters: &'static str,
    allows: fn(&str) -> bool,
}

const RULES: [Rule; 8] = [
    Rule { cloud: "appengine", longest: 58, characters: LOWER_OR_DIGIT, allows: lower_or_digit },
    Rule { cloud: "aws", longest: 250, characters: WORD, allows: word },
    Rule { cloud: "dcos", longest: 127, characters: LOWER_OR_DIGIT, allows: lower_or_digit },
    Rule {
        cloud: "gce",
        longest: 63,
        characters: "a letter, then letters and digits",
        allows: |name| {
            name.is_empty() || begins_with_letter(name) && all(name, |letter| letter.is_ascii_alphanumeric())
        },
    },
    Rule {
        cloud: "kubernetes",
        longest: 63,
        characters: "a letter, then letters, digits and dashes",
        allows: |name| begins_with_letter(name) && all(name, |letter| letter.is_ascii_alphanumeric() || letter == '-'),
    },
    Rule { cloud: "openstack", longest: 250, characters: WORD, allows: word },
    Rule { cloud: "titus", longest: 250, characters: WORD, allows: word },
    Rule {
        cloud: "tencentcloud",
        longest: 50,
        characters: "letters, Chinese characters, digits, underscores, dots and dashes",
        allows: |name| {
            all(name, |letter| is_word(letter) || letter == '-' || ('\u{4e00}'..='\u{9fa5}').contains(&letter))
        },
    },
];

const LOWER_OR_DIGIT: &str = "lower-case letters and digits";
const WORD: &str = "letters, digits, underscores and dots";

fn all(name: &str, is_allowed: impl Fn(char) -> bool) -> bool {
    name.chars().all(is_allowed)
}

fn begins_with_letter(name: &str) -> bool {
    name.starts_with(|letter: char| letter.is_ascii_alphabetic())
}

fn lower_or_digit(name: &str) -> bool {
    all(name, |letter| letter.is_ascii_lowercase() || letter.is_ascii_digit())
}

fn is_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '_' | '.')
}

fn word(name: &str) -> bool {
    all(name, is_word)
}

/// What is wrong with the name for the clouds of the application, a sentence each.
pub(super) fn problems(name: &str, application: &Object) -> Vec<String> {
    let clouds = application.texts("cloudProviders").join(",");
    let rules = clouds.split(',').filter_map(|cloud| RULES.iter().find(|rule| rule.cloud == cloud));
    let broken = rules.filter(|rule| !(rule.allows)(name) || name.encode_utf16().count() > rule.longest);
    let problem = |rule: &Rule| {
        let Rule { cloud, longest, characters, .. } = rule;
        format!("the application's name {name:?} is not one for {cloud}: at most {longest} characters, {characters}")
    };
    broken.map(problem).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn a_name_has_to_suit_every_cloud_of_the_application() {
        let problems = |name: &str, clouds: Value| {
            let application = json!({ "cloudProviders": clouds });
            problems(name, application.as_object().expect("an object")).len()
        };
        assert_eq!(problems("shop-test", json!("kubernetes")), 0);
        assert_eq!(problems("shop-test", json!("kubernetes,aws,gce")), 2);
        assert_eq!(problems("shop-test", json!("elsewhere")), 0);
        assert_eq!(problems("shop-test", json!("")), 0);
        assert_eq!(problems("9shop", json!("kubernetes")), 1);
        assert_eq!(problems("shop_1.a", json!(["aws", "titus"])), 0);
        assert_eq!(problems("Shop", json!("appengine")), 1);
        assert_eq!(problems("\u{5e97}-1", json!("tencentcloud")), 0);
        assert_eq!(problems(&"a".repeat(63), json!("kubernetes")), 0);
        assert_eq!(problems(&"a".repeat(64), json!("kubernetes")), 1);
    }
}
