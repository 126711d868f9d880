//! The grammar, as Spring's `InternalSpelExpressionParser` reads it.
//!
//! Its oddities are kept: what follows an operator that is written as a word decides whether it is a name; a list may end
//! in a comma only between arguments; `? :` and `?:` bind weaker than everything but `=`.

mod operators;
mod start;

use std::rc::Rc;

use self::operators::Level;
use crate::{
    Error, Limits,
    error::Kind as ErrorKind,
    syntax::{Node, Part, Which},
    token::{Kind, Token, tokens},
};

/// The expression that a text is. Offsets in it and in errors are bytes.
///
/// # Errors
/// It is none, or longer or deeper than the limits.
pub(crate) fn parse(text: &str, limits: &Limits) -> Result<Node, Error> {
    if text.len() > limits.length && text.chars().count() > limits.length {
        return Err(Error::limit(format!("the expression is longer than {} characters", limits.length)));
    }
    let mut parser = Parser { text, tokens: tokens(text)?, next: 0, depth: 0, most: limits.depth };
    let expression = parser.expression()?.ok_or_else(|| parser.ended())?;
    match parser.peek() {
        None => Ok(expression),
        Some(token) => Err(syntax(token.start, format!("the expression ends before '{}'", parser.shown(token)))),
    }
}

fn syntax(offset: usize, message: impl Into<String>) -> Error {
    Error::at(ErrorKind::Syntax, offset, message)
}

struct Parser<'t> {
    text: &'t str,
    tokens: Vec<Token>,
    next: usize,
    depth: usize,
    most: usize,
}

type Parsed = Result<Option<Node>, Error>;

impl<'t> Parser<'t> {
    fn expression(&mut self) -> Parsed {
        self.deeper(|parser| {
            let first = parser.operators(Level::Or)?;
            let Some(token) = parser.peek() else { return Ok(first) };
            let or_null = |node: Option<Node>| node.unwrap_or(null(token.start));
            Ok(match token.kind {
                Kind::Assign => {
                    parser.next += 1;
                    let value = parser.operators(Level::Or)?.ok_or_else(|| parser.missing(token, "after"))?;
                    Some(Node { at: token.start, part: Part::Assign(Box::new((or_null(first), value))) })
                }
                Kind::Elvis => {
                    parser.next += 1;
                    let other = parser.expression()?;
                    Some(Node { at: token.start, part: Part::Elvis(Box::new((or_null(first), or_null(other)))) })
                }
                Kind::Question => {
                    parser.next += 1;
                    let yes = parser.expression()?.ok_or_else(|| parser.missing(token, "after"))?;
                    let colon = parser.expect(Kind::Colon, "':' and what to take otherwise")?;
                    let no = parser.expression()?.ok_or_else(|| parser.missing(colon, "after"))?;
                    Some(Node { at: token.start, part: Part::Ternary(Box::new((or_null(first), yes, no))) })
                }
                _ => first,
            })
        })
    }

    fn unary(&mut self) -> Parsed {
        let Some(token) = self.peek() else { return Ok(None) };
        let part: fn(Box<Node>) -> Part = match token.kind {
            Kind::Not => Part::Not,
            Kind::Plus => Part::Plus,
            Kind::Minus => Part::Minus,
            Kind::Increment => |of| Part::Step { before: true, up: true, of },
            Kind::Decrement => |of| Part::Step { before: true, up: false, of },
            _ => return self.primary(),
        };
        self.next += 1;
        let operand = self.deeper(Self::unary)?.ok_or_else(|| self.missing(token, "after"))?;
        Ok(Some(Node { at: token.start, part: part(Box::new(operand)) }))
    }

    fn primary(&mut self) -> Parsed {
        let Some(start) = self.start()? else { return Ok(None) };
        let mut steps = Vec::new();
        while let Some(step) = self.step()? {
            steps.push(step);
        }
        Ok(Some(if steps.is_empty() { start } else { Node { at: start.at, part: Part::Path(Box::new(start), steps) } }))
    }

    /// What follows a value: `.name`, `.name(...)`, `[...]`, `.?[...]`, `.![...]`.
    fn step(&mut self) -> Parsed {
        let Some(token) = self.peek() else { return Ok(None) };
        let safe = match token.kind {
            Kind::LeftSquare => return self.index(false).map(Some),
            Kind::Dot => false,
            Kind::SafeNavigation => true,
            _ => return Ok(None),
        };
        self.next += 1;
        let Some(after) = self.peek() else {
            return Err(syntax(token.start, "the name of a property or method is missing after the '.'"));
        };
        match after.kind {
            _ if self.names(after) => self.name(safe).map(Some),
            Kind::Hash => self.variable().map(Some),
            Kind::Project => self.projection(safe).map(Some),
            Kind::Select | Kind::SelectFirst | Kind::SelectLast => self.selection(safe).map(Some),
            Kind::LeftSquare => self.index(safe).map(Some),
            _ => {
                let found = self.shown(after);
                Err(syntax(after.start, format!("the name of a property or method is missing before '{found}'")))
            }
        }
    }

