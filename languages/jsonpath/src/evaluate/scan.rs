//! `..`: applying a token all the way down a document. Source: Jayway's `ScanPathToken`.

use serde_json::Value;

use super::{Evaluation, Fault, Outcome, Trail};
use crate::syntax::Kind;

impl<'a> Evaluation<'_, 'a, '_> {
    /// Applies the token at `at` to a value and to all within it, down the document.
    pub(super) fn scan(&mut self, at: usize, trail: &Trail<'_>, reference: &Trail<'_>, model: &'a Value) -> Outcome {
        if !matches!(model, Value::Object(_) | Value::Array(_)) {
            return Ok(());
        }
        self.run.deeper()?;
        if self.is_scanned(at, model)? {
            match model {
                Value::Array(list) if !self.is_leaf(at) => self.pass_elements(at, trail, reference, list)?,
                _ => self.token(at, trail, reference, model)?,
            }
        }
        match model {
            Value::Object(map) => {
                for (name, value) in map {
                    let here = trail.property(name);
                    self.scan(at, &here, &here, value)?;
                }
            }
            Value::Array(list) => {
                for (index, value) in list.iter().enumerate() {
                    let here = trail.element(index, index as i32);
                    self.scan(at, &here, &here, value)?;
                }
            }
            _ => {}
        }
        self.run.depth -= 1;
        Ok(())
    }

    /// Whether the token at `at` is applied to a value that a scan meets.
    fn is_scanned(&mut self, at: usize, model: &'a Value) -> Outcome<bool> {
        let path = self.path;
        let Some(token) = path.tokens.get(at) else { return Err(Fault::Failed("the path ends in '..'".into())) };
        Ok(match (&token.kind, model) {
            (Kind::Property(names), Value::Object(map)) => {
                !token.kind.is_definite(self.is_leaf(at))
                    || (self.is_leaf(at) && self.options.default_path_leaf_to_null)
                    || names.iter().all(|name| map.contains_key(name))
            }
            (Kind::Index(_) | Kind::Slice(..), Value::Array(_)) | (Kind::Wildcard, _) => true,
            (Kind::Filter(_) | Kind::Placeholder(_), _) => return self.accepts(at, model),
            _ => false,
        })
    }

    /// Each element of an array that a scan meets goes to the token behind the one at `at`, whatever that one says.
    fn pass_elements(&mut self, at: usize, trail: &Trail<'_>, reference: &Trail<'_>, list: &'a [Value]) -> Outcome {
        let path = self.path;
        for (index, element) in list.iter().enumerate() {
            if let Some(next) = path.tokens.get(at + 1) {
                self.run.pass(next.slot, index);
            }
            let here = trail.element(index, index as i32);
            self.token(at + 1, &here, reference, element)?;
        }
        Ok(())
    }
}
