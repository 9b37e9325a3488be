//! Acceptance: another MCP server, which is our own product on a second installation, is added, accepted and used.

use crate::caller::{Caller, PASSWORD, Server};
use crate::mcp::{HERE, Reply, rpc};
use domain::event::EventKind;
use domain::ids::WorkspaceId;
use serde_json::{Value, json};

const ALL: &str = "/api/pmos/tool-servers";

/// The second installation, with what is needed to add it.
async fn other() -> (Server, Value) {
    let server = Server::sqlite().await;
    let script = server.signs_up("Elsewhere").await.script(json!({})).await;
    let address = server.served().await;
    let secret = format!("Bearer {}", script.key.unwrap());
    let new =
        json!({"name": "Other PM OS", "url": format!("http://{address}/mcp"), "secret": secret});
    (server, new)
}

async fn accept(owner: &Caller<'_>, added: &Value, name: &str, risk: &str) {
    let tools = added["server"]["tools"].as_array().unwrap();
    let tool = tools.iter().find(|it| it["name"] == name).unwrap();
    let path = format!("{ALL}/{}/tools", added["server"]["id"].as_str().unwrap());
    let change = json!({"name": name, "accept": tool["hash"], "risk": risk});
    let done = owner.patch(&path, change).await;
    assert_eq!(done.status, 200, "{}", done.body);
}

async fn call(caller: &Caller<'_>, name: &str, args: Value) -> Reply {
    rpc(caller, "tools/call", json!({"name": name, "arguments": args})).await
}

#[tokio::test]
async fn the_tools_of_another_installation_are_used_like_our_own() {
    for server in Server::all_with(HERE).await {
        let (_elsewhere, new) = other().await;
        let owner = server.signs_up("Owner").await;
        let member = server.joins(&owner, "Member", "member").await;
        assert_eq!(member.post(ALL, new.clone()).await.status, 403);
        let added = owner.post(ALL, new.clone()).await;
        assert_eq!(added.status, 201, "{}", added.body);
        assert!(added["server"]["tools"].as_array().unwrap().len() > 50);
        let secret = new["secret"].as_str().unwrap();
        for path in [ALL, "/api/pmos/audit"] {
            assert!(!owner.get(path).await.body.to_string().contains(secret), "{path}");
        }
        let called = "other_pm_os__flow_list";
        let early = owner.post("/api/mcp-call", json!({"name": called})).await;
        assert_eq!((early.status, &early["code"]), (200, &json!("CONFLICT")), "{}", early.body);
        accept(&owner, &added, "flow_list", "read").await;

        let script = owner.script(json!({})).await;
        let direct = call(&script, called, json!({})).await;
        let content = &direct.result()["structuredContent"];
        assert_eq!(
            (&content["server"], &content["tool"]),
            (&json!("Other PM OS"), &json!("flow_list")),
            "{}",
            direct.last()
        );
        assert_eq!(content["data"]["data"], json!([]), "{content}");
        let nested = call(&script, "mcp_call", json!({"tool": called, "args": {}})).await;
        assert_eq!(nested.result()["structuredContent"], *content);
        let found = call(&script, "tools_search", json!({"query": "other_pm_os flows"})).await;
        let found = found.result()["structuredContent"]["tools"].as_array().unwrap().clone();
        assert!(found.iter().any(|it| it["name"] == called && it["risk"] == "read"), "{found:?}");
        let told = call(&script, "tools_describe", json!({"names": [called]})).await;
        let told = &told.result()["structuredContent"]["tools"][0];
        assert!(told["inputSchema"]["properties"]["limit"].is_object(), "{told}");
        let stranger = server.signs_up("Third").await.script(json!({})).await;
        assert_eq!(call(&stranger, called, json!({})).await.error().1, "UNKNOWN_TOOL");
        let nobody = call(&server.visitor(), called, json!({})).await;
        assert_eq!(nobody.error().1, "UNKNOWN_TOOL");
        let wrong = call(&script, called, json!({"status": "SIDEWAYS"})).await;
        assert_eq!(
            wrong.result()["structuredContent"]["code"],
            "MCP_CALL_ERROR",
            "{}",
            wrong.last()
        );
    }
}

