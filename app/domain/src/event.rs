//! Everything that can happen. Every change writes exactly one event, in its own transaction; live pages, the audit
//! log and notifications read events and nothing else announces changes.

use serde::{Deserialize, Serialize};
use serde_json::Value;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $topic:ident, $audit:ident;)*) => {
        /// What happened.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum EventKind {
            $($(#[$doc])* #[serde(rename = $word)] $name,)*
        }

        impl EventKind {
            /// Every kind, for tables and tests.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The word in the database and the audit log.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word),* }
            }

            /// Reads the word.
            pub fn parse(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$name),)* _ => None }
            }

            /// Which live pages care (contract.md 3.7).
            pub fn topic(self) -> Topic {
                match self { $(Self::$name => Topic::$topic),* }
            }

            /// Whether it is a row of the audit log (contract.md 1.9).
            pub fn is_audited(self) -> bool {
                match self { $(Self::$name => stringify!($audit).eq("audited")),* }
            }
        }
    };
}

impl EventKind {
    /// Whether somebody may have less rights, or none, after it: whoever reads on has to be looked at again.
    pub fn may_narrow(self) -> bool {
        let only_adds = matches!(
            self,
            Self::SignInFailed
                | Self::AuditExported
                | Self::Refused
                | Self::InvitationCreated
                | Self::InvitationWithdrawn
                | Self::KeyCreated
                | Self::ClientRegistered
                | Self::ClientConnected
        );
        self.topic() == Topic::Account && !only_adds
    }

    /// Whether it is about the whole installation, so that only super admins may read it.
    pub fn is_for_super_admins(self) -> bool {
        matches!(self, Self::ShellOpened | Self::ShellUsed | Self::ShellClosed)
    }
}

