//! One page of one walk: read, stored with how far the walk is, in one transaction. A walk that was cut off goes on
//! at the page after the last stored one.
//!
//! Nothing is ever taken for gone because a page failed, was empty, or a walk came out short: only a whole walk that
//! met as many records as Basecamp counts settles what is missing, and only the second time.

use crate::Basecamp;
use crate::config::Pace;
use crate::endings::{finish, heard};
use crate::failure;
use crate::hooks::hex_of;
use crate::mirror::Batch;
use crate::places::{self, Spot};
use crate::rows;
use crate::scopes::{self, Nest, Scope, What};
use crate::session::{Attempt, Session};
use basecamp_sdk::{Error, ErrorCode, Page};
use domain::problem::Problem;
use futures::FutureExt;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::time::Duration;
use store::error::StoreError;
use store::ids;
use store::mirror::Reading;
use store::mirror_scopes::{self, ScopeRow};
use store::mirror_sync::{self, Holder};

/// Basecamp's clocks may disagree by this much, and items move between pages while we walk.
const OVERLAP_MS: i64 = 120_000;

/// Before a first page that two looks in a row met.
const TWICE: char = '=';

/// Why a sync does not go on now.
#[derive(Debug)]
pub(crate) enum Stop {
    /// Another node has it, or the connection is gone.
    Lost,
    /// Basecamp no longer accepts our access.
    Revoked(Problem),
    /// The whole account is suspended.
    Suspended(Problem),
    /// Basecamp asks to wait.
    Wait(Duration),
    /// Basecamp is not well, in words.
    Away(String),
    /// Our own side failed.
    Ours(Problem),
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::Ours(problem)
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Ours(error.into())
    }
}

/// Walks the scopes of one connection.
pub(crate) struct Walker<'a> {
    pub(crate) session: &'a Session,
    pub(crate) holder: &'a Holder,
    pub(crate) pace: Pace,
    pub(crate) has_feed: bool,
}

struct Fetched {
    items: Vec<Value>,
    /// The cursor of the page after this one.
    next: Option<String>,
    /// Whether it is the first page of a place.
    is_first: bool,
    total: Option<i64>,
    asked_at: i64,
}

pub(crate) fn millis(it: Duration) -> i64 {
    i64::try_from(it.as_millis()).unwrap_or(i64::MAX)
}

