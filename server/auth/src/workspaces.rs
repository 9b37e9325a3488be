//! Workspaces: their settings, switching between them, and the list of all.

use crate::auth::Auth;
use crate::{people, tokens};
use chrono::NaiveDate;
use chrono_tz::Tz;
use domain::account::{User, Workspace, WorkspaceChange};
use domain::actor::{Actor, Permission};
use domain::client::Client;
use domain::event::{Event, EventKind};
use domain::ids::WorkspaceId;
use domain::platform::{WorkspacePage, WorkspaceRow};
use domain::problem::{Issue, Problem};
use serde_json::json;
use store::{events, sessions, users, workspaces};

const NAME_MAX: usize = 200;
/// Rows of one page of the list of all workspaces.
const PAGE: i64 = 50;
const WEEK_MS: i64 = 7 * 86_400_000;

impl Auth {
    /// The workspace of `actor`.
    ///
    /// # Errors
    /// [`Problem::NotFound`] when it is gone.
    pub async fn workspace(&self, actor: &Actor) -> Result<Workspace, Problem> {
        actor.require(Permission::Read)?;
        let found = workspaces::find(&mut self.db.read().await?, &actor.workspace).await?;
        found.ok_or_else(|| Problem::not_found("Workspace"))
    }

    /// The day it is in the workspace of `actor`.
    ///
    /// # Errors
    /// [`Problem::NotFound`] when the workspace is gone.
    pub async fn today(&self, actor: &Actor) -> Result<NaiveDate, Problem> {
        let timezone = self.workspace(actor).await?.timezone;
        Ok(self.clock().today(&timezone))
    }

    /// Changes and saves the settings of the workspace of `actor`. Saving without a change confirms them.
    ///
    /// # Errors
    /// [`Problem::Forbidden`], [`Problem::Invalid`] with every reason.
    pub async fn change_workspace(
        &self,
        actor: &Actor,
        change: WorkspaceChange,
    ) -> Result<Workspace, Problem> {
        self.authorise(actor, Permission::Manage, "change the workspace").await?;
        let (actor, now_ms) = (actor.clone(), self.now_ms());
        let changed = self.db.write(move |conn| {
            Box::pin(async move {
                let before = workspaces::find(conn, &actor.workspace).await?;
                let after =
                    changed(before.ok_or_else(|| Problem::not_found("Workspace"))?, change)?;
                workspaces::save(conn, &after, now_ms).await?;
                let event = Event::new(EventKind::WorkspaceChanged, &after.id, after.name.as_str());
                events::record(conn, &actor, &event).await?;
                Ok(after)
            })
        });
        changed.await
    }

    /// Moves the session of this request into another workspace: one of the person's own, for a super admin any.
    ///
    /// # Errors
    /// [`Problem::NotFound`] when they may not enter it.
    pub async fn switch_workspace(
        &self,
        actor: &Actor,
        client: &Client,
        to: &WorkspaceId,
    ) -> Result<User, Problem> {
        let session = client.session.as_deref().map(tokens::hash).unwrap_or_default();
        let (actor, to) = (actor.clone(), to.clone());
        let switched = self.db.write(move |conn| {
            Box::pin(async move {
                let missing = || Problem::not_found("Workspace");
                let target = workspaces::find(conn, &to).await?.ok_or_else(missing)?;
                let row = users::find(conn, &actor.user).await?.ok_or(Problem::NotSignedIn)?;
                let memberships = workspaces::of_user(conn, &actor.user).await?;
                let membership = memberships.iter().find(|it| it.workspace_id == to.as_str());
                let is_open = membership.is_some_and(|it| people::authority(it).is_some());
                if !is_open && row.is_super_admin != 1 {
                    return Err(missing());
                }
                sessions::enter(conn, &session, &to).await?;
                users::entered(conn, &actor.user, &to).await?;
                let detail = json!({"isMember": membership.is_some()});
                let event = Event::new(EventKind::WorkspaceEntered, &to, target.name).with(detail);
                events::record(conn, &Actor { workspace: to.clone(), ..actor }, &event).await?;
                people::user(conn, row, &to).await
            })
        });
        switched.await
    }

