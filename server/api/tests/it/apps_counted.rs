//! Acceptance: what is kept and counted of apps (AC-31), and the apps that come with PM OS (AC-32).

use crate::apps::{app_of, flow, published, run};
use crate::caller::{Answer, Caller, Server};
use domain::telemetry::Range;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

#[tokio::test]
async fn what_a_flow_says_when_it_fails_holds_no_token() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let input = json!({ "inputDate": "{{trigger.body.text}}", "outputFormat": "day", "timeZone": "UTC" });
        let broken =
            flow(&server, &owner.actor().await, ("date-helper", "format_date"), input).await;
        let id = published(&owner, &broken, "external").await;
        let secret = "abcdef0123456789abcdef0123456789";
        let failed = run(&owner, &id, json!({"text": format!("token={secret}")})).await;
        assert_eq!(failed.status, 500, "{}", failed.body);
        let runs = owner.get(&format!("/apps/api/apps/{id}/runs")).await;
        let stats = owner.get(&format!("/apps/api/apps/{id}/stats")).await;
        assert_eq!(stats["failureBuckets"][0]["count"], 1);
        assert_eq!(runs["data"][0]["error"], failed["error"], "{}", server.name);
        assert!(failed["error"].as_str().unwrap().contains("**REDACTED**"), "{}", failed.body);
        for shown in [&failed, &runs, &stats] {
            assert!(!shown.text.contains(secret), "{}", shown.text);
        }
    }
}

#[tokio::test]
async fn each_outcome_is_one_audit_row_and_the_numbers_count_them() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let member = server.joins(&owner, "Member", "member").await;
        let id = app_of(&server, &owner, "internal").await;
        let path = format!("/apps/api/publisher/apps/{id}");
        member.put(&path, json!({})).await;
        owner.put(&path, json!({"featured": true})).await;
        run(&owner, &id, json!({"text": "marker-in"})).await;
        run(&owner, &id, json!({})).await;
        run(&owner, "missing", json!({})).await;
        run(&owner, &id, json!({"text": "a".repeat(200_001)})).await;
        let later = json!({"inputs": {"text": "marker-in"}});
        owner.post(&format!("/apps/{id}/execute?mode=async"), later).await;
        let totals = format!("/apps/api/apps/{id}/stats");
        let since = Instant::now();
        while owner.get(&totals).await["runCount"] != 2 {
            assert!(since.elapsed() < Duration::from_secs(30));
            tokio::task::yield_now().await;
        }
        let log = owner.get("/api/pmos/audit?action=app.").await;
        let rows = log["events"].as_array().unwrap();
        let words = |it: &Value| format!("{} {}", it["action"], it["status"]).replace('"', "");
        let all: Vec<String> = rows.iter().rev().map(words).collect();
        assert_eq!(
            all[..3],
            ["app.published success", "app.updated denied", "app.updated success"]
        );
        let executed: Vec<&Value> = rows
            .iter()
            .rev()
            .filter(|it| it["action"] == "app.executed")
            .map(|it| &it["detail"])
            .collect();
        let of = |name: &str| executed.iter().map(|it| it[name].clone()).collect::<Vec<_>>();
        let errors = of("errorType");
        assert_eq!(
            errors[..4],
            [
                Value::Null,
                json!("input_validation"),
                json!("app_not_found"),
                json!("payload_too_large")
            ]
        );
        assert_eq!(of("httpStatus")[..4], [json!(200), json!(400), json!(404), json!(413)]);
        // The background run has a row when it is taken and one at its end, whichever is written first.
        let mut last: Vec<String> =
            of("executionStatus")[4..].iter().map(Value::to_string).collect();
        last.sort();
        assert_eq!(last, ["\"queued\"", "\"success\""], "{}", server.name);
        assert_eq!(
            (&executed[0]["inputKeyCount"], &executed[1]["validationErrors"]),
            (&json!(1), &json!(1))
        );
        assert!(!log.text.contains("marker-in"));
        numbers(&owner, &member, &id).await;
        let me = owner.actor().await;
        let shown = server.backend.telemetry(&me, Range::Hour).await.unwrap().apps;
        assert_eq!((shown.runs, shown.failed), (5, 3), "{}", server.name);
        assert_eq!((shown.top[0].runs, shown.top[0].failed), (4, 2));
        assert_ne!(shown.top[0].name, id, "an app is called by its name");
        assert_eq!(server.visitor().get("/apps/api/telemetry/platform").await.status, 403);
    }
}

