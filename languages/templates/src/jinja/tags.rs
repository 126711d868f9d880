//! Upstream's tags: `{% module ID name=value … %}`, `{% pipelineid application=a name=n %}`, `{% strategyid … %}`.
//!
//! Upstream: `ModuleTag`, `PipelineIdTag`, `StrategyIdTag`.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use minijinja::{Environment, Error, ErrorKind, State, Value};
use serde_json::Value as Json;

use super::{Renderer, Scope, source::TAG, value};
use crate::{
    Answers, Object, Question, java,
    problem::{Failure, Problem},
};

/// How deep modules may call each other.
const DEEPEST: usize = 20;
/// How many modules an expansion may call: modules that call two of their like would call without end.
const MOST_CALLS: usize = 1_000;

/// A part of a template that is rendered where it is called.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Module {
    pub(crate) id: String,
    pub(crate) usage: Option<String>,
    pub(crate) variables: Vec<Object>,
    pub(crate) definition: Json,
}

/// What the tags know.
#[derive(Clone, Default)]
pub(crate) struct Tags {
    pub(crate) answers: Arc<Answers>,
    /// The modules of the template; `None` where there is no template.
    pub(crate) modules: Option<Arc<[Module]>>,
    /// What the text of a module may name besides its own variables.
    pub(crate) scope: Scope,
    pub(crate) depth: usize,
    /// How many modules were called, by all that share it.
    pub(crate) calls: Arc<AtomicUsize>,
}

/// What a tag failed with.
#[derive(Debug, thiserror::Error)]
#[error("{text}")]
pub(super) struct TagFailure {
    text: String,
    pub(super) problems: Vec<Problem>,
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        let text = failure.text();
        let problems = match failure {
            Failure::Rendering { problems, .. } => problems,
            _ => Vec::new(),
        };
        Error::new(ErrorKind::InvalidOperation, text.clone()).with_source(TagFailure { text, problems })
    }
}

pub(super) fn add(environment: &mut Environment<'static>, tags: &Arc<Tags>) {
    let tags = tags.clone();
    environment.add_function(TAG, move |state: &State<'_, '_>, name: String, rest: String| {
        match name.as_str() {
            "module" => module(&tags, state, &rest),
            "pipelineid" => pipeline_id(&tags, state, &rest),
            _ => strategy_id(&tags, state, &rest),
        }
        .map(Value::from)
    });
}

fn wrong(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::SyntaxError, message.into())
}

fn module(tags: &Tags, state: &State<'_, '_>, rest: &str) -> Result<String, Error> {
    let words = joined(tokens(rest, false));
    let Some((id, pairs)) = words.split_first() else {
        return Err(wrong("Tag 'module' expects ID as first parameter: []"));
    };
    let modules = tags.modules.as_ref().ok_or_else(|| wrong("Pipeline template missing from jinja context"))?;
    let found = modules.iter().find(|module| module.id == *id);
    let found = found.ok_or_else(|| Error::from(missing(format!("Module does not exist by ID: {id}"))))?;
    if tags.depth >= DEEPEST {
        return Err(missing(format!("module {id}: modules call each other more than {DEEPEST} levels deep")).into());
    }
    if tags.calls.fetch_add(1, Ordering::Relaxed) >= MOST_CALLS {
        return Err(missing(format!("module {id}: more than {MOST_CALLS} modules are called")).into());
    }
    let mut scope = tags.scope.clone();
    scope.location = format!("module:{id}");
    let pairs = parameters("module", pairs)?;
    let source = format!("{{% module {rest} %}}");
    let mut unset = Vec::new();
    for variable in &found.variables {
        let name = variable.get("name").map(java::text).unwrap_or_else(|| "null".to_owned());
        let given = || pairs.get(&name).map(|text| resolve(state, text).unwrap_or_else(|| Value::from(text.as_str())));
        let default = || variable.get("defaultValue").filter(|value| !value.is_null()).map(value::engine);
        match resolve(state, &name).or_else(given).or_else(default) {
            Some(value) => scope.set(&name, &value::json(&value)?),
            None => unset.push(name),
        }
    }
    if !unset.is_empty() {
        let problem = Problem::new("Missing required variables in module").at(scope.location.as_str());
        let problem = problem.because(format!("'{}' must be defined", unset.join("', '"))).detail("source", source);
        return Err(Failure::rendering(problem, None).into());
    }
    let renderer = Renderer::new(Tags { depth: tags.depth + 1, ..tags.clone() });
    Ok(match renderer.deep(&found.definition, &scope)? {
        Json::String(text) => text,
        rendered => java::pretty(&rendered),
    })
}

fn missing(message: String) -> Failure {
    Failure::Rendering { message, problems: Vec::new() }
}

/// The value of an expression, `None` if it has none.
fn resolve(state: &State<'_, '_>, expression: &str) -> Option<Value> {
    let names = state.known_variables();
    let known = names.iter().filter_map(|name| Some((name.to_string(), state.lookup(name)?)));
    let known: BTreeMap<String, Value> = known.collect();
    let value = state.env().compile_expression(expression).ok()?.eval(known).ok()?;
    Some(value).filter(|value| !value.is_undefined() && !value.is_none())
}