    /// Every workspace of the installation whose name contains `search`, a page at a time from `cursor`.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] unless a super admin asks.
    pub async fn workspaces(
        &self,
        actor: &Actor,
        search: &str,
        cursor: &str,
    ) -> Result<WorkspacePage, Problem> {
        self.authorise(actor, Permission::Platform, "list all workspaces").await?;
        let mut conn = self.db.read().await?;
        let now_ms = self.now_ms();
        let since = (now_ms - WEEK_MS, month(now_ms));
        let page_of = (cursor, PAGE + 1);
        let rows = workspaces::search(&mut conn, search.trim(), page_of, since).await?;
        let page = usize::try_from(PAGE).unwrap_or_default();
        let next = rows.get(page).and_then(|_| rows.get(page - 1));
        let next = next.map(|it| it.workspace_id.clone());
        let workspaces = rows.into_iter().take(page).map(summary).collect();
        Ok(WorkspacePage { workspaces, next })
    }
}

fn summary(row: workspaces::WorkspaceSummary) -> WorkspaceRow {
    WorkspaceRow {
        id: WorkspaceId::from(row.workspace_id),
        name: row.name,
        members: row.members,
        flows_on: row.flows_on,
        runs_week: row.runs_week,
        cost_micros: row.cost_micros,
        created_at_ms: row.created_at,
        last_active_at_ms: row.last_active_at,
    }
}

/// The month that is spent in, `YYYY-MM` in UTC.
fn month(now_ms: i64) -> String {
    store::ids::rfc3339(now_ms).chars().take(7).collect()
}

/// `workspace` with `change`, or every reason why not.
fn changed(mut workspace: Workspace, change: WorkspaceChange) -> Result<Workspace, Problem> {
    let mut issues = Vec::new();
    let mut refuse = |field: &str, message: &str| issues.push(Issue::new(field, message));
    if let Some(name) = change.name {
        workspace.name = name.trim().to_owned();
        if workspace.name.is_empty() || workspace.name.chars().count() > NAME_MAX {
            refuse("name", "Give the workspace a name of at most 200 characters");
        }
    }
    if let Some(timezone) = change.timezone {
        if timezone.parse::<Tz>().is_err() {
            refuse("timezone", "Give a time zone such as Europe/Berlin");
        }
        workspace.timezone = timezone;
    }
    if let Some(mut days) = change.working_days {
        days.sort_unstable();
        days.dedup();
        if days.is_empty() || !days.iter().all(|it| (1..=7).contains(it)) {
            refuse("workingDays", "Give at least one day from 1, Monday, to 7, Sunday");
        }
        workspace.working_days = days;
    }
    if let Some(hours) = change.working_hours {
        let minutes = hours.each_ref().map(|it| minute_of_day(it));
        if !matches!(minutes, [Some(start), Some(end)] if start < end) {
            refuse("workingHours", "Give a start and a later end, such as 09:00 and 17:00");
        }
        workspace.working_hours = hours;
    }
    if issues.is_empty() { Ok(workspace) } else { Err(Problem::Invalid { issues }) }
}

/// Minutes since midnight of `HH:MM`.
fn minute_of_day(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':').filter(|_| text.len() == 5)?;
    let (hours, minutes) = (hours.parse::<u16>().ok()?, minutes.parse::<u16>().ok()?);
    (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workspace() -> Workspace {
        Workspace {
            id: WorkspaceId::from("w"),
            name: "Atelier".to_owned(),
            timezone: "UTC".to_owned(),
            working_days: vec![1],
            working_hours: ["09:00".to_owned(), "17:00".to_owned()],
            created_at_ms: 0,
        }
    }

    #[test]
    fn absent_fields_stay() {
        let change = WorkspaceChange { working_days: Some(vec![5, 1, 5]), ..Default::default() };
        let after = changed(workspace(), change).unwrap();
        assert_eq!(after, Workspace { working_days: vec![1, 5], ..workspace() });
    }

    #[test]
    fn every_wrong_field_is_named() {
        let hours = |start: &str, end: &str| Some([start.to_owned(), end.to_owned()]);
        let change = WorkspaceChange {
            name: Some(" ".to_owned()),
            timezone: Some("Mars/Olympus".to_owned()),
            working_days: Some(vec![8]),
            working_hours: hours("17:00", "09:00"),
        };
        let Err(Problem::Invalid { issues }) = changed(workspace(), change) else { panic!() };
        let fields: Vec<_> = issues.iter().map(|it| it.field.as_str()).collect();
        assert_eq!(fields, ["name", "timezone", "workingDays", "workingHours"]);
        for hours in [hours("9:00", "17:00"), hours("09:00", "24:00"), hours("ab:cd", "17:00")] {
            let change = WorkspaceChange { working_hours: hours, ..Default::default() };
            assert!(changed(workspace(), change).is_err());
        }
    }
}
