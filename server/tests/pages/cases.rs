//! Every server function with the ids of another workspace in place of its own.

use crate::walls::Ids;
use serde_json::{Value, json};

/// How a server function is asked.
pub(crate) enum Ask {
    /// As a form: texts and numbers by name.
    Form(Value),
    /// As JSON.
    Json(Value),
}

/// What comes back.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// 404, as for an id that nobody has.
    Missing,
    /// 400: the form names an id, and is wrong as with one that nobody has.
    Wrong,
    /// Whatever it is, nothing of the other workspace is in it.
    Nothing,
    /// 403: it is for super admins.
    Refusal,
    /// It takes no id and reads or changes what is the caller's; it is not called.
    Own,
}

/// A server function by its address, what it is asked, and what comes back.
pub(crate) type Case = (&'static str, Option<Ask>, Wanted);

fn form(name: &'static str, body: Value) -> Case {
    (name, Some(Ask::Form(body)), Wanted::Missing)
}

fn sent(name: &'static str, body: Value) -> Case {
    (name, Some(Ask::Json(body)), Wanted::Missing)
}

/// Nothing of theirs is in what is listed.
fn list(name: &'static str) -> Case {
    let all = json!({"query": "", "range": "day", "search": "", "cursor": ""});
    (name, Some(Ask::Form(all)), Wanted::Nothing)
}

/// A project that nobody has: the samples of two workspaces have the same ones.
const PROJECT: i64 = 999_999_999;

/// Take no id: they read or change what is the caller's, or ask for secrets that only the caller has.
const OWN: [&str; 45] = [
    "accept_invitation",
    "add_tool_server",
    "change_password",
    "check_connections",
    "check_setup",
    "choose_model",
    "connect_sample",
    "create_flow",
    "create_folder",
    "disconnect_client",
    "disconnect_flow_engine",
    "end_other_sessions",
    "import_flow",
    "invite",
    "list_models",
    "load_consent",
    "load_invitation",
    "make_api_key",
    "make_flow",
    "make_flow_connection",
    "make_plan",
    "open_shell",
    "practise_engine",
    "read_inbox",
    "remove_model_key",
    "remove_sample",
    "save_alerts",
    "save_basecamp_app",
    "save_engine",
    "save_keeping",
    "save_provider",
    "save_rules",
    "save_server",
    "save_workspace",
    "send_test_alert",
    "seed_apps",
    "sign_in",
    "sign_out",
    "sign_up",
    "test_basecamp_app",
    "test_flow_engine",
    "test_provider",
    "try_keeping",
    "load_choices",
    "try_policies",
];

/// Read without being asked for anything.
const LISTS: [&str; 46] = [
    "chat_project",
    "chat_sessions",
    "list_flows",
    "list_tables",
    "list_templates",
    "load_accesses",
    "load_agents",
    "load_alerts",
    "load_answering",
    "load_api_keys",
    "load_app_desk",
    "load_assistant",
    "load_basecamp_app",
    "load_connected_clients",
    "load_engine",
    "load_flow_connections",
    "load_freshness",
    "load_inbox",
    "load_invitations",
    "load_keeping",
    "load_members",
    "load_mirror_status",
    "load_open_sessions",
    "load_plans",
    "load_program_use",
    "load_projects",
    "load_rules",
    "load_run_choices",
    "load_server_settings",
    "load_setup",
    "load_shell",
    "load_signup",
    "load_telemetry",
    "load_own_person",
    "load_glance",
    "load_standings",
    "load_tool_servers",
    "load_workspace",
    "load_workspaces",
    "load_notes",
    "load_people",
    "load_policies",
    "load_limits",
    "load_own_use",
    "load_subscriptions",
    "load_waiting",
];

/// Every server function, with these ids.
pub(crate) fn cases(ids: &Ids) -> Vec<Case> {
    let mut all: Vec<Case> = OWN.iter().map(|it| (*it, None, Wanted::Own)).collect();
    all.extend(LISTS.iter().map(|it| list(it)));
    all.extend(of_people(ids));
    all.extend(of_flows(ids));
    all.extend(of_connections(ids));
    all.extend(of_apps(ids));
    all.extend(of_projects(ids));
    all
}

fn of_people(ids: &Ids) -> Vec<Case> {
    let said = json!({"session": ids["session"], "text": "Hello", "flow": null, "files": []});
    let note =
        json!({"id": ids["note"], "kind": "fact", "scope": "workspace", "content": "Mine now"});
    let agent = json!({
        "id": ids["agent"], "name": "Mine now", "goal": "Look at what is late", "strategy": "",
        "kind": "custom", "schedule": "on_demand", "auto_execute": false
    });
    let policy = json!({
        "id": ids["policy"], "name": "Mine now", "rule": "refuse what deletes", "severity": "block", "active": true
    });
    let limit =
        json!({"person": ids["member"], "measure": "changes", "period": "day", "most": 1.0});
    let project = json!({"event": "tool.used", "project": PROJECT.to_string(), "ends": true});
    let nothing = |name, body| (name, Some(Ask::Json(body)), Wanted::Nothing);
    let refusal = |name, body| (name, Some(Ask::Form(body)), Wanted::Refusal);
    vec![
        sent("shown_approval", json!({"id": ids["approval"], "waiting": null})),
        form("load_agent", json!({"id": ids["agent"]})),
        sent("save_agent", json!({"change": agent})),
        form("pause_agent", json!({"id": ids["agent"], "pauses": true})),
        form("run_agent", json!({"id": ids["agent"], "is_dry": true})),
        form("delete_agent", json!({"id": ids["agent"]})),
        sent("save_policy", json!({"change": policy})),
        form("place_policy", json!({"id": ids["policy"], "place": 1})),
        form("remove_policy", json!({"id": ids["policy"]})),
        sent("set_limit", json!({"change": limit})),
        ("subscribe", Some(Ask::Form(project)), Wanted::Nothing),
        form("read_earlier", json!({"session": ids["session"], "before": "1"})),
        sent("approve_approval", json!({"id": ids["approval"], "changes": {}, "remember": null})),
        form("reject_approval", json!({"id": ids["approval"], "reason": "no"})),
        form("forget_rule", json!({"id": ids["rule"]})),
        ("list_approvals", Some(Ask::Form(json!({"waiting": false}))), Wanted::Nothing),
        form("switch_workspace", json!({"workspace": ids["workspace"]})),
        form("open_conversation", json!({"session": ids["session"], "count": 10})),
        sent("send_message", json!({"said": said})),
        form("cancel_chat_run", json!({"run": ids["chat_run"]})),
        form("rename_session", json!({"session": ids["session"], "title": "Mine now"})),
        form("delete_session", json!({"session": ids["session"]})),
        sent("carry_out_plan", json!({"id": ids["plan"], "steps": []})),
        form("revoke_api_key", json!({"key": ids["key"]})),
        sent("keep_note", json!({"change": note})),
        form("forget_note", json!({"id": ids["note"]})),
        form("restore_note", json!({"id": ids["note"]})),
        form("change_role", json!({"member": ids["member"], "role": "viewer"})),
        form("remove_member", json!({"member": ids["member"]})),
        form("end_member_sessions", json!({"member": ids["member"]})),
        form("make_member_password", json!({"member": ids["member"]})),
        form("set_member_status", json!({"member": ids["member"], "status": "disabled"})),
        form("end_session", json!({"session": ids["member"]})),
        form("withdraw_invitation", json!({"invitation": ids["invitation"]})),
        (
            "find_by_words",
            Some(Ask::Form(json!({"words": "goose", "wide": false}))),
            Wanted::Nothing,
        ),
        nothing("load_audit", json!({"filter": {"actor": ids["member"]}})),
        ("check_audit", Some(Ask::Form(json!({"kept": ""}))), Wanted::Nothing),
        refusal("run_in_shell", json!({"session": ids["shell"], "command": "pmos status"})),
        refusal("close_shell", json!({"session": ids["shell"]})),
        refusal("check_isolation", json!({})),
    ]
}

fn of_flows(ids: &Ids) -> Vec<Case> {
    let flow = &ids["flow"];
    let one = || json!({"id": flow});
    let with = |more: Value| {
        let mut body = one();
        if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
            body.extend(more);
        }
        body
    };
    let rename = json!([{"type": "CHANGE_NAME", "request": {"displayName": "Mine now"}}]);
    let proposal = json!({"proposal": "p1", "revision": 1, "left_out": []});
    let nothing = |name, ask| (name, Some(ask), Wanted::Nothing);
    let row = json!({"name": "ledger", "edit": {"delete": "r1"}});
    vec![
        form("get_flow", one()),
        sent("edit_flow", with(json!({"revision": 1, "edits": rename}))),
        form("publish_flow", one()),
        form("set_flow_status", with(json!({"status": "DISABLED"}))),
        sent("set_runs_at_once", with(json!({"limit": 2}))),
        form("delete_flow", one()),
        form("webhook_address", one()),
        form("load_next_start", one()),
        form("renew_webhook_address", one()),
        sent("start_run", with(json!({"payload": {}}))),
        sent("move_flow", with(json!({"folder": null}))),
        form("rename_flow", with(json!({"name": "Mine now"}))),
        form("duplicate_flow", one()),
        form("rename_folder", json!({"id": ids["folder"], "name": "Mine now"})),
        form("delete_folder", json!({"id": ids["folder"]})),
        // Tables have names of their own in every workspace.
        nothing("open_table", Ask::Form(json!({"name": "ledger", "page": 1}))),
        nothing("export_table", Ask::Form(json!({"name": "ledger"}))),
        nothing("change_table", Ask::Json(row)),
        sent("here_in_flow", with(json!({"page": "p1", "step": null}))),
        sent("leave_flow", with(json!({"page": "p1"}))),
        form("open_proposal", one()),
        sent("accept_proposal", with(proposal)),
        sent("drop_proposal", with(json!({"proposal": "p1"}))),
        form("flow_samples", one()),
        form("try_step", with(json!({"step": "step_1"}))),
        form("why_no_code", one()),
        form("load_pieces_off", one()),
        sent("write_sample", with(json!({"step": "step_1", "output": 1}))),
        form("fetch_trigger_sample", one()),
        form("listen_for_request", one()),
        sent("start_dry_run", with(json!({"payload": {}}))),
        form("flow_history", one()),
        form("flow_at", with(json!({"version": ids["version"]}))),
        form("draft_changes", one()),
        nothing("list_runs", Ask::Json(json!({"filter": {"flowId": flow}}))),
        nothing("load_runs", Ask::Json(json!({"filter": {"flowId": flow}}))),
        nothing("load_run_figures", Ask::Form(json!({"since": 0}))),
        ("retry_failed_runs", Some(Ask::Json(json!({"filter": {"flowId": flow}}))), Wanted::Wrong),
        form("get_run", json!({"id": ids["run"]})),
        form("cancel_run", json!({"id": ids["run"]})),
        form("retry_run", json!({"id": ids["run"]})),
    ]
}

