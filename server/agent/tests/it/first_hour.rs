//! What people ask in their first hour: reminders, lists, who may see a project, notes, and what is to come.

use crate::changing::{allowed, ok, waiting};
use crate::provider::{FakeProvider, Wire};
use crate::world::{World, actor, amara};
use agent::config::Config;
use chrono::Days;
use domain::approval::Risk;
use domain::chat::ChatRunStatus;
use serde_json::json;

#[tokio::test]
async fn a_list_is_made_after_a_yes_and_its_name_is_asked_for() {
    for world in World::both().await {
        let said = "create a to-do list called Launch day in Website relaunch";
        let (asked, told) = allowed(&world, said).await;
        assert_eq!(asked.tool, "create_todolist", "{}", world.test.name);
        assert!(told.starts_with("Added the list [Launch day]("), "{told}");
        let lists = ok(&world, "list_todolists", json!({ "project": "Website relaunch" })).await;
        assert!(lists.to_string().contains("Launch day"), "{lists}");
        let asked = world.say(None, "create a to-do list").await;
        assert_eq!(asked.response, "What should the list be called?");
        assert!(world.pending().await.is_empty());
    }
}

#[tokio::test]
async fn somebody_is_let_into_a_project_after_a_yes_and_nobody_else_is() {
    let world = World::new().await;
    let said = "add Priya and Theo to the Website relaunch project";
    let (asked, told) = allowed(&world, said).await;
    assert_eq!((asked.tool.as_str(), asked.risk), ("update_project_people", Risk::Destructive));
    assert_eq!(asked.args["body"]["grant"].as_array().unwrap().len(), 2, "{}", asked.args);
    assert_eq!(told, "Priya Raman and Theo Marsh can see Website relaunch now.");
    // One name that is nobody's lets nobody in.
    for said in [
        "add Priya and Zoltan to the Website relaunch project",
        "add milk to the Website relaunch project",
    ] {
        let refused = world.say(None, said).await;
        assert_eq!(refused.run.status, ChatRunStatus::Succeeded, "{said}");
        assert!(refused.response.contains("so nothing was changed"), "{}", refused.response);
        assert!(world.pending().await.is_empty(), "{said}");
    }
}

#[tokio::test]
async fn a_reminder_is_a_todo_of_ones_own_with_its_day() {
    let world = World::new().await;
    let asked = world.say(None, "remind me tomorrow at 9 about the printer").await;
    assert!(asked.response.starts_with("Which project?"), "{}", asked.response);
    let session = asked.run.session_id.clone();
    let asked = world.say(Some(&session), "Website relaunch").await;
    assert!(asked.response.starts_with("Which list?"), "{}", asked.response);
    let answered = world.say(Some(&session), "Content").await;
    let approval = waiting(&world, &answered).await;
    let tomorrow = world.tools.today(&amara()).await.unwrap() + Days::new(1);
    assert_eq!(approval.args["task"], "the printer");
    assert_eq!(approval.args["due_on"], tomorrow.to_string());
    assert!(approval.summary.contains("Amara Osei"), "{}", approval.summary);
}

#[tokio::test]
async fn a_note_is_kept_for_its_person_and_found_again() {
    for world in World::both().await {
        let told = world.say(None, "remember that the client prefers mail").await;
        assert_eq!(told.run.tools_used, ["pmos_memory_save"], "{}", world.test.name);
        assert!(told.response.contains("“the client prefers mail”"), "{}", told.response);
        let found = world.say(None, "what do you remember about the client?").await.response;
        assert!(found.contains("- the client prefers mail"), "{found}");
        let theirs = world.say_as(&actor("mika"), None, "what do you remember?").await.response;
        assert!(theirs.starts_with("I keep no notes"), "{theirs}");
        let nothing = world.say(None, "what do you remember about giraffes?").await.response;
        assert!(nothing.starts_with("I keep no notes about giraffes"), "{nothing}");
    }
}

#[tokio::test]
async fn what_is_to_come_is_told() {
    let world = World::new().await;
    let load = world.say(None, "who is overloaded next week?").await;
    assert!(
        load.response.starts_with("**To-dos due next week by person, the most first.**"),
        "{}",
        load.response
    );
    assert!(load.response.contains("Theo Marsh · "), "{}", load.response);
    let one = world.say(None, "how busy is Theo this week?").await.response;
    assert!(one.contains("Theo Marsh · ") && !one.contains("Priya Raman"), "{one}");
    let end = world.say(None, "when will Website relaunch be done?").await;
    assert_eq!(end.run.tools_used, ["list_projects", "pmos_predict_completion"]);
    let posted = world.say(None, "show the latest messages in Website relaunch").await;
    assert_eq!(posted.run.tools_used, ["list_projects", "list_messages"]);
    assert!(posted.response.contains("essages in Website relaunch."), "{}", posted.response);
    assert!(world.pending().await.is_empty());
}

#[tokio::test]
async fn a_command_by_its_name_is_run_whoever_answers_otherwise() {
    for world in World::both().await {
        let status = world.say(None, "/status").await;
        assert_eq!(status.run.tools_used, ["pmos_status"], "{}", world.test.name);
        assert!(status.response.starts_with("**status**\n\n- "), "{}", status.response);
        let health = world.say(None, "/health_project Website relaunch").await;
        assert_eq!(health.run.tools_used, ["list_projects", "pmos_health_project"]);
        let asked = world.say(None, "/health_project Narnia").await.response;
        assert!(asked.starts_with("No project is called “Narnia”"), "{asked}");
        // What deletes waits for a person, here too.
        let waits = world.say(None, "/cleanup").await;
        assert_eq!(waits.run.status, ChatRunStatus::WaitingApproval);
        assert_eq!(world.pending().await[0].tool, "pmos_cleanup");
    }
}

#[tokio::test]
async fn no_model_is_asked_about_a_command() {
    let provider = FakeProvider::start(Vec::new()).await;
    let world = World::with_models(Config::default()).await;
    world.allow(&[&provider]).await;
    world.put_key(Wire::Chat, &provider).await;
    let status = world.say(None, "/status").await;
    assert_eq!(
        (status.run.status, status.run.model.as_str()),
        (ChatRunStatus::Succeeded, "builtin")
    );
    assert!(provider.asked().is_empty());
}

#[tokio::test]
async fn without_basecamp_the_answer_says_where_to_connect_it() {
    let world = World::new().await;
    world.basecamp.remove_sample(&amara()).await.unwrap();
    for words in ["what is overdue?", "complete Menu board copy", "how busy is everybody?"] {
        let told = world.say(None, words).await.response;
        assert!(
            told.contains(
                "Basecamp is not connected. [Connect Basecamp, or use the sample](/setup/basecamp)"
            ),
            "{words}: {told}"
        );
    }
}
