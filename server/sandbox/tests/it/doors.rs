//! Who gets in, and how much.

use crate::asking::{ask_with, get, send};
use crate::{ACCOUNT, TOKEN, running};
use sandbox::Config;
use sandbox::faults::Fault;
use sandbox::limiter::RateLimit;
use std::time::Duration;

fn request(agent: &str, token: &str, account: i64) -> String {
    format!(
        "GET /{account}/projects.json HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\n\
         User-Agent: {agent}\r\nAuthorization: Bearer {token}\r\n\r\n"
    )
}

#[tokio::test]
async fn a_caller_must_say_who_they_are_and_hold_the_accounts_token() {
    let running = running(Config::default()).await;
    let agent = "tests (tests@example.test)";
    running.sandbox.create_account(7, "another token, long enough for it").await.unwrap();
    assert_eq!(send(&running, &request(agent, TOKEN, ACCOUNT)).await.status, 200);
    assert_eq!(send(&running, &request("tests", TOKEN, ACCOUNT)).await.status, 400);
    assert_eq!(send(&running, &request(agent, "wrong", ACCOUNT)).await.status, 401);
    assert_eq!(send(&running, &request(agent, TOKEN, 7)).await.status, 404);
    running.sandbox.revoke(ACCOUNT).await.unwrap();
    assert_eq!(send(&running, &request(agent, TOKEN, ACCOUNT)).await.status, 401);
    assert_eq!(send(&running, &request(agent, "", ACCOUNT)).await.status, 401);
}

#[tokio::test]
async fn a_body_must_be_json_and_say_so() {
    let running = running(Config::default()).await;
    let plain = ask_with(&running, "POST", "/projects.json", "", "{\"name\":\"x\"}").await;
    assert_eq!(plain.status, 415);
    let broken =
        ask_with(&running, "POST", "/projects.json", "Content-Type: application/json\r\n", "{")
            .await;
    assert_eq!(broken.status, 400);
}

#[tokio::test]
async fn accounts_are_made_and_removed_only_with_the_control_key() {
    let running = running(Config::default()).await;
    let control = |method: &str, key: &str| {
        let body = format!("{{\"token\":\"{}\",\"today\":\"2026-01-01\"}}", "t".repeat(40));
        format!(
            "{method} /sandbox/accounts/9 HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\nX-Sandbox-Key: {key}\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let theirs = request("tests (tests@example.test)", &"t".repeat(40), 9);
    assert_eq!(send(&running, &control("PUT", "guess")).await.status, 401);
    assert_eq!(send(&running, &theirs).await.status, 401);
    assert_eq!(send(&running, &control("PUT", &running.control_key)).await.status, 204);
    assert_eq!(send(&running, &theirs).await.status, 200);
    assert_eq!(send(&running, &control("DELETE", &running.control_key)).await.status, 204);
    assert_eq!(send(&running, &theirs).await.status, 401);
}

#[tokio::test]
async fn too_many_requests_are_told_when_to_come_back() {
    let rate_limit = Some(RateLimit { requests: 2, window: Duration::from_secs(3_600) });
    let running = running(Config { rate_limit, ..Config::default() }).await;
    assert_eq!(get(&running, "/projects.json").await.status, 200);
    assert_eq!(get(&running, "/projects.json").await.status, 200);
    let refused = get(&running, "/projects.json").await;
    assert_eq!(refused.status, 429);
    assert!(refused.header("retry-after").unwrap().parse::<u64>().unwrap() > 3_500);
}

/// Asks for the projects again and again; what each answer was.
async fn asked_again(is_unchanged_free: bool) -> Vec<u16> {
    let rate_limit = Some(RateLimit { requests: 3, window: Duration::from_secs(3_600) });
    let config = Config { rate_limit, is_unchanged_free, ..Config::default() };
    let running = running(config).await;
    let first = get(&running, "/projects.json").await;
    let tag = format!("If-None-Match: {}\r\n", first.header("etag").unwrap());
    let mut statuses = vec![first.status];
    for extra in [tag.as_str(), tag.as_str(), "", ""] {
        statuses.push(ask_with(&running, "GET", "/projects.json", extra, "").await.status);
    }
    statuses
}

#[tokio::test]
async fn answers_that_nothing_changed_count_or_are_free_as_it_is_set() {
    assert_eq!(asked_again(false).await, [200, 304, 304, 429, 429]);
    assert_eq!(asked_again(true).await, [200, 304, 304, 200, 200]);
}

#[tokio::test]
async fn faults_happen_once_each_and_in_order() {
    let running = running(Config::default()).await;
    running.sandbox.fail_next(Fault::Status(503));
    running.sandbox.fail_next(Fault::TooMany { retry_after: 9 });
    assert_eq!(get(&running, "/projects.json").await.status, 503);
    let refused = get(&running, "/projects.json").await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, Some("9")));
    assert_eq!(get(&running, "/projects.json").await.status, 200);
}

#[tokio::test]
async fn the_token_tells_its_account() {
    let running = running(Config::default()).await;
    let heard = send(
        &running,
        &request("tests (tests@example.test)", TOKEN, ACCOUNT)
            .replace("/4100123/projects.json", "/authorization.json"),
    )
    .await;
    assert_eq!(heard.body["accounts"][0]["product"], "bc3");
    assert_eq!(heard.body["accounts"][0]["id"], ACCOUNT);
    assert_eq!(heard.body["accounts"][0]["href"], format!("http://{}/{ACCOUNT}", running.address));
    assert_eq!(heard.body["identity"]["first_name"], "Amara");
}
