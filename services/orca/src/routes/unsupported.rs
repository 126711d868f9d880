//! Upstream's endpoints that this build does not answer yet.

use gennaker_http::Api;

use crate::Orca;

pub(super) fn api() -> Api<Orca> {
    Api::new("orca")
}
