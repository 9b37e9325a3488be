//! Text of an expression to lexemes, with their places in the text.

use std::ops::Range;

/// One lexeme.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Lexeme {
    Number(f64),
    Text(String),
    /// Fixed texts and the places of the expressions between them: always one text more than places.
    Template(Vec<String>, Vec<Range<usize>>),
    Name(String),
    Mark(&'static str),
}

/// A lexeme and where it stands, in bytes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Spanned {
    pub(super) lexeme: Lexeme,
    pub(super) span: Range<usize>,
}

/// Longest first, so that `===` is not read as `==` and `=`.
const MARKS: [&str; 47] = [
    ">>>", "...", "===", "!==", "**=", "=>", "==", "!=", "<=", ">=", "&&", "||", "??", "?.", "**",
    "<<", ">>", "++", "--", "+=", "-=", "*=", "/=", "%=", "(", ")", "[", "]", "{", "}", ",", ".",
    ";", ":", "?", "+", "-", "*", "/", "%", "<", ">", "=", "!", "&", "|", "^",
];

struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

/// Splits `text`; the places count from `from`, where `text` is a part of a longer expression.
pub(super) fn lex(text: &str, from: usize) -> Result<Vec<Spanned>, String> {
    let mut lexer = Lexer { text, at: 0 };
    let mut lexemes = Vec::new();
    loop {
        lexer.skip_space();
        let start = lexer.at;
        let Some(first) = lexer.peek() else { return Ok(lexemes) };
        let mut lexeme = lexer.lexeme(first)?;
        if let Lexeme::Template(_, places) = &mut lexeme {
            for place in places {
                *place = place.start + from..place.end + from;
            }
        }
        lexemes.push(Spanned { lexeme, span: start + from..lexer.at + from });
    }
}

pub(super) fn starts_name(it: char) -> bool {
    it.is_alphabetic() || it == '_' || it == '$'
}

