//! How the work of projects is made up: what was added, where it stands still, what calls for somebody.

use crate::formulas::{DAY_MS, decimals, patterns, real, scope};
use crate::measure::{self, Moment};
use crate::people::topics;
use crate::week::Week;
use basecamp::facts::{Facts, Item};
use basecamp::said::Said;
use chrono::{DateTime, FixedOffset, NaiveDate};
use domain::project::{Person, Project};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Days after a project began that its scope is taken from.
const SETTLED: i64 = 14;
/// Days in a column, or without activity, that are many.
const LONG: f64 = 3.0;
/// Columns whose cards nobody works on.
const AT_REST: [&str; 3] = ["Done", "NotNow", "OnHold"];

/// The day a project's scope is taken from: two weeks after its first to-do.
pub fn baseline(facts: &Facts, project: i64, week: &Week) -> Option<NaiveDate> {
    let first = measure::todos(facts, project).iter().map(|it| it.created_at).min()?;
    Some(week.local(first + SETTLED * DAY_MS).date_naive())
}

/// When the day after `day` begins, epoch milliseconds.
pub fn end_of(day: NaiveDate, week: &Week) -> i64 {
    let next = day.succ_opt().unwrap_or(day).and_time(chrono::NaiveTime::MIN);
    next.and_local_timezone(week.offset).earliest().map_or(0, |it| it.timestamp_millis())
}

/// Formula 13 for a project from a day on; `removed` is what left since, where it is known.
pub fn creep(
    facts: &Facts,
    project: &Project,
    (day, week): (NaiveDate, &Week),
    removed: Option<usize>,
) -> Value {
    let todos = measure::todos(facts, project.id);
    let end = end_of(day, week);
    let added = todos.iter().filter(|it| it.created_at >= end).map(|it| it.title.clone());
    let inputs = scope::Inputs {
        day: day.to_string(),
        baseline: todos.iter().filter(|it| it.created_at < end).count() + removed.unwrap_or(0),
        added: added.collect(),
        removed,
        current: todos.len(),
    };
    named(scope::result(&inputs), project)
}

fn named(mut value: Value, project: &Project) -> Value {
    value["project"] = project.name.as_str().into();
    value["project_id"] = project.id.into();
    value
}

fn days(ms: i64) -> f64 {
    f64::from(i32::try_from(ms / 60_000).unwrap_or(i32::MAX)) / 1_440.0
}

/// Formula 14 for everything in `facts`; `moved` is when cards last went to another column, where that is known.
pub fn bottlenecks(facts: &Facts, at: Moment, moved: &HashMap<i64, i64>) -> Value {
    let mut found = stages(facts, at, moved);
    found.extend(stuck_people(facts, at));
    let has_cards = facts.items.iter().any(|it| it.is_card);
    let mut skipped = vec!["dependency_bottleneck"];
    if !has_cards {
        skipped.push("stage_bottleneck");
    }
    let advice: BTreeSet<&str> = found
        .iter()
        .filter_map(|it| match it["type"].as_str() {
            Some("stage_bottleneck") => {
                Some("Finish what is in the slow column before adding to it")
            }
            Some("person_bottleneck") => Some("Ask what the quiet items wait for, or share them"),
            _ => None,
        })
        .collect();
    json!({ "bottlenecks": found, "skipped": skipped, "recommendations": advice })
}

fn stages(facts: &Facts, at: Moment, moved: &HashMap<i64, i64>) -> Vec<Value> {
    let mut columns: BTreeMap<i64, Vec<(&Item, f64)>> = BTreeMap::new();
    let cards = facts.items.iter().filter(|it| it.is_card && !it.completed);
    for card in cards.filter(|it| !AT_REST.iter().any(|kind| it.place_kind.contains(kind))) {
        let entered = moved.get(&card.id).copied().unwrap_or(card.created_at);
        let Some(column) = card.place_id else { continue };
        columns.entry(column).or_default().push((card, days(at.now - entered)));
    }
    let told = columns.into_iter().filter(|(_, cards)| cards.len() >= 3).filter_map(|(id, cards)| {
        let mean = cards.iter().map(|it| it.1).sum::<f64>() / real(cards.len());
        let long: Vec<Value> = cards
            .iter()
            .filter(|it| it.1 > LONG)
            .map(|(it, days)| {
                json!({ "id": it.id, "title": it.title, "days": decimals(*days, 1), "app_url": it.app_url })
            })
            .collect();
        let first = cards.first()?.0;
        (mean > LONG).then(|| {
            json!({
                "type": "stage_bottleneck", "severity": if mean > 7.0 { "high" } else { "medium" },
                "location": { "column_id": id, "column": first.place, "project_id": first.project_id },
                "avg_dwell_time": decimals(mean, 2), "stalled_count": long.len(), "stalled_items": long
            })
        })
    });
    told.collect()
}

