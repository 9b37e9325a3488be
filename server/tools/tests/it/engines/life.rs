//! The life of a flow (AC-24), the same on both engines.

use super::{Engine, engines, mapping, webhook};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

fn asking(name: &str, url: &str) -> Value {
    json!({
        "name": name, "displayName": name, "type": "PIECE", "settings": {
            "pieceName": "@activepieces/piece-http", "pieceVersion": "~0.11.5", "actionName": "send_request",
            "input": { "method": "GET", "url": url, "headers": {}, "queryParams": {}, "authType": "NONE" },
        },
    })
}

/// A site that counts who asks for `/count`, and fails at everything else while it is told to.
struct Site {
    address: String,
    counted: Arc<AtomicU32>,
    fails: Arc<AtomicBool>,
}

impl Site {
    async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (counted, fails) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicBool::new(false)));
        let (counts, failing) = (Arc::clone(&counted), Arc::clone(&fails));
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut head = vec![0; 4096];
                let read = stream.read(&mut head).await.unwrap_or_default();
                let head = String::from_utf8_lossy(&head[..read]).into_owned();
                let is_count = head.starts_with("GET /count");
                if is_count {
                    counts.fetch_add(1, Ordering::SeqCst);
                }
                let status = if !is_count && failing.load(Ordering::SeqCst) { 500 } else { 200 };
                let answer = format!(
                    "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: 13\r\nconnection: close\r\n\r\n{{\"said\":true}}"
                );
                drop(stream.write_all(answer.as_bytes()).await);
            }
        });
        Self { address, counted, fails }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}/{path}", self.address)
    }
}

/// One flow on one engine.
struct Life {
    engine: Engine,
    site: Site,
    flow: Value,
}

impl Life {
    /// These arguments, for the flow.
    fn of(&self, mut args: Value) -> Value {
        args["flow_id"] = self.flow.clone();
        args
    }

    /// Built step by step and published; gives the version that runs.
    async fn grows(&self) -> Value {
        let refused = self.engine.world.call("flow_publish", self.of(json!({}))).await.unwrap_err();
        assert_eq!(refused.code(), "INVALID_INPUT", "{}: {refused}", self.engine.name);
        self.engine.ok("flow_trigger_set", self.of(json!({ "trigger": webhook() }))).await;
        for step in [
            mapping("step_1", "first"),
            asking("step_2", &self.site.url("count")),
            asking("step_3", &self.site.url("answer")),
        ] {
            self.engine.ok("flow_step_add", self.of(json!({ "step": step }))).await;
        }
        let changes =
            json!({ "settings": { "input": { "mapping": { "a": "{{trigger.body.n}}" } } } });
        self.engine
            .ok("flow_step_update", self.of(json!({ "step_name": "step_1", "changes": changes })))
            .await;
        self.engine.ok("flow_step_duplicate", self.of(json!({ "step_name": "step_1" }))).await;
        self.engine
            .ok("flow_step_move", self.of(json!({ "step_name": "step_4", "after_step": "step_3" })))
            .await;
        let moved = self.engine.ok("flow_get", self.of(json!({}))).await;
        let third = &moved["version"]["trigger"]["nextAction"]["nextAction"]["nextAction"];
        assert_eq!(
            (&third["name"], &third["nextAction"]["name"]),
            (&json!("step_3"), &json!("step_4"))
        );
        self.engine.ok("flow_step_delete", self.of(json!({ "step_name": "step_4" }))).await;
        let valid = self.engine.ok("flow_validate", self.of(json!({}))).await;
        assert_eq!(
            (&valid["valid"], &valid["problems"]),
            (&json!(true), &json!([])),
            "{}",
            self.engine.name
        );
        let published = self.engine.ok("flow_publish", self.of(json!({}))).await["flow"].clone();
        assert_eq!(
            (&published["status"], &published["version"]["state"]),
            (&json!("ENABLED"), &json!("LOCKED"))
        );
        published["version"]["id"].clone()
    }

    /// Runs well, fails, and goes on after the repair; gives the run that failed.
    async fn works(&self) -> Value {
        let run = self
            .engine
            .ok("flow_trigger", self.of(json!({ "payload": { "body": { "n": 5 } } })))
            .await["runId"]
            .clone();
        let run = self.engine.ended(&run, "SUCCEEDED").await;
        assert_eq!(run["steps"]["step_1"]["output"], json!({ "a": 5 }));
        assert_eq!(run["steps"]["step_2"]["output"]["body"], json!({ "said": true }));
        for step in ["step_1", "step_2", "step_3"] {
            assert!(run["steps"][step]["input"].is_object(), "{} {step}: {run}", self.engine.name);
        }
        assert_eq!(self.site.counted.load(Ordering::SeqCst), 1);

        self.site.fails.store(true, Ordering::SeqCst);
        let run = self
            .engine
            .ok("flow_trigger", self.of(json!({ "payload": { "body": { "n": 6 } } })))
            .await["runId"]
            .clone();
        let failed = self.engine.ended(&run, "FAILED").await;
        assert_eq!(failed["failedStep"]["name"], "step_3");
        assert!(failed["steps"]["step_3"]["errorMessage"].is_string());
        self.site.fails.store(false, Ordering::SeqCst);
        let again =
            self.engine.ok("flow_run_retry", json!({ "run_id": run })).await["run"]["id"].clone();
        self.engine.ended(&again, "SUCCEEDED").await;
        assert_eq!(
            self.site.counted.load(Ordering::SeqCst),
            2,
            "{}: no finished step is repeated",
            self.engine.name
        );
        run
    }

    /// Goes back to its first version, gets another name, is switched off and deleted.
    async fn ends(&self, first: Value, run: Value) {
        let changes = json!({ "settings": { "input": { "mapping": { "a": "other" } } } });
        self.engine
            .ok("flow_step_update", self.of(json!({ "step_name": "step_1", "changes": changes })))
            .await;
        self.engine.ok("flow_publish", self.of(json!({}))).await;
        let versions = self.engine.ok("flow_versions_list", self.of(json!({}))).await;
        assert_eq!(versions["data"].as_array().unwrap().len(), 2, "{}", self.engine.name);
        let back =
            self.engine.ok("flow_rollback", self.of(json!({ "version_id": first }))).await["flow"]
                .clone();
        let input = &back["version"]["trigger"]["nextAction"]["settings"]["input"]["mapping"]["a"];
        assert_eq!((&back["status"], input), (&json!("ENABLED"), &json!("{{trigger.body.n}}")));
        self.engine.ok("flow_update", self.of(json!({ "name": "Another name" }))).await;
        let off = self.engine.ok("flow_disable", self.of(json!({}))).await["flow"].clone();
        assert_eq!(
            (&off["status"], &off["version"]["displayName"]),
            (&json!("DISABLED"), &json!("Another name"))
        );
        assert_eq!(self.engine.ok("flow_delete", self.of(json!({}))).await["success"], true);
        assert_eq!(self.engine.code("flow_get", self.of(json!({}))).await, "RESOURCE_NOT_FOUND");
        assert_eq!(
            self.engine.ok("flow_run_get", json!({ "run_id": run })).await["id"],
            run,
            "runs stay readable"
        );
    }
}

#[tokio::test]
async fn a_flow_lives_the_same_life_on_both_engines() {
    for engine in engines().await {
        let site = Site::new().await;
        engine.world.allow(&site.address).await;
        let flow = engine.ok("flow_create", json!({ "name": "Life" })).await["flow"]["id"].clone();
        let life = Life { engine, site, flow };
        let first = life.grows().await;
        let run = life.works().await;
        life.ends(first, run).await;
    }
}
