//! A member asks for a flow to go live, and somebody who manages decides.

use crate::world::{World, actor, amara};
use domain::approval::ApprovalStatus;
use domain::flow::FlowStatus;
use domain::flow::listing::FlowFilter;
use domain::ids::{ApprovalId, FlowId};
use domain::problem::Problem;

/// A flow that can be published.
async fn draft(world: &World) -> FlowId {
    world.say(None, "When a webhook arrives, tell me Hello").await;
    let all = world.flows.list(&amara(), &FlowFilter::default()).await.unwrap();
    all.data[0].id.clone()
}

async fn asked(world: &World, flow: &FlowId) -> ApprovalId {
    match world.agent.may_publish(&actor("mika"), flow).await {
        Err(Problem::NeedsApproval { id }) => id,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_member_asks_once_an_admin_agrees_and_the_flow_is_published_once() {
    for world in World::both().await {
        let flow = draft(&world).await;
        let id = asked(&world, &flow).await;
        assert_eq!(asked(&world, &flow).await, id, "the same draft is asked about once");
        let before = world.flows.get(&amara(), &flow).await.unwrap();
        assert_eq!(before.published_version_id, None, "{}", world.test.name);
        let mine = world.agent.approve(&actor("mika"), &id, None, None).await;
        assert!(matches!(mine, Err(Problem::Forbidden { .. })), "{mine:?}");
        let decided = world.agent.approve(&amara(), &id, None, None).await.unwrap();
        assert_eq!(decided.approval.status, ApprovalStatus::Approved);
        let after = world.flows.get(&amara(), &flow).await.unwrap();
        assert_eq!(after.status, FlowStatus::Enabled, "{:?}", decided.approval.result);
        assert_eq!(after.published_version_id, Some(before.version.id));
        let again = world.agent.approve(&amara(), &id, None, None).await;
        assert!(matches!(again, Err(Problem::Conflict { .. })), "{again:?}");
    }
}

#[tokio::test]
async fn what_is_rejected_stays_a_draft_and_may_be_asked_again() {
    let world = World::new().await;
    let flow = draft(&world).await;
    let id = asked(&world, &flow).await;
    world.agent.reject(&amara(), &id, Some("not yet".to_owned())).await.unwrap();
    let after = world.flows.get(&amara(), &flow).await.unwrap();
    assert_eq!(after.published_version_id, None);
    assert_ne!(asked(&world, &flow).await, id);
}

#[tokio::test]
async fn a_viewer_cannot_ask_and_an_admin_need_not() {
    let world = World::new().await;
    let flow = draft(&world).await;
    let viewer = world.agent.may_publish(&actor("vera"), &flow).await;
    assert!(matches!(viewer, Err(Problem::Forbidden { .. })), "{viewer:?}");
    world.agent.may_publish(&amara(), &flow).await.unwrap();
    assert!(world.pending().await.is_empty());
    let missing = world.agent.may_publish(&actor("mika"), &FlowId::from("missing")).await;
    assert!(!matches!(missing, Ok(()) | Err(Problem::NeedsApproval { .. })), "{missing:?}");
}