#[tokio::test]
async fn a_key_that_asks_first_asks_and_the_call_happens_once() {
    for server in Server::all_with(HERE).await {
        let (elsewhere, new) = other().await;
        let owner = server.signs_up("Owner").await;
        let added = owner.post(ALL, new).await;
        accept(&owner, &added, "flow_create", "ask").await;
        let script = owner.script(json!({"askFirst": true})).await;
        let called = "other_pm_os__flow_create";
        let args = json!({"name": "Made from afar"});
        let asked = call(&script, called, args.clone()).await;
        let asked = &asked.result()["structuredContent"];
        assert_eq!(asked["code"], "CONFIRM_REQUIRED", "{asked}");
        let id = asked["approval_id"].as_str().unwrap().to_owned();
        let shown = owner.get(&format!("/api/approvals/{id}")).await;
        assert_eq!(shown["approval"]["title"], "Use flow_create of Other PM OS");
        assert!(shown["approval"]["summary"].as_str().unwrap().contains("127.0.0.1"));
        assert_eq!(made_there(&elsewhere).await, 0);
        let approved = owner.post(&format!("/api/approvals/{id}/approve"), json!({})).await;
        assert_eq!(approved.status, 200, "{}", approved.body);
        for _ in 0..2 {
            let mut again = args.clone();
            again["approval_id"] = json!(id);
            let done = call(&script, "mcp_call", json!({"tool": called, "args": again})).await;
            assert_eq!(done.result()["isError"], false, "{}", done.last());
        }
        assert_eq!(made_there(&elsewhere).await, 1);
        let operations = owner.get("/api/operations").await;
        let row = &operations["operations"][0];
        assert_eq!((&row["tool"], &row["risk"]), (&json!("other_tool_ask"), &json!("high")));
        assert_eq!((&row["target"], &row["undoable"]), (&json!(called), &json!(false)));
    }
}

#[tokio::test]
async fn a_program_is_started_only_where_programs_are_allowed_and_by_a_super_admin() {
    let program = |command: &str| {
        json!({"name": "Files", "program": {
            "command": command, "arguments": ["--root", "/srv"], "variables": {"FILES_KEY": "s3cret-of-the-files"},
        }})
    };
    for server in Server::all_with(HERE).await {
        let owner = server.signs_up("Owner").await;
        let refused = owner.post(ALL, program("true")).await;
        assert_eq!((refused.status, &refused["details"][0]["field"]), (400, &json!("program")));
        let words = refused["details"][0]["message"].as_str().unwrap();
        assert!(words.contains("PMOS_TOOL_PROGRAMS=on"), "{words}");
    }
    let allowed = [HERE[0], ("PMOS_TOOL_PROGRAMS", "on")];
    for server in Server::all_with(&allowed).await {
        let owner = server.signs_up("Owner").await;
        let admin = server.signs_up("Other").await;
        for (caller, status) in [(&admin, 403), (&owner.script(json!({})).await, 403)] {
            let refused = caller.post(ALL, program("true")).await;
            assert_eq!(refused.status, status, "{}", refused.body);
        }
        let by_tool = json!({"name": "manage_plugin", "arguments": {
            "plugin_id": "files", "action": "install", "config": program("true"),
        }});
        let by_key = owner.script(json!({})).await.post("/api/mcp-call", by_tool).await;
        assert_eq!(by_key["ok"], false, "{}", by_key.body);
        for (command, field) in [
            ("", "program.command"),
            ("./files", "program.command"),
            ("/no/such/program", "program.command"),
            ("true", "program.command"),
        ] {
            let refused = owner.post(ALL, program(command)).await;
            assert_eq!((refused.status, &refused["details"][0]["field"]), (400, &json!(field)));
            assert!(!refused.body.to_string().contains("s3cret"), "{}", refused.body);
        }
        assert_eq!(owner.get(ALL).await["servers"], json!([]));
    }
}

/// How many flows were made at the second installation.
async fn made_there(elsewhere: &Server) -> usize {
    let login = json!({"email": "elsewhere@example.com", "password": PASSWORD});
    let me = elsewhere.visitor().post("/api/pmos/auth/login", login).await;
    let workspace = WorkspaceId::from(me["user"]["workspaceId"].as_str().unwrap());
    let mut conn = elsewhere.backend.db.read().await.unwrap();
    let all = store::events::after(&mut conn, &workspace, 0, 1_000).await.unwrap();
    all.iter().filter(|it| it.event.kind == EventKind::FlowCreated).count()
}
