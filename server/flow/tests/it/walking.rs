//! What steps see and do, as recorded from the engine whose flows we run.

use crate::world::{
    World, admin, chain, code, for_each, keep_going, on_webhook, respond, router, set_fields, wait,
};
use domain::flow::run::{Run, RunStatus, Which};
use flow::hooks::HookAnswer;
use serde_json::{Value, json};

#[tokio::test]
async fn a_webhook_runs_the_published_flow_and_is_answered() {
    for world in World::both().await {
        let fields = json!({ "name": "{{trigger.body.name}}", "n": "{{trigger['body']['n']}}" });
        let big = (
            "Big",
            "{{step_1.n}}",
            "NUMBER_IS_GREATER_THAN",
            "10",
            respond("step_3", "stop", json!("big")),
        );
        let small = respond("step_4", "stop", json!({ "hello": "{{step_1.name}}" }));
        let steps = vec![
            set_fields("step_1", fields),
            router("step_2", "EXECUTE_FIRST_MATCH", vec![big], small),
        ];
        let flow = world.published(on_webhook(chain(steps))).await;
        let answer = world.call(&flow, json!({ "name": "Ada", "n": 3 })).await.unwrap();
        let HookAnswer::Responded { run, status, body, .. } = answer else { panic!("{answer:?}") };
        assert_eq!((status, body), (200, json!({ "hello": "Ada" })), "{}", world.name);
        let run = world.ended(&run).await;
        assert_eq!(run.status, RunStatus::Succeeded);
        assert_eq!(names(&run), ["trigger", "step_1", "step_2", "step_4"]);
        assert_eq!(run.steps["step_1"]["output"], json!({ "name": "Ada", "n": 3 }));
        let branches = json!({ "branches": [
            { "branchName": "Big", "branchIndex": 1, "evaluation": false },
            { "branchName": "Otherwise", "branchIndex": 2, "evaluation": true },
        ]});
        assert_eq!(run.steps["step_2"]["output"], branches);
        assert_eq!(run.steps_count, 3);
    }
}

fn names(run: &Run) -> Vec<&str> {
    run.steps.keys().map(String::as_str).collect()
}

async fn ran(steps: Vec<Value>, body: Value) -> Run {
    let world = World::sqlite().await;
    let flow = world.published(on_webhook(chain(steps))).await;
    let run = world.fire(&flow, body).await;
    world.ended(&run).await
}

/// The same for flows that are not published because they refer to what cannot be there.
async fn tested(steps: Vec<Value>, body: Value) -> Run {
    let world = World::sqlite().await;
    let flow = world.drafted(on_webhook(chain(steps))).await.unwrap();
    let payload = json!({ "body": body });
    let run = world.runs.start(&admin(), &flow.id, payload, Which::Draft).await.unwrap();
    world.ended(&run.id).await
}

/// Recording 161: nested loops, a step that fails in one round and goes on, a router that takes all branches, a
/// skipped step.
#[tokio::test]
async fn nested_loops_keep_their_rounds_and_leave_only_the_last() {
    let may_fail = "{{step_3.item == 99 ? 'bad' : ({ i: step_3.item, oi: step_2.index + '-' + step_3.index })}}";
    let inner = for_each(
        "step_3",
        "{{step_2['item']['xs']}}",
        keep_going(set_fields("step_4", json!(may_fail))),
    );
    let mut skipped = set_fields("step_8", json!({}));
    skipped["skip"] = json!(true);
    let a = (
        "A",
        "{{trigger.body.k}}",
        "NUMBER_IS_EQUAL_TO",
        "1",
        set_fields("step_6", json!({ "v": "A" })),
    );
    let b = (
        "B",
        "{{trigger.body.k}}",
        "EXISTS",
        "",
        set_fields("step_7", json!({ "prev": "{{step_6.v}}" })),
    );
    let last = json!({ "i": "{{step_2.index}}", "l": "{{step_3}}", "s4": "{{step_4}}", "skipd": "{{step_8}}" });
    let steps = vec![
        for_each("step_2", "{{trigger.body.rows}}", inner),
        router("step_5", "EXECUTE_ALL_MATCH", vec![a, b], Value::Null),
        skipped,
        set_fields("step_10", last),
    ];
    let rows = json!([{ "xs": [1, 2] }, { "xs": [] }, { "xs": [99, 3] }]);
    let run = tested(steps, json!({ "rows": rows, "k": 1 })).await;
    assert_eq!(run.status, RunStatus::Succeeded, "{run:?}");
    assert_eq!(names(&run), ["trigger", "step_2", "step_5", "step_6", "step_7", "step_10"]);
    let outer = &run.steps["step_2"]["output"];
    assert_eq!((&outer["index"], &outer["item"]), (&json!(3), &json!({ "xs": [99, 3] })));
    let rounds = |at: usize| &outer["iterations"][at]["step_3"]["output"];
    assert_eq!(rounds(0)["iterations"][1]["step_4"]["output"], json!({ "i": 2, "oi": "1-2" }));
    assert_eq!(*rounds(1), json!({ "index": 0, "iterations": [] }));
    assert_eq!(rounds(2)["iterations"][0]["step_4"]["status"], "FAILED");
    assert_eq!(rounds(2)["iterations"][1]["step_4"]["output"], json!({ "i": 3, "oi": "3-2" }));
    assert_eq!(run.steps["step_7"]["output"], json!({ "prev": "A" }));
    assert_eq!(run.steps["step_10"]["output"], json!({ "i": 3, "l": "", "s4": "", "skipd": "" }));
}

