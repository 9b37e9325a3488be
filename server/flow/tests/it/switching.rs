//! Pieces that a workspace switched off, and the flows that use them.

use crate::world::{World, actor, admin, on_webhook, set_fields};
use domain::actor::Role;
use domain::flow::FlowStatus;
use domain::flow::listing::PiecesOff;
use domain::flow::validate::ProblemCode;
use domain::problem::Problem;
use flow::updating::FlowChange;
use serde_json::json;

const MAPPER: &str = "@activepieces/piece-data-mapper";

#[tokio::test]
async fn a_flow_with_a_piece_that_is_off_is_marked_and_does_not_go_live() {
    for world in World::both().await {
        let ann = admin();
        let flow = world.published(on_webhook(set_fields("step_1", json!({})))).await;
        let all = world.flows.pieces_off_for(&ann, &flow.id).await.unwrap();
        assert_eq!(all, PiecesOff::default(), "{}", world.name);
        assert!(world.flows.switch_piece(&ann, MAPPER, false).await.unwrap());

        let off = world.flows.pieces_off_for(&ann, &flow.id).await.unwrap();
        assert!(off.off.contains(MAPPER) && off.off.len() == 1);
        assert_eq!(off.live.len(), 1, "it is live with it: {off:?}");
        let found = world.flows.problems(&ann, &flow.id).await.unwrap();
        assert_eq!((found.len(), found[0].code), (1, ProblemCode::SwitchedOff), "{found:?}");
        assert_eq!(found[0].step_name, "step_1");
        let refused = world.flows.publish(&ann, &flow.id).await.unwrap_err();
        let Problem::Invalid { issues } = &refused else { panic!("{refused:?}") };
        assert_eq!(issues[0].field, "steps.step_1");

        world.flows.set_status(&ann, &flow.id, FlowStatus::Disabled).await.unwrap();
        let off = world.flows.pieces_off_for(&ann, &flow.id).await.unwrap();
        assert_eq!(off.live, Vec::<String>::new(), "nothing of it runs");
        let refused = world.flows.set_status(&ann, &flow.id, FlowStatus::Enabled).await;
        assert_eq!(refused, Err(Problem::Invalid { issues: issues.clone() }));
        let change = FlowChange { status: Some(FlowStatus::Enabled), ..FlowChange::default() };
        let refused = world.flows.update(&ann, &flow.id, change.clone()).await;
        assert_eq!(refused, Err(Problem::Invalid { issues: issues.clone() }));
        let now = world.flows.get(&ann, &flow.id).await.unwrap();
        assert_eq!(now.status, FlowStatus::Disabled, "{}", world.name);

        assert!(world.flows.switch_piece(&ann, MAPPER, true).await.unwrap());
        world.flows.update(&ann, &flow.id, change).await.unwrap();
        assert_eq!(world.flows.problems(&ann, &flow.id).await.unwrap(), []);
    }
}

#[tokio::test]
async fn a_skipped_step_may_stay_and_other_workspaces_see_nothing() {
    for world in World::both().await {
        let mut step = set_fields("step_1", json!({}));
        step["skip"] = json!(true);
        let flow = world.published(on_webhook(step)).await;
        assert!(world.flows.switch_piece(&admin(), MAPPER, false).await.unwrap());
        world.flows.publish(&admin(), &flow.id).await.unwrap();
        let off = world.flows.pieces_off_for(&admin(), &flow.id).await.unwrap();
        assert_eq!(off.live, Vec::<String>::new(), "{}", world.name);
        let stranger = actor("w2", Role::WorkspaceAdmin);
        let missing = world.flows.pieces_off_for(&stranger, &flow.id).await;
        assert_eq!(missing, Err(Problem::not_found("Flow")));
    }
}
