//! Nothing others would see happens before a person says so, and then it happens once.

use crate::world::{World, actor, amara};
use agent::config::Config;
use agent::follow::Answered;
use agent::llm::scripted::{Scripted, Step};
use agent::planner::Planner;
use domain::approval::{Approval, ApprovalStatus, Effects, Risk, RuleScope};
use domain::chat::ChatRunStatus;
use domain::event::EventKind;
use domain::ids::{ApprovalId, SessionId};
use domain::problem::Problem;
use std::sync::Arc;
use std::time::Duration;
use store::approvals::{self, ApprovalFilter, NewApproval};
use store::events;
use store::operations::OperationFilter;
use store::testing::TestDb;

pub(crate) const TITLE: &str = "Approve the cookie notice wording";

/// Asked to complete a to-do, it waits.
pub(crate) async fn asked(world: &World) -> (Answered, Approval) {
    let answered = world.say(None, &format!("complete {TITLE}")).await;
    assert_eq!(answered.run.status, ChatRunStatus::WaitingApproval, "{}", answered.response);
    assert!(answered.response.contains("waits for your approval"), "{}", answered.response);
    let approval = world.pending().await.pop().unwrap();
    assert_eq!(answered.run.approval_id.as_ref(), Some(&approval.id));
    (answered, approval)
}

/// What the run that carried on said.
pub(crate) async fn told_after(world: &World, asked: &Answered) -> String {
    let after = Some((asked.run.id.clone(), i64::MAX));
    let mut following =
        world.agent.follow_session(&amara(), &asked.run.session_id, after).await.unwrap();
    let mut text = String::new();
    while let Some(event) = following.next().await.unwrap() {
        if event.event == "response" {
            text = event.data["content"].as_str().unwrap().to_owned();
        }
        if event.event == "done" {
            break;
        }
    }
    text
}

async fn operations(world: &World) -> usize {
    let filter = OperationFilter { limit: 50, ..OperationFilter::default() };
    world.agent.operations(&amara(), filter).await.unwrap().0.len()
}

async fn audited(world: &World, kind: EventKind) -> usize {
    let mut conn = world.db.read().await.unwrap();
    let all = events::after(&mut conn, &amara().workspace, 0, 1_000).await.unwrap();
    all.iter().filter(|it| it.event.kind == kind).count()
}

pub(crate) fn status_of<T>(outcome: Result<T, Problem>) -> (u16, Option<String>) {
    match outcome {
        Ok(_) => (200, None),
        Err(Problem::Conflict { status, .. }) => (409, status),
        Err(problem) => (problem.status(), None),
    }
}

#[tokio::test]
async fn approving_completes_once_and_is_audited() {
    for world in World::both().await {
        let (answered, approval) = asked(&world).await;
        assert_eq!(approval.title, "Complete a to-do in Website relaunch");
        assert!(
            approval.summary.contains(TITLE) && approval.summary.contains("Launch day"),
            "{}",
            approval.summary
        );
        assert!(world.has_open(TITLE).await, "{}", world.test.name);
        let decided = world.agent.approve(&amara(), &approval.id, None, None).await.unwrap();
        assert_eq!(decided.approval.status, ApprovalStatus::Approved);
        assert!(decided.approval.result.is_some() && decided.approval.operation_id.is_some());
        assert!(!world.has_open(TITLE).await);
        let told = told_after(&world, &answered).await;
        assert!(told.starts_with("Completed [Approve the cookie notice wording]("), "{told}");
        let again = world.agent.approve(&amara(), &approval.id, None, None).await;
        assert_eq!(status_of(again), (409, Some("approved".to_owned())));
        assert_eq!(operations(&world).await, 1);
        for kind in [EventKind::ApprovalAsked, EventKind::ApprovalDecided, EventKind::ToolUsed] {
            assert_eq!(audited(&world, kind).await, 1, "{kind:?}");
        }
    }
}

#[tokio::test]
async fn rejecting_changes_nothing_and_the_answer_says_so() {
    for world in World::both().await {
        let (answered, approval) = asked(&world).await;
        let reason = Some("call the client instead".to_owned());
        let rejected = world.agent.reject(&amara(), &approval.id, reason).await.unwrap();
        assert_eq!(rejected.status, ApprovalStatus::Rejected);
        let told = told_after(&world, &answered).await;
        assert!(
            told.contains("call the client instead") && told.contains("Nothing was changed"),
            "{told}"
        );
        assert!(world.has_open(TITLE).await, "{}", world.test.name);
        assert_eq!(
            (
                crate::waiting::states(&world).await,
                audited(&world, EventKind::ApprovalDecided).await
            ),
            (vec!["rejected".to_owned()], 1)
        );
        let late = world.agent.approve(&amara(), &approval.id, None, None).await;
        assert_eq!(status_of(late), (409, Some("rejected".to_owned())));
    }
}

