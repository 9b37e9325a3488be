//! When work will be done (formulas.md 7 and 8).

use super::{DAY_MS, decimals, real, whole};
use chrono::{DateTime, NaiveDate, TimeDelta};
use serde_json::{Value, json};

/// Completion of a project from its past pace.
///
/// `completions` are the moments of all completions, `open` counts the open to-dos; `now` and they are epoch milliseconds.
pub fn completion(completions: &[i64], open: usize, (now, today): (i64, NaiveDate)) -> Value {
    const KIND: &str = "project_completion";
    let done = completions.len();
    let (first, last) = (completions.iter().min().copied(), completions.iter().max().copied());
    let (Some(first), Some(last)) = (first, last) else {
        if open == 0 {
            return json!({
                "type": KIND, "prediction": "nothing to complete", "confidence": 0.0, "estimated_date": null,
                "remaining_todos": 0
            });
        }
        return too_little(open);
    };
    if open == 0 {
        let day = DateTime::from_timestamp_millis(last).unwrap_or_default().date_naive();
        return json!({
            "type": KIND, "estimated_date": day.to_string(), "days_remaining": 0, "confidence": 1.0, "done": true,
            "remaining_todos": 0
        });
    }
    if done < 3 {
        return too_little(open);
    }
    let span = days_of(last - first);
    let velocity = real(done) / span.max(1.0);
    let days = real(open) / velocity.max(0.1);
    let mut confidence = (real(done) / 20.0 * (span / 7.0).min(1.0)).min(0.9);
    let is_old = now - last > 30 * DAY_MS;
    if is_old {
        confidence /= 2.0;
    }
    let mut value = json!({
        "type": KIND, "estimated_date": after(today, days), "days_remaining": whole(days),
        "velocity": decimals(velocity, 1), "remaining_todos": open, "completed_todos": done,
        "confidence": decimals(confidence, 4)
    });
    if is_old {
        value["note"] = "Nothing was completed in the last 30 days, so the pace is old".into();
    }
    value
}

fn too_little(open: usize) -> Value {
    json!({
        "type": "project_completion", "prediction": "not enough history", "confidence": 0.2, "estimated_date": null,
        "remaining_todos": open
    })
}

#[expect(clippy::cast_precision_loss, reason = "a span of time is far below 2^53 milliseconds")]
fn days_of(ms: i64) -> f64 {
    ms as f64 / DAY_MS as f64
}

fn after(today: NaiveDate, days: f64) -> Option<String> {
    let days = TimeDelta::try_days(whole(days))?;
    today.checked_add_signed(days).map(|it| it.to_string())
}

/// A deadline by the pace of the last weeks.
///
/// `lately` counts the to-dos completed in the last 28 days, `weeks` is how long there is data for, 4 at most;
/// `confidence` is `optimistic`, `likely` or `pessimistic`.
pub fn deadline(
    (open, completed, lately): (usize, usize, usize),
    weeks: f64,
    confidence: &str,
    today: NaiveDate,
) -> Value {
    let weeks = weeks.clamp(1.0, 4.0);
    let pace = real(lately) / weeks;
    let factor = match confidence {
        "optimistic" => 0.7,
        "pessimistic" => 1.5,
        _ => 1.0,
    };
    let needed = match (open, lately) {
        (0, _) => Some(0.0),
        (_, 0) => None,
        _ => Some(real(open) / pace * factor),
    };
    let date = needed.and_then(|it| after(today, 7.0 * it));
    let message = match (&date, open) {
        (_, 0) => "Nothing is open".to_owned(),
        (Some(day), _) => format!("Done by {day} at the pace of the last weeks"),
        (None, _) => "no completions in four weeks".to_owned(),
    };
    let mut risks = Vec::new();
    if pace < 1.0 {
        risks.push("very low pace");
    }
    if open > 2 * completed {
        risks.push("more to do than done");
    }
    json!({
        "remaining_tasks": open, "completed_tasks": completed,
        "velocity": { "per_week": decimals(pace, 2), "data_weeks": decimals(weeks, 2) },
        "prediction": {
            "confidence": confidence, "estimated_weeks": needed.map(|it| decimals(it, 2)), "estimated_date": date,
            "message": message
        },
        "risks": risks
    })
}

/// Who may do a to-do, and how they went about others like it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Worker {
    /// Items completed in 14 days; a mean may be a part of one.
    pub lately: f64,
    /// Items they have open.
    pub open: usize,
    /// Items like this one that were completed.
    pub similar: usize,
    /// Items they ever completed.
    pub ever: usize,
    /// The effort in items.
    pub effort: f64,
    /// Nobody has the to-do, so this is the mean of the people who might.
    pub is_nobody: bool,
}

