//! An account whose agent goes away, does not change, or is another one's.

use std::sync::Arc;

use gennaker_base::{Clock as _, Kind, SystemClock};
use gennaker_provider_api::{Provider as _, RefreshScope};
use gennaker_provider_local::provider::{AccountOptions, LocalProvider, Options};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::world::{PATIENCE, World, serve};
use crate::agent::Agent;

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
