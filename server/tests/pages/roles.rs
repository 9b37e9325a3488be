//! Acceptance (AC-05, AC-06): who may call a server function. Every one that is registered is called, by nobody, by a
//! viewer and for another site; `cases` has the list.

use crate::Place;
use crate::cases::{Ask, cases};
use crate::walls::{Ids, MARK, registered, seeded, state};
use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::json;
use tower::ServiceExt;

/// Answer somebody without a session. One is added here only after thinking about who will call it.
const OPEN: [&str; 12] = [
    "accept_invitation",
    "load_app_history",
    "load_gallery",
    "load_invitation",
    "load_one_app",
    "load_signup",
    "sign_in",
    "sign_out",
    "sign_up",
    "start_app",
    "stop_app",
    "wait_for_app",
];

/// Beginnings of the names of those that change nothing.
const READING: [&str; 18] = [
    "chat_",
    "draft_changes",
    "export_table",
    "find_by_words",
    "flow_",
    "get_",
    "list_",
    "load_",
    "open_conversation",
    "open_proposal",
    "open_table",
    "preview_template",
    "read_earlier",
    "shown_approval",
    "try_keeping",
    "try_policies",
    "webhook_address",
    "why_no_code",
];

/// Change what is a viewer's own: where they are, what they are told of, who answers them, their keys, plans and runs of
/// apps.
const OWN_OF_VIEWERS: [&str; 11] = [
    "choose_model",
    "end_other_sessions",
    "here_in_flow",
    "leave_flow",
    "make_api_key",
    "make_plan",
    "read_inbox",
    "sign_out",
    "start_app",
    "subscribe",
    "switch_workspace",
];

/// What is asked of those that take no id; the others are in `cases`.
fn asked(name: &str) -> Ask {
    let model = json!({
        "scope": "workspace", "provider": "builtin", "model": "", "api_key": "", "base_url": "",
        "input_price": null, "output_price": null,
    });
    let rules = json!({
        "order": [], "falls_back": false, "approvals_mode": "risky", "four_eyes": false, "limit_usd": null,
        "limit_tokens": null, "spent_usd": 0.0, "spent_tokens": 0, "month": "",
    });
    match name {
        "accept_invitation" | "load_invitation" => Ask::Form(json!({"token": "x"})),
        "add_tool_server" => {
            Ask::Json(json!({"new": {"name": "CRM", "url": "https://crm.example"}}))
        }
        "change_password" => Ask::Form(json!({"current": "x", "new": "another password"})),
        "choose_model" => Ask::Form(json!({"provider": "builtin"})),
        "create_flow" | "create_folder" => Ask::Form(json!({"name": "New"})),
        "disconnect_client" => Ask::Form(json!({"client": "x"})),
        "import_flow" => Ask::Json(json!({"file": "{}"})),
        "invite" => Ask::Form(json!({"email": "new@example.com", "role": "viewer"})),
        "list_models" | "save_provider" | "test_provider" => {
            Ask::Json(json!({"change": model, "untested": true}))
        }
        "load_choices" => Ask::Json(json!({"request": {"piece": "basecamp", "prop": "project"}})),
        "load_consent" => Ask::Form(json!({"request": "x"})),
        "make_api_key" => Ask::Form(
            json!({"typed[label]": "Script", "typed[role]": "viewer", "typed[days]": "30"}),
        ),
        "make_flow_connection" => Ask::Json(json!({"new": {"name": "CRM"}})),
        "make_plan" => Ask::Json(json!({"objective": "Find what is overdue", "answers": []})),
        "remove_model_key" => Ask::Json(json!({"scope": "workspace", "provider": "openai"})),
        "save_alerts" => Ask::Form(json!({"emails": "", "project": ""})),
        "save_basecamp_app" | "test_basecamp_app" => {
            Ask::Json(json!({"change": {"client_id": "x", "client_secret": "y"}}))
        }
        "save_engine" => Ask::Form(json!({"typed[engine]": "built_in"})),
        "save_keeping" | "try_keeping" => Ask::Json(json!({"keeping": {"days": 30}})),
        "save_rules" => Ask::Json(json!({"rules": rules})),
        "save_server" => Ask::Form(json!({"typed[runtime]": "rules", "typed[code]": "off"})),
        "save_workspace" => Ask::Form(
            json!({"name": "Taken over", "timezone": "Etc/UTC", "days": "1,2,3", "then": ""}),
        ),
        "seed_apps" => Ask::Json(json!({})),
        "sign_in" => {
            Ask::Form(json!({"email": "nobody@example.com", "password": "wrong horse", "then": ""}))
        }
        "sign_up" => Ask::Form(json!({"name": "", "email": "", "password": "", "then": ""})),
        "try_policies" => Ask::Json(json!({"role": "member", "tool": "create_todo"})),
        _ => Ask::Form(json!({})),
    }
}

/// Every server function, asked so that it would do something for whoever may.
fn all(ids: &Ids) -> impl Iterator<Item = (&'static str, Ask)> {
    cases(ids).into_iter().map(|(name, ask, _)| (name, ask.unwrap_or_else(|| asked(name))))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_is_asked_to_sign_in_by_every_server_function_but_a_few() {
    let place = Place::new().await;
    place.backend.auth.clock().stop();
    let there = place.signs_up("owner").await;
    let ids = seeded(&place, &there).await;
    let before = state(&place, &there).await;
    let mut wrong = Vec::new();
    for (name, ask) in all(&ids) {
        for cookie in ["", &"0".repeat(64)] {
            let (status, answer) = place.call(cookie, name, &ask).await;
            let is_kept = match OPEN.contains(&name) {
                true => status < 500 && !answer.contains(MARK),
                false => status == 401,
            };
            if !is_kept {
                wrong.push(format!("{name}: {status} {answer}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(state(&place, &there).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_changes_nothing_through_any_server_function() {
    let place = Place::new().await;
    place.backend.auth.clock().stop();
    let there = place.signs_up("owner").await;
    let ids = seeded(&place, &there).await;
    let viewer = place.joins(&there, "viewer", "viewer").await;
    let before = state(&place, &there).await;
    let mut wrong = Vec::new();
    for (name, ask) in all(&ids).filter(|it| !OWN_OF_VIEWERS.contains(&it.0)) {
        let (status, answer) = place.call(&viewer, name, &ask).await;
        let reads = READING.iter().any(|it| name.starts_with(it));
        if status >= 500 || (status < 400 && !reads) {
            wrong.push(format!("{name}: {status} {answer}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(state(&place, &there).await, before);
    let me = place.open("/api/pmos/auth/me", &viewer).await;
    assert!(me.status == 200 && me.text.contains("\"viewer\""), "{}", me.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_server_function_takes_a_call_from_a_page_of_another_site() {
    let place = Place::new().await;
    place.backend.auth.clock().stop();
    let owner = place.signs_up("owner").await;
    for (path, method) in registered() {
        // Only requests that change something are looked at for where they come from.
        assert_eq!(method, Method::POST, "{path}");
        let kind = "application/x-www-form-urlencoded";
        let request = Request::post(path).header(header::HOST, "pmos.test");
        let request = request.header(header::COOKIE, format!("pmos_session={owner}"));
        let request = request.header(header::CONTENT_TYPE, kind);
        let request = request.header(header::ORIGIN, "https://evil.example");
        place.backend.auth.clock().advance(std::time::Duration::from_secs(5));
        let answer = place.router.clone().oneshot(request.body(Body::empty()).unwrap());
        assert_eq!(answer.await.unwrap().status(), 403, "{path}");
    }
    assert_eq!(place.open("/api/pmos/auth/me", &owner).await.status, 200);
}
