//! Acceptance: which model answers, keys that never come out, and the switch between the runtimes.

use crate::caller::Server;
use serde_json::{Value, json};

const KEY: &str = "sk-test-0123456789abcdef";

#[tokio::test]
async fn personal_settings_are_masked_kept_and_cleared() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let put = async |body: Value| owner.put("/api/config", body).await;
        let set = put(json!({"llmProvider": "gpt", "llmApiKey": KEY, "llmModel": "m"})).await;
        assert_eq!((set.status, &set["llm_provider"]), (200, &json!("openai")));
        for body in [json!({}), json!({"llmApiKey": ""}), json!({"llmApiKey": "***"})] {
            assert_eq!(put(body).await["llm_api_key"], "***");
        }
        let read = owner.get("/api/config").await;
        assert_eq!(
            read["effective"],
            json!({"provider": "openai", "model": "m", "source": "personal"})
        );
        assert!(!read.body.to_string().contains(KEY));
        assert_eq!(put(json!({"llmApiKey": null})).await["llm_api_key"], Value::Null);
        let refused = owner.post("/api/chat", json!({"message": "hello"})).await;
        assert_eq!((refused.status, &refused["code"]), (400, &json!("NO_MODEL_KEY")));
        assert!(refused["hint"].is_string() && refused["fix_url"].is_string());
        for (method, expected) in [("POST", 405), ("PATCH", 405)] {
            let request =
                owner.request(method, "/api/config").header("content-type", "application/json");
            assert_eq!(owner.send(request.body("{}".into()).unwrap()).await.status, expected);
        }
    }
}

#[tokio::test]
async fn keys_of_a_workspace_are_for_those_who_manage_it() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let new =
            json!({"provider": "claude", "apiKey": KEY, "defaultModel": "m", "label": "Ours"});
        let put = owner.post("/api/pmos/byok", new.clone()).await;
        assert_eq!((put.status, &put["provider"]), (200, &json!("anthropic")));
        let keys = owner.get("/api/pmos/byok").await;
        assert_eq!(
            (&keys["keys"][0]["last4"], &keys["keys"][0]["label"]),
            (&json!("cdef"), &json!("Ours"))
        );
        assert!(!keys.body.to_string().contains(KEY));
        let private = json!({"provider": "openai_compatible", "baseUrl": "http://169.254.169.254/v1", "defaultModel": "m"});
        let refused = owner.post("/api/pmos/byok", private).await;
        assert_eq!((refused.status, &refused["details"][0]["field"]), (400, &json!("baseUrl")));
        let other = server.signs_up("Team").await;
        assert_eq!(other.get("/api/pmos/byok").await["keys"], json!([]));
        assert_eq!(other.delete("/api/pmos/byok/anthropic").await["removed"], false);
        let patch = json!({"patch": {"approvals": {"mode": "all"}}});
        assert_eq!(
            owner.post("/api/pmos/config", patch).await["effectiveConfig"]["approvals"]["mode"],
            "all"
        );
        let foreign = json!({"patch": {}, "workspaceId": "w0"});
        assert_eq!(other.post("/api/pmos/config", foreign).await.status, 403);
        assert_eq!(owner.delete("/api/pmos/byok/anthropic").await["removed"], true);
    }
}

#[tokio::test]
async fn a_super_admin_switches_the_runtime() {
    let server = Server::sqlite().await;
    let owner = server.signs_up("Owner").await;
    let path = "/api/pmos/platform/settings";
    let before = owner.get(path).await;
    assert_eq!(
        (&before["agentRuntime"], &before["agentRuntimeSource"]),
        (&json!("v2"), &json!("server"))
    );
    assert_eq!(owner.put(path, json!({"agentRuntime": "v3"})).await.status, 400);
    let after = owner.put(path, json!({"agentRuntime": "v1"})).await;
    assert_eq!(
        (&after["agentRuntime"], &after["agentRuntimeSource"]),
        (&json!("v1"), &json!("setting"))
    );
    let said = owner.post("/api/chat", json!({"message": "hello"})).await;
    let run = owner.get(&format!("/api/chat/runs/{}", said["runId"].as_str().unwrap())).await;
    assert_eq!(run["runtime"], "v1");
}
