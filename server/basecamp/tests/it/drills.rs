//! What goes wrong between Basecamp and its mirror, each as it is known from the wild, on both databases.

use crate::mirror::{ACCOUNT, World, eventually, pace};
use crate::{client_as, client_with};
use basecamp::config::Config;
use domain::mirror::MirrorState;
use domain::problem::Problem;
use domain::todo::{NewTodo, TodoChanges};
use reqwest::Method;
use sandbox::faults::Fault;
use serde_json::json;
use std::time::Duration;
use store::mirror_scopes::{self, Walked};
use store::mirror_sync;

const HOUR: Duration = Duration::from_secs(3_600);

impl World {
    /// Records of the mirror in projects of a status.
    async fn count(&self, kinds: &[&str], projects: &str) -> i64 {
        let key = mirror_sync::key(self.admin.workspace.as_str(), "c1", ACCOUNT);
        let mut conn = self.test.db.read().await.unwrap();
        let mut counted = 0;
        for kind in kinds {
            let walked = Walked { kind, status: "active", projects, since: "" };
            counted += mirror_scopes::count(&mut conn, &key, walked, 0).await.unwrap();
        }
        counted
    }

    async fn set_access(&self, project: i64, field: &str) {
        let me = self.people_upstream().await;
        let path = format!("projects/{project}/people/users.json");
        self.upstream(Method::PUT, &path, json!({field: [me]})).await;
    }

    /// The person the token speaks for.
    async fn people_upstream(&self) -> i64 {
        let people = self.basecamp.people(&self.admin).await.unwrap();
        people.into_iter().find(|it| it.name == sandbox::world::OWNER).unwrap().id
    }
}

#[tokio::test]
async fn a_project_that_is_hidden_takes_its_todos_along_and_brings_them_back() {
    for world in World::all().await {
        world.basecamp.sync_once().await.unwrap();
        let before = world.everything(&world.basecamp).await;
        let project = before.projects[0].id;
        world.set_access(project, "revoke").await;
        world.sync().await;
        let hidden = world.everything(&world.basecamp).await;
        assert!(hidden.projects.iter().all(|it| it.id != project), "{}", world.test.name);
        assert!(hidden.open.iter().all(|it| it.project_id != project), "{}", world.test.name);
        world.assert_mirrored().await;
        world.set_access(project, "grant").await;
        world.sync().await;
        assert_eq!(world.everything(&world.basecamp).await, before, "{}", world.test.name);
    }
}

#[tokio::test]
async fn a_todo_that_moves_to_another_project_is_there_once() {
    for world in World::all().await {
        world.basecamp.sync_once().await.unwrap();
        let all = world.everything(&world.basecamp).await;
        let todo = all.open.iter().find(|it| it.project_id == all.projects[0].id).unwrap();
        let list = all.lists[1][0].clone();
        assert_ne!(list.project_id, todo.project_id);
        world.running.sandbox.move_todo(todo.id, list.id).await.unwrap();
        world.sync().await;
        let found = world.everything(&world.basecamp).await.open;
        let found: Vec<_> = found.iter().filter(|it| it.id == todo.id).collect();
        assert_eq!(found.len(), 1, "{}", world.test.name);
        assert_eq!((found[0].project_id, found[0].list_id), (list.project_id, Some(list.id)));
        world.assert_mirrored().await;
    }
}

#[tokio::test]
async fn a_group_that_is_deleted_takes_its_todos_along() {
    for world in World::all().await {
        world.basecamp.sync_once().await.unwrap();
        let all = world.everything(&world.basecamp).await;
        let group =
            all.lists.iter().flatten().find(|it| it.name == "Opening week").unwrap().clone();
        assert_eq!(group.todos.len(), 2);
        world.running.sandbox.erase(group.id).await.unwrap();
        world.sync().await;
        let open = world.everything(&world.basecamp).await.open;
        assert!(open.iter().all(|it| it.list_id != Some(group.id)), "{}", world.test.name);
        world.assert_mirrored().await;
    }
}

#[tokio::test]
async fn what_is_trashed_and_restored_is_neither_lost_nor_doubled() {
    for world in World::all().await {
        world.basecamp.sync_once().await.unwrap();
        let before = world.everything(&world.basecamp).await;
        let path = |status: &str| format!("recordings/{}/status/{status}.json", before.open[3].id);
        world.upstream(Method::PUT, &path("trashed"), json!({})).await;
        world.sync().await;
        assert_eq!(world.everything(&world.basecamp).await.open.len(), before.open.len() - 1);
        world.upstream(Method::PUT, &path("active"), json!({})).await;
        world.sync().await;
        assert_eq!(world.everything(&world.basecamp).await, before, "{}", world.test.name);
    }
}

