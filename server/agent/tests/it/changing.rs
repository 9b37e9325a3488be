//! Everyday changes in plain words: who does a to-do, when it is due, cards, messages, several at once, and back again.

use crate::approvals::told_after;
use crate::world::{World, amara};
use agent::follow::Answered;
use domain::approval::Approval;
use domain::chat::ChatRunStatus;
use domain::mirror::MirrorState;
use domain::todo::Todo;
use serde_json::{Value, json};
use std::time::Duration;
use tools::tool::CallContext;

/// Says something that needs a yes, and gives it.
pub(crate) async fn allowed(world: &World, text: &str) -> (Approval, String) {
    let answered = world.say(None, text).await;
    let approval = waiting(world, &answered).await;
    world.agent.approve(&amara(), &approval.id, None, None).await.unwrap();
    (approval, told_after(world, &answered).await)
}

pub(crate) async fn waiting(world: &World, answered: &Answered) -> Approval {
    assert_eq!(answered.run.status, ChatRunStatus::WaitingApproval, "{}", answered.response);
    world.pending().await.pop().unwrap()
}

async fn todo(world: &World, title: &str) -> Todo {
    let open = world.open_todos().await;
    open.into_iter().find(|it| it.title == title).unwrap_or_else(|| panic!("no {title}"))
}

pub(crate) async fn ok(world: &World, tool: &str, args: Value) -> Value {
    world.tools.call(&amara(), tool, &args, &CallContext::default()).await.unwrap()
}

