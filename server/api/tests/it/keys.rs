//! Acceptance: API keys, from being made to being taken back.

use crate::caller::{Answer, Caller, Server};
use api::routes::Who;
use axum::body::Body;
use serde_json::{Value, json};
use std::time::Duration;

const KEYS: &str = "/api/pmos/keys";
const WORKSPACE: &str = "/api/pmos/workspace";
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

async fn make(person: &Caller<'_>, fields: Value) -> Answer {
    person.post(KEYS, fields).await
}

fn is_refused(answer: &Answer) -> bool {
    answer.status == 401 && answer["code"] == "NOT_AUTHENTICATED"
}

#[tokio::test]
async fn a_key_is_shown_once_and_only_its_hash_is_kept() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let made = make(&owner, json!({"label": " Reports ", "expiresInDays": 30})).await;
        assert_eq!(made.status, 201, "{}", made.body);
        let key = made["key"].as_str().unwrap();
        let (prefix, last4) = (&made["meta"]["prefix"], &made["meta"]["last4"]);
        assert!(key.len() == 48 && key.starts_with(prefix.as_str().unwrap()));
        assert!(prefix.as_str().unwrap().len() == 9 && key.ends_with(last4.as_str().unwrap()));
        assert_eq!(
            (&made["meta"]["label"], &made["meta"]["role"], &made["meta"]["profile"]),
            (&json!("Reports"), &json!("workspace_admin"), &json!("focused"))
        );
        for path in [KEYS, "/api/pmos/audit", "/api/pmos/auth/me"] {
            assert!(!owner.get(path).await.body.to_string().contains(key), "{path}");
        }
        let mut conn = server.backend.db.read().await.unwrap();
        assert!(store::api_keys::find_by_hash(&mut conn, key).await.unwrap().is_none());
        let listed = owner.get(KEYS).await;
        assert_eq!(listed["keys"].as_array().unwrap().len(), 1);
        assert_eq!(
            (&listed["keys"][0], &listed["keys"][0]["lastUsedAtMs"]),
            (&made["meta"], &Value::Null)
        );
    }
}

#[tokio::test]
async fn a_key_is_taken_from_each_place_and_the_first_one_decides() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let key = owner.script(json!({})).await.key.unwrap();
        let visitor = server.visitor();
        let ask = |headers: &[(&str, &str)], body: &str| {
            let request = visitor.request("POST", "/api/mcp-call");
            let request =
                headers.iter().fold(request, |it, (name, value)| it.header(*name, *value));
            let request = request.header("content-type", "application/json");
            visitor.send(request.body(Body::from(body.to_owned())).unwrap())
        };
        let call = r#"{"name": "pmos_status"}"#;
        let bearer = format!("bearer {key}");
        for headers in [
            &[("x-bcgpt-api-key", key.as_str())][..],
            &[("x-api-key", key.as_str()), ("authorization", "Bearer wrong")],
            &[("authorization", bearer.as_str())],
        ] {
            let answer = ask(headers, call).await;
            assert_eq!((answer.status, &answer["ok"]), (200, &json!(true)), "{headers:?}");
        }
        let in_body = json!({"name": "pmos_status", "api_key": key}).to_string();
        assert_eq!(ask(&[], &in_body).await.status, 200);
        assert!(is_refused(&ask(&[("x-api-key", "wrong")], &in_body).await));
        let in_query = format!("/api/pmos/workspace?api_key={key}");
        assert!(is_refused(&visitor.get(&in_query).await));
    }
}

#[tokio::test]
async fn a_wrong_key_never_falls_back_to_the_session_beside_it() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let right = owner.script(json!({"role": "viewer"})).await.key.unwrap();
        let with = |key: String| owner.showing(&key);
        let unknown = format!("pmos_{}", "x".repeat(43));
        for wrong in ["wrong".to_owned(), unknown, right.to_uppercase()] {
            assert!(is_refused(&with(wrong.clone()).get(WORKSPACE).await), "{wrong}");
            assert_eq!(with(wrong).get("/api/pmos/auth/state").await.status, 200);
        }
        let answer = with(right).patch(WORKSPACE, json!({"name": "Atelier"})).await;
        assert_eq!(answer["error"], "missing permission: manage");
    }
}

