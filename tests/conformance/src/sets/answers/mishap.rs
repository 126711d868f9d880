//! Where the original broke down, ours may say what is wrong.
//!
//! A recorded 500 whose message is that of a Java exception is no answer that a client can be written for: it is what a missing
//! check looks like. Ours is accepted if it does not break down too and tells in `message` what is wrong. Everything after it is
//! compared as ever: what broke down there has changed nothing here.

use serde_json::Value;

/// What only exceptions say: of the virtual machine's, of collections, of databases.
const EXCEPTIONS: [&str; 5] =
    ["Cannot invoke \"", " out of bounds for length ", "jOOQ; SQL [", "No value present", " cannot be cast to class "];

/// Whether the original broke down where ours has an answer.
pub(super) fn explains(recorded: (u64, &Value), got: (u64, &Value)) -> bool {
    let told = recorded.1["message"].as_str().unwrap_or_default();
    let is_mishap = recorded.0 == 500 && EXCEPTIONS.iter().any(|words| told.contains(words));
    let says_why = got.1["message"].as_str().is_some_and(|message| !message.trim().is_empty());
    is_mishap && got.0 < 500 && says_why
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_an_exception_may_be_answered_with_reasons() {
        let mishap = json!({"message": "Cannot invoke \"Object.toString()\" because it is null"});
        let reason = json!({"message": "a pipeline has a name"});
        assert!(explains((500, &mishap), (400, &reason)));
        assert!(explains((500, &json!({"message": "Index 1 out of bounds for length 1"})), (200, &reason)));
        assert!(!explains((500, &mishap), (500, &reason)));
        assert!(!explains((500, &mishap), (200, &json!({"id": "1"}))));
        assert!(!explains((500, &mishap), (400, &json!({"message": " "}))));
        assert!(!explains((400, &mishap), (404, &reason)));
        assert!(!explains((500, &json!({"message": "Internal Server Error"})), (400, &reason)));
    }
}
