//! What people define and keep: recipes are done again, policies stop writes, budgets are counted.

use crate::world::{PROJECT, World, actor};
use domain::problem::Problem;
use serde_json::{Value, json};
use store::notifications;

fn here(more: Value) -> Value {
    let mut args = json!({ "project": PROJECT });
    args.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    args
}

#[tokio::test]
async fn a_recipe_does_the_last_writes_again_with_other_values() {
    for world in World::both().await {
        let none = json!({ "name": "Nothing" });
        assert_eq!(world.code("save_recipe", none).await, "CONFLICT");
        for task in ["Draft the text", "Proof the text"] {
            world.ok("create_todo", here(json!({ "task": task }))).await;
        }
        let kept = json!({ "name": "Text", "operation_count": 2 });
        let kept = world.ok("save_recipe", kept).await["recipe"].clone();
        assert_eq!(
            kept["variables"],
            json!({ "project": PROJECT, "task": "Draft the text", "task_2": "Proof the text" })
        );
        let id = kept["id"].clone();
        let other = json!({ "recipe_id": id, "variables": { "task": "Draft the card" } });
        let plan = world.ok("run_recipe", other.clone()).await;
        assert_eq!((&plan["executed"], plan.get("operation_id")), (&json!(false), None));
        assert_eq!(plan["steps"][0]["args"]["task"], "Draft the card");
        let found = json!({ "query": "Draft the card" });
        assert_eq!(world.ok("search_todos", found.clone()).await["count"], 0);
        let mut now = other.clone();
        now["auto_execute"] = true.into();
        let done = world.ok("run_recipe", now).await;
        assert_eq!(done["steps"].as_array().map(Vec::len), Some(2));
        assert_eq!(world.ok("search_todos", found).await["count"], 1);
        let wrong = json!({ "recipe_id": id, "variables": { "colour": "red" } });
        assert_eq!(world.code("run_recipe", wrong).await, "INVALID_INPUT");
        let gone =
            json!({ "recipe_id": id, "variables": { "project": "Nowhere" }, "auto_execute": true });
        assert_eq!(
            world.code("run_recipe", gone).await,
            "CONFLICT",
            "a step that fails is no success"
        );
        assert_eq!(world.ok("list_recipes", json!({})).await["count"], 1);
        let theirs = world.call_as("otto", "run_recipe", json!({ "recipe_id": id })).await;
        assert_eq!(theirs.unwrap_err().code(), "RESOURCE_NOT_FOUND");
        let refused = world.call_as("mika", "delete_recipe", json!({ "recipe_id": id })).await;
        assert_eq!(refused.unwrap_err().code(), "FORBIDDEN");
        world.ok("delete_recipe", json!({ "recipe_id": id })).await;
        assert_eq!(world.ok("list_recipes", json!({})).await["count"], 0);
    }
}

#[tokio::test]
async fn a_policy_that_blocks_stops_the_write_and_one_that_warns_says_so() {
    let world = World::new().await;
    let rule = json!({ "name": "Somebody does it", "rule": "every to-do needs an assignee", "severity": "block" });
    let made = world.ok("create_policy", rule).await;
    let free = here(json!({ "task": "Nobody has this" }));
    assert_eq!(world.code("create_todo", free.clone()).await, "POLICY_BLOCKED");
    assert_eq!(world.ok("search_todos", json!({ "query": "Nobody has this" })).await["count"], 0);
    let log = world.ok("list_recent_operations", json!({ "type": "create_todo" })).await;
    assert_eq!(log["operations"][0]["status"], "failed");
    let elsewhere = world.call_as("otto", "create_todo", free.clone()).await.unwrap();
    assert_eq!(elsewhere.get("policy_notes"), None, "it is not their policy");
    let checked = world.ok("check_compliance", json!({})).await;
    // Five to-dos and a card have nobody, of 44 to-dos and 8 cards in work.
    let one = &checked["policies"][0];
    assert_eq!((&one["violations_count"], &one["id"]), (&json!(6), &made["policy"]["id"]));
    let alerts = world.ok("get_alerts", json!({ "categories": ["quality"] })).await;
    assert_eq!(
        (&alerts["total"], &alerts["alerts"][0]["severity"]),
        (&json!(6), &json!("critical"))
    );
    world.ok("pmos_undo", json!({ "operation_id": made["operation_id"] })).await;
    let warned = json!({ "name": "Days", "rule": "every to-do needs a due date" });
    world.ok("create_policy", warned).await;
    let done = world.ok("create_todo", free).await;
    assert_eq!(done["policy_notes"], json!(["Days: it would have no due date"]));
    assert_eq!(world.ok("list_policies", json!({ "active_only": true })).await["count"], 1);
    let vague = json!({ "name": "Kind", "rule": "be kind" });
    assert_eq!(world.code("create_policy", vague).await, "NOT_UNDERSTOOD");
    let loads =
        json!({ "name": "Loads", "rule": "at most 10 open items per person", "severity": "block" });
    assert_eq!(world.code("create_policy", loads).await, "INVALID_INPUT");
    let refused = json!({ "name": "Mine", "rule": "nothing is deleted" });
    let refused = world.call_as("mika", "create_policy", refused).await;
    assert_eq!(refused.unwrap_err().code(), "FORBIDDEN");
}