    fn index(&mut self, safe: bool) -> Result<Node, Error> {
        let open = self.take();
        let index = self.expression()?.ok_or_else(|| self.missing(open, "after"))?;
        self.expect(Kind::RightSquare, "']'")?;
        Ok(Node { at: open.start, part: Part::Index { index: Box::new(index), safe } })
    }

    fn projection(&mut self, safe: bool) -> Result<Node, Error> {
        let open = self.take();
        let of = self.expression()?.ok_or_else(|| self.missing(open, "after"))?;
        self.expect(Kind::RightSquare, "']'")?;
        Ok(Node { at: open.start, part: Part::Project { of: Box::new(of), safe } })
    }

    fn selection(&mut self, safe: bool) -> Result<Node, Error> {
        let open = self.take();
        let which = match open.kind {
            Kind::SelectFirst => Which::First,
            Kind::SelectLast => Which::Last,
            _ => Which::All,
        };
        let condition = self.expression()?.ok_or_else(|| self.missing(open, "after"))?;
        self.expect(Kind::RightSquare, "']'")?;
        Ok(Node { at: open.start, part: Part::Select { which, condition: Box::new(condition), safe } })
    }

    /// `#name` or `#name(...)`.
    fn variable(&mut self) -> Result<Node, Error> {
        let hash = self.take();
        let token = self.expect(Kind::Identifier, "the name of a variable or function")?;
        let name: Rc<str> = self.source(token).into();
        let part = match self.arguments()? {
            None => Part::Variable(name),
            Some(arguments) => Part::Function { name, arguments },
        };
        Ok(Node { at: hash.start, part })
    }

    /// A property or method.
    fn name(&mut self, safe: bool) -> Result<Node, Error> {
        let token = self.take();
        let name: Rc<str> = self.source(token).into();
        let part = match self.arguments()? {
            None => Part::Property { name, safe },
            Some(arguments) => Part::Method { name, safe, arguments },
        };
        Ok(Node { at: token.start, part })
    }

    /// Those between parentheses, if one opens here.
    fn arguments(&mut self) -> Result<Option<Vec<Node>>, Error> {
        let Some(open) = self.peek().filter(|token| token.kind == Kind::LeftParen) else { return Ok(None) };
        let mut arguments = Vec::new();
        loop {
            // The parenthesis first, then each comma.
            let token = self.take();
            match self.peek() {
                None => return Err(syntax(open.start, "this '(' is not closed")),
                Some(next) if next.kind == Kind::RightParen => {}
                Some(_) => arguments.push(self.expression()?.ok_or_else(|| self.missing(token, "after"))?),
            }
            match self.peek() {
                None => return Err(syntax(open.start, "this '(' is not closed")),
                Some(next) if next.kind == Kind::Comma => {}
                Some(_) => break,
            }
        }
        self.expect(Kind::RightParen, "',' or ')'")?;
        Ok(Some(arguments))
    }

    fn deeper<T>(&mut self, inner: impl FnOnce(&mut Self) -> Result<T, Error>) -> Result<T, Error> {
        if self.depth == self.most {
            return Err(Error::limit(format!("the expression nests deeper than {} levels", self.most)));
        }
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        result
    }

    fn peek(&self) -> Option<Token> {
        self.tokens.get(self.next).copied()
    }

    /// The next token, which is known to be there.
    fn take(&mut self) -> Token {
        let end = self.text.len();
        let token = self.peek().unwrap_or(Token { kind: Kind::Dot, start: end, end });
        self.next += 1;
        token
    }

    fn expect(&mut self, kind: Kind, what: &str) -> Result<Token, Error> {
        match self.peek() {
            None => Err(syntax(self.text.len(), format!("the expression ends where {what} is missing"))),
            Some(token) if token.kind == kind => {
                self.next += 1;
                Ok(token)
            }
            Some(token) => Err(syntax(token.start, format!("{what} is missing before '{}'", self.shown(token)))),
        }
    }

    fn source(&self, token: Token) -> &'t str {
        &self.text[token.start..token.end]
    }

    fn shown(&self, token: Token) -> &'t str {
        self.source(token)
    }

    fn is_word(&self, token: Token, word: &str) -> bool {
        token.kind == Kind::Identifier && self.source(token).eq_ignore_ascii_case(word)
    }

    /// Whether it can be a name: an identifier, or an operator that is written as a word.
    fn names(&self, token: Token) -> bool {
        token.kind == Kind::Identifier || self.text.as_bytes()[token.start].is_ascii_alphabetic()
    }

    fn missing(&self, token: Token, side: &str) -> Error {
        syntax(token.start, format!("something is missing {side} '{}'", self.shown(token)))
    }

    fn ended(&self) -> Error {
        match self.tokens.first() {
            None => syntax(0, "there is no expression"),
            Some(token) => syntax(token.start, format!("an expression cannot begin with '{}'", self.shown(*token))),
        }
    }
}

fn null(at: usize) -> Node {
    Node { at, part: Part::Literal(crate::Value::Null) }
}
