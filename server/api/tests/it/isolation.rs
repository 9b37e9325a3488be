//! Acceptance: a super admin sees that workspaces are apart, and looking changes nothing.

use crate::caller::Server;
use crate::shell::failed_run;
use crate::walls::conversation;
use domain::problem::Problem;
use serde_json::json;

#[tokio::test]
async fn a_stranger_is_given_nothing_of_any_workspace() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let (here, there) = (server.signs_up("Team").await, server.signs_up("Third").await);
        let empty = server.backend.check_isolation(&owner.actor().await).await.unwrap();
        for team in [&here, &there] {
            conversation(team).await;
            failed_run(&server, &team.actor().await).await;
            let secret = json!({"secret_text": "hunter22-hunter22"});
            let new =
                json!({"name": "CRM", "pieceName": "@activepieces/piece-http", "value": secret});
            team.post("/api/pmos/connections", new).await;
        }
        let before = server.stored(None).await;
        let found = server.backend.check_isolation(&owner.actor().await).await.unwrap();
        assert_eq!(server.stored(None).await, before, "{}: it only reads", server.name);
        assert_eq!((found.workspaces, found.all_workspaces), (3, 3), "{}", server.name);
        assert!(found.failures.is_empty(), "{} {:?}", server.name, found.failures);
        // Of each of the two: a conversation, an approval, operations, flows, a run, a connection.
        assert!(found.asked >= empty.asked + 2 * 6, "{} {found:?} {empty:?}", server.name);
        let refused = server.backend.check_isolation(&here.actor().await).await;
        assert!(matches!(refused, Err(Problem::Forbidden { .. })), "{}", server.name);
        let session = owner.post("/api/pmos/shell/sessions", json!({})).await;
        let run =
            format!("/api/pmos/shell/sessions/{}/run", session["sessionId"].as_str().unwrap());
        let told = owner.post(&run, json!({"command": "doctor"})).await;
        assert!(told["output"].as_str().unwrap().contains("workspaces are apart"), "{}", told.body);
    }
}
