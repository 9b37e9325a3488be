//! What waits for a person is an operation from the question to the end, whichever way it ends.

use crate::approvals::{TITLE, asked, status_of, told_after};
use crate::world::{World, amara};
use domain::approval::ApprovalStatus;
use serde_json::{Value, json};
use store::operations::OperationFilter;

/// The states of all operations, newest first.
pub(crate) async fn states(world: &World) -> Vec<String> {
    let filter = OperationFilter { limit: 50, ..OperationFilter::default() };
    let all = world.agent.operations(&amara(), filter).await.unwrap().0;
    all.iter().map(|it| it["status"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn what_waits_is_one_operation_from_the_question_to_the_end() {
    for world in World::both().await {
        let (answered, approval) = asked(&world).await;
        let id = answered.operation.clone().unwrap();
        assert_eq!(approval.operation_id.as_ref(), Some(&id), "{}", world.test.name);
        let waits = world.agent.operation(&amara(), &id.as_str().into()).await.unwrap();
        assert_eq!(
            (&waits["status"], &waits["source"], &waits["approved_at"], &waits["undoable"]),
            (&json!("pending_approval"), &json!("chat"), &Value::Null, &json!(false))
        );
        assert_eq!(
            world.agent.approval_of_operation(&amara(), &id.as_str().into()).await.unwrap(),
            approval.id
        );
        world.agent.approve(&amara(), &approval.id, None, None).await.unwrap();
        told_after(&world, &answered).await;
        let done = world.agent.operation(&amara(), &id.as_str().into()).await.unwrap();
        assert_eq!(
            (&done["status"], &done["undoable"], done["approved_at"].is_string()),
            (&json!("completed"), &json!(true), true)
        );
        assert_eq!(states(&world).await, ["completed"]);
    }
}

#[tokio::test]
async fn what_waits_in_a_conversation_that_is_deleted_is_decided_by_nobody() {
    for world in World::both().await {
        let (answered, approval) = asked(&world).await;
        world.agent.delete_session(&amara(), &answered.run.session_id).await.unwrap();
        let now = world.agent.approval(&amara(), &approval.id).await.unwrap();
        assert_eq!(now.status, ApprovalStatus::Expired, "{}", world.test.name);
        assert!(now.note.unwrap().contains("was deleted"));
        let late = world.agent.approve(&amara(), &approval.id, None, None).await;
        assert_eq!(status_of(late), (409, Some("expired".to_owned())));
        assert_eq!(states(&world).await, ["expired"]);
        assert!(world.has_open(TITLE).await);
    }
}
