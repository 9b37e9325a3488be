//! While the mirror catches up with what others did, every answer is whole, or says that it is not and as of when it
//! was; and who did it is known.

use crate::client_with;
use crate::mirror::{World, eventually, pace};
use basecamp::facts::Happened;
use domain::mirror::{Freshness, MirrorState, Part};
use domain::todo::{TodoChanges, TodoQuery};
use reqwest::Method;
use sandbox::faults::Fault;
use serde_json::json;
use std::time::Duration;
use store::ids;

/// More than a page of anything holds.
const MANY: usize = 1_203;
const HOUR: Duration = Duration::from_secs(3_600);

/// Requests at which a sync is stopped: before it hears of anything, before it reads the list, in the middle of it.
const STOPS: [&str; 4] = ["/events.json", "type=Todo&", "page=4", "page=9"];

impl World {
    /// How old an answer is, and then the answer: to-dos of one project.
    async fn counted(&self, project: i64) -> (Freshness, usize) {
        let age = self.basecamp.freshness_of(&self.admin, &[Part::Todos]).await.unwrap();
        let query = TodoQuery { project_id: Some(project), ..TodoQuery::default() };
        (age, self.basecamp.todos(&self.admin, &query).await.unwrap().len())
    }

    /// Syncs until everything that is known of is read: on PostgreSQL the lease of who was killed ends first.
    async fn catch_up(&self, project: i64) -> (Freshness, usize) {
        for _ in 0..300 {
            self.sync().await;
            let (age, count) = self.counted(project).await;
            let sync = self.basecamp.mirror_status(&self.admin).await.unwrap();
            if age.stale.is_none() && sync.state == MirrorState::Following && age.is_mirrored {
                // A look that began after all that was known of was read.
                self.sync().await;
                let (age, again) = self.counted(project).await;
                if (age.stale.is_none(), again) == (true, count) {
                    return (age, count);
                }
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{}: it never caught up", self.test.name);
    }

    /// A sync that is killed while it waits for a request that holds `part`.
    async fn stop_at(&mut self, part: &str) {
        let sandbox = self.running.sandbox.clone();
        let before = sandbox.requests().len();
        sandbox.fail_while(part, Fault::Slow(HOUR));
        let sync = self.basecamp.sync(std::future::pending());
        eventually(|| sandbox.requests().iter().skip(before).any(|it| it.contains(part))).await;
        drop(sync);
        sandbox.heal();
        self.basecamp = client_with(self.test.db.clone(), &self.running, pace());
    }
}

#[tokio::test]
async fn a_part_is_never_told_as_the_whole() {
    for mut world in World::all().await {
        let place = world.test.name;
        world.basecamp.sync_once().await.unwrap();
        let list = world.basecamp.projects(&world.admin).await.unwrap().remove(0);
        let list = world.basecamp.lists(&world.admin, list.id).await.unwrap().remove(0);
        let (_, before) = world.counted(list.project_id).await;
        let made_at = ids::now_ms();
        world.running.sandbox.fill_list(list.id, MANY).await.unwrap();
        world.basecamp.hurry_sync(&world.admin).await.unwrap();
        let mut parts = 0;
        for part in STOPS {
            world.stop_at(part).await;
            let (age, count) = world.counted(list.project_id).await;
            assert!(count < before + MANY, "{place}, {part}: it was to be stopped before the end");
            assert!(age.as_of_ms < made_at, "{place}, {part}: {age:?} with {count}");
            if count > before {
                parts += 1;
                let words = age.stale.unwrap_or_default();
                assert!(words.contains("to-dos"), "{place}, {part}: {count} of {MANY}, {words:?}");
            }
            let facts = world.basecamp.facts(&world.admin, Some(list.project_id)).await.unwrap();
            assert!(facts.freshness.as_of_ms < made_at, "{place}, {part}");
            let is_part = facts.items.iter().filter(|it| !it.is_card && !it.completed).count();
            assert!(is_part == before || facts.freshness.stale.is_some(), "{place}, {part}");
        }
        assert!(parts >= 2, "{place}: {parts}");
        let (age, count) = world.catch_up(list.project_id).await;
        assert_eq!((count, age.stale), (before + MANY, None), "{place}");
        assert!(age.as_of_ms >= made_at, "{place}");
        world.assert_mirrored().await;
    }
}

#[tokio::test]
async fn news_that_come_while_a_list_is_read_are_looked_for_again() {
    for mut world in World::all().await {
        let place = world.test.name;
        world.basecamp.sync_once().await.unwrap();
        let project = world.basecamp.projects(&world.admin).await.unwrap().remove(0);
        let list = world.basecamp.lists(&world.admin, project.id).await.unwrap().remove(0);
        let (_, before) = world.counted(project.id).await;
        world.running.sandbox.fill_list(list.id, 300).await.unwrap();
        world.basecamp.hurry_sync(&world.admin).await.unwrap();
        world.stop_at("page=4").await;
        // They are on the pages that were read already.
        world.running.sandbox.fill_list(list.id, 40).await.unwrap();
        world.basecamp.hurry_sync(&world.admin).await.unwrap();
        world.basecamp.sync_once().await.unwrap();
        let (age, count) = world.counted(project.id).await;
        assert!(count == before + 340 || age.stale.is_some(), "{place}: {count}, {age:?}");
        let (age, count) = world.catch_up(project.id).await;
        assert_eq!((count, age.stale), (before + 340, None), "{place}");
    }
}

#[tokio::test]
async fn who_changed_what_is_known_of_our_own_writes_and_of_what_the_feed_names() {
    for world in World::all().await {
        let place = world.test.name;
        world.basecamp.sync_once().await.unwrap();
        let todo = world.live().await.open[0].clone();
        // Somebody else's change, which PM OS meets with its own.
        let path = format!("todos/{}.json", todo.id);
        world.upstream(Method::PUT, &path, json!({"content": "Renamed in Basecamp"})).await;
        let changes = TodoChanges { due_on: Some("2030-02-03".into()), ..TodoChanges::default() };
        world.basecamp.update_todo(&world.admin, todo.id, &changes).await.unwrap();
        world.basecamp.complete_todo(&world.admin, todo.id).await.unwrap();
        let found = |all: Vec<Happened>, field: &str| {
            let is_it = |it: &Happened| it.record_id == todo.id && it.field == field;
            all.into_iter().find(is_it).unwrap_or_else(|| panic!("{place}: no {field}"))
        };
        let all = || async {
            let span = (0, i64::MAX);
            world.basecamp.happened(&world.admin, span).await.unwrap().unwrap()
        };
        for field in ["due_on", "completion"] {
            let it = found(all().await, field);
            assert_eq!(it.actor.as_deref(), Some("Amara Osei"), "{place}: {field}");
            assert!(it.who.is_some(), "{place}: {field}");
        }
        let renamed = found(all().await, "title");
        assert_eq!(renamed.actor, None, "{place}: somebody else did that");
        let other = world.live().await.open[1].clone();
        let path = format!("todos/{}.json", other.id);
        let people: Vec<i64> = other.assignees.iter().map(|it| it.id).collect();
        let body = json!({"content": "Renamed once more", "assignee_ids": people});
        world.upstream(Method::PUT, &path, body).await;
        world.sync().await;
        let is_it = |it: &Happened| it.record_id == other.id && it.field == "title";
        let renamed = all().await.into_iter().find(is_it).unwrap();
        assert_eq!(renamed.actor, None, "{place}");
        assert!(renamed.who.is_some(), "{place}: the feed names who did it");
    }
}
