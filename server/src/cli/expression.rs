//! `gennaker expression`: tries expressions out.
//!
//! `gennaker expression eval '${#stage("Bake").context.ami}' --execution ID` evaluates it here, in this program, as a stage of that
//! execution would; nothing is changed, and gate is asked for the execution only.

mod evaluation;
mod excerpt;
mod fetch;
mod subject;
mod template;

use std::{hash::RandomState, io};

use gennaker_wire::Object;
use serde_json::Value;

use self::{
    evaluation::{Answers, Outcome, evaluate},
    subject::Subject,
    template::Template,
};
use super::{Session, execution, exit::Error, gate::Request, input};

/// How many addresses are fetched for one expression.
const FETCHES: usize = 10;

/// What to do with expressions.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Evaluate an expression and print its value.
    ///
    /// A text is printed as it is, any other value as JSON; with --output json or yaml a text, too. What has no value (null, or a key that
    /// is not there) says which and ends with 1.
    Eval(Eval),
}

/// An expression and what it is evaluated in: an execution, a plain object, or nothing.
#[derive(Debug, clap::Args)]
pub(crate) struct Eval {
    /// Text with one or more ${...} in it; a text without is one whole expression. Quote it with ' for the shell.
    expression: String,
    /// Evaluate it in this execution.
    #[arg(long, value_name = "ID", group = "source")]
    execution: Option<String>,
    /// Evaluate it in the execution in this JSON or YAML file, as `execution get --output json` prints it; `-` reads the standard
    /// input.
    #[arg(long, short, value_name = "FILE", group = "source")]
    file: Option<String>,
    /// Evaluate it in the plain object in this JSON or YAML file, whose keys are the names; `-` reads the standard input.
    #[arg(long, value_name = "FILE", group = "source")]
    context: Option<String>,
    /// Evaluate it as this stage of the execution sees it, by its ref id, id or name.
    #[arg(long, value_name = "STAGE", requires = "source", conflicts_with = "context")]
    stage: Option<String>,
    /// Who #currentUser is; by default the user of the execution.
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// Take a key that is not there as an error wherever it stands, even before ?: and in comparisons.
    #[arg(long)]
    strict: bool,
    /// Let #fromUrl and its like fetch what they name: 10 addresses at most, 10 s each.
    #[arg(long)]
    allow_fetch: bool,
}

pub(super) async fn run(command: Command, session: &mut Session<'_>) -> Result<(), Error> {
    match command {
        Command::Eval(eval) => self::eval(session, &eval).await,
    }
}

async fn eval(session: &mut Session<'_>, eval: &Eval) -> Result<(), Error> {
    let template = Template::new(&eval.expression)?;
    let subject = subject(session, eval).await?;
    let now = jiff::Timestamp::from_millisecond(session.clock.now().millis()).unwrap_or_default();
    let mut answers = Answers::new(eval.allow_fetch, now, RandomState::new());
    let mut outcome = evaluate(&template, &subject, &answers, eval.strict);
    for address in 0.. {
        // An expression stops at the first address that is not there yet, so that it is evaluated once more for each.
        let Some(url) = answers.wanted() else { break };
        if address == FETCHES {
            return Err(Error::Failed(format!("the expression asks for more than {FETCHES} addresses; ask for fewer")));
        }
        let answer = fetch::get(&url).await;
        answers.give(url, answer);
        outcome = evaluate(&template, &subject, &answers, eval.strict);
    }
    match outcome {
        Outcome::Value(value) => Ok(print(session, &value)?),
        other => Err(Error::Failed(complaint(&template, &other, eval.is_nowhere()))),
    }
}

impl Eval {
    /// Whether nothing is named that it is evaluated in.
    fn is_nowhere(&self) -> bool {
        self.execution.is_none() && self.file.is_none() && self.context.is_none()
    }
}

/// Why there is no value, where in the expression, and what to do about it.
fn complaint(template: &Template<'_>, outcome: &Outcome, nowhere: bool) -> String {
    let (reason, error, unknown) = match outcome {
        Outcome::Failed { error, unknown } => (error.message.clone(), Some(error), unknown.as_ref()),
        Outcome::Unknown(error) => {
            (format!("the expression has no value: {}", error.message), Some(error), Some(error))
        }
        _ if template.is_whole() => ("the expression has no value: it is null".to_owned(), None, None),
        _ => ("the text has no value: an expression in it is null".to_owned(), None, None),
    };
    let column = error.map_or(0, |error| template.column(error));
    let mut lines = vec![reason, excerpt::of(template.written, column)];
    if let Outcome::Failed { unknown: Some(unknown), .. } = outcome {
        lines.push(format!("  note: {}", unknown.message));
    }
    if unknown.is_some() && nowhere {
        let hint = "  hint: say what it is evaluated in, with --execution ID, --file FILE or --context FILE";
        lines.push(hint.to_owned());
    }
    if template.is_wrapped()
        && error.is_some_and(|error| matches!(error.kind, gennaker_spel::Kind::Syntax | gennaker_spel::Kind::Template))
    {
        let hint =
            "  hint: text without ${...} is read as one expression; in \" quotes a shell has replaced ${...}, use '";
        lines.push(hint.to_owned());
    }
    lines.join("\n")
}

/// What the expression is evaluated in.
async fn subject(session: &Session<'_>, eval: &Eval) -> Result<Subject, Error> {
    let execution = match (&eval.execution, &eval.file, &eval.context) {
        (Some(id), _, _) => get(session, id).await?,
        (_, Some(file), _) => of_file(file)?,
        (_, _, Some(file)) => return Ok(Subject::of_map(input::object(file)?, eval.user.clone())),
        (None, None, None) => return Ok(Subject::of_map(Object::new(), eval.user.clone())),
    };
    Subject::of_execution(execution, eval.stage.as_deref(), eval.user.clone())
}

async fn get(session: &Session<'_>, id: &str) -> Result<Object, Error> {
    let answer = session.gate.send(Request::get(&["pipelines", id])).await;
    match answer.map_err(|error| execution::missing(session, error, id))? {
        Value::Object(execution) => Ok(execution),
        _ => Err(session.gate.unexpected("the execution is no JSON object".to_owned()).into()),
    }
}

fn of_file(file: &str) -> Result<Object, Error> {
    let execution = input::object(file)?;
    if execution.contains_key("stages") || execution.contains_key("trigger") {
        return Ok(execution);
    }
    let place = if file == "-" { "the standard input" } else { file };
    Err(Error::Usage(format!(
        "{place}: this is no execution, it has neither stages nor a trigger; give a plain object with --context FILE"
    )))
}

/// A text as it is, but for what could steer a terminal if one shows it; any other value as JSON.
fn print(session: &mut Session<'_>, value: &Value) -> io::Result<()> {
    let console = &mut session.console;
    match value {
        Value::String(text) if console.format == super::Format::Table => {
            let plain = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
            if console.live {
                console.line(&text.chars().filter(plain).collect::<String>())
            } else {
                console.line(text)
            }
        }
        value => console.data(value),
    }
}

#[cfg(test)]
mod tests;