/// Completion of one to-do (formulas.md 9): the date is none without a recent completion.
pub fn todo(it: &Worker, today: NaiveDate) -> Value {
    let velocity = it.lately / 14.0;
    let load = match it.open {
        6.. => 0.7,
        4..=5 => 1.0,
        _ => 1.2,
    };
    let parts = [(it.similar < 3, 0.2), (it.effort > 8.0, 0.15), (it.ever > 100, -0.1)];
    let sum: f64 = 0.2 + parts.iter().filter(|it| it.0).map(|it| it.1).sum::<f64>();
    let uncertainty = if it.is_nobody { 0.5 } else { sum.clamp(0.1, 0.5) };
    let factors = json!({
        "historical_velocity": decimals(velocity, 4), "load_factor": load, "uncertainty": decimals(uncertainty, 4)
    });
    if it.lately <= 0.0 {
        return json!({
            "predicted_date": null, "expected_days": null, "reason": "no recent completions", "velocity": 0.0,
            "confidence": whole(100.0 * (1.0 - uncertainty)), "factors": factors
        });
    }
    let days = (it.effort / (velocity * load) * (1.0 + uncertainty)).ceil();
    json!({
        "predicted_date": after(today, days), "expected_days": whole(days), "velocity": decimals(velocity, 4),
        "confidence": whole(100.0 * (1.0 - uncertainty)), "factors": factors
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 2, 18).unwrap();

    /// `count` completions over `span` days until yesterday.
    fn completions(count: i64, span: i64, now: i64) -> Vec<i64> {
        let last = now - DAY_MS;
        let first = last - span * DAY_MS;
        (0..count).map(|it| first + (last - first) * it / (count - 1)).collect()
    }

    #[test]
    fn both_examples_of_completion() {
        let now = 1_771_400_000_000;
        let a = completion(&completions(18, 24, now), 12, (now, TODAY));
        assert_eq!((&a["velocity"], &a["days_remaining"]), (&json!(0.8), &json!(16)));
        assert_eq!((&a["estimated_date"], &a["confidence"]), (&json!("2026-03-06"), &json!(0.9)));
        let b = completion(&completions(5, 4, now), 20, (now, TODAY));
        assert_eq!((&b["velocity"], &b["days_remaining"]), (&json!(1.3), &json!(16)));
        assert_eq!(
            (&b["estimated_date"], &b["confidence"]),
            (&json!("2026-03-06"), &json!(0.1429))
        );
    }

    #[test]
    fn without_history_nothing_is_promised() {
        let now = 1_771_400_000_000;
        assert_eq!(completion(&[], 0, (now, TODAY))["prediction"], "nothing to complete");
        assert_eq!(completion(&[now], 3, (now, TODAY))["prediction"], "not enough history");
        assert_eq!(completion(&[now], 0, (now, TODAY))["done"], true);
        let old = completions(18, 24, now - 60 * DAY_MS);
        let old = completion(&old, 12, (now, TODAY));
        assert_eq!((&old["confidence"], old["note"].is_string()), (&json!(0.45), true));
    }

    #[test]
    fn both_examples_of_one_to_do() {
        let a =
            Worker { lately: 7.0, open: 2, similar: 5, ever: 140, effort: 1.0, is_nobody: false };
        let told = |it: &Worker| {
            let it = todo(it, TODAY);
            json!([it["expected_days"], it["predicted_date"], it["confidence"]])
        };
        assert_eq!(told(&a), json!([2, "2026-02-20", 90]));
        let b =
            Worker { lately: 14.0, open: 8, similar: 1, ever: 40, effort: 10.0, is_nobody: false };
        assert_eq!(told(&b), json!([22, "2026-03-12", 50]));
        assert_eq!(told(&Worker { lately: 0.0, ..a }), json!([null, null, 90]));
    }

    #[test]
    fn both_examples_of_the_deadline_in_each_mood() {
        let moods = ["optimistic", "likely", "pessimistic"];
        let told = |open, lately| {
            moods.map(|mood| {
                let it = deadline((open, 20, lately), 4.0, mood, TODAY)["prediction"].clone();
                (it["estimated_weeks"].clone(), it["estimated_date"].clone())
            })
        };
        let a = json!([[4.2, "2026-03-19"], [6.0, "2026-04-01"], [9.0, "2026-04-22"]]);
        assert_eq!(json!(told(30, 20)), a);
        let b = json!([[5.6, "2026-03-29"], [8.0, "2026-04-15"], [12.0, "2026-05-13"]]);
        assert_eq!(json!(told(6, 3)), b);
        let none = deadline((6, 0, 0), 4.0, "likely", TODAY);
        assert_eq!(none["prediction"]["estimated_date"], Value::Null);
        assert_eq!(none["risks"], json!(["very low pace", "more to do than done"]));
    }
}
