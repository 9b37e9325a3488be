//! The stand-in of the flow engine, held against what was recorded of the real one.

use sandbox::activepieces::{Config, Fault, Running, serve};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Requests and what became of the flow, one after the other on the same flow.
const EDITS: &str = include_str!("../recorded/edits.json");
const PATIENCE: Duration = Duration::from_secs(30);

struct Caller {
    running: Running,
    token: String,
}

impl Caller {
    async fn new(config: Config) -> Self {
        let running = serve(config).await.unwrap();
        let mut caller = Self { running, token: String::new() };
        let person = json!({ "email": "owner@example.com", "password": "correct horse" });
        let (status, body) = caller.post("/v1/authentication/sign-in", person).await;
        assert_eq!((status, &body["projectId"]), (200, &json!(caller.project())));
        caller.token = body["token"].as_str().unwrap().to_owned();
        caller
    }

    fn project(&self) -> String {
        self.running.engine.project(0)
    }

    async fn send(&self, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let body = body.map(|it| it.to_string()).unwrap_or_default();
        let auth = match self.token.as_str() {
            "" => String::new(),
            token => format!("authorization: Bearer {token}\r\n"),
        };
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: x\r\n{auth}content-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        );
        let mut stream = TcpStream::connect(self.running.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, serde_json::from_str(body).unwrap_or_default())
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        self.send("GET", path, None).await
    }

    async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.send("POST", path, Some(body)).await
    }

    async fn flow(&self) -> String {
        let new = json!({ "displayName": "Demo flow", "projectId": self.project() });
        let (status, flow) = self.post("/v1/flows", new).await;
        assert_eq!((status, &flow["version"]["trigger"]["type"]), (201, &json!("EMPTY")));
        flow["id"].as_str().unwrap().to_owned()
    }

    async fn operate(&self, flow: &str, kind: &str, request: Value) -> (u16, Value) {
        self.post(&format!("/v1/flows/{flow}"), json!({ "type": kind, "request": request })).await
    }

    /// Looks at `path` until `is_so`.
    async fn until(&self, path: &str, is_so: impl Fn(u16, &Value) -> bool) -> Value {
        let looking = async {
            loop {
                let (status, body) = self.get(path).await;
                if is_so(status, &body) {
                    return body;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, looking).await.unwrap()
    }
}

/// Without what no server repeats: ids and times of samples.
fn plain(mut trigger: Value) -> Value {
    fn forget(value: &mut Value) {
        if let Some(fields) = value.as_object_mut() {
            fields.remove("sampleData");
            fields.values_mut().for_each(forget);
        }
        if let Some(items) = value.as_array_mut() {
            items.iter_mut().for_each(forget);
        }
    }
    forget(&mut trigger);
    trigger
}

#[tokio::test]
async fn edits_end_as_they_were_recorded() {
    let caller = Caller::new(Config::default()).await;
    let folder = json!({ "displayName": "Automations", "projectId": caller.project() });
    let (_, folder) = caller.post("/v1/folders", folder).await;
    let flow = caller.flow().await;
    let rows: Vec<Value> = serde_json::from_str(EDITS).unwrap();
    assert!(rows.len() > 25);
    for (at, row) in rows.iter().enumerate() {
        let mut request = row["request"].clone();
        if request["folderId"].is_string() {
            request["folderId"] = folder["id"].clone();
        }
        let kind = row["type"].as_str().unwrap();
        let (status, body) = caller.operate(&flow, kind, request).await;
        assert_eq!(json!(status), row["status"], "{at} {kind}: {body}");
        if status != 200 {
            assert_eq!(body["code"], row["code"], "{at} {kind}");
            continue;
        }
        let version = &body["version"];
        assert_eq!(plain(version["trigger"].clone()), plain(row["trigger"].clone()), "{at} {kind}");
        assert_eq!(version["state"], row["state"], "{at} {kind}");
        assert_eq!(version["valid"], row["valid"], "{at} {kind}");
        assert_eq!(json!(version["notes"].as_array().unwrap().len()), row["notes"], "{at} {kind}");
    }
}

#[tokio::test]
async fn a_webhook_runs_the_published_version_and_the_run_can_be_read() {
    let caller = Caller::new(Config::default()).await;
    let flow = caller.flow().await;
    let rows: Vec<Value> = serde_json::from_str(EDITS).unwrap();
    for row in rows.iter().take(6) {
        caller.operate(&flow, row["type"].as_str().unwrap(), row["request"].clone()).await;
    }
    let hook = format!("/v1/webhooks/{flow}");
    assert_eq!(caller.post(&hook, json!({ "n": 7 })).await.0, 404, "it is off");
    let (_, published) = caller.operate(&flow, "LOCK_AND_PUBLISH", json!({})).await;
    assert_eq!(
        (&published["status"], &published["operationStatus"]),
        (&json!("DISABLED"), &json!("ENABLING"))
    );
    let on =
        caller.until(&format!("/v1/flows/{flow}"), |_, it| it["operationStatus"] == "NONE").await;
    assert_eq!(on["status"], "ENABLED");
    let (status, answer) =
        caller.post(&format!("{hook}/sync"), json!({ "n": 7, "name": "Ann" })).await;
    assert_eq!((status, answer["all"]["who"].clone()), (200, json!("hello Ann")));
    let (_, runs) =
        caller.get(&format!("/v1/flow-runs?projectId={}&flowId={flow}", caller.project())).await;
    let id = runs["data"][0]["id"].as_str().unwrap();
    let (_, run) = caller.get(&format!("/v1/flow-runs/{id}")).await;
    assert_eq!((&run["status"], &run["failedStep"]), (&json!("SUCCEEDED"), &json!({})));
    assert_eq!(run["steps"]["step_1"]["input"], json!({ "n": 7, "who": "hello Ann" }));
    let (status, _) = caller.send("DELETE", &format!("/v1/flows/{flow}"), None).await;
    assert_eq!(status, 204);
    caller.until(&format!("/v1/flows/{flow}"), |status, _| status == 404).await;
    assert_eq!(caller.post(&hook, json!({})).await.0, 410);
}

#[tokio::test]
async fn doors_refuse_as_they_were_recorded() {
    let mut caller = Caller::new(Config::default()).await;
    let list = format!("/v1/flows?projectId={}", caller.project());
    assert_eq!(caller.get("/v1/flows").await.0, 400);
    assert_eq!(caller.get("/v1/flows/doesnotexist0000000000").await.0, 400);
    assert_eq!(caller.get("/v1/flows/doesnotexist000000000").await.1["code"], "ENTITY_NOT_FOUND");
    assert_eq!(caller.get("/v1/pieces/@activepieces/piece-nope").await.0, 404);
    assert_eq!(caller.get("/v1/connections").await.1["message"], "Route not found");
    assert_eq!(caller.send("PATCH", "/v1/flows/doesnotexist000000000", None).await.0, 404);
    caller.running.engine.meet([Fault::Status(500)]);
    assert_eq!(caller.get(&list).await.0, 500);
    caller.running.engine.expire_sign_ins();
    assert_eq!(caller.get(&list).await, (403, json!({ "code": "SESSION_EXPIRED", "params": {} })));
    caller.token = "nothing".to_owned();
    assert_eq!(caller.get(&list).await.0, 401);
    caller.token = String::new();
    assert_eq!(caller.get(&list).await.1["code"], "AUTHORIZATION");
    caller.token = "ap_key_of_the_tests".to_owned();
    assert_eq!(caller.get(&list).await.0, 200);
    assert_eq!(caller.get("/v1/projects").await.0, 403);
    let wrong = json!({ "email": "owner@example.com", "password": "wrong" });
    assert_eq!(
        caller.post("/v1/authentication/sign-in", wrong).await.1["code"],
        "INVALID_CREDENTIALS"
    );
    let large = json!({ "displayName": "x".repeat(6 * 1024 * 1024) });
    assert_eq!(caller.post("/v1/flows", large).await.0, 413);
}

#[tokio::test]
async fn edits_meet_what_a_test_asks_for() {
    let caller = Caller::new(Config::default()).await;
    let flow = caller.flow().await;
    caller.running.engine.meet([Fault::Ignored, Fault::InUse]);
    let name = json!({ "displayName": "Other" });
    let (status, body) = caller.operate(&flow, "CHANGE_NAME", name.clone()).await;
    assert_eq!((status, &body["version"]["displayName"]), (200, &json!("Demo flow")));
    let (status, body) = caller.operate(&flow, "CHANGE_NAME", name.clone()).await;
    assert_eq!((status, &body["code"]), (409, &json!("FLOW_IN_USE")));
    let (_, body) = caller.operate(&flow, "CHANGE_NAME", name).await;
    assert_eq!(body["version"]["displayName"], "Other");
}
