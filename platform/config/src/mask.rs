//! What must not be shown: found by the key's name and by the value's look.
//!
//! ```text
//! redis.password: hunter2                     -> ******
//! url: redis://user:hunter2@host:6379         -> redis://******@host:6379
//! github.token: encrypted:s3!b:x!f:y!k:z      -> as it is: a reference, not the secret
//! ```
//!
//! It masks rather too much than too little: `keyFile` is shown, everything below `secrets:` is not.

use crate::key::uniform;

/// What is shown in place of a secret.
pub const MASK: &str = "******";

/// Parts of a name that make it, and everything below it, secret.
const ANYWHERE: [&str; 11] = [
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "credential",
    "apikey",
    "accesskey",
    "privatekey",
    "authorization",
    "sensitive",
];

/// Ends of a last element that make it secret.
const AT_THE_END: [&str; 6] = ["key", "keys", "pass", "pwd", "cookie", "auth"];

/// `value` with every secret in it replaced by [`MASK`], as the names of its fields and the look of its texts say.
pub fn masked(value: &serde_json::Value) -> serde_json::Value {
    below(&mut Vec::new(), value)
}

fn below(path: &mut Vec<String>, value: &serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::Object(fields) => {
            let shown = fields.iter().map(|(name, value)| {
                path.push(name.clone());
                let value = below(path, value);
                path.pop();
                (name.clone(), value)
            });
            Value::Object(shown.collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(|item| below(path, item)).collect()),
        Value::String(text) => Value::String(shown(text, is_secret_name(path))),
        Value::Number(_) if is_secret_name(path) => Value::String(MASK.to_owned()),
        other => other.clone(),
    }
}

/// Whether the name of this key says that its value is a secret.
pub(crate) fn is_secret_name(elements: &[String]) -> bool {
    let names: Vec<String> = elements
        .iter()
        .flat_map(|element| element.split('.'))
        .filter(|element| !element.bytes().all(|byte| byte.is_ascii_digit()))
        .map(uniform)
        .collect();
    names.iter().any(|name| ANYWHERE.iter().any(|part| name.contains(part)))
        || names.last().is_some_and(|name| AT_THE_END.iter().any(|end| name.ends_with(end)))
}

/// Whether `text` refers to a secret that is kept elsewhere.
fn is_reference(text: &str) -> bool {
    (text.starts_with("encrypted:") || text.starts_with("encryptedFile:")) && !text.contains(char::is_whitespace)
}

/// `text` as it may be shown; `secret` says that it is one by its key or by what it was put together from.
pub(crate) fn shown(text: &str, secret: bool) -> String {
    if text.is_empty() || is_reference(text) || matches!(text, "true" | "false") {
        return text.to_owned();
    }
    if secret || (text.contains("-----BEGIN") && text.contains("PRIVATE KEY")) {
        return MASK.to_owned();
    }
    assignments(&scheme_tokens(&user_info(text)))
}

/// Masks `user:password@` of an address, also of one that is not quite an address.
fn user_info(text: &str) -> String {
    let mut shown = String::new();
    for word in text.split_inclusive(|c: char| c.is_whitespace() || matches!(c, '"' | ',')) {
        // A password may hold `/` unescaped, so the last `@` of the word counts, not the first part of the address.
        let at = word.rfind('@').filter(|at| !word[at + 1..].starts_with("sha256:"));
        let start = word.find("://").map(|start| start + 3).or_else(|| word.find(':').map(|start| start + 1));
        match (start, at) {
            (Some(start), Some(at)) if start <= at => {
                shown.push_str(&word[..start]);
                shown.push_str(MASK);
                shown.push_str(&word[at..]);
            }
            _ => shown.push_str(word),
        }
    }
    shown
}

/// Masks what follows `Bearer ` and `Basic `.
fn scheme_tokens(text: &str) -> String {
    let mut shown = text.to_owned();
    for scheme in ["Bearer ", "Basic "] {
        if let Some(start) = shown.find(scheme) {
            shown.truncate(start + scheme.len());
            shown.push_str(MASK);
        }
    }
    shown
}

/// Masks the value of `name=value` where the name is a secret's.
fn assignments(text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text;
    while let Some(equals) = rest.find('=') {
        let (before, after) = rest.split_at(equals + 1);
        shown.push_str(before);
        let name_start = before[..equals]
            .rfind(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '-' | '_')))
            .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
        rest = after;
        if is_secret_name(&[before[name_start..equals].to_owned()]) {
            let end = after.find(|c: char| c.is_whitespace() || "&;,\"'".contains(c)).unwrap_or(after.len());
            shown.push_str(MASK);
            rest = &after[end..];
        }
    }
    shown + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::Key;

    #[test]
    fn names_say_what_is_secret() {
        for (key, secret) in [
            ("redis.password", true),
            ("github.accessToken", true),
            ("AWS_APPKEY", true),
            ("secrets.db", true),
            ("tokens[0]", true),
            ("headers.Authorization[0]", true),
            ("aws.secretKey", true),
            ("server.port", false),
            ("services.front50.baseUrl", false),
            ("defaultKeyPairTemplate", false),
        ] {
            assert_eq!(is_secret_name(Key::parse(key).elements()), secret, "{key}");
        }
    }

    #[test]
    fn values_are_shown_without_secrets() {
        for (text, secret, expected) in [
            ("hunter2", true, "******"),
            ("hunter2", false, "hunter2"),
            ("true", true, "true"),
            ("encrypted:s3!b:x!f:y", true, "encrypted:s3!b:x!f:y"),
            ("encryptedFile:k8s!n:a!k:b", false, "encryptedFile:k8s!n:a!k:b"),
            ("encrypted: hunter2", true, "******"),
            ("redis://:hunt/er2@host:6379", false, "redis://******@host:6379"),
            ("http://host:80/path", false, "http://host:80/path"),
            ("redis//:hunter2@host", false, "redis//:******@host"),
            ("a b, http://u:p@h x@y", false, "a b, http://******@h x@y"),
            ("repo/image:1.0@sha256:abc", false, "repo/image:1.0@sha256:abc"),
            ("jdbc:mysql://h/db?user=x&password=hunter2&a=b", false, "jdbc:mysql://h/db?user=x&password=******&a=b"),
            ("Bearer abc.def", false, "Bearer ******"),
            ("-----BEGIN RSA PRIVATE KEY-----\nx", false, "******"),
        ] {
            assert_eq!(shown(text, secret), expected, "{text}");
        }
    }
}
