//! Recipes: the last writes of a person, kept to be done again with other values.

use crate::error::ToolError;
use crate::kept::body;
use crate::lists;
use crate::tool::{Call, CallContext, Done};
use domain::actor::Permission;
use domain::approval::Risk;
use domain::problem::Problem;
use serde_json::{Map, Value, json};
use store::definitions::Definition;
use store::ids;
use store::operations::{self, OperationFilter};

type Outcome = Result<Done, ToolError>;

const KIND: &str = "recipe";
/// Writes of one recipe, and those it takes where nobody said otherwise.
const STEPS: usize = 20;
const LAST: usize = 3;
/// Writes that are looked through.
const LOOKED_AT: i64 = 200;
/// Arguments that differ the next time.
const VARIABLE: [&str; 8] =
    ["project", "task", "content", "title", "subject", "due_on", "name", "description"];

/// Whether a write may be part of a recipe: it can be done again, and brings nothing secret.
fn fits(tools: &crate::tools::Tools, name: &str) -> bool {
    let spec = tools.find(name).filter(|it| it.risk == Risk::Write);
    spec.is_some_and(|it| {
        !matches!(it.name, "undo_last" | "undo_operation" | "pmos_undo" | "save_recipe")
            && !it.always_asks()
            && !it.name.starts_with("flow_connection")
            && !it.name.starts_with("pmos_memory")
    })
}

/// The steps with variables in place of values, and the variables with the values they had.
fn generalised(calls: Vec<(String, Map<String, Value>)>) -> (Vec<Value>, Map<String, Value>) {
    let mut variables: Map<String, Value> = Map::new();
    let mut steps = Vec::new();
    for (tool, mut args) in calls {
        for field in VARIABLE {
            let Some(value) = args.get(field).filter(|it| it.is_string()).cloned() else {
                continue;
            };
            let same = variables.iter().find(|it| *it.1 == value && it.0.starts_with(field));
            let name = same.map(|it| it.0.clone()).unwrap_or_else(|| {
                let count = variables.keys().filter(|it| it.starts_with(field)).count();
                if count == 0 { field.to_owned() } else { format!("{field}_{}", count + 1) }
            });
            variables.insert(name.clone(), value);
            args.insert(field.to_owned(), format!("{{{{{name}}}}}").into());
        }
        steps.push(json!({ "tool": tool, "args": args }));
    }
    (steps, variables)
}

/// The arguments of a step with values in place of variables.
fn filled(args: &Value, values: &Map<String, Value>) -> Value {
    let fields = args.as_object().cloned().unwrap_or_default();
    let fields = fields.into_iter().map(|(name, value)| {
        let key = value.as_str().and_then(|it| it.strip_prefix("{{")?.strip_suffix("}}"));
        let given = key.and_then(|it| values.get(it)).cloned();
        (name, given.unwrap_or(value))
    });
    Value::Object(fields.collect())
}

fn row(it: &Definition) -> Value {
    let body = body(it);
    json!({
        "id": it.id, "name": it.name, "description": body["description"], "steps": body["steps"],
        "variables": body["variables"], "owner": it.owner, "created_at": ids::rfc3339(it.created_at)
    })
}

pub(crate) async fn save(call: Call<'_>) -> Outcome {
    let name = call.args.need("name")?.trim().to_owned();
    let count = call.args.size("operation_count").unwrap_or(LAST);
    if !(1..=STEPS).contains(&count) {
        let words = format!("Give a number from 1 to {STEPS}");
        return Err(Problem::invalid("operation_count", words).into());
    }
    let filter = OperationFilter {
        limit: LOOKED_AT,
        status: Some("completed".to_owned()),
        ..OperationFilter::default()
    };
    let mut conn = call.tools.db.read().await?;
    let found = operations::list(&mut conn, &call.actor.workspace, &filter).await?;
    drop(conn);
    let mine = found.into_iter().filter(|it| {
        it.user_id == call.actor.user.as_str()
            && it.source != "undo"
            && it.undone_at.is_none()
            && fits(call.tools, &it.tool)
    });
    let mut calls: Vec<(String, Map<String, Value>)> = mine
        .take(count)
        .map(|it| (it.tool, serde_json::from_str(&it.arguments).unwrap_or_default()))
        .collect();
    // The newest came first.
    calls.reverse();
    if calls.is_empty() {
        let words =
            "You have no logged writes that a recipe can be made of. Do them once, then save them";
        return Err(Problem::conflict(words).into());
    }
    let (steps, variables) = generalised(calls);
    let words = call.args.text("description").unwrap_or_default();
    let body = json!({ "description": words, "steps": steps, "variables": variables });
    let kept = call.keep((KIND, &name), &body).await?;
    let message = format!("Kept {} writes as “{name}”", steps.len());
    let value = json!({ "message": message, "recipe": row(&kept) });
    let undo = json!({ "recipe_id": kept.id });
    Ok(Done::new(value).on(name).undone_by("delete_recipe", &undo))
}

