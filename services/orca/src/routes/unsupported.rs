//! Upstream's endpoints that this build does not answer yet. Each says what is missing.

use gennaker_http::{Api, unsupported};
use http::Method;

use super::{EXECUTE, READ};
use crate::Orca;

const TEMPLATES: &str = "orca does not know pipeline templates yet";

pub(super) fn api() -> Api<Orca> {
    let read = [
        (Method::GET, "/jobs/preconfigured", "orca has no preconfigured jobs yet"),
        (Method::GET, "/pipelineTemplate", TEMPLATES),
    ];
    let execute = [
        (Method::POST, "/concourse/stage/start", "there is no Concourse integration yet"),
        (Method::POST, "/convertPipelineToTemplate", TEMPLATES),
        (Method::POST, "/v2/pipelineTemplates/plan", TEMPLATES),
    ];
    let mut api = Api::new("orca");
    for (method, path, message) in read {
        api = api.route(unsupported(method, path, message).needs(READ));
    }
    for (method, path, message) in execute {
        api = api.route(unsupported(method, path, message).needs(EXECUTE));
    }
    api
}
