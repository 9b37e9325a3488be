//! Templates of PM OS: a recipe, an agent, a policy or a project kept with its full content, to be made again here.
//! Templates of projects in Basecamp are other tools.

use crate::args::Args;
use crate::error::ToolError;
use crate::kept::body;
use crate::lists;
use crate::tool::{Call, Done};
use crate::{agent_tools, build_tools, policy_tools};
use basecamp::names::Purpose;
use domain::actor::Permission;
use domain::event::{Event, EventKind};
use domain::problem::Problem;
use domain::template::{KeptTemplate, TemplateKind, Visibility};
use serde_json::{Map, Value, json};
use store::templates::{self, TemplateFilter};
use store::{agents, events, ids};

type Outcome = Result<Done, ToolError>;

/// Templates of one workspace.
const MOST: usize = 500;
/// What a project's template may hold: what is built of it later holds as much.
const PARTS: usize = 100;

fn row(it: &KeptTemplate) -> Value {
    json!({
        "id": it.id, "name": it.name, "description": it.description, "category": it.kind, "tags": it.tags,
        "created_at": it.created, "updated_at": it.updated
    })
}

/// A template of these tools; those of flows are published as apps.
async fn one(call: &Call<'_>) -> Result<KeptTemplate, ToolError> {
    let id = call.args.need("template_id")?;
    let mut conn = call.tools.db.read().await?;
    let viewer = Some(&call.actor.user);
    let found = templates::find(&mut conn, &call.actor.workspace, id, viewer).await?;
    let found = found.filter(|it| it.kind != TemplateKind::Flow);
    found.ok_or_else(|| Problem::not_found("Template").into())
}

pub(crate) async fn list(call: Call<'_>) -> Outcome {
    let kind = call.args.text("category").and_then(TemplateKind::parse);
    let search = call.args.text("search").unwrap_or_default().to_owned();
    let filter = TemplateFilter { kind, search };
    let mut conn = call.tools.db.read().await?;
    let (workspace, viewer) = (&call.actor.workspace, &call.actor.user);
    let found = templates::list(&mut conn, workspace, viewer, &filter).await?;
    let rows: Vec<Value> =
        found.iter().filter(|it| it.kind != TemplateKind::Flow).map(row).collect();
    Ok(Done::new(lists::all("templates", &rows)))
}

pub(crate) async fn get(call: Call<'_>) -> Outcome {
    let found = one(&call).await?;
    let value = lists::with(row(&found), json!({ "content": found.content }));
    Ok(Done::new(json!({ "template": value })))
}

/// Everything that is needed to make the source again.
async fn content(call: &Call<'_>, kind: TemplateKind, id: &str) -> Result<Value, ToolError> {
    match kind {
        TemplateKind::Recipe | TemplateKind::Policy => {
            let what = if kind == TemplateKind::Recipe { "Recipe" } else { "Policy" };
            let found = call.kept_one((kind.as_str(), id), what).await?;
            let mut body = body(&found);
            if let Some(fields) = body.as_object_mut() {
                // Where it stands among the others is theirs, not part of what it says.
                fields.remove("order");
            }
            Ok(lists::with(body, json!({ "name": found.name })))
        }
        TemplateKind::Agent => {
            let mut conn = call.tools.db.read().await?;
            let found = agents::find(&mut conn, &call.actor.workspace, id).await?;
            let found = found.ok_or_else(|| Problem::not_found("Agent"))?;
            Ok(json!({
                "name": found.name, "goal": found.goal, "strategy": found.strategy, "type": found.kind,
                "schedule": found.schedule, "auto_execute": found.is_executing != 0
            }))
        }
        TemplateKind::Project => Box::pin(project(call, id)).await,
        TemplateKind::Flow => Err(Problem::not_found("Template").into()),
    }
}

/// The lists of a project with the titles of its to-dos, done or not.
async fn project(call: &Call<'_>, id: &str) -> Result<Value, ToolError> {
    let project = call.project_named(id, Purpose::Read).await?;
    let facts = Box::pin(call.tools.basecamp.facts(call.actor, Some(project.id))).await?;
    let mut lists: Vec<(String, Vec<String>)> = Vec::new();
    for it in facts.items.iter().filter(|it| it.project_id == project.id && !it.is_card) {
        match lists.iter_mut().find(|(name, _)| *name == it.place) {
            Some((_, todos)) => todos.push(it.title.clone()),
            None => lists.push((it.place.clone(), vec![it.title.clone()])),
        }
    }
    let parts = lists.len() + lists.iter().map(|it| it.1.len()).sum::<usize>();
    if parts > PARTS {
        let words =
            format!("A template holds {PARTS} lists and to-dos at most; this project has {parts}");
        return Err(Problem::invalid("source_id", words).into());
    }
    let lists: Vec<Value> =
        lists.iter().map(|(name, todos)| json!({ "name": name, "todos": todos })).collect();
    Ok(json!({ "name": project.name, "description": project.description, "lists": lists }))
}

