//! Counts what the formulas about people need among facts.

use crate::formulas::{DAY_MS, assignment, burnout, person, real};
use crate::measure::Moment;
use crate::week::Week;
use basecamp::facts::{Facts, Item, Lately};
use domain::project::Person;
use serde_json::Value;
use std::collections::BTreeSet;

/// Open items a person can have, where nobody said otherwise.
pub const CAPACITY: u32 = 10;
/// Days over which the load is the mean.
const LOADED: i64 = 21;
/// Days in which what was completed counts for health.
const COMPLETED: i64 = 90;
/// Days in which what waited for somebody does.
const WAITED: i64 = 30;
/// Shorter words say little about what a to-do is about.
const TOPIC: usize = 4;
const COMMON: [&str; 14] = [
    "about", "after", "again", "before", "from", "into", "more", "that", "their", "them", "this",
    "what", "when", "with",
];

fn has(it: &Item, person: i64) -> bool {
    it.assignees.iter().any(|it| it.id == person)
}

/// The words that say what a text is about.
pub fn topics(text: &str) -> BTreeSet<String> {
    text.to_lowercase()
        .split(|it: char| !it.is_alphanumeric())
        .filter(|it| it.chars().count() >= TOPIC && !COMMON.contains(it))
        .map(str::to_owned)
        .collect()
}

/// Everybody who has an item, by name.
pub fn everybody(facts: &Facts) -> Vec<Person> {
    let mut all: Vec<Person> = facts.items.iter().flat_map(|it| it.assignees.clone()).collect();
    all.sort_by(|one, other| (&one.name, one.id).cmp(&(&other.name, other.id)));
    all.dedup_by_key(|it| it.id);
    all
}

/// The work and posts that [`health`] looks at; everything else leaves it as it is.
pub fn counted(at: Moment) -> Lately {
    Lately { done: at.since(COMPLETED), said: at.since(WAITED) }
}

/// Formula 3 for a person. Asked are assignments that came with an item somebody else made, and comments by others under
/// what the person has; mentions are not known.
pub fn health(facts: &Facts, who: i64, (at, week): (Moment, &Week)) -> Value {
    let (mut asked, mut answered) = (0, 0);
    for (moment, item) in waiting(facts, who, at.since(WAITED)) {
        let until = week.a_working_day_after(moment);
        let wrote = facts.posts.iter().any(|it| {
            it.creator_id == Some(who)
                && it.parent_id == Some(item.id)
                && it.created_at > moment
                && it.created_at <= until
        });
        let did = item.completer_id == Some(who)
            && item.completed_at.is_some_and(|it| it > moment && it <= until);
        if wrote || did {
            answered += 1;
        } else if until > at.now {
            // There is still time.
            continue;
        }
        asked += 1;
    }
    let inputs = person::Inputs {
        open: facts.items.iter().filter(|it| !it.completed && has(it, who)).count(),
        completed: done_since(facts, who, at.since(COMPLETED)),
        asked,
        answered,
    };
    person::result(&inputs)
}

/// What waited for a person since a moment: when it came, and the item.
fn waiting(facts: &Facts, who: i64, since: i64) -> Vec<(i64, &Item)> {
    let theirs: Vec<&Item> = facts.items.iter().filter(|it| has(it, who)).collect();
    let given = theirs.iter().filter(|it| it.creator_id.is_some_and(|it| it != who));
    let mut all: Vec<(i64, &Item)> =
        given.filter(|it| it.created_at >= since).map(|it| (it.created_at, *it)).collect();
    for post in facts.posts.iter().filter(|it| it.created_at >= since) {
        if post.creator_id.is_none_or(|it| it == who) {
            continue;
        }
        let item = theirs.iter().find(|it| post.parent_id == Some(it.id));
        all.extend(item.map(|it| (post.created_at, *it)));
    }
    all
}

fn done_since(facts: &Facts, who: i64, since: i64) -> usize {
    let is_theirs = |it: &&Item| {
        it.completed
            && it.completer_id == Some(who)
            && it.completed_at.is_some_and(|it| it >= since)
    };
    facts.items.iter().filter(is_theirs).count()
}

fn posts_since(facts: &Facts, who: i64, since: i64) -> usize {
    let is_theirs =
        |it: &&basecamp::facts::Post| it.creator_id == Some(who) && it.created_at >= since;
    facts.posts.iter().filter(is_theirs).count()
}

