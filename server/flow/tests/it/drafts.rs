//! Drafts, versions and who may do what with them.

use crate::world::{World, actor, admin, chain, code, on_webhook, set_fields};
use domain::actor::Role;
use domain::event::EventKind;
use domain::flow::edit::{ChangeName, FlowEdit};
use domain::flow::listing::FlowFilter;
use domain::flow::validate::ProblemCode;
use domain::flow::{FlowStatus, VersionState};
use domain::ids::WorkspaceId;
use domain::problem::Problem;
use serde_json::{Value, json};
use store::events;

fn rename(name: &str) -> Vec<FlowEdit> {
    vec![FlowEdit::ChangeName(ChangeName { display_name: name.to_owned() })]
}

#[tokio::test]
async fn a_published_version_never_changes_and_an_edit_makes_a_draft() {
    for world in World::both().await {
        let flow = world.published(on_webhook(set_fields("step_1", json!({ "v": 1 })))).await;
        assert_eq!((flow.status, flow.version.state), (FlowStatus::Enabled, VersionState::Locked));
        let locked = flow.version.clone();
        let draft =
            world.flows.edit(&admin(), &flow.id, Some(flow.revision), rename("New")).await.unwrap();
        assert_ne!(draft.version.id, locked.id);
        assert_eq!(draft.version.state, VersionState::Draft);
        assert_eq!(draft.published_version_id.as_ref(), Some(&locked.id));
        let kept = world.flows.at_version(&admin(), &flow.id, &locked.id).await.unwrap().version;
        assert_eq!(kept, locked, "{}", world.name);
        let again = world.flows.edit(&admin(), &flow.id, None, rename("Newer")).await.unwrap();
        assert_eq!(again.version.id, draft.version.id);
        let versions = world.flows.versions(&admin(), &flow.id).await.unwrap();
        let shown: Vec<_> =
            versions.iter().map(|it| (it.display_name.as_str(), it.published)).collect();
        assert_eq!(shown, [("Newer", false), ("Flow", true)]);
        let back = world.flows.use_as_draft(&admin(), &flow.id, &locked.id).await.unwrap();
        assert_eq!(
            (back.version.display_name.as_str(), back.version.id),
            ("Flow", draft.version.id)
        );
    }
}

#[tokio::test]
async fn who_was_slower_is_told_the_revision_now() {
    let world = World::sqlite().await;
    let flow = world.drafted(on_webhook(code("step_1"))).await.unwrap();
    let first =
        world.flows.edit(&admin(), &flow.id, Some(flow.revision), rename("First")).await.unwrap();
    let second = world.flows.edit(&admin(), &flow.id, Some(flow.revision), rename("Second")).await;
    let now = first.revision.to_string();
    assert!(matches!(second, Err(Problem::Conflict { status: Some(it), .. }) if it == now));
    assert_eq!(world.flows.get(&admin(), &flow.id).await.unwrap().version.display_name, "First");
}

#[tokio::test]
async fn every_change_leaves_one_event() {
    for world in World::both().await {
        let flow = world.published(on_webhook(set_fields("step_1", json!({})))).await;
        world.flows.edit(&admin(), &flow.id, None, rename("New")).await.unwrap();
        world.flows.set_status(&admin(), &flow.id, FlowStatus::Disabled).await.unwrap();
        world.flows.delete(&admin(), &flow.id).await.unwrap();
        let mut conn = world.db.read().await.unwrap();
        let stored = events::after(&mut conn, &WorkspaceId::from("w1"), 0, 100).await.unwrap();
        let kinds: Vec<_> = stored.iter().map(|it| it.event.kind).collect();
        use EventKind as E;
        assert_eq!(
            kinds,
            [E::FlowCreated, E::FlowPublished, E::FlowEdited, E::FlowDisabled, E::FlowDeleted]
        );
        let edited = &stored[2].event.detail;
        assert_eq!((&edited["revision"], &edited["via"]), (&json!(2), &json!("ui")));
        assert_eq!(edited["operations"][0]["type"], "CHANGE_NAME");
    }
}

#[tokio::test]
async fn what_is_incomplete_is_not_published() {
    let world = World::sqlite().await;
    let empty = on_webhook(json!({
        "name": "step_1", "displayName": "Loop", "type": "LOOP_ON_ITEMS", "valid": false, "settings": { "items": "" },
        "nextAction": set_fields("step_2", json!({ "a": "{{step_9.b}}" })),
    }));
    let flow = world.drafted(empty).await.unwrap();
    let Err(Problem::Invalid { issues }) = world.flows.publish(&admin(), &flow.id).await else {
        panic!()
    };
    assert!(issues.iter().any(|it| it.field.starts_with("steps.step_1")), "{issues:?}");
    assert!(issues.iter().any(|it| it.field.starts_with("steps.step_2")), "{issues:?}");
    assert_eq!(world.flows.get(&admin(), &flow.id).await.unwrap().status, FlowStatus::Disabled);
}

