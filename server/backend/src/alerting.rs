//! Tells admins when more fails than should.
//!
//! Of runs of flows and changes through tools hear the admins of their workspace, of requests where we fail the super
//! admins. Each of them hears of one thing once an hour, however much fails. What is of one workspace goes where that one
//! wants it besides (`alert_ways.rs`).

use crate::alert_ways;
use crate::beat::again;
use crate::meter::Meter;
use domain::actor::{Actor, Role};
use domain::app::redact::redact;
use domain::event::{Event, EventKind};
use domain::ids::{UserId, WorkspaceId};
use domain::problem::Problem;
use std::time::Duration;
use store::db::{Conn, Db};
use store::failures::{self, Lately};
use store::ids::{self, now_ms};
use store::notifications::{self, NewNotification};
use store::{events, users, workspaces};
use tokio_util::sync::CancellationToken;

const EVERY: Duration = Duration::from_secs(60);
/// The time that is looked at.
const WINDOW_MS: i64 = 300_000;
/// More than one in so many is too much: 5 %.
const ONE_IN: i64 = 20;
const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
/// Flows that are named.
const NAMED: i64 = 3;

/// Something that admins should know.
pub(crate) struct Alert {
    /// The same thing has the same words here.
    pub(crate) about: String,
    pub(crate) title: String,
    pub(crate) body: String,
    pub(crate) link: &'static str,
    /// How long nobody hears of it again, milliseconds.
    pub(crate) quiet_ms: i64,
}

/// Looks every minute until `closing`.
pub(crate) fn start(db: Db, meter: Meter, closing: CancellationToken) {
    again((EVERY, EVERY), closing, "nobody could be told of what failed", move || {
        let (db, meter) = (db.clone(), meter.clone());
        async move { look(&db, &meter).await }
    });
}

/// Looks at the last five minutes and tells whoever should know; gives how many were told.
///
/// # Errors
/// When the database does not answer.
pub async fn look(db: &Db, meter: &Meter) -> Result<usize, Problem> {
    meter.store().await?;
    let from = now_ms() - WINDOW_MS;
    let mut conn = db.read().await?;
    let mut found = Vec::new();
    for lately in failures::of_runs(&mut conn, from).await?.into_iter().filter(is_too_much) {
        let flows = failures::of_flows(&mut conn, &lately.workspace_id, (from, NAMED)).await?;
        let to = admins(&mut conn, &lately.workspace_id).await?;
        found.push((Some(lately.workspace_id.clone()), to, of_runs(&lately, &flows)));
    }
    for lately in failures::of_calls(&mut conn, from).await?.into_iter().filter(is_too_much) {
        let to = admins(&mut conn, &lately.workspace_id).await?;
        found.push((Some(lately.workspace_id.clone()), to, of_calls(&lately)));
    }
    for lately in failures::of_requests(&mut conn, from).await?.into_iter().filter(is_too_much) {
        found.push((None, super_admins(&mut conn).await?, of_requests(&lately)));
    }
    drop(conn);
    let mut told = 0;
    for (workspace, people, alert) in found {
        for person in people {
            told += usize::from(tell(db, person, &alert).await?);
        }
        if let Some(workspace) = workspace {
            send_on(db, WorkspaceId::from(workspace), alert).await?;
        }
    }
    Ok(told)
}

/// Lets an alert go where its workspace wants it besides.
async fn send_on(db: &Db, workspace: WorkspaceId, alert: Alert) -> Result<(), Problem> {
    let sent = db.write(move |conn| {
        Box::pin(async move { alert_ways::enqueue(conn, &workspace, &alert).await })
    });
    sent.await
}

fn is_too_much(lately: &Lately) -> bool {
    lately.failed * ONE_IN > lately.ended
}

fn of_runs(lately: &Lately, flows: &[(String, String, i64)]) -> Alert {
    let lines: Vec<String> = flows
        .iter()
        .map(|(flow, why, times)| format!("“{flow}” ({times}): {}", redact(why)))
        .collect();
    Alert {
        about: format!("runs:{}", lately.workspace_id),
        title: share(lately, "run", "failed"),
        body: lines.join("\n"),
        link: "/runs",
        quiet_ms: HOUR_MS,
    }
}

