//! Applications and projects as upstream's stages write and delete them; the contexts are those that upstream's orca
//! recorded for the same jobs.

use gennaker_base::Kind;
use gennaker_orca_stages::{Catalogue, TaskError, TaskResult};
use gennaker_wire::Status;
use serde_json::{Value, json};

use crate::front50::Front50;

const UPSERT: &str = "com.netflix.spinnaker.orca.applications.tasks.UpsertApplicationTask";
const VERIFY: &str = "com.netflix.spinnaker.orca.applications.tasks.VerifyApplicationHasNoDependenciesTask";
const DELETE: &str = "com.netflix.spinnaker.orca.applications.tasks.DeleteApplicationTask";
const UPSERT_PROJECT: &str = "com.netflix.spinnaker.orca.applications.pipelines.UpsertProjectStage.UpsertProjectTask";
const DELETE_PROJECT: &str = "com.netflix.spinnaker.orca.applications.pipelines.DeleteProjectStage.DeleteProjectTask";
const DEPENDS: &str = "com.netflix.spinnaker.orca.pipeline.tasks.DependsOnExecutionTask";

async fn try_step(front50: &Front50, class: &str, settings: &Value) -> Result<TaskResult, TaskError> {
    let catalogue = Catalogue::standard();
    let task = catalogue.task(class).expect("the task is there");
    task.step(&front50.context(settings)).await
}

async fn step(front50: &Front50, class: &str, settings: &Value) -> TaskResult {
    try_step(front50, class, settings).await.expect("a result")
}

fn changes(front50: &Front50) -> Vec<String> {
    std::mem::take(&mut front50.kept.lock().changes)
}

