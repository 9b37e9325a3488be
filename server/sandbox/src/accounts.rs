//! The accounts of one server, each behind its own lock, written to disk before a change is visible.

use crate::account::Account;
use crate::disk;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::Mutex;

type Slot = Arc<Mutex<Arc<Account>>>;

/// Where the accounts are kept.
#[derive(Default)]
pub(crate) struct Accounts {
    dir: Option<PathBuf>,
    slots: RwLock<HashMap<i64, Slot>>,
}

/// How a token is stored.
pub(crate) fn hash(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

impl Accounts {
    /// The accounts found in `dir`, or none that outlive the process.
    pub(crate) fn open(dir: Option<PathBuf>) -> io::Result<Self> {
        let found = dir.as_deref().map_or_else(|| Ok(Vec::new()), disk::load)?;
        let slots = found.into_iter().map(|it| (it.id, slot(it))).collect();
        Ok(Self { dir, slots: RwLock::new(slots) })
    }

    fn slot(&self, id: i64) -> Option<Slot> {
        self.slots.read().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
    }

    /// Every account.
    pub(crate) fn ids(&self) -> Vec<i64> {
        self.slots.read().unwrap_or_else(PoisonError::into_inner).keys().copied().collect()
    }

    /// The account as it is now.
    pub(crate) async fn get(&self, id: i64) -> Option<Arc<Account>> {
        let slot = self.slot(id)?;
        let account = slot.lock().await;
        Some(account.clone())
    }

    /// The account this token opens, wherever it is.
    pub(crate) async fn of_token(&self, token: &str) -> Option<Arc<Account>> {
        let wanted = hash(token);
        let slots: Vec<Slot> =
            self.slots.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect();
        for slot in slots {
            let account = slot.lock().await.clone();
            if account.token_hash == wanted {
                return Some(account);
            }
            if let Some(guest) = account.speaker(&wanted) {
                return Some(Arc::new(account.seen_by(guest)));
            }
        }
        None
    }

    /// Adds an account; an existing one with the same id is kept as it is.
    pub(crate) async fn add(&self, account: Account) -> io::Result<()> {
        if self.slot(account.id).is_some() {
            return Ok(());
        }
        self.write(&account).await?;
        self.slots
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .entry(account.id)
            .or_insert_with(|| slot(account));
        Ok(())
    }

    /// Removes an account and its file.
    pub(crate) async fn remove(&self, id: i64) -> io::Result<()> {
        self.slots.write().unwrap_or_else(PoisonError::into_inner).remove(&id);
        let Some(dir) = self.dir.clone() else { return Ok(()) };
        tokio::task::spawn_blocking(move || disk::remove(&dir, id))
            .await
            .map_err(io::Error::other)?
    }

    /// Runs `change` on a copy; what it answers with `true` is stored before anybody sees it.
    pub(crate) async fn change<T>(
        &self,
        id: i64,
        change: impl FnOnce(&mut Account) -> (T, bool),
    ) -> io::Result<Option<T>> {
        let Some(slot) = self.slot(id) else { return Ok(None) };
        let mut current = slot.lock().await;
        let mut next = Account::clone(&current);
        let (answer, is_changed) = change(&mut next);
        if is_changed {
            self.write(&next).await?;
            *current = Arc::new(next.frozen());
        }
        Ok(Some(answer))
    }

    async fn write(&self, account: &Account) -> io::Result<()> {
        let Some(dir) = self.dir.clone() else { return Ok(()) };
        let account = account.clone();
        tokio::task::spawn_blocking(move || disk::save(&dir, &account))
            .await
            .map_err(io::Error::other)?
    }
}

fn slot(account: Account) -> Slot {
    Arc::new(Mutex::new(Arc::new(account.frozen())))
}
