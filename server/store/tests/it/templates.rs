//! Templates of a workspace: who finds which.

use domain::ids::{UserId, WorkspaceId};
use domain::template::{KeptTemplate, TemplateKind, Visibility};
use serde_json::json;
use store::db::Db;
use store::error::StoreError;
use store::templates::{self, TemplateFilter};
use store::testing::TestDb;

fn new(id: &str, owner: &str, visibility: Visibility) -> KeptTemplate {
    let (owner, name) = (UserId::from(owner), format!("Launch 100% {id}"));
    KeptTemplate {
        description: "Steps of a launch".to_owned(),
        visibility,
        content: json!({"steps": [1, 2]}),
        tags: vec!["Start_up".to_owned()],
        ..KeptTemplate::new(id.to_owned(), owner, TemplateKind::Recipe, name)
    }
}

async fn kept(db: &Db, workspace: &str, new: KeptTemplate) -> Result<KeptTemplate, StoreError> {
    let workspace = WorkspaceId::from(workspace);
    db.write(move |conn| Box::pin(async move { templates::insert(conn, &workspace, new).await }))
        .await
}

async fn found(db: &Db, workspace: &str, viewer: &str, search: &str) -> Vec<KeptTemplate> {
    let mut conn = db.read().await.unwrap();
    let filter = TemplateFilter { kind: Some(TemplateKind::Recipe), search: search.to_owned() };
    let (workspace, viewer) = (WorkspaceId::from(workspace), UserId::from(viewer));
    templates::list(&mut conn, &workspace, &viewer, &filter).await.unwrap()
}

#[tokio::test]
async fn a_private_template_is_for_its_owner_and_a_shared_one_for_the_workspace() {
    for test in TestDb::both().await {
        let stored = kept(&test.db, "w1", new("a", "u1", Visibility::Private)).await.unwrap();
        kept(&test.db, "w1", new("b", "u1", Visibility::Shared)).await.unwrap();
        kept(&test.db, "w2", new("c", "u1", Visibility::Shared)).await.unwrap();
        let ids = |all: Vec<KeptTemplate>| all.into_iter().map(|it| it.id).collect::<Vec<_>>();
        assert_eq!(ids(found(&test.db, "w1", "u1", "").await), ["b", "a"], "{}", test.name);
        assert_eq!(ids(found(&test.db, "w1", "u2", "").await), ["b"]);
        let mut conn = test.db.read().await.unwrap();
        let (here, other) = (WorkspaceId::from("w1"), UserId::from("u2"));
        for (id, is_found) in [("a", false), ("b", true), ("c", false)] {
            let read = templates::find(&mut conn, &here, id, Some(&other)).await.unwrap();
            assert_eq!(read.is_some(), is_found, "{id}");
        }
        let whole = templates::find(&mut conn, &here, "a", None).await.unwrap().unwrap();
        assert_eq!(whole, stored, "{}", test.name);
        assert_eq!(
            (whole.content, whole.tags),
            (json!({"steps": [1, 2]}), vec!["Start_up".to_owned()])
        );
    }
}

#[tokio::test]
async fn signs_of_a_search_are_taken_as_they_are() {
    for test in TestDb::both().await {
        kept(&test.db, "w1", new("a", "u1", Visibility::Private)).await.unwrap();
        for (search, many) in
            [("100% A", 1), ("100%a", 0), ("_", 1), ("launch_", 0), (" LAUNCH ", 1)]
        {
            assert_eq!(found(&test.db, "w1", "u1", search).await.len(), many, "{search}");
        }
    }
}

#[tokio::test]
async fn a_template_changes_and_goes() {
    for test in TestDb::both().await {
        kept(&test.db, "w1", new("a", "u1", Visibility::Private)).await.unwrap();
        let mut changed = found(&test.db, "w1", "u1", "").await.remove(0);
        changed.name = "Renamed".to_owned();
        changed.visibility = Visibility::Shared;
        let done = test.db.write(move |conn| {
            Box::pin(async move {
                let (here, there) = (WorkspaceId::from("w1"), WorkspaceId::from("w2"));
                let elsewhere = templates::update(conn, &there, &changed).await?;
                let here_changed = templates::update(conn, &here, &changed).await?;
                let elsewhere_gone = templates::delete(conn, &there, "a").await?;
                Ok::<_, StoreError>((elsewhere, here_changed, elsewhere_gone))
            })
        });
        assert_eq!(done.await.unwrap(), (false, true, false), "{}", test.name);
        assert_eq!(found(&test.db, "w1", "u2", "").await[0].name, "Renamed");
        let gone = test.db.write(|conn| {
            Box::pin(async move { templates::delete(conn, &WorkspaceId::from("w1"), "a").await })
        });
        assert!(gone.await.unwrap());
        assert!(found(&test.db, "w1", "u1", "").await.is_empty());
    }
}
