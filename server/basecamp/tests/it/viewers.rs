//! Who looks, and whether anybody may: clients, colleagues who are no admins, a suspended account; and dates that repeat.

use crate::TODAY;
use crate::mirror::{ACCOUNT, World};
use domain::actor::{Actor, Role};
use domain::mirror::MirrorState;
use domain::problem::Problem;
use domain::record::Part;
use domain::todo::TodoQuery;
use reqwest::Method;
use sandbox::{Config, Emails};
use serde_json::json;
use std::time::Duration;
use store::testing::TestDb;

const GUEST: &str = "a-token-of-somebody-who-was-let-in";

impl World {
    /// A colleague with a connection of their own, which speaks for the person called `name`.
    async fn let_in(&self, name: &str, is_client: bool) -> (Actor, i64) {
        let let_in = self.running.sandbox.let_in(ACCOUNT, GUEST, (name, is_client));
        let person = let_in.await.unwrap().unwrap();
        self.connect_as("c2", Some("u2"), (GUEST, person)).await;
        (Actor { user: "u2".into(), role: Role::Member, ..self.admin.clone() }, person)
    }

    /// Looks for news through both connections.
    async fn both_sync(&self, guest: &Actor) {
        self.basecamp.hurry_sync(guest).await.unwrap();
        self.sync().await;
    }
}

#[tokio::test]
async fn a_client_reads_what_is_shown_to_them_and_hides_nothing_from_colleagues() {
    for world in World::all().await {
        let place = world.test.name;
        let all = world.everything(&world.basecamp).await;
        let (shown, hidden) = (all.open[0].clone(), all.open[1].clone());
        let path = format!("recordings/{}/client_visibility.json", shown.id);
        world.upstream(Method::PUT, &path, json!({"visible_to_clients": true})).await;
        let (client, _) = world.let_in("Theo Marsh", true).await;
        for _ in 0..4 {
            world.both_sync(&client).await;
        }

        let api = &world.basecamp;
        assert!(api.mirrored(&client).await.unwrap().is_none(), "{place}");
        let theirs = api.todos(&client, &TodoQuery::default()).await.unwrap();
        let ids: Vec<i64> = theirs.iter().map(|it| it.id).collect();
        assert_eq!(ids, [shown.id], "{place}");
        let Part::On(work) = api.work(&client, shown.project_id).await.unwrap() else {
            panic!("{place}: the tool is off")
        };
        assert_eq!(work.todos.iter().map(|it| it.id).collect::<Vec<_>>(), [shown.id], "{place}");
        let refused = api.detail(&client, hidden.project_id, hidden.id).await;
        assert!(matches!(refused, Err(Problem::NotFound { .. })), "{place}: {refused:?}");
        let refused = api.complete_todo(&client, hidden.id).await;
        assert!(matches!(refused, Err(Problem::NotFound { .. })), "{place}: {refused:?}");
        for news in api.latest(&client, hidden.project_id).await.unwrap().unwrap_or_default() {
            assert_ne!(news.title, hidden.title, "{place}");
        }

        assert!(api.mirrored(&world.admin).await.unwrap().is_some(), "{place}");
        let now = world.everything(api).await;
        assert_eq!(now.open, all.open, "{place}: a client's look takes nothing from colleagues");
        assert_eq!(now.completed, all.completed, "{place}");
    }
}

#[tokio::test]
async fn who_is_no_admin_reads_no_addresses_and_everything_else() {
    for emails in [Emails::Hidden, Emails::Masked] {
        for test in TestDb::both().await {
            let place = test.name;
            let world = World::beside(test, Config { emails, ..Config::default() }).await;
            let (colleague, me) = world.let_in("Theo Marsh", false).await;
            for is_mirrored in [false, true] {
                let theirs = world.basecamp.people(&colleague).await.unwrap();
                let ours = world.basecamp.people(&world.admin).await.unwrap();
                assert_eq!(theirs.len(), ours.len(), "{place}");
                assert!(ours.iter().all(|it| it.email.is_some()), "{place}: {ours:?}");
                for person in &theirs {
                    let has = person.email.is_some();
                    assert_eq!(
                        has,
                        person.id == me,
                        "{place} {is_mirrored} {emails:?}: {person:?}"
                    );
                }
                world.both_sync(&colleague).await;
            }
            let todos = world.basecamp.todos(&colleague, &TodoQuery::default()).await.unwrap();
            assert_eq!(todos.len(), world.everything(&world.basecamp).await.open.len(), "{place}");
        }
    }
}

