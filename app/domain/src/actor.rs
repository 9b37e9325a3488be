//! Who is asking, and what they may do.

use crate::ids::{UserId, WorkspaceId};
use crate::problem::Problem;
use serde::{Deserialize, Serialize};

/// A person's role in the workspace they are in (contract.md 0.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Looks, changes nothing.
    Viewer,
    /// Changes data and drafts.
    Member,
    /// Manages one workspace.
    WorkspaceAdmin,
    /// Manages the installation; belongs to the person, not to a membership.
    SuperAdmin,
}

impl Role {
    /// The word in the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Member => "member",
            Self::WorkspaceAdmin => "workspace_admin",
            Self::SuperAdmin => "super_admin",
        }
    }

    /// The words on screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Viewer => "Viewer",
            Self::Member => "Member",
            Self::WorkspaceAdmin => "Workspace admin",
            Self::SuperAdmin => "Super admin",
        }
    }

    /// Reads the word of the API; none of the others.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Viewer, Self::Member, Self::WorkspaceAdmin, Self::SuperAdmin]
            .into_iter()
            .find(|it| it.as_str() == word)
    }

    /// Whether the role includes `permission`.
    pub fn can(self, permission: Permission) -> bool {
        self >= match permission {
            Permission::Read => Self::Viewer,
            Permission::Write | Permission::ApproveWrites => Self::Member,
            Permission::ApproveDestructive | Permission::Manage => Self::WorkspaceAdmin,
            Permission::Platform => Self::SuperAdmin,
        }
    }
}

/// What an operation needs (contract.md 0.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// Pages, lists, read tools.
    Read,
    /// Change data, start flows, edit drafts.
    Write,
    /// Decide approvals of writes.
    ApproveWrites,
    /// Decide approvals of destructive actions.
    ApproveDestructive,
    /// Publish flows, members, workspace connections, policies.
    Manage,
    /// The whole installation.
    Platform,
}

impl Permission {
    /// The word of the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::ApproveWrites => "approve writes",
            Self::ApproveDestructive => "approve destructive actions",
            Self::Manage => "manage",
            Self::Platform => "platform",
        }
    }
}

/// Through which door a request came; written to the audit log and the operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Via {
    /// A signed-in person's browser.
    Ui,
    /// An API key.
    Key,
    /// The assistant, for the person whose conversation it is.
    Chat,
    /// A flow's run, for the person who published it.
    Flow,
    /// Our own background work.
    System,
}

impl Via {
    /// The word stored with events and operations.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ui => "ui",
            Self::Key => "key",
            Self::Chat => "chat",
            Self::Flow => "flow",
            Self::System => "system",
        }
    }
}

/// Who is asking: made by the one authentication layer, taken by every operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The person; for a webhook the flow's owner.
    pub user: UserId,
    /// Their name, for the audit log.
    pub name: String,
    /// The workspace they are in.
    pub workspace: WorkspaceId,
    /// Their role in it.
    pub role: Role,
    /// The door they came through.
    pub via: Via,
    /// The request, for the audit log and the log line.
    pub request_id: String,
    /// The address it came from, where there is one.
    pub ip: Option<String>,
}

impl Actor {
    /// PM OS itself, where nobody asked: it looks and notes. `reference` is what the audit log finds it by.
    pub fn system(workspace: WorkspaceId, reference: String) -> Self {
        Self {
            user: UserId::default(),
            name: "PM OS".to_owned(),
            workspace,
            role: Role::Viewer,
            via: Via::System,
            request_id: reference,
            ip: None,
        }
    }

    /// Refuses unless the role includes `permission`.
    ///
    /// # Errors
    /// [`Problem::Forbidden`], worded as contract.md 0.4.
    pub fn require(&self, permission: Permission) -> Result<(), Problem> {
        if self.role.can(permission) {
            return Ok(());
        }
        let message = match permission {
            Permission::Platform => "super_admin role required".to_owned(),
            other => format!("missing permission: {}", other.as_str()),
        };
        Err(Problem::Forbidden { message })
    }

    /// The same person acting through another door.
    #[must_use]
    pub fn through(&self, via: Via) -> Self {
        Self { via, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_includes_what_the_one_below_may_do() {
        assert!(Role::Viewer.can(Permission::Read));
        assert!(!Role::Viewer.can(Permission::Write));
        assert!(Role::Member.can(Permission::ApproveWrites));
        assert!(!Role::Member.can(Permission::Manage));
        assert!(Role::WorkspaceAdmin.can(Permission::Manage));
        assert!(!Role::WorkspaceAdmin.can(Permission::Platform));
        assert!(Role::SuperAdmin.can(Permission::Platform));
    }
}
