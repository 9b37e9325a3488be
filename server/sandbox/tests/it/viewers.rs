//! What depends on who looks: clients, colleagues without the rights of an admin, a suspended account; and dates that
//! repeat, which lead elsewhere.

use crate::asking::{Heard, get, id_in, send, write};
use crate::{ACCOUNT, TODAY, running};
use sandbox::{Config, Emails, Running};
use serde_json::{Value, json};

const GUEST: &str = "the token of somebody who was let in";

pub(crate) async fn as_guest(running: &Running, method: &str, path: &str, body: &Value) -> Heard {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\n\
         User-Agent: tests (tests@example.test)\r\nAuthorization: Bearer {GUEST}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    send(running, &request).await
}

async fn seen(running: &Running, path: &str) -> Heard {
    as_guest(running, "GET", &format!("/{ACCOUNT}{path}"), &Value::Null).await
}

#[tokio::test]
async fn a_client_sees_what_is_shown_to_clients_and_no_webhooks() {
    let running = running(Config::default()).await;
    let me = running.sandbox.let_in(ACCOUNT, GUEST, ("Theo Marsh", true)).await.unwrap().unwrap();
    let project = id_in(&running, "/projects.json", "Website relaunch").await;
    let todos = format!("/projects/recordings.json?type=Todo&bucket={project}");
    let all = get(&running, &todos).await;
    assert!(seen(&running, &todos).await.body.as_array().unwrap().is_empty());
    let shown = all.body[0]["id"].as_i64().unwrap();
    let hidden = all.body[1]["id"].as_i64().unwrap();
    let path = format!("/recordings/{shown}/client_visibility.json");
    let body = json!({"visible_to_clients": true});
    assert_eq!(write(&running, "PUT", &path, &body).await.status, 200);

    let found = seen(&running, &todos).await;
    assert_eq!(found.header("x-total-count"), Some("1"));
    assert_eq!(
        (&found.body[0]["id"], &found.body[0]["visible_to_clients"]),
        (&json!(shown), &json!(true))
    );
    assert_eq!(seen(&running, &format!("/todos/{shown}")).await.status, 200);
    assert_eq!(seen(&running, &format!("/todos/{hidden}")).await.status, 404);
    let comments = format!("/{ACCOUNT}/recordings/{hidden}/comments.json");
    let said = json!({"content": "Hello"});
    assert_eq!(as_guest(&running, "POST", &comments, &said).await.status, 404);
    let comments = format!("/{ACCOUNT}/recordings/{shown}/comments.json");
    let made = as_guest(&running, "POST", &comments, &said).await;
    assert_eq!((made.status, &made.body["creator"]["id"]), (201, &json!(me)));
    assert_eq!(seen(&running, &format!("/buckets/{project}/webhooks.json")).await.status, 403);
    let profile = seen(&running, "/my/profile.json").await.body;
    assert_eq!((&profile["client"], &profile["id"]), (&json!(true), &json!(me)));
    let told = as_guest(&running, "GET", "/authorization.json", &Value::Null).await.body;
    assert_eq!(told["identity"]["first_name"], "Theo");
}

#[tokio::test]
async fn only_admins_read_the_addresses_of_others() {
    for emails in [Emails::Hidden, Emails::Masked] {
        let running = running(Config { emails, ..Config::default() }).await;
        let me = running.sandbox.let_in(ACCOUNT, GUEST, ("Theo Marsh", false)).await.unwrap();
        for person in get(&running, "/people.json").await.body.as_array().unwrap() {
            assert!(person["email_address"].as_str().unwrap().contains("@fernhill"), "{person}");
        }
        let people = seen(&running, "/people.json").await.body;
        for person in people.as_array().unwrap() {
            let address = person["email_address"].as_str();
            let is_me = person["id"].as_i64() == me;
            assert_eq!(address.is_some_and(|it| it.contains("@fernhill")), is_me, "{person}");
            assert_eq!(address.is_some(), is_me || emails == Emails::Masked, "{person}");
        }
        let project = id_in(&running, "/projects.json", "Website relaunch").await;
        let todos = format!("/projects/recordings.json?type=Todo&bucket={project}");
        let told = seen(&running, &todos).await.body.to_string();
        assert!(told.contains("email_address"), "{told}");
        assert_eq!(told.matches("@fernhill").count(), told.matches("theo@fernhill").count());
    }
}

#[tokio::test]
async fn a_suspended_account_says_so_with_every_call_until_it_is_opened_again() {
    for status in [403, 404] {
        let running = running(Config::default()).await;
        running.sandbox.suspend(ACCOUNT, Some(status)).await.unwrap();
        for path in ["/projects.json", "/todos/1.json", "/my/profile.json"] {
            let refused = get(&running, path).await;
            assert_eq!(
                (refused.status, refused.header("reason")),
                (status, Some("Account Inactive"))
            );
        }
        running.sandbox.suspend(ACCOUNT, None).await.unwrap();
        assert_eq!(get(&running, "/projects.json").await.status, 200);
    }
}

