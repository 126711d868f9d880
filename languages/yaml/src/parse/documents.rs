//! The starts of documents, with their directives.

use super::{Event, Parser, State};
use crate::scan::{Result, Token, syntax};

impl Parser<'_> {
    pub(super) fn document_start(&mut self) -> Result<Event> {
        while matches!(self.scanner.peek()?.token, Token::DocumentEnd) {
            self.scanner.skip();
        }
        if !matches!(self.scanner.peek()?.token, Token::StreamEnd) {
            self.scanner.start_document();
            let at = self.scanner.peek()?.at;
            self.directives()?;
            match self.scanner.peek()?.token {
                Token::StreamEnd => {}
                Token::DocumentStart => {
                    self.scanner.skip();
                    self.states.push(State::DocumentEnd);
                    self.state = State::DocumentContent;
                    self.at = at;
                    return Ok(Event::DocumentStart);
                }
                _ => {
                    let advice =
                        "start a further document with `---`, or indent the line if it belongs to the value above";
                    return self.refuse("the document is over", advice);
                }
            }
        }
        self.state = State::End;
        let event = self.here(Event::StreamEnd)?;
        self.scanner.skip();
        Ok(event)
    }

    fn directives(&mut self) -> Result<()> {
        self.handles.retain(|(handle, _)| !matches!(*handle, "!" | "!!"));
        let mut versions = 0;
        loop {
            if !matches!(self.scanner.peek()?.token, Token::Version(_) | Token::TagHandle(..) | Token::Directive) {
                return Ok(());
            }
            let directive = self.scanner.peek()?;
            self.scanner.skip();
            let refuse = |problem, advice| Err(syntax(self.scanner.text(), directive.at, problem, advice));
            match directive.token {
                Token::Version(major) => {
                    versions += 1;
                    if versions > 1 {
                        return refuse("`%YAML` stands twice", "remove one");
                    }
                    if major != 1 {
                        return refuse("the version of YAML is not 1", "write `%YAML 1.1`, or remove the line");
                    }
                }
                Token::TagHandle(declared) => {
                    let (handle, prefix) = self.scanner.tag(declared);
                    let handle = handle.unwrap_or_default();
                    if self.handles.iter().any(|(known, _)| *known == handle) {
                        return refuse("the handle of `%TAG` is declared already", "use another handle");
                    }
                    self.handles.push((handle, prefix));
                }
                _ => {}
            }
        }
    }
}
