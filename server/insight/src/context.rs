//! What belongs together: the people, days and topics of a project, projects near it, and who knows a topic.

use crate::formulas::{decimals, real};
use crate::measure::{self, Moment};
use crate::people::topics;
use basecamp::facts::Facts;
use basecamp::said::Said;
use domain::project::Project;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// People, days and topics that are named.
const NAMED: usize = 10;
/// Sources of one expert that are named.
const SOURCES: usize = 3;

type Names = HashMap<i64, String>;

fn share(count: usize, most: usize) -> f64 {
    decimals(real(count) / real(most.max(1)), 4)
}

/// The most frequent keys first, ties by key.
fn ranked<K: Ord + Clone>(counts: &BTreeMap<K, usize>) -> Vec<(K, usize)> {
    let mut all: Vec<(K, usize)> = counts.iter().map(|(it, count)| (it.clone(), *count)).collect();
    all.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    all
}

/// How often each word is what something in a project is about.
fn topics_of(facts: &Facts, project: i64) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for item in facts.items.iter().filter(|it| it.project_id == project) {
        for topic in topics(&item.title) {
            *counts.entry(topic).or_insert(0) += 1;
        }
    }
    counts
}

/// How much each person did in a project: items they have, completed, and posts.
fn people_of(facts: &Facts, project: i64) -> BTreeMap<i64, usize> {
    let mut counts = BTreeMap::new();
    for item in facts.items.iter().filter(|it| it.project_id == project) {
        for person in &item.assignees {
            *counts.entry(person.id).or_insert(0) += 1;
        }
        if let Some(person) = item.completer_id.filter(|_| item.completed) {
            *counts.entry(person).or_insert(0) += 1;
        }
    }
    for person in facts.posts.iter().filter(|it| it.project_id == project) {
        if let Some(person) = person.creator_id {
            *counts.entry(person).or_insert(0) += 1;
        }
    }
    counts
}

/// People, days, topics and status of a project, each with its relevance from 0 to 1.
pub fn analyse(
    facts: &Facts,
    said: &[Said],
    project: &Project,
    (at, names): (Moment, &Names),
) -> Value {
    let people = ranked(&people_of(facts, project.id));
    let most = people.first().map_or(1, |it| it.1);
    let told: Vec<Value> = people
        .iter()
        .take(NAMED)
        .map(|(id, count)| {
            json!({ "id": id, "name": names.get(id), "activity": count, "relevance": share(*count, most) })
        })
        .collect();
    let mut dated: Vec<_> = measure::todos(facts, project.id)
        .into_iter()
        .filter(|it| !it.completed)
        .filter_map(|it| Some((it.due_on?, it)))
        .collect();
    dated.sort_by_key(|it| (it.0, it.1.id));
    let days: Vec<Value> = dated
        .iter()
        .take(NAMED)
        .map(|(day, it)| {
            let far = (*day - at.today).num_days();
            let near = 1.0 / (1.0 + f64::from(i32::try_from(far.abs()).unwrap_or(i32::MAX)) / 7.0);
            json!({
                "date": day, "days": far, "todo_id": it.id, "title": it.title, "relevance": decimals(near, 4),
                "app_url": it.app_url
            })
        })
        .collect();
    let words = ranked(&topics_of(facts, project.id));
    let top = words.first().map_or(1, |it| it.1);
    let words: Vec<Value> = words
        .iter()
        .take(NAMED)
        .map(|(word, count)| json!({ "topic": word, "count": count, "relevance": share(*count, top) }))
        .collect();
    let (health, pulse) =
        (measure::health(facts, project, at), measure::pulse(facts, project, (at, 14)));
    let open = measure::todos(facts, project.id).iter().filter(|it| !it.completed).count();
    json!({
        "project": project.name, "project_id": project.id, "people": told, "dates": days, "topics": words,
        "status": {
            "health": health["score"], "label": health["status"], "pulse": pulse["score"], "grade": pulse["grade"],
            "open": open, "posts": said.len()
        }
    })
}

/// What two sets share of what they have together.
fn overlap<T: Ord>(one: &BTreeSet<T>, other: &BTreeSet<T>) -> f64 {
    let both = one.intersection(other).count();
    real(both) / real(one.union(other).count().max(1))
}

