//! The world as one evaluation sees it: one point of time, its own random numbers, and what other services answered so far.

use std::{
    cell::{Cell, RefCell},
    time::Duration,
};

use gennaker_base::Timestamp;
use gennaker_clients::{Call, Caller, Clients};
use gennaker_http::outbound::{Outbound, Request};
use gennaker_spel::{Host, Question};
use http::Method;
use jiff::Timestamp as Instant;
use serde_json::Value;

/// A question that another service can answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Asked {
    PipelineId { application: String, name: String },
    Application(String),
    Url(String),
}

/// Who is asked.
#[derive(Clone)]
pub(super) struct Peers {
    /// The other services.
    pub(super) clients: Clients,
    /// Whatever has an address: `#fromUrl` and its like.
    pub(super) outbound: Outbound,
}

/// What is known. A question without an answer is kept as the open one, and is an error meanwhile.
pub(super) struct Answers {
    now: Instant,
    seed: u64,
    drawn: Cell<u64>,
    known: Vec<(Asked, Result<Value, String>)>,
    open: RefCell<Option<Asked>>,
    closed: bool,
}

impl Answers {
    pub(super) fn new(now: Timestamp) -> Self {
        Answers {
            now: Instant::from_millisecond(now.millis()).unwrap_or(Instant::UNIX_EPOCH),
            seed: rand::random(),
            drawn: Cell::new(0),
            known: Vec::new(),
            open: RefCell::new(None),
            closed: false,
        }
    }

    /// How many questions have an answer.
    pub(super) fn len(&self) -> usize {
        self.known.len()
    }

    /// The question that the last evaluation could not go on without; the next one begins anew.
    pub(super) fn take_open(&mut self) -> Option<Asked> {
        self.drawn.set(0);
        self.open.take()
    }

    pub(super) fn add(&mut self, question: Asked, answer: Result<Value, String>) {
        self.known.push((question, answer));
    }

    /// No further question is kept open.
    pub(super) fn close(&mut self) {
        self.closed = true;
    }
}

impl Host for Answers {
    fn ask(&self, question: &Question<'_>) -> Result<Value, String> {
        let asked = match *question {
            Question::PipelineId { application, name } => {
                Asked::PipelineId { application: application.to_owned(), name: name.to_owned() }
            }
            Question::Application(name) => Asked::Application(name.to_owned()),
            Question::Url(url) => Asked::Url(url.to_owned()),
            Question::CanaryConfigId { name, .. } => {
                return Err(format!(
                    "the canary configuration {name} is not looked up: there is no canary service yet; write its id"
                ));
            }
        };
        if let Some((_, answer)) = self.known.iter().find(|(known, _)| *known == asked) {
            return answer.clone();
        }
        if !self.closed {
            self.open.borrow_mut().get_or_insert(asked);
        }
        Err("the answer is not there".to_owned())
    }

    fn now(&self) -> Instant {
        self.now
    }

    /// Steele and others, "Fast splittable pseudorandom number generators" (SplitMix64): the same numbers in every repetition of
    /// one evaluation.
    fn random(&self) -> u64 {
        self.drawn.set(self.drawn.get().wrapping_add(1));
        let mut mixed = self.seed.wrapping_add(self.drawn.get().wrapping_mul(0x9e37_79b9_7f4a_7c15));
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

/// The answer of whoever is asked.
pub(super) async fn answer(
    peers: &Peers,
    caller: &Caller,
    question: &Asked,
    deadline: Duration,
) -> Result<Value, String> {
    match tokio::time::timeout(deadline, ask(peers, caller, question)).await {
        Ok(answer) => answer,
        Err(_elapsed) => {
            let who = if let Asked::Url(url) = question { url } else { "front50" };
            Err(format!("{who} did not answer within {} s", deadline.as_secs()))
        }
    }
}

/// The text at an address that pipelines may name: upstream's `HttpClientUtils.httpGetAsString`.
async fn fetch(outbound: &Outbound, url: &str) -> Result<Value, String> {
    let parsed = url.trim().parse().map_err(|error| format!("{url} is not a URL: {error}"))?;
    let answer = outbound.send(Request::new(Method::GET, parsed)).await.map_err(|error| error.to_string())?;
    if !answer.status.is_success() {
        return Err(format!("{url} answers {}", answer.status));
    }
    Ok(String::from_utf8_lossy(&answer.body).into_owned().into())
}

async fn ask(Peers { clients, outbound }: &Peers, caller: &Caller, question: &Asked) -> Result<Value, String> {
    let failed = |error: gennaker_clients::Error| format!("front50 answers: {}", error.message());
    match question {
        Asked::Url(url) => fetch(outbound, url).await,
        Asked::PipelineId { application, name } => {
            let pipelines = clients.front50.pipelines(caller, application).await.map_err(failed)?;
            let found = pipelines.into_iter().find(|pipeline| pipeline.name.as_ref() == Some(name));
            Ok(found.map_or(Value::Null, |pipeline| pipeline.id.into()))
        }
        Asked::Application(name) => {
            clients.front50.forward(caller, Call::get(&["v2", "applications", name])).await.map_err(failed)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUESTION: Question<'static> = Question::PipelineId { application: "shop", name: "deploy" };

    #[test]
    fn a_question_is_open_until_it_is_answered() {
        let mut answers = Answers::new(Timestamp::from_millis(7));
        assert!(answers.ask(&QUESTION).is_err());
        assert!(answers.ask(&Question::Application("shop")).is_err());
        let open = answers.take_open().expect("the first one");
        answers.add(open, Ok("p-1".into()));
        assert_eq!(answers.ask(&QUESTION), Ok("p-1".into()));
        assert_eq!(answers.take_open(), None);
    }

    #[test]
    fn what_cannot_be_asked_is_refused_and_not_open() {
        let mut answers = Answers::new(Timestamp::ZERO);
        assert!(answers.ask(&Question::CanaryConfigId { name: "c", application: "a" }).is_err());
        assert_eq!(answers.take_open(), None);
    }

    #[test]
    fn every_repetition_has_the_same_time_and_random_numbers() {
        let mut answers = Answers::new(Timestamp::from_millis(1234));
        let first = [answers.random(), answers.random()];
        answers.take_open();
        assert_eq!([answers.random(), answers.random()], first);
        assert_ne!(first[0], first[1]);
        assert_eq!(answers.now().as_millisecond(), 1234);
    }
}
