//! Boards, messages, files, dates, check-ins: one test per rule.

use crate::asking::{ask_with, get, id_in, write};
use crate::running;
use sandbox::{Config, Running, SpanNames};
use serde_json::{Value, json};

/// The project and the tool of that name in its dock.
async fn tool(running: &Running, name: &str) -> (i64, i64) {
    let project = id_in(running, "/projects.json", "Website relaunch").await;
    let heard = get(running, &format!("/projects/{project}")).await;
    let dock = heard.body["dock"].as_array().unwrap();
    (project, dock.iter().find(|it| it["name"] == name).unwrap()["id"].as_i64().unwrap())
}

async fn column(running: &Running, board: i64, title: &str) -> i64 {
    let heard = get(running, &format!("/card_tables/{board}")).await;
    let lists = heard.body["lists"].as_array().unwrap();
    lists.iter().find(|it| it["title"] == title).unwrap()["id"].as_i64().unwrap()
}

#[tokio::test]
async fn a_card_is_completed_by_moving_it_to_the_done_column() {
    let running = running(Config::default()).await;
    let (_, board) = tool(&running, "kanban_board").await;
    let (from, to) =
        (column(&running, board, "Review").await, column(&running, board, "Done").await);
    let card =
        id_in(&running, &format!("/card_tables/lists/{from}/cards.json"), "Footer links").await;
    let moves = format!("/card_tables/cards/{card}/moves.json");
    let moved = write(&running, "POST", &moves, &json!({"column_id": to, "position": 1})).await;
    assert_eq!(moved.status, 204);
    let now = get(&running, &format!("/card_tables/cards/{card}")).await.body;
    assert_eq!((&now["completed"], &now["position"]), (&json!(true), &json!(1)));
    assert_eq!(now["parent"]["type"], "Kanban::DoneColumn");
    let elsewhere = write(&running, "POST", &moves, &json!({"column_id": 1})).await;
    assert_eq!(elsewhere.status, 422);
}

#[tokio::test]
async fn a_card_keeps_what_a_change_leaves_out_and_a_step_does_not() {
    let running = running(Config::default()).await;
    let (_, board) = tool(&running, "kanban_board").await;
    let column = column(&running, board, "Triage").await;
    let body = json!({"title": "New", "due_on": "2026-03-01", "content": "Words"});
    let made =
        write(&running, "POST", &format!("/card_tables/lists/{column}/cards.json"), &body).await;
    assert_eq!(made.status, 201);
    let card = format!("/card_tables/cards/{}", made.body["id"]);
    let changed = write(&running, "PUT", &card, &json!({"title": "Newer"})).await.body;
    assert_eq!((&changed["due_on"], &changed["content"]), (&json!("2026-03-01"), &json!("Words")));
    let cleared = write(&running, "PUT", &card, &json!({"due_on": ""})).await.body;
    assert_eq!(cleared["due_on"], Value::Null);
    let step = json!({"title": "Check", "due_on": "2026-03-02"});
    let step = write(&running, "POST", &format!("{card}/steps.json"), &step).await.body;
    let path = format!("/card_tables/steps/{}", step["id"]);
    assert_eq!(
        write(&running, "PUT", &path, &json!({"title": "C"})).await.body["due_on"],
        Value::Null
    );
    let ticked =
        write(&running, "PUT", &format!("{path}/completions.json"), &json!({"completion": "on"}))
            .await;
    assert_eq!(ticked.body["completed"], true);
}

#[tokio::test]
async fn messages_and_documents_are_drafts_unless_they_say_active() {
    let running = running(Config::default()).await;
    let (_, board) = tool(&running, "message_board").await;
    let path = format!("/message_boards/{board}/messages.json");
    let before = get(&running, &path).await.body.as_array().unwrap().len();
    let draft = write(&running, "POST", &path, &json!({"subject": "Later"})).await.body;
    assert_eq!(draft["status"], "drafted");
    assert_eq!(get(&running, &path).await.body.as_array().unwrap().len(), before);
    let posted =
        write(&running, "POST", &path, &json!({"subject": "Now", "status": "active"})).await;
    assert_eq!(posted.body["status"], "active");
    assert_eq!(get(&running, &path).await.all("title")[0], "Now");
}

