//! What the sandbox must be wrong in as the real service is: each rule and each switch with the tests that hold it, and
//! the rules that no other file tests.

use crate::asking::{get, id_in, write};
use crate::running;
use sandbox::faults::Fault;
use sandbox::{Bumps, Config, Running};
use serde_json::{Value, json};
use std::collections::HashSet;

/// Every test of this crate over HTTP.
const TESTS: [&str; 10] = [
    include_str!("asking.rs"),
    include_str!("behaviour.rs"),
    include_str!("doors.rs"),
    include_str!("feed.rs"),
    include_str!("launchpad.rs"),
    include_str!("records.rs"),
    include_str!("rules.rs"),
    include_str!("viewers.rs"),
    include_str!("webhooks.rs"),
    include_str!("worlds.rs"),
];

/// Each behaviour, and the tests that fail without it.
const RULES: [(&str, &[&str]); 17] = [
    (
        "1 routes flat and in a bucket, with and without .json; relative completion_url",
        &[
            "paths_work_flat_and_in_their_bucket_with_and_without_suffix",
            "some_routes_exist_only_inside_a_bucket",
            "a_todo_outside_any_list_is_made_only_in_its_bucket",
            "a_todo_of_the_calendar_is_completed_at_a_path",
        ],
    ),
    (
        "2 who is let in, and how refusals look",
        &[
            "a_caller_must_say_who_they_are_and_hold_the_accounts_token",
            "a_body_must_be_json_and_say_so",
            "wrong_fields_are_named_in_both_known_ways",
            "a_suspended_account_says_so_with_every_call_until_it_is_opened_again",
            "a_client_sees_what_is_shown_to_clients_and_no_webhooks",
            "webhooks_have_a_limit_of_507",
        ],
    ),
    (
        "3 pages",
        &[
            "pages_are_geared_and_linked_to_the_end",
            "collections_over_all_projects_are_grouped_and_overdue_is_flat",
            "notifications_that_were_read_come_fifty_at_a_time",
            "search_holds_every_word_and_honours_its_filters_and_page_size",
        ],
    ),
    ("4 entity tags", &["an_unchanged_record_is_not_sent_twice"]),
    (
        "5 limits and faults",
        &[
            "too_many_requests_are_told_when_to_come_back",
            "faults_happen_once_each_and_in_order",
            "a_next_page_may_lead_elsewhere_and_a_count_may_lie",
        ],
    ),
    (
        "6 what writes keep and clear",
        &[
            "putting_a_todo_clears_what_is_left_out",
            "a_document_loses_what_a_put_leaves_out_and_refuses_an_empty_one",
            "a_schedule_entry_keeps_people_link_and_highlight_and_loses_the_rest",
            "a_card_keeps_what_a_change_leaves_out_and_a_step_does_not",
            "messages_and_documents_are_drafts_unless_they_say_active",
            "a_card_is_completed_by_moving_it_to_the_done_column",
            "trashing_a_list_takes_its_todos_along_and_back",
            "a_trashed_board_column_takes_its_cards_along_and_back",
            "completing_moves_a_todo_to_the_completed_ones_and_counts",
        ],
    ),
    ("7 what moves updated_at", &["each_bump_is_a_switch_of_its_own"]),
    (
        "8 files",
        &[
            "a_file_lies_elsewhere_and_a_token_is_refused_there",
            "raw_bytes_become_an_attachment_that_an_upload_names",
        ],
    ),
    (
        "9 signing in",
        &[
            "a_code_counts_once_and_only_with_its_verifier",
            "a_token_opens_every_account_of_its_list_but_other_products",
            "a_renewal_keeps_the_old_refresh_token_or_replaces_it",
        ],
    ),
    (
        "10 webhooks",
        &[
            "an_address_that_fails_ten_times_is_switched_off",
            "what_happens_is_told_once_twice_or_late_and_newest_first",
        ],
    ),
    (
        "11 the feed",
        &[
            "what_happens_is_told_once_after_a_position",
            "filters_choose_events_and_belong_to_their_positions",
            "a_position_from_before_a_gap_is_gone_and_says_where_to_go_on",
            "what_has_just_happened_is_told_when_the_delay_is_over",
        ],
    ),
    (
        "12 what depends on who looks, and dates that repeat",
        &[
            "only_admins_read_the_addresses_of_others",
            "what_is_in_a_tool_that_is_switched_off_is_not_everything",
            "reading_a_date_that_repeats_leads_to_its_next_occurrence",
        ],
    ),
    (
        "13 worlds and their clock",
        &[
            "a_grown_world_is_listed_page_by_page_without_gaps",
            "the_clock_moves_only_with_the_control_key",
        ],
    ),
    ("switch bumps", &["each_bump_is_a_switch_of_its_own"]),
    ("switch is_unchanged_free", &["answers_that_nothing_changed_count_or_are_free_as_it_is_set"]),
    ("switch span_names", &["hours_are_asked_for_by_days_under_the_names_that_are_set"]),
    ("switch emails", &["only_admins_read_the_addresses_of_others"]),
];

#[test]
fn every_rule_and_switch_has_its_tests() {
    let names: HashSet<&str> = TESTS
        .iter()
        .flat_map(|it| it.split("async fn ").skip(1))
        .filter_map(|it| it.split('(').next())
        .collect();
    for (rule, tests) in RULES {
        assert!(!tests.is_empty(), "{rule}");
        for test in tests {
            assert!(names.contains(test), "{rule}: there is no test {test}");
        }
    }
}

