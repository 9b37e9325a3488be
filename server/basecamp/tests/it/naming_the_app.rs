//! The app that people sign in through: named by a super admin, tested, kept sealed.

use crate::admin;
use crate::signing_in::{STUDIO, World};
use basecamp::Basecamp;
use basecamp::config::Config;
use domain::actor::{Actor, Role};
use domain::integration::{BasecampAppChange, Sharing};
use domain::problem::Problem;
use store::secrets::SecretKey;
use store::testing::TestDb;

fn super_admin() -> Actor {
    Actor { role: Role::SuperAdmin, ..admin("a") }
}

fn app_of(client_id: &str, client_secret: &str) -> BasecampAppChange {
    BasecampAppChange { client_id: client_id.into(), client_secret: client_secret.into() }
}

#[tokio::test]
async fn a_super_admin_names_the_app_and_people_sign_in_through_it() {
    for world in World::all().await {
        let url = world.running.sandbox.base_url();
        let config = Config {
            base_url: url.clone(),
            launchpad_url: url,
            default_account: Some(STUDIO),
            ..Config::default()
        };
        let key = SecretKey::from_text("a key for tests");
        let basecamp = Basecamp::new(world.test.db.clone(), key, config).unwrap();
        let world = World { basecamp, ..world };
        let ours = super_admin();
        let none = world.basecamp.app(&ours).await.unwrap();
        assert!(none.client_id.is_empty() && !none.has_secret && !none.is_fixed);
        assert!(none.redirect_uri.ends_with("/auth/basecamp/callback"));
        assert!(!world.basecamp.accesses(&world.admin).await.unwrap().can_sign_in);
        let refused = world.basecamp.change_app(&ours, &app_of(" ", "")).await.unwrap_err();
        let Problem::Invalid { issues } = refused else { panic!("not refused: {refused:?}") };
        let fields: Vec<_> = issues.iter().map(|it| it.field.as_str()).collect();
        assert_eq!(fields, ["client_id", "client_secret"]);

        let wrong = world.basecamp.test_app(&ours, &app_of("pmos", "another")).await.unwrap();
        assert!(!wrong.passed, "{}", wrong.message);
        let right = app_of("pmos", "only for tests");
        assert!(world.basecamp.test_app(&ours, &right).await.unwrap().passed);
        assert!(!world.basecamp.app(&ours).await.unwrap().has_secret, "a test stores nothing");

        world.basecamp.change_app(&ours, &right).await.unwrap();
        world.basecamp.change_app(&ours, &app_of("pmos", "")).await.unwrap();
        let kept = world.basecamp.test_app(&ours, &app_of("pmos", "")).await.unwrap();
        assert!(kept.passed, "a blank secret keeps the stored one: {}", kept.message);
        let told = world.basecamp.app(&ours).await.unwrap();
        assert!(told.has_secret && told.client_id == "pmos");
        assert!(world.basecamp.accesses(&world.admin).await.unwrap().can_sign_in);
        world.sign_in(&world.admin, Sharing::Workspace).await;
        world.running.sandbox.end_access();
        let id = world.only(&world.admin).await.id;
        let tested = world.basecamp.test_access(&world.admin, &id).await.unwrap();
        assert!(tested.checked.unwrap().error.is_none(), "access is renewed through it too");
        let mut conn = world.test.db.read().await.unwrap();
        let stored = store::settings::find(&mut conn, store::settings::INSTALLATION, "basecampApp");
        let stored = stored.await.unwrap().unwrap().to_string();
        assert!(!stored.contains("only for tests"), "{stored}");
    }
}

#[tokio::test]
async fn only_a_super_admin_sees_the_app_and_the_environment_comes_first() {
    let world = World::on(TestDb::sqlite().await, None).await;
    let change = app_of("another", "another secret");
    let is_forbidden = |it: Problem| matches!(it, Problem::Forbidden { .. });
    assert!(is_forbidden(world.basecamp.app(&world.admin).await.unwrap_err()));
    assert!(is_forbidden(world.basecamp.change_app(&world.admin, &change).await.unwrap_err()));
    assert!(is_forbidden(world.basecamp.test_app(&world.admin, &change).await.unwrap_err()));
    let fixed = world.basecamp.app(&super_admin()).await.unwrap();
    assert!(fixed.is_fixed && fixed.client_id == "pmos");
    let refused = world.basecamp.change_app(&super_admin(), &change).await.unwrap_err();
    assert!(matches!(refused, Problem::Conflict { .. }), "{refused:?}");
    assert!(world.basecamp.test_app(&super_admin(), &change).await.unwrap().passed);
}
