//! Which model answers: a person's own, the workspace's, the built-in one. Keys go in and never come out.

use crate::provider::{FakeProvider, Reply, Wire};
use crate::world::{KEY, World, actor, amara};
use agent::config::Config;
use agent::keys::NewKey;
use agent::sending::NewTurn;
use domain::problem::Problem;
use serde_json::{Map, Value, json};
use store::testing::TestDb;

fn fields(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

#[tokio::test]
async fn a_personal_key_stays_masked_kept_and_cleared() {
    for test in TestDb::both().await {
        let world = World::with_models_on(test, Config::default()).await;
        let mika = actor("mika");
        let before = world.agent.personal_settings(&mika).await.unwrap();
        assert_eq!(
            (&before["llm_api_key"], &before["effective"]["source"]),
            (&Value::Null, &json!("builtin"))
        );
        let change = async |value: Value| {
            world.agent.change_personal_settings(&mika, fields(value)).await.unwrap()
        };
        let new = json!({"llmProvider": "claude", "llmApiKey": KEY, "llmModel": "large", "preferences": {"a": 1}});
        let set = change(new).await;
        assert_eq!(
            (&set["llm_provider"], &set["llm_api_key"]),
            (&json!("anthropic"), &json!("***"))
        );
        assert_eq!(
            set["effective"],
            json!({"provider": "anthropic", "model": "large", "source": "personal"})
        );
        for kept in [
            json!({}),
            json!({"llmApiKey": ""}),
            json!({"llmApiKey": "***"}),
            json!({"llmModel": "small"}),
        ] {
            let after = change(kept).await;
            assert_eq!(
                (&after["llm_api_key"], &after["preferences"]["a"]),
                (&json!("***"), &json!(1))
            );
            assert!(!after.to_string().contains(KEY));
        }
        let gone = change(json!({"llmApiKey": null})).await;
        assert_eq!(gone["llm_api_key"], Value::Null);
        let turn = NewTurn { text: "projects".into(), ..NewTurn::default() };
        let refused = world.agent.send(&mika, turn).await.unwrap_err();
        assert!(matches!(&refused, Problem::NoModelKey { .. }) && refused.code() == "NO_MODEL_KEY");
        change(json!({"llmProvider": "builtin"})).await;
        assert_eq!(world.say_as(&mika, None, "projects").await.run.model, "builtin");
        let wrong = world
            .agent
            .change_personal_settings(&mika, fields(json!({"llmProvider": "abacus"})))
            .await;
        assert!(matches!(wrong, Err(Problem::Invalid { .. })));
    }
}

#[tokio::test]
async fn a_personal_model_comes_before_the_workspaces() {
    for test in TestDb::both().await {
        let (shared, own) = (
            FakeProvider::start(vec![Wire::Chat.says("From the workspace")]).await,
            FakeProvider::start(vec![Wire::Gemini.says("From my own")]).await,
        );
        let world = World::with_models_on(test, Config::default()).await;
        world.allow(&[&shared, &own]).await;
        world.put_key(Wire::Chat, &shared).await;
        let mika = actor("mika");
        let mine = json!({"llmProvider": "google", "llmApiKey": KEY, "llmModel": "g", "llmBaseUrl": own.base()});
        world.agent.change_personal_settings(&mika, fields(mine)).await.unwrap();
        assert_eq!(world.say_as(&mika, None, "hi").await.response, "From my own");
        assert_eq!(own.asked()[0].path, "/models/g:streamGenerateContent");
        assert_eq!(world.say(None, "hi").await.response, "From the workspace");
        assert_eq!(shared.asked()[0].path, "/chat/completions");
        let keys = world.agent.keys(&amara()).await.unwrap();
        assert_eq!(
            (keys.len(), &keys[0]["last4"], &keys[0]["validated"]),
            (1, &json!("cdef"), &json!(false))
        );
        assert!(
            world.agent.keys(&mika).await.is_err(),
            "only who manages sees the workspace's keys"
        );
        assert!(world.agent.delete_key(&amara(), "openai_compatible").await.unwrap());
        let turn = NewTurn { text: "hi".into(), ..NewTurn::default() };
        assert!(matches!(world.agent.send(&amara(), turn).await, Err(Problem::NoModelKey { .. })));
    }
}

#[tokio::test]
async fn a_key_is_tried_with_a_real_call() {
    let wrong = json!({"error": {"message": "no", "type": "authentication_error"}});
    for wire in Wire::ALL {
        let replies = vec![wire.says("OK"), Reply::Status(401, &[], wrong.clone())];
        let provider = FakeProvider::start(replies).await;
        let world = World::with_models(Config::default()).await;
        world.allow(&[&provider]).await;
        world.put_key(wire, &provider).await;
        let ask = || NewKey { provider: wire.provider().into(), ..NewKey::default() };
        let tried = world.agent.try_key(&amara(), ask()).await.unwrap();
        assert_eq!(
            (&tried["valid"], &tried["models"][0]),
            (&json!(true), &json!("small")),
            "{tried}"
        );
        assert_eq!(world.agent.keys(&amara()).await.unwrap()[0]["validated"], true);
        let tried = world.agent.try_key(&amara(), ask()).await.unwrap();
        assert_eq!(tried["valid"], false);
        assert!(tried["error"].as_str().unwrap().contains("does not accept the key"));
        assert!(!tried.to_string().contains(KEY));
    }
}

#[tokio::test]
async fn a_month_that_is_used_up_ends_runs_with_a_reason() {
    let provider = FakeProvider::start(vec![Wire::Chat.says("Fine")]).await;
    let world = World::with_models(Config::default()).await;
    world.allow(&[&provider]).await;
    world.put_key(Wire::Chat, &provider).await;
    let limit = |tokens: u32| json!({"assistant": {"monthlyLimit": {"tokens": tokens}}});
    let set = async |tokens| {
        world.agent.change_workspace_settings(&amara(), limit(tokens), false).await.unwrap();
    };
    set(20).await;
    assert_eq!(world.say(None, "one").await.response, "Fine");
    let warned = world.say(None, "two").await;
    let told = format!("{:?}", world.events(&warned.run.id).await);
    assert!(told.contains("90 % of this month's limit"), "{told}");
    let ended = world.say(None, "three").await;
    assert_eq!(ended.code.as_deref(), Some("SPEND_LIMIT"));
    assert_eq!(provider.asked().len(), 2);
    set(1_000).await;
    assert_eq!(world.say(None, "four").await.response, "Fine");
}