kinds! {
    /// A person made an account.
    SignedUp = "auth.signed_up", Account, audited;
    /// A person signed in.
    SignedIn = "auth.signed_in", Account, audited;
    /// Somebody tried to.
    SignInFailed = "auth.sign_in_failed", Account, audited;
    /// A person signed out.
    SignedOut = "auth.signed_out", Account, audited;
    /// A person changed their password.
    PasswordChanged = "auth.password_changed", Account, audited;
    /// An admin set somebody's password.
    PasswordReset = "auth.password_reset", Account, audited;
    /// Sessions of a person were ended, by themselves or by an admin.
    SessionsEnded = "auth.sessions_ended", Account, audited;
    /// Somebody took the audit log with them as a file.
    AuditExported = "audit.exported", Account, audited;
    /// An operation was refused for lack of a permission.
    Refused = "auth.refused", Account, audited;
    /// A super admin entered a workspace they do not belong to.
    WorkspaceEntered = "workspace.entered", Account, audited;
    /// A workspace's name, time zone or settings changed.
    WorkspaceChanged = "workspace.changed", Setup, audited;
    /// A setting of the installation changed.
    SettingsChanged = "platform.settings_changed", Setup, audited;
    /// A super admin opened the shell.
    ShellOpened = "shell.opened", Operation, audited;
    /// A command was run there; its words and its output are in the detail.
    ShellUsed = "shell.used", Operation, audited;
    /// A session of the shell was closed, by hand or because it was idle.
    ShellClosed = "shell.closed", Operation, audited;
    /// Somebody was invited.
    InvitationCreated = "invitation.created", Account, audited;
    /// An invitation was taken back.
    InvitationWithdrawn = "invitation.withdrawn", Account, audited;
    /// An invitation was used.
    InvitationAccepted = "invitation.accepted", Account, audited;
    /// A member's role or status changed.
    MemberChanged = "member.changed", Account, audited;
    /// A member was removed.
    MemberRemoved = "member.removed", Account, audited;
    /// Somebody made an API key.
    KeyCreated = "key.created", Account, audited;
    /// An API key got another name or profile.
    KeyChanged = "key.changed", Account, audited;
    /// An API key was taken back.
    KeyRevoked = "key.revoked", Account, audited;
    /// A chat client introduced itself.
    ClientRegistered = "client.registered", Account, audited;
    /// A person let a chat client act for them.
    ClientConnected = "client.connected", Account, audited;
    /// A chat client may no longer act for a person.
    ClientDisconnected = "client.disconnected", Account, audited;
    /// An app was connected.
    ConnectionAdded = "connection.added", Connector, audited;
    /// A connection got another name, secret or account.
    ConnectionChanged = "connection.changed", Connector, audited;
    /// The access of a connection was renewed.
    ConnectionRenewed = "connection.renewed", Connector, quiet;
    /// A run used a person's own connection.
    ConnectionUsed = "connection.used", Connector, audited;
    /// An app was disconnected.
    ConnectionRemoved = "connection.removed", Connector, audited;
    /// A connector was tested.
    ConnectorTested = "connector.tested", Connector, quiet;
    /// A setup step was saved.
    SetupChanged = "setup.changed", Setup, quiet;
    /// A flow was made.
    FlowCreated = "flow.created", Flow, audited;
    /// A flow's draft changed.
    FlowEdited = "flow.edited", Flow, quiet;
    /// A change to a flow was suggested.
    FlowProposed = "flow.proposed", Flow, quiet;
    /// A suggested change was dropped.
    FlowProposalDropped = "flow.proposal_dropped", Flow, quiet;
    /// A version went live.
    FlowPublished = "flow.published", Flow, audited;
    /// A flow was switched on.
    FlowEnabled = "flow.enabled", Flow, audited;
    /// A flow was switched off.
    FlowDisabled = "flow.disabled", Flow, audited;
    /// The address of a flow was renewed: the one before starts nothing any more.
    FlowAddressRenewed = "flow.address_renewed", Flow, audited;
    /// A flow was deleted.
    FlowDeleted = "flow.deleted", Flow, audited;
    /// The trigger of a flow was given a sample, or listens for one.
    FlowSampled = "flow.sampled", Flow, quiet;
    /// A piece was switched on or off for the flows of the workspace.
    PieceSwitched = "piece.switched", Flow, audited;
    /// A folder of flows was made, renamed or deleted.
    FlowFolderChanged = "flow.folder_changed", Flow, audited;
    /// A step changed a value that flows keep.
    FlowValueChanged = "flow.value_changed", FlowRun, quiet;
    /// A run was stored.
    RunQueued = "run.queued", FlowRun, quiet;
    /// A run paused, or went on.
    RunChanged = "run.changed", FlowRun, quiet;
    /// Somebody gave the answer that a run waited for.
    RunAnswered = "run.answered", FlowRun, audited;
    /// A run reached its final state.
    RunFinished = "run.finished", FlowRun, quiet;
    /// A person was told something.
    NotificationSent = "notification.sent", Notification, quiet;
    /// A conversation was made, renamed or deleted.
    SessionChanged = "chat.session_changed", Chat, quiet;
    /// A run of the assistant changed state.
    ChatRunChanged = "chat.run_changed", Chat, quiet;
    /// The model of a person or a workspace, or a key for one, changed.
    AssistantChanged = "assistant.changed", Setup, audited;
    /// A note that the assistant keeps was made, changed or deleted.
    MemoryChanged = "memory.changed", Chat, quiet;
    /// Scores of projects were kept, or what was found about them changed.
    InsightsChanged = "insight.changed", Notification, quiet;
    /// A recipe, a policy, a budget or an expense was kept or deleted.
    DefinitionChanged = "definition.changed", Operation, quiet;
    /// An agent was made, paused, resumed, asked to run or deleted.
    AgentChanged = "agent.changed", Notification, quiet;
    /// A run of an agent ended.
    AgentRan = "agent.ran", Notification, audited;
    /// A question was put to a person.
    ApprovalAsked = "approval.asked", Approval, audited;
    /// A person, or time, answered it.
    ApprovalDecided = "approval.decided", Approval, audited;
    /// A write tool ran, or failed.
    ToolUsed = "tool.used", Operation, audited;
    /// An app was put into the gallery.
    AppPublished = "app.published", Flow, audited;
    /// An app was changed.
    AppUpdated = "app.updated", Flow, audited;
    /// An app was taken out of the gallery.
    AppUnpublished = "app.unpublished", Flow, audited;
    /// Somebody ran an app, or tried to.
    AppExecuted = "app.executed", FlowRun, audited;
    /// The apps that come with PM OS were made.
    AppsSeeded = "app.seeded", Flow, audited;
    /// A template was kept.
    TemplateKept = "template.kept", Flow, audited;
    /// A write was reversed.
    OperationUndone = "operation.undone", Operation, audited;
}

