//! The same tools on both engines: every accepted form (AC-18) and the life of a flow (AC-24), the one script on the
//! built-in engine and on an Activepieces server.

mod forms;
mod life;
mod walls;

use crate::world::{World, actor};
use domain::actor::{Actor, Role};
use domain::flow::engine::{EngineChange, FlowEngine};
use sandbox::activepieces::{Config, Running, serve};
use serde_json::{Value, json};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(30);

/// One engine, with what it needs to stay there.
struct Engine {
    world: World,
    name: &'static str,
    _running: Option<Running>,
}

/// Both of them.
async fn engines() -> Vec<Engine> {
    let builtin = Engine { world: World::new().await, name: "builtin", _running: None };
    let world = World::new().await;
    let running = serve(Config { looks_until_switched: 1, ..Config::default() }).await.unwrap();
    let change = EngineChange {
        engine: FlowEngine::Activepieces,
        url: Some(running.engine.base_url()),
        email: Some("owner@example.com".to_owned()),
        password: Some("correct horse".to_owned()),
        ..EngineChange::default()
    };
    let chief = Actor { role: Role::SuperAdmin, ..actor("amara") };
    world.flows.change_engine(&chief, change).await.unwrap();
    vec![builtin, Engine { world, name: "activepieces", _running: Some(running) }]
}

impl Engine {
    async fn ok(&self, tool: &str, args: Value) -> Value {
        self.world.ok(tool, args).await
    }

    async fn code(&self, tool: &str, args: Value) -> String {
        self.world.code(tool, args).await
    }

    async fn ended(&self, run: &Value, wanted: &str) -> Value {
        let looking = async {
            loop {
                let found = self.ok("flow_run_get", json!({ "run_id": run })).await;
                if found["status"] == wanted {
                    return found;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let found = tokio::time::timeout(PATIENCE, looking).await;
        found.unwrap_or_else(|_| panic!("{}: the run never became {wanted}", self.name))
    }
}

fn webhook() -> Value {
    json!({
        "name": "trigger", "displayName": "Catch", "type": "PIECE_TRIGGER", "settings": {
            "pieceName": "@activepieces/piece-webhook", "pieceVersion": "~0.1.27", "triggerName": "catch_webhook",
            "input": { "authType": "none", "authFields": {} },
        },
    })
}

fn mapping(name: &str, value: &str) -> Value {
    json!({
        "name": name, "displayName": name, "type": "PIECE", "settings": {
            "pieceName": "@activepieces/piece-data-mapper", "pieceVersion": "~0.3.13", "actionName": "advanced_mapping",
            "input": { "mapping": { "a": value } },
        },
    })
}
