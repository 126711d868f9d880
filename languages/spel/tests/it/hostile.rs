//! Expressions that are meant to hang or to blow up whoever evaluates them: each ends in an error.

use gennaker_spel::{
    Kind, Nothing,
    pipeline::{self, Context, Options},
};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn context() -> Map<String, Value> {
    let long = "a".repeat(40);
    let context = json!({
        "a": "x",
        "long": long,
        "n": 7,
        "list": (0..200).collect::<Vec<_>>(),
        "map": {"k": {"z": "v"}},
        "none": null,
    });
    context.as_object().unwrap().clone()
}

fn evaluate(text: &str) -> Result<Option<Value>, gennaker_spel::Error> {
    let context = context();
    let options = Options::default();
    pipeline::evaluate(text, &Context::of_map(&context), &Nothing, &options)
}

#[track_caller]
fn limited(text: &str) {
    let error = evaluate(text).expect_err("a limit");
    assert_eq!(error.kind, Kind::Limit, "{error}");
}

#[test]
fn depth_is_limited() {
    limited(&format!("${{{}1{}}}", "(".repeat(200), ")".repeat(200)));
    limited(&format!("${{{}1{}}}", "{".repeat(200), "}".repeat(200)));
    limited(&format!("${{{}true}}", "!".repeat(500)));
    limited(&format!("${{{}1}}", "- ".repeat(500)));
    limited(&format!("${{{}1{}}}", "#toInt(".repeat(150), ")".repeat(150)));
    limited(&format!("${{{}1{}}}", "true ? ".repeat(200), " : 2".repeat(200)));
    limited(&format!("${{{}n{}}}", "map[".repeat(150), "]".repeat(150)));
}

#[test]
fn the_deepest_that_is_allowed_needs_little_stack() {
    // The smallest stack that a thread of the program has is 2 MiB, and that of this test.
    let deep = format!("${{{}1{}}}", "(".repeat(60), ")".repeat(60));
    assert_eq!(evaluate(&deep).unwrap(), Some(json!(1)));
    let deep = format!("${{{}1{}}}", "{".repeat(60), "}".repeat(60));
    assert!(evaluate(&deep).unwrap().is_some());
}

#[test]
fn long_chains_are_no_deeper_than_short_ones() {
    let sum = format!("${{{}1}}", "1+".repeat(4900));
    assert_eq!(evaluate(&sum).unwrap(), Some(json!(4901)));
    let path = format!("${{a{}}}", "?.trim()".repeat(1000));
    assert_eq!(evaluate(&path).unwrap(), Some(json!("x")));
}

#[test]
fn operations_are_limited() {
    // 200 x 200 x 200 elements.
    limited("${list.![#root.list.![#root.list.size()]]}");
    limited("${list.?[#root.list.?[true].size() > 0]}");
}

#[test]
fn length_is_limited() {
    limited(&format!("${{'{}'}}", "a".repeat(10_000)));
}

#[test]
fn text_is_limited() {
    limited("${'aaaaaaaaaa' * 26}");
    limited("${long.repeat(100000000)}");
    limited("${'a'.repeat(2147483647)}");
    limited("${T(String).format('%1000000000d', 1)}");
    limited("${new int[262144]}");
    limited("${list.![#root.long.repeat(10000)]}");
}

#[test]
fn a_pattern_that_goes_back_and_forth_is_given_up_or_answered() {
    for pattern in [r"(a+)+b", r"(a|aa)+(a|aa)+(a|aa)+b", r"(a|aa)+\1b", r"(?:(a+)+)+\1(?=b)", r"(a|a)*(?<!c)\1b"] {
        match evaluate(&format!("${{long matches '{pattern}'}}")) {
            Ok(answer) => assert_eq!(answer, Some(json!(false)), "{pattern}"),
            Err(error) => assert_eq!(error.kind, Kind::Limit, "{pattern}: {error}"),
        }
    }
}

#[test]
fn a_value_that_holds_itself_many_times_is_not_written_out() {
    let doubled: Map<String, Value> = (0..60)
        .map(|index| (format!("k{index:02}"), json!(if index == 0 { "${x = {1, n}}" } else { "${x = {x, x}}" })))
        .collect();
    let context = context();
    let options = Options::default();
    let done = pipeline::process(&doubled, &Context::of_map(&context), &Nothing, &options);
    assert!(done.summary.has_errors());
    assert!(serde_json::to_string(&done.value).unwrap().len() < 200 << 20);

    for end in ["'' + x", "#toJson(x)", "x == y", "x.hashCode()", "x.toString()"] {
        let mut settings = doubled.clone();
        settings.retain(|key, _| key.as_str() < "k30");
        for (_, value) in &mut settings {
            let text = value.as_str().unwrap().replace("${x = ", "${0 * (x = ").replace("}}", "}).size()}");
            *value = json!(text);
        }
        settings.insert("l0".into(), json!("${(y = {x, 1}).size()}"));
        settings.insert("l1".into(), json!(format!("${{{end}}}")));
        let done = pipeline::process(&settings, &Context::of_map(&context), &Nothing, &options);
        assert!(done.summary.has_errors(), "{end}: {}", done.value["l1"].to_string().len());
    }
}

