//! The pages of policies, limits and notifications, as the server draws them.

use crate::Place;
use serde_json::{Value, json};

impl Place {
    async fn makes(&self, cookie: &str, tool: &str, arguments: Value) -> Value {
        self.post("/api/mcp-call", cookie, json!({"name": tool, "arguments": arguments})).await
    }

    async fn holds(&self, path: &str, cookie: &str, words: &[&str]) {
        let page = self.open(path, cookie).await;
        assert_eq!(page.status, 200, "{path}");
        for word in words {
            assert!(page.text.contains(word), "{path} lacks {word}: {}", page.text);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn policies_and_limits_are_drawn_for_admins_alone() {
    let place = Place::new().await;
    let owner = place.signs_up("owner").await;
    let member = place.joins(&owner, "member", "member").await;
    place.holds("/settings/policies", &owner, &["Rules about tools", "No rule yet"]).await;
    place.holds("/settings/limits", &owner, &["No limits yet", "0 changes today"]).await;
    let rule = json!({"name": "No bin", "rule": "refuse what deletes for members"});
    assert_eq!(place.makes(&owner, "create_policy", rule).await["ok"], true);
    let rule = json!({"name": "Days", "rule": "every to-do needs a due date", "severity": "block"});
    assert_eq!(place.makes(&owner, "create_policy", rule).await["ok"], true);
    let words = [
        "Refuse what deletes for members",
        "Every to-do needs a due date",
        "Stops what breaks it",
        "Change: No bin",
        "value=\"create_todo\"",
    ];
    place.holds("/settings/policies", &owner, &words).await;
    place.holds("/settings/limits", &owner, &["2 changes today"]).await;
    for path in ["/settings/policies", "/settings/limits"] {
        let refused = place.open(path, &member).await;
        assert_eq!(refused.status, 403, "{path}");
        assert!(refused.text.contains("Only an admin can change this"), "{path}");
        assert!(!refused.text.contains("No bin"), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_sees_what_they_used_and_what_they_are_told_of() {
    let place = Place::new().await;
    let owner = place.signs_up("owner").await;
    let viewer = place.joins(&owner, "viewer", "viewer").await;
    place.holds("/settings/profile", &viewer, &["What you used", "0 tokens this month"]).await;
    place.holds("/settings/notifications", &viewer, &["Nothing chosen yet"]).await;
    let page = place.open("/settings/notifications", &viewer).await.text;
    assert!(!page.contains("Tell me of more"), "a viewer changes nothing: {page}");
    let told = json!({"event": "flow.published"});
    assert_eq!(place.makes(&owner, "subscribe_event", told).await["ok"], true);
    let words = ["Flow published", "Tell me of more", "Stop telling me: Flow published"];
    place.holds("/settings/notifications", &owner, &words).await;
}
