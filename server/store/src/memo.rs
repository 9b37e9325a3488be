//! What was read is kept until something is written.
//!
//! Only where one process writes: with SQLite, whose one writer makes
//! the database older with each commit before anybody is told of it, so what is kept is never out of date. With
//! PostgreSQL other nodes write too, and everything is read each time.

use crate::db::{Conn, Db};
use std::any::Any;
use std::collections::HashMap;
use std::hash::Hash;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// How many answers of [`Place`]s are kept at most.
const PLACES: usize = 4096;
/// How many rows all answers of the mirror that are kept have at most, and one of them: some 20 MB. Every other answer
/// counts as so many rows.
const ROWS: usize = 30_000;
const MOST_ROWS: usize = 8_000;
const SMALL: usize = 50;
/// Tables of the mirror that say how far its sync is, not what it holds; they change all the time.
const ABOUT_THE_SYNC: [&str; 2] = ["mirror_syncs", "mirror_scopes"];

/// How many batches were committed to a file. Whoever opens the same file in this process shares it.
#[derive(Clone, Debug)]
pub(crate) struct Age(Arc<Ages>);

#[derive(Debug, Default)]
struct Ages {
    /// All of them.
    all: AtomicU64,
    /// Those that were more than the talk of conversations.
    settled: AtomicU64,
    /// Those that changed what the mirror holds.
    mirrored: AtomicU64,
    /// Whether the batch that is being written did.
    touches_mirror: AtomicBool,
}

static FILES: Mutex<Vec<(PathBuf, Weak<Ages>)>> = Mutex::new(Vec::new());

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

    /// Something was written, or may have been; nothing but talk where `is_talk`.
    pub(crate) fn grow(&self, is_talk: bool) {
        self.0.all.fetch_add(1, Ordering::SeqCst);
        if !is_talk {
            self.0.settled.fetch_add(1, Ordering::SeqCst);
        }
        if self.0.touches_mirror.swap(false, Ordering::SeqCst) {
            self.0.mirrored.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// A row of `table` is being written.
    pub(crate) fn touch(&self, table: &str) {
        if table.starts_with("mirror_") && !ABOUT_THE_SYNC.contains(&table) {
            self.0.touches_mirror.store(true, Ordering::SeqCst);
        }
    }

    pub(crate) fn now(&self) -> u64 {
        self.0.all.load(Ordering::SeqCst)
    }

    fn settled(&self) -> u64 {
        self.0.settled.load(Ordering::SeqCst)
    }

    fn mirrored(&self) -> u64 {
        self.0.mirrored.load(Ordering::SeqCst)
    }
}

type Answers = Memo<String, Arc<dyn Any + Send + Sync>>;

/// What readers keep.
#[derive(Clone)]
pub(crate) struct Settled {
    age: Age,
    /// Of rows that talk of conversations never changes, such as settings and keys.
    rows: Answers,
    /// Of the mirror.
    questions: Answers,
}

impl Settled {
    pub(crate) fn new(age: Age) -> Self {
        Self { age, rows: Memo::new(PLACES), questions: Memo::new(ROWS) }
    }
}

/// Where the answer to one question is kept. Made before the database is asked, so that what is written meanwhile makes
/// the answer too old to be kept.
pub struct Place {
    kept: Option<(Answers, u64, String)>,
    /// What an answer weighs, at least.
    weight: usize,
}

impl Conn {
    /// The place of what `kind` of rows, chosen by `by`, says. Answers must follow from these and from tables that
    /// [`Db::write_talk`] leaves alone. Inside a transaction, and where other nodes write too, nothing is kept.
    pub(crate) fn place(&self, kind: &'static str, by: &[&str]) -> Place {
        let kept = self.settled.clone().map(|settled| {
            let age = settled.age.settled();
            (settled.rows, age, format!("{kind}\n{}", by.join("\n")))
        });
        Place { kept, weight: 1 }
    }

    /// The place of what the mirror answers to `question`, asked by `by`. Answers must follow from these and from what
    /// the mirror holds; how far its sync is they may not tell.
    pub fn mirror_place(&self, question: &'static str, by: &[&str]) -> Place {
        let kept = self.settled.clone().map(|settled| {
            let age = settled.age.mirrored();
            (settled.questions, age, format!("{question}\n{}", by.join("\n")))
        });
        Place { kept, weight: SMALL }
    }
}

impl Place {
    /// The answer that is kept there.
    pub fn answer<V: Clone + 'static>(&self) -> Option<V> {
        let (answers, age, key) = self.kept.as_ref()?;
        answers.find(*age, key)?.downcast_ref::<V>().cloned()
    }

    /// Keeps an answer and gives it back.
    pub fn keep<V: Clone + Send + Sync + 'static>(self, answer: V) -> V {
        let weight = self.weight;
        self.keep_weighing(answer, weight)
    }

    /// Keeps rows, unless they are too many, and gives them back.
    pub fn keep_rows<V: Clone + Send + Sync + 'static>(self, rows: Vec<V>) -> Vec<V> {
        let weight = rows.len().max(self.weight);
        if weight > MOST_ROWS { rows } else { self.keep_weighing(rows, weight) }
    }

    fn keep_weighing<V: Clone + Send + Sync + 'static>(self, answer: V, weight: usize) -> V {
        if let Some((answers, age, key)) = self.kept {
            answers.keep_weighing(Seen(Some(age)), key, Arc::new(answer.clone()), weight);
        }
        answer
    }
}

