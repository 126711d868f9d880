//! Traffic guards: an application can forbid that a cluster of it is left without instances that serve.
//!
//! The application's `trafficGuards` in front50 name clusters by account, location, stack and detail (`*` is any). An operation that
//! takes server groups of such a cluster out of traffic is allowed if instances that are up remain in others, more than
//! `trafficGuards.minCapacityRatio` of them; if nothing is up already; or if it takes some of several pinned server groups of
//! one size.
//!
//! A verdict is given before the operation, and written down with its reason: afterwards the cluster looks as the operation left it.
//!
//! Upstream: `TrafficGuard`, `ClusterMatcher`.

use std::time::Duration;

use gennaker_base::Kind;
use gennaker_wire::{Capacity, HealthState, Object, ObjectExt, ServerGroup, naming::Moniker};
use serde_json::{Value, json};

use super::{
    instance_search,
    settings::{Location, provider},
    target::Target,
};
use crate::{Next, TaskContext, TaskError, TaskResult, TrafficGuardsOptions};

/// The context field that keeps what was allowed, and why.
pub(crate) const ALLOWED: &str = "trafficGuard";
/// How long a refused operation is tried again, and how often: instances may be coming up.
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_secs(5);

/// What a guard says of an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// No guard watches the cluster.
    Unguarded,
    /// It may happen, for this reason.
    Allowed(String),
    /// It would leave too little, as this says.
    Refused(String),
}

/// An operation as the guard looks at it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Removal<'a> {
    /// What happens, for the message: `Disabling`.
    pub(crate) action: &'a str,
    /// The account.
    pub(crate) account: &'a str,
    /// The names of the server groups that leave traffic.
    pub(crate) going: &'a [&'a ServerGroup],
    /// All server groups of the cluster in the same place.
    pub(crate) all: &'a [&'a ServerGroup],
}

/// The guards as they are set up.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Guards {
    least: f64,
}

impl Guards {
    pub(crate) fn new(options: &TrafficGuardsOptions) -> Self {
        let ratio = options.min_capacity_ratio;
        Guards { least: if (0.0..0.5).contains(&ratio) { ratio } else { 0.0 } }
    }

    /// Whether the server group may leave traffic.
    pub(crate) async fn removal(
        self,
        context: &TaskContext,
        target: &Target,
        account: &str,
        action: &str,
    ) -> Result<Verdict, TaskError> {
        if !is_guarded(context, &target.moniker, account, &target.location).await? {
            return Ok(Verdict::Unguarded);
        }
        let groups = cluster_groups(context, &target.moniker, account, &target.location).await?;
        let all: Vec<&ServerGroup> = groups.iter().collect();
        let going: Vec<&ServerGroup> = all.iter().copied().filter(|group| group.name == target.name).collect();
        if going.is_empty() {
            let cluster = target.moniker.cluster.as_deref().unwrap_or_default();
            return Ok(Verdict::Refused(format!(
                "traffic guard: server group {} is not among those of cluster {cluster} in {account}/{}, so nobody can say what \
                 {} it would leave: look at the cluster",
                target.name,
                target.location.value,
                action.to_lowercase(),
            )));
        }
        Ok(self.verdict(Removal { action, account, going: &going, all: &all }))
    }

    /// Whether several server groups of one cluster and place may leave traffic together.
    pub(crate) async fn removals(
        self,
        context: &TaskContext,
        removal: Removal<'_>,
        location: &Location,
    ) -> Result<Verdict, TaskError> {
        let Some(some) = removal.going.first() else { return Ok(Verdict::Unguarded) };
        if !is_guarded(context, &moniker_of(some), removal.account, location).await? {
            return Ok(Verdict::Unguarded);
        }
        Ok(self.verdict(removal))
    }

