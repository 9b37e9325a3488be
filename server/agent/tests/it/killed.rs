//! The process is killed, as `kill -9` does, while the assistant works: in the stream of a model, in a tool call, at a
//! pending approval. The next start ends every run, keeps what was said and repeats no effect.

use crate::approvals::told_after;
use crate::provider::{Chunk, FakeProvider, Reply, Wire};
use crate::world::{World, amara, parts};
use agent::agent::Agent;
use agent::config::Config;
use agent::follow::Answered;
use agent::sending::NewTurn;
use domain::chat::{ChatEvent, ChatRunStatus};
use domain::ids::ChatRunId;
use sandbox::faults::Fault;
use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use store::chat::leases;
use store::db::Db;
use store::error::StoreError;
use store::secrets::SecretKey;
use store::testing::TestDb;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::Command;

/// What lines of the process begin with, among those of the test program.
const MARK: &str = "event:";
const TASK: &str = "Order the last ink";

/// Not a test: the process that the tests kill. It is told where everything is, asks the assistant one thing and tells
/// each event of the run.
#[test]
#[ignore = "the process that the other tests kill"]
fn killed_process() {
    let mut given = String::new();
    std::io::stdin().read_line(&mut given).unwrap();
    let given: Value = serde_json::from_str(&given).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(ask_and_tell(&given));
}

async fn ask_and_tell(given: &Value) {
    let text = |name: &str| given[name].as_str().unwrap();
    let db = match text("setting") {
        "DATABASE_URL" => Db::open_postgres(text("value")).await.unwrap(),
        _ => Db::open_sqlite(Path::new(text("value"))).await.unwrap(),
    };
    let (_, _, _, tools) = parts(&db, text("sample").parse().unwrap(), text("key"));
    let agent = Agent::new(db, tools, SecretKey::from_text("key of the tests"), Config::default());
    let turn = NewTurn { text: text("say").to_owned(), ..NewTurn::default() };
    let sent = agent.send(&amara(), turn).await.unwrap();
    let mut page = agent.follow(&amara(), &sent.run.id, 0).await.unwrap();
    while let Some(event) = page.next().await.unwrap() {
        let line = format!("{MARK}{}\n", serde_json::to_string(&event).unwrap());
        std::io::stdout().write_all(line.as_bytes()).unwrap();
        std::io::stdout().flush().unwrap();
    }
    std::future::pending::<()>().await;
}

