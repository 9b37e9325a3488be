//! Whether a write happened whose answer was lost: what it was about is read, and compared with what was sent.

use crate::classes::{LISTINGS, written};
use crate::mirror::{self, Batch};
use crate::records::Request;
use crate::session::Session;
use crate::walk::millis;
use crate::witness::{Sent, Written};
use crate::{failure, plain, scopes};
use basecamp_sdk::Error;
use chrono::{DateTime, Utc};
use domain::problem::Problem;
use futures::FutureExt;
use serde_json::{Map, Value};
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use store::mirror::Reading;
use store::{ids, mirror_lookups, outbox};

/// Basecamp's clock may be behind ours by this much.
const SKEW_MS: i64 = 5_000;
/// What was made longer than this after the write is not of it.
const WINDOW_MS: i64 = 15 * 60_000;
/// Records remembered as made.
const REMEMBERED: usize = 1_000;
/// What says how a write is carried out, and is nothing of the record.
const MANNERS: [&str; 6] = [
    "notify",
    "subscriptions",
    "status",
    "visible_to_clients",
    "admissions",
    "schedule_attributes",
];
/// Reads that find a record whose kind is not known, the most likely first.
const ANY: [&str; 10] = [
    "Todo",
    "Kanban::Card",
    "Message",
    "Comment",
    "Document",
    "Upload",
    "Schedule::Entry",
    "Todolist",
    "Vault",
    "Question",
];

/// What a look found.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Verdict {
    /// It happened; the record as it is now.
    Done(Value),
    /// It did not happen.
    NotDone,
    /// It cannot be seen whether it happened.
    Unknown,
}

/// Records made lately by this process, by id.
#[derive(Default)]
pub(crate) struct Made(Mutex<VecDeque<i64>>);

impl Made {
    /// Notes what writes made.
    pub(crate) fn note(&self, written: &[Written]) {
        let id = |it: &Written| it.answer.as_ref()?.get("id")?.as_i64();
        written.iter().filter_map(id).for_each(|it| self.claim(it));
    }

    fn claim(&self, id: i64) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= REMEMBERED {
            all.pop_front();
        }
        all.push_back(id);
    }

    fn has(&self, id: i64) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(&id)
    }
}

impl Session {
    /// What became of the write of the last call, whose answer was lost with `error`.
    pub(crate) async fn look_back(&self, what: &str, error: &Error) -> Result<Value, Problem> {
        let Some(sent) = self.witness.sent() else { return Err(self.explain(what, error).await) };
        let may_follow = error.is_timeout() || error.is_deadline_exceeded();
        match self.verify(&sent).await {
            Ok(Verdict::Done(found)) => {
                self.keep_found(&found).await;
                self.witness.answered(&found).await;
                Ok(found)
            }
            Ok(Verdict::NotDone) if !may_follow => {
                self.witness.undone().await;
                Err(failure::unavailable(
                    "Basecamp did not answer, and nothing was done. Try again",
                ))
            }
            _ => Err(self.doubt(&sent).await?),
        }
    }

    /// Leaves a write for later: within an operation it is looked for until somebody knows.
    async fn doubt(&self, sent: &Sent) -> Result<Problem, Problem> {
        let Some(id) = sent.row.clone() else {
            let words = "Basecamp did not answer. It is not known whether this was done: look before trying again";
            return Ok(Problem::Unclear { message: words.into() });
        };
        if self.witness.is_of_step() {
            let words = "Basecamp did not answer. It is not known whether this was done: look there before running the flow again";
            return Ok(Problem::Unclear { message: words.into() });
        }
        let (workspace, next_at) =
            (self.key.workspace.clone(), ids::now_ms() + millis(self.basecamp.config.pace.settles));
        let noted = self.basecamp.db.write::<_, store::error::StoreError, _>(move |conn| {
            Box::pin(async move { outbox::doubt(conn, &workspace, &id, next_at).await })
        });
        noted.await?;
        let words = "Basecamp did not answer. PM OS is finding out whether this was done, and says so with this operation: do not send it again";
        Ok(Problem::Unclear { message: words.into() })
    }

