//! Flows from plain words: step by step, through typed edits, with one question when something is missing.

use crate::world::{World, amara};
use agent::follow::Answered;
use domain::chat::ChatRunStatus;
use domain::flow::listing::{FlowFilter, NewFlow, UNTITLED};
use domain::flow::{ActionKind, Flow, FlowStatus, TriggerKind, tree, validate};
use domain::ids::FlowId;
use serde_json::{Value, json};

const STORY: &str = "When a webhook arrives, add a to-do called {{name}} to the Website relaunch project and tell me";

/// The flow that the answer links.
pub(crate) async fn flow_of(world: &World, answered: &Answered) -> Flow {
    let (_, rest) = answered
        .response
        .split_once("](/flows/")
        .unwrap_or_else(|| panic!("{}", answered.response));
    let id = FlowId::from(rest.split(')').next().unwrap());
    world.flows.get(&amara(), &id).await.unwrap()
}

fn input(flow: &Flow, step: &str) -> Value {
    match &tree::find(&flow.version.trigger, step).unwrap().kind {
        ActionKind::Piece(settings) => json!(settings.input),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_story_asks_which_list_and_builds_the_flow_step_by_step() {
    for world in World::both().await {
        let asked = world.say(None, STORY).await;
        assert!(asked.response.starts_with("Which list?"), "{}", asked.response);
        for list in ["Content", "Design", "Build", "Launch day"] {
            assert!(asked.response.contains(&format!("- {list}")), "{}", asked.response);
        }
        assert!(world.flows.list(&amara(), &Default::default()).await.unwrap().data.is_empty());
        let built = world.say(Some(&asked.run.session_id), "Content").await;
        assert_eq!(built.run.status, ChatRunStatus::Succeeded, "{}", built.response);
        let flow = flow_of(&world, &built).await;
        assert!(validate::problems(&flow.version, None).is_empty(), "{}", world.test.name);
        assert!(
            matches!(&flow.version.trigger.kind, TriggerKind::Piece(it) if it.trigger_name.as_deref() == Some("catch_webhook"))
        );
        let todo = input(&flow, "step_1");
        assert_eq!(todo["inputs"]["content"], "{{trigger['body']['name']}}");
        let tell = input(&flow, "step_2");
        assert_eq!(
            (&tell["person"], &tell["message"]),
            (&json!("amara"), &json!("Added {{step_1['title']}} to Website relaunch"))
        );
        let events = world.events(&built.run.id).await;
        let saved: Vec<&str> = events
            .iter()
            .filter(|it| it.event == "flow")
            .map(|it| it.data["summary"].as_str().unwrap())
            .collect();
        assert_eq!(saved.len(), 4, "{saved:?}");
        let revisions: Vec<i64> = events
            .iter()
            .filter(|it| it.event == "flow")
            .map(|it| it.data["revision"].as_i64().unwrap())
            .collect();
        assert!(revisions.windows(2).all(|it| it[0] < it[1]), "{revisions:?}");
        assert!(
            events
                .iter()
                .any(|it| it.data["kind"] == "flow.edit" && it.data["status"] == "success")
        );
    }
}

#[tokio::test]
async fn publishing_asks_first_and_tells_the_address() {
    let world = World::new().await;
    let built = world.say(None, "When a webhook arrives, tell me Hello {{name}}").await;
    let session = built.run.session_id.clone();
    let asked = world.say(Some(&session), "publish it").await;
    assert_eq!(asked.run.status, ChatRunStatus::WaitingApproval, "{}", asked.response);
    assert_eq!(flow_of(&world, &built).await.status, FlowStatus::Disabled);
    let approval = world.pending().await.pop().unwrap();
    assert!(
        approval.title.starts_with("Publish “Tell me when a webhook arrives”"),
        "{}",
        approval.title
    );
    let decided = world.agent.approve(&amara(), &approval.id, None, None).await.unwrap();
    let told = world.agent.answer_of(&amara(), &decided.run.unwrap()).await.unwrap();
    assert!(told.response.contains("http://pmos.test/api/v1/webhooks/"), "{}", told.response);
    assert_eq!(flow_of(&world, &built).await.status, FlowStatus::Enabled);
}

#[tokio::test]
async fn times_branches_loops_and_requests_become_steps() {
    let world = World::new().await;
    for (text, steps) in [
        ("every weekday at 9, tell me Time for the stand-up", 1),
        ("every day at 8:30, send a GET request to https://example.com/ping", 1),
        ("when a webhook arrives, wait 2 hours, then post it to https://example.com/x", 2),
        (
            "when a webhook arrives, if {{amount}} is greater than 100, tell me Big order, otherwise tell me Small order",
            3,
        ),
        (
            "when a webhook arrives, for each order in orders, add a to-do called {{item}} to the Build list of the Website relaunch project",
            2,
        ),
        ("when i run it, comment on Mobile menu: please have a look", 1),
    ] {
        let built = world.say(None, text).await;
        let flow = flow_of(&world, &built).await;
        let problems = validate::problems(&flow.version, None);
        assert!(problems.is_empty(), "{text}: {problems:?}");
        assert_eq!(tree::steps(&flow.version.trigger).len(), steps, "{text}");
    }
}

#[tokio::test]
async fn a_new_flow_is_built_in_the_empty_one_on_the_page() {
    let world = World::new().await;
    let new = NewFlow { name: UNTITLED.to_owned(), ..NewFlow::default() };
    let blank = world.flows.create(&amara(), new).await.unwrap().id;
    let built = world
        .say_at(&blank, None, "Create a flow that when a webhook arrives, tells me Hello")
        .await;
    assert!(built.response.contains(blank.as_str()), "{}", built.response);
    let flow = world.flows.get(&amara(), &blank).await.unwrap();
    assert_ne!(flow.version.display_name, UNTITLED);
    assert_eq!(tree::steps(&flow.version.trigger).len(), 1);
    let all = async || world.flows.list(&amara(), &FlowFilter::default()).await.unwrap().data.len();
    assert_eq!(all().await, 1, "not in another one");
    // It holds something now, so the next one is another.
    world.say_at(&blank, None, "Create a flow that when a webhook arrives, tells me Bye").await;
    assert_eq!(all().await, 2);
    let kept = world.flows.get(&amara(), &blank).await.unwrap();
    assert_eq!(kept.version.trigger, flow.version.trigger);
}

#[tokio::test]
async fn the_flow_on_the_page_is_changed_in_place() {
    let world = World::new().await;
    let built = world
        .say(None, "when a webhook arrives, tell me Hello and tell Mika Holm that it began")
        .await;
    let flow = flow_of(&world, &built).await;
    let names = async || -> Vec<String> {
        let flow = world.flows.get(&amara(), &flow.id).await.unwrap();
        tree::steps(&flow.version.trigger).iter().map(|it| it.display_name.clone()).collect()
    };
    assert_eq!(names().await, ["Tell someone", "Tell someone"]);
    let session = built.run.session_id.clone();
    let added = world
        .say_at(&flow.id, Some(&session), "add a delay of 5 minutes after the first step")
        .await;
    assert!(added.response.contains("Wait 5 minutes"), "{}", added.response);
    assert_eq!(names().await, ["Tell someone", "Wait for", "Tell someone"]);
    let suggested = world.say_at(&flow.id, Some(&session), "delete step 4").await;
    assert!(suggested.response.contains("I would delete"), "{}", suggested.response);
    assert_eq!(names().await, ["Tell someone", "Wait for", "Tell someone"]);
    let open = world.flows.proposal(&amara(), &flow.id).await.unwrap().unwrap();
    let revision = world.flows.get(&amara(), &flow.id).await.unwrap().revision;
    world
        .flows
        .accept_proposal(&amara(), &flow.id, (&open.id, Default::default()), revision)
        .await
        .unwrap();
    assert_eq!(names().await, ["Tell someone", "Wait for"]);
    let replaced = world.say_at(&flow.id, Some(&session), "change step 2 to wait 2 hours").await;
    assert!(replaced.response.contains("Replaced “Tell someone”"), "{}", replaced.response);
    assert_eq!(names().await, ["Wait for", "Wait for"]);
    let kept = world.say_at(&flow.id, Some(&session), "delete step 1").await;
    assert!(kept.response.contains("keeps its trigger"), "{}", kept.response);
    world.say_at(&flow.id, Some(&session), "rename it to Front door").await;
    world.say_at(&flow.id, Some(&session), "start it every day at 9").await;
    let now = world.flows.get(&amara(), &flow.id).await.unwrap();
    assert_eq!(now.version.display_name, "Front door");
    assert!(
        matches!(&now.version.trigger.kind, TriggerKind::Piece(it) if it.trigger_name.as_deref() == Some("every_day"))
    );
    let explained = world.say_at(&flow.id, Some(&session), "what does it do?").await;
    assert!(
        explained.response.contains("Every day") && explained.response.contains("Wait for"),
        "{}",
        explained.response
    );
}

#[tokio::test]
async fn steps_go_inside_loops_and_branches_and_behind_failures() {
    let world = World::new().await;
    let words = "when a webhook arrives, for each of the items, tell me {{item.name}}";
    let flow = flow_of(&world, &world.say(None, words).await).await;
    let steps = async || {
        let flow = world.flows.get(&amara(), &flow.id).await.unwrap();
        flow.version.trigger.next_action.unwrap()
    };
    let inside = world.say_at(&flow.id, None, "add tell me {{item.id}} inside step 2").await;
    assert!(inside.response.contains("Added to"), "{}", inside.response);
    let body = steps().await.first_loop_action.unwrap();
    let text = serde_json::to_string(&body.kind).unwrap();
    assert!(text.contains("{{step_1['item']['id']}}"), "{text}");
    assert!(body.next_action.is_some(), "what was first comes after it");
    let refused = world.say_at(&flow.id, None, "add a delay of 5 minutes inside step 3").await;
    assert!(refused.response.contains("holds no steps"), "{}", refused.response);
    world.say_at(&flow.id, None, "tell me Oh no when step 3 fails").await;
    assert!(steps().await.first_loop_action.unwrap().on_error_action.is_some());

    let words = "when a webhook arrives, if the amount is over 5, tell me Much";
    let flow = flow_of(&world, &world.say(None, words).await).await;
    let said = async |words| world.say_at(&flow.id, None, words).await.response;
    let missing = said("add a delay of 5 minutes in the branch Other of step 2").await;
    assert!(missing.contains("Its branches are") && missing.contains("“Otherwise”"), "{missing}");
    said("add a delay of 5 minutes in the branch \"Otherwise\" of step 2").await;
    said("add a delay of 9 minutes in the first branch of step 2").await;
    let now = world.flows.get(&amara(), &flow.id).await.unwrap();
    let branches = now.version.trigger.next_action.unwrap().children.unwrap();
    let firsts: Vec<String> = branches.iter().flatten().map(|it| it.display_name.clone()).collect();
    assert_eq!(firsts, ["Wait for", "Wait for"]);
    assert!(said("Is anything missing before I publish?").await.contains("can be published"));
    let renamed = said("rename step 3 to Pear").await;
    assert!(renamed.contains("Renamed the step"), "{renamed}");
    let moved = said("move step 3 to the end").await;
    assert!(moved.contains("Moved “Pear”") || moved.contains("would move “Pear”"), "{moved}");
}

#[tokio::test]
async fn what_cannot_be_done_is_said_with_the_nearest_that_can() {
    let world = World::new().await;
    let built = world.say(None, "when a webhook arrives, email the client and tell me Done").await;
    assert!(
        built.response.contains("“email the client” is left out")
            && built.response.contains("inside PM OS"),
        "{}",
        built.response
    );
    assert_eq!(tree::steps(&flow_of(&world, &built).await.version.trigger).len(), 1);
    let refused = world.say(None, "when an invoice is paid, tell me").await;
    assert!(refused.response.contains("cannot watch for that"), "{}", refused.response);
    let asked = world.say(None, "create a flow that tells me Hello").await;
    assert!(asked.response.starts_with("What should start it?"), "{}", asked.response);
    let built = world.say(Some(&asked.run.session_id), "every Monday at 8").await;
    assert!(built.response.contains("every Monday at 08:00"), "{}", built.response);
}

#[tokio::test]
async fn flows_and_runs_are_listed_and_started() {
    let world = World::new().await;
    world.say(None, "when i run it, tell me Hello").await;
    let listed = world.say(None, "show my flows").await;
    assert!(
        listed.response.contains("1 flow") && listed.response.contains("draft"),
        "{}",
        listed.response
    );
    let started = world.say(None, "run the Tell me flow").await;
    assert!(started.response.contains("](/runs/"), "{}", started.response);
    let runs = world.say(None, "recent runs").await;
    assert!(runs.response.contains("Tell me when someone starts it by hand"), "{}", runs.response);
    assert!(world.say(None, "what failed?").await.response.contains("No run failed"));
}

#[tokio::test]
async fn a_report_goes_to_the_chat_of_the_project_that_is_named() {
    let world = World::new().await;
    let asked = world.say(None, "Every Monday at 9 post the overdue to-dos to the team chat").await;
    assert!(asked.response.starts_with("Which project?"), "{}", asked.response);
    let built = world.say(Some(&asked.run.session_id), "Website relaunch").await;
    let flow = flow_of(&world, &built).await;
    assert!(validate::problems(&flow.version, None).is_empty(), "{}", built.response);
    assert_eq!(input(&flow, "step_1")["operation"], "overdue_todos");
    let line = input(&flow, "step_2");
    assert_eq!(line["operation"], "create_chat_line");
    assert_eq!(
        line["inputs"]["content"], "Overdue: {{step_1['count']}}\n{{step_1['text']}}",
        "{line}"
    );
}

#[tokio::test]
async fn what_happens_in_basecamp_starts_a_flow() {
    let world = World::new().await;
    let said = "When a to-do is completed in Website relaunch, comment on it: Well done {{title}} and tell me";
    let built = world.say(None, said).await;
    let flow = flow_of(&world, &built).await;
    assert!(validate::problems(&flow.version, None).is_empty(), "{}", built.response);
    let TriggerKind::Piece(settings) = &flow.version.trigger.kind else { panic!("a piece") };
    assert_eq!(settings.trigger_name.as_deref(), Some("todo_completed"));
    assert!(settings.input["project"].is_number(), "{:?}", settings.input);
    let comment = input(&flow, "step_1");
    assert_eq!(comment["inputs"]["recording_id"], "{{trigger['id']}}");
    assert_eq!(comment["inputs"]["content"], "Well done {{trigger['title']}}");
    assert_eq!(
        input(&flow, "step_2")["message"],
        "{{trigger['title']}} is done in {{trigger['project']['name']}}"
    );
    let unknown = world.say(None, "when a to-do is added in Nowhere at all, tell me").await;
    assert!(unknown.response.starts_with("No project is called"), "{}", unknown.response);
}

#[tokio::test]
async fn words_of_any_length_are_posted_once() {
    let world = World::new().await;
    let words = "Please look at the plan for next week and say what is missing before Thursday noon, all of you";
    let said = format!("every Monday at 9 write \"{words}\" in the chat of Website relaunch");
    let built = world.say(None, &said).await;
    let line = input(&flow_of(&world, &built).await, "step_1");
    assert_eq!(line["inputs"]["content"], words, "{}", built.response);
}
