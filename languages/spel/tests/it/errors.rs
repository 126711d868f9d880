//! What an error says: where, what, and what to write instead.

use gennaker_spel::{
    Kind, Nothing,
    pipeline::{self, Context, Options},
};
use serde_json::json;

/// The error of a template, in a context with a few names.
#[track_caller]
fn error(text: &str) -> String {
    fails(text).to_string()
}

#[track_caller]
fn fails(text: &str) -> gennaker_spel::Error {
    let context = json!({
        "app": "shop",
        "n": 7,
        "none": null,
        "list": [1, 2, 3],
        "map": {"replicas": 3},
    });
    let options = Options { allow_unknown_keys: false, ..Options::default() };
    let context = Context::of_map(context.as_object().unwrap());
    pipeline::evaluate(text, &context, &Nothing, &options).expect_err(text)
}

#[test]
fn what_cannot_be_read_says_where() {
    let cases = [
        ("${", "at column 1: this '${' has no closing '}'"),
        ("a ${} b", "at column 3: there is no expression between '${' and '}'"),
        ("${'open}", "at column 3: this text has no closing '"),
        ("${(1]}", "at column 5: this ']' does not close the '('"),
        ("${1 +}", "at column 5: something is missing after '+'"),
        ("${1 2}", "at column 5: the expression ends before '2'"),
        ("${app.}", "at column 6: the name of a property or method is missing after the '.'"),
        ("${a | b}", "at column 5: '|' does not belong into an expression; 'or' is written '||'"),
        ("${2147483648}", "at column 3: '2147483648' does not fit an int; a long ends in 'L'"),
        ("${new Date}", "at column 3: '(' and arguments are missing after 'new Date'"),
        ("${list[0}", "at column 9: this '}' does not close the '['"),
        ("é ${n ? 1}", "at column 10: the expression ends where ':' and what to take otherwise is missing"),
    ];
    for (text, expected) in cases {
        assert_eq!(error(text), expected, "{text}");
    }
}

#[test]
fn a_misspelt_name_is_suggested() {
    let cases = [
        ("${ap}", "at column 3: there is no 'ap' here; did you mean 'app'?"),
        ("${map.replica}", "at column 7: there is no 'replica' on Map; did you mean 'replicas'?"),
        ("${app.toUpercase()}", "at column 7: there is no method 'toUpercase' on String; did you mean 'toUpperCase'?"),
        ("x ${#tojson(n)}", "at column 5: there is no function '#tojson'; did you mean '#toJson'?"),
        (
            "${new Date()}",
            "at column 3: the type 'Date' is not one that expressions may use; its whole name is needed: java.util.Date",
        ),
        (
            "${T(java.time.Instnat)}",
            "at column 3: the type 'java.time.Instnat' is not one that expressions may use; did you mean 'java.time.Instant'?",
        ),
        ("${T(java.lang.Runtime)}", "at column 3: the type 'java.lang.Runtime' is not one that expressions may use"),
    ];
    for (text, expected) in cases {
        assert_eq!(error(text), expected, "{text}");
    }
}

#[test]
fn what_does_not_fit_says_what_would() {
    let cases = [
        ("${none.x}", "at column 8: 'x' is asked of null; write '?.x' if what stands before may be missing"),
        (
            "${none.trim()}",
            "at column 8: method 'trim' is called on null; write '?.trim(...)' if what stands before may be missing",
        ),
        ("${list[3]}", "at column 7: there is no element 3: there are 3, counted from 0"),
        (
            "${none and true}",
            "at column 3: null is neither true nor false; compare it, as in 'x != null', or give a default: 'x ?: false'",
        ),
        (
            "${app - 1}",
            "at column 7: '-' does not work between String and Integer; make a number of text with #toInt(...)",
        ),
        ("${n / 0}", "at column 5: a whole number cannot be divided by zero"),
        ("${list.replicas}", "at column 8: there is no 'replicas' on List; of each element it is '.![replicas]'"),
        ("${app.substring('x')}", "at column 7: 'x' is not a number that fits Integer"),
        ("${#toInt('x')}", "at column 3: #toInt cannot make an int of 'x'"),
        ("${#toInt()}", "at column 3: '#toInt' takes 1 arguments, and 0 are given"),
        ("a ${map}", "at column 5: a value of type Map has no text of its own; write it with #toJson(...)"),
        ("${list.?[n]}", "at column 10: there is no 'n' on Integer"),
        (
            "${list.?[#this]}",
            "at column 10: the condition of a selection is true or false, and this is Integer; compare it with something",
        ),
        ("${@bean}", "at column 3: there are no beans here, so bean means nothing; a key is read as #root['bean']"),
    ];
    for (text, expected) in cases {
        assert_eq!(error(text), expected, "{text}");
    }
}

#[test]
fn columns_count_in_what_was_written_not_in_what_it_became() {
    let execution =
        json!({"id": "01", "type": "PIPELINE", "stages": [{"id": "1", "refId": "1", "name": "Bake", "type": "bake"}]});
    let options = Options::default();
    let context = Context::of_execution(execution.as_object().unwrap());
    let error = |text: &str| pipeline::evaluate(text, &context, &Nothing, &options).expect_err(text).to_string();
    assert_eq!(error("${#stage('Bake').nme}"), "at column 18: there is no 'nme' on stage; did you mean 'name'?");
    assert_eq!(
        error("${#stage('Bak')}"),
        "at column 3: Unable to locate [Bak] using #stage(Bak) in execution 01; did you mean 'Bake'?"
    );
}

#[test]
fn errors_have_kinds() {
    assert_eq!(fails("${1 +}").kind, Kind::Syntax);
    assert_eq!(fails("${").kind, Kind::Template);
    assert_eq!(fails("${nosuch}").kind, Kind::Property);
    assert_eq!(fails("${none.x}").kind, Kind::Evaluation);
    assert_eq!(fails("${#toInt('x')}").kind, Kind::Thrown);
    assert_eq!(fails(&format!("${{{}}}", "1+".repeat(6000))).kind, Kind::Limit);
}
