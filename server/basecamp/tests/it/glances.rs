//! What lies inside one tool of a project is seen when the feed or a change tells of it, long before the daily walk.

use crate::client_with;
use crate::mirror::{ACCOUNT, World, pace};
use basecamp::config::Pace;
use reqwest::Method;
use sandbox::faults::Fault;
use serde_json::{Value, json};
use std::time::Duration;
use store::error::StoreError;
use store::mirror::Key;
use store::mirror_scopes::{self, ScopeRow};
use store::{mirror_lookups as lookups, mirror_sync};

const DAY: Duration = Duration::from_secs(24 * 3_600);

impl World {
    /// On each database, filled, with walks that come again only the next day.
    async fn patient(pace: Pace) -> Vec<Self> {
        let mut worlds = Self::all().await;
        for world in &mut worlds {
            world.basecamp = client_with(world.test.db.clone(), &world.running, pace);
            world.basecamp.sync_once().await.unwrap();
        }
        worlds
    }

    fn key(&self) -> Key {
        mirror_sync::key(self.admin.workspace.as_str(), "c1", ACCOUNT)
    }

    /// The first tool of a sort that is switched on.
    pub(crate) async fn tool(&self, name: &str) -> i64 {
        let projects = self.ask(Method::GET, "projects.json", json!({})).await;
        let docks =
            projects.as_array().unwrap().iter().flat_map(|it| it["dock"].as_array().unwrap());
        let mut found = docks.filter(|it| it["name"] == name && it["enabled"] == true);
        found.next().unwrap()["id"].as_i64().unwrap()
    }

    /// Makes something in Basecamp, and gives its id.
    pub(crate) async fn made(&self, path: &str, body: Value) -> i64 {
        self.ask(Method::POST, path, body).await["id"].as_i64().unwrap()
    }

    pub(crate) async fn holds(&self, id: i64) -> bool {
        let mut conn = self.test.db.read().await.unwrap();
        lookups::brief(&mut conn, &self.key(), id).await.unwrap().is_some()
    }

    /// Columns in use on a board.
    async fn columns(&self, board: i64) -> Vec<i64> {
        let mut conn = self.test.db.read().await.unwrap();
        let found = lookups::inside(&mut conn, &self.key(), "Kanban::Column", board).await.unwrap();
        found.into_iter().map(|it| it.id).collect()
    }

    /// Syncs once, and gives what was asked for meanwhile.
    async fn asked(&self) -> Vec<String> {
        let before = self.running.sandbox.requests().len();
        self.basecamp.sync_once().await.unwrap();
        self.running.sandbox.requests().split_off(before)
    }
}

/// Looks that nobody told of come the next day.
fn patient() -> Pace {
    Pace { work: Duration::ZERO, rest: DAY, aside: DAY, whole: DAY, ..pace() }
}

#[tokio::test]
async fn a_line_a_question_and_a_column_are_seen_with_the_next_poll_of_the_feed() {
    for world in World::patient(patient()).await {
        let place = world.test.name;
        let (chat, board) = (world.tool("chat").await, world.tool("kanban_board").await);
        let questions = world.tool("questionnaire").await;
        let line =
            world.made(&format!("chats/{chat}/lines.json"), json!({"content": "On it"})).await;
        let schedule = json!({"frequency": "every_day", "days": [1], "hour": 9, "minute": 0});
        let body = json!({"title": "What is next?", "schedule": schedule});
        let question =
            world.made(&format!("questionnaires/{questions}/questions.json"), body).await;
        let columns = format!("card_tables/{board}/columns.json");
        let column = world.made(&columns, json!({"title": "Review"})).await;
        let cards = format!("card_tables/lists/{column}/cards.json");
        let card = world.made(&cards, json!({"title": "Look at it"})).await;
        let asked = world.asked().await;
        for id in [line, question, column, card] {
            assert!(world.holds(id).await, "{place}: {id} of {line} {question} {column} {card}");
        }
        let count = |part: &str| asked.iter().filter(|it| it.contains(part)).count();
        assert_eq!((count("/lines"), count("/questionnaires/")), (1, 0), "{place}: {asked:?}");
        assert_eq!(count(&format!("/card_tables/{board}")), 1, "{place}: {asked:?}");
        assert!(world.asked().await.iter().all(|it| it.contains("/events")), "{place}");
    }
}

