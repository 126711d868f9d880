//! Managed delivery: upstream's keel.
//!
//! Of `/managed/delivery-configs/{name}` and `/managed/resources/{resourceId}` the forms with `.yml` at the end are a part.

use super::{DELETE, GET, Missing, POST, READ};

pub(super) const MISSING: &[Missing] = &[Missing {
    message: "managed delivery is not supported",
    permission: READ,
    endpoints: &[
        (GET, "/history/{name}"),
        (GET, "/managed/application/{application}"),
        (DELETE, "/managed/application/{application}/config"),
        (GET, "/managed/application/{application}/config"),
        (POST, "/managed/application/{application}/environment/{environment}/constraint"),
        (GET, "/managed/application/{application}/environment/{environment}/constraints"),
        (POST, "/managed/application/{application}/mark/bad"),
        (POST, "/managed/application/{application}/mark/good"),
        (DELETE, "/managed/application/{application}/pause"),
        (POST, "/managed/application/{application}/pause"),
        (POST, "/managed/application/{application}/pin"),
        (DELETE, "/managed/application/{application}/pin/{targetEnvironment}"),
        (POST, "/managed/application/{application}/veto"),
        (DELETE, "/managed/application/{application}/veto/{targetEnvironment}/{reference}/{version}"),
        (POST, "/managed/delivery-configs"),
        (POST, "/managed/delivery-configs/diff"),
        (GET, "/managed/delivery-configs/schema"),
        (POST, "/managed/delivery-configs/validate"),
        (DELETE, "/managed/delivery-configs/{name}"),
        (GET, "/managed/delivery-configs/{name}"),
        (GET, "/managed/delivery-configs/{name}/artifacts"),
        (GET, "/managed/environments/{application}"),
        (POST, "/managed/graphql"),
        (POST, "/managed/notifications/callbacks/{source}"),
        (GET, "/managed/reports/adoption"),
        (GET, "/managed/reports/onboarding"),
        (POST, "/managed/resources/diff"),
        (GET, "/managed/resources/export/artifact/{cloudProvider}/{account}/{clusterName}"),
        (GET, "/managed/resources/export/{cloudProvider}/{account}/{type}/{name}"),
        (GET, "/managed/resources/{resourceId}"),
        (DELETE, "/managed/resources/{resourceId}/pause"),
        (POST, "/managed/resources/{resourceId}/pause"),
        (GET, "/managed/resources/{resourceId}/status"),
        (POST, "/managed/{application}/environment/{environment}/verifications"),
        (POST, "/managed/{application}/environment/{environment}/verifications/retry"),
    ],
}];
