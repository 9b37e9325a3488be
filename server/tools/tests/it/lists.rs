//! Long lists: complete, in chunks, and their caller's own.

use crate::world::{PROJECT, World};
use serde_json::{Value, json};
use std::collections::BTreeSet;

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
        let file = world.tools.export(&crate::world::actor("amara"), key).await.unwrap();
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
async fn a_short_form_holds_only_what_matters_and_a_limit_limits() {
    let world = World::new().await;
    let args = json!({ "project": PROJECT, "compact": true, "limit": 2 });
    let found = world.ok("list_card_table_cards", args).await;
    assert_eq!(found["count"], 2);
    let card = found["cards"][0].as_object().unwrap();
    assert!(card.contains_key("column_title") && !card.contains_key("creator"));
}
