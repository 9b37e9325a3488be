//! Answers from the mirror: after our own writes, while Basecamp is away, by words, and after the connection went.

use crate::mirror::{World, eventually};
use domain::mirror::MirrorState;
use domain::todo::NewTodo;
use sandbox::faults::Fault;
use store::connections;

#[tokio::test]
async fn our_own_writes_are_in_the_mirror_at_once() {
    for world in World::all().await {
        world.basecamp.sync_once().await.unwrap();
        let project = world.basecamp.projects(&world.admin).await.unwrap().remove(0);
        let list = world.basecamp.lists(&world.admin, project.id).await.unwrap().remove(0);
        let new = NewTodo {
            project_id: project.id,
            list_id: list.id,
            title: "Seen at once".into(),
            description: None,
            due_on: Some("2026-02-20".into()),
            assignee_ids: Vec::new(),
        };
        let made = world.basecamp.create_todo(&world.admin, &new).await.unwrap();
        world.assert_mirrored().await;
        world.basecamp.complete_todo(&world.admin, made.id).await.unwrap();
        world.assert_mirrored().await;
        world.basecamp.reopen_todo(&world.admin, made.id).await.unwrap();
        world.basecamp.trash_todo(&world.admin, made.id).await.unwrap();
        world.assert_mirrored().await;
    }
}

#[tokio::test]
async fn the_last_good_data_stays_while_basecamp_is_away() {
    for world in World::all().await {
        world.basecamp.sync_once().await.unwrap();
        let before = world.everything(&world.basecamp).await;
        let todo = before.open[0].clone();
        world.running.stop();
        eventually(|| std::net::TcpStream::connect(world.running.address).is_err()).await;
        world.sync().await;
        assert_eq!(world.everything(&world.basecamp).await, before, "{}", world.test.name);
        assert_eq!(world.basecamp.todo(&world.admin, todo.id).await.unwrap(), todo);
        let freshness = world.basecamp.freshness(&world.admin).await.unwrap();
        let stale = freshness.stale.unwrap();
        assert!(stale.starts_with("Basecamp"), "{}: {stale}", world.test.name);
        assert_eq!(world.state().await, MirrorState::Away);
    }
}

#[tokio::test]
async fn the_mark_of_old_data_goes_by_itself_when_basecamp_answers_again() {
    for world in World::all().await {
        world.basecamp.sync_once().await.unwrap();
        let before = world.everything(&world.basecamp).await;
        world.running.sandbox.fail_while(".json", Fault::Status(500));
        world.sync().await;
        assert!(world.basecamp.freshness(&world.admin).await.unwrap().stale.is_some());
        assert_eq!(world.everything(&world.basecamp).await, before, "{}", world.test.name);
        world.running.sandbox.heal();
        world.sync().await;
        let stale = world.basecamp.freshness(&world.admin).await.unwrap().stale;
        assert_eq!((stale, world.state().await), (None, MirrorState::Following));
    }
}

#[tokio::test]
async fn words_are_found_and_removed_connections_leave_nothing() {
    for world in World::all().await {
        world.basecamp.sync_once().await.unwrap();
        let mut mirror = world.basecamp.mirrored(&world.admin).await.unwrap().unwrap();
        let found = mirror.search("barcode proo", 10).await.unwrap();
        let mut titles = Vec::new();
        for id in found {
            titles.extend(mirror.todo(id).await.unwrap().map(|it| it.title));
        }
        assert_eq!(titles, ["Barcode proof from the client"], "{}", world.test.name);
        assert!(mirror.search("\"' OR *", 10).await.unwrap().len() < 60);
        assert!(mirror.search(" - ", 10).await.unwrap().is_empty());
        drop(mirror);
        let workspace = world.admin.workspace.clone();
        let write = world.test.db.write::<(), store::error::StoreError, _>(move |conn| {
            Box::pin(async move {
                connections::delete(conn, &workspace, &"c1".into()).await?;
                Ok(())
            })
        });
        write.await.unwrap();
        world.basecamp.sync_once().await.unwrap();
        world.connect().await;
        assert_eq!(world.state().await, MirrorState::Waiting, "{}", world.test.name);
        assert!(world.basecamp.mirrored(&world.admin).await.unwrap().is_none());
    }
}
