//! Suggested changes: stored, drawn, accepted or dropped as one step; the flow itself never changes by a suggestion.

use crate::world::{World, actor, admin, chain, code, on_webhook};
use domain::actor::Role;
use domain::event::EventKind;
use domain::flow::edit::{AddAction, ChangeName, DeleteAction, FlowEdit, Location};
use domain::flow::tree;
use domain::ids::WorkspaceId;
use domain::problem::Problem;
use std::collections::BTreeSet;
use store::events;

/// Nothing is left out.
fn all() -> BTreeSet<usize> {
    BTreeSet::new()
}

fn change() -> Vec<FlowEdit> {
    let names = vec!["step_1".to_owned()];
    vec![
        FlowEdit::DeleteAction(DeleteAction { names }),
        FlowEdit::ChangeName(ChangeName { display_name: "Shorter".to_owned() }),
    ]
}

#[tokio::test]
async fn a_suggestion_changes_nothing_until_it_is_accepted_and_then_all_at_once() {
    for world in World::both().await {
        let before =
            world.drafted(on_webhook(chain(vec![code("step_1"), code("step_2")]))).await.unwrap();
        let made = world.flows.propose(&admin(), &before.id, "Shorter", change()).await.unwrap();
        assert_eq!(made.base_revision, before.revision);
        let now = world.flows.get(&admin(), &before.id).await.unwrap();
        assert_eq!(
            (now.revision, &now.version),
            (before.revision, &before.version),
            "{}",
            world.name
        );
        let open = world.flows.proposal(&admin(), &before.id).await.unwrap();
        assert_eq!(open.as_ref(), Some(&made));
        let after = world
            .flows
            .accept_proposal(&admin(), &before.id, (&made.id, all()), now.revision)
            .await
            .unwrap();
        assert_eq!(after.version.display_name, "Shorter");
        assert_eq!(tree::steps(&after.version.trigger).len(), 1);
        assert_eq!(world.flows.proposal(&admin(), &before.id).await.unwrap(), None);
        let again = world
            .flows
            .accept_proposal(&admin(), &before.id, (&made.id, all()), after.revision)
            .await;
        assert!(matches!(again, Err(Problem::Conflict { .. })), "{}", world.name);
        let mut conn = world.db.read().await.unwrap();
        let stored = events::after(&mut conn, &WorkspaceId::from("w1"), 0, 100).await.unwrap();
        let kinds: Vec<_> = stored.iter().map(|it| it.event.kind).collect();
        use EventKind as E;
        assert_eq!(kinds, [E::FlowCreated, E::FlowProposed, E::FlowEdited]);
        assert_eq!(stored[2].event.detail["proposal"], made.id.as_str());
    }
}

#[tokio::test]
async fn a_dropped_or_replaced_suggestion_leaves_nothing() {
    for world in World::both().await {
        let flow = world.drafted(on_webhook(code("step_1"))).await.unwrap();
        let first = world.flows.propose(&admin(), &flow.id, "One", change()).await.unwrap();
        let second = world.flows.propose(&admin(), &flow.id, "Two", change()).await.unwrap();
        let open = world.flows.proposal(&admin(), &flow.id).await.unwrap().unwrap();
        assert_eq!(open.id, second.id);
        let late = world.flows.drop_proposal(&admin(), &flow.id, &first.id).await;
        assert!(matches!(late, Err(Problem::Conflict { .. })));
        world.flows.drop_proposal(&admin(), &flow.id, &second.id).await.unwrap();
        assert_eq!(world.flows.proposal(&admin(), &flow.id).await.unwrap(), None);
        let now = world.flows.get(&admin(), &flow.id).await.unwrap();
        assert_eq!((now.revision, &now.version), (flow.revision, &flow.version), "{}", world.name);
        world.flows.propose(&admin(), &flow.id, "Three", change()).await.unwrap();
        world.flows.delete(&admin(), &flow.id).await.unwrap();
        let gone = world.flows.proposal(&admin(), &flow.id).await;
        assert!(matches!(gone, Err(Problem::NotFound { .. })));
    }
}

