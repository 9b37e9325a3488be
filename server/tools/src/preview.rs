//! What a write would do, in plain words, for the person who is asked to allow it.

use crate::args::{Args, text_of};
use crate::error::ToolError;
use crate::other_tools;
use crate::planned;
use crate::preview_plan::{self, day};
use crate::run_tools;
use crate::secret_args;
use crate::tool::{Call, ToolSpec};
use crate::tools::Tools;
use crate::undo;
use basecamp::names::Purpose;
use domain::actor::Actor;
use domain::approval::{Change, Effects};
use domain::flow::clock;
use domain::flow::tree;
use domain::flow::validate::FlowProblem;
use domain::problem::Problem;
use domain::todo::Todo;
use serde_json::{Value, json};

/// What a write would do.
#[derive(Clone, Debug, PartialEq)]
pub struct Preview {
    /// In one line: "Complete a to-do in Website relaunch".
    pub title: String,
    /// To what, where, and who sees it.
    pub summary: String,
    /// The same piece by piece, where that is known.
    pub effects: Effects,
    /// The record as it is now, to see later whether it changed.
    pub guard: Value,
}

impl Preview {
    pub(crate) fn new(title: String, summary: String, guard: Value) -> Self {
        Self { title, summary, effects: Effects::default(), guard }
    }

    /// With what becomes of `subject`.
    pub(crate) fn changing(mut self, subject: impl Into<String>, changes: Vec<Change>) -> Self {
        self.effects.subject = subject.into();
        self.effects.changes = changes;
        self
    }

    /// Everyone in a project sees it.
    pub(crate) fn seen_in(mut self, project: &str) -> Self {
        self.effects.seen_by = Some(format!("Everyone who can see {project} in Basecamp"));
        self
    }
}

impl Tools {
    /// What `name` with `args` would do. Nothing is changed.
    ///
    /// # Errors
    /// When what the arguments name cannot be found.
    pub async fn preview(
        &self,
        actor: &Actor,
        name: &str,
        args: &Value,
    ) -> Result<Preview, ToolError> {
        let spec = self.known(name)?;
        let args = self.check(name, args)?;
        let fields = args.as_object().cloned().unwrap_or_default();
        let call =
            Call { tools: self, actor, args: Args::new(fields), decider: None, hurries: false };
        match name {
            "create_todo" => Box::pin(create_todo(call)).await,
            "complete_todo" => Box::pin(change_todo(call, "Complete", "marked done")).await,
            "uncomplete_todo" => Box::pin(change_todo(call, "Reopen", "opened again")).await,
            "create_comment" => Box::pin(create_comment(call)).await,
            "flow_publish" => Box::pin(publish(call)).await,
            "flow_enable" => Box::pin(switch_on(call)).await,
            "flow_delete" => {
                Box::pin(about_flow(
                    call,
                    "Delete",
                    "is deleted with its versions; this cannot be undone",
                ))
                .await
            }
            other_tools::ASK | other_tools::WRITE | other_tools::READ => {
                Box::pin(other_tools::preview(call)).await
            }
            "flow_run_cancel" => Box::pin(run_tools::stopping(call)).await,
            "flow_run_retry" | "flow_flow_run_retry" => Box::pin(run_tools::retrying(call)).await,
            "pmos_undo" => Box::pin(undo::preview(call)).await,
            "move_card" => Box::pin(preview_plan::move_card(&call)).await,
            "create_card" => Box::pin(preview_plan::create_card(&call)).await,
            _ => match Box::pin(preview_plan::change(&call, spec)).await? {
                Some(preview) => Ok(preview),
                None => {
                    let args = self.opened(&actor.workspace, name, &args)?;
                    Ok(any(spec, &secret_args::without_secrets(name, &args)))
                }
            },
        }
    }
}

async fn create_todo(call: Call<'_>) -> Result<Preview, ToolError> {
    let project = call.project(Purpose::Write).await?;
    let list = call.list(&project).await?;
    let title =
        call.args.text("task").or_else(|| call.args.text("content")).unwrap_or_default().to_owned();
    let mut summary = format!("“{title}” is added to the list {} in {}", list.name, project.name);
    let mut changes = vec![Change::new("List", None, &list.name)];
    if let Some(due) = call.args.text("due_on").map(day) {
        summary.push_str(&format!(", due {due}"));
        changes.push(Change::new("Due", None, due));
    }
    let ids: Vec<i64> = call.args.read("assignee_ids")?.unwrap_or_default();
    if !ids.is_empty() {
        let people = call.tools.basecamp.people(call.actor).await?;
        let names: Vec<&str> =
            people.iter().filter(|it| ids.contains(&it.id)).map(|it| it.name.as_str()).collect();
        summary.push_str(&format!(", assigned to {}", names.join(", ")));
        changes.push(Change::new("Assigned to", None, names.join(", ")));
    }
    summary.push_str(&seen_by(&project.name));
    let guard = json!({ "project": project.id, "list": list.id });
    let preview = Preview::new(format!("Add a to-do to {}", project.name), summary, guard);
    Ok(preview.changing(title, changes).seen_in(&project.name))
}

