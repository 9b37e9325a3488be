//! The mirror over real HTTP, on both databases: what it holds equals the live walk, whatever happens on the way.

use crate::{TODAY, admin, client_with};
use basecamp::Basecamp;
use basecamp::config::Pace;
use domain::actor::Actor;
use domain::mirror::MirrorState;
use domain::project::{Person, Project};
use domain::todo::{Todo, TodoList, TodoQuery};
use reqwest::Method;
use sandbox::faults::Fault;
use sandbox::{Bumps, Running, serve};
use serde_json::{Value, json};
use std::collections::HashSet;
use std::time::Duration;
use store::connections::{self, NewConnection};
use store::secrets::SecretKey;
use store::testing::TestDb;

pub(crate) const ACCOUNT: i64 = 4_100_123;
const TOKEN: &str = "a-token-that-only-this-test-knows-of";

/// A workspace whose Basecamp can also be reached past PM OS.
pub(crate) struct World {
    pub(crate) test: TestDb,
    pub(crate) running: Running,
    pub(crate) basecamp: Basecamp,
    pub(crate) admin: Actor,
}

/// Everything the pages show.
#[derive(Debug, PartialEq)]
pub(crate) struct Everything {
    pub(crate) projects: Vec<Project>,
    people: Vec<Person>,
    pub(crate) open: Vec<Todo>,
    pub(crate) completed: Vec<Todo>,
    pub(crate) lists: Vec<Vec<TodoList>>,
}

/// Every look is due at once and whole, so that a test need not wait for it.
pub(crate) fn pace() -> Pace {
    Pace {
        whole: Duration::ZERO,
        most: Duration::ZERO,
        retry: Duration::from_millis(50),
        lease: Duration::from_secs(1),
        settles: Duration::ZERO,
        ..Pace::default()
    }
}

impl World {
    pub(crate) async fn on(test: TestDb, bumps: Bumps) -> Self {
        Self::beside(test, sandbox::Config { bumps, ..sandbox::Config::default() }).await
    }

    /// With a sandbox that differs from others as `config` says.
    pub(crate) async fn beside(test: TestDb, config: sandbox::Config) -> Self {
        let config = sandbox::Config {
            today: Some(TODAY),
            keeps_log: true,
            webhook_pause: Duration::from_millis(1),
            ..config
        };
        let running = serve(config).await.unwrap();
        running.sandbox.create_account(ACCOUNT, TOKEN).await.unwrap();
        let basecamp = client_with(test.db.clone(), &running, pace());
        let world = Self { test, running, basecamp, admin: admin("a") };
        world.connect().await;
        world
    }

    pub(crate) async fn all() -> Vec<Self> {
        let mut worlds = Vec::new();
        for test in TestDb::both().await {
            worlds.push(Self::on(test, Bumps::default()).await);
        }
        worlds
    }

    pub(crate) async fn connect(&self) {
        self.connect_as("c1", None, (TOKEN, 1)).await;
    }

    /// With the token of a person of the account, for the workspace or for `owner` alone.
    pub(crate) async fn connect_as(
        &self,
        id: &str,
        owner: Option<&str>,
        (token, person): (&str, i64),
    ) {
        let key = SecretKey::from_text("a key for tests");
        let person = json!({"id": person, "name": "Amara Osei", "email": null, "title": null});
        let meta = json!({
            "is_sample": true, "account_id": ACCOUNT, "account_name": "Fernhill Studio", "person": person
        });
        let new = NewConnection {
            id: id.into(),
            owner_id: owner.map(Into::into),
            app: "basecamp".into(),
            name: "Fernhill Studio".into(),
            secret: key.seal(token, &format!("a|{id}|secret")),
            meta: meta.to_string(),
        };
        let workspace = self.admin.workspace.clone();
        let write = self.test.db.write::<(), store::error::StoreError, _>(move |conn| {
            Box::pin(async move { connections::insert(conn, &workspace, &new).await })
        });
        write.await.unwrap();
    }

    /// A write past PM OS, as people make them in Basecamp.
    pub(crate) async fn upstream(&self, method: Method, path: &str, body: Value) {
        self.ask(method, path, body).await;
    }

    /// A call past PM OS, and what it answers.
    pub(crate) async fn ask(&self, method: Method, path: &str, body: Value) -> Value {
        let url = format!("{}/{ACCOUNT}/{path}", self.running.sandbox.base_url());
        let request = reqwest::Client::new().request(method, url).bearer_auth(TOKEN);
        let request = request.header("user-agent", "tests (tests@pmos.example)").json(&body);
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap_or_default()
    }

