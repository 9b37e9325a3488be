//! The hours that people wrote down: mirrored month by month, the newest months again and again.

use crate::asked::{self, Hours};
use crate::mirrored::Mirrored;
use crate::records::Request;
use crate::{Basecamp, scopes};
use chrono::{DateTime, Datelike, Days, Months, NaiveDate};
use domain::actor::{Actor, Permission};
use domain::mirror::Freshness;
use domain::problem::Problem;
use serde_json::Value;
use std::collections::HashMap;
use store::{ids, mirror_pages, mirror_scopes};

/// How many months are mirrored, this one included.
const HELD: u32 = 12;
/// How many of them a look for news goes through.
const NEWS: u32 = 2;

/// The first days of the months that a walk goes through, the oldest first. Where it is tomorrow already counts too.
fn months(mode: &str, now_ms: i64) -> Vec<NaiveDate> {
    let now = DateTime::from_timestamp_millis(now_ms).unwrap_or_default().date_naive();
    let day = now.checked_add_days(Days::new(1)).unwrap_or(now);
    let count = if mode == "full" { HELD } else { NEWS };
    let first = day.with_day(1).unwrap_or(day);
    (0..count).rev().filter_map(|it| first.checked_sub_months(Months::new(it))).collect()
}

/// The months a walk goes through, as places: `202602`.
pub(crate) fn places(mode: &str) -> Vec<i64> {
    let place = |it: NaiveDate| i64::from(it.year()) * 100 + i64::from(it.month());
    months(mode, ids::now_ms()).into_iter().map(place).collect()
}

/// The first and the last day of a month that is a place.
pub(crate) fn days(place: i64) -> Option<(NaiveDate, NaiveDate)> {
    let (year, month) = (i32::try_from(place / 100).ok()?, u32::try_from(place % 100).ok()?);
    let first = NaiveDate::from_ymd_opt(year, month, 1)?;
    Some((first, first.checked_add_months(Months::new(1))?.pred_opt()?))
}

/// The first day that a walk meets.
pub(crate) fn since(mode: &str) -> String {
    months(mode, ids::now_ms()).first().map(ToString::to_string).unwrap_or_default()
}

/// Whether the mirror holds every day from one to another.
fn is_held((from, to): (NaiveDate, NaiveDate), now_ms: i64) -> bool {
    let months = months("full", now_ms);
    let end = months.last().and_then(|it| it.checked_add_months(Months::new(1)));
    months.first().is_some_and(|it| *it <= from) && end.is_some_and(|it| to < it)
}

impl Basecamp {
    /// Hours of all projects from one day to another, both included, and how old they are: of the last twelve months
    /// from the mirror, of other days as Basecamp has them now.
    ///
    /// # Errors
    /// [`Problem::NeedsSetup`] without a connection, [`Problem::Unavailable`] when Basecamp does not answer.
    pub async fn hours(
        &self,
        actor: &Actor,
        (from, to): (NaiveDate, NaiveDate),
    ) -> Result<(Vec<Hours>, Freshness), Problem> {
        actor.require(Permission::Read)?;
        let needed = [scopes::PROJECTS, scopes::PEOPLE, scopes::HOURS];
        if is_held((from, to), ids::now_ms())
            && let Some(mut mirror) = Box::pin(self.mirrored_with(actor, &needed)).await?
        {
            let as_of_ms = mirror.hours_as_of().await?;
            let hours = mirror.hours((from, to)).await?;
            drop(mirror);
            let stale = self.freshness(actor).await?.stale;
            return Ok((hours, Freshness { as_of_ms, is_mirrored: true, stale }));
        }
        let request = Request::new("GetTimesheetReport", &[])
            .ok_or_else(|| Problem::not_found("Operation of Basecamp"))?;
        let as_of_ms = ids::now_ms();
        let found = self.fetch_all(actor, &request.over(&from, &to)).await?;
        let hours = found.items.iter().filter_map(asked::entry).collect();
        Ok((hours, Freshness { as_of_ms, is_mirrored: false, stale: None }))
    }
}

impl Mirrored {
    /// When hours were last looked at, epoch milliseconds.
    async fn hours_as_of(&mut self) -> Result<i64, Problem> {
        let rows = mirror_scopes::scopes(&mut self.conn, &self.key).await?;
        let row = rows.into_iter().find(|it| it.scope == scopes::HOURS);
        Ok(row.and_then(|it| it.checked_at).unwrap_or_default())
    }

    /// Hours of active projects from one day to another, both included, by day.
    async fn hours(&mut self, (from, to): (NaiveDate, NaiveDate)) -> Result<Vec<Hours>, Problem> {
        let span = (from.to_string(), to.to_string());
        let place = self.place("hours", &[&span.0, &span.1]);
        if let Some(known) = place.answer() {
            return Ok(known);
        }
        let rows = mirror_pages::hours(&mut self.conn, &self.key, (&span.0, &span.1)).await?;
        let people = mirror_pages::everybody(&mut self.conn, &self.key).await?;
        let names: HashMap<i64, String> = people.into_iter().map(|it| (it.id, it.name)).collect();
        let read = |json: &str| {
            let mut hours = asked::entry(&serde_json::from_str::<Value>(json).ok()?)?;
            // Of people only their ids are kept with a record.
            if let Some((id, name)) = &mut hours.person
                && let Some(known) = names.get(id)
            {
                name.clone_from(known);
            }
            Some(hours)
        };
        Ok(place.keep_rows(rows.iter().filter_map(|it| read(&it.json)).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn at(text: &str) -> i64 {
        DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis()
    }

    #[test]
    fn months_are_walked_from_the_oldest_on_and_end_where_it_is_tomorrow() {
        let now = at("2026-01-31T23:00:00Z");
        assert_eq!(months("delta", now), [day("2026-01-01"), day("2026-02-01")]);
        let all = months("full", now);
        assert_eq!((all.len(), all[0]), (12, day("2025-03-01")));
        assert_eq!(days(202_602), Some((day("2026-02-01"), day("2026-02-28"))));
        assert_eq!(days(202_613), None);
    }

    #[test]
    fn days_outside_of_the_months_are_not_held() {
        let now = at("2026-03-15T12:00:00Z");
        assert!(is_held((day("2025-04-01"), day("2026-03-31")), now));
        assert!(!is_held((day("2025-03-31"), day("2026-03-31")), now));
        assert!(!is_held((day("2026-03-01"), day("2026-04-01")), now));
    }
}