pub(crate) async fn list(call: Call<'_>) -> Outcome {
    let rows: Vec<Value> = call.kept(KIND).await?.iter().map(row).collect();
    Ok(Done::new(lists::all("recipes", &rows)))
}

/// What a recipe would do; with `auto_execute` it does it, step by step, and stops at the first that fails.
pub(crate) async fn run(call: Call<'_>) -> Outcome {
    let recipe = call.kept_one((KIND, call.args.need("recipe_id")?), "Recipe").await?;
    let body = body(&recipe);
    let mut values = body["variables"].as_object().cloned().unwrap_or_default();
    let given: Map<String, Value> = call.args.read("variables")?.unwrap_or_default();
    for (name, value) in given {
        if !values.contains_key(&name) {
            let known: Vec<&str> = values.keys().map(String::as_str).collect();
            let words = format!("There is no {name} here. Known: {}", known.join(", "));
            return Err(Problem::invalid(format!("variables.{name}"), words).into());
        }
        values.insert(name, value);
    }
    let steps = body["steps"].as_array().cloned().unwrap_or_default();
    let planned: Vec<(String, Value)> = steps
        .iter()
        .map(|it| {
            (it["tool"].as_str().unwrap_or_default().to_owned(), filled(&it["args"], &values))
        })
        .collect();
    let shown: Vec<Value> =
        planned.iter().map(|(tool, args)| json!({ "tool": tool, "args": args })).collect();
    if !call.args.is_on("auto_execute") {
        let words = "Nothing was done. Call again with auto_execute to do it";
        return Ok(Done::new(json!({
            "recipe": { "id": recipe.id, "name": recipe.name }, "steps": shown, "variables": values,
            "executed": false, "message": words
        })));
    }
    let mut done: Vec<Value> = Vec::new();
    for (number, (tool, args)) in (1..).zip(&planned) {
        let context = CallContext { source: "recipe", ..CallContext::default() };
        let outcome = match fits(call.tools, tool) {
            true => Box::pin(call.tools.call(call.actor, tool, args, &context)).await,
            false => Err(ToolError::UnknownTool { name: tool.clone(), similar: Vec::new() }),
        };
        match outcome {
            Ok(value) => done.push(json!({ "tool": tool, "operation_id": value["operation_id"] })),
            Err(error) => {
                let before: Vec<&str> =
                    done.iter().filter_map(|it| it["operation_id"].as_str()).collect();
                let rest = if before.is_empty() {
                    "Nothing was done".to_owned()
                } else {
                    format!("Done before it, each can be undone: {}", before.join(", "))
                };
                let words =
                    format!("Step {number} of {}, {tool}, failed: {error}. {rest}", planned.len());
                return Err(Problem::conflict(words).into());
            }
        }
    }
    let message = format!("Did the {} steps of “{}”", done.len(), recipe.name);
    let value = json!({
        "message": message, "recipe": { "id": recipe.id, "name": recipe.name }, "executed": true, "steps": done
    });
    Ok(Done::new(value).on(recipe.name))
}

/// Deletes a recipe: its author, or who manages.
pub(crate) async fn delete(call: Call<'_>) -> Outcome {
    let recipe = call.kept_one((KIND, call.args.need("recipe_id")?), "Recipe").await?;
    if recipe.owner_id != call.actor.user.as_str() {
        call.actor.require(Permission::Manage)?;
    }
    call.drop_kept(&recipe).await?;
    let message = format!("Deleted “{}”", recipe.name);
    Ok(Done::new(json!({ "message": message, "recipe_id": recipe.id })).on(recipe.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_value_is_one_variable() {
        let args = |value: Value| value.as_object().cloned().unwrap();
        let (steps, variables) = generalised(vec![
            ("create_todo".into(), args(json!({ "project": "Site", "task": "Draft" }))),
            ("create_todo".into(), args(json!({ "project": "Site", "task": "Proof" }))),
        ]);
        let wanted = json!({ "project": "Site", "task": "Draft", "task_2": "Proof" });
        assert_eq!(Value::Object(variables.clone()), wanted);
        assert_eq!(steps[1]["args"]["task"], "{{task_2}}");
        assert_eq!(
            filled(&steps[1]["args"], &variables),
            json!({ "project": "Site", "task": "Proof" })
        );
    }
}
