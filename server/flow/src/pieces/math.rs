//! The piece for numbers.

use crate::pieces::input::Input;
use crate::pieces::{Done, Failed};
use serde_json::Value;

/// Whole numbers up to here are exact.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Does what `action` says.
pub(crate) fn run(action: &str, input: &Input<'_>) -> Result<Done, Failed> {
    if action == "round_math" {
        return rounded(input);
    }
    let first = input.required_number("first_number", "The first number")?;
    let second = input.required_number("second_number", "The second number")?;
    let is_division = matches!(action, "division_math" | "modulo_math");
    if is_division && second == 0.0 {
        return Err(Failed::new("A number cannot be divided by 0. Check the second number"));
    }
    let result = match action {
        "addition_math" => first + second,
        // As the engines have it: the first number is taken from the second.
        "subtraction_math" => second - first,
        "multiplication_math" => first * second,
        "division_math" => first / second,
        "modulo_math" => first % second,
        other => return Err(Failed::unknown("Numbers", other)),
    };
    given(result)
}

fn rounded(input: &Input<'_>) -> Result<Done, Failed> {
    let number = input.required_number("number", "The number")?;
    let decimals = input.integer("decimals").unwrap_or(0);
    let decimals = i32::try_from(decimals).ok().filter(|it| (0..=12).contains(it));
    let decimals =
        decimals.ok_or_else(|| Failed::new("The digits after the point must be from 0 to 12"))?;
    let factor = 10_f64.powi(decimals);
    let scaled = number * factor;
    let whole = match input.text("way").as_deref() {
        Some("up") => scaled.ceil(),
        Some("down") => scaled.floor(),
        _ => scaled.round(),
    };
    given(whole / factor)
}

fn given(result: f64) -> Result<Done, Failed> {
    let value =
        number(result).ok_or_else(|| Failed::new("The result is too large for a number"))?;
    Ok(Done::Output(value))
}

/// Whole results as whole numbers; nothing for what JSON has no number for.
pub(crate) fn number(value: f64) -> Option<Value> {
    if value.fract() == 0.0 && value.abs() <= EXACT {
        #[expect(clippy::cast_possible_truncation, reason = "whole and within 53 bits")]
        return Some(Value::from(value as i64));
    }
    serde_json::Number::from_f64(value).map(Value::Number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pieces::testing::{output, refused};
    use serde_json::json;

    #[test]
    fn numbers_are_added_divided_and_rounded() {
        let two =
            |first: Value, second: Value| json!({ "first_number": first, "second_number": second });
        for (action, input, expected) in [
            ("addition_math", two(json!("2"), json!(3)), json!(5)),
            ("subtraction_math", two(json!(2), json!(10)), json!(8)),
            ("multiplication_math", two(json!(1.5), json!(2)), json!(3)),
            ("division_math", two(json!(1), json!(4)), json!(0.25)),
            ("modulo_math", two(json!(7), json!(4)), json!(3)),
            ("round_math", json!({ "number": 2.345, "decimals": 1 }), json!(2.3)),
            ("round_math", json!({ "number": "2.1", "way": "up" }), json!(3)),
        ] {
            assert_eq!(output(&input, |it| run(action, it)), expected, "{action}");
        }
        let by_nothing = refused(&two(json!(1), json!(0)), |it| run("division_math", it));
        assert!(by_nothing.contains("divided by 0"));
        let word = refused(&two(json!("many"), json!(0)), |it| run("addition_math", it));
        assert!(word.contains("The first number"));
    }
}
