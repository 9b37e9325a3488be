//! Flows on the server of another maker, over HTTP: connecting and editing.

mod running;
mod trying;

use crate::world::{World, actor, admin};
use domain::actor::{Actor, Role};
use domain::flow::edit::FlowEdit;
use domain::flow::engine::{EngineChange, EngineSignIn, FlowEngine};
use domain::flow::listing::{FlowFilter, NewFlow};
use domain::flow::{Flow, tree};
use domain::problem::Problem;
use flow::config::GivenEngine;
use flow::updating::FlowChange;
use sandbox::activepieces::{Config, Fault, Running, serve};
use serde_json::{Value, json};
use std::time::Duration;

const PASSWORD: &str = "correct horse";
const PATIENCE: Duration = Duration::from_secs(30);

/// May reach private addresses, as the stand-in's is.
fn chief() -> Actor {
    actor("w1", Role::SuperAdmin)
}

fn sign_in(running: &Running) -> EngineChange {
    EngineChange {
        engine: FlowEngine::Activepieces,
        url: Some(running.engine.base_url()),
        email: Some("owner@example.com".to_owned()),
        password: Some(PASSWORD.to_owned()),
        ..EngineChange::default()
    }
}

fn with_key(running: &Running, project: usize) -> EngineChange {
    EngineChange {
        engine: FlowEngine::Activepieces,
        url: Some(running.engine.base_url()),
        api_key: Some("ap_key_of_the_tests".to_owned()),
        project_id: Some(running.engine.project(project)),
        ..EngineChange::default()
    }
}

/// Two people, each with a project.
fn two_people() -> Config {
    let mut config = Config { looks_until_switched: 1, ..Config::default() };
    config.people.push(("other@example.com".to_owned(), "another one".to_owned()));
    config
}

async fn connected() -> (World, Running) {
    let world = World::sqlite().await;
    let running = serve(two_people()).await.unwrap();
    world.flows.change_engine(&chief(), sign_in(&running)).await.unwrap();
    (world, running)
}

fn edit(kind: &str, request: Value) -> FlowEdit {
    serde_json::from_value(json!({ "type": kind, "request": request })).unwrap()
}

fn webhook() -> FlowEdit {
    let settings = json!({
        "pieceName": "@activepieces/piece-webhook", "pieceVersion": "~0.1.27", "triggerName": "catch_webhook",
        "input": { "authType": "none", "authFields": {} },
    });
    let trigger = json!({ "name": "trigger", "displayName": "Catch", "type": "PIECE_TRIGGER", "settings": settings });
    edit("UPDATE_TRIGGER", trigger)
}

fn piece(name: &str, piece: &str, action: &str, input: Value) -> Value {
    json!({
        "name": name, "displayName": name, "type": "PIECE", "settings": {
            "pieceName": format!("@activepieces/piece-{piece}"), "pieceVersion": "~0.0.1", "actionName": action,
            "input": input, "propertySettings": {},
        },
    })
}

fn mapping(name: &str, value: &str) -> Value {
    piece(name, "data-mapper", "advanced_mapping", json!({ "mapping": { "a": value } }))
}

fn add(parent: &str, step: Value) -> FlowEdit {
    edit("ADD_ACTION", json!({ "parentStep": parent, "action": step }))
}

async fn made(world: &World, edits: Vec<FlowEdit>) -> Flow {
    let new = NewFlow { name: "There".to_owned(), folder_id: None, edits };
    world.flows.create(&admin(), new).await.unwrap()
}

async fn simple(world: &World) -> Flow {
    made(world, vec![webhook(), add("trigger", mapping("step_1", "{{trigger.body.n}}"))]).await
}

