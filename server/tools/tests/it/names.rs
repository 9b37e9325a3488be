//! What a name leads to, for looking and for changing (AC-23).

use crate::world::World;
use serde_json::{Value, json};

/// What looking and changing answer to a name: `found`, or the code of the refusal.
const NAMES: [(&str, &str, &str); 5] = [
    ("WEBSITE relaunch", "found", "found"),
    ("relaunch", "found", "found"),
    ("re", "AMBIGUOUS_MATCH", "AMBIGUOUS_MATCH"),
    ("Websit relanch", "found", "NO_MATCH"),
    ("qqqqqqqqqqqq", "NO_MATCH", "NO_MATCH"),
];

async fn outcome(world: &World, tool: &str, args: Value) -> String {
    match world.call(tool, args).await {
        Ok(_) => "found".to_owned(),
        Err(error) => {
            let told = error.to_value("basecamp");
            let options = told["options"].as_array().map_or(0, Vec::len);
            assert_eq!(options > 1, error.code() == "AMBIGUOUS_MATCH", "{told}");
            error.code().to_owned()
        }
    }
}

#[tokio::test]
async fn a_name_leads_to_one_project_to_a_question_or_to_nothing_and_a_guess_never_writes() {
    for world in World::both().await {
        let id = world.project().await.to_string();
        let names = NAMES.into_iter().chain([(id.as_str(), "found", "found")]);
        for (name, read, write) in names {
            let looked = json!({ "project": name });
            assert_eq!(outcome(&world, "get_project_structure", looked).await, read, "{name}");
            let changed = json!({ "project": name, "task": "Named" });
            assert_eq!(outcome(&world, "create_todo", changed).await, write, "{name}");
        }
        let made = world.ok("search_todos", json!({ "query": "Named" })).await;
        assert_eq!(made["count"], 3, "{}: once for each name that is sure", world.test.name);
    }
}
