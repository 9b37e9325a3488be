//! Acceptance: roles at sign-up, and what sign-up takes.

use crate::caller::{Server, sign_up};
use futures::future::join_all;
use serde_json::json;
use std::collections::HashSet;

const SIGN_UP: &str = "/api/pmos/auth/signup";

#[tokio::test]
async fn the_first_account_is_the_super_admin_of_a_new_workspace() {
    for server in Server::all().await {
        let state = server.visitor().get("/api/pmos/auth/state").await;
        assert_eq!(*state, json!({"ok": true, "signupOpen": true, "firstAccount": true}));
        let owner = server.visitor().post(SIGN_UP, sign_up("Owner")).await;
        assert_eq!((owner.status, &owner["user"]["role"]), (200, &json!("super_admin")));
        assert_eq!(owner["user"]["workspaces"][0]["id"], owner["user"]["workspaceId"]);
        assert!(owner.session().is_some(), "{}", server.name);
        let state = server.visitor().get("/api/pmos/auth/state").await;
        assert_eq!(*state, json!({"ok": true, "signupOpen": true, "firstAccount": false}));
    }
}

#[tokio::test]
async fn each_later_account_is_the_admin_of_its_own_workspace() {
    for server in Server::all().await {
        let people = [
            server.signs_up("Owner").await,
            server.signs_up("Team").await,
            server.signs_up("Third").await,
        ];
        let people = join_all(people.iter().map(|it| it.me())).await;
        let workspaces: HashSet<_> =
            people.iter().map(|it| it["workspaceId"].to_string()).collect();
        assert_eq!(workspaces.len(), 3);
        assert_eq!(people[1]["role"], "workspace_admin");
        assert_eq!(people[2]["role"], "workspace_admin");
    }
}

#[tokio::test]
async fn of_twenty_accounts_made_at_once_exactly_one_is_super_admin() {
    for server in Server::all().await {
        let visitor = server.visitor();
        let accounts = (0..20).map(|it| visitor.post(SIGN_UP, sign_up(&format!("Person{it}"))));
        let answers = join_all(accounts).await;
        assert!(answers.iter().all(|it| it.status == 200), "{}", server.name);
        let super_admins = answers.iter().filter(|it| it["user"]["role"] == "super_admin").count();
        assert_eq!(super_admins, 1, "{}", server.name);
    }
}

#[tokio::test]
async fn a_closed_sign_up_takes_the_first_account_and_invitations_only() {
    for server in Server::all_with(&[("PMOS_SIGNUP", "closed")]).await {
        let owner = server.signs_up("Owner").await;
        let refused = server.visitor().post(SIGN_UP, sign_up("Team")).await;
        assert_eq!((refused.status, &refused["code"]), (403, &json!("SIGNUP_CLOSED")));
        let member = server.joins(&owner, "Member", "member").await;
        assert_eq!(member.me().await["role"], "member");
        let settings = owner.get("/api/pmos/platform/settings").await;
        assert_eq!(
            (&settings["signup"], &settings["signupLocked"]),
            (&json!("closed"), &json!(true))
        );
    }
}

#[tokio::test]
async fn a_super_admin_closes_and_opens_sign_up_without_a_restart() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let close = |word: &str| owner.put("/api/pmos/platform/settings", json!({"signup": word}));
        assert_eq!(close("closed").await["signup"], "closed");
        assert_eq!(server.visitor().post(SIGN_UP, sign_up("Team")).await.status, 403);
        assert_eq!(close("open").await["signup"], "open");
        assert_eq!(server.visitor().post(SIGN_UP, sign_up("Team")).await.status, 200);
        assert_eq!(close("ajar").await.status, 400);
    }
}

#[tokio::test]
async fn one_address_has_one_account_however_it_is_written() {
    for server in Server::all().await {
        let mut account = sign_up("Owner");
        account["email"] = json!("Owner@Example.com");
        assert_eq!(server.visitor().post(SIGN_UP, account.clone()).await.status, 200);
        account["email"] = json!("owner@example.COM ");
        let again = server.visitor().post(SIGN_UP, account).await;
        assert_eq!((again.status, &again["code"]), (409, &json!("CONFLICT")));
        assert!(again.session().is_none());
    }
}

#[tokio::test]
async fn a_weak_sign_up_is_refused_with_every_reason() {
    for server in Server::all().await {
        for (field, value) in [("password", "1234567"), ("name", "A"), ("email", "owner@")] {
            let mut account = sign_up("Owner");
            account[field] = json!(value);
            let refused = server.visitor().post(SIGN_UP, account).await;
            assert_eq!((refused.status, &refused["code"]), (400, &json!("INVALID_INPUT")));
            assert_eq!(refused["details"][0]["field"], field);
        }
        let nothing = server.visitor().post(SIGN_UP, json!({})).await;
        assert_eq!(nothing["details"].as_array().unwrap().len(), 3);
        let least = json!({"name": "Al", "email": "al@example.com", "password": "12345678"});
        assert_eq!(server.visitor().post(SIGN_UP, least).await.status, 200);
    }
}

#[tokio::test]
async fn a_body_that_is_no_small_json_object_stores_nothing() {
    for server in Server::all().await {
        let mut large = sign_up("Owner");
        large["name"] = json!("x".repeat(33 * 1024));
        for body in ["[]", "{\"name\":", "name=Owner", &large.to_string()] {
            let refused = server.visitor().json("POST", SIGN_UP, body).await;
            assert_eq!((refused.status, &refused["ok"]), (400, &json!(false)));
            assert!(refused.session().is_none());
        }
        assert_eq!(server.visitor().get("/api/pmos/auth/state").await["firstAccount"], true);
    }
}
