//! Counts what the formulas need among facts.

use crate::formulas::{DAY_MS, forecast, ghost, health, priority, pulse, risks, whole};
use basecamp::facts::{Facts, Item};
use basecamp::tallies::{Since, Tally};
use chrono::NaiveDate;
use domain::project::{Person, Project};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Items shown with a risk.
const SHOWN: usize = 5;
/// Open work to which nothing happened for longer is stale.
const STALE_MS: i64 = 7 * DAY_MS;

/// When a formula is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Epoch milliseconds.
    pub now: i64,
    /// Its day in the workspace's time zone.
    pub today: NaiveDate,
    /// When that day began, epoch milliseconds.
    pub midnight: i64,
}

impl Moment {
    /// The beginning of the last so many days, today included.
    pub fn since(&self, days: i64) -> i64 {
        self.midnight - (days - 1) * DAY_MS
    }
}

/// The to-dos of a project, open and completed.
pub fn todos(facts: &Facts, project: i64) -> Vec<&Item> {
    facts.items.iter().filter(|it| !it.is_card && it.project_id == project).collect()
}

fn posts_since(facts: &Facts, project: i64, since: i64) -> usize {
    facts.posts.iter().filter(|it| it.project_id == project && it.created_at >= since).count()
}

fn count(todos: &[&Item], fits: impl Fn(&Item) -> bool) -> usize {
    todos.iter().filter(|it| fits(it)).count()
}

pub(crate) fn is_late(it: &Item, today: NaiveDate) -> bool {
    !it.completed && it.due_on.is_some_and(|day| day < today)
}

pub(crate) fn is_done_since(it: &Item, since: i64) -> bool {
    it.completed && it.completed_at.is_some_and(|at| at >= since)
}

/// From when on something counts for how a project stands.
pub fn since(at: Moment) -> Since {
    Since { done: at.since(30), active: at.since(7), stale: at.now - STALE_MS }
}

/// What is counted of a project among facts, as [`basecamp::Basecamp::tallies`] counts it in the mirror.
pub fn tally(facts: &Facts, project: &Project, at: Moment) -> Tally {
    let (todos, since) = (todos(facts, project.id), since(at));
    let open: Vec<&Item> = todos.iter().copied().filter(|it| !it.completed).collect();
    Tally {
        todos: todos.len(),
        completed: todos.len() - open.len(),
        done: count(&todos, |it| is_done_since(it, since.done)),
        active: count(&todos, |it| it.active_at >= since.active),
        overdue: count(&open, |it| is_late(it, at.today)),
        stale: count(&open, |it| it.active_at < since.stale),
        unassigned: count(&open, |it| it.assignees.is_empty()),
        posts: posts_since(facts, project.id, i64::MIN),
        recent_posts: posts_since(facts, project.id, since.active),
    }
}

fn of_health(it: &Tally) -> health::Inputs {
    health::Inputs {
        recent_events: it.recent_posts + it.active,
        completed_lately: it.done,
        todos: it.todos,
        completed: it.completed,
        overdue: it.overdue,
        posts: it.posts,
        recent_posts: it.recent_posts,
    }
}

/// Formula 2 for a project.
pub fn health(facts: &Facts, project: &Project, at: Moment) -> Value {
    named(health::result(&of_health(&tally(facts, project, at))), project)
}

/// The score of formula 2, from 0 to 1; none without data.
pub fn score(tally: &Tally) -> Option<f64> {
    health::result(&of_health(tally))["score"].as_f64()
}

/// The first risk of formula 4, by its kind and how many to-dos it is about.
pub fn first_risk(tally: &Tally) -> Option<(&'static str, usize)> {
    let inputs = pulse::Inputs {
        overdue: tally.overdue,
        stale: tally.stale,
        unassigned: tally.unassigned,
        ..pulse::Inputs::default()
    };
    pulse::risks(&inputs).first().map(|(kind, _, count)| (*kind, *count))
}

fn named(mut value: Value, project: &Project) -> Value {
    value["project"] = project.name.as_str().into();
    value["project_id"] = project.id.into();
    value
}

