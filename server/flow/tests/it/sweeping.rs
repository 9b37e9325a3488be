//! A process that is killed at any point of a run with every other kind of step: a form that starts it, code, a table, a
//! called flow, the assistant, an error branch, an e-mail.

use crate::answers::{call, callable};
use crate::coding::{self, code, runner};
use crate::crashing::{Process, at_every_change, stands_still};
use crate::forming::{given, on_form};
use crate::mails::{self, MailServer, Manner};
use crate::pieces::rows;
use crate::settling::reached;
use crate::thinking::ASSISTANT;
use crate::world::{World, admin, chain, keep_going, opened, piece};
use domain::flow::listing::RunFilter;
use domain::flow::run::{Run, RunStatus};
use domain::ids::{FlowId, RunId};
use flow::config::Config;
use flow::forms::Submitted;
use flow::runs::Runs;
use flow::thinking::Thought;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use store::testing::TestDb;

/// What the second process has to know.
struct Begun {
    run: RunId,
    child: FlowId,
    hook: String,
    clock: Arc<AtomicI64>,
    reached: bool,
}

fn as_started(config: &mut Config) {
    config.node = Some("n1".to_owned());
    config.code = runner();
}

fn thinks(runs: &Runs) {
    runs.think_with(Arc::new(|_| {
        let answer = Thought { text: "Ada".to_owned(), model: "test".to_owned(), tokens: 1 };
        Box::pin(async move { Ok(answer) })
    }));
}

fn add(name: &str, value: &str) -> Value {
    rows(name, "tables-create-records", json!({ "values": [{ "name": value }] }))
}

async fn published(world: &World, mail: &MailServer) -> (FlowId, String) {
    world.allow(&[mail.address.to_string()]).await;
    mails::connected(world, mail).await;
    coding::switch(world, "on").await;
    let child = callable(world, add("step_1", "child")).await;
    let source = "(inputs) => ({ loud: inputs.name.toUpperCase() })";
    let input = json!({ "as": "failed", "reason": "no" });
    let mut fails = keep_going(piece("step_5", "@pmos/piece-control", "stop_run", input));
    fails["onErrorAction"] = add("step_6", "{{step_5.error}}");
    let letter = json!({
        "auth": "{{connections['mail']}}", "from": "studio@example.com", "to": ["a@example.com"],
        "subject": "Hello", "body_type": "plain_text", "body": "Hello {{step_4.answer}}",
    });
    let steps = vec![
        code("step_1", source, json!({ "name": "{{trigger.yourName}}" })),
        add("step_2", "{{step_1.loud}}"),
        call("step_3", &child, json!({})),
        piece("step_4", ASSISTANT, "ask", json!({ "question": "Who?" })),
        fails,
        rows("step_8", "tables-find-records", json!({})),
        piece("step_7", "@activepieces/piece-smtp", "send-email", letter),
    ];
    let flow = world.published(on_form(json!(["Your name*"]), chain(steps))).await;
    let url = world.flows.webhook_url(&admin(), &flow.id).await.unwrap();
    (child.id, url.rsplit('/').next().unwrap().to_owned())
}

async fn sent(runs: &Runs, hook: &str) -> RunId {
    let page = Some("page-1".to_owned());
    match runs.submit_form(hook, &given(&[("yourName", "Ada")]), page).await {
        Ok(Submitted::Taken(run)) => run,
        other => panic!("{other:?}"),
    }
}

/// Sends the form and stands still at the `at`-th change of anything that was written down.
async fn begun(test: &TestDb, mail: &MailServer, at: usize) -> Begun {
    let world = World::on_with(test.reopen().await, test.name, as_started).await;
    thinks(&world.runs);
    let (child, hook) = published(&world, mail).await;
    let mut changes = world.db.changes();
    let run = sent(&world.runs, &hook).await;
    let reached = stands_still(&world, &run, &mut changes, (at, |_| true)).await;
    let clock = Arc::clone(&world.clock);
    std::mem::forget(world);
    Begun { run, child, hook, clock, reached }
}

/// What the next start makes of it: the run, and how often the other flow was called.
async fn finished(test: &TestDb, begun: &Begun) -> (Run, usize) {
    let db = test.reopen().await;
    let runs = opened(db.clone(), &begun.clock, None, as_started);
    thinks(&runs);
    let _worker = runs.work();
    assert_eq!(sent(&runs, &begun.hook).await, begun.run, "one page is one run");
    let run = reached(&db, &runs, &begun.run, |it| it.status.is_terminal()).await;
    let of_child = RunFilter { flow_id: Some(begun.child.clone()), ..RunFilter::default() };
    (run, runs.list(&admin(), &of_child).await.unwrap().data.len())
}

/// Everything happened once; only the e-mail may have been left to a person.
fn judged(run: &Run, calls: usize, letters: usize, place: &str) {
    assert_eq!(calls, 1, "{place}: calls of the other flow");
    let found = run.steps["step_8"]["output"]["rows"].as_array().cloned().unwrap_or_default();
    let mut names: Vec<_> =
        found.iter().map(|it| it["cells"]["name"].as_str().unwrap_or_default()).collect();
    names.sort_unstable();
    assert_eq!(names, ["ADA", "child", "no"], "{place}: {run:?}");
    match run.status {
        RunStatus::Succeeded => assert_eq!(letters, 1, "{place}"),
        RunStatus::Failed => {
            let error = run.error.as_deref().unwrap_or_default();
            assert!(error.contains("needs a person"), "{place}: {error}");
            assert!(letters <= 1, "{place}: {letters}");
        }
        other => panic!("{place}: {other:?}"),
    }
}

#[test]
fn wherever_it_is_killed_each_kind_of_step_happens_once() {
    let outside = Process::start();
    at_every_change(&outside, (3, 3), |test, at, place| {
        let mail = outside.block_on(MailServer::open(Manner::Takes));
        let first = Process::start();
        let begun = first.block_on(begun(test, &mail, at));
        first.kill();
        if !begun.reached {
            return false;
        }
        let second = Process::start();
        let (run, calls) = second.block_on(finished(test, &begun));
        second.kill();
        judged(&run, calls, mail.messages(), place);
        true
    });
    outside.kill();
}
