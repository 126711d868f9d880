use std::sync::Arc;

use async_trait::async_trait;
use gennaker_base::Timestamp;
use gennaker_provider_api::{
    AccountState, Error as ProviderError, Freshness, Inventory, Journal, Outcome, Provider, Request,
};
use gennaker_wire::{Account, Instance, LoadBalancer, Operation, ServerGroup, naming::Moniker};
use serde_json::{Value, json};
use tokio::sync::watch;

use super::*;
use crate::app::providers::Providers;

/// A cloud that is only looked at.
struct Sky(watch::Sender<Arc<Vec<AccountState>>>);

#[async_trait]
impl Provider for Sky {
    fn name(&self) -> &'static str {
        "sky"
    }

    fn accounts(&self) -> watch::Receiver<Arc<Vec<AccountState>>> {
        self.0.subscribe()
    }

    fn operations(&self) -> &'static [&'static str] {
        &[]
    }

    async fn validate(&self, _operation: &Operation) -> Result<(), ProviderError> {
        Ok(())
    }

    async fn run(&self, _request: &Request, _journal: &dyn Journal) -> Result<Outcome, ProviderError> {
        Ok(Outcome::default())
    }

    async fn console_output(&self, _: &str, _: &str, _: &str, _: u64) -> Result<String, ProviderError> {
        Ok(String::new())
    }
}

type Result<T, E = super::Error> = std::result::Result<T, E>;

fn group(name: &str, created: Option<i64>, instances: usize) -> ServerGroup {
    let moniker = Moniker::parse(name);
    ServerGroup {
        name: name.to_owned(),
        account: "test".to_owned(),
        region: "north".to_owned(),
        kind: "sky".to_owned(),
        cloud_provider: "sky".to_owned(),
        cluster: moniker.cluster.clone().unwrap_or_default(),
        moniker,
        created_time: created.map(Timestamp::from_millis),
        instances: (0..instances)
            .map(|number| Instance { id: format!("{name}-{number}"), ..Instance::default() })
            .collect(),
        load_balancers: vec!["edge".to_owned()],
        ..ServerGroup::default()
    }
}

fn view(groups: Vec<ServerGroup>) -> View {
    let balancer = |name: &str| LoadBalancer {
        name: name.to_owned(),
        account: "test".to_owned(),
        region: "north".to_owned(),
        cloud_provider: "sky".to_owned(),
        moniker: Moniker::parse(name),
        ..LoadBalancer::default()
    };
    let known = Inventory {
        account: "test".to_owned(),
        version: 1,
        server_groups: groups,
        load_balancers: vec![balancer("shop-public"), balancer("edge"), balancer("other")],
        freshness: Freshness { confirmed: Some(Timestamp::from_millis(5)), problem: None },
        ..Inventory::default()
    };
    let unknown = Inventory {
        account: "far".to_owned(),
        freshness: Freshness { confirmed: None, problem: Some("it is night".to_owned()) },
        ..Inventory::default()
    };
    let states = [known, unknown].map(|inventory| AccountState {
        account: Account { name: inventory.account.clone(), ..Account::default() },
        inventory: watch::Sender::new(Arc::new(inventory)).subscribe(),
    });
    let providers = Providers::new(vec![Arc::new(Sky(watch::Sender::new(Arc::new(states.into()))))]);
    providers.set_complete();
    View::of(&providers)
}

