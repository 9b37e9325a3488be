//! Which model answers: a person's own, the workspace's, the built-in one. Keys go in and never come out.

use crate::provider::{FakeProvider, Reply, Wire};
use crate::world::{KEY, World, actor, amara};
use agent::config::Config;
use agent::keys::NewKey;
use agent::sending::NewTurn;
use domain::assistant::{KeyScope, ProviderChange, Rules};
use domain::chat::ChatRunStatus;
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
        let kept =
            [("llmApiKey", json!("")), ("llmApiKey", json!("***")), ("llmModel", json!("small"))];
        for (field, value) in kept {
            let after = change(json!({ field: value })).await;
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
        change(json!({"llmProvider": "claude", "llmApiKey": KEY})).await;
        change(json!({"llmProvider": "builtin"})).await;
        change(json!({"llmApiKey": null})).await;
        let back = change(json!({"llmProvider": "claude"})).await;
        assert_eq!(back["llm_api_key"], Value::Null);
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
async fn a_key_is_tried_with_a_real_question_and_a_real_tool() {
    let wrong = json!({"error": {"message": "no", "type": "authentication_error"}});
    for wire in Wire::ALL {
        let replies = vec![
            wire.calls(&[("list_projects", json!({}))]),
            wire.says("There are some."),
            wire.says("OK"),
            Reply::Status(401, &[], wrong.clone()),
        ];
        let provider = FakeProvider::start(replies).await;
        let world = World::with_models(Config::default()).await;
        world.allow(&[&provider]).await;
        world.put_key(wire, &provider).await;
        let ask = || NewKey { provider: wire.provider().into(), ..NewKey::default() };
        let tried = world.agent.try_key(&amara(), ask()).await.unwrap();
        assert_eq!((tried.valid, tried.used_tool, tried.models[0].as_str()), (true, true, "small"));
        assert_eq!(tried.answer.as_deref(), Some("There are some."));
        assert!(tried.cost_usd.is_some_and(|it| it > 0.0) && tried.tokens == 36, "{tried:?}");
        assert!(tried.checks.iter().all(|it| it.ok == Some(true)), "{:?}", tried.checks);
        assert_eq!(world.agent.keys(&amara()).await.unwrap()[0]["validated"], true);
        let without = world.agent.try_key(&amara(), ask()).await.unwrap();
        assert_eq!((without.valid, without.used_tool), (true, false));
        assert!(without.hint.unwrap().contains("can use tools"));
        let tried = world.agent.try_key(&amara(), ask()).await.unwrap();
        assert!(!tried.valid && !format!("{tried:?}").contains(KEY));
        assert!(tried.error.unwrap().contains("does not accept the key"));
    }
}

fn change(scope: KeyScope, provider: &str, key: &str, base: &str) -> ProviderChange {
    ProviderChange {
        scope,
        provider: provider.into(),
        model: "small".into(),
        api_key: key.into(),
        base_url: base.into(),
        ..ProviderChange::default()
    }
}

#[tokio::test]
async fn a_provider_is_used_only_after_it_passed_or_when_somebody_insists() {
    for test in TestDb::both().await {
        let wrong = json!({"error": {"message": "no", "type": "authentication_error"}});
        let provider = FakeProvider::start(vec![
            Reply::Status(401, &[], wrong),
            Wire::Chat.calls(&[("list_projects", json!({}))]),
            Wire::Chat.says("Some"),
        ])
        .await;
        let world = World::with_models_on(test, Config::default()).await;
        world.allow(&[&provider]).await;
        let new = change(KeyScope::Workspace, "openai_compatible", KEY, &provider.base());
        let refused = world.agent.save_provider(&amara(), &new, false).await.unwrap();
        assert!(!refused.is_saved && refused.test.unwrap().error.is_some());
        let settings = world.agent.assistant_settings(&amara()).await.unwrap();
        assert_eq!(
            (settings.answering.label(), settings.shared.unwrap().0.keys.len()),
            ("Built-in assistant".into(), 0)
        );
        assert!(world.agent.is_ready(&amara()).await.unwrap().0);
        let insisted = world.agent.save_provider(&amara(), &new, true).await.unwrap();
        assert!(insisted.is_saved && !world.agent.is_ready(&amara()).await.unwrap().0);
        let tested = world.agent.save_provider(&amara(), &new, false).await.unwrap();
        assert!(tested.is_saved && tested.test.unwrap().used_tool);
        assert!(world.agent.is_ready(&amara()).await.unwrap().0);
        let settings = world.agent.assistant_settings(&amara()).await.unwrap();
        let (choice, _) = settings.shared.clone().unwrap();
        assert_eq!(
            (settings.answering.label(), choice.keys[0].last4.as_str()),
            ("small".into(), "cdef")
        );
        assert!(choice.keys[0].has_secret && choice.keys[0].tested_at_ms.is_some());
        assert!(!serde_json::to_string(&settings).unwrap().contains(KEY));
        assert!(
            world
                .agent
                .remove_key(&amara(), KeyScope::Workspace, "openai_compatible")
                .await
                .unwrap()
        );
        assert_eq!(world.agent.is_ready(&amara()).await.unwrap().1, "OpenAI-compatible has no key");
        let builtin = change(KeyScope::Workspace, "builtin", "", "");
        let back = world.agent.save_provider(&amara(), &builtin, false).await.unwrap();
        assert!(
            back.is_saved && back.test.unwrap().used_tool,
            "the built-in assistant passes alone"
        );
        assert!(world.agent.is_ready(&amara()).await.unwrap().0);
    }
}

#[tokio::test]
async fn a_member_sees_and_changes_only_their_own_key() {
    for test in TestDb::both().await {
        let provider = FakeProvider::start(vec![Wire::Gemini.says("Mine")]).await;
        let world = World::with_models_on(test, Config::default()).await;
        world.allow(&[&provider]).await;
        let mika = actor("mika");
        let shared = change(KeyScope::Workspace, "gemini", KEY, &provider.base());
        assert!(matches!(
            world.agent.save_provider(&mika, &shared, true).await,
            Err(Problem::Forbidden { .. })
        ));
        assert!(matches!(
            world.agent.test_provider(&mika, &shared).await,
            Err(Problem::Forbidden { .. })
        ));
        assert!(matches!(
            world.agent.provider_models(&mika, &shared).await,
            Err(Problem::Forbidden { .. })
        ));
        let own = change(KeyScope::Personal, "gemini", KEY, &provider.base());
        assert_eq!(world.agent.provider_models(&mika, &own).await.unwrap(), ["large", "small"]);
        assert!(world.agent.save_provider(&mika, &own, false).await.unwrap().is_saved);
        let mine = world.agent.assistant_settings(&mika).await.unwrap();
        assert_eq!(
            (mine.own.keys.len(), mine.shared, mine.answering.source.as_str()),
            (1, None, "personal")
        );
        let theirs = world.agent.assistant_settings(&amara()).await.unwrap();
        assert_eq!((theirs.own.keys.len(), theirs.shared.unwrap().0.keys.len()), (0, 0));
        let none = change(KeyScope::Personal, "", "", "");
        assert!(world.agent.save_provider(&mika, &none, false).await.unwrap().is_saved);
        let after = world.agent.assistant_settings(&mika).await.unwrap();
        assert_eq!((after.own.provider, after.own.keys.len()), (None, 1));
        assert!(world.agent.remove_key(&mika, KeyScope::Personal, "gemini").await.unwrap());
        assert!(!world.agent.remove_key(&mika, KeyScope::Personal, "gemini").await.unwrap());
    }
}

#[tokio::test]
async fn the_menu_offers_what_passed_a_test_and_sets_what_settings_sets() {
    for test in TestDb::both().await {
        let replies = vec![
            Wire::Gemini.calls(&[("list_projects", json!({}))]),
            Wire::Gemini.says("Three"),
            Wire::Gemini.says("From my own"),
        ];
        let provider = FakeProvider::start(replies).await;
        let world = World::with_models_on(test, Config::default()).await;
        world.allow(&[&provider]).await;
        let mika = actor("mika");
        let labels = async || {
            let answering = world.agent.answering(&mika).await.unwrap();
            let chosen = answering.choices.iter().find(|it| it.is_chosen).map(|it| it.label());
            (answering.choices.iter().map(|it| it.label()).collect::<Vec<_>>(), chosen)
        };
        let both = vec!["As the workspace".to_owned(), "Built-in assistant".to_owned()];
        assert_eq!(labels().await, (both.clone(), Some("As the workspace".to_owned())));
        let refused = world.agent.choose_model(&mika, "gemini").await;
        assert!(matches!(refused, Err(Problem::Invalid { .. })), "a key that is not there");
        let own = change(KeyScope::Personal, "gemini", KEY, &provider.base());
        assert!(world.agent.save_provider(&mika, &own, false).await.unwrap().is_saved);
        let all = [both, vec!["small (Gemini)".to_owned()]].concat();
        assert_eq!(labels().await, (all.clone(), Some("small (Gemini)".to_owned())));
        world.agent.choose_model(&mika, "builtin").await.unwrap();
        assert_eq!(labels().await, (all, Some("Built-in assistant".to_owned())));
        assert_eq!(world.say_as(&mika, None, "projects").await.run.model, "builtin");
        world.agent.choose_model(&mika, "gemini").await.unwrap();
        assert_eq!(world.say_as(&mika, None, "hi").await.response, "From my own");
        let settings = world.agent.personal_settings(&mika).await.unwrap();
        assert_eq!(settings["effective"]["model"], "small");
        world.agent.choose_model(&mika, "").await.unwrap();
        let settings = world.agent.personal_settings(&mika).await.unwrap();
        assert_eq!(settings["effective"]["source"], "builtin");
        assert!(world.agent.choose_model(&mika, "openai").await.is_err());
        let others = world.agent.answering(&amara()).await.unwrap();
        assert_eq!(others.choices.len(), 2, "keys of others are theirs alone");
    }
}

#[tokio::test]
async fn the_order_decides_who_is_asked_next_and_the_built_in_one_steps_in_only_where_it_may() {
    let busy = || Reply::Status(402, &[], json!({"error": {"message": "billing"}}));
    let (first, second, third) = (
        FakeProvider::start(vec![busy()]).await,
        FakeProvider::start(vec![busy()]).await,
        FakeProvider::start(vec![Wire::Gemini.says("Third wheel")]).await,
    );
    let world = World::with_models(Config::default()).await;
    world.allow(&[&first, &second, &third]).await;
    world.put_key(Wire::Chat, &first).await;
    world.put_key(Wire::Messages, &second).await;
    world.put_key(Wire::Gemini, &third).await;
    let rules = |order: &[&str], falls_back| Rules {
        order: order.iter().map(|it| (*it).to_owned()).collect(),
        falls_back,
        approvals_mode: "basecamp".to_owned(),
        ..Rules::default()
    };
    world.agent.change_rules(&amara(), &rules(&["gemini", "anthropic"], true)).await.unwrap();
    assert_eq!(world.say(None, "hi").await.response, "Third wheel");
    assert_eq!((first.asked().len(), second.asked().len(), third.asked().len()), (1, 0, 1));
    for provider in ["gemini", "anthropic"] {
        world.agent.remove_key(&amara(), KeyScope::Workspace, provider).await.unwrap();
    }
    let stood_in = world.say(None, "projects").await;
    assert_eq!((stood_in.run.model.as_str(), stood_in.code.as_deref()), ("builtin", None));
    let first_words = "small did not answer, so the built-in assistant does.\n\n";
    assert!(stood_in.response.starts_with(first_words), "{}", stood_in.response);
    assert_eq!(stood_in.response.matches("did not answer").count(), 1);
    let asked = world.say(None, "Add a to-do to check the labels in Halden Coffee rebrand").await;
    assert!(asked.response.starts_with(first_words), "{}", asked.response);
    world.agent.change_rules(&amara(), &rules(&[], false)).await.unwrap();
    assert_eq!(world.say(None, "projects").await.code.as_deref(), Some("MODEL_LIMIT"));
}

#[tokio::test]
async fn a_model_that_fails_is_not_answered_for_until_a_person_asks_for_that() {
    for test in TestDb::both().await {
        let gone = Reply::Status(401, &[], json!({"error": {"type": "authentication_error"}}));
        let provider = FakeProvider::start(vec![gone]).await;
        let world = World::with_models_on(test, Config::default()).await;
        world.allow(&[&provider]).await;
        world.put_key(Wire::Chat, &provider).await;
        assert!(
            !world.agent.assistant_settings(&amara()).await.unwrap().shared.unwrap().1.falls_back
        );
        let failed = world.say(None, "projects").await;
        assert_eq!(
            (failed.run.status, failed.code.as_deref()),
            (ChatRunStatus::Failed, Some("MODEL_AUTH"))
        );
        let events = world.events(&failed.run.id).await;
        let names: Vec<&str> = events.iter().map(|it| it.event.as_str()).collect();
        let at = |name: &str| names.iter().position(|it| *it == name).unwrap();
        assert!(at("error") < at("done") && at("done") == names.len() - 1, "{names:?}");
        let session = failed.run.session_id.clone();
        let kept = world.agent.conversation(&amara(), &session, 10).await.unwrap();
        let last = kept.turns.last().unwrap();
        let run = last.run.clone().unwrap();
        assert_eq!(
            (run.status, run.model.as_str()),
            (ChatRunStatus::Failed, "openai_compatible/small")
        );
        assert!(last.text.contains("does not accept the key"), "{}", last.text);
        let words = ("projects".to_owned(), Vec::new(), true);
        let instead = world.agent.say(&amara(), Some(session), words, None).await.unwrap();
        let instead = world.agent.answer_of(&amara(), &instead.id).await.unwrap();
        assert_eq!(
            (instead.run.status, instead.run.model.as_str(), instead.run.tools_used.len()),
            (ChatRunStatus::Succeeded, "builtin", 1)
        );
    }
}

#[tokio::test]
async fn what_was_chosen_is_named_also_where_it_cannot_answer() {
    let provider = FakeProvider::start(vec![Wire::Chat.says("Fine")]).await;
    let world = World::with_models(Config::default()).await;
    world.allow(&[&provider]).await;
    world.put_key(Wire::Chat, &provider).await;
    world.agent.remove_key(&amara(), KeyScope::Workspace, "openai_compatible").await.unwrap();
    let shown = world.agent.personal_settings(&actor("mika")).await.unwrap();
    let effective = &shown["effective"];
    assert_eq!(
        (
            &effective["provider"],
            &effective["source"],
            &effective["missing"],
            &effective["fix_url"]
        ),
        (
            &json!("openai_compatible"),
            &json!("workspace"),
            &json!("No API key configured"),
            &json!("/settings/assistant")
        )
    );
    assert!(effective["hint"].as_str().unwrap().contains("Ask an admin"));
    let answering = world.agent.answering(&actor("mika")).await.unwrap();
    assert!(answering.label().ends_with("(not set up)"), "{}", answering.label());
    assert_eq!(answering.missing.unwrap().fix_url, "/settings/assistant");
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
