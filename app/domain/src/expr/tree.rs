//! A parsed expression.

use std::rc::Rc;

/// An expression.
#[derive(Debug)]
pub(super) enum Expr {
    Number(f64),
    Text(Rc<str>),
    /// Fixed texts with expressions between them: always one text more.
    Template(Vec<Rc<str>>, Vec<Expr>),
    Bool(bool),
    Null,
    Name(Rc<str>),
    List(Vec<Item>),
    Object(Vec<Entry>),
    Member {
        object: Box<Expr>,
        key: Key,
        optional: bool,
    },
    Call {
        callee: Box<Expr>,
        arguments: Vec<Item>,
        optional: bool,
    },
    /// Where `?.` on nothing ends up.
    Chain(Box<Expr>),
    /// The only thing that can be made is a date.
    NewDate(Vec<Item>),
    Unary(Unary, Box<Expr>),
    Binary(Binary, Box<Expr>, Box<Expr>),
    Logical(Logical, Box<Expr>, Box<Expr>),
    Conditional(Box<Expr>, Box<Expr>, Box<Expr>),
    Arrow(Rc<Arrow>),
    /// `const pattern = value;` and what follows it.
    Let(Pattern, Box<Expr>, Box<Expr>),
}

/// An item of a list or an argument, perhaps after `...`.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) spread: bool,
    pub(super) value: Expr,
}

/// A part of an object.
#[derive(Debug)]
pub(super) enum Entry {
    Pair(Key, Expr),
    Spread(Expr),
}

/// A name known beforehand, or worked out.
#[derive(Debug)]
pub(super) enum Key {
    Fixed(Rc<str>),
    Computed(Box<Expr>),
}

/// A function.
#[derive(Debug)]
pub(super) struct Arrow {
    pub(super) parameters: Vec<Pattern>,
    pub(super) body: Expr,
}

/// What a parameter takes apart.
#[derive(Debug)]
pub(super) enum Pattern {
    Name(Rc<str>),
    Object(Vec<(Rc<str>, Pattern)>),
    List(Vec<Option<Pattern>>),
    /// `...name`, last.
    Rest(Rc<str>),
    /// What is taken where there is nothing.
    Default(Box<Pattern>, Box<Expr>),
}

/// An operator with one side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unary {
    Not,
    Minus,
    Plus,
    Flip,
    Typeof,
    Void,
}

/// An operator that needs both sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Binary {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Power,
    Equal,
    NotEqual,
    Same,
    NotSame,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    BitAnd,
    BitOr,
    BitXor,
    ShiftLeft,
    ShiftRight,
    ShiftRightZero,
}

/// An operator that may not need its right side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Logical {
    And,
    Or,
    /// `??`
    Else,
}
