//! What is worth telling (formulas.md 18): looked for, kept, listed, seen, cleaned up.

use crate::error::ToolError;
use crate::lists;
use crate::sources;
use crate::tool::{Call, Done};
use crate::tools::Tools;
use domain::actor::{Actor, Permission};
use domain::event::{Event, EventKind};
use domain::mirror::Freshness;
use domain::problem::Problem;
use insight::findings::{self, Finding, Ground, Scored, rank};
use insight::formulas::DAY_MS;
use insight::structure;
use serde_json::{Value, json};
use std::collections::HashMap;
use store::db::Conn;
use store::insights::{self, Insight, Score};
use store::{events, ids};

type Outcome = Result<Done, ToolError>;

const MOST: usize = 200;
/// How far back posts are read for words of trouble.
const SAID_DAYS: i64 = 56;
/// The score that says that a day was looked at.
const LOOKED: &str = "looked";
/// The least and the most days that scores are kept for.
const KEEP: std::ops::RangeInclusive<i64> = 1..=3_650;

/// What is open now, and how fresh what it was found in is.
struct Looked {
    open: Vec<Insight>,
    freshness: Freshness,
}

/// Everything one look stores.
struct Look {
    actor: Actor,
    connection: String,
    scores: Vec<Score>,
    found: Vec<Finding>,
    now: i64,
}

impl Tools {
    /// The connection the actor works with: scores and insights are what it sees.
    pub(crate) async fn seen_through(&self, actor: &Actor) -> Result<String, ToolError> {
        let connection = self.basecamp.connection(actor).await?;
        let missing = || Problem::NeedsSetup {
            message: "Basecamp is not connected".to_owned(),
            hint: "Connect Basecamp, or use the sample".to_owned(),
            fix_url: "/integrations".to_owned(),
        };
        Ok(connection.ok_or_else(missing)?.id.to_string())
    }

    /// The scores of projects about a week ago (5 to 9 days), the nearest to seven, from 0 to 100.
    pub(crate) async fn week_ago(
        &self,
        actor: &Actor,
        kind: &str,
    ) -> Result<HashMap<i64, f64>, ToolError> {
        let connection = self.seen_through(actor).await?;
        let now = ids::now_ms();
        let mut conn = self.db.read().await?;
        let span = (now - 9 * DAY_MS, now - 5 * DAY_MS);
        let mut kept = insights::scores(&mut conn, (&actor.workspace, &connection), span).await?;
        kept.retain(|it| it.kind == kind);
        kept.sort_by_key(|it| std::cmp::Reverse((now - 7 * DAY_MS - it.at_ms).abs()));
        Ok(kept.into_iter().map(|it| (it.project_id, it.score)).collect())
    }

    /// Looks at every active project, keeps the scores of the day and what was found, and closes what is over.
    async fn look(&self, actor: &Actor) -> Result<Looked, ToolError> {
        let connection = self.seen_through(actor).await?;
        let facts = Box::pin(self.basecamp.facts(actor, None)).await?;
        let (at, week) = (self.moment(actor).await?, self.week(actor).await?);
        let said = Box::pin(self.basecamp.said(actor, None, at.since(SAID_DAYS))).await?;
        let moved = self.basecamp.moved(actor).await?;
        let mut removed = HashMap::new();
        for project in &facts.projects {
            let Some(day) = structure::baseline(&facts, project.id, &week) else { continue };
            let grown = structure::creep(&facts, project, (day, &week), None);
            if matches!(grown["severity"].as_str(), Some("high" | "critical")) {
                let end = structure::end_of(day, &week);
                let left = self.basecamp.left(actor, project.id, end).await?;
                removed.extend(left.map(|it| (project.id, it)));
            }
        }
        let pulse_before = self.week_ago(actor, "pulse").await?;
        let ground = Ground {
            facts: &facts,
            said: &said,
            moved: &moved,
            removed: &removed,
            pulse_before: &pulse_before,
            at,
            week: &week,
        };
        let (found, scored) = findings::all(&ground);
        let day = at.today.to_string();
        let score = |it: Scored| Score {
            kind: it.kind.to_owned(),
            project_id: it.project_id,
            day: day.clone(),
            score: it.score,
            inputs: it.inputs.to_string(),
            at_ms: at.now,
        };
        let mut scores: Vec<Score> = scored.into_iter().map(score).collect();
        let looked = Scored { kind: LOOKED, project_id: 0, score: 0.0, inputs: json!({}) };
        scores.push(score(looked));
        let look = Look { actor: actor.clone(), connection, scores, found, now: at.now };
        let open = self.db.write(move |tx| Box::pin(async move { look.keep(tx).await })).await?;
        Ok(Looked { open, freshness: facts.freshness })
    }

    async fn is_catching_up(&self, actor: &Actor) -> bool {
        let age = self.basecamp.freshness_of(actor, &sources::WORDS).await;
        age.is_ok_and(|it| it.stale.is_some())
    }

