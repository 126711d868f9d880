//! Pipeline templates: tasks of orca's, with the words and shapes of upstream's gate.

use axum::body::Body;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::world::{Peer, Peers, World};

fn template() -> Value {
    json!({ "schema": "1", "id": "t", "metadata": { "name": "Deploy", "scopes": ["shop"] } })
}

fn orca() -> Peer {
    let task = json!({ "id": "01T", "status": "SUCCEEDED" });
    Peer::default().answering("POST", "/ops", 200, &json!({ "ref": "/tasks/01T" })).with("/tasks/01T", &task)
}

/// The only job that orca got, and its task without it.
fn job(peers: &Peers) -> (Value, Value) {
    let got = peers.orca.got();
    let mut task = got.iter().find(|got| got.path == "/ops").expect("a task").body.clone();
    let jobs = task.as_object_mut().expect("an object").remove("job").expect("jobs");
    assert_eq!(jobs.as_array().expect("a list").len(), 1);
    (jobs[0].clone(), task)
}

fn decoded(job: &Value) -> Value {
    let text = job["pipelineTemplate"].as_str().expect("a text");
    serde_json::from_slice(&STANDARD.decode(text).expect("base 64")).expect("JSON")
}

#[tokio::test]
async fn changes_of_version_1_are_answered_with_their_task() {
    let saved =
        |what: &str| json!({ "application": "shop", "description": format!("{what} pipeline template 'Deploy'") });
    let deleted = json!({ "application": "spinnaker", "description": "Delete pipeline template 't'" });
    for (method, path, kind, task) in [
        ("POST", "/pipelineTemplates", "createPipelineTemplate", saved("Create")),
        ("POST", "/pipelineTemplates/t?skipPlanDependents=true", "updatePipelineTemplate", saved("Update")),
        ("DELETE", "/pipelineTemplates/t", "deletePipelineTemplate", deleted),
    ] {
        let peers = Peers { orca: orca(), ..Peers::default() };
        let body = Body::from(template().to_string());
        let answer = World::of(&peers).ask(method, path, &[("x-spinnaker-user", "ann")], body).await;
        assert_eq!((answer.status, answer.json()), (202, json!({ "ref": "/tasks/01T" })), "{path}");
        let (job, sent) = job(&peers);
        assert_eq!((&sent, &job["type"], &job["user"]), (&task, &json!(kind), &json!("ann")));
        if method == "POST" {
            assert_eq!(decoded(&job), template());
        }
        if path.contains("skip") {
            assert_eq!((&job["id"], &job["skipPlanDependents"]), (&json!("t"), &json!(true)));
        }
    }
}

#[tokio::test]
async fn changes_of_version_2_are_answered_when_they_are_made() {
    let mut template = template();
    template["schema"] = "v2".into();
    let done = json!({ "id": "01T", "status": "SUCCEEDED" });
    for (method, path, kind) in [
        ("POST", "/v2/pipelineTemplates/create?tag=latest", "createV2PipelineTemplate"),
        ("POST", "/v2/pipelineTemplates/update/t?tag=latest", "updateV2PipelineTemplate"),
        ("DELETE", "/v2/pipelineTemplates/t?tag=latest&digest=d&application=shop", "deleteV2PipelineTemplate"),
    ] {
        let peers = Peers { orca: orca(), ..Peers::default() };
        let answer = World::of(&peers).ask(method, path, &[], Body::from(template.to_string())).await;
        assert_eq!((answer.status, answer.json()), (200, done.clone()), "{path}");
        let (job, task) = job(&peers);
        assert_eq!((&job["type"], &job["tag"], &task["application"]), (&json!(kind), &json!("latest"), &json!("shop")));
    }
    let peers = Peers { orca: orca(), ..Peers::default() };
    let world = World::of(&peers);
    assert_eq!(world.send("POST", "/v2/pipelineTemplates/create", &json!({ "schema": "1" })).await.status, 400);
    assert_eq!(peers.orca.got().len(), 0);
    world.send("POST", "/v2/pipelineTemplates/create", &json!({ "id": "t" })).await;
    assert_eq!(decoded(&job(&peers).0), json!({ "id": "t", "schema": "v2" }), "it is the default");
}

#[tokio::test]
async fn templates_are_looked_up_and_used() {
    let users = json!([{ "application": "shop", "id": "p", "name": "deploy", "stages": [] }]);
    let config = json!({ "id": "p", "stages": [] });
    let front50 = Peer::default()
        .with("/v2/pipelineTemplates?scopes=a&scopes=b", &json!([1]))
        .with("/v2/pipelineTemplates/versions", &json!({ "t": [] }))
        .with("/v2/pipelineTemplates/t?tag=latest", &json!({ "id": "t" }))
        .with("/pipelineTemplates/t/dependentPipelines?recursive=true", &users)
        .with("/v2/pipelineTemplates/t/dependentPipelines", &users)
        .with("/pipelines/p/get", &config);
    let orca = Peer::default()
        .with("/pipelineTemplate?source=s", &json!({ "id": "resolved" }))
        .answering("POST", "/convertPipelineToTemplate", 200, &json!("schema: 1"))
        .answering("POST", "/v2/pipelineTemplates/plan", 200, &json!({ "stages": [] }));
    let peers = Peers { front50, orca, ..Peers::default() };
    let world = World::of(&peers);
    let dependents = json!([{ "application": "shop", "pipelineConfigId": "p", "pipelineName": "deploy" }]);
    for (path, expected) in [
        ("/v2/pipelineTemplates?scopes=a,b", json!([1])),
        ("/v2/pipelineTemplates/versions?scopes=", json!({ "t": [] })),
        ("/v2/pipelineTemplates/t?tag=latest&digest=", json!({ "id": "t" })),
        ("/pipelineTemplates/t/dependents?recursive=true", dependents.clone()),
        ("/v2/pipelineTemplates/t/dependents", dependents),
        ("/pipelineTemplates/resolve?source=s", json!({ "id": "resolved" })),
    ] {
        let answer = world.get(path).await;
        assert_eq!((answer.status, answer.json()), (200, expected), "{path}");
    }
    let plan = world.send("POST", "/v2/pipelineTemplates/plan", &json!({ "schema": "v2" })).await;
    assert_eq!(plan.json(), json!({ "stages": [] }));
    let converted = world.get("/pipelineConfigs/p/convertToTemplate").await;
    assert_eq!(converted.status, 200);
    assert_eq!(converted.headers["content-type"], "application/yaml");
    assert_eq!(peers.orca.got().last().expect("a call").body, config);
    let missing = world.get("/pipelineConfigs/none/convertToTemplate").await;
    assert_eq!((missing.status, missing.message().as_str()), (404, "Pipeline config 'none' could not be found"));
}
