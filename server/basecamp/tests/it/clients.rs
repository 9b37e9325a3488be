//! A client sees of a project what Basecamp shows to clients, although colleagues' connections fill the same mirror.

use crate::mirror::{ACCOUNT, World};
use domain::todo::TodoQuery;
use store::error::StoreError;
use store::mirror::{self, PersonRow};
use store::mirror_sync;

impl World {
    /// Lets the connected person be a client, or a colleague again.
    pub(crate) async fn set_client(&self, is_client: bool) {
        let key = mirror_sync::key(self.admin.workspace.as_str(), "c1", ACCOUNT);
        let person = PersonRow {
            id: 1,
            name: "Amara Osei".into(),
            email: None,
            title: None,
            client: i16::from(is_client),
            raw: "{}".into(),
        };
        let write = self.test.db.write::<(), StoreError, _>(move |conn| {
            Box::pin(async move { mirror::put_person(conn, &key, &person, 0, true).await })
        });
        write.await.unwrap();
    }
}

#[tokio::test]
async fn a_client_is_answered_by_basecamp_itself_and_flows_are_not_told_more() {
    for world in World::all().await {
        let place = world.test.name;
        world.basecamp.sync_once().await.unwrap();
        let todo = world.everything(&world.basecamp).await.open[0].id;
        world.set_client(true).await;
        assert!(world.basecamp.mirrored(&world.admin).await.unwrap().is_none(), "{place}");
        assert!(!world.basecamp.freshness(&world.admin).await.unwrap().is_mirrored, "{place}");
        let before = world.running.sandbox.requests().len();
        world.basecamp.todos(&world.admin, &TodoQuery::default()).await.unwrap();
        assert!(world.running.sandbox.requests().len() > before, "{place}: it was not asked");
        let mut stories = world.basecamp.stories(&world.admin).await.unwrap().unwrap();
        assert_eq!(stories.record(todo).await.unwrap(), None, "{place}");
        drop(stories);
        world.set_client(false).await;
        assert!(world.basecamp.mirrored(&world.admin).await.unwrap().is_some(), "{place}");
        let mut stories = world.basecamp.stories(&world.admin).await.unwrap().unwrap();
        assert!(stories.record(todo).await.unwrap().is_some(), "{place}");
    }
}