#[tokio::test]
async fn every_route_takes_a_key_or_says_that_it_is_for_people() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let wrong = owner.showing("wrong");
        let script = owner.script(json!({"role": "super_admin", "canApprove": true})).await;
        let limited = owner.script(json!({"tools": ["todos"]})).await;
        for route in api::routes::all() {
            let name = format!("{} {}", route.method, route.path);
            let path = route.path.replace("{id}", "missing");
            let ask = async |caller: &Caller<'_>| {
                let request = caller.request(route.method.as_str(), &path);
                let request = request.header("content-type", "application/json");
                // A body that no handler accepts: nothing is changed by asking.
                let opened = caller.open(request.body(Body::from("[]")).unwrap()).await;
                opened.status().as_u16()
            };
            match route.who {
                Who::Public | Who::Anybody => continue,
                Who::Person(_) => assert_eq!(ask(&script).await, 403, "{name}"),
                Who::Signed(_) | Who::Tools(_) => {
                    let status = ask(&script).await;
                    assert!(!matches!(status, 401 | 403), "{name}: {status}");
                }
            }
            assert_eq!(ask(&wrong).await, 401, "{name}");
            if matches!(route.who, Who::Signed(_)) {
                assert_eq!(ask(&limited).await, 403, "{name}");
            }
        }
        for _ in 0..2 {
            assert_eq!(owner.get("/api/pmos/auth/me").await.status, 200);
        }
    }
}

#[tokio::test]
async fn a_key_may_do_what_its_role_and_its_owner_may() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let admin = server.joins(&owner, "Admin", "workspace_admin").await;
        let above = make(&admin, json!({"label": "x", "role": "super_admin"})).await;
        assert_eq!((above.status, &above["code"]), (403, &json!("FORBIDDEN")));
        let (viewer, full) =
            (admin.script(json!({"role": "viewer"})).await, admin.script(json!({})).await);
        let change = json!({"name": "Atelier"});
        assert_eq!(viewer.patch(WORKSPACE, change.clone()).await.status, 403);
        assert_eq!(full.patch(WORKSPACE, change.clone()).await.status, 200);
        let log = owner.get("/api/pmos/audit?action=workspace.changed").await;
        assert_eq!(log["events"][0]["actor"]["via"], "key");
        let path = format!("/api/pmos/members/{}", admin.me().await["id"].as_str().unwrap());
        assert_eq!(owner.patch(&path, json!({"role": "viewer"})).await.status, 200);
        assert_eq!(full.patch(WORKSPACE, change).await.status, 403);
        assert_eq!(full.get(WORKSPACE).await.status, 200);
        assert_eq!(owner.patch(&path, json!({"status": "disabled"})).await.status, 200);
        assert!(is_refused(&full.get(WORKSPACE).await));
        assert_eq!(owner.patch(&path, json!({"status": "active"})).await.status, 200);
        assert_eq!(full.get(WORKSPACE).await.status, 200);
        assert_eq!(owner.delete(&path).await.status, 204);
        assert!(is_refused(&full.get(WORKSPACE).await));
    }
}

#[tokio::test]
async fn a_key_ends_when_it_expires_and_when_it_is_taken_back() {
    for server in Server::all().await {
        let clock = server.backend.auth.clock();
        clock.stop();
        let owner = server.signs_up("Owner").await;
        let short = owner.script(json!({"expiresInDays": 1})).await;
        let long = owner.script(json!({})).await;
        clock.advance(DAY - Duration::from_millis(1));
        assert_eq!(short.get(WORKSPACE).await.status, 200);
        let used = owner.get(KEYS).await;
        let short_key = &used["keys"].as_array().unwrap()[1];
        assert_eq!(short_key["lastUsedAtMs"], clock.now_ms());
        clock.advance(Duration::from_millis(1));
        assert!(is_refused(&short.get(WORKSPACE).await));
        assert_eq!(long.get(WORKSPACE).await.status, 200);
        let id = used["keys"][0]["id"].as_str().unwrap();
        assert_eq!(owner.delete(&format!("{KEYS}/{id}")).await.status, 204);
        assert!(is_refused(&long.get(WORKSPACE).await));
        assert_eq!(owner.delete(&format!("{KEYS}/{id}")).await.status, 404);
        let log = owner.get("/api/pmos/audit?action=key.").await;
        let actions: Vec<_> =
            log["events"].as_array().unwrap().iter().map(|it| it["action"].clone()).collect();
        assert_eq!(actions, ["key.revoked", "key.created", "key.created"]);
    }
}

