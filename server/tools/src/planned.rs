//! Runs a plan: finds the place, reads or writes.

mod back;

use crate::error::ToolError;
use crate::lists;
use crate::plan::{Does, Plan, Verb, Writing};
use crate::tool::{Call, Done};
use basecamp::Basecamp;
use basecamp::names::Purpose;
use basecamp::records::{Request, is_within};
use domain::problem::Problem;
use domain::project::Project;
use serde_json::{Map, Value, json};

type Outcome = Result<Done, ToolError>;

/// Reads that find out what a record is, the most likely first.
const ANY: [&str; 13] = [
    "GetTodo",
    "GetCard",
    "GetMessage",
    "GetComment",
    "GetDocument",
    "GetUpload",
    "GetScheduleEntry",
    "GetTodolistOrGroup",
    "GetVault",
    "GetQuestion",
    "GetAnswer",
    "GetCardColumn",
    "GetCardStep",
];
/// Filters of the time entries of the account: our name, and the names that Basecamp's sources give it. They disagree,
/// so all are sent.
const HOURS: [(&str, &[&str]); 4] = [
    ("start_date", &["start_date", "from"]),
    ("end_date", &["end_date", "to"]),
    ("person_id", &["person_id"]),
    ("bucket_id", &["bucket_id"]),
];

/// Runs the plan of a tool.
pub(crate) async fn run(call: Call<'_>, plan: &'static Plan) -> Outcome {
    match plan.does {
        Does::Get(entity) => get(&call, plan, entity).await,
        Does::List(items) => list(&call, plan, items).await,
        Does::Part(field, items) => {
            let (_, record) = call.read(plan).await?;
            let found = record.get(field).and_then(Value::as_array).cloned().unwrap_or_default();
            Ok(Done::new(lists::all(items, &found)))
        }
        Does::Short(entity) => {
            let (_, record) = call.read(plan).await?;
            Ok(Done::new(json!({ entity: lists::compact(&record) })))
        }
        Does::Write(writing) => Box::pin(write(call, plan, writing)).await,
    }
}

async fn get(call: &Call<'_>, plan: &Plan, entity: &str) -> Outcome {
    let (request, _) = call.request(plan.operation, plan.from, Purpose::Read).await?;
    if plan.operation == "GetUpcomingSchedule" {
        let request = asked(request, call.args.text("query"));
        return Ok(Done::new(call.tools.basecamp.fetch(call.actor, &request).await?));
    }
    let (project, record) = call.read(plan).await?;
    let mut value = json!({ entity: record });
    if let Some(project) = project {
        value = lists::with(value, json!({ "project": short(&project) }));
    }
    Ok(Done::new(value))
}

/// With the parameters of a query string.
fn asked(mut request: Request, query: Option<&str>) -> Request {
    let pairs = query.unwrap_or_default().trim_start_matches('?').split('&');
    for (name, value) in pairs.filter_map(|it| it.split_once('=')) {
        request = request.asking(name, value);
    }
    request
}

async fn list(call: &Call<'_>, plan: &Plan, items: &str) -> Outcome {
    let (mut request, project) = match call.request(plan.operation, plan.from, Purpose::Read).await
    {
        Ok(found) => found,
        Err(ToolError::NotEnabled { tool }) => return Ok(lists::absent(items, &tool)),
        Err(other) => return Err(other),
    };
    if plan.operation == "GetTimesheetReport" {
        for (argument, names) in HOURS {
            let Some(value) = call.args.get(argument).filter(|it| !it.is_null()) else { continue };
            for name in names {
                request = request.asking(name, crate::args::text_of(value));
            }
        }
    }
    on_board(call, plan, project.as_ref()).await?;
    let words = call.args.text("query").unwrap_or_default();
    let mut listing =
        call.tools.basecamp.fetch_all(call.actor, &asked(request, Some(words))).await?;
    let id = project.as_ref().map(|it| it.id);
    if listing.items.iter().any(|it| !is_within(it, id)) {
        return Err(Problem::not_found("Record").into());
    }
    if !words.contains('=') {
        let words = words.to_lowercase();
        listing.items.retain(|it| it.to_string().to_lowercase().contains(&words));
    }
    let mut value = lists::read(items, &listing);
    if let Some(project) = project {
        value = lists::with(value, json!({ "project": short(&project) }));
    }
    Ok(Done::new(value))
}

/// Kinds of messages belong to the project; a board that is named must be one of it.
async fn on_board(
    call: &Call<'_>,
    plan: &Plan,
    project: Option<&Project>,
) -> Result<(), ToolError> {
    let is_kind = matches!(plan.operation, "ListMessageTypes" | "CreateMessageType");
    let board = if is_kind { call.args.number("message_board_id") } else { None };
    let Some(board) = board else { return Ok(()) };
    let record = call.raw("GetMessageBoard", &[board]).await?;
    if is_within(&record, project.map(|it| it.id)) {
        Ok(())
    } else {
        Err(Problem::not_found("Message board").into())
    }
}

pub(crate) fn short(project: &Project) -> Value {
    json!({ "id": project.id, "name": project.name, "app_url": project.app_url })
}

