//! Branches that run at the same time: what they see, how they fail, stop and survive.

pub(crate) mod waits;

use crate::crashing::{Process, at_every_change, killed_at_change};
use crate::site::Site;
use crate::world::{
    PATIENCE, World, admin, chain, for_each, keep_going, on_webhook, piece, router, set_fields,
    wait,
};
use domain::flow::run::{Run, RunStatus};
use domain::problem::Problem;
use serde_json::{Value, json};
use std::sync::Arc;

const CONTROL: &str = "@pmos/piece-control";

/// A router whose branches all run, at the same time.
pub(crate) fn at_once(name: &str, branches: Vec<Value>) -> Value {
    let names: Vec<String> = (1..=branches.len()).map(|it| format!("Branch {it}")).collect();
    let each = names.iter().zip(branches);
    let branches = each.map(|(name, first)| (name.as_str(), "yes", "EXISTS", "", first)).collect();
    let mut router = router(name, "EXECUTE_ALL_MATCH", branches, Value::Null);
    router["settings"]["parallel"] = true.into();
    router
}

pub(crate) fn put(name: &str, url: &str) -> Value {
    let input = json!({
        "method": "PUT", "url": url, "headers": {}, "queryParams": {}, "authType": "NONE", "body_type": "none",
    });
    piece(name, "@activepieces/piece-http", "send_request", input)
}

fn add(name: &str, value: &str) -> Value {
    let input = json!({ "key": "log", "value": [value], "store_scope": "RUN" });
    piece(name, "@activepieces/piece-store", "add_to_list", input)
}

fn kept(name: &str) -> Value {
    let input = json!({ "key": "log", "store_scope": "RUN" });
    piece(name, "@activepieces/piece-store", "get", input)
}

fn fails(name: &str, reason: &str) -> Value {
    piece(name, CONTROL, "stop_run", json!({ "as": "failed", "reason": reason }))
}

pub(crate) fn status<'a>(run: &'a Run, step: &str) -> &'a str {
    run.steps.get(step).and_then(|it| it["status"].as_str()).unwrap_or_default()
}

fn sorted(list: &Value) -> Vec<String> {
    let items = list.as_array().cloned().unwrap_or_default();
    let mut items: Vec<String> = items.iter().map(Value::to_string).collect();
    items.sort_unstable();
    items
}

#[tokio::test]
async fn branches_work_at_the_same_time_and_all_is_seen_after_them() {
    for world in World::both().await {
        let site = Site::open().await;
        world.allow(&[site.host()]).await;
        let branches = (1..=3)
            .map(|n| {
                chain(vec![
                    put(&format!("step_{n}1"), &site.url(&format!("/gate{n}"))),
                    set_fields(
                        &format!("step_{n}2"),
                        json!({ "n": format!("{{{{step_{n}1.body.path}}}}") }),
                    ),
                ])
            })
            .collect();
        let after = json!({ "all": "{{step_12.n}}{{step_22.n}}{{step_32.n}}" });
        let flow = world
            .published(on_webhook(chain(vec![
                at_once("step_1", branches),
                set_fields("step_2", after),
            ])))
            .await;
        let run = world.fire(&flow, json!({})).await;
        // Nobody is answered before all have asked.
        site.came(3).await;
        site.open_gate();
        let ended = world.ended(&run).await;
        assert_eq!(ended.status, RunStatus::Succeeded, "{}: {ended:?}", world.name);
        assert_eq!(ended.steps["step_2"]["output"], json!({ "all": "/gate1/gate2/gate3" }));
    }
}

#[tokio::test]
async fn a_branch_cannot_name_a_step_of_another_one() {
    let world = World::sqlite().await;
    let other = set_fields("step_3", json!({ "b": "{{step_2.a}}" }));
    let first = set_fields("step_2", json!({ "a": 1 }));
    let flow = world.drafted(on_webhook(at_once("step_1", vec![first, other]))).await.unwrap();
    let refused = world.flows.publish(&admin(), &flow.id).await.unwrap_err();
    let Problem::Invalid { issues, .. } = refused else { panic!("{refused:?}") };
    assert!(issues[0].field.starts_with("steps.step_3."), "{issues:?}");
}

