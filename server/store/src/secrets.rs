//! Secrets at rest: XChaCha20-Poly1305 with a random nonce, bound to the row they belong to.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use std::fmt;
use std::io;
use std::path::Path;

const NONCE_BYTES: usize = 24;
const KEY_BYTES: usize = 32;
/// The first word of every sealed text, so that a key can be changed later.
const VERSION: &str = "v1";

/// The installation's key. Never printed.
#[derive(Clone)]
pub struct SecretKey(XChaCha20Poly1305);

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(...)")
    }
}

/// A sealed secret cannot be opened: another key, another row, or changed bytes.
#[derive(Debug, thiserror::Error)]
#[error("a stored secret cannot be opened with this key")]
pub struct CannotOpen;

impl SecretKey {
    /// A key from 64 hex characters, or from any other text by hashing it.
    pub fn from_text(text: &str) -> Self {
        use sha2::{Digest, Sha256};
        let bytes = hex::decode(text)
            .ok()
            .filter(|it| it.len() == KEY_BYTES)
            .unwrap_or_else(|| Sha256::digest(text.as_bytes()).to_vec());
        let mut key = Key::default();
        key.copy_from_slice(&bytes);
        Self(XChaCha20Poly1305::new(&key))
    }

    /// Reads the key file, or makes it with mode 600.
    ///
    /// # Errors
    /// When the file can be neither read nor made.
    pub fn from_file(path: &Path) -> io::Result<Self> {
        match std::fs::read_to_string(path) {
            Ok(text) => Ok(Self::from_text(text.trim())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let text = crate::ids::random_hex(KEY_BYTES);
                write_private(path, &text)?;
                Ok(Self::from_text(&text))
            }
            Err(error) => Err(error),
        }
    }

    /// Encrypts `secret` so that it opens only with the same `bound_to` (workspace, row and field).
    pub fn seal(&self, secret: &str, bound_to: &str) -> String {
        let mut nonce = XNonce::default();
        rand::fill(&mut nonce[..]);
        let payload = Payload { msg: secret.as_bytes(), aad: bound_to.as_bytes() };
        // Encryption in memory fails only on texts of many gigabytes.
        let sealed = self.0.encrypt(&nonce, payload).unwrap_or_default();
        format!("{VERSION}.{}{}", hex::encode(nonce), hex::encode(sealed))
    }

    /// Opens what [`Self::seal`] made.
    ///
    /// # Errors
    /// [`CannotOpen`] for another key, another row, or changed bytes.
    pub fn open(&self, sealed: &str, bound_to: &str) -> Result<String, CannotOpen> {
        let hex_text =
            sealed.strip_prefix(VERSION).and_then(|it| it.strip_prefix('.')).ok_or(CannotOpen)?;
        let bytes = hex::decode(hex_text).map_err(|_| CannotOpen)?;
        let (nonce_bytes, body) = bytes.split_at_checked(NONCE_BYTES).ok_or(CannotOpen)?;
        let mut nonce = XNonce::default();
        nonce.copy_from_slice(nonce_bytes);
        let payload = Payload { msg: body, aad: bound_to.as_bytes() };
        let open = self.0.decrypt(&nonce, payload).map_err(|_| CannotOpen)?;
        String::from_utf8(open).map_err(|_| CannotOpen)
    }
}

/// What is stored of a random token of ours: it is random, so one round without salt is enough.
pub fn digest(token: &str) -> String {
    use sha2::{Digest, Sha256};
    hex::encode(Sha256::digest(token.as_bytes()))
}

#[cfg(unix)]
fn write_private(path: &Path, text: &str) -> io::Result<()> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let mut file =
        std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(not(unix))]
fn write_private(path: &Path, text: &str) -> io::Result<()> {
    std::fs::write(path, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_opens_only_for_its_row_and_key() {
        let key = SecretKey::from_text("one");
        let sealed = key.seal("token", "w1|c1|secret");
        assert!(!sealed.contains("token"));
        assert_eq!(key.open(&sealed, "w1|c1|secret").unwrap(), "token");
        assert!(key.open(&sealed, "w2|c1|secret").is_err());
        assert!(SecretKey::from_text("two").open(&sealed, "w1|c1|secret").is_err());
        assert!(key.open("v1.00", "w1|c1|secret").is_err());
    }

    #[test]
    fn a_key_file_is_made_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret.key");
        let sealed = SecretKey::from_file(&path).unwrap().seal("x", "y");
        assert_eq!(SecretKey::from_file(&path).unwrap().open(&sealed, "y").unwrap(), "x");
    }
}
