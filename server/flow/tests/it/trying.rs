//! Testing a draft: one step on samples, samples of what starts it, and runs that change nothing.

use crate::world::{
    World, actor, admin, chain, for_each, keep_going, on_webhook, piece, request, router,
    set_fields,
};
use domain::actor::Role;
use domain::flow::Flow;
use domain::flow::edit::{ChangeName, FlowEdit};
use domain::flow::listing::FlowFilter;
use domain::flow::run::{NOT_DONE, RunStatus, Trial};
use domain::flow::sample::Origin;
use domain::problem::Problem;
use flow::hooks::{HookAnswer, HookRefusal, Wait};
use serde_json::{Map, Value, json};

fn nothing() -> Map<String, Value> {
    Map::new()
}

fn object(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap()
}

/// A field from the request, and one made of it.
async fn two_fields(world: &World) -> Flow {
    let first = set_fields("step_1", json!({ "name": "{{trigger.body.name}}" }));
    let second = set_fields("step_2", json!({ "words": "Call {{step_1.name}}" }));
    world.drafted(on_webhook(chain(vec![first, second]))).await.unwrap()
}

#[tokio::test]
async fn a_step_is_tested_on_the_samples_of_those_before_it() {
    for world in World::both().await {
        let flow = two_fields(&world).await;
        let refused = world.runs.test_step(&admin(), &flow.id, "step_2", nothing()).await;
        let Err(Problem::Invalid { issues }) = refused else { panic!("{refused:?}") };
        assert_eq!(issues[0].field, "samples.step_1", "{}", world.name);
        let payload = json!({ "body": { "name": "Ben" } });
        world.flows.test_trigger(&admin(), &flow.id, Some(payload)).await.unwrap();
        let first = world.runs.test_step(&admin(), &flow.id, "step_1", nothing()).await.unwrap();
        assert_eq!(first.run.status, RunStatus::Succeeded);
        assert_eq!(first.sample.unwrap().output, Some(json!({ "name": "Ben" })));
        assert!(!first.run.steps.contains_key("step_2"), "only the one step runs");
        let second = world.runs.test_step(&admin(), &flow.id, "step_2", nothing()).await.unwrap();
        assert_eq!(second.sample.unwrap().output, Some(json!({ "words": "Call Ben" })));
        let rename = FlowEdit::ChangeName(ChangeName { display_name: "Later".to_owned() });
        world.flows.edit(&admin(), &flow.id, None, vec![rename]).await.unwrap();
        let kept = world.flows.samples(&admin(), &flow.id).await.unwrap();
        assert_eq!(kept.len(), 3, "{}: {kept:?}", world.name);
        let wins = object(json!({ "mapping": { "words": "now" } }));
        let other = world.runs.test_step(&admin(), &flow.id, "step_2", wins).await.unwrap();
        assert_eq!(other.sample.unwrap().output, Some(json!({ "words": "now" })));
        let draft = world.flows.get(&admin(), &flow.id).await.unwrap().version;
        assert!(serde_json::to_string(&draft).unwrap().contains("Call {{step_1.name}}"));
    }
}

#[tokio::test]
async fn a_failed_test_says_why_and_keeps_the_sample_from_before() {
    for world in World::both().await {
        let math = piece(
            "step_1",
            "@activepieces/piece-math-helper",
            "division_math",
            json!({ "first_number": "6", "second_number": "2" }),
        );
        let flow = world.drafted(on_webhook(keep_going(math))).await.unwrap();
        let good = world.runs.test_step(&admin(), &flow.id, "step_1", nothing()).await.unwrap();
        let good = good.sample.unwrap();
        assert_eq!((good.error.as_ref(), good.origin), (None, Origin::Test), "{good:?}");
        let zero = object(json!({ "second_number": "many" }));
        let bad = world.runs.test_step(&admin(), &flow.id, "step_1", zero).await.unwrap();
        let bad = bad.sample.unwrap();
        assert!(bad.error.is_some(), "{bad:?}");
        assert_eq!(bad.output, good.output, "{}", world.name);
    }
}

