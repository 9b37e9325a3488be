//! What is found in the sample, what becomes of it, and how people stand.

use crate::world::{PROJECT, World};
use serde_json::{Value, json};

/// Type, title and severity of each, but what depends on the day of the week.
fn told(found: &Value) -> Vec<(String, String, String)> {
    let text = |it: &Value, field: &str| it[field].as_str().unwrap().to_owned();
    let all = found["insights"].as_array().unwrap().iter();
    let mut all: Vec<_> = all
        .filter(|it| it["insight_type"] != "burnout")
        .map(|it| (text(it, "insight_type"), text(it, "title"), text(it, "severity")))
        .collect();
    all.sort();
    all
}

const FOUND: [(&str, &str, &str); 12] = [
    ("bottleneck", "Work waits at Ben Okafor", "medium"),
    ("bottleneck", "Work waits at Jonas Lindqvist", "medium"),
    ("bottleneck", "Work waits at Lucía Ferrer", "medium"),
    ("deadline_risk", "Days are missed in Halden Coffee rebrand", "high"),
    ("deadline_risk", "Days are missed in Marlowe & Sons packaging", "high"),
    ("deadline_risk", "Days are missed in Website relaunch", "high"),
    ("ghost_work", "Nobody looks after parts of Halden Coffee rebrand", "high"),
    ("ghost_work", "Nobody looks after parts of Marlowe & Sons packaging", "medium"),
    ("ghost_work", "Nobody looks after parts of Website relaunch", "high"),
    ("health_score", "Halden Coffee rebrand is not doing well", "medium"),
    ("health_score", "Marlowe & Sons packaging is not doing well", "medium"),
    ("health_score", "Website relaunch is not doing well", "medium"),
];

#[tokio::test]
async fn insights_are_what_was_planted() {
    for world in World::both().await {
        let found = world.ok("pmos_insights_list", json!({})).await;
        let wanted = FOUND.map(|(kind, title, severity)| {
            (kind.to_owned(), title.to_owned(), severity.to_owned())
        });
        assert_eq!(told(&found), wanted, "{}", world.test.name);
        assert_eq!(found["source"], "basecamp");
        let burnt = found["insights"].as_array().unwrap().iter();
        let burnt: Vec<&Value> = burnt.filter(|it| it["insight_type"] == "burnout").collect();
        let worst = burnt.iter().find(|it| it["title"] == "Lucía Ferrer has had much for long");
        assert_eq!(worst.unwrap()["severity"], "critical");
        assert_eq!(found["insights"][0]["severity"], "critical");
        world.sync().await;
        let again = world.ok("pmos_insights_list", json!({})).await;
        assert_eq!((told(&again), &again["source"]), (wanted.to_vec(), &json!("mirror")));
        let ids = |it: &Value| {
            let all = it["insights"].as_array().unwrap().iter();
            all.map(|it| it["id"].clone()).collect::<std::collections::HashSet<_>>()
        };
        assert_eq!(ids(&found), ids(&again), "one open insight for each cause");
    }
}

#[tokio::test]
async fn what_wears_somebody_out_is_for_them_and_for_administrators() {
    let world = World::new().await;
    world.sync().await;
    let seen = world.call_as("mika", "pmos_insights_list", json!({})).await.unwrap();
    let seen = seen["insights"].as_array().unwrap().clone();
    assert!(!seen.is_empty() && seen.iter().all(|it| it["insight_type"] != "burnout"));
    let theirs = json!({ "person_id": "Ben Okafor" });
    let refused = world.call_as("mika", "pmos_health_person", theirs.clone()).await;
    assert_eq!(refused.unwrap_err().code(), "FORBIDDEN");
    let told = world.ok("pmos_health_person", theirs).await;
    // Eight open items, none completed: Gather quotes, Wireframes and the like are other people's.
    assert_eq!((&told["inputs"]["open"], &told["inputs"]["completed"]), (&json!(8), &json!(0)));
    let factors = (&told["factors"]["workload"], &told["factors"]["completion"]);
    assert_eq!(factors, (&json!(0.6), &json!(0.0)));
    assert_eq!(
        world.code("pmos_health_person", json!({ "person_id": "999" })).await,
        "RESOURCE_NOT_FOUND"
    );
}

#[tokio::test]
async fn a_seen_insight_leaves_the_list_until_it_is_worse() {
    let world = World::new().await;
    world.sync().await;
    let first = world.ok("pmos_insights_list", json!({})).await;
    let all = first["insights"].as_array().unwrap();
    let ghost = all.iter().find(|it| {
        it["insight_type"] == "ghost_work" && it["title"].as_str().unwrap().contains("Marlowe")
    });
    let id = ghost.unwrap()["id"].clone();
    let done = world.ok("pmos_insights_acknowledge", json!({ "insight_id": id })).await;
    assert_eq!((&done["insight"]["acknowledged"], &done["undoable"]), (&json!(true), &json!(true)));
    let is_there = |it: &Value| it["insights"].as_array().unwrap().iter().any(|it| it["id"] == id);
    assert!(!is_there(&world.ok("pmos_insights_list", json!({})).await));
    let seen = json!({ "acknowledged": true });
    assert!(is_there(&world.ok("pmos_insights_list", seen.clone()).await));
    // Four more that nobody has and that are late: 17 ghost items become more than 20.
    for number in 0..4 {
        let new = json!({
            "project": "Marlowe & Sons packaging", "task": format!("Late {number}"), "due_on": "2020-01-01"
        });
        world.ok("create_todo", new).await;
    }
    let worse = world.ok("pmos_insights_list", json!({})).await;
    assert!(is_there(&worse), "{worse}");
    world.ok("pmos_insights_acknowledge", json!({ "insight_id": id })).await;
    world.ok("pmos_undo", json!({})).await;
    assert!(is_there(&world.ok("pmos_insights_list", json!({})).await));
    let other =
        world.call_as("otto", "pmos_insights_acknowledge", json!({ "insight_id": id })).await;
    assert_eq!(other.unwrap_err().code(), "RESOURCE_NOT_FOUND");
}

