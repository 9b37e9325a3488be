//! Acceptance: what the sync finds out about a connection to Basecamp is told at once, and once.

use crate::caller::{Caller, Server};
use crate::connecting::{connect, servers, service};
use backend::alerting;
use serde_json::Value;
use std::time::Duration;
use store::ids::now_ms;

const ACCOUNT: i64 = 2_914_079;

async fn told(caller: &Caller<'_>) -> Vec<Value> {
    let inbox = caller.get("/api/pmos/notifications").await;
    inbox["notifications"].as_array().unwrap().clone()
}

/// Looks as the server does every minute.
async fn look(server: &Server) {
    server.backend.care().look(now_ms()).await.unwrap();
    alerting::look(&server.backend.db, &server.backend.meter).await.unwrap();
}

/// Looks until `owner` was told `count` times; gives the newest.
async fn hears(server: &Server, owner: &Caller<'_>, count: usize) -> Value {
    for _ in 0..600 {
        look(server).await;
        let inbox = told(owner).await;
        if inbox.len() >= count {
            assert_eq!(inbox.len(), count, "{}: {inbox:?}", server.name);
            return inbox[0].clone();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{}: only {:?} was told", server.name, told(owner).await);
}

/// Nothing more is told, however often somebody looks.
async fn hears_no_more(server: &Server, owner: &Caller<'_>, count: usize) {
    for _ in 0..3 {
        look(server).await;
    }
    assert_eq!(told(owner).await.len(), count, "{}", server.name);
}

#[tokio::test]
async fn an_account_that_is_suspended_and_an_access_that_is_lost_are_told_at_once_and_once() {
    let service = service().await;
    for server in servers(&service).await {
        let owner = server.signs_up("Owner").await;
        assert_eq!(connect(&owner).await.status, 200);
        let (basecamp, actor) = (&server.backend.basecamp, owner.actor().await);
        look(&server).await;
        assert!(told(&owner).await.is_empty(), "{}", server.name);

        service.sandbox.suspend(ACCOUNT, Some(403)).await.unwrap();
        basecamp.hurry_sync(&actor).await.unwrap();
        let first = hears(&server, &owner, 1).await;
        assert_eq!(first["title"], "The connection Fernhill Studio no longer works");
        assert!(first["body"].as_str().unwrap().contains("suspended"), "{first}");
        assert_eq!(first["link"], "/integrations");
        hears_no_more(&server, &owner, 1).await;
        let status = basecamp.mirror_status(&actor).await.unwrap();
        assert!(status.freshness.stale.unwrap().contains("suspended"), "{}", server.name);

        service.sandbox.suspend(ACCOUNT, None).await.unwrap();
        basecamp.hurry_sync(&actor).await.unwrap();
        let again = hears(&server, &owner, 2).await;
        assert_eq!(again["title"], "The connection Fernhill Studio works again");

        service.sandbox.take_back();
        basecamp.hurry_sync(&actor).await.unwrap();
        let lost = hears(&server, &owner, 3).await;
        assert_eq!(lost["title"], "The connection Fernhill Studio no longer works");
        assert!(lost["body"].as_str().unwrap().contains("Connect Basecamp again"), "{lost}");
        hears_no_more(&server, &owner, 3).await;
    }
}
