//! Connecting a real Basecamp: there and back in one browser, accounts, access that renews itself or is lost.

use crate::{TODAY, actor, admin};
use basecamp::Basecamp;
use basecamp::config::{Config, Integration, Pace};
use basecamp::oauth::{Arrival, Came, NotSignedIn};
use domain::actor::{Actor, Role};
use domain::ids::ConnectionId;
use domain::integration::{BasecampAccess, Health, Sharing};
use domain::problem::Problem;
use domain::todo::TodoQuery;
use futures::future::join_all;
use reqwest::redirect::Policy;
use sandbox::faults::Fault;
use sandbox::{Running, serve};
use std::time::Duration;
use store::secrets::SecretKey;
use store::testing::TestDb;
use url::Url;

pub(crate) const STUDIO: i64 = 2_914_079;
const PRINT: i64 = 2_914_080;

pub(crate) struct World {
    pub(crate) test: TestDb,
    pub(crate) running: Running,
    pub(crate) basecamp: Basecamp,
    pub(crate) admin: Actor,
}

/// What the browser has in its hand.
struct Browser {
    state: String,
    code: String,
    cookie: String,
}

impl Browser {
    fn came(&self) -> Came<'_> {
        Came {
            state: Some(&self.state),
            code: Some(&self.code),
            error: None,
            browser: Some(&self.cookie),
        }
    }
}

fn config(running: &Running, default_account: Option<i64>) -> Config {
    let url = running.sandbox.base_url();
    let app = Integration { client_id: "pmos".into(), client_secret: "only for tests".into() };
    Config {
        base_url: url.clone(),
        launchpad_url: url,
        integration: Some(app),
        default_account,
        pace: Pace {
            retry: Duration::from_millis(1),
            lease: Duration::from_secs(1),
            ..Pace::default()
        },
        ..Config::default()
    }
}

impl World {
    pub(crate) async fn all() -> Vec<Self> {
        let mut worlds = Vec::new();
        for test in TestDb::both().await {
            worlds.push(Self::on(test, None).await);
        }
        worlds
    }

    /// Another node on the same database.
    pub(crate) fn node(&self) -> Basecamp {
        let key = SecretKey::from_text("a key for tests");
        Basecamp::new(self.test.db.clone(), key, config(&self.running, None)).unwrap()
    }

    pub(crate) async fn on(test: TestDb, default_account: Option<i64>) -> Self {
        let integration = sandbox::launchpad::Integration {
            client_id: "pmos".into(),
            client_secret: "only for tests".into(),
        };
        let config = sandbox::Config {
            today: Some(TODAY),
            integration: Some(integration),
            ..sandbox::Config::default()
        };
        let running = serve(config).await.unwrap();
        let key = SecretKey::from_text("a key for tests");
        let reach = self::config(&running, default_account);
        let basecamp = Basecamp::new(test.db.clone(), key, reach).unwrap();
        Self { test, running, basecamp, admin: admin("a") }
    }

    /// Begins, and agrees over there.
    async fn agree(&self, actor: &Actor, sharing: Sharing) -> Browser {
        let begun = self.basecamp.begin_sign_in(Some(actor), sharing, "/x").await.unwrap();
        let http = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
        let sent = http.get(&begun.address).send().await.unwrap();
        let back = Url::parse(sent.headers()["location"].to_str().unwrap()).unwrap();
        assert_eq!(back.path(), "/auth/basecamp/callback");
        let part = |name: &str| {
            back.query_pairs().find(|it| it.0 == name).map(|it| it.1.into_owned()).unwrap()
        };
        Browser { state: part("state"), code: part("code"), cookie: begun.browser }
    }

    async fn arrive(&self, browser: &Browser) -> Result<Arrival, NotSignedIn> {
        self.basecamp.arrive(Some(&self.admin), browser.came()).await
    }

    pub(crate) async fn sign_in(&self, actor: &Actor, sharing: Sharing) -> ConnectionId {
        let browser = self.agree(actor, sharing).await;
        let arrival = self.basecamp.arrive(Some(actor), browser.came()).await.unwrap();
        assert_eq!(arrival.back, "/x");
        self.basecamp.keep_access(actor, sharing, arrival).await.unwrap()
    }

    /// Connected to one account for the whole workspace.
    pub(crate) async fn connect(&self) -> ConnectionId {
        let id = self.sign_in(&self.admin, Sharing::Workspace).await;
        self.basecamp.choose_account(&self.admin, &id, STUDIO).await.unwrap()
    }

