//! Connecting and removing the sample.

use crate::{World, actor, admin};
use domain::actor::Role;
use domain::event::AuditFilter;
use domain::problem::Problem;
use domain::todo::NewTodo;
use sandbox::world::OWNER;
use store::events;

#[tokio::test]
async fn without_a_connection_every_read_says_what_to_do() {
    let world = World::new().await;
    let problem = world.basecamp.projects(&admin("a")).await.unwrap_err();
    let Problem::NeedsSetup { message, hint, fix_url } = problem else { panic!("{problem:?}") };
    assert_eq!(message, "Basecamp is not connected");
    assert_eq!(hint, "Connect Basecamp, or use the sample");
    assert_eq!(fix_url, "/setup/basecamp");
    assert_eq!(world.basecamp.connection(&admin("a")).await.unwrap(), None);
}

#[tokio::test]
async fn connecting_the_sample_twice_is_once() {
    let (world, admin) = World::connected().await;
    let first = world.basecamp.connection(&admin).await.unwrap().unwrap();
    let second = world.basecamp.connect_sample(&admin).await.unwrap();
    assert_eq!(first, second);
    assert!(first.is_sample && !first.needs_attention);
    assert_eq!(first.person.name, OWNER);
    let mut conn = world.test.db.read().await.unwrap();
    let filter = AuditFilter { limit: 10, ..AuditFilter::default() };
    let log = events::audit(&mut conn, &admin.workspace, &filter).await.unwrap();
    assert_eq!(
        log.iter().map(|it| it.event.kind.as_str()).collect::<Vec<_>>(),
        ["connection.added"]
    );
}

#[tokio::test]
async fn the_token_is_never_stored_in_the_clear() {
    let (world, admin) = World::connected().await;
    let mut conn = world.test.db.read().await.unwrap();
    let row = store::connections::of_workspace(&mut conn, &admin.workspace, "basecamp")
        .await
        .unwrap()
        .unwrap();
    assert!(row.secret.starts_with("v1."));
    assert!(!row.meta.contains("token"));
}

#[tokio::test]
async fn only_who_manages_the_workspace_connects_it() {
    let world = World::new().await;
    let member = actor("a", Role::Member);
    assert!(matches!(world.basecamp.connect_sample(&member).await, Err(Problem::Forbidden { .. })));
    assert!(matches!(world.basecamp.remove_sample(&member).await, Err(Problem::Forbidden { .. })));
}

#[tokio::test]
async fn a_real_connection_is_never_replaced_by_the_sample() {
    let world = World::new().await;
    let admin = admin("a");
    let workspace = admin.workspace.clone();
    let new = store::connections::NewConnection {
        id: "c1".into(),
        owner_id: None,
        app: "basecamp".into(),
        name: "Fernhill".into(),
        secret: "sealed".into(),
        meta: r#"{"is_sample":false,"account_id":1,"account_name":"Fernhill","person":{"id":1,"name":"A"}}"#.into(),
    };
    let write = world.test.db.write(move |conn| {
        Box::pin(async move { store::connections::insert(conn, &workspace, &new).await })
    });
    write.await.unwrap();
    assert!(matches!(world.basecamp.connect_sample(&admin).await, Err(Problem::Conflict { .. })));
    assert!(matches!(world.basecamp.remove_sample(&admin).await, Err(Problem::NotFound { .. })));
}

#[tokio::test]
async fn removing_the_sample_removes_everything_in_it() {
    let (world, admin) = World::connected().await;
    let before = world.project(&admin, "Website relaunch").await;
    world.basecamp.remove_sample(&admin).await.unwrap();
    assert!(matches!(world.basecamp.projects(&admin).await, Err(Problem::NeedsSetup { .. })));
    assert!(matches!(world.basecamp.remove_sample(&admin).await, Err(Problem::NotFound { .. })));
    let files = std::fs::read_dir(world.test.folder.path().join("sandbox")).unwrap().count();
    assert_eq!(files, 0);
    world.basecamp.connect_sample(&admin).await.unwrap();
    assert_ne!(world.project(&admin, "Website relaunch").await.id, before.id);
}

#[tokio::test]
async fn two_workspaces_never_see_each_others_records() {
    let (world, one) = World::connected().await;
    let other = admin("b");
    world.basecamp.connect_sample(&other).await.unwrap();
    let project = world.project(&one, "Website relaunch").await;
    let list = world.basecamp.lists(&one, project.id).await.unwrap().remove(0);
    let new = NewTodo {
        project_id: project.id,
        list_id: list.id,
        title: "Only ours".into(),
        description: None,
        due_on: None,
        assignee_ids: Vec::new(),
    };
    let made = world.basecamp.create_todo(&one, &new).await.unwrap();
    assert!(world.open_todos(&one).await.iter().any(|it| it.id == made.id));
    assert!(
        world.open_todos(&other).await.iter().all(|it| it.id != made.id && it.title != "Only ours")
    );
    assert!(matches!(world.basecamp.todo(&other, made.id).await, Err(Problem::NotFound { .. })));
    assert!(matches!(
        world.basecamp.complete_todo(&other, made.id).await,
        Err(Problem::NotFound { .. })
    ));
    assert!(matches!(
        world.basecamp.project(&other, project.id).await,
        Err(Problem::NotFound { .. })
    ));
    assert!(matches!(
        world.basecamp.create_todo(&other, &new).await,
        Err(Problem::NotFound { .. })
    ));
}
