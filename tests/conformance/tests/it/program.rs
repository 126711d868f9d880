//! The program itself, on files of a temporary folder.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::{Value, json};
use tempfile::TempDir;

struct Ran {
    code: Option<i32>,
    out: String,
    err: String,
}

fn run(arguments: &[&Path]) -> Ran {
    let output = Command::new(env!("CARGO_BIN_EXE_conformance")).args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

fn naming(paths: &[&Path]) -> Ran {
    run(&[&[Path::new("naming")], paths].concat())
}

fn write(folder: &TempDir, name: &str, content: &str) -> PathBuf {
    let path = folder.path().join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, content).unwrap();
    path
}

fn case(id: &str, name: &str, expected: Value) -> Value {
    json!({"id": id, "kind": "kind", "name": name, "expected": expected})
}

fn right() -> Value {
    case("right", "pod", json!({"kind": "pod", "apiGroup": "core"}))
}

fn cases(cases: &[Value]) -> String {
    json!({"cases": cases}).to_string()
}

#[track_caller]
fn assert_bad_usage(ran: &Ran, says: &str) {
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{}", ran.err);
    assert!(ran.err.contains(says), "{}", ran.err);
}

#[test]
fn when_all_pass_the_code_is_0_and_the_tally_all_that_is_printed() {
    let folder = tempfile::tempdir().unwrap();
    let ran = naming(&[&write(&folder, "any-name.json", &cases(&[right(), right()]))]);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (Some(0), "2 passed, 0 failed\n", ""));
}

#[test]
fn a_wrong_expectation_is_reported_and_the_code_is_1() {
    let folder = tempfile::tempdir().unwrap();
    let wrong = case("wrong", "pod", json!({"kind": "pod", "apiGroup": "apps"}));
    let file = write(&folder, "a.json", &cases(&[right(), wrong, right()]));
    let ran = naming(&[&file]);
    assert_eq!(ran.code, Some(1));
    let expected = [
        "naming wrong: FAILED at /apiGroup".to_owned(),
        format!("  file:     {}", file.display()),
        "  expected: \"apps\"".to_owned(),
        "  got:      \"core\"".to_owned(),
        r#"  whole expected: {"kind":"pod","apiGroup":"apps"}"#.to_owned(),
        r#"  whole got:      {"kind":"pod","apiGroup":"core"}"#.to_owned(),
        "2 passed, 1 failed".to_owned(),
    ];
    assert_eq!(ran.out.lines().collect::<Vec<_>>(), expected);
}

#[test]
fn a_refusal_that_was_not_recorded_fails_and_so_does_an_answer_where_one_was() {
    let folder = tempfile::tempdir().unwrap();
    let refused = json!({"id": "refused", "kind": "compose", "app": null, "expected": {"name": "app"}});
    let answered =
        json!({"id": "answered", "kind": "compose", "app": "app", "expected": {"error": true, "message": "m"}});
    let other = json!({"id": "other", "kind": "compose", "app": null, "expected": {"error": true, "message": "m"}});
    let no_name =
        json!({"id": "next", "kind": "nextServerGroup", "app": "", "taken": [], "expected": {"name": "-v000"}});
    let ran = naming(&[&write(&folder, "a.json", &cases(&[refused, answered, other, no_name]))]);
    assert_eq!(ran.code, Some(1), "{}", ran.out);
    assert!(ran.out.ends_with("\n0 passed, 4 failed\n"), "{}", ran.out);
}

#[test]
fn a_case_of_an_unknown_kind_fails_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let unknown = json!({"id": "new", "kind": "moon", "expected": 1});
    let ran = naming(&[&write(&folder, "a.json", &cases(&[unknown, right()]))]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.out.contains("  got:      there is no kind \"moon\" of naming case\n"), "{}", ran.out);
    assert!(ran.out.ends_with("\n1 passed, 1 failed\n"), "{}", ran.out);
}

