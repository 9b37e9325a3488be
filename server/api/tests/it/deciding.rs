//! Acceptance (AC-26): approvals decided through a tool: by a person whose key may, about what somebody else asked, and
//! never by the assistant, an agent or the key that asked.

use crate::caller::{Caller, Server};
use crate::mcp::{HERE, Reply, rpc};
use serde_json::{Value, json};

async fn call(caller: &Caller<'_>, name: &str, args: Value) -> Reply {
    rpc(caller, "tools/call", json!({"name": name, "arguments": args})).await
}

/// A flow of this script, and the approval that deleting it waits for.
async fn asked(script: &Caller<'_>) -> (Value, Value) {
    let made = call(script, "flow_create", json!({"name": "Greet"})).await;
    let flow = made.result()["structuredContent"]["flow"]["id"].clone();
    let asked = call(script, "flow_delete", json!({"flow_id": flow})).await;
    let approval = asked.result()["structuredContent"]["approval_id"].clone();
    assert!(approval.is_string(), "{}", asked.last());
    (flow, approval)
}

fn code(reply: &Reply) -> &Value {
    &reply.result()["structuredContent"]["code"]
}

#[tokio::test]
async fn a_key_that_may_decides_what_somebody_else_asked_for() {
    for server in Server::all_with(HERE).await {
        let owner = server.signs_up("Owner").await;
        let member = server.joins(&owner, "Member", "member").await;
        let asking = member.script(json!({"askFirst": true})).await;
        let (flow, approval) = asked(&asking).await;
        let yes = json!({"approval_id": approval, "decision": "approve", "note": "Go on"});

        // Who may decide in the browser still needs a key that was made for it here.
        for without in [owner.clone(), owner.script(json!({})).await] {
            let refused = call(&without, "pmos_approvals_decide", yes.clone()).await;
            assert_eq!(*code(&refused), "FORBIDDEN", "{}", refused.last());
            assert_eq!(refused.result()["structuredContent"]["permission"], "approve");
        }
        // What deletes is decided by admins.
        let other = server.joins(&owner, "Other", "member").await;
        let other = other.script(json!({"canApprove": true})).await;
        let refused = call(&other, "pmos_approvals_decide", yes.clone()).await;
        assert_eq!(*code(&refused), "FORBIDDEN", "{}", refused.last());
        let waiting = owner.get("/api/approvals").await;
        assert_eq!(waiting["count"], 1, "nothing was decided");

        let deciding = owner.script(json!({"canApprove": true})).await;
        let nested = json!({"tool": "pmos_approvals_decide", "args": yes});
        let decided = call(&deciding, "mcp_call", nested.clone()).await;
        let content = &decided.result()["structuredContent"];
        assert_eq!(content["approval"]["status"], "approved", "{}", decided.last());
        let again = call(&deciding, "mcp_call", nested).await;
        assert_eq!(*code(&again), "CONFLICT", "{}", again.last());
        let args = json!({"flow_id": flow, "approval_id": approval});
        let done = call(&asking, "flow_delete", args).await;
        assert_eq!(done.result()["isError"], false, "{}", done.last());
        let log = owner.get("/api/pmos/audit?action=approval.decided").await;
        assert_eq!(log["events"][0]["actor"]["name"], "Owner", "{}", log.body);

        let (flow, approval) = asked(&asking).await;
        let no = json!({"approval_id": approval, "decision": "reject"});
        let rejected = call(&deciding, "pmos_approvals_decide", no).await;
        let content = &rejected.result()["structuredContent"];
        assert_eq!(content["approval"]["status"], "rejected", "{}", rejected.last());
        let args = json!({"flow_id": flow, "approval_id": approval});
        assert_eq!(*code(&call(&asking, "flow_delete", args).await), "CONFLICT");
    }
}

#[tokio::test]
async fn nobody_decides_with_a_key_what_they_asked_for_themselves() {
    for server in Server::all_with(HERE).await {
        let owner = server.signs_up("Owner").await;
        let script = owner.script(json!({"askFirst": true, "canApprove": true})).await;
        let (flow, approval) = asked(&script).await;
        let yes = json!({"approval_id": approval, "decision": "approve"});
        let another = owner.script(json!({"canApprove": true})).await;
        for key in [&script, &another] {
            let refused = call(key, "pmos_approvals_decide", yes.clone()).await;
            assert_eq!(*code(&refused), "FORBIDDEN", "{}", refused.last());
        }
        let kept = call(&script, "flow_get", json!({"flow_id": flow})).await;
        assert_eq!(kept.result()["isError"], false);
        let stranger = server.signs_up("Third").await.script(json!({"canApprove": true})).await;
        let refused = call(&stranger, "pmos_approvals_decide", yes).await;
        assert_eq!(*code(&refused), "RESOURCE_NOT_FOUND", "{}", refused.last());
    }
}
