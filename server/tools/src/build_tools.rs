//! From a description to a project: a plan first, then the same through the normal tools.

use crate::error::ToolError;
use crate::planned::short;
use crate::tool::{Call, CallContext, Done};
use basecamp::names::Purpose;
use domain::problem::Problem;
use domain::project::Person;
use serde_json::{Value, json};

type Outcome = Result<Done, ToolError>;

/// Characters of a project's name, and of a description.
const NAME: usize = 80;
const WORDS: usize = 8_000;
/// Lists and to-dos of one plan.
const MOST: usize = 100;

/// A list with its to-dos.
#[derive(Clone, Debug, Default, PartialEq)]
struct Listed {
    name: String,
    todos: Vec<String>,
}

/// What a description says.
#[derive(Clone, Debug, Default, PartialEq)]
struct Plan {
    name: String,
    lists: Vec<Listed>,
    people: Vec<Person>,
}

/// What stands after one of these words, up to the end of the part of the sentence.
fn after<'a>(text: &'a str, words: &[&str]) -> Option<&'a str> {
    let lower = text.to_lowercase();
    let from = words.iter().find_map(|it| lower.find(it).map(|at| at + it.len()))?;
    let rest = text.get(from..)?.trim();
    let rest = rest.split(['.', '\n', ';', ':']).next()?.trim();
    Some(rest).filter(|it| !it.is_empty())
}

fn unquoted(text: &str) -> String {
    let marks: &[char] = &['"', '“', '”', '\'', '‘', '’'];
    let quoted = text.strip_prefix(marks).and_then(|it| it.split(marks).next());
    let plain = text.split(" with ").next().unwrap_or(text).split(',').next().unwrap_or(text);
    quoted.unwrap_or(plain).trim().chars().take(NAME).collect()
}

/// The parts of “a, b and c”.
fn parts(text: &str) -> Vec<String> {
    let text = text.replace(" and ", ",");
    text.split(',').map(|it| it.trim().to_owned()).filter(|it| !it.is_empty()).collect()
}

/// Reads headings, bullets and set phrases; `name` wins over what the text calls the project.
fn plan(text: &str, name: Option<&str>, known: &[Person]) -> Plan {
    let mut plan = Plan::default();
    for line in text.lines().map(str::trim).filter(|it| !it.is_empty()) {
        let bullet = line.strip_prefix("- ").or_else(|| line.strip_prefix("* "));
        if let Some(todo) = bullet {
            if plan.lists.is_empty() {
                plan.lists.push(Listed { name: "To-dos".to_owned(), todos: Vec::new() });
            }
            if let Some(list) = plan.lists.last_mut() {
                list.todos.push(todo.trim().to_owned());
            }
        } else if let Some(heading) = line.strip_prefix('#') {
            let name = heading.trim_start_matches('#').trim().to_owned();
            plan.lists.push(Listed { name, todos: Vec::new() });
        } else if let Some((name, todos)) =
            line.split_once(':').filter(|it| !it.1.trim().is_empty())
        {
            // “Design: sketch, proof” is a list with its to-dos.
            if name.split_whitespace().count() <= 4 {
                plan.lists.push(Listed { name: name.trim().to_owned(), todos: parts(todos) });
            }
        }
    }
    if let Some(lists) = after(text, &["with lists ", "with the lists ", "lists called "]) {
        let names = parts(lists).into_iter();
        plan.lists.extend(names.map(|name| Listed { name, todos: Vec::new() }));
    }
    let called = after(text, &["called ", "named "]).map(unquoted);
    let first = || {
        let line = text
            .lines()
            .map(str::trim)
            .find(|it| !it.is_empty() && !it.starts_with(['-', '#', '*']));
        let line = line.unwrap_or(text).split(['.', ':']).next().unwrap_or(text);
        let line = line.trim_start_matches(['#', '-', '*', ' ']).trim();
        line.chars().take(NAME).collect::<String>()
    };
    plan.name = name.map(str::to_owned).or(called).unwrap_or_else(first);
    let lower = text.to_lowercase();
    plan.people =
        known.iter().filter(|it| lower.contains(&it.name.to_lowercase())).cloned().collect();
    plan
}

fn told(plan: &Plan, target: &Value) -> Value {
    let lists: Vec<Value> =
        plan.lists.iter().map(|it| json!({ "name": it.name, "todos": it.todos })).collect();
    let todos: usize = plan.lists.iter().map(|it| it.todos.len()).sum();
    json!({
        "project": target, "lists": lists, "lists_count": plan.lists.len(), "todos_count": todos,
        "people": plan.people
    })
}

