//! What people change by hand on a page is recorded like what the assistant changes: one operation, one row, one event.

use crate::caller::{Caller, Server};
use domain::problem::Problem;
use domain::record::{Act, Fields};
use serde_json::{Value, json};

fn paper(list: i64, title: &str) -> Act {
    let fields = Fields {
        title: Some(title.to_owned()),
        due_on: Some("2026-03-27".to_owned()),
        ..Fields::default()
    };
    Act::AddTodo { list, fields }
}

/// The rows of the audit log that tools left, newest first.
async fn uses(caller: &Caller<'_>) -> Vec<Value> {
    caller.get("/api/pmos/audit?action=tool.").await["events"].as_array().unwrap().clone()
}

async fn operations(caller: &Caller<'_>) -> Vec<Value> {
    caller.get("/api/operations").await["operations"].as_array().unwrap().clone()
}

#[tokio::test]
async fn each_change_by_hand_is_one_operation_and_one_row() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let sample = owner.post("/api/pmos/setup/sample", json!({})).await;
        let project_id = sample["projects"][0]["id"].as_i64().unwrap();
        let (backend, actor) = (&server.backend, owner.actor().await);
        let list_id = backend.basecamp.lists(&actor, project_id).await.unwrap()[0].id;

        backend.act(&actor, project_id, &paper(list_id, "Order paper")).await.unwrap();
        let todos = backend.basecamp.lists_with_todos(&actor, project_id).await.unwrap();
        let added = todos.iter().flat_map(|it| &it.todos).find(|it| it.title == "Order paper");
        let added = added.unwrap();
        assert_eq!((added.list_id, added.due_on.as_deref()), (Some(list_id), Some("2026-03-27")));
        let done = backend.complete_todo(&actor, project_id, added.id).await.unwrap();
        assert!(done.completed, "{}", server.name);
        let open = backend.reopen_todo(&actor, project_id, added.id).await.unwrap();
        assert!(!open.completed, "{}", server.name);

        let told: Vec<_> = operations(&owner)
            .await
            .iter()
            .map(|it| (it["tool"].clone(), it["source"].clone(), it["undoable"].clone()))
            .collect();
        let expected = ["uncomplete_todo", "complete_todo", "create_todo"];
        assert_eq!(
            told,
            expected.map(|it| (json!(it), json!("ui"), json!(true))),
            "{}",
            server.name
        );
        let rows = uses(&owner).await;
        assert_eq!(rows.len(), 3, "{}", server.name);
        assert!(rows.iter().all(|it| it["status"] == "success"), "{rows:?}");
    }
}

#[tokio::test]
async fn what_a_page_refuses_names_the_field_and_changes_nothing() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let sample = owner.post("/api/pmos/setup/sample", json!({})).await;
        let ids: Vec<i64> =
            [0, 1].iter().map(|at| sample["projects"][at]["id"].as_i64().unwrap()).collect();
        let (backend, admin) = (&server.backend, owner.actor().await);
        let list = backend.basecamp.lists_with_todos(&admin, ids[0]).await.unwrap().remove(0);
        let refused = backend.act(&admin, ids[0], &paper(list.id, " ")).await.unwrap_err();
        assert!(matches!(&refused, Problem::Invalid { issues } if issues[0].field == "title"));

        let known = list.todos.iter().find(|it| !it.completed).unwrap().id;
        let elsewhere = backend.complete_todo(&admin, ids[1], known).await.unwrap_err();
        assert!(matches!(elsewhere, Problem::NotFound { .. }), "{elsewhere}");

        let viewer = server.joins(&owner, "Viewer", "viewer").await;
        let viewer = viewer.actor().await;
        let forbidden = backend.complete_todo(&viewer, ids[0], known).await.unwrap_err();
        assert!(matches!(forbidden, Problem::Forbidden { .. }), "{forbidden}");

        let stranger = server.signs_up("Stranger").await;
        let stranger = stranger.actor().await;
        let walled = backend.complete_todo(&stranger, ids[0], known).await.unwrap_err();
        assert!(matches!(walled, Problem::NeedsSetup { .. }), "{walled}");
        let after = backend.basecamp.todo(&admin, known).await.unwrap();
        assert!(!after.completed, "{}", server.name);
    }
}