#[tokio::test]
async fn every_branch_comes_to_its_end_and_the_first_failure_counts() {
    for world in World::both().await {
        let site = Site::open().await;
        world.allow(&[site.host()]).await;
        let late = chain(vec![put("step_2", &site.url("/gate1")), fails("step_3", "The first")]);
        let early = fails("step_4", "The second");
        let mut mended = keep_going(fails("step_5", "Mended"));
        mended["onErrorAction"] = set_fields("step_6", json!({ "why": "{{step_5.error}}" }));
        let good = chain(vec![
            put("step_7", &site.url("/gate2")),
            mended,
            set_fields("step_8", json!({ "done": true })),
        ]);
        let flow = world
            .published(on_webhook(chain(vec![
                at_once("step_1", vec![late, early, good]),
                set_fields("step_9", json!({})),
            ])))
            .await;
        let run = world.fire(&flow, json!({})).await;
        site.came(2).await;
        site.open_gate();
        let ended = world.ended(&run).await;
        assert_eq!(ended.status, RunStatus::Failed, "{}: {ended:?}", world.name);
        assert_eq!(ended.error.as_deref(), Some("The first"));
        assert_eq!(ended.failed_step.as_ref().map(|it| it.name.as_str()), Some("step_3"));
        assert_eq!((status(&ended, "step_4"), status(&ended, "step_8")), ("FAILED", "SUCCEEDED"));
        assert_eq!(ended.steps["step_6"]["output"], json!({ "why": "Mended" }));
        assert!(!ended.steps.contains_key("step_9"));
    }
}

#[tokio::test]
async fn stopping_the_run_ends_every_branch() {
    for world in World::both().await {
        let site = Site::open().await;
        world.allow(&[site.host()]).await;
        let branches = vec![
            put("step_2", &site.url("/hang1")),
            put("step_3", &site.url("/hang2")),
            wait("step_4", 600),
        ];
        let flow = world.published(on_webhook(at_once("step_1", branches))).await;
        let run = world.fire(&flow, json!({})).await;
        site.came(2).await;
        world.reached(&run, |it| status(it, "step_4") == "PAUSED").await;
        let stopped = world.runs.cancel(&admin(), &run).await.unwrap();
        assert_eq!(stopped.status, RunStatus::Canceled, "{}", world.name);
        let all = ["step_2", "step_3", "step_4"].map(|it| status(&stopped, it));
        assert_eq!(all, ["FAILED"; 3], "{}", world.name);
        // Nothing of it is under way any more.
        tokio::time::timeout(PATIENCE, world.runs.drain(2 * PATIENCE)).await.expect("it lets go");
    }
}

#[tokio::test]
async fn a_branch_that_ends_the_run_ends_the_others() {
    for world in World::both().await {
        let site = Site::open().await;
        world.allow(&[site.host()]).await;
        let end =
            piece("step_4", CONTROL, "stop_run", json!({ "as": "finished", "reason": "Enough" }));
        let branches = vec![
            put("step_2", &site.url("/hang")),
            chain(vec![put("step_3", &site.url("/gate")), end]),
            wait("step_5", 600),
        ];
        let flow = world
            .published(on_webhook(chain(vec![
                at_once("step_1", branches),
                set_fields("step_6", json!({})),
            ])))
            .await;
        let run = world.fire(&flow, json!({})).await;
        site.came(2).await;
        site.open_gate();
        let ended = world.ended(&run).await;
        assert_eq!(ended.status, RunStatus::Succeeded, "{}: {ended:?}", world.name);
        for step in ["step_2", "step_5"] {
            let why = ended.steps[step]["errorMessage"].as_str().unwrap_or_default();
            assert!(why.contains("Another branch ended the run"), "{step}: {ended:?}");
        }
        assert!(!ended.steps.contains_key("step_6"));
    }
}

