//! Whether somebody has had too much for too long (formulas.md 12). For that person and administrators only.

use super::decimals;
use serde_json::{Value, json};

/// What the signs are read from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Inputs {
    /// Open items a day, the mean of 21 days.
    pub load: f64,
    /// Items a person can have.
    pub capacity: f64,
    /// Completions a day over 7 and over 90 days.
    pub pace: (f64, f64),
    /// Posts in 7 and in 90 days.
    pub posts: (f64, f64),
    /// Share of the activity of 14 days outside working hours; none where no hours are set.
    pub outside: Option<f64>,
    /// From -1 to 1; none while nothing analyses it.
    pub tone: Option<f64>,
    /// Whether there are 21 days of data.
    pub is_known: bool,
}

/// The word for a score.
pub fn level(score: i64) -> &'static str {
    match score {
        61.. => "critical",
        41..=60 => "high",
        21..=40 => "medium",
        _ => "low",
    }
}

/// Sign, points, what is so.
type Sign = (&'static str, i64, String);

fn signs(it: &Inputs) -> Vec<Sign> {
    let mut signs: Vec<Sign> = Vec::new();
    let ratio = it.load / it.capacity;
    if ratio > 1.1 {
        let points = if ratio > 1.2 { 40 } else { 25 };
        let words = format!("{} open items a day, {} fit", decimals(it.load, 1), it.capacity);
        signs.push(("overload", points, words));
    }
    if it.pace.1 > 0.0 && it.pace.0 / it.pace.1 < 0.6 {
        let words = "Fewer items are finished than usual".to_owned();
        signs.push(("velocity_decline", 25, words));
    }
    if it.posts.1 > 0.0 && it.posts.0 < 0.5 * it.posts.1 / (90.0 / 7.0) {
        signs.push(("withdrawal", 15, "Less is written than usual".to_owned()));
    }
    if let Some(share) = it.outside.filter(|it| *it > 0.3) {
        let words =
            format!("{} % of what was done lies outside working hours", (share * 100.0).round());
        signs.push(("unsustainable_hours", 15, words));
    }
    if it.tone.is_some_and(|it| it < -0.3) {
        signs.push(("negative_tone", 5, "The tone of the week is low".to_owned()));
    }
    signs
}

/// The score, its level and what it follows from.
pub fn result(it: &Inputs) -> Value {
    if !it.is_known {
        let reason = "There are fewer than 21 days of data";
        return json!({ "risk_score": null, "status": "no_data", "reason": reason });
    }
    let skips = [
        (it.pace.1 <= 0.0, "velocity_decline"),
        (it.posts.1 <= 0.0, "withdrawal"),
        (it.outside.is_none(), "unsustainable_hours"),
        (it.tone.is_none(), "negative_tone"),
    ];
    let skipped: Vec<&str> = skips.into_iter().filter(|it| it.0).map(|it| it.1).collect();
    let signs = signs(it);
    let score = signs.iter().map(|it| it.1).sum::<i64>().min(100);
    let told: Vec<Value> = signs
        .iter()
        .map(|(kind, points, words)| {
            let severity = if *points >= 25 { "high" } else { "medium" };
            json!({ "type": kind, "severity": severity, "description": words, "contribution": points })
        })
        .collect();
    let advice = |kind: &str| match kind {
        "overload" => "Move some of the open items to somebody with less",
        "velocity_decline" => "Ask what holds the work up",
        "withdrawal" => "Talk to each other",
        "unsustainable_hours" => "Agree on when not to work",
        _ => "Listen",
    };
    let recommendations: Vec<&str> = signs.iter().map(|it| advice(it.0)).collect();
    json!({
        "risk_score": score, "risk_level": level(score), "signals": told, "skipped": skipped,
        "recommendations": recommendations, "urgent": score > 60,
        "inputs": {
            "load": decimals(it.load, 4), "capacity": it.capacity, "completed_a_day_7": decimals(it.pace.0, 4),
            "completed_a_day_90": decimals(it.pace.1, 4), "posts_7": it.posts.0, "posts_90": it.posts.1,
            "outside_hours": it.outside.map(|it| decimals(it, 4))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn a() -> Inputs {
        Inputs {
            load: 13.0,
            capacity: 10.0,
            pace: (0.5, 1.0),
            posts: (3.0, 90.0),
            outside: Some(0.35),
            tone: None,
            is_known: true,
        }
    }

    #[test]
    fn both_examples_of_the_section() {
        let told = result(&a());
        assert_eq!((&told["risk_score"], &told["risk_level"]), (&json!(95), &json!("critical")));
        let b = Inputs {
            load: 11.5,
            pace: (0.9, 1.0),
            posts: (9.0, 110.0),
            outside: Some(0.1),
            tone: Some(-0.4),
            ..a()
        };
        let told = result(&b);
        assert_eq!((&told["risk_score"], &told["risk_level"]), (&json!(30), &json!("medium")));
    }

    #[test]
    fn what_cannot_be_told_is_named() {
        let new = Inputs { pace: (0.0, 0.0), posts: (0.0, 0.0), outside: None, ..a() };
        let all = json!(["velocity_decline", "withdrawal", "unsustainable_hours", "negative_tone"]);
        assert_eq!(result(&new)["skipped"], all);
        assert_eq!(result(&Inputs { is_known: false, ..a() })["status"], "no_data");
    }
}
