//! Saved goals that the assistant works on by schedule, and the manner in which it speaks.

use crate::world::{World, actor, amara};
use agent::config::Config;
use agent::llm::failure::{ErrorClass, LlmError};
use agent::llm::scripted::{Scripted, Step};
use agent::sending::NewTurn;
use domain::actor::Actor;
use domain::approval::ApprovalStatus;
use domain::problem::Problem;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::chat::NewSession;
use store::testing::TestDb;
use store::{agents, ids, notifications};
use tools::tool::CallContext;

const HOUR_MS: i64 = 3_600_000;

async fn call(world: &World, by: &Actor, name: &str, args: Value) -> Result<Value, String> {
    let context = CallContext { source: "mcp", ..CallContext::default() };
    world.tools.call(by, name, &args, &context).await.map_err(|it| it.code().to_owned())
}

async fn ok(world: &World, name: &str, args: Value) -> Value {
    call(world, &amara(), name, args).await.unwrap()
}

/// The only agent.
async fn agent(world: &World) -> Value {
    let listed = ok(world, "list_agents", json!({})).await;
    assert_eq!(listed["count"], 1);
    listed["agents"][0].clone()
}

/// Waits for what the last run of the only agent came to, and lets that be noted.
async fn ended(world: &World, now_ms: i64) -> Value {
    let id = agent(world).await["last_run"]["id"].as_str().unwrap().to_owned();
    world.agent.answer_of(&amara(), &id.as_str().into()).await.unwrap();
    world.agent.look_after_agents(now_ms).await.unwrap();
    agent(world).await
}

fn adds_a_todo() -> Step {
    let args =
        json!({ "project": "Website relaunch", "todolist": "Build", "task": "Made by an agent" });
    Step::call("create_todo", args)
}

#[tokio::test]
async fn an_agent_runs_when_it_is_due_and_once_for_all_it_missed() {
    for test in TestDb::both().await {
        let model = Arc::new(Scripted::new([Step::Say("Two things are late".into())]));
        let world = World::with_on(test, model.clone(), Config::default()).await;
        let new = json!({ "name": "Watch", "goal": "What is late?", "type": "pm", "strategy": "Ask nobody", "schedule": "hourly" });
        let made = ok(&world, "create_agent", new).await;
        assert_eq!((&made["agent"]["status"], &made["undoable"]), (&json!("active"), &json!(true)));
        let now = ids::now_ms();
        world.agent.look_after_agents(now).await.unwrap();
        assert_eq!(agent(&world).await["last_run"], Value::Null, "it is not due yet");
        let later = now + 5 * HOUR_MS;
        world.agent.look_after_agents(later).await.unwrap();
        world.agent.look_after_agents(later).await.unwrap();
        let done = ended(&world, later).await;
        assert_eq!(
            (&done["runs_count"], &done["last_run"]["status"]),
            (&json!(1), &json!("succeeded"))
        );
        assert_eq!(done["last_run"]["findings"], "Two things are late");
        assert!(done["next_run"].as_str().unwrap() > ids::rfc3339(later).as_str());
        let seen = &model.seen()[0];
        assert_eq!(seen.said, ["What is late?"]);
        assert!(
            seen.rules[0].contains("Watch") && seen.rules[0].contains("Ask nobody"),
            "{:?}",
            seen.rules
        );
        let theirs = call(&world, &actor("mika"), "list_agents", json!({})).await.unwrap();
        assert_eq!(
            theirs["agents"][0]["last_run"]["findings"],
            Value::Null,
            "what it read is its owner's"
        );
        world.agent.look_after_agents(later + HOUR_MS).await.unwrap();
        let again = ended(&world, later + HOUR_MS).await;
        assert_eq!(again["runs_count"], 2);
        assert_eq!(again["session_id"], done["session_id"], "one conversation for all its runs");
    }
}