impl Walker<'_> {
    /// Reads and stores one page of the scope of `row`.
    pub(crate) async fn step(&self, row: ScopeRow) -> Result<(), Stop> {
        let Some(scope) = Scope::named(&row.scope) else { return Err(Stop::Lost) };
        let mut row = row;
        if row.pages == 0 && row.attempt == 0 {
            (row.run, row.newest) = (ids::now_ms(), row.watermark);
            row.seen = if row.mode == "full" { 0 } else { row.seen };
        }
        let page = match places::spot(self.session, scope, &row).await? {
            Some(spot) => self.fetch(scope, &row, &spot).await,
            None => Ok(Some(Fetched::nothing(None))),
        };
        match page {
            Ok(Some(page)) => self.keep(scope, row, page).await,
            Ok(None) => self.set_absent(scope, row).await,
            Err(stop) => {
                row.failures += 1;
                row.due_at = ids::now_ms() + millis(self.pace.retry);
                self.save(row).await?;
                Err(stop)
            }
        }
    }

    /// The next page; none when the account does not have such a thing.
    async fn fetch(
        &self,
        scope: Scope,
        row: &ScopeRow,
        spot: &Spot,
    ) -> Result<Option<Fetched>, Stop> {
        let asked_at = ids::now_ms();
        let operation = scope.page(&self.session.account, row, spot);
        let call = self.session.account.send_page::<Value>(operation).boxed();
        let page = match self.session.attempt(call).await {
            Ok(page) => page,
            Err(Attempt::Failed(error)) if is_absent(scope, &error) => return Ok(None),
            // One tool that is not there any more is passed by.
            Err(Attempt::Failed(error)) if scope.has_places() && is_gone(&error) => {
                return Ok(Some(Fetched::nothing(spot.after(None))));
            }
            Err(attempt) => return Err(stop(self.session, attempt).await),
        };
        let next = self.next(scope, &page, spot)?;
        let total = page.total_count().and_then(|it| i64::try_from(it).ok());
        let items = listed(page.into_inner());
        let is_first = spot.query.is_none();
        let expected = match (row.mode.as_str(), row.pages) {
            _ if scope.has_places() && is_first => 0,
            _ if scope.has_places() => i64::MAX,
            ("full", _) => row.seen,
            (_, 0) => 0,
            _ => i64::MAX,
        };
        if items.is_empty() && next.is_none() && total.is_some_and(|it| it > expected) {
            return Err(Stop::Away("Basecamp sent an empty page where there are records".into()));
        }
        let next = spot.after(next);
        Ok(Some(Fetched { items, next, is_first, total, asked_at }))
    }

    /// The query of the next page. It must lead to the same place: our access goes nowhere else.
    fn next(&self, scope: Scope, page: &Page<Value>, spot: &Spot) -> Result<Option<String>, Stop> {
        if !page.has_next() {
            return Ok(None);
        }
        let home = self.session.account.base_url();
        let place = scope.ending(spot);
        let is_ours = |url: &&url::Url| {
            url.origin() == home.origin() && url.path().trim_end_matches(".json").ends_with(&place)
        };
        let query = page.next_url().filter(is_ours).and_then(|url| url.query());
        let words = "Basecamp named a next page somewhere else, which was not followed";
        let query = query.ok_or_else(|| Stop::Away(words.into()))?;
        let is_read = |it: &&str| match scope.what {
            What::Inside(nest) => nest.reads(it),
            _ => true,
        };
        Ok(Some(query).filter(is_read).map(str::to_owned))
    }

    async fn keep(&self, scope: Scope, row: ScopeRow, page: Fetched) -> Result<(), Stop> {
        let Fetched { items, next, is_first, total, asked_at } = page;
        let mut row = ScopeRow { failures: 0, is_absent: 0, ..row };
        row.total = if scope.has_places() {
            let before = row.total.filter(|_| row.pages > 0).unwrap_or_default();
            let here = i64::try_from(items.len()).unwrap_or_default();
            Some(before + self.added(scope, (is_first, total), here))
        } else {
            total.or(row.total)
        };
        let updated = |it: &Value| rows::instant(it, "updated_at").unwrap_or_default();
        row.newest = items.iter().map(updated).max().unwrap_or_default().max(row.newest);
        let is_delta = row.mode == "delta";
        let is_known = is_delta
            && !scope.has_places()
            && (is_settled(&mut row, &items)
                || items.iter().any(|it| updated(it) < row.watermark - OVERLAP_MS));
        if !is_delta {
            row.seen += i64::try_from(items.len()).unwrap_or_default();
        }
        row.pages += 1;
        row.cursor = next.filter(|_| !is_known);
        let boards = self.touched(scope, &row, &items);
        let pause = millis(scope.pause(&self.pace, self.has_feed));
        let whole = millis(scope.whole(&self.pace));
        let reading = Reading { run: row.run, asked_at, is_ours: false };
        let people = (scope.what == What::People)
            .then(|| items.iter().filter_map(rows::person).collect::<Vec<_>>());
        let batch = if people.is_some() { Batch::default() } else { Batch::new(items) };
        let (key, holder) = (self.session.key.clone(), self.holder.clone());
        let person = self.session.person_id;
        let kept: Result<bool, StoreError> = self
            .session
            .basecamp
            .db
            .write(move |conn| {
                Box::pin(async move {
                    if !mirror_sync::renew(conn, &key, &holder, 1).await? {
                        return Ok(false);
                    }
                    batch.store(conn, &key, reading).await?;
                    for person in people.iter().flatten() {
                        store::mirror::put_person(conn, &key, person, row.run, true).await?;
                    }
                    if row.cursor.is_none() {
                        row = finish(conn, (&key, person), scope, row, (pause, whole)).await?;
                        row = heard(conn, &key, row).await?;
                    }
                    mirror_scopes::set_scope(conn, &key, &row).await?;
                    Ok(true)
                })
            })
            .await;
        if !kept? {
            return Err(Stop::Lost);
        }
        let basecamp = Basecamp(self.session.basecamp.clone(), None, None);
        for project in boards {
            basecamp.glance_at(self.session, self.holder, (Nest::Columns, project)).await?;
        }
        Ok(())
    }

    /// The projects in which cards have changed since the last look. With a feed, that has told of them.
    fn touched(&self, scope: Scope, row: &ScopeRow, items: &[Value]) -> HashSet<i64> {
        let is_other = scope.what != What::Records(scopes::CARDS) || scope.status != "active";
        if is_other || self.has_feed || row.mode != "delta" {
            return HashSet::new();
        }
        let is_new =
            |it: &&Value| rows::instant(it, "updated_at").is_some_and(|it| it > row.watermark);
        let project = |it: &Value| it.pointer("/bucket/id").and_then(Value::as_i64);
        items.iter().filter(is_new).filter_map(project).collect()
    }

    /// By how much a page of one place lets the count of all places grow.
    fn added(&self, scope: Scope, (is_first, total): (bool, Option<i64>), here: i64) -> i64 {
        match (scope.what, total) {
            (What::Aside(_) | What::Inside(Nest::Questions), Some(total)) => {
                if is_first {
                    total
                } else {
                    0
                }
            }
            _ => here,
        }
    }

    async fn set_absent(&self, scope: Scope, row: ScopeRow) -> Result<(), Stop> {
        let pause = scope.pause(&self.pace, self.has_feed).max(self.pace.aside);
        let due_at = ids::now_ms() + millis(pause);
        let row = ScopeRow {
            is_absent: 1,
            pages: 0,
            attempt: 0,
            cursor: None,
            due_at,
            first_page: None,
            ..row
        };
        let (key, name) = (self.session.key.clone(), row.scope.clone());
        self.save(row).await?;
        let told: Result<bool, StoreError> = self
            .session
            .basecamp
            .db
            .write(move |conn| {
                Box::pin(async move { mirror_scopes::catch_up(conn, &key, &name, i64::MAX).await })
            })
            .await;
        told?;
        Ok(())
    }

    async fn save(&self, row: ScopeRow) -> Result<(), Stop> {
        let key = self.session.key.clone();
        let saved: Result<(), StoreError> = self
            .session
            .basecamp
            .db
            .write(move |conn| {
                Box::pin(async move { mirror_scopes::set_scope(conn, &key, &row).await })
            })
            .await;
        Ok(saved?)
    }
}

