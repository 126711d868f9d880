//! The accounts that the configuration defines (`local.accounts`), now and whenever its files change.
//!
//! The files are read again every two seconds. What cannot be read, or is wrong, changes nothing and is told once in the
//! log; everything else in the configuration is read at the start only.

use std::{path::Path, sync::Arc, time::Duration};

use anyhow::Context as _;
use gennaker_config::Config;
use gennaker_provider_api::AccountDefinition;
use serde_json::{Map, Value};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::settings::LocalSettings;

/// How often the files are read.
const LOOK: Duration = Duration::from_secs(2);

/// The accounts of the local provider as definitions; none if it is not enabled.
///
/// # Errors
/// If the data folder's absolute path is not known.
pub(super) fn definitions(local: &LocalSettings, data: &Path) -> anyhow::Result<Vec<AccountDefinition>> {
    if !local.enabled {
        return Ok(Vec::new());
    }
    let data = std::path::absolute(data).with_context(|| format!("where is {}?", data.display()))?;
    let define = |account: &super::settings::LocalAccount| {
        let directory = account.state_directory.as_ref().filter(|directory| !directory.is_empty());
        let directory = match directory {
            Some(directory) => std::path::absolute(directory).unwrap_or_else(|_| directory.into()),
            None => data.join("agents").join(&account.name),
        };
        let mut fields = Map::new();
        fields.insert("type".to_owned(), "local".into());
        fields.insert("name".to_owned(), account.name.clone().into());
        fields.insert("stateDirectory".to_owned(), Value::from(directory.to_string_lossy().into_owned()));
        if let Some(environment) = &account.environment {
            fields.insert("environment".to_owned(), environment.clone().into());
        }
        AccountDefinition { name: account.name.clone(), fields }
    };
    Ok(local.accounts.iter().map(define).collect())
}

/// Sends the definitions whenever they change, until `stop`.
pub(super) async fn follow(
    config: Config,
    data: Arc<Path>,
    definitions: watch::Sender<Arc<Vec<AccountDefinition>>>,
    stop: CancellationToken,
) {
    let mut told = None;
    while stop.run_until_cancelled(tokio::time::sleep(LOOK)).await.is_some() {
        let (config, data) = (config.clone(), data.clone());
        let read = tokio::task::spawn_blocking(move || read(&config, &data)).await;
        match read.map_err(anyhow::Error::from).and_then(|read| read) {
            Ok(read) => {
                told = None;
                definitions.send_if_modified(|shown| {
                    let changed = **shown != read;
                    if changed {
                        tracing::info!(accounts = read.len(), "the configured accounts have changed");
                        *shown = Arc::new(read);
                    }
                    changed
                });
            }
            Err(error) => {
                let problem = format!("{error:#}");
                if told.as_ref() != Some(&problem) {
                    tracing::warn!(problem, "the configuration cannot be read again; the accounts stay as they are");
                    told = Some(problem);
                }
            }
        }
    }
}

fn read(config: &Config, data: &Path) -> anyhow::Result<Vec<AccountDefinition>> {
    let config = config.read_again()?;
    let local: LocalSettings = config.for_service("clouddriver")?.bind("local")?;
    definitions(&local, data)
}

#[cfg(test)]
mod tests {
    use super::*;
    use gennaker_config::Sources;

    #[test]
    fn accounts_follow_the_files() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |text: &str| std::fs::write(folder.path().join("clouddriver.yml"), text).expect("written");
        write("local: {enabled: true, accounts: [{name: a}]}\n");
        let config = Config::load(&Sources::of_folder(folder.path())).expect("it is right");
        let data = folder.path().join("data");
        let names = || -> anyhow::Result<Vec<String>> {
            Ok(read(&config, &data)?.into_iter().map(|definition| definition.name).collect())
        };
        assert_eq!(names().expect("it is right"), ["a"]);
        let fields = read(&config, &data).expect("it is right").remove(0).fields;
        assert_eq!(fields["stateDirectory"], data.join("agents/a").display().to_string());
        write("local: {enabled: true, accounts: [{name: a}, {name: b, stateDirectory: /b}]}\n");
        assert_eq!(names().expect("it is right"), ["a", "b"]);
        write("local: {enabled: [\n");
        assert!(names().is_err());
        write("local: {enabled: false, accounts: [{name: a}]}\n");
        assert!(names().expect("it is right").is_empty());
    }
}