#[tokio::test]
async fn of_two_people_who_decide_at_once_one_wins() {
    let world = World::new().await;
    let (_, approval) = asked(&world).await;
    let (amara, mika) = (amara(), actor("mika"));
    let both = tokio::join!(
        world.agent.approve(&amara, &approval.id, None, None),
        world.agent.reject(&mika, &approval.id, None),
    );
    let mut statuses = [status_of(both.0).0, status_of(both.1).0];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
}

#[tokio::test]
async fn who_may_not_decide_is_refused() {
    let world = World::new().await;
    let (_, approval) = asked(&world).await;
    assert_eq!(status_of(world.agent.approval(&actor("vera"), &approval.id).await).0, 404);
    assert_eq!(
        status_of(world.agent.approve(&actor("vera"), &approval.id, None, None).await).0,
        404
    );
    let missing = ApprovalId::from("missing");
    assert_eq!(status_of(world.agent.approve(&amara(), &missing, None, None).await).0, 404);
    assert!(world.has_open(TITLE).await);
}

#[tokio::test]
async fn a_viewer_is_refused_instead_of_asked() {
    let world = World::new().await;
    let answered = world.say_as(&actor("vera"), None, &format!("complete {TITLE}")).await;
    let told = "You can look at everything here, but not change it. Ask Amara Osei";
    assert!(answered.response.contains(told), "{}", answered.response);
    assert!(world.has_open(TITLE).await && world.pending().await.is_empty());
}

#[tokio::test]
async fn an_approval_outlives_a_restart() {
    let world = World::new().await;
    let (answered, approval) = asked(&world).await;
    let world = world.reopened(Arc::new(Planner), Config::default()).await;
    world.agent.approve(&amara(), &approval.id, None, None).await.unwrap();
    assert!(!world.has_open(TITLE).await);
    assert!(told_after(&world, &answered).await.starts_with("Completed"));
}

#[tokio::test]
async fn a_record_that_changed_meanwhile_is_asked_about_anew() {
    let world = World::new().await;
    let (_, approval) = asked(&world).await;
    let todo = world.open_todos().await.into_iter().find(|it| it.title == TITLE).unwrap();
    world.basecamp.complete_todo(&amara(), todo.id).await.unwrap();
    let outcome = world.agent.approve(&amara(), &approval.id, None, None).await;
    assert_eq!(status_of(outcome), (409, Some("expired".to_owned())));
    let expired = world.agent.approval(&amara(), &approval.id).await.unwrap();
    assert!(expired.note.unwrap().contains("changed since"));
}

#[tokio::test]
async fn nobody_answering_in_time_counts_as_no() {
    let config = Config { approval_wait: Duration::ZERO, ..Config::default() };
    let world = World::with(Arc::new(Planner), config).await;
    let (answered, approval) = asked(&world).await;
    let late = world.agent.approve(&amara(), &approval.id, None, None).await;
    assert_eq!(status_of(late), (409, Some("expired".to_owned())));
    assert!(told_after(&world, &answered).await.contains("Nothing was changed"));
    assert!(world.has_open(TITLE).await);
}

#[tokio::test]
async fn adding_and_commenting_ask_first_too() {
    let world = World::new().await;
    let answered = world.say(None, "add a to-do called Send the brief to the Build list of the Website relaunch project, due tomorrow").await;
    assert_eq!(answered.run.status, ChatRunStatus::WaitingApproval, "{}", answered.response);
    let approval = world.pending().await.pop().unwrap();
    assert!(
        approval
            .summary
            .contains("“Send the brief” is added to the list Build in Website relaunch"),
        "{}",
        approval.summary
    );
    let decided = world.agent.approve(&amara(), &approval.id, None, None).await.unwrap();
    assert!(decided.approval.result.unwrap()["undoable"].as_bool().unwrap());
    assert!(world.has_open("Send the brief").await);
    world.say(None, "comment on Send the brief: it is with the client").await;
    let approval = world.pending().await.pop().unwrap();
    world.agent.approve(&amara(), &approval.id, None, None).await.unwrap();
    let todo =
        world.open_todos().await.into_iter().find(|it| it.title == "Send the brief").unwrap();
    let comments = world.basecamp.comments(&amara(), todo.id).await.unwrap();
    assert_eq!(comments[0].content.trim(), "it is with the client");
}

