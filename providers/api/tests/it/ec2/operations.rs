//! The toy's operations, each safe to run again.

use gennaker_base::{Kind, Timestamp};
use gennaker_provider_api::{Error, Journal, Outcome, Progress, Request, Result};
use gennaker_wire::{
    Plan, Planned, Severity,
    naming::frigga::{ServerGroupName, TakenSlot},
};
use serde_json::{Value, json};

use super::{
    account::{Ec2Account, Purpose, transient},
    client::{AutoScalingGroup, Fault, LaunchTemplate, Tag},
    description::{Create, OnGroup, Parsed},
};

/// How often a description is asked again for what was made.
const LOOKS: usize = 20;
/// The tag that tells which operation made a group, where the cloud has no client token for it.
const MADE_BY: &str = "gennaker:request";

pub(super) async fn run(
    account: &Ec2Account,
    parsed: Parsed,
    request: &Request,
    journal: &dyn Journal,
) -> Result<Outcome> {
    match parsed {
        Parsed::Create(create) => {
            let mut names = Vec::new();
            // A region that is done is found done: the journal has its name, the cloud its group.
            for (region, zones) in &create.zones {
                names.push(format!("{region}:{}", create_in(account, &create, region, zones, request, journal).await?));
            }
            let result = json!({ "serverGroupNames": names });
            Ok(Outcome { result: result.as_object().cloned().unwrap_or_default() })
        }
        Parsed::Disable(on) => disable(account, &on, journal).await,
    }
}

async fn create_in(
    account: &Ec2Account,
    create: &Create,
    region: &str,
    zones: &[String],
    request: &Request,
    journal: &dyn Journal,
) -> Result<String> {
    let client = account.client(region)?;
    let key = format!("{region}/serverGroupName");
    let name = match journal.decided(&key) {
        Some(name) => name,
        None => {
            account.look(region, Timestamp::from_millis(1)).await?;
            journal.decide(&key, json!(next_name(account, create, region)?)).await?
        }
    };
    let name = name.as_str().unwrap_or_default().to_owned();
    say(journal, format!("Deploying {name} in {region}")).await?;
    let template = LaunchTemplate {
        name: name.clone(),
        client_token: format!("{}/{region}", request.request_id),
        image_id: create.image.clone(),
        instance_type: create.instance_type.clone(),
    };
    account.spend(Purpose::Operation)?;
    client.create_launch_template(template).await.map_err(transient)?;
    let group = AutoScalingGroup {
        auto_scaling_group_name: name.clone(),
        launch_template: name.clone(),
        min_size: create.desired,
        max_size: create.desired,
        desired_capacity: create.desired,
        availability_zones: zones.to_vec(),
        target_group_arns: create.target_groups.clone(),
        tags: vec![Tag { key: MADE_BY.to_owned(), value: request.request_id.clone() }],
        ..AutoScalingGroup::default()
    };
    account.spend(Purpose::Operation)?;
    match client.create_auto_scaling_group(group).await {
        Ok(()) => {}
        // Auto scaling has no client token: a group of this name that this operation made is this one.
        Err(Fault::AlreadyExists(_)) if made_by(client.groups(), &name, &request.request_id) => {}
        Err(fault) => return Err(transient(fault)),
    }
    seen(account, region, &name).await?;
    Ok(name)
}

fn made_by(groups: Vec<AutoScalingGroup>, name: &str, request: &str) -> bool {
    groups.iter().any(|group| {
        group.auto_scaling_group_name == name && group.tags.iter().any(|tag| tag.key == MADE_BY && tag.value == request)
    })
}

/// Looks until the cloud shows what it has accepted: its lists are behind its writes.
async fn seen(account: &Ec2Account, region: &str, name: &str) -> Result<()> {
    for _ in 0..LOOKS {
        account.look(region, Timestamp::from_millis(2)).await?;
        if account.inventory.borrow().server_group(region, name).is_some() {
            return Ok(());
        }
    }
    Err(Error::new(Kind::Timeout, format!("{name} was created in {region}, and is not listed yet")))
}

async fn disable(account: &Ec2Account, on: &OnGroup, journal: &dyn Journal) -> Result<Outcome> {
    say(journal, format!("Disabling {}", on.name)).await?;
    account.spend(Purpose::Operation)?;
    let client = account.client(&on.region)?;
    client.suspend_processes(&on.name, &["Launch", "Terminate", "AddToLoadBalancer"]).await.map_err(transient)?;
    account.look(&on.region, Timestamp::from_millis(3)).await?;
    Ok(Outcome::default())
}

/// The changes that an operation would make now.
pub(super) fn plan(account: &Ec2Account, parsed: &Parsed) -> Result<Plan> {
    let mut plan = Plan { of: Planned::Operation, ..Plan::default() };
    match parsed {
        Parsed::Create(create) => {
            for (region, zones) in &create.zones {
                let name = next_name(account, create, region)?;
                let change = |what: &str, settings: Value| Plan {
                    of: Planned::Change,
                    kind: Some("create".to_owned()),
                    name: Some(format!("{what} {name} in {region}")),
                    settings: settings.as_object().cloned().unwrap_or_default(),
                    ..Plan::default()
                };
                plan.steps.push(change(
                    "launch template",
                    json!({ "imageId": create.image, "instanceType": create.instance_type }),
                ));
                plan.steps.push(change("server group", json!({ "desired": create.desired, "zones": zones })));
            }
        }
        Parsed::Disable(on) => {
            if account.inventory.borrow().server_group(&on.region, &on.name).is_none() {
                plan.remark(Severity::Problem, format!("there is no server group {}", on.name));
            }
        }
    }
    Ok(plan)
}

fn next_name(account: &Ec2Account, create: &Create, region: &str) -> Result<String> {
    let inventory = account.inventory.borrow().clone();
    let taken: Vec<TakenSlot> = inventory
        .cluster(&create.cluster)
        .filter(|group| group.region == region)
        .map(|group| TakenSlot {
            server_group_name: group.name.clone(),
            sequence: group.moniker.sequence,
            created_time: group.created_time.map(Timestamp::millis),
        })
        .collect();
    let name = ServerGroupName { app: Some(create.cluster.clone()), ..ServerGroupName::default() };
    let next = name.next(&taken).and_then(|name| name.compose());
    next.map_err(|error| Error::new(Kind::Invalid, error.to_string()))
}

async fn say(journal: &dyn Journal, status: String) -> Result<()> {
    journal.status(Progress { phase: "DEPLOY", status }).await
}
