//! Where people are signed in, and who ends it.

use crate::operations::{PASSWORD, actor, all, is_forbidden, token};
use auth::auth::Auth;
use auth::sessions::SignedIn;
use domain::actor::{Actor, Role};
use domain::client::Client;
use domain::ids::UserId;
use domain::problem::Problem;
use std::time::Duration;

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

fn with(signed_in: &SignedIn) -> Client {
    Client { session: Some(token(signed_in)), ..Client::default() }
}

/// Somebody who joined the workspace of `owner`.
async fn joined(auth: &Auth, owner: &Actor) -> (SignedIn, Actor) {
    let invited = auth.invite(owner, "member@example.com", "member").await.unwrap();
    let token = invited.link.rsplit('/').next().unwrap().to_owned();
    let given = domain::account::Acceptance {
        token,
        name: "Member".to_owned(),
        password: PASSWORD.to_owned(),
    };
    let signed_in = auth.accept(&Client::default(), None, given).await.unwrap();
    let member = actor(auth, &signed_in).await;
    (signed_in, member)
}

#[tokio::test]
async fn people_see_where_they_are_signed_in_and_end_it() {
    for (_db, auth, first) in all().await {
        let elsewhere = Client {
            program: Some(FIREFOX.to_owned()),
            ip: Some("192.0.2.7".to_owned()),
            ..Client::default()
        };
        let second = auth.sign_in(&elsewhere, "owner@example.com", PASSWORD).await.unwrap();
        let owner = actor(&auth, &first).await;
        let open = auth.open_sessions(&owner, &with(&first)).await.unwrap();
        let current: Vec<_> = open.iter().filter(|it| it.is_current).collect();
        assert_eq!((open.len(), current.len()), (2, 1));
        let other = open.iter().find(|it| !it.is_current).unwrap();
        assert_eq!(
            (other.device.as_deref(), other.ip.as_deref()),
            (Some("Firefox on Linux"), Some("192.0.2.7"))
        );
        assert!(!token(&second).contains(&other.id), "its id does not open it");
        auth.end_session(&owner, &other.id).await.unwrap();
        assert!(auth.authenticate(&with(&second)).await.unwrap().is_none());
        let again = auth.end_session(&owner, &other.id).await;
        assert!(matches!(again, Err(Problem::NotFound { .. })));
        auth.sign_in(&elsewhere, "owner@example.com", PASSWORD).await.unwrap();
        assert_eq!(auth.end_other_sessions(&owner, &with(&first)).await.unwrap(), 1);
        assert_eq!(auth.open_sessions(&owner, &with(&first)).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn nobody_ends_the_session_of_somebody_else_by_its_name() {
    for (_db, auth, first) in all().await {
        let owner = actor(&auth, &first).await;
        let (_, member) = joined(&auth, &owner).await;
        let open = auth.open_sessions(&owner, &with(&first)).await.unwrap();
        let ended = auth.end_session(&member, &open[0].id).await;
        assert!(matches!(ended, Err(Problem::NotFound { .. })));
        assert!(auth.authenticate(&with(&first)).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn admins_end_the_sessions_of_members_and_let_them_in_again() {
    for (_db, auth, first) in all().await {
        let owner = actor(&auth, &first).await;
        let (signed_in, member) = joined(&auth, &owner).await;
        let viewer = Actor { role: Role::Viewer, ..owner.clone() };
        assert!(is_forbidden(auth.end_sessions_of(&viewer, &member.user).await));
        assert!(is_forbidden(auth.make_password(&viewer, &member.user).await));
        let admin = Actor { role: Role::WorkspaceAdmin, ..member.clone() };
        assert!(is_forbidden(auth.end_sessions_of(&admin, &owner.user).await), "a super admin");
        let stranger = auth.end_sessions_of(&owner, &UserId::from("nobody")).await;
        assert!(matches!(stranger, Err(Problem::NotFound { .. })));

        auth.end_sessions_of(&owner, &member.user).await.unwrap();
        assert!(auth.authenticate(&with(&signed_in)).await.unwrap().is_none());
        let client = Client::default();
        assert!(auth.sign_in(&client, "member@example.com", PASSWORD).await.is_ok());

        let made = auth.make_password(&owner, &member.user).await.unwrap();
        assert!(auth.sign_in(&client, "member@example.com", PASSWORD).await.is_err());
        assert!(auth.sign_in(&client, "member@example.com", &made.password).await.is_ok());
        assert!(!format!("{made:?}").contains(&made.password), "it is a secret");
    }
}

#[tokio::test]
async fn being_here_is_noted_once_a_minute() {
    for (_db, auth, first) in all().await {
        let owner = actor(&auth, &first).await;
        let clock = auth.clock();
        clock.stop();
        let seen = async || auth.members(&owner).await.unwrap()[0].last_seen_at_ms.unwrap();
        let before = seen().await;
        clock.advance(Duration::from_secs(10 * 60));
        let came_at = clock.now_ms();
        auth.arrive(&with(&first)).await.unwrap();
        assert_eq!(seen().await, came_at);
        assert!(came_at > before);
        clock.advance(Duration::from_secs(30));
        auth.arrive(&with(&first)).await.unwrap();
        assert_eq!(seen().await, came_at);
    }
}
