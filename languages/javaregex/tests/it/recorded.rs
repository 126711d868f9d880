//! The same answers as were recorded from Java.

use gennaker_javaregex::{Captures, Error, Regex};

const RECORDED: &str = include_str!("recorded.tsv");

#[test]
fn answers_are_javas() {
    let mut wrong = Vec::new();
    let mut played = 0;
    for line in RECORDED.lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [pattern, text, expected] = fields[..] else { panic!("not three fields: {line}") };
        let answer = answer(&plain(pattern), &plain(text));
        if answer != expected {
            wrong.push(format!("{pattern} on {text}\n  recorded {expected}\n  answered {answer}"));
        }
        played += 1;
    }
    assert!(wrong.is_empty(), "{} of {played} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(played > 1000, "only {played} cases");
}

fn answer(pattern: &str, text: &str) -> String {
    match Regex::new(pattern) {
        Ok(regex) => all_answers(&regex, text).unwrap_or_else(|error| format!("refused: {error}")),
        Err(Error::Syntax { message, index }) => format!("E {index} {message}"),
        Err(error) => format!("refused: {error}"),
    }
}

fn all_answers(regex: &Regex, text: &str) -> Result<String, Error> {
    let whole = regex.captures_matching(text)?.map_or("no".to_owned(), |found| groups(text, &found));
    assert_eq!(regex.matches(text)?, whole != "no");
    let found: Vec<String> =
        regex.captures_iter(text).map(|found| Ok(groups(text, &found?))).collect::<Result<_, Error>>()?;
    assert_eq!(regex.find_iter(text).count(), found.len());
    let replaced = escaped(&regex.replace_all(text, "<$0>")?);
    let split = |limit| Ok(regex.split(text, limit)?.iter().map(|piece| escaped(piece)).collect::<Vec<_>>().join(","));
    Ok(format!("m={whole};f={};a={replaced};s={};{};{}", found.join("|"), split(0)?, split(2)?, split(-1)?))
}

fn groups(text: &str, found: &Captures<'_>) -> String {
    let offset = |bytes| text[..bytes].chars().count();
    let group = |number| match found.get(number) {
        Some(group) => format!("{}:{}", offset(group.start()), offset(group.end())),
        None => "-".to_owned(),
    };
    (0..=found.group_count()).map(group).collect::<Vec<_>>().join(",")
}

fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        match character {
            ' '..='~' if !matches!(character, ';' | ',') => escaped.push(character),
            _ => escaped.push_str(&format!("%{:x}.", u32::from(character))),
        }
    }
    escaped
}

fn plain(field: &str) -> String {
    let mut plain = String::new();
    let mut rest = field;
    while let Some((before, escape)) = rest.split_once('%') {
        plain.push_str(before);
        let (code, after) = escape.split_once('.').expect("%hex.");
        plain.push(u32::from_str_radix(code, 16).ok().and_then(char::from_u32).expect("a code point"));
        rest = after;
    }
    plain + rest
}
