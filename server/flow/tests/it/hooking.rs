//! Which requests start a flow, and which do not.

use crate::world::{World, actor, admin, on_webhook, request, set_fields, wait};
use domain::actor::Role;
use domain::flow::FlowStatus;
use domain::flow::listing::RunFilter;
use domain::flow::run::RunStatus;
use domain::ids::FlowId;
use domain::problem::Problem;
use flow::hooks::{HookAnswer, HookRefusal, Wait};
use flow::payload::{BODY_LIMIT, HookRequest};
use serde_json::json;

#[tokio::test]
async fn an_accepted_delivery_is_on_the_disk() {
    for world in World::both().await {
        let flow = world.published(on_webhook(wait("step_1", 60))).await;
        let run = world.fire(&flow, json!({ "a": 1 })).await;
        let db = world.test.as_ref().unwrap().reopen().await;
        let stored = crate::world::open(db, &world.clock).get(&admin(), &run).await.unwrap();
        assert_eq!(stored.steps["trigger"]["output"]["body"], json!({ "a": 1 }), "{}", world.name);
    }
}

#[tokio::test]
async fn unknown_and_switched_off_flows_start_nothing() {
    let world = World::sqlite().await;
    let flow = world.published(on_webhook(set_fields("step_1", json!({})))).await;
    let hook = world.hook(&flow).await;
    let (body, no) = (request(json!({})), Wait::No);
    assert_eq!(world.runs.hook("guess", &body, no).await, Err(HookRefusal::Unknown));
    assert_eq!(
        world.runs.hook_of(&FlowId::from("other"), &hook, &body).await,
        Err(HookRefusal::Unknown)
    );
    assert!(matches!(
        world.runs.hook_of(&flow.id, &hook, &body).await,
        Ok(HookAnswer::Accepted { .. })
    ));
    world.flows.set_status(&admin(), &flow.id, FlowStatus::Disabled).await.unwrap();
    assert_eq!(world.runs.hook(&hook, &body, no).await, Err(HookRefusal::SwitchedOff));
}

/// Nodes that share a database look the address up each time, others remember it: both forget it at once.
#[tokio::test]
async fn a_renewed_address_starts_the_flow_and_the_old_one_nothing() {
    for world in World::both().await {
        let flow = world.published(on_webhook(set_fields("step_1", json!({})))).await;
        let old = world.hook(&flow).await;
        let (body, no) = (request(json!({})), Wait::No);
        assert!(matches!(world.runs.hook(&old, &body, no).await, Ok(HookAnswer::Accepted { .. })));
        let url = world.flows.renew_webhook(&admin(), &flow.id).await.unwrap();
        let new = url.rsplit('/').next().unwrap();
        assert!(new != old && new.len() == 32 && new.chars().all(|it| it.is_ascii_hexdigit()));
        assert_eq!(world.flows.webhook_url(&admin(), &flow.id).await.unwrap(), url);
        let refused = Err(HookRefusal::Unknown);
        assert_eq!(world.runs.hook(&old, &body, no).await, refused, "{}", world.name);
        assert_eq!(world.runs.hook_of(&flow.id, &old, &body).await, refused);
        assert!(matches!(world.runs.hook(new, &body, no).await, Ok(HookAnswer::Accepted { .. })));
        let now = world.flows.get(&admin(), &flow.id).await.unwrap();
        assert_eq!((now.revision, now.version), (flow.revision, flow.version), "nothing else");
    }
}

#[tokio::test]
async fn an_address_is_renewed_by_those_who_manage_the_workspace() {
    for world in World::both().await {
        let flow = world.published(on_webhook(set_fields("step_1", json!({})))).await;
        let before = world.hook(&flow).await;
        let member = world.flows.renew_webhook(&actor("w1", Role::Member), &flow.id).await;
        assert!(matches!(member, Err(Problem::Forbidden { .. })), "{member:?}");
        let stranger = actor("w2", Role::WorkspaceAdmin);
        let stranger = world.flows.renew_webhook(&stranger, &flow.id).await;
        assert_eq!(stranger, Err(Problem::not_found("Flow")));
        assert_eq!(world.hook(&flow).await, before, "{}", world.name);
    }
}

