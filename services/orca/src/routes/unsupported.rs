//! Upstream's endpoints that this build does not answer yet. Each says what is missing.

use gennaker_http::{Api, Permission, unsupported};
use http::Method;

use super::{EXECUTE, READ};
use crate::Orca;

const ADMIN: &str = "orca has no administration by HTTP yet; executions of a dead node are taken over without it";
const TEMPLATES: &str = "orca does not know pipeline templates yet";

pub(super) fn api() -> Api<Orca> {
    let admin = [
        (Method::POST, "/admin/executions"),
        (Method::PUT, "/admin/forceCancelExecution"),
        (Method::POST, "/admin/instance/enabled"),
        (Method::POST, "/admin/queue/hydrate"),
        (Method::POST, "/admin/queue/kickPending"),
        (Method::POST, "/admin/queue/pushMessage"),
        (Method::POST, "/admin/queue/zombies:kill"),
    ];
    let read = [
        (Method::GET, "/applications/{application}/pipelines/search", "orca does not search executions by trigger yet"),
        (Method::GET, "/capabilities/deploymentMonitors", "orca has no deployment monitors yet"),
        (Method::GET, "/executions/correlated/{correlationId}", "orca does not keep correlation ids yet"),
        (Method::GET, "/jobs/preconfigured", "orca has no preconfigured jobs yet"),
        (Method::GET, "/webhooks/preconfigured", "orca has no preconfigured webhooks yet"),
        (Method::GET, "/pipelineTemplate", TEMPLATES),
        (
            Method::GET,
            "/pipelines/failedStages",
            "orca does not list failed stages yet; read them from GET /pipelines/{id}",
        ),
        (Method::GET, "/pipelines/running", "orca does not list all running pipelines yet; list them by application"),
        (Method::GET, "/pipelines/waiting", "orca has no waiting pipelines yet: it does not limit concurrency"),
        (Method::GET, "/projects/{projectId}/pipelines", "front50 does not keep projects yet"),
        (Method::GET, "/tasks", "orca does not list all tasks yet; list them by application"),
    ];
    let execute = [
        (Method::POST, "/concourse/stage/start", "there is no Concourse integration yet"),
        (Method::POST, "/convertPipelineToTemplate", TEMPLATES),
        (
            Method::PUT,
            "/pipelines/{id}/stages/{stageId}/restart",
            "orca does not restart stages yet; start the pipeline again",
        ),
        (Method::PUT, "/tasks/cancel", "cancel tasks one by one with PUT /tasks/{id}/cancel"),
        (Method::POST, "/v2/pipelineTemplates/plan", TEMPLATES),
    ];
    let mut api = Api::new("orca");
    for (method, path) in admin {
        api = api.route(unsupported(method, path, ADMIN).needs(Permission::Admin));
    }
    let zombies = [
        ("/admin/queue/zombies/application/{name}", "/admin/queue/zombies/application/{application}:kill"),
        ("/admin/queue/zombies/{name}", "/admin/queue/zombies/{executionId}:kill"),
    ];
    for (path, upstream) in zombies {
        api = api.route(unsupported(Method::POST, path, ADMIN).as_upstream(upstream).needs(Permission::Admin));
    }
    for (method, path, message) in read {
        api = api.route(unsupported(method, path, message).needs(READ));
    }
    for (method, path, message) in execute {
        api = api.route(unsupported(method, path, message).needs(EXECUTE));
    }
    api
}