#[tokio::test]
async fn a_budget_counts_what_was_spent() {
    let world = World::new().await;
    let ask = async |more: Value| world.ok("track_budget", here(more)).await;
    let bare = ask(json!({ "action": "get_summary" })).await;
    assert_eq!((&bare["budget"], &bare["spent"]), (&Value::Null, &json!(0.0)));
    assert_eq!(bare.get("operation_id"), None, "a summary writes nothing");
    ask(json!({ "action": "set_budget", "amount": 1000 })).await;
    ask(json!({ "action": "log_expense", "amount": 250.5, "category": "print" })).await;
    let more = ask(json!({ "action": "log_expense", "amount": 100, "category": "photos", "description": "Studio" })).await;
    let told = ask(json!({ "action": "get_summary" })).await;
    assert_eq!((&told["spent"], &told["remaining"]), (&json!(350.5), &json!(649.5)));
    assert_eq!(told["by_category"], json!({ "photos": 100.0, "print": 250.5 }));
    let budget = async |who| {
        let project = world.project().await;
        world.tools.project_budget(&actor(who), project).await.unwrap()
    };
    let mine = budget("mika").await;
    assert_eq!(mine.words(), "350.50 of 1000 spent, 649.50 left");
    assert!(mine.expenses.iter().all(|it| !it.may_remove), "{mine:?}");
    assert!(budget("amara").await.expenses.iter().all(|it| it.may_remove));
    let theirs = world.tools.project_budget(&actor("otto"), world.project().await).await;
    assert!(matches!(theirs, Err(Problem::NotFound { .. })), "{theirs:?}");
    let ahead = ask(json!({ "action": "forecast" })).await;
    assert!(ahead["forecast"]["total"].as_f64().unwrap() >= 350.5, "{ahead}");
    world.ok("pmos_undo", json!({ "operation_id": more["operation_id"] })).await;
    assert_eq!(ask(json!({ "action": "get_summary" })).await["spent"], 250.5);
    let none = here(json!({ "action": "log_expense", "amount": 0 }));
    assert_eq!(world.code("track_budget", none).await, "INVALID_INPUT");
    let refused = here(json!({ "action": "set_budget", "amount": 5 }));
    let refused = world.call_as("mika", "track_budget", refused).await;
    assert_eq!(refused.unwrap_err().code(), "FORBIDDEN");
    let theirs =
        world.call_as("otto", "track_budget", here(json!({ "action": "get_summary" }))).await;
    assert_eq!(theirs.unwrap()["spent"], 0.0);
}

#[tokio::test]
async fn a_template_is_kept_with_its_content_and_makes_the_same_again() {
    for world in World::both().await {
        let rule =
            json!({ "name": "Days", "rule": "every to-do needs a due date", "severity": "info" });
        let policy = world.ok("create_policy", rule).await["policy"]["id"].clone();
        let agent = json!({ "name": "Watch", "goal": "What is late?", "schedule": "daily" });
        let agent = world.ok("create_agent", agent).await["agent"]["id"].clone();
        let keep = async |kind: &str, id: &Value| {
            let args =
                json!({ "name": kind, "source_type": kind, "source_id": id, "tags": ["ours"] });
            world.ok("pmos_template_create", args).await["template"]["id"].clone()
        };
        let (policy, agent) = (keep("policy", &policy).await, keep("agent", &agent).await);
        let project = keep("project", &json!(world.project().await.to_string())).await;
        assert_eq!(world.ok("pmos_template_list", json!({})).await["count"], 3);
        let found =
            world.ok("pmos_template_list", json!({ "category": "agent", "search": "OURS" })).await;
        assert_eq!((&found["count"], &found["templates"][0]["id"]), (&json!(1), &agent));
        let got = world.ok("pmos_template_get", json!({ "template_id": agent })).await;
        assert_eq!(got["template"]["content"]["goal"], "What is late?");
        let wish = json!({ "template_id": agent, "customize": { "name": "Guard" } });
        let dry = world.ok("install_template", wish.clone()).await;
        assert_eq!((&dry["dry_run"], &dry["would_make"]["name"]), (&json!(true), &json!("Guard")));
        assert_eq!(world.ok("list_agents", json!({})).await["count"], 1, "a dry run makes nothing");
        let now = |id: &Value, wishes: Value| json!({ "template_id": id, "customize": wishes, "dry_run": false });
        let made = world.ok("pmos_template_install", now(&agent, json!({ "name": "Guard" }))).await;
        assert_eq!((&made["agent"]["name"], &made["undoable"]), (&json!("Guard"), &json!(true)));
        world.ok("pmos_template_install", now(&policy, json!({}))).await;
        assert_eq!(world.ok("list_policies", json!({})).await["count"], 2);
        let wrong = now(&agent, json!({ "colour": "red" }));
        assert_eq!(world.code("pmos_template_install", wrong).await, "INVALID_INPUT");
        let wrong = now(&agent, json!({ "schedule": "sometimes" }));
        assert_eq!(world.code("pmos_template_install", wrong).await, "INVALID_INPUT");
        let built = world
            .ok("pmos_template_install", now(&project, json!({ "name": "Next relaunch" })))
            .await;
        assert_eq!(built["project"]["name"], "Next relaunch");
        let made = world.ok("list_todolists", json!({ "project": "Next relaunch" })).await;
        assert!(made["count"].as_u64().unwrap() > 0, "{made}");
        let theirs =
            world.call_as("otto", "pmos_template_get", json!({ "template_id": agent })).await;
        assert_eq!(theirs.unwrap_err().code(), "RESOURCE_NOT_FOUND");
        let refused =
            world.call_as("mika", "pmos_template_delete", json!({ "template_id": agent })).await;
        assert_eq!(refused.unwrap_err().code(), "FORBIDDEN");
        world.ok("pmos_template_delete", json!({ "template_id": agent })).await;
        assert_eq!(world.ok("pmos_template_list", json!({})).await["count"], 2);
    }
}