fn of_calls(lately: &Lately) -> Alert {
    Alert {
        about: format!("calls:{}", lately.workspace_id),
        title: share(lately, "change through a tool", "failed"),
        body: "The audit log says which, and who asked for them.".to_owned(),
        link: "/audit",
        quiet_ms: HOUR_MS,
    }
}

fn of_requests(lately: &Lately) -> Alert {
    Alert {
        about: "requests".to_owned(),
        title: share(lately, "request", "failed through our own fault"),
        body: "The log of this server says why: pmos logs, in the shell.".to_owned(),
        link: "/telemetry",
        quiet_ms: HOUR_MS,
    }
}

/// "3 of 8 runs failed in the last five minutes".
fn share(lately: &Lately, one: &str, failed: &str) -> String {
    let what = match (lately.ended, one.split_once(' ')) {
        (1, _) => one.to_owned(),
        (_, Some((first, rest))) => format!("{first}s {rest}"),
        (_, None) => format!("{one}s"),
    };
    format!("{} of {} {what} {failed} in the last five minutes", lately.failed, lately.ended)
}

pub(crate) type Person = (WorkspaceId, UserId);

/// Who manages a workspace.
pub(crate) async fn admins(conn: &mut Conn, workspace: &str) -> Result<Vec<Person>, Problem> {
    let workspace = WorkspaceId::from(workspace);
    let mut all = workspaces::members(conn, &workspace).await?;
    all.retain(|it| it.status == "active" && it.role == Role::WorkspaceAdmin.as_str());
    Ok(all.into_iter().map(|it| (workspace.clone(), UserId::from(it.user_id))).collect())
}

/// Who manages the installation, in the workspace they are in.
async fn super_admins(conn: &mut Conn) -> Result<Vec<Person>, Problem> {
    let all = users::super_admins(conn).await?;
    let person = |it: users::User| (WorkspaceId::from(it.workspace_id), UserId::from(it.id));
    Ok(all.into_iter().map(person).collect())
}

/// Tells one person, unless they heard of the same lately. Nodes that look in the same minute make one notification.
async fn tell(db: &Db, (workspace, user): Person, alert: &Alert) -> Result<bool, Problem> {
    let (about, quiet_ms) = (format!("alert:{}:{user}:", alert.about), alert.quiet_ms);
    let new = NewNotification {
        title: alert.title.clone(),
        body: alert.body.clone(),
        link: Some(alert.link.to_owned()),
        once: Some(format!("{about}{}", now_ms().div_euclid(MINUTE_MS))),
        user,
    };
    let told = db.write(move |conn| {
        Box::pin(async move {
            let last = notifications::last_told(conn, (&workspace, &new.user), &about).await?;
            let is_quiet = last.is_some_and(|it| now_ms() - it < quiet_ms);
            if is_quiet || !notifications::insert(conn, &workspace, &new).await? {
                return Ok(false);
            }
            let event = Event::new(EventKind::NotificationSent, &new.user, new.title.as_str());
            events::record(conn, &Actor::system(workspace, ids::fresh()), &event).await?;
            Ok::<_, Problem>(true)
        })
    });
    told.await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lately(ended: i64, failed: i64) -> Lately {
        Lately { workspace_id: "w1".to_owned(), ended, failed }
    }

    #[test]
    fn more_than_one_in_twenty_is_too_much() {
        assert!(is_too_much(&lately(1, 1)) && is_too_much(&lately(19, 1)));
        assert!(!is_too_much(&lately(20, 1)) && !is_too_much(&lately(0, 0)));
        assert!(is_too_much(&lately(100, 6)) && !is_too_much(&lately(100, 5)));
    }

    #[test]
    fn titles_count_in_plain_words() {
        let one = share(&lately(1, 1), "run", "failed");
        assert_eq!(one, "1 of 1 run failed in the last five minutes");
        let calls = of_calls(&lately(8, 3)).title;
        assert_eq!(calls, "3 of 8 changes through a tool failed in the last five minutes");
    }
}
