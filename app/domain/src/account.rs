//! People and workspaces, as the API shows them (contract.md 1.1, 1.6).

use crate::actor::Role;
use crate::ids::{InvitationId, UserId, WorkspaceId};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A signed-in person with their active workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// The person.
    pub id: UserId,
    /// As they wrote it.
    pub name: String,
    /// Trimmed and in lower case.
    pub email: String,
    /// In the active workspace.
    pub role: Role,
    /// The active workspace.
    pub workspace_id: WorkspaceId,
    /// Its name.
    pub workspace_name: String,
    /// IANA name of its time zone.
    pub timezone: String,
    /// Every workspace they may switch to.
    pub workspaces: Vec<WorkspaceRef>,
    /// Epoch milliseconds.
    pub created_at_ms: i64,
    /// Epoch milliseconds.
    pub updated_at_ms: i64,
    /// Epoch milliseconds; none before the first sign-in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_login_at_ms: Option<i64>,
}

/// One entry of the workspace menu.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkspaceRef {
    /// Where to switch to.
    pub id: WorkspaceId,
    /// Its name.
    pub name: String,
    /// The person's role there.
    pub role: Role,
}

/// A workspace's own settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Workspace {
    /// The workspace.
    pub id: WorkspaceId,
    /// Its name.
    pub name: String,
    /// IANA name.
    pub timezone: String,
    /// 1 is Monday, 7 Sunday.
    pub working_days: Vec<u8>,
    /// `["09:00", "17:00"]`.
    pub working_hours: [String; 2],
    /// Epoch milliseconds.
    pub created_at_ms: i64,
}

/// A person in the workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    /// The person.
    pub id: UserId,
    /// Their name.
    pub name: String,
    /// Absent for viewers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Their role here.
    pub role: Role,
    /// `active` or `disabled`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// When they signed in last, epoch milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_login_at_ms: Option<i64>,
    /// When they were last in the workspace, to the minute, epoch milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_seen_at_ms: Option<i64>,
}

/// A place where a person is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OpenSession {
    /// Names it; opens nothing.
    pub id: String,
    /// Name of the workspace it is in.
    pub workspace_name: String,
    /// "Firefox on Linux"; none where it was not noted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// The address they signed in from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip: Option<String>,
    /// When they signed in, epoch milliseconds.
    pub started_at_ms: i64,
    /// When it was last used, to the minute, epoch milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen_at_ms: Option<i64>,
    /// It is the one that asks.
    pub is_current: bool,
}

/// A pending or used invitation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Invitation {
    /// The invitation.
    pub id: InvitationId,
    /// Who is invited.
    pub email: String,
    /// As what.
    pub role: Role,
    /// `pending`, `accepted`, `withdrawn` or `expired`.
    pub status: String,
    /// Name of the inviter.
    pub invited_by: String,
    /// Epoch milliseconds.
    pub created_at_ms: i64,
    /// Epoch milliseconds, 7 days after.
    pub expires_at_ms: i64,
}

/// What a visitor may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthState {
    /// Whether anybody may make an account.
    pub signup_open: bool,
    /// Whether the next account will be the first, the super admin's.
    pub first_account: bool,
}

/// What may be changed about a workspace; absent fields stay.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct WorkspaceChange {
    /// Its name.
    pub name: Option<String>,
    /// IANA name of its time zone.
    pub timezone: Option<String>,
    /// 1 is Monday, 7 Sunday.
    pub working_days: Option<Vec<u8>>,
    /// Start and end, `HH:MM`.
    pub working_hours: Option<[String; 2]>,
}

/// What may be changed about a member; absent fields stay.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MemberChange {
    /// `workspace_admin`, `member` or `viewer`.
    pub role: Option<String>,
    /// `active` or `disabled`.
    pub status: Option<String>,
}

/// A fresh invitation with the link that is shown this once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invited {
    /// The invitation.
    pub invitation: Invitation,
    /// What the invited person opens; a secret.
    pub link: String,
}

/// Without the link, which is a secret.
impl fmt::Debug for Invited {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invited").field("invitation", &self.invitation).finish_non_exhaustive()
    }
}

/// A password that was made for a person; it is shown this once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadePassword {
    /// Whose it is.
    pub name: String,
    /// What they sign in with; a secret.
    pub password: String,
}

/// Without the password, which is a secret.
impl fmt::Debug for MadePassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MadePassword").field("name", &self.name).finish_non_exhaustive()
    }
}

/// What the invited person sees before they accept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InvitationPreview {
    /// Who is invited.
    pub email: String,
    /// As what.
    pub role: Role,
    /// Into what.
    pub workspace_name: String,
    /// By whom.
    pub invited_by: String,
}

/// What a new person gives besides the token; a signed-in person gives neither.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Acceptance {
    /// From the link.
    pub token: String,
    /// Their name.
    pub name: String,
    /// Their password.
    pub password: String,
}

/// One thing a person was told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Notification {
    /// The notification.
    pub id: String,
    /// One line.
    pub title: String,
    /// Plain text, may be empty.
    pub body: String,
    /// Where it leads, a path of ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// Epoch milliseconds.
    pub created_at_ms: i64,
    /// Epoch milliseconds; none while it is new.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_at_ms: Option<i64>,
}

/// What a person was told lately, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inbox {
    /// The newest ones.
    pub notifications: Vec<Notification>,
    /// How many are new, also of those not listed.
    pub unread: i64,
}
