//! Steps that write to Basecamp, whose process dies or whose answer is lost: each write is sent once (AC-21).

use crate::crashing::Process;
use crate::world::{World, admin, chain, on_node, on_webhook, opened, people, piece};
use basecamp::Basecamp;
use basecamp::records::Request;
use domain::flow::run::{Run, RunStatus};
use domain::todo::TodoQuery;
use sandbox::faults::Fault;
use sandbox::{Running, serve};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use store::secrets::SecretKey;
use store::step_writes::{self, StepKey};
use store::testing::TestDb;

const HOUR: Duration = Duration::from_secs(3_600);
const BASECAMP: &str = "@activepieces/piece-basecamp";
const TITLE: &str = "Paint the door";

/// A sample Basecamp that outlives every process, and what steps write in.
struct Studio {
    test: TestDb,
    sample: Running,
    basecamp: Basecamp,
    project: i64,
    todo: i64,
    table: i64,
    column: i64,
    board: i64,
}

/// A write of a step, and how its records are told.
struct Case {
    step: Value,
    /// Where it is sent.
    sent: String,
    /// The list that holds what it makes.
    list: Request,
    /// The field that tells it.
    field: &'static str,
}

fn list(name: &str, id: i64) -> Request {
    Request::new(name, &[id.to_string()]).unwrap()
}

impl Studio {
    async fn on(test: TestDb) -> Self {
        let config = sandbox::Config { keeps_log: true, ..sandbox::Config::default() };
        let sample = serve(config).await.unwrap();
        let reach = basecamp::config::Config::default();
        let reach = reach.with_sample(sample.address, &sample.control_key);
        let key = SecretKey::from_text("key of the tests");
        let basecamp = Basecamp::new(test.db.clone(), key, reach).unwrap();
        basecamp.connect_sample(&admin()).await.unwrap();
        let projects = basecamp.projects(&admin()).await.unwrap();
        let project = projects.iter().find(|it| it.name == "Website relaunch").unwrap().id;
        let query = TodoQuery { project_id: Some(project), ..TodoQuery::default() };
        let todo = basecamp.todos(&admin(), &query).await.unwrap()[0].id;
        let raw = basecamp.fetch(&admin(), &list("GetProject", project)).await.unwrap();
        let tool = |name: &str| {
            let dock = raw["dock"].as_array().unwrap();
            dock.iter().find(|it| it["name"] == name).unwrap()["id"].as_i64().unwrap()
        };
        let (table, board) = (tool("kanban_board"), tool("message_board"));
        let columns = basecamp.fetch(&admin(), &list("GetCardTable", table)).await.unwrap();
        let column = columns["lists"][0]["id"].as_i64().unwrap();
        Self { test, sample, basecamp, project, todo, table, column, board }
    }

    /// A process that works here.
    async fn process(&self) -> World {
        World::beside(self.test.reopen().await, self.test.name, &self.sample).await
    }

    fn cases(&self) -> [Case; 3] {
        let step = |action: &str, operation: &str, inputs: Value| {
            let mut input =
                json!({ "operation": operation, "project": self.project, "inputs": inputs });
            input["card_table"] = self.table.into();
            input["column"] = self.column.into();
            piece("step_1", BASECAMP, action, input)
        };
        let comment =
            json!({ "project": self.project, "recording_id": self.todo, "content": TITLE });
        let message = json!({ "subject": TITLE, "content": "Tomorrow" });
        [
            Case {
                step: step("comments", "create_comment", comment),
                sent: format!("/recordings/{}/comments", self.todo),
                list: list("ListComments", self.todo),
                field: "content",
            },
            Case {
                step: step("cards", "create_card", json!({ "title": TITLE })),
                sent: format!("/lists/{}/cards", self.column),
                list: list("ListCards", self.column),
                field: "title",
            },
            Case {
                step: step("messages", "create_message", message),
                sent: format!("/message_boards/{}/messages", self.board),
                list: list("ListMessages", self.board),
                field: "subject",
            },
        ]
    }

    /// How many records of the case there are.
    async fn made(&self, case: &Case) -> usize {
        let all = self.basecamp.fetch_all(&admin(), &case.list).await.unwrap().items;
        all.iter().filter(|it| it[case.field].as_str().unwrap().contains(TITLE)).count()
    }

