//! How much was added to what was agreed (formulas.md 13).

use super::{decimals, real};
use serde_json::{Value, json};

/// Kinds of causes, and the words of a title that tell them.
const CAUSES: [(&str, &[&str]); 3] = [
    ("feature_additions", &["feature", "enhancement", "nice to have"]),
    ("technical_debt", &["bug", "fix", "issue", "defect"]),
    ("external_requests", &["client", "customer", "stakeholder"]),
];

/// What is counted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inputs {
    /// `YYYY-MM-DD`.
    pub day: String,
    /// To-dos on that day.
    pub baseline: usize,
    /// Titles of those made after it.
    pub added: Vec<String>,
    /// Those of the day that went since; none where nobody knows.
    pub removed: Option<usize>,
    /// To-dos now.
    pub current: usize,
}

/// The word for the net change.
pub fn severity(net: f64) -> &'static str {
    match net {
        it if it > 0.5 => "critical",
        it if it > 0.3 => "high",
        it if it > 0.15 => "medium",
        it if it > 0.05 => "low",
        _ => "none",
    }
}

/// The result. The day is always rebuilt from the times to-dos were made, and says so.
pub fn result(it: &Inputs) -> Value {
    let (added, removed) = (it.added.len(), it.removed.unwrap_or(0));
    let mut value = json!({
        "baseline_date": it.day, "baseline_count": it.baseline, "current_count": it.current, "added_count": added,
        "removed_count": it.removed, "approximate": true
    });
    if it.baseline == 0 {
        value["severity"] = Value::Null;
        value["status"] = "no_data".into();
        value["reason"] = "There were no to-dos on that day. Choose a later baseline".into();
        return value;
    }
    let share = |count: f64| count / real(it.baseline);
    let net = share(real(added) - real(removed));
    let causes: Vec<Value> = CAUSES
        .iter()
        .filter_map(|(kind, words)| {
            let is_of = |title: &&String| {
                let title = title.to_lowercase();
                words.iter().any(|it| title.contains(it))
            };
            let count = it.added.iter().filter(is_of).count();
            let impact = decimals(share(real(count)), 4);
            (count > 0).then(|| json!({ "type": kind, "count": count, "impact": impact }))
        })
        .collect();
    value["net_change"] = json!(decimals(net, 4));
    value["creep_index"] = json!(decimals(share(real(added)), 4));
    value["churn_rate"] = json!(decimals(share(real(removed)), 4));
    value["severity"] = severity(net).into();
    value["causes"] = causes.into();
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(baseline: usize, added: usize, removed: usize) -> Value {
        let added = (0..added).map(|it| format!("Fix {it}")).collect();
        result(&Inputs { baseline, added, removed: Some(removed), ..Inputs::default() })
    }

    #[test]
    fn both_examples_of_the_section() {
        let a = told(40, 18, 3);
        assert_eq!((&a["net_change"], &a["severity"]), (&json!(0.375), &json!("high")));
        assert_eq!((&a["creep_index"], &a["churn_rate"]), (&json!(0.45), &json!(0.075)));
        let cause = json!([{ "type": "technical_debt", "count": 18, "impact": 0.45 }]);
        assert_eq!(a["causes"], cause);
        let b = told(25, 3, 2);
        assert_eq!((&b["net_change"], &b["severity"]), (&json!(0.04), &json!("none")));
        assert_eq!((&b["creep_index"], &b["churn_rate"]), (&json!(0.12), &json!(0.08)));
    }

    #[test]
    fn nothing_on_the_day_is_no_data() {
        assert_eq!(told(0, 4, 0)["status"], "no_data");
    }
}
