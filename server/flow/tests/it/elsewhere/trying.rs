//! Flows on the server of another maker, over HTTP: testing steps, folders, and what that server cannot do.

use super::{add, connected, edit, field, made, mapping, piece, simple, webhook};
use crate::world::{World, actor, admin, set_fields};
use domain::actor::Role;
use domain::flow::engine::EngineChange;
use domain::flow::run::RunStatus;
use domain::flow::sample::Origin;
use domain::ids::FlowId;
use domain::problem::Problem;
use serde_json::{Map, Value, json};

fn unsupported<T: std::fmt::Debug>(outcome: Result<T, Problem>) -> String {
    match outcome {
        Err(Problem::Unsupported { message, hint }) => format!("{message}. {hint}"),
        other => panic!("{other:?}"),
    }
}

async fn tested(world: &World, id: &FlowId, step: &str) -> flow::trials::StepTest {
    world.runs.test_step(&admin(), id, step, Map::new()).await.unwrap()
}

#[tokio::test]
async fn a_step_is_tested_there_on_what_is_kept_there() {
    let (world, _running) = connected().await;
    let steps = [mapping("step_1", "{{trigger.body.n}}"), mapping("step_2", "{{step_1.a}}")];
    let [first, second] = steps;
    let flow = made(&world, vec![webhook(), add("trigger", first), add("step_1", second)]).await;
    let given = json!({ "body": { "n": 7 } });
    let sample = world.flows.give_sample(&admin(), &flow.id, "trigger", &given).await.unwrap();
    assert_eq!((sample.origin, sample.output), (Origin::Given, Some(given.clone())));
    let test = tested(&world, &flow.id, "step_1").await;
    assert_eq!(test.run.status, RunStatus::Succeeded, "{test:?}");
    assert_eq!(test.sample.unwrap().output, Some(json!({ "a": 7 })));
    let test = tested(&world, &flow.id, "step_2").await;
    assert_eq!(test.sample.unwrap().output, Some(json!({ "a": 7 })), "on what step_1 gave");
    let samples = world.flows.samples(&admin(), &flow.id).await.unwrap();
    assert_eq!(samples["trigger"].output, Some(given));
    assert_eq!(samples["step_2"].output, Some(json!({ "a": 7 })));

    let unknown = world.runs.test_step(&admin(), &flow.id, "step_9", Map::new()).await;
    assert_eq!(field(&unknown.unwrap_err()), "step_name");
    let viewer = actor("w1", Role::Viewer);
    let refused = world.runs.test_step(&viewer, &flow.id, "step_1", Map::new()).await;
    assert!(matches!(refused, Err(Problem::Forbidden { .. })));
    let input = json!({ "mapping": {} }).as_object().cloned().unwrap();
    unsupported(world.runs.test_step(&admin(), &flow.id, "step_1", input).await);
}

#[tokio::test]
async fn a_step_that_fails_its_test_says_why() {
    let (world, _running) = connected().await;
    let each = json!({ "name": "step_1", "displayName": "Each", "type": "LOOP_ON_ITEMS", "settings": { "items": "{{trigger.body.rows}}" } });
    let flow = made(&world, vec![webhook(), add("trigger", each)]).await;
    let given = json!({ "body": { "rows": "none" } });
    world.flows.give_sample(&admin(), &flow.id, "trigger", &given).await.unwrap();
    let test = tested(&world, &flow.id, "step_1").await;
    assert_eq!(test.run.status, RunStatus::Failed, "{test:?}");
    let sample = test.sample.unwrap();
    assert!(sample.error.is_some() && sample.output.is_none(), "{sample:?}");
}

