//! What is worth telling about projects and people (formulas.md 18), and the scores it follows from.

use crate::measure::{self, Moment};
use crate::week::Week;
use crate::{people, structure};
use basecamp::facts::Facts;
use basecamp::said::Said;
use domain::project::Project;
use serde_json::{Value, json};
use std::collections::HashMap;

/// How severe, the worst first.
const ORDER: [&str; 4] = ["critical", "high", "medium", "low"];
/// Days the pulse is taken over.
const PULSE_DAYS: i64 = 14;

/// Something found.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// `health_score`, `deadline_risk`, ...
    pub kind: &'static str,
    /// `project:1` or `person:2`.
    pub subject: String,
    /// The project it is about.
    pub project_id: Option<i64>,
    /// The person it is about.
    pub person_id: Option<i64>,
    /// One line.
    pub title: String,
    /// What is so, in words.
    pub description: String,
    /// `critical`, `high`, `medium`, `low`.
    pub severity: &'static str,
    /// `{entity_refs, action?}`.
    pub body: Value,
}

/// The score of a project now, from 0 to 100, with its inputs.
#[derive(Clone, Debug, PartialEq)]
pub struct Scored {
    /// `health` or `pulse`.
    pub kind: &'static str,
    /// The project.
    pub project_id: i64,
    /// From 0 to 100.
    pub score: f64,
    /// What it was made of.
    pub inputs: Value,
}

/// What findings are looked for in.
pub struct Ground<'a> {
    /// Work and posts of all active projects.
    pub facts: &'a Facts,
    /// What was written in the last eight weeks.
    pub said: &'a [Said],
    /// When cards last went to another column.
    pub moved: &'a HashMap<i64, i64>,
    /// What left each project since its scope was settled.
    pub removed: &'a HashMap<i64, usize>,
    /// The pulse of projects a week ago.
    pub pulse_before: &'a HashMap<i64, f64>,
    /// When it is.
    pub at: Moment,
    /// When people work.
    pub week: &'a Week,
}

/// How severe a word is: the higher the worse; 0 for an unknown one.
pub fn rank(severity: &str) -> usize {
    ORDER.iter().position(|it| *it == severity).map_or(0, |it| ORDER.len() - it)
}

/// The facts about one project.
pub fn of_project(facts: &Facts, project: &Project) -> Facts {
    Facts {
        projects: vec![project.clone()],
        items: facts.items.iter().filter(|it| it.project_id == project.id).cloned().collect(),
        posts: facts.posts.iter().filter(|it| it.project_id == project.id).copied().collect(),
        freshness: facts.freshness.clone(),
    }
}

/// Everything that is worth telling, and the scores of every project that has any.
pub fn all(ground: &Ground<'_>) -> (Vec<Finding>, Vec<Scored>) {
    let (mut found, mut scores) = (Vec::new(), Vec::new());
    for project in &ground.facts.projects {
        let here = of_project(ground.facts, project);
        found.extend(scored(&here, project, ground, &mut scores));
        found.extend(of_work(&here, project, ground));
    }
    found.extend(bottlenecks(ground));
    found.extend(tired(ground));
    (found, scores)
}

fn about(
    project: &Project,
    (kind, severity): (&'static str, &'static str),
    (title, description): (String, String),
) -> Finding {
    let refs = json!([{ "type": "project", "id": project.id, "name": project.name, "app_url": project.app_url }]);
    Finding {
        kind,
        subject: format!("project:{}", project.id),
        project_id: Some(project.id),
        person_id: None,
        title,
        description,
        severity,
        body: json!({ "entity_refs": refs }),
    }
}

/// What follows from the scores, which are noted in `scores`.
fn scored(
    here: &Facts,
    project: &Project,
    ground: &Ground<'_>,
    scores: &mut Vec<Scored>,
) -> Vec<Finding> {
    let mut found = Vec::new();
    let health = measure::health(here, project, ground.at);
    if let Some(score) = health["score"].as_f64() {
        let inputs = health["inputs"].clone();
        let score_100 = score * 100.0;
        scores.push(Scored { kind: "health", project_id: project.id, score: score_100, inputs });
        if score < 0.5 {
            let severity = if score < 0.3 { "high" } else { "medium" };
            let title = format!("{} is not doing well", project.name);
            let words = format!("Its health is {} of 100", score_100.round());
            found.push(about(project, ("health_score", severity), (title, words)));
        }
    }
    let pulse = measure::pulse(here, project, (ground.at, PULSE_DAYS));
    if let Some(score) = pulse["score"].as_f64() {
        let inputs = pulse["inputs"].clone();
        scores.push(Scored { kind: "pulse", project_id: project.id, score, inputs });
        let before = ground.pulse_before.get(&project.id).copied();
        if let Some(drop) = before.map(|it| it - score).filter(|it| *it >= 10.0) {
            let severity = if drop >= 20.0 { "high" } else { "medium" };
            let title = format!("The pulse of {} fell", project.name);
            let words = format!("It is {score}, {drop} lower than a week ago");
            found.push(about(project, ("pulse_drop", severity), (title, words)));
        }
    }
    found
}