    pub(crate) async fn only(&self, actor: &Actor) -> BasecampAccess {
        let mut all = self.basecamp.accesses(actor).await.unwrap().connections;
        assert_eq!(all.len(), 1);
        all.remove(0)
    }

    pub(crate) async fn ten_calls(&self) {
        let calls = join_all((0..10).map(|_| self.basecamp.people(&self.admin))).await;
        assert!(calls.iter().all(Result::is_ok), "{calls:?}");
    }
}

#[tokio::test]
async fn somebody_with_several_accounts_chooses_one_and_works_with_it() {
    for world in World::all().await {
        let id = world.sign_in(&world.admin, Sharing::Workspace).await;
        let access = world.only(&world.admin).await;
        assert_eq!((access.health, &access.account), (Health::Choosing, &None));
        let names: Vec<_> = access.accounts.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["Fernhill Studio", "Fernhill Print"], "not the other product");
        assert_eq!(world.basecamp.connection(&world.admin).await.unwrap(), None);
        let early = world.basecamp.projects(&world.admin).await.unwrap_err();
        assert!(
            matches!(&early, Problem::NeedsSetup { message, .. } if message.contains("chosen"))
        );
        let wrong = world.basecamp.choose_account(&world.admin, &id, 1_200_345).await.unwrap_err();
        assert!(matches!(wrong, Problem::Invalid { .. }));
        let same = world.basecamp.choose_account(&world.admin, &id, STUDIO).await.unwrap();
        assert_eq!(same, id, "there was nothing to move");
        assert_eq!(world.basecamp.projects(&world.admin).await.unwrap().len(), 3);
        let moved = world.basecamp.choose_account(&world.admin, &id, PRINT).await.unwrap();
        assert_ne!(moved, id, "another account has another mirror");
        let access = world.only(&world.admin).await;
        assert_eq!((access.health, access.name.as_str()), (Health::Working, "Fernhill Print"));
        assert!(access.is_in_use);
    }
}

#[tokio::test]
async fn a_sign_in_counts_once_in_time_and_in_its_own_browser() {
    for world in World::all().await {
        let good = world.agree(&world.admin, Sharing::Workspace).await;
        let service = &world;
        let refused =
            |browser: Browser| async move { service.arrive(&browser).await.err().unwrap() };
        let Browser { code, cookie, .. } = good;
        let again = |state: &str| Browser {
            state: state.to_owned(),
            code: code.clone(),
            cookie: cookie.clone(),
        };
        assert_eq!(refused(again("guessed")).await.status, 400);
        assert_eq!(refused(again("")).await.status, 400);
        let elsewhere = world.agree(&world.admin, Sharing::Workspace).await;
        let other = refused(Browser { cookie: "0".repeat(64), ..elsewhere }).await;
        assert!(other.words.contains("another browser"), "{}", other.words);
        let theirs = world.agree(&world.admin, Sharing::Workspace).await;
        let thief = Actor { user: "u2".into(), ..world.admin.clone() };
        let taken = world.basecamp.arrive(Some(&thief), theirs.came()).await.err().unwrap();
        assert_eq!(taken.status, 400);
        assert_eq!(world.arrive(&theirs).await.err().unwrap().status, 400, "it was used up");
        assert!(world.basecamp.accesses(&world.admin).await.unwrap().connections.is_empty());
        let good = Browser { state: good.state, code, cookie };
        assert!(world.arrive(&good).await.is_ok());
        let twice = world.arrive(&good).await.err().unwrap();
        assert!(twice.words.contains("used before"), "{}", twice.words);
    }
}

#[tokio::test]
async fn a_sign_in_that_took_too_long_is_refused() {
    for world in World::all().await {
        let old = store::sign_ins::SignIn {
            state_hash: store::secrets::digest("late"),
            workspace_id: "a".into(),
            user_id: "u1".into(),
            browser_hash: store::secrets::digest("mine"),
            purpose: "workspace".into(),
            back: "/x".into(),
            verifier: "sealed".into(),
            expires_at: store::ids::now_ms(),
        };
        let write = world.test.db.write::<_, store::error::StoreError, _>(move |conn| {
            Box::pin(async move { store::sign_ins::begin(conn, &old).await })
        });
        write.await.unwrap();
        let late = Browser { state: "late".into(), code: "c".into(), cookie: "mine".into() };
        let words = world.arrive(&late).await.err().unwrap().words;
        assert!(words.contains("ten minutes"), "{words}");
    }
}

