//! Flows on the server of another maker, over HTTP: publishing, running, copying, connections, walls.

use super::{
    PATIENCE, add, chief, connected, edit, field, made, mapping, piece, simple, two_people,
    webhook, with_key,
};
use crate::world::{World, actor, admin};
use domain::actor::Role;
use domain::flow::connection::{ConnectionChange, NewConnection};
use domain::flow::engine::{EngineChange, FlowEngine};
use domain::flow::listing::{FlowFilter, RunFilter};
use domain::flow::run::{Retry, RunStatus, Which};
use domain::flow::{Flow, FlowStatus, tree};
use domain::ids::{ConnectionId, RunId};
use domain::problem::Problem;
use sandbox::activepieces::serve;
use serde_json::{Value, json};
use std::time::Duration;

async fn until(world: &World, id: &RunId, wanted: RunStatus) -> Value {
    let looking = async {
        loop {
            let run = world.runs.get(&admin(), id).await.unwrap();
            if run.status == wanted {
                return json!(run);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, looking).await.unwrap()
}

#[tokio::test]
async fn what_is_not_complete_is_not_published_and_what_is_runs() {
    let (world, _running) = connected().await;
    let empty = made(&world, Vec::new()).await;
    let refused = world.flows.publish(&admin(), &empty.id).await.unwrap_err();
    assert!(field(&refused).starts_with("steps.trigger"), "{refused:?}");
    let ask = piece("step_1", "http", "send_request", json!({ "method": "GET" }));
    let lacking = made(&world, vec![webhook(), add("trigger", ask)]).await;
    let refused = world.flows.publish(&admin(), &lacking.id).await.unwrap_err();
    assert!(field(&refused).starts_with("steps.step_1"), "{refused:?}");

    let flow = simple(&world).await;
    let early = world.runs.start(&admin(), &flow.id, json!({ "n": 1 }), Which::Published).await;
    assert_eq!(field(&early.unwrap_err()), "flow");
    let flow = world.flows.publish(&admin(), &flow.id).await.unwrap();
    assert_eq!(
        (flow.status, flow.published_version_id.as_ref()),
        (FlowStatus::Enabled, Some(&flow.version.id))
    );
    let run =
        world.runs.start(&admin(), &flow.id, json!({ "n": 7 }), Which::Published).await.unwrap();
    let run = until(&world, &run.id, RunStatus::Succeeded).await;
    assert_eq!(run["steps"]["step_1"]["output"], json!({ "a": 7 }));
    let off = world.flows.set_status(&admin(), &flow.id, FlowStatus::Disabled).await.unwrap();
    assert_eq!(off.status, FlowStatus::Disabled);
    let draft = world.runs.start(&admin(), &flow.id, json!({}), Which::Draft).await.unwrap_err();
    assert!(matches!(draft, Problem::Unsupported { .. }));
    world.flows.delete(&admin(), &flow.id).await.unwrap();
    let gone = world.flows.get(&admin(), &flow.id).await;
    assert!(matches!(gone, Err(Problem::NotFound { .. })));
}

#[tokio::test]
async fn runs_that_wait_are_stopped_and_runs_that_failed_go_on() {
    let (world, _running) = connected().await;
    let wait = piece("step_1", "delay", "delayFor", json!({ "unit": "seconds", "delayFor": 60 }));
    let flow = made(&world, vec![webhook(), add("trigger", wait)]).await;
    let flow = world.flows.publish(&admin(), &flow.id).await.unwrap();
    let run = world.runs.start(&admin(), &flow.id, json!({}), Which::Published).await.unwrap();
    until(&world, &run.id, RunStatus::Paused).await;
    let stopped = world.runs.cancel(&admin(), &run.id).await.unwrap();
    assert_eq!(stopped.status, RunStatus::Canceled);
    let again = world.runs.cancel(&admin(), &run.id).await;
    assert!(matches!(again, Err(Problem::Conflict { .. })));

    let each = json!({ "name": "step_2", "displayName": "Each", "type": "LOOP_ON_ITEMS", "settings": { "items": "{{trigger.body.rows}}" } });
    let failing =
        made(&world, vec![webhook(), add("trigger", mapping("step_1", "x")), add("step_1", each)])
            .await;
    let failing = world.flows.publish(&admin(), &failing.id).await.unwrap();
    let run = world
        .runs
        .start(&admin(), &failing.id, json!({ "rows": "none" }), Which::Published)
        .await
        .unwrap();
    let failed = until(&world, &run.id, RunStatus::Failed).await;
    assert_eq!(failed["failedStep"]["name"], "step_2");
    let retried = world.runs.retry(&admin(), &run.id, Retry::FromFailedStep).await.unwrap();
    assert_eq!(retried.id, run.id);
    let fresh = world.runs.retry(&admin(), &run.id, Retry::OnLatestVersion).await.unwrap();
    assert_ne!(fresh.id, run.id);
    let of_flow = RunFilter { flow_id: Some(failing.id.clone()), ..RunFilter::default() };
    assert_eq!(world.runs.list(&admin(), &of_flow).await.unwrap().data.len(), 2);
}

#[tokio::test]
async fn both_engines_are_in_one_list_and_every_row_comes_once() {
    let (world, _running) = connected().await;
    let there = world.flows.publish(&admin(), &simple(&world).await.id).await.unwrap();
    world.flows.change_engine(&admin(), EngineChange::default()).await.unwrap();
    let here = world.flows.publish(&admin(), &simple(&world).await.id).await.unwrap();
    assert_eq!((here.engine, there.engine), (FlowEngine::Builtin, FlowEngine::Activepieces));
    for flow in [&there, &here, &there, &here, &here] {
        let run = world
            .runs
            .start(&admin(), &flow.id, json!({ "n": 1 }), Which::Published)
            .await
            .unwrap();
        until(&world, &run.id, RunStatus::Succeeded).await;
    }
    let mut filter = FlowFilter { limit: Some(1), ..FlowFilter::default() };
    let mut engines = Vec::new();
    loop {
        let page = world.flows.list(&admin(), &filter).await.unwrap();
        engines.extend(page.data.iter().map(|it| it.engine));
        let Some(next) = page.next else { break };
        filter.cursor = Some(next);
    }
    assert_eq!(engines, [FlowEngine::Builtin, FlowEngine::Activepieces]);
    let mut filter = RunFilter { limit: Some(2), ..RunFilter::default() };
    let mut seen = Vec::new();
    loop {
        let page = world.runs.list(&admin(), &filter).await.unwrap();
        seen.extend(page.data);
        let Some(next) = page.next else { break };
        filter.cursor = Some(next);
    }
    let mut ids: Vec<_> = seen.iter().map(|it| it.id.clone()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!((seen.len(), ids.len()), (5, 5));
}

#[tokio::test]
async fn a_key_shows_nothing_of_other_projects() {
    let (world, running) = connected().await;
    let flow = world.flows.publish(&admin(), &simple(&world).await.id).await.unwrap();
    let run = world.runs.start(&admin(), &flow.id, json!({}), Which::Published).await.unwrap();
    let secret = NewConnection {
        name: "CRM".to_owned(),
        piece_name: "@activepieces/piece-http".to_owned(),
        value: json!({ "secret_text": "hunter22-hunter22" }).as_object().unwrap().clone(),
        ..NewConnection::default()
    };
    let mine = world.flows.connections().create(&admin(), secret).await.unwrap();
    let other = actor("w2", Role::SuperAdmin);
    for connect in [false, true] {
        if connect {
            world.flows.change_engine(&other, with_key(&running, 1)).await.unwrap();
        }
        let missing = |it: Result<(), Problem>| {
            assert!(matches!(it, Err(Problem::NotFound { .. })), "{it:?}")
        };
        missing(world.flows.get(&other, &flow.id).await.map(drop));
        missing(world.flows.edit(&other, &flow.id, None, vec![webhook()]).await.map(drop));
        missing(world.flows.publish(&other, &flow.id).await.map(drop));
        missing(world.flows.delete(&other, &flow.id).await);
        missing(world.runs.get(&other, &run.id).await.map(drop));
        missing(world.runs.cancel(&other, &run.id).await.map(drop));
        missing(world.flows.connections().get(&other, &mine.id).await.map(drop));
        missing(world.flows.connections().delete(&other, &mine.id, true).await);
        let of_flow = RunFilter { flow_id: Some(flow.id.clone()), ..RunFilter::default() };
        missing(world.runs.list(&other, &of_flow).await.map(drop));
    }
    assert_eq!(world.flows.list(&other, &FlowFilter::default()).await.unwrap().data, []);
    assert_eq!(world.runs.list(&other, &RunFilter::default()).await.unwrap().data, []);
    assert_eq!(world.flows.connections().list_all(&other, None).await.unwrap(), []);
    let versions = world.flows.versions(&other, &flow.id).await;
    assert!(matches!(versions, Err(Problem::NotFound { .. })));
}

#[tokio::test]
async fn what_a_key_may_not_do_is_said() {
    let world = World::sqlite().await;
    let running = serve(two_people()).await.unwrap();
    world.flows.change_engine(&chief(), with_key(&running, 0)).await.unwrap();
    let flow = simple(&world).await;
    let refused = world.flows.versions(&admin(), &flow.id).await.unwrap_err();
    assert!(
        matches!(&refused, Problem::Unsupported { hint, .. } if hint.contains("password")),
        "{refused:?}"
    );
    world.flows.publish(&admin(), &flow.id).await.unwrap();
}

#[tokio::test]
async fn connections_are_kept_there_without_their_secret_coming_back() {
    let (world, _running) = connected().await;
    let all = world.flows.connections();
    let new = NewConnection {
        name: "CRM".to_owned(),
        piece_name: "@activepieces/piece-http".to_owned(),
        value: json!({ "secret_text": "hunter22-hunter22" }).as_object().unwrap().clone(),
        ..NewConnection::default()
    };
    let made = all.create(&admin(), new.clone()).await.unwrap();
    let second = all.create(&admin(), new).await.unwrap();
    assert_eq!((made.external_id.as_str(), second.external_id.as_str()), ("crm", "crm_2"));
    let rename =
        ConnectionChange { name: Some("Our CRM".to_owned()), ..ConnectionChange::default() };
    assert_eq!(all.change(&admin(), &made.id, rename).await.unwrap().display_name, "Our CRM");
    let with_auth = piece(
        "step_1",
        "http",
        "send_request",
        json!({
            "method": "GET", "url": "http://x.example", "headers": {}, "queryParams": {}, "authType": "NONE", "auth": "{{connections['crm']}}",
        }),
    );
    made_with(&world, with_auth).await;
    let used = all.delete(&admin(), &made.id, false).await.unwrap_err();
    assert!(used.to_string().contains("There"), "{used}");
    all.delete(&admin(), &made.id, true).await.unwrap();
    assert_eq!(all.list_all(&admin(), None).await.unwrap().len(), 1);
    let tested = all.test(&admin(), &second.id).await.unwrap_err();
    assert!(matches!(tested, Problem::Unsupported { .. }));
    let missing = all.get(&admin(), &ConnectionId::from("QlDGzydPovl4U1MbfR4rK")).await;
    assert!(matches!(missing, Err(Problem::NotFound { .. })));
}

async fn made_with(world: &World, step: Value) -> Flow {
    made(world, vec![webhook(), add("trigger", step)]).await
}

#[tokio::test]
async fn a_flow_is_copied_there_and_back() {
    let (world, _running) = connected().await;
    let there = simple(&world).await;
    let copy = world.flows.copy_to_other_engine(&admin(), &there.id).await.unwrap();
    assert_eq!(copy.flow.engine, FlowEngine::Builtin);
    let here = world.flows.publish(&admin(), &copy.flow.id).await.unwrap();
    let back = world.flows.copy_to_other_engine(&admin(), &here.id).await.unwrap();
    assert_eq!(
        (back.flow.engine, back.flow.status),
        (FlowEngine::Activepieces, FlowStatus::Disabled)
    );
    assert!(back.left_out.iter().any(|it| it.contains("address")), "{:?}", back.left_out);
    assert_eq!(tree::steps(&back.flow.version.trigger).len(), 1);
    world.flows.publish(&admin(), &back.flow.id).await.unwrap();
    let only_ours = edit(
        "ADD_ACTION",
        json!({ "parentStep": "step_1", "action": piece("step_2", "lists", "x", json!({})) }),
    );
    let odd = world.flows.edit(&admin(), &here.id, None, vec![only_ours]).await.unwrap();
    let refused = world.flows.copy_to_other_engine(&admin(), &odd.id).await.unwrap_err();
    assert_eq!(field(&refused), "pieceName");
    let left = world
        .flows
        .list(
            &admin(),
            &FlowFilter { engine: Some(FlowEngine::Activepieces), ..FlowFilter::default() },
        )
        .await;
    assert_eq!(left.unwrap().data.len(), 2, "nothing half made stays behind");
}
