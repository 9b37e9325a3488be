//! What people change by hand on a page is recorded like what the assistant changes: one operation, one row, one event.

use crate::caller::{Caller, Server};
use backend::Backend;
use domain::actor::Actor;
use domain::problem::Problem;
use domain::record::{Act, Fields, Item, Kind, Part};
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

async fn detail(backend: &Backend, actor: &Actor, project: i64, id: i64) -> Item {
    backend.basecamp.detail(actor, project, id).await.unwrap().item
}

fn on<T>(part: Part<T>) -> T {
    match part {
        Part::On(it) => it,
        Part::Off => panic!("the sample has this tool"),
    }
}

fn named(title: &str) -> Fields {
    Fields { title: Some(title.to_owned()), ..Fields::default() }
}

#[tokio::test]
async fn what_is_written_somewhere_is_changed_by_hand_and_taken_back() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let sample = owner.post("/api/pmos/setup/sample", json!({})).await;
        let project = sample["projects"][0]["id"].as_i64().unwrap();
        let (backend, actor) = (&server.backend, owner.actor().await);
        let message = on(backend.basecamp.messages(&actor, project).await.unwrap()).items.remove(0);
        let date = on(backend.basecamp.dates(&actor, project).await.unwrap()).items.remove(0);
        let files = on(backend.basecamp.files(&actor, project).await.unwrap()).items;
        let document = files.into_iter().find(|it| it.kind == Kind::Document).unwrap();
        let times = Some(("2026-04-01".to_owned(), "2026-04-02".to_owned()));
        for (act, before) in [
            (Act::EditPost { id: message.id, fields: named("Renamed") }, &message),
            (Act::EditDocument { id: document.id, fields: named("Renamed") }, &document),
            (Act::EditEntry { id: date.id, times, fields: named("Renamed") }, &date),
        ] {
            let acted = backend.act(&actor, project, &act).await.unwrap();
            let now = detail(backend, &actor, project, before.id).await;
            assert_eq!((now.title.as_str(), &now.text), ("Renamed", &before.text), "{act:?}");
            let is_moved = now.starts_at.as_deref() == Some("2026-04-01");
            assert_eq!(is_moved, before.kind == Kind::Entry, "{act:?}: {now:?}");
            backend.take_back(&actor, &acted.operation.unwrap(), act.on()).await.unwrap();
            let after = detail(backend, &actor, project, before.id).await;
            let says = |it: &Item| (it.title.clone(), it.text.clone(), it.starts_at.clone());
            assert_eq!(says(&after), says(before), "{}: {act:?}", server.name);
        }
        let backwards = Some(("2026-04-02".to_owned(), "2026-04-01".to_owned()));
        let act = Act::EditEntry { id: date.id, times: backwards, fields: Fields::default() };
        let refused = backend.act(&actor, project, &act).await.unwrap_err();
        assert!(matches!(&refused, Problem::Invalid { issues } if issues[0].field == "ends_at"));
    }
}

#[tokio::test]
async fn lists_are_made_and_records_go_to_the_trash_and_both_are_taken_back() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let sample = owner.post("/api/pmos/setup/sample", json!({})).await;
        let project = sample["projects"][0]["id"].as_i64().unwrap();
        let (backend, actor) = (&server.backend, owner.actor().await);
        let lists = async || on(backend.basecamp.work(&actor, project).await.unwrap());
        let set = lists().await.set;
        let blank = backend.act(&actor, project, &Act::AddList { set, name: " ".into() }).await;
        assert!(
            matches!(blank, Err(Problem::Invalid { issues }) if issues[0].field == "title"),
            "{}",
            server.name
        );
        let add = Act::AddList { set, name: " Print ".into() };
        let made = backend.act(&actor, project, &add).await.unwrap();
        let has_list = async || lists().await.places.iter().any(|it| it.name == "Print");
        assert!(has_list().await, "{}", server.name);
        backend.take_back(&actor, &made.operation.unwrap(), None).await.unwrap();
        assert!(!has_list().await, "{}", server.name);
        let todo = lists().await.todos.iter().find(|it| !it.completed).unwrap().id;
        let has_todo = async || lists().await.todos.iter().any(|it| it.id == todo);
        let act = Act::Trash { id: todo };
        let gone = backend.act(&actor, project, &act).await.unwrap();
        assert!(!has_todo().await, "{}", server.name);
        backend.take_back(&actor, &gone.operation.unwrap(), act.on()).await.unwrap();
        assert!(has_todo().await, "{}", server.name);
    }
}