/// A plan, or with `dry_run` false the project that it describes.
pub(crate) async fn build(call: Call<'_>) -> Outcome {
    let text = call.args.need("description")?.to_owned();
    if text.chars().count() > WORDS {
        let words = format!("A description may have {WORDS} characters at most");
        return Err(Problem::invalid("description", words).into());
    }
    let is_plan = call.args.wants("dry_run");
    let purpose = if is_plan { Purpose::Read } else { Purpose::Write };
    let existing = match call.args.text("project") {
        Some(name) => match call.project_named(name, purpose).await {
            Ok(found) => Some(found),
            Err(ToolError::NoMatch { .. }) => None,
            Err(other) => return Err(other),
        },
        None => None,
    };
    let known = call.tools.basecamp.people(call.actor).await?;
    let plan = plan(&text, call.args.text("project"), &known);
    let todos: usize = plan.lists.iter().map(|it| it.todos.len()).sum();
    if plan.name.trim().is_empty() {
        let words = "Say what the project is called: a project called “Spring menu”";
        return Err(Problem::invalid("description", words).into());
    }
    if plan.lists.len() + todos > MOST {
        let words = format!("A plan may have {MOST} lists and to-dos at most");
        return Err(Problem::invalid("description", words).into());
    }
    let target =
        existing.as_ref().map_or_else(|| json!({ "name": plan.name, "is_new": true }), short);
    let described = told(&plan, &target);
    if is_plan {
        let words = "Nothing was made. Call again with dry_run false to make it";
        return Ok(Done::new(json!({ "dry_run": true, "plan": described, "message": words })));
    }
    Box::pin(make(call, plan, (existing.map(|it| it.id), described, text))).await
}

/// Makes what the plan says; what was made is taken away again when a part fails.
async fn make(
    call: Call<'_>,
    plan: Plan,
    (existing, described, text): (Option<i64>, Value, String),
) -> Outcome {
    let is_new = existing.is_none();
    let id = match existing {
        Some(id) => id,
        None => {
            let body = json!({ "name": plan.name, "description": text.chars().take(500).collect::<String>() });
            let made = through(&call, "create_project", json!({ "body": body })).await?;
            made["project"]["id"].as_i64().ok_or_else(|| Problem::not_found("Project"))?
        }
    };
    let mut lists: Vec<i64> = Vec::new();
    match Box::pin(fill(&call, id, &plan, &mut lists)).await {
        Ok(made) => {
            let project = call.project_named(&id.to_string(), Purpose::Read).await?;
            let left: Vec<String> = plan
                .people
                .iter()
                .map(|it| format!("Give {} access to the project in Basecamp", it.name))
                .collect();
            let verb = if is_new { "Built" } else { "Added to" };
            let message =
                format!("{verb} {}: {} lists and {made} to-dos", project.name, lists.len());
            let value = json!({
                "message": message, "dry_run": false, "project": short(&project), "plan": described,
                "lists_made": lists.len(), "todos_made": made, "left_to_do": left
            });
            let done = Done::new(value).on(project.name.clone()).within(id);
            Ok(if is_new {
                done.undone_by("trash_project", &json!({ "project_id": id }))
            } else {
                done
            })
        }
        Err(error) => {
            if is_new {
                through(&call, "trash_project", json!({ "project_id": id })).await?;
            } else {
                for list in lists {
                    let args = json!({ "project": id.to_string(), "recording_id": list });
                    through(&call, "trash_recording", args).await?;
                }
            }
            Err(error)
        }
    }
}

/// Makes the lists and to-dos; `lists` names those made, also when one fails. Gives how many to-dos were made.
async fn fill(
    call: &Call<'_>,
    id: i64,
    plan: &Plan,
    lists: &mut Vec<i64>,
) -> Result<usize, ToolError> {
    let docks = call.docks(id).await?;
    let set = docks.iter().find(|it| it["name"] == "todoset" && it["enabled"] == true);
    let off = || ToolError::NotEnabled { tool: "todoset".to_owned() };
    if plan.lists.is_empty() {
        return Ok(0);
    }
    let set = set.and_then(|it| it["id"].as_i64()).ok_or_else(off)?;
    let mut made = 0;
    for list in &plan.lists {
        let args =
            json!({ "project": id.to_string(), "todoset_id": set, "body": { "name": list.name } });
        let new = through(call, "create_todolist", args).await?;
        let list_id = new["todolist"]["id"].as_i64();
        lists.push(list_id.ok_or_else(|| Problem::not_found("To-do list"))?);
        for todo in &list.todos {
            let args = json!({ "project": id.to_string(), "todolist": list_id.map(|it| it.to_string()), "task": todo });
            through(call, "create_todo", args).await?;
            made += 1;
        }
    }
    Ok(made)
}

/// Calls another tool as the same person.
async fn through(call: &Call<'_>, tool: &str, args: Value) -> Result<Value, ToolError> {
    let context = CallContext { source: call.actor.via.as_str(), ..CallContext::default() };
    Box::pin(call.tools.call(call.actor, tool, &args, &context)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_bullets_and_phrases_become_lists() {
        let amara = Person { id: 1, name: "Amara Osei".into(), email: None, title: None };
        let text = "A project called “Spring menu” for the café, with Amara Osei.\n# Kitchen\n- Taste\n- Price\nPrint: layout, proof and order";
        let told = plan(text, None, std::slice::from_ref(&amara));
        assert_eq!((told.name.as_str(), told.people), ("Spring menu", vec![amara]));
        let lists: Vec<(&str, usize)> =
            told.lists.iter().map(|it| (it.name.as_str(), it.todos.len())).collect();
        assert_eq!(lists, [("Kitchen", 2), ("Print", 3)]);
        let short = plan("Spring menu with lists Kitchen, Print and Launch", Some("Menu"), &[]);
        assert_eq!((short.name.as_str(), short.lists.len()), ("Menu", 3));
        assert_eq!(plan("Fix the roof. Soon", None, &[]).name, "Fix the roof");
    }
}