fn pipeline_id(tags: &Tags, state: &State<'_, '_>, rest: &str) -> Result<String, Error> {
    let (application, name) = named("pipelineId", "pipeline", state, rest)?;
    let (of, called) = (application.clone(), name.clone());
    match tags.answers.ask(Question::PipelineId { application, name }) {
        Ok(Json::String(id)) => Ok(id),
        Ok(_) => {
            let message = format!("Failed to find pipeline ID with name '{called}' in application '{of}'");
            Err(Failure::rendering(Problem::new(message), None).into())
        }
        Err(problem) => Err(missing(problem).into()),
    }
}

fn strategy_id(tags: &Tags, state: &State<'_, '_>, rest: &str) -> Result<String, Error> {
    let (application, name) = named("strategyId", "strategy", state, rest)?;
    let (of, called) = (application.clone(), name.clone());
    match tags.answers.ask(Question::StrategyId { application, name }) {
        Ok(Json::String(id)) => Ok(id),
        Ok(_) => {
            let message = format!("Failed to find strategyId ID with name '{called}' in application '{of}'");
            Err(Failure::rendering(Problem::new(message), None).into())
        }
        Err(problem) => Err(missing(problem).into()),
    }
}

/// The application and the name that a tag gives: each a text, or a variable's name.
fn named(tag: &str, what: &str, state: &State<'_, '_>, rest: &str) -> Result<(String, String), Error> {
    let words = tokens(rest, true);
    if words.is_empty() {
        return Err(wrong(format!("Tag '{tag}' expects at least a {what} name: []")));
    }
    let pairs = parameters(tag, &words)?;
    let variable =
        |name: &str| state.lookup(name).and_then(|value| value::text(&value).ok()).filter(|text| !text.is_empty());
    let given = |field: &str| {
        let text = pairs.get(field).map(|text| unquoted(text).to_owned())?;
        Some(variable(&text).unwrap_or(text))
    };
    let application = given("application").or_else(|| variable("application")).unwrap_or_default();
    let name = given("name").ok_or_else(|| wrong(format!("Tag '{tag}' expects name=... of the {what}")))?;
    Ok((application, name))
}

fn unquoted(text: &str) -> &str {
    let text = text.strip_prefix(['"', '\'']).unwrap_or(text);
    text.strip_suffix(['"', '\'']).unwrap_or(text)
}

fn parameters(tag: &str, words: &[String]) -> Result<BTreeMap<String, String>, Error> {
    let pair = |word: &String| match word.split('=').collect::<Vec<_>>()[..] {
        [name, value] => Ok((name.to_owned(), value.to_owned())),
        _ => Err(wrong(format!("Tag '{tag}' expects parameters to be in a 'key=value' format: {word}"))),
    };
    words.iter().map(pair).collect()
}

/// The words of a tag: separated by white space, and commas if `by_comma`, outside of quotes, which stay.
fn tokens(text: &str, by_comma: bool) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    let mut escaped = false;
    for letter in text.chars() {
        match quote {
            Some(open) if letter == open && !escaped => quote = None,
            None if matches!(letter, '"' | '\'') && !escaped => quote = Some(letter),
            _ => {}
        }
        escaped = letter == '\\' && !escaped;
        if quote.is_none() && (letter.is_whitespace() || by_comma && letter == ',') {
            words.push(String::new());
        } else if let Some(word) = words.last_mut() {
            word.push(letter);
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// White space around `=` and before a value is taken out, and the comma behind it.
fn joined(words: Vec<String>) -> Vec<String> {
    let mut words = words.into_iter();
    let mut out: Vec<String> = words.next().into_iter().collect();
    let mut buffer = String::new();
    for word in words {
        if word.contains('=') && !word.starts_with('=') {
            if !buffer.is_empty() {
                out.push(std::mem::take(&mut buffer));
            }
            out.push(word);
            continue;
        }
        let takes = out.len() > 1 && out.last().is_some_and(|last| last.contains('=') && !last.ends_with(','));
        if takes && let Some(last) = out.pop() {
            buffer.push_str(&last);
        }
        buffer.push_str(&word);
    }
    if !buffer.is_empty() {
        out.push(buffer);
    }
    out.into_iter().map(|word| word.strip_suffix(',').unwrap_or(&word).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_keep_their_quotes_and_lose_their_commas() {
        let words = |text: &str| joined(tokens(text, false));
        assert_eq!(words("m a=1 b='x y'"), ["m", "a=1", "b='x y'"]);
        assert_eq!(words("m a=1, b=2"), ["m", "a=1", "b=2"]);
        assert_eq!(words("m a= 1, b=2"), ["m", "a=1", "b=2"]);
        assert_eq!(words("m a = 1"), ["m", "a=1"]);
        assert_eq!(tokens("application=a,name='b, c'", true), ["application=a", "name='b, c'"]);
    }
}
