//! What tools say while Basecamp is not well (contract.md 8.5, 8.9).

use crate::world::{PROJECT, World, actor};
use basecamp::Basecamp;
use basecamp::circuit::Limits;
use basecamp::config::Config;
use flow::flows::Flows;
use flow::runs::Runs;
use sandbox::faults::Fault;
use serde_json::{Value, json};
use std::time::Duration;
use store::db::Db;
use store::secrets::SecretKey;
use tools::error::ToolError;
use tools::tool::CallContext;
use tools::tools::Tools;

/// The tools of another process on the same database.
pub(crate) fn tools_with(world: &World, config: Config) -> (Tools, Basecamp) {
    let config = config.with_sample(world.running.address, &world.running.control_key);
    tools_on(world.test.db.clone(), config)
}

/// The tools of a process on `db`.
pub(crate) fn tools_on(db: Db, config: Config) -> (Tools, Basecamp) {
    let key = SecretKey::from_text("key of the tests");
    let basecamp = Basecamp::new(db.clone(), key.clone(), config).unwrap();
    let runs =
        Runs::new(db.clone(), basecamp.clone(), flow::config::Config::new("http://pmos.test", key));
    (Tools::new(db, basecamp.clone(), Flows::new(&runs), runs), basecamp)
}

async fn call(tools: &Tools, user: &str, tool: &str, args: Value) -> Result<Value, ToolError> {
    tools.call(&actor(user), tool, &args, &CallContext::default()).await
}

#[tokio::test]
async fn what_basecamp_refuses_for_good_says_its_status_and_whether_to_come_back() {
    for world in World::both().await {
        let (tools, _) = tools_with(&world, Config::default());
        let new = json!({ "project": PROJECT, "task": "Refused" });
        let cases = [
            (Fault::TooMany { retry_after: 7 }, json!([429, true, 7_000])),
            (Fault::Status(503), json!([503, true, null])),
            (Fault::Status(507), json!([507, false, null])),
        ];
        for (fault, wanted) in cases {
            world.running.sandbox.fail_while("POST", fault);
            let told = call(&tools, "amara", "create_todo", new.clone()).await.unwrap_err();
            world.running.sandbox.heal();
            let told = told.to_value("basecamp");
            let place = world.test.name;
            assert_eq!(
                (&told["code"], &told["category"]),
                (&json!("BASECAMP_API_ERROR"), &json!("api")),
                "{place}: {told}"
            );
            let is = json!([told["status"], told["retryable"], told["retry_after_ms"]]);
            assert_eq!(is, wanted, "{place}: {told}");
        }
    }
}

#[tokio::test]
async fn an_open_circuit_answers_at_once_and_says_when_to_come_back() {
    for world in World::both().await {
        let circuit = Limits { cooldown: Duration::from_secs(3_600), ..Limits::default() };
        let (tools, _) = tools_with(&world, Config { circuit, ..Config::default() });
        let missing = json!({ "path": "/todos/1" });
        for _ in 0..6 {
            let told = call(&tools, "amara", "basecamp_raw", missing.clone()).await.unwrap_err();
            assert_eq!(told.code(), "RESOURCE_NOT_FOUND", "{}", world.test.name);
        }
        let path = json!({ "path": "/projects", "paginate": false });
        for _ in 0..5 {
            world.running.sandbox.fail_next(Fault::Status(500));
            let told = call(&tools, "amara", "basecamp_raw", path.clone()).await.unwrap_err();
            let told = told.to_value("basecamp");
            let is = (&told["code"], &told["status"], &told["category"], &told["retryable"]);
            let wanted = json!(["BASECAMP_API_ERROR", 500, "api", true]);
            assert_eq!(json!([is.0, is.1, is.2, is.3]), wanted, "{}: {told}", world.test.name);
        }
        let before = world.running.sandbox.count();
        let told = call(&tools, "amara", "basecamp_raw", path.clone()).await.unwrap_err();
        let told = told.to_value("basecamp");
        assert_eq!(told["code"], "CIRCUIT_OPEN", "{}", world.test.name);
        assert_eq!(
            (&told["category"], &told["action"]),
            (&json!("resilience"), &json!("retry_later"))
        );
        assert!(
            told["retryable"] == true && told["retry_after_ms"].as_u64().unwrap() > 0,
            "{told}"
        );
        let write = json!({ "project": PROJECT, "task": "Never" });
        let told = call(&tools, "amara", "create_todo", write).await.unwrap_err();
        assert_eq!(told.code(), "CIRCUIT_OPEN", "{}", world.test.name);
        assert_eq!(world.running.sandbox.count(), before, "{}: it went out", world.test.name);
        assert!(call(&tools, "otto", "basecamp_raw", path).await.is_ok(), "{}", world.test.name);
    }
}
