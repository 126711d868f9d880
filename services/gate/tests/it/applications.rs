//! Applications: front50's and clouddriver's put together.

use serde_json::{Value, json};

use crate::world::{Peer, Peers, World};

fn peers() -> Peers {
    let shop = json!({"name": "SHOP", "email": "a@b.c", "description": null, "createTs": "1"});
    let kept = json!([shop, {"name": "EMPTY", "email": "x@b.c"}]);
    let seen = json!({"name": "shop", "attributes": {"name": "shop", "cloudProviders": "local"},
        "clusters": {"test": [{"name": "shop-web", "provider": "local"}]}});
    let all = json!([{"name": "shop", "attributes": {"name": "shop"}, "clusterNames": {"test": ["shop-web"]}},
        {"name": "stray", "attributes": {"name": "stray"}, "clusterNames": {"test": ["stray"]}}]);
    Peers {
        front50: Peer::default().with("/v2/applications?restricted=false", &kept).with("/v2/applications/shop", &shop),
        clouddriver: Peer::default()
            .with("/applications?restricted=false&expand=true", &all)
            .with("/applications/shop", &seen),
        ..Peers::default()
    }
}

#[tokio::test]
async fn an_application_has_attributes_and_clusters() {
    let world = World::of(&peers());
    let attributes =
        json!({"name": "shop", "email": "a@b.c", "createTs": "1", "cloudProviders": "local", "accounts": "test"});
    let clusters = json!({"test": [{"name": "shop-web", "provider": "local"}]});
    let expanded = json!({"name": "shop", "attributes": attributes, "clusters": clusters});
    assert_eq!(world.get("/applications/shop").await.json(), expanded);
    assert_eq!(world.get("/applications/shop?expand=").await.json(), expanded, "empty is not sent");
    let plain = json!({"name": "shop", "attributes": attributes, "clusters": {}});
    assert_eq!(world.get("/applications/shop?expand=false").await.json(), plain);
}

#[tokio::test]
async fn the_list_has_what_either_knows() {
    let world = World::of(&peers());
    let names = |list: Value| -> Vec<String> {
        let list = list.as_array().expect("a list").clone();
        list.iter().map(|one| one["name"].as_str().expect("a name").to_owned()).collect()
    };
    assert_eq!(names(world.get("/applications").await.json()), ["empty", "shop", "stray"]);
    assert_eq!(names(world.get("/applications?account=TEST").await.json()), ["shop", "stray"]);
    assert_eq!(names(world.get("/applications?owner=X@b.c&account=").await.json()), ["empty"]);
}

#[tokio::test]
async fn the_list_is_made_anew_when_either_knows_something_else() {
    let kept = |emails: &[&str]| -> Value {
        emails.iter().enumerate().map(|(at, email)| json!({"name": format!("A{at}"), "email": email})).collect()
    };
    let seen = |account: &str| json!([{"name": "a0", "attributes": {}, "clusters": {account: []}}]);
    let peers = |emails: &[&str], account: &str| Peers {
        front50: Peer::default().with_etags().with("/v2/applications?restricted=false", &kept(emails)),
        clouddriver: Peer::default().with("/applications?restricted=false&expand=true", &seen(account)),
        ..Peers::default()
    };
    let behind = peers(&["x@b.c"], "test");
    let world = World::of(&behind);
    let first = world.get("/applications").await.json();
    assert_eq!(first, json!([{"name": "a0", "email": "x@b.c", "accounts": "test"}]));
    assert_eq!(world.get("/applications").await.json(), first);
    let asked = behind.front50.got();
    assert_eq!(asked.iter().filter(|got| got.headers.contains_key("if-none-match")).count(), 1);
    assert_eq!(asked.len(), 2, "it is not read again");

    behind.become_like(&peers(&["x@b.c"], "prod"));
    assert_eq!(world.get("/applications").await.json()[0]["accounts"], "prod");
    behind.become_like(&peers(&["x@b.c", "y@b.c"], "prod"));
    assert_eq!(world.get("/applications?owner=y@b.c").await.json(), json!([{"name": "a1", "email": "y@b.c"}]));
    behind.become_like(&Peers { front50: peers(&["longer@b.c"], "").front50, ..Peers::default() });
    assert_eq!(world.get("/applications").await.json(), json!([{"name": "a0", "email": "longer@b.c"}]));
}

#[tokio::test]
async fn accounts_say_whether_the_caller_may_use_them() {
    let accounts =
        json!([{"name": "test", "type": "local", "cloudProvider": "local", "environment": "e"}, {"name": "prod"}]);
    let clouddriver = Peer::default().with("/credentials?expand=true", &accounts);
    let world = World::of(&Peers { clouddriver, ..Peers::default() });
    let whole =
        world.ask("GET", "/credentials?expand=true", &[("x-spinnaker-accounts", "test")], "".into()).await.json();
    assert_eq!((&whole[0]["authorized"], &whole[0]["environment"]), (&json!(true), &json!("e")));
    assert_eq!(whole[1]["authorized"], json!(false));
    let brief = world.get("/credentials").await.json();
    assert_eq!(brief[0], json!({"name": "test", "type": "local", "cloudProvider": "local", "authorized": true}));
    assert_eq!(world.get("/credentials/prod").await.json()["name"], "prod");
    assert_eq!(world.get("/credentials/none").await.status, 404);
}

