//! Ordinary sentences of a project manager, from one end to the other.

use crate::approvals::told_after;
use crate::changing::waiting;
use crate::world::{World, amara};
use agent::follow::Answered;
use serde_json::json;
use tools::tool::CallContext;

/// Agrees to what waits, and what is said then.
async fn stopped(world: &World, asked: &Answered) -> String {
    let approval = waiting(world, asked).await;
    assert_eq!(approval.tool, "flow_run_cancel", "{}", asked.response);
    let (title, words) = (&approval.title, &approval.summary);
    assert!(
        title.starts_with("Stop a run of “") && words.contains("stays done"),
        "{title}: {words}"
    );
    world.agent.approve(&amara(), &approval.id, None, None).await.unwrap();
    told_after(world, asked).await
}

#[tokio::test]
async fn the_run_of_a_flow_is_stopped_by_its_name_and_never_by_a_guess() {
    for world in World::both().await {
        let built =
            world.say(None, "when a webhook arrives, wait 2 hours and then tell me Hello").await;
        let session = built.run.session_id.clone();
        world.say(Some(&session), "rename it to Daily digest").await;
        let none = world.say(None, "stop the run of the Daily digest").await.response;
        assert!(none.contains("nothing was stopped"), "{none}");

        let ran = world.say(Some(&session), "run it").await.response;
        assert!(ran.contains("](/runs/"), "{ran}");
        let asked = world.say(None, "cancel the run of the Daily digest").await;
        assert!(stopped(&world, &asked).await.contains("of “Daily digest”"));
        let again = world.say(None, "stop that run").await.response;
        assert!(again.contains("nothing was stopped"), "{again}");

        world.say(Some(&session), "run it").await;
        world.say(Some(&session), "run it again").await;
        let asked = world.say(None, "stop the run of the Daily digest").await;
        assert!(asked.response.starts_with("Which run?"), "{}", asked.response);
        assert!(world.pending().await.is_empty());
        let one = world.say(Some(&asked.run.session_id), "1").await;
        assert!(stopped(&world, &one).await.starts_with("Stopped the "));
        let last = world.say(None, "cancel the last run").await;
        assert!(stopped(&world, &last).await.starts_with("Stopped the "));
        let flow = world.say(None, "stop the run of Nobody's flow").await;
        assert!(flow.response.contains("No flow is called"), "{}", flow.response);
    }
}

#[tokio::test]
async fn a_change_of_many_is_refused_in_plain_words_and_touches_nothing() {
    let world = World::new().await;
    for said in [
        "move the overdue to-dos to monday",
        "mark all overdue as done",
        "complete every to-do of Theo",
        "reassign the overdue to-dos to Theo",
        "complete my to-dos",
        "assign Theo's to-dos to Priya",
        "finish the late ones",
        "assign both to Priya",
        "comment on all overdue to-dos: hurry up",
    ] {
        let refused = world.say(None, said).await;
        assert!(refused.response.starts_with("I change one thing at a time"), "{said}");
        assert!(refused.run.tools_used.is_empty(), "{said}");
    }
    assert!(world.pending().await.is_empty());
}

#[tokio::test]
async fn people_months_and_what_went_wrong_are_told() {
    let world = World::new().await;
    let theo = world.say(None, "what is Theo working on this week?").await;
    assert_eq!(theo.run.tools_used.first().map(String::as_str), Some("list_todos_due"));
    assert!(theo.response.contains("this week for Theo Marsh"), "{}", theo.response);
    let idle = world.say(None, "who has nothing to do?").await.response;
    assert!(idle.contains("no open to-do") || idle.starts_with("Everybody"), "{idle}");
    assert!(!idle.contains("Theo Marsh"), "{idle}");
    let today = world.tools.today(&amara()).await.unwrap();
    let month = (today + chrono::Months::new(1)).format("in %B %Y").to_string();
    let due = world.say(None, &format!("what is due {month}?")).await.response;
    assert!(due.contains(&format!("due {month}")), "{due}");
    let done = world.say(None, "what has Theo completed?").await;
    assert!(done.run.tools_used.contains(&"pmos_what_changed".to_owned()), "{}", done.response);
    for said in ["what went wrong with the last run?", "what went wrong?"] {
        assert_eq!(world.say(None, said).await.response, "No run failed.", "{said}");
    }
}

#[tokio::test]
async fn words_of_another_language_are_told_that_only_english_is_understood() {
    let world = World::new().await;
    for said in ["was ist überfällig?", "¿Qué está atrasado?", "Qu'est-ce qui est en retard ?"]
    {
        let told = world.say(None, said).await;
        assert!(told.response.contains("understands English only"), "{}", told.response);
        assert!(told.response.contains("/settings/assistant"), "{}", told.response);
        assert!(told.run.tools_used.is_empty());
    }
    let english = world.say(None, "what is the weather?").await.response;
    assert!(english.starts_with("I did not understand that"), "{english}");
}

#[tokio::test]
async fn accents_are_no_difference_where_things_are_looked_for() {
    let world = World::new().await;
    let context = CallContext::default();
    let projects = world.basecamp.projects(&amara()).await.unwrap();
    let project = projects.iter().find(|it| it.name == "Website relaunch").unwrap();
    let lists = world.basecamp.lists_with_todos(&amara(), project.id).await.unwrap();
    let args = json!({ "project": project.id.to_string(), "todolist": lists[0].id.to_string(), "task": "Portrait of José" });
    world.tools.call(&amara(), "create_todo", &args, &context).await.unwrap();
    for query in ["Jose", "JOSÉ", "portrait jose"] {
        let args = json!({ "query": query });
        let found =
            world.tools.call(&amara(), "search_todos", &args, &CallContext::default()).await;
        assert_eq!(found.unwrap()["count"], 1, "{query}");
    }
    let said = world.say(None, "overdue to-dos of Lucia Ferrer mentioning jose").await.response;
    assert!(said.contains("Lucía Ferrer"), "{said}");
    let said = world.say(None, "what is Lucia working on?").await.response;
    assert!(said.contains("for Lucía Ferrer"), "{said}");
}
