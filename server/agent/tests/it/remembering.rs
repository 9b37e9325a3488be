//! Notes that outlive a conversation.

use crate::world::{World, actor, amara};
use agent::config::Config;
use agent::llm::scripted::{Scripted, Step};
use agent::runtime::Runtime;
use domain::actor::Actor;
use domain::assistant::NoteChange;
use domain::problem::Problem;
use serde_json::{Value, json};
use std::sync::Arc;
use store::testing::TestDb;
use tools::tool::CallContext;

async fn call(world: &World, by: &Actor, name: &str, args: Value) -> Result<Value, String> {
    let context = CallContext { source: "mcp", ..CallContext::default() };
    world.tools.call(by, name, &args, &context).await.map_err(|it| it.code().to_owned())
}

async fn recalled(world: &World, by: &Actor, args: Value) -> Vec<String> {
    let found = call(world, by, "pmos_memory_recall", args).await.unwrap();
    let notes = found["memories"].as_array().unwrap().iter();
    notes.map(|it| it["content"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_note_is_saved_found_changed_and_deleted_by_its_owner_alone() {
    for world in World::both().await {
        let (mika, vera) = (actor("mika"), actor("vera"));
        let note = json!({"memory_type": "Preference", "content": "Reports on Friday", "tags": ["report"], "importance": 0.8});
        let saved = call(&world, &mika, "pmos_memory_save", note).await.unwrap();
        let id = saved["memory"]["id"].as_str().unwrap().to_owned();
        assert_eq!((&saved["memory"]["scope"], &saved["undoable"]), (&json!("user"), &json!(true)));
        assert_eq!(
            recalled(&world, &mika, json!({"query": "friday"})).await,
            ["Reports on Friday"]
        );
        assert!(recalled(&world, &mika, json!({"query": "monday"})).await.is_empty());
        assert!(recalled(&world, &mika, json!({"min_importance": 0.9})).await.is_empty());
        assert!(recalled(&world, &amara(), json!({})).await.is_empty(), "{}", world.test.name);
        for name in ["pmos_memory_update", "pmos_memory_delete"] {
            let foreign = call(&world, &amara(), name, json!({"memory_id": id})).await;
            assert_eq!(foreign.unwrap_err(), "RESOURCE_NOT_FOUND");
        }
        let shared = json!({"memory_id": id, "scope": "workspace"});
        assert_eq!(
            call(&world, &mika, "pmos_memory_update", shared).await.unwrap_err(),
            "FORBIDDEN"
        );
        let changed = json!({"memory_id": id, "content": "Reports on Monday"});
        call(&world, &mika, "pmos_memory_update", changed).await.unwrap();
        assert_eq!(recalled(&world, &mika, json!({})).await, ["Reports on Monday"]);
        call(&world, &mika, "pmos_memory_delete", json!({"memory_id": id})).await.unwrap();
        assert!(recalled(&world, &mika, json!({})).await.is_empty());
        call(&world, &mika, "pmos_memory_restore", json!({"memory_id": id})).await.unwrap();
        assert_eq!(recalled(&world, &mika, json!({})).await, ["Reports on Monday"]);
        let wrong = json!({"memory_type": "fact", "content": "x", "importance": 7});
        assert_eq!(
            call(&world, &mika, "pmos_memory_save", wrong).await.unwrap_err(),
            "INVALID_INPUT"
        );
        let viewer = json!({"memory_type": "fact", "content": "x"});
        assert_eq!(call(&world, &vera, "pmos_memory_save", viewer).await.unwrap_err(), "FORBIDDEN");
    }
}

#[tokio::test]
async fn the_model_is_told_the_notes_of_the_person_in_v2_only() {
    for (runtime, expected) in [(Runtime::V2, 1), (Runtime::V1, 0)] {
        for test in TestDb::both().await {
            let model = Arc::new(Scripted::new([Step::Say("Fine".into())]));
            let config = Config { runtime, ..Config::default() };
            let world = World::with_on(test, model.clone(), config).await;
            let note = json!({"memory_type": "fact", "content": "The client is in Oslo"});
            call(&world, &amara(), "pmos_memory_save", note.clone()).await.unwrap();
            call(&world, &actor("mika"), "pmos_memory_save", note).await.unwrap();
            world.say(None, "hello").await;
            let told = &model.seen()[0].memory;
            assert_eq!(told.len(), expected, "{told:?}");
            assert!(told.iter().all(|it| it.contains("The client is in Oslo")));
        }
    }
}

#[tokio::test]
async fn notes_are_kept_found_shared_changed_and_brought_back_by_hand() {
    for world in World::both().await {
        let (amara, mika) = (amara(), actor("mika"));
        let note = |scope: &str, content: &str| NoteChange {
            id: None,
            kind: "fact".into(),
            scope: scope.into(),
            content: content.into(),
            ..NoteChange::default()
        };
        let agent = &world.agent;
        agent.keep_note(&amara, &note("user", "Mondays are for planning")).await.unwrap();
        agent.keep_note(&amara, &note("workspace", "The printer needs PDF")).await.unwrap();
        for wrong in [note("user", " "), note("project", "About what?")] {
            let refused = agent.keep_note(&amara, &wrong).await;
            assert!(matches!(refused, Err(Problem::Invalid { .. })), "{refused:?}");
        }
        let forbidden = agent.keep_note(&mika, &note("workspace", "Trust me")).await;
        assert!(matches!(forbidden, Err(Problem::Forbidden { .. })), "{forbidden:?}");
        assert!(agent.notes(&mika, "trust").await.unwrap().is_empty(), "nothing half kept");
        let mine = agent.notes(&amara, "").await.unwrap();
        assert_eq!((mine.len(), mine[0].trust.as_str()), (2, "person"));
        let theirs = agent.notes(&mika, "").await.unwrap();
        let theirs: Vec<_> = theirs.iter().map(|it| it.content.as_str()).collect();
        assert_eq!(theirs, ["The printer needs PDF"]);
        let found = agent.notes(&amara, "printer").await.unwrap().remove(0);
        let change = note("workspace", "The printer needs PDF/X");
        let change = NoteChange { id: Some(found.id.clone()), ..change };
        assert!(agent.keep_note(&mika, &change).await.is_err());
        agent.keep_note(&amara, &change).await.unwrap();
        assert!(agent.forget_note(&mika, &found.id).await.is_err());
        assert_eq!(agent.notes(&mika, "PDF/X").await.unwrap().len(), 1);
        agent.forget_note(&amara, &found.id).await.unwrap();
        assert!(agent.notes(&mika, "").await.unwrap().is_empty());
        agent.restore_note(&amara, &found.id).await.unwrap();
        assert_eq!(agent.notes(&mika, "PDF/X").await.unwrap().len(), 1);
    }
}