    /// What was found has been written by us, so the mirror has it at once.
    pub(crate) async fn keep_found(&self, found: &Value) {
        if let Some(id) = found.get("id").and_then(Value::as_i64) {
            self.basecamp.made.claim(id);
        }
        let reading = Reading { run: 0, asked_at: ids::now_ms(), is_ours: true };
        let batch = Batch::new(vec![found.clone()]);
        let kept = mirror::put(&self.basecamp.db, &self.key, batch, reading).await;
        if let Err(problem) = kept {
            tracing::warn!(%problem, "the mirror does not have what was found yet");
        }
    }

    /// Reads what `sent` was about.
    ///
    /// # Errors
    /// When Basecamp does not answer this either.
    pub(crate) async fn verify(&self, sent: &Sent) -> Result<Verdict, Problem> {
        let Some(request) = Request::recognise(&sent.method, &sent.path) else {
            return Ok(Verdict::Unknown);
        };
        if let Some((_, list, field)) = LISTINGS.iter().find(|it| it.0 == request.name()) {
            return match Request::new(list, request.params()) {
                Some(list) => self.find_made(&list, field, sent).await,
                None => Ok(Verdict::Unknown),
            };
        }
        let path = sent.path.trim_end_matches(".json");
        if let Some(place) = path.strip_suffix("/completion") {
            let wanted = sent.method == "POST";
            let is_it = |it: &Value| it.get("completed").map(|it| it == wanted);
            return self.compare(place, is_it).await;
        }
        if let Some((place, status)) = path.split_once("/status/") {
            let is_it = |it: &Value| it.get("status").map(|it| it == status);
            return match place.strip_prefix("/recordings/").and_then(|it| it.parse().ok()) {
                Some(id) => Ok(judged(self.any(id).await?, is_it)),
                None => self.compare(place, is_it).await,
            };
        }
        match sent.method.as_str() {
            "PUT" => self.compare(path, |it| has_all(it, &sent.body)).await,
            "DELETE" => self.is_gone(path).await,
            _ if request.name() == "MoveCard" => {
                let place = path.trim_end_matches("/moves");
                self.compare(place, |it| has_all(it, &sent.body)).await
            }
            _ => Ok(Verdict::Unknown),
        }
    }

    /// Compares the record at `place`; what cannot be compared is not known.
    async fn compare(
        &self,
        place: &str,
        is_it: impl Fn(&Value) -> Option<bool>,
    ) -> Result<Verdict, Problem> {
        let Some(read) = Request::recognise("GET", place) else { return Ok(Verdict::Unknown) };
        match self.fetch(&read).await {
            Ok(record) => Ok(judged(Some(record), is_it)),
            Err(Problem::NotFound { .. }) => Ok(Verdict::Unknown),
            Err(problem) => Err(problem),
        }
    }

    async fn is_gone(&self, path: &str) -> Result<Verdict, Problem> {
        let Some(read) = Request::recognise("GET", path) else { return Ok(Verdict::Unknown) };
        match self.fetch(&read).await {
            Ok(record) => Ok(judged(Some(record), |it| Some(it.get("status")? == "trashed"))),
            Err(Problem::NotFound { .. }) => Ok(Verdict::Done(Value::Null)),
            Err(problem) => Err(problem),
        }
    }

    /// A record of which only the id is known.
    async fn any(&self, id: i64) -> Result<Option<Value>, Problem> {
        let mut conn = self.basecamp.db.read().await?;
        let known = mirror_lookups::kind(&mut conn, &self.key, id).await?;
        drop(conn);
        let kinds = known.iter().map(String::as_str).chain(ANY);
        for kind in kinds {
            let Some(operation) = scopes::one(&self.account, kind, id) else { continue };
            let call = self.account.run(operation, |answer| answer.json::<Value>());
            match self.run("Record", call.boxed()).await {
                Ok(record) => return Ok(Some(record)),
                Err(Problem::NotFound { .. }) => {}
                Err(problem) => return Err(problem),
            }
        }
        Ok(None)
    }

