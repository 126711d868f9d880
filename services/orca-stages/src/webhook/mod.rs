//! `webhook` and `preconfiguredWebhook`: call somebody else's server, and watch what it began.
//!
//! ```json
//! {"type": "webhook", "url": "https://ci.example.com/jobs", "method": "POST", "payload": {"branch": "main"},
//!  "waitForCompletion": true, "statusUrlResolution": "webhookResponse", "statusUrlJsonPath": "$.statusUrl",
//!  "statusJsonPath": "$.status", "successStatuses": "DONE", "terminalStatuses": "FAILED",
//!  "cancelEndpoint": "https://ci.example.com/jobs/stop"}
//! ```
//!
//! Upstream: orca-webhook. A stage calls its webhook (`createWebhook`), waits a while if it says so
//! (`waitBeforeMonitorWebhook`), asks how what it began stands (`monitorWebhook`), and binds the artifacts of the answer
//! (`bindProducedArtifacts`). What it finds stands under `webhook` in its context, what the watching finds under
//! `webhook.monitor`.
//!
//! Guarantees: a call that changes something carries an `Idempotency-Key`, the same over all repetitions, also after a
//! crash; the server may see it more than once, for it cannot be fenced. Where a URL may lead is decided by
//! [`gennaker_http::outbound::UrlRules`], after its name was resolved. Each call has a deadline and a largest answer.
//!
//! Other than upstream's: a name that cannot be resolved is tried again also by the first call, as upstream means to; a
//! status that Spring does not know is no failure of the task; a server's `Retry-After` is heeded; a text that is not
//! ISO-8859-1 is sent in UTF-8 instead of with question marks. Not here: headers of `provided-id-request-filter`,
//! accounts' headers (a plugin's, upstream), bodies in CBOR, key stores of Java.

mod answer;
mod calls;
mod create;
mod media;
mod monitor;
mod options;
mod preconfigured;
mod request;
mod response;
mod settings;
mod stage;
mod status;
mod status_url;
mod verdict;

use std::sync::Arc;

use gennaker_http::outbound::UrlRuleOptions;

pub(crate) use self::preconfigured::list;
use self::{
    calls::Calls,
    create::CreateWebhookTask,
    monitor::MonitorWebhookTask,
    stage::{PreconfiguredWebhookStage, WebhookStage},
};
pub use self::{
    options::{
        AllowedRequest, Error, IdentityOptions, MatchStrategy, Options, SensitiveHeaders, StageOptions, TrustOptions,
    },
    preconfigured::{Parameter, PreconfiguredWebhook, StatusUrlResolution},
};
use crate::Catalogue;

/// Adds the stages and tasks of this module.
pub(crate) fn register(catalogue: &mut Catalogue, options: &Options, rules: &UrlRuleOptions) -> Result<(), Error> {
    if !options.stage.enabled {
        return Ok(());
    }
    let calls = Arc::new(Calls::new(options, rules)?);
    catalogue.add_stage(WebhookStage { calls: calls.clone() });
    catalogue.add_stage(PreconfiguredWebhookStage { calls: calls.clone() });
    catalogue.add_task(CreateWebhookTask { calls: calls.clone() });
    catalogue.add_task(MonitorWebhookTask { calls });
    Ok(())
}
