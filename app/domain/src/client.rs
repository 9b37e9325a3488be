//! Where a request came from, before it is known who is asking.

use std::fmt;

/// One request as the operations that need no actor see it: sign-up, sign-in, sign-out, invitations.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Client {
    /// The request, for the audit log and the log line.
    pub request_id: String,
    /// The address it came from, where there is one.
    pub ip: Option<String>,
    /// What the program that sent it calls itself, as sent.
    pub program: Option<String>,
    /// Whether it came over TLS; its cookies are then for TLS only.
    pub is_secure: bool,
    /// The value of its session cookie, as sent: it may belong to nobody.
    pub session: Option<String>,
    /// The API key it shows, as sent: it may be nobody's. It decides over the session.
    pub key: Option<String>,
}

/// Without the session and the key, which are secrets.
impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("request_id", &self.request_id)
            .field("ip", &self.ip)
            .field("is_secure", &self.is_secure)
            .finish_non_exhaustive()
    }
}