#[tokio::test]
async fn whoever_says_no_or_comes_while_basecamp_is_away_is_told_so() {
    let world = World::on(TestDb::sqlite().await, None).await;
    let no = world.agree(&world.admin, Sharing::Workspace).await;
    let came = Came { code: None, error: Some("access_denied"), ..no.came() };
    let said = world.basecamp.arrive(Some(&world.admin), came).await.err().unwrap();
    assert_eq!((said.status, said.words.contains("did not allow")), (400, true));
    let late = world.agree(&world.admin, Sharing::Workspace).await;
    world.running.sandbox.fail_next(Fault::Status(500));
    assert_eq!(world.arrive(&late).await.err().unwrap().status, 502);
    assert!(world.basecamp.accesses(&world.admin).await.unwrap().connections.is_empty());
}

#[tokio::test]
async fn lost_access_stops_the_sync_keeps_what_was_read_and_mends_by_signing_in_again() {
    for world in World::all().await {
        let id = world.connect().await;
        world.basecamp.sync_once().await.unwrap();
        let before = world.basecamp.todos(&world.admin, &TodoQuery::default()).await.unwrap();
        assert!(world.basecamp.mirrored(&world.admin).await.unwrap().is_some());
        world.running.sandbox.take_back();
        world.basecamp.hurry_sync(&world.admin).await.unwrap();
        world.basecamp.sync_once().await.unwrap();
        assert_eq!(world.only(&world.admin).await.health, Health::NeedsAttention);
        let renewals = world.running.sandbox.renewals();
        world.basecamp.sync_once().await.unwrap();
        assert_eq!(world.running.sandbox.renewals(), renewals, "it does not ask again");
        let read = world.basecamp.todos(&world.admin, &TodoQuery::default()).await.unwrap();
        assert_eq!(read.len(), before.len());
        assert!(world.basecamp.freshness(&world.admin).await.unwrap().stale.is_some());
        let write = world.basecamp.complete_todo(&world.admin, before[0].id).await;
        assert!(matches!(write, Err(Problem::NeedsSetup { .. })), "{write:?}");
        let mended = world.sign_in(&world.admin, Sharing::Workspace).await;
        assert_eq!(mended, id, "the same connection with the same mirror");
        assert_eq!(world.only(&world.admin).await.health, Health::Working);
        world.basecamp.complete_todo(&world.admin, before[0].id).await.unwrap();
        world.basecamp.hurry_sync(&world.admin).await.unwrap();
        world.basecamp.sync_once().await.unwrap();
        assert_eq!(world.basecamp.freshness(&world.admin).await.unwrap().stale, None);
    }
}

#[tokio::test]
async fn a_persons_own_connection_comes_before_the_workspaces_and_is_theirs_alone() {
    for world in World::all().await {
        world.connect().await;
        let member = Actor { user: "u2".into(), ..actor("a", Role::Member) };
        let refused = world.basecamp.begin_sign_in(Some(&member), Sharing::Workspace, "").await;
        assert!(matches!(refused, Err(Problem::Forbidden { .. })));
        let before = world.basecamp.connection(&member).await.unwrap().unwrap();
        assert_eq!(before.account_name, "Fernhill Studio");
        let own = world.sign_in(&member, Sharing::Personal).await;
        let still = world.basecamp.connection(&member).await.unwrap().unwrap();
        assert_eq!(still.account_name, "Fernhill Studio", "theirs has no account yet");
        let own = world.basecamp.choose_account(&member, &own, PRINT).await.unwrap();
        let after = world.basecamp.connection(&member).await.unwrap().unwrap();
        assert_eq!(after.account_name, "Fernhill Print");
        assert_eq!(world.only(&world.admin).await.name, "Fernhill Studio");
        let foreign = world.basecamp.disconnect(&world.admin, &own).await.unwrap_err();
        assert_eq!(foreign, Problem::not_found("Connection"));
        let shared = world.only(&world.admin).await.id;
        let not_theirs = world.basecamp.disconnect(&member, &shared).await;
        assert!(matches!(not_theirs, Err(Problem::Forbidden { .. })));
        world.basecamp.disconnect(&member, &own).await.unwrap();
        let back = world.basecamp.connection(&member).await.unwrap().unwrap();
        assert_eq!(back.account_name, "Fernhill Studio");
        let viewer = Actor { user: "u3".into(), ..actor("a", Role::Viewer) };
        assert!(matches!(world.basecamp.accesses(&viewer).await, Err(Problem::Forbidden { .. })));
    }
}

