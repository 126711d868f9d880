//! Property names: how `services.front50.baseUrl` is taken apart, compared and printed.
//!
//! ```text
//! accounts[0].name      -> accounts, 0, name
//! labels.[a.b/c].value  -> labels, a.b/c, value    (brackets keep an element whole)
//! ```
//!
//! Two elements are the same when their *uniform* forms are: lower case, without `-` and `_` (Spring Boot,
//! "Relaxed Binding"). Spring also drops every other character that is not alphanumeric from an unbracketed map
//! key; here such characters stay, because accounts and applications are named with them.

use std::fmt;

/// A property name as its elements; the empty key is the root.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Key(Vec<String>);

impl Key {
    /// Takes `text` apart at dots and brackets. Empty elements are dropped, an unclosed bracket is plain text.
    pub(crate) fn parse(text: &str) -> Key {
        let mut elements = Vec::new();
        let mut current = String::new();
        let mut rest = text;
        while let Some(character) = rest.chars().next() {
            let after = &rest[character.len_utf8()..];
            match character {
                '.' => {
                    elements.push(std::mem::take(&mut current));
                    rest = after;
                }
                '[' => match after.find(']') {
                    Some(end) => {
                        elements.push(std::mem::take(&mut current));
                        elements.push(after[..end].to_owned());
                        rest = &after[end + 1..];
                    }
                    None => {
                        current.push_str(rest);
                        rest = "";
                    }
                },
                other => {
                    current.push(other);
                    rest = after;
                }
            }
        }
        elements.push(current);
        elements.retain(|element| !element.is_empty());
        Key(elements)
    }

    /// The key one level below this one.
    pub(crate) fn child(&self, element: &str) -> Key {
        let mut elements = self.0.clone();
        elements.push(element.to_owned());
        Key(elements)
    }

    /// The elements, outermost first.
    pub(crate) fn elements(&self) -> &[String] {
        &self.0
    }

    /// Whether this is the root.
    pub(crate) fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The uniform elements, each followed by a dot, so that a textual prefix is a prefix of elements.
    pub(crate) fn uniform(&self) -> String {
        let mut text = String::new();
        for part in self.0.iter().flat_map(|element| element.split('.')) {
            text.push_str(&uniform(part));
            text.push('.');
        }
        text
    }
}

impl fmt::Display for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, element) in self.0.iter().enumerate() {
            if element.contains(['.', '[', ']']) || element.bytes().all(|byte| byte.is_ascii_digit()) {
                write!(formatter, "[{element}]")?;
            } else if position == 0 {
                formatter.write_str(element)?;
            } else {
                write!(formatter, ".{element}")?;
            }
        }
        Ok(())
    }
}

/// The form in which two spellings of one element are equal.
pub(crate) fn uniform(element: &str) -> String {
    let text: String = element.chars().filter(|c| !matches!(c, '-' | '_')).flat_map(char::to_lowercase).collect();
    if text.is_empty() { element.to_owned() } else { text }
}

/// The words of an element in lower case: `baseUrl`, `base-url` and `BASE_URL` are all `base`, `url`.
pub(crate) fn words(element: &str) -> Vec<String> {
    let characters: Vec<char> = element.chars().collect();
    let mut words = vec![String::new()];
    for (position, &character) in characters.iter().enumerate() {
        if matches!(character, '-' | '_') {
            words.push(String::new());
            continue;
        }
        let previous = position.checked_sub(1).map(|before| characters[before]);
        let next_is_lower = characters.get(position + 1).is_some_and(|next| next.is_lowercase());
        let starts_word = character.is_uppercase()
            && previous.is_some_and(|before| !before.is_uppercase() || (before.is_uppercase() && next_is_lower));
        if starts_word {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.extend(character.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The candidate that `element` most likely meant to be, if one is close.
pub(crate) fn nearest<'a>(element: &str, candidates: &[&'a str]) -> Option<&'a str> {
    let wanted: Vec<char> = uniform(element).chars().take(64).collect();
    let limit = (wanted.len() / 3).clamp(1, 3);
    candidates
        .iter()
        .map(|candidate| (distance(&wanted, &uniform(candidate).chars().collect::<Vec<_>>()), *candidate))
        .filter(|(distance, candidate)| *distance <= limit && *distance < candidate.len())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Insertions, deletions, replacements and swaps of neighbours between two words.
fn distance(left: &[char], right: &[char]) -> usize {
    let mut rows: Vec<Vec<usize>> = vec![(0..=right.len()).collect()];
    for i in 1..=left.len() {
        let mut row = vec![i];
        for j in 1..=right.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(left[i - 1] != right[j - 1]);
            let mut best = replaced.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[left.len()][right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_taken_apart_and_printed() {
        for (text, elements, printed) in [
            ("services.front50.baseUrl", vec!["services", "front50", "baseUrl"], "services.front50.baseUrl"),
            ("accounts[0].name", vec!["accounts", "0", "name"], "accounts[0].name"),
            ("labels.[a.b/c].x", vec!["labels", "a.b/c", "x"], "labels[a.b/c].x"),
            ("..a..b.", vec!["a", "b"], "a.b"),
            ("a[b", vec!["a[b"], "[a[b]"),
            ("", vec![], ""),
        ] {
            let key = Key::parse(text);
            assert_eq!(key.elements(), elements, "{text}");
            assert_eq!(key.to_string(), printed, "{text}");
        }
    }

    #[test]
    fn spellings_of_one_element_are_uniform_and_have_the_same_words() {
        for spelling in ["baseUrl", "base-url", "base_url", "BASE_URL", "BaseUrl", "baseURL"] {
            assert_eq!(uniform(spelling), "baseurl", "{spelling}");
            assert_eq!(words(spelling), ["base", "url"], "{spelling}");
        }
        assert_eq!(uniform("_"), "_");
        assert_eq!(words("maxHTTPAge"), ["max", "http", "age"]);
        assert_eq!(words("front50"), ["front50"]);
    }

    #[test]
    fn the_nearest_candidate_is_close() {
        let candidates = ["port", "address", "baseUrl"];
        assert_eq!(nearest("prot", &candidates), Some("port"));
        assert_eq!(nearest("adress", &candidates), Some("address"));
        assert_eq!(nearest("base-uri", &candidates), Some("baseUrl"));
        assert_eq!(nearest("timeout", &candidates), None);
    }
}