/// Lets a process say `say`, kills it after the first event that `is_time` picks and once `also` is there, and gives the
/// run it worked on.
async fn killed_at(
    world: &World,
    say: &str,
    is_time: impl Fn(&ChatEvent) -> bool,
    also: impl Future<Output = ()>,
) -> ChatRunId {
    let (setting, value) = world.test.setting();
    let given = json!({
        "setting": setting, "value": value, "sample": world.running.address, "key": world.running.control_key, "say": say,
    });
    let mut process = Command::new(std::env::current_exe().unwrap())
        .args(["killed::killed_process", "--exact", "--ignored", "--nocapture", "--test-threads=1"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut input = process.stdin.take().unwrap();
    input.write_all(format!("{given}\n").as_bytes()).await.unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let picked = async {
        let run = loop {
            let line = lines.next_line().await.unwrap().expect("the process still runs");
            // The test program writes the name of the test on the line of the first event.
            let Some((_, event)) = line.split_once(MARK) else { continue };
            let event: ChatEvent = serde_json::from_str(event).unwrap();
            if is_time(&event) {
                break event.run_id;
            }
        };
        also.await;
        run
    };
    let run = tokio::time::timeout(Duration::from_secs(60), picked).await.expect("it gets there");
    process.start_kill().unwrap();
    process.wait().await.unwrap();
    run
}

/// A world whose model speaks over HTTP, so that a process can ask it too.
async fn world_with(test: TestDb, replies: Vec<Reply>) -> (World, FakeProvider) {
    let provider = FakeProvider::start(replies).await;
    let world = World::with_models_on(test, Config::default()).await;
    world.allow(&[&provider]).await;
    world.put_key(Wire::Chat, &provider).await;
    (world, provider)
}

/// Starts again and waits for the end of the run.
async fn ended(world: &World, run: &ChatRunId) -> Answered {
    // With SQLite the next start takes everything up; with PostgreSQL the lease of the dead node would run out first.
    let id = run.clone();
    let freed = world.db.write(move |tx| {
        Box::pin(async move {
            if leases::take(tx, &id, "a node that died", true).await? {
                leases::release(tx, &id, "a node that died").await?;
            }
            Ok::<_, StoreError>(())
        })
    });
    freed.await.unwrap();
    world.agent.start().await.unwrap();
    world.agent.answer_of(&amara(), run).await.unwrap()
}

/// The run began once, its events have no gap, and the words of the person are there.
async fn assert_whole(world: &World, answered: &Answered, say: &str) {
    let events = world.events(&answered.run.id).await;
    let numbers: Vec<i64> = events.iter().map(|it| it.seq).collect();
    assert_eq!(numbers, (1..).take(numbers.len()).collect::<Vec<i64>>(), "{}", world.test.name);
    assert_eq!(events.iter().filter(|it| it.event == "start").count(), 1);
    let shown = world.agent.conversation(&amara(), &answered.run.session_id, 100).await.unwrap();
    assert_eq!((shown.turns[0].is_mine, shown.turns[0].text.as_str()), (true, say));
}

async fn made(world: &World) -> usize {
    world.open_todos().await.iter().filter(|it| it.title == TASK).count()
}

fn add_todo() -> Reply {
    let args = json!({"project": "Website relaunch", "todolist": "Build", "task": TASK});
    Wire::Chat.calls(&[("create_todo", args)])
}

#[tokio::test]
async fn killed_in_the_stream_of_a_model_it_asks_again_and_answers() {
    for test in TestDb::both().await {
        let mut begun = Wire::Chat.pieces(&["Two "]);
        begun.push(Chunk::Stall);
        let replies = vec![Reply::Stream(begun), Wire::Chat.says("Two are late.")];
        let (world, _provider) = world_with(test, replies).await;
        let run = killed_at(&world, "what is late?", |it| it.event == "delta", async {}).await;
        let answered = ended(&world, &run).await;
        assert_eq!(answered.run.status, ChatRunStatus::Succeeded, "{}", answered.response);
        assert_eq!(answered.response, "Two are late.");
        assert_whole(&world, &answered, "what is late?").await;
    }
}

#[tokio::test]
async fn killed_in_a_tool_call_that_arrived_it_is_not_done_twice() {
    let (world, _provider) =
        world_with(TestDb::sqlite().await, vec![add_todo(), Wire::Chat.says("Done.")]).await;
    let patch = json!({"approvals": {"mode": "risky"}});
    world.agent.change_workspace_settings(&amara(), patch, false).await.unwrap();
    let slow = Fault::Slow(Duration::from_secs(600));
    world.running.sandbox.fail_while("POST", slow);
    let is_running = |it: &ChatEvent| it.event == "trace" && it.data["kind"] == "tool.call";
    let arrived = async {
        let is_there = || world.running.sandbox.requests().iter().any(|it| it.contains("POST"));
        while !is_there() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let run = killed_at(&world, "order ink", is_running, arrived).await;
    world.running.sandbox.heal();
    let answered = ended(&world, &run).await;
    assert!(answered.run.status.is_over(), "{:?}", answered.run.status);
    assert!(made(&world).await <= 1, "{}", answered.response);
    assert_whole(&world, &answered, "order ink").await;
}

#[tokio::test]
async fn killed_at_a_pending_approval_it_waits_and_then_happens_once() {
    for test in TestDb::both().await {
        let (world, _provider) =
            world_with(test, vec![add_todo(), Wire::Chat.says("Added.")]).await;
        let run = killed_at(&world, "order ink", |it| it.event == "done", async {}).await;
        let answered = ended(&world, &run).await;
        assert_eq!(answered.run.status, ChatRunStatus::WaitingApproval);
        assert_whole(&world, &answered, "order ink").await;
        assert_eq!(made(&world).await, 0);
        let pending = world.pending().await;
        assert_eq!(pending.len(), 1, "{}", world.test.name);
        world.agent.approve(&amara(), &pending[0].id, None, None).await.unwrap();
        assert_eq!(told_after(&world, &answered).await, "Added.");
        assert_eq!(made(&world).await, 1, "{}", world.test.name);
    }
}
