//! How a person's work goes (formulas.md 3).

use super::{decimals, label, real};
use serde_json::{Value, json};

/// What the score is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Inputs {
    /// Open items they have.
    pub open: usize,
    /// Items they completed in the last 90 days.
    pub completed: usize,
    /// Assignments and comments of the last 30 days that waited for them.
    pub asked: usize,
    /// Those they answered or acted on within one working day.
    pub answered: usize,
}

/// Fewer than so many say nothing of how somebody answers.
const FEW: usize = 3;

/// Workload, responsiveness and completion, and the score; none without data.
pub fn score(it: &Inputs) -> Option<(f64, Option<f64>, f64, f64)> {
    if it.open == 0 && it.completed == 0 {
        return None;
    }
    let workload = match it.open {
        0 => 0.5,
        1..=3 => 1.0,
        4..=6 => 0.8,
        7..=10 => 0.6,
        11..=15 => 0.4,
        _ => 0.2,
    };
    let completion = real(it.completed) / real(it.open + it.completed);
    let responsiveness = (it.asked >= FEW).then(|| real(it.answered) / real(it.asked));
    let total = match responsiveness {
        Some(share) => 0.4 * workload + 0.3 * share + 0.3 * completion,
        None => (0.4 * workload + 0.3 * completion) / 0.7,
    };
    Some((workload, responsiveness, completion, total))
}

/// The result with its inputs.
pub fn result(it: &Inputs) -> Value {
    let inputs = json!({
        "open": it.open, "completed": it.completed, "asked": it.asked, "answered": it.answered
    });
    let Some((workload, responsiveness, completion, total)) = score(it) else {
        let reason = "This person has no open items and completed none in the last 90 days";
        return json!({ "score": null, "status": "no_data", "reason": reason, "inputs": inputs });
    };
    json!({
        "score": decimals(total, 4), "status": label(total), "inputs": inputs,
        "factors": {
            "workload": workload, "responsiveness": responsiveness.map(|it| decimals(it, 4)),
            "completion": decimals(completion, 4)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_examples_of_the_section() {
        let a = result(&Inputs { open: 5, completed: 20, asked: 10, answered: 9 });
        assert_eq!((&a["score"], &a["status"]), (&json!(0.83), &json!("excellent")));
        let b = result(&Inputs { open: 12, completed: 4, asked: 2, answered: 2 });
        assert_eq!((&b["score"], &b["status"]), (&json!(0.3357), &json!("poor")));
        assert_eq!(b["factors"]["responsiveness"], Value::Null);
    }

    #[test]
    fn nobody_without_work_has_a_score() {
        assert_eq!(result(&Inputs::default())["status"], "no_data");
    }
}
