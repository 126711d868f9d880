//! What runs of a project: upstream's `ProjectClustersService`. Pure.

use std::collections::BTreeMap;

use gennaker_wire::{InstanceCounts, Object, ObjectExt as _, ServerGroup, naming::frigga::Names};
use serde_json::{Value, json};

use super::View;

/// What a project's configuration says of one of its clusters.
struct Wanted {
    account: String,
    stack: Option<String>,
    detail: Option<String>,
    applications: Vec<String>,
}

impl Wanted {
    fn read(cluster: &Object, all: &[String]) -> Wanted {
        let own = cluster.get("applications").filter(|own| own.is_array()).map(|_| cluster.texts("applications"));
        Wanted {
            account: cluster.text("account").unwrap_or_default(),
            stack: cluster.text("stack"),
            detail: cluster.text("detail"),
            applications: own.unwrap_or_else(|| all.to_vec()),
        }
    }

    fn has(&self, group: &ServerGroup) -> bool {
        let names = Names::parse(&group.cluster);
        let matches = |wanted: &Option<String>, found: &Option<String>| match wanted.as_deref() {
            Some("*") => true,
            wanted => wanted == found.as_deref(),
        };
        group.account == self.account && matches(&self.stack, &names.stack) && matches(&self.detail, &names.detail)
    }
}

impl View {
    /// A project's clusters with what runs of each application, by region; disabled and empty server groups do not count.
    pub(crate) fn project_clusters(&self, project: &Object) -> Vec<Value> {
        let none = Object::new();
        let config = project.object("config").unwrap_or(&none);
        let all = config.texts("applications");
        let clusters = config.get("clusters").and_then(Value::as_array).into_iter().flatten();
        clusters
            .filter_map(Value::as_object)
            .map(|cluster| {
                let wanted = Wanted::read(cluster, &all);
                let mut counts = InstanceCounts::default();
                let applications: Vec<Value> = wanted
                    .applications
                    .iter()
                    .map(|application| self.of_application(application, &wanted, &mut counts))
                    .collect();
                json!({
                    "account": wanted.account,
                    "stack": wanted.stack,
                    "detail": wanted.detail,
                    "applications": applications,
                    "instanceCounts": counts,
                })
            })
            .collect()
    }

    fn of_application(&self, application: &str, wanted: &Wanted, counts: &mut InstanceCounts) -> Value {
        let mut regions: BTreeMap<&str, Vec<&ServerGroup>> = BTreeMap::new();
        let serving = |group: &&ServerGroup| !group.disabled && group.instance_counts.total > 0;
        for group in self.server_groups_of(application).filter(|group| wanted.has(group)).filter(serving) {
            regions.entry(&group.region).or_default().push(group);
            add(counts, group.instance_counts);
        }
        let clusters: Vec<Value> = regions.iter().map(|(region, groups)| of_region(region, groups)).collect();
        let last = clusters.iter().filter_map(|cluster| cluster["lastPush"].as_i64()).max();
        json!({ "application": application, "clusters": clusters, "lastPush": last.unwrap_or(0) })
    }
}

fn of_region(region: &str, groups: &[&ServerGroup]) -> Value {
    let mut counts = InstanceCounts::default();
    let mut builds: BTreeMap<(String, Option<String>, Option<String>), i64> = BTreeMap::new();
    for group in groups {
        add(&mut counts, group.instance_counts);
        let none = Object::new();
        let build = group.other.object("buildInfo").and_then(|info| info.object("jenkins")).unwrap_or(&none);
        let number = build.text("number").unwrap_or_else(|| "0".to_owned());
        let created = group.created_time.map_or(0, |created| created.millis());
        let deployed = builds.entry((number, build.text("host"), build.text("name"))).or_insert(created);
        *deployed = created.max(*deployed);
    }
    let last = builds.values().max().copied().unwrap_or(0);
    let builds: Vec<Value> = builds
        .into_iter()
        .map(|((number, host, job), deployed)| {
            json!({ "buildNumber": number, "host": host, "job": job, "deployed": deployed, "images": [] })
        })
        .collect();
    json!({ "region": region, "builds": builds, "instanceCounts": counts, "lastPush": last })
}

fn add(sum: &mut InstanceCounts, more: InstanceCounts) {
    sum.total += more.total;
    sum.up += more.up;
    sum.down += more.down;
    sum.unknown += more.unknown;
    sum.out_of_service += more.out_of_service;
    sum.starting += more.starting;
}