#[tokio::test]
async fn a_suspended_account_is_said_and_left_alone_until_it_works_again() {
    for status in [403, 404] {
        for world in World::all().await {
            let (place, sandbox) = (world.test.name, &world.running.sandbox);
            world.sync().await;
            let before = world.everything(&world.basecamp).await;
            let todo = before.open[0].clone();
            let body = json!({"content": "Changed while nobody looks"});
            world.upstream(Method::PUT, &format!("todos/{}.json", before.open[1].id), body).await;
            sandbox.suspend(ACCOUNT, Some(status)).await.unwrap();
            let asked = sandbox.count();
            world.sync().await;
            assert_eq!(sandbox.count() - asked, 1, "{place}: it stops with the first answer");
            let status = world.basecamp.mirror_status(&world.admin).await.unwrap();
            assert_eq!(status.state, MirrorState::Away, "{place}");
            let words = status.freshness.stale.unwrap();
            assert!(words.contains("suspended"), "{place}: {words}");
            assert_eq!(world.everything(&world.basecamp).await, before, "{place}: nothing is lost");
            let found =
                world.basecamp.detail(&world.admin, todo.project_id, todo.id).await.unwrap();
            assert!(!found.item.is_removed, "{place}: it is not gone");
            let refused = world.basecamp.complete_todo(&world.admin, todo.id).await;
            assert!(matches!(refused, Err(Problem::NeedsSetup { .. })), "{place}: {refused:?}");
            let connection = world.basecamp.connection(&world.admin).await.unwrap().unwrap();
            assert!(!connection.needs_attention, "{place}: our access is as good as before");

            sandbox.suspend(ACCOUNT, None).await.unwrap();
            for _ in 0..600 {
                world.sync().await;
                let status = world.basecamp.mirror_status(&world.admin).await.unwrap();
                if status.freshness.stale.is_none() {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            let now = world.everything(&world.basecamp).await;
            assert_eq!(now.open.len(), before.open.len(), "{place}");
            assert!(now.open.iter().any(|it| it.title == "Changed while nobody looks"), "{place}");
        }
    }
}

#[tokio::test]
async fn a_date_that_repeats_opens_as_its_next_occurrence() {
    for world in World::all().await {
        let place = world.test.name;
        let projects = world.basecamp.projects(&world.admin).await.unwrap();
        let project = projects.iter().find(|it| it.name == "Website relaunch").unwrap().id;
        let Part::On(dates) = world.basecamp.dates(&world.admin, project).await.unwrap() else {
            panic!("{place}: the tool is off")
        };
        let entry = dates.items.iter().find(|it| it.title == "Design review").unwrap().id;
        world.running.sandbox.repeat_weekly(entry).await.unwrap();
        world.running.sandbox.advance(Duration::from_secs(21 * 24 * 3_600));
        for is_mirrored in [false, true] {
            let found = world.basecamp.detail(&world.admin, project, entry).await.unwrap().item;
            let day = found.starts_at.unwrap();
            let later = (TODAY + chrono::TimeDelta::days(21)).to_string();
            assert!(day.get(..10).unwrap() >= later.as_str(), "{place} {is_mirrored}: {day}");
            world.sync().await;
        }
        let asked = world.running.sandbox.requests();
        assert!(asked.iter().any(|it| it.contains("/occurrences/2026")), "{place}: {asked:?}");
    }
}
