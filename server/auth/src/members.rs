//! The people of a workspace: roles, keeping somebody out, removing them.

use crate::auth::Auth;
use crate::people::{ACTIVE, DISABLED};
use domain::account::{Member, MemberChange};
use domain::actor::{Actor, Permission, Role};
use domain::event::{Event, EventKind};
use domain::ids::{UserId, WorkspaceId};
use domain::problem::{Issue, Problem};
use serde_json::json;
use store::db::Conn;
use store::workspaces::Membership;
use store::{api_keys, events, oauth, sessions, users, workspaces};

impl Auth {
    /// The people of the workspace. Viewers see names and roles only.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn members(&self, actor: &Actor) -> Result<Vec<Member>, Problem> {
        actor.require(Permission::Read)?;
        let rows = workspaces::members(&mut self.db.read().await?, &actor.workspace).await?;
        let sees_all = actor.role.can(Permission::Write);
        Ok(rows.iter().map(|it| if sees_all { member(it) } else { name_only(it) }).collect())
    }

    /// Changes the role or status of a member; it counts from their next request on.
    ///
    /// # Errors
    /// [`Problem::Forbidden`], [`Problem::Invalid`], [`Problem::NotFound`], [`Problem::Conflict`] for the last admin.
    pub async fn change_member(
        &self,
        actor: &Actor,
        id: &UserId,
        change: MemberChange,
    ) -> Result<Member, Problem> {
        self.authorise(actor, Permission::Manage, "change a member").await?;
        let (role, status) = checked(&change)?;
        let (actor, id, now_ms) = (actor.clone(), id.clone(), self.now_ms());
        let changed = self.db.write(move |conn| {
            Box::pin(async move {
                let before = find_locked(conn, &actor.workspace, &id, now_ms).await?;
                let role = role.or_else(|| Role::parse(&before.role)).unwrap_or(Role::Viewer);
                let status = status.unwrap_or_else(|| before.status.clone());
                let stays_admin = role == Role::WorkspaceAdmin && status == ACTIVE;
                if !stays_admin {
                    check_dispensable(conn, &actor, &before).await?;
                }
                workspaces::set_member(conn, &actor.workspace, &id, role, &status).await?;
                if status == DISABLED {
                    sessions::delete_in_workspace(conn, &actor.workspace, &id).await?;
                }
                let detail = json!({"role": role.as_str(), "status": status});
                let event = Event::new(EventKind::MemberChanged, &id, before.name.as_str());
                events::record(conn, &actor, &event.with(detail)).await?;
                let role = role.as_str().to_owned();
                Ok(member(&Membership { role, status, ..before }))
            })
        });
        changed.await
    }

    /// Removes a member from the workspace; their sessions, API keys and chat clients in it end at once.
    ///
    /// # Errors
    /// [`Problem::Forbidden`], [`Problem::NotFound`], [`Problem::Conflict`] for the last admin.
    pub async fn remove_member(&self, actor: &Actor, id: &UserId) -> Result<(), Problem> {
        self.authorise(actor, Permission::Manage, "remove a member").await?;
        let (actor, id, now_ms) = (actor.clone(), id.clone(), self.now_ms());
        let removed = self.db.write(move |conn| {
            Box::pin(async move {
                let before = find_locked(conn, &actor.workspace, &id, now_ms).await?;
                check_dispensable(conn, &actor, &before).await?;
                workspaces::remove_member(conn, &actor.workspace, &id).await?;
                sessions::delete_in_workspace(conn, &actor.workspace, &id).await?;
                api_keys::delete_of_user(conn, &actor.workspace, &id).await?;
                oauth::delete_of_user(conn, &actor.workspace, &id).await?;
                let event = Event::new(EventKind::MemberRemoved, &id, before.name.as_str());
                events::record(conn, &actor, &event).await?;
                Ok(())
            })
        });
        removed.await
    }
}

fn checked(change: &MemberChange) -> Result<(Option<Role>, Option<String>), Problem> {
    let mut issues = Vec::new();
    let role = change.role.as_deref().and_then(Role::parse).filter(|it| *it != Role::SuperAdmin);
    if change.role.is_some() && role.is_none() {
        issues.push(Issue::new("role", "Give workspace_admin, member or viewer"));
    }
    let status = change.status.clone().filter(|it| it == ACTIVE || it == DISABLED);
    if change.status.is_some() && status.is_none() {
        issues.push(Issue::new("status", "Give active or disabled"));
    }
    if role.is_none() && status.is_none() && issues.is_empty() {
        issues.push(Issue::new("role", "Give a role, a status, or both"));
    }
    if issues.is_empty() { Ok((role, status)) } else { Err(Problem::Invalid { issues }) }
}

/// The member, while nobody else can change the people of the workspace: two admins demoting each other at the same
/// moment must not leave none.
pub(crate) async fn find_locked(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    id: &UserId,
    now_ms: i64,
) -> Result<Membership, Problem> {
    workspaces::lock(conn, workspace, now_ms).await?;
    let members = workspaces::members(conn, workspace).await?;
    let found = members.into_iter().find(|it| it.user_id == id.as_str());
    found.ok_or_else(|| Problem::not_found("Member"))
}

/// Refuses when the workspace would have no admin left or the installation no super admin, and when a workspace
/// admin would keep a super admin out.
async fn check_dispensable(
    conn: &mut Conn,
    actor: &Actor,
    member: &Membership,
) -> Result<(), Problem> {
    if member.is_super_admin == 1 {
        if users::super_admins(conn).await?.len() <= 1 {
            return Err(Problem::conflict(
                "The last super admin must stay as they are: somebody has to manage this server",
            ));
        }
        actor.require(Permission::Platform)?;
    }
    let is_admin =
        |it: &Membership| it.role == Role::WorkspaceAdmin.as_str() && it.status == ACTIVE;
    let members = workspaces::members(conn, &actor.workspace).await?;
    let others = members.iter().filter(|it| it.user_id != member.user_id && is_admin(it)).count();
    if is_admin(member) && others == 0 {
        let message = "The last workspace admin must stay one. Make somebody else an admin first";
        return Err(Problem::conflict(message));
    }
    Ok(())
}

fn member(row: &Membership) -> Member {
    Member {
        email: Some(row.email.clone()),
        status: Some(row.status.clone()),
        last_login_at_ms: row.last_login_at,
        last_seen_at_ms: row.seen_at.or(row.last_login_at),
        ..name_only(row)
    }
}

fn name_only(row: &Membership) -> Member {
    let role =
        if row.is_super_admin == 1 { Some(Role::SuperAdmin) } else { Role::parse(&row.role) };
    Member {
        id: UserId::from(row.user_id.as_str()),
        name: row.name.clone(),
        email: None,
        role: role.unwrap_or(Role::Viewer),
        status: None,
        last_login_at_ms: None,
        last_seen_at_ms: None,
    }
}
