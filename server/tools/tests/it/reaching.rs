//! Tools that reach people and platforms outside, over real HTTP, and which of them a workspace uses.

use crate::flows::drafted;
use crate::world::{PROJECT, World, actor};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use store::operations::{self, OperationFilter};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const SECRET: &str = "hunter22-hunter22";

/// A site that keeps what it is sent: `/fails` answers 500, `/silent` takes it and says nothing, `/refuses` says no as
/// Slack does, everything else says yes.
struct Site {
    address: String,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Site {
    async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let hears = Arc::clone(&heard);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let request = read(&mut stream).await;
                let (status, body) = match request.split(' ').nth(1).unwrap_or_default() {
                    "/fails" => (500, "{\"why\":\"tired\"}"),
                    "/refuses" => (200, "{\"ok\":false,\"error\":\"channel_not_found\"}"),
                    _ => (200, "{\"ok\":true,\"ts\":\"17.5\"}"),
                };
                let is_silent = request.starts_with("POST /silent");
                hears.lock().unwrap().push(request);
                if is_silent {
                    continue;
                }
                let answer = format!(
                    "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                    body.len()
                );
                drop(stream.write_all(answer.as_bytes()).await);
            }
        });
        Self { address, heard }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}/{path}", self.address)
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

/// A whole request with its body.
async fn read(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    while let Ok(count @ 1..) = stream.read(&mut chunk).await {
        bytes.extend_from_slice(&chunk[..count]);
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.split("content-length:").nth(1).and_then(|it| it.lines().next());
        let length: usize = length.and_then(|it| it.trim().parse().ok()).unwrap_or_default();
        if body.len() >= length {
            break;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Everything that is written down of the last operations, some of whose arguments are hidden.
async fn written_down(world: &World) -> String {
    let all = last_operations(world).await;
    assert!(all.contains("***"), "{all}");
    all
}

async fn last_operations(world: &World) -> String {
    let filter = OperationFilter { limit: 50, ..OperationFilter::default() };
    let mut conn = world.test.db.read().await.unwrap();
    let all = operations::list(&mut conn, &actor("amara").workspace, &filter).await.unwrap();
    format!("{all:?}")
}

fn to_site(site: &Site, path: &str) -> Value {
    json!({ "platform": "webhook", "target": site.url(path), "message": "We are live", "title": "News" })
}

#[tokio::test]
async fn a_message_is_taken_or_it_is_an_error() {
    for world in World::both().await {
        let site = Site::new().await;
        let closed = world.call("send_notification", to_site(&site, "in")).await.unwrap_err();
        assert_eq!((closed.code(), site.heard().len()), ("FLOW_ERROR", 0), "{closed}");
        world.allow(&site.address).await;
        let mut once = to_site(&site, "in?key=s3cret");
        once["idempotency_key"] = "k1".into();
        let sent = world.ok("send_notification", once.clone()).await;
        assert_eq!(
            (&sent["sent"], &sent["target"], sent["delivery_id"].is_string()),
            (&json!(true), &json!(site.address), true),
            "the address may hold a secret"
        );
        assert_eq!(world.ok("send_notification", once).await, sent);
        let heard = site.heard();
        assert_eq!(heard.len(), 1);
        assert!(heard[0].contains("\"message\":\"We are live\""), "{}", heard[0]);
        let written = last_operations(&world).await;
        assert!(!written.contains("s3cr") && written.contains("/…cret"), "{written}");
        let failed = world.call("send_notification", to_site(&site, "fails")).await.unwrap_err();
        assert!(failed.code() == "FLOW_ERROR" && failed.to_string().contains("tired"), "{failed}");
        let silent = world.call("send_notification", to_site(&site, "silent")).await.unwrap_err();
        let told = silent.to_value("pmos");
        assert_eq!((&told["unknown"], &told["retryable"]), (&json!(true), &json!(false)), "{told}");
        let log = world.ok("list_recent_operations", json!({})).await;
        let ends: Vec<&Value> =
            log["operations"].as_array().unwrap().iter().map(|it| &it["status"]).collect();
        assert_eq!(ends, ["failed", "failed", "completed", "failed"], "{log}");
    }
}

#[tokio::test]
async fn a_message_goes_through_a_connection_and_into_a_chat() {
    let world = World::new().await;
    let site = Site::new().await;
    world.allow(&site.address).await;
    let to_slack = json!({ "platform": "slack", "target": "#team", "message": "Hello" });
    let missing = world.call("send_notification", to_slack.clone()).await.unwrap_err();
    let told = missing.to_value("pmos");
    assert_eq!((&told["code"], &told["fix_url"]), (&json!("NOT_READY"), &json!("/integrations")));
    let hook =
        json!({ "platform": "slack", "action": "connect", "config": { "token": site.url("yes") } });
    world.ok("connect_platform", hook).await;
    assert_eq!(world.ok("send_notification", to_slack.clone()).await["delivery_id"], "17.5");
    let gone = json!({ "platform": "slack", "action": "disconnect" });
    world.ok("connect_platform", gone).await;
    let hook = json!({ "platform": "slack", "action": "connect", "config": { "token": site.url("refuses") } });
    world.ok("connect_platform", hook).await;
    let refused = world.call("send_notification", to_slack).await.unwrap_err();
    assert!(refused.to_string().contains("channel_not_found"), "{refused}");

    let chat = json!({ "platform": "basecamp", "target": PROJECT, "message": "Sent from afar" });
    let sent = world.ok("send_notification", chat).await;
    assert!(sent["delivery_id"].is_i64(), "{sent}");
    let lines = json!({ "project": PROJECT, "chat_id": world.tool("chat").await });
    let lines = world.ok("list_campfire_lines", lines).await;
    assert!(lines.to_string().contains("Sent from afar"), "{lines}");
    let viewer = world.call_as("vera", "send_notification", to_site(&site, "in")).await;
    assert_eq!(viewer.unwrap_err().code(), "FORBIDDEN");
}

#[tokio::test]
async fn a_platform_is_connected_looked_at_tried_and_let_go() {
    for world in World::both().await {
        let site = Site::new().await;
        world.allow(&site.address).await;
        let github = |action: &str, config: Value| json!({ "platform": "github", "action": action, "config": config });
        let empty = world.call("connect_platform", github("connect", json!({}))).await.unwrap_err();
        assert_eq!(empty.code(), "NOT_READY");
        let config = json!({ "token": SECRET, "test_url": site.url("user") });
        let made = world.ok("connect_platform", github("connect", config)).await;
        assert_eq!(
            (&made["connected"], &made["connection"]["scope"], &made["test"]["called"]),
            (&json!(true), &json!("personal"), &json!(true)),
            "{made}"
        );
        assert!(site.heard()[0].contains(&format!("Bearer {SECRET}")), "it was tried there");
        let status = world.ok("connect_platform", github("status", json!({}))).await;
        assert_eq!((&status["connected"], &status["count"]), (&json!(true), &json!(1)), "{status}");
        let again = world.ok("connect_platform", github("sync", json!({}))).await;
        assert_eq!(again["test"]["passed"], true);
        // It is a personal one: not even a colleague finds it.
        for user in ["mika", "otto"] {
            let theirs = world.call_as(user, "connect_platform", github("status", json!({}))).await;
            assert_eq!(theirs.unwrap()["count"], 0, "{user}");
            let id = json!({ "connection_id": made["connection"]["id"] });
            let ended = world.call_as(user, "connect_platform", github("disconnect", id)).await;
            assert_eq!(ended.unwrap_err().code(), "RESOURCE_NOT_FOUND", "{user}");
        }
        for seen in [&made, &status, &again] {
            assert!(!seen.to_string().contains("hunter22"), "{seen}");
        }
        assert!(!written_down(&world).await.contains("hunter22"));
        world.ok("connect_platform", github("disconnect", json!({}))).await;
        let status = world.ok("connect_platform", github("status", json!({}))).await;
        assert_eq!((&status["connected"], &status["count"]), (&json!(false), &json!(0)));
    }
}

#[tokio::test]
async fn a_chatbot_posts_by_its_id_or_its_key_which_is_kept_nowhere() {
    for world in World::both().await {
        let chat = world.tool("chat").await;
        let here = |more: Value| {
            let mut args = json!({ "project": PROJECT, "chat_id": chat });
            args.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            args
        };
        let made = here(json!({ "body": { "service_name": "butler" } }));
        let made = world.ok("create_chatbot", made).await;
        let bot = made["chatbot"]["id"].clone();
        let one = here(json!({ "chatbot_id": bot, "content": "Dinner is served" }));
        world.ok("post_chatbot_line", one).await;
        let found = world.ok("get_chatbot", here(json!({ "chatbot_id": bot }))).await;
        let address = found["chatbot"]["lines_url"].as_str().unwrap();
        let key = address.split("/integrations/").nth(1).unwrap().split('/').next().unwrap();
        let two = here(json!({ "integration_key": key, "content": "Tea is served" }));
        world.ok("post_chatbot_line", two).await;
        let lines = world.ok("list_campfire_lines", here(json!({}))).await.to_string();
        assert!(lines.contains("Dinner is served") && lines.contains("Tea is served"), "{lines}");
        for (args, code) in [
            (json!({ "content": "x" }), "INVALID_INPUT"),
            (json!({ "chatbot_id": bot, "integration_key": key, "content": "x" }), "INVALID_INPUT"),
            (json!({ "chatbot_id": bot }), "INVALID_INPUT"),
            (json!({ "integration_key": "../../1", "content": "x" }), "INVALID_INPUT"),
            (json!({ "integration_key": "nobody", "content": "x" }), "RESOURCE_NOT_FOUND"),
            (json!({ "chatbot_id": 1, "content": "x" }), "RESOURCE_NOT_FOUND"),
        ] {
            assert_eq!(world.code("post_chatbot_line", here(args.clone())).await, code, "{args}");
        }
        let log = written_down(&world).await;
        assert!(!log.contains(key), "{log}");
    }
}

const MAPPER: &str = "@activepieces/piece-data-mapper";

#[tokio::test]
async fn a_piece_that_is_switched_off_is_in_no_flow_that_goes_live_and_no_step_of_it_runs() {
    for world in World::both().await {
        let flow = json!({ "flow_id": drafted(&world).await["id"] });
        let step = json!({ "flow_id": flow["flow_id"], "step_name": "step_1" });
        let payload = json!({ "flow_id": flow["flow_id"], "payload": { "body": {} } });
        world.ok("flow_trigger_test", payload).await;
        assert_eq!(world.ok("flow_step_test", step.clone()).await["success"], true);
        let off = json!({ "plugin_id": MAPPER, "action": "disable" });
        let member = world.call_as("mika", "manage_plugin", off.clone()).await;
        assert_eq!(member.unwrap_err().code(), "FORBIDDEN");
        let done = world.ok("manage_plugin", off.clone()).await;
        assert_eq!(world.ok("manage_plugin", off).await["undoable"], false, "it was off already");
        let shown = async |status: &str| {
            let found = world.ok("list_plugins", json!({ "status": status })).await;
            let all = found["plugins"].as_array().unwrap().clone();
            all.iter().any(|it| it["id"] == MAPPER)
        };
        assert!(shown("available").await && !shown("installed").await);
        let listed = world.ok("flow_pieces_list", json!({ "search": "mapper" })).await;
        assert!(!listed.to_string().contains(MAPPER), "{listed}");
        let refused = world.call("flow_publish", flow.clone()).await.unwrap_err();
        assert!(refused.code() == "INVALID_INPUT" && refused.to_string().contains("switched off"));
        let tried = world.ok("flow_step_test", step.clone()).await;
        assert!(tried["success"] == false && tried.to_string().contains("switched off"), "{tried}");
        let elsewhere = world.call_as("otto", "list_plugins", json!({ "status": "available" }));
        assert_eq!(elsewhere.await.unwrap()["count"], 0, "another workspace has all of them");
        world.ok("pmos_undo", json!({ "operation_id": done["operation_id"] })).await;
        assert!(shown("installed").await && !shown("available").await);
        assert_eq!(world.ok("flow_step_test", step).await["success"], true);
        world.ok("flow_publish", flow).await;
    }
}

#[tokio::test]
async fn what_is_no_piece_and_no_option_is_said_so() {
    let world = World::new().await;
    let of = |id: &str, action: &str| json!({ "plugin_id": id, "action": action });
    assert_eq!(world.code("manage_plugin", of("nothing", "enable")).await, "RESOURCE_NOT_FOUND");
    assert_eq!(world.code("manage_plugin", of(MAPPER, "configure")).await, "TOOL_UNAVAILABLE");
    assert_eq!(world.code("manage_plugin", of(MAPPER, "burn")).await, "INVALID_INPUT");
}

#[tokio::test]
async fn the_tool_that_decides_refuses_everybody_who_is_handed_no_way_to() {
    let world = World::new().await;
    let args = json!({ "approval_id": "a1", "decision": "approve" });
    for user in ["amara", "mika"] {
        let refused = world.call_as(user, "pmos_approvals_decide", args.clone()).await;
        assert_eq!(refused.unwrap_err().code(), "FORBIDDEN", "{}", actor(user).name);
    }
}