    /// Looks once a day through every connection whose mirror is filled: what nobody asked for is found too, and a trend
    /// has something to be measured by. Gives how many connections were looked through.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn look_daily(&self) -> Result<usize, Problem> {
        let mut conn = self.db.read().await?;
        let due = insights::due(&mut conn, ids::now_ms() - DAY_MS).await?;
        drop(conn);
        let mut looked = 0;
        for (workspace, owner) in due {
            let user = owner.unwrap_or_else(|| "system".to_owned()).into();
            let actor = Actor { user, ..Actor::system(workspace.into(), ids::fresh()) };
            // Without a filled mirror this would read the whole of Basecamp.
            match self.basecamp.mirrored(&actor).await {
                // What is not all read is no day's score.
                Ok(Some(_)) if self.is_catching_up(&actor).await => continue,
                Ok(Some(mirror)) => drop(mirror),
                Ok(None) => continue,
                Err(problem) => {
                    tracing::warn!(%problem, "a mirror could not be opened");
                    continue;
                }
            }
            match Box::pin(self.look(&actor)).await {
                Ok(_) => looked += 1,
                Err(error) => tracing::warn!(%error, "projects could not be looked at"),
            }
        }
        Ok(looked)
    }
}

impl Look {
    /// Stores what is new, and one event when anything is.
    async fn keep(self, tx: &mut Conn) -> Result<Vec<Insight>, Problem> {
        let workspace = self.actor.workspace.clone();
        let place = (&workspace, self.connection.as_str());
        let kept = insights::scores(tx, place, (self.now - 2 * DAY_MS, self.now)).await?;
        let is_same = |new: &Score| {
            kept.iter().any(|it| {
                (&it.kind, it.project_id, &it.day) == (&new.kind, new.project_id, &new.day)
                    && it.inputs == new.inputs
                    && it.score.total_cmp(&new.score).is_eq()
            })
        };
        let mut changes = 0;
        for score in self.scores.iter().filter(|it| !is_same(it)) {
            insights::put_score(tx, place, score).await?;
            changes += 1;
        }
        let open = insights::open(tx, place).await?;
        for finding in &self.found {
            let before =
                open.iter().find(|it| it.kind == finding.kind && it.subject == finding.subject);
            let now = row(finding, before, self.now);
            if before.is_none_or(|it| Insight { updated_at: it.updated_at, ..now.clone() } != *it) {
                insights::put(tx, place, &now).await?;
                changes += 1;
            }
        }
        let is_over = |it: &&Insight| {
            !self.found.iter().any(|new| new.kind == it.kind && new.subject == it.subject)
        };
        for over in open.iter().filter(is_over) {
            insights::resolve(tx, place, &over.id, self.now).await?;
            changes += 1;
        }
        if changes > 0 {
            let event = Event::new(EventKind::InsightsChanged, &self.connection, "Insights");
            events::record(tx, &self.actor, &event).await?;
        }
        Ok(insights::open(tx, place).await?)
    }
}

/// A finding as it is stored: seen for as long as it does not become worse.
fn row(new: &Finding, before: Option<&Insight>, now: i64) -> Insight {
    let seen_as = before.and_then(|it| it.acknowledged_severity.clone());
    let is_worse = seen_as.as_deref().is_some_and(|it| rank(new.severity) > rank(it));
    let seen = before.filter(|_| !is_worse);
    Insight {
        id: before.map_or_else(ids::fresh, |it| it.id.clone()),
        kind: new.kind.to_owned(),
        subject: new.subject.clone(),
        project_id: new.project_id,
        person_id: new.person_id,
        title: new.title.clone(),
        description: new.description.clone(),
        severity: new.severity.to_owned(),
        body: new.body.to_string(),
        created_at: before.map_or(now, |it| it.created_at),
        updated_at: now,
        acknowledged_at: seen.and_then(|it| it.acknowledged_at),
        acknowledged_severity: seen.and_then(|it| it.acknowledged_severity.clone()),
        resolved_at: None,
    }
}

/// An insight as it is told.
fn told(it: &Insight) -> Value {
    let body: Value = serde_json::from_str(&it.body).unwrap_or_default();
    let value = json!({
        "id": it.id, "insight_type": it.kind, "title": it.title, "description": it.description,
        "severity": it.severity, "actionable": body["action"].is_object(), "entity_refs": body["entity_refs"],
        "created_at": ids::rfc3339(it.created_at), "acknowledged": it.acknowledged_at.is_some(),
        "acknowledged_at": it.acknowledged_at.map(ids::rfc3339),
        "resolved_at": it.resolved_at.map(ids::rfc3339)
    });
    if body["action"].is_object() {
        lists::with(value, json!({ "action": body["action"] }))
    } else {
        value
    }
}