fn stuck_people(facts: &Facts, at: Moment) -> Vec<Value> {
    let is_quiet = |it: &Item| at.now - it.active_at > 3 * DAY_MS;
    let mut of: BTreeMap<i64, (&Person, Vec<&Item>)> = BTreeMap::new();
    for item in facts.items.iter().filter(|it| !it.completed) {
        for person in &item.assignees {
            of.entry(person.id).or_insert_with(|| (person, Vec::new())).1.push(item);
        }
    }
    let told = of.into_iter().filter_map(|(id, (person, open))| {
        let quiet: Vec<&&Item> = open.iter().filter(|it| is_quiet(it)).collect();
        if quiet.len() <= 3 {
            return None;
        }
        let mut causes = Vec::new();
        if open.len() > 8 {
            causes.push(json!({ "cause": "overload", "confidence": 0.8 }));
        }
        if lies_elsewhere(facts, id, &open) {
            causes.push(json!({ "cause": "skill_mismatch", "confidence": 0.6 }));
        }
        let items: Vec<Value> = quiet
            .iter()
            .map(|it| json!({ "id": it.id, "title": it.title, "app_url": it.app_url }))
            .collect();
        Some(json!({
            "type": "person_bottleneck", "severity": if quiet.len() > 5 { "high" } else { "medium" },
            "person": { "id": id, "name": person.name }, "stalled_count": quiet.len(), "stalled_items": items,
            "possible_causes": causes
        }))
    });
    told.collect()
}

/// Whether more than half of what a person has lies outside what they did before.
fn lies_elsewhere(facts: &Facts, who: i64, open: &[&Item]) -> bool {
    let done = facts.items.iter().filter(|it| it.completed && it.completer_id == Some(who));
    let known: BTreeSet<String> = done.flat_map(|it| topics(&it.title)).collect();
    let is_new = |it: &&&Item| topics(&it.title).is_disjoint(&known);
    !known.is_empty() && 2 * open.iter().filter(is_new).count() > open.len()
}

/// Busy hours and days of a project, how long its work takes and how much is said, over so many days.
pub fn work_patterns(
    facts: &Facts,
    project: &Project,
    (at, span): (Moment, i64),
    week: &Week,
) -> Value {
    let todos = measure::todos(facts, project.id);
    let since = at.since(span);
    let posts: Vec<i64> = facts
        .posts
        .iter()
        .filter(|it| it.project_id == project.id && it.created_at >= since)
        .map(|it| it.created_at)
        .collect();
    let done = todos.iter().filter_map(|it| it.completed_at).filter(|it| *it >= since);
    let moments: Vec<DateTime<FixedOffset>> =
        done.chain(posts.iter().copied()).map(|it| week.local(it)).collect();
    let taken: Vec<f64> = todos
        .iter()
        .filter_map(|it| Some(days(it.completed_at.filter(|at| *at >= since)? - it.created_at)))
        .collect();
    let mut value = named(patterns::work(&moments, &taken, (posts.len(), span)), project);
    value["period"] = format!("{span} days").into();
    value
}

/// How often trouble is spoken of in a project: by week, or none when it is rarely.
pub fn trouble(said: &[Said], project: &Project, week: &Week) -> Value {
    let tells = |it: &&Said| {
        it.project_id == project.id
            && (patterns::tells_trouble(&it.words) || patterns::tells_trouble(&it.title))
    };
    let found: Vec<&Said> = said.iter().filter(tells).collect();
    let moments: Vec<DateTime<FixedOffset>> =
        found.iter().map(|it| week.local(it.created_at)).collect();
    let posts: Vec<Value> = found
        .iter()
        .take(5)
        .map(|it| json!({ "id": it.id, "app_url": it.app_url, "at": week.local(it.created_at).to_rfc3339() }))
        .collect();
    let value = match patterns::trouble(&moments) {
        Some((mean, weeks)) => {
            let weeks: Vec<Value> =
                weeks.iter().map(|(week, count)| json!({ "week": week, "posts": count })).collect();
            json!({
                "pattern": {
                    "type": "recurring_issues", "posts": found.len(), "per_week": decimals(mean, 4), "weeks": weeks,
                    "is_recurring": mean > 3.0
                },
                "sources": posts
            })
        }
        None => {
            let reason = "Fewer than three posts speak of trouble";
            json!({ "pattern": null, "posts": found.len(), "reason": reason, "sources": posts })
        }
    };
    named(value, project)
}