fn field(problem: &Problem) -> &str {
    match problem {
        Problem::Invalid { issues } => &issues[0].field,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_workspace_connects_after_a_look_that_passes() {
    for world in World::both().await {
        let running = serve(two_people()).await.unwrap();
        let boss = chief();
        let change = |more: EngineChange| world.flows.change_engine(&boss, more);
        let wrong = EngineChange { password: Some("wrong".to_owned()), ..sign_in(&running) };
        assert_eq!(field(&change(wrong).await.unwrap_err()), "password", "{}", world.name);
        let foreign =
            EngineChange { project_id: Some(running.engine.project(1)), ..sign_in(&running) };
        assert_eq!(field(&change(foreign).await.unwrap_err()), "projectId");
        let no_project = EngineChange { project_id: None, ..with_key(&running, 0) };
        assert_eq!(field(&change(no_project).await.unwrap_err()), "password");
        let private = world.flows.change_engine(&admin(), sign_in(&running)).await.unwrap_err();
        assert!(
            private.to_string().contains("ports") || private.to_string().contains("private"),
            "{private}"
        );
        let member = actor("w1", Role::Member);
        let refused = world.flows.change_engine(&member, sign_in(&running)).await;
        assert!(matches!(refused, Err(Problem::Forbidden { .. })));
        assert_eq!(world.flows.engine_settings(&admin()).await.unwrap().server, None);

        let settings = change(sign_in(&running)).await.unwrap();
        let server = settings.server.clone().unwrap();
        assert_eq!(
            (settings.engine, server.sign_in),
            (FlowEngine::Activepieces, EngineSignIn::Password)
        );
        assert_eq!(
            (server.version.as_str(), &server.project_id),
            ("0.77.6", &running.engine.project(0))
        );
        assert!(!json!(settings).to_string().contains(PASSWORD));
        let other = actor("w2", Role::SuperAdmin);
        let taken = world.flows.change_engine(&other, with_key(&running, 0)).await.unwrap_err();
        assert!(matches!(taken, Problem::Conflict { .. }), "{taken}");
        let back = change(EngineChange::default()).await.unwrap();
        assert_eq!((back.engine, back.server.is_some()), (FlowEngine::Builtin, true));
        world.flows.disconnect_engine(&admin()).await.unwrap();
        assert_eq!(world.flows.engine_settings(&admin()).await.unwrap().server, None);
    }
}

#[tokio::test]
async fn a_test_names_the_first_thing_that_is_wrong() {
    let (world, running) = connected().await;
    let good = world.flows.test_engine(&admin()).await.unwrap().unwrap();
    let ok: Vec<_> = good.checks.iter().map(|it| it.ok).collect();
    assert_eq!((good.error, ok), (None, vec![Some(true); 3]));
    running.engine.set_password(0, "changed meanwhile");
    let refused = world.flows.test_engine(&admin()).await.unwrap().unwrap();
    assert_eq!((refused.reachable, refused.auth_ok), (true, false));
    assert!(refused.error.unwrap().contains("refused"));
    let tools = world.flows.list(&admin(), &FlowFilter::default()).await.unwrap_err();
    assert!(matches!(tools, Problem::NeedsSetup { .. }), "{tools:?}");
    drop(running);
    let gone = world.flows.test_engine(&admin()).await.unwrap().unwrap();
    assert_eq!((gone.reachable, gone.auth_ok, gone.checks[1].ok), (false, false, None));
    assert!(gone.error.is_some());
}

#[tokio::test]
async fn a_sign_in_that_ended_is_renewed_once_for_everybody() {
    let (world, running) = connected().await;
    let flow = simple(&world).await;
    running.engine.expire_sign_ins();
    let sign_ins = || {
        let all = running.engine.requests();
        all.iter().filter(|it| it.contains("sign-in")).count()
    };
    let before = sign_ins();
    let who = admin();
    let all = (0..8).map(|_| world.flows.get(&who, &flow.id));
    for found in futures::future::join_all(all).await {
        assert_eq!(found.unwrap().id, flow.id);
    }
    assert_eq!(sign_ins() - before, 1);
}

#[tokio::test]
async fn every_kind_of_edit_is_there_when_it_is_answered() {
    let (world, _running) = connected().await;
    let flow = simple(&world).await;
    assert_eq!((flow.engine, flow.version.valid), (FlowEngine::Activepieces, true));
    let router = json!({
        "name": "step_2", "displayName": "Router", "type": "ROUTER", "settings": {
            "executionType": "EXECUTE_FIRST_MATCH", "branches": [
                { "branchType": "CONDITION", "branchName": "Big", "conditions": [[{ "firstValue": "{{step_1.a}}", "secondValue": "1", "operator": "TEXT_CONTAINS" }]] },
                { "branchType": "FALLBACK", "branchName": "Otherwise" },
            ],
        },
    });
    let each = json!({ "name": "step_3", "displayName": "Each", "type": "LOOP_ON_ITEMS", "settings": { "items": "{{trigger.body.rows}}" } });
    let inside = |place: &str, parent: &str, branch: Option<u8>, step: Value| {
        edit(
            "ADD_ACTION",
            json!({ "parentStep": parent, "stepLocationRelativeToParent": place, "branchIndex": branch, "action": step }),
        )
    };
    let note = |text: &str| json!({ "id": "n1", "content": text, "color": "yellow", "position": { "x": 1, "y": 1 }, "size": { "width": 10, "height": 10 } });
    let edits = vec![
        add("step_1", router),
        inside("INSIDE_BRANCH", "step_2", Some(0), each),
        inside("INSIDE_LOOP", "step_3", None, mapping("step_4", "{{step_3.item}}")),
        edit("UPDATE_ACTION", mapping("step_1", "changed")),
        edit(
            "ADD_BRANCH",
            json!({ "stepName": "step_2", "branchIndex": 1, "branchName": "Medium" }),
        ),
        edit("DUPLICATE_BRANCH", json!({ "stepName": "step_2", "branchIndex": 0 })),
        edit(
            "MOVE_BRANCH",
            json!({ "stepName": "step_2", "sourceBranchIndex": 0, "targetBranchIndex": 1 }),
        ),
        edit("DELETE_BRANCH", json!({ "stepName": "step_2", "branchIndex": 0 })),
        edit("DUPLICATE_ACTION", json!({ "stepName": "step_1" })),
        edit("SET_SKIP_ACTION", json!({ "names": ["step_1"], "skip": true })),
        edit("MOVE_ACTION", json!({ "name": "step_1", "newParentStep": "step_2" })),
        edit("DELETE_ACTION", json!({ "names": ["step_1"] })),
        edit("CHANGE_NAME", json!({ "displayName": "Renamed" })),
        edit("ADD_NOTE", note("one")),
        edit("UPDATE_NOTE", note("two")),
        edit("DELETE_NOTE", json!({ "id": "n1" })),
        edit(
            "UPDATE_TRIGGER",
            json!({ "name": "trigger", "displayName": "None", "type": "EMPTY", "settings": {} }),
        ),
    ];
    let mut now = flow;
    for one in edits {
        let before = now.revision;
        let outcome = world.flows.edit(&admin(), &now.id, Some(before), vec![one.clone()]).await;
        now = outcome.unwrap_or_else(|it| panic!("{one:?}: {it:?}"));
        assert!(now.revision > before, "{one:?}");
    }
    let again = world.flows.get(&admin(), &now.id).await.unwrap();
    assert_eq!((again.version.display_name.as_str(), again.revision), ("Renamed", now.revision));
    let kinds: Vec<_> =
        tree::steps(&again.version.trigger).iter().map(|it| it.display_name.clone()).collect();
    assert!(
        kinds.contains(&"Router".to_owned()) && kinds.contains(&"Each".to_owned()),
        "{kinds:?}"
    );
}

#[tokio::test]
async fn an_edit_that_did_not_arrive_is_an_error_and_nothing_is_half_done() {
    let (world, running) = connected().await;
    let flow = simple(&world).await;
    let who = admin();
    let attempt = |edits: Vec<FlowEdit>| world.flows.edit(&who, &flow.id, None, edits);
    let second = || add("step_1", mapping("step_2", "b"));
    running.engine.meet([Fault::Ignored]);
    let ignored = attempt(vec![second()]).await.unwrap_err();
    assert!(ignored.to_string().contains("step_2"), "{ignored}");
    running.engine.meet([Fault::InUse]);
    assert!(matches!(attempt(vec![second()]).await, Err(Problem::Conflict { .. })));
    running.engine.meet([Fault::Status(500)]);
    assert!(matches!(attempt(vec![second()]).await, Err(Problem::Unavailable { .. })));
    let dropped = piece(
        "step_2",
        "data-mapper",
        "advanced_mapping",
        json!({ "mapping": { "a": 1 }, "typo": 1 }),
    );
    let dropped = attempt(vec![add("step_1", dropped)]).await.unwrap_err();
    assert!(dropped.to_string().contains("input.typo"), "{dropped}");
    let unknown =
        attempt(vec![second(), add("step_2", piece("step_3", "nope", "x", json!({})))]).await;
    assert_eq!(field(&unknown.unwrap_err()), "pieceName");
    let nowhere = attempt(vec![add("step_9", mapping("step_2", "b"))]).await;
    assert!(matches!(nowhere, Err(Problem::Invalid { .. })));
    let stale = world.flows.edit(&admin(), &flow.id, Some(1), vec![second()]).await;
    assert!(matches!(stale, Err(Problem::Conflict { .. })));
    let now = world.flows.get(&admin(), &flow.id).await.unwrap();
    assert_eq!(tree::steps(&now.version.trigger).len(), 1);
    let change = FlowChange {
        edits: vec![second()],
        folder_id: Some(Some("QlDGzydPovl4U1MbfR4rK".to_owned())),
        ..FlowChange::default()
    };
    let refused = world.flows.update(&admin(), &flow.id, change).await.unwrap_err();
    assert!(matches!(refused, Problem::NotFound { .. }), "{refused:?}");
    let now = world.flows.get(&admin(), &flow.id).await.unwrap();
    assert_eq!((tree::steps(&now.version.trigger).len(), now.folder_id), (1, None));
}

fn given(running: &Running) -> GivenEngine {
    GivenEngine {
        url: running.engine.base_url(),
        api_key: "ap_key_of_the_tests".to_owned(),
        project_id: running.engine.project(0),
    }
}

#[tokio::test]
async fn the_environment_names_a_server_for_the_first_workspace() {
    let running = serve(two_people()).await.unwrap();
    for world in World::both_with(|it| it.engine = Some(given(&running))).await {
        let settings = world.flows.engine_settings(&admin()).await.unwrap();
        assert_eq!(settings.engine, FlowEngine::Activepieces, "{}", world.name);
        assert_eq!(settings.server.unwrap().project_id, running.engine.project(0));
        assert_eq!(made(&world, Vec::new()).await.engine, FlowEngine::Activepieces);
        let other = actor("w2", Role::WorkspaceAdmin);
        assert_eq!(world.flows.engine_settings(&other).await.unwrap().server, None);
        let kept = world.flows.disconnect_engine(&admin()).await.unwrap_err();
        assert!(matches!(kept, Problem::Conflict { .. }), "{kept:?}");
        // What a person chooses stays chosen.
        world.flows.change_engine(&admin(), EngineChange::default()).await.unwrap();
        assert_eq!(made(&world, Vec::new()).await.engine, FlowEngine::Builtin);
    }
}

#[tokio::test]
async fn a_server_of_the_environment_that_is_gone_is_said_to_be() {
    let running = serve(two_people()).await.unwrap();
    let gone = given(&running);
    drop(running);
    let world = World::with(|it| it.engine = Some(gone)).await;
    let new = NewFlow { name: "There".to_owned(), ..NewFlow::default() };
    let refused = world.flows.create(&admin(), new).await.unwrap_err();
    assert!(matches!(refused, Problem::Unavailable { .. }), "{refused:?}");
    let settings = world.flows.engine_settings(&admin()).await.unwrap();
    assert_eq!((settings.engine, settings.server), (FlowEngine::Activepieces, None));
    assert!(settings.checked.unwrap().error.is_some());
    let ours = FlowFilter { engine: Some(FlowEngine::Builtin), ..FlowFilter::default() };
    assert!(world.flows.list(&admin(), &ours).await.unwrap().data.is_empty());
}
