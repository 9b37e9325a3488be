//! Lexemes to a tree.

mod primary;

use super::lex::{Lexeme, Spanned, lex};
use super::limit::{DEPTH, LENGTH, Limit, Stop, nonsense};
use super::tree::{Binary, Expr, Logical, Unary};

/// Operators in one row, which the parser builds as deep as they are many.
const ROW: usize = 256;

/// Reads a whole expression; a `;` at its end is passed over.
pub(super) fn parse(text: &str) -> Result<Expr, Stop> {
    if text.len() > LENGTH {
        return Err(Limit::Length.into());
    }
    let mut parser =
        Parser { text, lexemes: lex(text, 0).map_err(Stop::Nonsense)?, at: 0, depth: 0 };
    let expr = parser.expression()?;
    while parser.eat(";") {}
    match parser.peek() {
        None => Ok(expr),
        Some(Lexeme::Mark("=" | "+=" | "-=" | "*=" | "/=" | "%=" | "**=" | "++" | "--")) => {
            nonsense("an expression cannot change a value")
        }
        Some(it) => nonsense(format!("{} was not expected", shown(it))),
    }
}

fn shown(lexeme: &Lexeme) -> String {
    match lexeme {
        Lexeme::Number(it) => super::number::text(*it),
        Lexeme::Text(it) => format!("the text “{it}”"),
        Lexeme::Template(..) => "a template".to_owned(),
        Lexeme::Name(it) => format!("“{it}”"),
        Lexeme::Mark(it) => format!("“{it}”"),
    }
}

struct Parser<'a> {
    text: &'a str,
    lexemes: Vec<Spanned>,
    at: usize,
    depth: u32,
}

enum Infix {
    Binary(Binary),
    Logical(Logical),
}

/// How tightly an operator binds, and what it is.
fn infix(lexeme: &Lexeme) -> Option<(u8, Infix)> {
    use Binary as B;
    let binary = |strength, it| Some((strength, Infix::Binary(it)));
    match lexeme {
        Lexeme::Mark("??") => Some((1, Infix::Logical(Logical::Else))),
        Lexeme::Mark("||") => Some((2, Infix::Logical(Logical::Or))),
        Lexeme::Mark("&&") => Some((3, Infix::Logical(Logical::And))),
        Lexeme::Mark("|") => binary(4, B::BitOr),
        Lexeme::Mark("^") => binary(5, B::BitXor),
        Lexeme::Mark("&") => binary(6, B::BitAnd),
        Lexeme::Mark("==") => binary(7, B::Equal),
        Lexeme::Mark("!=") => binary(7, B::NotEqual),
        Lexeme::Mark("===") => binary(7, B::Same),
        Lexeme::Mark("!==") => binary(7, B::NotSame),
        Lexeme::Mark("<") => binary(8, B::Less),
        Lexeme::Mark("<=") => binary(8, B::LessOrEqual),
        Lexeme::Mark(">") => binary(8, B::Greater),
        Lexeme::Mark(">=") => binary(8, B::GreaterOrEqual),
        Lexeme::Name(it) if it == "in" => binary(8, B::In),
        Lexeme::Mark("<<") => binary(9, B::ShiftLeft),
        Lexeme::Mark(">>") => binary(9, B::ShiftRight),
        Lexeme::Mark(">>>") => binary(9, B::ShiftRightZero),
        Lexeme::Mark("+") => binary(10, B::Add),
        Lexeme::Mark("-") => binary(10, B::Subtract),
        Lexeme::Mark("*") => binary(11, B::Multiply),
        Lexeme::Mark("/") => binary(11, B::Divide),
        Lexeme::Mark("%") => binary(11, B::Remainder),
        Lexeme::Mark("**") => binary(12, B::Power),
        _ => None,
    }
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Lexeme> {
        self.lexemes.get(self.at).map(|it| &it.lexeme)
    }

    fn peek_at(&self, ahead: usize) -> Option<&Lexeme> {
        self.lexemes.get(self.at + ahead).map(|it| &it.lexeme)
    }

    fn next(&mut self) -> Option<Lexeme> {
        let lexeme = self.lexemes.get(self.at).map(|it| it.lexeme.clone());
        self.at += 1;
        lexeme
    }

    fn is(&self, mark: &str) -> bool {
        matches!(self.peek(), Some(Lexeme::Mark(it)) if *it == mark)
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), Some(Lexeme::Name(it)) if it == word)
    }

    fn eat(&mut self, mark: &str) -> bool {
        let found = self.is(mark);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, mark: &str) -> Result<(), Stop> {
        if self.eat(mark) {
            return Ok(());
        }
        match self.peek() {
            Some(it) => nonsense(format!("“{mark}” was expected before {}", shown(it))),
            None => nonsense(format!("“{mark}” is missing at the end")),
        }
    }

    fn name(&mut self) -> Result<std::rc::Rc<str>, Stop> {
        match self.next() {
            Some(Lexeme::Name(it)) => Ok(it.into()),
            Some(it) => nonsense(format!("a name was expected instead of {}", shown(&it))),
            None => nonsense("a name is missing at the end"),
        }
    }

    fn deeper<T>(&mut self, parse: impl FnOnce(&mut Self) -> Result<T, Stop>) -> Result<T, Stop> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(Limit::Depth.into());
        }
        let parsed = parse(self);
        self.depth -= 1;
        parsed
    }

    fn expression(&mut self) -> Result<Expr, Stop> {
        self.deeper(|it| if it.is_arrow() { it.arrow() } else { it.conditional() })
    }

    fn conditional(&mut self) -> Result<Expr, Stop> {
        let condition = self.infix(1)?;
        if !self.eat("?") {
            return Ok(condition);
        }
        let then = self.expression()?;
        self.expect(":")?;
        let otherwise = self.expression()?;
        Ok(Expr::Conditional(condition.into(), then.into(), otherwise.into()))
    }

    fn infix(&mut self, least: u8) -> Result<Expr, Stop> {
        let mut left = self.unary()?;
        for _ in 0..ROW {
            let Some((strength, operator)) = self.peek().and_then(infix).filter(|it| it.0 >= least)
            else {
                return Ok(left);
            };
            self.at += 1;
            let is_power = matches!(operator, Infix::Binary(Binary::Power));
            let right =
                self.deeper(|it| it.infix(if is_power { strength } else { strength + 1 }))?;
            left = match operator {
                Infix::Binary(it) => Expr::Binary(it, left.into(), right.into()),
                Infix::Logical(it) => Expr::Logical(it, left.into(), right.into()),
            };
        }
        Err(Limit::Depth.into())
    }

    fn unary(&mut self) -> Result<Expr, Stop> {
        let operator = match self.peek() {
            Some(Lexeme::Mark("!")) => Unary::Not,
            Some(Lexeme::Mark("-")) => Unary::Minus,
            Some(Lexeme::Mark("+")) => Unary::Plus,
            Some(Lexeme::Mark("~")) => Unary::Flip,
            Some(Lexeme::Name(it)) if it == "typeof" => Unary::Typeof,
            Some(Lexeme::Name(it)) if it == "void" => Unary::Void,
            Some(Lexeme::Mark("++" | "--")) => {
                return nonsense("an expression cannot change a value");
            }
            _ => return self.postfix(),
        };
        self.at += 1;
        let operand = self.deeper(Self::unary)?;
        Ok(Expr::Unary(operator, operand.into()))
    }
}
