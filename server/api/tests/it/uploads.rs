//! Files that go into a project as bytes, larger than any other body.

use crate::caller::{Answer, Caller, Server};
use axum::body::Body;
use domain::record::{Item, LARGEST_FILE, Part};
use serde_json::{Value, json};

async fn put(caller: &Caller<'_>, project: i64, query: &str, bytes: Vec<u8>) -> Answer {
    let path = format!("/api/pmos/projects/{project}/files?{query}");
    let request = caller.request("POST", &path).header("content-type", "application/octet-stream");
    caller.send(request.body(Body::from(bytes)).unwrap()).await
}

/// The project that the sample begins with.
async fn project(owner: &Caller<'_>) -> i64 {
    let sample = owner.post("/api/pmos/setup/sample", json!({})).await;
    sample["projects"][0]["id"].as_i64().unwrap()
}

/// The top folder of a project, and what is in it.
async fn files(server: &Server, owner: &Caller<'_>, project: i64) -> (i64, Vec<Item>) {
    let found = server.backend.basecamp.files(&owner.actor().await, project).await.unwrap();
    let Part::On(shelf) = found else { panic!("{}: it keeps no files", server.name) };
    (shelf.id, shelf.items)
}

async fn tools(owner: &Caller<'_>) -> Vec<Value> {
    let all = owner.get("/api/operations").await["operations"].as_array().unwrap().clone();
    all.iter().map(|it| it["tool"].clone()).collect()
}

#[tokio::test]
async fn a_large_file_goes_into_a_folder_as_it_is_and_can_be_taken_back() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let project = project(&owner).await;
        let (folder, before) = files(&server, &owner, project).await;
        // A JSON file is as good as any other, and nothing of it is taken for ours.
        let mut bytes = br#"{"api_key": ""#.to_vec();
        bytes.resize(2_999_998, b'a');
        bytes.extend_from_slice(br#""}"#);
        let query = format!("folder={folder}&name=plan%20B.json&type=application/json");
        let done = put(&owner, project, &query, bytes).await;
        assert_eq!(done.status, 200, "{}: {}", server.name, done.text);
        let (_, now) = files(&server, &owner, project).await;
        let made = now.iter().find(|it| it.title == "plan B.json").unwrap();
        assert_eq!(made.bytes, Some(3_000_000), "{}", server.name);
        assert_eq!(tools(&owner).await, ["create_upload", "create_attachment"]);
        let undo = format!("/api/operations/{}/undo", done["operation"].as_str().unwrap());
        assert_eq!(owner.post(&undo, json!({})).await.status, 200, "{}", server.name);
        let (_, now) = files(&server, &owner, project).await;
        assert_eq!(now.len(), before.len(), "{}", server.name);
    }
}

#[tokio::test]
async fn a_wrong_file_is_refused_and_nothing_is_stored() {
    let server = Server::sqlite().await;
    let owner = server.signs_up("Owner").await;
    let project = project(&owner).await;
    let (folder, before) = files(&server, &owner, project).await;
    let wrong = put(&owner, project, "type=text", b"words".to_vec()).await;
    let fields: Vec<&Value> =
        wrong["details"].as_array().unwrap().iter().map(|it| &it["field"]).collect();
    assert_eq!(
        (wrong.status, fields),
        (400, vec![&json!("folder"), &json!("name"), &json!("type")])
    );
    let query = format!("folder={folder}&name=a.txt");
    let empty = put(&owner, project, &query, Vec::new()).await;
    assert_eq!((empty.status, &empty["details"][0]["field"]), (400, &json!("file")));
    let large = vec![0; LARGEST_FILE as usize + 1];
    assert_eq!(put(&owner, project, &query, large).await.status, 413);
    assert_eq!(put(&owner, 1, &query, b"words".to_vec()).await.status, 404);
    let viewer = server.joins(&owner, "Viewer", "viewer").await;
    assert_eq!(put(&viewer, project, &query, b"words".to_vec()).await.status, 403);
    assert!(tools(&owner).await.is_empty());
    assert_eq!(files(&server, &owner, project).await.1.len(), before.len());
}
