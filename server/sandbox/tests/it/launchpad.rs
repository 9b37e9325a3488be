//! The sign-in service: codes count once, tokens end, and every switch does what it says.

use crate::asking::{Heard, send};
use sandbox::launchpad::Integration;
use sandbox::{Config, Running, serve};

const BACK: &str = "http%3A%2F%2Fpmos.test%2Fback";
/// The pair of the standard that describes S256, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

async fn service() -> Running {
    let integration =
        Integration { client_id: "pmos".into(), client_secret: "only for tests".into() };
    serve(Config { integration: Some(integration), ..Config::default() }).await.unwrap()
}

async fn get(running: &Running, path: &str, token: &str) -> Heard {
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\nUser-Agent: tests (t@example.test)\r\n\
         Authorization: Bearer {token}\r\n\r\n"
    );
    send(running, &request).await
}

async fn post(running: &Running, form: &str) -> Heard {
    let request = format!(
        "POST /authorization/token HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        form.len()
    );
    send(running, &request).await
}

fn asking() -> String {
    format!(
        "/authorization/new?response_type=code&client_id=pmos&redirect_uri={BACK}&state=s1\
         &code_challenge={CHALLENGE}&code_challenge_method=S256"
    )
}

async fn code(running: &Running) -> String {
    let sent = get(running, &asking(), "").await;
    assert_eq!(sent.status, 302);
    let location = sent.header("location").unwrap();
    assert!(location.starts_with("http://pmos.test/back?code="), "{location}");
    assert!(location.ends_with("&state=s1"), "{location}");
    location.split(['=', '&']).nth(1).unwrap().to_owned()
}

async fn exchange(running: &Running, code: &str, verifier: &str) -> Heard {
    let form = format!(
        "grant_type=authorization_code&client_id=pmos&client_secret=only+for+tests&code={code}\
         &redirect_uri={BACK}&code_verifier={verifier}"
    );
    post(running, &form).await
}

async fn renew(running: &Running, token: &str) -> Heard {
    let form = format!(
        "grant_type=refresh_token&client_id=pmos&client_secret=only+for+tests&refresh_token={token}"
    );
    post(running, &form).await
}

fn text(heard: &Heard, name: &str) -> String {
    heard.body[name].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_code_counts_once_and_only_with_its_verifier() {
    let running = service().await;
    let first = code(&running).await;
    let stolen = exchange(&running, &first, "guessed").await;
    assert_eq!((stolen.status, &*text(&stolen, "error")), (400, "invalid_grant"));
    assert_eq!(exchange(&running, &first, VERIFIER).await.status, 400, "it was used up");
    let second = code(&running).await;
    let given = exchange(&running, &second, VERIFIER).await;
    assert_eq!((given.status, given.body["expires_in"].as_i64()), (200, Some(1_209_600)));
    assert_eq!(exchange(&running, &second, VERIFIER).await.status, 400);
    let stranger =
        post(&running, "grant_type=refresh_token&client_id=pmos&client_secret=guessed").await;
    assert_eq!((stranger.status, &*text(&stranger, "error")), (401, "invalid_client"));
}

#[tokio::test]
async fn a_token_opens_every_account_of_its_list_but_other_products() {
    let running = service().await;
    let given = exchange(&running, &code(&running).await, VERIFIER).await;
    let token = text(&given, "access_token");
    let told = get(&running, "/authorization.json", &token).await;
    let accounts = told.body["accounts"].as_array().unwrap();
    let named: Vec<_> = accounts.iter().map(|it| it["product"].as_str().unwrap()).collect();
    assert_eq!(named, ["bcx", "bc3", "bc3"]);
    assert_eq!(told.body["identity"]["id"], 9_007_199_254_740_993_i64);
    for account in accounts {
        let expected = if account["product"] == "bc3" { 200 } else { 401 };
        let path = format!("/{}/projects.json", account["id"]);
        assert_eq!(get(&running, &path, &token).await.status, expected, "{path}");
    }
    running.sandbox.end_access();
    assert_eq!(get(&running, "/authorization.json", &token).await.status, 401);
    assert_eq!(get(&running, "/2914079/projects.json", &token).await.status, 401);
}

#[tokio::test]
async fn a_renewal_keeps_the_old_refresh_token_or_replaces_it() {
    let running = service().await;
    let given = exchange(&running, &code(&running).await, VERIFIER).await;
    let refresh = text(&given, "refresh_token");
    let kept = renew(&running, &refresh).await;
    assert_eq!((kept.status, kept.body.get("refresh_token")), (200, None));
    running.sandbox.behave(|it| it.keeps_refresh_token = false);
    let replaced = text(&renew(&running, &refresh).await, "refresh_token");
    assert_eq!(renew(&running, &refresh).await.status, 400);
    running.sandbox.behave(|it| it.refuses_renewal = true);
    assert_eq!(renew(&running, &replaced).await.status, 400);
    running.sandbox.behave(|it| it.refuses_renewal = false);
    assert_eq!(renew(&running, &replaced).await.status, 200);
    assert_eq!(running.sandbox.renewals(), 5);
}

#[tokio::test]
async fn a_person_is_asked_and_may_say_no() {
    let running = service().await;
    running.sandbox.behave(|it| it.asks = true);
    assert_eq!(get(&running, &asking(), "").await.status, 200);
    let as_other = get(&running, &format!("{}&identity=1049716071", asking()), "").await;
    assert!(as_other.header("location").unwrap().contains("code="));
    let said_no = get(&running, &format!("{}&declined=1", asking()), "").await;
    let expected = "http://pmos.test/back?error=access_denied&state=s1";
    assert_eq!(said_no.header("location"), Some(expected));
    let unknown = get(&running, &asking().replace("pmos&", "other&"), "").await;
    assert_eq!(unknown.status, 400);
}

#[tokio::test]
async fn without_an_app_there_is_no_service() {
    let running = serve(Config::default()).await.unwrap();
    assert_eq!(get(&running, &asking(), "").await.status, 401);
    assert_eq!(renew(&running, "x").await.status, 400, "a call without a contact");
}