#[tokio::test]
async fn changes_are_found_though_basecamps_clock_is_behind() {
    for world in World::all().await {
        world.basecamp.sync_once().await.unwrap();
        let todo = world.live().await.open[4].clone();
        let path = format!("todos/{}.json", todo.id);
        world.upstream(Method::PUT, &path, json!({"content": "On time"})).await;
        world.sync().await;
        world.running.sandbox.fall_behind(HOUR);
        world.upstream(Method::PUT, &path, json!({"content": "An hour behind"})).await;
        world.sync().await;
        let found = world.everything(&world.basecamp).await.open;
        let found = found.into_iter().find(|it| it.id == todo.id).unwrap();
        assert_eq!(found.title, "An hour behind", "{}", world.test.name);
        world.assert_mirrored().await;
    }
}

#[tokio::test]
async fn a_304_without_a_copy_of_ours_takes_nothing_away() {
    for world in World::all().await {
        world.basecamp.sync_once().await.unwrap();
        let before = world.everything(&world.basecamp).await;
        world.running.sandbox.fail_while("recordings.json", Fault::Status(304));
        world.sync().await;
        assert_eq!(world.everything(&world.basecamp).await, before, "{}", world.test.name);
        assert_ne!(world.state().await, MirrorState::Following, "{}", world.test.name);
        world.running.sandbox.heal();
        world.sync().await;
        assert_eq!(world.state().await, MirrorState::Following, "{}", world.test.name);
        world.assert_mirrored().await;
    }
}

