//! What stages on instances, images, jobs and the rest ask clouddriver for, and what they make of its answers.

use axum::{
    Json, Router,
    extract::Path,
    http::StatusCode,
    routing::{get, post},
};
use gennaker_orca_stages::{JobOptions, Options, TaskResult};
use gennaker_wire::Status;
use serde_json::{Value, json};

use crate::{
    drive::{Driven, local},
    fleet::Fleet,
};

async fn with(options: &Options, fleet: &Fleet, kind: &str, more: Value) -> Driven {
    let mut settings = json!({"credentials": "local", "cloudProvider": "local", "region": "here"});
    settings.as_object_mut().expect("an object").extend(more.as_object().cloned().expect("an object"));
    let mut driven = Driven::new(options, kind, settings);
    driven.clouddriver = fleet.router();
    driven.front50 = fleet.front50();
    driven.compose().await.expect("a composition");
    driven
}

async fn staged(fleet: &Fleet, kind: &str, more: Value) -> Driven {
    with(&local(), fleet, kind, more).await
}

async fn done(driven: &mut Driven, task: &str) -> TaskResult {
    let result = driven.step(task).await.expect("a result");
    driven.record(task, result.clone());
    result
}

#[tokio::test]
async fn instances_end_once_and_are_waited_for() {
    let fleet = Fleet::default();
    let ids = json!({"serverGroupName": "shop-v001", "instanceIds": ["shop-v001-0", "gone"]});
    let mut driven = staged(&fleet, "terminateInstances", ids).await;
    assert_eq!(driven.run("terminateInstances").await, Status::Succeeded);
    let context = &driven.stage.context;
    assert_eq!(context["terminate.remaining.instances"], json!([{"id": "shop-v001-0", "launchTime": 5}]));
    assert_eq!(context["terminate.instance.ids"], json!(["shop-v001-0"]));
    assert_eq!(fleet.operations()[0].1["instanceIds"], json!(["shop-v001-0"]));
    assert_eq!(done(&mut driven, "waitForTerminatedInstances").await.status, Status::Running);
    fleet.kept.lock().groups[1]["instances"][0]["launchTime"] = 6.into();
    assert_eq!(done(&mut driven, "waitForTerminatedInstances").await.status, Status::Succeeded, "another has its id");
}

#[tokio::test]
async fn the_last_instance_that_is_up_is_guarded() {
    let fleet = Fleet::default();
    fleet.kept.lock().groups.remove(0);
    fleet.kept.lock().application["trafficGuards"] =
        json!([{"account": "local", "location": "*", "stack": "*", "detail": "*"}]);
    for (kind, task) in [
        ("terminateInstances", "terminateInstances"),
        ("deregisterInstancesFromLoadBalancer", "deregisterInstances"),
        ("disableInstancesInDiscovery", "disableInstances"),
        ("detachInstances", "detachInstances"),
    ] {
        let both = json!({"serverGroupName": "shop-v001", "instanceIds": ["shop-v001-0", "shop-v001-1"]});
        let driven = staged(&fleet, kind, both).await;
        let error = driven.step(task).await.expect_err("a refusal");
        assert_eq!(error.exception_type, "TrafficGuardException", "{kind}");
        let one = json!({"serverGroupName": "shop-v001", "instanceIds": ["shop-v001-0"]});
        let driven = staged(&fleet, kind, one).await;
        let allowed = driven.step(task).await.expect("allowed");
        assert_eq!(allowed.context["trafficGuard"]["reason"], "1 of 2 instances of shop-v001 stay up", "{kind}");
    }
    // Nobody says which server group it is in: clouddriver is asked.
    let found = |id: &str| json!({"account": "local", "region": "here", "serverGroup": "shop-v001", "instanceId": id});
    fleet.answer("/search", json!([{"results": [found("shop-v001-0"), found("shop-v001-1")]}]));
    let unnamed = json!({"instanceIds": ["shop-v001-0", "shop-v001-1"]});
    let driven = staged(&fleet, "deregisterInstancesFromLoadBalancer", unnamed).await;
    assert!(driven.step("deregisterInstances").await.is_err());
    assert_eq!(fleet.operations(), []);
}