/// What follows from the work of a project itself.
fn of_work(here: &Facts, project: &Project, ground: &Ground<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    let risk = measure::deadline_risk(here, project, ground.at);
    let near = risk["risks"].as_array().into_iter().flatten();
    let near = near.filter(|it| matches!(it["risk"].as_str(), Some("overdue" | "critical")));
    let near = near.count();
    if near > 0 {
        let title = format!("Days are missed in {}", project.name);
        let words = format!("{near} to-dos are overdue or due today");
        found.push(about(project, ("deadline_risk", "high"), (title, words)));
    }
    let trouble = structure::trouble(ground.said, project, ground.week);
    if trouble["pattern"]["is_recurring"] == true {
        let title = format!("Trouble comes back in {}", project.name);
        let words = format!("{} posts speak of it", trouble["pattern"]["posts"]);
        found.push(about(project, ("recurring_pattern", "medium"), (title, words)));
    }
    if let Some(day) = structure::baseline(here, project.id, ground.week) {
        let removed = ground.removed.get(&project.id).copied();
        let creep = structure::creep(here, project, (day, ground.week), removed);
        let severity = match creep["severity"].as_str() {
            Some("critical") => Some("critical"),
            Some("high") => Some("medium"),
            _ => None,
        };
        if let Some(severity) = severity {
            let title = format!("{} grows", project.name);
            let words = format!(
                "{} to-dos were added to the {} of {day}",
                creep["added_count"], creep["baseline_count"]
            );
            found.push(about(project, ("scope_creep", severity), (title, words)));
        }
    }
    let ghost = measure::ghost_work(here, ground.at, (7, false));
    let severity = match ghost["severity"].as_str() {
        Some("critical") => Some("high"),
        Some("high") => Some("medium"),
        _ => None,
    };
    if let Some(severity) = severity {
        let title = format!("Nobody looks after parts of {}", project.name);
        let words =
            format!("{} items are stale, unassigned, overdue or blocked", ghost["unique_items"]);
        let mut one = about(project, ("ghost_work", severity), (title, words));
        if ghost["unassigned"]["count"].as_u64().is_some_and(|it| it > 0) {
            let args = json!({ "project": project.id.to_string(), "mode": "suggest" });
            one.body["action"] = json!({ "tool": "smart_assign", "args": args });
        }
        found.push(one);
    }
    found
}

fn of_person(
    (id, name): (i64, &str),
    (kind, severity): (&'static str, &'static str),
    (title, description): (String, String),
) -> Finding {
    Finding {
        kind,
        subject: format!("person:{id}"),
        project_id: None,
        person_id: Some(id),
        title,
        description,
        severity,
        body: json!({ "entity_refs": [{ "type": "person", "id": id, "name": name }] }),
    }
}

fn bottlenecks(ground: &Ground<'_>) -> Vec<Finding> {
    let told = structure::bottlenecks(ground.facts, ground.at, ground.moved);
    let severe = told["bottlenecks"].as_array().into_iter().flatten();
    let severe = severe.filter(|it| it["severity"] == "high");
    let mut found: Vec<Finding> = Vec::new();
    for it in severe {
        let rule = ("bottleneck", "medium");
        let one = match (it["person"]["id"].as_i64(), it["person"]["name"].as_str()) {
            (Some(id), Some(name)) => {
                let title = format!("Work waits at {name}");
                let words = format!("{} of their items are quiet", it["stalled_count"]);
                of_person((id, name), rule, (title, words))
            }
            _ => {
                let id = it["location"]["project_id"].as_i64();
                let project = ground.facts.projects.iter().find(|it| Some(it.id) == id);
                let Some(project) = project else { continue };
                let column = it["location"]["column"].as_str().unwrap_or_default();
                let title = format!("Cards wait in “{column}” of {}", project.name);
                let words = format!("{} days on average", it["avg_dwell_time"]);
                about(project, rule, (title, words))
            }
        };
        if !found.iter().any(|it| it.subject == one.subject) {
            found.push(one);
        }
    }
    found
}

fn tired(ground: &Ground<'_>) -> Vec<Finding> {
    let told = people::everybody(ground.facts).into_iter().filter_map(|it| {
        let risk = people::burnout(ground.facts, it.id, (ground.at, ground.week));
        let severity = match risk["risk_level"].as_str() {
            Some("critical") => "critical",
            Some("high") => "high",
            _ => return None,
        };
        let title = format!("{} has had much for long", it.name);
        let words = format!("The risk is {} of 100", risk["risk_score"]);
        Some(of_person((it.id, &it.name), ("burnout", severity), (title, words)))
    });
    told.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severities_have_an_order() {
        assert!(rank("critical") > rank("high") && rank("high") > rank("medium"));
        assert!(rank("medium") > rank("low") && rank("low") > rank("nothing"));
    }
}