/// Which live pages an event is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// People, sessions, members.
    Account,
    /// Connections and their health.
    Connector,
    /// The setup card.
    Setup,
    /// Canvas changes.
    Flow,
    /// Run states.
    FlowRun,
    /// Conversations.
    Chat,
    /// Approvals.
    Approval,
    /// Writes through any door.
    Operation,
    /// What people were told.
    Notification,
}

impl Topic {
    /// The `type` on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Connector => "connector",
            Self::Setup => "setup",
            Self::Flow => "flow",
            Self::FlowRun => "flow_run",
            Self::Chat => "chat",
            Self::Approval => "approval",
            Self::Operation => "operation",
            Self::Notification => "notification",
        }
    }
}

/// How it ended; the audit log holds failures too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It happened.
    #[default]
    Success,
    /// It was refused.
    Denied,
    /// It failed.
    Failed,
}

impl Outcome {
    /// The word in the database and the audit log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Denied => "denied",
            Self::Failed => "failed",
        }
    }
}

/// One thing that happened, before it is stored. Holds no input values, secrets or message bodies.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// What happened.
    pub kind: EventKind,
    /// Id of what it happened to.
    pub target: String,
    /// Its name, as people know it.
    pub label: String,
    /// How it ended.
    pub outcome: Outcome,
    /// What a live page or the audit log needs besides; an object.
    pub detail: Value,
}

impl Event {
    /// `kind` happened to `target`, which people know as `label`.
    pub fn new(kind: EventKind, target: impl ToString, label: impl Into<String>) -> Self {
        Self {
            kind,
            target: target.to_string(),
            label: label.into(),
            outcome: Outcome::Success,
            detail: Value::Object(serde_json::Map::new()),
        }
    }

    /// With `detail`, an object.
    #[must_use]
    pub fn with(mut self, detail: Value) -> Self {
        self.detail = detail;
        self
    }

    /// With another outcome than success.
    #[must_use]
    pub fn ended(mut self, outcome: Outcome) -> Self {
        self.outcome = outcome;
        self
    }
}

/// An event as stored and read back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoredEvent {
    /// From 1 in each workspace, without gaps.
    pub seq: i64,
    /// Epoch milliseconds.
    pub at_ms: i64,
    /// Name of who did it.
    pub actor: String,
    /// Their id.
    pub actor_id: String,
    /// The door: `ui`, `key`, `chat`, `flow`, `system`.
    pub via: String,
    /// The event.
    #[serde(flatten)]
    pub event: Event,
    /// The request it came with.
    pub request_id: String,
    /// The address it came from.
    pub ip: Option<String>,
}

/// Which rows of the audit log are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AuditFilter {
    /// The beginning of an event's kind: `flow.` or `auth.signed_in`.
    pub action: Option<String>,
    /// Name or id of who did it.
    pub actor: Option<String>,
    /// `success`, `denied` or `failed`.
    pub outcome: Option<String>,
    /// Epoch milliseconds, inclusive.
    pub from_ms: Option<i64>,
    /// Epoch milliseconds, exclusive.
    pub to_ms: Option<i64>,
    /// Only rows with a smaller number: the cursor.
    pub before: Option<i64>,
    /// At most this many.
    pub limit: i64,
}

/// A page of the audit log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuditPage {
    /// The rows, newest first.
    pub events: Vec<StoredEvent>,
    /// Where the next page starts; none after the last.
    pub next: Option<i64>,
}
