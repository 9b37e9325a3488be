//! What calls for somebody now (formulas.md 17).

use crate::formulas::{DAY_MS, ghost};
use crate::measure::{self, Moment};
use basecamp::facts::{Facts, Item};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Unassigned items that are named.
const FREE: usize = 20;
/// How severe, the worst first.
const ORDER: [&str; 3] = ["critical", "warning", "info"];

/// One alert: severity, category, title, detail.
type Words<'a> = (&'a str, &'a str, String, String);

fn of_item((severity, category, title, detail): Words<'_>, it: &Item) -> Value {
    json!({
        "severity": severity, "category": category, "title": title, "detail": detail, "task_id": it.id,
        "project_id": it.project_id, "app_url": it.app_url
    })
}

fn of_items(facts: &Facts, at: Moment) -> Vec<Value> {
    let mut alerts = Vec::new();
    let mut free = 0;
    let blocked = ghost::blocked(&facts.items, &facts.posts);
    for it in facts.items.iter().filter(|it| !it.completed) {
        if let Some(days) = it.due_on.map(|day| (day - at.today).num_days()) {
            if days < 0 {
                let severity = if days < -7 { "critical" } else { "warning" };
                let words = format!("{} days late", -days);
                alerts.push(of_item((severity, "overdue", it.title.clone(), words), it));
            } else if days <= 3 {
                let severity = if days <= 1 { "critical" } else { "warning" };
                let words = format!("Due in {days} days");
                alerts.push(of_item((severity, "deadline", it.title.clone(), words), it));
            }
        }
        if it.assignees.is_empty() && free < FREE {
            free += 1;
            let words = "Nobody has it".to_owned();
            alerts.push(of_item(("warning", "unassigned", it.title.clone(), words), it));
        }
        if blocked.contains(&it.id) {
            let words = "It says that it does not go on".to_owned();
            alerts.push(of_item(("warning", "blocked", it.title.clone(), words), it));
        }
    }
    alerts
}

fn of_projects(facts: &Facts, at: Moment) -> Vec<Value> {
    let mut alerts = Vec::new();
    for project in &facts.projects {
        let here = facts.items.iter().filter(|it| it.project_id == project.id);
        let said = facts.posts.iter().filter(|it| it.project_id == project.id);
        let last = here.map(|it| it.active_at).chain(said.map(|it| it.created_at)).max();
        let quiet = last.map_or(0, |it| (at.now - it) / DAY_MS);
        let mut put = |severity: &str, category: &str, detail: String| {
            alerts.push(json!({
                "severity": severity, "category": category, "title": project.name, "detail": detail,
                "project_id": project.id, "app_url": project.app_url
            }));
        };
        if last.is_some_and(|it| at.now - it > 7 * DAY_MS) {
            let severity = if quiet > 30 { "critical" } else { "warning" };
            put(severity, "stale", format!("Nothing happened for {quiet} days"));
        }
        let todos = measure::todos(facts, project.id);
        if let Some(detail) = uneven(&measure::loads(&todos)) {
            put("warning", "workload", detail);
        }
    }
    alerts
}

/// The words for a load that is far from the others; `loads` has the largest first and only people who have any.
fn uneven(loads: &[(domain::project::Person, usize)]) -> Option<String> {
    let (most, least) = (loads.first()?, loads.last()?);
    let is_far = loads.len() >= 2 && most.1 > 5 && most.1 > 3 * least.1;
    is_far.then(|| format!("{} has {}, {} has {}", most.0.name, most.1, least.0.name, least.1))
}

/// Alerts of the wanted categories and severity, the critical first; `more` are those found elsewhere.
pub fn result(
    facts: &Facts,
    at: Moment,
    (severity, categories): (Option<&str>, &[String]),
    more: Vec<Value>,
) -> Value {
    let mut alerts = of_items(facts, at);
    alerts.extend(of_projects(facts, at));
    alerts.extend(more);
    let is = |it: &Value, field: &str, word: &str| it[field].as_str() == Some(word);
    alerts.retain(|it| {
        severity.is_none_or(|word| is(it, "severity", word))
            && (categories.is_empty() || categories.iter().any(|word| is(it, "category", word)))
    });
    let rank = |it: &Value| ORDER.iter().position(|word| is(it, "severity", word));
    alerts.sort_by_key(|it| rank(it).unwrap_or(ORDER.len()));
    let by = |field: &str| {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for it in &alerts {
            *counts.entry(it[field].as_str().unwrap_or_default()).or_default() += 1;
        }
        json!(counts)
    };
    let (by_severity, by_category) = (by("severity"), by("category"));
    json!({
        "alerts": alerts, "count": alerts.len(), "total": alerts.len(), "by_severity": by_severity,
        "by_category": by_category, "errors": []
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::tests::{NOW, TODAY, item};
    use domain::mirror::Freshness;
    use domain::project::Person;

    #[test]
    fn both_examples_of_the_section() {
        let late = Item { due_on: Some(TODAY - chrono::TimeDelta::days(9)), ..item(1) };
        let facts = Facts {
            projects: Vec::new(),
            items: vec![late],
            posts: Vec::new(),
            freshness: Freshness { as_of_ms: NOW, is_mirrored: true, stale: None },
        };
        let at = Moment { now: NOW, today: TODAY, midnight: NOW - DAY_MS / 2 };
        let told = result(&facts, at, (None, &[]), Vec::new());
        assert_eq!(
            (&told["total"], &told["alerts"][0]["severity"]),
            (&json!(1), &json!("critical"))
        );
        let load = |name: &str, count: usize| {
            (Person { id: 1, name: name.into(), email: None, title: None }, count)
        };
        assert!(uneven(&[load("A", 7), load("B", 4), load("C", 2)]).is_some());
        assert!(
            uneven(&[load("A", 6), load("C", 2)]).is_none() && uneven(&[load("A", 9)]).is_none()
        );
    }
}
