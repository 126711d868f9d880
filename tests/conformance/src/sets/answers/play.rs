//! A case's steps, made one after the other against the running services.

use std::{collections::BTreeMap, time::Duration};

use serde_json::Value;
use tokio::time::{Instant, sleep};

use super::case::{Recorded, Step, Until};
use crate::world::{Answer, CallFields, Caller, Services, in_texts};

/// For how long a call is repeated.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How often it is.
const LOOK: Duration = Duration::from_millis(80);

/// Plays a case: the answers of its calls, with symbols; `None` for a wait. The error says why one has no answer.
pub(super) async fn play(case: &Recorded, services: &Services) -> Result<Vec<Option<Answer>>, String> {
    let mut play = Play { caller: services.caller(), saved: BTreeMap::new() };
    let mut answers = Vec::new();
    for step in &case.steps {
        match step.sleep {
            Some(_) if case.is_at_rest() => answers.push(None),
            Some(seconds) => {
                sleep(Duration::from_secs_f64(seconds)).await;
                answers.push(None);
            }
            None => answers.push(Some(play.ask(step).await?)),
        }
    }
    Ok(answers)
}

struct Play<'a> {
    caller: &'a Caller,
    /// What was saved, by its name in braces.
    saved: BTreeMap<String, String>,
}

impl Play<'_> {
    async fn ask(&mut self, step: &Step) -> Result<Answer, String> {
        let call = self.filled(&step.call);
        let until = Instant::now() + TIMEOUT;
        let mut answer = self.caller.call(&call).await?;
        while step.until.as_ref().is_some_and(|wanted| !is(wanted, &answer)) && Instant::now() < until {
            sleep(LOOK).await;
            answer = self.caller.call(&call).await?;
        }
        for (name, field) in &step.save {
            if let Some(text) = answer.body[field].as_str().filter(|text| !text.is_empty()) {
                let last = text.rsplit('/').next().unwrap_or_default();
                self.saved.insert(format!("{{{name}}}"), if step.save_last { last } else { text }.to_owned());
            }
        }
        Ok(Answer { status: answer.status, body: self.with_symbols(answer.body) })
    }

    /// The call with what was saved in the place of its names.
    fn filled(&self, call: &CallFields) -> CallFields {
        let replaced =
            |text: &str| self.saved.iter().fold(text.to_owned(), |text, (symbol, ours)| text.replace(symbol, ours));
        let mut call = call.clone();
        call.path = call.path.as_deref().map(replaced);
        call.raw_body = call.raw_body.as_deref().map(replaced);
        call.body = call.body.map(|body| in_texts(body, &replaced));
        call
    }

    /// An answer with names in the place of what was saved, and of the services' addresses.
    fn with_symbols(&self, body: Value) -> Value {
        let services = self.caller.addresses().iter();
        let mut pairs: Vec<(String, String)> =
            services.map(|(service, url)| (url.to_owned(), format!("{{{}}}", service.name()))).collect();
        pairs.extend(self.saved.iter().map(|(symbol, ours)| (ours.clone(), symbol.clone())));
        pairs.sort_by_key(|(ours, _)| std::cmp::Reverse(ours.len()));
        in_texts(body, &|text| pairs.iter().fold(text.to_owned(), |text, (ours, symbol)| text.replace(ours, symbol)))
    }
}

/// Whether an answer is what is waited for.
fn is(wanted: &Until, answer: &Answer) -> bool {
    let without_spaces = |text: &str| text.split_whitespace().collect::<String>();
    answer.status.as_u16() == wanted.status
        && without_spaces(&answer.body.to_string()).contains(&without_spaces(&wanted.contains))
}
