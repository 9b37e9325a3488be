//! Acceptance: choosing the engine that runs flows, and how its connector stands (AC-07).

use crate::caller::Server;
use sandbox::activepieces::{Config, Running, serve};
use serde_json::{Value, json};

const ENGINE: &str = "/api/pmos/flow-engine";
const CONNECTORS: &str = "/api/pmos/connectors";
const PASSWORD: &str = "correct horse";

fn sign_in(running: &Running) -> Value {
    json!({
        "engine": "activepieces", "url": running.engine.base_url(), "email": "owner@example.com", "password": PASSWORD,
    })
}

fn oks(connector: &Value) -> Vec<Value> {
    connector["checks"].as_array().unwrap().iter().map(|it| it["ok"].clone()).collect()
}

#[tokio::test]
async fn the_connector_says_what_is_wrong_and_that_all_is_well() {
    for server in Server::all().await {
        let owner = server.signs_up("Owner").await;
        let builtin = owner.get(CONNECTORS).await;
        assert_eq!(
            (&builtin["flow"]["engine"], &builtin["flow"]["state"]),
            (&json!("builtin"), &json!("ok"))
        );
        let running = serve(Config::default()).await.unwrap();
        let wrong = json!({ "engine": "activepieces", "url": running.engine.base_url(), "email": "owner@example.com", "password": "wrong" });
        let refused = owner.put(ENGINE, wrong).await;
        assert_eq!(
            (refused.status, &refused["details"][0]["field"]),
            (400, &json!("password")),
            "{}",
            refused.body
        );
        let saved = owner.put(ENGINE, sign_in(&running)).await;
        assert_eq!(
            (saved.status, &saved["engine"]),
            (200, &json!("activepieces")),
            "{}",
            saved.body
        );
        assert_eq!(saved["server"]["projectName"], "A project");

        let test = async || {
            owner.post(&format!("{CONNECTORS}/test"), json!({ "connector": "flow" })).await
        };
        let good = test().await["flow"].clone();
        assert_eq!(
            (&good["configured"], &good["reachable"], &good["authOk"]),
            (&json!(true), &json!(true), &json!(true))
        );
        assert_eq!(
            (&good["state"], &good["engine"], oks(&good)),
            (&json!("ok"), &json!("activepieces"), vec![json!(true); 3])
        );

        running.engine.set_password(0, "changed meanwhile");
        let asked = running.engine.requests().len();
        let refused = test().await["flow"].clone();
        assert!(running.engine.requests().len() > asked, "the service itself refused it");
        assert_eq!(
            (&refused["authOk"], &refused["state"]),
            (&json!(false), &json!("needs_attention"))
        );
        assert_eq!(oks(&refused), [json!(true), json!(false), Value::Null]);
        assert_eq!(refused["fixUrl"], "/settings/engine");

        drop(running);
        let gone = test().await["flow"].clone();
        assert_eq!((&gone["reachable"], &gone["authOk"]), (&json!(false), &json!(false)));
        assert!(gone["error"].as_str().is_some_and(|it| !it.is_empty()), "{gone}");
        assert_eq!(owner.get(CONNECTORS).await["flow"], gone, "what is known, without asking");
        for body in [
            saved.body.to_string(),
            gone.to_string(),
            owner.get("/api/pmos/audit").await.body.to_string(),
        ] {
            assert!(!body.contains(PASSWORD), "{body}");
        }
        assert_eq!(owner.delete(ENGINE).await.status, 200);
        assert_eq!(owner.get(CONNECTORS).await["flow"]["engine"], "builtin");
    }
}