/// Projects that share people, topics or weeks with `project`, the nearest first: people count half, topics three and
/// weeks two tenths.
pub fn related(facts: &Facts, project: &Project) -> Vec<Value> {
    struct Near {
        people: BTreeSet<i64>,
        topics: BTreeSet<String>,
        weeks: BTreeSet<i64>,
    }
    let of = |id: i64| {
        let open = facts.items.iter().filter(|it| it.project_id == id && !it.completed);
        let weeks = open.filter_map(|it| it.due_on);
        Near {
            people: people_of(facts, id).into_keys().collect(),
            topics: topics_of(facts, id).into_keys().collect(),
            weeks: weeks
                .map(|it| it.signed_duration_since(chrono::NaiveDate::MIN).num_weeks())
                .collect(),
        }
    };
    let here = of(project.id);
    let mut found: Vec<(f64, Value)> = facts
        .projects
        .iter()
        .filter(|it| it.id != project.id)
        .filter_map(|it| {
            let there = of(it.id);
            let parts = [
                overlap(&here.people, &there.people),
                overlap(&here.topics, &there.topics),
                overlap(&here.weeks, &there.weeks),
            ];
            let total = 0.5 * parts[0] + 0.3 * parts[1] + 0.2 * parts[2];
            let topics: Vec<&String> = here.topics.intersection(&there.topics).take(NAMED).collect();
            (total > 0.0).then(|| {
                let value = json!({
                    "project_id": it.id, "project": it.name, "relevance": decimals(total, 4), "app_url": it.app_url,
                    "shared": {
                        "people": here.people.intersection(&there.people).count(), "topics": topics,
                        "weeks": here.weeks.intersection(&there.weeks).count()
                    },
                    "factors": {
                        "people": decimals(parts[0], 4), "topics": decimals(parts[1], 4), "dates": decimals(parts[2], 4)
                    }
                });
                (total, value)
            })
        })
        .collect();
    found.sort_by(|one, other| other.0.total_cmp(&one.0));
    found.into_iter().map(|it| it.1).collect()
}

/// People who completed items or wrote about a topic, the most first: an item counts two, a post one.
pub fn experts(facts: &Facts, said: &[Said], topic: &str, names: &Names) -> Vec<Value> {
    let words: Vec<String> = topic.split_whitespace().map(str::to_lowercase).collect();
    let is_about = |text: &str| {
        let text = text.to_lowercase();
        words.iter().all(|it| text.contains(it.as_str()))
    };
    let mut found: BTreeMap<i64, (usize, usize, Vec<Value>)> = BTreeMap::new();
    for item in facts.items.iter().filter(|it| it.completed) {
        if let Some(who) =
            item.completer_id.filter(|_| is_about(&format!("{} {}", item.title, item.body)))
        {
            let one = found.entry(who).or_default();
            one.0 += 1;
            one.2.push(json!({ "id": item.id, "title": item.title, "app_url": item.app_url }));
        }
    }
    for post in said {
        let text = format!("{} {} {}", post.title, post.parent, post.words);
        if let Some(who) = post.creator_id.filter(|_| is_about(&text)) {
            let one = found.entry(who).or_default();
            one.1 += 1;
            let title = if post.title.is_empty() { &post.parent } else { &post.title };
            one.2.push(json!({ "id": post.id, "title": title, "app_url": post.app_url }));
        }
    }
    let mut all: Vec<(usize, Value)> = found
        .into_iter()
        .map(|(id, (done, posts, mut sources))| {
            let score = 2 * done + posts;
            sources.truncate(SOURCES);
            let value = json!({
                "person_id": id, "person": names.get(&id), "score": score, "completed": done, "posts": posts,
                "sources": sources
            });
            (score, value)
        })
        .collect();
    all.sort_by(|one, other| {
        let name = |it: &Value| it["person"].as_str().unwrap_or_default().to_owned();
        other.0.cmp(&one.0).then_with(|| name(&one.1).cmp(&name(&other.1)))
    });
    all.into_iter().map(|it| it.1).collect()
}