impl Fetched {
    /// A page of nothing.
    fn nothing(next: Option<String>) -> Self {
        Self { items: Vec::new(), next, is_first: true, total: Some(0), asked_at: ids::now_ms() }
    }
}

/// Whether a look for news ends with its first page, because the two looks before met the very same there and went on
/// to their end: of what has one `updated_at`, as after an import, each look would read every page otherwise. Two,
/// because what moved between pages while the first was under way was passed by.
fn is_settled(row: &mut ScopeRow, items: &[Value]) -> bool {
    if row.pages > 0 {
        return false;
    }
    let mut hash = Sha256::new();
    items.iter().for_each(|it| hash.update(it.to_string()));
    let held = hex_of(&hash.finalize());
    let twice = format!("{TWICE}{held}");
    let is_settled = row.first_page.as_deref() == Some(twice.as_str());
    let is_again = is_settled || row.first_page.as_deref() == Some(held.as_str());
    row.first_page = Some(if is_again { twice } else { held });
    is_settled
}

/// The items of a page: the list itself, or the columns of a board.
pub(crate) fn listed(page: Value) -> Vec<Value> {
    match page {
        Value::Array(items) => items,
        Value::Object(mut fields) => match fields.remove("lists") {
            Some(Value::Array(items)) => items,
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// Whether the failure says that there is no such place for us.
pub(crate) fn is_gone(error: &Error) -> bool {
    matches!(error.code(), ErrorCode::NotFound | ErrorCode::Forbidden)
}

/// Whether the failure says that there is no such thing here, rather than that something went wrong.
fn is_absent(scope: Scope, error: &Error) -> bool {
    let is_refused =
        matches!(error.code(), ErrorCode::NotFound | ErrorCode::Forbidden | ErrorCode::Validation);
    matches!(scope.what, What::Records(_) | What::Aside(_) | What::Hours)
        && (is_refused || error.http_status() == Some(501))
}

/// What a failed call means for the sync.
pub(crate) async fn stop(session: &Session, attempt: Attempt) -> Stop {
    let error = match attempt {
        Attempt::Closed(problem) => return Stop::Away(problem.to_string()),
        Attempt::Failed(error) => error,
    };
    match error.code() {
        _ if failure::is_inactive(&error) => Stop::Suspended(failure::suspended()),
        ErrorCode::AuthRequired => Stop::Revoked(session.explain("Basecamp", &error).await),
        ErrorCode::RateLimit => {
            Stop::Wait(Duration::from_secs(error.retry_after().map_or(10, u64::from)))
        }
        _ => Stop::Away(session.explain("Basecamp", &error).await.to_string()),
    }
}
