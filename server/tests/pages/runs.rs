//! The pages of runs as the server draws them.

use crate::Place;
use serde_json::{Value, json};

/// A flow that a request starts, with one step; gives its id.
async fn flow(place: &Place, cookie: &str) -> String {
    let trigger = json!({
        "name": "trigger", "displayName": "Catch webhook", "type": "PIECE_TRIGGER", "valid": true,
        "settings": {
            "pieceName": "@activepieces/piece-webhook", "pieceVersion": "~0.1.0", "triggerName": "catch_webhook",
            "input": {"authType": "none"}, "propertySettings": {},
        },
    });
    let step = json!({
        "name": "step_1", "displayName": "Write it loud", "type": "PIECE",
        "settings": {
            "pieceName": "@activepieces/piece-text-helper", "pieceVersion": "~0.1.0", "actionName": "change_case",
            "input": {"text": "quiet", "case": "upper"},
        },
    });
    let given = json!({"name": "Shout", "trigger": trigger, "actions": [step]});
    let made = tool(place, cookie, "flow_create", given).await;
    made["flow"]["id"].as_str().unwrap().to_owned()
}

async fn tool(place: &Place, cookie: &str, name: &str, args: Value) -> Value {
    let answer =
        place.post("/api/mcp-call", cookie, json!({"name": name, "arguments": args})).await;
    assert_eq!(answer["ok"], true, "{name}: {answer}");
    answer["result"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn tests_are_apart_and_say_what_they_are() {
    let place = Place::new().await;
    let owner = place.signs_up("Mira").await;
    let id = flow(&place, &owner).await;
    let tried = json!({"flow_id": id, "step_name": "step_1"});
    let tried = tool(&place, &owner, "flow_step_test", tried).await;
    let run = tried["runId"].as_str().unwrap();

    let live = place.open("/runs", &owner).await.text;
    assert!(!live.contains(&format!("/runs/{run}")), "a test is no run of the flow");
    assert!(live.contains("No runs yet"));
    let tests = place.open("/runs?tests=1", &owner).await.text;
    for words in [&format!("/runs/{run}"), "Step test", "Mira"] {
        assert!(tests.contains(words), "{words}: {tests}");
    }
    let odd = place.open("/runs?tests=1&state=failed&q=nothing", &owner).await.text;
    assert!(odd.contains("No run fits"));
    let page = place.open(&format!("/runs/{run}"), &owner).await.text;
    for words in ["Step test", "steps finished", "Started by"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!page.contains("Steps run"), "how far it came is said once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flow_without_a_trigger_or_a_step_needs_fixing() {
    let place = Place::new().await;
    let owner = place.signs_up("Mira").await;
    let empty = tool(&place, &owner, "flow_create", json!({"name": "Nothing yet"})).await;
    assert!(empty["flow"]["id"].is_string());
    let page = place.open("/flows", &owner).await.text;
    for words in ["Choose a trigger", "Needs fixing", "Not live", "More for Nothing yet"] {
        assert!(page.contains(words), "{words}: {page}");
    }
}