#[tokio::test]
async fn instances_are_waited_for_by_the_sources_that_count() {
    let fleet = Fleet::default();
    let mut driven = staged(&fleet, "registerInstancesWithLoadBalancer", json!({"instanceIds": ["i"]})).await;
    let submitted = done(&mut driven, "registerInstances").await;
    assert_eq!(submitted.context["interestingHealthProviderNames"], json!(["LoadBalancer", "TargetGroup"]));
    let states = |balancer: &str| json!({"name": "i", "health": [{"type": "LoadBalancer", "state": balancer}]});
    fleet.answer("/instances/local/here/i", states("Down"));
    assert_eq!(done(&mut driven, "waitForLoadBalancerState").await.status, Status::Running);
    fleet.answer("/instances/local/here/i", states("Up"));
    assert_eq!(done(&mut driven, "waitForLoadBalancerState").await.status, Status::Succeeded);

    let mut driven = staged(&fleet, "rebootInstances", json!({"instanceIds": ["i"]})).await;
    done(&mut driven, "rebootInstances").await;
    let runs = |launch: i64| {
        json!({"name": "i", "launchTime": launch, "health": [
            {"type": "LocalAgent", "state": "Up", "healthClass": "platform"},
        ]})
    };
    fleet.answer("/instances/local/here/i", runs(1));
    assert_eq!(done(&mut driven, "waitForDownInstances").await.status, Status::Running);
    fleet.answer("/instances/local/here/i", runs(1_000_001));
    assert_eq!(done(&mut driven, "waitForDownInstances").await.status, Status::Succeeded, "nobody saw it down");
    assert_eq!(done(&mut driven, "waitForUpInstances").await.status, Status::Succeeded);
}

#[tokio::test]
async fn a_job_runs_to_its_end_and_leaves_properties() {
    let fleet = Fleet::default();
    let mut driven = staged(&fleet, "runJob", json!({"command": "backup", "propertyFile": "out"})).await;
    done(&mut driven, "runJob").await;
    let names = json!({"here": ["backup-1"]});
    fleet.answer(
        "/task/S-1-0",
        json!({
            "id": "S-1-0", "status": {"completed": true}, "resultObjects": [{"deployedNamesByLocation": names}],
        }),
    );
    let monitored = done(&mut driven, "monitorDeploy").await;
    assert_eq!((monitored.status, &monitored.context["deploy.jobs"]), (Status::Succeeded, &names));
    let job = "/applications/shop/jobs/local/here/backup-1";
    fleet.answer(job, json!({"name": "backup-1", "jobState": "Running"}));
    assert_eq!(done(&mut driven, "waitOnJobCompletion").await.status, Status::Running);
    fleet.answer(job, json!({"name": "backup-1", "jobState": "Succeeded", "completionDetails": {"exitCode": 0}}));
    let without = driven.step("waitOnJobCompletion").await.expect("a result");
    assert_eq!(without.error.expect("no properties").exception_type, "ConfigurationException");
    fleet.answer(&format!("{job}/out"), json!({"size": "3"}));
    let ended = done(&mut driven, "waitOnJobCompletion").await;
    assert_eq!((ended.status, &ended.outputs["size"]), (Status::Succeeded, &json!("3")));
    assert_eq!(ended.outputs["jobStatus"]["completionDetails"]["exitCode"], 0);
    assert_eq!(ended.outputs["propertyFileContents"], json!({"size": "3"}));
}

#[tokio::test]
async fn a_job_that_nobody_has_found_out_about_is_ended_with_its_stage() {
    let fleet = Fleet::default();
    let mut driven = staged(&fleet, "runJob", json!({"command": "backup"})).await;
    assert!(driven.cancel_stage().await.expect("fields").is_empty(), "nothing was started");
    done(&mut driven, "runJob").await;
    fleet.answer("/task/S-1-0", json!({"id": "S-1-0"}));
    let error = driven.cancel_stage().await.expect_err("it may be started yet");
    assert!(error.kind.is_transient(), "{error}");
    let names = json!({"here": ["backup-1"]});
    let over = json!({"completed": true});
    fleet.answer(
        "/task/S-1-0",
        json!({"id": "S-1-0", "status": over, "resultObjects": [{"deployedNamesByLocation": names}]}),
    );
    fleet.answer("/applications/shop/jobs/local/here/backup-1", json!(null));
    let kept = driven.cancel_stage().await.expect("fields");
    assert_eq!(kept["canceledJob"]["jobName"], "backup-1");
}