#[test]
fn nothing_outside_can_be_reached() {
    for text in [
        "${T(java.lang.Runtime).getRuntime().exec('id')}",
        "${T(java.lang.Class).forName('java.lang.Runtime')}",
        "${''.class.forName('java.lang.Runtime')}",
        "${''.getClass()}",
        "${new java.io.File('/etc/passwd')}",
        "${T(java.lang.System).getenv()}",
        "${#fromUrl('file:///etc/passwd')}",
        "${@environment}",
        "${T(java.nio.file.Files).readString('/etc/passwd')}",
        "${''.class.classLoader}",
        "${T(Long).getLong('x')}",
    ] {
        assert!(evaluate(text).is_err(), "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn no_text_panics(text in "\\PC{0,60}") {
        let _ = evaluate(&text);
        let _ = evaluate(&format!("${{{text}}}"));
    }

    #[test]
    fn no_words_of_the_language_panic(words in prop::collection::vec(word(), 1..14)) {
        let _ = evaluate(&format!("${{{}}}", words.concat()));
        let _ = evaluate(&format!("${{{}}}", words.join(" ")));
    }
}

fn word() -> impl Strategy<Value = String> {
    let words = [
        "a",
        "n",
        "list",
        "map",
        "none",
        "#this",
        "#root",
        "#x",
        "1",
        "2.5",
        "0x1F",
        "3L",
        "1e3",
        "'x'",
        "\"y\"",
        "true",
        "null",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ".",
        "?.",
        ",",
        ":",
        "?",
        "?:",
        "=",
        "==",
        "!=",
        "<",
        "<=",
        ">",
        ">=",
        "+",
        "-",
        "*",
        "/",
        "%",
        "^",
        "!",
        "&&",
        "||",
        "and",
        "or",
        "not",
        "eq",
        "instanceof",
        "matches",
        "between",
        "++",
        "--",
        ".?[",
        ".^[",
        ".$[",
        ".![",
        "T(",
        "T(String)",
        "T(Math).",
        "new ",
        "String(",
        "int[",
        "#toJson(",
        "#toInt(",
        "#readYaml(",
        ".size()",
        ".split(',')",
        ".substring(",
        ".length",
        ".format(",
        "@",
        "&",
        "java.util.Date(",
        "é",
        "\u{1F600}",
        "-2147483648",
    ];
    prop::sample::select(words.map(str::to_owned).to_vec())
}

/// Found by a reviewer: each took seconds, gigabytes or the stack.
#[test]
fn what_hides_in_arrays_executions_keys_and_yaml_is_counted() {
    let doubled = |times: usize| format!("'a'.split(','){}", ".![{#this,#this}]".repeat(times));
    let texts = [
        format!("${{{}}}", doubled(40)),
        format!("${{'a'.concat({{1}}{}).length()}}", ".![{#this,#this}]".repeat(40)),
        format!("${{{{({{1}}{0}): 1, ({{1}}{0}): 2}}.size()}}", ".![{#this,#this}]".repeat(40)),
        "${list.![#root.list.![#root.list.![#fromUrl('http://a/' + #this)]]]}".to_owned(),
        "${list.![#readYaml('a: &a [1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c]').size()]}".to_owned(),
        "${#stage('x'.repeat(200000))}".to_owned(),
    ];
    for text in texts {
        assert!(evaluate(&text).is_err(), "{}", &text[..60]);
    }
}

#[test]
fn all_expressions_of_settings_together_are_limited() {
    let context = context();
    let settings: Map<String, Value> = (0..100)
        .map(|index| (format!("k{index}"), json!(format!("${{(#v{index} = 'x'.repeat(16000000)).length()}}"))))
        .collect();
    let options = Options::default();
    let done = pipeline::process(&settings, &Context::of_map(&context), &Nothing, &options);
    assert!(done.summary.has_errors());
    assert_eq!(done.value["k0"], 16_000_000);
}

#[test]
fn numbers_at_their_ends_do_not_overflow() {
    for text in [
        "${T(java.time.DayOfWeek).of(-2147483647 - 1)}",
        "${new java.util.UUID(0,0).variant()}",
        "${new java.text.SimpleDateFormat('s S').parse('1 9223372036854775807')}",
        "${T(java.time.LocalDate).ofEpochDay(-9223372036854775807L - 1)}",
        "${T(java.time.LocalDate).of(2024,1,1).minusDays(-9223372036854775807L - 1)}",
        "${T(java.time.Instant).ofEpochSecond(9223372036854775807L).plusSeconds(1)}",
        "${T(java.time.Instant).ofEpochMilli(0).minusSeconds(-9223372036854775807L - 1)}",
        "${-2147483647 - 2}",
        "${(-9223372036854775807L - 1) / -1}",
        "${new java.util.Date(9223372036854775807L).toString()}",
        "${new java.util.Date(-9223372036854775807L - 1).year}",
    ] {
        let _ = evaluate(text);
    }
}
