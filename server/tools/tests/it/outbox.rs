//! Writes whose answer is lost: stored before they are sent, found again, never sent twice (contract.md 8.6, 8.9).

use crate::upstream::{tools_on, tools_with};
use crate::world::{PROJECT, World, actor};
use basecamp::Basecamp;
use basecamp::config::{Config, Pace};
use domain::ids::OperationId;
use sandbox::faults::Fault;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;
use store::db::Db;
use store::events;
use store::operations::{self, OperationFilter, OperationRow};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use tools::error::ToolError;
use tools::tool::CallContext;
use tools::tools::Tools;

pub(crate) const HOUR: Duration = Duration::from_secs(3_600);
const TITLE: &str = "Send the invoice";

/// A process that waits for nothing before it looks for lost writes.
pub(crate) struct Process {
    pub(crate) tools: Tools,
    basecamp: Basecamp,
}

pub(crate) fn process(world: &World, timeout: Duration) -> Process {
    let (tools, basecamp) = tools_with(world, impatient(timeout));
    Process { tools, basecamp }
}

fn impatient(timeout: Duration) -> Config {
    let now = Duration::ZERO;
    let pace =
        Pace { retry: Duration::from_millis(1), settles: now, sending: now, ..Pace::default() };
    Config { pace, timeout, ..Config::default() }
}

impl Process {
    pub(crate) async fn call(&self, tool: &str, args: &Value) -> Result<Value, ToolError> {
        let context = CallContext { source: "mcp", ..CallContext::default() };
        self.tools.call(&actor("amara"), tool, args, &context).await
    }

