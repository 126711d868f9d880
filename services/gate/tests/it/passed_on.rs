//! What is passed on: to whom, with what, and what becomes of the answer.

use axum::body::Body;
use gennaker_gate::Options;
use serde_json::{Value, json};

use crate::world::{Peer, Peers, Ways, World};

#[tokio::test]
async fn names_and_defaults_stand_where_the_service_has_them() {
    let clouddriver = Peer::default()
        .with("/aws/images/find?q=a+b&region=r&tag%3Ax=1", &json!(["found"]))
        .with("/docker/images/tags?account=reg&repository=a%2Fb", &json!(["1"]))
        .with("/securityGroups/test/kubernetes?region=r", &json!([]))
        .with("/networks/aws", &json!(["vpc"]))
        .with("/cloudMetrics/aws/test/r/cpu/statistics?startTime=1&group=g", &json!({}))
        .with("/applications/shop/clusters/test/c/aws/serverGroups/g/scalingActivities", &json!(["up"]))
        .with("/tags?entityId=x&maxResults=3", &json!([]))
        .with("/manifests/test/ns/replicaSet%20web", &json!({ "name": "web" }));
    let front50 = Peer::default()
        .with("/snapshots/shop-test", &json!({ "id": "shop-test" }))
        .with("/snapshots/shop-test/history?limit=20", &json!([]))
        .with("/strategies/s/history?limit=3", &json!([]));
    let world = World::of(&Peers { clouddriver, front50, ..Peers::default() });
    for path in [
        "/images/find?q=a%20b&region=r&tag:x=1&count=",
        "/images/tags?provider=docker&account=reg&repository=a/b",
        "/firewalls/test/r?provider=kubernetes",
        "/vpcs",
        "/cloudMetrics/aws/test/r/cpu/statistics?startTime=1&group=g",
        "/applications/shop/clusters/test/c/serverGroups/g/scalingActivities",
        "/tags?entityId=x&maxResults=3",
        "/manifests/test/ns/replicaSet%20web",
        "/applications/shop/snapshots/test",
        "/applications/shop/snapshots/test/history",
        "/strategyConfigs/s/history?limit=3",
    ] {
        let answer = world.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {:?}", answer.bytes);
    }
    for (path, message) in [
        ("/images/tags?account=a", "repository is missing: say repository=... in the query"),
        ("/images/find?count=x", "count is a number from 0, not \"x\""),
    ] {
        let answer = world.get(path).await;
        assert_eq!((answer.status, answer.message().as_str()), (400, message), "{path}");
    }
    let missing = world.get("/manifests/test/ns/none").await;
    assert_eq!((missing.status, missing.message().as_str()), (404, "Unable to find none in test/ns"));
}

#[tokio::test]
async fn operations_are_planned_by_their_cloud() {
    let plan = json!([{ "of": "OPERATION", "type": "resizeServerGroup", "outcome": "RUNS" }]);
    let clouddriver = Peer::default()
        .answering("POST", "/local/ops/plan", 200, &plan)
        .with("/applications/shop/jobs", &json!([{ "name": "shop-migrate" }]));
    let peers = Peers { clouddriver, ..Peers::default() };
    let world = World::of(&peers);
    let operations = json!([{ "resizeServerGroup": { "serverGroupName": "shop-v001" } }]);
    assert_eq!(world.send("POST", "/ops/plan?cloudProvider=local", &operations).await.json(), plan);
    assert_eq!(peers.clouddriver.got().last().expect("a call").body, operations);
    let asked = peers.clouddriver.got().len();
    for (path, body) in [("/ops/plan", &operations), ("/ops/plan?cloudProvider=local", &json!({}))] {
        assert_eq!(world.send("POST", path, body).await.status, 400, "{path}");
    }
    assert_eq!(peers.clouddriver.got().len(), asked, "clouddriver is not asked");
    assert_eq!(world.get("/applications/shop/jobs").await.json()[0]["name"], "shop-migrate");
}

