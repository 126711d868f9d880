//! What a value can start with: a literal, a bracket, a type, a constructor, a name.

use std::rc::Rc;

use super::{Parsed, Parser, syntax};
use crate::{
    Error, Value,
    class::{Class, Element, Primitive},
    syntax::{Node, Part},
    token::{Kind, Token},
};

impl Parser<'_> {
    pub(super) fn start(&mut self) -> Parsed {
        let Some(token) = self.peek() else { return Ok(None) };
        let literal = |value| Ok(Some(Node { at: token.start, part: Part::Literal(value) }));
        match token.kind {
            Kind::Int | Kind::Long | Kind::HexInt | Kind::HexLong | Kind::Double | Kind::Float | Kind::String => {
                self.next += 1;
                literal(self.literal(token)?)
            }
            Kind::LeftParen => {
                self.next += 1;
                let inner = self.expression()?.ok_or_else(|| self.missing(token, "after"))?;
                self.expect(Kind::RightParen, "')'")?;
                Ok(Some(inner))
            }
            Kind::Identifier if self.is_word(token, "true") => {
                self.next += 1;
                literal(Value::Boolean(true))
            }
            Kind::Identifier if self.is_word(token, "false") => {
                self.next += 1;
                literal(Value::Boolean(false))
            }
            Kind::Identifier if self.is_word(token, "null") => {
                self.next += 1;
                literal(Value::Null)
            }
            Kind::Identifier if self.source(token) == "T" => self.type_reference(),
            Kind::Identifier if self.is_word(token, "new") => self.constructor(),
            // 'not' never gets here: it is an operator first.
            _ if self.names(token) => self.name(false).map(Some),
            Kind::Hash => self.variable().map(Some),
            Kind::At | Kind::Ampersand => self.bean().map(Some),
            Kind::Project => self.projection(false).map(Some),
            Kind::Select | Kind::SelectFirst | Kind::SelectLast => self.selection(false).map(Some),
            Kind::LeftSquare => self.index(false).map(Some),
            Kind::LeftCurly => self.list_or_map().map(Some),
            _ => Ok(None),
        }
    }

    fn literal(&self, token: Token) -> Result<Value<'static>, Error> {
        let source = self.source(token);
        let unfit = |what: &str| syntax(token.start, format!("'{source}' does not fit {what}"));
        Ok(match token.kind {
            Kind::Int => Value::Integer(source.parse().map_err(|_| unfit("an int; a long ends in 'L'"))?),
            Kind::Long => Value::Long(source[..source.len() - 1].parse().map_err(|_| unfit("a long"))?),
            Kind::HexInt => Value::Integer(i32::from_str_radix(&source[2..], 16).map_err(|_| unfit("an int"))?),
            Kind::HexLong => {
                let digits = &source[2..source.len() - 1];
                Value::Long(i64::from_str_radix(digits, 16).map_err(|_| unfit("a long"))?)
            }
            Kind::Double => Value::Double(source.trim_end_matches(['d', 'D']).parse().map_err(|_| unfit("a double"))?),
            Kind::Float => Value::Float(source.trim_end_matches(['f', 'F']).parse().map_err(|_| unfit("a float"))?),
            _ => {
                let quote = &source[..1];
                let inner = &source[1..source.len() - 1];
                Value::text(inner.replace(&quote.repeat(2), quote))
            }
        })
    }

    /// `T(java.time.Instant)`; `[T]` is a key.
    fn type_reference(&mut self) -> Parsed {
        let token = self.take();
        if self.peek().is_some_and(|next| next.kind == Kind::RightSquare) {
            return Ok(Some(Node { at: token.start, part: Part::Property { name: "T".into(), safe: false } }));
        }
        self.expect(Kind::LeftParen, "'(' and the name of a type after 'T'")?;
        let name = self.qualified()?;
        let mut dimensions = 0;
        while self.peek().is_some_and(|next| next.kind == Kind::LeftSquare) {
            self.next += 1;
            self.expect(Kind::RightSquare, "']'")?;
            dimensions += 1;
        }
        self.expect(Kind::RightParen, "')'")?;
        Ok(Some(Node { at: token.start, part: Part::Type { name, dimensions } }))
    }

    /// Names with points between them.
    fn qualified(&mut self) -> Result<Rc<str>, Error> {
        let mut parts = Vec::new();
        while let Some(token) = self.peek() {
            let source = self.source(token);
            match token.kind {
                Kind::Dot => {}
                Kind::String => break,
                _ if source.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '$') => parts.push(source),
                _ => break,
            }
            self.next += 1;
        }
        match (parts.is_empty(), self.peek()) {
            (false, _) => Ok(parts.join(".").into()),
            (true, None) => Err(syntax(self.text.len(), "the expression ends where the name of a type is missing")),
            (true, Some(token)) => {
                Err(syntax(token.start, format!("the name of a type is missing before '{}'", self.source(token))))
            }
        }
    }

    /// `new java.util.Date(0)`, `new int[2]`, `new int[]{1, 2}`; `[new]` is a key.
    fn constructor(&mut self) -> Parsed {
        let token = self.take();
        let node = |part| Ok(Some(Node { at: token.start, part }));
        if self.peek().is_some_and(|next| next.kind == Kind::RightSquare) {
            return node(Part::Property { name: self.source(token).into(), safe: false });
        }
        let name = self.qualified()?;
        if self.peek().is_none_or(|next| next.kind != Kind::LeftSquare) {
            return match self.arguments()? {
                Some(arguments) => node(Part::New { name, arguments }),
                None => Err(syntax(token.start, format!("'(' and arguments are missing after 'new {name}'"))),
            };
        }
        let mut sizes = Vec::new();
        while self.peek().is_some_and(|next| next.kind == Kind::LeftSquare) {
            self.next += 1;
            let empty = self.peek().is_some_and(|next| next.kind == Kind::RightSquare);
            sizes.push(if empty { None } else { self.expression()? });
            self.expect(Kind::RightSquare, "']'")?;
        }
        let items = match self.peek() {
            Some(open) if open.kind == Kind::LeftCurly => match self.list_or_map()?.part {
                Part::List(items) => Some(items),
                _ => return Err(syntax(open.start, "an array is filled from a list: {1, 2}")),
            },
            _ => None,
        };
        node(Part::NewArray { element: element(&name), name, sizes, items })
    }

    fn bean(&mut self) -> Result<Node, Error> {
        let sign = self.take();
        match self.peek() {
            Some(token) if self.names(token) || token.kind == Kind::String => {
                self.next += 1;
                Ok(Node { at: sign.start, part: Part::Bean(self.source(token).into()) })
            }
            _ => Err(syntax(sign.start, "the name of a bean is missing")),
        }
    }

    /// `{}`, `{1, 2}`, `{:}`, `{a: 1, 'b': 2}`.
    fn list_or_map(&mut self) -> Result<Node, Error> {
        let open = self.take();
        let node = |part| Ok(Node { at: open.start, part });
        match self.peek().map(|token| token.kind) {
            Some(Kind::RightCurly) => {
                self.next += 1;
                return node(Part::List(Vec::new()));
            }
            Some(Kind::Colon) => {
                self.next += 1;
                self.expect(Kind::RightCurly, "'}'")?;
                return node(Part::Map(Vec::new()));
            }
            _ => {}
        }
        let first = self.element()?;
        match self.peek() {
            Some(token) if token.kind == Kind::Colon => {
                self.next += 1;
                let mut entries = vec![(first, self.element()?)];
                while self.peek().is_some_and(|token| token.kind == Kind::Comma) {
                    self.next += 1;
                    let key = self.element()?;
                    self.expect(Kind::Colon, "':' and a value")?;
                    entries.push((key, self.element()?));
                }
                self.expect(Kind::RightCurly, "',' or '}'")?;
                node(Part::Map(entries))
            }
            _ => {
                let mut items = vec![first];
                while self.peek().is_some_and(|token| token.kind == Kind::Comma) {
                    self.next += 1;
                    items.push(self.element()?);
                }
                self.expect(Kind::RightCurly, "',' or '}'")?;
                node(Part::List(items))
            }
        }
    }

    fn element(&mut self) -> Result<Node, Error> {
        let at = self.peek().map_or(self.text.len(), |token| token.start);
        match self.expression()? {
            Some(node) => Ok(node),
            None if self.peek().is_none() => Err(syntax(at, "the expression ends inside '{'")),
            None => Err(syntax(at, "an element is missing here")),
        }
    }
}

/// The elements of an array of that name, if they are known here.
fn element(name: &str) -> Option<Element> {
    match Primitive::named(name) {
        Some(primitive) => Some(Element::Primitive(primitive)),
        None => Class::NAMEABLE
            .iter()
            .find(|class| class.name() == name || class.name().strip_prefix("java.lang.") == Some(name))
            .map(|class| Element::Class(*class)),
    }
}