    /// Looks for lost writes until the newest operation has ended.
    pub(crate) async fn settled(&self, world: &World) -> OperationRow {
        for _ in 0..600 {
            self.basecamp.settle_writes().await.unwrap();
            let row = newest(world).await;
            if row.status != "running" {
                return row;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{}: it was never settled", world.test.name);
    }
}

async fn newest(world: &World) -> OperationRow {
    let filter = OperationFilter { limit: 1, ..OperationFilter::default() };
    let mut conn = world.test.db.read().await.unwrap();
    operations::list(&mut conn, &actor("amara").workspace, &filter).await.unwrap().remove(0)
}

/// Outcomes of the events about an operation, oldest first.
async fn told(world: &World, id: &str) -> Vec<String> {
    let mut conn = world.test.db.read().await.unwrap();
    let all = events::after(&mut conn, &actor("amara").workspace, 0, 500).await.unwrap();
    all.iter()
        .filter(|it| it.event.target == id)
        .map(|it| it.event.outcome.as_str().to_owned())
        .collect()
}

async fn todos(world: &World) -> Vec<Value> {
    let found = world.ok("search_todos", json!({ "query": TITLE })).await;
    found["todos"].as_array().unwrap().clone()
}

async fn new_todo(world: &World) -> Value {
    let list = world.first("list_todolists", json!({ "project": PROJECT }), "todolists").await;
    json!({ "project": PROJECT, "todolist": list.to_string(), "task": TITLE })
}

/// What a call says whose outcome nobody knows.
fn assert_unknown(error: &ToolError) {
    let told = error.to_value("basecamp");
    assert_eq!(told["code"], "BASECAMP_REQUEST_FAILED", "{told}");
    assert_eq!((&told["unknown"], &told["retryable"]), (&json!(true), &json!(false)), "{told}");
}

#[tokio::test]
async fn a_write_whose_answer_is_lost_is_found_later_and_can_be_undone() {
    for world in World::both().await {
        let (args, process) = (new_todo(&world).await, process(&world, HOUR));
        let list = args["todolist"].as_str().unwrap();
        world.running.sandbox.fail_while(&format!("todolists/{list}/todos"), Fault::LostAnswer);
        assert_unknown(&process.call("create_todo", &args).await.unwrap_err());
        process.basecamp.settle_writes().await.unwrap();
        let row = newest(&world).await;
        assert_eq!((row.status.as_str(), row.tool.as_str()), ("running", "create_todo"));
        world.running.sandbox.heal();
        let row = process.settled(&world).await;
        assert_eq!((row.status.as_str(), row.target.as_deref()), ("completed", Some(TITLE)));
        assert_eq!(told(&world, &row.id).await, ["failed", "success"], "{}", world.test.name);
        assert_eq!(todos(&world).await.len(), 1, "{}", world.test.name);
        let id = OperationId::new(row.id);
        process.tools.undo(&actor("amara"), &id, None).await.unwrap();
        assert_eq!(todos(&world).await.len(), 0, "{}", world.test.name);
    }
}

#[tokio::test]
async fn a_write_that_did_not_happen_ends_as_failed_and_its_key_counts_again() {
    for world in World::both().await {
        let (mut args, process) = (new_todo(&world).await, process(&world, HOUR));
        args["idempotency_key"] = "k1".into();
        let list = args["todolist"].as_str().unwrap();
        world.running.sandbox.fail_while(&format!("todolists/{list}/todos"), Fault::Status(500));
        assert_unknown(&process.call("create_todo", &args).await.unwrap_err());
        world.running.sandbox.heal();
        let row = process.settled(&world).await;
        assert_eq!(row.status, "failed", "{}", world.test.name);
        assert!(row.error.unwrap().contains("it was not done"), "{}", world.test.name);
        assert_eq!(todos(&world).await.len(), 0, "{}", world.test.name);
        process.call("create_todo", &args).await.unwrap();
        assert_eq!(todos(&world).await.len(), 1, "{}", world.test.name);
    }
}

#[tokio::test]
async fn what_a_dead_process_sent_is_found_by_the_next_and_repeats_get_its_answer() {
    for world in World::both().await {
        let (mut args, dead) = (new_todo(&world).await, Arc::new(process(&world, HOUR)));
        args["idempotency_key"] = "k1".into();
        world.running.sandbox.fail_while("POST ", Fault::Slow(HOUR));
        let before = world.running.sandbox.count();
        let (one, sent) = (dead.clone(), args.clone());
        let call = tokio::spawn(async move { one.call("create_todo", &sent).await });
        // The to-do is there, and its answer never comes.
        for _ in 0..600 {
            if !todos(&world).await.is_empty() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        call.abort();
        assert!(world.running.sandbox.count() > before);
        world.running.sandbox.heal();
        let next = process(&world, HOUR);
        let (again, row) = tokio::join!(next.call("create_todo", &args), next.settled(&world));
        let again = again.unwrap();
        assert_eq!(row.status, "completed", "{}", world.test.name);
        assert_eq!(again["operation_id"], row.id.as_str(), "{}", world.test.name);
        assert_eq!(again["undoable"], true, "{}: {again}", world.test.name);
        assert_eq!(next.call("create_todo", &args).await.unwrap(), again);
        assert_eq!(todos(&world).await.len(), 1, "{}", world.test.name);
    }
}

/// Not a test: the process that the next one kills. It is told where everything is and calls one tool.
#[test]
#[ignore = "the process that another test kills"]
fn killed_process() {
    let mut given = String::new();
    std::io::stdin().read_line(&mut given).unwrap();
    let given: Value = serde_json::from_str(&given).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(call_one(&given));
}

async fn call_one(given: &Value) {
    let text = |name: &str| given[name].as_str().unwrap();
    let db = match text("setting") {
        "DATABASE_URL" => Db::open_postgres(text("value")).await.unwrap(),
        _ => Db::open_sqlite(Path::new(text("value"))).await.unwrap(),
    };
    let config = impatient(HOUR).with_sample(text("sample").parse().unwrap(), text("key"));
    let (tools, _) = tools_on(db, config);
    let context = CallContext { source: "mcp", ..CallContext::default() };
    // Its answer never comes.
    drop(tools.call(&actor("amara"), text("tool"), &given["args"], &context).await);
}

/// Lets a process call a tool, and kills it as soon as `is_there`.
pub(crate) async fn killed_once(
    world: &World,
    (tool, args): (&str, &Value),
    is_there: impl AsyncFn() -> bool,
) {
    let (setting, value) = world.test.setting();
    let given = json!({
        "setting": setting, "value": value, "sample": world.running.address, "key": world.running.control_key,
        "tool": tool, "args": args,
    });
    let mut process = Command::new(std::env::current_exe().unwrap())
        .args(["outbox::killed_process", "--exact", "--ignored", "--test-threads=1"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut input = process.stdin.take().unwrap();
    input.write_all(format!("{given}\n").as_bytes()).await.unwrap();
    let arrived = async {
        while !is_there().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), arrived).await.unwrap();
    process.start_kill().unwrap();
    let ended = process.wait().await.unwrap();
    assert!(!ended.success(), "{}: it ended by itself", world.test.name);
}

#[tokio::test]
async fn what_a_killed_process_sent_is_read_back_at_the_next_start_and_never_sent_twice() {
    for world in World::both().await {
        let mut args = new_todo(&world).await;
        args["idempotency_key"] = "k1".into();
        world.running.sandbox.fail_while("POST ", Fault::Slow(HOUR));
        let is_there = async || !todos(&world).await.is_empty();
        killed_once(&world, ("create_todo", &args), is_there).await;
        world.running.sandbox.heal();
        let next = process(&world, HOUR);
        let row = next.settled(&world).await;
        assert_eq!((row.status.as_str(), row.target.as_deref()), ("completed", Some(TITLE)));
        // Whoever repeats the call is told of the first.
        let again = next.call("create_todo", &args).await.unwrap();
        assert_eq!(again["operation_id"], row.id.as_str(), "{}: {again}", world.test.name);
        assert_eq!(todos(&world).await.len(), 1, "{}", world.test.name);
        next.tools.undo(&actor("amara"), &OperationId::new(row.id), None).await.unwrap();
        assert_eq!(todos(&world).await.len(), 0, "{}", world.test.name);
    }
}

#[tokio::test]
async fn a_change_that_a_killed_process_sent_is_read_back_and_can_be_undone() {
    for world in World::both().await {
        let document =
            world.first("list_documents", json!({ "project": PROJECT }), "documents").await;
        let place = json!({ "project": PROJECT, "document_id": document });
        let before = world.ok("get_document", place.clone()).await["document"].clone();
        let mut args = place.clone();
        args["body"] = json!({ "title": "Renamed" });
        world.running.sandbox.fail_while("PUT ", Fault::Slow(HOUR));
        let title =
            async || world.ok("get_document", place.clone()).await["document"]["title"].clone();
        killed_once(&world, ("update_document", &args), async || title().await == "Renamed").await;
        world.running.sandbox.heal();
        let next = process(&world, HOUR);
        let row = next.settled(&world).await;
        assert_eq!(row.status, "completed", "{}: {:?}", world.test.name, row.error);
        next.tools.undo(&actor("amara"), &OperationId::new(row.id), None).await.unwrap();
        assert_eq!(title().await, before["title"], "{}", world.test.name);
    }
}

#[tokio::test]
async fn a_change_whose_answer_is_lost_is_read_back_at_once() {
    for world in World::both().await {
        let process = process(&world, HOUR);
        let document =
            world.first("list_documents", json!({ "project": PROJECT }), "documents").await;
        let args =
            json!({ "project": PROJECT, "document_id": document, "body": { "title": "Renamed" } });
        world.running.sandbox.fail_while("PUT ", Fault::LostAnswer);
        let done = process.call("update_document", &args).await.unwrap();
        assert_eq!(
            (&done["document"]["title"], &done["undoable"]),
            (&json!("Renamed"), &json!(true))
        );
        world.running.sandbox.heal();
        world.running.sandbox.fail_while("PUT ", Fault::Status(502));
        let args =
            json!({ "project": PROJECT, "document_id": document, "body": { "title": "Never" } });
        let refused = process.call("update_document", &args).await.unwrap_err();
        assert!(refused.to_string().contains("nothing was done"), "{refused}");
        assert_eq!(newest(&world).await.status, "failed", "{}", world.test.name);
    }
}

#[tokio::test]
async fn a_change_found_later_keeps_what_takes_it_back() {
    for world in World::both().await {
        let process = process(&world, HOUR);
        let document =
            world.first("list_documents", json!({ "project": PROJECT }), "documents").await;
        let place = json!({ "project": PROJECT, "document_id": document });
        let before = world.ok("get_document", place.clone()).await["document"].clone();
        let args =
            json!({ "project": PROJECT, "document_id": document, "body": { "title": "Renamed" } });
        assert!(died_after_put(&world, &process, args, document).await, "{}", world.test.name);
        world.running.sandbox.heal();
        let row = process.settled(&world).await;
        assert_eq!(row.status, "completed", "{}", world.test.name);
        let id = OperationId::new(row.id);
        process.tools.undo(&actor("amara"), &id, None).await.unwrap();
        let after = world.ok("get_document", place).await["document"].clone();
        assert_eq!(
            (&after["title"], &after["content"]),
            (&before["title"], &before["content"]),
            "{}",
            world.test.name
        );
    }
}

/// Sends a change and ends the caller before it hears of it; whether the change arrived.
async fn died_after_put(world: &World, process: &Process, args: Value, document: i64) -> bool {
    world.running.sandbox.fail_while("PUT ", Fault::Slow(HOUR));
    let tools = process.tools.clone();
    let call = tokio::spawn(async move {
        tools.call(&actor("amara"), "update_document", &args, &CallContext::default()).await
    });
    for _ in 0..600 {
        let place = json!({ "project": PROJECT, "document_id": document });
        if world.ok("get_document", place).await["document"]["title"] == "Renamed" {
            call.abort();
            return true;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    false
}

#[tokio::test]
async fn what_cannot_be_read_back_is_left_to_a_person() {
    for world in World::both().await {
        let process = process(&world, HOUR);
        let message = world.first("list_messages", json!({ "project": PROJECT }), "messages").await;
        let args = json!({ "path": format!("/recordings/{message}/pin"), "method": "POST" });
        world.running.sandbox.fail_while("POST ", Fault::LostAnswer);
        assert_unknown(&process.call("basecamp_request", &args).await.unwrap_err());
        world.running.sandbox.heal();
        let row = process.settled(&world).await;
        assert_eq!(row.status, "failed", "{}", world.test.name);
        assert!(row.error.unwrap().contains("Look there"), "{}", world.test.name);
    }
}
