//! Steps that keep values, leave loops, stop runs and post messages.

use crate::site::Site;
use crate::world::{World, chain, for_each, keep_going, on_webhook, piece, router, set_fields};
use domain::flow::run::RunStatus;
use serde_json::{Value, json};

const STORE: &str = "@activepieces/piece-store";
const CONTROL: &str = "@pmos/piece-control";

fn keep(name: &str, action: &str, input: Value) -> Value {
    piece(name, STORE, action, input)
}

fn skip_or_leave() -> Value {
    let skip = piece("step_3", CONTROL, "next_item", json!({}));
    let leave = piece("step_4", CONTROL, "leave_loop", json!({}));
    let mut choose = router(
        "step_2",
        "EXECUTE_FIRST_MATCH",
        vec![
            ("Two", "{{step_1.item}}", "NUMBER_IS_EQUAL_TO", "2", skip),
            ("Four", "{{step_1.item}}", "NUMBER_IS_EQUAL_TO", "4", leave),
        ],
        Value::Null,
    );
    let list = json!({ "key": "seen", "value": ["{{step_1.item}}"], "store_scope": "RUN" });
    choose["nextAction"] = keep("step_5", "add_to_list", list);
    choose
}

#[tokio::test]
async fn a_loop_is_left_and_items_are_passed_over() {
    for world in World::both().await {
        let seen = json!({ "key": "seen", "store_scope": "RUN" });
        let flow = world
            .published(on_webhook(chain(vec![
                set_fields("step_0", json!({ "rows": [1, 2, 3, 4, 5] })),
                for_each("step_1", "{{step_0.rows}}", skip_or_leave()),
                keep("step_6", "get", seen),
                set_fields("step_7", json!({ "index": "{{step_1.index}}" })),
            ])))
            .await;
        let run = world.fire(&flow, json!({})).await;
        let ended = world.ended(&run).await;
        assert_eq!(ended.status, RunStatus::Succeeded, "{ended:?}");
        assert_eq!(ended.steps["step_6"]["output"], json!([1, 3]), "{}", world.name);
        assert_eq!(ended.steps["step_7"]["output"], json!({ "index": 4 }));
        assert_eq!(ended.steps["step_1"]["output"]["iterations"].as_array().unwrap().len(), 4);
    }
}

#[tokio::test]
async fn values_are_kept_between_runs() {
    for world in World::both().await {
        let flow = world
            .published(on_webhook(chain(vec![
                keep("step_1", "append", json!({
                    "key": "log", "value": "{{trigger.body.n}}", "separator": ",", "store_scope": "FLOW",
                })),
                keep("step_2", "get", json!({ "key": "log", "store_scope": "FLOW" })),
                keep("step_3", "get", json!({
                    "key": "log", "store_scope": "COLLECTION", "defaultValue": "none",
                })),
            ])))
            .await;
        for (n, expected) in [(1, "1"), (2, "1,2")] {
            let run = world.fire(&flow, json!({ "n": n })).await;
            let ended = world.ended(&run).await;
            assert_eq!(ended.steps["step_2"]["output"], expected, "{}", world.name);
            assert_eq!(ended.steps["step_3"]["output"], "none");
        }
    }
}

#[tokio::test]
async fn a_run_ends_where_it_is_told_to() {
    let world = World::sqlite().await;
    let stop = |name: &str, how: &str| {
        piece(name, CONTROL, "stop_run", json!({ "as": how, "reason": "Nothing to do" }))
    };
    let good = world
        .published(on_webhook(chain(vec![
            stop("step_1", "finished"),
            set_fields("step_2", json!({})),
        ])))
        .await;
    let ended = world.ended(&world.fire(&good, json!({})).await).await;
    assert_eq!(ended.status, RunStatus::Succeeded);
    assert!(!ended.steps.contains_key("step_2"));
    let bad = world.published(on_webhook(stop("step_1", "failed"))).await;
    let ended = world.ended(&world.fire(&bad, json!({})).await).await;
    assert_eq!((ended.status, ended.error.as_deref()), (RunStatus::Failed, Some("Nothing to do")));
    let lost = world
        .published(on_webhook(chain(vec![
            keep_going(piece("step_1", CONTROL, "leave_loop", json!({}))),
            set_fields("step_2", json!({ "why": "{{step_1.error}}" })),
        ])))
        .await;
    let ended = world.ended(&world.fire(&lost, json!({})).await).await;
    let why = ended.steps["step_2"]["output"]["why"].as_str().unwrap();
    assert!(why.contains("only inside a loop"), "{why}");
}

#[tokio::test]
async fn a_message_is_posted_and_its_address_is_not_shown() {
    let world = World::sqlite().await;
    let site = Site::open().await;
    world.allow(&[site.host()]).await;
    let input =
        json!({ "webhook_url": site.url("/ok/secret"), "text": "Hi {{trigger.body.name}}" });
    let post = piece("step_1", "@pmos/piece-chat-webhook", "post_message", input);
    let flow = world.published(on_webhook(post)).await;
    let ended = world.ended(&world.fire(&flow, json!({ "name": "Ann" })).await).await;
    assert_eq!(ended.status, RunStatus::Succeeded, "{ended:?}");
    assert_eq!(ended.steps["step_1"]["output"]["text"], "Hi Ann");
    assert_eq!(site.count("/ok/secret"), 1);
    assert!(!serde_json::to_string(&ended).unwrap().contains("/ok/secret"));
}

pub(crate) fn rows(name: &str, action: &str, mut input: Value) -> Value {
    input["table_id"] = "Leads".into();
    piece(name, "@activepieces/piece-tables", action, input)
}

#[tokio::test]
async fn rows_of_a_table_are_added_found_changed_and_removed() {
    for world in World::both().await {
        let two = json!({ "values": [{ "name": "Ann", "city": "Bern" }, { "name": "Bob" }] });
        let change = json!({ "record_id": "{{step_2.rows[0].id}}", "values": { "city": "Basel" } });
        let of_ann = json!({ "field": "name", "operator": "TEXT_EXACTLY_MATCHES", "value": "ann" });
        let flow = world
            .published(on_webhook(chain(vec![
                rows("step_1", "tables-create-records", two),
                rows("step_2", "tables-find-records", of_ann),
                rows("step_3", "tables-update-record", change),
                rows("step_4", "tables-get-record", json!({ "record_id": "{{step_3.id}}" })),
                rows("step_5", "tables-delete-record", json!({ "record_id": "{{step_3.id}}" })),
                rows("step_6", "tables-find-records", json!({})),
                rows("step_7", "tables-clear-table", json!({})),
            ])))
            .await;
        let run = world.fire(&flow, json!({})).await;
        let ended = world.ended(&run).await;
        assert_eq!(ended.status, RunStatus::Succeeded, "{ended:?}");
        let gave = |step: &str| ended.steps[step]["output"].clone();
        assert_eq!((&gave("step_1")["count"], &gave("step_2")["count"]), (&json!(2), &json!(1)));
        assert_eq!(gave("step_4")["cells"], json!({ "name": "Ann", "city": "Basel" }));
        assert_eq!(gave("step_5"), json!({ "removed": true }));
        assert_eq!(gave("step_6")["rows"][0]["cells"]["name"], "Bob", "{}", world.name);
        assert_eq!(gave("step_7"), json!({ "removed": 1 }));
    }
}
