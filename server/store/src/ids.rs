//! Fresh ids and the clock, which `domain` may not have.

use std::time::{SystemTime, UNIX_EPOCH};
use uuid::Uuid;

/// A fresh, time-ordered id (`UUIDv7`), for example `RunId::from(ids::fresh())`.
pub fn fresh() -> String {
    Uuid::now_v7().to_string()
}

/// A short reference for people to pass on.
pub fn short() -> String {
    let id = Uuid::new_v4().simple().to_string();
    id.chars().take(10).collect()
}

/// `bytes` random bytes in hex: secrets, tokens.
pub fn random_hex(bytes: usize) -> String {
    let mut buffer = vec![0_u8; bytes];
    rand::fill(&mut buffer[..]);
    hex::encode(buffer)
}

/// `N` random bytes.
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut buffer = [0_u8; N];
    rand::fill(&mut buffer[..]);
    buffer
}

/// A random share from 0 up to but without 1.
pub fn random_share() -> f64 {
    rand::random()
}

/// Epoch milliseconds.
pub fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let now = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
    #[cfg(feature = "testing")]
    let now = now.saturating_add(crate::testing::passed_ms());
    now
}

/// RFC 3339 in UTC with milliseconds, as the API shows times.
pub fn rfc3339(at_ms: i64) -> String {
    chrono::DateTime::from_timestamp_millis(at_ms)
        .unwrap_or_default()
        .to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}
