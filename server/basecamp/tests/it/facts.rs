//! What formulas count, in whole and narrowed to what still counts for how people stand.

use crate::mirror::World;
use basecamp::facts::{Item, Lately};
use reqwest::Method;
use serde_json::json;
use std::collections::HashSet;

const DAY_MS: i64 = 86_400_000;

fn newest(items: &[Item]) -> i64 {
    items.iter().map(|it| it.created_at).max().unwrap()
}

#[tokio::test]
async fn what_counts_lately_is_all_that_is_open_or_was_touched_since_and_no_more() {
    for world in World::all().await {
        let place = world.test.name;
        world.basecamp.sync_once().await.unwrap();
        let whole = world.basecamp.facts(&world.admin, None).await.unwrap();
        let done = whole.items.iter().filter_map(|it| it.completed_at).max().unwrap() - 5 * DAY_MS;
        let said = newest(&whole.items) - 3 * DAY_MS;
        // Something old that was written about since still counts.
        let is_old = |it: &&Item| it.completed_at.is_some_and(|at| at < done) && !it.is_card;
        let old = whole.items.iter().filter(is_old).find(|it| it.created_at < said).unwrap().id;
        let path = format!("recordings/{old}/comments.json");
        world.upstream(Method::POST, &path, json!({"content": "One more thing"})).await;
        world.sync().await;
        let mut whole = world.basecamp.facts(&world.admin, None).await.unwrap();
        let before = world.running.sandbox.requests().len();
        let lately = Lately { done, said };
        let found = world.basecamp.facts_lately(&world.admin, lately).await.unwrap();
        assert_eq!(world.running.sandbox.requests().len(), before, "{place}: it asked");
        assert!(found.items.iter().any(|it| it.id == old), "{place}");
        assert!(found.items.len() < whole.items.len(), "{place}: nothing was left out");
        let has_post = |id: i64| {
            whole.posts.iter().any(|it| it.parent_id == Some(id) && it.created_at >= said)
        };
        let counts = |it: &Item| {
            !it.completed
                || it.completed_at.is_some_and(|at| at >= done)
                || it.created_at >= said
                || has_post(it.id)
        };
        let ids: HashSet<i64> = found.items.iter().map(|it| it.id).collect();
        let missed: Vec<&Item> =
            whole.items.iter().filter(|it| counts(it) && !ids.contains(&it.id)).collect();
        assert!(missed.is_empty(), "{place}: {missed:?}");
        let idle = found.items.iter().find(|it| !counts(it) && it.active_at < said);
        assert_eq!(idle, None, "{place}");
        whole.items.retain(|it| ids.contains(&it.id));
        whole.items.iter_mut().for_each(|it| it.body.clear());
        assert_eq!(found.items, whole.items, "{place}");
        whole.posts.retain(|it| it.created_at >= said);
        assert_eq!(found.posts, whole.posts, "{place}");
        assert_eq!(found.projects, whole.projects, "{place}");
    }
}
