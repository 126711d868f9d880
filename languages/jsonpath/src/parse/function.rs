//! Reading what is given to a function. Source: Jayway's `PathCompiler.parseFunctionParameters`.

use super::{Fault, Reader, cursor::Cursor};
use crate::{lenient, syntax::Parameter};

#[derive(Clone, Copy)]
enum Type {
    Json,
    Path,
}

/// How many of each are open.
#[derive(Default)]
struct Open {
    parentheses: i32,
    brackets: i32,
    braces: i32,
    quotes: i32,
}

impl Reader<'_> {
    /// Everything up to the closing parenthesis: paths from `$` or `@` on, JSON from `{`, `"`, `-` or a digit on. What
    /// starts otherwise is left out, a comma within a string too.
    pub(super) fn parameters(&mut self, cursor: &mut Cursor<'_>) -> Result<Vec<Parameter>, Fault> {
        let mut parameters = Vec::new();
        let mut open = Open { parentheses: 1, ..Open::default() };
        let mut reading = None;
        let mut text = Vec::new();
        let mut start = cursor.position;
        let mut previous = 0;
        let mut ended = false;
        while cursor.in_bounds(cursor.position) && !ended {
            let byte = cursor.current()?;
            cursor.position += 1;
            if reading.is_none() {
                start = cursor.position - 1;
                reading = match byte {
                    b' ' | b'\t' | b'\r' | b'\n' => continue,
                    b'{' | b'0'..=b'9' | b'"' | b'-' => Some(Type::Json),
                    b'$' | b'@' => Some(Type::Path),
                    _ => None,
                };
            }
            match byte {
                b'"' if previous != b'\\' && open.quotes > 0 => open.quotes -= 1,
                b'"' => open.quotes += 1,
                b'(' => open.parentheses += 1,
                b'{' => open.braces += 1,
                b'[' => open.brackets += 1,
                b'}' | b']' => {
                    let count = if byte == b'}' { &mut open.braces } else { &mut open.brackets };
                    if *count == 0 {
                        return cursor.wrong(cursor.position - 1, "this bracket was not opened");
                    }
                    *count -= 1;
                }
                b')' | b',' => {
                    if byte == b')' {
                        open.parentheses -= 1;
                        if open.parentheses < 0 || previous == b'(' {
                            text.push(byte);
                        }
                    }
                    let ends = open.parentheses == 1 || (open.parentheses == 0 && byte == b')');
                    if ends && open.quotes == 0 && open.braces == 0 && open.brackets == 0 {
                        ended = open.parentheses == 0;
                        if let Some(reading) = reading.take() {
                            let text = String::from_utf8_lossy(&std::mem::take(&mut text)).into_owned();
                            parameters.push(self.parameter(reading, &text, cursor.column(start))?);
                        }
                    }
                }
                _ => {}
            }
            let separates = byte == b',' && open.braces == 0 && open.brackets == 0 && open.parentheses == 1;
            if reading.is_some() && !separates {
                text.push(byte);
            }
            previous = byte;
        }
        if open.braces != 0 || open.parentheses != 0 || open.brackets != 0 {
            return cursor.wrong(cursor.end(), "what is given to the function is not closed");
        }
        Ok(parameters)
    }

    fn parameter(&mut self, reading: Type, text: &str, base: usize) -> Result<Parameter, Fault> {
        match reading {
            Type::Json => Ok(Parameter::Json(lenient::parse(text))),
            Type::Path => {
                let path = self.steps(&mut Cursor::new(text, base))?;
                Ok(Parameter::path(path, self.next_token()?))
            }
        }
    }
}
