//! Work that nobody looks after (formulas.md 16).

use basecamp::facts::{Item, Post, says_blocked};
use chrono::NaiveDate;
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap};

use super::DAY_MS;

/// Items listed of each group.
const MOST: usize = 15;
const MOST_BLOCKED: usize = 10;
/// Comments of an item that are read.
const COMMENTS: usize = 5;

/// The word for how much there is.
pub fn severity(total: usize) -> &'static str {
    match total {
        21.. => "critical",
        11..=20 => "high",
        6..=10 => "medium",
        _ => "low",
    }
}

/// Records under which one of the last comments says that something does not go on; `posts` has the newest first.
fn spoken_of(posts: &[Post]) -> BTreeSet<i64> {
    let mut met: HashMap<i64, usize> = HashMap::new();
    let mut found = BTreeSet::new();
    for post in posts {
        let Some(parent) = post.parent_id else { continue };
        let count = met.entry(parent).or_default();
        *count += 1;
        if *count <= COMMENTS && post.is_blocked {
            found.insert(parent);
        }
    }
    found
}

/// Ids of the open items that say, or of which is said, that they do not go on.
pub fn blocked(items: &[Item], posts: &[Post]) -> BTreeSet<i64> {
    let spoken = spoken_of(posts);
    let is_blocked =
        |it: &&Item| says_blocked(&it.title) || says_blocked(&it.body) || spoken.contains(&it.id);
    items.iter().filter(|it| !it.completed).filter(is_blocked).map(|it| it.id).collect()
}

fn short(it: &Item, now: i64) -> Value {
    json!({
        "id": it.id, "title": it.title, "project_id": it.project_id, "due_on": it.due_on, "app_url": it.app_url,
        "assignees": it.assignees.iter().map(|it| &it.name).collect::<Vec<_>>(),
        "days_quiet": (now - it.active_at).max(0) / DAY_MS
    })
}

/// Stale, unassigned, overdue and blocked items among `items`, with those completed lately when asked.
pub fn result(
    items: &[Item],
    posts: &[Post],
    (now, today): (i64, NaiveDate),
    (stale_days, with_completed): (i64, bool),
) -> Value {
    let open: Vec<&Item> = items.iter().filter(|it| !it.completed).collect();
    let is_old = |it: &Item| now - it.active_at > stale_days * DAY_MS;
    let is_late = |it: &Item| it.due_on.is_some_and(|day| day < today);
    let waiting = blocked(items, posts);
    let mut stale: Vec<&Item> = open.iter().copied().filter(|it| is_old(it)).collect();
    stale.sort_by_key(|it| it.active_at);
    let mut free: Vec<&Item> = open.iter().copied().filter(|it| it.assignees.is_empty()).collect();
    free.sort_by_key(|it| it.created_at);
    let mut late: Vec<&Item> = open.iter().copied().filter(|it| is_late(it)).collect();
    late.sort_by_key(|it| it.due_on);
    let blocked: Vec<&Item> = open.iter().copied().filter(|it| waiting.contains(&it.id)).collect();
    let groups = [&stale, &free, &late, &blocked];
    let total: usize = groups.iter().map(|it| it.len()).sum();
    let unique: BTreeSet<i64> = groups.iter().flat_map(|it| it.iter().map(|it| it.id)).collect();
    let rules = [
        (!late.is_empty(), "Settle the overdue items"),
        (stale.len() > 5, "Ask about the items that nothing happens to"),
        (free.len() > 3, "Give the unassigned items to somebody"),
        (!blocked.is_empty(), "Find out what the blocked items wait for"),
        (total == 0, "nothing is stuck"),
    ];
    let advice: Vec<&str> = rules.into_iter().filter(|it| it.0).map(|it| it.1).collect();
    let group = |items: &[&Item], most: usize| {
        let listed: Vec<Value> = items.iter().take(most).map(|it| short(it, now)).collect();
        json!({ "count": items.len(), "items": listed })
    };
    let mut value = json!({
        "total_ghost_items": total, "unique_items": unique.len(), "stale": group(&stale, MOST),
        "unassigned": group(&free, MOST), "overdue": group(&late, MOST), "blocked": group(&blocked, MOST_BLOCKED),
        "severity": severity(total), "recommendations": advice
    });
    if with_completed {
        let is_back = |it: &&Item| {
            let done = it.completed_at.filter(|at| it.completed && now - at <= 14 * DAY_MS);
            done.is_some_and(|at| {
                let day =
                    chrono::DateTime::from_timestamp_millis(at).unwrap_or_default().date_naive();
                it.due_on.is_some_and(|due| due < day)
            })
        };
        let back: Vec<&Item> = items.iter().filter(is_back).collect();
        value["completed"] = group(&back, MOST);
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::tests::{NOW, TODAY, item};

    #[test]
    fn both_examples_and_every_edge_of_the_severity() {
        assert_eq!((severity(4 + 2 + 3 + 1), severity(11 + 6 + 3 + 2)), ("medium", "critical"));
        assert_eq!((severity(5), severity(11), severity(20)), ("low", "high", "high"));
    }

    #[test]
    fn an_item_may_be_in_several_groups_and_counts_once_as_one() {
        let late = Item {
            active_at: NOW - 9 * DAY_MS,
            due_on: Some("2026-02-01".parse().unwrap()),
            assignees: Vec::new(),
            ..item(1)
        };
        let waits = item(2);
        let post = |at: i64, is_blocked| Post {
            creator_id: None,
            project_id: 1,
            parent_id: Some(2),
            created_at: NOW - at,
            is_blocked,
        };
        let mut posts = vec![post(1, true)];
        let told = result(&[late.clone(), waits.clone()], &posts, (NOW, TODAY), (7, false));
        assert_eq!((&told["total_ghost_items"], &told["unique_items"]), (&json!(4), &json!(2)));
        assert_eq!(told["blocked"]["items"][0]["id"], 2);
        // Five later comments say nothing of it any more.
        posts.splice(0..0, (0..5).map(|it| post(it, false)));
        let told = result(&[waits], &posts, (NOW, TODAY), (7, false));
        assert_eq!(told["recommendations"], json!(["nothing is stuck"]));
    }
}
