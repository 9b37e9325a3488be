//! Insights and the dashboard over HTTP (contract.md 2).

use crate::caller::Server;
use serde_json::{Value, json};

#[tokio::test]
async fn insights_and_the_dashboard_tell_of_one_workspace() {
    for server in Server::all().await {
        let owner = server.signs_up("Olive").await;
        let bare = owner.get("/api/dashboard").await;
        assert_eq!((bare.status, &bare["insights"]), (200, &json!([])), "{}", bare.body);
        assert_eq!(bare["integrations"]["bcgpt"]["ok"], false);
        assert!(bare["integrations"]["bcgpt"]["error"].is_string());
        assert_eq!(owner.get("/api/insights").await.body["code"], "NOT_READY");
        owner.post("/api/pmos/setup/sample", json!({})).await;
        let found = owner.get("/api/insights?limit=3").await;
        assert_eq!(found.status, 200, "{}", found.body);
        assert_eq!(found["insights"].as_array().map(Vec::len), Some(3));
        assert!(found["total"].as_u64().unwrap() >= 12 && found["as_of"].is_string());
        let seen = json!({"name": "pmos_insights_acknowledge", "arguments": {"insight_id": found["insights"][0]["id"]}});
        assert_eq!(owner.post("/api/mcp-call", seen).await["ok"], true);
        let seen = owner.get("/api/insights?acknowledged=true").await;
        assert_eq!(seen["insights"].as_array().map(Vec::len), Some(1), "{}", seen.body);
        let told = owner.get("/api/dashboard").await;
        let ok = |name: &str| told["integrations"][name]["ok"].clone();
        assert_eq!((ok("bcgpt"), ok("flow")), (Value::Bool(true), Value::Bool(true)));
        assert_eq!(told["operations"]["total_recent"], 1);
        assert!(!told["insights"].as_array().unwrap().is_empty());
        let other = server.signs_up("Sam").await;
        assert_eq!(other.get("/api/dashboard").await["operations"]["total_recent"], 0);
        assert_eq!(other.get("/api/insights?limit=0").await.status, 400);
    }
}
