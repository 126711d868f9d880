//! The health of a node for its balancer: `GET /healthcheck` on port 5000.
//!
//! `{"healthy": true, "systems": {"gate": true, "orca": true, "host": {"diskUsage": 41.7}}}` with status 200, or 503 if
//! one of the node's services does not serve. The disk's usage is for people; it does not make a node unhealthy.

use std::{path::PathBuf, time::Duration};

use axum::{
    Router,
    response::{IntoResponse as _, Response},
};
use http::StatusCode;
use serde_json::{Map, Value, json};

use crate::{Api, GuardOptions, Health, Permission, get};

/// How long the answer waits for a disk that hangs.
const DISK_WAIT: Duration = Duration::from_secs(1);

/// The routes of port 5000 for a node that runs `services`, whose data lies at `data`.
pub fn healthcheck(services: Vec<Health>, data: PathBuf, options: GuardOptions) -> Router {
    let answer = move || {
        let (services, data) = (services.clone(), data.clone());
        async move {
            let disk = tokio::task::spawn_blocking(move || disk_usage(&data));
            let disk = tokio::time::timeout(DISK_WAIT, disk).await.ok().and_then(Result::ok).flatten();
            answer(&services, disk)
        }
    };
    Api::<()>::new("healthcheck")
        .route(get("/healthcheck", answer).needs(Permission::Public).always())
        .into_service((), options)
}

fn answer(services: &[Health], disk: Option<f64>) -> Response {
    let serving = |health: &Health| health.status().is_serving();
    let healthy = services.iter().all(serving);
    let mut systems: Map<String, Value> =
        services.iter().map(|health| (health.service().to_owned(), serving(health).into())).collect();
    systems.insert("host".to_owned(), json!({ "diskUsage": disk }));
    let code = if healthy { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (code, axum::Json(json!({ "healthy": healthy, "systems": systems }))).into_response()
}

/// How full the file system of `path` is in percent, with one decimal: what is used of what a program may use, as `df`
/// counts.
fn disk_usage(path: &std::path::Path) -> Option<f64> {
    let disk = rustix::fs::statvfs(path).ok()?;
    percentage(disk.f_blocks.checked_sub(disk.f_bfree)?, disk.f_bavail)
}

fn percentage(used: u64, free: u64) -> Option<f64> {
    let all = used.checked_add(free).filter(|all| *all > 0)?;
    #[expect(clippy::cast_precision_loss, reason = "a percentage needs three digits")]
    let percent = used as f64 * 100.0 / all as f64;
    Some((percent * 10.0).round() / 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usage_is_a_percentage() {
        assert_eq!(percentage(1, 2), Some(33.3));
        assert_eq!(percentage(0, 5), Some(0.0));
        assert_eq!(percentage(0, 0), None);
        let usage = disk_usage(std::path::Path::new("/")).expect("the root has a file system");
        assert!((0.0..=100.0).contains(&usage), "{usage}");
        assert_eq!(disk_usage(std::path::Path::new("/no such folder")), None);
    }
}