    /// Whether instances may end or leave traffic: unless they are the last of their server group that are up, always; else as if the
    /// whole server group left.
    pub(crate) async fn instances(
        self,
        context: &TaskContext,
        account: &str,
        region: &str,
        named: Option<(String, Moniker)>,
        instances: &[String],
        action: &str,
    ) -> Result<Verdict, TaskError> {
        let location = Location::region(region);
        let by_group = match named {
            Some((name, moniker)) => vec![(name, moniker, instances.to_vec())],
            None => found_groups(context, account, region, instances).await?,
        };
        let mut verdict = Verdict::Unguarded;
        for (name, moniker, instances) in by_group {
            if !is_guarded(context, &moniker, account, &location).await? {
                continue;
            }
            let group = context.clients.clouddriver.server_group(&context.caller, account, region, &name).await?;
            let up = |instance: &&gennaker_wire::Instance| instance.health_state == HealthState::Up;
            let serving = group.instances.iter().filter(up).count();
            let remaining = group.instances.iter().filter(up).filter(|one| !instances.contains(&one.name)).count();
            if serving > 0 && remaining == 0 {
                let target = Target { name, location: location.clone(), region: region.to_owned(), moniker };
                let of_group = self.removal(context, &target, account, action).await?;
                if matches!(of_group, Verdict::Refused(_)) {
                    return Ok(of_group);
                }
                verdict = of_group;
            } else {
                verdict = Verdict::Allowed(format!("{remaining} of {serving} instances of {name} stay up"));
            }
        }
        Ok(verdict)
    }

    /// What is said of an operation on a guarded cluster.
    fn verdict(self, removal: Removal<'_>) -> Verdict {
        let now: usize = removal.all.iter().map(|group| up(group)).sum();
        if now == 0 {
            return Verdict::Allowed("no instance of the cluster is up that could be lost".to_owned());
        }
        let is_going = |group: &ServerGroup| removal.going.iter().any(|other| other.name == group.name);
        let then: usize = removal.all.iter().filter(|group| !is_going(group)).map(|group| up(group)).sum();
        if then > 0 && are_pinned_alike(removal.going) {
            return Verdict::Allowed(format!(
                "{then} of {now} instances stay up besides pinned server groups of one size"
            ));
        }
        let ratio = then as f64 / now as f64;
        if ratio > self.least {
            return Verdict::Allowed(format!("{then} of {now} instances stay up"));
        }
        Verdict::Refused(self.refusal(removal, then, now))
    }

    fn refusal(self, removal: Removal<'_>, then: usize, now: usize) -> String {
        let names: Vec<&str> = removal.going.iter().map(|group| group.name.as_str()).collect();
        let some = removal.going.first();
        let cluster = some.and_then(|group| moniker_of(group).cluster).unwrap_or_default();
        let place = some.map(|group| group.region.as_str()).unwrap_or_default();
        let left = match then {
            0 => format!("with none of its {now} instances up"),
            _ => format!(
                "with {then} of {now} instances up ({:.1}%, more than {:.1}% have to stay)",
                then as f64 * 100.0 / now as f64,
                self.least * 100.0
            ),
        };
        format!(
            "traffic guard: {} [{}] would leave the cluster {cluster} in {}/{place} {left}. Bring up another server group of it \
             first, or change the application's traffic guards.",
            removal.action.trim(),
            names.join(", "),
            removal.account,
        )
    }
}

/// What a task does about a verdict before it submits: `None`, submit now.
///
/// # Errors
/// If the operation is refused, and was for half a minute.
pub(crate) fn heed(
    context: &TaskContext,
    verdict: Verdict,
    operation: &str,
    patient: bool,
) -> Result<Option<TaskResult>, TaskError> {
    match verdict {
        Verdict::Unguarded => Ok(None),
        Verdict::Allowed(reason) => {
            let allowed = json!({ "operation": operation, "reason": reason });
            Ok(Some(TaskResult::running(Next::At(context.now)).with_context(ALLOWED, allowed)))
        }
        Verdict::Refused(_) if patient && context.now < context.started.after(PATIENCE) => {
            Ok(Some(TaskResult::running(Next::At(context.now.after(PAUSE)))))
        }
        Verdict::Refused(message) => Err(TaskError::new(Kind::Conflict, "TrafficGuardException", message)),
    }
}