#[tokio::test]
async fn branches_at_once_hold_loops_and_each_other_and_stand_in_loops() {
    for world in World::both().await {
        let each = for_each(
            "step_3",
            "{{trigger.body.inner}}",
            add("step_4", "{{step_1.item}}{{step_3.item}}"),
        );
        let nested = at_once(
            "step_5",
            vec![add("step_6", "x{{step_1.item}}"), add("step_7", "y{{step_1.item}}")],
        );
        let mut leaving = router(
            "step_8",
            "EXECUTE_FIRST_MATCH",
            vec![(
                "Two",
                "{{step_1.item}}",
                "NUMBER_IS_EQUAL_TO",
                "2",
                piece("step_9", CONTROL, "leave_loop", json!({})),
            )],
            Value::Null,
        );
        leaving["nextAction"] = set_fields("step_10", json!({ "stays": true }));
        let body = at_once("step_2", vec![each, nested, leaving]);
        let flow = world
            .published(on_webhook(chain(vec![
                for_each("step_1", "{{trigger.body.outer}}", body),
                kept("step_11"),
                set_fields(
                    "step_12",
                    json!({ "index": "{{step_1.index}}", "rounds": "{{step_1.iterations}}" }),
                ),
            ])))
            .await;
        let run = world.fire(&flow, json!({ "outer": [1, 2, 3], "inner": ["a", "b"] })).await;
        let ended = world.ended(&run).await;
        assert_eq!(ended.status, RunStatus::Succeeded, "{}: {ended:?}", world.name);
        let wanted =
            ["\"1a\"", "\"1b\"", "\"2a\"", "\"2b\"", "\"x1\"", "\"x2\"", "\"y1\"", "\"y2\""];
        assert_eq!(sorted(&ended.steps["step_11"]["output"]), wanted, "{}", world.name);
        let left = &ended.steps["step_12"]["output"];
        assert_eq!(left["index"], 2);
        assert_eq!(left["rounds"][0]["step_10"]["output"], json!({ "stays": true }), "{left}");
        assert!(left["rounds"][1]["step_6"]["output"].is_array(), "{left}");
    }
}

#[tokio::test]
async fn more_branches_than_places_all_come_to_their_end() {
    let world = World::sqlite().await;
    let site = Site::open().await;
    world.allow(&[site.host()]).await;
    let branches =
        (2..=13).map(|n| put(&format!("step_{n}"), &site.url(&format!("/gate{n}")))).collect();
    let flow = world.published(on_webhook(at_once("step_1", branches))).await;
    let run = world.fire(&flow, json!({})).await;
    site.came(8).await;
    // The others have no place before somebody is answered.
    let begun = world.runs.get(&admin(), &run).await.unwrap();
    let under_way = begun.steps.values().filter(|it| it["status"] == "RUNNING").count();
    assert_eq!((site.arrived().len(), under_way), (8, 8));
    site.open_gate();
    assert_eq!(world.ended(&run).await.status, RunStatus::Succeeded);
    assert_eq!(site.arrived().len(), 12);
}

/// Branches of every nature, with a wait that is over at once.
fn of_every_nature(site: &Site) -> Value {
    let mut risky = keep_going(fails("step_10", "no"));
    risky["onErrorAction"] = add("step_11", "{{step_10.error}}");
    let branches = vec![
        chain(vec![add("step_2", "a"), put("step_3", &site.url("/ok1")), add("step_4", "b")]),
        for_each("step_5", "{{trigger.body.rows}}", add("step_6", "{{step_5.item}}")),
        chain(vec![wait("step_7", 0), put("step_8", &site.url("/ok2")), risky]),
        at_once("step_12", vec![add("step_13", "c"), wait("step_14", 0)]),
    ];
    on_webhook(chain(vec![at_once("step_1", branches), kept("step_15")]))
}

#[test]
fn wherever_branches_are_killed_nothing_is_lost_and_nothing_kept_twice() {
    let outside = Process::start();
    let site = Arc::new(outside.block_on(Site::open()));
    at_every_change(&outside, (3, 3), |test, at, place| {
        let before = (site.count("/ok1"), site.count("/ok2"));
        let flow = (of_every_nature(&site), json!({ "rows": [1, 2] }));
        let Some(run) = killed_at_change(test, &site, at, flow) else { return false };
        assert_eq!(run.status, RunStatus::Succeeded, "{place}: {run:?}");
        let wanted = ["\"a\"", "\"b\"", "\"c\"", "\"no\"", "1", "2"];
        assert_eq!(sorted(&run.steps["step_15"]["output"]), wanted, "{place}");
        let calls = (site.count("/ok1") - before.0, site.count("/ok2") - before.1);
        // Each can have been under way once.
        assert!((1..=2).contains(&calls.0) && (1..=2).contains(&calls.1), "{place}: {calls:?}");
        true
    });
    outside.kill();
}
