//! SIGKILL of the control plane, or of the agent, at random moments of a rolling red/black: afterwards one server group serves,
//! whole, and no process is lost, left over or there twice. With only the control plane killed no request fails.
//!
//! `GENNAKER_STRATEGY_KILLS` and `GENNAKER_AGENT_KILLS` say how often either is killed. The moments come from a seed, which is
//! printed, and may be given back as `GENNAKER_SEED`; what they meet differs from run to run all the same.

use std::{ops::RangeInclusive, time::Duration};

use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use serde_json::json;
use tokio::time::sleep;

use super::journey::{Journey, SIZE, group_name, version};
use crate::support::number;

/// How long a deployment goes on before something is killed, in milliseconds: about as long as it takes, which is longer with
/// requests to wait for.
const UNDER_LOAD_MS: RangeInclusive<u64> = 1..=4000;
const WITHOUT_LOAD_MS: RangeInclusive<u64> = 1..=1500;
/// How often either is killed, unless the environment says otherwise.
const CONTROL_PLANE_KILLS: u64 = 2;
const AGENT_KILLS: u64 = 1;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Victim {
    ControlPlane,
    Agent,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_control_plane_finishes_its_deployments_and_no_request_fails() {
    let kills = number("GENNAKER_STRATEGY_KILLS").unwrap_or(CONTROL_PLANE_KILLS);
    let journey = Journey::start([]).await;
    let journey = killed(journey, Victim::ControlPlane, kills).await;
    journey.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_agent_finishes_its_deployments() {
    let kills = number("GENNAKER_AGENT_KILLS").unwrap_or(AGENT_KILLS);
    // The agent holds the balancer: while it is away nobody is answered.
    let journey = Journey::without_load([]).await;
    killed(journey, Victim::Agent, kills).await;
}

/// Deploys version after version, and kills the victim once in each deployment.
async fn killed(mut journey: Journey, victim: Victim, kills: u64) -> Journey {
    let seed = number("GENNAKER_SEED").unwrap_or_else(|| u64::from(rand::random::<u32>()));
    eprintln!("GENNAKER_SEED={seed}");
    let mut random = StdRng::seed_from_u64(seed);
    for kill in 1..=kills {
        let number = usize::try_from(kill).expect("it fits");
        let settings = json!({ "strategy": "rollingredblack", "targetPercentages": [50, 100] });
        let id = journey.deploy(&version(&(kill + 1).to_string()), settings, json!({})).await;
        let moment = random.random_range(match victim {
            Victim::ControlPlane => UNDER_LOAD_MS,
            Victim::Agent => WITHOUT_LOAD_MS,
        });
        sleep(Duration::from_millis(moment)).await;
        let met = journey.delivery.execution(&id).await.map(|execution| execution.running()).unwrap_or_default();
        match victim {
            Victim::ControlPlane => {
                journey.install.kill_control_plane().await.expect("it is killed");
                journey.install.start_control_plane().await.expect("it starts again");
            }
            Victim::Agent => journey.install.restart_agent().await.expect("it starts again"),
        }
        let what = format!("GENNAKER_SEED={seed}, kill {kill} of the {victim:?} after {moment} ms in {met:?}");
        eprintln!("{what}");
        journey.succeeded(&id, &what).await;
        let groups = journey.groups().await;
        let names: Vec<&str> = groups.iter().map(|group| group.name.as_str()).collect();
        assert_eq!(names, [group_name(number - 1), group_name(number)], "{what}");
        for group in &groups {
            let is_new = group.name == group_name(number);
            assert_eq!((group.enabled, group.instances), (is_new, SIZE as usize), "{what}: {groups:?}");
        }
        journey.check_processes(&what).await;
        journey.destroy(&group_name(number - 1)).await;
    }
    journey
}
