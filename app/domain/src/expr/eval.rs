//! Evaluating a tree. Every step is paid for, so it always ends.

use super::Scope;
use super::limit::{Budget, Limit, Stop, nonsense};
use super::operators;
use super::tree::{Arrow, Entry, Expr, Item, Key, Logical, Pattern, Unary};
use super::value::{Closure, Fields, Names, Val, bind, bound};
use std::rc::Rc;

/// Evaluates expressions over one scope, within one budget.
pub(super) struct Machine<'s, 'a> {
    pub(super) scope: &'s Scope<'a>,
    pub(super) budget: Budget,
}

pub(super) type Evaluated<'a> = Result<Val<'a>, Stop>;

impl<'a> Machine<'_, 'a> {
    /// The value of `expr`.
    pub(super) fn eval(&mut self, expr: &Expr, names: &Names<'a>) -> Evaluated<'a> {
        self.budget.work(1)?;
        self.budget.enter()?;
        let value = self.eval_inner(expr, names);
        self.budget.leave();
        value
    }

    fn eval_inner(&mut self, expr: &Expr, names: &Names<'a>) -> Evaluated<'a> {
        match expr {
            Expr::Number(it) => Ok(Val::Number(*it)),
            Expr::Text(it) => Ok(Val::text(it.clone())),
            Expr::Bool(it) => Ok(Val::Bool(*it)),
            Expr::Null => Ok(Val::Null),
            Expr::Name(it) => self.named(it, names),
            Expr::Template(texts, exprs) => self.template(texts, exprs, names),
            Expr::List(items) => {
                let items = self.items(items, names)?;
                self.list(items)
            }
            Expr::Object(entries) => self.object(entries, names),
            Expr::Member { object, key, optional } => self.member(object, key, *optional, names),
            Expr::Call { callee, arguments, optional } => {
                self.call(callee, arguments, *optional, names)
            }
            Expr::Chain(inner) => match self.eval(inner, names) {
                Err(Stop::Nothing) => Ok(Val::Undefined),
                other => other,
            },
            Expr::NewDate(arguments) => {
                let arguments = self.items(arguments, names)?;
                self.new_date(&arguments)
            }
            Expr::Unary(operator, operand) => self.unary(*operator, operand, names),
            Expr::Binary(..) => self.row(expr, names),
            Expr::Logical(operator, left, right) => self.logical(*operator, left, right, names),
            Expr::Conditional(condition, then, otherwise) => {
                let holds = self.eval(condition, names)?.is_truthy();
                self.eval(if holds { then } else { otherwise }, names)
            }
            Expr::Arrow(arrow) => {
                let closure = Closure { arrow: arrow.clone(), names: names.clone() };
                Ok(Val::Function(Rc::new(closure)))
            }
            Expr::Let(pattern, value, rest) => {
                let value = self.eval(value, names)?;
                let names = self.take_apart(pattern, value, names.clone())?;
                self.eval(rest, &names)
            }
        }
    }

    /// A row of operators, from its left end and without going deeper for each.
    fn row(&mut self, expr: &Expr, names: &Names<'a>) -> Evaluated<'a> {
        let (mut row, mut leftmost) = (Vec::new(), expr);
        while let Expr::Binary(operator, left, right) = leftmost {
            row.push((*operator, right));
            leftmost = left;
        }
        let mut value = self.eval(leftmost, names)?;
        for (operator, right) in row.into_iter().rev() {
            let right = self.eval(right, names)?;
            value = operators::binary(self, operator, &value, &right)?;
        }
        Ok(value)
    }

    fn named(&mut self, name: &Rc<str>, names: &Names<'a>) -> Evaluated<'a> {
        if let Some(value) = bound(names, name) {
            return Ok(value);
        }
        if let Some(value) = self.scope.value(name) {
            return Ok(Val::of(value));
        }
        match &**name {
            "undefined" => Ok(Val::Undefined),
            "NaN" => Ok(Val::Number(f64::NAN)),
            "Infinity" => Ok(Val::Number(f64::INFINITY)),
            "connections" => Ok(Val::Native(name.clone())),
            it if super::global::is_global(it) => Ok(Val::Native(name.clone())),
            it => nonsense(format!("{it} is not known here")),
        }
    }

    fn template(&mut self, texts: &[Rc<str>], exprs: &[Expr], names: &Names<'a>) -> Evaluated<'a> {
        let mut text = String::new();
        for (at, fixed) in texts.iter().enumerate() {
            text.push_str(fixed);
            if let Some(expr) = exprs.get(at) {
                let value = self.eval(expr, names)?;
                text.push_str(&self.text_of(&value)?);
            }
            self.budget.make(fixed.len())?;
        }
        self.text(text)
    }

    fn items(&mut self, items: &[Item], names: &Names<'a>) -> Result<Vec<Val<'a>>, Stop> {
        let mut values = Vec::with_capacity(items.len());
        for item in items {
            let value = self.eval(&item.value, names)?;
            if !item.spread {
                values.push(value);
                continue;
            }
            let spread = self.iterated(&value)?;
            values.extend(spread);
        }
        Ok(values)
    }

    /// The items of a list, or the characters of a text.
    pub(super) fn iterated(&mut self, value: &Val<'a>) -> Result<Vec<Val<'a>>, Stop> {
        if let Val::Text(text) = value {
            self.budget.make(text.len() * 16)?;
            return Ok(text.chars().map(|it| Val::text(it.to_string())).collect());
        }
        self.budget.make(value.list_len().unwrap_or(0) * 16)?;
        value.items().ok_or_else(|| Stop::Nonsense("only a list can be spread".to_owned()))
    }

    fn object(&mut self, entries: &[Entry], names: &Names<'a>) -> Evaluated<'a> {
        let mut fields = Fields::default();
        for entry in entries {
            match entry {
                Entry::Pair(key, value) => {
                    let key = self.key(key, names)?;
                    self.budget.make(key.len() + 48)?;
                    fields.set(key, self.eval(value, names)?);
                }
                Entry::Spread(value) => {
                    let value = self.eval(value, names)?;
                    for (key, value) in self.fields(&value)? {
                        fields.set(key, value);
                    }
                }
            }
        }
        Ok(Val::object(fields)?)
    }

    /// The keys and values of an object or a list; none of anything else.
    pub(super) fn fields(&mut self, value: &Val<'a>) -> Result<Vec<(Rc<str>, Val<'a>)>, Stop> {
        self.budget.make((value.field_count() + value.list_len().unwrap_or(0)) * 64)?;
        Ok(value.fields())
    }

    fn key(&mut self, key: &Key, names: &Names<'a>) -> Result<Rc<str>, Stop> {
        match key {
            Key::Fixed(it) => Ok(it.clone()),
            Key::Computed(it) => {
                let value = self.eval(it, names)?;
                Ok(self.text_of(&value)?.into())
            }
        }
    }

    fn member(
        &mut self,
        object: &Expr,
        key: &Key,
        optional: bool,
        names: &Names<'a>,
    ) -> Evaluated<'a> {
        let object = self.eval(object, names)?;
        if optional && object.is_nothing() {
            return Err(Stop::Nothing);
        }
        let key = self.key(key, names)?;
        super::global::get(self, &object, &key)
    }

    fn call(
        &mut self,
        callee: &Expr,
        arguments: &[Item],
        optional: bool,
        names: &Names<'a>,
    ) -> Evaluated<'a> {
        let Expr::Member { object, key, optional: optional_member } = callee else {
            let function = self.eval(callee, names)?;
            if optional && function.is_nothing() {
                return Err(Stop::Nothing);
            }
            let arguments = self.items(arguments, names)?;
            return self.invoke(&function, &arguments);
        };
        let object = self.eval(object, names)?;
        if *optional_member && object.is_nothing() {
            return Err(Stop::Nothing);
        }
        let key = self.key(key, names)?;
        let held = object.field(&key).filter(|it| matches!(it, Val::Function(_) | Val::Native(_)));
        let arguments = self.items(arguments, names)?;
        match (held, &object) {
            (Some(function), _) => self.invoke(&function, &arguments),
            (None, Val::Native(_)) => {
                let function = super::global::get(self, &object, &key)?;
                self.invoke(&function, &arguments)
            }
            (None, _) => super::methods::call(self, &object, &key, &arguments),
        }
    }

    /// Calls a function with values.
    pub(super) fn invoke(&mut self, function: &Val<'a>, arguments: &[Val<'a>]) -> Evaluated<'a> {
        match function {
            Val::Function(closure) => {
                let names = self.parameters(&closure.arrow, arguments, closure.names.clone())?;
                self.eval(&closure.arrow.body, &names)
            }
            Val::Native(name) => super::global::call(self, &name.clone(), arguments),
            _ => nonsense("it calls something that is no function"),
        }
    }

    fn parameters(
        &mut self,
        arrow: &Arrow,
        arguments: &[Val<'a>],
        names: Names<'a>,
    ) -> Result<Names<'a>, Stop> {
        let mut names = names;
        for (at, pattern) in arrow.parameters.iter().enumerate() {
            let value = match pattern {
                Pattern::Rest(_) => self.list(arguments.get(at..).unwrap_or_default().to_vec())?,
                _ => arguments.get(at).cloned().unwrap_or(Val::Undefined),
            };
            names = self.take_apart(pattern, value, names)?;
        }
        Ok(names)
    }

    fn take_apart(
        &mut self,
        pattern: &Pattern,
        value: Val<'a>,
        names: Names<'a>,
    ) -> Result<Names<'a>, Stop> {
        self.budget.work(1)?;
        match pattern {
            Pattern::Name(name) | Pattern::Rest(name) => Ok(bind(names, name.clone(), value)?),
            Pattern::Default(inner, default) => {
                let is_absent = matches!(value, Val::Undefined);
                let value = if is_absent { self.eval(default, &names)? } else { value };
                self.take_apart(inner, value, names)
            }
            Pattern::Object(_) | Pattern::List(_) if value.is_nothing() => {
                nonsense("there is nothing to take apart")
            }
            Pattern::Object(fields) => {
                let mut names = names;
                for (key, inner) in fields {
                    names =
                        self.take_apart(inner, value.field(key).unwrap_or(Val::Undefined), names)?;
                }
                Ok(names)
            }
            Pattern::List(items) => {
                let mut names = names;
                for (at, inner) in items.iter().enumerate() {
                    let Some(inner) = inner else { continue };
                    let item = match inner {
                        Pattern::Rest(_) => {
                            let rest = self.iterated(&value)?.into_iter().skip(at).collect();
                            self.list(rest)?
                        }
                        _ => value.item(at).unwrap_or(Val::Undefined),
                    };
                    names = self.take_apart(inner, item, names)?;
                }
                Ok(names)
            }
        }
    }

    fn unary(&mut self, operator: Unary, operand: &Expr, names: &Names<'a>) -> Evaluated<'a> {
        let value = match (operator, self.eval(operand, names)) {
            (Unary::Typeof, Err(Stop::Nonsense(_))) if matches!(operand, Expr::Name(_)) => {
                Val::Undefined
            }
            (_, value) => value?,
        };
        Ok(match operator {
            Unary::Not => Val::Bool(!value.is_truthy()),
            Unary::Minus => Val::Number(-self.number_of(&value)?),
            Unary::Plus => Val::Number(self.number_of(&value)?),
            Unary::Flip => Val::Number(f64::from(!operators::bits(self.number_of(&value)?))),
            Unary::Typeof => Val::text(operators::type_name(&value)),
            Unary::Void => Val::Undefined,
        })
    }

    fn logical(
        &mut self,
        operator: Logical,
        left: &Expr,
        right: &Expr,
        names: &Names<'a>,
    ) -> Evaluated<'a> {
        let left = self.eval(left, names)?;
        let is_enough = match operator {
            Logical::And => !left.is_truthy(),
            Logical::Or => left.is_truthy(),
            Logical::Else => !left.is_nothing(),
        };
        if is_enough { Ok(left) } else { self.eval(right, names) }
    }

    /// A new text, paid for.
    pub(super) fn text(&mut self, text: String) -> Evaluated<'a> {
        self.budget.make(text.len() + 16)?;
        Ok(Val::text(text))
    }

    /// A new list, paid for.
    pub(super) fn list(&mut self, items: Vec<Val<'a>>) -> Evaluated<'a> {
        self.budget.make(items.len() * 32 + 16)?;
        Ok(Val::list(items)?)
    }

    /// `String(value)`, paid for.
    pub(super) fn text_of(&mut self, value: &Val<'a>) -> Result<String, Stop> {
        let mut text = String::new();
        operators::write_text(self, value, &mut text)?;
        Ok(text)
    }

    /// `Number(value)`.
    pub(super) fn number_of(&mut self, value: &Val<'a>) -> Result<f64, Stop> {
        Ok(match value {
            Val::Undefined | Val::Function(_) | Val::Native(_) => f64::NAN,
            Val::Null => 0.0,
            Val::Bool(it) => f64::from(u8::from(*it)),
            Val::Number(it) | Val::Date(it) => *it,
            Val::Exact(it) => it.as_f64().unwrap_or(f64::NAN),
            Val::Text(it) => {
                self.budget.work(it.len() / 64)?;
                super::number::of_text(it)
            }
            Val::Data(_) | Val::List(_) | Val::Object(_) if value.is_object() => f64::NAN,
            Val::Data(_) | Val::List(_) | Val::Object(_) => {
                super::number::of_text(&self.text_of(value)?)
            }
        })
    }

    /// Milliseconds since 1970 now.
    pub(super) fn now(&self) -> Result<f64, Stop> {
        self.scope.now_ms.ok_or_else(|| Stop::Nonsense("the time is not known here".to_owned()))
    }

    /// One level deeper into nested values; `budget.leave` comes back.
    pub(super) fn enter(&mut self) -> Result<(), Limit> {
        self.budget.enter()
    }
}