#[tokio::test]
async fn a_step_in_a_loop_sees_the_first_item_and_a_router_says_which_way() {
    let world = World::sqlite().await;
    let inside = set_fields("step_2", json!({ "item": "{{step_1.item.n}}" }));
    let branch = router(
        "step_3",
        "EXECUTE_FIRST_MATCH",
        vec![(
            "Many",
            "{{trigger.body.many}}",
            "BOOLEAN_IS_TRUE",
            "",
            set_fields("step_4", json!({})),
        )],
        Value::Null,
    );
    let steps = chain(vec![for_each("step_1", "{{trigger.body.rows}}", inside), branch]);
    let flow = world.drafted(on_webhook(steps)).await.unwrap();
    let payload = json!({ "body": { "rows": [{ "n": 7 }, { "n": 8 }], "many": true } });
    world.flows.give_sample(&admin(), &flow.id, "trigger", &payload).await.unwrap();
    let tested = |step: &'static str| {
        let (world, flow) = (&world, &flow);
        async move { world.runs.test_step(&admin(), &flow.id, step, nothing()).await.unwrap() }
    };
    assert_eq!(tested("step_2").await.sample.unwrap().output, Some(json!({ "item": 7 })));
    let each = tested("step_1").await;
    assert_eq!(each.run.steps.len(), 2, "no round runs: {:?}", each.run.steps);
    assert_eq!(
        each.sample.unwrap().output,
        Some(json!({ "item": { "n": 7 }, "index": 1, "iterations": [] }))
    );
    let way = tested("step_3").await;
    assert!(!way.run.steps.contains_key("step_4"));
    assert_eq!(way.sample.unwrap().output.unwrap()["branches"][0]["evaluation"], true);
}

#[tokio::test]
async fn a_sample_of_another_kind_of_step_is_not_used() {
    let world = World::sqlite().await;
    let flow = two_fields(&world).await;
    world.flows.give_sample(&admin(), &flow.id, "step_1", &json!({ "name": "Ann" })).await.unwrap();
    let tested = world.runs.test_step(&admin(), &flow.id, "step_2", nothing()).await.unwrap();
    assert_eq!(tested.sample.unwrap().output, Some(json!({ "words": "Call Ann" })));
    let other = piece("step_1", "@activepieces/piece-text-helper", "concat", json!({}));
    let other = FlowEdit::UpdateAction(serde_json::from_value(other).unwrap());
    world.flows.edit(&admin(), &flow.id, None, vec![other]).await.unwrap();
    assert!(!world.flows.samples(&admin(), &flow.id).await.unwrap().contains_key("step_1"));
    let unknown = world.flows.give_sample(&admin(), &flow.id, "step_9", &json!(1)).await;
    assert!(matches!(unknown, Err(Problem::Invalid { .. })));
}

#[tokio::test]
async fn a_flow_that_is_off_listens_for_one_request() {
    for world in World::both().await {
        let flow = two_fields(&world).await;
        let hook = world.hook(&flow).await;
        let send = |name: &'static str| {
            let (world, hook) = (&world, &hook);
            async move { world.runs.hook(hook, &request(json!({ "name": name })), Wait::No).await }
        };
        assert_eq!(send("early").await, Err(HookRefusal::SwitchedOff));
        let empty = world.flows.test_trigger(&admin(), &flow.id, None).await;
        assert!(matches!(empty, Err(Problem::Invalid { .. })), "{empty:?}");
        world.flows.listen(&admin(), &flow.id).await.unwrap();
        assert_eq!(send("heard").await, Ok(HookAnswer::Heard), "{}", world.name);
        assert_eq!(send("late").await, Err(HookRefusal::SwitchedOff));
        let kept = world.flows.samples(&admin(), &flow.id).await.unwrap();
        let heard = kept["trigger"].output.as_ref().unwrap();
        assert_eq!(
            (&heard["body"]["name"], kept["trigger"].origin),
            (&json!("heard"), Origin::Request)
        );
    }
}