#[tokio::test]
async fn a_trigger_alone_does_not_go_live() {
    for world in World::both().await {
        let flow = world.drafted(on_webhook(Value::Null)).await.unwrap();
        assert!(flow.version.valid, "a flow is built from its trigger on");
        let problems = world.flows.problems(&admin(), &flow.id).await.unwrap();
        assert_eq!((problems.len(), problems[0].code), (1, ProblemCode::NoSteps), "{problems:?}");
        let refused = world.flows.publish(&admin(), &flow.id).await;
        assert_eq!(refused, Err(Problem::Invalid { issues: vec![problems[0].issue()] }));
        let now = world.flows.get(&admin(), &flow.id).await.unwrap();
        assert_eq!((now.status, now.published_version_id), (FlowStatus::Disabled, None));
    }
}

#[tokio::test]
async fn each_role_may_do_its_part() {
    let world = World::sqlite().await;
    let flow = world.drafted(on_webhook(set_fields("step_1", json!({})))).await.unwrap();
    let (member, viewer) = (actor("w1", Role::Member), actor("w1", Role::Viewer));
    assert!(world.flows.edit(&member, &flow.id, None, rename("By a member")).await.is_ok());
    let publish = world.flows.publish(&member, &flow.id).await;
    assert_eq!(
        publish.unwrap_err(),
        Problem::Forbidden { message: "missing permission: manage".to_owned() }
    );
    let edit = world.flows.edit(&viewer, &flow.id, None, rename("By a viewer")).await;
    assert!(matches!(edit, Err(Problem::Forbidden { .. })));
    assert!(world.flows.get(&viewer, &flow.id).await.is_ok());
}

#[tokio::test]
async fn another_workspace_sees_nothing() {
    let world = World::sqlite().await;
    let flow = world.published(on_webhook(set_fields("step_1", json!({})))).await;
    let run = world.fire(&flow, json!({})).await;
    let stranger = actor("w2", Role::WorkspaceAdmin);
    let missing = || Some(Problem::not_found("Flow"));
    assert_eq!(world.flows.get(&stranger, &flow.id).await.err(), missing());
    assert_eq!(world.flows.edit(&stranger, &flow.id, None, rename("Mine")).await.err(), missing());
    assert_eq!(world.flows.publish(&stranger, &flow.id).await.err(), missing());
    assert_eq!(world.flows.delete(&stranger, &flow.id).await.err(), missing());
    assert_eq!(world.flows.webhook_url(&stranger, &flow.id).await.err(), missing());
    assert_eq!(world.runs.get(&stranger, &run).await.err(), Some(Problem::not_found("Run")));
    assert_eq!(world.runs.cancel(&stranger, &run).await.err(), Some(Problem::not_found("Run")));
    assert!(world.flows.list(&stranger, &FlowFilter::default()).await.unwrap().data.is_empty());
}

#[tokio::test]
async fn flows_are_listed_page_by_page_with_their_runs() {
    for world in World::both().await {
        for name in ["a", "b", "c"] {
            let flow = world.drafted(on_webhook(set_fields("step_1", json!({})))).await.unwrap();
            world.flows.edit(&admin(), &flow.id, None, rename(name)).await.unwrap();
        }
        let published = world.published(on_webhook(set_fields("step_1", json!({})))).await;
        let run = world.fire(&published, json!({})).await;
        world.ended(&run).await;
        let mut seen = Vec::new();
        let mut filter = FlowFilter { limit: Some(3), ..FlowFilter::default() };
        loop {
            let page = world.flows.list(&admin(), &filter).await.unwrap();
            seen.extend(page.data);
            match page.next {
                Some(next) => filter.cursor = Some(next),
                None => break,
            }
        }
        assert_eq!(seen.len(), 4, "{}", world.name);
        let row = seen.iter().find(|it| it.id == published.id).unwrap();
        assert_eq!((row.steps_count, row.has_draft, row.last_runs.len()), (1, false, 1));
        let named = FlowFilter { name: Some("B".to_owned()), ..FlowFilter::default() };
        assert_eq!(world.flows.list(&admin(), &named).await.unwrap().data[0].name, "b");
    }
}

#[tokio::test]
async fn five_hundred_steps_in_a_row_are_kept_and_run() {
    for world in World::both().await {
        let steps = (1..=500).map(|at| set_fields(&format!("step_{at}"), json!({ "n": at })));
        let mut trigger = on_webhook(json!(null));
        trigger["nextAction"] = steps.collect();
        let flow = world.published(trigger).await;
        let kept = world.flows.get(&admin(), &flow.id).await.unwrap();
        assert_eq!(domain::flow::tree::steps(&kept.version.trigger).len(), 500);
        let run = world.fire(&flow, json!({})).await;
        let ended = world.ended(&run).await;
        assert_eq!(ended.steps["step_500"]["output"], json!({ "n": 500 }), "{}", world.name);
        let too_many = (1..=1_001).map(|at| set_fields(&format!("step_{at}"), json!({})));
        let mut trigger = on_webhook(chain(vec![]));
        trigger["nextAction"] = too_many.collect();
        assert!(matches!(world.drafted(trigger).await, Err(Problem::Invalid { .. })));
    }
}
