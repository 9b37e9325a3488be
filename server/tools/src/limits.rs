//! How much each person may use: limits that an admin sets, what was used of them, and stopping at their end.
//!
//! What is under way is finished: a limit is looked at before a change, and before the assistant begins an answer. Two
//! calls at the same moment may both still pass.

use crate::error::ToolError;
use crate::moments::begin;
use crate::tool::ToolSpec;
use crate::tools::Tools;
use chrono::{DateTime, Datelike, Months, NaiveDate};
use domain::actor::{Actor, Permission};
use domain::event::{Event, EventKind};
use domain::ids::{UserId, WorkspaceId};
use domain::limit::{Limit, LimitBook, LimitChange, Measure, Meter, Period, PersonUse};
use domain::problem::Problem;
use serde_json::json;
use store::db::Conn;
use store::limits::{self, EACH, StoredLimit, Used};
use store::{events, ids, workspaces};

/// Takes something back, or answers a question: never stopped.
const FREE: [&str; 4] = ["pmos_undo", "undo_last", "undo_operation", "pmos_approvals_decide"];
/// Larger limits are a slip of the hand.
const MOST: f64 = 1e12;
const MICROS: f64 = 1_000_000.0;

/// The day and the month in the time zone of a workspace.
#[derive(Clone, Copy, Debug)]
struct Calendar {
    now: i64,
    today: NaiveDate,
    /// When the day began, and when the next one does, epoch milliseconds.
    day: (i64, i64),
    /// The same of the month.
    month: (i64, i64),
}

impl Calendar {
    fn span(&self, period: Period) -> (i64, i64) {
        match period {
            Period::Day => self.day,
            Period::Month => self.month,
        }
    }

    /// The first day that is counted, `YYYY-MM-DD`.
    fn first_day(&self, period: Period) -> String {
        match period {
            Period::Day => self.today.to_string(),
            Period::Month => self.today.with_day(1).unwrap_or(self.today).to_string(),
        }
    }
}

/// What is counted of one person, and where.
#[derive(Clone, Copy)]
struct Counted<'a> {
    who: (&'a WorkspaceId, &'a UserId),
    calendar: &'a Calendar,
    limits: &'a [StoredLimit],
}

impl Counted<'_> {
    /// The limit that holds: the person's own, else that of each person.
    fn most(&self, measure: Measure, period: Period) -> Option<f64> {
        let of = |owner: &str| {
            let mut all = self.limits.iter();
            all.find(|it| {
                it.user_id == owner
                    && it.measure == measure.as_str()
                    && it.period == period.as_str()
            })
        };
        of(self.who.1.as_str()).or_else(|| of(EACH)).map(|it| it.most)
    }

    async fn meter(
        &self,
        conn: &mut Conn,
        measure: Measure,
        period: Period,
    ) -> Result<Meter, Problem> {
        let (from, until) = self.calendar.span(period);
        let used = match measure {
            Measure::Changes => whole(limits::changes(conn, self.who, from).await?),
            Measure::Tokens | Measure::Usd => {
                let day = self.calendar.first_day(period);
                let Used { tokens, cost_micros } = limits::used(conn, self.who, &day).await?;
                if measure == Measure::Usd { whole(cost_micros) / MICROS } else { whole(tokens) }
            }
        };
        let most = self.most(measure, period);
        Ok(Meter { measure, period, used, most, anew_at: ids::rfc3339(until) })
    }

    /// What people look at: changes of the day, models of the month, and whatever has a limit.
    async fn meters(&self, conn: &mut Conn) -> Result<Vec<Meter>, Problem> {
        let mut meters = Vec::new();
        for measure in Measure::ALL {
            for period in Period::ALL {
                let is_usual = (measure == Measure::Changes) == (period == Period::Day);
                if is_usual || self.most(measure, period).is_some() {
                    meters.push(self.meter(conn, measure, period).await?);
                }
            }
        }
        Ok(meters)
    }

    /// The limit that is used up, of these; none when there is something left of each.
    async fn used_up(
        &self,
        conn: &mut Conn,
        measures: &[Measure],
    ) -> Result<Option<Problem>, Problem> {
        for measure in measures {
            for period in Period::ALL {
                if self.most(*measure, period).is_none() {
                    continue;
                }
                let meter = self.meter(conn, *measure, period).await?;
                if meter.is_used_up() {
                    return Ok(Some(over(&meter, self.calendar)));
                }
            }
        }
        Ok(None)
    }
}

