//! What the routes do.

use crate::asking::{ask_with, get, id_in, write};
use crate::{ACCOUNT, running};
use sandbox::world::{OVERDUE, UNASSIGNED};
use sandbox::{Config, Running};
use serde_json::{Value, json};

async fn project(running: &Running) -> i64 {
    id_in(running, "/projects.json", "Website relaunch").await
}

async fn todoset(running: &Running, project: i64) -> i64 {
    let heard = get(running, &format!("/projects/{project}")).await;
    let dock = heard.body["dock"].as_array().unwrap();
    dock.iter().find(|it| it["name"] == "todoset").unwrap()["id"].as_i64().unwrap()
}

async fn list(running: &Running, name: &str) -> i64 {
    let set = todoset(running, project(running).await).await;
    id_in(running, &format!("/todosets/{set}/todolists.json"), name).await
}

#[tokio::test]
async fn paths_work_flat_and_in_their_bucket_with_and_without_suffix() {
    let running = running(Config::default()).await;
    let (project, content) = (project(&running).await, list(&running, "Content").await);
    for path in
        [format!("/todolists/{content}"), format!("/buckets/{project}/todolists/{content}.json")]
    {
        assert_eq!(get(&running, &path).await.body["name"], "Content", "{path}");
    }
    let elsewhere = id_in(&running, "/projects.json", "Halden Coffee rebrand").await;
    assert_eq!(
        get(&running, &format!("/buckets/{elsewhere}/todolists/{content}.json")).await.status,
        404
    );
    let heard = get(&running, &format!("/todolists/{content}")).await;
    let own =
        format!("http://{}/{ACCOUNT}/buckets/{project}/todolists/{content}.json", running.address);
    assert_eq!(heard.body["url"], own);
}

#[tokio::test]
async fn a_todo_outside_any_list_is_made_only_in_its_bucket() {
    let running = running(Config::default()).await;
    let project = project(&running).await;
    let set = todoset(&running, project).await;
    let body = json!({"content": "Loose"});
    assert_eq!(
        write(&running, "POST", &format!("/todosets/{set}/todos.json"), &body).await.status,
        404
    );
    let made =
        write(&running, "POST", &format!("/buckets/{project}/todosets/{set}/todos.json"), &body)
            .await;
    assert_eq!((made.status, &made.body["parent"]["type"]), (201, &json!("Todoset")));
    assert_eq!(get(&running, &format!("/todosets/{set}/todos.json")).await.all("title"), ["Loose"]);
}

#[tokio::test]
async fn pages_are_geared_and_linked_to_the_end() {
    let running = running(Config::default()).await;
    let (mut path, mut sizes, mut ids) =
        ("/projects/recordings.json?type=Todo".to_owned(), Vec::new(), Vec::new());
    loop {
        let heard = get(&running, &path).await;
        assert_eq!(heard.header("x-total-count"), Some("60"));
        let items = heard.body.as_array().unwrap();
        sizes.push(items.len());
        ids.extend(items.iter().map(|it| it["id"].as_i64().unwrap()));
        let Some(link) = heard.header("link") else { break };
        let (url, rel) = link.split_once(">; ").unwrap();
        assert_eq!(rel, "rel=\"next\"");
        let origin = format!("<http://{}/{ACCOUNT}", running.address);
        path = url.strip_prefix(&origin).unwrap().to_owned();
    }
    assert_eq!(sizes, [15, 30, 15]);
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 60);
}

#[tokio::test]
async fn an_unchanged_record_is_not_sent_twice() {
    let running = running(Config::default()).await;
    let first = get(&running, "/people.json").await;
    let tag = first.header("etag").unwrap().to_owned();
    assert!(tag.starts_with("W/\"") && first.header("x-request-id").is_some());
    let again =
        ask_with(&running, "GET", "/people.json", &format!("If-None-Match: {tag}\r\n"), "").await;
    assert_eq!((again.status, again.body), (304, Value::Null));
}

#[tokio::test]
async fn putting_a_todo_clears_what_is_left_out() {
    let running = running(Config::default()).await;
    let list = list(&running, "Content").await;
    let path = format!("/todolists/{list}/todos.json");
    let todo = id_in(&running, &path, "Write the home page introduction").await;
    let path = format!("/todos/{todo}");
    let before = get(&running, &path).await.body;
    assert!(before["due_on"].is_string() && before["assignees"][0]["name"] == "Ben Okafor");
    let after = write(&running, "PUT", &path, &json!({"content": "Shorter"})).await;
    assert_eq!(
        (after.status, &after.body["due_on"], &after.body["description"]),
        (200, &json!(null), &json!(""))
    );
    assert_eq!((&after.body["assignees"], &after.body["title"]), (&json!([]), &json!("Shorter")));
}

