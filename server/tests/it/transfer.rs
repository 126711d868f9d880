//! `gennaker export` and `gennaker import`.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::{Value, json};

use crate::{
    client::{Ran, run},
    gate::FakeGate,
};

/// A gate with one object of each kind that it can have.
fn gate() -> FakeGate {
    let gate = FakeGate::start();
    gate.on("GET /applications", json!([{"name": "shop"}, {"name": "found", "accounts": "a"}]));
    gate.on(
        "GET /applications/shop",
        json!({"name": "shop", "attributes": {"email": "a@example.com", "updateTs": "5", "accounts": "prod",
               "permissions": {"WRITE": ["dev"], "READ": ["dev"]}}, "clusters": {}}),
    );
    gate.on("GET /applications/found", json!({"name": "found", "attributes": {"name": "found", "accounts": "a"}}));
    gate.on("GET /pipelineConfigs", json!([deploy(30)])).on("GET /strategyConfigs", json!([]));
    let global = json!({"application": "__GLOBAL", "email": [{"address": "all@example.com"}]});
    gate.on("GET /notifications/global/__GLOBAL", global);
    gate.on(
        "GET /notifications/application/shop",
        json!({"application": "shop", "email": [{"address": "all@example.com"}], "slack": [{"address": "#shop"}], "lastModified": 5}),
    );
    gate.on("GET /notifications/application/found", json!({"email": [{"address": "all@example.com"}]}));
    gate.on("GET /pipelineTemplates", json!([{"id": "bake", "schema": "1"}, {"id": "t2", "schema": "v2"}]));
    gate.on(
        "GET /v2/pipelineTemplates/versions",
        json!({"t2": [{"id": "t2", "schema": "v2", "tag": "stable"}, {"id": "t2", "tag": "stable", "digest": "0a"}]}),
    );
    gate.on("GET /projects", json!([{"id": "x", "name": "store", "config": {"applications": ["shop"]}}]));
    gate.refuse("GET /plugins/info", 501, "there are no plugins here");
    gate
}

fn deploy(wait: u32) -> Value {
    json!({"id": "p-1", "name": "Deploy it", "application": "shop", "index": 0, "updateTs": "7", "lastModifiedBy": "ann",
           "stages": [{"type": "wait", "refId": "1", "waitTime": wait}]})
}

/// Every file below the folder with its text.
fn files(root: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("it works") {
            let path = entry.expect("it works").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(root).expect("it works").to_str().expect("it works").to_owned();
                found.insert(name, fs::read_to_string(path).expect("it works"));
            }
        }
    }
    found
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Folder(tempfile::tempdir().expect("it works"))
    }

    fn path(&self) -> &str {
        self.0.path().to_str().expect("it works")
    }

    fn write(&self, name: &str, text: &str) -> &Self {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().expect("it works")).expect("it works");
        fs::write(path, text).expect("it works");
        self
    }

    fn export(&self, gate: &FakeGate, more: &[&str]) -> Ran {
        run(gate, &[&["export", self.path()], more].concat())
    }

    fn import(&self, gate: &FakeGate, more: &[&str]) -> Ran {
        run(gate, &[&["import", self.path()], more].concat())
    }
}