#[expect(clippy::cast_precision_loss, reason = "nobody counts to 2^52")]
fn whole(number: i64) -> f64 {
    number as f64
}

/// What is used up, until when, and who can raise it.
fn over(meter: &Meter, calendar: &Calendar) -> Problem {
    let (_, until) = calendar.span(meter.period);
    let retry_after_s = u64::try_from((until - calendar.now) / 1_000 + 1).unwrap_or(1);
    let most = meter.measure.amount(meter.most.unwrap_or_default());
    let period = meter.period.as_str();
    let begins = match meter.period {
        Period::Day => "tomorrow",
        Period::Month => "on the first of next month",
    };
    let message = format!(
        "Your limit of {most} a {period} is used up, so nothing was done. It begins anew {begins}; an admin can raise it under Settings, Limits"
    );
    Problem::UsedUp { message, retry_after_s }
}

fn stored(it: &StoredLimit, names: &[(UserId, String)]) -> Option<Limit> {
    let person = (it.user_id != EACH).then(|| UserId::from(it.user_id.as_str()));
    // One of somebody who left is not shown; it holds again when they come back.
    let name = match &person {
        Some(id) => Some(names.iter().find(|one| one.0 == *id)?.1.clone()),
        None => None,
    };
    let (measure, period) = (Measure::parse(&it.measure)?, Period::parse(&it.period)?);
    Some(Limit { person, name, measure, period, most: it.most, set_by: it.set_by.clone() })
}

impl Tools {
    async fn calendar(&self, workspace: &WorkspaceId) -> Result<Calendar, Problem> {
        let (zone, now) = (self.zone_of(workspace).await?, ids::now_ms());
        let moment = DateTime::from_timestamp_millis(now).unwrap_or_default();
        let today = moment.with_timezone(&zone).date_naive();
        let first = today.with_day(1).unwrap_or(today);
        let next = first.checked_add_months(Months::new(1)).unwrap_or(first);
        let at = |day: NaiveDate| begin(day, zone);
        let tomorrow = today.succ_opt().unwrap_or(today);
        let (day, month) = ((at(today), at(tomorrow)), (at(first), at(next)));
        Ok(Calendar { now, today, day, month })
    }

