//! Tokens of sessions and invitations: 32 random bytes in hex for their owner, a hash for us.

use sha2::{Digest, Sha256};

const TOKEN_BYTES: usize = 32;

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
