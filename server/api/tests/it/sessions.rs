//! Acceptance: signing in, and how long it counts.

use crate::caller::{PASSWORD, Server};
use axum::body::Body;
use serde_json::{Value, json};
use std::time::Duration;

const SIGN_IN: &str = "/api/pmos/auth/login";
const ME: &str = "/api/pmos/auth/me";
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn credentials(email: &str, password: &str) -> Value {
    json!({"email": email, "password": password})
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_e_mail_get_the_same_answer() {
    for server in Server::all().await {
        server.signs_up("Owner").await;
        let visitor = server.visitor();
        let wrong = visitor.post(SIGN_IN, credentials("owner@example.com", "wrong horse")).await;
        let unknown = visitor.post(SIGN_IN, credentials("nobody@example.com", "wrong horse")).await;
        for answer in [&wrong, &unknown] {
            assert_eq!(
                (answer.status, &answer["error"]),
                (401, &json!("Invalid email or password."))
            );
            assert!(answer.header("set-cookie").is_none());
        }
        let names = |it: &crate::caller::Answer| {
            it.headers.keys().map(|it| it.as_str().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(names(&wrong), names(&unknown));
        let missing = visitor.post(SIGN_IN, json!({"email": "owner@example.com"})).await;
        assert_eq!((missing.status, &missing["details"][0]["field"]), (400, &json!("password")));
    }
}

#[tokio::test]
async fn the_cookie_is_for_our_pages_alone_and_lives_thirty_days() {
    for server in Server::all().await {
        server.signs_up("Owner").await;
        let right = credentials("Owner@example.com ", PASSWORD);
        let answer = server.visitor().post(SIGN_IN, right.clone()).await;
        let cookie = answer.header("set-cookie").unwrap();
        for part in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=2592000"] {
            assert!(cookie.split("; ").any(|it| it == part), "{cookie}");
        }
        assert!(!cookie.contains("Secure"));
        let session = answer.session().unwrap();
        assert!(session.len() == 64 && session.bytes().all(|it| it.is_ascii_hexdigit()));
        let over_tls =
            server.visitor().request("POST", SIGN_IN).header("content-type", "application/json");
        let over_tls =
            over_tls.header("x-forwarded-proto", "https").body(Body::from(right.to_string()));
        let answer = server.visitor().send(over_tls.unwrap()).await;
        assert!(answer.header("set-cookie").unwrap().ends_with("; Secure"));
    }
}

#[tokio::test]
async fn using_a_session_moves_its_end() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let clock = server.backend.auth.clock();
        clock.advance(15 * DAY);
        let used = owner.get(ME).await;
        assert_eq!((used.status, used.session()), (200, owner.cookie.clone()));
        assert!(used.header("set-cookie").unwrap().contains("Max-Age=2592000"));
        clock.advance(29 * DAY);
        assert_eq!(owner.get(ME).await.status, 200);
        clock.advance(31 * DAY);
        assert_eq!(owner.get(ME).await.status, 401);
    }
}

#[tokio::test]
async fn no_session_lives_for_ever() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let clock = server.backend.auth.clock();
        for _ in 0..8 {
            clock.advance(20 * DAY);
            assert_eq!(owner.get(ME).await.status, 200);
        }
        clock.advance(20 * DAY);
        assert_eq!(owner.get(ME).await.status, 401);
    }
}

#[tokio::test]
async fn signing_out_ends_the_session_at_once_and_may_be_repeated() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let request = owner.request("POST", "/api/pmos/auth/logout").body(Body::empty()).unwrap();
        let out = owner.send(request).await;
        assert_eq!(out.status, 200);
        assert!(out.header("set-cookie").unwrap().contains("Max-Age=0"));
        let me = owner.get(ME).await;
        assert_eq!(
            (me.status, &me["ok"], &me["authenticated"]),
            (401, &json!(false), &json!(false))
        );
        assert_eq!(owner.post("/api/pmos/auth/logout", json!({})).await.status, 200);
    }
}

#[tokio::test]
async fn signing_in_replaces_the_session_the_browser_had() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let again = owner.post(SIGN_IN, credentials("owner@example.com", PASSWORD)).await;
        assert_ne!(again.session(), owner.cookie);
        assert_eq!(owner.get(ME).await.status, 401);
    }
}

#[tokio::test]
async fn ten_wrong_passwords_close_an_account_for_ten_minutes() {
    for server in Server::all().await {
        server.backend.auth.clock().stop();
        server.signs_up("Owner").await;
        server.signs_up("Team").await;
        let visitor = server.visitor();
        for _ in 0..10 {
            let wrong =
                visitor.post(SIGN_IN, credentials("owner@example.com", "wrong horse")).await;
            assert_eq!(wrong.status, 401);
        }
        let right = credentials("owner@example.com", PASSWORD);
        let closed = visitor.post(SIGN_IN, right.clone()).await;
        assert_eq!((closed.status, &closed["code"]), (429, &json!("RATE_LIMITED")));
        assert_eq!(closed.header("retry-after"), Some("600"));
        assert_eq!((&closed["retryAfter"], &closed["remaining"]), (&json!(600), &json!(0)));
        assert_eq!(
            visitor.post(SIGN_IN, credentials("team@example.com", PASSWORD)).await.status,
            200
        );
        server.backend.auth.clock().advance(Duration::from_secs(600));
        assert_eq!(visitor.post(SIGN_IN, right).await.status, 200);
    }
}

#[tokio::test]
async fn changing_a_password_ends_the_other_sessions() {
    for server in Server::all().await {
        let here = server.signs_up("Owner").await;
        let mut there = server.visitor();
        there.cookie =
            there.post(SIGN_IN, credentials("owner@example.com", PASSWORD)).await.session();
        let change = |current: &str, new: &str| {
            let body = json!({"currentPassword": current, "newPassword": new});
            here.post("/api/pmos/auth/change-password", body)
        };
        assert_eq!(change("wrong horse", "new password").await.status, 401);
        assert_eq!(change(PASSWORD, PASSWORD).await.status, 400);
        assert_eq!(change(PASSWORD, "short").await.status, 400);
        let changed = change(PASSWORD, "new password").await;
        assert_eq!(changed.status, 200);
        assert_eq!(there.get(ME).await.status, 401);
        assert_eq!(here.get(ME).await.status, 401);
        let mut after = here.clone();
        after.cookie = changed.session();
        assert_eq!(after.get(ME).await.status, 200);
    }
}

#[tokio::test]
async fn a_reset_ends_the_old_password_and_every_session() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let team = server.signs_up("Team").await;
        let member = server.joins(&owner, "Member", "member").await;
        let reset = json!({"email": "member@example.com", "newPassword": "new password"});
        let path = "/api/pmos/auth/admin/reset-password";
        let foreign = team.post(path, reset.clone()).await;
        assert_eq!((foreign.status, &foreign["error"]), (404, &json!("Member not found")));
        assert_eq!(member.post(path, reset.clone()).await.status, 403);
        assert_eq!(member.get(ME).await.status, 200);
        assert_eq!(owner.post(path, reset).await["user"]["email"], "member@example.com");
        assert_eq!(member.get(ME).await.status, 401);
        for (password, status) in [(PASSWORD, 401), ("new password", 200)] {
            let given = credentials("member@example.com", password);
            assert_eq!(server.visitor().post(SIGN_IN, given).await.status, status);
        }
    }
}