#[tokio::test]
async fn an_agent_that_may_not_act_only_tells_what_it_would_do() {
    for test in TestDb::both().await {
        let model =
            Arc::new(Scripted::new([adds_a_todo(), Step::Say("I would add a to-do".into())]));
        let world = World::with_on(test, model.clone(), Config::default()).await;
        let new = json!({ "name": "Sort", "goal": "Add what is missing", "schedule": "daily" });
        ok(&world, "create_agent", new).await;
        let later = ids::now_ms() + 48 * HOUR_MS;
        world.agent.look_after_agents(later).await.unwrap();
        let done = ended(&world, later).await;
        assert_eq!(done["last_run"]["status"], "succeeded");
        assert_eq!(
            (&done["last_run"]["dry_run"], &done["auto_execute"]),
            (&json!(true), &json!(false))
        );
        let told = model.seen().last().unwrap().done[0].outcome.clone().unwrap_err();
        assert_eq!(told["code"], "NOT_DONE");
        assert!(told["would"]["summary"].as_str().unwrap().contains("Made by an agent"), "{told}");
        assert!(!world.has_open("Made by an agent").await && world.pending().await.is_empty());
    }
}

#[tokio::test]
async fn an_agent_that_may_act_asks_like_the_assistant_and_its_writes_are_its_own() {
    for test in TestDb::both().await {
        let model = Arc::new(Scripted::new([adds_a_todo(), Step::Say("Added it".into())]));
        let world = World::with_on(test, model, Config::default()).await;
        let new = json!({ "name": "Sort", "goal": "Add what is missing", "schedule": "weekly", "auto_execute": true });
        ok(&world, "create_agent", new).await;
        let later = ids::now_ms() + 8 * 24 * HOUR_MS;
        world.agent.look_after_agents(later).await.unwrap();
        let waits = ended(&world, later).await;
        assert_eq!(
            (&waits["last_run"]["status"], &waits["last_run"]["ended_at"]),
            (&json!("waiting_approval"), &Value::Null)
        );
        let asked = world.pending().await.remove(0);
        assert_eq!(asked.kind, "agent_action");
        let decided = world.agent.approve(&amara(), &asked.id, None, None).await.unwrap();
        assert_eq!(decided.approval.status, ApprovalStatus::Approved);
        world.agent.answer_of(&amara(), &decided.run.unwrap()).await.unwrap();
        world.agent.look_after_agents(later).await.unwrap();
        let done = agent(&world).await;
        assert_eq!(
            (&done["last_run"]["status"], &done["last_run"]["findings"]),
            (&json!("succeeded"), &json!("Added it"))
        );
        assert!(world.has_open("Made by an agent").await);
        let log = ok(&world, "list_recent_operations", json!({ "type": "create_todo" })).await;
        assert_eq!(log["operations"][0]["source"], "agent");
    }
}

#[tokio::test]
async fn a_run_that_fails_is_seen_and_the_next_time_still_comes() {
    for test in TestDb::both().await {
        let broken = LlmError::new(ErrorClass::Auth, "The key was refused");
        let model = Arc::new(Scripted::new([Step::Fail(broken), Step::Say("All well".into())]));
        let world = World::with_on(test, model, Config::default()).await;
        ok(
            &world,
            "create_agent",
            json!({ "name": "Watch", "goal": "Look", "schedule": "hourly" }),
        )
        .await;
        let later = ids::now_ms() + 2 * HOUR_MS;
        world.agent.look_after_agents(later).await.unwrap();
        let failed = ended(&world, later).await;
        assert_eq!(
            (&failed["last_run"]["status"], &failed["failed_count"]),
            (&json!("failed"), &json!(1))
        );
        assert!(failed["last_run"]["error"].as_str().is_some_and(|it| !it.is_empty()));
        let mut conn = world.db.read().await.unwrap();
        let me = amara();
        let told = notifications::list(&mut conn, &me.workspace, &me.user, 5).await.unwrap();
        assert_eq!(told.iter().filter(|it| it.title.contains("Watch")).count(), 1);
        drop(conn);
        let alerts = ok(&world, "get_alerts", json!({ "categories": ["quality"] })).await;
        assert_eq!(alerts["alerts"][0]["title"], "The agent “Watch” failed");
        world.agent.look_after_agents(later + HOUR_MS).await.unwrap();
        let well = ended(&world, later + HOUR_MS).await;
        assert_eq!(
            (&well["last_run"]["status"], &well["runs_count"]),
            (&json!("succeeded"), &json!(2))
        );
    }
}

