//! Acceptance: an objective becomes a plan that changes nothing, and a plan is carried out once, asking where a person
//! must decide.

use crate::caller::{Caller, Server};
use serde_json::{Value, json};
use std::time::Duration;

const OBJECTIVE: &str = "Complete Menu board copy and comment on Mobile menu: looks good";

async fn with_sample(server: &Server) -> Caller<'_> {
    let owner = server.signs_up("Owner").await;
    owner.post("/api/pmos/setup/sample", json!({})).await;
    owner
}

async fn operations(owner: &Caller<'_>) -> Value {
    owner.get("/api/operations").await["operations"].clone()
}

/// What `look` finds, as soon as it is there.
async fn eventually<T>(what: &str, look: impl AsyncFn() -> Option<T>) -> T {
    for _ in 0..600 {
        if let Some(found) = look().await {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{what} did not come");
}

/// Allows the next thing that waits.
async fn allow(owner: &Caller<'_>) {
    let next = eventually("an approval", async || {
        let pending = owner.get("/api/approvals?status=pending").await;
        pending["approvals"][0]["id"].as_str().map(str::to_owned)
    });
    let decided = owner.post(&format!("/api/approvals/{}/approve", next.await), json!({})).await;
    assert!(matches!(decided.status, 200 | 202), "{}", decided.body);
}

/// What the newest conversation says, once its plan is carried out.
async fn told(owner: &Caller<'_>) -> String {
    eventually("the end of the plan", async || {
        let sessions = owner.get("/api/chat/sessions").await;
        let session = sessions[0]["id"].as_str()?.to_owned();
        let told = owner.get(&format!("/api/chat/sessions/{session}")).await.body.to_string();
        told.contains("steps are done").then_some(told)
    })
    .await
}

#[tokio::test]
async fn a_plan_that_needs_a_choice_goes_on_with_the_answer() {
    for server in Server::all().await {
        let owner = with_sample(&server).await;
        let wish = "Add a to-do called Order paper to the Website relaunch project";
        let asked = owner.post("/api/plan", json!({"objective": wish})).await;
        assert_eq!(
            (asked.status, &asked["code"]),
            (422, &json!("NOT_UNDERSTOOD")),
            "{}",
            asked.body
        );
        assert_eq!(asked["error"], "Which list?");
        let list = asked["examples"][0].clone();
        let again = json!({"objective": wish, "answers": ["Nowhere at all"]});
        assert_eq!(owner.post("/api/plan", again).await.status, 422);
        let plan = owner.post("/api/plan", json!({"objective": wish, "answers": [list]})).await;
        assert_eq!((plan.status, &plan["steps"][0]["tool"]), (200, &json!("create_todo")));
        let detail = plan["steps"][0]["detail"].as_str().unwrap();
        assert!(detail.contains(list.as_str().unwrap()), "{detail}");
        assert_eq!(operations(&owner).await, json!([]));
    }
}

#[tokio::test]
async fn a_plan_changes_nothing_and_is_carried_out_once() {
    for server in Server::all().await {
        let owner = with_sample(&server).await;
        let plan = owner.post("/api/plan", json!({"objective": OBJECTIVE})).await;
        assert_eq!(plan.status, 200, "{}", plan.body);
        let steps = plan["steps"].as_array().unwrap();
        let tools: Vec<&Value> = steps.iter().map(|it| &it["tool"]).collect();
        assert_eq!(tools, ["complete_todo", "create_comment"], "{}", plan.body);
        for step in steps {
            assert_eq!((&step["risk"], &step["missing"]), (&json!("write"), &json!([])));
            assert!(step["detail"].as_str().is_some_and(|it| it.contains("“")), "{step}");
        }
        assert_eq!(operations(&owner).await, json!([]));
        assert_eq!(owner.get("/api/approvals").await["approvals"], json!([]));

        let path = format!("/api/plan/{}/execute", plan["plan_id"].as_str().unwrap());
        let unknown = owner.post(&path, json!({"step_ids": ["9"]})).await;
        assert_eq!((unknown.status, &unknown["details"][0]["field"]), (400, &json!("step_ids")));
        let begun = owner.post(&path, json!({"step_ids": ["1"]})).await;
        assert_eq!((begun.status, &begun["ok"]), (202, &json!(true)), "{}", begun.body);
        assert_eq!(begun["operation_ids"], json!([]), "it waits for a person");
        let again = owner.post(&path, json!({})).await;
        assert_eq!((again.status, &again["code"]), (409, &json!("CONFLICT")));
        allow(&owner).await;
        assert!(told(&owner).await.contains("1 of 1 steps are done"));
        let done = operations(&owner).await;
        assert_eq!(done.as_array().unwrap().len(), 1, "{done}");
        assert_eq!(
            (&done[0]["tool"], &done[0]["status"]),
            (&json!("complete_todo"), &json!("completed"))
        );
    }
}

#[tokio::test]
async fn every_step_of_a_plan_is_done_in_order_and_what_came_of_it_is_said() {
    for server in Server::all().await {
        let owner = with_sample(&server).await;
        let plan = owner.post("/api/plan", json!({"objective": OBJECTIVE})).await;
        let path = format!("/api/plan/{}/execute", plan["plan_id"].as_str().unwrap());
        let begun = owner.post(&path, json!({})).await;
        assert_eq!(begun.status, 202, "{}", begun.body);
        allow(&owner).await;
        allow(&owner).await;
        let told = told(&owner).await;
        assert!(told.contains("2 of 2 steps are done"), "{told}");
        let reading = owner.post("/api/plan", json!({"objective": "What is overdue?"})).await;
        assert_eq!(reading["steps"][0]["risk"], "read", "{}", reading.body);
        let path = format!("/api/plan/{}/execute", reading["plan_id"].as_str().unwrap());
        assert_eq!(owner.post(&path, json!({})).await.status, 202);
    }
}

#[tokio::test]
async fn what_is_not_understood_or_not_ready_says_what_to_do() {
    let server = Server::sqlite().await;
    let owner = server.signs_up("Owner").await;
    let plan =
        async |objective: &str| owner.post("/api/plan", json!({"objective": objective})).await;
    let empty = plan(" ").await;
    assert_eq!((empty.status, &empty["details"][0]["field"]), (400, &json!("objective")));
    let early = plan(OBJECTIVE).await;
    assert_eq!((early.status, &early["code"]), (400, &json!("NOT_READY")), "{}", early.body);
    owner.post("/api/pmos/setup/sample", json!({})).await;
    let odd = plan("Dance on the table").await;
    assert_eq!((odd.status, &odd["code"]), (422, &json!("NOT_UNDERSTOOD")), "{}", odd.body);
    let flow = plan("Every weekday at 9, tell me Time for the stand-up").await;
    assert_eq!((flow.status, &flow["code"]), (422, &json!("NOT_UNDERSTOOD")), "{}", flow.body);
    let half = plan("Complete Menu board copy and complete Nothing of the kind").await;
    assert_eq!(half.status, 422, "no part is passed over: {}", half.body);
    assert_eq!(operations(&owner).await, json!([]));
    let missing = owner.post("/api/plan/nothing/execute", json!({})).await;
    assert_eq!(missing.status, 404);
}
