//! Commands of this program in messages, written so that they can be copied and run.

use serde_json::{Value, json};
use url::Url;

use super::{
    DEFAULT_GATE,
    access::{Access, Chosen},
};

/// Writes commands for one gate.
#[derive(Debug, Clone)]
pub(super) struct Commands {
    /// The gate, without a password.
    gate: String,
    /// What must be added to reach the same gate.
    suffix: String,
}

impl Commands {
    /// Commands that reach `gate`; a password in its URL is left out.
    pub(super) fn new(gate: &Url) -> Self {
        let mut gate = gate.clone();
        // Both fail only for URLs that can have neither.
        let _ = (gate.set_password(None), gate.set_username(""));
        let text = gate.as_str().trim_end_matches('/');
        let suffix = if text == DEFAULT_GATE { String::new() } else { format!(" --gate {}", quoted(text)) };
        Commands { gate: text.to_owned(), suffix }
    }

    /// Commands that reach the same gate as this run does.
    pub(super) fn of(access: &Access) -> Self {
        let commands = Commands::new(&access.url);
        let suffix = match &access.chosen {
            Chosen::Address => commands.suffix,
            Chosen::Name(name) => format!(" --gate {}", quoted(name)),
            Chosen::File => String::new(),
        };
        Commands { suffix, ..commands }
    }

    /// `gennaker` with these words, each quoted for a shell where it must be.
    pub(super) fn write(&self, words: &[&str]) -> String {
        if words == ["serve"] {
            // It talks to no gate.
            return "gennaker serve".to_owned();
        }
        let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
        format!("gennaker {}{}", words.join(" "), self.suffix)
    }

    /// A call of gate's HTTP API that no command makes.
    pub(super) fn call(&self, method: &str, path: &str, body: &Value) -> String {
        let url = quoted(&format!("{}{path}", self.gate));
        // Some servers refuse a change without a body.
        let body = if body.is_null() { json!({}) } else { body.clone() };
        let data = quoted(&body.to_string());
        format!("curl -X {method} -H 'Content-Type: application/json' -d {data} {url}")
    }
}

/// The word as a POSIX shell reads it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_can_be_pasted_into_a_shell() {
        let own = Commands::new(&Url::parse(DEFAULT_GATE).expect("a URL"));
        assert_eq!(own.write(&["app", "get", "it's 1"]), r"gennaker app get 'it'\''s 1'");
        let other = Commands::new(&Url::parse("https://ann:secret@gate.example.com/api/v1").expect("a URL"));
        assert_eq!(other.write(&["app", "list"]), "gennaker app list --gate https://gate.example.com/api/v1");
        assert_eq!(other.write(&["serve"]), "gennaker serve");
        assert_eq!(
            other.call("PUT", "/pipelines/E/stages/1%3C1/restart", &Value::Null),
            "curl -X PUT -H 'Content-Type: application/json' -d '{}' https://gate.example.com/api/v1/pipelines/E/stages/1%3C1/restart"
        );
    }
}