    /// Looks for what a creation made: by us, with the same words, since it was sent, and nobody else's.
    async fn find_made(
        &self,
        list: &Request,
        field: &str,
        sent: &Sent,
    ) -> Result<Verdict, Problem> {
        let found = self.fetch_all(list).await?;
        let wanted = sent.body.get(field).cloned().unwrap_or_default();
        let made = found.items.into_iter().find(|it| {
            let creator = it.pointer("/creator/id").and_then(Value::as_i64);
            let at = it.get("created_at").and_then(Value::as_str).and_then(|it| it.parse().ok());
            let since = at.map(|at: DateTime<Utc>| at.timestamp_millis() - sent.at);
            creator.is_none_or(|id| id == self.person_id)
                && since.is_some_and(|it| (-SKEW_MS..=WINDOW_MS).contains(&it))
                && is_same(&it.get(field).cloned().unwrap_or_default(), &wanted)
                && it
                    .get("id")
                    .and_then(Value::as_i64)
                    .is_some_and(|it| !self.basecamp.made.has(it))
        });
        Ok(made.map_or(Verdict::NotDone, Verdict::Done))
    }
}

fn judged(record: Option<Value>, is_it: impl Fn(&Value) -> Option<bool>) -> Verdict {
    match record.as_ref().and_then(is_it) {
        Some(true) => Verdict::Done(record.unwrap_or_default()),
        Some(false) => Verdict::NotDone,
        None => Verdict::Unknown,
    }
}

/// Whether a record holds everything that was sent; none when nothing of it can be read.
fn has_all(record: &Value, body: &Value) -> Option<bool> {
    let empty = Map::new();
    let sent = body.as_object().unwrap_or(&empty).iter();
    let mut is_compared = false;
    for (field, wanted) in sent.filter(|it| !MANNERS.contains(&it.0.as_str())) {
        let now = written(record, field);
        let is_shown = !now.is_null() || record.get(field).is_some();
        if is_shown && !is_same(&now, wanted) {
            return Some(false);
        }
        is_compared |= is_shown;
    }
    is_compared.then_some(true)
}

/// Whether two values mean the same to Basecamp: nothing is empty text, rich text is its words, ids are a set.
fn is_same(now: &Value, wanted: &Value) -> bool {
    match (now, wanted) {
        (Value::Null, Value::String(text)) | (Value::String(text), Value::Null) => text.is_empty(),
        (Value::String(now), Value::String(wanted)) => {
            now == wanted || plain::from_html(now) == plain::from_html(wanted)
        }
        (Value::Array(now), Value::Array(wanted)) => {
            now.len() == wanted.len() && wanted.iter().all(|it| now.contains(it))
        }
        _ => now == wanted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_record_is_compared_with_what_was_sent_as_basecamp_means_it() {
        let record = json!({
            "content": "Call", "description": "<div>Soon</div>", "due_on": null,
            "assignees": [{"id": 2}, {"id": 1}], "parent": {"id": 9}
        });
        let same = json!({
            "content": "Call", "description": "<div>Soon</div>", "due_on": "", "assignee_ids": [1, 2],
            "notify": true, "column_id": 9
        });
        assert_eq!(has_all(&record, &same), Some(true));
        assert_eq!(has_all(&record, &json!({"content": "Write"})), Some(false));
        assert_eq!(has_all(&record, &json!({"assignee_ids": [1]})), Some(false));
        assert_eq!(has_all(&record, &json!({"notify": true, "colour": "red"})), None);
    }

    #[test]
    fn a_record_that_another_write_made_is_remembered() {
        let made = Made::default();
        let written = |id: i64| Written { path: String::new(), answer: Some(json!({ "id": id })) };
        made.note(&[written(3)]);
        assert!(made.has(3) && !made.has(4));
    }
}