pub(super) fn continues_name(it: char) -> bool {
    it.is_alphanumeric() || it == '_' || it == '$'
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn bump(&mut self) -> Option<char> {
        let it = self.peek()?;
        self.at += it.len_utf8();
        Some(it)
    }

    fn take(&mut self, fits: impl Fn(char) -> bool) -> String {
        let taken: String = self.rest().chars().take_while(|it| fits(*it)).collect();
        self.at += taken.len();
        taken
    }

    fn skip_space(&mut self) {
        self.take(char::is_whitespace);
    }

    fn lexeme(&mut self, first: char) -> Result<Lexeme, String> {
        let digit_follows = self.rest().chars().nth(1).is_some_and(|it| it.is_ascii_digit());
        match first {
            '\'' | '"' => self.quoted(first).map(Lexeme::Text),
            '`' => self.template(),
            it if starts_name(it) => Ok(Lexeme::Name(self.take(continues_name))),
            it if it.is_ascii_digit() || (it == '.' && digit_follows) => self.number(),
            _ => {
                let mark = MARKS.into_iter().find(|it| self.rest().starts_with(it));
                let mark = mark.ok_or_else(|| format!("“{first}” is not understood here"))?;
                self.at += mark.len();
                Ok(Lexeme::Mark(mark))
            }
        }
    }

    fn number(&mut self) -> Result<Lexeme, String> {
        let start = self.at;
        let prefix: String = self.rest().chars().take(2).collect::<String>().to_ascii_lowercase();
        let radix =
            [("0x", 16), ("0o", 8), ("0b", 2)].into_iter().find(|it| it.0 == prefix).map(|it| it.1);
        let value = if let Some(radix) = radix {
            self.at += 2;
            whole(&self.take(|it| it.is_digit(radix) || it == '_'), radix)
        } else {
            self.decimal()
        };
        let text = self.text.get(start..self.at).unwrap_or_default();
        let value = value.ok_or_else(|| format!("{text} is not a number"))?;
        if self.peek().is_some_and(starts_name) {
            return Err(format!("A name cannot follow the number {text} directly"));
        }
        Ok(Lexeme::Number(value))
    }

    fn decimal(&mut self) -> Option<f64> {
        let digits = |it: char| it.is_ascii_digit() || it == '_';
        let mut text = self.take(digits);
        if self.peek() == Some('.') {
            self.at += 1;
            text.push('.');
            text.push_str(&self.take(digits));
        }
        let mut ahead = self.rest().chars();
        let (e, next, after) = (ahead.next(), ahead.next(), ahead.next());
        let signed = matches!(next, Some('+' | '-')) && after.is_some_and(|it| it.is_ascii_digit());
        if matches!(e, Some('e' | 'E')) && (signed || next.is_some_and(|it| it.is_ascii_digit())) {
            text.push('e');
            self.at += 1;
            if signed {
                text.extend(self.bump());
            }
            text.push_str(&self.take(digits));
        }
        text.replace('_', "").parse().ok()
    }

    fn quoted(&mut self, quote: char) -> Result<String, String> {
        self.at += 1;
        let mut text = String::new();
        loop {
            match self.bump() {
                None => return Err(format!("A closing {quote} is missing")),
                Some(it) if it == quote => return Ok(text),
                Some('\\') => text.extend(self.escaped()?),
                Some(it) => text.push(it),
            }
        }
    }

    fn escaped(&mut self) -> Result<Option<char>, String> {
        Ok(match self.bump() {
            Some('n') => Some('\n'),
            Some('t') => Some('\t'),
            Some('r') => Some('\r'),
            Some('b') => Some('\u{8}'),
            Some('f') => Some('\u{c}'),
            Some('v') => Some('\u{b}'),
            Some('0') => Some('\0'),
            Some('\n') => None,
            Some('x') => Some(self.code(2)?),
            Some('u') => Some(self.unicode()?),
            other => other,
        })
    }

    fn code(&mut self, digits: usize) -> Result<char, String> {
        self.hex(digits)
            .and_then(char::from_u32)
            .ok_or_else(|| "A \\ escape names no character".to_owned())
    }

    fn hex(&mut self, digits: usize) -> Option<u32> {
        let text: String = self.rest().chars().take(digits).collect();
        self.at += text.len();
        if text.len() == digits { u32::from_str_radix(&text, 16).ok() } else { None }
    }

    fn unicode(&mut self) -> Result<char, String> {
        let wrong = || "A \\u escape names no character".to_owned();
        if self.peek() == Some('{') {
            self.at += 1;
            let digits = self.take(|it| it.is_ascii_hexdigit());
            let closed = self.bump() == Some('}');
            let code = u32::from_str_radix(&digits, 16).ok().filter(|_| closed);
            return code.and_then(char::from_u32).ok_or_else(wrong);
        }
        let first = self.hex(4).ok_or_else(wrong)?;
        if !(0xd800..0xdc00).contains(&first) || !self.rest().starts_with("\\u") {
            return char::from_u32(first).ok_or_else(wrong);
        }
        self.at += 2;
        let second = self.hex(4).filter(|it| (0xdc00..0xe000).contains(it)).ok_or_else(wrong)?;
        char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)).ok_or_else(wrong)
    }

    fn template(&mut self) -> Result<Lexeme, String> {
        self.at += 1;
        let (mut texts, mut places, mut text) = (Vec::new(), Vec::new(), String::new());
        loop {
            match self.bump() {
                None => return Err("A closing ` is missing".to_owned()),
                Some('`') => {
                    texts.push(text);
                    return Ok(Lexeme::Template(texts, places));
                }
                Some('\\') => text.extend(self.escaped()?),
                Some('$') if self.peek() == Some('{') => {
                    self.at += 1;
                    texts.push(std::mem::take(&mut text));
                    let start = self.at;
                    self.skip_placeholder()?;
                    places.push(start..self.at);
                    self.at += 1;
                }
                Some(it) => text.push(it),
            }
        }
    }

    /// Moves to the `}` that closes a `${`, past nested braces and texts.
    fn skip_placeholder(&mut self) -> Result<(), String> {
        let mut open = 0_usize;
        loop {
            match self.peek() {
                None => return Err("A closing } is missing in a template".to_owned()),
                Some('}') if open == 0 => return Ok(()),
                Some(quote @ ('\'' | '"')) => {
                    self.quoted(quote)?;
                }
                Some('`') => return Err("A template inside a template is not supported".to_owned()),
                Some(it) => {
                    open = match it {
                        '{' => open + 1,
                        '}' => open - 1,
                        _ => open,
                    };
                    self.at += it.len_utf8();
                }
            }
        }
    }
}

fn whole(digits: &str, radix: u32) -> Option<f64> {
    let digits: Vec<_> = digits.chars().filter_map(|it| it.to_digit(radix)).collect();
    let add = |value: f64, digit: &u32| value * f64::from(radix) + f64::from(*digit);
    if digits.is_empty() { None } else { Some(digits.iter().fold(0.0, add)) }
}
