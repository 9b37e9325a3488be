//! The event feed: what happened, as ids to look at. It begins again by itself after a gap, and where an account has
//! none the looks at the lists come more often.

use crate::Basecamp;
use crate::scopes;
use crate::session::{Attempt, Session};
use crate::sync::is_ours_to_leave;
use crate::walk::{Stop, millis, stop};
use basecamp_sdk::routes;
use futures::FutureExt;
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use store::error::StoreError;
use store::mirror::{By, Key};
use store::mirror_sync::{self, Holder};
use store::{ids, mirror_scopes};

/// From so many of a kind on, their list is read instead of each.
const MANY: usize = 15;

impl Basecamp {
    /// Reads the event feed to its end; whether the account has one.
    pub(crate) async fn read_feed(&self, session: &Session, holder: &Holder) -> Result<bool, Stop> {
        let mut conn = self.0.db.read().await?;
        let Some(state) = mirror_sync::state(&mut conn, &session.key).await? else {
            return Err(Stop::Lost);
        };
        drop(conn);
        let pace = self.0.config.pace;
        let pause = if state.feed == "on" { pace.work } else { pace.aside };
        let now = ids::now_ms();
        if state.feed_at.is_some_and(|it| now - it < millis(pause)) {
            return Ok(state.feed == "on");
        }
        let mut position = state.feed_position;
        loop {
            let mut operation = session.account.operation(&routes::POLL_EVENTS, &[]);
            match &position {
                Some(position) => operation.query("position", position),
                None => operation.query("since", "now"),
            };
            let call = session.account.run(operation, |answer| answer.json::<Value>());
            let page = match session.attempt(call.boxed()).await {
                Ok(page) => page,
                Err(Attempt::Failed(error)) if error.http_status() == Some(410) => {
                    self.begin_feed_again(&session.key).await?;
                    return Ok(true);
                }
                Err(Attempt::Failed(error)) if is_ours_to_leave(&error) => {
                    self.set_feed(&session.key, "off", None, Some(now)).await?;
                    return Ok(false);
                }
                Err(attempt) => return Err(stop(session, attempt).await),
            };
            self.take_events(session, holder, &page).await?;
            position = page.get("position").and_then(Value::as_str).map(str::to_owned);
            let is_end = position.is_none() || page.get("next").is_none_or(Value::is_null);
            let at = is_end.then_some(now);
            self.set_feed(&session.key, "on", position.clone(), at).await?;
            if is_end {
                return Ok(true);
            }
        }
    }

    /// Reads what the events of a page are about; of many of a kind, the list.
    async fn take_events(
        &self,
        session: &Session,
        holder: &Holder,
        page: &Value,
    ) -> Result<(), Stop> {
        let mut of: HashMap<&str, Vec<(i64, By)>> = HashMap::new();
        let mut nests = HashSet::new();
        for event in page.get("events").and_then(Value::as_array).into_iter().flatten() {
            let name = event.get("event_type").and_then(Value::as_str).unwrap_or_default();
            let id = event.get("recording_id").and_then(Value::as_i64);
            let project = event.get("bucket_id").and_then(Value::as_i64);
            nests.extend(scopes::nest_of_event(name).zip(project));
            if let (Some(kind), Some(id)) = (scopes::kind_of_event(name), id) {
                let seen = of.entry(kind).or_default();
                match seen.iter_mut().find(|it| it.0 == id) {
                    Some((_, by)) => note(by, name, event),
                    None => {
                        let mut by = By::default();
                        note(&mut by, name, event);
                        seen.push((id, by));
                    }
                }
            }
        }
        for (kind, ids) in of {
            if ids.len() > MANY {
                let (key, scope) = (session.key.clone(), kind.to_owned());
                let hurried: Result<(), StoreError> = self
                    .0
                    .db
                    .write(move |conn| {
                        Box::pin(
                            async move { mirror_scopes::hurry_scope(conn, &key, &scope).await },
                        )
                    })
                    .await;
                hurried?;
                continue;
            }
            for (id, by) in ids {
                self.look_at(session, holder, (kind, id), by).await?;
            }
        }
        for nest in nests {
            self.glance_at(session, holder, nest).await?;
        }
        Ok(())
    }

    async fn set_feed(
        &self,
        key: &Key,
        feed: &'static str,
        position: Option<String>,
        at: Option<i64>,
    ) -> Result<(), Stop> {
        let key = key.clone();
        let set: Result<(), StoreError> = self
            .0
            .db
            .write(move |conn| {
                Box::pin(async move {
                    mirror_sync::set_feed(conn, &key, feed, position.as_deref(), at).await
                })
            })
            .await;
        Ok(set?)
    }

    /// The feed has a gap: from now on again, after a look at everything.
    async fn begin_feed_again(&self, key: &Key) -> Result<(), Stop> {
        let again = key.clone();
        let hurried: Result<(), StoreError> = self
            .0
            .db
            .write(move |conn| {
                Box::pin(async move {
                    mirror_sync::hurry(conn, &again).await?;
                    mirror_scopes::hurry_all(conn, &again).await?;
                    mirror_sync::set_feed(conn, &again, "on", None, Some(0)).await
                })
            })
            .await;
        Ok(hurried?)
    }
}

/// What an event says was changed.
fn fields(name: &str) -> &'static [&'static str] {
    match name.rsplit('.').next() {
        Some("content_changed") => &["title", "notes", "due_on"],
        Some("assignment_changed") => &["assignees"],
        Some("moved") => &["parent", "project"],
        Some("completed") => &["completion"],
        _ => &[],
    }
}

/// Adds who did what an event tells of. Where several changed one field, nobody is named: only the last value is known.
fn note(by: &mut By, name: &str, event: &Value) {
    let id = |name: &str| event.get(name).and_then(Value::as_i64);
    let who = id("performed_by_id").or_else(|| id("creator_id"));
    for field in fields(name) {
        match by.fields.iter_mut().find(|it| it.0 == *field) {
            Some(known) if known.1 != who => known.1 = None,
            Some(_) => {}
            None => by.fields.push((field, who)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn who_changed_a_field_is_named_unless_several_did() {
        let mut by = By::default();
        note(&mut by, "todo.content_changed", &json!({"creator_id": 7}));
        note(&mut by, "todo.assignment_changed", &json!({"creator_id": 8, "performed_by_id": 9}));
        note(&mut by, "todo.created", &json!({"creator_id": 7}));
        let fields = [("title", 7), ("notes", 7), ("due_on", 7), ("assignees", 9)];
        assert_eq!(by.fields, fields.map(|(name, id)| (name, Some(id))));
        note(&mut by, "todo.content_changed", &json!({"creator_id": 8}));
        assert_eq!(by.fields[0], ("title", None));
    }
}