#[tokio::test]
async fn bodies_that_cannot_be_read_are_refused() {
    let world = World::sqlite().await;
    let flow = world.published(on_webhook(set_fields("step_1", json!({})))).await;
    let hook = world.hook(&flow).await;
    let bad = HookRequest { body: b"{bad".to_vec(), ..request(json!({})) };
    let refused = world.runs.hook(&hook, &bad, Wait::No).await;
    assert_eq!(refused, Err(HookRefusal::Problem(Problem::InvalidJson)));
    let large = HookRequest { body: vec![b' '; BODY_LIMIT + 1], ..request(json!({})) };
    let refused = world.runs.hook(&hook, &large, Wait::No).await;
    assert!(matches!(refused, Err(HookRefusal::Problem(Problem::TooLarge { .. }))));
    let all = world.runs.list(&admin(), &RunFilter::default()).await.unwrap();
    assert!(all.data.is_empty());
}

#[tokio::test]
async fn deliveries_with_the_same_key_start_one_run() {
    for world in World::both().await {
        let flow = world.published(on_webhook(set_fields("step_1", json!({})))).await;
        let hook = world.hook(&flow).await;
        let mut keyed = request(json!({}));
        keyed.headers.push(("idempotency-key".to_owned(), "k1".to_owned()));
        let calls = (0..8).map(|_| world.runs.hook(&hook, &keyed, Wait::No));
        let answers = futures::future::join_all(calls).await;
        assert!(answers.iter().all(|it| *it == answers[0]), "{answers:?}");
        let all = world.runs.list(&admin(), &RunFilter::default()).await.unwrap();
        assert_eq!(all.data.len(), 1, "{}", world.name);
    }
}

#[tokio::test]
async fn the_check_on_the_trigger_holds() {
    let world = World::sqlite().await;
    let mut trigger = on_webhook(set_fields("step_1", json!({})));
    trigger["settings"]["input"] = json!({ "authType": "header", "authFields": { "headerName": "X-Key", "headerValue": "right" } });
    let flow = world.published(trigger).await;
    let hook = world.hook(&flow).await;
    let refused = world.runs.hook(&hook, &request(json!({})), Wait::No).await;
    assert_eq!(refused, Err(HookRefusal::Unauthorized));
    let mut right = request(json!({}));
    right.headers.push(("x-key".to_owned(), "right".to_owned()));
    let taken = world.runs.hook(&hook, &right, Wait::No).await;
    let Ok(HookAnswer::Accepted { run }) = taken else { panic!("{taken:?}") };
    let run = world.ended(&run).await;
    assert_eq!(run.steps["trigger"]["output"]["headers"]["x-key"], "**REDACTED**");
}

#[tokio::test]
async fn a_draft_is_tested_only_by_those_who_may_write() {
    let world = World::sqlite().await;
    let flow =
        world.drafted(on_webhook(set_fields("step_1", json!({ "v": "draft" })))).await.unwrap();
    let hook = world.hook(&flow).await;
    let body = request(json!({}));
    let told = world.runs.hook_draft(&admin(), &hook, &body, Wait::ForAnswer).await.unwrap();
    let HookAnswer::Finished { run, output } = told else { panic!("{told:?}") };
    assert_eq!(output, json!({ "v": "draft" }));
    assert_eq!(world.ended(&run).await.environment, "TESTING");
    let viewer = world.runs.hook_draft(&actor("w1", Role::Viewer), &hook, &body, Wait::No).await;
    assert!(matches!(viewer, Err(HookRefusal::Problem(Problem::Forbidden { .. }))));
    let stranger =
        world.runs.hook_draft(&actor("w2", Role::WorkspaceAdmin), &hook, &body, Wait::No).await;
    assert_eq!(stranger, Err(HookRefusal::Problem(Problem::not_found("Flow"))));
}

#[tokio::test]
async fn a_storm_beyond_the_places_is_queued_and_all_of_it_runs() {
    for world in World::both().await {
        let flow = world
            .published(on_webhook(set_fields("step_1", json!({ "n": "{{trigger.body.n}}" }))))
            .await;
        let hook = world.hook(&flow).await;
        let requests: Vec<_> = (0..300).map(|n| request(json!({ "n": n }))).collect();
        let calls = requests.iter().map(|it| world.runs.hook(&hook, it, Wait::No));
        let answers = futures::future::join_all(calls).await;
        for answer in answers {
            let Ok(HookAnswer::Accepted { run }) = answer else { panic!("{answer:?}") };
            assert_eq!(world.ended(&run).await.status, RunStatus::Succeeded, "{}", world.name);
        }
    }
}