#[tokio::test]
async fn an_application_is_created_then_updated_then_deleted() {
    let front50 = Front50::default();
    let created = step(&front50, UPSERT, &json!({"application": {"name": "opsapp", "email": "t@example.com"}})).await;
    assert_eq!(created.status, Status::Succeeded);
    assert_eq!(
        Value::Object(created.context),
        json!({
            "notification.type": "upsertapplication", "application.name": "opsapp", "previousState": {},
            "newState": {"name": "opsapp", "email": "t@example.com"},
        })
    );
    assert_eq!(
        changes(&front50),
        [
            r#"create {"name":"opsapp","email":"t@example.com"}"#,
            r#"permit {"name":"opsapp","lastModified":1000,"lastModifiedBy":"unknown","permissions":{}}"#,
        ]
    );
    let job = json!({"application": {"name": "opsapp", "email": "new@example.com", "description": null}, "user": "x"});
    let updated = step(&front50, UPSERT, &job).await;
    let previous = json!({"name": "OPSAPP", "email": "t@example.com", "trafficGuards": []});
    assert_eq!(updated.context["previousState"], previous);
    assert_eq!(updated.context["newState"], json!({"name": "opsapp", "email": "new@example.com", "user": "x"}));
    assert_eq!(changes(&front50), [r#"update {"name":"opsapp","email":"new@example.com","user":"x"}"#]);

    let job = json!({"application": {"name": "opsapp"}});
    assert_eq!(step(&front50, VERIFY, &job).await, TaskResult::succeeded());
    let deleted = step(&front50, DELETE, &job).await;
    assert_eq!(deleted.context["notification.type"], "deleteapplication");
    assert_eq!(deleted.context["previousState"]["email"], "new@example.com");
    assert_eq!(changes(&front50), ["delete opsapp", "forget opsapp"]);
    // The node died before it recorded that: the next owner makes the step again.
    let again = step(&front50, DELETE, &job).await;
    assert_eq!((again.status, again.context.get("previousState")), (Status::Succeeded, None));
    assert_eq!(changes(&front50), ["forget opsapp"]);
}

#[tokio::test]
async fn who_may_use_an_application_is_kept_or_it_is_not_created() {
    let front50 = Front50::default();
    let job = json!({"application": {"name": "a", "permissions": {"READ": ["dev"]}}, "user": "x"});
    let created = step(&front50, UPSERT, &job).await;
    assert_eq!(created.context["newState"], json!({"name": "a", "user": "x"}));
    assert_eq!(front50.kept.lock().permissions["a"]["permissions"], json!({"READ": ["dev"]}));
    assert_eq!(front50.kept.lock().permissions["a"]["lastModifiedBy"], "x");

    let front50 = Front50::default();
    front50.kept.lock().has_no_permissions = true;
    let error = try_step(&front50, UPSERT, &job).await.expect_err("it is refused");
    assert_eq!(error.kind, Kind::Unsupported);
    assert_eq!(changes(&front50), [""; 0], "it would be everybody's");
    let job = json!({"application": {"name": "a", "permissions": {"READ": []}}});
    assert_eq!(step(&front50, UPSERT, &job).await.status, Status::Succeeded, "everybody may: nothing is to be kept");
}

#[tokio::test]
async fn a_name_that_its_cloud_does_not_take_is_refused() {
    let front50 = Front50::default();
    let job = json!({"application": {"name": "9lives", "cloudProviders": "kubernetes"}});
    let error = try_step(&front50, UPSERT, &job).await.expect_err("it is refused");
    assert_eq!(error.exception_type, "IllegalArgumentException");
    let catalogue = Catalogue::standard();
    let stage = catalogue.stage("createApplication").expect("the stage is there");
    assert_eq!(stage.validate(job.as_object().expect("an object")).len(), 1);
    assert_eq!(changes(&front50), [""; 0]);
}

#[tokio::test]
async fn an_application_on_which_something_depends_stays() {
    let verified = async |name: &str| step(&Front50::default(), VERIFY, &json!({"application": {"name": name}})).await;
    let busy = verified("busy").await;
    assert_eq!(busy.status, Status::Terminal);
    let details = &busy.context["exception"]["details"];
    assert_eq!(details["error"], "Application has outstanding dependencies");
    assert_eq!(details["errors"].as_array().map(Vec::len), Some(2));
    assert_eq!(verified("quiet").await.status, Status::Succeeded);
    assert_eq!(verified("unknown").await.status, Status::Succeeded);
}

#[tokio::test]
async fn projects_are_written_and_deleted() {
    let front50 = Front50::default();
    let created = step(&front50, UPSERT_PROJECT, &json!({"project": {"name": "p"}})).await;
    assert_eq!(Value::Object(created.context), json!({"notification.type": "upsertproject"}));
    step(&front50, UPSERT_PROJECT, &json!({"project": {"id": "7", "email": "e"}})).await;
    let job = json!({"project": {"id": "7"}});
    let deleted = step(&front50, DELETE_PROJECT, &job).await;
    assert_eq!(Value::Object(deleted.context), json!({"notification.type": "deleteproject"}));
    assert_eq!(step(&front50, DELETE_PROJECT, &job).await.status, Status::Succeeded, "gone already");
    let expected = ["create project", "update project 7", "delete project 7", "delete project 7"];
    assert_eq!(changes(&front50), expected);
}

#[tokio::test]
async fn another_execution_is_waited_for_by_its_type() {
    let step = async |kind: &str, id: &str| {
        let settings = json!({"executionType": kind, "executionId": id});
        step(&Front50::default(), DEPENDS, &settings).await
    };
    for kind in ["pipeline", "ORCHESTRATION"] {
        assert_eq!(step(kind, "SUCCEEDED").await.status, Status::Succeeded);
        assert_eq!(step(kind, "RUNNING").await.status, Status::Running);
        assert_eq!(step(kind, "TERMINAL").await.status, Status::Canceled);
        let gone = step(kind, "gone").await;
        assert_eq!(gone.status, Status::Terminal);
        assert!(gone.context["error"].as_str().is_some_and(|error| error.contains("gone")));
    }
}
