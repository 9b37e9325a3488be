//! Questions about the sample world, answered over HTTP, against what was planted in it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

use basecamp::Basecamp;
use basecamp::config::Config;
use basecamp::tallies::Tally;
use chrono::{NaiveDate, NaiveTime, TimeDelta};
use domain::actor::{Actor, Role, Via};
use domain::problem::Problem;
use domain::todo::Todo;
use insight::Insight;
use insight::measure::{self, Moment};
use sandbox::world::{DUE_IN_NEXT_SIX_DAYS, DUE_TODAY, OVERDUE, OVERLOADED, OWNER, UNASSIGNED};
use sandbox::{Running, serve};
use store::secrets::SecretKey;
use store::testing::TestDb;

const TODAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 2, 18).unwrap();

struct World {
    basecamp: Basecamp,
    insight: Insight,
    actor: Actor,
    _running: Running,
    _test: TestDb,
}

async fn world() -> World {
    on(TestDb::sqlite().await).await
}

async fn on(test: TestDb) -> World {
    let running =
        serve(sandbox::Config { today: Some(TODAY), ..sandbox::Config::default() }).await.unwrap();
    let config = Config::default().with_sample(running.address, &running.control_key);
    let basecamp = Basecamp::new(test.db.clone(), SecretKey::from_text("k"), config).unwrap();
    let actor = Actor {
        user: "u1".into(),
        name: OWNER.into(),
        workspace: "a".into(),
        role: Role::WorkspaceAdmin,
        via: Via::Ui,
        request_id: "r1".into(),
        ip: None,
    };
    basecamp.connect_sample(&actor).await.unwrap();
    World {
        insight: Insight::new(basecamp.clone()),
        basecamp,
        actor,
        _running: running,
        _test: test,
    }
}

fn titles(todos: &[Todo]) -> Vec<&str> {
    todos.iter().map(|it| it.title.as_str()).collect()
}

#[tokio::test]
async fn overdue_is_exactly_what_was_planted() {
    let world = world().await;
    assert_eq!(titles(&world.insight.overdue(&world.actor, TODAY).await.unwrap()), OVERDUE);
    let long_ago = TODAY - TimeDelta::days(60);
    assert!(world.insight.overdue(&world.actor, long_ago).await.unwrap().is_empty());
}

#[tokio::test]
async fn due_is_exactly_what_was_planted() {
    let world = world().await;
    let today = world.insight.due(&world.actor, TODAY, TODAY).await.unwrap();
    assert_eq!(titles(&today), DUE_TODAY);
    let (from, to) = (TODAY + TimeDelta::days(1), TODAY + TimeDelta::days(6));
    assert_eq!(
        world.insight.due(&world.actor, from, to).await.unwrap().len(),
        DUE_IN_NEXT_SIX_DAYS
    );
}

#[tokio::test]
async fn one_person_has_too_much_and_some_todos_have_nobody() {
    let world = world().await;
    let loads = world.insight.workload(&world.actor, TODAY).await.unwrap();
    assert_eq!((loads[0].person.name.as_str(), loads[0].open), (OVERLOADED, 13));
    assert_eq!(loads.iter().filter(|it| it.is_overloaded()).count(), 1);
    let mut nobody = world.insight.unassigned(&world.actor).await.unwrap();
    nobody.sort_by_key(|it| it.id);
    assert_eq!(titles(&nobody), UNASSIGNED);
}

#[tokio::test]
async fn mine_are_those_of_the_connected_person() {
    let world = world().await;
    let mine = world.insight.mine(&world.actor).await.unwrap();
    assert_eq!(
        titles(&mine),
        [
            "Type licence for web and print",
            "Ask Marlowe about the reprint",
            "Decide on the recycled card"
        ]
    );
    world.basecamp.remove_sample(&world.actor).await.unwrap();
    assert!(matches!(world.insight.mine(&world.actor).await, Err(Problem::NeedsSetup { .. })));
}

