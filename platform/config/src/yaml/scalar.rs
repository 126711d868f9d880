//! Plain scalars by the rules of YAML 1.1, as SnakeYAML has them.
//!
//! ```text
//! yes, On, FALSE -> boolean     0644 -> 420      0x1F -> 31     0b11 -> 3     1_000 -> 1000
//! 1.5, 1e3, .inf -> number      ~, null, nothing -> null        '8084' -> text (quoted)
//! ```
//!
//! Base 60 (`1:30`, which SnakeYAML reads as 90) and dates stay text. A number with a fraction or an exponent that
//! is asked for as text keeps its spelling, so that a version `1.10` stays `1.10`; Spring would print `1.1`.

/// What a scalar is without a type asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Kind {
    Null,
    Bool(bool),
    Int(i128),
    Float(f64),
    Text,
    EmptyList,
    EmptyMap,
}

/// A scalar: its kind and its text as Spring would convert it to a string.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Scalar {
    pub(crate) kind: Kind,
    pub(crate) text: String,
}

impl Scalar {
    /// Text that is nothing else, as a quoted scalar or an environment variable.
    pub(crate) fn text(text: impl Into<String>) -> Scalar {
        Scalar { kind: Kind::Text, text: text.into() }
    }

    /// A scalar of `kind` with no text.
    pub(crate) fn empty(kind: Kind) -> Scalar {
        Scalar { kind, text: String::new() }
    }

    /// What the unquoted `text` is.
    pub(crate) fn plain(text: &str) -> Scalar {
        if matches!(text, "" | "~" | "null" | "Null" | "NULL") {
            Scalar::empty(Kind::Null)
        } else if let Some(truth) = boolean(text) {
            Scalar { kind: Kind::Bool(truth), text: truth.to_string() }
        } else if let Some(number) = integer(text) {
            Scalar { kind: Kind::Int(number), text: number.to_string() }
        } else if let Some(number) = float(text) {
            Scalar { kind: Kind::Float(number), text: text.to_owned() }
        } else {
            Scalar::text(text)
        }
    }

    /// What `text` is when the tag `!!suffix` stands before it, or `None` if it is not that.
    pub(crate) fn tagged(text: &str, suffix: &str) -> Option<Scalar> {
        if suffix == "str" {
            return Some(Scalar::text(text));
        }
        let scalar = Scalar::plain(text);
        match (suffix, scalar.kind) {
            ("null", Kind::Null) | ("bool", Kind::Bool(_)) | ("int", Kind::Int(_)) | ("float", Kind::Float(_)) => {
                Some(scalar)
            }
            ("float", Kind::Int(number)) => Some(Scalar { kind: Kind::Float(number as f64), text: scalar.text }),
            _ => None,
        }
    }
}

fn boolean(text: &str) -> Option<bool> {
    match text {
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Some(true),
        "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Some(false),
        _ => None,
    }
}

fn sign(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

fn integer(text: &str) -> Option<i128> {
    let (negative, rest) = sign(text);
    let (digits, radix) = if let Some(binary) = rest.strip_prefix("0b") {
        (binary, 2)
    } else if let Some(hexadecimal) = rest.strip_prefix("0x") {
        (hexadecimal, 16)
    } else if rest.len() > 1 && rest.starts_with('0') {
        (rest, 8)
    } else if rest.starts_with(|first: char| first.is_ascii_digit()) {
        (rest, 10)
    } else {
        return None;
    };
    let digits: String = digits.chars().filter(|character| *character != '_').collect();
    if digits.starts_with(['+', '-']) {
        return None;
    }
    let number = i128::from_str_radix(&digits, radix).ok()?;
    Some(if negative { -number } else { number })
}

fn float(text: &str) -> Option<f64> {
    let (negative, rest) = sign(text);
    let number = match rest {
        ".inf" | ".Inf" | ".INF" => f64::INFINITY,
        ".nan" | ".NaN" | ".NAN" => f64::NAN,
        _ => {
            let mut characters = rest.chars();
            let starts_as_number = match characters.next()? {
                '.' => characters.next().is_some_and(|second| second.is_ascii_digit()),
                first => first.is_ascii_digit(),
            };
            let looks_like_float = rest.contains(['.', 'e', 'E'])
                && rest.chars().all(|c| c.is_ascii_digit() || matches!(c, '_' | '.' | 'e' | 'E' | '+' | '-'));
            if !starts_as_number || !looks_like_float {
                return None;
            }
            rest.replace('_', "").parse().ok()?
        }
    };
    Some(if negative { -number } else { number })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars_follow_yaml_1_1() {
        for (text, kind, shown) in [
            ("yes", Kind::Bool(true), "true"),
            ("Off", Kind::Bool(false), "false"),
            ("y", Kind::Text, "y"),
            ("yEs", Kind::Text, "yEs"),
            ("~", Kind::Null, ""),
            ("", Kind::Null, ""),
            ("8084", Kind::Int(8084), "8084"),
            ("-7", Kind::Int(-7), "-7"),
            ("0644", Kind::Int(420), "420"),
            ("0x1F", Kind::Int(31), "31"),
            ("0b11", Kind::Int(3), "3"),
            ("1_000", Kind::Int(1000), "1000"),
            ("012345678901", Kind::Text, "012345678901"),
            ("1:30", Kind::Text, "1:30"),
            ("1.10", Kind::Float(1.1), "1.10"),
            ("1e3", Kind::Float(1000.0), "1e3"),
            ("-.inf", Kind::Float(f64::NEG_INFINITY), "-.inf"),
            (".5", Kind::Float(0.5), ".5"),
            ("1.2.3", Kind::Text, "1.2.3"),
            ("2020-01-01", Kind::Text, "2020-01-01"),
            ("0x", Kind::Text, "0x"),
            ("-", Kind::Text, "-"),
            ("--1", Kind::Text, "--1"),
            ("10s", Kind::Text, "10s"),
        ] {
            assert_eq!(Scalar::plain(text), Scalar { kind, text: shown.to_owned() }, "{text}");
        }
    }

    #[test]
    fn tags_decide_before_the_spelling() {
        assert_eq!(Scalar::tagged("123", "str"), Some(Scalar::text("123")));
        assert_eq!(Scalar::tagged("3", "float").map(|scalar| scalar.kind), Some(Kind::Float(3.0)));
        assert_eq!(Scalar::tagged("abc", "int"), None);
    }
}