/// Whether the operation was allowed by an earlier step of the task.
pub(crate) fn was_allowed(settings: &Object, operation: &str) -> bool {
    settings.object(ALLOWED).and_then(|allowed| allowed.text("operation")).as_deref() == Some(operation)
}

/// The parts of a server group's name, from the cloud or from the name.
pub(crate) fn moniker_of(group: &ServerGroup) -> Moniker {
    if group.moniker.cluster.is_some() { group.moniker.clone() } else { Moniker::parse(&group.name) }
}

fn up(group: &ServerGroup) -> usize {
    group.instances.iter().filter(|instance| instance.health_state == HealthState::Up).count()
}

fn are_pinned_alike(groups: &[&ServerGroup]) -> bool {
    let Some(Capacity { desired, .. }) = groups.first().map(|group| group.capacity) else { return false };
    let alike = Capacity { min: desired, desired, max: desired };
    groups.len() > 1 && groups.iter().all(|group| group.capacity == alike)
}

/// Whether a guard of the application watches the cluster there. An application that front50 does not know or show has none.
async fn is_guarded(
    context: &TaskContext,
    moniker: &Moniker,
    account: &str,
    location: &Location,
) -> Result<bool, TaskError> {
    let Some(name) = moniker.app.as_deref() else { return Ok(false) };
    match context.clients.front50.application(&context.caller, name).await {
        Ok(application) => {
            let guards = application.other.get("trafficGuards").and_then(Value::as_array);
            let guards = guards.into_iter().flatten().filter_map(Value::as_object);
            Ok(guards.into_iter().any(|guard| watches(guard, moniker, account, &location.value)))
        }
        Err(error) if matches!(error.kind(), Kind::NotFound | Kind::Denied) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

fn watches(guard: &Object, moniker: &Moniker, account: &str, location: &str) -> bool {
    let is = |field: &str, value: &str| {
        let wanted = guard.text(field).unwrap_or_default();
        wanted == "*" || wanted == value
    };
    guard.boolean("enabled").unwrap_or(true)
        && is("account", account)
        && is("location", location)
        && is("stack", moniker.stack.as_deref().unwrap_or_default())
        && is("detail", moniker.detail.as_deref().unwrap_or_default())
}

async fn cluster_groups(
    context: &TaskContext,
    moniker: &Moniker,
    account: &str,
    location: &Location,
) -> Result<Vec<ServerGroup>, TaskError> {
    let (Some(application), Some(cluster)) = (&moniker.app, &moniker.cluster) else { return Ok(Vec::new()) };
    let provider = provider(context.view.context());
    let clouddriver = &context.clients.clouddriver;
    let found = clouddriver.cluster_server_groups(&context.caller, application, account, cluster, &provider).await;
    match found {
        Ok(groups) => Ok(groups.into_iter().filter(|group| location.holds(group)).collect()),
        Err(error) if error.kind() == Kind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error.into()),
    }
}

/// The server groups of instances, by what clouddriver finds of them; an instance that it does not find has ended already.
async fn found_groups(
    context: &TaskContext,
    account: &str,
    region: &str,
    instances: &[String],
) -> Result<Vec<(String, Moniker, Vec<String>)>, TaskError> {
    let mut groups: Vec<(String, Moniker, Vec<String>)> = Vec::new();
    for instance in instances {
        let found = instance_search::found(context, account, region, instance).await?;
        let Some(name) = found.and_then(|result| result.text("serverGroup")) else { continue };
        match groups.iter_mut().find(|(other, ..)| *other == name) {
            Some((.., members)) => members.push(instance.clone()),
            None => {
                let moniker = Moniker::parse(&name);
                groups.push((name, moniker, vec![instance.clone()]));
            }
        }
    }
    Ok(groups)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(name: &str, up: usize, pinned: bool) -> ServerGroup {
        let instances: Vec<Value> =
            (0..up).map(|number| json!({"name": number.to_string(), "healthState": "Up"})).collect();
        let most = if pinned { up } else { up + 1 };
        serde_json::from_value(json!({
            "name": name, "region": "here", "instances": instances, "capacity": {"min": up, "desired": up, "max": most},
        }))
        .expect("a server group")
    }

    fn verdict(least: f64, all: &[ServerGroup], going: &[&str]) -> Verdict {
        let all: Vec<&ServerGroup> = all.iter().collect();
        let going: Vec<&ServerGroup> =
            all.iter().copied().filter(|group| going.contains(&group.name.as_str())).collect();
        Guards { least }.verdict(Removal { action: "Disabling", account: "local", going: &going, all: &all })
    }

    #[test]
    fn something_has_to_stay_up() {
        let two = [group("shop-web-v001", 2, false), group("shop-web-v002", 2, false)];
        assert_eq!(verdict(0.0, &two, &["shop-web-v001"]), Verdict::Allowed("2 of 4 instances stay up".to_owned()));
        let Verdict::Refused(message) = verdict(0.0, &two, &["shop-web-v001", "shop-web-v002"]) else {
            panic!("it leaves nothing");
        };
        assert!(message.contains("Disabling [shop-web-v001, shop-web-v002]"), "{message}");
        assert!(message.contains("shop-web in local/here with none of its 4 instances up"), "{message}");
        let down = [group("shop-web-v001", 0, false)];
        assert!(matches!(verdict(0.0, &down, &["shop-web-v001"]), Verdict::Allowed(_)), "nothing is up already");
    }

    #[test]
    fn a_share_has_to_stay_up() {
        let groups = [group("a-v001", 3, false), group("a-v002", 1, false)];
        let Verdict::Refused(message) = verdict(0.3, &groups, &["a-v001"]) else { panic!("25 % stay") };
        assert!(message.contains("1 of 4 instances up (25.0%, more than 30.0% have to stay)"), "{message}");
        assert!(matches!(verdict(0.2, &groups, &["a-v001"]), Verdict::Allowed(_)));
    }

    #[test]
    fn of_pinned_groups_of_one_size_all_but_one_may_go() {
        let groups = [group("a-v001", 4, true), group("a-v002", 4, true), group("a-v003", 1, true)];
        assert!(matches!(verdict(0.4, &groups, &["a-v001", "a-v002"]), Verdict::Allowed(_)));
        let unpinned = [group("a-v001", 4, false), group("a-v002", 4, true), group("a-v003", 1, true)];
        assert!(matches!(verdict(0.4, &unpinned, &["a-v001", "a-v002"]), Verdict::Refused(_)));
    }

    #[test]
    fn a_guard_watches_the_clusters_that_it_names() {
        let watched = |guard: Value, name: &str| {
            watches(guard.as_object().expect("an object"), &Moniker::parse(name), "local", "here")
        };
        let any = json!({"account": "local", "location": "*", "stack": "*", "detail": "*"});
        for (guard, name, expected) in [
            (any.clone(), "shop-web-blue-v001", true),
            (json!({"account": "other", "location": "*", "stack": "*", "detail": "*"}), "shop-v001", false),
            (json!({"account": "local", "location": "here", "stack": "web"}), "shop-web-v001", true),
            (json!({"account": "local", "location": "here", "stack": "web"}), "shop-web-blue-v001", false),
            (json!({"account": "local", "location": "here"}), "shop-v001", true),
            (
                json!({"account": "*", "location": "*", "stack": "*", "detail": "*", "enabled": false}),
                "shop-v001",
                false,
            ),
        ] {
            assert_eq!(watched(guard.clone(), name), expected, "{guard} {name}");
        }
    }
}