#[tokio::test]
async fn keys_of_others_are_for_managers() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let member = server.joins(&owner, "Member", "member").await;
        let made = make(&owner, json!({"label": "Owner's"})).await;
        let path = format!("{KEYS}/{}", made["meta"]["id"].as_str().unwrap());
        assert_eq!(member.get(KEYS).await["keys"], json!([]));
        assert_eq!(member.get(&format!("{KEYS}?all=true")).await.status, 403);
        assert_eq!(member.patch(&path, json!({"label": "Mine"})).await.status, 404);
        assert_eq!(member.delete(&path).await.status, 404);
        let own = make(&member, json!({"label": "Member's"})).await;
        let all = owner.get(&format!("{KEYS}?all=true")).await;
        assert_eq!(all["keys"].as_array().unwrap().len(), 2);
        assert_eq!(all["keys"][0]["owner"], "Member");
        let path = format!("{KEYS}/{}", own["meta"]["id"].as_str().unwrap());
        let change = json!({"label": "Theirs", "profile": "full", "askFirst": true});
        let changed = owner.patch(&path, change).await;
        assert_eq!(
            (&changed["meta"]["label"], &changed["meta"]["profile"], &changed["meta"]["askFirst"]),
            (&json!("Theirs"), &json!("full"), &json!(true))
        );
        assert_eq!(owner.delete(&path).await.status, 204);
    }
}

#[tokio::test]
async fn a_key_for_some_tools_calls_those_alone() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let script = owner.script(json!({"tools": ["pmos", "list_projects"]})).await;
        let call = async |name: &str, args: Value| {
            script.post("/api/mcp-call", json!({"name": name, "arguments": args})).await
        };
        assert_eq!(call("pmos_status", json!({})).await["ok"], true);
        for refused in [
            call("flow_list", json!({})).await,
            call("mcp_call", json!({"tool": "flow_list"})).await,
        ] {
            assert_eq!((&refused["ok"], &refused["code"]), (&json!(false), &json!("FORBIDDEN")));
        }
        // Wherever the key is shown.
        let (visitor, key) = (server.visitor(), script.key.clone().unwrap());
        for name in ["x-api-key", "x-bcgpt-api-key"] {
            let request = visitor.request("POST", "/api/mcp-call").header(name, &key);
            let request = request.header("content-type", "application/json");
            let refused = visitor.send(request.body(r#"{"name": "flow_list"}"#.into()).unwrap());
            assert_eq!(refused.await["code"], "FORBIDDEN", "{name}");
        }
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_new_key_is_named_at_once() {
    let server = Server::sqlite().await;
    let owner = server.signs_up("Owner").await;
    let wrong =
        json!({"label": " ", "role": "king", "profile": "all", "expiresInDays": 0, "tools": []});
    let answer = make(&owner, wrong).await;
    let fields: Vec<_> =
        answer["details"].as_array().unwrap().iter().map(|it| it["field"].clone()).collect();
    assert_eq!(answer.status, 400);
    assert_eq!(fields, ["label", "role", "profile", "expiresInDays"]);
    let unknown = make(&owner, json!({"label": "x", "tools": ["todo"]})).await;
    assert_eq!((unknown.status, &unknown["details"][0]["field"]), (400, &json!("tools")));
    assert_eq!(owner.get(KEYS).await["keys"], json!([]));
}

#[tokio::test]
async fn a_request_with_a_key_needs_no_page_of_ours() {
    let server = Server::sqlite().await;
    let owner = server.signs_up("Owner").await;
    let script = owner.script(json!({})).await;
    let from_elsewhere = |caller: &Caller<'_>| {
        let request = caller.request("PATCH", WORKSPACE).header("origin", "https://tools.example");
        request
            .header("content-type", "application/json")
            .body(Body::from(r#"{"name":"A b"}"#))
            .unwrap()
    };
    assert_eq!(script.send(from_elsewhere(&script)).await.status, 200);
    assert_eq!(owner.send(from_elsewhere(&owner)).await.status, 403);
}

#[tokio::test]
async fn keys_and_people_have_calls_of_their_own() {
    let server = Server::sqlite().await;
    server.backend.auth.clock().stop();
    let owner = server.signs_up("Owner").await;
    let script = owner.script(json!({})).await;
    for _ in 0..600 {
        assert_eq!(script.get(WORKSPACE).await.status, 200);
    }
    let limited = script.get(WORKSPACE).await;
    assert_eq!((limited.status, limited.header("retry-after")), (429, Some("1")));
    assert_eq!(owner.get(WORKSPACE).await.status, 200);
}