#[tokio::test]
async fn what_an_agent_missed_while_the_server_was_off_runs_after_the_start() {
    let model = Arc::new(Scripted::new([Step::Say("Here I am".into())]));
    let world = World::with(model.clone(), Config::default()).await;
    let made =
        ok(&world, "create_agent", json!({ "name": "Watch", "goal": "Look", "schedule": "daily" }))
            .await;
    let id = made["agent"]["id"].as_str().unwrap().to_owned();
    let workspace = amara().workspace;
    let write = world.db.write(move |tx| {
        Box::pin(async move { agents::set_paused(tx, &workspace, &id, (false, Some(1))).await })
    });
    assert!(write.await.unwrap());
    let world = world.reopened(model, Config::default()).await;
    let until = Instant::now() + Duration::from_secs(30);
    loop {
        let now = agent(&world).await;
        if now["last_run"]["status"] == "succeeded" {
            assert_eq!(now["runs_count"], 1);
            assert!(now["next_run"].as_str().unwrap() > ids::rfc3339(ids::now_ms()).as_str());
            return;
        }
        assert!(Instant::now() < until, "{now}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn an_agent_is_asked_to_run_paused_and_deleted_by_its_owner_or_who_manages() {
    for test in TestDb::both().await {
        let model = Arc::new(Scripted::new([adds_a_todo(), Step::Say("I would add it".into())]));
        let world = World::with_on(test, model, Config::default()).await;
        world.agent.start().await.unwrap();
        let new = json!({ "name": "Sort", "goal": "Add it", "auto_execute": true });
        let made = ok(&world, "create_agent", new.clone()).await;
        let id = made["agent"]["id"].clone();
        assert_eq!(made["agent"]["next_run"], Value::Null, "it runs on demand");
        let mika = actor("mika");
        for (tool, args) in [
            ("run_agent", json!({ "agent_id": id })),
            ("pause_agent", json!({ "agent_id": id, "action": "pause" })),
            ("delete_agent", json!({ "agent_id": id })),
        ] {
            assert_eq!(call(&world, &mika, tool, args).await.unwrap_err(), "FORBIDDEN", "{tool}");
        }
        assert_eq!(
            call(&world, &actor("vera"), "create_agent", new).await.unwrap_err(),
            "FORBIDDEN"
        );
        let ran = ok(&world, "run_agent", json!({ "agent_id": id })).await;
        assert_eq!((&ran["dry_run"], ran.get("operation_id")), (&json!(true), None), "{ran}");
        let until = Instant::now() + Duration::from_secs(30);
        while agent(&world).await["last_run"]["ended_at"].is_null() {
            assert!(Instant::now() < until, "{ran}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(agent(&world).await["last_run"]["findings"], "I would add it");
        assert!(!world.has_open("Made by an agent").await, "a dry run changes nothing");
        let paused = ok(&world, "pause_agent", json!({ "agent_id": id, "action": "pause" })).await;
        assert_eq!(paused["agent"]["status"], "paused");
        assert_eq!(
            call(&world, &amara(), "run_agent", json!({ "agent_id": id })).await.unwrap_err(),
            "CONFLICT"
        );
        ok(&world, "pmos_undo", json!({ "operation_id": paused["operation_id"] })).await;
        assert_eq!(agent(&world).await["status"], "active");
        assert_eq!(ok(&world, "list_agents", json!({ "status": "paused" })).await["count"], 0);
        ok(&world, "delete_agent", json!({ "agent_id": id })).await;
        assert_eq!(ok(&world, "list_agents", json!({})).await["count"], 0);
        let log = ok(&world, "audit_log", json!({ "operation": "agent.ran" })).await;
        assert_eq!(log["count"], 1, "its runs stay in the audit log: {log}");
    }
}

#[tokio::test]
async fn an_agent_is_changed_by_who_may_and_the_change_can_be_taken_back() {
    for test in TestDb::both().await {
        let model = Arc::new(Scripted::new([Step::Say("Nothing is late".into())]));
        let world = World::with_on(test, model, Config::default()).await;
        let new = json!({ "name": "Watch", "goal": "Look", "schedule": "hourly" });
        let made = ok(&world, "create_agent", new).await;
        let id = made["agent"]["id"].as_str().unwrap().to_owned();
        let change = json!({ "agent_id": id, "goal": "Look twice", "schedule": "on_demand", "auto_execute": true });
        let refused = call(&world, &actor("mika"), "update_agent", change.clone()).await;
        assert_eq!(refused.unwrap_err(), "FORBIDDEN");
        let changed = ok(&world, "update_agent", change).await;
        let told = &changed["agent"];
        assert_eq!((&told["name"], &told["goal"]), (&json!("Watch"), &json!("Look twice")));
        assert_eq!((&told["next_run"], &told["auto_execute"]), (&Value::Null, &json!(true)));
        ok(&world, "pmos_undo", json!({ "operation_id": changed["operation_id"] })).await;
        let before = agent(&world).await;
        assert_eq!((&before["goal"], &before["schedule"]), (&json!("Look"), &json!("hourly")));
        assert!(before["next_run"].is_string(), "{before}");
    }
}

#[tokio::test]
async fn the_page_of_an_agent_has_its_runs_and_only_its_owner_reads_what_they_found() {
    for test in TestDb::both().await {
        let model = Arc::new(Scripted::new([Step::Say("**Two** things are late".into())]));
        let world = World::with_on(test, model, Config::default()).await;
        let made = ok(&world, "create_agent", json!({ "name": "Watch", "goal": "Look" })).await;
        let id = made["agent"]["id"].as_str().unwrap().to_owned();
        let run = json!({ "agent_id": id, "dry_run": false });
        let hurried = CallContext { source: "ui", hurries: true, ..CallContext::default() };
        let refused = world.tools.call(&actor("mika"), "run_agent", &run, &hurried).await;
        assert_eq!(refused.unwrap_err().code(), "FORBIDDEN");
        let asked = world.tools.call(&amara(), "run_agent", &run, &hurried).await.unwrap();
        assert!(asked["operation_id"].is_string() && asked["run"].is_null(), "{asked}");
        let now = ids::now_ms();
        world.agent.look_after_agents(now).await.unwrap();
        ended(&world, now).await;
        let mine = world.agent.agent_history(&amara(), &id).await.unwrap();
        assert_eq!((mine.runs.len(), mine.standing.may_change), (1, true), "{mine:?}");
        assert_eq!(mine.runs[0].run.findings.as_deref(), Some("**Two** things are late"));
        assert_eq!(mine.runs[0].html.trim(), "<p><strong>Two</strong> things are late</p>");
        let theirs = world.agent.agent_history(&actor("vera"), &id).await.unwrap();
        let found = (&theirs.runs[0].run.findings, theirs.runs[0].html.as_str());
        assert_eq!((found, theirs.standing.may_change), ((&None, ""), false));
        assert_eq!(world.tools.agents(&actor("vera")).await.unwrap().len(), 1);
        let mut elsewhere = amara();
        elsewhere.workspace = "w2".into();
        let missing = world.agent.agent_history(&elsewhere, &id).await;
        assert!(matches!(missing, Err(Problem::NotFound { .. })), "{missing:?}");
        assert!(world.tools.agents(&elsewhere).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_workspace_makes_ten_agents_a_minute_at_most() {
    let world = World::new().await;
    let new = |name: usize| json!({ "name": format!("A{name}"), "goal": "Look" });
    let mut codes = Vec::new();
    for at in 0..11 {
        codes.push(call(&world, &amara(), "create_agent", new(at)).await.err());
    }
    assert!(codes[..10].iter().all(Option::is_none), "{codes:?}");
    assert_eq!(codes[10].as_deref(), Some("RATE_LIMITED"));
}

/// Everything that was done so far happens in an hour, so that none of it is past, however slow the machine is.
async fn still_counts(world: &World) {
    let later = ids::now_ms() + HOUR_MS;
    world.test.run(&format!("UPDATE operations SET created_at = {later}")).await.unwrap();
}

#[tokio::test]
async fn a_workspace_changes_thirty_agents_and_deletes_ten_a_minute_at_most() {
    for world in World::both().await {
        let mut all = Vec::new();
        for name in 0..10 {
            let new = json!({ "name": format!("A{name}"), "goal": "Look" });
            let made = ok(&world, "create_agent", new).await;
            all.push(made["agent"]["id"].as_str().unwrap().to_owned());
        }
        let change = json!({ "agent_id": all[0], "goal": "Look again" });
        for _ in 0..30 {
            ok(&world, "update_agent", change.clone()).await;
            still_counts(&world).await;
        }
        let refused = call(&world, &amara(), "update_agent", change.clone()).await;
        assert_eq!(refused.unwrap_err(), "RATE_LIMITED", "{}", world.test.name);
        // Each kind of change is counted by itself.
        for id in &all {
            ok(&world, "delete_agent", json!({ "agent_id": id })).await;
            still_counts(&world).await;
        }
        let delete = json!({ "agent_id": all[0] });
        let refused = call(&world, &amara(), "delete_agent", delete.clone()).await;
        assert_eq!(refused.unwrap_err(), "RATE_LIMITED", "{}", world.test.name);
        world.test.run("UPDATE operations SET created_at = 0").await.unwrap();
        for (tool, args) in [("update_agent", change), ("delete_agent", delete)] {
            let missing = call(&world, &amara(), tool, args).await.unwrap_err();
            assert_ne!(missing, "RATE_LIMITED", "{tool} a minute later");
        }
    }
}

#[tokio::test]
async fn a_persona_changes_what_the_model_is_told_for_its_person_alone() {
    for test in TestDb::both().await {
        let model = Arc::new(Scripted::new([Step::Say("Yes".into())]));
        let world = World::with_on(test, model.clone(), Config::default()).await;
        let told = || model.seen().last().unwrap().rules.join(" ");
        world.say(None, "hello").await;
        assert_eq!(told(), "");
        ok(&world, "set_persona", json!({ "persona": "Brief" })).await;
        let nobody = json!({ "persona": "pirate" });
        assert_eq!(
            call(&world, &amara(), "set_persona", nobody).await.unwrap_err(),
            "INVALID_INPUT"
        );
        world.say(None, "hello").await;
        assert!(told().contains("as few words as possible"), "{}", told());
        world.say_as(&actor("mika"), None, "hello").await;
        assert_eq!(told(), "", "Mika chose nothing");
        let own = json!({ "persona": "captain", "traits": { "tone": "salty", "length": "short" } });
        let saved = ok(&world, "set_persona", own).await;
        world.say(None, "hello").await;
        assert!(told().contains("tone: salty") && !told().contains("as few words"), "{}", told());
        let session = NewSession { persona_id: Some("formal".into()), ..NewSession::default() };
        let session = world.agent.create_session(&amara(), session).await.unwrap();
        let turn =
            NewTurn { session: Some(session.id), text: "hello".into(), ..NewTurn::default() };
        let sent = world.agent.send(&amara(), turn).await.unwrap();
        world.agent.answer_of(&amara(), &sent.run.id).await.unwrap();
        assert!(told().contains("polite and formal"), "that of the conversation wins: {}", told());
        let listed = ok(&world, "set_persona", json!({ "persona": "any", "action": "list" })).await;
        assert_eq!((&listed["chosen"], &listed["count"]), (&json!("captain"), &json!(6)));
        assert_eq!(
            (listed.get("operation_id"), saved["persona"].as_str()),
            (None, Some("captain"))
        );
        ok(&world, "set_persona", json!({ "persona": "captain", "action": "delete" })).await;
        world.say(None, "hello").await;
        assert_eq!(told(), "");
    }
}
