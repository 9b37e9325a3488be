//! Values, what follows them, and functions.

use super::super::lex::{Lexeme, lex};
use super::super::limit::{Limit, Stop, nonsense};
use super::super::tree::{Arrow, Entry, Expr, Item, Key, Pattern};
use super::{Parser, ROW, shown};
use std::rc::Rc;

/// Words of the language that stand for no value.
const RESERVED: [&str; 24] = [
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "delete",
    "do",
    "else",
    "for",
    "function",
    "if",
    "import",
    "instanceof",
    "let",
    "return",
    "super",
    "switch",
    "throw",
    "try",
    "var",
    "while",
    "with",
    "yield",
];

impl Parser<'_> {
    pub(super) fn postfix(&mut self) -> Result<Expr, Stop> {
        let mut expr = self.primary()?;
        let mut has_optional = false;
        for _ in 0..ROW {
            let optional = self.eat("?.");
            has_optional |= optional;
            expr = if self.is("[") {
                let key = self.index()?;
                Expr::Member { object: expr.into(), key, optional }
            } else if self.is("(") {
                Expr::Call { callee: expr.into(), arguments: self.arguments()?, optional }
            } else if optional || self.eat(".") {
                let key = Key::Fixed(self.name()?);
                Expr::Member { object: expr.into(), key, optional }
            } else if matches!(self.peek(), Some(Lexeme::Template(..))) {
                return nonsense("a template cannot follow a value");
            } else {
                return Ok(if has_optional { Expr::Chain(expr.into()) } else { expr });
            };
        }
        Err(Limit::Depth.into())
    }

    fn index(&mut self) -> Result<Key, Stop> {
        self.expect("[")?;
        let key = self.expression()?;
        self.expect("]")?;
        Ok(match key {
            Expr::Text(it) => Key::Fixed(it),
            other => Key::Computed(other.into()),
        })
    }

    fn arguments(&mut self) -> Result<Vec<Item>, Stop> {
        self.expect("(")?;
        self.items(")")
    }

    fn items(&mut self, close: &str) -> Result<Vec<Item>, Stop> {
        let mut items = Vec::new();
        while !self.eat(close) {
            let spread = self.eat("...");
            items.push(Item { spread, value: self.expression()? });
            if !self.eat(",") {
                self.expect(close)?;
                break;
            }
        }
        Ok(items)
    }

    fn primary(&mut self) -> Result<Expr, Stop> {
        match self.next() {
            Some(Lexeme::Number(it)) => Ok(Expr::Number(it)),
            Some(Lexeme::Text(it)) => Ok(Expr::Text(it.into())),
            Some(Lexeme::Template(texts, places)) => self.template(texts, places),
            Some(Lexeme::Name(it)) => self.word(it),
            Some(Lexeme::Mark("(")) => {
                let inner = self.expression()?;
                self.expect(")")?;
                Ok(inner)
            }
            Some(Lexeme::Mark("[")) => Ok(Expr::List(self.items("]")?)),
            Some(Lexeme::Mark("{")) => self.object(),
            Some(Lexeme::Mark("/")) => nonsense("regular expressions are not supported"),
            Some(it) => nonsense(format!("{} was not expected", shown(&it))),
            None => nonsense("it ends too early"),
        }
    }

    fn template(
        &mut self,
        texts: Vec<String>,
        places: Vec<std::ops::Range<usize>>,
    ) -> Result<Expr, Stop> {
        let mut exprs = Vec::with_capacity(places.len());
        for place in places {
            let text = self.text.get(place.clone()).unwrap_or_default();
            let lexemes = lex(text, place.start).map_err(Stop::Nonsense)?;
            let mut inner = Parser { text: self.text, lexemes, at: 0, depth: self.depth };
            exprs.push(inner.expression()?);
            if let Some(it) = inner.peek() {
                return nonsense(format!("{} was not expected", shown(it)));
            }
        }
        Ok(Expr::Template(texts.into_iter().map(Rc::from).collect(), exprs))
    }

    fn word(&mut self, word: String) -> Result<Expr, Stop> {
        match word.as_str() {
            "true" => Ok(Expr::Bool(true)),
            "false" => Ok(Expr::Bool(false)),
            "null" => Ok(Expr::Null),
            "new" => {
                let made = self.name()?;
                if &*made != "Date" {
                    return nonsense(format!("only dates can be made with new, not {made}"));
                }
                Ok(Expr::NewDate(if self.is("(") { self.arguments()? } else { Vec::new() }))
            }
            it if RESERVED.contains(&it) => nonsense(format!("“{it}” is not supported")),
            _ => Ok(Expr::Name(word.into())),
        }
    }

    fn object(&mut self) -> Result<Expr, Stop> {
        let mut entries = Vec::new();
        while !self.eat("}") {
            entries.push(self.entry()?);
            if !self.eat(",") {
                self.expect("}")?;
                break;
            }
        }
        Ok(Expr::Object(entries))
    }

    fn entry(&mut self) -> Result<Entry, Stop> {
        if self.eat("...") {
            return Ok(Entry::Spread(self.expression()?));
        }
        let key = match self.peek() {
            Some(Lexeme::Mark("[")) => self.index()?,
            Some(Lexeme::Name(name)) => {
                let name: Rc<str> = name.as_str().into();
                self.at += 1;
                if !self.is(":") {
                    return Ok(Entry::Pair(Key::Fixed(name.clone()), Expr::Name(name)));
                }
                Key::Fixed(name)
            }
            Some(Lexeme::Text(text)) => {
                let text: Rc<str> = text.as_str().into();
                self.at += 1;
                Key::Fixed(text)
            }
            Some(Lexeme::Number(number)) => {
                let text = super::super::number::text(*number);
                self.at += 1;
                Key::Fixed(text.into())
            }
            _ => return nonsense("a key was expected in an object"),
        };
        self.expect(":")?;
        Ok(Entry::Pair(key, self.expression()?))
    }

    /// `name =>` or `( … ) =>`.
    pub(super) fn is_arrow(&self) -> bool {
        let is_mark = |at: usize, mark: &str| matches!(self.peek_at(at), Some(Lexeme::Mark(it)) if *it == mark);
        if matches!(self.peek(), Some(Lexeme::Name(_))) {
            return is_mark(1, "=>");
        }
        if !is_mark(0, "(") {
            return false;
        }
        let (mut open, mut at) = (1_usize, 1_usize);
        while open > 0 {
            match self.peek_at(at) {
                None => return false,
                Some(Lexeme::Mark("(")) => open += 1,
                Some(Lexeme::Mark(")")) => open -= 1,
                Some(_) => {}
            }
            at += 1;
        }
        is_mark(at, "=>")
    }

    pub(super) fn arrow(&mut self) -> Result<Expr, Stop> {
        let mut parameters = Vec::new();
        if self.eat("(") {
            while !self.eat(")") {
                parameters.push(self.pattern()?);
                if !self.eat(",") {
                    self.expect(")")?;
                    break;
                }
            }
        } else {
            parameters.push(Pattern::Name(self.name()?));
        }
        self.expect("=>")?;
        let body = if self.eat("{") { self.block()? } else { self.expression()? };
        Ok(Expr::Arrow(Rc::new(Arrow { parameters, body })))
    }

    fn pattern(&mut self) -> Result<Pattern, Stop> {
        let pattern = self.deeper(Self::bare_pattern)?;
        if !self.eat("=") {
            return Ok(pattern);
        }
        Ok(Pattern::Default(pattern.into(), self.expression()?.into()))
    }

    fn bare_pattern(&mut self) -> Result<Pattern, Stop> {
        if self.eat("...") {
            return Ok(Pattern::Rest(self.name()?));
        }
        if self.eat("{") {
            let mut fields = Vec::new();
            while !self.eat("}") {
                let name = self.name()?;
                let pattern = if self.eat(":") { self.pattern()? } else { self.shorthand(&name)? };
                fields.push((name, pattern));
                if !self.eat(",") {
                    self.expect("}")?;
                    break;
                }
            }
            return Ok(Pattern::Object(fields));
        }
        if self.eat("[") {
            let mut items = Vec::new();
            while !self.eat("]") {
                items.push(if self.is(",") { None } else { Some(self.pattern()?) });
                if !self.eat(",") {
                    self.expect("]")?;
                    break;
                }
            }
            return Ok(Pattern::List(items));
        }
        Ok(Pattern::Name(self.name()?))
    }

    fn shorthand(&mut self, name: &Rc<str>) -> Result<Pattern, Stop> {
        let pattern = Pattern::Name(name.clone());
        if !self.eat("=") {
            return Ok(pattern);
        }
        Ok(Pattern::Default(pattern.into(), self.expression()?.into()))
    }

    /// The body of a function: `const` lines, `if (…) return …`, and `return` at the end.
    fn block(&mut self) -> Result<Expr, Stop> {
        self.deeper(|it| {
            let body = it.statements()?;
            it.expect("}")?;
            Ok(body)
        })
    }

    fn statements(&mut self) -> Result<Expr, Stop> {
        while self.eat(";") {}
        if self.is("}") {
            return Ok(Expr::Name("undefined".into()));
        }
        if self.is_word("return") {
            self.at += 1;
            let ends = self.is(";") || self.is("}");
            let value = if ends { Expr::Name("undefined".into()) } else { self.expression()? };
            while self.eat(";") {}
            return Ok(value);
        }
        if self.is_word("if") {
            return self.deeper(Self::early_return);
        }
        if ["const", "let", "var"].iter().any(|it| self.is_word(it)) {
            self.at += 1;
            let pattern = self.deeper(Self::bare_pattern)?;
            self.expect("=")?;
            let value = self.expression()?;
            let rest = self.deeper(Self::statements)?;
            return Ok(Expr::Let(pattern, value.into(), rest.into()));
        }
        nonsense("only const, if and return are supported in a function")
    }

    fn early_return(&mut self) -> Result<Expr, Stop> {
        self.at += 1;
        self.expect("(")?;
        let condition = self.expression()?;
        self.expect(")")?;
        let then = if self.eat("{") {
            self.block()?
        } else if self.is_word("return") {
            self.at += 1;
            self.expression()?
        } else {
            return nonsense("only return is supported after if");
        };
        while self.eat(";") {}
        if self.is_word("else") {
            self.at += 1;
        }
        let otherwise = if self.eat("{") { self.block()? } else { self.statements()? };
        Ok(Expr::Conditional(condition.into(), then.into(), otherwise.into()))
    }
}
