//! Passwords at rest: argon2id with a salt of their own, off the threads that serve requests.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use domain::problem::Problem;
use std::io;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Verified against when there is no such person, so that it takes as long. No password has this hash.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5LWhhcy10aGlz$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Hashes and verifies passwords, as many at once as there are cores: each takes 19 MiB.
#[derive(Clone)]
pub(crate) struct Hashing {
    turns: Arc<Semaphore>,
}

/// The right to hash or verify one password now.
pub(crate) struct Turn(OwnedSemaphorePermit);

impl Hashing {
    pub(crate) fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self { turns: Arc::new(Semaphore::new(cores)) }
    }

    /// Waits for a turn.
    pub(crate) async fn turn(&self) -> Result<Turn, Problem> {
        let turn = self.turns.clone().acquire_owned().await;
        turn.map(Turn).map_err(|error| store::error::internal("waiting for a turn", &error))
    }
}

impl Turn {
    /// The hash of `password`, with a fresh salt.
    pub(crate) async fn hash(self, password: &str) -> Result<String, Problem> {
        let password = password.to_owned();
        self.run(move || {
            let hash = Argon2::default().hash_password(password.as_bytes());
            hash.map(|it| it.to_string()).map_err(io::Error::other)
        })
        .await
    }

    /// Whether `password` is the one of `hash`. Without a hash it takes as long and is false.
    pub(crate) async fn verify(self, password: &str, hash: Option<&str>) -> Result<bool, Problem> {
        let password = password.to_owned();
        let is_known = hash.is_some();
        let hash = hash.unwrap_or(NOBODY).to_owned();
        self.run(move || {
            let hash = PasswordHash::new(&hash).map_err(io::Error::other)?;
            let is_right = Argon2::default().verify_password(password.as_bytes(), &hash).is_ok();
            Ok(is_right && is_known)
        })
        .await
    }

    async fn run<T: Send + 'static>(
        self,
        work: impl FnOnce() -> io::Result<T> + Send + 'static,
    ) -> Result<T, Problem> {
        let done = tokio::task::spawn_blocking(work).await.map_err(io::Error::other).flatten();
        drop(self.0);
        done.map_err(|error| store::error::internal("checking a password", &error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_verifies() {
        let hashing = Hashing::new();
        let hash = hashing.turn().await.unwrap().hash("correct horse").await.unwrap();
        assert!(hash.starts_with("$argon2id$"));
        for (password, known, right) in [
            ("correct horse", Some(hash.as_str()), true),
            ("correct horsf", Some(hash.as_str()), false),
            ("correct horse", None, false),
        ] {
            let turn = hashing.turn().await.unwrap();
            assert_eq!(turn.verify(password, known).await.unwrap(), right);
        }
    }

    #[test]
    fn nobody_takes_the_same_work_as_somebody() {
        let hash = Argon2::default().hash_password(b"x").unwrap().to_string();
        let parameters =
            |text: &str| text.split('$').take(4).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(parameters(NOBODY), parameters(&hash));
        PasswordHash::new(NOBODY).unwrap();
    }
}
