//! What holds whichever door a call comes through.

use auth::auth::Auth;
use auth::config::Config;
use auth::sessions::SignedIn;
use domain::account::{MemberChange, WorkspaceChange};
use domain::actor::{Actor, Role};
use domain::client::Client;
use domain::event::AuditFilter;
use domain::ids::{InvitationId, UserId};
use domain::problem::Problem;
use futures::future::join_all;
use store::testing::TestDb;

pub(crate) const PASSWORD: &str = "correct horse";

/// Accounts on each database, with a first person.
pub(crate) async fn all() -> Vec<(TestDb, Auth, SignedIn)> {
    let mut all = Vec::new();
    for db in TestDb::both().await {
        let auth = Auth::new(db.db.clone(), Config::default());
        let owner = auth.sign_up(&Client::default(), "Owner", "owner@example.com", PASSWORD).await;
        all.push((db, auth, owner.unwrap()));
    }
    all
}

pub(crate) fn token(signed_in: &SignedIn) -> String {
    let value = signed_in.cookie.split(';').next().and_then(|it| it.split_once('='));
    value.unwrap().1.to_owned()
}

pub(crate) async fn actor(auth: &Auth, signed_in: &SignedIn) -> Actor {
    let client = Client { session: Some(token(signed_in)), ..Client::default() };
    auth.authenticate(&client).await.unwrap().unwrap().actor
}

pub(crate) fn is_forbidden<T>(result: Result<T, Problem>) -> bool {
    matches!(result, Err(Problem::Forbidden { .. }))
}

#[tokio::test]
async fn every_operation_checks_the_role_itself() {
    for (_db, auth, owner) in all().await {
        let viewer = Actor { role: Role::Viewer, ..actor(&auth, &owner).await };
        let (user, invitation) = (UserId::from("x"), InvitationId::from("x"));
        let refused = [
            is_forbidden(auth.change_workspace(&viewer, WorkspaceChange::default()).await),
            is_forbidden(auth.workspaces(&viewer, "", "").await),
            is_forbidden(auth.change_member(&viewer, &user, MemberChange::default()).await),
            is_forbidden(auth.remove_member(&viewer, &user).await),
            is_forbidden(auth.invitations(&viewer).await),
            is_forbidden(auth.invite(&viewer, "guest@example.com", "member").await),
            is_forbidden(auth.withdraw(&viewer, &invitation).await),
            is_forbidden(auth.reset_password(&viewer, "owner@example.com", PASSWORD).await),
            is_forbidden(auth.platform_settings(&viewer).await),
            is_forbidden(auth.audit(&viewer, &AuditFilter::default()).await),
        ];
        assert_eq!(refused, [true; 10]);
    }
}

#[tokio::test]
async fn neither_passwords_nor_tokens_can_be_read_from_the_database() {
    for (db, auth, owner) in all().await {
        let mut conn = db.db.read().await.unwrap();
        let row =
            store::users::find_by_email(&mut conn, "owner@example.com").await.unwrap().unwrap();
        assert!(row.password_hash.starts_with("$argon2id$"));
        let now_ms = auth.clock().now_ms();
        let found = store::sessions::find(&mut conn, &token(&owner), now_ms).await.unwrap();
        assert!(found.is_none());
    }
}

#[tokio::test]
async fn secrets_are_not_printed() {
    for (_db, auth, owner) in all().await {
        let client = Client { session: Some(token(&owner)), ..Client::default() };
        let invited = auth.invite(&actor(&auth, &owner).await, "guest@example.com", "member").await;
        let invited = invited.unwrap();
        let printed = format!("{client:?} {owner:?} {invited:?}");
        let link = invited.link.rsplit('/').next().unwrap().to_owned();
        assert!(!printed.contains(&token(&owner)) && !printed.contains(&link), "{printed}");
    }
}

#[tokio::test]
async fn guesses_sent_at_once_do_not_slip_past_the_limit() {
    for (_db, auth, _owner) in all().await {
        let client = Client::default();
        let guesses = (0..40).map(|_| auth.sign_in(&client, "owner@example.com", "wrong horse"));
        let answers = join_all(guesses).await;
        let tried =
            answers.iter().filter(|it| matches!(it, Err(Problem::WrongCredentials))).count();
        let cores = std::thread::available_parallelism().unwrap().get();
        assert!((10..10 + cores).contains(&tried), "{tried}");
    }
}

#[tokio::test]
async fn failures_of_one_address_do_not_close_the_account_for_another() {
    for (_db, auth, _owner) in all().await {
        let from = |ip: &str| Client { ip: Some(ip.to_owned()), ..Client::default() };
        for _ in 0..11 {
            assert!(
                auth.sign_in(&from("192.0.2.1"), "owner@example.com", "wrong horse").await.is_err()
            );
        }
        assert!(auth.sign_in(&from("192.0.2.2"), "owner@example.com", PASSWORD).await.is_ok());
    }
}

#[tokio::test]
async fn an_account_survives_a_restart() {
    for (db, auth, owner) in all().await {
        let client = Client { session: Some(token(&owner)), ..Client::default() };
        drop(auth);
        let auth = Auth::new(db.reopen().await, Config::default());
        let found = auth.authenticate(&client).await.unwrap();
        assert_eq!(found.unwrap().actor.role, Role::SuperAdmin);
    }
}
