//! Plain questions that are not about to-dos, from the mirror and from Basecamp.

use crate::world::{PROJECT, World, actor};
use sandbox::SpanNames;
use serde_json::{Value, json};
use store::testing::TestDb;

impl World {
    async fn ask(&self, q: &str) -> Value {
        self.ok("query", json!({ "q": q })).await
    }
}

fn rows(answer: &Value) -> &[Value] {
    answer["results"].as_array().unwrap()
}

#[tokio::test]
async fn whoever_waits_for_a_word_of_somebody_said_the_last_one() {
    for world in World::both().await {
        let early = world.call("query", json!({ "q": "Who is waiting on me?" })).await.unwrap_err();
        assert!(early.to_string().contains("not known yet"), "{early}");
        world.sync().await;
        let mut met = 0;
        for person in world.basecamp.people(&actor("amara")).await.unwrap() {
            let told = world.ask(&format!("Who is waiting for {}?", person.name)).await;
            assert_eq!((&told["rule"], &told["source"]), (&json!("waiting"), &json!("mirror")));
            for it in rows(&told) {
                let id = it["id"].as_i64().unwrap();
                let said = world.basecamp.comments(&actor("amara"), id).await.unwrap();
                let last = said.last().unwrap().creator.clone();
                assert_ne!(last, person.name, "{}: {it}", world.test.name);
                assert_eq!(it["said_by"], last, "{}: {it}", world.test.name);
                met += 1;
            }
        }
        assert!(met > 0, "{}: nobody waits for anybody", world.test.name);
    }
}

#[tokio::test]
async fn hours_are_asked_for_by_days_whatever_the_days_are_called() {
    for span_names in [SpanNames::StartEnd, SpanNames::FromTo] {
        let config = sandbox::Config { span_names, ..sandbox::Config::default() };
        let world = World::beside(TestDb::sqlite().await, config).await;
        let all = world.ok("report_timesheet", json!({})).await;
        let days: Vec<&Value> = rows_of(&all).iter().map(|it| &it["date"]).collect();
        assert_eq!(days.len(), 2, "{all}");
        let one = json!({ "start_date": days[0], "end_date": days[0] });
        let found = world.ok("list_timesheet_report", one).await;
        assert_eq!(found["count"], 1, "{span_names:?}: {found}");
        let told = world.ask("How many hours were logged this month?").await;
        assert_eq!((&told["rule"], &told["hours"]), (&json!("hours"), &json!(3.5)), "{told}");
        assert_eq!((&told["entries"], rows(&told).len()), (&json!(2), 1));
        assert_eq!(told["by_project"][0]["name"], PROJECT);
        let today = world.ask("How many hours were logged today?").await;
        assert_eq!((&today["entries"], &today["hours"]), (&json!(0), &json!(0.0)), "{today}");
        world.sync().await;
        let mirrored = world.ask("How many hours were logged this month?").await;
        assert_eq!((&mirrored["source"], &mirrored["hours"]), (&json!("mirror"), &told["hours"]));
        assert_eq!(mirrored["results"], told["results"]);
    }
}

fn rows_of(timesheet: &Value) -> &[Value] {
    timesheet["entries"].as_array().unwrap()
}

#[tokio::test]
async fn check_ins_are_told_by_question_and_the_mirror_tells_the_same() {
    for world in World::both().await {
        let told = world.ask("What do the check-ins say this month?").await;
        assert_eq!((&told["rule"], &told["source"]), (&json!("check_ins"), &json!("basecamp")));
        assert_eq!(rows(&told)[0]["question"], "What did you work on today?", "{told}");
        let answers = rows(&told)[0]["answers"].as_array().unwrap();
        assert!(answers.len() > 1 && answers[0]["by"].is_string(), "{told}");
        assert!(answers.windows(2).all(|it| it[0]["at"].as_str() >= it[1]["at"].as_str()));
        world.sync().await;
        let mirrored = world.ask("What do the check-ins say this month?").await;
        assert_eq!((&mirrored["source"], rows(&mirrored)), (&json!("mirror"), rows(&told)));
    }
}

#[tokio::test]
async fn gauges_show_how_far_projects_are_and_how_far_they_moved() {
    for world in World::both().await {
        let path = format!("/projects/{}/gauge/needles", world.project().await);
        for position in [20, 45] {
            let body = json!({ "gauge_needle": { "position": position, "color": "yellow" } });
            let args = json!({ "method": "POST", "path": path, "body": body });
            world.ok("basecamp_request", args).await;
        }
        let told = world.ask("How are the gauges?").await;
        assert_eq!((&told["rule"], rows(&told).len()), (&json!("gauges"), 1), "{told}");
        let one = &rows(&told)[0];
        assert_eq!((&one["project"], &one["color"]), (&json!(PROJECT), &json!("yellow")));
        assert_eq!((&one["position"], &one["moved"]), (&json!(45), &json!(25)));
        world.sync().await;
        let mirrored = world.ask("How are the gauges?").await;
        assert_eq!((&mirrored["source"], rows(&mirrored)), (&json!("mirror"), rows(&told)));
    }
}