    pub(crate) async fn everything(&self, basecamp: &Basecamp) -> Everything {
        let query = |completed| TodoQuery { completed, ..TodoQuery::default() };
        let projects = basecamp.projects(&self.admin).await.unwrap();
        let mut lists = Vec::new();
        for project in &projects {
            lists.push(basecamp.lists_with_todos(&self.admin, project.id).await.unwrap());
        }
        Everything {
            projects,
            people: basecamp.people(&self.admin).await.unwrap(),
            open: sorted(basecamp.todos(&self.admin, &query(false)).await.unwrap()),
            completed: sorted(basecamp.todos(&self.admin, &query(true)).await.unwrap()),
            lists,
        }
    }

    /// What a walk through Basecamp itself shows now, past every mirror: another database has none.
    pub(crate) async fn live(&self) -> Everything {
        let fresh = TestDb::sqlite().await;
        let basecamp = client_with(fresh.db.clone(), &self.running, pace());
        let other = Self {
            test: fresh,
            running: serve(sandbox::Config::default()).await.unwrap(),
            basecamp,
            admin: self.admin.clone(),
        };
        other.connect().await;
        other.everything(&other.basecamp).await
    }

    pub(crate) async fn sync(&self) {
        self.basecamp.hurry_sync(&self.admin).await.unwrap();
        self.basecamp.sync_once().await.unwrap();
    }

    pub(crate) async fn state(&self) -> MirrorState {
        self.basecamp.mirror_status(&self.admin).await.unwrap().state
    }

    pub(crate) async fn assert_mirrored(&self) {
        let live = self.live().await;
        let before = self.running.sandbox.requests().len();
        let mirrored = self.everything(&self.basecamp).await;
        assert_eq!(self.running.sandbox.requests().len(), before, "{}: it asked", self.test.name);
        assert_eq!(mirrored, live, "{}", self.test.name);
    }

    /// Starts the sync, and kills it while it waits for request number `number`.
    async fn kill_at(&self, number: usize) {
        let sandbox = &self.running.sandbox;
        let before = sandbox.requests().len();
        (1..number).for_each(|_| sandbox.fail_next(Fault::Pass));
        sandbox.fail_next(Fault::Slow(Duration::from_secs(3_600)));
        let sync = self.basecamp.sync(std::future::pending());
        eventually(|| sandbox.requests().len() >= before + number).await;
        drop(sync);
        sandbox.heal();
    }