    /// Requests that were sent for the case.
    fn sent(&self, case: &Case) -> usize {
        let is_it = |it: &&String| it.starts_with("POST") && it.contains(&case.sent);
        self.sample.sandbox.requests().iter().filter(is_it).count()
    }
}

/// Runs the step of a case, kills the process when its record is there and nothing has been heard of it, starts again
/// and gives the end of the run.
fn killed_after(outer: &Process, studio: &Studio, case: &Case) -> Run {
    studio.sample.sandbox.fail_while("POST ", Fault::Slow(HOUR));
    let first = Process::start();
    let (run, clock) = first.block_on(async {
        let world = studio.process().await;
        let flow = world.published(on_webhook(case.step.clone())).await;
        let run = world.fire(&flow, json!({})).await;
        let clock = Arc::clone(&world.clock);
        std::mem::forget(world);
        (run, clock)
    });
    outer.block_on(async {
        for _ in 0..600 {
            if studio.made(case).await > 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{}: nothing was written", case.sent);
    });
    first.kill();
    studio.sample.sandbox.heal();
    let second = Process::start();
    let ended = second.block_on(async {
        let db = studio.test.reopen().await;
        let runs = opened(db, &clock, Some(&studio.sample), on_node);
        let _worker = runs.work();
        let waiting = async {
            loop {
                let now = runs.get(&admin(), &run).await.unwrap();
                if now.status.is_terminal() {
                    break now;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), waiting).await.expect("the run ends")
    });
    second.kill();
    ended
}

#[test]
fn what_was_written_before_the_kill_is_found_and_not_written_again() {
    let outer = Process::start();
    for test in outer.block_on(TestDb::both()) {
        let studio = outer.block_on(Studio::on(test));
        outer.block_on(people(&studio.test.db));
        for case in studio.cases() {
            let run = killed_after(&outer, &studio, &case);
            let place = format!("{}, {}", studio.test.name, case.sent);
            assert_eq!((run.status, run.resumed), (RunStatus::Succeeded, 1), "{place}: {run:?}");
            assert_eq!(outer.block_on(studio.made(&case)), 1, "{place}");
            assert_eq!(studio.sent(&case), 1, "{place}");
            let output = &run.steps["step_1"]["output"];
            assert!(output[case.field].as_str().unwrap().contains(TITLE), "{place}: {output}");
        }
        outer.block_on(async { drop(studio) });
    }
    outer.kill();
}

#[tokio::test]
async fn a_step_that_fails_after_its_first_write_does_not_repeat_it() {
    for test in TestDb::both().await {
        let studio = Studio::on(test).await;
        let person = studio.basecamp.people(&admin()).await.unwrap()[0].id;
        people(&studio.test.db).await;
        let world = studio.process().await;
        let input = json!({
            "operation": "create_card", "project": studio.project, "card_table": studio.table, "column": studio.column,
            "inputs": { "title": TITLE, "assignee_ids": [person] },
        });
        let mut step = piece("step_1", BASECAMP, "cards", input);
        step["settings"]["errorHandlingOptions"] = json!({
            "retryOnFailure": { "value": true }, "continueOnFailure": { "value": false }
        });
        let flow = world.published(on_webhook(chain(vec![step]))).await;
        // The card is made, and putting somebody on it is refused.
        studio.sample.sandbox.fail_while("PUT ", Fault::Status(403));
        let run = world.fire(&flow, json!({})).await;
        world.until(&run, &[RunStatus::Paused]).await;
        studio.sample.sandbox.heal();
        world.pass(HOUR);
        let ended = world.ended(&run).await;
        assert_eq!(ended.status, RunStatus::Succeeded, "{}: {ended:?}", world.name);
        let [_, case, _] = studio.cases();
        assert_eq!((studio.made(&case).await, studio.sent(&case)), (1, 1), "{}", world.name);
        let output = &ended.steps["step_1"]["output"];
        assert_eq!(output["assignees"][0]["id"], person, "{}: {output}", world.name);
        // What is in the journal is kept nowhere else.
        let key = format!("{run}.step_1");
        let step = StepKey { workspace: admin().workspace, run, key };
        let mut conn = world.db.read().await.unwrap();
        assert!(step_writes::of_step(&mut conn, &step).await.unwrap().is_empty());
    }
}