#[tokio::test]
async fn a_job_that_fails_says_why() {
    let fleet = Fleet::default();
    let driven = staged(&fleet, "runJob", json!({"deploy.jobs": {"here": ["j"]}, "propertyFile": "out"})).await;
    fleet.answer(
        "/applications/shop/jobs/local/here/j",
        json!({"name": "j", "jobState": "Failed", "message": "no space"}),
    );
    let ended = driven.step("waitOnJobCompletion").await.expect("a result");
    assert_eq!(ended.status, Status::Terminal);
    assert_eq!(ended.error.expect("a reason").message, "job j failed: no space");
    assert_eq!(ended.context["jobStatus"]["jobState"], "Failed");
}

#[tokio::test]
async fn a_prepared_job_is_run_as_operators_say() {
    let jobs: JobOptions = serde_json::from_value(json!({"preconfigured": {"local": [
        {"type": "backup", "credentials": "vault", "command": "backup", "waitForCompletion": false},
    ]}}))
    .expect("options");
    let options = Options { job: jobs.into(), ..local() };
    let fleet = Fleet::default();
    let mut driven = with(&options, &fleet, "backup", json!({"alias": "preconfiguredJob", "command": "mine"})).await;
    let names: Vec<_> = driven.stage.tasks.iter().map(|task| task.name.as_str()).collect();
    assert_eq!(names, ["runJob", "monitorDeploy"]);
    done(&mut driven, "runJob").await;
    let (operation, description) = fleet.operations().remove(0);
    assert_eq!((operation.as_str(), &description["command"]), ("runJob", &json!("backup")));
    assert_eq!(description["credentials"], "vault");
    let driven = Driven::new(&options, "unknown", json!({"alias": "preconfiguredJob"}));
    assert!(driven.composition().await.is_err());
    assert_eq!(driven.catalogue.preconfigured_jobs().len(), 1);
}

#[tokio::test]
async fn the_image_of_a_cluster_is_found_in_each_region() {
    let fleet = Fleet::default();
    let path =
        |place: &str| format!("/applications/shop/clusters/local/shop/local/{place}/serverGroups/target/NEWEST/Images");
    let summary = |id: &str| json!({"summaries": [{"imageId": id, "imageName": "shop-1", "serverGroupName": "shop-v001", "image": {}}]});
    fleet.answer(&path("here"), summary(""));
    let regions = |more: Value| {
        let mut settings = json!({"cluster": "shop", "regions": ["here", "there"]});
        settings.as_object_mut().expect("an object").extend(more.as_object().cloned().expect("an object"));
        settings
    };
    let driven = staged(&fleet, "findImage", regions(json!({}))).await;
    let error = driven.step("findImage").await.expect_err("there is none there");
    assert!(error.message.contains("no enabled server group in there"), "{error}");
    let mut driven = staged(&fleet, "findImage", regions(json!({"resolveMissingLocations": true}))).await;
    assert_eq!(done(&mut driven, "findImage").await.status, Status::Running, "its id is not known yet");
    fleet.answer(&path("here"), summary("i-1"));
    assert!(driven.step("findImage").await.is_err(), "nor is it listed");
    fleet.answer("/local/images/find", json!([{"imageName": "shop-1", "amis": {"there": ["i-2"]}}]));
    let found = done(&mut driven, "findImage").await;
    let ids: Vec<_> =
        found.context["amiDetails"].as_array().expect("a list").iter().map(|one| one["imageId"].clone()).collect();
    assert_eq!(ids, ["i-1", "i-2"]);
    assert_eq!(found.outputs["deploymentDetails"], found.context["amiDetails"]);
}

#[tokio::test]
async fn images_are_found_by_tags_and_tagged() {
    let fleet = Fleet::default();
    let image =
        |tags: Value| json!([{"id": "i-1", "name": "shop-1", "account": "local", "region": "here", "tags": tags}]);
    fleet.answer("/local/images/find", image(json!({})));
    let mut driven =
        staged(&fleet, "findImageFromTags", json!({"packageName": "shop", "tags": {"stage": "prod"}})).await;
    assert_eq!(done(&mut driven, "findImage").await.outputs["deploymentDetails"][0]["imageId"], "i-1");
    let mut driven =
        staged(&fleet, "upsertImageTags", json!({"imageNames": ["shop-1"], "tags": {"stage": "prod"}})).await;
    done(&mut driven, "upsertImageTags").await;
    let (operation, description) = fleet.operations().remove(0);
    assert_eq!((operation.as_str(), &description["regions"]), ("upsertImageTags", &json!(["here"])));
    assert_eq!(done(&mut driven, "waitForTaggedImage").await.status, Status::Running);
    fleet.answer("/local/images/find", image(json!({"stage": "prod", "other": "kept"})));
    assert_eq!(done(&mut driven, "waitForTaggedImage").await.status, Status::Succeeded);
}