#[tokio::test]
async fn a_column_that_is_gone_is_found_when_a_card_of_its_board_changes() {
    for world in World::patient(patient()).await {
        let (place, board) = (world.test.name, world.tool("kanban_board").await);
        let column = world.columns(board).await[0];
        let path = format!("recordings/{column}/status/trashed.json");
        world.upstream(Method::PUT, &path, json!({})).await;
        world.asked().await;
        assert!(world.columns(board).await.contains(&column), "{place}: nobody told of it");
        let table = world.ask(Method::GET, &format!("card_tables/{board}.json"), json!({})).await;
        let first = table["lists"][0]["id"].as_i64().unwrap();
        let cards = format!("card_tables/lists/{first}/cards.json");
        world.made(&cards, json!({"title": "Tells of its board"})).await;
        world.asked().await;
        assert!(!world.columns(board).await.contains(&column), "{place}");
    }
}

#[tokio::test]
async fn without_a_feed_a_changed_card_tells_of_its_board() {
    for mut world in World::all().await {
        world.running.sandbox.fail_while("/events.json", Fault::Status(404));
        let pace = Pace { work: DAY, ..patient() };
        world.basecamp = client_with(world.test.db.clone(), &world.running, pace);
        world.basecamp.sync_once().await.unwrap();
        let board = world.tool("kanban_board").await;
        let columns = format!("card_tables/{board}/columns.json");
        let column = world.made(&columns, json!({"title": "Review"})).await;
        let cards = format!("card_tables/lists/{column}/cards.json");
        world.made(&cards, json!({"title": "Look at it"})).await;
        world.make_due("Kanban::Card").await;
        let asked = world.asked().await;
        assert!(world.holds(column).await, "{}: {asked:?}", world.test.name);
    }
}

#[tokio::test]
async fn a_look_ends_with_its_first_page_once_two_met_the_same_there() {
    for mut world in World::all().await {
        let place = world.test.name;
        world.running.sandbox.fail_while("/events.json", Fault::Status(404));
        let list = world.live().await.lists[0][0].id;
        // As after an import: many to-dos of one instant, on three pages.
        world.running.sandbox.fill_list(list, 60).await.unwrap();
        let pace = Pace { work: DAY, ..patient() };
        world.basecamp = client_with(world.test.db.clone(), &world.running, pace);
        world.basecamp.sync_once().await.unwrap();
        let mut pages = Vec::new();
        for _ in 0..4 {
            pages.push(world.look_at_todos().await);
        }
        assert_eq!(pages, [3, 3, 1, 1], "{place}");
        // Whatever is new is on the first page, so a look goes on behind it again.
        let todo = world.live().await.open.into_iter().find(|it| it.list_id == Some(list)).unwrap();
        let body = json!({"content": "Changed since"});
        world.upstream(Method::PUT, &format!("todos/{}.json", todo.id), body).await;
        assert_eq!(world.look_at_todos().await, 3, "{place}");
        let open = world.everything(&world.basecamp).await.open;
        assert!(open.iter().any(|it| it.id == todo.id && it.title == "Changed since"), "{place}");
        world.assert_mirrored().await;
    }
}

impl World {
    /// Looks for news of to-dos alone, and gives how many pages that took.
    async fn look_at_todos(&self) -> usize {
        self.make_due("Todo").await;
        self.asked().await.iter().filter(|it| it.contains("type=Todo&")).count()
    }

    /// Makes one look due and no other.
    async fn make_due(&self, scope: &'static str) {
        self.basecamp.hurry_sync(&self.admin).await.unwrap();
        let key = self.key();
        let write = self.test.db.write::<(), StoreError, _>(move |conn| {
            Box::pin(async move {
                for row in mirror_scopes::scopes(conn, &key).await? {
                    let due_at = if row.scope == scope { 0 } else { i64::MAX };
                    mirror_scopes::set_scope(conn, &key, &ScopeRow { due_at, ..row }).await?;
                }
                Ok(())
            })
        });
        write.await.unwrap();
    }
}
