//! What happens when Basecamp is not well.

use crate::{World, admin, client_as};
use basecamp::Basecamp;
use basecamp::circuit::Limits;
use basecamp::config::Config;
use domain::problem::Problem;
use domain::todo::NewTodo;
use sandbox::faults::Fault;
use std::time::Duration;
use store::connections::of_workspace;

#[tokio::test]
async fn revoked_access_asks_to_connect_again() {
    let (world, admin) = World::connected().await;
    let mut conn = world.test.db.read().await.unwrap();
    let row = of_workspace(&mut conn, &admin.workspace, "basecamp").await.unwrap().unwrap();
    drop(conn);
    let meta: serde_json::Value = serde_json::from_str(&row.meta).unwrap();
    world.running.sandbox.revoke(meta["account_id"].as_i64().unwrap()).await.unwrap();
    let problem = world.basecamp.projects(&admin).await.unwrap_err();
    let Problem::NeedsSetup { message, hint, .. } = problem else { panic!("{problem:?}") };
    assert_eq!(message, "Basecamp no longer accepts our access");
    assert_eq!(hint, "Connect Basecamp again");
    assert!(world.basecamp.connection(&admin).await.unwrap().unwrap().needs_attention);
    assert!(!world.basecamp.connect_sample(&admin).await.unwrap().needs_attention);
    assert_eq!(world.basecamp.projects(&admin).await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_read_that_comes_too_often_goes_on_after_the_wait() {
    let (world, admin) = World::connected().await;
    world.running.sandbox.fail_next(Fault::TooMany { retry_after: 2 });
    assert_eq!(world.basecamp.projects(&admin).await.unwrap().len(), 3);
}

async fn new_todo(world: &World) -> NewTodo {
    let admin = admin("a");
    let project = world.project(&admin, "Website relaunch").await;
    let list = world.basecamp.lists(&admin, project.id).await.unwrap().remove(0);
    NewTodo {
        project_id: project.id,
        list_id: list.id,
        title: "Once only".into(),
        description: None,
        due_on: None,
        assignee_ids: Vec::new(),
    }
}

async fn count(world: &World) -> usize {
    world.open_todos(&admin("a")).await.iter().filter(|it| it.title == "Once only").count()
}

/// What is said when Basecamp asks to wait seven seconds.
pub(crate) fn throttled() -> Problem {
    Problem::Throttled { service: "Basecamp".into(), retry_after_s: 7 }
}

#[tokio::test]
async fn a_refused_create_is_not_sent_again() {
    let (world, admin) = World::connected().await;
    let new = new_todo(&world).await;
    world.running.sandbox.fail_next(Fault::TooMany { retry_after: 7 });
    let problem = world.basecamp.create_todo(&admin, &new).await.unwrap_err();
    assert_eq!(problem, throttled());
    assert_eq!(count(&world).await, 0);
}

#[tokio::test]
async fn a_create_whose_answer_is_lost_is_found_and_not_repeated() {
    let (world, admin) = World::connected().await;
    let new = new_todo(&world).await;
    world.running.sandbox.fail_next(Fault::LostAnswer);
    let made = world.basecamp.create_todo(&admin, &new).await.unwrap();
    assert_eq!(made.title, "Once only");
    assert_eq!(count(&world).await, 1);
}

#[tokio::test]
async fn an_answer_that_is_cut_off_or_never_ends_is_no_answer() {
    for fault in [Fault::CutOff, Fault::Endless] {
        let (world, admin) = World::connected().await;
        world.running.sandbox.fail_while("/projects.json", fault);
        let problem = world.basecamp.projects(&admin).await.unwrap_err();
        assert!(matches!(problem, Problem::Unavailable { .. }), "{fault:?}: {problem:?}");
        world.running.sandbox.heal();
        let new = new_todo(&world).await;
        world.running.sandbox.fail_next(fault);
        let made = world.basecamp.create_todo(&admin, &new).await.unwrap();
        assert_eq!((made.title.as_str(), count(&world).await), ("Once only", 1), "{fault:?}");
    }
}

#[tokio::test]
async fn a_create_that_did_not_happen_says_so() {
    let (world, admin) = World::connected().await;
    let new = new_todo(&world).await;
    world.running.sandbox.fail_next(Fault::Status(500));
    let Err(Problem::Unavailable { message, .. }) = world.basecamp.create_todo(&admin, &new).await
    else {
        panic!("it was made")
    };
    assert_eq!(message, "Basecamp did not answer, and nothing was done. Try again");
    assert_eq!(count(&world).await, 0);
}

/// A client whose breaker opens for `cooldown`.
fn patient(world: &World, cooldown: Duration) -> Basecamp {
    let circuit = Limits { cooldown, ..Limits::default() };
    client_as(world.test.db.clone(), &world.running, Config { circuit, ..Config::default() })
}

#[tokio::test]
async fn five_failures_in_a_row_stop_further_calls_of_this_workspace_alone() {
    let (world, one) = World::connected().await;
    let other = admin("b");
    world.basecamp.connect_sample(&other).await.unwrap();
    let basecamp = patient(&world, Duration::from_secs(3_600));
    for _ in 0..5 {
        world.running.sandbox.fail_next(Fault::Status(500));
        assert!(matches!(basecamp.projects(&one).await, Err(Problem::Unavailable { .. })));
    }
    let before = world.running.sandbox.count();
    let problem = basecamp.projects(&one).await.unwrap_err();
    let Problem::CircuitOpen { retry_after_ms, .. } = problem else { panic!("{problem:?}") };
    assert!((1..=3_600_000).contains(&retry_after_ms), "{retry_after_ms}");
    assert_eq!(world.running.sandbox.count(), before, "it went out");
    assert_eq!(basecamp.projects(&other).await.unwrap().len(), 3);
    assert_eq!(basecamp.circuit().failures, 5);
}

#[tokio::test]
async fn one_good_trial_after_the_cooldown_lets_calls_through_again() {
    let (world, admin) = World::connected().await;
    let basecamp = patient(&world, Duration::from_millis(50));
    for _ in 0..5 {
        world.running.sandbox.fail_next(Fault::Status(502));
        assert!(basecamp.projects(&admin).await.is_err());
    }
    for _ in 0..600 {
        if basecamp.projects(&admin).await.is_ok() {
            assert_eq!((basecamp.circuit().failures, basecamp.circuit().open_for), (0, None));
            assert_eq!(basecamp.projects(&admin).await.unwrap().len(), 3);
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("it never closed");
}

#[tokio::test]
async fn records_that_are_not_there_never_stop_calls() {
    let (world, admin) = World::connected().await;
    let basecamp = patient(&world, Duration::from_secs(3_600));
    for id in 1..8 {
        assert_eq!(basecamp.todo(&admin, id).await.unwrap_err(), Problem::not_found("To-do"));
    }
    assert_eq!(basecamp.projects(&admin).await.unwrap().len(), 3);
    assert_eq!(basecamp.circuit().failures, 0);
}

#[tokio::test]
async fn an_unreachable_basecamp_is_said_in_plain_words() {
    let (world, admin) = World::connected().await;
    world.running.stop();
    tokio::task::yield_now().await;
    let Err(Problem::Unavailable { service, message }) = world.basecamp.todo(&admin, 1).await
    else {
        panic!("it answered")
    };
    assert_eq!(
        (service.as_str(), message.as_str()),
        ("Basecamp", "Basecamp did not answer. Try again in a moment")
    );
}