/// The name people know a record by.
pub(crate) fn name_of(record: &Value) -> String {
    let field = ["title", "content", "subject", "summary", "name"];
    let text = field.iter().find_map(|it| record.get(*it).and_then(Value::as_str));
    let plain = Basecamp::words(text.unwrap_or_default());
    plain.chars().take(80).collect()
}

impl Call<'_> {
    /// The project the arguments name, when the tool takes one.
    pub(crate) async fn ground(&self, purpose: Purpose) -> Result<Option<Project>, ToolError> {
        match self.args.text("project") {
            Some(name) => Ok(Some(self.project_named(name, purpose).await?)),
            None => Ok(None),
        }
    }

    /// The request of an operation, with its parameters from the arguments, and the project.
    pub(crate) async fn request(
        &self,
        operation: &str,
        from: &str,
        purpose: Purpose,
    ) -> Result<(Request, Option<Project>), ToolError> {
        let project = self.ground(purpose).await?;
        let params = self.params(from, project.as_ref()).await?;
        let request = Request::new(operation, &params)
            .ok_or_else(|| Problem::not_found("Operation of Basecamp"))?;
        Ok((request, project))
    }

    async fn params(
        &self,
        from: &str,
        project: Option<&Project>,
    ) -> Result<Vec<String>, ToolError> {
        let mut params = Vec::new();
        for word in from.split_whitespace() {
            let id = match word.split_once('|') {
                Some((arg, tool)) => match self.args.number(arg) {
                    Some(id) => id,
                    None => self.dock(project, tool).await?,
                },
                None if word == "project" => project
                    .map(|it| it.id)
                    .ok_or_else(|| Problem::invalid("project", "project is missing"))?,
                None => match word.strip_prefix('@') {
                    Some(tool) => self.dock(project, tool).await?,
                    None => self.args.need_number(word)?,
                },
            };
            params.push(id.to_string());
        }
        Ok(params)
    }

    /// The id of the enabled tool called `tool` in the project's dock.
    async fn dock(&self, project: Option<&Project>, tool: &str) -> Result<i64, ToolError> {
        let missing = || ToolError::NotEnabled { tool: tool.to_owned() };
        let project = project.ok_or_else(missing)?;
        let found = self.docks(project.id).await?;
        let first = found.iter().find(|it| it["name"] == tool && it["enabled"] == true);
        first.and_then(|it| it["id"].as_i64()).ok_or_else(missing)
    }

    /// The dock of a project, as Basecamp lists it.
    pub(crate) async fn docks(&self, project: i64) -> Result<Vec<Value>, ToolError> {
        let record = self.raw("GetProject", &[project]).await?;
        Ok(record.get("dock").and_then(Value::as_array).cloned().unwrap_or_default())
    }

    /// What an operation answers.
    pub(crate) async fn raw(&self, operation: &str, ids: &[i64]) -> Result<Value, ToolError> {
        let params: Vec<String> = ids.iter().map(ToString::to_string).collect();
        let request = Request::new(operation, &params)
            .ok_or_else(|| Problem::not_found("Operation of Basecamp"))?;
        Ok(self.tools.basecamp.fetch(self.actor, &request).await?)
    }

    /// The record of a plan and the project it must be in.
    async fn read(&self, plan: &Plan) -> Result<(Option<Project>, Value), ToolError> {
        let (request, project) = self.request(plan.operation, plan.from, Purpose::Read).await?;
        let record = self.tools.basecamp.fetch(self.actor, &request).await?;
        if !is_within(&record, project.as_ref().map(|it| it.id)) {
            return Err(Problem::not_found("Record").into());
        }
        Ok((project, record))
    }

    /// A record of any kind, with the operation that reads it.
    pub(crate) async fn any_record(&self, id: i64) -> Result<(&'static str, Value), ToolError> {
        for operation in ANY {
            match self.raw(operation, &[id]).await {
                Ok(record) => return Ok((operation, record)),
                Err(ToolError::Problem(Problem::NotFound { .. })) => {}
                Err(other) => return Err(other),
            }
        }
        Err(Problem::not_found("Record").into())
    }

    /// What a write brings: `body` and the arguments that go into it.
    fn body(&self, writing: &Writing) -> Result<Map<String, Value>, ToolError> {
        let mut body: Map<String, Value> = self.args.read("body")?.unwrap_or_default();
        for field in writing.fields {
            let (field, is_rich) = field.strip_suffix('~').map_or((*field, false), |it| (it, true));
            let (arg, field) = field.split_once('=').unwrap_or((field, field));
            let Some(value) = self.args.get(arg).filter(|it| !it.is_null()) else { continue };
            let value = match value.as_str() {
                Some(text) if is_rich => Basecamp::rich(text).into(),
                _ => value.clone(),
            };
            body.insert(field.to_owned(), value);
        }
        for (field, value) in writing.fixed {
            body.insert((*field).to_owned(), (*value).into());
        }
        Ok(body)
    }
}

