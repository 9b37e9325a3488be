//! What to do next (formulas.md 5).

use serde_json::{Value, json};

/// What the score of an open item is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inputs {
    /// Days until it is due; none without a day.
    pub due_in: Option<i64>,
    /// Open items that wait for it.
    pub holds_up: i64,
    /// It belongs to the project in focus.
    pub in_focus: bool,
    /// Estimated hours.
    pub effort: i64,
    /// Hours there are.
    pub hours: i64,
}

/// Urgency, impact, context and effort.
pub fn parts(it: &Inputs) -> [i64; 4] {
    let urgency = match it.due_in {
        Some(..0) => 25,
        Some(0) => 22,
        Some(1..=2) => 18,
        Some(3..=6) => 12,
        Some(_) => 5,
        None => 0,
    };
    let impact = (5 * it.holds_up).min(25);
    [
        urgency,
        impact,
        if it.in_focus { 25 } else { 10 },
        if it.effort <= it.hours { 20 } else { 10 },
    ]
}

/// The score, its factors and the largest of them.
pub fn result(it: &Inputs) -> Value {
    const NAMES: [&str; 4] = ["urgency", "impact", "context", "effort"];
    let parts = parts(it);
    let [urgency, impact, context, effort] = parts;
    let most = parts.iter().copied().max().unwrap_or_default();
    let reason = parts.iter().position(|it| *it == most).map(|at| NAMES[at]);
    json!({
        "score": parts.iter().sum::<i64>(), "reason": reason,
        "factors": { "urgency": urgency, "impact": impact, "context": context, "effort": effort }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_of_the_section() {
        let told = |due_in, holds_up, in_focus, effort, hours| {
            let it = result(&Inputs { due_in, holds_up, in_focus, effort, hours });
            (it["score"].as_i64().unwrap(), it["reason"].as_str().unwrap().to_owned())
        };
        assert_eq!(told(Some(0), 2, true, 2, 4), (77, "context".to_owned()));
        assert_eq!(told(Some(5), 0, false, 6, 2), (32, "urgency".to_owned()));
        assert_eq!(told(None, 0, false, 2, 4), (30, "effort".to_owned()));
        assert_eq!(
            parts(&Inputs { due_in: Some(-1), holds_up: 9, in_focus: false, effort: 1, hours: 1 })
                [..2],
            [25, 25]
        );
    }
}
