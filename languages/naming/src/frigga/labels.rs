//! Labelled variables: the old convention that puts countries, phase, hardware and so on at the end of a name.
//!
//! Each is a key, `0`, and a value of letters and digits: `shop-test-c0eu-d0prod` is for the country `eu` in the phase
//! `prod`. To application, stack and detail they are ordinary text; the detail above is `c0eu-d0prod`.
//!
//! Source: Frigga `LabeledVariablesNamingConvention`.

/// The labelled variables of a name.
///
/// Source: Frigga `LabeledVariables`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Labels {
    /// Key `c`.
    pub countries: Option<String>,
    /// Key `d`.
    pub dev_phase: Option<String>,
    /// Key `h`.
    pub hardware: Option<String>,
    /// Key `p`.
    pub partners: Option<String>,
    /// Key `r`.
    pub revision: Option<String>,
    /// Key `u`.
    pub used_by: Option<String>,
    /// Key `w`.
    pub red_black_swap: Option<String>,
    /// Key `z`.
    pub zone: Option<String>,
}

const KEYS: &[u8] = b"cdhpruwz";

impl Labels {
    /// The variables at the end of a cluster's name.
    pub(super) fn of_cluster(cluster: &str) -> Self {
        let labelled = labelled_end(cluster);
        Labels {
            countries: value(labelled, b'c'),
            dev_phase: value(labelled, b'd'),
            hardware: value(labelled, b'h'),
            partners: value(labelled, b'p'),
            revision: value(labelled, b'r'),
            used_by: value(labelled, b'u'),
            red_black_swap: value(labelled, b'w'),
            zone: value(labelled, b'z'),
        }
    }

    /// Keys and values in the order in which a name has them, without those that are absent or empty.
    pub(super) fn present(&self) -> impl Iterator<Item = (char, &str)> {
        let all = [
            ('c', &self.countries),
            ('d', &self.dev_phase),
            ('h', &self.hardware),
            ('p', &self.partners),
            ('r', &self.revision),
            ('u', &self.used_by),
            ('w', &self.red_black_swap),
            ('z', &self.zone),
        ];
        all.into_iter().filter_map(|(key, value)| Some((key, value.as_deref().filter(|value| !value.is_empty())?)))
    }
}

/// Whether a word starts with a key, `0` and a letter or digit.
pub(super) fn opens_with_label(word: &str) -> bool {
    matches!(word.as_bytes(), [key, b'0', first, ..] if KEYS.contains(key) && first.is_ascii_alphanumeric())
}

fn is_label(word: &str) -> bool {
    opens_with_label(word) && word.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// The longest end of the name that consists of labelled variables, with the hyphen before the first.
fn labelled_end(cluster: &str) -> &str {
    let mut start = cluster.len();
    loop {
        let head = &cluster[..start];
        match head.rfind('-') {
            Some(hyphen) if is_label(&head[hyphen + 1..]) => start = hyphen,
            None if is_label(head) => return cluster,
            _ => return &cluster[start..],
        }
    }
}

/// The value of a key's first appearance. As in the original that may be inside another value: `p0ac0x` has the country `x`.
fn value(labelled: &str, key: u8) -> Option<String> {
    let start =
        labelled.as_bytes().windows(3).position(|w| w[0] == key && w[1] == b'0' && w[2].is_ascii_alphanumeric())?;
    let value = &labelled[start + 2..];
    let end = value.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(value.len());
    Some(value[..end].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_end_is_looked_at() {
        assert_eq!(labelled_end("app-stack-c0eu-d0prod"), "-c0eu-d0prod");
        assert_eq!(labelled_end("app-c0eu-x-d0prod"), "-d0prod");
        assert_eq!(labelled_end("c0eu-d0prod"), "c0eu-d0prod");
        assert_eq!(labelled_end("-c0eu"), "-c0eu");
        assert_eq!(labelled_end("app-c0eu-x"), "");
        assert_eq!(labelled_end("app-c0"), "");
        assert_eq!(labelled_end("app-c0eu.west"), "");
        assert_eq!(labelled_end(""), "");
    }

    #[test]
    fn a_key_inside_a_value_counts_as_in_the_original() {
        let labels = Labels::of_cluster("app-p0ac0x-c0eu");
        assert_eq!((labels.partners.as_deref(), labels.countries.as_deref()), (Some("ac0x"), Some("x")));
    }
}