/// Answers by what was asked, as long as nothing is written. Clones share them.
pub struct Memo<K, V>(Arc<Mutex<Kept<K, V>>>);

/// How old the database was when an answer was looked for; nothing where other nodes write too.
#[derive(Clone, Copy, Debug)]
pub struct Seen(Option<u64>);

/// What came of looking for an answer.
#[derive(Debug)]
pub struct Looked<V> {
    /// When it was looked for.
    pub age: Seen,
    /// The answer that is kept.
    pub found: Option<V>,
}

struct Kept<K, V> {
    age: u64,
    most: usize,
    /// What all answers weigh.
    weight: usize,
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
        Self(Arc::new(Mutex::new(Kept { age: 0, most, weight: 0, answers: HashMap::new() })))
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
        let looked = self.look(db, &key);
        if let Some(kept) = looked.found {
            return Ok(kept);
        }
        let answer = read().await?;
        self.keep(looked.age, key, answer.clone());
        Ok(answer)
    }

    /// Looks for the answer to `key`. One that is read after that may be kept, which not every answer is worth.
    pub fn look(&self, db: &Db, key: &K) -> Looked<V> {
        // Before the database is read: what is written meanwhile makes the answer too old to be kept.
        let age = db.age();
        Looked { age: Seen(age), found: age.and_then(|age| self.find(age, key)) }
    }

    fn find(&self, age: u64, key: &K) -> Option<V> {
        let kept = self.kept();
        kept.answers.get(key).filter(|_| kept.age == age).cloned()
    }

    /// Keeps an answer that was read after `seen`.
    pub fn keep(&self, seen: Seen, key: K, answer: V) {
        self.keep_weighing(seen, key, answer, 1);
    }

    /// An answer that is told anew weighs twice; when all weigh too much they go, and nothing is lost but time.
    fn keep_weighing(&self, Seen(age): Seen, key: K, answer: V, weight: usize) {
        let Some(age) = age else { return };
        let mut kept = self.kept();
        if kept.age > age {
            return;
        }
        if kept.age < age || kept.weight + weight > kept.most {
            kept.answers.clear();
            kept.weight = 0;
        }
        kept.age = age;
        kept.weight += weight;
        kept.answers.insert(key, answer);
    }

    fn kept(&self) -> MutexGuard<'_, Kept<K, V>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
