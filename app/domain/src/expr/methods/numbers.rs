//! Methods of numbers.

use super::super::eval::{Evaluated, Machine};
use super::super::limit::nonsense;
use super::super::number;
use super::super::value::Val;
use super::{clamped, of_anything};

/// Calls a method of a number.
pub(super) fn call<'a>(
    machine: &mut Machine<'_, 'a>,
    value: f64,
    name: &str,
    arguments: &[Val<'a>],
) -> Evaluated<'a> {
    let argument = match arguments.first() {
        Some(it) if !matches!(it, Val::Undefined | Val::Text(_)) => Some(machine.number_of(it)?),
        _ => None,
    };
    match name {
        "toFixed" => {
            let digits = argument.unwrap_or(0.0);
            if !(0.0..=100.0).contains(&digits) {
                return nonsense("toFixed takes 0 to 100 digits");
            }
            machine.text(fixed(value, clamped(digits, 100)))
        }
        "toString" => match argument {
            Some(radix) if radix != 10.0 => match in_radix(value, radix) {
                Some(it) => machine.text(it),
                None => nonsense("toString takes a base from 2 to 36 and a whole number"),
            },
            _ => machine.text(number::text(value)),
        },
        "toLocaleString" => machine.text(grouped(value)),
        "toPrecision" => match argument {
            Some(digits) if (1.0..=100.0).contains(&digits) => {
                machine.text(precise(value, clamped(digits, 100)))
            }
            _ => machine.text(number::text(value)),
        },
        _ => of_anything(machine, &Val::Number(value), name, arguments),
    }
}

/// `value` with exactly `digits` decimals; halves go away from zero.
fn fixed(value: f64, digits: usize) -> String {
    if !value.is_finite() || value.abs() >= 1e21 {
        return number::text(value);
    }
    // 25 more decimals tell a half from what is nearly one.
    let long = format!("{:.*}", digits + 25, value.abs());
    let keep = long.len() - 25;
    let (kept, dropped) = long.split_at_checked(keep).unwrap_or((&long, ""));
    let kept = kept.trim_end_matches('.');
    let rounded = if dropped.as_bytes().first().is_some_and(|it| *it >= b'5') {
        incremented(kept)
    } else {
        kept.to_owned()
    };
    let is_zero = !rounded.bytes().any(|it| matches!(it, b'1'..=b'9'));
    if value < 0.0 && !is_zero { format!("-{rounded}") } else { rounded }
}

/// Adds one to the last digit of a decimal text.
fn incremented(text: &str) -> String {
    let mut digits: Vec<char> = text.chars().collect();
    for it in digits.iter_mut().rev() {
        match it {
            '9' => *it = '0',
            '.' => {}
            _ => {
                *it = char::from_digit(it.to_digit(10).unwrap_or(0) + 1, 10).unwrap_or('9');
                return digits.into_iter().collect();
            }
        }
    }
    format!("1{}", digits.into_iter().collect::<String>())
}

fn in_radix(value: f64, radix: f64) -> Option<String> {
    if !(2.0..=36.0).contains(&radix)
        || value.fract() != 0.0
        || value.abs() > 9_007_199_254_740_992.0
    {
        return None;
    }
    let radix = u32::try_from(clamped(radix, 36)).ok()?;
    let mut rest = value.abs();
    let mut digits = Vec::new();
    loop {
        let digit = u32::try_from(clamped(rest % f64::from(radix), 36)).ok()?;
        digits.push(char::from_digit(digit, radix)?);
        rest = (rest / f64::from(radix)).trunc();
        if rest == 0.0 {
            break;
        }
    }
    let text: String = digits.into_iter().rev().collect();
    Some(if value < 0.0 { format!("-{text}") } else { text })
}

/// `1234567.891` as `1,234,567.891`.
fn grouped(value: f64) -> String {
    if !value.is_finite() || value.abs() >= 1e21 {
        return number::text(value);
    }
    let text = fixed(value, 3);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    let (sign, text) = text.strip_prefix('-').map_or(("", text), |it| ("-", it));
    let (whole, decimals) =
        text.split_once('.').map_or((text, String::new()), |it| (it.0, format!(".{}", it.1)));
    let mut groups = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            groups.push(',');
        }
        groups.push(digit);
    }
    format!("{sign}{groups}{decimals}")
}

fn precise(value: f64, digits: usize) -> String {
    if !value.is_finite() || value == 0.0 {
        return number::text(value);
    }
    let written = format!("{:.*e}", digits - 1, value);
    let exponent: i32 = written.split_once('e').and_then(|it| it.1.parse().ok()).unwrap_or(0);
    let decimals = i32::try_from(digits).unwrap_or(i32::MAX) - 1 - exponent;
    match usize::try_from(decimals) {
        Ok(decimals) if exponent >= -6 => fixed(value, decimals),
        _ => {
            let (mantissa, _) = written.split_once('e').unwrap_or((&written, ""));
            format!("{mantissa}e{}{}", if exponent < 0 { '-' } else { '+' }, exponent.abs())
        }
    }
}
