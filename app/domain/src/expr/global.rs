//! The names that are always known: `Math`, `JSON`, `Object`, `parseInt` and their like.

mod object;
mod uri;

use super::eval::{Evaluated, Machine};
use super::limit::{Stop, nonsense};
use super::value::{Text, Val};
use super::{date, json, number, operators};

const GLOBALS: [&str; 17] = [
    "Array",
    "Boolean",
    "Date",
    "JSON",
    "Math",
    "Number",
    "Object",
    "String",
    "decodeURI",
    "decodeURIComponent",
    "encodeURI",
    "encodeURIComponent",
    "flattenNestedKeys",
    "isFinite",
    "isNaN",
    "parseFloat",
    "parseInt",
];

/// Whether `name` is always known.
pub(super) fn is_global(name: &str) -> bool {
    GLOBALS.contains(&name)
}

/// `value.key` and `value[key]`.
pub(super) fn get<'a>(machine: &mut Machine<'_, 'a>, value: &Val<'a>, key: &str) -> Evaluated<'a> {
    machine.budget.work(1 + key.len() / 64)?;
    match value {
        Val::Undefined | Val::Null => nonsense(format!("there is nothing to read {key} from")),
        Val::Native(name) if &**name == "connections" => machine.connection(key),
        Val::Native(name) => Ok(constant(name, key)
            .map_or_else(|| Val::Native(format!("{name}.{key}").into()), Val::Number)),
        Val::Text(text) => {
            machine.budget.work(text.len() / 64)?;
            Ok(text_member(text, key))
        }
        _ if value.is_object() => Ok(value.field(key).unwrap_or(Val::Undefined)),
        _ => Ok(match (value.list_len(), index(key)) {
            (Some(len), _) if key == "length" => count(len),
            (Some(_), Some(at)) => value.item(at).unwrap_or(Val::Undefined),
            _ => Val::Undefined,
        }),
    }
}

fn text_member<'a>(text: &Text<'a>, key: &str) -> Val<'a> {
    if key == "length" {
        return count(text.chars().count());
    }
    let character = index(key).and_then(|at| text.chars().nth(at));
    character.map_or(Val::Undefined, |it| Val::text(it.to_string()))
}

fn index(key: &str) -> Option<usize> {
    key.parse().ok().filter(|it: &usize| it.to_string() == key)
}

/// A count as a number.
pub(super) fn count<'a>(len: usize) -> Val<'a> {
    Val::Number(f64::from(u32::try_from(len).unwrap_or(u32::MAX)))
}

fn constant(owner: &str, key: &str) -> Option<f64> {
    use std::f64::consts;
    Some(match (owner, key) {
        ("Math", "PI") => consts::PI,
        ("Math", "E") => consts::E,
        ("Math", "LN2") => consts::LN_2,
        ("Math", "LN10") => consts::LN_10,
        ("Math", "SQRT2") => consts::SQRT_2,
        ("Number", "MAX_SAFE_INTEGER") => 9_007_199_254_740_991.0,
        ("Number", "MIN_SAFE_INTEGER") => -9_007_199_254_740_991.0,
        ("Number", "MAX_VALUE") => f64::MAX,
        ("Number", "MIN_VALUE") => 5e-324,
        ("Number", "EPSILON") => f64::EPSILON,
        ("Number", "POSITIVE_INFINITY") => f64::INFINITY,
        ("Number", "NEGATIVE_INFINITY") => f64::NEG_INFINITY,
        ("Number", "NaN") => f64::NAN,
        _ => return None,
    })
}

/// Calls what [`get`] or a global name gave.
pub(super) fn call<'a>(
    machine: &mut Machine<'_, 'a>,
    name: &str,
    arguments: &[Val<'a>],
) -> Evaluated<'a> {
    let first = arguments.first().cloned().unwrap_or(Val::Undefined);
    if let Some(function) = name.strip_prefix("Math.") {
        return math(machine, function, arguments);
    }
    Ok(match name {
        "Boolean" => Val::Bool(first.is_truthy()),
        "Number" if arguments.is_empty() => Val::Number(0.0),
        "Number" => Val::Number(machine.number_of(&first)?),
        "String" if arguments.is_empty() => machine.text(String::new())?,
        "String" | "Object.toString" => {
            let text = machine.text_of(&first)?;
            machine.text(text)?
        }
        "String.fromCharCode" | "String.fromCodePoint" => characters(machine, arguments)?,
        "parseInt" | "Number.parseInt" => parse_int(machine, arguments)?,
        "parseFloat" | "Number.parseFloat" => parse_float(machine, &first)?,
        "isNaN" => Val::Bool(machine.number_of(&first)?.is_nan()),
        "isFinite" => Val::Bool(machine.number_of(&first)?.is_finite()),
        "Number.isNaN" => Val::Bool(matches!(first, Val::Number(it) if it.is_nan())),
        "Number.isFinite" => Val::Bool(matches!(first, Val::Number(it) if it.is_finite())),
        "Number.isInteger" => Val::Bool(matches!(first, Val::Number(it) if it.fract() == 0.0)),
        "Number.isSafeInteger" => Val::Bool(
            matches!(first, Val::Number(it) if it.fract() == 0.0 && it.abs() <= 9_007_199_254_740_991.0),
        ),
        "Date" => {
            let text = date::full_text(machine.now()?);
            machine.text(text)?
        }
        "Date.now" => Val::Number(machine.now()?),
        "Date.parse" => Val::Number(date::parse(&machine.text_of(&first)?).unwrap_or(f64::NAN)),
        "Date.UTC" => match machine.new_date(arguments)? {
            Val::Date(it) => Val::Number(it),
            other => other,
        },
        "JSON.stringify" => json::stringify(machine, arguments)?,
        "JSON.parse" => json::parse(machine, &first)?,
        "encodeURIComponent" | "encodeURI" | "decodeURIComponent" | "decodeURI" => {
            uri::call(machine, name, &first)?
        }
        "flattenNestedKeys" => object::flatten_nested_keys(machine, arguments)?,
        _ => return object::call(machine, name, arguments),
    })
}

