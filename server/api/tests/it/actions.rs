//! Acceptance: actions and the document that describes them.

use crate::caller::Server;
use api::rest::actions::PUBLISHED;
use serde_json::{Value, json};

#[tokio::test]
async fn an_action_answers_with_the_result_or_says_why_not() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let script = owner.script(json!({})).await;
        let act = async |op: &str, args: Value| script.post(&format!("/action/{op}"), args).await;
        let status = act("pmos_status", json!({})).await;
        assert_eq!((status.status, &status["ok"]), (200, &Value::Null), "{}", status.body);
        let setup = act("list_projects", json!({})).await;
        assert_eq!((setup.status, &setup["code"]), (200, &json!("NOT_READY")));
        let wrong = act("flow_get", json!({"flow": 7})).await;
        assert_eq!((wrong.status, &wrong["code"]), (200, &json!("INVALID_INPUT")));
        let unknown = act("destroy", json!({})).await;
        assert_eq!((unknown.status, &unknown["code"]), (404, &json!("UNKNOWN_TOOL")));
        let stranger = server.visitor().post("/action/list_projects", json!({})).await;
        assert_eq!((stranger.status, &stranger["code"]), (200, &json!("NOT_AUTHENTICATED")));
        assert!(stranger["details"]["connect_url"].is_string());
        let key = script.key.clone().unwrap();
        let in_body = json!({"api_key": key, "compact": false, "name": "Greet"});
        let made = server.visitor().post("/action/flow_create", in_body).await;
        assert_eq!((made.status, &made["undoable"]), (200, &json!(true)), "{}", made.body);
        let operations = owner.get("/api/operations").await;
        assert_eq!(operations["operations"][0]["source"], "action");
        assert!(!operations.body.to_string().contains(&key));
    }
}

#[tokio::test]
async fn the_document_describes_the_published_actions_and_nothing_else() {
    for server in Server::all_with(crate::mcp::HERE).await {
        let document = server.visitor().get("/openapi.json").await;
        assert_eq!(document.body, server.visitor().get("/.well-known/openapi.json").await.body);
        assert_eq!(
            (&document["openapi"], &document["servers"]),
            (&json!("3.1.1"), &json!([{"url": "http://pmos.test"}]))
        );
        let paths = document["paths"].as_object().unwrap();
        let tools = &server.backend.tools;
        let served: Vec<_> = PUBLISHED.iter().filter(|it| tools.find(it).is_some()).collect();
        assert_eq!(paths.len(), served.len());
        for name in served {
            let post = &document["paths"][format!("/action/{name}")]["post"];
            assert_eq!(post["operationId"], **name);
            let schema = &post["requestBody"]["content"]["application/json"]["schema"];
            let mut own = tools.find(name).unwrap().input_schema();
            for added in ["api_key", "compact"] {
                assert!(schema["properties"][added].is_object(), "{name} {added}");
                own["properties"][added] = schema["properties"][added].clone();
            }
            assert_eq!(*schema, own, "{name}");
        }
    }
}

#[tokio::test]
async fn the_server_says_what_runs_here_and_counts_for_its_own_people_only() {
    for server in Server::all_with(crate::mcp::HERE).await {
        let owner = server.signs_up("Owner").await;
        let script = owner.script(json!({})).await;
        assert_eq!(script.post("/action/flow_create", json!({"name": "Greet"})).await.status, 200);
        let tools = server.visitor().get("/api/tools").await;
        let status = server.visitor().get("/api/status").await;
        assert_eq!((&status["status"], &status["tools"]), (&json!("operational"), &tools["count"]));
        assert_eq!(status["config"]["flow_url"], "http://pmos.test");
        let counted = [
            "health_scores",
            "active_predictions",
            "unacknowledged_insights",
            "patterns",
            "memories",
            "operations",
        ];
        for name in counted {
            assert_eq!(status["database"].get(name), Some(&Value::Null), "{name}");
        }
        let runtime = owner.get("/api/pmos/platform/settings").await["agentRuntime"].clone();
        assert_eq!(status["runtime"], runtime);
        let note = json!({"memory_type": "fact", "content": "Fridays are short"});
        assert_eq!(script.post("/action/pmos_memory_save", note).await.status, 200);
        let held = |told: &Value| counted.map(|it| told["database"][it].as_i64().unwrap());
        for own in [&owner, &script] {
            assert_eq!(held(&own.get("/api/status").await.body), [0, 0, 0, 0, 1, 2]);
        }
        let other = server.signs_up("Team").await;
        assert_eq!(held(&other.get("/api/status").await.body), [0; 6]);
    }
}

#[tokio::test]
async fn what_others_did_is_shown_without_their_values() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let member = server.joins(&owner, "Member", "member").await;
        let viewer = server.joins(&owner, "Viewer", "viewer").await;
        let made = member
            .script(json!({}))
            .await
            .post("/action/flow_create", json!({"name": "Payroll"}))
            .await;
        let id = made["operation_id"].as_str().unwrap().to_owned();
        let row = async |caller: &crate::caller::Caller<'_>| {
            let listed = caller.get("/api/operations").await["operations"][0].clone();
            assert_eq!(listed, caller.get(&format!("/api/operations/{id}")).await.body);
            listed
        };
        for reader in [&member, &owner] {
            assert_eq!(row(reader).await["arguments"]["name"], "Payroll");
        }
        let seen = row(&viewer).await;
        assert_eq!((&seen["arguments"], &seen["tool"]), (&json!({}), &json!("flow_create")));
        assert_eq!((&seen["result_excerpt"], &seen["actor"]), (&Value::Null, &json!("Member")));
    }
}

#[tokio::test]
async fn a_part_of_a_list_is_no_answer_unless_the_settings_say_so() {
    for enforced in ["true", "false"] {
        let settings = [
            ("APP_BASE_URL", "http://pmos.test"),
            ("AUTO_EXPAND_MAX_ITEMS", "2"),
            ("PREVIEW_LIMIT", "1"),
            ("ACTION_ENFORCE_CHUNK_REQUIRED", enforced),
        ];
        for server in Server::all_with(&settings).await {
            let owner = server.signs_up("Owner").await;
            owner.post("/api/pmos/setup/sample", json!({})).await;
            let script = owner.script(json!({})).await;
            let answer = script.post("/action/list_projects", json!({})).await;
            let part = match enforced {
                "true" => {
                    assert_eq!(
                        (&answer["ok"], &answer["code"]),
                        (&json!(false), &json!("CHUNK_REQUIRED"))
                    );
                    assert!(answer["details"]["payload_key"].is_string(), "{}", answer.body);
                    answer["details"]["partial"].clone()
                }
                _ => answer.body.clone(),
            };
            let length = |name: &str| part[name].as_array().map(Vec::len);
            assert_eq!((length("projects"), length("projects_preview")), (Some(2), Some(1)));
            assert_eq!((&part["count"], &part["chunk_required"]), (&json!(3), &json!(true)));
            let path = part["export"]["file_path"].as_str().unwrap();
            assert_eq!(part["export"]["url"], format!("http://pmos.test{path}"));
            assert_eq!(script.get(path).await.body.as_array().map(Vec::len), Some(3));
        }
    }
}