#[tokio::test]
async fn every_project_is_summed_up_the_same_alone_and_together() {
    let world = world().await;
    let all = Box::pin(world.insight.project_summaries(&world.actor, TODAY)).await.unwrap();
    let counts: Vec<_> = all
        .iter()
        .map(|it| (it.project.name.as_str(), it.open, it.completed, it.overdue))
        .collect();
    assert_eq!(
        counts,
        [
            ("Halden Coffee rebrand", 17, 5, 4),
            ("Marlowe & Sons packaging", 11, 5, 2),
            ("Website relaunch", 16, 6, 3)
        ]
    );
    for summary in &all {
        let alone =
            world.insight.project_summary(&world.actor, summary.project.id, TODAY).await.unwrap();
        assert_eq!(&alone, summary);
    }
}

#[tokio::test]
async fn the_mirror_gives_the_same_answers_as_basecamp() {
    for test in TestDb::both().await {
        let (name, world) = (test.name, on(test).await);
        let (insight, actor) = (&world.insight, &world.actor);
        let loads = insight.workload(actor, TODAY).await.unwrap();
        let lucia = loads[0].person.id;
        let answers = async || {
            let mut unassigned = insight.unassigned(actor).await.unwrap();
            unassigned.sort_by_key(|it| it.id);
            (
                insight.overdue(actor, TODAY).await.unwrap(),
                insight.due(actor, TODAY, TODAY + TimeDelta::days(9)).await.unwrap(),
                insight.mine(actor).await.unwrap(),
                unassigned,
                insight.workload(actor, TODAY).await.unwrap(),
                Box::pin(insight.project_summaries(actor, TODAY)).await.unwrap(),
                insight.due_within_a_week(actor, TODAY, None, 100).await.unwrap(),
                insight.due_within_a_week(actor, TODAY, Some(lucia), 2).await.unwrap(),
            )
        };
        assert!(insight.stuck(actor, TODAY).await.unwrap().is_none());
        let live = Box::pin(answers()).await;
        world.basecamp.sync_once().await.unwrap();
        assert!(insight.freshness(actor).await.unwrap().is_mirrored, "{name}");
        assert_eq!(Box::pin(answers()).await, live, "{name}");
        let stuck = insight.stuck(actor, TODAY - TimeDelta::days(20)).await.unwrap().unwrap();
        assert!(!stuck.is_empty() && stuck.iter().all(|it| !it.completed), "{name}");
    }
}

#[tokio::test]
async fn the_mirror_counts_of_every_project_what_is_among_the_facts() {
    for test in TestDb::both().await {
        let (name, world) = (test.name, on(test).await);
        let midnight = TODAY.and_time(NaiveTime::MIN).and_utc().timestamp_millis();
        let at = Moment { now: midnight + 36_000_000, today: TODAY, midnight };
        let counted = async || {
            let since = measure::since(at);
            Box::pin(world.basecamp.tallies(&world.actor, since, TODAY)).await.unwrap()
        };
        assert!(counted().await.is_none(), "{name}: nothing is mirrored yet");
        world.basecamp.sync_once().await.unwrap();
        let facts = Box::pin(world.basecamp.facts(&world.actor, None)).await.unwrap();
        let expected: Vec<_> =
            facts.projects.iter().map(|it| (it.clone(), measure::tally(&facts, it, at))).collect();
        assert_eq!(counted().await.unwrap(), expected, "{name}");
        let sum = |of: fn(&Tally) -> usize| expected.iter().map(|it| of(&it.1)).sum::<usize>();
        assert_eq!(sum(|it| it.overdue), OVERDUE.len(), "{name}");
        assert_eq!(sum(|it| it.unassigned), UNASSIGNED.len(), "{name}");
        assert!(sum(|it| it.done) > 0 && sum(|it| it.recent_posts) > 0, "{name}: {expected:?}");
    }
}
