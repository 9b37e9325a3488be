//! Plain questions about work, answered from synced data by a fixed set of rules; what no rule fits is searched for.

use crate::asked_tools::{self, Asking, Matter};
use crate::cross_tools::hit;
use crate::error::ToolError;
use crate::insight_tools::told;
use crate::lists;
use crate::report_tools::line;
use crate::sources;
use crate::tool::{Call, Done};
use basecamp::facts::{Facts, Item};
use chrono::{Datelike, NaiveDate, TimeDelta};
use domain::project::Person;
use insight::measure::{Moment, loads};
use serde_json::{Value, json};

type Outcome = Result<Done, ToolError>;

/// Items of an answer where nobody said otherwise.
const GIVEN: usize = 50;
/// Days in which something was done lately.
const LATELY: i64 = 7;

/// What a question asks about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Asked {
    rules: Vec<&'static str>,
}

/// A question with a space on both sides of each word.
fn spaced(text: &str) -> String {
    format!(" {} ", text.to_lowercase().replace(['?', ',', '.', '!'], " "))
}

fn holds(spaced: &str, words: &[&str]) -> bool {
    words.iter().any(|it| spaced.contains(&format!(" {it} ")))
}

impl Asked {
    /// Reads a question; no rules when it is none of those that are known.
    fn parse(text: &str) -> Self {
        let text = spaced(text);
        let has = |words: &[&str]| holds(&text, words);
        let rules: [(&'static str, &[&str]); 10] = [
            ("busiest", &["busiest", "most work", "the most", "workload", "who does what"]),
            (
                "unassigned",
                &[
                    "unassigned",
                    "nobody has",
                    "no assignee",
                    "without assignee",
                    "without an assignee",
                    "nobody",
                ],
            ),
            ("overdue", &["overdue", "late", "past due"]),
            ("due_today", &["today"]),
            ("due_tomorrow", &["tomorrow"]),
            ("due_this_week", &["this week"]),
            ("undated", &["no due date", "without due date", "without a due date", "undated"]),
            ("stale", &["stale", "forgotten", "not moved", "stuck"]),
            ("done", &["completed", "done", "finished"]),
            ("mine", &["my", "mine", "me", "i"]),
        ];
        let mut found: Vec<&'static str> =
            rules.iter().filter(|it| has(it.1)).map(|it| it.0).collect();
        let is_about_work = has(&["to-do", "to-dos", "todos", "tasks", "cards", "work", "items"]);
        if found.is_empty() && is_about_work && has(&["open", "how many", "which", "what", "left"])
        {
            found.push("open");
        }
        Self { rules: found }
    }

    fn is(&self, rule: &str) -> bool {
        self.rules.contains(&rule)
    }

    /// Whether an item is what is asked for; `who` is the person that is meant.
    fn fits(&self, it: &Item, who: Option<i64>, at: Moment) -> bool {
        let due = |test: &dyn Fn(NaiveDate) -> bool| it.due_on.is_some_and(test);
        let rest = i64::from(6 - at.today.weekday().num_days_from_monday());
        let sunday = at.today.checked_add_signed(TimeDelta::days(rest)).unwrap_or(at.today);
        let is_state = match self.is("done") {
            true => it.completed_at.is_some_and(|done| it.completed && done >= at.since(LATELY)),
            false => !it.completed,
        };
        is_state
            && (!self.is("unassigned") || it.assignees.is_empty())
            && (!self.is("overdue") || due(&|day| day < at.today))
            && (!self.is("due_today") || self.is("done") || due(&|day| day == at.today))
            && (!self.is("due_tomorrow") || due(&|day| Some(day) == at.today.succ_opt()))
            && (!self.is("due_this_week")
                || self.is("done")
                || due(&|day| (at.today..=sunday).contains(&day)))
            && (!self.is("undated") || it.due_on.is_none())
            && (!self.is("stale") || it.active_at < at.since(LATELY))
            && who.is_none_or(|who| it.assignees.iter().any(|it| it.id == who))
    }
}

/// Answers a question and names the rules it used.
pub(crate) async fn query(call: Call<'_>) -> Outcome {
    let text = call.args.need("q")?.to_owned();
    let most = call.args.size("limit").unwrap_or(GIVEN);
    let mut asked = Asked::parse(&text);
    let people = call.tools.basecamp.people(call.actor).await?;
    let lower = text.to_lowercase();
    let mut who = people.into_iter().find(|it| lower.contains(&it.name.to_lowercase()));
    if who.is_some() {
        asked.rules.retain(|it| *it != "mine");
        asked.rules.push("person");
    } else if asked.is("mine") {
        who = Some(call.me().await?);
    }
    let spaced = spaced(&text);
    if let Some(matter) = Matter::of(|words| holds(&spaced, words), who.is_some()) {
        let asking = Asking { text: &text, who, most };
        return Box::pin(asked_tools::answer(call, matter, asking)).await;
    }
    if asked.rules.is_empty() {
        return Box::pin(searched(call, &text, most)).await;
    }
    let (facts, project) = Box::pin(call.facts()).await?;
    let at = call.tools.moment(call.actor).await?;
    let place = project.map(|it| it.name);
    if asked.is("busiest") {
        return busiest(&text, (&facts, place), at);
    }
    let mut found: Vec<&Item> =
        facts.items.iter().filter(|it| asked.fits(it, who.as_ref().map(|it| it.id), at)).collect();
    found.sort_by_key(|it| (it.due_on.unwrap_or(NaiveDate::MAX), it.id));
    let total = found.len();
    let rows: Vec<Value> = found.into_iter().take(most).map(line).collect();
    let answer = in_words(&asked, total, (who.as_ref(), place.as_deref()));
    let more = json!({
        "q": text, "rule": asked.rules.join("+"), "answer": answer, "total": total, "person": who, "project": place
    });
    told(lists::with(lists::all("results", &rows), more), &facts, at)
}

fn in_words(asked: &Asked, total: usize, (who, place): (Option<&Person>, Option<&str>)) -> String {
    let mut text = format!("{total} {}", if total == 1 { "item" } else { "items" });
    let words = asked.rules.iter().filter(|it| !matches!(**it, "person" | "mine"));
    let words: Vec<String> = words.map(|it| it.replace('_', " ")).collect();
    if !words.is_empty() {
        text.push_str(&format!(": {}", words.join(", ")));
    }
    if let Some(who) = who {
        text.push_str(&format!("; assigned to {}", who.name));
    }
    if let Some(place) = place {
        text.push_str(&format!("; in {place}"));
    }
    text
}

/// Who has how many open items, the most first.
fn busiest(text: &str, (facts, place): (&Facts, Option<String>), at: Moment) -> Outcome {
    let open: Vec<&Item> = facts.items.iter().filter(|it| !it.completed).collect();
    let loads = loads(&open);
    let rows: Vec<Value> =
        loads.iter().map(|(person, count)| json!({ "person": person, "open": count })).collect();
    let answer = match loads.first() {
        Some((person, count)) => format!("{} has the most: {count} open items", person.name),
        None => "Nobody has open items".to_owned(),
    };
    let more = json!({
        "q": text, "rule": "busiest", "answer": answer, "total": rows.len(), "project": place
    });
    told(lists::with(lists::all("results", &rows), more), facts, at)
}

/// Records that hold the words of the question.
async fn searched(call: Call<'_>, text: &str, most: usize) -> Outcome {
    let project = call.ground(basecamp::names::Purpose::Read).await?.map(|it| it.id);
    let freshness = call.tools.basecamp.freshness_of(call.actor, &sources::WORDS).await?;
    let mut found =
        call.stories_with(text).await?.ok_or_else(crate::knowledge_tools::unknown_yet)?;
    found.retain(|it| project.is_none_or(|id| it["project"]["id"] == id));
    let of = found.len();
    let rows: Vec<Value> =
        found.iter().enumerate().take(most).map(|(at, it)| hit((at, of), it)).collect();
    let answer = format!("No rule fits the question. {of} records hold its words");
    let more = json!({ "q": text, "rule": "search", "answer": answer, "total": of });
    let value = lists::with(lists::all("results", &rows), more);
    Ok(Done::new(sources::aged(value, &freshness)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_of_other_matters_are_told_apart() {
        let of = |text: &str, who: bool| Matter::of(|words| holds(&spaced(text), words), who);
        assert_eq!(of("Who is waiting on me?", true), Some(Matter::Waiting));
        assert_eq!(of("What is waiting for approval?", false), None);
        assert_eq!(of("How many hours did we log this month?", false), Some(Matter::Hours));
        assert_eq!(of("What do the check-ins say?", false), Some(Matter::Checkins));
        assert_eq!(of("How are the gauges?", false), Some(Matter::Gauges));
        assert_eq!(of("What is overdue?", false), None);
    }

    #[test]
    fn questions_name_their_rules() {
        let rules = |text: &str| Asked::parse(text).rules;
        assert_eq!(rules("What is overdue?"), ["overdue"]);
        assert_eq!(rules("Which of my to-dos are due today?"), ["due_today", "mine"]);
        assert_eq!(rules("How many to-dos are open?"), ["open"]);
        assert_eq!(rules("Who has the most work?"), ["busiest"]);
        assert_eq!(rules("What was done this week"), ["due_this_week", "done"]);
        assert_eq!(rules("Menu for the café"), Vec::<&str>::new());
        assert_eq!(rules("translate the plates"), Vec::<&str>::new());
    }
}
