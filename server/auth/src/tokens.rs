//! Tokens of sessions, invitations and API keys: 32 random bytes as text for their owner, a hash for us.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

const TOKEN_BYTES: usize = 32;
const KEY_START: &str = "pmos_";
/// What the access tokens of chat clients begin with.
pub(crate) const ACCESS_START: &str = "pmoa_";
/// What their refresh tokens begin with.
pub(crate) const REFRESH_START: &str = "pmor_";
/// What their codes begin with.
pub(crate) const CODE_START: &str = "pmoc_";
/// What 32 bytes are in base64.
const KEY_CHARS: usize = 43;

/// A fresh token.
pub(crate) fn fresh() -> String {
    store::ids::random_hex(TOKEN_BYTES)
}

/// What is stored of `token`. It is random, so one round without salt is enough.
pub(crate) fn hash(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

/// Whether it could be one of ours; anything else is not worth a query.
pub(crate) fn is_well_formed(token: &str) -> bool {
    token.len() == 2 * TOKEN_BYTES && token.bytes().all(|it| it.is_ascii_hexdigit())
}

/// The text of a fresh API key.
pub(crate) fn fresh_key() -> String {
    fresh_of(KEY_START)
}

/// The text of a fresh token of the kind that begins so.
pub(crate) fn fresh_of(start: &str) -> String {
    let bytes = store::ids::random_bytes::<TOKEN_BYTES>();
    format!("{start}{}", URL_SAFE_NO_PAD.encode(bytes))
}

/// The proof that a client gives for its code: the hash of its verifier, as the challenge writes it.
pub(crate) fn challenge_of(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}

/// Whether it could be one of our API keys; anything else is not worth a query.
pub(crate) fn is_key(text: &str) -> bool {
    is_of(KEY_START, text)
}

/// Whether it could be a token of the kind that begins so.
pub(crate) fn is_of(start: &str, text: &str) -> bool {
    let is_plain = |it: u8| it.is_ascii_alphanumeric() || it == b'-' || it == b'_';
    text.strip_prefix(start).is_some_and(|it| it.len() == KEY_CHARS && it.bytes().all(is_plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_prefix_and_43_characters() {
        let key = fresh_key();
        assert!(is_key(&key) && key.len() == 48, "{}", key.len());
        assert_ne!(key, fresh_key());
        for wrong in [
            "",
            "pmos_",
            key.trim_start_matches('p'),
            &format!("{key}x"),
            &key.replace("pmos_", "pmos-"),
        ] {
            assert!(!is_key(wrong), "{wrong}");
        }
    }
}