/// An open to-do.
async fn todo(running: &Running) -> Value {
    let todos = get(running, "/projects/recordings.json?type=Todo").await.body;
    todos.as_array().unwrap().iter().find(|it| it["completed"] == false).unwrap().clone()
}

#[tokio::test]
async fn a_todo_of_the_calendar_is_completed_at_a_path() {
    let running = running(Config::default()).await;
    let upcoming = get(&running, "/reports/schedules/upcoming.json").await.body;
    for it in upcoming["assignables"].as_array().unwrap() {
        let path = it["completion_url"].as_str().unwrap();
        assert!(path.starts_with("/4100123/buckets/"), "{path}");
        assert!(it["url"].as_str().unwrap().starts_with("http://"), "{it}");
    }
    assert!(todo(&running).await["completion_url"].as_str().unwrap().starts_with("http://"));
}

#[tokio::test]
async fn webhooks_have_a_limit_of_507() {
    let running = running(Config::default()).await;
    let project = id_in(&running, "/projects.json", "Website relaunch").await;
    let path = format!("/buckets/{project}/webhooks.json");
    let body = json!({"payload_url": "https://example.com/a"});
    let mut statuses = Vec::new();
    while statuses.last() != Some(&507) && statuses.len() < 200 {
        statuses.push(write(&running, "POST", &path, &body).await.status);
    }
    assert_eq!(statuses.last(), Some(&507));
    assert!(statuses.iter().rev().skip(1).all(|it| *it == 201) && statuses.len() > 1);
}

#[tokio::test]
async fn notifications_that_were_read_come_fifty_at_a_time() {
    let running = running(Config::default()).await;
    let me = get(&running, "/my/profile.json").await.body["id"].clone();
    let todo = todo(&running).await;
    let change = json!({"content": "Mine", "assignee_ids": [me]});
    write(&running, "PUT", &format!("/todos/{}", todo["id"]), &change).await;
    let guest = "the token of somebody who was let in";
    running.sandbox.let_in(crate::ACCOUNT, guest, ("Theo Marsh", false)).await.unwrap();
    let told = async || get(&running, "/my/readings.json").await;
    let before = told().await.body["unreads"].as_array().unwrap().len();
    for _ in 0..51 {
        let path = format!("/{}/recordings/{}/comments.json", crate::ACCOUNT, todo["id"]);
        let body = json!({"content": "For you"});
        let made = crate::viewers::as_guest(&running, "POST", &path, &body).await;
        assert_eq!(made.status, 201);
    }
    assert_eq!(told().await.body["unreads"].as_array().unwrap().len(), before + 51);
    running.sandbox.advance(std::time::Duration::from_secs(8 * 86_400));
    let read = told().await;
    assert_eq!(read.body["unreads"], json!([]));
    assert_eq!(read.body["reads"].as_array().unwrap().len(), 50);
    assert!(read.header("link").unwrap().contains("page=2"));
}

#[tokio::test]
async fn a_next_page_may_lead_elsewhere_and_a_count_may_lie() {
    let running = running(Config::default()).await;
    let path = "/projects/recordings.json?type=Todo";
    let own = format!("<http://{}/", running.address);
    assert!(get(&running, path).await.header("link").unwrap().starts_with(&own));
    running.sandbox.fail_next(Fault::ForeignLink);
    assert!(!get(&running, path).await.header("link").unwrap().contains(&own));
    running.sandbox.fail_next(Fault::OtherScheme);
    let other = own.replace("<http:", "<https:");
    assert!(get(&running, path).await.header("link").unwrap().starts_with(&other));
    running.sandbox.fail_next(Fault::EmptyPage);
    let empty = get(&running, path).await;
    assert_eq!((&empty.body, empty.header("x-total-count")), (&json!([]), Some("60")));
    assert_eq!(empty.header("link"), None);
}

/// Whether a write moved `updated_at` of the first to-do.
async fn moves(bumps: Bumps, sort: &str) -> bool {
    let running = running(Config { bumps, ..Config::default() }).await;
    let before = todo(&running).await;
    let id = before["id"].as_i64().unwrap();
    let (method, path, body) = match sort {
        "position" => ("PUT", format!("/todos/{id}/position.json"), json!({"position": 1})),
        "status" => ("PUT", format!("/recordings/{id}/status/archived.json"), json!({})),
        "comment" => ("POST", format!("/recordings/{id}/comments.json"), json!({"content": "x"})),
        "complete" => ("POST", format!("/todos/{id}/completion.json"), json!({})),
        _ => ("PUT", format!("/todos/{id}.json"), json!({"content": "Changed"})),
    };
    assert!(write(&running, method, &path, &body).await.status < 300, "{sort}");
    get(&running, &format!("/todos/{id}.json")).await.body["updated_at"] != before["updated_at"]
}

#[tokio::test]
async fn each_bump_is_a_switch_of_its_own() {
    let off = Bumps::default();
    for (sort, on) in [
        ("position", Bumps { position: true, ..off }),
        ("status", Bumps { status: true, ..off }),
        ("comment", Bumps { comment: true, ..off }),
    ] {
        assert!(!moves(off, sort).await && moves(on, sort).await, "{sort}");
    }
    assert!(moves(off, "complete").await && moves(off, "content").await);
}