#[tokio::test]
async fn a_document_loses_what_a_put_leaves_out_and_refuses_an_empty_one() {
    let running = running(Config::default()).await;
    let (_, vault) = tool(&running, "vault").await;
    let document =
        id_in(&running, &format!("/vaults/{vault}/documents.json"), "Old addresses").await;
    let path = format!("/documents/{document}");
    assert_eq!(write(&running, "PUT", &path, &json!({})).await.status, 400);
    let after = write(&running, "PUT", &path, &json!({"title": "Addresses"})).await.body;
    assert_eq!((&after["title"], &after["content"]), (&json!("Addresses"), &json!("")));
}

#[tokio::test]
async fn a_schedule_entry_keeps_people_link_and_highlight_and_loses_the_rest() {
    let running = running(Config::default()).await;
    let (_, schedule) = tool(&running, "schedule").await;
    let body = json!({
        "summary": "Call", "starts_at": "2026-03-01T10:00:00Z", "ends_at": "2026-03-01T11:00:00Z",
        "description": "Agenda", "url": "https://meet.example.test/1"
    });
    let made =
        write(&running, "POST", &format!("/schedules/{schedule}/entries.json"), &body).await.body;
    assert_eq!(made["join_url"], "https://meet.example.test/1");
    let path = format!("/schedule_entries/{}", made["id"]);
    let again = json!({"summary": "Call", "starts_at": "2026-03-01T10:00:00Z", "ends_at": "2026-03-01T11:00:00Z"});
    let after = write(&running, "PUT", &path, &again).await.body;
    assert_eq!((&after["description"], &after["join_url"]), (&json!(""), &made["join_url"]));
}

#[tokio::test]
async fn raw_bytes_become_an_attachment_that_an_upload_names() {
    let running = running(Config::default()).await;
    let (_, vault) = tool(&running, "vault").await;
    let stored = ask_with(
        &running,
        "POST",
        "/attachments.json?name=plan.txt",
        "Content-Type: text/plain\r\n",
        "hello",
    )
    .await;
    let sgid = stored.body["attachable_sgid"].as_str().unwrap();
    let path = format!("/vaults/{vault}/uploads.json");
    let made = write(&running, "POST", &path, &json!({"attachable_sgid": sgid})).await.body;
    assert_eq!((&made["filename"], &made["byte_size"]), (&json!("plan.txt"), &json!(5)));
    let unknown = write(&running, "POST", &path, &json!({"attachable_sgid": "none"})).await;
    assert_eq!(unknown.status, 422);
}

#[tokio::test]
async fn some_routes_exist_only_inside_a_bucket() {
    let running = running(Config::default()).await;
    let (project, chat) = tool(&running, "chat").await;
    for path in ["/categories.json".to_owned(), format!("/chats/{chat}/integrations.json")] {
        assert_eq!(get(&running, &path).await.status, 404, "{path}");
        assert_eq!(get(&running, &format!("/buckets/{project}{path}")).await.status, 200, "{path}");
    }
    let (_, board) = tool(&running, "kanban_board").await;
    let column = column(&running, board, "Triage").await;
    let colour = format!("/card_tables/columns/{column}/color.json");
    assert_eq!(write(&running, "PUT", &colour, &json!({"color": "red"})).await.status, 404);
    let inside =
        write(&running, "PUT", &format!("/buckets/{project}{colour}"), &json!({"color": "red"}))
            .await;
    assert_eq!(inside.body["color"], "red");
}

#[tokio::test]
async fn a_lane_holds_cards_and_gives_them_back() {
    let running = running(Config::default()).await;
    let (project, board) = tool(&running, "kanban_board").await;
    let column = column(&running, board, "In progress").await;
    let lane = format!("/buckets/{project}/card_tables/columns/{column}/on_hold.json");
    let with = ask_with(&running, "POST", &lane, "", "").await.body;
    let lane_id = with["on_hold"]["id"].as_i64().unwrap();
    let cards = format!("/card_tables/lists/{column}/cards.json");
    let card = id_in(&running, &cards, "Checkout copy").await;
    let moves = format!("/card_tables/cards/{card}/moves.json");
    assert_eq!(write(&running, "POST", &moves, &json!({"column_id": lane_id})).await.status, 204);
    assert!(get(&running, &cards).await.all("title").is_empty());
    let without = ask_with(&running, "DELETE", &lane, "", "").await.body;
    assert_eq!(without["on_hold"], Value::Null);
    assert_eq!(get(&running, &cards).await.all("title"), ["Checkout copy"]);
}