#[tokio::test]
async fn a_dry_run_walks_everything_and_changes_nothing() {
    for world in World::both().await {
        let keep = piece(
            "step_2",
            "@activepieces/piece-store",
            "put",
            json!({ "key": "k", "value": "{{step_1.item}}", "store_scope": "COLLECTION" }),
        );
        let far = piece(
            "step_3",
            "@activepieces/piece-http",
            "send_request",
            json!({ "method": "POST", "url": "http://127.0.0.1:1/", "body": {} }),
        );
        let wait = crate::world::wait("step_4", 3_600);
        let steps = chain(vec![for_each("step_1", "{{trigger.body.rows}}", keep), far, wait]);
        let flow = world.drafted(on_webhook(steps)).await.unwrap();
        let payload = json!({ "body": { "rows": [1, 2] } });
        let run = world.runs.dry_run(&admin(), &flow.id, payload).await.unwrap();
        assert_eq!(run.trial, Some(Trial::Dry));
        let run = world.ended(&run.id).await;
        assert_eq!(run.status, RunStatus::Succeeded, "{}: {run:?}", world.name);
        let rounds = &run.steps["step_1"]["output"]["iterations"];
        assert_eq!(rounds[1]["step_2"]["input"]["value"], 2);
        assert_eq!(rounds[0]["step_2"]["warnings"][0], NOT_DONE);
        assert_eq!(run.steps["step_3"]["warnings"][0], NOT_DONE);
        let stored = piece(
            "step_1",
            "@activepieces/piece-store",
            "get",
            json!({ "key": "k", "store_scope": "COLLECTION" }),
        );
        let look = world.drafted(on_webhook(stored)).await.unwrap();
        let seen = world.runs.test_step(&admin(), &look.id, "step_1", nothing()).await.unwrap();
        assert_eq!(seen.sample.unwrap().output, Some(Value::Null), "{}", world.name);
    }
}

#[tokio::test]
async fn who_may_not_change_a_flow_may_not_test_it() {
    let world = World::sqlite().await;
    let flow = two_fields(&world).await;
    let (viewer, stranger) = (actor("w1", Role::Viewer), actor("w2", Role::WorkspaceAdmin));
    let missing = Some(Problem::not_found("Flow"));
    let runs = &world.runs;
    assert!(matches!(
        runs.test_step(&viewer, &flow.id, "step_1", nothing()).await,
        Err(Problem::Forbidden { .. })
    ));
    assert!(matches!(
        runs.dry_run(&viewer, &flow.id, json!({})).await,
        Err(Problem::Forbidden { .. })
    ));
    assert!(matches!(world.flows.listen(&viewer, &flow.id).await, Err(Problem::Forbidden { .. })));
    assert_eq!(runs.test_step(&stranger, &flow.id, "step_1", nothing()).await.err(), missing);
    assert_eq!(runs.dry_run(&stranger, &flow.id, json!({})).await.err(), missing);
    assert_eq!(world.flows.samples(&stranger, &flow.id).await.err(), missing);
    assert_eq!(world.flows.listen(&stranger, &flow.id).await.err(), missing);
    let given = world.flows.give_sample(&stranger, &flow.id, "trigger", &json!(1)).await;
    assert_eq!(given.err(), missing);
}

