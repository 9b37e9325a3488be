//! What may go wrong with single to-dos: their day (formulas.md 10), and what stands still (formulas.md 11).

use super::{DAY_MS, decimals};
use basecamp::facts::Item;
use chrono::NaiveDate;
use serde_json::{Value, json};
use std::cmp::Reverse;

/// Items of one answer.
const MOST: usize = 10;
const URGENT: [&str; 4] = ["urgent", "asap", "priority", "critical"];

/// How near a day is: the word, and how sure.
pub fn level(days: i64) -> (&'static str, f64) {
    match days {
        ..0 => ("overdue", 1.0),
        0 => ("critical", 0.9),
        1..=2 => ("high", 0.8),
        3..=6 => ("medium", 0.7),
        _ => ("low", 0.6),
    }
}

/// Open to-dos whose day is near or over.
pub fn deadlines(open: &[&Item], today: NaiveDate) -> Value {
    let dated = open.iter().filter_map(|it| Some(((it.due_on? - today).num_days(), *it)));
    let mut near: Vec<(i64, &Item)> = dated.clone().filter(|it| it.0 < 7).collect();
    near.sort_by(|one, other| (one.0, &one.1.title).cmp(&(other.0, &other.1.title)));
    let overall = match near.first() {
        Some((..=0, _)) => "high",
        Some(_) => "medium",
        None => "low",
    };
    let risks: Vec<Value> = near
        .iter()
        .take(MOST)
        .map(|(days, it)| {
            let (risk, confidence) = level(*days);
            json!({
                "todo_id": it.id, "todo_title": it.title, "due_date": it.due_on, "days_until_due": days, "risk": risk,
                "confidence": confidence, "app_url": it.app_url
            })
        })
        .collect();
    let mut value = json!({
        "type": "deadline_risk", "overall_risk": overall, "at_risk_items": near.len(), "risks": risks
    });
    if dated.count() == 0 {
        value["note"] = "No open to-do has a day".into();
    }
    value
}

/// The points of an open to-do, and what they are for.
pub fn points(it: &Item, (now, today): (i64, NaiveDate)) -> (i64, Vec<&'static str>) {
    let quiet = now - it.active_at;
    let title = it.title.to_lowercase();
    let mut words = title.split(|it: char| !it.is_alphanumeric());
    let signs = [
        (quiet > 7 * DAY_MS, 30, "no activity for more than 7 days"),
        (
            !it.assignees.is_empty() && quiet > 3 * DAY_MS,
            20,
            "assigned and no activity for more than 3 days",
        ),
        (it.due_on.is_some_and(|day| day < today), 30, "overdue"),
        (words.any(|it| URGENT.contains(&it)), 20, "urgent by its title"),
    ];
    let met = signs.into_iter().filter(|it| it.0);
    met.fold((0, Vec::new()), |(sum, mut reasons), (_, points, reason)| {
        reasons.push(reason);
        (sum + points, reasons)
    })
}

/// Open to-dos that are probably stuck.
pub fn blockers(open: &[&Item], (now, today): (i64, NaiveDate)) -> Value {
    let scored = open.iter().map(|it| (points(it, (now, today)), *it));
    let mut listed: Vec<((i64, Vec<&str>), &Item)> = scored.filter(|it| it.0.0 >= 50).collect();
    listed.sort_by_key(|((score, _), it)| (Reverse(*score), it.active_at));
    let blockers: Vec<Value> = listed
        .iter()
        .take(MOST)
        .map(|((score, reasons), it)| {
            let score = f64::from(i32::try_from(*score).unwrap_or(100)) / 100.0;
            json!({
                "todo_id": it.id, "todo_title": it.title, "blocker_score": decimals(score, 4), "reasons": reasons,
                "days_stalled": (now - it.active_at) / DAY_MS, "app_url": it.app_url
            })
        })
        .collect();
    json!({ "type": "potential_blockers", "blocker_count": listed.len(), "blockers": blockers })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::tests::{NOW, TODAY, item};

    fn due(day: &str) -> Item {
        Item { due_on: Some(day.parse().unwrap()), ..item(1) }
    }

    #[test]
    fn both_examples_of_the_days() {
        let told = |days: &[&str]| {
            let items: Vec<Item> = days.iter().map(|it| due(it)).collect();
            deadlines(&items.iter().collect::<Vec<_>>(), TODAY)
        };
        let a = told(&["2026-02-14", "2026-02-18", "2026-02-20", "2026-02-24", "2026-03-30"]);
        assert_eq!((&a["overall_risk"], &a["at_risk_items"]), (&json!("high"), &json!(4)));
        let levels: Vec<&Value> =
            a["risks"].as_array().unwrap().iter().map(|it| &it["risk"]).collect();
        assert_eq!(json!(levels), json!(["overdue", "critical", "high", "medium"]));
        let b = told(&["2026-02-21", "2026-02-24", "2026-02-25"]);
        assert_eq!((&b["overall_risk"], &b["at_risk_items"]), (&json!("medium"), &json!(2)));
        assert!(told(&[])["note"].is_string());
    }

    #[test]
    fn both_examples_of_the_blockers() {
        let a = Item { active_at: NOW - 9 * DAY_MS, ..due("2026-02-10") };
        let b = Item { active_at: NOW - 5 * DAY_MS, title: "Urgent: call".into(), ..item(2) };
        let told = blockers(&[&a, &b], (NOW, TODAY));
        assert_eq!(
            (&told["blocker_count"], &told["blockers"][0]["blocker_score"]),
            (&json!(1), &json!(0.8))
        );
        assert_eq!(told["blockers"][0]["days_stalled"], 9);
        assert_eq!(points(&b, (NOW, TODAY)).0, 40);
    }
}
