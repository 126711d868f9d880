//! `gennaker pipeline plan`: what a pipeline would do, without starting it.

use gennaker_wire::{Object, Outcome, Plan, Planned, Severity, WaitsFor};
use reqwest::Method;
use serde_json::{Value, json};

use super::{
    Session,
    console::Format,
    exit::Error,
    gate::Request,
    input,
    pipeline::{self, Named},
    table::clean,
    time,
};

/// A pipeline to plan: a file, or a saved one by its name.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("planned").required(true)))]
pub(crate) struct Planning {
    /// A JSON or YAML file with the pipeline; `-` reads the standard input.
    #[arg(group = "planned")]
    file: Option<String>,
    /// The application of a saved pipeline.
    #[arg(long, short, group = "planned", requires = "name")]
    application: Option<String>,
    /// A saved pipeline.
    #[arg(long, short, requires = "application")]
    name: Option<String>,
    /// A parameter of the pipeline; may be given several times.
    #[arg(long, short, value_name = "NAME=VALUE", value_parser = pipeline::parameter)]
    parameter: Vec<(String, String)>,
}

pub(super) async fn run(session: &mut Session<'_>, planning: &Planning) -> Result<(), Error> {
    let parameters = pipeline::parameters(&planning.parameter)?;
    let mut config = config(session, planning).await?;
    add_parameters(&mut config, parameters);
    let answer =
        session.gate.send(Request::new(Method::POST, &["pipelines", "plan"]).body(Value::Object(config))).await?;
    let plan: Plan = serde_json::from_value(answer.clone())
        .map_err(|error| session.gate.unexpected(format!("the plan cannot be read: {error}")))?;
    let console = &mut session.console;
    match console.format {
        Format::Json | Format::Yaml => console.data(&answer)?,
        Format::Table if console.quiet => console.line(&outcome(&plan))?,
        Format::Table => lines(&plan).iter().try_for_each(|line| console.line(&clean(line)))?,
    }
    if plan.fails() {
        let name = plan.name.clone().unwrap_or_else(|| "the pipeline".to_owned());
        return Err(Error::Failed(format!("{name} could not run as it is: {}", problems(&plan).join("; "))));
    }
    Ok(())
}

async fn config(session: &Session<'_>, planning: &Planning) -> Result<Object, Error> {
    match (&planning.file, &planning.application, &planning.name) {
        (None, Some(application), Some(name)) => {
            let named = Named { application: application.clone(), name: name.clone() };
            match pipeline::saved(session, &named).await? {
                Value::Object(config) => Ok(config),
                _ => Err(session.gate.unexpected("the pipeline is no JSON object".to_owned()).into()),
            }
        }
        (file, _, _) => input::object(file.as_deref().unwrap_or("-")),
    }
}

/// A start by hand has the type `manual`; parameters that are given go before those of the file.
fn add_parameters(config: &mut Object, given: Object) {
    let trigger = config.entry("trigger").or_insert_with(|| json!({"type": "manual"}));
    let Some(trigger) = trigger.as_object_mut().filter(|_| !given.is_empty()) else { return };
    let parameters = trigger.entry("parameters").or_insert_with(|| json!({}));
    if !parameters.is_object() {
        *parameters = json!({});
    }
    if let Some(parameters) = parameters.as_object_mut() {
        parameters.extend(given);
    }
}

fn lines(plan: &Plan) -> Vec<String> {
    let mut lines = vec![format!("{}: {}", plan.name.as_deref().unwrap_or("(no name)"), outcome(plan))];
    details(plan, 1, &mut lines);
    plan.steps.iter().for_each(|step| stage(step, 0, &mut lines));
    lines
}

fn stage(plan: &Plan, depth: usize, lines: &mut Vec<String>) {
    if plan.of != Planned::Stage {
        return;
    }
    let name = plan.name.as_deref().unwrap_or_default();
    let after = match plan.requisite_stage_ref_ids.as_slice() {
        [] => String::new(),
        requisites => format!(", after {}", requisites.join(", ")),
    };
    let title = [plan.ref_id.as_deref().unwrap_or_default(), name].join("  ");
    let kind = plan.kind.as_deref().unwrap_or_default();
    lines.push(format!("{}{} ({kind}{after}): {}", "  ".repeat(depth), title.trim(), outcome(plan)));
    details(plan, depth + 1, lines);
    if !plan.before.is_empty() {
        lines.push(format!("{}before its tasks:", "  ".repeat(depth + 1)));
        plan.before.iter().for_each(|before| stage(before, depth + 2, lines));
    }
    let tasks: Vec<&str> = plan.steps.iter().filter_map(|task| task.name.as_deref()).collect();
    if !tasks.is_empty() {
        lines.push(format!("{}tasks: {}", "  ".repeat(depth + 1), tasks.join(", ")));
    }
    plan.steps.iter().for_each(|task| details(task, depth + 1, lines));
}

/// What is to be said of it beside its name and outcome.
fn details(plan: &Plan, depth: usize, lines: &mut Vec<String>) {
    let mut add = |text: String| lines.push(format!("{}{text}", "  ".repeat(depth)));
    for remark in &plan.remarks {
        let word = match remark.severity {
            Severity::Problem => "problem",
            Severity::Doubt => "doubt",
            Severity::Note => "note",
        };
        add(format!("{word}: {}", remark.message));
    }
    for wait in &plan.waits {
        let until = wait.until.map(|until| format!(", until {} if it were reached now", time::instant(until)));
        let behind = if wait.waits_for == WaitsFor::Place && !wait.behind.is_empty() {
            format!("; behind {}", wait.behind.join(", "))
        } else {
            String::new()
        };
        add(format!("waits: {}{}{behind}", wait.message, until.unwrap_or_default()));
    }
    for unresolved in &plan.unresolved {
        add(format!("no value yet: {} ({})", unresolved.expression, unresolved.reason));
    }
}

fn outcome(plan: &Plan) -> String {
    let word = match plan.outcome {
        Outcome::Runs => "runs",
        Outcome::Waits => "waits",
        Outcome::Skipped => "is left out",
        Outcome::Fails => "FAILS",
        Outcome::Unreached => "is not reached",
        Outcome::Unknown => "is not known",
    };
    word.to_owned()
}

/// Every problem, with the stage that has it.
fn problems(plan: &Plan) -> Vec<String> {
    let own = plan.remarks.iter().filter(|remark| remark.severity == Severity::Problem).map(|remark| {
        match plan.name.as_deref().filter(|_| plan.of == Planned::Stage) {
            Some(name) => format!("{name}: {}", remark.message),
            None => remark.message.clone(),
        }
    });
    own.chain(plan.before.iter().chain(&plan.steps).flat_map(problems)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(value: Value) -> Object {
        value.as_object().cloned().expect("an object")
    }

    #[test]
    fn given_parameters_go_before_those_of_the_file() {
        let with = |config: Value, given: Value| {
            let mut config = object(config);
            add_parameters(&mut config, object(given));
            Value::Object(config)["trigger"].clone()
        };
        assert_eq!(with(json!({}), json!({})), json!({"type": "manual"}));
        let file = json!({"trigger": {"type": "git", "parameters": {"a": "1", "b": "2"}}});
        assert_eq!(with(file.clone(), json!({})), file["trigger"]);
        assert_eq!(with(file, json!({"a": "9"}))["parameters"], json!({"a": "9", "b": "2"}));
        assert_eq!(with(json!({"trigger": 5}), json!({"a": "9"})), json!(5), "orca says what is wrong with it");
    }
}