#[tokio::test]
async fn watching_pinning_and_client_visibility_are_kept() {
    let running = running(Config::default()).await;
    let (_, board) = tool(&running, "message_board").await;
    let message =
        id_in(&running, &format!("/message_boards/{board}/messages.json"), "Launch plan").await;
    let record = format!("/recordings/{message}");
    let watched =
        ask_with(&running, "POST", &format!("{record}/subscription.json"), "", "").await.body;
    assert_eq!((&watched["subscribed"], &watched["count"]), (&json!(true), &json!(1)));
    assert_eq!(ask_with(&running, "POST", &format!("{record}/pin.json"), "", "").await.status, 204);
    let path = format!("{record}/client_visibility.json");
    let shown = write(&running, "PUT", &path, &json!({"visible_to_clients": true})).await.body;
    assert_eq!(shown["visible_to_clients"], true);
    let left = ask_with(&running, "DELETE", &format!("{record}/subscription.json"), "", "").await;
    assert_eq!(left.status, 204);
}

#[tokio::test]
async fn every_write_is_in_the_history_of_its_record() {
    let running = running(Config::default()).await;
    let todo = id_in(
        &running,
        "/projects/recordings.json?type=Todo&direction=asc",
        "Collect the last case-study photos",
    )
    .await;
    let people = get(&running, "/people.json").await;
    let person = people.body[4]["id"].as_i64().unwrap();
    let body = json!({"content": "Photos", "assignee_ids": [person]});
    write(&running, "PUT", &format!("/todos/{todo}"), &body).await;
    ask_with(&running, "POST", &format!("/todos/{todo}/completion.json"), "", "").await;
    let history = get(&running, &format!("/recordings/{todo}/events.json")).await;
    assert_eq!(history.all("action"), ["completed", "assignment_changed", "created"]);
    assert_eq!(history.body[1]["details"]["added_person_ids"], json!([person]));
}

#[tokio::test]
async fn a_trashed_board_column_takes_its_cards_along_and_back() {
    let running = running(Config::default()).await;
    let (_, board) = tool(&running, "kanban_board").await;
    let column = column(&running, board, "In progress").await;
    let total = async |running| {
        get(running, "/projects/recordings.json?type=Kanban::Card")
            .await
            .header("x-total-count")
            .unwrap()
            .to_owned()
    };
    let all = total(&running).await;
    let status = |word: &str| format!("/recordings/{column}/status/{word}.json");
    ask_with(&running, "PUT", &status("trashed"), "", "").await;
    assert_ne!(total(&running).await, all);
    ask_with(&running, "PUT", &status("active"), "", "").await;
    assert_eq!(total(&running).await, all);
}

#[tokio::test]
async fn search_holds_every_word_and_honours_its_filters_and_page_size() {
    let running = running(Config::default()).await;
    let found = get(&running, "/search.json?q=logo").await;
    assert!(found.all("type").contains(&"Kanban::Card") && found.all("type").contains(&"Todo"));
    let cards = get(&running, "/search.json?q=logo&type_names[]=Kanban::Card").await;
    assert_eq!(cards.all("title"), ["Logo on dark background"]);
    let one = get(&running, "/search.json?q=logo&per_page=1").await;
    assert_eq!(one.body.as_array().unwrap().len(), 1);
    assert!(one.header("link").is_some());
}

#[tokio::test]
async fn check_ins_pause_and_know_who_answered() {
    let running = running(Config::default()).await;
    let (_, set) = tool(&running, "questionnaire").await;
    let path = format!("/questionnaires/{set}/questions.json");
    let question = id_in(&running, &path, "What did you work on today?").await;
    let paused =
        ask_with(&running, "POST", &format!("/questions/{question}/pause.json"), "", "").await;
    assert_eq!(paused.body, json!({"paused": true}));
    let by = get(&running, &format!("/questions/{question}/answers/by.json")).await;
    assert_eq!(by.body.as_array().unwrap().len(), 3);
    let person = by.body[0]["id"].as_i64().unwrap();
    let own = get(&running, &format!("/questions/{question}/answers/by/{person}")).await;
    assert!(!own.body.as_array().unwrap().is_empty());
    assert_eq!(get(&running, "/my/question_reminders.json").await.status, 200);
}

