//! Members: what admins may change, and what protects them from each other.

use crate::caller::{Caller, PASSWORD, Server};
use futures::future::join_all;
use serde_json::{Value, json};

async fn id(caller: &Caller<'_>) -> String {
    caller.me().await["id"].as_str().unwrap().to_owned()
}

async fn change(admin: &Caller<'_>, id: &str, change: Value) -> (u16, Value) {
    let answer = admin.patch(&format!("/api/pmos/members/{id}"), change).await;
    (answer.status, answer.body)
}

#[tokio::test]
async fn viewers_see_names_and_roles_only() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let viewer = server.joins(&owner, "Viewer", "viewer").await;
        let all = owner.get("/api/pmos/members").await;
        assert_eq!(
            (&all["members"][0]["email"], &all["members"][1]["status"]),
            (&json!("owner@example.com"), &json!("active"))
        );
        let few = viewer.get("/api/pmos/members").await;
        let mut fields: Vec<_> = few["members"][0].as_object().unwrap().keys().collect();
        fields.sort();
        assert_eq!(fields, ["id", "name", "role"]);
    }
}

#[tokio::test]
async fn a_disabled_member_is_out_at_once_and_may_come_back() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let member = server.joins(&owner, "Member", "member").await;
        let id = id(&member).await;
        assert_eq!(change(&owner, &id, json!({"status": "disabled"})).await.0, 200);
        assert_eq!(member.get("/api/pmos/auth/me").await.status, 401);
        let given = json!({"email": "member@example.com", "password": PASSWORD});
        assert_eq!(server.visitor().post("/api/pmos/auth/login", given.clone()).await.status, 401);
        assert_eq!(change(&owner, &id, json!({"status": "active"})).await.0, 200);
        assert_eq!(server.visitor().post("/api/pmos/auth/login", given).await.status, 200);
    }
}

#[tokio::test]
async fn a_removed_member_is_out_at_once_and_may_be_invited_again() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let member = server.joins(&owner, "Member", "member").await;
        let path = format!("/api/pmos/members/{}", id(&member).await);
        assert_eq!(owner.delete(&path).await.status, 204);
        assert_eq!(member.get("/api/pmos/auth/me").await.status, 401);
        assert_eq!(owner.delete(&path).await.status, 404);
        let again = json!({"email": "member@example.com", "role": "viewer"});
        let token = owner.post("/api/pmos/invitations", again).await.token();
        for (password, status) in [("wrong horse", 401), (PASSWORD, 200)] {
            let given = json!({"token": token, "password": password});
            let answer = server.visitor().post("/api/pmos/invitations/accept", given).await;
            assert_eq!(answer.status, status);
        }
    }
}

#[tokio::test]
async fn the_last_admins_stay() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let team = server.signs_up("Team").await;
        for last in [&owner, &team] {
            let id = id(last).await;
            for what in [json!({"role": "member"}), json!({"status": "disabled"})] {
                let (status, body) = change(last, &id, what).await;
                assert_eq!((status, &body["code"]), (409, &json!("CONFLICT")));
            }
            assert_eq!(last.delete(&format!("/api/pmos/members/{id}")).await.status, 409);
            assert_eq!(last.get("/api/pmos/auth/me").await.status, 200);
        }
        let second = server.joins(&team, "Second", "workspace_admin").await;
        assert_eq!(change(&second, &id(&team).await, json!({"role": "member"})).await.0, 200);
        assert_eq!(change(&second, &id(&second).await, json!({"role": "member"})).await.0, 409);
    }
}

#[tokio::test]
async fn two_admins_who_demote_each_other_at_once_leave_one() {
    for server in Server::all().await {
        server.signs_up("Owner").await;
        let team = server.signs_up("Team").await;
        let second = server.joins(&team, "Second", "workspace_admin").await;
        let (team_id, second_id) = (id(&team).await, id(&second).await);
        let demote = || json!({"role": "viewer"});
        let both = [change(&team, &second_id, demote()), change(&second, &team_id, demote())];
        let done = join_all(both).await;
        assert_eq!(done.iter().filter(|(status, _)| *status == 200).count(), 1, "{}", server.name);
    }
}

#[tokio::test]
async fn a_workspace_admin_cannot_move_a_super_admin() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let admin = server.joins(&owner, "Admin", "workspace_admin").await;
        let owner_id = id(&owner).await;
        assert_eq!(change(&admin, &owner_id, json!({"status": "disabled"})).await.0, 409);
        let reset = json!({"email": "owner@example.com", "newPassword": "taken over"});
        let refused = admin.post("/api/pmos/auth/admin/reset-password", reset).await;
        assert_eq!(refused.status, 403);
        assert_eq!(owner.get("/api/pmos/auth/me").await.status, 200);
    }
}

#[tokio::test]
async fn an_admin_cannot_get_into_another_workspace_by_a_password() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let team = server.signs_up("Team").await;
        let member = server.joins(&team, "Member", "workspace_admin").await;
        let invited = json!({"email": "member@example.com", "role": "member"});
        let token = owner.post("/api/pmos/invitations", invited).await.token();
        let joined = member.post("/api/pmos/invitations/accept", json!({"token": token})).await;
        assert_eq!(joined["user"]["workspaces"].as_array().unwrap().len(), 2);
        let reset = json!({"email": "member@example.com", "newPassword": "taken over"});
        let path = "/api/pmos/auth/admin/reset-password";
        assert_eq!(team.post(path, reset.clone()).await.status, 403);
        assert_eq!(owner.post(path, reset).await.status, 200);
    }
}

#[tokio::test]
async fn a_change_nobody_can_make_is_refused_with_the_choices() {
    let server = Server::sqlite().await;
    let owner = server.signs_up("Owner").await;
    let member = server.joins(&owner, "Member", "member").await;
    let id = id(&member).await;
    for wrong in [json!({"role": "super_admin"}), json!({"status": "asleep"}), json!({})] {
        let (status, body) = change(&owner, &id, wrong).await;
        assert_eq!((status, &body["code"]), (400, &json!("INVALID_INPUT")));
    }
}