/// What the numbers say after two runs that went well and three that were refused.
async fn numbers(owner: &Caller<'_>, member: &Caller<'_>, id: &str) {
    let platform = owner.get("/apps/api/telemetry/platform").await;
    let counts = ["totalExecutions", "successfulExecutions", "failedExecutions"];
    assert_eq!(counts.map(|it| platform[it].as_u64()), [Some(5), Some(2), Some(3)]);
    assert_eq!(platform["successRate"], 40.0);
    let top = owner.get("/apps/api/telemetry/top-apps").await;
    let first = &top["apps"][0];
    assert_eq!(
        (&first["appId"], &first["executionCount"], &first["failureCount"]),
        (&json!(id), &json!(4), &json!(2))
    );
    let spread = owner.get("/apps/api/telemetry/execution-distribution").await;
    let spread = spread["distribution"].as_object().unwrap();
    assert_eq!(spread.values().filter_map(Value::as_u64).sum::<u64>(), 2);
    let before = owner.get("/apps/api/telemetry/platform?to=2020-01-01").await;
    assert_eq!(before["totalExecutions"], 0);
    for path in ["platform", "top-apps", "execution-distribution"] {
        let refused = member.get(&format!("/apps/api/telemetry/{path}")).await;
        assert_eq!((refused.status, &refused["code"]), (403, &json!("AUTHORIZATION")));
    }
}

#[tokio::test]
async fn default_apps_are_made_once_and_run() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let member = server.joins(&owner, "Member", "member").await;
        let path = "/apps/api/publisher/seed-defaults";
        let confirm = json!({"confirm": "SEED_DEFAULTS"});
        assert_eq!(owner.post(path, json!({})).await.status, 400);
        assert_eq!(member.post(path, confirm.clone()).await.status, 403);
        let made = owner.post(path, confirm.clone()).await;
        let five = json!({"created": 5, "updated": 0});
        assert_eq!((&made["apps"], &made["templates"]), (&five, &five), "{}", made.body);
        let nothing = json!({"created": 0, "updated": 0});
        let list = owner.get("/apps/api/apps").await;
        let drafts = |list: &Answer| {
            let all = list["data"].as_array().unwrap();
            all.iter().filter(|it| !it["galleryMetadata"]["missing"].is_null()).count()
        };
        assert_eq!(drafts(&list), 2);
        assert_eq!(member.get("/apps/api/apps").await["data"].as_array().unwrap().len(), 3);
        assert_eq!(owner.post(path, confirm.clone()).await["apps"], nothing);
        owner.post("/api/pmos/setup/sample", json!({})).await;
        let completed = owner.post(path, confirm.clone()).await;
        assert_eq!(completed["apps"], json!({"created": 0, "updated": 2}), "{}", server.name);
        assert_eq!(owner.post(path, confirm).await["apps"], nothing);
        let list = owner.get("/apps/api/apps").await;
        assert_eq!(drafts(&list), 0);
        for app in list["data"].as_array().unwrap() {
            let inputs = match app["name"].as_str().unwrap() {
                "Tidy a title" => json!({"text": "good day", "style": "title"}),
                "Find a due day" => json!({"date": "2026-03-31", "days": 2}),
                "Hours of a budget" => json!({"budget": 480, "rate": 96}),
                _ => json!({}),
            };
            let done = run(&owner, app["id"].as_str().unwrap(), inputs).await;
            assert_eq!(done.status, 200, "{} {}", app["name"], done.body);
        }
    }
}