#[tokio::test]
async fn what_is_changed_goes_along_and_the_answer_is_as_upstreams() {
    let config = json!({ "application": "shop", "name": "slow" });
    let front50 = Peer::default()
        .answering("POST", "/strategies", 200, &config)
        .answering("PUT", "/strategies/s?refuseStale=true", 200, &config)
        .answering("DELETE", "/strategies/shop/slow", 200, &Value::Null)
        .answering("POST", "/notifications/application/shop", 200, &Value::Null)
        .answering("POST", "/actions/strategies/reorder", 200, &Value::Null);
    let peers = Peers { front50, ..Peers::default() };
    let world = World::of(&peers);
    for (method, path, body) in [
        ("POST", "/strategies", json!("")),
        ("PUT", "/strategies/s?refuseStale=true", config.clone()),
        ("DELETE", "/strategies/shop/slow", json!("")),
        ("POST", "/notifications/application/shop", json!("")),
        ("POST", "/actions/strategies/reorder", json!("")),
    ] {
        let answer = world.send(method, path, &config).await;
        assert_eq!((answer.status, answer.json()), (200, body), "{method} {path}");
        let got = peers.front50.got().last().expect("a call").clone();
        assert_eq!(got.body, if method == "DELETE" { Value::Null } else { config.clone() });
    }
    assert_eq!(world.get("/notifications/application/none").await.json(), json!({}));
    assert_eq!(world.get("/applications/shop/strategyConfigs").await.json(), json!([]));
}

#[tokio::test]
async fn identities_go_along_and_what_is_one_requests_does_not() {
    let peers = Peers::default();
    let headers = [
        ("x-spinnaker-user", "ann"),
        ("x-spinnaker-accounts", "test,prod"),
        ("x-spinnaker-user-origin", "forged"),
        ("x-spinnaker-execution-id", "01E"),
        ("x-spinnaker-execution-type", "pipeline"),
        ("x-spinnaker-request-id", "r-1"),
        ("x-gennaker-fence", "01E/1"),
        ("idempotency-key", "k"),
    ];
    World::of(&peers).ask("GET", "/applications/shop/clusters", &headers, Body::empty()).await;
    let got = peers.clouddriver.got().pop().expect("a call").headers;
    for (name, value) in [
        ("x-spinnaker-user", "ann"),
        ("x-spinnaker-accounts", "test,prod"),
        ("x-spinnaker-user-origin", "api"),
        ("x-spinnaker-application", "shop"),
        ("x-spinnaker-execution-id", "01E"),
        ("x-spinnaker-execution-type", "pipeline"),
        ("x-spinnaker-request-id", "r-1"),
    ] {
        assert_eq!(got[name], value, "{name}");
    }
    assert!(!got.contains_key("x-gennaker-fence") && !got.contains_key("idempotency-key"));
}