#[tokio::test]
async fn folders_are_made_renamed_filled_and_deleted_there() {
    let (world, _running) = connected().await;
    let boss = admin();
    let made = world.flows.create_folder(&boss, "Clients").await.unwrap();
    let taken = world.flows.create_folder(&boss, "Clients").await.unwrap_err();
    assert_eq!(field(&taken), "name");
    let renamed = world.flows.rename_folder(&boss, &made.id, "Customers").await.unwrap();
    assert_eq!((&renamed.id, renamed.display_name.as_str()), (&made.id, "Customers"));
    let flow = simple(&world).await;
    let moved = world.flows.set_folder(&boss, &flow.id, Some(made.id.clone())).await.unwrap();
    assert_eq!(moved.folder_id.as_ref(), Some(&made.id));
    world.flows.change_engine(&boss, EngineChange::default()).await.unwrap();
    let ours = world.flows.create_folder(&boss, "Ours").await.unwrap();
    let all = world.flows.folders(&boss).await.unwrap();
    let names: Vec<_> =
        all.iter().map(|it| (it.display_name.as_str(), it.number_of_flows)).collect();
    assert_eq!(names, [("Ours", 0), ("Customers", 1)]);
    let wrong = world.flows.set_folder(&boss, &flow.id, Some(ours.id)).await.unwrap_err();
    assert_eq!(field(&wrong), "folderId");
    world.flows.delete_folder(&boss, &made.id).await.unwrap();
    assert_eq!(world.flows.get(&boss, &flow.id).await.unwrap().folder_id, None);
    let gone = world.flows.rename_folder(&boss, &made.id, "Again").await;
    assert!(matches!(gone, Err(Problem::NotFound { .. })), "{gone:?}");
    let stranger = actor("w2", Role::WorkspaceAdmin);
    let hidden = world.flows.delete_folder(&stranger, &made.id).await;
    assert!(matches!(hidden, Err(Problem::NotFound { .. })), "{hidden:?}");
}

#[tokio::test]
async fn what_that_server_cannot_do_is_said_before_anything_changes() {
    let (world, running) = connected().await;
    let flow = simple(&world).await;
    let boss = admin();
    let asked = running.engine.requests().len();
    let of_flow = |it: &String| it.starts_with("POST") && it.contains("/flows/");
    let changed = || running.engine.requests()[asked..].iter().filter(|it| of_flow(it)).count();
    let whole = json!({ "displayName": "There", "schemaVersion": "16", "trigger": {
        "name": "trigger", "displayName": "T", "type": "EMPTY", "settings": {},
        "nextAction": {
            "name": "step_1", "displayName": "Fragile", "type": "PIECE",
            "settings": mapping("step_1", "x")["settings"],
            "onErrorAction": set_fields("step_2", json!({})),
        } } });
    let import = vec![edit("IMPORT_FLOW", whole)];
    let told = unsupported(world.flows.edit(&boss, &flow.id, None, import).await);
    assert!(told.contains("“Fragile”"), "{told}");
    let mut patient = piece("step_1", "data-mapper", "advanced_mapping", json!({ "mapping": {} }));
    patient["settings"]["errorHandlingOptions"] = json!({
        "continueOnFailure": {}, "retryOnFailure": { "value": true },
        "retryPolicy": { "attempts": 2, "waitSeconds": 30, "doubles": false },
    });
    let patient = vec![edit("UPDATE_ACTION", patient)];
    unsupported(world.flows.edit(&boss, &flow.id, None, patient).await);
    assert_eq!(changed(), 0, "nothing was sent");
    unsupported(world.runs.dry_run(&boss, &flow.id, Value::Null).await);
    unsupported(world.flows.listen(&boss, &flow.id).await);
    unsupported(world.flows.test_trigger(&boss, &flow.id, None).await);
    unsupported(world.flows.propose(&boss, &flow.id, "Shorter", Vec::new()).await);
    unsupported(world.flows.set_runs_at_once(&boss, &flow.id, Some(1)).await);
    assert_eq!(world.flows.proposal(&boss, &flow.id).await.unwrap(), None);
    assert_eq!(world.flows.get(&boss, &flow.id).await.unwrap().version, flow.version);
}
