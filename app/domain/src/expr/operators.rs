//! Operators as JavaScript has them.

use super::eval::{Evaluated, Machine};
use super::limit::{Stop, nonsense};
use super::tree::Binary;
use super::value::Val;
use super::{date, number};
use std::cmp::Ordering;

/// An operator with both sides.
pub(super) fn binary<'a>(
    machine: &mut Machine<'_, 'a>,
    operator: Binary,
    left: &Val<'a>,
    right: &Val<'a>,
) -> Evaluated<'a> {
    if let (Val::Text(left), Val::Text(right)) = (left, right) {
        machine.budget.work(left.len().min(right.len()) / 64)?;
    }
    Ok(match operator {
        Binary::Add => return add(machine, left, right),
        Binary::Equal => Val::Bool(loosely_equal(machine, left, right)?),
        Binary::NotEqual => Val::Bool(!loosely_equal(machine, left, right)?),
        Binary::Same => Val::Bool(same(left, right)),
        Binary::NotSame => Val::Bool(!same(left, right)),
        Binary::Less => Val::Bool(compare(machine, left, right)? == Some(Ordering::Less)),
        Binary::Greater => Val::Bool(compare(machine, left, right)? == Some(Ordering::Greater)),
        Binary::LessOrEqual => {
            Val::Bool(compare(machine, left, right)?.is_some_and(Ordering::is_le))
        }
        Binary::GreaterOrEqual => {
            Val::Bool(compare(machine, left, right)?.is_some_and(Ordering::is_ge))
        }
        Binary::In => Val::Bool(is_in(machine, left, right)?),
        _ => Val::Number(arithmetic(operator, machine.number_of(left)?, machine.number_of(right)?)),
    })
}

fn arithmetic(operator: Binary, left: f64, right: f64) -> f64 {
    let shift = u32::from_ne_bytes(bits(right).to_ne_bytes()) & 31;
    match operator {
        Binary::Subtract => left - right,
        Binary::Multiply => left * right,
        Binary::Divide => left / right,
        Binary::Remainder => left % right,
        Binary::Power if right.is_nan() || (left.abs() == 1.0 && right.is_infinite()) => f64::NAN,
        Binary::Power => left.powf(right),
        Binary::BitAnd => f64::from(bits(left) & bits(right)),
        Binary::BitOr => f64::from(bits(left) | bits(right)),
        Binary::BitXor => f64::from(bits(left) ^ bits(right)),
        Binary::ShiftLeft => f64::from(bits(left) << shift),
        Binary::ShiftRight => f64::from(bits(left) >> shift),
        Binary::ShiftRightZero => f64::from(u32::from_ne_bytes(bits(left).to_ne_bytes()) >> shift),
        _ => f64::NAN,
    }
}

/// The low 32 bits of a whole number.
pub(super) fn bits(number: f64) -> i32 {
    if !number.is_finite() {
        return 0;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "below 2 to the 32 after the remainder"
    )]
    let low = number.trunc().rem_euclid(4_294_967_296.0) as u32;
    i32::from_ne_bytes(low.to_ne_bytes())
}

fn add<'a>(machine: &mut Machine<'_, 'a>, left: &Val<'a>, right: &Val<'a>) -> Evaluated<'a> {
    let adds_texts = [left, right].iter().any(|it| !is_primitive(it) || matches!(it, Val::Text(_)));
    if !adds_texts {
        return Ok(Val::Number(machine.number_of(left)? + machine.number_of(right)?));
    }
    let mut text = machine.text_of(left)?;
    write_text(machine, right, &mut text)?;
    machine.text(text)
}

fn is_primitive(value: &Val<'_>) -> bool {
    matches!(
        value,
        Val::Undefined | Val::Null | Val::Bool(_) | Val::Number(_) | Val::Exact(_) | Val::Text(_)
    )
}

/// `===`; lists and objects of the data are the same only when they are the same place of it.
pub(super) fn same(left: &Val<'_>, right: &Val<'_>) -> bool {
    match (left, right) {
        (Val::Undefined, Val::Undefined) | (Val::Null, Val::Null) => true,
        (Val::Bool(left), Val::Bool(right)) => left == right,
        (Val::Number(left), Val::Number(right)) => left == right,
        (Val::Exact(left), Val::Exact(right)) => left == right,
        (Val::Exact(exact), Val::Number(it)) | (Val::Number(it), Val::Exact(exact)) => {
            exact.as_f64() == Some(*it)
        }
        (Val::Text(left), Val::Text(right)) => **left == **right,
        (Val::Data(left), Val::Data(right)) => std::ptr::eq(*left, *right),
        (Val::List(left), Val::List(right)) => std::rc::Rc::ptr_eq(left, right),
        (Val::Object(left), Val::Object(right)) => std::rc::Rc::ptr_eq(left, right),
        (Val::Function(left), Val::Function(right)) => std::rc::Rc::ptr_eq(left, right),
        (Val::Native(left), Val::Native(right)) => left == right,
        _ => false,
    }
}

