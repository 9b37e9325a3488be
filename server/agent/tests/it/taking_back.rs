//! What was done is taken back where it was done, what waits is not withdrawn by words, and an approval that is edited
//! still counts.

use crate::approvals::told_after;
use crate::changing::waiting;
use crate::world::{World, amara};
use domain::chat::ChatRunStatus;
use domain::flow::edit::{ChangeName, FlowEdit};
use domain::ids::SessionId;
use serde_json::json;

/// Says something that needs a yes, in a conversation or in a new one, gives it, and tells the conversation.
async fn allowed(world: &World, session: Option<&SessionId>, text: &str) -> (SessionId, String) {
    let answered = world.say(session, text).await;
    let approval = waiting(world, &answered).await;
    world.agent.approve(&amara(), &approval.id, None, None).await.unwrap();
    (answered.run.session_id.clone(), told_after(world, &answered).await)
}

#[tokio::test]
async fn undo_means_what_was_done_in_the_conversation_and_asks_first() {
    for world in World::both().await {
        let (here, _) = allowed(&world, None, "complete Mobile menu").await;
        let (elsewhere, _) = allowed(&world, None, "complete Client call: routes review").await;
        assert!(
            !world.has_open("Mobile menu").await
                && !world.has_open("Client call: routes review").await
        );

        let asked = world.say(Some(&here), "undo that").await;
        let approval = waiting(&world, &asked).await;
        assert!(approval.summary.contains("Mobile menu"), "{}", approval.summary);
        assert!(!world.has_open("Mobile menu").await, "not before somebody agrees");
        world.agent.approve(&amara(), &approval.id, None, None).await.unwrap();
        let told = told_after(&world, &asked).await;
        assert!(told.starts_with("Undone: "), "{told}");
        assert!(
            world.has_open("Mobile menu").await
                && !world.has_open("Client call: routes review").await
        );

        let again = world.say(Some(&here), "undo that").await;
        assert!(
            again.response.contains("Nothing was changed in this conversation"),
            "{}",
            again.response
        );
        let fresh = world.say(None, "undo that").await;
        assert!(
            fresh.response.contains("Nothing was changed in this conversation"),
            "{}",
            fresh.response
        );
        assert!(!world.has_open("Client call: routes review").await, "{}", world.test.name);
        allowed(&world, Some(&elsewhere), "undo that").await;
        assert!(world.has_open("Client call: routes review").await, "{}", world.test.name);
    }
}

#[tokio::test]
async fn a_change_of_a_draft_is_taken_back_without_a_question() {
    let world = World::new().await;
    let built = world.say(None, "when a webhook arrives, tell me Hello").await;
    let session = built.run.session_id.clone();
    let renamed = world.say(Some(&session), "rename it to Front door").await;
    assert!(renamed.response.contains("Front door"), "{}", renamed.response);
    let undone = world.say(Some(&session), "undo that").await;
    assert_eq!(undone.run.status, ChatRunStatus::Succeeded, "{}", undone.response);
    assert!(undone.response.starts_with("Undone: "), "{}", undone.response);
}

#[tokio::test]
async fn undo_takes_a_whole_turn_back_but_never_what_somebody_did_since() {
    let world = World::new().await;
    let built = world.say(None, "when a webhook arrives, tell me Hello").await;
    let flow = crate::text_to_flow::flow_of(&world, &built).await.id;
    let count = async || {
        let flow = world.flows.get(&amara(), &flow).await.unwrap();
        domain::flow::tree::steps(&flow.version.trigger).len()
    };
    let said = async |words| world.say_at(&flow, Some(&built.run.session_id), words).await.response;
    said("add a delay of 5 minutes and then tell me Bye").await;
    assert_eq!(count().await, 3);
    let undone = said("undo that").await;
    assert!(undone.contains("Undone: "), "{undone}");
    assert_eq!(count().await, 1, "both steps of the turn");

    said("add a delay of 5 minutes").await;
    let rename = ChangeName { display_name: "By hand".to_owned() };
    world.flows.edit(&amara(), &flow, None, vec![FlowEdit::ChangeName(rename)]).await.unwrap();
    let refused = said("undo that").await;
    assert!(refused.contains("was changed since"), "{refused}");
    let kept = world.flows.get(&amara(), &flow).await.unwrap();
    assert_eq!(kept.version.display_name, "By hand");
    assert_eq!(count().await, 2);
}

#[tokio::test]
async fn nobody_is_asked_to_switch_on_what_was_never_published() {
    let world = World::new().await;
    let built = world.say(None, "every Monday at 9, tell me Hello").await;
    let told = world.say(Some(&built.run.session_id), "turn it on").await;
    assert!(told.response.contains("never published"), "{}", told.response);
    assert!(world.pending().await.is_empty());
}

#[tokio::test]
async fn an_edit_that_reaches_other_fields_is_done_and_one_that_cannot_be_leaves_it_waiting() {
    for world in World::both().await {
        let asked = world.say(None, "assign Mobile menu to Priya").await;
        let approval = waiting(&world, &asked).await;
        let mut args = approval.args.clone();
        args["todo_id"] = json!(1);
        let refused = world.agent.approve(&amara(), &approval.id, None, Some(args)).await;
        assert!(refused.is_err());
        let kept = world.agent.approval(&amara(), &approval.id).await.unwrap();
        assert_eq!(kept.status.as_str(), "pending");

        let mut args = approval.args.clone();
        args["due_on"] = json!("2031-03-04");
        world.agent.approve(&amara(), &approval.id, None, Some(args)).await.unwrap();
        let open = world.open_todos().await;
        let todo = open.iter().find(|it| it.title == "Mobile menu").unwrap();
        assert_eq!(todo.due_on.as_deref(), Some("2031-03-04"));
        assert_eq!(todo.assignees.len(), 1);
    }
}

#[tokio::test]
async fn words_neither_withdraw_nor_allow_what_waits() {
    let world = World::new().await;
    let idle = world.say(None, "yes").await.response;
    assert!(idle.contains("Nothing waits for a decision"), "{idle}");
    let idle = world.say(None, "no").await.response;
    assert_eq!(idle, "All right. Nothing was changed.");

    let asked = world.say(None, "complete Mobile menu").await;
    let approval = waiting(&world, &asked).await;
    let session = asked.run.session_id.clone();
    for words in ["cancel that", "no"] {
        let told = world.say(Some(&session), words).await.response;
        assert!(told.contains("still waits") && told.contains(approval.id.as_str()), "{told}");
    }
    let kept = world.agent.approval(&amara(), &approval.id).await.unwrap();
    assert_eq!(kept.status.as_str(), "pending");

    let which = world.say(None, "add a to-do called Buy tape").await;
    assert!(which.response.contains("Which project?"), "{}", which.response);
    let yes = world.say(Some(&which.run.session_id), "yes").await.response;
    assert!(yes.contains("is not one of them") && yes.contains("Which project?"), "{yes}");
}