/// Open to-dos of each person who has any, the most first.
pub fn loads(todos: &[&Item]) -> Vec<(Person, usize)> {
    let mut loads: BTreeMap<i64, (Person, usize)> = BTreeMap::new();
    for todo in todos.iter().filter(|it| !it.completed) {
        for person in &todo.assignees {
            loads.entry(person.id).or_insert_with(|| (person.clone(), 0)).1 += 1;
        }
    }
    let mut sorted: Vec<(Person, usize)> = loads.into_values().collect();
    sorted.sort_by(|one, other| (other.1, &one.0.name).cmp(&(one.1, &other.0.name)));
    sorted
}

/// Formula 4 for a project over the last `days`.
pub fn pulse(facts: &Facts, project: &Project, (at, days): (Moment, i64)) -> Value {
    let todos = todos(facts, project.id);
    let since = at.since(days);
    let open: Vec<&Item> = todos.iter().copied().filter(|it| !it.completed).collect();
    let is_stale = |it: &Item| at.now - it.active_at > STALE_MS;
    let inputs = pulse::Inputs {
        completed: count(&todos, |it| is_done_since(it, since)),
        created: count(&todos, |it| it.created_at >= since),
        posts: posts_since(facts, project.id, since),
        todos: todos.len(),
        all_posts: posts_since(facts, project.id, i64::MIN),
        open: open.len(),
        overdue: count(&open, |it| is_late(it, at.today)),
        stale: count(&open, is_stale),
        unassigned: count(&open, |it| it.assignees.is_empty()),
        loads: loads(&open).into_iter().map(|it| it.1).collect(),
    };
    let listed = |kind: &str| -> Vec<Value> {
        let fits = |it: &&&Item| match kind {
            "deadline" => is_late(it, at.today),
            "stalled" => is_stale(it),
            _ => it.assignees.is_empty(),
        };
        let first = open.iter().filter(fits).take(SHOWN);
        first.map(|it| json!({ "id": it.id, "title": it.title, "app_url": it.app_url })).collect()
    };
    let risks: Vec<Value> = pulse::risks(&inputs)
        .into_iter()
        .map(|(kind, severity, count)| {
            json!({ "type": kind, "severity": severity, "count": count, "items": listed(kind) })
        })
        .collect();
    let mut value = named(pulse::result(&inputs), project);
    value["risks"] = risks.into();
    value["insights"] = json!([]);
    value["period"] = format!("{days} days").into();
    value
}

/// Formula 4 for every project, with the average of those that have a score.
pub fn portfolio(facts: &Facts, (at, days): (Moment, i64), sort_by: &str) -> Value {
    let mut all: Vec<Value> = facts
        .projects
        .iter()
        .map(|project| {
            let pulse = pulse(facts, project, (at, days));
            json!({
                "project": project.name, "project_id": project.id, "score": pulse["score"], "grade": pulse["grade"],
                "trend": pulse["trend"], "status": pulse["status"], "reason": pulse["reason"],
                "breakdown": pulse["breakdown"], "top_risk": pulse["risks"][0], "app_url": project.app_url
            })
        })
        .collect();
    let number = |it: &Value, field: &str| it.pointer(field).and_then(Value::as_i64);
    match sort_by {
        "name" | "trend" => all.sort_by_key(|it| it["project"].to_string().to_lowercase()),
        "risk" => all.sort_by_key(|it| number(it, "/breakdown/risk").unwrap_or(i64::MAX)),
        _ => all.sort_by_key(|it| number(it, "/score").unwrap_or(i64::MAX)),
    }
    let scores: Vec<i64> = all.iter().filter_map(|it| it["score"].as_i64()).collect();
    let sum = f64::from(i32::try_from(scores.iter().sum::<i64>()).unwrap_or(i32::MAX));
    let mean = (!scores.is_empty()).then(|| whole(sum / crate::formulas::real(scores.len())));
    json!({ "projects": all, "count": all.len(), "avg_score": mean, "period": format!("{days} days") })
}