fn characters<'a>(machine: &mut Machine<'_, 'a>, arguments: &[Val<'a>]) -> Evaluated<'a> {
    let mut text = String::new();
    for it in arguments {
        let code = u32::from_ne_bytes(operators::bits(machine.number_of(it)?).to_ne_bytes());
        text.extend(char::from_u32(code));
    }
    machine.text(text)
}

fn parse_int<'a>(machine: &mut Machine<'_, 'a>, arguments: &[Val<'a>]) -> Evaluated<'a> {
    let text = machine.text_of(arguments.first().unwrap_or(&Val::Undefined))?;
    let radix = match arguments.get(1) {
        Some(it) => operators::bits(machine.number_of(it)?),
        None => 0,
    };
    let text = text.trim();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    let hex = digits
        .strip_prefix("0x")
        .or_else(|| digits.strip_prefix("0X"))
        .filter(|_| matches!(radix, 0 | 16));
    let radix = if hex.is_some() { 16 } else { u32::try_from(radix).unwrap_or(1) };
    let radix = if radix == 0 { 10 } else { radix };
    if !(2..=36).contains(&radix) {
        return Ok(Val::Number(f64::NAN));
    }
    let digits: String =
        hex.unwrap_or(digits).chars().take_while(|it| it.is_digit(radix)).collect();
    Ok(Val::Number(sign * number::whole(&digits, radix).unwrap_or(f64::NAN)))
}

fn parse_float<'a>(machine: &mut Machine<'_, 'a>, value: &Val<'a>) -> Evaluated<'a> {
    let text = machine.text_of(value)?;
    let text = text.trim();
    let fits = |it: &char| it.is_ascii_digit() || matches!(it, '.' | 'e' | 'E' | '+' | '-');
    let mut head: String = text.chars().take_while(fits).take(400).collect();
    for word in ["Infinity", "+Infinity", "-Infinity"] {
        if text.starts_with(word) {
            return Ok(Val::Number(number::of_text(word)));
        }
    }
    while !head.is_empty() {
        if let Ok(it) = head.parse() {
            return Ok(Val::Number(it));
        }
        head.pop();
    }
    Ok(Val::Number(f64::NAN))
}

fn math<'a>(machine: &mut Machine<'_, 'a>, function: &str, arguments: &[Val<'a>]) -> Evaluated<'a> {
    let mut numbers = Vec::with_capacity(arguments.len());
    for it in arguments {
        machine.budget.work(1)?;
        numbers.push(machine.number_of(it)?);
    }
    let x = numbers.first().copied().unwrap_or(f64::NAN);
    let y = numbers.get(1).copied().unwrap_or(f64::NAN);
    let has_nan = numbers.iter().any(|it| it.is_nan());
    Ok(Val::Number(match function {
        "max" | "min" if has_nan => f64::NAN,
        "max" => numbers.into_iter().fold(f64::NEG_INFINITY, f64::max),
        "min" => numbers.into_iter().fold(f64::INFINITY, f64::min),
        "hypot" => numbers.into_iter().map(|it| it * it).sum::<f64>().sqrt(),
        "abs" => x.abs(),
        "ceil" => x.ceil(),
        "floor" => x.floor(),
        "round" => (x + 0.5).floor(),
        "trunc" => x.trunc(),
        "sign" => {
            if x == 0.0 || x.is_nan() {
                x
            } else {
                x.signum()
            }
        }
        "sqrt" => x.sqrt(),
        "cbrt" => x.cbrt(),
        "pow" => x.powf(y),
        "exp" => x.exp(),
        "log" => x.ln(),
        "log2" => x.log2(),
        "log10" => x.log10(),
        "sin" => x.sin(),
        "cos" => x.cos(),
        "tan" => x.tan(),
        "atan" => x.atan(),
        "atan2" => x.atan2(y),
        "random" => return nonsense("chance is not supported, so that a run can be repeated"),
        _ => return nonsense(format!("Math.{function} is not supported")),
    }))
}

impl<'a> Machine<'_, 'a> {
    /// The value of a connection.
    fn connection(&self, id: &str) -> Evaluated<'a> {
        self.scope.connection_value(id).map(Val::of).ok_or_else(|| Stop::Connection(id.to_owned()))
    }

    /// `new Date(…)`.
    pub(super) fn new_date(&mut self, arguments: &[Val<'a>]) -> Evaluated<'a> {
        let millis = match arguments {
            [] => self.now()?,
            [Val::Text(text)] => date::parse(text).unwrap_or(f64::NAN),
            [one] => self.number_of(one)?,
            many => {
                let mut parts = [0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0];
                for (part, it) in parts.iter_mut().zip(many) {
                    *part = self.number_of(it)?;
                }
                date::calendar(parts).unwrap_or(f64::NAN)
            }
        };
        Ok(Val::Date(date::moment(millis).map_or(f64::NAN, date::millis)))
    }
}
