//! Long lists: complete, in chunks, and their caller's own.

use crate::world::{PROJECT, World, actor};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use tools::tool::CallContext;

const MANY: usize = 1_203;

#[tokio::test]
async fn a_list_of_many_pages_is_whole_and_its_chunks_join_to_it() {
    for world in World::both().await {
        let set = world.tool("todoset").await;
        let list = json!({ "project": PROJECT, "todoset_id": set, "body": { "name": "Many" } });
        let list = world.ok("create_todolist", list).await["todolist"]["id"].as_i64().unwrap();
        world.running.sandbox.fill_list(list, MANY).await.unwrap();
        let args = json!({ "project": PROJECT, "todolist_id": list });
        let found = world.ok("list_todos_for_list", args).await;
        assert_eq!(
            (&found["count"], &found["coverage"]["truncated"]),
            (&json!(MANY), &json!(false))
        );
        let coverage = &found["coverage"];
        let (pages, size) = (coverage["pages_fetched"].as_u64(), coverage["per_page"].as_u64());
        assert!(pages > Some(1) && size > Some(1), "{coverage}");
        assert_eq!(
            (&coverage["max_pages"], &coverage["total_items"]),
            (&json!(10_000), &json!(MANY))
        );
        assert_eq!(coverage["next_url"], Value::Null);
        assert_eq!((&found["chunk_required"], &found["expanded"]), (&json!(true), &json!(false)));
        let key = found["payload_key"].as_str().unwrap();
        let mut joined: Vec<Value> = Vec::new();
        let mut index = Some(0);
        while let Some(at) = index {
            let chunk = world
                .ok("get_cached_payload_chunk", json!({ "payload_key": key, "index": at }))
                .await;
            joined.extend(chunk["chunk"].as_array().unwrap().clone());
            index = chunk["next_index"].as_u64();
        }
        let ids: BTreeSet<i64> = joined.iter().map(|it| it["id"].as_i64().unwrap()).collect();
        assert_eq!((joined.len(), ids.len()), (MANY, MANY));
        let file = world.tools.export(&actor("amara"), key).await.unwrap();
        assert_eq!(file, Value::from(joined));
        for other in ["mika", "otto"] {
            let asked = world
                .call_as(other, "get_cached_payload_chunk", json!({ "payload_key": key }))
                .await;
            assert_eq!(asked.unwrap_err().code(), "CACHE_MISS");
        }
    }
}

#[tokio::test]
async fn every_list_says_what_it_covers() {
    let world = World::new().await;
    let raw = |paginate: bool| json!({ "path": "/projects.json", "paginate": paginate });
    for (tool, args) in [
        ("list_projects", json!({})),
        ("list_card_table_cards", json!({ "project": PROJECT })),
        ("search_projects", json!({ "query": "a" })),
        ("list_all_people", json!({ "query": "a" })),
        ("api_get_projects", json!({})),
        ("basecamp_raw", raw(true)),
        ("basecamp_raw", raw(false)),
    ] {
        let found = world.ok(tool, args).await;
        let coverage = &found["coverage"];
        for field in ["pages_fetched", "per_page", "total_items", "max_pages"] {
            assert!(coverage[field].is_u64(), "{tool}: {field} of {coverage}");
        }
        assert!(coverage["truncated"].is_boolean(), "{tool}: {coverage}");
        assert!(coverage.get("next_url").is_some(), "{tool}: {coverage}");
    }
}

#[tokio::test]
async fn a_short_form_holds_only_what_matters_and_a_limit_limits() {
    let world = World::new().await;
    let args = json!({ "project": PROJECT, "compact": true, "limit": 2 });
    let found = world.ok("list_card_table_cards", args).await;
    assert_eq!(found["count"], 2);
    let card = found["cards"][0].as_object().unwrap();
    assert!(card.contains_key("column_title") && !card.contains_key("creator"));
}

#[tokio::test]
async fn what_is_said_again_follows_rights_rules_and_changes_at_once() {
    for world in World::both().await {
        world.sync().await;
        let (context, args) = (CallContext::default(), json!({ "project": PROJECT }));
        let ask = async |who: &str| {
            let asked = ("list_todos_for_project", &args);
            world.tools.said(&actor(who), asked, &context).await
        };
        let first = ask("mika").await.unwrap();
        let value: Value = serde_json::from_str(&first.data).unwrap();
        assert_eq!((&value["source"], &value["stale"]), (&json!("mirror"), &json!(false)));
        assert_eq!(serde_json::from_str::<String>(&first.text).unwrap(), first.data);
        let mut is_same = false;
        for _ in 0..50 {
            is_same |= Arc::ptr_eq(&ask("mika").await.unwrap(), &ask("mika").await.unwrap());
        }
        // Other nodes may write to PostgreSQL.
        assert_eq!(is_same, world.test.name == "sqlite", "{}", world.test.name);

        let new = json!({ "project": PROJECT, "task": "Heard at once" });
        world.ok("create_todo", new).await;
        world.sync().await;
        assert!(ask("mika").await.unwrap().data.contains("Heard at once"), "{}", world.test.name);

        let rule = "refuse list_todos_for_project for members";
        world.ok("create_policy", json!({ "name": "Not for all", "rule": rule })).await;
        assert_eq!(ask("mika").await.unwrap_err().code(), "POLICY_BLOCKED");
        assert!(ask("amara").await.unwrap().data.contains("Heard at once"));
        let (wrong, outsider) = (json!({ "project": 7, "colour": "red" }), actor("otto"));
        let refused = world.tools.said(&outsider, ("list_todos_for_project", &wrong), &context);
        assert_eq!(refused.await.unwrap_err().code(), "INVALID_INPUT");
    }
}
