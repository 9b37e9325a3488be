//! Hours: mirrored by month, whatever their days are called, and asked for live only where the mirror ends.

use crate::client_with;
use crate::mirror::{World, pace};
use basecamp::asked::Hours;
use basecamp::records::Request;
use chrono::{Days, NaiveDate, Utc};
use domain::mirror::Freshness;
use reqwest::Method;
use sandbox::SpanNames;
use serde_json::{Map, Value, json};
use store::testing::TestDb;

/// Longer than hours are mirrored, whenever this runs.
const YEARS: Days = Days::new(36_500);

fn fields(value: Value) -> Map<String, Value> {
    serde_json::from_value(value).unwrap()
}

impl World {
    async fn hours(&self, days: (NaiveDate, NaiveDate)) -> (Vec<Hours>, Freshness) {
        self.basecamp.hours(&self.admin, days).await.unwrap()
    }

    /// The same as somebody without a mirror has them.
    async fn live_hours(&self, days: (NaiveDate, NaiveDate)) -> Vec<Hours> {
        let fresh = TestDb::sqlite().await;
        let basecamp = client_with(fresh.db.clone(), &self.running, pace());
        let running = sandbox::serve(sandbox::Config::default()).await.unwrap();
        let other = Self { test: fresh, running, basecamp, admin: self.admin.clone() };
        other.connect().await;
        let (hours, age) = other.hours(days).await;
        assert!(!age.is_mirrored);
        hours
    }

    async fn log(&self, todo: i64, day: NaiveDate, hours: &str) -> i64 {
        let path = format!("recordings/{todo}/timesheet/entries.json");
        let body = json!({"date": day.to_string(), "hours": hours, "description": "Proofs"});
        self.ask(Method::POST, &path, body).await["id"].as_i64().unwrap()
    }
}

fn sorted(mut hours: Vec<Hours>) -> Vec<Hours> {
    hours.sort_by(|a, b| (&a.day, a.hours).partial_cmp(&(&b.day, b.hours)).unwrap());
    hours
}

#[tokio::test]
async fn hours_of_the_mirror_are_those_of_basecamp() {
    for span_names in [SpanNames::StartEnd, SpanNames::FromTo] {
        // What days are called has nothing to do with the database.
        let tests = match span_names {
            SpanNames::StartEnd => TestDb::both().await,
            SpanNames::FromTo => vec![TestDb::sqlite().await],
        };
        for test in tests {
            let config = sandbox::Config { span_names, ..sandbox::Config::default() };
            let world = World::beside(test, config).await;
            let today = Utc::now().date_naive();
            let month = (today - Days::new(40), today);
            world.basecamp.sync_once().await.unwrap();
            let todo = world.everything(&world.basecamp).await.open[0].id;
            let (early, late) = (today - Days::new(33), today);
            world.log(todo, early, "1:30").await;
            let gone = world.log(todo, late, "2").await;
            world.sync().await;
            let before = world.running.sandbox.requests().len();
            let (hours, age) = world.hours(month).await;
            assert_eq!(world.running.sandbox.requests().len(), before, "{}", world.test.name);
            assert!(age.is_mirrored && age.as_of_ms > 0, "{age:?}");
            let count = hours.len();
            assert!(count >= 2, "{}: {hours:?}", world.test.name);
            assert_eq!(sorted(hours), sorted(world.live_hours(month).await), "{span_names:?}");
            world
                .upstream(Method::DELETE, &format!("timesheet_entries/{gone}.json"), json!({}))
                .await;
            world.sync().await;
            let (hours, _) = world.hours(month).await;
            assert_eq!(hours.len(), count - 1, "{}", world.test.name);
            assert_eq!(sorted(hours), sorted(world.live_hours(month).await), "{span_names:?}");
        }
    }
}

#[tokio::test]
async fn hours_we_write_down_are_there_at_once_and_older_ones_are_asked_for() {
    for world in World::all().await {
        world.basecamp.sync_once().await.unwrap();
        let (today, todo) =
            (Utc::now().date_naive(), world.everything(&world.basecamp).await.open[0].id);
        let request = Request::new("CreateTimesheetEntry", &[todo.to_string()]).unwrap();
        let body = json!({"date": today.to_string(), "hours": "0.5"});
        let made = world.basecamp.send(&world.admin, &request.with(fields(body))).await.unwrap();
        let (hours, age) = world.hours((today, today)).await;
        assert_eq!((hours.len(), age.is_mirrored), (1, true), "{}", world.test.name);
        let delete = Request::new("DestroyTimesheetEntry", &[made["id"].to_string()]).unwrap();
        world.basecamp.send(&world.admin, &delete).await.unwrap();
        assert!(world.hours((today, today)).await.0.is_empty(), "{}", world.test.name);
        let (all, age) = world.hours((today - YEARS, today)).await;
        assert!(!age.is_mirrored && !all.is_empty(), "{}: {all:?}", world.test.name);
    }
}
