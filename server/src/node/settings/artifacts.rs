//! The accounts that artifacts are fetched with: `artifacts` in `clouddriver.yml`, upstream's keys.

use gennaker_clouddriver::artifacts::ArtifactOptions;
use gennaker_config::{Error, ServiceConfig};

/// Reads them; what rules exclude by variables of the environment is added to them.
pub(super) fn bind(clouddriver: &ServiceConfig) -> Result<ArtifactOptions, Error> {
    let mut options: ArtifactOptions = clouddriver.bind("artifacts")?;
    for rules in options.url_rules() {
        for variable in &rules.excluded_domains_from_environment {
            rules.excluded_domains.extend(clouddriver.get_string(variable)?);
        }
    }
    Ok(options)
}