#[tokio::test]
async fn what_somebody_changed_meanwhile_is_looked_at_before_accepting() {
    let world = World::sqlite().await;
    let flow = world.drafted(on_webhook(code("step_1"))).await.unwrap();
    let made = world.flows.propose(&admin(), &flow.id, "Shorter", change()).await.unwrap();
    let rename = FlowEdit::ChangeName(ChangeName { display_name: "Longer".to_owned() });
    let now = world.flows.edit(&admin(), &flow.id, None, vec![rename]).await.unwrap();
    let blind =
        world.flows.accept_proposal(&admin(), &flow.id, (&made.id, all()), flow.revision).await;
    assert!(matches!(blind, Err(Problem::Conflict { .. })));
    let still = world.flows.proposal(&admin(), &flow.id).await.unwrap();
    assert_eq!(still, Some(made.clone()), "nothing is half done");
    let after = world
        .flows
        .accept_proposal(&admin(), &flow.id, (&made.id, all()), now.revision)
        .await
        .unwrap();
    assert_eq!(after.version.display_name, "Shorter");
}

#[tokio::test]
async fn suggestions_stay_in_their_workspace_and_with_those_who_may_write() {
    let world = World::sqlite().await;
    let flow = world.drafted(on_webhook(code("step_1"))).await.unwrap();
    let made = world.flows.propose(&admin(), &flow.id, "Shorter", change()).await.unwrap();
    let stranger = actor("w2", Role::WorkspaceAdmin);
    let seen = world.flows.proposal(&stranger, &flow.id).await;
    assert!(matches!(seen, Err(Problem::NotFound { .. })));
    let taken =
        world.flows.accept_proposal(&stranger, &flow.id, (&made.id, all()), flow.revision).await;
    assert!(matches!(taken, Err(Problem::NotFound { .. })));
    let reader = actor("w1", Role::Viewer);
    assert!(world.flows.proposal(&reader, &flow.id).await.is_ok());
    let refused = world.flows.drop_proposal(&reader, &flow.id, &made.id).await;
    assert!(matches!(refused, Err(Problem::Forbidden { .. })));
    let names = vec!["step_9".to_owned()];
    let wrong = vec![FlowEdit::DeleteAction(DeleteAction { names })];
    let nonsense = world.flows.propose(&admin(), &flow.id, "Gone", wrong).await;
    assert!(matches!(nonsense, Err(Problem::Invalid { .. })));
}

#[tokio::test]
async fn parts_are_left_out_as_long_as_no_other_builds_on_them() {
    for world in World::both().await {
        let flow =
            world.drafted(on_webhook(chain(vec![code("step_1"), code("step_2")]))).await.unwrap();
        let mut edits = change();
        for (parent, name) in [("step_2", "step_8"), ("step_8", "step_9")] {
            edits.push(FlowEdit::AddAction(Box::new(AddAction {
                parent_step: parent.to_owned(),
                step_location_relative_to_parent: Location::After,
                branch_index: None,
                action: serde_json::from_value(code(name)).unwrap(),
            })));
        }
        let made = world.flows.propose(&admin(), &flow.id, "More", edits).await.unwrap();
        let accept = async |left: &[usize]| {
            let left = left.iter().copied().collect();
            world.flows.accept_proposal(&admin(), &flow.id, (&made.id, left), flow.revision).await
        };
        for (left, why) in [(&[2][..], "builds on"), (&[0, 1, 2, 3], "Nothing is left")] {
            let Err(Problem::Invalid { issues }) = accept(left).await else { panic!("accepted") };
            assert!(issues[0].message.contains(why), "{}", issues[0].message);
        }
        let open = world.flows.proposal(&admin(), &flow.id).await.unwrap();
        assert_eq!(open.as_ref(), Some(&made), "{}: nothing was decided", world.name);
        let after = accept(&[0, 3]).await.unwrap();
        let names: Vec<_> =
            tree::steps(&after.version.trigger).iter().map(|it| it.name.clone()).collect();
        assert_eq!(names, ["step_1", "step_2", "step_8"], "{}", world.name);
        assert_eq!(after.version.display_name, "Shorter");
        assert_eq!(world.flows.proposal(&admin(), &flow.id).await.unwrap(), None);
    }
}