fn target(view: &View, word: &str) -> String {
    let place =
        TargetPlace { application: "shop", account: "test", cluster: "shop-web", provider: "sky", scope: "north" };
    match view.target(&place, word, false, true) {
        Ok(group) => group.name.clone(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn target_words_mean_server_groups_by_age() {
    let view = view(vec![
        group("shop-web-v998", Some(10), 3),
        group("shop-web-v000", Some(30), 1),
        group("shop-web-v999", Some(20), 3),
        group("shop-web-v500", None, 9),
        group("shop-api-v001", Some(99), 1),
    ]);
    for (word, name) in [
        ("current_asg_dynamic", "shop-web-v000"),
        ("newest", "shop-web-v000"),
        ("CURRENT", "shop-web-v000"),
        ("ancestor_asg_dynamic", "shop-web-v999"),
        ("previous_asg", "shop-web-v999"),
        ("oldest_asg_dynamic", "shop-web-v998"),
        ("largest", "shop-web-v999"),
        ("nearest", "Target not found (target: nearest)"),
        ("current_dynamic", "Target not found (target: current_dynamic)"),
        (
            "fail",
            "More than one target found (scope: north, serverGroups: shop-web-v000, shop-web-v999, shop-web-v998)",
        ),
    ] {
        assert_eq!(target(&view, word), name, "{word}");
    }
}

#[test]
fn of_server_groups_created_at_once_the_higher_number_is_newer() {
    let view = view(vec![group("shop-web-v001", Some(5), 0), group("shop-web-v002", Some(5), 0)]);
    assert_eq!(target(&view, "current_asg_dynamic"), "shop-web-v002");
    assert_eq!(target(&view, "ancestor_asg_dynamic"), "shop-web-v001");
}

#[test]
fn a_lonely_server_group_has_no_ancestor() {
    let lonely = view(vec![group("shop-web-v001", Some(5), 0)]);
    assert_eq!(target(&lonely, "ancestor_asg_dynamic"), "Target not found (target: ancestor_asg_dynamic)");
    assert_eq!(target(&lonely, "oldest_asg_dynamic"), "Target not found (target: oldest_asg_dynamic)");
    assert_eq!(target(&lonely, "fail"), "shop-web-v001");
    let none = view(vec![group("shop-web-v001", None, 0)]);
    let message = "No server groups found (account: test, location: north, cluster: shop-web, type: SKY)";
    assert_eq!(target(&none, "current_asg_dynamic"), message);
}

#[test]
fn what_is_not_known_yet_is_not_missing() {
    let view = view(vec![group("shop-web-v001", Some(5), 1)]);
    let unavailable = view.server_group("far", "north", "shop-web-v001").expect_err("it is not known");
    assert_eq!((unavailable.kind(), unavailable.to_string()), {
        (Kind::Unavailable, "nothing is known of account far yet: it is night".to_owned())
    });
    assert_eq!(view.cluster_server_groups("shop", "far", "shop-web", "sky").expect_err("no").kind(), Kind::Unavailable);
    assert_eq!(view.instance("far", "north", "i").expect_err("it is not known").kind(), Kind::Unavailable);
    for (account, region, name) in [("test", "north", "x"), ("test", "south", "shop-web-v001"), ("none", "north", "x")]
    {
        assert_eq!(view.server_group(account, region, name).expect_err("it is missing").kind(), Kind::NotFound);
    }
}

#[test]
fn lists_have_what_clients_cannot_do_without() {
    let view = view(vec![group("shop-web-v001", Some(5), 1), group("Shop-api-v003", Some(6), 0)]);
    assert_eq!(json!(view.cluster_names("SHOP")), json!({"test": ["Shop-api", "shop-web"]}));
    for expand in [false, true] {
        let rows = view.server_groups("shop", &Filter::default(), expand);
        assert_eq!(rows.len(), 2);
        for field in ["name", "moniker", "instanceCounts", "capacity", "isDisabled", "disabled", "type", "region"] {
            assert!(!rows[0][field].is_null(), "{field} with expand={expand}");
        }
        assert!(rows[0]["instances"][0]["health"].is_array());
    }
    let filter = Filter { clusters: Some(vec!["test:shop-web".into()]), ..Filter::default() };
    assert_eq!(view.server_groups("shop", &filter, false).len(), 1);
    let filter = Filter { provider: Some("SKY".into()), clusters: Some(vec![]) };
    assert!(view.server_groups("shop", &filter, false).is_empty());
    let balancers: Vec<_> = view.load_balancers("shop").iter().map(|balancer| balancer.name.clone()).collect();
    assert_eq!(balancers, ["edge", "shop-public"]);
    let application = view.application("shop").expect("it runs");
    assert_eq!(application["attributes"]["cloudProviders"], "sky");
    assert_eq!(application["clusters"]["test"].as_array().map(Vec::len), Some(2));
    assert!(view.application("nothing").is_err());
}

#[test]
fn a_search_finds_parts_of_names_in_pages() {
    let view = view(vec![group("shop-web-v001", Some(5), 2), group("shop-web-v002", Some(6), 1)]);
    let search = |types: &[&str], text: &str, page: usize| {
        let types = types.iter().map(|kind| (*kind).to_owned()).collect();
        view.search(&Search { text: text.to_owned(), types, page, page_size: 2, ..Search::default() })[0].clone()
    };
    let names = |set: Value, field: &str| -> Vec<String> {
        let results = set["results"].as_array().cloned().unwrap_or_default();
        results.iter().filter_map(|result| result[field].as_str().map(str::to_owned)).collect()
    };
    assert_eq!(names(search(&["serverGroups"], "V002", 1), "serverGroup"), ["shop-web-v002"]);
    let second = search(&["instances"], "web", 2);
    assert_eq!(second["totalMatches"], 3);
    assert_eq!(names(second, "instanceId"), ["shop-web-v002-0"]);
    assert_eq!(search(&["securityGroups"], "", 1)["totalMatches"], 0);
    let filters = vec![("account".to_owned(), "TEST".to_owned())];
    let filtered = Search { types: vec!["clusters".into()], page: 1, page_size: 9, filters, ..Search::default() };
    assert_eq!(view.search(&filtered)[0]["totalMatches"], 1);
}
