//! Webhooks, where an account has no event feed: hints that lead to a look, however often and in what order they come.

use crate::client_as;
use crate::mirror::{World, pace};
use basecamp::Basecamp;
use basecamp::config::{Config, Pace, WebhookSecret};
use basecamp::hooks::{BODY_LIMIT, HookCall, PATH, Told};
use domain::problem::Problem;
use reqwest::Method;
use sandbox::Manner;
use sandbox::faults::Fault;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// How Basecamp names itself.
const BASECAMP: &str = "Basecamp3 Webhook";
const HOUR: Duration = Duration::from_secs(3_600);

/// The door that Basecamp calls, in front of PM OS.
struct Door {
    address: String,
    /// Who takes the calls; nobody answers 500.
    inside: Arc<Mutex<Option<Basecamp>>>,
    told: Arc<Mutex<Vec<Told>>>,
}

impl Door {
    async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let door = Self { address, inside: Arc::default(), told: Arc::default() };
        let (inside, told) = (door.inside.clone(), door.told.clone());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (mut text, mut buffer) = (String::new(), [0; 4096]);
                let body = loop {
                    let read = stream.read(&mut buffer).await.unwrap();
                    text.push_str(&String::from_utf8_lossy(&buffer[..read]));
                    let body = text.split_once("\r\n\r\n").map(|it| it.1);
                    if body.is_some_and(|it| serde_json::from_str::<Value>(it).is_ok()) || read == 0
                    {
                        break body.unwrap_or_default().to_owned();
                    }
                };
                let path = text.split(' ').nth(1).unwrap_or_default();
                let token = path.strip_prefix(PATH).unwrap_or_default().trim_start_matches('/');
                let basecamp = inside.lock().unwrap().clone();
                let status = match basecamp {
                    None => 500,
                    Some(it) => {
                        let agent = text.lines().find_map(|it| it.strip_prefix("User-Agent: "));
                        let call = HookCall { agent, signature: None, body: body.as_bytes() };
                        let outcome = it.hook_called(token, call).await.unwrap();
                        told.lock().unwrap().push(outcome);
                        if outcome == Told::Nobody { 404 } else { 200 }
                    }
                };
                let answer = format!("HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n");
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        door
    }

    fn let_in(&self, basecamp: &Basecamp) {
        *self.inside.lock().unwrap() = Some(basecamp.clone());
    }

    fn told(&self) -> Vec<Told> {
        self.told.lock().unwrap().clone()
    }

    async fn hears(&self, count: usize) -> Vec<Told> {
        for _ in 0..600 {
            if self.told().len() >= count {
                return self.told();
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("only {:?} came", self.told());
    }
}

/// A world without an event feed, whose looks for news come seldom, filled, with a webhook for every project.
async fn worlds() -> Vec<(World, Door)> {
    let mut all = Vec::new();
    for mut world in World::all().await {
        let door = Door::open().await;
        world.running.sandbox.fail_while("/events.json", Fault::Status(404));
        let pace = Pace { work: HOUR, rest: HOUR, hints: Duration::ZERO, ..pace() };
        let pace = Pace { whole: 24 * HOUR, ..pace };
        let own_address = Some(door.address.clone());
        let config = Config { pace, own_address, ..Config::default() };
        world.basecamp = client_as(world.test.db.clone(), &world.running, config);
        door.let_in(&world.basecamp);
        // Projects must be known before they have addresses.
        world.basecamp.sync_once().await.unwrap();
        world.sync().await;
        all.push((world, door));
    }
    all
}

impl World {
    async fn hooks(&self) -> Vec<Value> {
        let mut hooks = Vec::new();
        for project in self.basecamp.projects(&self.admin).await.unwrap() {
            let path = format!("buckets/{}/webhooks.json", project.id);
            let found = self.ask(Method::GET, &path, json!({})).await;
            hooks.extend(found.as_array().unwrap().clone());
        }
        hooks
    }

    /// Lets the sync do what is due until the mirror shows `title`.
    async fn shows(&self, title: &str) {
        for _ in 0..600 {
            self.basecamp.sync_once().await.unwrap();
            let open = self.everything(&self.basecamp).await.open;
            if open.iter().any(|it| it.title == title) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{}: {title} never came", self.test.name);
    }
}

#[tokio::test]
async fn what_a_webhook_hints_at_is_read_once_however_often_it_is_told() {
    for (world, door) in worlds().await {
        assert_eq!(world.hooks().await.len(), 3, "{}: one a project", world.test.name);
        let todo = world.everything(&world.basecamp).await.open[2].clone();
        world.running.sandbox.deliver(Manner::Twice);
        let path = format!("todos/{}.json", todo.id);
        world.upstream(Method::PUT, &path, json!({"content": "Told twice"})).await;
        let mut told = door.hears(2).await;
        told.sort_by_key(|it| *it == Told::Known);
        assert_eq!(told, [Told::Kept, Told::Known], "{}", world.test.name);
        world.shows("Told twice").await;
        world.running.sandbox.deliver(Manner::Late);
        world.upstream(Method::PUT, &path, json!({"content": "Before"})).await;
        world.upstream(Method::PUT, &path, json!({"content": "After"})).await;
        world.running.sandbox.deliver_held().await;
        world.shows("After").await;
        let list = world.everything(&world.basecamp).await.lists[0][0].id;
        let path = format!("todolists/{list}/todos.json");
        world.upstream(Method::POST, &path, json!({"content": "New here"})).await;
        world.running.sandbox.deliver_held().await;
        world.shows("New here").await;
    }
}

#[tokio::test]
async fn a_webhook_about_a_card_shows_the_columns_of_its_board() {
    for (world, _door) in worlds().await {
        let board = world.tool("kanban_board").await;
        let columns = format!("card_tables/{board}/columns.json");
        let column = world.made(&columns, json!({"title": "Review"})).await;
        let cards = format!("card_tables/lists/{column}/cards.json");
        world.made(&cards, json!({"title": "Look at it"})).await;
        for _ in 0..600 {
            world.basecamp.sync_once().await.unwrap();
            if world.holds(column).await {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert!(world.holds(column).await, "{}", world.test.name);
    }
}

#[tokio::test]
async fn only_the_right_address_is_heard_and_nothing_in_a_call_is_believed() {
    for (world, door) in worlds().await {
        let todo = world.everything(&world.basecamp).await.open[2].clone();
        let hooks = world.hooks().await;
        let elsewhere =
            |it: &&Value| it["payload_url"].as_str().unwrap().starts_with(&door.address);
        assert_eq!(hooks.iter().filter(elsewhere).count(), 3);
        let hook = |project: i64| {
            let url = format!("/buckets/{project}/");
            let hook = hooks.iter().find(|it| it["url"].as_str().unwrap().contains(&url)).unwrap();
            hook["payload_url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned()
        };
        let token = hook(todo.project_id);
        let body = |event: i64, bucket: i64| {
            let recording =
                json!({"id": todo.id, "type": "Todo", "title": "Forged", "bucket": {"id": bucket}});
            json!({"id": event, "kind": "todo_unheard_of", "recording": recording}).to_string()
        };
        let called = async |token: &str, body: &str, agent: Option<&str>| {
            let call = HookCall { agent, signature: None, body: body.as_bytes() };
            world.basecamp.hook_called(token, call).await
        };
        let call = async |token: &str, body: &str| called(token, body, Some(BASECAMP)).await;
        let (id, _) = token.split_once('.').unwrap();
        let right = body(7, todo.project_id);
        for wrong in ["", "x", id, &format!("{id}."), &format!("{id}.{}", "0".repeat(64))] {
            assert_eq!(call(wrong, &right).await.unwrap(), Told::Nobody, "{wrong}");
        }
        for stranger in [None, Some(""), Some("curl/8.5"), Some("Not Basecamp3 Webhook")] {
            assert_eq!(
                called(&token, &right, stranger).await.unwrap(),
                Told::Nobody,
                "{stranger:?}"
            );
        }
        assert_eq!(call(&token, "not json").await.unwrap_err(), Problem::InvalidJson);
        let large = " ".repeat(BODY_LIMIT + 1);
        assert!(matches!(call(&token, &large).await, Err(Problem::TooLarge { .. })));
        let foreign = body(7, todo.project_id + 1);
        assert_eq!(call(&token, &foreign).await.unwrap(), Told::Known, "another project's");
        assert_eq!(call(&token, &right).await.unwrap(), Told::Kept);
        assert_eq!(call(&token, &right).await.unwrap(), Told::Known);
        world.basecamp.sync_once().await.unwrap();
        let open = world.everything(&world.basecamp).await.open;
        assert!(open.iter().all(|it| it.title != "Forged"), "{}", world.test.name);
        let mut conn = world.test.db.read().await.unwrap();
        let row = store::basecamp_hooks::find(&mut conn, id).await.unwrap().unwrap();
        assert!(!token.contains(&row.token_hash), "the address is kept as a hash only");
    }
}

#[tokio::test]
async fn where_a_proxy_signs_webhooks_only_signed_ones_count() {
    for (mut world, door) in worlds().await {
        let hooks = world.hooks().await;
        let hook = &hooks[0];
        let token = hook["payload_url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        let bucket = hook["url"].as_str().unwrap().split('/').skip_while(|it| *it != "buckets");
        let bucket: i64 = bucket.take(2).last().unwrap().parse().unwrap();
        let recording = json!({"id": 5, "type": "Todo", "bucket": {"id": bucket}});
        let body = json!({"id": 90, "kind": "todo_created", "recording": recording}).to_string();
        let webhook_secret = Some(WebhookSecret("known to the proxy".into()));
        let own_address = Some(door.address.clone());
        let config = Config { pace: pace(), own_address, webhook_secret, ..Config::default() };
        world.basecamp = client_as(world.test.db.clone(), &world.running, config);
        let told = async |signature: Option<&str>| {
            let call = HookCall { agent: Some(BASECAMP), signature, body: body.as_bytes() };
            world.basecamp.hook_called(&token, call).await.unwrap()
        };
        let of_another = "0".repeat(64);
        for wrong in [None, Some(""), Some("not hex"), Some(of_another.as_str())] {
            assert_eq!(told(wrong).await, Told::Nobody, "{}: {wrong:?}", world.test.name);
        }
        let right = signed("known to the proxy", body.as_bytes());
        assert_eq!(told(Some(&right)).await, Told::Kept, "{}", world.test.name);
    }
}

/// HMAC-SHA256 as RFC 2104 writes it, in hexadecimal digits.
fn signed(secret: &str, body: &[u8]) -> String {
    let mut key = secret.as_bytes().to_vec();
    key.resize(64, 0);
    let padded = |with: u8| key.iter().map(|it| it ^ with).collect::<Vec<_>>();
    let inner = Sha256::new().chain_update(padded(0x36)).chain_update(body).finalize();
    let outer = Sha256::new().chain_update(padded(0x5c)).chain_update(inner).finalize();
    outer.iter().map(|it| format!("{it:02x}")).collect()
}

#[tokio::test]
async fn an_address_that_was_switched_off_or_lost_is_mended_and_goes_where_a_feed_comes() {
    for (mut world, door) in worlds().await {
        *door.inside.lock().unwrap() = None;
        let todo = world.everything(&world.basecamp).await.open[2].clone();
        let path = format!("todos/{}.json", todo.id);
        world.upstream(Method::PUT, &path, json!({"content": "Nobody hears"})).await;
        for _ in 0..600 {
            if world.hooks().await.iter().any(|it| it["active"] == false) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let hooks = world.hooks().await;
        assert_eq!(hooks.iter().filter(|it| it["active"] == false).count(), 1);
        let lost = hooks.iter().find(|it| it["active"] == true).unwrap()["id"].clone();
        world.ask(Method::DELETE, &format!("webhooks/{lost}"), json!({})).await;
        let eager = Pace { hints: Duration::ZERO, ..pace() };
        let own_address = Some(door.address.clone());
        let config = Config { pace: eager, own_address, ..Config::default() };
        world.basecamp = client_as(world.test.db.clone(), &world.running, config);
        door.let_in(&world.basecamp);
        for _ in 0..2 {
            world.sync().await;
        }
        let hooks = world.hooks().await;
        assert_eq!(hooks.len(), 3, "{}: {hooks:?}", world.test.name);
        assert!(hooks.iter().all(|it| it["active"] == true), "{}: {hooks:?}", world.test.name);
        world.running.sandbox.heal();
        world.sync().await;
        assert!(world.hooks().await.is_empty(), "{}: there is a feed", world.test.name);
    }
}
