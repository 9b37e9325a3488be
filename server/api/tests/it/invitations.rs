//! Invitations: one link, one address, one use.

use crate::caller::{PASSWORD, Server};
use futures::future::join_all;
use serde_json::json;
use std::time::Duration;

const INVITATIONS: &str = "/api/pmos/invitations";
const LOOKUP: &str = "/api/pmos/invitations/lookup";
const ACCEPT: &str = "/api/pmos/invitations/accept";

#[tokio::test]
async fn an_invited_person_sees_who_invites_them_to_what() {
    for server in Server::all_with(&[("APP_BASE_URL", "https://pmos.example.com")]).await {
        let owner = server.signs_up("Owner").await;
        let invited =
            owner.post(INVITATIONS, json!({"email": " Guest@Example.com", "role": "viewer"})).await;
        assert_eq!(
            (invited.status, &invited["invitation"]["email"]),
            (201, &json!("guest@example.com"))
        );
        assert!(invited["link"].as_str().unwrap().starts_with("https://pmos.example.com/invite/"));
        let seen = server.visitor().post(LOOKUP, json!({"token": invited.token()})).await;
        let expected = json!({
            "ok": true, "email": "guest@example.com", "role": "viewer", "workspaceName": "Owner's workspace",
            "invitedBy": "Owner",
        });
        assert_eq!(*seen, expected);
        let listed = owner.get(INVITATIONS).await;
        assert_eq!(listed["invitations"][0]["status"], "pending");
        assert!(!listed.body.to_string().contains(&invited.token()));
    }
}

#[tokio::test]
async fn an_accepted_invitation_gives_the_role_in_the_inviting_workspace_once() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let token = owner
            .post(INVITATIONS, json!({"email": "guest@example.com", "role": "member"}))
            .await
            .token();
        let given = json!({"token": token, "name": "Guest", "password": PASSWORD});
        let visitor = server.visitor();
        let answers = join_all((0..5).map(|_| visitor.post(ACCEPT, given.clone()))).await;
        let joined: Vec<_> = answers.iter().filter(|it| it.status == 200).collect();
        assert_eq!(joined.len(), 1, "{}", server.name);
        let user = &joined[0]["user"];
        assert_eq!(
            (&user["role"], &user["workspaceId"]),
            (&json!("member"), &owner.me().await["workspaceId"])
        );
        assert_eq!(user["workspaces"].as_array().unwrap().len(), 1);
        assert_eq!(server.visitor().post(LOOKUP, json!({"token": token})).await.status, 404);
        assert_eq!(owner.get(INVITATIONS).await["invitations"][0]["status"], "accepted");
    }
}

#[tokio::test]
async fn an_invitation_ends_after_seven_days_or_when_it_is_withdrawn() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let first =
            owner.post(INVITATIONS, json!({"email": "one@example.com", "role": "member"})).await;
        let path = format!("{INVITATIONS}/{}", first["invitation"]["id"].as_str().unwrap());
        assert_eq!(owner.delete(&path).await.status, 204);
        assert_eq!(owner.delete(&path).await.status, 404);
        let second =
            owner.post(INVITATIONS, json!({"email": "two@example.com", "role": "member"})).await;
        server.backend.auth.clock().advance(Duration::from_secs(7 * 24 * 60 * 60));
        for token in [first.token(), second.token(), "unknown".to_owned()] {
            assert_eq!(server.visitor().post(LOOKUP, json!({"token": token})).await.status, 404);
            let given = json!({"token": token, "name": "Guest", "password": PASSWORD});
            assert_eq!(server.visitor().post(ACCEPT, given).await.status, 404);
        }
        let listed = owner.get(INVITATIONS).await;
        assert_eq!(
            (&listed["invitations"][0]["status"], &listed["invitations"][1]["status"]),
            (&json!("expired"), &json!("withdrawn"))
        );
    }
}

#[tokio::test]
async fn an_address_with_an_account_signs_in_first() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let team = server.signs_up("Team").await;
        let third = server.signs_up("Third").await;
        let token = owner
            .post(INVITATIONS, json!({"email": "team@example.com", "role": "viewer"}))
            .await
            .token();
        let given = json!({"token": token, "name": "Team", "password": PASSWORD});
        assert_eq!(server.visitor().post(ACCEPT, given.clone()).await.status, 409);
        assert_eq!(third.post(ACCEPT, given.clone()).await.status, 409);
        let joined = team.post(ACCEPT, json!({"token": token})).await;
        assert_eq!((&joined["user"]["role"], joined.status), (&json!("viewer"), 200));
        assert_eq!(joined["user"]["workspaces"].as_array().unwrap().len(), 2);
    }
}

#[tokio::test]
async fn a_wrong_invitation_is_refused_with_every_reason() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let wrong = owner.post(INVITATIONS, json!({"email": "guest", "role": "super_admin"})).await;
        assert_eq!((wrong.status, wrong["details"].as_array().unwrap().len()), (400, 2));
        let member =
            owner.post(INVITATIONS, json!({"email": "owner@example.com", "role": "member"})).await;
        assert_eq!(member.status, 409);
        let token = owner
            .post(INVITATIONS, json!({"email": "guest@example.com", "role": "member"}))
            .await
            .token();
        let weak = json!({"token": token, "name": "G", "password": "short"});
        let weak = server.visitor().post(ACCEPT, weak).await;
        assert_eq!((weak.status, weak["details"].as_array().unwrap().len()), (400, 2));
    }
}

#[tokio::test]
async fn sixty_sign_ups_an_hour_from_one_address_are_enough() {
    let server = Server::sqlite().await;
    server.backend.auth.clock().stop();
    let visitor = server.visitor();
    let given = json!({"token": "unknown", "name": "Guest", "password": PASSWORD});
    for _ in 0..60 {
        assert_eq!(visitor.post(ACCEPT, given.clone()).await.status, 404);
    }
    let limited = visitor.post("/api/pmos/auth/signup", crate::caller::sign_up("Owner")).await;
    assert_eq!((limited.status, &limited["remaining"]), (429, &json!(0)));
    let wait = limited["retryAfter"].as_u64().unwrap();
    server.backend.auth.clock().advance(Duration::from_secs(wait));
    assert_eq!(
        visitor.post("/api/pmos/auth/signup", crate::caller::sign_up("Owner")).await.status,
        200
    );
}