    /// The day in the time zone of a workspace, `YYYY-MM-DD`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn day_in(&self, workspace: &WorkspaceId) -> Result<String, Problem> {
        Ok(self.calendar(workspace).await?.today.to_string())
    }

    /// The limits of the workspace, and what each of its people used.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to manage; when the database does not answer.
    pub async fn limit_book(&self, actor: &Actor) -> Result<LimitBook, Problem> {
        actor.require(Permission::Manage)?;
        let calendar = self.calendar(&actor.workspace).await?;
        let mut conn = self.db.read().await?;
        let all = limits::list(&mut conn, &actor.workspace).await?;
        let mut people = Vec::new();
        for it in workspaces::members(&mut conn, &actor.workspace).await? {
            let person = UserId::from(it.user_id.as_str());
            let who = (&actor.workspace, &person);
            let counted = Counted { who, calendar: &calendar, limits: &all };
            let meters = counted.meters(&mut conn).await?;
            people.push(PersonUse { person, name: it.name, meters });
        }
        people.sort_by_key(|it| it.name.to_lowercase());
        let names: Vec<(UserId, String)> =
            people.iter().map(|it| (it.person.clone(), it.name.clone())).collect();
        let mut limits: Vec<Limit> = all.iter().filter_map(|it| stored(it, &names)).collect();
        limits.sort_by_key(|it| (it.name.clone(), it.measure, it.period));
        Ok(LimitBook { limits, people })
    }

    /// What whoever looks used, and their limits.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to read; when the database does not answer.
    pub async fn own_use(&self, actor: &Actor) -> Result<Vec<Meter>, Problem> {
        actor.require(Permission::Read)?;
        let calendar = self.calendar(&actor.workspace).await?;
        let mut conn = self.db.read().await?;
        let all = limits::list(&mut conn, &actor.workspace).await?;
        let who = (&actor.workspace, &actor.user);
        Counted { who, calendar: &calendar, limits: &all }.meters(&mut conn).await
    }

    /// Sets a limit, or takes one away.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to manage; [`Problem::Invalid`] for `most` that is not above 0;
    /// [`Problem::NotFound`] for a person who is not in the workspace, and for a limit that is not there.
    pub async fn set_limit(&self, actor: &Actor, change: &LimitChange) -> Result<(), Problem> {
        actor.require(Permission::Manage)?;
        if let Some(most) = change.most {
            let is_whole = change.measure == Measure::Usd || most.fract() == 0.0;
            if !(most > 0.0 && most <= MOST && is_whole) {
                let words = "Give a number above 0; of tokens and changes a whole one";
                return Err(Problem::invalid("most", words));
            }
        }
        let (by, change) = (actor.clone(), change.clone());
        let write =
            self.db.write(move |tx| Box::pin(async move { store_limit(tx, &by, &change).await }));
        write.await
    }

    /// Why the assistant may not ask a model for this person now; none while they have something left.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn models_used_up(
        &self,
        workspace: &WorkspaceId,
        user: &UserId,
    ) -> Result<Option<Problem>, Problem> {
        self.used_up((workspace, user), &[Measure::Tokens, Measure::Usd]).await
    }

    /// Refuses one more change of a person who has none left.
    pub(crate) async fn within_changes(
        &self,
        actor: &Actor,
        spec: &ToolSpec,
    ) -> Result<(), ToolError> {
        if FREE.contains(&spec.name) {
            return Ok(());
        }
        let who = (&actor.workspace, &actor.user);
        match self.used_up(who, &[Measure::Changes]).await? {
            Some(problem) => Err(problem.into()),
            None => Ok(()),
        }
    }

    async fn used_up(
        &self,
        who: (&WorkspaceId, &UserId),
        measures: &[Measure],
    ) -> Result<Option<Problem>, Problem> {
        let limits = limits::list(&mut self.db.read().await?, who.0).await?;
        if limits.is_empty() {
            return Ok(None);
        }
        let calendar = self.calendar(who.0).await?;
        let mut conn = self.db.read().await?;
        Counted { who, calendar: &calendar, limits: &limits }.used_up(&mut conn, measures).await
    }
}

async fn store_limit(tx: &mut Conn, by: &Actor, change: &LimitChange) -> Result<(), Problem> {
    if let Some(person) = &change.person {
        let members = workspaces::members(tx, &by.workspace).await?;
        if !members.iter().any(|it| it.user_id == person.as_str()) {
            return Err(Problem::not_found("Member"));
        }
    }
    let owner = change.person.as_ref().map_or(EACH, UserId::as_str);
    let which = (owner, change.measure, change.period);
    match change.most {
        Some(most) => limits::put(tx, &by.workspace, which, (most, &by.name)).await?,
        None if limits::delete(tx, &by.workspace, which).await? => {}
        None => return Err(Problem::not_found("Limit")),
    }
    let detail = json!({
        "person": change.person, "measure": change.measure, "period": change.period, "most": change.most
    });
    let event = Event::new(EventKind::WorkspaceChanged, &by.workspace, "limits").with(detail);
    events::record(tx, by, &event).await?;
    Ok(())
}