/// Formula 12 for a person. The load of a past day is rebuilt from when items were made and completed.
pub fn burnout(facts: &Facts, who: i64, (at, week): (Moment, &Week)) -> Value {
    let first = facts.items.iter().map(|it| it.created_at).min();
    let theirs: Vec<&Item> = facts.items.iter().filter(|it| has(it, who)).collect();
    let open_at = |moment: i64| {
        let is_open = |it: &&&Item| {
            it.created_at <= moment
                && (!it.completed || it.completed_at.is_some_and(|done| done > moment))
        };
        theirs.iter().filter(is_open).count()
    };
    let days = (0..LOADED).map(|it| open_at(at.now - it * DAY_MS));
    let load = real(days.sum()) / real(usize::try_from(LOADED).unwrap_or(1));
    let done = |days: i64| real(done_since(facts, who, at.since(days)));
    let posts = |days: i64| real(posts_since(facts, who, at.since(days)));
    let inputs = burnout::Inputs {
        load,
        capacity: f64::from(CAPACITY),
        pace: (done(7) / 7.0, done(90) / 90.0),
        posts: (posts(7), posts(90)),
        outside: outside(facts, who, (at, week)),
        tone: None,
        is_known: first.is_some_and(|it| at.now - it >= LOADED * DAY_MS),
    };
    burnout::result(&inputs)
}

/// The share of what a person did in 14 days outside working hours.
fn outside(facts: &Facts, who: i64, (at, week): (Moment, &Week)) -> Option<f64> {
    if !week.is_set() {
        return None;
    }
    let since = at.since(14);
    let made = facts.items.iter().filter(|it| it.creator_id == Some(who)).map(|it| it.created_at);
    let done = facts.items.iter().filter(|it| it.completed && it.completer_id == Some(who));
    let wrote = facts.posts.iter().filter(|it| it.creator_id == Some(who)).map(|it| it.created_at);
    let moments = made.chain(done.filter_map(|it| it.completed_at)).chain(wrote);
    let moments: Vec<i64> = moments.filter(|it| *it >= since).collect();
    let out = moments.iter().filter(|it| !week.is_working(**it)).count();
    Some(real(out) / real(moments.len().max(1)))
}

/// Formula 15: what it costs to give an item with this title in this project to each of `people`, the cheapest first.
/// `more` counts items a person was given just now.
pub fn costs(
    facts: &Facts,
    (title, project): (&str, i64),
    people: &[Person],
    more: &dyn Fn(i64) -> usize,
) -> Vec<(Person, assignment::Inputs)> {
    let needed = topics(title);
    let mut all: Vec<(Person, assignment::Inputs)> = people
        .iter()
        .map(|who| (who.clone(), inputs(facts, (&needed, project), who.id, more(who.id))))
        .collect();
    all.sort_by(|one, other| {
        let of = |it: &(Person, assignment::Inputs)| assignment::cost(&it.1);
        of(one)
            .total_cmp(&of(other))
            .then(one.1.open.cmp(&other.1.open))
            .then_with(|| one.0.name.cmp(&other.0.name))
    });
    all
}

fn inputs(
    facts: &Facts,
    (needed, project): (&BTreeSet<String>, i64),
    who: i64,
    more: usize,
) -> assignment::Inputs {
    let done: Vec<&Item> =
        facts.items.iter().filter(|it| it.completed && it.completer_id == Some(who)).collect();
    let known: BTreeSet<String> = done.iter().flat_map(|it| topics(&it.title)).collect();
    let similar: Vec<&&Item> = done
        .iter()
        .filter(|it| it.due_on.is_some() && !topics(&it.title).is_disjoint(needed))
        .collect();
    let in_time = similar.iter().filter(|it| {
        let day = it.completed_at.and_then(chrono::DateTime::from_timestamp_millis);
        day.is_some_and(|day| it.due_on.is_some_and(|due| day.date_naive() <= due))
    });
    let open = facts.items.iter().filter(|it| !it.completed && has(it, who));
    let is_here = facts.items.iter().any(|it| it.project_id == project && has(it, who))
        || facts.posts.iter().any(|it| it.project_id == project && it.creator_id == Some(who));
    assignment::Inputs {
        needed: needed.len(),
        known: needed.intersection(&known).count(),
        open: open.count() + more,
        capacity: usize::try_from(CAPACITY).unwrap_or(10),
        is_here,
        on_time: (!similar.is_empty()).then(|| real(in_time.count()) / real(similar.len())),
    }
}
