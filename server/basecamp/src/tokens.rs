//! What a stored connection opens Basecamp with.

use crate::launchpad::Given;
use crate::session::bound_to;
use serde::{Deserialize, Serialize};
use std::fmt;
use store::connections::Connection;
use store::ids;
use store::secrets::{CannotOpen, SecretKey};

/// An access token is renewed this long before it ends.
const EARLY_MS: i64 = 300_000;

/// The tokens of one connection. Never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tokens {
    #[serde(rename = "access_token")]
    pub(crate) access: String,
    /// None where access cannot be renewed, as for the sample.
    #[serde(rename = "refresh_token")]
    pub(crate) refresh: Option<String>,
    pub(crate) expires_at_ms: Option<i64>,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").field("expires_at_ms", &self.expires_at_ms).finish_non_exhaustive()
    }
}

impl Tokens {
    /// As the sign-in service gave them; an answer without a refresh token leaves `before` in force.
    pub(crate) fn of(given: Given, before: Option<String>) -> Self {
        let Given { access_token, refresh_token, expires_in } = given;
        Self {
            access: access_token,
            refresh: refresh_token.or(before),
            expires_at_ms: expires_in.map(|it| ids::now_ms() + it.saturating_mul(1_000)),
        }
    }

    /// One that is never renewed.
    pub(crate) fn fixed(access: &str) -> Self {
        Self { access: access.to_owned(), refresh: None, expires_at_ms: None }
    }

    pub(crate) fn is_ending(&self, now_ms: i64) -> bool {
        self.refresh.is_some() && self.expires_at_ms.is_some_and(|it| now_ms >= it - EARLY_MS)
    }

    pub(crate) fn is_over(&self, now_ms: i64) -> bool {
        self.expires_at_ms.is_some_and(|it| now_ms >= it)
    }

    pub(crate) fn open(key: &SecretKey, row: &Connection) -> Result<Self, CannotOpen> {
        let text = key.open(&row.secret, &bound_to(&row.workspace_id, &row.id))?;
        // The sample's is the bare token.
        if text.starts_with('{') {
            return serde_json::from_str(&text).map_err(|_| CannotOpen);
        }
        Ok(Self::fixed(&text))
    }

    pub(crate) fn seal(&self, key: &SecretKey, workspace: &str, id: &str) -> String {
        let text = serde_json::json!(self).to_string();
        key.seal(&text, &bound_to(workspace, id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_renewed_five_minutes_before_it_ends() {
        let tokens = Tokens {
            access: "a".into(),
            refresh: Some("r".into()),
            expires_at_ms: Some(1_000_000),
        };
        assert!(!tokens.is_ending(699_999) && tokens.is_ending(700_000));
        assert!(!tokens.is_over(999_999) && tokens.is_over(1_000_000));
        assert!(!Tokens::fixed("a").is_ending(i64::MAX));
        assert!(!format!("{tokens:?}").contains("\"r\""));
    }
}
