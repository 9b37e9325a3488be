//! Projects as the earlier system served them (contract.md 6.6).

use crate::caller::Server;
use axum::body::Body;
use serde_json::{Value, json};

#[tokio::test]
async fn projects_are_raw_basecamp_json_under_both_addresses() {
    for server in Server::all().await {
        let owner = server.signs_up("Olive").await;
        let bare = owner.get("/api/projects").await;
        assert_eq!((bare.status, &bare["error"]), (400, &json!("NO_ACCOUNTS")), "{}", bare.body);
        owner.post("/api/pmos/setup/sample", json!({})).await;
        let all = owner.get("/api/projects").await;
        let found = all.body.as_array().unwrap();
        assert_eq!((all.status, found.len()), (200, 3));
        assert!(found[0]["dock"].is_array() && found[0]["bookmark_url"].is_string());
        let path = format!("/projects/{}", found[0]["id"]);
        let request = owner.request("GET", &path).header("accept", "application/json");
        let one = owner.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!((one.status, &one["name"]), (200, &found[0]["name"]));
        let missing = owner.get("/api/projects/999999999").await;
        assert_eq!((missing.status, &missing["error"]), (404, &json!("NOT_FOUND")));
        let request =
            server.visitor().request("GET", "/projects").header("accept", "application/json");
        let stranger = server.visitor().send(request.body(Body::empty()).unwrap()).await;
        assert_eq!((stranger.status, &stranger["error"]), (401, &json!("NOT_AUTHENTICATED")));
        assert_eq!((&stranger["url"], &stranger["data"]), (&json!("/projects.json"), &Value::Null));
        assert!(stranger["message"].is_string(), "{}", stranger.body);
        let wrong = server.visitor().showing(&format!("pmos_{}", "x".repeat(43)));
        let wrong = wrong.get("/api/projects/1").await;
        assert_eq!((wrong.status, &wrong["error"]), (401, &json!("NOT_AUTHENTICATED")));
        assert_eq!(wrong["url"], "/projects/{id}.json");
        let request = server.visitor().request("GET", "/projects").header("accept", "text/html");
        let page = server.visitor().send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(page.status, 404, "a page is served by the server, not here");
    }
}
