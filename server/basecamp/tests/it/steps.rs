//! Writes of steps of runs: each is sent once, however often its step is tried (AC-21).

use crate::failures::throttled;
use crate::mirror::pace;
use crate::{admin, client_with};
use basecamp::Basecamp;
use basecamp::records::Request;
use domain::problem::Problem;
use domain::todo::{Todo, TodoQuery};
use sandbox::faults::Fault;
use sandbox::{Running, serve};
use serde_json::Map;
use store::step_writes::{self, StepKey};
use store::testing::TestDb;

/// A to-do of the sample that steps write about.
struct Desk {
    test: TestDb,
    running: Running,
    basecamp: Basecamp,
    todo: Todo,
}

fn step(key: &str) -> StepKey {
    StepKey { workspace: "a".into(), run: "r1".into(), key: format!("r1.{key}") }
}

impl Desk {
    async fn both() -> Vec<Self> {
        let mut desks = Vec::new();
        for test in TestDb::both().await {
            let config = sandbox::Config { keeps_log: true, ..sandbox::Config::default() };
            let running = serve(config).await.unwrap();
            let basecamp = client_with(test.db.clone(), &running, pace());
            basecamp.connect_sample(&admin("a")).await.unwrap();
            let all = basecamp.todos(&admin("a"), &TodoQuery::default()).await.unwrap();
            let todo = all.into_iter().find(|it| it.comments_count == 0).unwrap();
            desks.push(Self { test, running, basecamp, todo });
        }
        desks
    }

    /// What a try of the step does first, and then its comment.
    async fn comment(&self, key: &str) -> Result<i64, Problem> {
        let basecamp = self.basecamp.in_step(step(key));
        basecamp.settle_step(&admin("a")).await?;
        Ok(basecamp.comment(&admin("a"), self.todo.id, "Ordered").await?.id)
    }

    async fn comments(&self) -> Vec<i64> {
        let all = self.basecamp.comments(&admin("a"), self.todo.id).await.unwrap();
        all.into_iter().map(|it| it.id).collect()
    }

    fn posts(&self) -> usize {
        let all = self.running.sandbox.requests();
        all.iter().filter(|it| it.starts_with("POST")).count()
    }

    /// Writes that are stored for a step.
    async fn stored(&self, key: &str) -> usize {
        let mut conn = self.test.db.read().await.unwrap();
        step_writes::of_step(&mut conn, &step(key)).await.unwrap().len()
    }
}

#[tokio::test]
async fn a_later_try_is_given_what_the_earlier_one_made() {
    for desk in Desk::both().await {
        let made = desk.comment("step_1").await.unwrap();
        assert_eq!(desk.comment("step_1").await.unwrap(), made, "{}", desk.test.name);
        assert_eq!((desk.comments().await, desk.posts()), (vec![made], 1), "{}", desk.test.name);
        // Another step says the same for itself.
        let other = desk.comment("step_2").await.unwrap();
        assert_eq!(desk.comments().await, [made, other], "{}", desk.test.name);
    }
}

#[tokio::test]
async fn a_write_whose_answer_is_lost_is_found_by_the_next_try() {
    for desk in Desk::both().await {
        // The reading back fails too, so the first try cannot know.
        desk.running.sandbox.fail_while("/comments", Fault::LostAnswer);
        let told = desk.comment("step_1").await.unwrap_err();
        assert!(matches!(told, Problem::Unclear { .. }), "{}: {told:?}", desk.test.name);
        let sent = desk.posts();
        let away = desk.comment("step_1").await.unwrap_err();
        assert!(matches!(away, Problem::Unavailable { .. }), "{}: {away:?}", desk.test.name);
        desk.running.sandbox.heal();
        let made = desk.comment("step_1").await.unwrap();
        assert_eq!((desk.comments().await, desk.posts()), (vec![made], sent), "{}", desk.test.name);
    }
}

#[tokio::test]
async fn what_did_not_happen_is_sent_by_the_next_try() {
    for desk in Desk::both().await {
        desk.running.sandbox.fail_while("/comments", Fault::Status(500));
        let told = desk.comment("step_1").await.unwrap_err();
        assert!(matches!(told, Problem::Unclear { .. }), "{}: {told:?}", desk.test.name);
        assert_eq!(desk.stored("step_1").await, 1, "{}", desk.test.name);
        desk.running.sandbox.heal();
        let made = desk.comment("step_1").await.unwrap();
        assert_eq!(desk.comments().await, [made], "{}", desk.test.name);
    }
}

#[tokio::test]
async fn what_basecamp_refuses_is_not_kept() {
    for desk in Desk::both().await {
        let basecamp = desk.basecamp.in_step(step("step_1"));
        let missing = basecamp.comment(&admin("a"), 1, "Ordered").await.unwrap_err();
        assert!(matches!(missing, Problem::NotFound { .. }), "{missing:?}");
        desk.running.sandbox.fail_next(Fault::TooMany { retry_after: 7 });
        let early = basecamp.comment(&admin("a"), desk.todo.id, "Ordered").await.unwrap_err();
        assert_eq!(early, throttled(), "{}", desk.test.name);
        assert_eq!(desk.stored("step_1").await, 0, "{}", desk.test.name);
    }
}

#[tokio::test]
async fn what_cannot_be_read_back_is_left_to_a_person_and_then_sent_again() {
    for desk in Desk::both().await {
        let path = format!("/recordings/{}/subscription", desk.todo.id);
        let request = Request::recognise("POST", &path).unwrap().with(Map::new());
        let basecamp = desk.basecamp.in_step(step("step_1"));
        desk.running.sandbox.fail_while("POST ", Fault::LostAnswer);
        let told = basecamp.send(&admin("a"), &request).await.unwrap_err();
        assert!(matches!(told, Problem::Unclear { .. }), "{}: {told:?}", desk.test.name);
        desk.running.sandbox.heal();
        let left = basecamp.settle_step(&admin("a")).await.unwrap_err();
        assert!(left.to_string().contains("Look there"), "{}: {left:?}", desk.test.name);
        assert_eq!(desk.stored("step_1").await, 0, "{}", desk.test.name);
        basecamp.settle_step(&admin("a")).await.unwrap();
        basecamp.send(&admin("a"), &request).await.unwrap();
        assert_eq!(desk.posts(), 2, "{}", desk.test.name);
    }
}
