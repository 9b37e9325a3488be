//! What stands around every page: settings in groups, where people are signed in, one search for everything.

use crate::Place;
use crate::cases::Ask;
use serde_json::{Value, json};
use std::time::Duration;

#[tokio::test(flavor = "multi_thread")]
async fn settings_name_their_section_and_whom_to_ask() {
    let place = Place::new().await;
    let owner = place.signs_up("owner").await;
    let viewer = place.joins(&owner, "viewer", "viewer").await;
    let members = place.open("/settings/members", &owner).await;
    for words in ["<h1>Members and roles", "This server", "More for viewer", "Last here"] {
        assert!(members.text.contains(words), "{words}: {}", members.text);
    }
    let own = place.open("/settings/security", &viewer).await;
    assert_eq!(own.status, 200, "{}", own.text);
    for words in ["Where you are signed in", "This one", "Change password"] {
        assert!(own.text.contains(words), "{words}: {}", own.text);
    }
    for hidden in ["/settings/members", "/settings/server", "This server"] {
        assert!(!own.text.contains(hidden), "{hidden}: {}", own.text);
    }
    let refused = place.open("/settings/members", &viewer).await;
    assert_eq!(refused.status, 403);
    assert!(refused.text.contains("Ask an admin of this workspace"), "{}", refused.text);
    assert_eq!(place.open("/settings/nothing", &owner).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_search_finds_flows_projects_people_and_what_records_say() {
    let place = Place::new().await;
    let owner = place.signs_up("owner").await;
    let stranger = place.signs_up("stranger").await;
    let find = async |cookie: &str, words: &str, wide: bool| -> Value {
        let ask = Ask::Form(json!({"words": words, "wide": wide}));
        let (status, found) = place.call(cookie, "find_by_words", &ask).await;
        assert_eq!(status, 200, "{found}");
        serde_json::from_str(&found).unwrap()
    };
    let flow = Ask::Form(json!({"name": "Chase invoices"}));
    let (status, made) = place.call(&owner, "create_flow", &flow).await;
    assert_eq!(status, 200, "{made}");
    let found = find(&owner, "invoices", false).await;
    assert_eq!(found["groups"][0]["kind"], "flow", "{found}");
    assert_eq!(found["groups"][0]["hits"][0]["title"], "Chase invoices", "{found}");
    assert_eq!(find(&stranger, "invoices", false).await["groups"], json!([]));
    assert_eq!(find(&owner, "  ", false).await["groups"], json!([]));

    place.post("/api/pmos/setup/sample", &owner, json!({})).await;
    let kinds = |found: &Value| -> Vec<String> {
        let groups = found["groups"].as_array().unwrap().iter();
        groups.map(|it| it["kind"].as_str().unwrap().to_owned()).collect()
    };
    let mut board = Value::Null;
    for _ in 0..600 {
        board = find(&owner, "menu board", true).await;
        if !kinds(&board).is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(kinds(&board), ["record"], "{board}");
    let hit = &board["groups"][0]["hits"][0];
    assert!(hit["href"].as_str().unwrap().contains("?item="), "{board}");
    let found = find(&owner, "website", false).await;
    assert_eq!(kinds(&found).first().map(String::as_str), Some("project"), "{found}");
    assert!(found.to_string().contains("Website relaunch"), "{found}");
    let person = find(&owner, "lucia", false).await;
    assert_eq!(kinds(&person).last().map(String::as_str), Some("person"), "{person}");
    assert_eq!(find(&stranger, "website", false).await["groups"], json!([]));
}