/// Formula 7 for a project.
pub fn completion(facts: &Facts, project: &Project, at: Moment) -> Value {
    let todos = todos(facts, project.id);
    let done: Vec<i64> =
        todos.iter().filter(|it| it.completed).filter_map(|it| it.completed_at).collect();
    let open = count(&todos, |it| !it.completed);
    named(forecast::completion(&done, open, (at.now, at.today)), project)
}

/// Formula 8 for a project.
pub fn deadline(facts: &Facts, project: &Project, (at, mood): (Moment, &str)) -> Value {
    let todos = todos(facts, project.id);
    let open = count(&todos, |it| !it.completed);
    let lately = count(&todos, |it| is_done_since(it, at.since(28)));
    let begun = todos.iter().map(|it| it.created_at).min().unwrap_or(at.now);
    let days =
        crate::formulas::real(usize::try_from((at.now - begun) / DAY_MS).unwrap_or_default());
    let counts = (open, todos.len() - open, lately);
    named(forecast::deadline(counts, days / 7.0, mood, at.today), project)
}

/// Formula 9 for a to-do of a project: of several people the one who is done first; of nobody the mean of those who
/// have work there. The numbers of open and completed items are those of the project.
pub fn todo(facts: &Facts, it: &Item, at: Moment) -> Value {
    let todos = todos(facts, it.project_id);
    let first = it.title.split_whitespace().next().unwrap_or_default().to_lowercase();
    let similar =
        count(&todos, |other| other.completed && other.title.to_lowercase().starts_with(&first));
    let worker = |id: i64| {
        let done = |other: &Item| other.completed && other.completer_id == Some(id);
        let recent = |other: &Item| done(other) && is_done_since(other, at.since(14));
        let open = |other: &Item| !other.completed && other.assignees.iter().any(|it| it.id == id);
        forecast::Worker {
            lately: crate::formulas::real(count(&todos, recent)),
            open: count(&todos, open),
            similar,
            ever: count(&todos, done),
            effort: 1.0,
            is_nobody: false,
        }
    };
    let mut workers: Vec<forecast::Worker> = it.assignees.iter().map(|it| worker(it.id)).collect();
    if workers.is_empty() {
        let team: Vec<forecast::Worker> = loads(&todos).iter().map(|it| worker(it.0.id)).collect();
        let size = crate::formulas::real(team.len().max(1));
        let mean = team.iter().map(|it| it.lately).sum::<f64>() / size;
        let open = team.iter().map(|it| it.open).sum::<usize>() / team.len().max(1);
        let nobody = forecast::Worker { open, lately: mean, is_nobody: true, ..worker(0) };
        workers.push(nobody);
    }
    let told = workers.iter().map(|it| forecast::todo(it, at.today));
    let shortest = told.min_by_key(|it| it["expected_days"].as_i64().unwrap_or(i64::MAX));
    let mut value = shortest.unwrap_or_default();
    value["todo"] = json!({ "id": it.id, "title": it.title, "app_url": it.app_url });
    value
}

/// Formula 10 for a project.
pub fn deadline_risk(facts: &Facts, project: &Project, at: Moment) -> Value {
    let todos = todos(facts, project.id);
    let open: Vec<&Item> = todos.into_iter().filter(|it| !it.completed).collect();
    named(risks::deadlines(&open, at.today), project)
}

/// Formula 11 for a project.
pub fn blockers(facts: &Facts, project: &Project, at: Moment) -> Value {
    let todos = todos(facts, project.id);
    let open: Vec<&Item> = todos.into_iter().filter(|it| !it.completed).collect();
    named(risks::blockers(&open, (at.now, at.today)), project)
}

/// Formula 16 for everything in `facts`.
pub fn ghost_work(facts: &Facts, at: Moment, asked: (i64, bool)) -> Value {
    ghost::result(&facts.items, &facts.posts, (at.now, at.today), asked)
}

