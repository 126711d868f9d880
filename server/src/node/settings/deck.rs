//! deck's settings: upstream's variables and keys, and the operator's own scripts beside the configuration.

use gennaker_config::{Config, Error, ServiceConfig};
use gennaker_deck::{AuthOptions, Gate, Options};
use url::Url;

/// Upstream's variables that switch something on, with what it is called in the page's settings.
const FEATURES: [(&str, &str); 12] = [
    ("CANARY_ENABLED", "canary"),
    ("CHAOS_ENABLED", "chaosMonkey"),
    ("CI_ENABLED", "ci"),
    ("DISPLAY_TIMESTAMPS_IN_USER_LOCAL_TIME", "displayTimestampsInUserLocalTime"),
    ("DRYRUN_ENABLED", "dryRunEnabled"),
    ("ENTITY_TAGS_ENABLED", "entityTags"),
    ("FIAT_ENABLED", "fiatEnabled"),
    ("FUNCTIONS_ENABLED", "functions"),
    ("IAP_REFRESHER_ENABLED", "iapRefresherEnabled"),
    ("K8S_RAW_RESOURCES_ENABLED", "kubernetesRawResources"),
    ("MANAGED_SERVICE_ACCOUNTS_ENABLED", "managedServiceAccounts"),
    ("TEMPLATES_ENABLED", "pipelineTemplates"),
];

/// Reads them; `own` is what stands under `deck`, and `gate_port` where gate listens on this node.
///
/// # Errors
/// If an address is none.
pub(super) fn complete(
    own: Options,
    config: &Config,
    deck: &ServiceConfig,
    gate: &ServiceConfig,
    gate_port: u16,
) -> Result<Options, Error> {
    let text = |key: &str| Ok::<_, Error>(deck.get_string(key)?.filter(|text| !text.is_empty()));
    let named = match text("API_HOST")? {
        Some(host) => Some((deck, "API_HOST", host)),
        None => gate.get_string("services.gate.baseUrl")?.map(|url| (gate, "services.gate.baseUrl", url)),
    };
    let gate = match named.filter(|(_, _, address)| !address.is_empty()) {
        Some((config, key, address)) => Gate::At(address_of_gate(config, key, &address)?),
        None => Gate::SameHost(gate_port),
    };
    let auth = AuthOptions {
        enabled: deck.get("AUTH_ENABLED")?.unwrap_or(false),
        endpoint: super::url(deck, "AUTH_ENDPOINT")?,
    };
    let mut options = Options { gate, auth, ..own };
    for (variable, feature) in FEATURES {
        options.features.extend(deck.get::<bool>(variable)?.map(|on| (feature, on)));
    }
    for zone in [text("global.spinnaker.timezone")?, text("TIMEZONE")?].into_iter().flatten() {
        options.time_zone = zone;
    }
    options.scripts = ["settings.js", "settings-local.js"].map(|name| config.beside(name));
    Ok(options)
}

/// `API_HOST` is a URL upstream; a bare host is taken for one that gate's port is open on.
fn address_of_gate(config: &ServiceConfig, key: &str, address: &str) -> Result<Url, Error> {
    let url = if address.contains("://") { address.to_owned() } else { format!("http://{address}") };
    let refused =
        |error| config.refused(key, format!("it is no address of gate ({error}): write for example gate.example.com"));
    let mut url = Url::parse(&url).map_err(refused)?;
    if !address.contains("://") && url.port().is_none() {
        // It only fails for a URL that cannot have a port, and this one is http.
        let _ = url.set_port(Some(8084));
    }
    Ok(url)
}
