//! What can be called on values: `.map`, `.split`, `.toFixed`, `.toISOString`.

mod dates;
mod lists;
mod numbers;
mod texts;

use super::eval::{Evaluated, Machine};
use super::limit::{Stop, nonsense};
use super::value::Val;

/// Calls `value.name(arguments)`.
pub(super) fn call<'a>(
    machine: &mut Machine<'_, 'a>,
    value: &Val<'a>,
    name: &str,
    arguments: &[Val<'a>],
) -> Evaluated<'a> {
    machine.budget.work(1)?;
    match value {
        Val::Undefined | Val::Null => nonsense(format!("there is nothing to call {name} on")),
        Val::Text(text) => texts::call(machine, text, name, arguments),
        Val::Number(it) => numbers::call(machine, *it, name, arguments),
        Val::Exact(_) => {
            let number = machine.number_of(value)?;
            numbers::call(machine, number, name, arguments)
        }
        Val::Date(it) => dates::call(machine, *it, name, arguments),
        _ if value.list_len().is_some() => lists::call(machine, value, name, arguments),
        _ => of_anything(machine, value, name, arguments),
    }
}

/// What every value has.
fn of_anything<'a>(
    machine: &mut Machine<'_, 'a>,
    value: &Val<'a>,
    name: &str,
    arguments: &[Val<'a>],
) -> Evaluated<'a> {
    match name {
        "toString" | "toLocaleString" => {
            let text = machine.text_of(value)?;
            machine.text(text)
        }
        "valueOf" => Ok(value.clone()),
        "hasOwnProperty" => {
            let key = machine.text_of(arguments.first().unwrap_or(&Val::Undefined))?;
            Ok(Val::Bool(value.field(&key).is_some()))
        }
        _ => nonsense(format!("{name} cannot be called here")),
    }
}

/// A place in something of `len` items, as `slice` and `at` count: negative from the end, clamped.
fn place<'a>(
    machine: &mut Machine<'_, 'a>,
    argument: Option<&Val<'a>>,
    len: usize,
    absent: usize,
) -> Result<usize, Stop> {
    let Some(argument) = argument.filter(|it| !matches!(it, Val::Undefined)) else {
        return Ok(absent);
    };
    let number = machine.number_of(argument)?;
    Ok(clamped(if number < 0.0 { number.trunc() + as_number(len) } else { number }, len))
}

/// `number` as a place between 0 and `len`.
fn clamped(number: f64, len: usize) -> usize {
    if number.is_nan() || number <= 0.0 {
        return 0;
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "positive, and cut to the length"
    )]
    let at = number.trunc() as usize;
    at.min(len)
}

fn as_number(len: usize) -> f64 {
    f64::from(u32::try_from(len).unwrap_or(u32::MAX))
}

/// A place where `at` looks; nothing outside.
fn exact_place<'a>(
    machine: &mut Machine<'_, 'a>,
    argument: Option<&Val<'a>>,
    len: usize,
) -> Result<Option<usize>, Stop> {
    let number = machine.number_of(argument.unwrap_or(&Val::Number(0.0)))?.trunc();
    let number = if number.is_nan() { 0.0 } else { number };
    let number = if number < 0.0 { number + as_number(len) } else { number };
    Ok((number >= 0.0 && number < as_number(len)).then(|| clamped(number, len)))
}