#[test]
fn an_export_is_a_file_an_object_and_the_same_the_next_time() {
    let (gate, folder) = (gate(), Folder::new());
    let ran = folder.export(&gate, &[]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(ran.out, format!("7 objects in {}: 7 files written, 0 unchanged, 0 removed\n", folder.path()));
    assert!(ran.err.contains("left out: plugin (there are no plugins here)\n"), "{ran:?}");
    assert!(ran.err.contains("left out: service account (gate's API has none; name front50 with --front50 URL)\n"));
    let written = files(folder.0.path());
    let names: Vec<&str> = written.keys().map(String::as_str).collect();
    let expected = [
        "applications/shop/application.yml",
        "applications/shop/notifications.yml",
        "applications/shop/pipelines/Deploy it.yml",
        "gennaker-export.yml",
        "notifications/global.yml",
        "projects/store.yml",
        "templates/v1/bake.yml",
        "templates/v2/t2/stable.yml",
    ];
    assert_eq!(names, expected);
    assert_eq!(
        written["applications/shop/application.yml"],
        "email: a@example.com\nname: shop\npermissions:\n  READ:\n  - dev\n  WRITE:\n  - dev\n"
    );
    assert_eq!(
        written["applications/shop/pipelines/Deploy it.yml"],
        "application: shop\nid: p-1\nindex: 0\nname: Deploy it\nstages:\n- refId: \"1\"\n  type: wait\n  waitTime: 30\n"
    );
    assert_eq!(written["applications/shop/notifications.yml"], "application: shop\nslack:\n- address: \"#shop\"\n");
    assert_eq!(written["projects/store.yml"], "config:\n  applications:\n  - shop\nname: store\n");

    let again = folder.export(&gate, &["-q"]);
    assert_eq!((again.code, again.out), (0, format!("{}\n", folder.path())));
    assert_eq!(files(folder.0.path()), written);
    let import = folder.import(&gate, &["--dry-run"]);
    assert_eq!(
        (import.code, import.out.as_str()),
        (0, "0 to create, 0 to change, 0 to delete, 7 unchanged\n"),
        "{import:?}"
    );
}

#[test]
fn files_of_what_is_gone_go_and_files_of_what_cannot_be_read_stay() {
    let (gate, folder) = (gate(), Folder::new());
    assert_eq!(folder.export(&gate, &[]).code, 0);
    folder.write("README.md", "mine").write("notes.yml", "mine: true\n");
    gate.forget("GET /projects").on("GET /projects", json!([]));
    gate.forget("GET /pipelineConfigs").refuse("GET /pipelineConfigs", 500, "no database");
    let ran = folder.export(&gate, &[]);
    assert_eq!(ran.code, 7, "{ran:?}");
    assert!(ran.out.contains("5 objects in") && ran.out.ends_with("5 unchanged, 1 removed\n"), "{ran:?}");
    assert!(ran.err.contains("failed: pipeline (gate failed with 500"), "{ran:?}");
    assert!(
        ran.err.contains("error: not everything was exported; these are missing or as they were before: pipeline\n")
    );
    let left = files(folder.0.path());
    assert!(left.contains_key("applications/shop/pipelines/Deploy it.yml") && left.contains_key("notes.yml"));
    assert!(!left.keys().any(|name| name.starts_with("projects")), "{:?}", left.keys());
}

#[test]
fn a_folder_of_somebody_else_is_not_written_into() {
    let (gate, folder) = (gate(), Folder::new());
    folder.write("mine.txt", "mine");
    let ran = folder.export(&gate, &[]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("is not empty, and no folder of an export"), "{ran:?}");
    assert_eq!(
        folder.export(&gate, &["--force", "--application", "shop", "--kind", "pipeline", "--format", "json"]).code,
        0
    );
    let names: Vec<String> = files(folder.0.path()).into_keys().collect();
    assert_eq!(names, ["applications/shop/pipelines/Deploy it.json", "gennaker-export.yml", "mine.txt"]);
    let accounts = folder.export(&gate, &["--kind", "service-account"]);
    assert!(accounts.code == 5 && accounts.err.contains("--front50 URL"), "{accounts:?}");
}

fn changed(gate: &FakeGate) -> Folder {
    let folder = Folder::new();
    assert_eq!(folder.export(gate, &[]).code, 0);
    let pipeline = "applications/shop/pipelines/Deploy it.yml";
    let text = fs::read_to_string(folder.0.path().join(pipeline)).expect("it works");
    folder.write(pipeline, &text.replace("waitTime: 30", "waitTime: 60"));
    folder.write("applications/bank/application.yml", "name: bank\nemail: b@example.com\n");
    folder.write(
        "applications/bank/pipelines/pay.json",
        "{\"application\": \"bank\", \"name\": \"pay\", \"stages\": []}",
    );
    fs::remove_file(folder.0.path().join("projects/store.yml")).expect("it works");
    folder
}

const DIFF: &str = "\
+ application bank
+ pipeline bank/pay
~ pipeline shop/Deploy it
    @@ -5,4 +5,4 @@
     stages:
     - refId: \"1\"
       type: wait
    -  waitTime: 30
    +  waitTime: 60
2 to create, 1 to change, 0 to delete, 5 unchanged
";

#[test]
fn an_import_shows_what_would_change_and_asks() {
    let gate = gate();
    let folder = changed(&gate);
    let dry = folder.import(&gate, &["--dry-run"]);
    assert_eq!((dry.code, dry.out.as_str(), dry.err.as_str()), (6, DIFF, "error: 3 objects would change\n"));
    let unasked = folder.import(&gate, &[]);
    assert_eq!((unasked.code, unasked.out.as_str()), (2, DIFF));
    assert!(unasked.err.contains("nothing was changed: add --yes"), "{unasked:?}");
    let pruned = folder.import(&gate, &["--dry-run", "--prune", "--kind", "project,pipeline", "-q"]);
    assert_eq!(pruned.out, "+ pipeline bank/pay\n~ pipeline shop/Deploy it\n- project store\n");
    let json = folder.import(&gate, &["--dry-run", "--output", "json"]);
    let report: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!((json.code, &report["steps"][0]["name"], &report["applied"]), (6, &json!("bank"), &json!(false)));
    assert!(gate.changes().is_empty());
}

#[test]
fn an_import_saves_in_order_and_one_failure_does_not_stop_the_others() {
    let gate = gate();
    let folder = changed(&gate);
    gate.on("POST /tasks", json!({"ref": "/tasks/T"})).on("GET /tasks/T", json!({"status": "SUCCEEDED"}));
    gate.refuse("POST /pipelines", 400, "no such stage").on("POST /pipelines", Value::Null);
    let ran = folder.import(&gate, &["--yes", "--prune", "--kind", "application,pipeline,project"]);
    assert_eq!(ran.code, 7, "{ran:?}");
    assert!(ran.out.ends_with("created application bank\nchanged pipeline shop/Deploy it\n"), "{ran:?}");
    let expected = "error: pipeline bank/pay: no such stage\n\
                    error: project store: not deleted, because something before it failed: import again\n\
                    error: 2 of 4 objects could not be imported\n";
    assert_eq!(ran.err, expected);
    let changes = gate.changes();
    let what: Vec<&str> = changes.iter().map(|(what, _)| what.as_str()).collect();
    assert_eq!(what, ["POST /tasks", "POST /pipelines", "POST /pipelines"]);
    assert_eq!(changes[0].1["job"][0]["type"], "createApplication");
    assert_eq!(changes[2].1["id"], "p-1");
    assert_eq!(changes[2].1["stages"][0]["waitTime"], 60);

    let ran = folder.import(&gate, &["--yes", "--prune", "--kind", "application,pipeline,project"]);
    assert!(ran.code == 0 && ran.out.ends_with("deleted project store\n"), "{ran:?}");
    let (_, last) = gate.changes().pop().expect("it was deleted");
    assert_eq!(last["job"][0], json!({"type": "deleteProject", "project": {"id": "x", "name": "store"}}));
}

#[test]
fn a_part_says_nothing_of_what_is_not_in_it() {
    let (gate, folder) = (gate(), Folder::new());
    assert_eq!(folder.export(&gate, &["--application", "shop", "--kind", "pipeline"]).code, 0);
    let ran = folder.import(&gate, &["--dry-run", "--prune"]);
    assert!(ran.code == 2 && ran.err.contains("is not known to have everything"), "{ran:?}");
    assert_eq!(folder.import(&gate, &["--dry-run", "--prune", "--application", "shop"]).code, 0);
    assert_eq!(folder.export(&gate, &[]).code, 0);
    assert_eq!(folder.import(&gate, &["--dry-run", "--prune"]).code, 0);
}

#[test]
fn what_waits_for_a_dead_gate_is_not_tried() {
    let gate = gate();
    let folder = changed(&gate);
    gate.cut("GET /applications/bank");
    let ran = folder.import(&gate, &["--yes"]);
    assert_eq!(ran.code, 7);
    assert!(ran.err.ends_with("error: 3 of 3 objects could not be imported\n"), "{ran:?}");
    assert!(gate.changes().is_empty());
}

#[test]
fn front50_is_spoken_to_directly() {
    let front50 = FakeGate::start();
    let application = json!({"name": "SHOP", "email": "a@example.com", "permissions": {"READ": ["dev"]}});
    front50.on("GET /v2/applications", json!([application])).on("GET /pipelines", json!([deploy(30)]));
    front50.on("GET /serviceAccounts", json!([{"name": "ci", "memberOf": ["dev"], "lastModified": 5}]));
    for path in [
        "/strategies",
        "/notifications",
        "/pipelineTemplates",
        "/v2/projects",
        "/pluginInfo",
        "/deliveries",
        "/v2/tags",
    ] {
        front50.on(&format!("GET {path}"), json!([]));
    }
    front50.on("GET /v2/pipelineTemplates/versions", json!({}));
    let folder = Folder::new();
    let url = front50.url();
    let ran = folder.export(&front50, &["--front50", &url, "--default-headers", "X-Team=store"]);
    let asked = front50.asked();
    assert!(!asked.is_empty() && asked.iter().all(|asked| asked.headers["x-team"] == "store"), "{asked:?}");
    assert!(ran.code == 0 && ran.out.starts_with("3 objects") && ran.err.is_empty(), "{ran:?}");
    assert_eq!(files(folder.0.path())["service-accounts/ci.yml"], "memberOf:\n- dev\nname: ci\n");

    folder.write("applications/shop/application.yml", "name: shop\nemail: b@example.com\npermissions: {READ: [ops]}\n");
    folder.write("projects/new.yml", "name: new\n");
    fs::remove_file(folder.0.path().join("service-accounts/ci.yml")).unwrap();
    for what in [
        "PUT /v2/applications/shop",
        "PUT /permissions/applications/shop",
        "POST /v2/projects",
        "DELETE /serviceAccounts/ci",
    ] {
        front50.on(what, Value::Null);
    }
    let ran = folder
        .import(&front50, &["--front50", &url, "--yes", "--prune", "--kind", "application,project,service-account"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(
        ran.out.ends_with("changed application shop\ncreated project new\ndeleted service account ci\n"),
        "{ran:?}"
    );
    let expected = [
        ("PUT /v2/applications/shop".to_owned(), json!({"email": "b@example.com", "name": "shop"})),
        ("PUT /permissions/applications/shop".to_owned(), json!({"name": "shop", "permissions": {"READ": ["ops"]}})),
        ("POST /v2/projects".to_owned(), json!({"name": "new"})),
        ("DELETE /serviceAccounts/ci".to_owned(), Value::Null),
    ];
    assert_eq!(front50.changes(), expected);
}

#[test]
fn every_file_that_cannot_be_used_is_named_and_nothing_is_asked() {
    let (gate, folder) = (FakeGate::start(), Folder::new());
    folder.write("applications/shop/pipelines/a.yml", "application: bank\nname: a\n");
    folder.write("applications/shop/pipelines/b.yml", "application: shop\n");
    folder.write("applications/shop/pipelines/c.yml", "application: [\n");
    folder.write("applications/shop/pipelines/d.yml", "application: shop\nname: d\n");
    folder.write("applications/shop/pipelines/d.json", "{\"application\": \"Shop\", \"name\": \"d\"}");
    folder.write("pipelines/e.yml", "application: shop\nname: e\n");
    let ran = folder.import(&gate, &["--yes"]);
    assert_eq!(ran.code, 2);
    for expected in [
        "a.yml: it belongs to application bank, and the folder is shop",
        "b.yml: it has no name: add `name: ...`",
        "c.yml: it is not YAML: line",
        "pipeline shop/d is in applications/shop/pipelines/d.json, too: remove one",
        "e.yml: no object lies here",
    ] {
        assert!(ran.err.contains(expected), "{expected}: {}", ran.err);
    }
    assert!(gate.asked().is_empty());
    let empty = Folder::new().import(&gate, &["--yes"]);
    assert!(empty.code == 2 && empty.err.contains("has no file of an object"), "{empty:?}");
}