/// Fills the mirror, whole.
async fn synced(world: &World) {
    world.basecamp.hurry_sync(&amara()).await.unwrap();
    for _ in 0..300 {
        world.basecamp.sync_once().await.unwrap();
        let status = world.basecamp.mirror_status(&amara()).await.unwrap();
        if status.state == MirrorState::Following {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{}: the mirror never filled", world.test.name);
}

#[tokio::test]
async fn a_todo_gets_somebody_a_day_and_a_name_and_keeps_the_rest() {
    for world in World::both().await {
        let before = todo(&world, "Mobile menu").await;
        let (asked, told) = allowed(&world, "assign Mobile menu to Priya").await;
        assert!(
            asked.summary.contains("“Mobile menu”: assigned to Priya Raman instead of"),
            "{}",
            asked.summary
        );
        assert!(told.contains("is now assigned to Priya Raman"), "{told}");
        let after = todo(&world, "Mobile menu").await;
        assert_eq!(
            after.assignees.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(),
            ["Priya Raman"]
        );
        assert_eq!((&after.due_on, &after.description), (&before.due_on, &before.description));

        let (asked, told) = allowed(&world, "set Mobile menu due tomorrow").await;
        assert!(
            asked.summary.contains("due ") && asked.summary.contains(" instead of "),
            "{}",
            asked.summary
        );
        assert!(told.contains("is now due tomorrow"), "{told}");
        let after = todo(&world, "Mobile menu").await;
        assert_ne!(after.due_on, before.due_on);
        assert_eq!(after.assignees.len(), 1);

        let (_, told) = allowed(&world, "clear the due date of Mobile menu").await;
        assert!(told.contains("has no due date any more"), "{told}");
        assert_eq!(todo(&world, "Mobile menu").await.due_on, None);
        let nothing = world.say(None, "postpone Mobile menu by two days").await.response;
        assert!(nothing.contains("has no due date to move"), "{nothing}");

        let (_, told) = allowed(&world, "rename Mobile menu to Mobile navigation").await;
        assert!(told.contains("is now called “Mobile navigation”"), "{told}");
    }
}

#[tokio::test]
async fn somebody_who_is_not_there_is_asked_about_and_nothing_changes() {
    let world = World::new().await;
    let asked = world.say(None, "assign Mobile menu to Zoltan").await;
    assert!(asked.response.contains("No person is called “Zoltan”"), "{}", asked.response);
    assert!(world.pending().await.is_empty());
    let answered = world.say(Some(&asked.run.session_id), "Theo Marsh").await;
    assert!(waiting(&world, &answered).await.summary.contains("Theo Marsh"));
}

#[tokio::test]
async fn cards_are_added_moved_and_found() {
    let world = World::new().await;
    let (asked, told) =
        allowed(&world, "add a card called Cookie banner copy to Website relaunch").await;
    assert!(
        asked.summary.contains("“Cookie banner copy” is added to the column Triage"),
        "{}",
        asked.summary
    );
    assert!(told.starts_with("Added the card [Cookie banner copy]("), "{told}");
    let (asked, told) = allowed(&world, "move the card Cookie banner copy to Review").await;
    assert!(asked.summary.contains("goes from Triage to Review"), "{}", asked.summary);
    assert!(told.contains("to Review in Website relaunch"), "{told}");
    let found = ok(&world, "search_cards", json!({ "query": "Cookie banner copy" })).await;
    assert_eq!(found["cards"][0]["parent"]["title"], "Review");
    let shown = world.say(None, "show the cards of Website relaunch").await.response;
    assert!(shown.contains("Review") && shown.contains("Cookie banner copy"), "{shown}");
}

#[tokio::test]
async fn a_message_and_a_line_in_the_chat_are_posted_after_a_yes() {
    let world = World::new().await;
    let (asked, told) = allowed(
        &world,
        "post a message to Website relaunch saying The proofs are in. Please look today",
    )
    .await;
    assert!(asked.summary.contains("“The proofs are in”"), "{}", asked.summary);
    assert!(told.starts_with("Posted [The proofs are in]("), "{told}");
    let (_, told) = allowed(&world, "say in the chat of Website relaunch: lunch is here").await;
    assert!(told.contains("“lunch is here”"), "{told}");
}

#[tokio::test]
async fn several_requests_are_done_one_after_the_other_each_with_its_own_yes() {
    for world in World::both().await {
        let said = "Complete Mobile menu and assign Menu board copy to Ben. What is overdue?";
        let answered = world.say(None, said).await;
        let first = waiting(&world, &answered).await;
        assert!(first.summary.contains("Mobile menu"), "{}", first.summary);
        world.agent.approve(&amara(), &first.id, None, None).await.unwrap();
        told_after(&world, &answered).await;
        let second = world.pending().await.pop().unwrap();
        assert!(second.summary.contains("Menu board copy"), "{}", second.summary);
        assert!(second.summary.contains("Ben Okafor"), "{}", second.summary);
        assert!(!world.has_open("Mobile menu").await, "{}", world.test.name);
    }
}

#[tokio::test]
async fn the_team_and_what_happened_are_told() {
    let world = World::new().await;
    let load = world.say(None, "who has the most work?").await.response;
    assert!(load.contains("Theo Marsh · ") && load.contains(" overdue · "), "{load}");
    let nobody = world.say(None, "which to-dos have nobody on them?").await.response;
    assert!(nobody.contains("Playlist card by the till"), "{nobody}");
    let person = world.say(None, "who is Theo?").await.response;
    assert!(person.starts_with("**Theo Marsh**"), "{person}");
    let team = world.say(None, "who works on the Website relaunch?").await.response;
    assert!(team.contains("Theo Marsh"), "{team}");
    let early = world.say(None, "what happened in Website relaunch yesterday?").await.response;
    assert!(early.contains("not known yet"), "{early}");
    synced(&world).await;
    allowed(&world, "complete Mobile menu").await;
    let done = world.say(None, "what did we finish today?").await.response;
    assert!(done.contains("Mobile menu"), "{done}");
    let news = world.say(None, "what happened in Website relaunch today?").await.response;
    assert!(news.contains("Mobile menu"), "{news}");
}

#[tokio::test]
async fn two_todos_named_in_one_breath_are_two() {
    let world = World::new().await;
    let answered = world.say(None, "complete Menu board copy and Loyalty card wording").await;
    let first = waiting(&world, &answered).await;
    world.agent.approve(&amara(), &first.id, None, None).await.unwrap();
    told_after(&world, &answered).await;
    let second = world.pending().await.pop().unwrap();
    assert!(first.summary.contains("Menu board copy"), "{}", first.summary);
    assert!(second.summary.contains("Loyalty card wording"), "{}", second.summary);
}

#[tokio::test]
async fn a_name_at_the_end_is_who_does_it() {
    let world = World::new().await;
    let said = "add to-do call the printer to Website relaunch for Priya tomorrow";
    let asked = world.say(None, said).await;
    let answered = world.say(Some(&asked.run.session_id), "Content").await;
    let approval = waiting(&world, &answered).await;
    assert!(
        approval.summary.contains("“call the printer”") && approval.summary.contains("Priya Raman"),
        "{}",
        approval.summary
    );
}

/// What a sentence asks to change, refused so that nothing changes.
async fn asked_for(world: &World, text: &str) -> Approval {
    let answered = world.say(None, text).await;
    let approval = waiting(world, &answered).await;
    world.agent.reject(&amara(), &approval.id, None).await.unwrap();
    told_after(world, &answered).await;
    approval
}

#[tokio::test]
async fn places_of_new_cards_and_todos_are_told_apart() {
    let world = World::new().await;
    for said in [
        "add a card \"Poster\" to Website relaunch in In progress",
        "add a card Poster to Website relaunch in In progress",
        "add a card called Poster to the Website relaunch project in the column In progress",
    ] {
        let asked = asked_for(&world, said).await.summary;
        assert!(asked.contains("“Poster” is added to the column In progress"), "{said}: {asked}");
    }
    for said in [
        "add a to-do \"Ring Hotel\" to the Content list in website relaunch",
        "add a to-do \"Ring Hotel\" to the list Content of the Website relaunch project",
        "add a to-do \"Ring Hotel\" to the list Content of website relaunch",
    ] {
        let asked = asked_for(&world, said).await.summary;
        assert!(asked.contains("“Ring Hotel”") && asked.contains("Content"), "{said}: {asked}");
    }
    let said = "add a todo Call the florist to the Halden project for Sofia due in two weeks";
    let asked = world.say(None, said).await;
    assert!(asked.response.contains("Which list?"), "{}", asked.response);
    let answered = world.say(Some(&asked.run.session_id), "Launch kit").await;
    let approval = waiting(&world, &answered).await;
    for part in ["“Call the florist”", "Sofia Duarte", "Launch kit", "due "] {
        assert!(approval.summary.contains(part), "{}", approval.summary);
    }
}

#[tokio::test]
async fn a_completed_todo_is_found_by_its_name_in_any_project() {
    let world = World::new().await;
    let approval = asked_for(&world, "reopen the to-do Kick-off notes").await;
    assert!(approval.summary.contains("Kick-off notes"), "{}", approval.summary);
    let several = world.say(None, "reopen the to-do logo routes").await.response;
    assert!(!several.contains("Which project?"), "{several}");
}

#[tokio::test]
async fn a_name_is_found_without_its_accents() {
    let world = World::new().await;
    let working = world.say(None, "what is Lucia working on?").await.response;
    assert!(working.contains("Lucía Ferrer"), "{working}");
    let approval = asked_for(&world, "assign Menu board copy to Lucia").await;
    assert!(approval.summary.contains("Lucía Ferrer"), "{}", approval.summary);
    let approval = asked_for(&world, "assign Menu board copy to Sofía").await;
    assert!(approval.summary.contains("Sofia Duarte"), "{}", approval.summary);
}

#[tokio::test]
async fn the_second_one_is_the_second_row_of_the_list_before() {
    let world = World::new().await;
    let asked = world.say(None, "complete the second one").await;
    assert!(asked.response.contains("Which to-do do you mean?"), "{}", asked.response);
    assert!(world.pending().await.is_empty());
    let answered = world.say(Some(&asked.run.session_id), "Menu board copy").await;
    assert!(waiting(&world, &answered).await.summary.contains("Menu board copy"));

    let world = World::new().await;
    let shown = world.say(None, "what is overdue?").await;
    let rows: Vec<&str> = shown.response.lines().filter(|it| it.starts_with("- ")).collect();
    let title = rows[1].split(['[', ']']).nth(1).unwrap().to_owned();
    let answered = world.say(Some(&shown.run.session_id), "complete the second one").await;
    let approval = waiting(&world, &answered).await;
    assert!(approval.summary.contains(&title), "{title}: {}", approval.summary);

    let world = World::new().await;
    let shown = world.say(None, "what is overdue?").await;
    let answered =
        world.say(Some(&shown.run.session_id), "complete the first and second one").await;
    let first = waiting(&world, &answered).await;
    world.agent.approve(&amara(), &first.id, None, None).await.unwrap();
    told_after(&world, &answered).await;
    let second = world.pending().await.pop().unwrap();
    assert!(!first.summary.contains(&title) && second.summary.contains(&title), "{title}");
    let cards = world.say(None, "which cards are there in Website relaunch?").await;
    let asked = world.say(Some(&cards.run.session_id), "complete the second one").await.response;
    assert!(asked.contains("Which to-do do you mean?"), "{asked}");
}

#[tokio::test]
async fn nobody_or_one_less_does_a_todo() {
    let world = World::new().await;
    let (_, told) = allowed(&world, "unassign Ben from Menu board copy").await;
    assert!(told.contains("is no longer assigned to Ben Okafor"), "{told}");
    assert!(todo(&world, "Menu board copy").await.assignees.is_empty());
    let both = todo(&world, "Rehearse the switch-over").await;
    assert_eq!(both.assignees.len(), 2);
    allowed(&world, "unassign Theo from Rehearse the switch-over").await;
    let one = todo(&world, "Rehearse the switch-over").await;
    assert_eq!(
        one.assignees.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(),
        ["Priya Raman"]
    );
    let (_, told) = allowed(&world, "unassign Quote from second printer").await;
    assert!(told.contains("Quote from second printer") && told.contains("to nobody"), "{told}");
    let nothing = world.say(None, "unassign Ben from Mobile menu").await.response;
    assert!(nothing.contains("is not assigned to Ben Okafor"), "{nothing}");
}

#[tokio::test]
async fn a_card_moves_without_being_called_one() {
    let world = World::new().await;
    let approval = asked_for(&world, "move Checkout copy to review").await;
    assert!(approval.summary.contains("goes from In progress to Review"), "{}", approval.summary);
    let nothing = world.say(None, "move Mobile menu to Design").await.response;
    assert!(nothing.contains("no card called “Mobile menu”"), "{nothing}");
}

#[tokio::test]
async fn several_new_todos_get_a_yes_each() {
    let world = World::new().await;
    let said = "create two to-dos in the Content list of Website relaunch: Ring Ana, Buy paper";
    let answered = world.say(None, said).await;
    let first = waiting(&world, &answered).await;
    world.agent.approve(&amara(), &first.id, None, None).await.unwrap();
    told_after(&world, &answered).await;
    let second = world.pending().await.pop().unwrap();
    assert!(first.summary.contains("“Ring Ana”"), "{}", first.summary);
    assert!(second.summary.contains("“Buy paper”"), "{}", second.summary);
}

#[tokio::test]
async fn what_a_message_says_is_said_once() {
    let world = World::new().await;
    let approval = asked_for(&world, "post a message to Website relaunch saying Alpha four").await;
    assert_eq!(approval.summary.matches("Alpha four").count(), 1, "{}", approval.summary);
    let said = "post a message to Website relaunch saying The proofs are in. Please look today";
    let approval = asked_for(&world, said).await;
    assert!(!approval.summary.contains("now called"), "{}", approval.summary);
    assert!(
        approval.summary.contains("saying “The proofs are in. Please look"),
        "{}",
        approval.summary
    );
}

#[tokio::test]
async fn a_flow_is_told_without_its_templates() {
    let world = World::new().await;
    let built = world.say(None, "every weekday at 9, tell me what is overdue").await.response;
    assert!(built.contains("(the count)") && !built.contains("{{"), "{built}");
    let flows = world.say(None, "show my flows").await.response;
    assert!(flows.contains("Every weekday"), "{flows}");
}
