//! Creating, changing, completing, commenting, trashing.

use crate::{World, actor};
use domain::actor::{Actor, Role};
use domain::problem::Problem;
use domain::todo::{NewTodo, TodoChanges};

async fn new_todo(world: &World, actor: &Actor, title: &str) -> NewTodo {
    let project = world.project(actor, "Website relaunch").await;
    let lists = world.basecamp.lists(actor, project.id).await.unwrap();
    let person = world.basecamp.people(actor).await.unwrap().remove(1);
    NewTodo {
        project_id: project.id,
        list_id: lists[2].id,
        title: title.into(),
        description: Some("First line\nwith <signs> & more".into()),
        due_on: Some("2026-03-27".into()),
        assignee_ids: vec![person.id],
    }
}

#[tokio::test]
async fn created_todo_is_what_was_asked_for() {
    let (world, admin) = World::connected().await;
    let new = new_todo(&world, &admin, "  Check the links  ").await;
    let made = world.basecamp.create_todo(&admin, &new).await.unwrap();
    assert_eq!(made.title, "Check the links");
    assert_eq!(made.description, "First line\nwith <signs> & more");
    assert_eq!(
        (made.due_on.as_deref(), made.list_name.as_deref()),
        (Some("2026-03-27"), Some("Build"))
    );
    assert_eq!(made.project_name, "Website relaunch");
    assert_eq!(made.app_url, format!("/projects/{}?item={}", made.project_id, made.id));
    assert_eq!(world.basecamp.todo(&admin, made.id).await.unwrap(), made);
}

#[tokio::test]
async fn every_reason_why_a_todo_cannot_be_made_comes_at_once() {
    let (world, admin) = World::connected().await;
    let mut new = new_todo(&world, &admin, " ").await;
    new.due_on = Some("tomorrow".into());
    let Err(Problem::Invalid { issues }) = world.basecamp.create_todo(&admin, &new).await else {
        panic!("it was made")
    };
    assert_eq!(issues.iter().map(|it| it.field.as_str()).collect::<Vec<_>>(), ["title", "due_on"]);
}

#[tokio::test]
async fn completing_twice_is_completing_once() {
    let (world, admin) = World::connected().await;
    let todo = world.todo_called(&admin, "Mobile menu").await;
    assert!(world.basecamp.complete_todo(&admin, todo.id).await.unwrap().completed);
    let after = world.basecamp.todo(&admin, todo.id).await.unwrap();
    assert!(world.basecamp.complete_todo(&admin, todo.id).await.unwrap().completed);
    assert_eq!(world.basecamp.todo(&admin, todo.id).await.unwrap(), after);
    assert!(!world.basecamp.reopen_todo(&admin, todo.id).await.unwrap().completed);
    assert!(!world.basecamp.todo(&admin, todo.id).await.unwrap().completed);
}

#[tokio::test]
async fn a_change_keeps_everything_it_does_not_name() {
    let (world, admin) = World::connected().await;
    let before = world.todo_called(&admin, "Second-round logo routes").await;
    let changes = TodoChanges { due_on: Some("2026-03-01".into()), ..TodoChanges::default() };
    let after = world.basecamp.update_todo(&admin, before.id, &changes).await.unwrap();
    assert_eq!(after.due_on.as_deref(), Some("2026-03-01"));
    assert_eq!((&after.title, &after.description), (&before.title, &before.description));
    assert_eq!(after.assignees, before.assignees);
    let cleared = TodoChanges {
        due_on: Some(String::new()),
        assignee_ids: Some(Vec::new()),
        ..TodoChanges::default()
    };
    let after = world.basecamp.update_todo(&admin, before.id, &cleared).await.unwrap();
    assert_eq!((after.due_on, after.assignees.len()), (None, 0));
    assert_eq!(after.description, before.description);
}

#[tokio::test]
async fn a_comment_is_counted_and_read_back() {
    let (world, admin) = World::connected().await;
    let todo = world.todo_called(&admin, "Mobile menu").await;
    let made = world.basecamp.comment(&admin, todo.id, "Looks good\nship it").await.unwrap();
    assert_eq!(
        (made.content.as_str(), made.creator.as_str()),
        ("Looks good\nship it", "Amara Osei")
    );
    assert_eq!(world.basecamp.comments(&admin, todo.id).await.unwrap(), [made]);
    assert_eq!(world.basecamp.todo(&admin, todo.id).await.unwrap().comments_count, 1);
}

#[tokio::test]
async fn a_trashed_todo_is_no_longer_listed() {
    let (world, admin) = World::connected().await;
    let todo = world.todo_called(&admin, "Mobile menu").await;
    assert_eq!(world.basecamp.trash_todo(&admin, todo.id).await.unwrap().status, "trashed");
    assert!(world.open_todos(&admin).await.iter().all(|it| it.id != todo.id));
}

#[tokio::test]
async fn a_marked_todo_is_made_once() {
    let (world, admin) = World::connected().await;
    let new = new_todo(&world, &admin, "From a flow").await;
    let first = world.basecamp.create_todo_once(&admin, &new, "run-1-step-2").await.unwrap();
    let again = world.basecamp.create_todo_once(&admin, &new, "run-1-step-2").await.unwrap();
    assert_eq!(first, again);
    let other = world.basecamp.create_todo_once(&admin, &new, "run-2-step-2").await.unwrap();
    assert_ne!(first.id, other.id);
}

#[tokio::test]
async fn a_created_todo_survives_a_restart_of_the_sandbox() {
    let (mut world, admin) = World::connected().await;
    let new = new_todo(&world, &admin, "Still here").await;
    let made = world.basecamp.create_todo(&admin, &new).await.unwrap();
    world.restart().await;
    assert_eq!(world.basecamp.todo(&admin, made.id).await.unwrap(), made);
}

#[tokio::test]
async fn viewers_look_and_change_nothing() {
    let (world, admin) = World::connected().await;
    let viewer = actor("a", Role::Viewer);
    let todo = world.todo_called(&viewer, "Mobile menu").await;
    let new = new_todo(&world, &admin, "No").await;
    let refused = [
        world.basecamp.create_todo(&viewer, &new).await.err(),
        world.basecamp.complete_todo(&viewer, todo.id).await.err(),
        world.basecamp.trash_todo(&viewer, todo.id).await.err(),
        world.basecamp.comment(&viewer, todo.id, "Hello").await.err(),
    ];
    assert!(refused.iter().all(|it| matches!(it, Some(Problem::Forbidden { .. }))), "{refused:?}");
    assert!(!world.basecamp.todo(&admin, todo.id).await.unwrap().completed);
}