fn of_connections(ids: &Ids) -> Vec<Case> {
    let (one, server) = (|| json!({"id": ids["connection"]}), &ids["server"]);
    let change = json!({"id": ids["connection"], "change": {"name": "Mine now"}});
    let mine = json!({"id": server, "change": {"name": "Mine now"}});
    let decision = json!({"id": server, "change": {"name": "flow_list"}});
    let access = json!({"connection": ids["access"]});
    let account = json!({"connection": ids["access"], "account": 1});
    vec![
        sent("change_flow_connection", change),
        form("test_flow_connection", one()),
        form("sign_in_flow_connection", one()),
        form("delete_flow_connection", json!({"id": ids["connection"], "force": true})),
        form("test_access", access.clone()),
        form("choose_account", account),
        form("disconnect", access),
        sent("change_tool_server", mine),
        form("test_tool_server", json!({"id": server})),
        form("sign_in_tool_server", json!({"id": server})),
        sent("decide_server_tool", decision),
        form("remove_tool_server", json!({"id": server})),
    ]
}

fn of_apps(ids: &Ids) -> Vec<Case> {
    let app = &ids["app"];
    let filled = json!({"inputs": {"text": "a"}, "credentials": null, "in_background": false});
    let published = json!({"flow": ids["flow"], "name": "Mine now", "change": {}});
    let filter = json!({"filter": {"limit": 50, "search": "", "category": ""}});
    vec![
        ("load_gallery", Some(Ask::Json(filter)), Wanted::Nothing),
        form("load_one_app", json!({"id": app})),
        form("load_app_history", json!({"id": app})),
        sent("start_app", json!({"id": app, "filled": filled})),
        sent("wait_for_app", json!({"id": app, "run": ids["run"]})),
        sent("stop_app", json!({"id": app, "run": ids["run"]})),
        ("publish_flow_as_app", Some(Ask::Json(published)), Wanted::Wrong),
        sent("change_app", json!({"id": app, "change": {"featured": true}})),
        sent("unpublish_app", json!({"id": app})),
        form("preview_template", json!({"id": app})),
        sent("start_from_template", json!({"id": app, "answers": {}})),
    ]
}

