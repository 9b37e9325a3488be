//! Plain questions that are not about to-dos: who waits for a word, what check-ins say, the hours, how far projects are.

use crate::error::ToolError;
use crate::lists;
use crate::sources;
use crate::tool::{Call, Done};
use basecamp::names::Purpose;
use chrono::TimeDelta;
use domain::mirror::Freshness;
use domain::project::Person;
use insight::Insight;
use insight::asked::Share;
use insight::formulas::DAY_MS;
use serde_json::{Value, json};
use store::ids;

type Outcome = Result<Done, ToolError>;

/// Characters of what somebody said.
const EXCERPT: usize = 200;
/// Days of hours and of check-ins where a question names none.
const HOURS: i64 = 30;
const CHECKINS: i64 = 7;

/// A question of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Matter {
    Waiting,
    Hours,
    Checkins,
    Gauges,
}

impl Matter {
    const ALL: [(Self, &'static [&'static str]); 4] = [
        (Self::Waiting, &["waiting on", "waiting for", "waits for", "wait for", "waits on"]),
        (Self::Hours, &["hours", "timesheet", "timesheets", "time logged", "logged time"]),
        (Self::Checkins, &["check-in", "check-ins", "checkin", "checkins", "check in answers"]),
        (Self::Gauges, &["gauge", "gauges", "needle", "needles"]),
    ];

    /// What a question asks about, its words told by `has`; only somebody who is named, or who asks, is waited for.
    pub(crate) fn of(has: impl Fn(&[&str]) -> bool, names_somebody: bool) -> Option<Self> {
        let found = Self::ALL.into_iter().find(|it| has(it.1)).map(|it| it.0);
        found.filter(|it| *it != Self::Waiting || names_somebody)
    }

    fn rule(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Hours => "hours",
            Self::Checkins => "check_ins",
            Self::Gauges => "gauges",
        }
    }
}

/// What is asked, of whom, and how many results are shown.
pub(crate) struct Asking<'a> {
    pub(crate) text: &'a str,
    pub(crate) who: Option<Person>,
    pub(crate) most: usize,
}

/// Answers a question about `matter`.
pub(crate) async fn answer(call: Call<'_>, matter: Matter, asking: Asking<'_>) -> Outcome {
    let project = call.ground(Purpose::Read).await?;
    let insight = Insight::new(call.tools.basecamp.clone());
    let here = Here { call: &call, insight, project: project.as_ref().map(|it| it.id), asking };
    let (value, freshness) = match matter {
        Matter::Waiting => Box::pin(here.waiting()).await?,
        Matter::Hours => Box::pin(here.hours()).await?,
        Matter::Checkins => Box::pin(here.checkins()).await?,
        Matter::Gauges => Box::pin(here.gauges()).await?,
    };
    let more = json!({
        "q": here.asking.text, "rule": matter.rule(), "project": project.map(|it| it.name)
    });
    Ok(Done::new(sources::aged(lists::with(value, more), &freshness)))
}

struct Here<'a> {
    call: &'a Call<'a>,
    insight: Insight,
    project: Option<i64>,
    asking: Asking<'a>,
}

type Found = Result<(Value, Freshness), ToolError>;

fn excerpt(words: &str) -> String {
    words.chars().take(EXCERPT).collect()
}

fn share(it: &Share) -> Value {
    json!({ "id": it.id, "name": it.name, "hours": it.hours, "entries": it.entries })
}