#[tokio::test]
async fn a_subscriber_is_told_once_of_what_happened_since() {
    for world in World::both().await {
        let me = actor("amara");
        let told = async || {
            world.tools.tell_subscribers().await.unwrap();
            let mut conn = world.test.db.read().await.unwrap();
            let all = notifications::list(&mut conn, &me.workspace, &me.user, 50).await.unwrap();
            all.into_iter().map(|it| it.title).collect::<Vec<_>>()
        };
        world.call_as("mika", "flow_create", json!({ "name": "Before" })).await.unwrap();
        let begun = world.ok("subscribe_event", json!({ "event": "flow" })).await;
        assert_eq!(begun["channel"], "app");
        world.ok("subscribe_event", here(json!({ "event": "tool.used" }))).await;
        assert_eq!(told().await, Vec::<String>::new(), "what was before is not told");
        world.call_as("mika", "flow_create", json!({ "name": "After" })).await.unwrap();
        world.call_as("otto", "flow_create", json!({ "name": "Theirs" })).await.unwrap();
        assert_eq!(told().await, ["flow created"]);
        assert_eq!(told().await.len(), 1, "nothing is told twice");
        let listed = world.ok("list_subscriptions", json!({})).await;
        let delivered: Vec<(&Value, &Value)> = listed["subscriptions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| (&it["event"], &it["delivered"]))
            .collect();
        assert!(delivered.contains(&(&json!("flow"), &json!(1))), "{listed}");
        assert!(delivered.contains(&(&json!("tool.used"), &json!(0))), "it is about one project");
        for (args, code) in [
            (json!({ "event": "flow" }), "CONFLICT"),
            (json!({ "event": "auth.signed_in" }), "INVALID_INPUT"),
            (here(json!({ "event": "flow.created" })), "INVALID_INPUT"),
            (json!({ "event": "run", "action": "unsubscribe" }), "RESOURCE_NOT_FOUND"),
        ] {
            assert_eq!(world.code("subscribe_event", args.clone()).await, code, "{args}");
        }
        let refused =
            world.call_as("mika", "subscribe_event", json!({ "event": "tool.used" })).await;
        assert_eq!(refused.unwrap_err().code(), "FORBIDDEN");
        world.ok("subscribe_event", json!({ "event": "flow", "action": "unsubscribe" })).await;
        world.call_as("mika", "flow_create", json!({ "name": "Later" })).await.unwrap();
        assert_eq!(told().await.len(), 1);
    }
}

#[tokio::test]
async fn a_plain_question_names_the_rule_that_answers_it() {
    let world = World::new().await;
    let ask = async |q: &str| world.ok("query", json!({ "q": q })).await;
    let late = ask("What is overdue?").await;
    let counted = world.ok("detect_ghost_work", json!({})).await;
    assert_eq!((&late["rule"], &late["total"]), (&json!("overdue"), &counted["overdue"]["count"]));
    let free = ask("Which to-dos does nobody have?").await;
    assert_eq!(
        (&free["rule"], &free["total"]),
        (&json!("unassigned"), &counted["unassigned"]["count"])
    );
    let mine = world.ok("query", here(json!({ "q": "What is on my list?" }))).await;
    assert_eq!((&mine["rule"], &mine["project"]), (&json!("mine"), &json!(PROJECT)));
    let most = ask("Who has the most work?").await;
    assert_eq!(most["rule"], "busiest");
    assert!(most["results"][0]["open"].as_u64() >= most["results"][1]["open"].as_u64(), "{most}");
    world.sync().await;
    let found = ask("relaunch").await;
    assert_eq!(found["rule"], "search");
}
