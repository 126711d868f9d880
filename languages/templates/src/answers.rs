//! What an expansion has to know of others.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use serde_json::Value;

/// Something to look up.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Question {
    /// The template at a source: `spinnaker://ID`, or a URL. Its answer is an object.
    Template(String),
    /// The id of the pipeline of that name. Its answer is a text.
    PipelineId {
        /// Its application.
        application: String,
        /// Its name.
        name: String,
    },
    /// The id of the custom strategy of that name. Its answer is a text.
    StrategyId {
        /// Its application.
        application: String,
        /// Its name.
        name: String,
    },
}

/// The answers that are known, and the first question without one.
#[derive(Debug, Default)]
pub struct Answers {
    known: BTreeMap<Question, Result<Value, String>>,
    open: Mutex<Option<Question>>,
}

impl Answers {
    /// Adds an answer, or why there is none.
    pub fn add(&mut self, question: Question, answer: Result<Value, String>) {
        self.known.insert(question, answer);
    }

    /// The question that the last expansion could not go on without: what it returned is not to be used.
    pub fn take_open(&self) -> Option<Question> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// How many answers there are.
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// Whether there is no answer.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    pub(crate) fn ask(&self, question: Question) -> Result<Value, String> {
        if let Some(answer) = self.known.get(&question) {
            return answer.clone();
        }
        self.open.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(question);
        Err("the answer is not there yet".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_question_without_an_answer_is_open() {
        let mut answers = Answers::default();
        let question = |source: &str| Question::Template(source.to_owned());
        assert!(answers.ask(question("a")).is_err());
        assert!(answers.ask(question("b")).is_err());
        let open = answers.take_open();
        assert_eq!(open, Some(question("a")));
        answers.add(question("a"), Ok(Value::Null));
        assert_eq!(answers.ask(question("a")), Ok(Value::Null));
        assert_eq!((answers.take_open(), answers.len()), (None, 1));
    }
}