#[tokio::test]
async fn what_is_over_is_closed_by_itself() {
    let world = World::new().await;
    world.sync().await;
    let titles = async || {
        let found = world.ok("pmos_insights_list", json!({})).await;
        told(&found).into_iter().map(|it| it.1).collect::<Vec<_>>()
    };
    let title = "Days are missed in Marlowe & Sons packaging".to_owned();
    assert!(titles().await.contains(&title));
    let project = json!({ "project": "Marlowe & Sons packaging" });
    let late = world.ok("get_alerts", project).await;
    for alert in late["alerts"].as_array().unwrap() {
        let is_near = matches!(alert["category"].as_str(), Some("overdue" | "deadline"));
        let is_todo = alert["title"] != "Lid emboss";
        if is_near && is_todo {
            let done =
                json!({ "project": "Marlowe & Sons packaging", "todo_id": alert["task_id"] });
            world.ok("complete_todo", done).await;
        }
    }
    assert!(!titles().await.contains(&title));
}

#[tokio::test]
async fn only_what_is_old_is_cleaned_up() {
    let world = World::new().await;
    world.sync().await;
    assert!(world.tools.look_daily().await.unwrap() > 0);
    assert_eq!(world.tools.look_daily().await.unwrap(), 0, "once a day");
    let gone = world.ok("pmos_cleanup", json!({ "days_to_keep": 30 })).await;
    assert_eq!(gone["deleted"], json!({ "scores": 0, "insights": 0 }));
    let wrong = json!({ "days_to_keep": 0 });
    assert_eq!(world.code("pmos_cleanup", wrong).await, "INVALID_INPUT");
    let refused = world.call_as("mika", "pmos_cleanup", json!({})).await;
    assert_eq!(refused.unwrap_err().code(), "FORBIDDEN");
}

#[tokio::test]
async fn patterns_are_counted_and_rare_trouble_is_none() {
    let world = World::new().await;
    world.sync().await;
    let id = json!({ "project_id": world.project().await.to_string() });
    let work = world.ok("pmos_patterns_work", id.clone()).await;
    assert_eq!(work["completion_time"]["completed"], 6);
    // Two messages, and three comments.
    assert_eq!(work["conversation_rate"]["posts"], 5);
    // What happened now counts too, so the busiest hour grows in the afternoon.
    let busiest = &work["busy_hours"][0];
    assert!(busiest["count"].as_i64() >= Some(6), "{busiest}");
    let trouble = world.ok("pmos_patterns_issues", id.clone()).await;
    assert_eq!((&trouble["pattern"], &trouble["posts"]), (&Value::Null, &json!(0)));
    let all = world.ok("list_todos_due", json!({ "include_overdue": true })).await;
    let near = all["todos"].as_array().unwrap().iter();
    let near = near.filter(|it| it["project_name"] == PROJECT).map(|it| it["id"].clone());
    let near = near.collect::<Vec<_>>();
    for words in ["We are stuck", "A bug again", "Please help", "This is urgent"] {
        let said = json!({ "project": PROJECT, "recording_id": near[0], "content": words });
        world.ok("create_comment", said).await;
    }
    let trouble = world.ok("pmos_patterns_issues", id).await;
    assert_eq!(trouble["pattern"]["posts"], 4);
    assert_eq!(
        (&trouble["pattern"]["per_week"], &trouble["pattern"]["is_recurring"]),
        (&json!(4.0), &json!(true))
    );
    let found = world.ok("pmos_insights_list", json!({})).await;
    assert!(told(&found).iter().any(|it| it.0 == "recurring_pattern"));
}

#[tokio::test]
async fn alerts_and_outlooks_count_what_was_planted() {
    let world = World::new().await;
    world.sync().await;
    let all = world.ok("get_alerts", json!({})).await;
    // Nine to-dos and two cards are late, three of them by more than a week.
    assert_eq!(all["by_category"]["overdue"], 11, "{}", all["by_category"]);
    assert_eq!(all["by_category"]["unassigned"], 6);
    assert_eq!(all["by_category"]["blocked"], 1);
    let critical =
        world.ok("get_alerts", json!({ "severity": "critical", "categories": ["overdue"] })).await;
    assert_eq!(critical["total"], 2, "{critical}");
    let ahead = world.ok("predict_outcome", json!({ "type": "comprehensive" })).await;
    assert_eq!(ahead["delivery"].as_array().unwrap().len(), 3);
    assert_eq!(ahead["risk"]["scope"][0]["severity"], "none");
    let people = ahead["burnout"]["people"].as_array().unwrap();
    let lucia = people.iter().find(|it| it["person"]["name"] == "Lucía Ferrer").unwrap();
    let signs: Vec<&Value> =
        lucia["signals"].as_array().unwrap().iter().map(|it| &it["type"]).collect();
    assert_eq!(json!(signs[..3]), json!(["overload", "velocity_decline", "withdrawal"]));
    assert_eq!(ahead["bottleneck"]["skipped"], json!(["dependency_bottleneck"]));
    let mine =
        world.call_as("mika", "predict_outcome", json!({ "type": "burnout" })).await.unwrap();
    // Mika is nobody in that Basecamp, whoever's access is used.
    assert_eq!(mine["burnout"]["people"], json!([]));
}