/// What a write would change: the project, the record as it is (for a creation: the one it goes into) and what it
/// brings. Nothing is written.
pub(crate) async fn before(
    call: &Call<'_>,
    plan: &'static Plan,
    writing: &Writing,
) -> Result<(Option<Project>, Value, Map<String, Value>), ToolError> {
    let (request, project) = call.request(plan.operation, plan.from, Purpose::Write).await?;
    let body = call.body(writing)?;
    let params = request.params().to_vec();
    let (before, after) = (Value::Null, Value::Null);
    let mut step = Step { params, read: None, before, after, body, project };
    look(call, writing, &mut step).await?;
    if let (Some(read), Verb::Change) = (&step.read, writing.verb) {
        step.before = call.tools.basecamp.fetch(call.actor, read).await?;
        if !is_within(&step.before, step.project.as_ref().map(|it| it.id)) {
            return Err(Problem::not_found("Record").into());
        }
    }
    Ok((step.project, step.before, step.body))
}

/// A write while it is carried out.
struct Step {
    params: Vec<String>,
    read: Option<Request>,
    before: Value,
    after: Value,
    body: Map<String, Value>,
    project: Option<Project>,
}

async fn write(call: Call<'_>, plan: &'static Plan, writing: Writing) -> Outcome {
    let (request, project) = call.request(plan.operation, plan.from, Purpose::Write).await?;
    on_board(&call, plan, project.as_ref()).await?;
    let body = call.body(&writing)?;
    if writing.verb == Verb::Change && body.is_empty() {
        return Err(Problem::invalid("body", "Say what to change").into());
    }
    let mut step = Step {
        params: request.params().to_vec(),
        read: None,
        before: Value::Null,
        after: Value::Null,
        body,
        project,
    };
    look(&call, &writing, &mut step).await?;
    let home = step.project.as_ref().map(|it| it.id);
    let api = &call.tools.basecamp;
    match (&step.read, writing.verb) {
        (Some(read), Verb::Change) => {
            let changed = api.change(call.actor, (read, &request), home, &step.body).await?;
            (step.before, step.after) = (changed.before, changed.after);
        }
        _ => {
            let answered = api.send(call.actor, &request.with(step.body.clone())).await?;
            step.after = match &step.read {
                Some(read) if !answered.is_object() => {
                    api.fetch(call.actor, read).await.unwrap_or_default()
                }
                _ => answered,
            };
        }
    }
    Ok(done(&call, plan, &writing, step))
}

fn is_called(item: &Value, id: &str) -> bool {
    item["id"].as_i64().map(|it| it.to_string()).as_deref() == Some(id)
}

/// Reads the record before a write, or the one a new record goes into, and checks that it is in the project.
async fn look(call: &Call<'_>, writing: &Writing, step: &mut Step) -> Result<(), ToolError> {
    let (operation, from) = writing.read;
    if operation.is_empty() {
        return Ok(());
    }
    if operation == "any" {
        let id = call.args.need_number("recording_id")?;
        let (operation, record) = call.any_record(id).await?;
        step.read = Request::new(operation, &[id.to_string()]);
        step.before = record;
    } else {
        let params = call.params(from, step.project.as_ref()).await?;
        let read = Request::new(operation, &params)
            .ok_or_else(|| Problem::not_found("Operation of Basecamp"))?;
        if writing.verb == Verb::Change {
            step.read = Some(read);
            return Ok(());
        }
        let found = call.tools.basecamp.fetch(call.actor, &read).await?;
        let wanted = step.params.last().cloned().unwrap_or_default();
        step.before = match found {
            Value::Array(items) => {
                items.into_iter().find(|it| is_called(it, &wanted)).unwrap_or_default()
            }
            record => record,
        };
        if writing.verb == Verb::Act {
            step.read = Some(read);
        }
    }
    if is_within(&step.before, step.project.as_ref().map(|it| it.id)) {
        return Ok(());
    }
    Err(Problem::not_found("Record").into())
}

fn done(call: &Call<'_>, plan: &'static Plan, writing: &Writing, step: Step) -> Done {
    let title = call.tools.find(plan.tool).map_or(plan.tool, |it| it.title);
    let shown = if step.after.is_object() { &step.after } else { &step.before };
    let name = name_of(if name_of(shown).is_empty() { &step.before } else { shown });
    let place = step.project.as_ref().map_or_else(String::new, |it| format!(" in {}", it.name));
    let message = if name.is_empty() {
        format!("{title}{place}: done")
    } else {
        format!("{title}{place}: “{name}”")
    };
    let mut value = json!({ "message": message, writing.entity: shown });
    if let Some(project) = &step.project {
        value = lists::with(value, json!({ "project": short(project) }));
    }
    let mut done = Done::new(value).on(name);
    if let Some(project) = &step.project {
        done = done.within(project.id);
    }
    match back::undo(call, plan, writing, &step) {
        Some((tool, args)) => {
            let done = done.undone_by(&tool, &Value::Object(args));
            match back::guard(writing, &step) {
                Some(guard) => done.guarded(guard),
                None => done,
            }
        }
        None => done,
    }
}

pub(crate) use back::why_never;
