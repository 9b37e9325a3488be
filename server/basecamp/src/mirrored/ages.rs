//! How old what the mirror says is: of every part as of its last complete look, and out of date while news of it are
//! known that are not all read.

use super::{Looked, WORK};
use crate::scopes;
use domain::mirror::{Freshness, Part};
use store::mirror_scopes::ScopeRow;

/// Without a look for this long, answers are marked as out of date.
const OLD_MS: i64 = 30 * 60_000;
/// The same for what is looked at once an hour.
const SELDOM_OLD_MS: i64 = 3 * 60 * 60_000;

/// What walks fill a part, the one that tells its age first.
fn names(part: Part) -> &'static [&'static str] {
    match part {
        Part::Projects => &[scopes::PROJECTS],
        Part::People => &[scopes::PEOPLE],
        Part::Lists => &[scopes::LISTS],
        Part::Todos => &[scopes::TODOS, scopes::LISTS, scopes::PROJECTS],
        Part::Cards => &[scopes::CARDS],
        Part::Comments => &[scopes::COMMENTS],
        Part::Messages => &["Message"],
        Part::Answers => &["Question::Answer"],
    }
}

/// Whether the event feed tells of every change of a part that matters to its answers.
fn is_fed(part: Part) -> bool {
    !matches!(part, Part::Projects | Part::People | Part::Lists)
}

/// How fresh answers made of `parts` are.
pub(super) fn freshness(looked: &Looked, parts: &[Part], now: i64) -> Freshness {
    let row = |name: &str| looked.scopes.iter().find(|it| it.scope == name);
    let is_there =
        |name: &&str| row(name).is_some_and(|it| it.filled_at.is_some() && it.is_absent == 0);
    let is_mirrored = !looked.is_client && WORK.iter().all(is_there);
    let sync = looked.sync.as_ref();
    let trouble = sync.and_then(|it| it.trouble.clone());
    let lost = "Basecamp no longer accepts our access. Connect Basecamp again";
    if !is_mirrored {
        let stale = if looked.is_lost { Some(lost.to_owned()) } else { trouble };
        return Freshness { as_of_ms: now, is_mirrored, stale };
    }
    let fed = sync.filter(|it| it.feed == "on").and_then(|it| it.feed_at).unwrap_or_default();
    let (mut as_of_ms, mut is_old, mut behind) = (now, false, None);
    for part in parts {
        let mut rows = names(*part).iter().filter_map(|it| row(it));
        behind = behind.or_else(|| rows.clone().find(|it| is_behind(it)));
        let Some(first) = rows.next().filter(|it| it.is_absent == 0) else { continue };
        let looked_at = first.checked_at.unwrap_or_default();
        let is_followed = is_fed(*part) && !is_behind(first);
        let age = if is_followed { looked_at.max(fed) } else { looked_at };
        as_of_ms = as_of_ms.min(age);
        is_old |= now - age > if *part == Part::People { SELDOM_OLD_MS } else { OLD_MS };
    }
    let stale = if looked.is_lost {
        Some(lost.to_owned())
    } else {
        trouble
            .or_else(|| behind.map(words))
            .or_else(|| is_old.then(|| "It was not looked at lately".to_owned()))
    };
    Freshness { as_of_ms, is_mirrored, stale }
}

/// Whether there are news of it that are not all read: some were heard of, or a look for them has more pages. A whole
/// walk beside that only finds out what is gone.
fn is_behind(row: &ScopeRow) -> bool {
    let is_list = row.scope.split('/').next() != Some(scopes::HOURS);
    row.filled_at.is_some()
        && (row.news_at.is_some() || (is_list && row.mode == "delta" && row.cursor.is_some()))
}

fn words(row: &ScopeRow) -> String {
    let what = match row.scope.as_str() {
        scopes::PROJECTS => "projects",
        scopes::LISTS => "to-do lists",
        scopes::TODOS => "to-dos",
        scopes::CARDS => "cards",
        scopes::COMMENTS => "comments",
        "Message" => "messages",
        _ => "records",
    };
    format!("News of {what} in Basecamp are being read, and not all are here yet")
}