/// Whether somebody may know of it: what is about a person's strength is for them and for those who manage.
fn may_see(it: &Insight, actor: &Actor, me: Option<i64>) -> bool {
    it.kind != "burnout"
        || actor.role.can(Permission::Manage)
        || (me.is_some() && it.person_id == me)
}

/// The open insights that the caller may know of, the most severe first.
pub(crate) async fn list(call: Call<'_>) -> Outcome {
    let is_seen = call.args.is_on("acknowledged");
    let limit = call.args.read::<f64>("limit")?.unwrap_or(50.0);
    let limit = Some(limit).filter(|it| (1.0..=200.0).contains(it));
    let limit = limit.ok_or_else(|| Problem::invalid("limit", "Give a number from 1 to 200"))?;
    let looked = Box::pin(call.tools.look(call.actor)).await?;
    let me = call.own_person().await?.map(|it| it.id);
    let mut open = looked.open;
    open.retain(|it| it.acknowledged_at.is_some() == is_seen && may_see(it, call.actor, me));
    open.sort_by_key(|it| std::cmp::Reverse((rank(&it.severity), it.created_at)));
    let total = open.len();
    let most = (1..=MOST).take_while(|it| f64::from(u32::try_from(*it).unwrap_or(0)) <= limit);
    open.truncate(most.count());
    let rows: Vec<Value> = open.iter().map(told).collect();
    let more = json!({ "total": total, "timestamp": ids::now_ms() });
    let value = lists::with(lists::all("insights", &rows), more);
    Ok(Done::new(sources::aged(value, &looked.freshness)))
}

/// Marks an insight as seen.
pub(crate) async fn acknowledge(call: Call<'_>) -> Outcome {
    let it = mark(&call, true).await?;
    let value = json!({ "message": format!("Seen: {}", it.title), "insight": told(&it) });
    let undo = json!({ "insight_id": it.id });
    Ok(Done::new(value).on(it.title).undone_by("pmos_insights_reopen", &undo))
}

/// Marks an insight as not seen.
pub(crate) async fn reopen(call: Call<'_>) -> Outcome {
    let it = mark(&call, false).await?;
    let value =
        json!({ "message": format!("Back in the list: {}", it.title), "insight": told(&it) });
    let undo = json!({ "insight_id": it.id });
    Ok(Done::new(value).on(it.title).undone_by("pmos_insights_acknowledge", &undo))
}

async fn mark(call: &Call<'_>, is_seen: bool) -> Result<Insight, ToolError> {
    let id = call.args.need("insight_id")?.to_owned();
    let connection = call.tools.seen_through(call.actor).await?;
    let me = call.own_person().await?.map(|it| it.id);
    let actor = call.actor.clone();
    let write = call.tools.db.write(move |tx| {
        Box::pin(async move {
            let place = (&actor.workspace, connection.as_str());
            let found = insights::find(tx, place, &id).await?;
            let found = found.filter(|it| may_see(it, &actor, me));
            found.ok_or_else(|| Problem::not_found("Insight"))?;
            insights::acknowledge(tx, place, &id, is_seen).await?;
            let found = insights::find(tx, place, &id).await?;
            let found = found.ok_or_else(|| Problem::not_found("Insight"))?;
            let event = Event::new(EventKind::InsightsChanged, &id, &found.title);
            events::record(tx, &actor, &event).await?;
            Ok::<_, Problem>(found)
        })
    });
    Ok(write.await?)
}

/// Deletes what is old: scores, and insights that were seen or are over.
pub(crate) async fn cleanup(call: Call<'_>) -> Outcome {
    call.actor.require(Permission::Manage)?;
    let days = call.args.read::<f64>("days_to_keep")?.unwrap_or(90.0);
    let whole = KEEP.clone().find(|it| f64::from(i32::try_from(*it).unwrap_or(0)) >= days);
    let whole = whole.filter(|_| days >= 1.0);
    let whole = whole
        .ok_or_else(|| Problem::invalid("days_to_keep", "Give a number of days from 1 to 3650"))?;
    let before = ids::now_ms() - whole * DAY_MS;
    let actor = call.actor.clone();
    let write = call.tools.db.write(move |tx| {
        Box::pin(async move {
            let gone = insights::clean(tx, &actor.workspace, before).await?;
            let event = Event::new(EventKind::InsightsChanged, "cleanup", "Insights");
            events::record(tx, &actor, &event).await?;
            Ok::<_, Problem>(gone)
        })
    });
    let gone = write.await?;
    let message = format!(
        "Deleted {} scores and {} insights that were older than {whole} days",
        gone.scores, gone.insights
    );
    let counts = json!({ "scores": gone.scores, "insights": gone.insights });
    let value = json!({ "message": message, "deleted": counts, "days_to_keep": whole });
    Ok(Done::new(value).on("Old scores and insights"))
}