#[tokio::test]
async fn tools_of_a_dock_are_added_moved_renamed_and_switched_off() {
    let running = running(Config::default()).await;
    let (project, board) = tool(&running, "kanban_board").await;
    let add = json!({"source_recording_id": board, "title": "Second board"});
    let made = write(&running, "POST", &format!("/buckets/{project}/dock/tools.json"), &add).await;
    assert_eq!((made.status, &made.body["title"]), (201, &json!("Second board")));
    let id = made.body["id"].as_i64().unwrap();
    assert_eq!(
        get(&running, &format!("/card_tables/{id}")).await.body["lists"].as_array().unwrap().len(),
        4
    );
    assert_eq!(
        ask_with(&running, "DELETE", &format!("/recordings/{id}/position.json"), "", "")
            .await
            .status,
        204
    );
    let entry = get(&running, &format!("/dock/tools/{id}")).await.body;
    assert_eq!(entry["enabled"], false);
    assert_eq!(
        ask_with(&running, "DELETE", &format!("/dock/tools/{id}"), "", "").await.status,
        204
    );
    assert_eq!(get(&running, &format!("/dock/tools/{id}")).await.status, 404);
}

#[tokio::test]
async fn people_are_taken_off_a_project_and_put_on_it() {
    let running = running(Config::default()).await;
    let project = id_in(&running, "/projects.json", "Website relaunch").await;
    let path = format!("/projects/{project}/people.json");
    let person = get(&running, &path).await.body[3]["id"].as_i64().unwrap();
    let access = format!("/projects/{project}/people/users.json");
    write(&running, "PUT", &access, &json!({"revoke": [person]})).await;
    assert_eq!(get(&running, &path).await.body.as_array().unwrap().len(), 7);
    write(&running, "PUT", &access, &json!({"grant": [person]})).await;
    assert_eq!(get(&running, &path).await.body.as_array().unwrap().len(), 8);
}

#[tokio::test]
async fn reports_over_projects_answer_in_their_own_shapes() {
    let running = running(Config::default()).await;
    let upcoming = get(&running, "/reports/schedules/upcoming.json").await.body;
    assert!(!upcoming["schedule_entries"].as_array().unwrap().is_empty());
    let people = get(&running, "/people.json").await;
    let person = people.body[1]["id"].as_i64().unwrap();
    let progress = get(&running, &format!("/reports/users/progress/{person}.json")).await.body;
    assert!(progress["events"].is_array() && progress["person"]["id"] == person);
    let hours = get(&running, "/reports/timesheet.json").await.body;
    assert_eq!(hours.as_array().unwrap().len(), 2);
    assert_eq!(get(&running, "/reports/gauges.json").await.body, json!([]));
    let late = get(&running, "/cards/overdue.json").await;
    assert_eq!(late.all("title"), ["Footer links", "Lid emboss"]);
    assert_eq!(get(&running, "/cards/open.json").await.header("x-total-count"), Some("3"));
}

#[tokio::test]
async fn hours_are_asked_for_by_days_under_the_names_that_are_set() {
    for (span_names, known, other) in [
        (SpanNames::StartEnd, ("start_date", "end_date"), ("from", "to")),
        (SpanNames::FromTo, ("from", "to"), ("start_date", "end_date")),
    ] {
        let running = running(Config { span_names, ..Config::default() }).await;
        let day = "2026-02-15";
        let count = async |(first, last): (&str, &str)| {
            let path = format!("/reports/timesheet.json?{first}={day}&{last}={day}");
            get(&running, &path).await.body.as_array().unwrap().len()
        };
        assert_eq!((count(known).await, count(other).await), (1, 2), "{span_names:?}");
    }
}

#[tokio::test]
async fn how_far_a_project_is_shows_where_it_was_before() {
    let running = running(Config::default()).await;
    let project = id_in(&running, "/projects.json", "Website relaunch").await;
    let path = format!("/projects/{project}/gauge/needles.json");
    assert_eq!(get(&running, &path).await.body, json!([]));
    for (position, colour) in [(20, "green"), (45, "yellow")] {
        let body = json!({"gauge_needle": {"position": position, "color": colour}});
        assert_eq!(write(&running, "POST", &path, &body).await.status, 201);
    }
    let wrong = json!({"gauge_needle": {"position": 101}});
    assert_eq!(write(&running, "POST", &path, &wrong).await.status, 422);
    let gauges = get(&running, "/reports/gauges.json").await.body;
    assert_eq!(gauges.as_array().unwrap().len(), 1);
    let project = get(&running, &format!("/projects/{project}.json")).await.body;
    for it in [&gauges[0], &project] {
        assert_eq!(
            (&it["last_needle_position"], &it["last_needle_color"]),
            (&json!(45), &json!("yellow"))
        );
        assert_eq!(it["previous_needle_position"], 20);
    }
    let needles = get(&running, &path).await.body;
    assert_eq!((&needles[0]["position"], &needles[1]["position"]), (&json!(45), &json!(20)));
    assert_eq!(needles[0]["parent"]["id"], gauges[0]["id"]);
}
