//! Failed runs are tried again together, each once, by whoever may.

use crate::site::Site;
use crate::world::{World, actor, admin, chain, on_webhook, piece, set_fields};
use domain::actor::{Actor, Role};
use domain::flow::listing::RunFilter;
use domain::flow::run::{Retried, Retry, RunStatus, Which};
use domain::ids::{RunId, UserId};
use domain::problem::Problem;
use serde_json::{Value, json};

fn post(url: &str) -> Value {
    let input = json!({
        "method": "POST", "url": url, "headers": {}, "queryParams": {}, "authType": "NONE", "body_type": "none",
    });
    piece("step_1", "@activepieces/piece-http", "send_request", input)
}

#[tokio::test]
async fn what_failed_is_tried_again_together_and_once() {
    for world in World::both().await {
        let site = Site::open().await;
        site.fail(2);
        world.allow(&[site.host()]).await;
        let flow = world.published(on_webhook(post(&site.url("/fail")))).await;
        let mut failed = Vec::new();
        for _ in 0..2 {
            let run = world.fire(&flow, json!({})).await;
            assert_eq!(world.ended(&run).await.status, RunStatus::Failed, "{}", world.name);
            failed.push(run);
        }
        let all = RunFilter::default();
        let newest_first: Vec<RunId> = failed.iter().rev().cloned().collect();
        assert_eq!(world.runs.failed(&admin(), &all).await.unwrap(), newest_first);
        let bob = Actor { user: UserId::from("bob"), ..actor("w1", Role::Member) };
        assert_eq!(world.runs.failed(&bob, &all).await.unwrap(), [], "not started by him");
        let viewer = actor("w1", Role::Viewer);
        let refused = world.runs.retry_failed(&viewer, &all).await;
        assert!(matches!(refused, Err(Problem::Forbidden { .. })));
        let elsewhere = world.runs.retry_failed(&actor("w2", Role::WorkspaceAdmin), &all).await;
        assert!(matches!(elsewhere, Err(Problem::Invalid { .. })));

        let done = world.runs.retry_failed(&admin(), &all).await.unwrap();
        assert_eq!(done, Retried { started: 2, refused: 0, why: None });
        let runs = world.runs.list(&admin(), &all).await.unwrap().data;
        let again: Vec<_> = runs.iter().filter(|it| it.retry_of.is_some()).collect();
        let mut of: Vec<_> = again.iter().filter_map(|it| it.retry_of.clone()).collect();
        of.sort_by(|a, b| a.as_str().cmp(b.as_str()));
        assert_eq!(of, failed);
        for run in again {
            assert_eq!(run.acting_user, Some(UserId::from("ann")));
            assert_eq!(world.ended(&run.id).await.status, RunStatus::Succeeded);
        }
        let nothing = world.runs.retry_failed(&admin(), &all).await;
        assert!(matches!(nothing, Err(Problem::Invalid { .. })), "each is tried again once");
        // By itself one can be tried again as often as somebody likes.
        let one = world.runs.retry(&admin(), &failed[0], Retry::FromFailedStep).await.unwrap();
        assert_eq!(one.retry_of.as_ref(), Some(&failed[0]));
        world.ended(&one.id).await;
    }
}

#[tokio::test]
async fn figures_and_names_are_those_of_the_workspace_without_tests() {
    for world in World::both().await {
        let flow = world.published(on_webhook(set_fields("step_1", json!({})))).await;
        let run = world.fire(&flow, json!({})).await;
        world.ended(&run).await;
        let test = world.runs.start(&admin(), &flow.id, json!({}), Which::Draft).await.unwrap();
        world.ended(&test.id).await;
        let figures = world.runs.figures(&admin(), 0).await.unwrap();
        assert_eq!(
            (figures.started, figures.succeeded, figures.failed),
            (1, 1, 0),
            "{}",
            world.name
        );
        let names = world.runs.flow_names(&admin()).await.unwrap();
        assert_eq!(names, [(flow.id.to_string(), "Flow".to_owned())]);
        let other = actor("w2", Role::WorkspaceAdmin);
        assert_eq!(world.runs.figures(&other, 0).await.unwrap().started, 0);
        assert_eq!(world.runs.flow_names(&other).await.unwrap(), []);
        let tests = RunFilter { tests: Some(true), ..RunFilter::default() };
        let tests = world.runs.list(&admin(), &tests).await.unwrap().data;
        assert_eq!(tests.iter().map(|it| &it.id).collect::<Vec<_>>(), [&test.id]);
        let row = world.flows.list(&admin(), &Default::default()).await.unwrap().data.remove(0);
        let strip: Vec<_> = row.last_runs.into_iter().map(|it| it.id).collect();
        assert_eq!(strip, [run], "what was only tried says nothing of how the flow does");
    }
}

#[tokio::test]
async fn a_copy_is_a_draft_that_does_the_same() {
    for world in World::both().await {
        let steps = chain(vec![set_fields("step_1", json!({ "a": 1 }))]);
        let flow = world.published(on_webhook(steps)).await;
        let copy = world.flows.duplicate(&admin(), &flow.id).await.unwrap();
        assert_eq!(copy.version.display_name, "Copy of Flow", "{}", world.name);
        assert_eq!(copy.published_version_id, None);
        let steps = |it: &domain::flow::Flow| serde_json::to_value(&it.version.trigger).unwrap();
        assert_eq!(steps(&copy)["nextAction"]["settings"], steps(&flow)["nextAction"]["settings"]);
        let other = actor("w2", Role::WorkspaceAdmin);
        let hidden = world.flows.duplicate(&other, &flow.id).await;
        assert!(matches!(hidden, Err(Problem::NotFound { .. })));
    }
}
