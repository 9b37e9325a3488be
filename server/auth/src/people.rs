//! Stored people as the API shows them and as actors.

use domain::account::{User, WorkspaceRef};
use domain::actor::{Actor, Role, Via};
use domain::client::Client;
use domain::ids::{UserId, WorkspaceId};
use domain::problem::Problem;
use store::db::Conn;
use store::workspaces::Membership;
use store::{users, workspaces};

/// The status of a member who may come in.
pub(crate) const ACTIVE: &str = "active";
/// The status of a member who is kept out.
pub(crate) const DISABLED: &str = "disabled";

/// `row` in `workspace`, with every workspace they may switch to.
pub(crate) async fn user(
    conn: &mut Conn,
    row: users::User,
    workspace: &WorkspaceId,
) -> Result<User, Problem> {
    let id = UserId::from(row.id);
    let active = workspaces::find(conn, workspace).await?;
    let active = active.ok_or_else(|| Problem::not_found("Workspace"))?;
    let memberships = workspaces::of_user(conn, &id).await?;
    let mut list: Vec<_> = memberships.iter().filter_map(reference).collect();
    if !list.iter().any(|it| it.id == active.id) {
        let name = active.name.clone();
        list.push(WorkspaceRef { id: active.id.clone(), name, role: Role::SuperAdmin });
    }
    let role = list.iter().find(|it| it.id == active.id).map_or(Role::Viewer, |it| it.role);
    Ok(User {
        id,
        name: row.name,
        email: row.email,
        role,
        workspace_id: active.id,
        workspace_name: active.name,
        timezone: active.timezone,
        workspaces: list,
        created_at_ms: row.created_at,
        updated_at_ms: row.updated_at,
        last_login_at_ms: row.last_login_at,
    })
}

fn reference(membership: &Membership) -> Option<WorkspaceRef> {
    Some(WorkspaceRef {
        id: WorkspaceId::from(membership.workspace_id.as_str()),
        name: membership.workspace_name.clone(),
        role: authority(membership)?,
    })
}

/// What a membership lets its person do; none while it is disabled.
pub(crate) fn authority(membership: &Membership) -> Option<Role> {
    role(membership.is_super_admin, Some(&membership.role), Some(&membership.status))
}

/// What a person may do in a workspace; none when they may not come in.
pub(crate) fn role(is_super_admin: i16, role: Option<&str>, status: Option<&str>) -> Option<Role> {
    if is_super_admin == 1 {
        return Some(Role::SuperAdmin);
    }
    role.filter(|_| status == Some(ACTIVE)).and_then(Role::parse)
}

/// Where `row` lands when they sign in: where they were last, else the first workspace that lets them in.
pub(crate) async fn landing(
    conn: &mut Conn,
    row: &users::User,
) -> Result<Option<(WorkspaceId, Role)>, Problem> {
    let memberships = workspaces::of_user(conn, &UserId::from(row.id.as_str())).await?;
    let mut open: Vec<_> = memberships.iter().filter_map(|it| Some((it, authority(it)?))).collect();
    open.sort_by_key(|(it, _)| it.workspace_id != row.workspace_id);
    let first = open.first();
    Ok(first.map(|(it, role)| (WorkspaceId::from(it.workspace_id.as_str()), *role)))
}

/// `row` as who is asking.
pub(crate) fn actor(
    row: &users::User,
    workspace: &WorkspaceId,
    role: Role,
    client: &Client,
) -> Actor {
    Actor {
        user: UserId::from(row.id.as_str()),
        name: row.name.clone(),
        workspace: workspace.clone(),
        role,
        via: Via::Ui,
        request_id: client.request_id.clone(),
        ip: client.ip.clone(),
    }
}

/// Nobody we know, for the audit log. It is the one of the first account's workspace, whose admin looks after the
/// installation.
pub(crate) async fn stranger(conn: &mut Conn, client: &Client) -> Result<Actor, Problem> {
    let admins = users::super_admins(conn).await?;
    let home = admins.first().map_or(store::events::NO_WORKSPACE, |it| it.workspace_id.as_str());
    Ok(Actor {
        user: UserId::default(),
        name: "Somebody".to_owned(),
        workspace: WorkspaceId::from(home),
        role: Role::Viewer,
        via: Via::Ui,
        request_id: client.request_id.clone(),
        ip: client.ip.clone(),
    })
}