#[tokio::test]
async fn edited_arguments_are_what_happens() {
    let world = World::new().await;
    world
        .say(
            None,
            "add a to-do called Send the brief to the Build list of the Website relaunch project",
        )
        .await;
    let approval = world.pending().await.pop().unwrap();
    let mut args = approval.args.clone();
    args["task"] = "Send the final brief".into();
    args["colour"] = "red".into();
    let wrong = world.agent.approve(&amara(), &approval.id, None, Some(args.clone())).await;
    assert_eq!(status_of(wrong).0, 400);
    args.as_object_mut().unwrap().remove("colour");
    world.agent.approve(&amara(), &approval.id, None, Some(args)).await.unwrap();
    assert!(
        world.has_open("Send the final brief").await && !world.has_open("Send the brief").await
    );
}

const ADD: &str = "to the Build list of the Website relaunch project";

/// Adds a to-do as somebody, and says how the run ended.
async fn adds(world: &World, who: &str, title: &str) -> ChatRunStatus {
    world.say_as(&actor(who), None, &format!("add a to-do called {title} {ADD}")).await.run.status
}

#[tokio::test]
async fn a_remembered_yes_is_not_asked_again_until_it_is_taken_back() {
    for world in World::both().await {
        assert_eq!(adds(&world, "amara", "First").await, ChatRunStatus::WaitingApproval);
        let approval = world.pending().await.pop().unwrap();
        assert_eq!(approval.remember, RuleScope::ALL);
        let scope = Some(RuleScope::Project);
        world.agent.approve_for(&amara(), &approval.id, (None, None), scope).await.unwrap();
        for who in ["amara", "mika"] {
            assert_eq!(adds(&world, who, "Second").await, ChatRunStatus::Succeeded, "{who}");
        }
        let elsewhere =
            "add a to-do called Third to the Packaging list of the Halden Coffee rebrand project";
        assert_eq!(world.say(None, elsewhere).await.run.status, ChatRunStatus::WaitingApproval);
        let (_, other) = asked_in(&world, TITLE).await;
        assert_eq!(other.status, ApprovalStatus::Pending, "another tool still asks");
        let rules = world.agent.approval_rules(&amara()).await.unwrap();
        assert_eq!(
            (rules.len(), rules[0].scope, rules[0].tool.as_str()),
            (1, RuleScope::Project, "create_todo")
        );
        assert!(world.agent.approval_rules(&actor("mika")).await.unwrap().is_empty());
        assert_eq!(status_of(world.agent.forget_rule(&actor("mika"), &rules[0].id).await).0, 404);
        world.agent.forget_rule(&amara(), &rules[0].id).await.unwrap();
        assert_eq!(adds(&world, "amara", "Fourth").await, ChatRunStatus::WaitingApproval);
    }
}

async fn asked_in(world: &World, title: &str) -> (Answered, Approval) {
    let answered = world.say(None, &format!("complete {title}")).await;
    (answered, world.pending().await.into_iter().find(|it| it.tool == "complete_todo").unwrap())
}

#[tokio::test]
async fn a_member_remembers_for_themselves_only() {
    let world = World::new().await;
    let mika = actor("mika");
    assert_eq!(adds(&world, "mika", "First").await, ChatRunStatus::WaitingApproval);
    let approval = world.pending().await.pop().unwrap();
    let wide = world
        .agent
        .approve_for(&mika, &approval.id, (None, None), Some(RuleScope::Workspace))
        .await;
    assert_eq!(status_of(wide).0, 403);
    let own = Some(RuleScope::Asker);
    world.agent.approve_for(&mika, &approval.id, (None, None), own).await.unwrap();
    assert_eq!(adds(&world, "mika", "Second").await, ChatRunStatus::Succeeded);
    assert_eq!(adds(&world, "amara", "Third").await, ChatRunStatus::WaitingApproval);
}