pub(crate) async fn create(call: Call<'_>) -> Outcome {
    let name = call.args.need("name")?.trim().to_owned();
    let source = call.args.need("source_type")?.to_owned();
    let kind = TemplateKind::parse(&source)
        .ok_or_else(|| Problem::invalid("source_type", "Give recipe, agent, policy or project"))?;
    let content = content(&call, kind, call.args.need("source_id")?).await?;
    let new = KeptTemplate {
        description: call.args.text("description").unwrap_or_default().to_owned(),
        visibility: Visibility::Shared,
        content,
        tags: call.args.read("tags")?.unwrap_or_default(),
        ..KeptTemplate::new(ids::fresh(), call.actor.user.clone(), kind, name.clone())
    };
    let (actor, id) = (call.actor.clone(), new.id.clone());
    let write = call.tools.db.write(move |tx| {
        Box::pin(async move {
            let all = TemplateFilter::default();
            if templates::list(tx, &actor.workspace, &actor.user, &all).await?.len() >= MOST {
                let words = format!("There are {MOST} templates already. Delete one first");
                return Err(Problem::conflict(words));
            }
            let kept = templates::insert(tx, &actor.workspace, new).await?;
            let event = Event::new(EventKind::DefinitionChanged, &kept.id, kept.name.as_str());
            events::record(tx, &actor, &event).await?;
            Ok(())
        })
    });
    write.await?;
    let message = format!("Kept the {source} as the template “{name}”");
    let value =
        json!({ "message": message, "template": { "id": id, "name": name, "category": kind } });
    Ok(Done::new(value).on(name).undone_by("pmos_template_delete", &json!({ "template_id": id })))
}

/// Deletes a template: its author, or who manages.
pub(crate) async fn delete(call: Call<'_>) -> Outcome {
    let found = one(&call).await?;
    if found.owner != call.actor.user {
        call.actor.require(Permission::Manage)?;
    }
    let (actor, it) = (call.actor.clone(), found.clone());
    let write = call.tools.db.write(move |tx| {
        Box::pin(async move {
            if !templates::delete(tx, &actor.workspace, &it.id).await? {
                return Err(Problem::not_found("Template"));
            }
            let event = Event::new(EventKind::DefinitionChanged, &it.id, it.name.as_str());
            events::record(tx, &actor, &event).await?;
            Ok(())
        })
    });
    write.await?;
    let message = format!("Deleted the template “{}”", found.name);
    Ok(Done::new(json!({ "message": message, "template_id": found.id })).on(found.name))
}

/// What a template says with the wishes of whoever uses it: fields of it that get another value.
fn wished(found: &KeptTemplate, wishes: Map<String, Value>) -> Result<Value, ToolError> {
    let mut content = found.content.as_object().cloned().unwrap_or_default();
    for (name, value) in wishes {
        if !content.contains_key(&name) {
            let known: Vec<&str> = content.keys().map(String::as_str).collect();
            let words = format!("There is no {name} here. Known: {}", known.join(", "));
            return Err(Problem::invalid(format!("customize.{name}"), words).into());
        }
        content.insert(name, value);
    }
    Ok(Value::Object(content))
}

/// Makes what a template describes; unless `dry_run` is false, only says what that would be.
pub(crate) async fn install(call: Call<'_>) -> Outcome {
    let found = one(&call).await?;
    let wishes: Map<String, Value> = call.args.read("customize")?.unwrap_or_default();
    let content = wished(&found, wishes)?;
    let (tool, args) = maker(found.kind, &content);
    let args = match tool {
        "" => args,
        tool => call.tools.check(tool, &args)?,
    };
    if call.args.wants("dry_run") {
        let words = "Nothing was made. Call again with dry_run false to make it";
        let value = json!({
            "template": row(&found), "would_make": content, "dry_run": true, "message": words
        });
        return Ok(Done::new(value));
    }
    let fields = args.as_object().cloned().unwrap_or_default();
    let inner = Call {
        tools: call.tools,
        actor: call.actor,
        args: Args::new(fields),
        decider: None,
        hurries: false,
    };
    let mut done = match found.kind {
        TemplateKind::Recipe => recipe(inner, &content).await,
        TemplateKind::Agent => Box::pin(agent_tools::create(inner)).await,
        TemplateKind::Policy => Box::pin(policy_tools::create(inner)).await,
        TemplateKind::Project => Box::pin(build_tools::build(inner)).await,
        TemplateKind::Flow => Err(Problem::not_found("Template").into()),
    }?;
    done.value = lists::with(done.value, json!({ "template": row(&found), "dry_run": false }));
    Ok(done)
}

/// The tool whose arguments a template's content is, and those arguments; a recipe is kept as it is.
fn maker(kind: TemplateKind, content: &Value) -> (&'static str, Value) {
    match kind {
        TemplateKind::Agent => ("create_agent", content.clone()),
        TemplateKind::Policy => ("create_policy", content.clone()),
        TemplateKind::Project => ("build_project", plan(content)),
        TemplateKind::Recipe | TemplateKind::Flow => ("", content.clone()),
    }
}

/// A project as `build_project` reads it.
fn plan(content: &Value) -> Value {
    let line = |it: &Value| it.as_str().unwrap_or_default().replace(['\n', '\r'], " ");
    let mut text = format!("A project called “{}”\n", line(&content["name"]));
    for list in content["lists"].as_array().into_iter().flatten() {
        text.push_str(&format!("# {}\n", line(&list["name"])));
        for todo in list["todos"].as_array().into_iter().flatten() {
            text.push_str(&format!("- {}\n", line(todo)));
        }
    }
    json!({ "description": text, "dry_run": false })
}

async fn recipe(call: Call<'_>, content: &Value) -> Outcome {
    let name = content["name"].as_str().unwrap_or_default().trim().to_owned();
    let is_whole = content["steps"].is_array() && content["variables"].is_object();
    if name.is_empty() || !is_whole {
        let words = "Give a name, a list of steps and an object of variables";
        return Err(Problem::invalid("customize", words).into());
    }
    let kept = call.keep(("recipe", &name), content).await?;
    let value = json!({
        "message": format!("Made the recipe “{name}”"), "recipe": { "id": kept.id, "name": name }
    });
    Ok(Done::new(value).on(name).undone_by("delete_recipe", &json!({ "recipe_id": kept.id })))
}