fn of_projects(ids: &Ids) -> Vec<Case> {
    let todo = || json!({"project": PROJECT, "id": PROJECT});
    let report = json!({"query": {"kind": "status", "project": PROJECT, "days": 7}});
    let act = json!({"project": PROJECT, "act": {"act": "complete", "id": PROJECT}});
    vec![
        ("load_due", Some(Ask::Form(json!({"mine": false}))), Wanted::Nothing),
        form("load_project", json!({"id": PROJECT})),
        form("load_todo_places", json!({"project": PROJECT.to_string()})),
        sent(
            "add_todo",
            json!({"typed": {"title": "Mine", "project": PROJECT.to_string(), "list": "1"}}),
        ),
        sent("load_tab", json!({"project": PROJECT, "tab": "todos"})),
        form("load_detail", todo()),
        form("load_team", json!({"project": PROJECT})),
        sent("act", act),
        form("load_budget", json!({"project": PROJECT})),
        sent("change_budget", json!({"project": PROJECT, "change": {"set": {"amount": 5.0}}})),
        ("load_moves", Some(Ask::Form(json!({"project": PROJECT}))), Wanted::Nothing),
        ("load_report", Some(Ask::Json(report)), Wanted::Nothing),
        sent("take_back", json!({"operation": ids["operation"], "on": null})),
        form("complete_todo", todo()),
        form("reopen_todo", todo()),
    ]
}