#[tokio::test]
async fn what_deletes_is_never_remembered_and_needs_four_eyes_where_they_are_wanted() {
    let mut world = World::new().await;
    let todo = world.open_todos().await.into_iter().find(|it| it.title == TITLE).unwrap();
    let args = serde_json::json!({"project": todo.project_id.to_string(), "recording_id": todo.id});
    let steps = [Step::call("trash_recording", args), Step::Say("Done".into())];
    world.answered_by(Arc::new(Scripted::new(steps)), Config::default());
    let rules = serde_json::json!({"approvals": {"fourEyes": true}});
    world.agent.change_workspace_settings(&amara(), rules, false).await.unwrap();
    world.say(None, "trash it").await;
    let approval = world.pending().await.pop().unwrap();
    assert!(approval.remember.is_empty());
    let remembered =
        world.agent.approve_for(&amara(), &approval.id, (None, None), Some(RuleScope::Asker)).await;
    assert_eq!(status_of(remembered).0, 403, "four eyes come first");
    assert_eq!(status_of(world.agent.approve(&amara(), &approval.id, None, None).await).0, 403);
    let off = serde_json::json!({"approvals": {"fourEyes": false}});
    world.agent.change_workspace_settings(&amara(), off, false).await.unwrap();
    let remembered =
        world.agent.approve_for(&amara(), &approval.id, (None, None), Some(RuleScope::Asker)).await;
    assert_eq!(status_of(remembered).0, 400, "never remembered");
    assert!(world.has_open(TITLE).await);
    world.agent.approve(&amara(), &approval.id, None, None).await.unwrap();
    assert!(!world.has_open(TITLE).await);
}

const SECRET: &str = "hunter22-hunter22";

fn connection(secret: &str) -> serde_json::Value {
    serde_json::json!({
        "name": "CRM", "piece_name": "@activepieces/piece-http", "type": "SECRET_TEXT",
        "value": {"secret_text": secret},
    })
}

/// Everything the database holds of a conversation and its approvals.
async fn kept(world: &World, session: &SessionId) -> String {
    let mut conn = world.db.read().await.unwrap();
    let filter = ApprovalFilter { limit: 50, ..ApprovalFilter::default() };
    let all = approvals::list(&mut conn, &amara().workspace, &filter).await.unwrap();
    drop(conn);
    let shown = world.agent.conversation(&amara(), session, 100).await.unwrap();
    format!("{all:?} {shown:?}")
}

#[tokio::test]
async fn a_secret_that_waits_is_sealed_and_works_after_the_yes() {
    for test in TestDb::both().await {
        let steps =
            [Step::call("flow_connection_create", connection(SECRET)), Step::Say("Done".into())];
        let model = Arc::new(Scripted::new(steps));
        let world = World::with_on(test, model, Config::default()).await;
        let answered = world.say(None, "connect the CRM").await;
        let session = answered.run.session_id.clone();
        let approval = world.pending().await.pop().unwrap();
        assert_eq!(approval.args["value"], "***");
        assert!(approval.summary.contains("value: ***"), "{}", approval.summary);
        assert!(!kept(&world, &session).await.contains("hunter22"), "{}", world.test.name);
        // What was shown masked and sent back unchanged is the secret that was kept.
        let edited = Some(approval.args.clone());
        let done = world.agent.approve(&amara(), &approval.id, None, edited).await.unwrap();
        assert_eq!(done.approval.result.unwrap()["connection"]["status"], "ACTIVE");
        assert!(!kept(&world, &session).await.contains("hunter22"));
        let made = world.flows.connections().list(&amara(), None).await.unwrap();
        assert_eq!((made.len(), made[0].display_name.as_str()), (1, "CRM"));
    }
}

#[tokio::test]
async fn what_an_earlier_version_kept_readable_is_sealed_at_the_next_start() {
    for world in World::both().await {
        let new = NewApproval {
            id: ApprovalId::from("old"),
            kind: "tool",
            title: "Make a connection".into(),
            summary: format!("Stores a connection, encrypted. value: {SECRET}"),
            effects: Effects::default(),
            tool: "flow_connection_create".into(),
            args: connection(SECRET),
            args_hash: "h".into(),
            guard: serde_json::Value::Null,
            risk: Risk::Write,
            asked_by: amara().user,
            asked_by_name: "Amara".into(),
            run_id: None,
            session_id: None,
            flow_id: None,
            call_id: None,
            expires_at_ms: i64::MAX / 2,
        };
        let write = world.db.write(move |tx| {
            Box::pin(async move { approvals::insert(tx, &amara().workspace, &new).await })
        });
        write.await.unwrap();
        let find = async || {
            let mut conn = world.db.read().await.unwrap();
            let id = ApprovalId::from("old");
            approvals::find(&mut conn, &amara().workspace, &id).await.unwrap().unwrap()
        };
        world.tools.seal_what_waits().await.unwrap();
        let sealed = find().await;
        assert!(!format!("{sealed:?}").contains("hunter22"), "{}", world.test.name);
        let both = (&sealed.approval.args, &connection(SECRET));
        assert!(world.tools.is_same_call(&amara().workspace, "flow_connection_create", both));
        world.tools.seal_what_waits().await.unwrap();
        assert_eq!(find().await.approval, sealed.approval);
    }
}