    /// Another process, as after a crash, syncs until the mirror is filled.
    pub(crate) async fn take_over(&mut self) {
        self.basecamp = client_with(self.test.db.clone(), &self.running, pace());
        for _ in 0..300 {
            self.basecamp.sync_once().await.unwrap();
            if self.state().await == MirrorState::Following {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{}: it never filled", self.test.name);
    }
}

fn sorted(mut todos: Vec<Todo>) -> Vec<Todo> {
    todos.sort_by_key(|it| it.id);
    todos
}

pub(crate) async fn eventually(is_true: impl Fn() -> bool) {
    for _ in 0..1_500 {
        if is_true() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it never came true");
}

#[tokio::test]
async fn a_first_load_equals_the_live_walk() {
    for world in World::all().await {
        assert_eq!(world.state().await, MirrorState::Waiting);
        world.basecamp.sync_once().await.unwrap();
        assert_eq!(world.state().await, MirrorState::Following, "{}", world.test.name);
        world.assert_mirrored().await;
        let freshness = world.basecamp.freshness(&world.admin).await.unwrap();
        assert!(freshness.is_mirrored && freshness.stale.is_none(), "{freshness:?}");
    }
}

#[tokio::test]
async fn a_load_that_was_killed_goes_on_and_repeats_no_page() {
    for mut world in World::all().await {
        world.kill_at(7).await;
        assert_eq!(world.state().await, MirrorState::Filling, "{}", world.test.name);
        let first = world.running.sandbox.requests();
        world.take_over().await;
        let second = world.running.sandbox.requests().split_off(first.len());
        let finished: HashSet<&String> = first[..first.len() - 1].iter().collect();
        let is_page = |it: &&String| it.contains("recordings.json");
        let again: Vec<&String> =
            second.iter().filter(is_page).filter(|it| finished.contains(it)).collect();
        assert!(again.is_empty(), "{}: {again:?}", world.test.name);
        world.assert_mirrored().await;
    }
}

#[tokio::test]
async fn records_that_move_between_pages_are_neither_lost_nor_doubled() {
    for mut world in World::all().await {
        let oldest = world.live().await.open.into_iter().next().unwrap();
        // Feed, projects, people, lists, and the first page of to-dos are read; the second is on its way.
        world.kill_at(6).await;
        let path = format!("recordings/{}/status/trashed.json", oldest.id);
        world.upstream(Method::PUT, &path, json!({})).await;
        world.take_over().await;
        world.sync().await;
        world.assert_mirrored().await;
    }
}

#[tokio::test]
async fn too_many_requests_and_failures_delay_a_load_and_lose_nothing() {
    for world in World::all().await {
        let sandbox = &world.running.sandbox;
        [Fault::Pass, Fault::TooMany { retry_after: 1 }, Fault::Pass, Fault::Status(500)]
            .into_iter()
            .for_each(|it| sandbox.fail_next(it));
        world.basecamp.sync_once().await.unwrap();
        assert_eq!(world.state().await, MirrorState::Away, "{}", world.test.name);
        world.sync().await;
        assert_eq!(world.state().await, MirrorState::Following, "{}", world.test.name);
        world.assert_mirrored().await;
    }
}

#[tokio::test]
async fn empty_pages_and_foreign_links_take_nothing_away() {
    for world in World::all().await {
        world.basecamp.sync_once().await.unwrap();
        let before = world.everything(&world.basecamp).await;
        for (fault, words) in [
            (Fault::EmptyPage, "empty page"),
            (Fault::ForeignLink, "somewhere else"),
            (Fault::OtherScheme, "somewhere else"),
        ] {
            (0..100).for_each(|_| world.running.sandbox.fail_next(fault));
            world.sync().await;
            world.running.sandbox.heal();
            let stale = world.basecamp.freshness(&world.admin).await.unwrap().stale.unwrap();
            assert!(stale.contains(words), "{}: {stale}", world.test.name);
            assert_eq!(world.everything(&world.basecamp).await, before, "{}", world.test.name);
        }
        world.sync().await;
        assert_eq!(world.basecamp.freshness(&world.admin).await.unwrap().stale, None);
        world.assert_mirrored().await;
    }
}

#[tokio::test]
async fn what_changes_in_basecamp_is_found() {
    for world in World::all().await {
        world.basecamp.sync_once().await.unwrap();
        let open = world.live().await.open;
        let (done, gone, renamed) = (&open[0], &open[1], &open[2]);
        world
            .upstream(Method::POST, &format!("todos/{}/completion.json", done.id), json!({}))
            .await;
        let path = format!("recordings/{}/status/trashed.json", gone.id);
        world.upstream(Method::PUT, &path, json!({})).await;
        let body = json!({"content": "Renamed in Basecamp", "due_on": "2026-03-02"});
        world.upstream(Method::PUT, &format!("todos/{}.json", renamed.id), body).await;
        world.sync().await;
        world.assert_mirrored().await;
        world
            .upstream(Method::PUT, &format!("recordings/{}/status/active.json", gone.id), json!({}))
            .await;
        world.sync().await;
        world.assert_mirrored().await;
    }
}

#[tokio::test]
async fn a_feed_with_a_gap_begins_again() {
    for world in World::all().await {
        world.basecamp.sync_once().await.unwrap();
        let todo = world.live().await.open.remove(0);
        world
            .upstream(Method::POST, &format!("todos/{}/completion.json", todo.id), json!({}))
            .await;
        world.running.sandbox.forget_events().await.unwrap();
        world.sync().await;
        world.assert_mirrored().await;
        world.sync().await;
        let polls = world.running.sandbox.requests();
        let last = polls.iter().rfind(|it| it.contains("/events.json")).unwrap();
        assert!(last.contains("position=") || last.contains("since=now"), "{last}");
        assert_eq!(world.state().await, MirrorState::Following);
    }
}

#[tokio::test]
async fn lost_access_stops_the_load_which_goes_on_after_reconnecting() {
    for mut world in World::all().await {
        world.kill_at(6).await;
        world.running.sandbox.revoke(ACCOUNT).await.unwrap();
        world.basecamp = client_with(world.test.db.clone(), &world.running, pace());
        for _ in 0..300 {
            world.basecamp.sync_once().await.unwrap();
            if world.state().await == MirrorState::NeedsAttention {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert_eq!(world.state().await, MirrorState::NeedsAttention, "{}", world.test.name);
        let first = world.running.sandbox.requests().len();
        world.running.sandbox.grant(ACCOUNT, TOKEN).await.unwrap();
        let workspace = world.admin.workspace.clone();
        let write = world.test.db.write::<(), store::error::StoreError, _>(move |conn| {
            Box::pin(async move {
                let row = connections::of_workspace(conn, &workspace, "basecamp").await?;
                let meta = row.map(|it| it.meta).unwrap_or_default();
                connections::set_status(conn, &workspace, &"c1".into(), "active", &meta).await?;
                Ok(())
            })
        });
        write.await.unwrap();
        world.take_over().await;
        let second = world.running.sandbox.requests().split_off(first);
        assert!(!second.iter().any(|it| it.contains("type=Todolist&status=active")), "{second:?}");
        world.assert_mirrored().await;
    }
}
