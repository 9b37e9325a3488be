//! Acceptance: a repeated request gives the first answer and does nothing.

use crate::caller::{Answer, Caller, Server};
use axum::body::Body;
use serde_json::{Value, json};

async fn send(
    caller: &Caller<'_>,
    (method, path): (&str, &str),
    key: &str,
    body: &Value,
) -> Answer {
    let request = caller.request(method, path).header("content-type", "application/json");
    let request = request.header("idempotency-key", key);
    caller.send(request.body(Body::from(body.to_string())).unwrap()).await
}

#[tokio::test]
async fn a_question_sent_twice_is_answered_once() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let ask = json!({"message": "When a webhook arrives, tell me Hello"});
        let chat = ("POST", "/api/chat");
        let (one, two) =
            tokio::join!(send(&owner, chat, "k1", &ask), send(&owner, chat, "k1", &ask));
        assert_eq!((one.status, &one.body), (two.status, &two.body));
        assert_eq!(one.status, 200, "{}", one.body);
        let sessions = owner.get("/api/chat/sessions").await;
        assert_eq!(sessions.body.as_array().unwrap().len(), 1);
        let other = json!({"message": "Something else"});
        let refused = send(&owner, chat, "k1", &other).await;
        assert_eq!((refused.status, &refused["code"]), (409, &json!("CONFLICT")));
        let anew = send(&owner, chat, "k2", &ask).await;
        assert_ne!(anew["sessionId"], one["sessionId"]);
        let member = server.joins(&owner, "Member", "member").await;
        assert_ne!(send(&member, chat, "k1", &ask).await["sessionId"], one["sessionId"]);
    }
}

#[tokio::test]
async fn a_refused_request_may_be_sent_again_with_its_key() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let chat = ("POST", "/api/chat");
        assert_eq!(send(&owner, chat, "k1", &json!({"message": ""})).await.status, 400);
        let ask = json!({"message": "What can you do?"});
        assert_eq!(send(&owner, chat, "k1", &ask).await.status, 200);
        for wrong in ["", "a b", &"x".repeat(129)] {
            let refused = send(&owner, chat, wrong, &ask).await;
            assert_eq!((refused.status, &refused["code"]), (400, &json!("INVALID_INPUT")));
        }
        let config = ("PUT", "/api/config");
        let first = send(&owner, config, "k1", &json!({"preferences": {"tone": "short"}})).await;
        assert_eq!(first.status, 200, "{}", first.body);
        let between = send(&owner, config, "k2", &json!({"preferences": {"tone": "long"}})).await;
        assert_eq!(between.status, 200);
        let again = send(&owner, config, "k1", &json!({"preferences": {"tone": "short"}})).await;
        assert_eq!(again.body, first.body);
        assert_eq!(owner.get("/api/config").await["preferences"]["tone"], "long");
    }
}
