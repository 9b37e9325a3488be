//! Ids are types, so that a flow is never looked up by a run's id.

use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Wraps the text of an id, which is opaque.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text of the id.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }
    )*};
}

ids! {
    /// A person, in however many workspaces.
    UserId
    /// The wall around people, connections, flows and data.
    WorkspaceId
    /// A way into a workspace sent to one e-mail address.
    InvitationId
    /// What a script or chat client shows to act as a person.
    KeyId
    /// What a person allowed a chat client that signed them in.
    GrantId
    /// Stored access to an app.
    ConnectionId
    /// Another MCP server whose tools may be used.
    ToolServerId
    /// A trigger and steps that do a job.
    FlowId
    /// One saved state of a flow.
    FlowVersionId
    /// One execution of a flow.
    RunId
    /// One conversation with the assistant.
    SessionId
    /// One turn's message in a conversation.
    MessageId
    /// A file beside a message.
    AttachmentId
    /// One execution of the assistant.
    ChatRunId
    /// A question that must be answered before something happens.
    ApprovalId
    /// One write, with what is needed to reverse it.
    OperationId
}