#[tokio::test]
async fn what_is_written_is_waited_for() {
    let fleet = Fleet::default();
    let mut driven = staged(&fleet, "upsertSecurityGroup", json!({"name": "front"})).await;
    done(&mut driven, "upsertSecurityGroup").await;
    assert_eq!(done(&mut driven, "forceCacheRefresh").await.status, Status::Succeeded);
    assert_eq!(done(&mut driven, "waitForUpsertedSecurityGroup").await.status, Status::Running);
    fleet.answer("/securityGroups/local/local/here/front", json!({"name": "front"}));
    assert_eq!(done(&mut driven, "waitForUpsertedSecurityGroup").await.status, Status::Succeeded);
}

#[tokio::test]
async fn tags_of_things_go_to_no_cloud_in_particular() {
    let fleet = Fleet::default();
    let tags = json!({"entityRef": {"entityId": "shop-v001"}, "tags": [{"name": "owner"}]});
    let mut driven = staged(&fleet, "upsertEntityTags", tags).await;
    let result = done(&mut driven, "upsertEntityTags").await;
    assert_eq!(result.context["notification.type"], "upsertentitytags");
    assert_eq!(fleet.operations()[0].1["entityRef"]["entityId"], "shop-v001");
}

#[tokio::test]
async fn conditions_hold_a_deployment_back_until_they_no_longer_apply() {
    let mut options = local();
    let condition = &mut options.tasks.evaluate_condition;
    condition.enabled = true;
    condition.clusters = vec!["shop".to_owned()];
    condition.active_conditions = vec!["freeze".to_owned()];
    let fleet = Fleet::default();
    let mut held = with(&options, &fleet, "waitForCondition", json!({"cluster": "shop"})).await;
    let waiting = done(&mut held, "waitForCondition").await;
    assert_eq!((waiting.status, &waiting.outputs["conditions"][0]["name"]), (Status::Running, &json!("freeze")));
    held.stage.context.insert("status".into(), "SKIPPED".into());
    assert_eq!(done(&mut held, "waitForCondition").await.status, Status::Succeeded, "a person lets it go on");
    let mut free = with(&options, &fleet, "waitForCondition", json!({"cluster": "other"})).await;
    assert_eq!(done(&mut free, "waitForCondition").await.context["status"], "SKIPPED");
}

#[tokio::test]
async fn pipelines_of_an_artifact_are_saved_one_after_the_other() {
    let fleet = Fleet::default();
    fleet.answer("/artifacts/fetch", json!({"shop": [{"name": "old"}, {"name": "new"}]}));
    let artifact = json!({"pipelinesArtifact": {"type": "embedded/base64", "reference": "e30="}});
    let mut driven = staged(&fleet, "savePipelinesFromArtifact", artifact).await;
    driven.front50 = Router::new()
        .route("/pipelines/{application}/name/{name}", get(named))
        .route("/pipelines", post(save))
        .fallback(|| async { StatusCode::NOT_FOUND });
    done(&mut driven, "getPipelinesFromArtifact").await;
    for (more, refused) in [(Status::Redirect, false), (Status::Succeeded, true)] {
        done(&mut driven, "preparePipelineToSaveTask").await;
        let saved = done(&mut driven, "savePipeline").await;
        assert_eq!(saved.status, if refused { Status::FailedContinue } else { Status::Succeeded }, "{saved:?}");
        done(&mut driven, "checkPipelineResults").await;
        assert_eq!(done(&mut driven, "checkForRemainingPipelines").await.status, more);
    }
    let names = |list: &str| {
        driven.stage.context[list].as_array().expect("a list").iter().map(|one| one["name"].clone()).collect::<Vec<_>>()
    };
    assert_eq!((names("pipelinesUpdated"), names("pipelinesFailedToSave")), (vec![json!("old")], vec![json!("new")]));
    assert!(driven.step("savePipelinesCompleteTask").await.expect_err("one was refused").message.contains("new"));
}

async fn named(Path((_, name)): Path<(String, String)>) -> Result<Json<Value>, StatusCode> {
    if name == "old" { Ok(Json(json!({"id": "1", "name": "old"}))) } else { Err(StatusCode::NOT_FOUND) }
}

/// front50 refuses what is new.
async fn save(Json(pipeline): Json<Value>) -> Result<Json<Value>, StatusCode> {
    if pipeline["name"] == "old" { Ok(Json(pipeline)) } else { Err(StatusCode::BAD_REQUEST) }
}
