//! Pages of super admins.

use super::Place;
use serde_json::{Value, json};

const OF_SUPER_ADMINS: [&str; 3] = ["/shell", "/workspaces", "/settings/server"];

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_super_admins_refuses_others_with_403_and_one_row() {
    let place = Place::new().await;
    let owner = place.signs_up("owner").await;
    let member = place.joins(&owner, "member", "member").await;
    for path in OF_SUPER_ADMINS {
        let refused = place.open(path, &member).await;
        assert_eq!(refused.status, 403, "{path}");
        assert!(refused.text.contains("Only a super admin"), "{path}: {}", refused.text);
        assert!(refused.text.contains("href=\"/\""), "a way home");
        assert_eq!(place.open(path, &owner).await.status, 200, "{path}");
    }
    let log = place.open("/api/pmos/audit?action=auth.refused", &owner).await;
    let log: Value = serde_json::from_str(&log.text).unwrap();
    let targets: Vec<_> =
        log["events"].as_array().unwrap().iter().rev().map(|it| &it["target"]["id"]).collect();
    assert_eq!(targets, ["GET /shell", "GET /workspaces", "GET /settings/server"]);
    let visitor = place.open("/shell", "").await;
    assert_eq!(visitor.status, 302);
    assert_eq!(visitor.location.as_deref(), Some("/sign-in?then=/shell"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_of_the_shell_is_there_after_a_reload() {
    let place = Place::new().await;
    let owner = place.signs_up("owner").await;
    assert!(place.open("/shell", &owner).await.text.contains("Open a session"));
    let opened = place.post("/api/pmos/shell/sessions", &owner, json!({})).await;
    let session = opened["sessionId"].as_str().unwrap();
    let path = format!("/api/pmos/shell/sessions/{session}/run");
    place.post(&path, &owner, json!({"command": "pmos audit verify"})).await;
    let page = place.open("/shell", &owner).await.text;
    for words in [session, "pmos audit verify", "no number is missing", "This session is recorded."]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_super_admin_sees_every_workspace_and_the_settings_of_the_server() {
    let place = Place::new().await;
    let owner = place.signs_up("owner").await;
    place.signs_up("third").await;
    let page = place.open("/workspaces", &owner).await.text;
    assert!(
        page.contains("Enter third&#x27;s workspace") || page.contains("Enter third's workspace"),
        "{page}"
    );
    assert!(page.contains("You are here"));
    let page = place.open("/settings/server", &owner).await.text;
    for words in [
        "Sign-up",
        "Code steps in this workspace",
        "Private addresses that flows may reach",
        "value=\"600\"",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
}
