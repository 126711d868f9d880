//! The provider against a real agent: what it shows, what it does, and what it says when the agent is away.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use gennaker_base::{Clock as _, Kind, SystemClock};
use gennaker_provider_api::{
    AccountState, Error, ImageQuery, Inventory, Journal, LogFrom, Outcome, Progress, Provider, RefreshScope, Request,
    Result,
};
use gennaker_provider_local::provider::{AccountOptions, LocalProvider, Options};
use gennaker_wire::{Capacity, HealthState, JobState, Operation, ServerGroup};
use serde_json::{Value, json};
use tokio::{sync::watch, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use crate::{
    agent::{Agent, PROGRAM},
    http1::get,
};

const PATIENCE: Duration = Duration::from_secs(30);

/// A provider that follows one agent as the account `test`.
pub(crate) struct World {
    pub(crate) provider: Arc<LocalProvider>,
    pub(crate) agent: Agent,
    shutdown: CancellationToken,
    running: Option<JoinHandle<()>>,
}

impl World {
    async fn start() -> World {
        World::start_with(|provider| provider).await
    }

    /// The same with a provider that is furnished further.
    pub(crate) async fn start_with(furnished: impl FnOnce(LocalProvider) -> LocalProvider) -> World {
        let agent = Agent::start().await;
        let account = AccountOptions {
            name: agent.client.health().await.expect("it answers").account,
            state_directory: agent.folder().to_owned(),
            environment: Some("qa".to_owned()),
        };
        let provider = LocalProvider::new(Options { accounts: vec![account] }, Arc::new(SystemClock));
        let provider = Arc::new(furnished(provider));
        let shutdown = CancellationToken::new();
        let (running, token) = (provider.clone(), shutdown.clone());
        let running = Some(tokio::spawn(async move { running.run(token).await }));
        let world = World { provider, agent, shutdown, running };
        world.until("the account is well", |state| state.account.problem.is_none()).await;
        world
    }

    fn account(&self) -> String {
        self.provider.accounts().borrow()[0].account.name.clone()
    }

    fn inventory(&self) -> watch::Receiver<Arc<Inventory>> {
        self.provider.accounts().borrow()[0].inventory.clone()
    }

    /// Waits until the account is so.
    async fn until(&self, what: &str, is: impl Fn(&AccountState) -> bool) {
        let mut accounts = self.provider.accounts();
        let wait = accounts.wait_for(|accounts| is(&accounts[0]));
        tokio::time::timeout(PATIENCE, wait).await.unwrap_or_else(|_| panic!("{what}")).expect("it lives");
    }

    /// The server group, once it is so.
    pub(crate) async fn group_when(&self, name: &str, is: impl Fn(&ServerGroup) -> bool) -> ServerGroup {
        let mut inventory = self.inventory();
        let wait = inventory.wait_for(|inventory| inventory.server_group("local", name).is_some_and(&is));
        let found = tokio::time::timeout(PATIENCE, wait).await.expect("it gets there").expect("it lives");
        found.server_group("local", name).expect("it was there").clone()
    }

    pub(crate) fn operation(&self, name: &str, description: Value) -> Operation {
        let Value::Object(mut description) = description else { panic!("an object") };
        description.entry("account").or_insert_with(|| self.account().into());
        Operation { name: name.to_owned(), description }
    }

    pub(crate) async fn run(&self, request: &str, epoch: u64, notes: &Notes, operation: Operation) -> Result<Outcome> {
        let request = Request { request_id: request.to_owned(), fence: format!("T/{epoch}"), operation };
        Provider::run(&*self.provider, &request, notes).await
    }

    /// Runs an operation that is expected to succeed, under a request id of its own.
    pub(crate) async fn done(&self, name: &str, description: Value) -> Outcome {
        let request = gennaker_base::id::generate(SystemClock.now());
        let operation = self.operation(name, description);
        self.provider.validate(&operation).await.expect("it is valid");
        self.run(&request, 1, &Notes::default(), operation).await.expect("it succeeds")
    }

    pub(crate) async fn refused(&self, name: &str, description: Value) -> Error {
        let request = gennaker_base::id::generate(SystemClock.now());
        let operation = self.operation(name, description);
        self.run(&request, 1, &Notes::default(), operation).await.expect_err("it is refused")
    }

    pub(crate) async fn end(mut self) {
        self.shutdown.cancel();
        if let Some(running) = self.running.take() {
            running.await.expect("every follower ends");
        }
    }
}

/// A journal in memory, kept over the runs of one operation.
#[derive(Default)]
pub(crate) struct Notes {
    decided: Mutex<BTreeMap<String, Value>>,
    lines: Mutex<Vec<String>>,
}

#[async_trait]
impl Journal for Notes {
    async fn status(&self, progress: Progress) -> Result<()> {
        self.lines.lock().expect("no panic").push(progress.status);
        Ok(())
    }

    async fn decide(&self, key: &str, value: Value) -> Result<Value> {
        Ok(self.decided.lock().expect("no panic").entry(key.to_owned()).or_insert(value).clone())
    }

    fn decided(&self, key: &str) -> Option<Value> {
        self.decided.lock().expect("no panic").get(key).cloned()
    }
}

fn serve(extra: Value) -> Value {
    let mut description = json!({
        "application": "shop", "stack": "web", "command": PROGRAM, "arguments": ["serve", "1"],
        "loadBalancers": ["shop-front"], "healthCheck": {"type": "http", "path": "/health", "intervalMs": 50},
    });
    let fields = description.as_object_mut().expect("an object");
    fields.extend(extra.as_object().expect("an object").clone());
    description
}

fn states(group: &ServerGroup, kind: &str) -> Vec<HealthState> {
    let health = group.instances.iter().flat_map(|instance| &instance.health);
    health.filter(|health| health.kind == kind).map(|health| health.state).collect()
}

#[tokio::test]
async fn a_server_group_lives_from_creation_to_its_end() {
    let world = World::start().await;
    world.done("upsertLoadBalancer", json!({"name": "shop-front"})).await;
    assert!(world.inventory().borrow().load_balancer("local", "shop-front").is_some(), "a read right after sees it");
    let created = world.done("createServerGroup", serve(json!({"capacity": {"desired": 2}}))).await;
    assert_eq!(created.result["serverGroupNames"], json!(["local:shop-web-v000"]));
    assert_eq!(created.result["serverGroupNameByRegion"], json!({"local": "shop-web-v000"}));
    assert_eq!(created.result["deployedNames"], json!(["shop-web-v000"]));
    assert!(world.inventory().borrow().server_group("local", "shop-web-v000").is_some());
    let up = world.group_when("shop-web-v000", |group| group.instance_counts.up == 2).await;
    assert_eq!((up.cluster.as_str(), up.moniker.sequence), ("shop-web", Some(0)));
    assert_eq!(states(&up, "LocalAgent"), [HealthState::Up, HealthState::Up]);
    assert_eq!(states(&up, "LoadBalancer"), [HealthState::Up, HealthState::Up]);

    let second = world.done("createServerGroup", serve(json!({}))).await;
    assert_eq!(second.result["serverGroupNames"], json!(["local:shop-web-v001"]));

    let name = json!({"serverGroupName": "shop-web-v000", "region": "local"});
    world.done("disableServerGroup", name.clone()).await;
    let off = world.inventory().borrow().server_group("local", "shop-web-v000").expect("it is there").clone();
    assert!(off.disabled);
    assert_eq!(states(&off, "LoadBalancer"), [HealthState::OutOfService, HealthState::OutOfService]);
    assert_eq!(off.instance_counts.out_of_service, 2);
    let front = world.inventory().borrow().load_balancer("local", "shop-front").expect("it is there").clone();
    assert_eq!(front.server_groups.len(), 2);
    assert!(front.server_groups[0].is_disabled);

    world.done("enableServerGroup", name.clone()).await;
    assert!(!world.inventory().borrow().server_group("local", "shop-web-v000").expect("it is there").disabled);
    world.done("destroyServerGroup", name.clone()).await;
    assert!(world.inventory().borrow().server_group("local", "shop-web-v000").is_none(), "a read right after sees it");
    let gone = world.refused("destroyServerGroup", name).await;
    assert_eq!(gone.kind, Kind::NotFound, "{gone}");

    let used = world.refused("deleteLoadBalancer", json!({"name": "shop-front"})).await;
    assert_eq!(used.kind, Kind::Conflict, "{used}");
    world.done("destroyServerGroup", json!({"serverGroupName": "shop-web-v001"})).await;
    world.done("deleteLoadBalancer", json!({"name": "shop-front"})).await;
    assert!(world.inventory().borrow().load_balancers.is_empty());
    world.end().await;
}

#[tokio::test]
async fn a_server_group_is_resized_cloned_and_loses_instances() {
    let world = World::start().await;
    world.done("upsertLoadBalancer", json!({"name": "shop-front"})).await;
    world.done("createServerGroup", serve(json!({}))).await;
    let name = "shop-web-v000";
    let capacity = json!({"min": "1", "max": 4, "desired": "3"});
    world.done("resizeServerGroup", json!({"serverGroupName": name, "capacity": capacity})).await;
    let group = world.group_when(name, |group| group.instance_counts.up == 3).await;
    assert_eq!(group.capacity, Capacity { min: 1, max: 4, desired: 3 });
    let stale =
        json!({"serverGroupName": name, "capacity": {"desired": 1}, "constraints": {"capacity": {"desired": 2}}});
    let refused = world.refused("resizeServerGroup", stale).await;
    assert_eq!(refused.kind, Kind::Conflict, "{refused}");
    assert!(refused.message.contains("desired 3"), "{refused}");

    let source = json!({"account": world.account(), "region": "local", "serverGroupName": name});
    let cloned = world.done("cloneServerGroup", json!({"source": source, "capacity": {"min": 0, "desired": 1}})).await;
    assert_eq!(cloned.result["serverGroupNames"], json!(["local:shop-web-v001"]));
    let clone = world.group_when("shop-web-v001", |group| group.instance_counts.up == 1).await;
    assert_eq!(
        (clone.capacity, &clone.load_balancers),
        (Capacity { min: 0, max: 4, desired: 1 }, &group.load_balancers)
    );
    assert_eq!(clone.launch_config, group.launch_config);

    let first = group.instances[0].id.clone();
    let drained = json!({"instanceIds": [first], "loadBalancerNames": ["shop-front"]});
    world.done("deregisterInstancesFromLoadBalancer", drained.clone()).await;
    let states_of = |group: &ServerGroup| states(group, "LoadBalancer");
    let one_out = [HealthState::OutOfService, HealthState::Up, HealthState::Up];
    assert_eq!(states_of(&world.group_when(name, |_| true).await), one_out);
    world.done("registerInstancesWithLoadBalancer", drained).await;
    assert_eq!(states_of(&world.group_when(name, |_| true).await), [HealthState::Up; 3]);
    let share = world.done("disableServerGroup", json!({"serverGroupName": name, "desiredPercentage": 34})).await;
    assert_eq!(share.result["instanceIdsToDisable"].as_array().map(Vec::len), Some(2), "a third, rounded up");
    let group = world.group_when(name, |_| true).await;
    assert_eq!((group.disabled, group.instance_counts.out_of_service), (false, 2));
    world.done("enableServerGroup", json!({"serverGroupName": name})).await;
    world.group_when(name, |group| group.instance_counts.up == 3).await;

    world.done("terminateInstances", json!({"instanceIds": [first]})).await;
    let all_new = |group: &ServerGroup| {
        group.instance_counts.up == 3 && group.instances.len() == 3 && group.instances.iter().all(|one| one.id != first)
    };
    let group = world.group_when(name, all_new).await;
    let end = json!({"asgName": name, "instance": group.instances[0].id, "setMaxToNewDesired": true});
    world.done("terminateInstanceAndDecrementServerGroup", end).await;
    let group = world.group_when(name, |group| group.instances.len() == 2).await;
    assert_eq!(group.capacity, Capacity { min: 1, max: 2, desired: 2 });
    world.end().await;
}

#[tokio::test]
async fn a_repeated_creation_is_the_same_server_group_and_a_former_owner_is_refused() {
    let world = World::start().await;
    let create = || world.operation("createServerGroup", serve(json!({"loadBalancers": []})));
    let notes = Notes::default();
    let first = world.run("T-0", 3, &notes, create()).await.expect("it succeeds");
    // Its owner died; the next one runs it again with what was decided.
    let again = world.run("T-0", 4, &notes, create()).await.expect("it succeeds");
    assert_eq!(again, first);
    assert_eq!(world.inventory().borrow().server_groups.len(), 1);
    let stale = world.run("T-0", 3, &notes, create()).await.expect_err("it is refused");
    assert_eq!(stale.kind, Kind::Fenced, "{stale}");
    world.end().await;
}

#[tokio::test]
async fn a_server_group_is_scaled_by_its_requests_and_tells_so() {
    let world = World::start().await;
    let made = world.done("upsertLoadBalancer", json!({"name": "shop-front"})).await;
    let address = format!("127.0.0.1:{}", made.result["loadBalancers"]["local"]["port"]);
    world.done("createServerGroup", serve(json!({"capacity": {"min": 1, "desired": 1, "max": 2}}))).await;
    let name = "shop-web-v000";
    world.group_when(name, |group| group.instance_counts.up == 1).await;
    let policy = json!({"serverGroupName": name, "policyName": "busy", "metric": "requestsPerSecond", "target": 2,
        "cooldownMs": 0});
    world.done("upsertScalingPolicy", policy).await;
    let busy = async {
        loop {
            let _answer = get(&address, "/").await;
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::select! {
        never = busy => never,
        grown = world.group_when(name, |group| group.capacity.desired == 2 && group.instance_counts.up == 2) => drop(grown),
    }
    // Nobody asks any more.
    world.group_when(name, |group| group.capacity.desired == 1 && group.instances.len() == 1).await;
    let activities = world.provider.scaling_activities(&world.account(), "local", name).await.expect("activities");
    assert_eq!(activities.last().expect("one").description, "from 1 to 2 instances");
    assert!(activities.last().expect("one").cause.contains("policy busy"), "{activities:?}");
    assert_eq!(activities.first().expect("one").description, "from 2 to 1 instances");
    world.done("deleteScalingPolicy", json!({"serverGroupName": name, "policyName": "busy"})).await;
    let gone = world.refused("deleteScalingPolicy", json!({"serverGroupName": name, "policyName": "busy"})).await;
    assert_eq!(gone.kind, Kind::NotFound, "{gone}");
    world.end().await;
}

#[tokio::test]
async fn an_image_is_listed_tagged_run_and_deleted() {
    let world = World::start().await;
    let folder = world.agent.folder().join("images/shop/1.0");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::copy(PROGRAM, folder.join("server")).expect("copied");
    let manifest = json!({"command": "./server", "args": ["serve", "1"]}).to_string();
    std::fs::write(folder.join("image.json"), manifest).expect("written");
    let tags = json!({"imageId": "shop:1.0", "tags": {"stage": "qa", "build": 7}});
    world.done("upsertImageTags", tags).await;
    let query = ImageQuery { tags: [("build".to_owned(), "7".to_owned())].into(), ..ImageQuery::default() };
    let found = world.provider.images(&query).await.expect("images");
    assert_eq!((found.len(), found[0].id.as_str(), found[0].region.as_str()), (1, "shop:1.0", "local"));

    let deploy =
        json!({"application": "shop", "imageId": "shop:1.0", "healthCheck": {"type": "tcp", "intervalMs": 50}});
    world.done("createServerGroup", deploy).await;
    let group = world.group_when("shop-v000", |group| group.instance_counts.up == 1).await;
    assert_eq!(
        (&group.launch_config["imageId"], &group.launch_config["command"]),
        (&json!("shop:1.0"), &json!("./server"))
    );
    let used = world.refused("deleteImage", json!({"imageId": "shop:1.0"})).await;
    assert!(used.kind == Kind::Conflict && used.message.contains("shop-v000"), "{used}");
    let operation = world.operation("createServerGroup", json!({"application": "shop", "imageId": "shop:2.0"}));
    let missing = world.run("M", 1, &Notes::default(), operation).await.expect_err("there is none");
    assert!(missing.kind == Kind::NotFound && missing.message.contains("no image shop:2.0"), "{missing}");
    world.done("destroyServerGroup", json!({"serverGroupName": "shop-v000"})).await;
    world.done("deleteImage", json!({"imageId": "shop:1.0"})).await;
    assert!(!folder.exists() && world.inventory().borrow().images.is_empty());
    world.end().await;
}

#[tokio::test]
async fn a_job_is_run_once_and_tells_its_properties() {
    let world = World::start().await;
    let script = "echo SPINNAKER_PROPERTY_TAG=v7; echo it is broken; exit 2";
    let fields = json!({"application": "shop", "stack": "db", "command": "/bin/sh", "arguments": ["-c", script]});
    let operation = || world.operation("runJob", fields.clone());
    let first = world.run("J-1", 1, &Notes::default(), operation()).await.expect("it runs");
    let again = world.run("J-1", 1, &Notes::default(), operation()).await.expect("it runs");
    assert_eq!(first, again);
    let name = first.result["deployedNamesByLocation"]["local"][0].as_str().expect("a name").to_owned();
    let mut inventory = world.inventory();
    let failed =
        inventory.wait_for(|inventory| inventory.job("local", &name).is_some_and(|job| job.job_state.is_over()));
    let failed = tokio::time::timeout(PATIENCE, failed).await.expect("it ends").expect("it lives").clone();
    let job = failed.job("local", &name).expect("it is there");
    assert_eq!((job.job_state, job.moniker.app.as_deref()), (JobState::Failed, Some("shop")));
    assert_eq!(job.completion_details["exitCode"], 2);
    assert!(job.other["failureDetails"].as_str().is_some_and(|lines| lines.ends_with("it is broken")), "{job:?}");
    let properties = world.provider.job_file(&world.account(), "local", &name, "build.properties").await;
    assert_eq!(Value::Object(properties.expect("properties")), json!({"tag": "v7"}));
    world.done("cancelJob", json!({"jobId": name, "location": "local"})).await;
    world.done("destroyJob", json!({"jobName": name})).await;
    assert!(world.inventory().borrow().jobs.is_empty());
    world.end().await;
}

#[tokio::test]
async fn a_failing_process_says_why() {
    let world = World::start().await;
    let script = "echo no licence found >&2; exit 7";
    let failing = json!({
        "application": "shop", "command": "/bin/sh", "arguments": ["-c", script], "restart": {"mode": "never"},
    });
    world.done("createServerGroup", failing).await;
    let down = world.group_when("shop-v000", |group| group.instances[0].other["lastExit"]["code"] == 7).await;
    assert_eq!(states(&down, "LocalAgent"), [HealthState::Down]);
    assert_eq!(down.instance_counts.down, 1);
    let description = down.instances[0].health[0].other["description"].as_str().expect("a text");
    assert!(description.contains("exit code 7") && description.ends_with("no licence found"), "{description}");
    assert_eq!(down.other["problems"][0]["instance"], json!(down.instances[0].id));
    let exit = &down.instances[0].other["lastExit"];
    assert!(exit["logTail"].as_str().is_some_and(|log| log.contains("no licence found")), "{exit}");
    let log = world.provider.console_output(&world.account(), "local", &down.instances[0].id, 1000).await;
    assert!(log.expect("a log").contains("no licence found"));
    let id = &down.instances[0].id;
    let account = world.account();
    let log = |from| world.provider.log(&account, "local", id, from, 7);
    let first = log(LogFrom::Position(0)).await.expect("a piece");
    assert_eq!((first.text.as_str(), first.next, first.ended), ("no lice", 7, false));
    let last = log(LogFrom::End).await.expect("a piece");
    assert_eq!(last.text, " found\n");
    assert_eq!(log(LogFrom::Position(last.next)).await.expect("a piece").text, "", "nothing yet");
    world.done("destroyServerGroup", json!({"serverGroupName": "shop-v000"})).await;
    assert!(log(LogFrom::Position(last.next)).await.expect("a piece").ended, "nothing will follow");
    let unknown = world.provider.console_output(&world.account(), "local", "shop-v000-zzzzzz", 1000).await;
    assert_eq!(unknown.expect_err("there is none").kind, Kind::NotFound);
    world.end().await;
}

#[tokio::test]
async fn what_cannot_run_is_refused_before_it_runs() {
    let world = World::start().await;
    for (name, description, kind, part) in [
        ("createServerGroup", json!({}), Kind::Invalid, "application is missing; command is missing"),
        ("createServerGroup", serve(json!({"application": "a-b"})), Kind::Invalid, "Invalid appName a-b"),
        ("createServerGroup", serve(json!({"region": "moon"})), Kind::Invalid, "no region moon"),
        ("destroyServerGroup", json!({}), Kind::Invalid, "serverGroupName is missing"),
        (
            "disableServerGroup",
            json!({"serverGroupName": "x", "desiredPercentage": 101}),
            Kind::Invalid,
            "desiredPercentage is a percentage",
        ),
        ("upsertLoadBalancer", json!({"name": "x", "port": "high"}), Kind::Invalid, "invalid type"),
        ("deleteLoadBalancer", json!({"name": "x", "account": "other"}), Kind::NotFound, "no local account other"),
        ("resizeServerGroup", json!({"serverGroupName": "x"}), Kind::Invalid, "capacity is missing"),
        ("cloneServerGroup", json!({}), Kind::Invalid, "source.serverGroupName is missing"),
        ("terminateInstances", json!({}), Kind::Invalid, "instanceIds is missing"),
        ("pauseServerGroup", json!({}), Kind::Unsupported, "no operation pauseServerGroup; it has createServerGroup"),
    ] {
        let error = world.provider.validate(&world.operation(name, description.clone())).await;
        let error = error.expect_err("it is refused");
        assert_eq!(error.kind, kind, "{name} {description}: {error}");
        assert!(error.message.contains(part), "{name} {description}: {error}");
    }
    let missing = world.refused("createServerGroup", serve(json!({}))).await;
    assert_eq!(missing.kind, Kind::Invalid);
    assert!(missing.message.contains("load balancer shop-front does not exist"), "{missing}");
    world.end().await;
}

#[tokio::test]
async fn an_agent_that_is_away_is_named_and_found_again() {
    let mut world = World::start().await;
    let known = serve(json!({"loadBalancers": []}));
    world.done("createServerGroup", known.clone()).await;
    world.agent.kill();
    world.until("it is missed", |state| state.account.problem.is_some()).await;
    let (name, folder) = (world.account(), world.agent.folder().display().to_string());
    let state = world.provider.accounts().borrow()[0].account.clone();
    let start = format!("start it with: gennaker local-agent --account {name} --state {folder}");
    assert!(state.problem.as_ref().is_some_and(|problem| problem.ends_with(&start)), "{:?}", state.problem);
    assert_eq!((state.environment.as_str(), state.enabled), ("qa", true));
    let inventory = world.inventory().borrow().clone();
    assert_eq!(inventory.server_groups.len(), 1, "what was known is still shown");
    assert!(inventory.freshness.problem.is_some() && inventory.freshness.confirmed.is_some());
    let away = world.refused("createServerGroup", known).await;
    assert_eq!(away.kind, Kind::Unavailable, "{away}");
    world.agent.start_again(&[]).await;
    world.until("it is found", |state| state.account.problem.is_none()).await;
    assert_eq!(world.inventory().borrow().freshness.problem, None);
    world.end().await;
}

#[tokio::test]
async fn a_refresh_confirms_a_state_that_does_not_change() {
    let world = World::start().await;
    let asked = SystemClock.now();
    let before = world.inventory().borrow().version;
    world.provider.refresh(&RefreshScope::account(&world.account())).await.expect("the agent answers");
    let inventory = world.inventory().borrow().clone();
    assert_eq!(inventory.version, before);
    assert!(inventory.freshness.confirmed >= Some(asked), "{:?}", inventory.freshness);
    assert_eq!(
        world.provider.refresh(&RefreshScope::account("other")).await.expect_err("it is unknown").kind,
        Kind::NotFound
    );
    world.end().await;
}

#[tokio::test]
async fn an_agent_of_another_account_is_not_taken_for_this_one() {
    let agent = Agent::start().await;
    let options =
        AccountOptions { name: "stranger".to_owned(), state_directory: agent.folder().to_owned(), environment: None };
    let provider = LocalProvider::new(Options { accounts: vec![options] }, Arc::new(SystemClock));
    let shutdown = CancellationToken::new();
    let mut accounts = provider.accounts();
    let refused = accounts.wait_for(|accounts| {
        accounts[0].account.problem.as_ref().is_some_and(|problem| problem.contains("serves account"))
    });
    let refused = async { drop(tokio::time::timeout(PATIENCE, refused).await.expect("it is refused")) };
    let ends = async {
        refused.await;
        shutdown.cancel();
    };
    tokio::join!(provider.run(shutdown.clone()), ends);
    assert!(provider.accounts().borrow()[0].inventory.borrow().freshness.confirmed.is_none());
}

#[tokio::test]
async fn a_security_group_is_shown_as_long_as_it_is_there() {
    let world = World::start().await;
    let source = json!({"cidr": "127.0.0.0/8", "startPort": 1, "endPort": 65535, "ipProtocol": "tcp"});
    world.done("upsertSecurityGroup", json!({"name": "shop-office", "ipIngress": [source]})).await;
    let shown = world.inventory().borrow().security_groups[0].clone();
    assert_eq!((shown.name.as_str(), shown.application.as_deref()), ("shop-office", Some("shop")));
    assert_eq!(shown.inbound_rules[0]["range"], json!({"ip": "127.0.0.0", "cidr": "/8"}));
    let balancer = json!({"name": "shop-front", "securityGroups": ["shop-office"],
        "listeners": [{"protocol": "http"}, {"protocol": "tcp"}]});
    world.done("upsertLoadBalancer", balancer).await;
    let front = world.inventory().borrow().load_balancer("local", "shop-front").expect("it is there").clone();
    assert_eq!(front.other["listeners"][1]["protocol"], "tcp");
    assert_eq!(front.other["securityGroups"], json!(["shop-office"]));
    let refused = world.refused("deleteSecurityGroup", json!({"securityGroupName": "shop-office"})).await;
    assert!(refused.message.contains("shop-front"), "{}", refused.message);
    world.done("deleteLoadBalancer", json!({"name": "shop-front"})).await;
    world.done("deleteSecurityGroup", json!({"securityGroupName": "shop-office"})).await;
    assert!(world.inventory().borrow().security_groups.is_empty());
    world.end().await;
}
