//! What a path consists of once it has been read.

use gennaker_javaregex::Regex;
use serde_json::Value;

use crate::{Predicate, number::Number};

/// A path: what it starts at and the steps from there.
#[derive(Debug, Clone)]
pub(crate) struct Compiled {
    /// `$` rather than `@`.
    pub(crate) from_root: bool,
    pub(crate) tokens: Vec<Token>,
    /// Whether it leads to one place at most.
    pub(crate) definite: bool,
    /// Whether a function makes its result.
    pub(crate) function: bool,
    /// Whether it consists of single names only.
    pub(crate) plain: bool,
    /// The index that the token before the last one stands for, if it is a single one.
    pub(crate) index_before_last: Option<i32>,
    /// Its place in the cache of an evaluation.
    pub(crate) slot: usize,
}

/// A step of a path.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    /// Whether all before it is definite.
    pub(crate) upstream_definite: bool,
    /// Its place among the tokens of all paths within a path.
    pub(crate) slot: usize,
}

#[derive(Debug, Clone)]
pub(crate) enum Kind {
    /// `.a`, `['a']`, `['a','b']`.
    Property(Vec<String>),
    /// `[*]`, `.*`.
    Wildcard,
    /// `..`.
    Scan,
    /// `[0]`, `[0,-1]`.
    Index(Vec<i32>),
    /// `[1:]`, `[:2]`, `[1:2]`; one of the two is there.
    Slice(Option<i32>, Option<i32>),
    /// `[?(...)]`.
    Filter(Expression),
    /// `[?]`, `[?,?]`.
    Placeholder(Vec<Predicate>),
    /// `.name(...)`.
    Function(Function),
}

#[derive(Debug, Clone)]
pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) parameters: Vec<Parameter>,
}

/// What is given to a function.
#[derive(Debug, Clone)]
pub(crate) enum Parameter {
    /// JSON; `None` if it cannot be read as such.
    Json(Option<Value>),
    /// A path, and the same one with `.*` behind it, which `length` counts.
    Path { path: Compiled, children: Option<Compiled> },
}

/// A filter, or a part of it.
#[derive(Debug, Clone)]
pub(crate) enum Expression {
    Or(Vec<Expression>),
    And(Vec<Expression>),
    Not(Box<Expression>),
    /// `@.a`, or `!@.a` if it is not wanted.
    Exists {
        path: Compiled,
        wanted: bool,
    },
    Compare {
        left: Side,
        operator: Operator,
        right: Side,
    },
}

/// One side of a comparison.
#[derive(Debug, Clone)]
pub(crate) enum Side {
    Path(Box<Compiled>),
    Null,
    Boolean(bool),
    Number(Number),
    Text(String),
    /// `['a', 1]`, `{...}`: its text, and what it is unless it cannot be read.
    Json(String, Option<Value>),
    Pattern(Regex),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    GreaterOrEqual,
    LessOrEqual,
    Equal,
    SameTypeEqual,
    NotEqual,
    SameTypeNotEqual,
    Less,
    Greater,
    Matches,
    NotIn,
    In,
    Contains,
    Size,
    Exists,
    Empty,
    SubsetOf,
    AnyOf,
    NoneOf,
    /// `ALL`, `TYPE` and `MATCHES`, which take what cannot be written in a path.
    OfProgramsOnly,
}

impl Operator {
    /// The operator with this name, in upper or lower case. Source: Jayway's `RelationalOperator`.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Some(match name.to_uppercase().as_str() {
            ">=" => Operator::GreaterOrEqual,
            "<=" => Operator::LessOrEqual,
            "==" => Operator::Equal,
            "===" => Operator::SameTypeEqual,
            "!=" => Operator::NotEqual,
            "!==" => Operator::SameTypeNotEqual,
            "<" => Operator::Less,
            ">" => Operator::Greater,
            "=~" => Operator::Matches,
            "NIN" => Operator::NotIn,
            "IN" => Operator::In,
            "CONTAINS" => Operator::Contains,
            "SIZE" => Operator::Size,
            "EXISTS" => Operator::Exists,
            "EMPTY" => Operator::Empty,
            "SUBSETOF" => Operator::SubsetOf,
            "ANYOF" => Operator::AnyOf,
            "NONEOF" => Operator::NoneOf,
            "ALL" | "TYPE" | "MATCHES" => Operator::OfProgramsOnly,
            _ => return None,
        })
    }
}