async fn change_todo(call: Call<'_>, verb: &str, becomes: &str) -> Result<Preview, ToolError> {
    let todo = call.todo("todo_id").await?;
    let place = todo.list_name.as_ref().map_or_else(String::new, |it| format!(" in the list {it}"));
    let summary = format!(
        "“{}”{place} of {} is {becomes}{}",
        todo.title,
        todo.project_name,
        seen_by(&todo.project_name)
    );
    let title = format!("{verb} a to-do in {}", todo.project_name);
    let (from, to) = if todo.completed { ("Done", "Open") } else { ("Open", "Done") };
    let preview = Preview::new(title, summary, state(&todo)).seen_in(&todo.project_name);
    Ok(preview.changing(&todo.title, vec![Change::new("It is", Some(from.to_owned()), to)]))
}

async fn create_comment(call: Call<'_>) -> Result<Preview, ToolError> {
    let project = call.project(Purpose::Write).await?;
    let record = crate::basecamp_tools::commented(&call, project.id).await?;
    let text = call.args.text("content").unwrap_or_default();
    let summary = format!(
        "“{text}” is posted as a comment on “{}” in {}{}",
        planned::name_of(&record),
        project.name,
        seen_by(&project.name)
    );
    let what = if record["type"] == "Todo" { "to-do" } else { "record" };
    let title = format!("Comment on a {what} in {}", project.name);
    let preview = Preview::new(title, summary, json!({ "status": record["status"] }));
    let comment = vec![Change::new("Comment", None, text)];
    Ok(preview.changing(planned::name_of(&record), comment).seen_in(&project.name))
}

async fn publish(call: Call<'_>) -> Result<Preview, ToolError> {
    let flow = call.flow().await?;
    let problems = call.tools.flows.problems(call.actor, &flow.id).await?;
    if !problems.is_empty() {
        return Err(
            Problem::Invalid { issues: problems.iter().map(FlowProblem::issue).collect() }.into()
        );
    }
    let steps = tree::steps(&flow.version.trigger);
    let named: Vec<&str> = steps.iter().map(|it| it.display_name.as_str()).collect();
    let name = &flow.version.display_name;
    let summary = format!(
        "“{name}” goes live: {} starts it, and then it does this on its own, with your rights: {}",
        clock::starts(&flow.version.trigger),
        named.join(", "),
    );
    let guard = json!({ "revision": flow.revision });
    Ok(Preview::new(format!("Publish “{name}”"), summary, guard))
}

/// Nobody is asked about what can only fail.
async fn switch_on(call: Call<'_>) -> Result<Preview, ToolError> {
    if call.flow().await?.published_version_id.is_none() {
        let message = "The flow was never published. Publish it to switch it on";
        return Err(Problem::invalid("status", message).into());
    }
    about_flow(call, "Switch on", "runs whenever it is started").await
}

async fn about_flow(call: Call<'_>, verb: &str, becomes: &str) -> Result<Preview, ToolError> {
    let flow = call.flow().await?;
    let name = &flow.version.display_name;
    let summary = format!("The flow “{name}” {becomes}");
    let guard = json!({ "revision": flow.revision });
    Ok(Preview::new(format!("{verb} “{name}”"), summary, guard))
}

pub(crate) fn seen_by(project: &str) -> String {
    format!(". Everyone who can see {project} in Basecamp will see it")
}

fn state(todo: &Todo) -> Value {
    json!({ "title": todo.title, "status": todo.status, "completed": todo.completed, "project": todo.project_id })
}

fn any(spec: &ToolSpec, args: &Value) -> Preview {
    let fields = args.as_object().into_iter().flatten();
    let said: Vec<String> = fields
        .filter(|(name, _)| !matches!(name.as_str(), "idempotency_key" | "request_id"))
        .map(|(name, value)| format!("{}: {}", name.replace('_', " "), text_of(value)))
        .collect();
    let summary = if said.is_empty() {
        spec.meaning.to_owned()
    } else {
        format!("{}. {}", spec.meaning, said.join(", "))
    };
    Preview::new(spec.title.to_owned(), summary, Value::Null)
}