/// `==`.
fn loosely_equal<'a>(
    machine: &mut Machine<'_, 'a>,
    left: &Val<'a>,
    right: &Val<'a>,
) -> Result<bool, Stop> {
    if left.is_nothing() || right.is_nothing() {
        return Ok(left.is_nothing() && right.is_nothing());
    }
    match (is_primitive(left), is_primitive(right)) {
        (false, false) => Ok(same(left, right)),
        (true, true) if std::mem::discriminant(left) == std::mem::discriminant(right) => {
            Ok(same(left, right))
        }
        (true, true) => Ok(machine.number_of(left)? == machine.number_of(right)?),
        (true, false) => {
            let right = Val::text(machine.text_of(right)?);
            loosely_equal(machine, left, &right)
        }
        (false, true) => loosely_equal(machine, right, left),
    }
}

/// `<` and its like; nothing where there is no order.
fn compare<'a>(
    machine: &mut Machine<'_, 'a>,
    left: &Val<'a>,
    right: &Val<'a>,
) -> Result<Option<Ordering>, Stop> {
    if let (Val::Text(left), Val::Text(right)) = (left, right) {
        return Ok(Some((**left).cmp(&**right)));
    }
    let as_text =
        |it: &Val<'a>| matches!(it, Val::Text(_) | Val::Data(_) | Val::List(_) | Val::Object(_));
    if as_text(left) && as_text(right) {
        let (left, right) = (machine.text_of(left)?, machine.text_of(right)?);
        return Ok(Some(left.cmp(&right)));
    }
    Ok(machine.number_of(left)?.partial_cmp(&machine.number_of(right)?))
}

fn is_in<'a>(machine: &mut Machine<'_, 'a>, key: &Val<'a>, holder: &Val<'a>) -> Result<bool, Stop> {
    let key = machine.text_of(key)?;
    if holder.is_object() {
        return Ok(holder.field(&key).is_some());
    }
    match holder.list_len() {
        Some(len) => Ok(key.parse::<usize>().is_ok_and(|it| it < len)),
        None => nonsense("“in” looks into an object or a list"),
    }
}

/// `typeof value`.
pub(super) fn type_name(value: &Val<'_>) -> &'static str {
    match value {
        Val::Undefined => "undefined",
        Val::Bool(_) => "boolean",
        Val::Number(_) | Val::Exact(_) => "number",
        Val::Text(_) => "string",
        Val::Function(_) => "function",
        Val::Native(name) if !matches!(&**name, "Math" | "JSON" | "connections") => "function",
        _ => "object",
    }
}

/// Adds `String(value)` to `text`, paid for.
pub(super) fn write_text<'a>(
    machine: &mut Machine<'_, 'a>,
    value: &Val<'a>,
    text: &mut String,
) -> Result<(), Stop> {
    let before = text.len();
    match value {
        Val::Undefined => text.push_str("undefined"),
        Val::Null => text.push_str("null"),
        Val::Bool(it) => text.push_str(if *it { "true" } else { "false" }),
        Val::Number(it) => text.push_str(&number::text(*it)),
        Val::Exact(it) => text.push_str(&it.to_string()),
        Val::Text(it) => {
            machine.budget.make(it.len())?;
            text.push_str(it);
            return Ok(());
        }
        Val::Date(it) => text.push_str(&date::full_text(*it)),
        Val::Function(_) | Val::Native(_) => text.push_str("a function"),
        Val::Data(_) | Val::List(_) | Val::Object(_) => return write_items(machine, value, text),
    }
    machine.budget.make(text.len() - before)?;
    Ok(())
}

/// Lists are joined with commas; objects have no text of their own.
fn write_items<'a>(
    machine: &mut Machine<'_, 'a>,
    value: &Val<'a>,
    text: &mut String,
) -> Result<(), Stop> {
    let Some(len) = value.list_len() else {
        text.push_str("[object Object]");
        machine.budget.make(15)?;
        return Ok(());
    };
    machine.enter()?;
    for at in 0..len {
        machine.budget.make(1)?;
        machine.budget.work(1)?;
        if at > 0 {
            text.push(',');
        }
        let item = value.item(at).unwrap_or(Val::Undefined);
        if !item.is_nothing() {
            write_text(machine, &item, text)?;
        }
    }
    machine.budget.leave();
    Ok(())
}
