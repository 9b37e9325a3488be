//! Code steps: off until they are switched on, then in a process of their own.

use crate::world::{World, actor, admin, chain, for_each, keep_going, on_webhook, set_fields};
use code::Limits;
use code::runner::Runner;
use domain::actor::Role;
use domain::flow::run::{Run, RunStatus};
use domain::problem::Problem;
use serde_json::{Map, Value, json};
use std::time::Duration;
use store::settings;

/// This test program, called again as the worker.
pub(crate) fn runner() -> Option<Runner> {
    let arguments = ["code_worker", "--exact", "--ignored", "--nocapture", "--test-threads=1"];
    let program = std::env::current_exe().unwrap();
    Some(Runner::new(program, arguments.map(Into::into).to_vec(), Limits::default()))
}

async fn worlds() -> Vec<World> {
    World::both_with(|it| it.code = runner()).await
}

pub(crate) async fn switch(world: &World, word: &'static str) {
    let set = world.db.write(move |conn| {
        Box::pin(async move { settings::set(conn, "w1", "codeSteps", &json!(word)).await })
    });
    set.await.unwrap();
}

pub(crate) fn code(name: &str, code: &str, input: Value) -> Value {
    json!({
        "name": name, "displayName": name, "type": "CODE", "valid": true,
        "settings": { "sourceCode": { "code": code, "packageJson": "{}" }, "input": input },
    })
}

async fn ran(world: &World, steps: Vec<Value>, body: Value) -> Run {
    let flow = world.published(on_webhook(chain(steps))).await;
    let run = world.fire(&flow, body).await;
    world.ended(&run).await
}

#[tokio::test]
async fn code_runs_once_it_is_switched_on_and_sees_its_inputs() {
    for world in worlds().await {
        let source = "export const code = async (inputs: { n: number }): Promise<object> => ({ twice: inputs.n * 2 });";
        let steps = || {
            let first = code("step_1", source, json!({ "n": "{{trigger.body.n}}" }));
            vec![first, set_fields("step_2", json!({ "is": "{{step_1.twice}}" }))]
        };
        let off = ran(&world, steps(), json!({ "n": 21 })).await;
        assert_eq!(off.status, RunStatus::Failed, "{}", world.name);
        assert!(off.error.unwrap().contains("A super admin can switch them on"));
        switch(&world, "on").await;
        let on = ran(&world, steps(), json!({ "n": 21 })).await;
        assert_eq!(on.status, RunStatus::Succeeded, "{}: {on:?}", world.name);
        assert_eq!(on.steps["step_1"]["input"], json!({ "n": 21 }));
        assert_eq!(on.steps["step_2"]["output"], json!({ "is": 42 }));
        switch(&world, "off").await;
        assert_eq!(ran(&world, steps(), json!({ "n": 1 })).await.status, RunStatus::Failed);
    }
}

#[tokio::test]
async fn a_test_of_a_step_keeps_what_its_code_logged() {
    for world in worlds().await {
        switch(&world, "on").await;
        let source =
            "(inputs) => { console.log('got', inputs.n); console.error('odd'); return inputs.n }";
        let steps = vec![code("step_1", source, json!({ "n": 7 }))];
        let flow = world.drafted(on_webhook(chain(steps))).await.unwrap();
        world.flows.give_sample(&admin(), &flow.id, "trigger", &json!({})).await.unwrap();
        let tried = world.runs.test_step(&admin(), &flow.id, "step_1", Map::new()).await.unwrap();
        let lines = ["got 7", "error: odd"];
        assert_eq!(tried.sample.expect("a sample").logged, lines, "{}", world.name);
        assert_eq!(tried.run.steps["step_1"]["logged"], json!(lines));
        let kept = world.flows.samples(&admin(), &flow.id).await.unwrap();
        assert_eq!(kept["step_1"].logged, lines, "{}", world.name);
    }
}

#[tokio::test]
async fn whoever_may_see_a_flow_learns_why_its_code_does_not_run() {
    let [world, ..] = &worlds().await[..] else { panic!("no world") };
    let flow = world.drafted(on_webhook(code("step_1", "() => 1", json!({})))).await.unwrap();
    let why = world.flows.code_refusal(&admin(), &flow.id).await.unwrap();
    assert!(why.is_some_and(|it| it.contains("super admin can switch them on")));
    switch(world, "on").await;
    assert_eq!(world.flows.code_refusal(&admin(), &flow.id).await.unwrap(), None);
    let stranger = actor("w2", Role::WorkspaceAdmin);
    let hidden = world.flows.code_refusal(&stranger, &flow.id).await;
    assert!(matches!(hidden, Err(Problem::NotFound { .. })));
}

/// Recorded: nothing has no output, `null` has one.
#[tokio::test]
async fn nothing_and_null_are_told_apart() {
    for world in worlds().await {
        switch(&world, "on").await;
        let steps = vec![
            code("step_1", "export const code = async () => undefined", json!({})),
            code("step_2", "export const code = async () => null", json!({})),
            set_fields("step_3", json!({ "a": "{{step_1}}", "b": "{{step_2}}" })),
        ];
        let run = ran(&world, steps, json!({})).await;
        assert_eq!(run.status, RunStatus::Succeeded, "{}: {run:?}", world.name);
        assert_eq!(run.steps["step_1"].get("output"), None);
        assert_eq!(run.steps["step_2"].get("output"), Some(&Value::Null));
        assert_eq!(run.steps["step_3"]["output"], json!({ "a": "", "b": "" }));
    }
}

#[tokio::test]
async fn what_the_code_throws_is_the_error_of_the_step() {
    let [world, ..] = &worlds().await[..] else { panic!("no world") };
    switch(world, "on").await;
    let broken =
        code("step_1", "export const code = () => {\n  throw new Error('no paper');\n}", json!({}));
    let mut rescued = keep_going(broken);
    rescued["onErrorAction"] = set_fields("step_2", json!({ "why": "{{step_1.error}}" }));
    let run = ran(world, vec![rescued], json!({})).await;
    assert_eq!(run.status, RunStatus::Succeeded, "{run:?}");
    let why = run.steps["step_2"]["output"]["why"].as_str().unwrap().to_owned();
    assert!(why.starts_with("Error: no paper") && why.contains("code.js:2"), "{why}");
}

#[tokio::test]
async fn a_loop_runs_its_code_for_each_item_and_a_retry_waits() {
    let [world, ..] = &worlds().await[..] else { panic!("no world") };
    switch(world, "on").await;
    let body = code("step_2", "(inputs) => inputs.it + 1", json!({ "it": "{{step_1.item}}" }));
    let run = ran(
        world,
        vec![for_each("step_1", "{{trigger.body.rows}}", body)],
        json!({ "rows": [1, 2] }),
    )
    .await;
    let rounds = &run.steps["step_1"]["output"]["iterations"];
    assert_eq!(
        (&rounds[0]["step_2"]["output"], &rounds[1]["step_2"]["output"]),
        (&json!(2), &json!(3))
    );
    let mut again = code("step_1", "() => { throw 1 }", json!({}));
    again["settings"]["errorHandlingOptions"] = json!({
        "continueOnFailure": {}, "retryOnFailure": { "value": true },
        "retryPolicy": { "attempts": 2, "waitSeconds": 30, "doubles": false },
    });
    let flow = world.published(on_webhook(again)).await;
    let run = world.fire(&flow, json!({})).await;
    world.until(&run, &[RunStatus::Paused]).await;
    world.pass(Duration::from_secs(31));
    assert_eq!(world.ended(&run).await.status, RunStatus::Failed);
}