impl Kind {
    /// Whether it leads to one place at most; a list of properties at the end becomes one object.
    pub(crate) fn is_definite(&self, is_leaf: bool) -> bool {
        match self {
            Kind::Property(names) => names.len() == 1 || is_leaf,
            Kind::Index(indexes) => indexes.len() == 1,
            Kind::Function(_) => true,
            Kind::Wildcard | Kind::Scan | Kind::Slice(..) | Kind::Filter(_) | Kind::Placeholder(_) => false,
        }
    }
}

impl Compiled {
    /// A path of these tokens; a function behind a scan gets the path up to it as its only parameter.
    ///
    /// Source: Jayway's `CompiledPath.invertScannerFunctionRelationship`.
    pub(crate) fn new(from_root: bool, mut kinds: Vec<(Kind, usize)>, slot: usize, spare: usize) -> Self {
        let ends_in_function = matches!(kinds.last(), Some((Kind::Function(_), _)));
        let scans_first = matches!(kinds.first(), Some((Kind::Scan, _)));
        let mut upstream_definite = true;
        let count = kinds.len();
        let mut tokens = Vec::with_capacity(count);
        for (index, (kind, slot)) in kinds.drain(..).enumerate() {
            let definite = kind.is_definite(index + 1 == count);
            tokens.push(Token { kind, upstream_definite, slot });
            upstream_definite &= definite;
        }
        if ends_in_function && scans_first {
            let first = tokens.iter().position(|token| matches!(token.kind, Kind::Function(_))).unwrap_or(0);
            let mut rest = tokens.split_off(first);
            let scan = Compiled::of_tokens(from_root, tokens, slot);
            if let Some(Token { kind: Kind::Function(function), .. }) = rest.first_mut() {
                function.parameters = vec![Parameter::path(scan, spare)];
            }
            return Compiled::of_tokens(from_root, rest, slot);
        }
        Compiled::of_tokens(from_root, tokens, slot)
    }

    fn of_tokens(from_root: bool, tokens: Vec<Token>, slot: usize) -> Self {
        let definite =
            tokens.iter().enumerate().all(|(index, token)| token.kind.is_definite(index + 1 == tokens.len()));
        let function = matches!(tokens.last(), Some(Token { kind: Kind::Function(_), .. }));
        let index_before_last = match tokens.len().checked_sub(2).and_then(|index| tokens.get(index)) {
            Some(Token { kind: Kind::Index(indexes), .. }) if indexes.len() == 1 => indexes.first().copied(),
            _ => None,
        };
        let plain = tokens.iter().all(|token| matches!(&token.kind, Kind::Property(names) if names.len() == 1));
        Compiled { from_root, tokens, definite, function, plain, index_before_last, slot }
    }
}

impl Compiled {
    /// Where a path of names only leads, without the bookkeeping of an evaluation.
    pub(crate) fn plain_place<'a>(&self, document: &'a Value) -> Option<&'a Value> {
        self.tokens.iter().try_fold(document, |value, token| match &token.kind {
            Kind::Property(names) => value.as_object()?.get(names.first()?),
            _ => None,
        })
    }
}

impl Parameter {
    /// A path, and a slot for the wildcard that may stand behind it.
    pub(crate) fn path(path: Compiled, spare: usize) -> Self {
        let children = (!path.function && !path.tokens.is_empty()).then(|| {
            // Whether it is definite stays as it was: a definite path then gives its last child.
            let mut children = path.clone();
            children.plain = false;
            children.tokens.push(Token { kind: Kind::Wildcard, upstream_definite: false, slot: spare });
            children
        });
        Parameter::Path { path, children }
    }
}
