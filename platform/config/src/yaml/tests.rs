use super::*;

/// A document in short: maps as `{k:v}`, lists as `[a,b]`, text quoted.
fn short(node: &Node) -> String {
    match &node.value {
        Value::Scalar(scalar) if scalar.kind == Kind::Text => format!("'{}'", scalar.text),
        Value::Scalar(scalar) if scalar.kind == Kind::Null => "null".to_owned(),
        Value::Scalar(scalar) => scalar.text.clone(),
        Value::List(items) => format!("[{}]", items.iter().map(short).collect::<Vec<_>>().join(",")),
        Value::Map(entries) => {
            let pairs: Vec<_> = entries.iter().map(|(key, (_, value))| format!("{key}:{}", short(value))).collect();
            format!("{{{}}}", pairs.join(","))
        }
    }
}

fn documents(text: &str) -> Vec<String> {
    read(text).expect("valid").iter().map(short).collect()
}

fn problem(text: &str) -> (usize, usize, String) {
    let problem = read(text).expect_err("invalid");
    let cause = match problem.cause {
        Cause::Syntax { problem, .. } => problem,
        Cause::Duplicate { key, first_line } => format!("{key} first at {first_line}"),
    };
    (problem.mark.line, problem.mark.column, cause)
}

#[test]
fn events_become_trees() {
    for (text, expected) in [
        ("a: 1\nb: [x, 'y', no]\nc:\n", vec!["{a:1,b:['x','y',false],c:null}"]),
        ("a: 1\n---\n---\nb: 2\n...\n", vec!["{a:1}", "{b:2}"]),
        ("on: 1\n0644: 2\n", vec!["{on:1,0644:2}"]),
        ("a: &x {p: 1, q: 2}\nb:\n  <<: *x\n  q: 3\n", vec!["{a:{p:1,q:2},b:{q:3,p:1}}"]),
        ("a: &x {p: 1}\nb: &y {p: 2, q: 2}\nc: {<<: [*x, *y]}\n", vec!["{a:{p:1},b:{p:2,q:2},c:{p:1,q:2}}"]),
        ("'<<': 1\n", vec!["{<<:1}"]),
        ("a: !!str 1\nb: ! 2\nc: |\n  x", vec!["{a:'1',b:'2',c:'x'}"]),
        ("\u{feff}# only a comment\n", vec![]),
    ] {
        assert_eq!(documents(text), expected, "{text}");
    }
}

#[test]
fn positions_are_counted_from_one() {
    let documents = read("a:\n  bb: 1\n").expect("valid");
    let Value::Map(entries) = &documents[0].value else { panic!("a map") };
    let Value::Map(inner) = &entries["a"].1.value else { panic!("a map") };
    assert_eq!(inner["bb"].0, Mark { line: 2, column: 3 });
    assert_eq!(inner["bb"].1.mark, Mark { line: 2, column: 7 });
}

#[test]
fn what_is_not_readable_says_where() {
    for (text, line, column, cause) in [
        ("a: 1\nb: 2\na: 3\n", 3, 1, "a first at 1"),
        ("a: &x [*x]\n", 1, 8, "an alias stands inside its own anchor"),
        ("a: !secret x\n", 1, 12, "the tag is not supported"),
        ("a: !!int x\n", 1, 10, "the value is not of the type that its tag names"),
        ("{a: 1}: 2\n", 1, 1, "a key is a list or a mapping"),
        ("a: {<<: 1}\n", 1, 9, "the merge key `<<` has something else than a mapping"),
    ] {
        assert_eq!(problem(text), (line, column, cause.to_owned()), "{text}");
    }
}

#[test]
fn aliases_cannot_grow_without_limit() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..9 {
        let below = format!("*a{}", level - 1);
        text += &format!("a{level}: &a{level} [{}]\n", [below.as_str(); 10].join(", "));
    }
    assert_eq!(problem(&text).2, "the aliases expand to too many values");
    assert!(read(&"[".repeat(5000)).is_err());
}
