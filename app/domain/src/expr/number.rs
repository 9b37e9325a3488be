//! Numbers as JavaScript reads and writes them.

use serde_json::{Number, Value};

/// `Number(text)`: empty is 0, what is no number is NaN.
pub fn of_text(text: &str) -> f64 {
    let text = text.trim();
    if text.is_empty() {
        return 0.0;
    }
    for (prefix, radix) in [("0x", 16), ("0X", 16), ("0b", 2), ("0B", 2), ("0o", 8), ("0O", 8)] {
        if let Some(digits) = text.strip_prefix(prefix) {
            return whole(digits, radix).unwrap_or(f64::NAN);
        }
    }
    match text {
        "Infinity" | "+Infinity" => f64::INFINITY,
        "-Infinity" => f64::NEG_INFINITY,
        _ if text
            .chars()
            .all(|it| it.is_ascii_digit() || matches!(it, '.' | 'e' | 'E' | '+' | '-')) =>
        {
            text.parse().unwrap_or(f64::NAN)
        }
        _ => f64::NAN,
    }
}

/// Digits in `radix` as a number.
pub(super) fn whole(digits: &str, radix: u32) -> Option<f64> {
    let digits: Option<Vec<_>> = digits.chars().map(|it| it.to_digit(radix)).collect();
    let add = |value: f64, digit: &u32| value * f64::from(radix) + f64::from(*digit);
    digits.filter(|it| !it.is_empty()).map(|it| it.iter().fold(0.0, add))
}

/// `Number(value)` for JSON: a list of one item counts as its item, an object is NaN.
pub fn of_json(value: &Value) -> f64 {
    match value {
        Value::Null => 0.0,
        Value::Bool(it) => f64::from(u8::from(*it)),
        Value::Number(it) => it.as_f64().unwrap_or(f64::NAN),
        Value::String(it) => of_text(it),
        Value::Array(items) => match items.as_slice() {
            [] => 0.0,
            [one @ (Value::Number(_) | Value::String(_) | Value::Null)] => of_json(one),
            _ => f64::NAN,
        },
        Value::Object(_) => f64::NAN,
    }
}

/// The shortest text that reads back as `number`, in JavaScript's form: `5`, `0.1`, `1e+21`, `-Infinity`.
pub fn text(number: f64) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    if number == 0.0 {
        return "0".to_owned();
    }
    let shortest = format!("{:e}", number.abs());
    let (mantissa, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
    let digits = mantissa.replace('.', "");
    let point = exponent.parse::<i32>().unwrap_or(0) + 1;
    let sign = if number < 0.0 { "-" } else { "" };
    format!("{sign}{}", placed(&digits, point))
}

/// `digits` with the decimal point after the first `point` of them.
fn placed(digits: &str, point: i32) -> String {
    let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    let zeros = |many: i32| "0".repeat(usize::try_from(many).unwrap_or(0));
    let split = usize::try_from(point.max(0)).unwrap_or(0).min(digits.len());
    let (before, after) = digits.split_at(split);
    if count <= point && point <= 21 {
        return format!("{digits}{}", zeros(point - count));
    }
    if 0 < point && point <= 21 {
        return format!("{before}.{after}");
    }
    if -6 < point && point <= 0 {
        return format!("0.{}{digits}", zeros(-point));
    }
    let (first, rest) = digits.split_at(1.min(digits.len()));
    let dot = if rest.is_empty() { "" } else { "." };
    let sign = if point > 0 { '+' } else { '-' };
    format!("{first}{dot}{rest}e{sign}{}", (point - 1).abs())
}

/// A number as JSON: whole numbers without a point, what JSON cannot hold as its text.
pub fn to_json(number: f64) -> Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if !number.is_finite() {
        return Value::String(text(number));
    }
    if number.fract() == 0.0 && number.abs() < EXACT {
        #[expect(clippy::cast_possible_truncation, reason = "whole and within 53 bits")]
        return Value::from(number as i64);
    }
    Number::from_f64(number).map_or(Value::Null, Value::Number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_javascript_writes_them() {
        let cases = [
            (5.0, "5"),
            (1.5, "1.5"),
            (-0.25, "-0.25"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1e21, "1e+21"),
            (1e20, "100000000000000000000"),
            (1.5e-7, "1.5e-7"),
            (0.000_001, "0.000001"),
            (-0.0, "0"),
            (123.456, "123.456"),
            (5e-324, "5e-324"),
        ];
        for (number, expected) in cases {
            assert_eq!(text(number), expected);
        }
    }

    #[test]
    fn texts_are_read_as_javascript_reads_them() {
        for (text, expected) in
            [("", 0.0), (" 5 ", 5.0), ("0x10", 16.0), ("1e2", 100.0), (".5", 0.5), ("-3", -3.0)]
        {
            assert!((of_text(text) - expected).abs() < f64::EPSILON, "{text}");
        }
        for text in ["abc", "5px", "1 2", "inf", "nan", "0x", "--1"] {
            assert!(of_text(text).is_nan(), "{text}");
        }
    }
}
