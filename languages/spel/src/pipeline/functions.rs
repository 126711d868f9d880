//! The execution as an argument that nobody writes.
//!
//! The original puts it into the text of an expression before it is parsed: `#stage('x')` becomes
//! `#stage( #root.execution, 'x')`, and the word `deployedServerGroups` a call (`PipelineExpressionEvaluator`,
//! `includeExecutionParameter`). That text is what its summaries name, so it is done in the same way.

use std::{borrow::Cow, ops::Deref};

use crate::{Error, functions};

const ARGUMENT: &str = "( #root.execution, ";
const ALIAS: &str = "deployedServerGroups";

/// A text to be parsed, and where something was put into it.
pub(super) struct Prepared<'t> {
    original: &'t str,
    text: Cow<'t, str>,
    /// The offset in `text`, and how many bytes were put there.
    put: Vec<(usize, usize)>,
}

impl Deref for Prepared<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl Prepared<'_> {
    /// The error, with its offset as a column of the original text.
    pub(super) fn locate(&self, error: Error) -> Error {
        let before = self.put.iter().map(|(at, length)| error.column.saturating_sub(*at).min(*length)).sum::<usize>();
        if error.is_placed() {
            Error { column: error.column - before, ..error }.located(self.original)
        } else {
            error.located("")
        }
    }
}

/// The text with the execution put in.
pub(super) fn prepare(original: &str) -> Prepared<'_> {
    let mut prepared = Prepared { original, text: Cow::Borrowed(original), put: Vec::new() };
    if original.contains('#') {
        for name in functions::about_executions() {
            if mentions(&prepared.text, name, false) && !mentions(&prepared.text, name, true) {
                let call = format!("#{name}(");
                prepared.replace(&call, &format!("#{name}{ARGUMENT}"), call.len());
            }
        }
    }
    if prepared.text.contains(ALIAS) && !mentions(&prepared.text, ALIAS, true) {
        prepared.replace(ALIAS, &format!("#{ALIAS}( #root.execution)"), 0);
    }
    prepared
}

/// Whether a function is named, with its execution or anyhow.
fn mentions(text: &str, name: &str, with_execution: bool) -> bool {
    let mut rest = text;
    while let Some(at) = rest.find(name) {
        let after = &rest[at + name.len()..];
        if rest[..at].ends_with('#') && (!with_execution || after.starts_with(ARGUMENT)) {
            return true;
        }
        rest = after;
    }
    false
}

impl Prepared<'_> {
    /// Replaces every occurrence; what is new in it stands after its first `kept` bytes.
    fn replace(&mut self, from: &str, to: &str, kept: usize) {
        let grown = to.len() - from.len();
        let mut text = String::with_capacity(self.text.len() + grown);
        let mut rest = &*self.text;
        let mut put = Vec::new();
        while let Some(at) = rest.find(from) {
            text.push_str(&rest[..at]);
            put.push((text.len() + kept, grown));
            text.push_str(to);
            rest = &rest[at + from.len()..];
        }
        text.push_str(rest);
        // What was put in before has moved.
        for (at, _) in &mut self.put {
            *at += put.partition_point(|(own, _)| own <= at) * grown;
        }
        self.put.extend(put);
        self.text = Cow::Owned(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_execution_is_put_in_front_of_the_arguments() {
        assert_eq!(&*prepare("${#stage('a').status}"), "${#stage( #root.execution, 'a').status}");
        assert_eq!(&*prepare("${#deployedServerGroups()}"), "${#deployedServerGroups( #root.execution, )}");
        assert_eq!(&*prepare("${deployedServerGroups[0]}"), "${#deployedServerGroups( #root.execution)[0]}");
        assert_eq!(&*prepare("${#stageExists('a')}"), "${#stageExists( #root.execution, 'a')}");
    }

    #[test]
    fn what_names_it_already_or_needs_none_stays() {
        for text in ["${#stage( #root.execution, 'a')}", "${#toJson(a)}", "${stage}", "#", "${#currentUser()}"] {
            assert_eq!(&*prepare(text), text);
        }
    }

    #[test]
    fn columns_count_in_what_was_written() {
        let prepared = prepare("${#stage('a').b + #stage('c').d}");
        let column = |needle: &str| {
            let error = Error::at(crate::Kind::Syntax, prepared.find(needle).unwrap(), "");
            prepared.locate(error).column
        };
        assert_eq!(column("'a'"), 10);
        assert_eq!(column(".b"), 14);
        assert_eq!(column("#stage( #root.execution, 'c'"), 19);
        assert_eq!(column(".d"), 30);
    }
}
