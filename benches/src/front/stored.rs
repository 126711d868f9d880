//! A folder of objects as front50 has written them, without the time that 60,000 saves take.

use std::{fs, path::Path};

use anyhow::Context as _;
use gennaker_harness::Install;
use serde_json::{Value, json};

pub(super) const APPLICATIONS: usize = 10_000;
pub(super) const PIPELINES: usize = 50_000;
const TIME: i64 = 1_790_000_000_000;

/// Writes them where the install's front50 keeps its objects.
pub(super) fn write(install: &Install) -> anyhow::Result<()> {
    let root = install.folder().join("data/objects/front50");
    for number in 0..APPLICATIONS {
        let folder = root.join(format!("applications/app{number}"));
        object(&folder, "application-metadata.json", &application(number))?;
        for place in 0..PIPELINES / APPLICATIONS {
            let id = format!("pipeline-{number}-{place}");
            object(&root.join("pipelines").join(&id), "pipeline-metadata.json", &pipeline(number, place, &id))?;
        }
    }
    Ok(())
}

fn object(folder: &Path, file: &str, content: &Value) -> anyhow::Result<()> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join(file), content.to_string()).with_context(|| format!("{} cannot be written", folder.display()))
}

fn application(number: usize) -> Value {
    json!({
        "name": format!("APP{number}"), "email": format!("team{}@example.com", number % 100), "user": "bench",
        "description": "An application among many.", "cloudProviders": "kubernetes", "instancePort": 80,
        "createTs": TIME.to_string(), "updateTs": TIME.to_string(), "lastModifiedBy": "bench", "trafficGuards": [],
        "dataSources": {"enabled": [], "disabled": []},
    })
}

/// Five stages, a trigger and a parameter: about 2 kB.
fn pipeline(application: usize, place: usize, id: &str) -> Value {
    let stages: Vec<Value> = (1..=5)
        .map(|number| {
            let before: Vec<String> = (1..number).last().map(|before| before.to_string()).into_iter().collect();
            json!({
                "refId": number.to_string(), "requisiteStageRefIds": before, "type": "deployManifest",
                "name": format!("Deploy {number}"), "account": "prod", "cloudProvider": "kubernetes", "source": "artifact",
                "manifestArtifactId": format!("artifact-{number}"), "moniker": {"app": format!("app{application}")},
                "skipExpressionEvaluation": false, "trafficManagement": {"enabled": false, "options": {"services": []}},
            })
        })
        .collect();
    json!({
        "id": id, "name": format!("deploy {place}"), "application": format!("app{application}"), "index": place, "schema": "1",
        "stages": stages, "limitConcurrent": true, "keepWaitingPipelines": false, "spelEvaluator": "v4",
        "triggers": [{"type": "docker", "enabled": true, "account": "registry", "repository": format!("team/app{application}")}],
        "parameterConfig": [{"name": "tag", "default": "latest", "required": false}], "notifications": [],
        "expectedArtifacts": [], "updateTs": TIME.to_string(), "lastModifiedBy": "bench",
    })
}