#[tokio::test]
async fn folders_hold_flows_and_leave_them_when_they_go() {
    for world in World::both().await {
        let folder = world.flows.create_folder(&admin(), " Clients ").await.unwrap();
        assert_eq!(folder.display_name, "Clients");
        let again = world.flows.create_folder(&admin(), "clients").await;
        assert!(matches!(again, Err(Problem::Invalid { .. })), "{again:?}");
        let flow = two_fields(&world).await;
        let id = Some(folder.id.clone());
        let moved = world.flows.set_folder(&admin(), &flow.id, id.clone()).await.unwrap();
        assert_eq!(moved.folder_id, id);
        let all = world.flows.folders(&admin()).await.unwrap();
        assert_eq!((all.len(), all[0].number_of_flows), (1, 1), "{}", world.name);
        let gone = world.flows.set_folder(&admin(), &flow.id, Some("none".to_owned())).await;
        assert_eq!(gone.err(), Some(Problem::not_found("Folder")));
        let stranger = actor("w2", Role::WorkspaceAdmin);
        let theirs = world.flows.rename_folder(&stranger, &folder.id, "Mine").await;
        assert_eq!(theirs.err(), Some(Problem::not_found("Folder")));
        world.flows.rename_folder(&admin(), &folder.id, "Customers").await.unwrap();
        world.flows.delete_folder(&admin(), &folder.id).await.unwrap();
        assert_eq!(world.flows.get(&admin(), &flow.id).await.unwrap().folder_id, None);
        assert!(world.flows.folders(&admin()).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_flow_goes_out_as_a_file_and_comes_in_again() {
    for world in World::both().await {
        let flow = two_fields(&world).await;
        let file = world.flows.export(&admin(), &flow.id).await.unwrap();
        let made = world.flows.import(&admin(), &file).await.unwrap();
        assert_ne!(made.id, flow.id);
        assert_eq!(made.version.trigger.next_action, flow.version.trigger.next_action);
        let unknown = file.replace("piece-data-mapper", "piece-unheard-of");
        let kept = world.flows.import(&admin(), &unknown).await.unwrap();
        let problems = world.flows.problems(&admin(), &kept.id).await.unwrap();
        assert_eq!(
            (kept.version.valid, problems.len()),
            (false, 2),
            "{}: {problems:?}",
            world.name
        );
        let wrong = file.replace("\"PIECE\"", "\"WORMHOLE\"");
        let refused = world.flows.import(&admin(), &wrong).await;
        let Err(Problem::Invalid { issues }) = refused else { panic!("{refused:?}") };
        assert_eq!(issues[0].field, "steps.step_1", "{}", world.name);
    }
}

#[tokio::test]
async fn what_publishing_would_change_is_told_with_who_changed_it() {
    for world in World::both().await {
        let flow = world.published(on_webhook(set_fields("step_1", json!({ "a": 1 })))).await;
        let none = world.flows.draft_changes(&admin(), &flow.id).await.unwrap();
        assert!(none.0.is_some_and(|it| it.is_empty()) && none.1.is_empty());
        let other = FlowEdit::UpdateAction(
            serde_json::from_value(set_fields("step_1", json!({ "a": 2 }))).unwrap(),
        );
        world.flows.edit(&admin(), &flow.id, None, vec![other]).await.unwrap();
        let (changes, by) = world.flows.draft_changes(&admin(), &flow.id).await.unwrap();
        let changes = changes.unwrap();
        assert_eq!(changes.steps[0].name, "step_1", "{}", world.name);
        assert_eq!(by, [("Ann Berg".to_owned(), 1)]);
    }
}

#[tokio::test]
async fn a_practice_flow_runs_from_start_to_finish_and_leaves_nothing() {
    for world in World::both().await {
        assert_eq!(world.flows.practice_found(&admin()).await.unwrap(), None, "{}", world.name);
        let checked = world.flows.practise(&admin()).await.unwrap();
        let kept = world.flows.practice_found(&admin()).await.unwrap();
        assert_eq!(kept.as_ref(), Some(&checked), "{}", world.name);
        assert_eq!(checked.error, None, "{}: {checked:?}", world.name);
        assert_eq!(checked.checks[1].detail, "It finished, 3 of 3 steps", "{}", world.name);
        let left = world.flows.list(&admin(), &FlowFilter::default()).await.unwrap();
        assert!(left.data.is_empty(), "{}", world.name);
        let refused = world.flows.practise(&actor("w1", Role::Member)).await;
        assert!(matches!(refused, Err(Problem::Forbidden { .. })), "{refused:?}");
    }
}