impl Here<'_> {
    fn is_here(&self, project: i64) -> bool {
        self.project.is_none_or(|it| it == project)
    }

    /// The first of `rows`, how many there are, and what that means in words.
    fn shown(&self, rows: &[Value], answer: String) -> Value {
        let first = rows.get(..self.asking.most).unwrap_or(rows);
        lists::with(lists::all("results", first), json!({ "answer": answer, "total": rows.len() }))
    }

    /// Days that the question names, else `otherwise`.
    fn days(&self, otherwise: i64) -> i64 {
        let text = self.asking.text.to_lowercase();
        let named = [("today", 1), ("week", 7), ("month", 30), ("quarter", 90), ("year", 365)];
        named.into_iter().find(|it| text.contains(it.0)).map_or(otherwise, |it| it.1)
    }

    async fn waiting(&self) -> Found {
        let call = self.call;
        let person = match &self.asking.who {
            Some(person) => person.clone(),
            None => call.me().await?,
        };
        let freshness = call.tools.basecamp.freshness(call.actor).await?;
        let found = self.insight.waiting(call.actor, person.id).await?;
        let names = call.names().await?;
        let found = found.ok_or_else(crate::knowledge_tools::unknown_yet)?;
        let rows: Vec<Value> = found
            .iter()
            .filter(|it| self.is_here(it.project_id))
            .map(|it| {
                json!({
                    "id": it.id, "type": it.kind, "title": it.title, "project_id": it.project_id,
                    "app_url": it.app_url, "last_words": excerpt(&it.words),
                    "said_by": it.who.and_then(|id| names.get(&id)), "said_at": ids::rfc3339(it.said_at)
                })
            })
            .collect();
        let answer = match rows.len() {
            0 => format!("Nobody waits for a word of {}", person.name),
            1 => format!("1 thread waits for a word of {}", person.name),
            many => format!("{many} threads wait for a word of {}", person.name),
        };
        Ok((lists::with(self.shown(&rows, answer), json!({ "person": person })), freshness))
    }

    async fn hours(&self) -> Found {
        let at = self.call.tools.moment(self.call.actor).await?;
        let days = self.days(HOURS);
        let from = at.today.checked_sub_signed(TimeDelta::days(days - 1)).unwrap_or(at.today);
        let basecamp = &self.call.tools.basecamp;
        let (mut entries, age) = basecamp.hours(self.call.actor, (from, at.today)).await?;
        let who = self.asking.who.as_ref().map(|it| it.id);
        entries.retain(|it| {
            let is_theirs = who.is_none_or(|id| it.person.as_ref().is_some_and(|it| it.0 == id));
            self.is_here(it.project_id) && is_theirs
        });
        let sheet = insight::asked::sheet(&entries);
        let people: Vec<Value> = sheet.people.iter().map(share).collect();
        let projects: Vec<Value> = sheet.projects.iter().map(share).collect();
        let answer = format!("{} hours in {days} days", sheet.hours);
        let more = json!({
            "hours": sheet.hours, "entries": entries.len(), "by_project": projects,
            "from": from.to_string(), "to": at.today.to_string(), "person": self.asking.who
        });
        Ok((lists::with(self.shown(&people, answer), more), age))
    }

    async fn checkins(&self) -> Found {
        let call = self.call;
        let at = call.tools.moment(call.actor).await?;
        let days = self.days(CHECKINS);
        let freshness = call.tools.basecamp.freshness(call.actor).await?;
        let span = (at.since(days), at.midnight + DAY_MS);
        let digests = self.insight.checkins(call.actor, span).await?;
        let names = call.names().await?;
        let who = self.asking.who.as_ref().map(|it| it.id);
        let mut rows = Vec::new();
        let mut count = 0;
        for it in digests.iter().filter(|it| self.is_here(it.project_id)) {
            let theirs = it.answers.iter().filter(|it| who.is_none() || it.creator_id == who);
            let answers: Vec<Value> = theirs
                .map(|it| {
                    json!({
                        "id": it.id, "by": it.creator_id.and_then(|id| names.get(&id)), "words": excerpt(&it.words),
                        "at": ids::rfc3339(it.created_at), "app_url": it.app_url
                    })
                })
                .collect();
            count += answers.len();
            if !answers.is_empty() {
                rows.push(json!({
                    "question_id": it.question_id, "question": it.question, "project_id": it.project_id,
                    "answers": answers
                }));
            }
        }
        let answer = format!("{count} answers to {} questions in {days} days", rows.len());
        Ok((self.shown(&rows, answer), freshness))
    }

    async fn gauges(&self) -> Found {
        let call = self.call;
        let freshness = call.tools.basecamp.freshness(call.actor).await?;
        let found = self.insight.gauges(call.actor).await?;
        let rows: Vec<Value> = found
            .iter()
            .filter(|it| self.is_here(it.project_id))
            .map(|it| {
                json!({
                    "project_id": it.project_id, "project": it.project, "position": it.position,
                    "previous": it.previous, "moved": it.previous.map(|before| it.position - before),
                    "color": it.colour, "app_url": it.app_url
                })
            })
            .collect();
        let answer = format!("{} projects say how far they are", rows.len());
        Ok((self.shown(&rows, answer), freshness))
    }
}