#[tokio::test]
async fn a_storm_of_refusals_in_a_first_load_does_not_hold_up_people() {
    for mut world in World::all().await {
        let sandbox = world.running.sandbox.clone();
        let todo = world.live().await.open[0].clone();
        let before = sandbox.requests().len();
        sandbox.fail_while("recordings.json", Fault::TooMany { retry_after: 1 });
        let sync = world.basecamp.sync(std::future::pending());
        let is_refused = |it: &String| it.contains("recordings.json");
        eventually(|| sandbox.requests().iter().skip(before).any(is_refused)).await;
        let read = world.basecamp.todo(&world.admin, todo.id).await.unwrap();
        assert_eq!(read, todo, "{}", world.test.name);
        assert_ne!(world.state().await, MirrorState::Following, "{}", world.test.name);
        drop(sync);
        sandbox.heal();
        world.take_over().await;
        world.assert_mirrored().await;
    }
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time_is_said_and_changes_nothing() {
    for mut world in World::all().await {
        world.basecamp.sync_once().await.unwrap();
        let before = world.everything(&world.basecamp).await;
        let config =
            Config { pace: pace(), timeout: Duration::from_millis(200), ..Config::default() };
        let hasty = client_as(world.test.db.clone(), &world.running, config);
        world.running.sandbox.fail_while("recordings.json", Fault::Slow(HOUR));
        hasty.hurry_sync(&world.admin).await.unwrap();
        hasty.sync_once().await.unwrap();
        let stale = hasty.freshness(&world.admin).await.unwrap().stale.unwrap();
        assert!(stale.contains("did not answer"), "{}: {stale}", world.test.name);
        assert_eq!(world.everything(&hasty).await, before, "{}", world.test.name);
        world.running.sandbox.heal();
        world.basecamp = client_with(world.test.db.clone(), &world.running, pace());
        world.sync().await;
        world.assert_mirrored().await;
    }
}

#[tokio::test]
async fn a_create_that_came_too_late_is_found_and_not_repeated() {
    let (world, admin) = crate::World::connected().await;
    let project = world.project(&admin, "Website relaunch").await;
    let list = world.basecamp.lists(&admin, project.id).await.unwrap().remove(0);
    let config = Config { timeout: Duration::from_secs(5), ..Config::default() };
    let hasty = client_as(world.test.db.clone(), &world.running, config);
    world.running.sandbox.fail_next(Fault::Slow(HOUR));
    let new = NewTodo {
        project_id: list.project_id,
        list_id: list.id,
        title: "Only once".into(),
        description: None,
        due_on: None,
        assignee_ids: Vec::new(),
    };
    let made = hasty.create_todo(&admin, &new).await.unwrap();
    let found = world.open_todos(&admin).await;
    let same: Vec<i64> =
        found.iter().filter(|it| it.title == "Only once").map(|it| it.id).collect();
    assert_eq!(same, [made.id]);
}

#[tokio::test]
async fn a_change_of_one_field_wipes_no_other_and_a_lost_record_is_not_written() {
    for world in World::all().await {
        world.basecamp.sync_once().await.unwrap();
        let noted = |it: &&domain::todo::Todo| !it.description.is_empty() && it.due_on.is_some();
        let todo = world.live().await.open.iter().find(noted).unwrap().clone();
        let changes = TodoChanges { title: Some("Another name".into()), ..TodoChanges::default() };
        world.basecamp.update_todo(&world.admin, todo.id, &changes).await.unwrap();
        let live = world.live().await.open.into_iter().find(|it| it.id == todo.id).unwrap();
        assert_eq!(live.title, "Another name");
        assert_eq!((live.description, live.due_on), (todo.description, todo.due_on));
        assert_eq!(live.assignees, todo.assignees);
        world.assert_mirrored().await;
        world.running.sandbox.erase(todo.id).await.unwrap();
        let problem =
            world.basecamp.update_todo(&world.admin, todo.id, &changes).await.unwrap_err();
        assert_eq!(problem, Problem::not_found("To-do"));
        let sent = world.running.sandbox.requests();
        assert_eq!(sent.iter().filter(|it| it.starts_with("PUT")).count(), 1, "{sent:?}");
    }
}

#[tokio::test]
async fn what_is_in_a_project_put_aside_stays_in_the_mirror() {
    for world in World::all().await {
        world.basecamp.sync_once().await.unwrap();
        let before = world.everything(&world.basecamp).await;
        let project = before.projects.iter().find(|it| it.name.starts_with("Halden")).unwrap().id;
        let todo = before.open.iter().find(|it| it.project_id == project).unwrap();
        let path = |status: &str| format!("projects/{project}/status/{status}.json");
        world.upstream(Method::PUT, &path("archived"), json!({})).await;
        world.sync().await;
        world.assert_mirrored().await;
        let now = world.everything(&world.basecamp).await;
        assert!(now.open.iter().all(|it| it.project_id != project), "{}", world.test.name);
        let of_it = |it: &&domain::todo::Todo| it.project_id == project;
        let all = before.open.iter().chain(&before.completed).filter(of_it).count();
        assert_eq!(world.count(&["Todo"], "archived").await, i64::try_from(all).unwrap());
        let mut mirror = world.basecamp.mirrored(&world.admin).await.unwrap().unwrap();
        assert_eq!(mirror.todo(todo.id).await.unwrap().unwrap().title, todo.title);
        drop(mirror);
        world.upstream(Method::PUT, &path("active"), json!({})).await;
        world.sync().await;
        world.assert_mirrored().await;
        assert_eq!(world.count(&["Todo"], "archived").await, 0);
    }
}

#[tokio::test]
async fn a_load_that_was_killed_reads_what_is_put_aside_when_it_goes_on() {
    for mut world in World::all().await {
        let project = world.live().await.projects[0].id;
        let path = format!("projects/{project}/status/archived.json");
        world.upstream(Method::PUT, &path, json!({})).await;
        let sandbox = world.running.sandbox.clone();
        sandbox.fail_while("bucket=", Fault::Slow(HOUR));
        let before = sandbox.requests().len();
        let sync = world.basecamp.sync(std::future::pending());
        let is_aside = |it: &String| it.contains("bucket=");
        eventually(|| sandbox.requests().iter().skip(before).any(is_aside)).await;
        drop(sync);
        sandbox.heal();
        world.take_over().await;
        assert!(world.count(&["Todo"], "archived").await > 15, "{}", world.test.name);
        world.assert_mirrored().await;
    }
}

#[tokio::test]
async fn columns_questions_and_chat_are_mirrored_and_go_when_they_are_gone() {
    let columns =
        ["Kanban::Triage", "Kanban::Column", "Kanban::NotNowColumn", "Kanban::DoneColumn"];
    for world in World::all().await {
        world.basecamp.sync_once().await.unwrap();
        assert_eq!(world.count(&columns, "active").await, 15, "{}", world.test.name);
        assert_eq!(world.count(&["Question"], "active").await, 1, "{}", world.test.name);
        assert_eq!(world.count(&["Chat::Lines::Text"], "active").await, 4, "{}", world.test.name);
        let before = world.running.sandbox.requests();
        let board = before.iter().find(|it| it.contains("/card_tables/")).unwrap();
        let id = board.rsplit('/').next().unwrap().trim_end_matches(".json").to_owned();
        let body = json!({"title": "Blocked"});
        world.upstream(Method::POST, &format!("card_tables/{id}/columns.json"), body).await;
        world.sync().await;
        assert_eq!(world.count(&columns, "active").await, 16, "{}", world.test.name);
        // A board that does not answer for a while loses nothing.
        world.running.sandbox.fail_while("/card_tables/", Fault::Status(500));
        world.sync().await;
        world.running.sandbox.heal();
        assert_eq!(world.count(&columns, "active").await, 16, "{}", world.test.name);
    }
}