/// Formula 5 for one person: the open items in the order to do them.
pub fn next_work(
    facts: &Facts,
    (person, at): (i64, Moment),
    (focus, hours): (Option<i64>, i64),
) -> Value {
    let done_today = |it: &&Item| {
        it.completed && it.completer_id == Some(person) && it.completed_at >= Some(at.midnight)
    };
    let last = facts.items.iter().filter(done_today).max_by_key(|it| it.completed_at);
    let focus = focus.or(last.map(|it| it.project_id));
    let is_theirs = |it: &&Item| !it.completed && it.assignees.iter().any(|it| it.id == person);
    let mut mine: Vec<&Item> = facts.items.iter().filter(is_theirs).collect();
    let scored = |it: &Item| {
        let inputs = priority::Inputs {
            due_in: it.due_on.map(|day| (day - at.today).num_days()),
            holds_up: 0,
            in_focus: focus == Some(it.project_id),
            effort: 2,
            hours,
        };
        (priority::parts(&inputs).iter().sum::<i64>(), priority::result(&inputs))
    };
    mine.sort_by_key(|it| {
        let is_free = it.due_on.is_none();
        (std::cmp::Reverse(scored(it).0), is_free, it.due_on, it.created_at)
    });
    let name = |id: i64| facts.projects.iter().find(|it| it.id == id).map(|it| it.name.clone());
    let tasks: Vec<Value> = mine
        .iter()
        .map(|it| {
            let mut task = scored(it).1;
            task["id"] = it.id.into();
            task["title"] = it.title.as_str().into();
            task["project"] = json!({ "id": it.project_id, "name": name(it.project_id) });
            task["due"] = json!(it.due_on);
            task["app_url"] = it.app_url.as_str().into();
            task
        })
        .collect();
    let mut value = json!({ "tasks": tasks, "total_active": mine.len() });
    if mine.is_empty() {
        let open = facts.items.iter().filter(|it| !it.completed && it.due_on >= Some(at.today));
        let next = open.min_by_key(|it| it.due_on);
        value["message"] = "nothing assigned to you".into();
        value["next_of_the_team"] =
            json!(next.map(|it| json!({ "id": it.id, "title": it.title, "due": it.due_on })));
    }
    value
}

/// The balance of a project's people (formula 6).
pub fn balance(facts: &Facts, project: i64, people: &[Person]) -> Value {
    let loads = loads(&todos(facts, project));
    let of: Vec<(String, usize)> = people
        .iter()
        .map(|it| {
            let load = loads.iter().find(|(person, _)| person.id == it.id).map_or(0, |it| it.1);
            (it.name.clone(), load)
        })
        .collect();
    let known: BTreeSet<i64> = people.iter().map(|it| it.id).collect();
    let others = loads.into_iter().filter(|it| !known.contains(&it.0.id));
    let all: Vec<(String, usize)> =
        of.into_iter().chain(others.map(|(person, load)| (person.name, load))).collect();
    crate::formulas::balance::result(&all)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) const TODAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 2, 18).unwrap();
    /// Noon of that day.
    pub(crate) const NOW: i64 = 1_771_416_000_000;

    /// An open to-do of project 1, assigned to person 1, touched now.
    pub(crate) fn item(id: i64) -> Item {
        Item {
            id,
            is_card: false,
            title: format!("To-do {id}"),
            body: String::new(),
            completed: false,
            completed_at: None,
            completer_id: None,
            due_on: None,
            project_id: 1,
            place_id: None,
            place_kind: String::new(),
            place: String::new(),
            creator_id: None,
            assignees: vec![Person { id: 1, name: "Amara".into(), email: None, title: None }],
            app_url: String::new(),
            created_at: NOW - 20 * DAY_MS,
            active_at: NOW,
        }
    }

    #[test]
    fn days_begin_at_midnight_of_the_workspace() {
        let at = Moment { now: NOW, today: TODAY, midnight: NOW - DAY_MS / 2 };
        assert_eq!((at.since(1), at.since(7)), (at.midnight, at.midnight - 6 * DAY_MS));
    }
}