#[tokio::test]
async fn a_file_lies_elsewhere_and_a_token_is_refused_there() {
    let running = running(Config::default()).await;
    let project = id_in(&running, "/projects.json", "Website relaunch").await;
    let uploads = format!("/projects/recordings.json?type=Upload&bucket={project}");
    let upload = get(&running, &uploads).await.body[0].clone();
    let path = upload["download_url"].as_str().unwrap().split_once("/4100123").unwrap().1;
    let moved = get(&running, path).await;
    assert_eq!(moved.status, 302);
    let place = moved.header("location").unwrap().to_owned();
    let origin = format!("http://localhost:{}", running.address.port());
    let place = place.strip_prefix(&origin).unwrap();
    let bare = |extra: &str| {
        format!("GET {place} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{extra}\r\n")
    };
    let found = send(&running, &bare("")).await;
    assert_eq!(found.status, 200);
    let size = upload["byte_size"].to_string();
    assert_eq!(found.header("content-length"), Some(size.as_str()));
    assert_eq!(found.header("content-type"), upload["content_type"].as_str());
    assert_eq!(send(&running, &bare("Authorization: Bearer x\r\n")).await.status, 400);
    let forged = bare("").replace(place, &format!("{}x", place.split_at(place.len() - 1).0));
    assert!(forged != bare(""), "the signature differs");
    assert_eq!(send(&running, &forged).await.status, 403);
}

#[tokio::test]
async fn what_is_in_a_tool_that_is_switched_off_is_not_everything() {
    let running = running(Config::default()).await;
    let project = id_in(&running, "/projects.json", "Website relaunch").await;
    let dock = get(&running, &format!("/projects/{project}")).await.body["dock"].clone();
    let board = dock.as_array().unwrap().iter().find(|it| it["name"] == "message_board").unwrap();
    let in_project = |heard: &Heard| {
        let all = heard.body.as_array().unwrap().iter();
        all.filter(|it| it["bucket"]["id"] == project).count()
    };
    assert!(in_project(&get(&running, "/messages.json").await) > 0);
    let path = format!("/recordings/{}/position.json", board["id"]);
    assert_eq!(write(&running, "DELETE", &path, &json!({})).await.status, 204);
    assert_eq!(in_project(&get(&running, "/messages.json").await), 0);
    let kept = format!("/projects/recordings.json?type=Message&bucket={project}");
    assert!(!get(&running, &kept).await.body.as_array().unwrap().is_empty());
}

#[tokio::test]
async fn reading_a_date_that_repeats_leads_to_its_next_occurrence() {
    let running = running(Config::default()).await;
    let project = id_in(&running, "/projects.json", "Website relaunch").await;
    let entries = format!("/projects/recordings.json?type=Schedule::Entry&bucket={project}");
    let entry = id_in(&running, &entries, "Design review").await;
    let path = format!("/buckets/{project}/schedule_entries/{entry}.json");
    let first = get(&running, &path).await.body;
    running.sandbox.repeat_weekly(entry).await.unwrap();
    let moved = get(&running, &path).await;
    assert_eq!(moved.status, 302);
    let place = moved.header("location").unwrap().to_owned();
    let begins = format!("http://{}/{ACCOUNT}/", running.address);
    let place = place.strip_prefix(&begins).unwrap();
    assert!(place.contains(&format!("schedule_entries/{entry}/occurrences/2026")), "{place}");
    let found = get(&running, &format!("/{place}")).await;
    assert_eq!((found.status, &found.body["id"]), (200, &json!(entry)));
    let (day, time) = found.body["starts_at"].as_str().unwrap().split_at(10);
    assert!(day >= TODAY.to_string().as_str(), "{day}");
    assert_eq!(time, first["starts_at"].as_str().unwrap().split_at(10).1);
    let window =
        "/reports/schedules/upcoming.json?window_starts_on=2026-03-01&window_ends_on=2026-03-31";
    let upcoming = get(&running, window).await.body;
    let again = upcoming["recurring_schedule_entry_occurrences"].as_array().unwrap();
    assert!(again.len() >= 4 && again.iter().all(|it| it["id"] == entry), "{upcoming}");
    let single = upcoming["schedule_entries"].as_array().unwrap();
    assert!(single.iter().all(|it| it["id"] != entry), "{upcoming}");
    let never = format!("/buckets/{project}/schedule_entries/{entry}/occurrences/20200101.json");
    assert_eq!(get(&running, &never).await.status, 404);
}
