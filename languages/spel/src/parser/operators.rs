//! Operators between operands, by how tightly they bind (precedence climbing).

use super::{Parsed, Parser};
use crate::{
    syntax::{Arithmetic, Comparison, Node, Part},
    token::{Kind, Token},
};

/// How tightly operators bind, loosest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    Or,
    And,
    Relation,
    Sum,
    Product,
    Power,
}

impl Level {
    /// The next tighter one.
    fn above(self) -> Option<Self> {
        match self {
            Level::Or => Some(Level::And),
            Level::And => Some(Level::Relation),
            Level::Relation => Some(Level::Sum),
            Level::Sum => Some(Level::Product),
            Level::Product => Some(Level::Power),
            Level::Power => None,
        }
    }
}

/// What stands between two operands, or after one.
#[derive(Debug, Clone, Copy)]
enum Operator {
    Or,
    And,
    Compare(Comparison),
    InstanceOf,
    Matches,
    Between,
    Arithmetic(Arithmetic),
    Step { up: bool },
}

impl Operator {
    fn level(self) -> Level {
        match self {
            Operator::Or => Level::Or,
            Operator::And => Level::And,
            Operator::Compare(_) | Operator::InstanceOf | Operator::Matches | Operator::Between => Level::Relation,
            Operator::Arithmetic(Arithmetic::Add | Arithmetic::Subtract) => Level::Sum,
            Operator::Arithmetic(Arithmetic::Multiply | Arithmetic::Divide | Arithmetic::Modulus) => Level::Product,
            Operator::Arithmetic(Arithmetic::Power) | Operator::Step { .. } => Level::Power,
        }
    }
}

/// Two operands as one part; a chain that is already there grows instead.
fn joined(left: Node, operator: Operator, at: usize, right: Node) -> Node {
    let (start, part) = (left.at, left.part);
    match (operator, part) {
        (Operator::Or, Part::Or(mut operands)) => {
            operands.push(right);
            Node { at: start, part: Part::Or(operands) }
        }
        (Operator::And, Part::And(mut operands)) => {
            operands.push(right);
            Node { at: start, part: Part::And(operands) }
        }
        (Operator::Arithmetic(operator), Part::Arithmetic(first, mut rest)) => {
            rest.push((operator, at, right));
            Node { at: start, part: Part::Arithmetic(first, rest) }
        }
        (operator, part) => {
            let left = Node { at: start, part };
            let pair =
                |part: fn(Box<(Node, Node)>) -> Part, left, right| Node { at, part: part(Box::new((left, right))) };
            match operator {
                Operator::Or => Node { at: start, part: Part::Or(vec![left, right]) },
                Operator::And => Node { at: start, part: Part::And(vec![left, right]) },
                Operator::Arithmetic(operator) => {
                    Node { at: start, part: Part::Arithmetic(Box::new(left), vec![(operator, at, right)]) }
                }
                Operator::Compare(comparison) => Node { at, part: Part::Compare(comparison, Box::new((left, right))) },
                Operator::InstanceOf => pair(Part::InstanceOf, left, right),
                Operator::Matches => pair(Part::Matches, left, right),
                Operator::Between => pair(Part::Between, left, right),
                // Has no second operand; its caller makes it.
                Operator::Step { up } => Node { at, part: Part::Step { before: false, up, of: Box::new(left) } },
            }
        }
    }
}

impl Parser<'_> {
    /// Operands and the operators between them that bind at least as tightly as `level`.
    ///
    /// One function for all levels (precedence climbing): a bracket nests no deeper on the stack than it must.
    pub(super) fn operators(&mut self, level: Level) -> Parsed {
        let mut left = self.unary()?;
        let mut tightest = Level::Power;
        while let Some((token, operator)) = self.operator().filter(|(_, operator)| {
            let own = operator.level();
            own >= level && own <= tightest
        }) {
            let own = operator.level();
            let first = left.take().ok_or_else(|| self.missing(token, "before"))?;
            self.next += 1;
            if let Operator::Step { up } = operator {
                let part = Part::Step { before: false, up, of: Box::new(first) };
                left = Some(Node { at: token.start, part });
                tightest = Level::Product;
                continue;
            }
            let right = match own.above() {
                Some(above) => self.operators(above)?,
                None => self.unary()?,
            };
            let right = right.ok_or_else(|| self.missing(token, "after"))?;
            left = Some(joined(first, operator, token.start, right));
            // Comparisons and powers do not chain.
            tightest = match own {
                Level::Relation => Level::And,
                Level::Power => Level::Product,
                other => other,
            };
        }
        Ok(left)
    }

    /// The operator that comes next, if one does.
    fn operator(&self) -> Option<(Token, Operator)> {
        let token = self.peek()?;
        let operator = match token.kind {
            Kind::Or => Operator::Or,
            Kind::And => Operator::And,
            Kind::Equal => Operator::Compare(Comparison::Equal),
            Kind::NotEqual => Operator::Compare(Comparison::NotEqual),
            Kind::Less => Operator::Compare(Comparison::Less),
            Kind::LessEqual => Operator::Compare(Comparison::LessEqual),
            Kind::Greater => Operator::Compare(Comparison::Greater),
            Kind::GreaterEqual => Operator::Compare(Comparison::GreaterEqual),
            Kind::Plus => Operator::Arithmetic(Arithmetic::Add),
            Kind::Minus => Operator::Arithmetic(Arithmetic::Subtract),
            Kind::Star => Operator::Arithmetic(Arithmetic::Multiply),
            Kind::Divide => Operator::Arithmetic(Arithmetic::Divide),
            Kind::Modulus => Operator::Arithmetic(Arithmetic::Modulus),
            Kind::Power => Operator::Arithmetic(Arithmetic::Power),
            Kind::Increment => Operator::Step { up: true },
            Kind::Decrement => Operator::Step { up: false },
            Kind::Identifier => {
                let words = [
                    ("or", Operator::Or),
                    ("and", Operator::And),
                    ("instanceof", Operator::InstanceOf),
                    ("matches", Operator::Matches),
                    ("between", Operator::Between),
                ];
                words.into_iter().find(|(word, _)| self.is_word(token, word))?.1
            }
            _ => return None,
        };
        Some((token, operator))
    }
}
