//! The numbers of telemetry are what happened, in the own workspace, or in all of them for a super admin.

use crate::caller::Server;
use domain::problem::Problem;
use domain::telemetry::{Range, Telemetry};
use serde_json::json;

fn requests(numbers: &Telemetry) -> (i64, i64) {
    let sum = numbers.answers.iter().map(|it| it.requests).sum::<i64>();
    assert_eq!(sum, numbers.all_answers.requests, "the parts are the whole");
    (sum, numbers.all_answers.refused)
}

#[tokio::test]
async fn answers_are_counted_for_the_workspace_that_asked() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let team = server.signs_up("Team").await;
        let me = team.actor().await;
        for _ in 0..5 {
            assert_eq!(team.get("/api/pmos/workspace").await.status, 200);
        }
        assert_eq!(team.get("/api/pmos/platform/settings").await.status, 403);
        owner.get("/api/pmos/workspace").await;
        let own = server.backend.telemetry(&me, Range::Hour).await.unwrap();
        assert_eq!(requests(&own), (6, 1), "{}", server.name);
        assert!(own.services.is_empty() && !own.is_all);
        assert!(own.all_answers.typical_ms.is_some());
        // Asked again, nothing is counted twice.
        let own = server.backend.telemetry(&me, Range::Month).await.unwrap();
        assert_eq!(requests(&own), (6, 1), "{}", server.name);
        let all = server.backend.telemetry(&owner.actor().await, Range::Day).await;
        let all = all.unwrap();
        assert_eq!(requests(&all), (9, 1), "two sign-ups, six and one: {}", server.name);
        assert!(all.is_all && all.services.iter().all(|it| it.is_well), "{:?}", all.services);
        let member = server.joins(&owner, "Member", "member").await;
        let refused = server.backend.telemetry(&member.actor().await, Range::Day).await;
        assert!(matches!(refused, Err(Problem::Forbidden { .. })));
    }
}

#[tokio::test]
async fn runs_and_changes_are_those_of_the_workspace() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let session = owner.post("/api/pmos/shell/sessions", json!({})).await;
        assert_eq!(session.status, 201);
        let me = owner.actor().await;
        crate::shell::failed_run(&server, &me).await;
        let team = server.signs_up("Team").await;
        let other = team.actor().await;
        let here = server.backend.telemetry(&me, Range::Hour).await.unwrap();
        let failed: i64 = here.runs.iter().map(|it| it.failed).sum();
        assert_eq!(
            (failed, here.causes.iter().map(|it| it.1).sum::<i64>()),
            (1, 1),
            "{}",
            server.name
        );
        assert_eq!((here.queued, here.paused), (0, 0));
        let there = server.backend.telemetry(&other, Range::Hour).await.unwrap();
        assert!(there.runs.iter().all(|it| it.failed + it.finished + it.waiting == 0));
        assert!(there.causes.is_empty() && there.models.is_empty());
    }
}