#[tokio::test]
async fn the_application_lists_pipelines_by_the_configured_limit() {
    let orca =
        Peer::default().with("/applications/shop/pipelines?limit=10&statuses=RUNNING%2CPAUSED&expand=true", &json!([]));
    let world = World::of(&Peers { orca, ..Peers::default() });
    let path = "/applications/shop/pipelines?limit=&statuses=RUNNING,PAUSED&expand=true";
    assert_eq!(world.get(path).await.json(), json!([]));
    let refused = world.get("/applications/shop/pipelines?limit=many").await;
    assert_eq!((refused.status, refused.message().as_str()), (400, "limit is a number from 0, not \"many\""));
}

#[tokio::test]
async fn infrastructure_has_what_upstreams_gate_adds() {
    let group = json!({"name": "shop-v000", "region": "here"});
    let other = json!({"name": "shop-v001"});
    let cluster = json!([{"name": "shop", "serverGroups": [group, other]}]);
    let clouddriver = Peer::default()
        .with("/applications/shop/clusters/test/shop", &cluster)
        .with("/applications/shop/serverGroups/test/here/shop-v000?includeDetails=true", &group)
        .with("/local/loadBalancers/test/here/front", &json!([{"name": "front"}]))
        .with("/instances/test/here/i%2F1", &json!({"id": "i/1"}));
    let world = World::of(&Peers { clouddriver, ..Peers::default() });
    assert_eq!(world.get("/applications/shop/clusters/test/shop").await.json(), cluster[0]);
    assert_eq!(world.get("/applications/shop/clusters/test/none").await.json(), json!({}));
    assert_eq!(world.get("/applications/shop/clusters/test/shop/serverGroups").await.json(), json!([group, other]));
    let named = "/applications/shop/clusters/test/shop/serverGroups/shop-v000";
    assert_eq!(world.get(named).await.json(), json!([group]));
    let whole = json!({"name": "shop-v000", "region": "here", "insightActions": []});
    assert_eq!(world.get("/applications/shop/serverGroups/test/here/shop-v000").await.json(), whole);
    let missing = world.get("/applications/shop/serverGroups/test/here/none").await;
    assert_eq!((missing.status, missing.message().as_str()), (404, "Server group not found (id: none)"));
    let target = world.get("/applications/shop/clusters/test/shop/local/here/serverGroups/target/CURRENT").await;
    assert_eq!((target.status, target.message().as_str()), (404, "unable to find CURRENT in local/test/here/shop"));
    let balancer = world.get("/loadBalancers/test/here/front?provider=local").await.json();
    assert_eq!(balancer, json!([{"name": "front", "insightActions": []}]));
    assert_eq!(world.get("/loadBalancers/test/here/none?provider=local").await.json(), json!([]));
    assert_eq!(world.get("/instances/test/here/i%2F1").await.json(), json!({"id": "i/1", "insightActions": []}));
}

#[tokio::test]
async fn a_save_that_may_not_be_stale_says_so_to_front50() {
    let asked = "/pipelines?staleCheck=true&refuseStale=true";
    let front50 =
        Peer::default().answering("POST", asked, 400, &json!({"message": "The submitted pipeline is stale."}));
    let peers = Peers { front50, ..Peers::default() };
    let body = json!({"id": "p-1", "name": "one", "application": "shop", "index": 0});
    let answer = World::of(&peers).send("POST", asked, &body).await;
    assert_eq!((answer.status, answer.message().as_str()), (400, "The submitted pipeline is stale."));
}

#[tokio::test]
async fn pipelines_saved_in_bulk_keep_their_places() {
    let summary = json!({"successful_pipelines_count": 2});
    let front50 = Peer::default().with("/pipelines/p-1/get", &json!({"id": "p-1", "index": 3})).answering(
        "POST",
        "/pipelines/batchUpdate?staleCheck=false",
        200,
        &summary,
    );
    let peers = Peers { front50, ..Peers::default() };
    let list = json!([{"id": "p-1", "name": "one"}, {"name": "two"}, {"id": "p-3", "name": "three"}]);
    assert_eq!(World::of(&peers).send("POST", "/pipelines/bulksave", &list).await.json(), summary);
    let sent = peers.front50.got().last().expect("a call").body.clone();
    let kept = json!([{"id": "p-1", "name": "one", "index": 3}, {"name": "two"}, {"id": "p-3", "name": "three"}]);
    assert_eq!(sent, kept);
}
