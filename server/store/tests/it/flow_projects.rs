//! Which flows name which projects, kept with every save.

use domain::flow::{Flow, catalog};
use domain::ids::{UserId, WorkspaceId};
use serde_json::{Value, json};
use store::error::StoreError;
use store::testing::TestDb;
use store::{flow_projects, flows};

fn flow(workspace: &str, project: &Value) -> Flow {
    let trigger = json!({
        "name": "trigger", "displayName": "A new to-do", "type": "PIECE_TRIGGER", "valid": true,
        "settings": {
            "pieceName": catalog::BASECAMP, "pieceVersion": "~0.1.0", "triggerName": "new_todo",
            "input": {"project": project}
        }
    });
    let version = json!({
        "id": format!("v-{workspace}"), "flowId": format!("f-{workspace}"), "displayName": "Greet newcomers",
        "trigger": trigger
    });
    let flow = json!({
        "id": format!("f-{workspace}"), "projectId": workspace, "status": "DISABLED", "created": "", "updated": "",
        "version": version
    });
    serde_json::from_value(flow).unwrap()
}

async fn write(test: &TestDb, change: Flow, is_new: bool) {
    let done = test.db.write::<_, StoreError, _>(move |conn| {
        Box::pin(async move {
            if is_new {
                flows::insert(conn, &change, &UserId::from("u1"), &change.id.to_string()).await?;
                return Ok(true);
            }
            flows::save(conn, &change, change.revision).await
        })
    });
    assert!(done.await.unwrap(), "{}: it was not saved", test.name);
}

async fn named(test: &TestDb, workspace: &str, project: i64) -> Vec<String> {
    let mut conn = test.db.read().await.unwrap();
    let workspace = WorkspaceId::from(workspace);
    let found = flow_projects::flows(&mut conn, &workspace, (project, 8)).await.unwrap();
    found.into_iter().map(|it| format!("{} {} {}", it.0, it.1, it.2)).collect()
}

#[tokio::test]
async fn a_flow_is_found_by_the_project_it_names_until_it_names_another_or_goes() {
    for test in TestDb::both().await {
        write(&test, flow("w1", &json!("51")), true).await;
        write(&test, flow("w2", &json!(51)), true).await;
        assert_eq!(
            named(&test, "w1", 51).await,
            ["f-w1 Greet newcomers DISABLED"],
            "{}",
            test.name
        );
        assert_eq!(
            named(&test, "w2", 51).await,
            ["f-w2 Greet newcomers DISABLED"],
            "{}",
            test.name
        );
        write(&test, flow("w1", &json!(52)), false).await;
        assert!(named(&test, "w1", 51).await.is_empty(), "{}", test.name);
        assert_eq!(named(&test, "w1", 52).await.len(), 1, "{}", test.name);
        assert!(named(&test, "w3", 52).await.is_empty(), "{}", test.name);
        let deleted = test.db.write::<_, StoreError, _>(|conn| {
            Box::pin(
                async move { flows::delete(conn, &WorkspaceId::from("w1"), &"f-w1".into()).await },
            )
        });
        assert!(deleted.await.unwrap(), "{}", test.name);
        assert!(named(&test, "w1", 52).await.is_empty(), "{}", test.name);
        assert_eq!(named(&test, "w2", 51).await.len(), 1, "{}", test.name);
    }
}
