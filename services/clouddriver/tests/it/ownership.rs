//! What becomes of a task whose owner dies.

use serde_json::{Value, json};

use crate::world::{World, lines};

fn two_steps() -> Value {
    json!([
        { "createServerGroup": { "account": "test" } },
        { "destroyServerGroup": { "account": "test", "hold": true } },
    ])
}

#[tokio::test]
async fn a_killed_owners_task_goes_on_where_it_was() {
    let world = World::new();
    let first = world.node("n").await;
    let id = first.submit("/sky/ops?clientRequestId=r1", &two_steps()).await;
    world.cloud.decided(2).await;
    first.kill();
    let second = world.idle_node().await;
    // The same name: the dead node's lease ends in this moment.
    let epoch = second.join("n").await;
    world.cloud.decided(3).await;
    world.cloud.release();
    let done = second.over(&id).await;
    assert_eq!(done["status"]["failed"], false, "{done}");
    let ran: Vec<_> = world.cloud.ran().into_iter().map(|ran| (ran.request_id, ran.fence)).collect();
    assert_eq!(
        ran,
        [
            (format!("{id}-0"), format!("{id}/{}", epoch - 1)),
            (format!("{id}-1"), format!("{id}/{}", epoch - 1)),
            (format!("{id}-1"), format!("{id}/{epoch}")),
        ]
    );
    // The cloud would have chosen another name by now.
    assert_eq!(world.cloud.decided(3).await, [json!("shop-v000"), json!("shop-v001"), json!("shop-v001")]);
    let results = json!([{ "serverGroupNames": ["shop-v000"] }, { "serverGroupNames": ["shop-v001"] }]);
    assert_eq!(done["resultObjects"], results);
    let lines = lines(&done);
    let reassigned = format!("Re-assigning task from: {}@n to: {epoch}@n", epoch - 1);
    assert!(lines.contains(&reassigned), "{lines:?}");
    assert_eq!(lines.iter().filter(|line| *line == "Processing op: destroyServerGroup").count(), 1, "{lines:?}");
    assert_eq!(second.submit("/sky/ops?clientRequestId=r1", &json!([])).await, id);
}

#[tokio::test]
async fn a_node_that_lost_its_lease_stops_and_resumes_in_its_next_life() {
    let world = World::new();
    let node = world.node("n").await;
    let id = node.submit("/sky/ops", &two_steps()).await;
    world.cloud.decided(2).await;
    let epoch = node.join("n").await;
    world.cloud.decided(3).await;
    world.cloud.release();
    let done = node.over(&id).await;
    assert_eq!(done["status"]["failed"], false, "{done}");
    let fences: Vec<_> = world.cloud.ran().into_iter().map(|ran| ran.fence).collect();
    assert_eq!(fences[2], format!("{id}/{epoch}"));
    assert_eq!(world.cloud.ran().len(), 3);
}

#[tokio::test]
async fn without_a_lease_a_task_waits_for_an_owner() {
    let world = World::new();
    let node = world.idle_node().await;
    let id = node.submit("/sky/ops", &json!([{ "createServerGroup": { "account": "test" } }])).await;
    let waiting = node.get(&format!("/task/{id}")).await.body;
    assert_eq!((&waiting["status"]["completed"], &waiting["ownerId"]), (&json!(false), &Value::Null));
    assert_eq!(world.cloud.ran(), []);
    node.join("n").await;
    assert_eq!(node.over(&id).await["status"]["failed"], false);
    assert_eq!(world.cloud.ran().len(), 1);
}

#[tokio::test]
async fn a_lease_that_ended_unnoticed_starts_nothing_here() {
    let world = World::new();
    let (stale, living) = (world.node("n").await, world.idle_node().await);
    // The lease moves; the first node has not heard of it.
    living.join("n").await;
    let id = stale.submit("/sky/ops", &json!([{ "createServerGroup": { "account": "test" } }])).await;
    let done = living.over(&id).await;
    assert_eq!(done["status"]["failed"], false, "{done}");
    assert_eq!(world.cloud.ran().len(), 1);
}