#[test]
fn a_folder_stands_for_its_files_of_the_set() {
    let folder = tempfile::tempdir().unwrap();
    write(&folder, "naming.json", &cases(&[right()]));
    write(&folder, "naming-more.json", &cases(&[right(), right()]));
    write(&folder, "cron.json", "not even JSON");
    write(&folder, "naming.txt", "not even JSON");
    write(&folder, "deeper/naming.json", "not even JSON");
    let ran = naming(&[folder.path(), &folder.path().join("naming.json")]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), "4 passed, 0 failed\n"), "{}", ran.err);
}

#[test]
fn bad_usage_ends_with_2_and_a_reason_before_anything_is_played() {
    let folder = tempfile::tempdir().unwrap();
    let good = write(&folder, "naming.json", &cases(&[right()]));
    assert_bad_usage(&run(&[Path::new("nameing"), &good]), "there is no set \"nameing\"; there are: ");
    assert_bad_usage(&run(&[]), "Usage: conformance <SET> <PATHS>...");
    assert_bad_usage(&naming(&[]), "<PATHS>...");
    assert_bad_usage(&naming(&[&good, &folder.path().join("missing.json")]), "missing.json: No such file");
    let malformed = write(&folder, "malformed.json", "{\"cases\": [");
    assert_bad_usage(&naming(&[&good, &malformed]), "malformed.json is not JSON: EOF while parsing a list at line 1");
    let other = write(&folder, "other.json", "{}");
    assert_bad_usage(&naming(&[&good, &other]), "other.json is no file of cases: it has no list `cases`");
    let empty = write(&folder, "empty/cron.json", "[]");
    assert_bad_usage(&naming(&[empty.parent().unwrap()]), "has no file of the set naming: no naming*.json");
}

#[test]
fn cases_are_selected_by_name_and_those_left_out_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let named = |id: &str| case(id, "pod", json!({"kind": "pod", "apiGroup": "core"}));
    let file = write(&folder, "a.json", &cases(&[named("a-1"), named("a-2"), named("b-1"), named("c-1")]));
    let ran = naming(&[&file, Path::new("--only"), Path::new("a-,b-"), Path::new("--skip"), Path::new("a-2")]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), "2 left out\n2 passed, 0 failed\n"), "{}", ran.err);
}

#[test]
fn targets_are_for_sets_that_call_services() {
    let folder = tempfile::tempdir().unwrap();
    let good = write(&folder, "naming.json", &cases(&[right()]));
    let target = |set: &str, target: &str| run(&[Path::new(set), &good, Path::new("--target"), Path::new(target)]);
    assert_bad_usage(&target("naming", "orca=http://127.0.0.1:1"), "the set naming calls no services");
    assert_bad_usage(
        &target("executions", "moon=http://127.0.0.1:1"),
        "there is no service \"moon\"; there are: orca, ",
    );
    assert_bad_usage(&target("executions", "orca"), "a target is NAME=URL");
}

#[test]
fn an_execution_is_played_and_a_service_that_runs_elsewhere_is_called_there() {
    let folder = tempfile::tempdir().unwrap();
    let answer = |service: &str, path: &str, body: Value| json!({"service": service, "method": "GET", "path": path, "status": 200, "body": body});
    let played = json!({
        "name": "reads",
        "request": [{"method": "GET", "path": "/pipelines?pipelineConfigIds=none"}],
        "then": [{"service": "front50", "method": "GET", "path": "/pipelines"}],
        "expected": {"executions": []},
        "endpointAnswers": [
            answer("orca", "/pipelines?pipelineConfigIds=none", json!([])),
            answer("front50", "/pipelines", json!([])),
        ],
    });
    let file = write(&folder, "executions.json", &cases(&[played]));
    let ran = run(&[Path::new("executions"), &file]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), "1 passed, 0 failed\n"), "{}", ran.err);
    // Nothing listens on port 1.
    let ran = run(&[Path::new("executions"), &file, Path::new("--target"), Path::new("front50=http://127.0.0.1:1")]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.out.contains("GET front50/pipelines: no answer: "), "{}", ran.out);
}
