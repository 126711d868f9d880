//! One evaluation, and the answers that it works with.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    hash::{BuildHasher as _, RandomState},
};

use gennaker_spel::{
    Error, Host, Question,
    pipeline::{self, Options},
};
use jiff::Timestamp;
use serde_json::Value;

use super::{subject::Subject, template::Template};

/// What came of an expression.
#[derive(Debug, PartialEq)]
pub(super) enum Outcome {
    /// It has this value.
    Value(Value),
    /// It is `null`.
    Null,
    /// It refers to what is not there.
    Unknown(Error),
    /// It is no expression, or its evaluation failed.
    Failed {
        /// Why.
        error: Error,
        /// What it refers to that is not there, which need not be the reason.
        unknown: Option<Error>,
    },
}

/// Evaluates the template; with `strict`, a key that is not there is a failure.
pub(super) fn evaluate(template: &Template<'_>, subject: &Subject, answers: &Answers, strict: bool) -> Outcome {
    let context = subject.context();
    let evaluate = |allow_unknown_keys: bool| {
        answers.begin();
        let options = Options { allow_unknown_keys, ..Options::default() };
        pipeline::evaluate(&template.text, &context, answers, &options)
    };
    match evaluate(!strict) {
        Ok(Some(value)) => Outcome::Value(value),
        Ok(None) if strict => Outcome::Null,
        // Which of both it is comes out when the key has to be there.
        Ok(None) => evaluate(false).map_or_else(Outcome::Unknown, |_| Outcome::Null),
        Err(error) if strict => Outcome::Failed { error, unknown: None },
        Err(error) => {
            let unknown = evaluate(false).err().filter(|unknown| *unknown != error);
            Outcome::Failed { error, unknown }
        }
    }
}

/// The outside of an evaluation. It says the same however often it is asked, so that an evaluation can be repeated with one more
/// answer.
#[derive(Debug)]
pub(super) struct Answers {
    allow_fetch: bool,
    now: Timestamp,
    chance: RandomState,
    drawn: Cell<u64>,
    /// What is at an address, or why nobody knows.
    fetched: HashMap<String, Result<String, String>>,
    /// The address that an evaluation stopped at.
    wanted: RefCell<Option<String>>,
}

impl Answers {
    /// No answers yet. Without `allow_fetch` no address is ever wanted.
    pub(super) fn new(allow_fetch: bool, now: Timestamp, chance: RandomState) -> Self {
        let fetched = HashMap::new();
        Answers { allow_fetch, now, chance, drawn: Cell::new(0), fetched, wanted: RefCell::new(None) }
    }

    /// The address that the last evaluation needs.
    pub(super) fn wanted(&self) -> Option<String> {
        self.wanted.take()
    }

    /// Says what is at an address, or why nobody knows.
    pub(super) fn give(&mut self, url: String, answer: Result<String, String>) {
        self.fetched.insert(url, answer);
    }

    fn begin(&self) {
        self.drawn.set(0);
    }
}

impl Host for Answers {
    fn ask(&self, question: &Question<'_>) -> Result<Value, String> {
        match question {
            Question::Url(_) if !self.allow_fetch => {
                Err("not available here; --allow-fetch lets it be fetched".to_owned())
            }
            Question::Url(url) => match self.fetched.get(*url) {
                Some(answer) => answer.clone().map(Value::String),
                None => {
                    self.wanted.replace(Some((*url).to_owned()));
                    Err("it has still to be fetched".to_owned())
                }
            },
            Question::PipelineId { .. } | Question::Application(_) | Question::CanaryConfigId { .. } => {
                Err("not available here: other services are not asked".to_owned())
            }
        }
    }

    fn now(&self) -> Timestamp {
        self.now
    }

    fn random(&self) -> u64 {
        let drawn = self.drawn.get();
        self.drawn.set(drawn + 1);
        self.chance.hash_one(drawn)
    }
}
