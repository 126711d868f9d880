//! The parts of a parsed expression.

use std::rc::Rc;

use crate::{Value, class::Element};

/// A part, and where it begins in the text, in bytes.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) at: usize,
    pub(crate) part: Part,
}

/// The parts. Chains of one operator are flat, so that a long sum nests no deeper than a short one.
#[derive(Debug, Clone)]
pub(crate) enum Part {
    Literal(Value<'static>),
    Or(Vec<Node>),
    And(Vec<Node>),
    /// The first operand, then each operator, where it stands, and its operand, from left to right.
    Arithmetic(Box<Node>, Vec<(Arithmetic, usize, Node)>),
    Compare(Comparison, Box<(Node, Node)>),
    InstanceOf(Box<(Node, Node)>),
    Matches(Box<(Node, Node)>),
    Between(Box<(Node, Node)>),
    Not(Box<Node>),
    Plus(Box<Node>),
    Minus(Box<Node>),
    /// `++` and `--`, before or after what they change.
    Step {
        before: bool,
        up: bool,
        of: Box<Node>,
    },
    /// `a ?: b`
    Elvis(Box<(Node, Node)>),
    /// `a ? b : c`
    Ternary(Box<(Node, Node, Node)>),
    /// What is assigned to, and what.
    Assign(Box<(Node, Node)>),
    /// A start, and what is asked of it step by step.
    Path(Box<Node>, Vec<Node>),
    Property {
        name: Rc<str>,
        safe: bool,
    },
    Method {
        name: Rc<str>,
        safe: bool,
        arguments: Vec<Node>,
    },
    Index {
        index: Box<Node>,
        safe: bool,
    },
    Project {
        of: Box<Node>,
        safe: bool,
    },
    Select {
        which: Which,
        condition: Box<Node>,
        safe: bool,
    },
    Variable(Rc<str>),
    Function {
        name: Rc<str>,
        arguments: Vec<Node>,
    },
    /// `T(...)`, and its array dimensions.
    Type {
        name: Rc<str>,
        dimensions: usize,
    },
    New {
        name: Rc<str>,
        arguments: Vec<Node>,
    },
    NewArray {
        name: Rc<str>,
        element: Option<Element>,
        sizes: Vec<Option<Node>>,
        items: Option<Vec<Node>>,
    },
    List(Vec<Node>),
    Map(Vec<(Node, Node)>),
    Bean(Rc<str>),
}

/// `+ - * / % ^`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulus,
    Power,
}

/// `== != < <= > >=`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
}

/// Which of the elements that meet a condition are selected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    All,
    First,
    Last,
}
