//! `gennaker execution judge`: answers the manual judgment that an execution waits for.

use gennaker_wire::{Execution, ObjectExt as _, Stage, Status};
use reqwest::Method;
use serde_json::{Value, json};

use super::{Session, commands::Commands, execution, exit::Error, gate::Request};

/// A judgment.
#[derive(Debug, clap::Args)]
pub(crate) struct Judgment {
    /// The execution's id.
    id: String,
    /// What is decided.
    #[arg(value_enum)]
    decision: Decision,
    /// The stage that waits, by its ref id, id or name; needed only if several wait.
    #[arg(long)]
    stage: Option<String>,
    /// The choice among the stage's judgment inputs.
    #[arg(long)]
    input: Option<String>,
}

/// What is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Decision {
    /// Let the pipeline go on.
    Continue,
    /// Let the stage fail.
    Stop,
}

pub(super) async fn run(session: &mut Session<'_>, judgment: &Judgment) -> Result<(), Error> {
    let id = &judgment.id;
    let answer = session.gate.send(Request::get(&["pipelines", id])).await;
    let answer = answer.map_err(|error| execution::missing(session, error, id))?;
    let execution = execution::read(session, &answer)?;
    let stage = choose(&execution, judgment.stage.as_deref(), &session.commands)?;
    let decision = match judgment.decision {
        Decision::Continue => "continue",
        Decision::Stop => "stop",
    };
    let mut fields = json!({ "judgmentStatus": decision });
    if let Some(input) = &judgment.input {
        fields["judgmentInput"] = Value::String(input.clone());
    }
    let path = ["pipelines", id, "stages", &stage.id];
    let patched = session.gate.send(Request::new(Method::PATCH, &path).body(fields)).await?;
    session.console.done(&patched, &stage.id, &format!("{}: {decision}", name(stage)))?;
    Ok(())
}

/// Whether the stage waits for a person's judgment.
pub(super) fn waits(stage: &Stage) -> bool {
    let answered = stage.context.text("judgmentStatus").is_some_and(|judgment| !judgment.is_empty());
    stage.kind == "manualJudgment" && stage.status == Status::Running && !answered
}

/// What to call a stage on the command line: its author's ref id, or its id.
pub(super) fn handle(stage: &Stage) -> &str {
    stage.ref_id.as_deref().filter(|ref_id| !ref_id.is_empty()).unwrap_or(&stage.id)
}

/// What people call a stage.
pub(super) fn name(stage: &Stage) -> &str {
    stage.name.as_deref().filter(|name| !name.is_empty()).unwrap_or(&stage.kind)
}

/// The stage that is meant among those that wait.
fn choose<'one>(execution: &'one Execution, wanted: Option<&str>, commands: &Commands) -> Result<&'one Stage, Error> {
    let id = execution.id.as_str();
    let refuse = |message: String, hint: String| Error::Refused { message, request_id: None, hint };
    let is_meant = |stage: &Stage| match wanted {
        Some(wanted) => [handle(stage), &stage.id, name(stage)].contains(&wanted),
        None => true,
    };
    let all: Vec<&Stage> = execution.stages.iter().filter(|stage| waits(stage)).collect();
    let meant: Vec<&Stage> = all.iter().copied().filter(|stage| is_meant(stage)).collect();
    let command = |stage: &Stage| commands.write(&["execution", "judge", id, "--stage", handle(stage), "continue"]);
    match (meant.as_slice(), all.as_slice()) {
        ([stage], _) => Ok(stage),
        ([], []) => {
            let message = format!("execution {id} ({}) has no stage that waits for a judgment", execution.status);
            Err(refuse(message, commands.write(&["execution", "get", id])))
        }
        ([], all) => {
            let message = format!("no stage {} of execution {id} waits for a judgment", wanted.unwrap_or_default());
            Err(refuse(message, all.iter().map(|stage| command(stage)).collect::<Vec<_>>().join(", or ")))
        }
        (several, _) => {
            let choices: Vec<String> = several.iter().map(|stage| command(stage)).collect();
            Err(Error::Usage(format!(
                "{} stages wait for a judgment; say which: {}",
                several.len(),
                choices.join(", or ")
            )))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use url::Url;

    fn chosen(stages: Value, wanted: Option<&str>) -> Result<String, String> {
        let commands = Commands::new(&Url::parse(crate::cli::DEFAULT_GATE).expect("a URL"));
        let execution = serde_json::from_value(json!({"id": "E", "status": "RUNNING", "stages": stages}));
        let execution: Execution = execution.expect("an execution");
        let chosen = choose(&execution, wanted, &commands);
        chosen.map(|stage| stage.id.clone()).map_err(|error| error.to_string())
    }

    fn stage(id: &str, status: &str, judgment: &str) -> Value {
        json!({"id": id, "refId": id.trim_start_matches('s'), "type": "manualJudgment", "name": format!("Ask {id}"),
               "status": status, "context": {"judgmentStatus": judgment}})
    }

    #[test]
    fn the_only_stage_that_waits_is_meant() {
        let stages =
            json!([stage("s1", "SUCCEEDED", "continue"), stage("s2", "RUNNING", ""), stage("s3", "RUNNING", "stop")]);
        for wanted in [None, Some("2"), Some("s2"), Some("Ask s2")] {
            assert_eq!(chosen(stages.clone(), wanted), Ok("s2".into()), "{wanted:?}");
        }
        let other = chosen(stages, Some("3")).expect_err("it has its answer");
        assert_eq!(other, "no stage 3 of execution E waits for a judgment");
    }

    #[test]
    fn one_of_several_must_be_named() {
        let stages = json!([stage("s1", "RUNNING", ""), stage("s2", "RUNNING", "")]);
        let several = chosen(stages, None).expect_err("which?");
        assert!(several.contains("gennaker execution judge E --stage 2 continue"), "{several}");
        let none = chosen(json!([stage("s1", "NOT_STARTED", "")]), None).expect_err("none");
        assert_eq!(none, "execution E (RUNNING) has no stage that waits for a judgment");
    }
}