#[tokio::test]
async fn the_installations_account_is_taken_unless_another_was_chosen() {
    let world = World::on(TestDb::sqlite().await, Some(PRINT)).await;
    let id = world.sign_in(&world.admin, Sharing::Workspace).await;
    assert_eq!(world.only(&world.admin).await.name, "Fernhill Print");
    world.basecamp.choose_account(&world.admin, &id, STUDIO).await.unwrap();
    world.sign_in(&world.admin, Sharing::Workspace).await;
    assert_eq!(world.only(&world.admin).await.name, "Fernhill Studio", "it was chosen");
    let mut people = world.running.sandbox.identities();
    people[0].accounts.retain(|it| it.id == PRINT);
    world.running.sandbox.set_identities(people);
    world.sign_in(&world.admin, Sharing::Workspace).await;
    assert_eq!(world.only(&world.admin).await.name, "Fernhill Print", "the only one left");
}

#[tokio::test]
async fn a_test_names_the_call_that_failed_and_what_mends_it() {
    for world in World::all().await {
        let id = world.connect().await;
        let good = world.basecamp.test_access(&world.admin, &id).await.unwrap().checked.unwrap();
        assert!(good.reachable && good.auth_ok && good.error.is_none());
        assert!(good.checks.iter().all(|it| it.ok == Some(true) && it.ms.is_some()));
        assert_eq!(good.checks[1].detail, "Amara Osei in Fernhill Studio");
        assert_eq!(good.checks[2].detail, "3 projects on the first page");
        world.running.sandbox.end_access();
        let renewed = world.basecamp.test_access(&world.admin, &id).await.unwrap();
        assert!(renewed.checked.unwrap().error.is_none(), "access was renewed");
        world.running.sandbox.take_back();
        let lost = world.basecamp.test_access(&world.admin, &id).await.unwrap();
        assert_eq!(lost.health, Health::NeedsAttention);
        let checked = lost.checked.unwrap();
        assert_eq!((checked.reachable, checked.auth_ok), (true, false));
        let passed: Vec<_> = checked.checks.iter().map(|it| it.ok).collect();
        assert_eq!(passed, [Some(false), None, None]);
        assert_eq!(checked.hint.as_deref(), Some("Connect Basecamp again"));
        world.running.stop();
        let kept = world.only(&world.admin).await.checked.unwrap();
        assert_eq!(kept, checked, "it is remembered");
    }
}

#[tokio::test]
async fn what_was_given_is_never_stored_in_the_clear() {
    let world = World::on(TestDb::sqlite().await, Some(STUDIO)).await;
    world.sign_in(&world.admin, Sharing::Workspace).await;
    let mut conn = world.test.db.read().await.unwrap();
    let row = store::connections::of_workspace(&mut conn, &world.admin.workspace, "basecamp");
    let row = row.await.unwrap().unwrap();
    assert!(row.secret.starts_with("v1."));
    assert!(!row.meta.contains("token"), "{}", row.meta);
}

#[tokio::test]
async fn the_sample_gives_way_to_a_real_basecamp() {
    let test = TestDb::sqlite().await;
    let world = World::on(test, Some(STUDIO)).await;
    let url = world.running.sandbox.base_url();
    let config = Config {
        base_url: url.clone(),
        launchpad_url: url,
        integration: Some(Integration {
            client_id: "pmos".into(),
            client_secret: "only for tests".into(),
        }),
        default_account: Some(STUDIO),
        ..Config::default()
    };
    let config = config.with_sample(world.running.address, &world.running.control_key);
    let key = SecretKey::from_text("a key for tests");
    let basecamp = Basecamp::new(world.test.db.clone(), key, config).unwrap();
    let world = World { basecamp, ..world };
    world.basecamp.connect_sample(&world.admin).await.unwrap();
    world.sign_in(&world.admin, Sharing::Workspace).await;
    assert!(!world.basecamp.connection(&world.admin).await.unwrap().unwrap().is_sample);
    let refused = world.basecamp.connect_sample(&world.admin).await;
    assert!(matches!(refused, Err(Problem::Conflict { .. })));
    world.basecamp.remove_sample(&world.admin).await.unwrap();
    assert_eq!(world.only(&world.admin).await.name, "Fernhill Studio");
}
