//! The studio as the server draws it: what is looked at first, not all of a long flow.

use crate::Place;
use axum::http::header;
use serde_json::{Value, json};

/// What a phone says of itself.
const PHONE: &str =
    "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36";

/// A flow with so many steps, which a request starts.
fn row_of(steps: usize) -> Value {
    let step = |at: usize, next: Value| {
        json!({
            "name": format!("step_{at}"), "displayName": format!("Number {at}"), "type": "PIECE",
            "valid": true, "skip": false, "nextAction": next,
            "settings": {
                "pieceName": "@activepieces/piece-data-mapper", "pieceVersion": "~0.1.0",
                "actionName": "advanced_mapping", "propertySettings": {},
                "input": {"mapping": {"name": "{{trigger['body']['name']}}"}},
            },
        })
    };
    let first = (1..=steps).rev().fold(Value::Null, |next, at| step(at, next));
    json!({
        "name": "trigger", "displayName": "Catch webhook", "type": "PIECE_TRIGGER", "valid": true,
        "nextAction": first,
        "settings": {
            "pieceName": "@activepieces/piece-webhook", "pieceVersion": "~0.1.0",
            "triggerName": "catch_webhook", "input": {"authType": "none"}, "propertySettings": {},
        },
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_flow_is_drawn_near_the_view_and_as_an_outline_for_phones() {
    let place = Place::new().await;
    let owner = place.signs_up("owner").await;
    let given = json!({"name": "Long", "trigger": row_of(70)});
    let call = json!({"name": "flow_create", "arguments": given});
    let made = place.post("/api/mcp-call", &owner, call).await;
    let path = format!("/flows/{}", made["result"]["flow"]["id"].as_str().unwrap());

    let desk = place.open(&path, &owner).await.text;
    let (nodes, rows) = (desk.matches("class=\"node\"").count(), desk.matches("ol__line").count());
    assert!((10..60).contains(&nodes), "{nodes} steps are drawn");
    assert_eq!(rows, 0, "the outline is drawn once it is looked at");
    assert!(desk.contains("Number 70"), "the flow itself is sent whole");
    assert!(desk.len() < 150_000, "{} bytes", desk.len());

    let phone = [(header::USER_AGENT, PHONE)];
    let phone = place.ask_with(&phone, ("GET", &path), &owner, json!({})).await.text;
    assert_eq!(phone.matches("class=\"ol__line\"").count(), 71);
}