#[tokio::test]
async fn wrong_fields_are_named_in_both_known_ways() {
    let running = running(Config::default()).await;
    let path = format!("/todolists/{}/todos.json", list(&running, "Content").await);
    let missing = write(&running, "POST", &path, &json!({"description": "x"})).await;
    assert_eq!((missing.status, missing.body["error"].is_string()), (400, true));
    let blank = write(&running, "POST", &path, &json!({"content": " "})).await;
    assert_eq!((blank.status, &blank.body["errors"]["content"]), (422, &json!(["can't be blank"])));
    let when = write(&running, "POST", &path, &json!({"content": "x", "due_on": "soon"})).await;
    assert_eq!(when.status, 422);
}

#[tokio::test]
async fn completing_moves_a_todo_to_the_completed_ones_and_counts() {
    let running = running(Config::default()).await;
    let list = list(&running, "Launch day").await;
    let todos = format!("/todolists/{list}/todos.json");
    let todo = id_in(&running, &todos, "Rehearse the switch-over").await;
    let completion = format!("/todos/{todo}/completion.json");
    for _ in 0..2 {
        assert_eq!(ask_with(&running, "POST", &completion, "", "").await.status, 204);
    }
    assert_eq!(
        get(&running, &format!("{todos}?completed=true")).await.all("title"),
        ["Rehearse the switch-over"]
    );
    assert_eq!(get(&running, &format!("/todolists/{list}")).await.body["completed_ratio"], "1/3");
    let done = get(&running, &format!("/todos/{todo}")).await.body;
    assert_eq!(done["completion"]["creator"]["name"], "Amara Osei");
    assert_eq!(ask_with(&running, "DELETE", &completion, "", "").await.status, 204);
    assert_eq!(get(&running, &todos).await.body.as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn trashing_a_list_takes_its_todos_along_and_back() {
    let running = running(Config::default()).await;
    let list = list(&running, "Launch day").await;
    let total = async |running| {
        get(running, "/projects/recordings.json?type=Todo")
            .await
            .header("x-total-count")
            .unwrap()
            .to_owned()
    };
    let status = |word: &str| format!("/recordings/{list}/status/{word}.json");
    assert_eq!(ask_with(&running, "PUT", &status("trashed"), "", "").await.status, 204);
    assert_eq!(total(&running).await, "57");
    assert_eq!(ask_with(&running, "PUT", &status("active"), "", "").await.status, 204);
    assert_eq!(total(&running).await, "60");
}

#[tokio::test]
async fn collections_over_all_projects_are_grouped_and_overdue_is_flat() {
    let running = running(Config::default()).await;
    let open = get(&running, "/todos/open.json").await;
    assert_eq!(open.header("x-total-count"), Some("3"));
    assert_eq!(open.body[0]["bucket"]["name"], "Website relaunch");
    let nobody = get(&running, "/todos/unassigned.json").await.body;
    let count: usize =
        nobody.as_array().unwrap().iter().map(|it| it["todos"].as_array().unwrap().len()).sum();
    assert_eq!(count, UNASSIGNED.len());
    assert_eq!(get(&running, "/todos/overdue.json").await.all("title"), OVERDUE);
    let report = get(&running, "/reports/todos/overdue.json").await.body;
    assert_eq!(report["over_a_week_late"].as_array().unwrap().len(), 2);
    assert_eq!(report["under_a_week_late"].as_array().unwrap().len(), 7);
}

#[tokio::test]
async fn a_todo_moves_within_its_project_only() {
    let running = running(Config::default()).await;
    let (from, to) = (list(&running, "Content").await, list(&running, "Build").await);
    let todo =
        id_in(&running, &format!("/todolists/{from}/todos.json"), "Edit the team biographies")
            .await;
    let position = format!("/todos/{todo}/position.json");
    let moved = write(&running, "PUT", &position, &json!({"position": 1, "parent_id": to})).await;
    assert_eq!(moved.status, 204);
    assert_eq!(
        get(&running, &format!("/todolists/{to}/todos.json")).await.all("title")[0],
        "Edit the team biographies"
    );
    assert_eq!(
        write(&running, "PUT", &position, &json!({"position": 1, "parent_id": 1})).await.status,
        422
    );
}

#[tokio::test]
async fn what_is_not_there_yet_says_which_call_is_missing() {
    let running = running(Config::default()).await;
    let heard = get(&running, "/my/drafts.json").await;
    assert_eq!(
        (heard.status, heard.header("x-sandbox-unimplemented")),
        (501, Some("GET /my/drafts"))
    );
}