/// Recordings 182 to 185.
#[tokio::test]
async fn a_loop_takes_nothing_but_a_list() {
    for rows in [json!("notalist"), json!("[1,2]"), json!({ "a": 1 }), Value::Null] {
        let steps =
            vec![for_each("step_1", "{{trigger.body.rows}}", set_fields("step_2", json!({})))];
        let run = ran(steps, json!({ "rows": rows })).await;
        assert_eq!(run.status, RunStatus::Failed);
        assert_eq!(run.failed_step.unwrap().name, "step_1");
        assert_eq!(
            run.steps["step_1"]["errorMessage"],
            "The items you have selected must be a list."
        );
        assert_eq!(run.steps["step_1"]["output"], json!({ "index": 0, "iterations": [] }));
    }
}

/// Recording 186.
#[tokio::test]
async fn an_empty_list_is_no_failure() {
    let steps = vec![for_each("step_1", "{{trigger.body.rows}}", set_fields("step_2", json!({})))];
    let run = ran(steps, json!({ "rows": [] })).await;
    assert_eq!(run.status, RunStatus::Succeeded);
    assert_eq!(run.steps["step_1"]["output"], json!({ "index": 0, "iterations": [] }));
}

#[tokio::test]
async fn rounds_can_be_looked_into_after_the_loop() {
    let body = set_fields("step_2", json!({ "double": "{{step_1.item * 2}}" }));
    let seen = json!({ "second": "{{step_1.iterations[1].step_2.output.double}}" });
    let steps = vec![for_each("step_1", "{{trigger.body.rows}}", body), set_fields("step_3", seen)];
    let run = ran(steps, json!({ "rows": [4, 5] })).await;
    assert_eq!(run.steps["step_3"]["output"], json!({ "second": 10 }));
}

/// Recording 082, and the error that it does not give.
#[tokio::test]
async fn a_failed_step_that_goes_on_gives_nothing_but_its_error() {
    let steps = vec![
        keep_going(code("step_1")),
        set_fields("step_2", json!({ "prev": "{{step_1}}", "why": "{{step_1.error}}" })),
    ];
    let run = ran(steps, json!({})).await;
    assert_eq!(run.status, RunStatus::Succeeded);
    assert_eq!(run.steps["step_1"]["status"], "FAILED");
    let output = &run.steps["step_2"]["output"];
    assert_eq!(output["prev"], "");
    assert!(output["why"].as_str().unwrap().starts_with("Code steps are switched off"));
}

/// Recording 213.
#[tokio::test]
async fn an_answer_can_come_before_the_end() {
    let world = World::sqlite().await;
    let fields = json!({ "body": "hi {{trigger.body.x}}", "status": 201, "headers": { "content-type": "text/plain" } });
    let mut answer = respond("step_1", "respond", json!(""));
    answer["settings"]["input"] =
        json!({ "responseType": "raw", "fields": fields, "respond": "respond" });
    let flow = world.published(on_webhook(chain(vec![answer, wait("step_2", 60)]))).await;
    let told = world.call(&flow, json!({ "x": "y" })).await.unwrap();
    let HookAnswer::Responded { run, status, body, headers } = told else { panic!("{told:?}") };
    assert_eq!((status, body), (201, json!("hi y")));
    assert_eq!(headers, [("content-type".to_owned(), "text/plain".to_owned())]);
    let run = world.until(&run, &[RunStatus::Paused]).await;
    assert_eq!(run.steps["step_1"]["status"], "SUCCEEDED");
}

#[tokio::test]
async fn a_run_without_an_answer_gives_its_last_output() {
    let world = World::sqlite().await;
    let flow = world
        .published(on_webhook(set_fields("step_1", json!({ "a": "{{trigger.body.a}}" }))))
        .await;
    let told = world.call(&flow, json!({ "a": [1] })).await.unwrap();
    assert!(matches!(told, HookAnswer::Finished { output, .. } if output == json!({ "a": [1] })));
}

#[tokio::test]
async fn a_failed_run_tells_its_caller_at_once() {
    let world = World::sqlite().await;
    let flow = world.published(on_webhook(code("step_1"))).await;
    let told = world.call(&flow, json!({})).await.unwrap();
    let HookAnswer::Failed { run, error } = told else { panic!("{told:?}") };
    assert!(error.starts_with("Code steps are switched off"));
    let run = world.ended(&run).await;
    assert_eq!(
        (run.status, run.failed_step.unwrap().name),
        (RunStatus::Failed, "step_1".to_owned())
    );
}

#[tokio::test]
async fn references_that_give_nothing_are_told() {
    let run =
        ran(vec![set_fields("step_1", json!({ "a": "{{trigger.body.missing.deep}}" }))], json!({}))
            .await;
    assert_eq!(run.steps["step_1"]["output"], json!({ "a": "" }));
    assert_eq!(run.steps["step_1"]["warnings"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_loop_of_many_rounds_is_journaled_whole() {
    let rows: Vec<i64> = (0..700).collect();
    let steps = vec![for_each(
        "step_1",
        "{{trigger.body.rows}}",
        set_fields("step_2", json!({ "i": "{{step_1.item}}" })),
    )];
    let run = ran(steps, json!({ "rows": rows })).await;
    assert_eq!(run.status, RunStatus::Succeeded);
    let rounds = run.steps["step_1"]["output"]["iterations"].as_array().unwrap();
    assert_eq!(rounds.len(), 700);
    assert_eq!(rounds[699]["step_2"]["output"], json!({ "i": 699 }));
    assert_eq!(run.steps_count, 701);
}