#[tokio::test]
async fn nobody_is_believed_who_he_says_he_is_unless_that_is_configured() {
    let orca = Peer::default().answering("POST", "/ops", 200, &json!({ "ref": "/tasks/01T" }));
    let peers = Peers { orca, ..Peers::default() };
    let world = World::over(Ways::of(&peers), Options::default());
    let headers = [("x-spinnaker-user", "boss"), ("x-spinnaker-accounts", "prod")];
    assert_eq!(world.ask("POST", "/tasks", &headers, Body::from(r#"{"job": []}"#)).await.status, 200);
    let got = peers.orca.got().pop().expect("a call").headers;
    assert_eq!(got["x-spinnaker-user"], "anonymous");
    assert!(!got.contains_key("x-spinnaker-accounts"));
}

#[tokio::test]
async fn a_security_group_is_found_by_its_id() {
    let found = json!([{ "results": [{ "url": "/securityGroups/test/aws/web?region=r", "vpcId": "vpc-1" }] }]);
    let clouddriver = Peer::default()
        .with("/search?q=sg-1&type=securityGroups&pageSize=10000&page=1", &found)
        .with("/search?q=sg-2&type=securityGroups&pageSize=10000&page=1", &json!([{ "results": [] }]))
        .with("/securityGroups/test/aws/r/web?vpcId=vpc-1", &json!({ "id": "sg-1" }));
    let world = World::of(&Peers { clouddriver, ..Peers::default() });
    for path in ["/securityGroups?id=sg-1", "/firewalls?id=sg-1"] {
        assert_eq!(world.get(path).await.json(), json!({ "id": "sg-1" }), "{path}");
    }
    assert_eq!(world.get("/firewalls?id=sg-2").await.message(), "No firewall found (id: sg-2)");
    assert_eq!(world.get("/securityGroups?id=sg-2").await.status, 404);
}

#[tokio::test]
async fn entity_tags_are_changed_by_tasks() {
    let tags = json!({ "entityRef": { "entityId": "shop-web-v001" } });
    let clouddriver = Peer::default().with("/tags/aws:servergroup:shop-web-v001", &tags);
    let orca = Peer::default().answering("POST", "/ops", 200, &json!({ "ref": "/tasks/01T" }));
    let peers = Peers { clouddriver, orca, ..Peers::default() };
    let world = World::of(&peers);
    let id = "aws:servergroup:shop-web-v001";
    assert_eq!(world.get(&format!("/tags/{}", id.to_uppercase())).await.json(), tags);
    let query = "entityId=shop-web-v001&entityType=servergroup&account=a&region=r&cloudProvider=aws";
    for (method, path, kind, application) in [
        ("POST", format!("/tags?{query}"), "upsertEntityTags", "shop"),
        ("POST", format!("/tags?{query}&application=own&isPartial=false"), "upsertEntityTags", "own"),
        ("DELETE", format!("/tags/{id}/one,two"), "deleteEntityTags", "shop"),
        ("POST", "/batch/tags".to_owned(), "bulkUpsertEntityTags", "adhoc"),
    ] {
        let answer = world.send(method, &path, &json!([{ "name": "t" }])).await;
        assert_eq!((answer.status, answer.json()), (202, json!({ "ref": "/tasks/01T" })), "{path}");
        let task = peers.orca.got().pop().expect("a task").body;
        assert_eq!((&task["job"][0]["type"], &task["application"]), (&json!(kind), &json!(application)));
    }
    let got = peers.orca.got();
    assert_eq!(got[0].body["job"][0]["isPartial"], true);
    assert_eq!(got[2].body["job"][0]["tags"], json!(["one", "two"]));
    assert_eq!(world.send("POST", "/tags?entityId=x", &json!([])).await.status, 400);
}

#[tokio::test]
async fn webhooks_go_to_echo_with_their_headers() {
    let taken = json!({ "eventProcessed": true, "eventId": "e" });
    let echo = Peer::default()
        .answering("POST", "/webhooks/git/github", 200, &taken)
        .answering("POST", "/webhooks/cdevents/tekton", 200, &taken)
        .with("/validateCronExpression?cronExpression=0+0+10+*+*+%3F", &json!({ "description": "At 10:00 AM" }));
    let echo = echo.answering("GET", "/validateCronExpression?cronExpression=bad", 400, &json!({ "message": "no" }));
    let peers = Peers { echo, ..Peers::default() };
    let world = World::of(&peers);
    let headers = [("x-hub-signature", "sha1=1"), ("x-event-key", "repo:push"), ("x-github-event", "push")];
    for body in ["", r#"{"a": 1}"#] {
        let answer = world.ask("POST", "/webhooks/git/github", &headers, Body::from(body)).await;
        assert_eq!((answer.status, answer.json()), (200, taken.clone()));
    }
    let got = peers.echo.got().pop().expect("a call");
    assert_eq!(got.bytes, r#"{"a": 1}"#, "what is signed is not written anew");
    assert!(headers.iter().all(|(name, value)| got.headers[*name] == *value), "{:?}", got.headers);

    let headers = [("ce-id", "1"), ("ce-type", "dev.cdevents.x"), ("ce-source", "s"), ("ce-specversion", "1.0")];
    let answer = world.ask("POST", "/webhooks/cdevents/tekton", &headers, Body::from(r#"{"a": 1}"#)).await;
    assert_eq!(answer.json(), taken);
    let got = peers.echo.got().pop().expect("a call");
    assert_eq!(got.headers["ce-data"], r#"{"a":1}"#);
    assert_eq!(got.headers["ce-type"], "dev.cdevents.x");
    assert_eq!(world.send("POST", "/webhooks/cdevents/tekton", &json!({})).await.status, 400);

    let valid = json!({ "valid": true, "description": "At 10:00 AM" });
    assert_eq!(world.get("/cron/validate?expression=0%200%2010%20*%20*%20%3F").await.json(), valid);
    assert_eq!(world.get("/cron/validate?expression=bad").await.json(), json!({ "valid": false, "message": "no" }));
}

#[tokio::test]
async fn content_is_passed_on_as_it_is() {
    let clouddriver = Peer::default()
        .answering("PUT", "/artifacts/fetch", 200, &json!("text"))
        .with("/v1/data/static/x?expectedContentType=text%2Fplain&a=b", &json!("text"))
        .with("/v1/data/adhoc/g/b/one/two", &json!("text"));
    let world = World::of(&Peers { clouddriver, ..Peers::default() });
    let fetched = world.send("PUT", "/artifacts/fetch", &json!({ "type": "http/file" })).await;
    assert_eq!((fetched.status, fetched.bytes.as_ref()), (200, b"\"text\"".as_slice()));
    assert_eq!(fetched.headers["content-type"], "application/octet-stream");
    let older = world.send("PUT", "/artifacts/fetch/", &json!({ "type": "http/file" })).await;
    assert_eq!((older.status, older.bytes.as_ref()), (200, b"\"text\"".as_slice()), "as older clients ask");
    let fixed = world.get("/v1/data/static/x?expectedContentType=text/plain&a=b").await;
    assert_eq!(fixed.status, 200);
    assert_eq!(fixed.headers["content-type"], "text/plain");
    assert_eq!(world.get("/v1/data/adhoc/g/b/one/two").await.json(), json!("text"));
    assert_eq!(world.get("/v1/data/static/x?expectedContentType=text/html").await.status, 400);
}

#[tokio::test]
async fn the_api_describes_itself() {
    let world = World::of(&Peers::default());
    let document = world.get("/v3/api-docs").await.json();
    assert!(document["openapi"].as_str().is_some_and(|version| version.starts_with("3.")));
    let paths = document["paths"].as_object().expect("paths");
    for endpoint in gennaker_gate::Gate::endpoints() {
        let place = &paths[&endpoint.path.replace("{*", "{")][endpoint.method.to_lowercase()];
        assert!(place["description"].as_str().is_some_and(|text| text.starts_with("Needs")), "{}", endpoint.path);
    }
    let page = world.get("/swagger-ui/index.html").await;
    assert_eq!(page.headers["content-type"], "text/html; charset=utf-8");
    assert!(String::from_utf8_lossy(&page.bytes).contains("/pipelines/{id}/cancel"));
    assert_eq!(world.get("/swagger-ui.html").await.headers["location"], "/swagger-ui/index.html");
}

#[tokio::test]
async fn what_stages_read_is_orcas_to_say() {
    let all = json!({ "title": "Stage", "$defs": { "wait": { "type": "object" } } });
    let orca = Peer::default().with("/schemas/stages", &all).with("/schemas/stages/wait", &json!({ "title": "wait" }));
    let world = World::of(&Peers { orca, ..Peers::default() });
    assert_eq!(world.get("/schemas/stages").await.json(), all);
    assert_eq!(world.get("/schemas/stages/wait").await.json(), json!({ "title": "wait" }));
    let unknown = world.get("/schemas/stages/nap").await;
    let message = "there is no stage type nap; GET /schemas/stages has those that there are";
    assert_eq!((unknown.status, unknown.message().as_str()), (404, message));
}
