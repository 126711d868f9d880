//! Looking up what expansions of templates ask: templates by their sources, ids by their names.
//!
//! | source | where |
//! |---|---|
//! | `spinnaker://ID` | front50 |
//! | `http://…`, `https://…` | that address, if `userConfiguredUrlRestrictions` allows it; JSON if it ends with `.json`, else YAML |
//!
//! Upstream reads `file:` from orca's own disk, too; here no pipeline may.

use std::{panic::resume_unwind, sync::Arc, thread, time::Duration};

use gennaker_base::Kind;
use gennaker_clients::{Caller, Clients};
use gennaker_http::outbound::{Options, Outbound, Request, SetupError, UrlRuleOptions, UrlRules};
use gennaker_templates::{Answers, Question, parse, v1};
use gennaker_wire::{Object, ObjectExt};
use http::Method;
use serde_json::Value;
use tokio::{
    runtime::{Handle, RuntimeFlavor},
    task::block_in_place,
};

use crate::TaskError;

/// So many questions may one expansion ask.
const MOST_QUESTIONS: usize = 50;
/// How long the answer of an address may take.
const DEADLINE: Duration = Duration::from_secs(20);

/// The stack of an expansion: templates are written by users, and what they make may be nested deep.
const STACK: usize = 64 << 20;

type Result<T> = std::result::Result<T, gennaker_clients::Error>;

/// Runs an expansion on a thread of its own, so that a long one keeps nobody waiting who shares this thread.
fn on_own_stack<T: Send>(expansion: impl FnOnce() -> T + Send) -> Result<T> {
    let run = || {
        thread::scope(|scope| {
            let thread = thread::Builder::new().name("template".to_owned()).stack_size(STACK);
            let thread = thread.spawn_scoped(scope, expansion).map_err(|error| {
                let message = format!("a template cannot be expanded now, because no thread can be started: {error}");
                gennaker_clients::Error::new(Kind::Unavailable, message)
            })?;
            Ok(thread.join().unwrap_or_else(|panic| resume_unwind(panic)))
        })
    };
    match Handle::try_current().map(|runtime| runtime.runtime_flavor()) {
        Ok(RuntimeFlavor::MultiThread) => block_in_place(run),
        _ => run(),
    }
}

/// Answers what expansions ask; cheap to clone.
#[derive(Clone)]
pub struct TemplateLookup {
    outbound: Outbound,
}

impl TemplateLookup {
    /// With these rules for addresses.
    pub(crate) fn with_rules(rules: &UrlRuleOptions) -> std::result::Result<Self, SetupError> {
        let rules = UrlRules::new(rules)?;
        Ok(TemplateLookup::new(Outbound::new(Options { rules, ..Options::default() })?))
    }

    /// With this way to addresses.
    pub fn new(outbound: Outbound) -> Self {
        TemplateLookup { outbound }
    }

    /// What `expansion` makes of it, once every question that it asks has an answer.
    ///
    /// # Errors
    /// front50 cannot be reached.
    pub async fn answered<T>(
        &self,
        clients: &Clients,
        caller: &Caller,
        expansion: impl Fn(&Arc<Answers>) -> T + Sync,
    ) -> Result<T>
    where
        T: Send,
    {
        let mut known = Vec::new();
        loop {
            let mut answers = Answers::default();
            known
                .iter()
                .for_each(|(question, answer): &(Question, _)| answers.add(question.clone(), Clone::clone(answer)));
            let answers = Arc::new(answers);
            let result = on_own_stack(|| expansion(&answers))?;
            let Some(question) = answers.take_open() else { return Ok(result) };
            if known.len() >= MOST_QUESTIONS {
                return Ok(result);
            }
            let answer = self.answer(clients, caller, &question).await?;
            known.push((question, answer));
        }
    }

    async fn answer(
        &self,
        clients: &Clients,
        caller: &Caller,
        question: &Question,
    ) -> Result<std::result::Result<Value, String>> {
        let front50 = &clients.front50;
        let found = match question {
            Question::Template(source) => return self.template(clients, caller, source).await,
            Question::PipelineId { application, name } => {
                let pipeline = front50.pipeline_named(caller, application, name).await;
                pipeline.map(|found| found.and_then(|found| found.text("id")))
            }
            Question::StrategyId { application, name } => {
                let strategies = front50.strategies(caller, application).await;
                let named = |strategy: &Object| strategy.text("name").as_ref() == Some(name);
                strategies.map(|found| found.into_iter().find(named).and_then(|found| found.text("id")))
            }
        };
        given(found.map(Value::from))
    }

    /// The template at a source, or why there is none.
    async fn template(
        &self,
        clients: &Clients,
        caller: &Caller,
        source: &str,
    ) -> Result<std::result::Result<Value, String>> {
        if let Some(id) = source.strip_prefix("spinnaker://") {
            let found = clients.front50.pipeline_template(caller, id.trim_end_matches('/')).await;
            return given(found.map(Value::Object));
        }
        let parsed = match source.parse::<url::Url>() {
            Ok(url) if matches!(url.scheme(), "http" | "https") => url,
            Ok(url) => {
                let scheme = url.scheme();
                return Ok(Err(format!("No TemplateSchemeLoader found for '{scheme}': use spinnaker, http or https")));
            }
            Err(error) => return Ok(Err(format!("Invalid URI '{source}': {error}"))),
        };
        let asked = self.outbound.send(Request::new(Method::GET, parsed));
        Ok(match tokio::time::timeout(DEADLINE, asked).await {
            Err(_elapsed) => Err(format!("{source} did not answer within {} s", DEADLINE.as_secs())),
            Ok(Err(error)) => Err(error.to_string()),
            Ok(Ok(answer)) if !answer.status.is_success() => Err(format!(
                "Received unsuccessful status code from template (code: {}, url: {source})",
                answer.status.as_u16()
            )),
            Ok(Ok(answer)) => parse(source, &String::from_utf8_lossy(&answer.body)),
        })
    }

    /// Gives a pipeline that is to be saved what it inherits from its template.
    pub(crate) async fn mutate(
        &self,
        clients: &Clients,
        caller: &Caller,
        pipeline: &mut Object,
    ) -> std::result::Result<(), TaskError> {
        let mutated = self
            .answered(clients, caller, |answers| {
                let mut mutated = pipeline.clone();
                v1::mutate(&mut mutated, answers).map(|()| mutated)
            })
            .await?;
        *pipeline = mutated.map_err(TaskError::invalid)?;
        Ok(())
    }
}

/// An answer of front50's. What may pass is no answer, and is asked again by whoever asks.
fn given(found: Result<Value>) -> Result<std::result::Result<Value, String>> {
    match found {
        Ok(found) => Ok(Ok(found)),
        Err(error) if error.kind().is_transient() => Err(error),
        Err(error) => Ok(Err(format!("front50 answers: {}", error.message()))),
    }
}
