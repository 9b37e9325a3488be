//! What was read is kept until something is written.
//!
//! Only where one process writes: with SQLite, whose one writer makes
//! the database older with each commit before anybody is told of it, so what is kept is never out of date. With
//! PostgreSQL other nodes write too, and everything is read each time.

use crate::db::Db;
use std::collections::HashMap;
use std::hash::Hash;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// How many batches were committed to a file. Whoever opens the same file in this process shares it.
#[derive(Clone, Debug)]
pub(crate) struct Age(Arc<AtomicU64>);

static FILES: Mutex<Vec<(PathBuf, Weak<AtomicU64>)>> = Mutex::new(Vec::new());

impl Age {
    /// That of the file at `path`, which exists.
    pub(crate) fn of(path: &Path) -> Self {
        let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let mut files = FILES.lock().unwrap_or_else(PoisonError::into_inner);
        files.retain(|it| it.1.strong_count() > 0);
        if let Some(known) = files.iter().find(|it| it.0 == path).and_then(|it| it.1.upgrade()) {
            return Self(known);
        }
        let fresh = Arc::default();
        files.push((path, Arc::downgrade(&fresh)));
        Self(fresh)
    }

    /// Something was written, or may have been.
    pub(crate) fn grow(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn now(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// Answers by what was asked, as long as nothing is written. Clones share them.
pub struct Memo<K, V>(Arc<Mutex<Kept<K, V>>>);

struct Kept<K, V> {
    age: u64,
    most: usize,
    answers: HashMap<K, V>,
}

impl<K, V> Clone for Memo<K, V> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K: Eq + Hash, V: Clone> Memo<K, V> {
    /// Keeps at most so many answers.
    pub fn new(most: usize) -> Self {
        Self(Arc::new(Mutex::new(Kept { age: 0, most, answers: HashMap::new() })))
    }

    /// The answer to `key`: the one that is kept, else that of `read`. An answer must follow from `key` and the database
    /// alone, not from the time or from who asks.
    ///
    /// # Errors
    /// Those of `read`; they are not kept.
    pub async fn of<E, F>(&self, db: &Db, key: K, read: impl FnOnce() -> F) -> Result<V, E>
    where
        F: Future<Output = Result<V, E>>,
    {
        // Looked at before the database is: what is written meanwhile makes the answer too old to be kept.
        let Some(age) = db.age() else { return read().await };
        if let Some(kept) = self.find(age, &key) {
            return Ok(kept);
        }
        let answer = read().await?;
        self.keep(age, key, answer.clone());
        Ok(answer)
    }

    fn find(&self, age: u64, key: &K) -> Option<V> {
        let kept = self.kept();
        kept.answers.get(key).filter(|_| kept.age == age).cloned()
    }

    fn keep(&self, age: u64, key: K, answer: V) {
        let mut kept = self.kept();
        if kept.age > age {
            return;
        }
        if kept.age < age || kept.answers.len() >= kept.most {
            kept.answers.clear();
        }
        kept.age = age;
        kept.answers.insert(key, answer);
    }

    fn kept(&self) -> MutexGuard<'_, Kept<K, V>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
