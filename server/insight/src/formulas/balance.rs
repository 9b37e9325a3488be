//! How evenly work is spread (formulas.md 6).

use super::{decimals, real};
use serde_json::{Value, json};

/// The Gini coefficient of the open items of people who have at least one; none for fewer than two of them.
pub fn gini(loads: &[usize]) -> Option<f64> {
    let mut sorted: Vec<usize> = loads.iter().copied().filter(|it| *it > 0).collect();
    sorted.sort_unstable();
    if sorted.len() < 2 {
        return None;
    }
    let n = real(sorted.len());
    let sum = real(sorted.iter().sum());
    let ranked: f64 = sorted.iter().enumerate().map(|(at, it)| real(at + 1) * real(*it)).sum();
    Some((2.0 * ranked / (n * sum) - (n + 1.0) / n).max(0.0))
}

fn band(gini: f64) -> &'static str {
    match gini {
        it if it <= 0.2 => "excellent",
        it if it <= 0.3 => "good",
        it if it <= 0.4 => "fair",
        _ => "poor",
    }
}

/// The balance of the people of a project, each with their open items.
pub fn result(people: &[(String, usize)]) -> Value {
    let loads: Vec<usize> = people.iter().map(|it| it.1).collect();
    let gini = gini(&loads);
    let mean = if people.is_empty() { 0.0 } else { real(loads.iter().sum()) / real(people.len()) };
    let outside = |is_out: &dyn Fn(f64) -> bool| -> Vec<Value> {
        let far = people.iter().filter(|it| gini.is_some() && is_out(real(it.1)));
        far.map(|it| json!({ "person": it.0, "tasks": it.1 })).collect()
    };
    let mut value = json!({
        "gini": decimals(gini.unwrap_or(0.0), 4), "balance": gini.map(band), "mean_workload": decimals(mean, 4),
        "overloaded": outside(&|it| it > 1.5 * mean), "underloaded": outside(&|it| it < 0.5 * mean),
        "recommendation": null
    });
    match gini {
        None => value["reason"] = "Fewer than two people have open items".into(),
        Some(it) if it > 0.3 => {
            value["recommendation"] = "Move open items from the most to the least loaded".into();
        }
        Some(_) => {}
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn people(loads: [(&str, usize); 4]) -> Vec<(String, usize)> {
        loads.into_iter().map(|(name, load)| (name.to_owned(), load)).collect()
    }

    #[test]
    fn both_examples_of_the_section() {
        let a = result(&people([("Amara", 6), ("Bola", 5), ("Lucia", 7), ("Mei", 6)]));
        assert_eq!((&a["gini"], &a["balance"]), (&json!(0.0625), &json!("excellent")));
        assert_eq!((&a["mean_workload"], &a["overloaded"]), (&json!(6.0), &json!([])));
        let b = result(&people([("Amara", 1), ("Bola", 2), ("Lucia", 3), ("Mei", 10)]));
        assert_eq!((&b["gini"], &b["balance"]), (&json!(0.4375), &json!("poor")));
        assert_eq!(b["overloaded"], json!([{ "person": "Mei", "tasks": 10 }]));
        assert_eq!(b["underloaded"], json!([{ "person": "Amara", "tasks": 1 }]));
    }

    #[test]
    fn one_person_has_no_balance_and_equals_have_the_best() {
        let one = result(&[("Amara".to_owned(), 3)]);
        assert_eq!((&one["gini"], &one["balance"]), (&json!(0.0), &Value::Null));
        assert_eq!(gini(&[4, 4, 4]), Some(0.0));
    }
}
