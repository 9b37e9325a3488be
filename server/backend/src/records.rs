//! What people do on the page of a project, through the same tools as the assistant and chat clients: each act leaves
//! one operation that says how to reverse it, one event and one row of the audit log.

use crate::Backend;
use basecamp::Basecamp;
use domain::actor::Actor;
use domain::ids::OperationId;
use domain::problem::{Issue, Problem};
use domain::project::{Person, Workload};
use domain::record::{Act, Acted, Content, Fields, Item, Part, Shown, Tab};
use serde_json::{Map, Value, json};
use tools::tool::CallContext;

/// Days after today that are soon.
const SOON: usize = 6;

impl Backend {
    /// What a tab of `project` shows.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for a missing project, [`Problem::NeedsSetup`] without a connection,
    /// [`Problem::Unavailable`] when neither the mirror nor Basecamp answers.
    pub async fn tab(&self, actor: &Actor, project: i64, tab: Tab) -> Result<Shown, Problem> {
        let api = &self.basecamp;
        let content = match tab {
            Tab::Overview => {
                let work = Box::pin(api.work(actor, project)).await?;
                let around = Box::pin(self.around(actor, (project, &work))).await?;
                Content::Overview(work, around)
            }
            Tab::Todos => Content::Work(Box::pin(api.work(actor, project)).await?),
            Tab::Board => Content::Boards(Box::pin(api.boards(actor, project)).await?),
            Tab::Messages => Content::Shelf(Box::pin(api.messages(actor, project)).await?),
            Tab::Schedule => Content::Shelf(Box::pin(api.dates(actor, project)).await?),
            Tab::Files => Content::Shelf(Box::pin(api.files(actor, project)).await?),
            Tab::Health => Content::Health(Box::pin(self.health(actor, project)).await?),
            Tab::People => Content::Team(Box::pin(self.team(actor, project)).await?),
        };
        let counts = Box::pin(api.counts(actor, project)).await?;
        let team = Box::pin(api.team(actor, project)).await?;
        Ok(Shown { tab, content, counts, team })
    }

    /// Does `act` in `project`.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] for viewers, [`Problem::Invalid`] with every field that is wrong, [`Problem::NotFound`]
    /// for what is not in that project, [`Problem::Unavailable`] when Basecamp does not answer.
    pub async fn act(&self, actor: &Actor, project: i64, act: &Act) -> Result<Acted, Problem> {
        let issues = wrong(act);
        if !issues.is_empty() {
            return Err(Problem::Invalid { issues });
        }
        let (tool, mut args) = call(act);
        args["project"] = project.to_string().into();
        let context = CallContext { source: "ui", ..CallContext::default() };
        let answer = self.tools.call(actor, tool, &args, &context).await?;
        if let Act::Comment { id, .. } = act {
            self.look_again(actor, *id).await;
        }
        Ok(acted(&answer))
    }

    /// Takes the write `id` back, which was done to or under the record `on`.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for a write of another workspace, [`Problem::Conflict`] when it was taken back before or
    /// the record changed since, [`Problem::NotUnderstood`] with the reason when it cannot be taken back.
    pub async fn take_back(
        &self,
        actor: &Actor,
        id: &OperationId,
        on: Option<i64>,
    ) -> Result<(), Problem> {
        self.tools.undo(actor, id, None).await?;
        if let Some(on) = on {
            self.look_again(actor, on).await;
        }
        Ok(())
    }

    /// The write has happened: that its record cannot be read again is only worth a line in the log.
    async fn look_again(&self, actor: &Actor, id: i64) {
        if let Err(problem) = Box::pin(self.basecamp.look_again(actor, id)).await {
            tracing::warn!(%problem, "the record could not be read again");
        }
    }

    /// Who is on a project and what they have to do there, by name. While Basecamp does not answer, everybody who has
    /// something to do.
    ///
    /// # Errors
    /// [`Problem::NotFound`] for a missing project, [`Problem::NeedsSetup`] without a connection.
    pub async fn team(&self, actor: &Actor, project: i64) -> Result<Vec<Workload>, Problem> {
        let todos = match Box::pin(self.basecamp.work(actor, project)).await? {
            Part::On(work) => work.todos,
            Part::Off => Vec::new(),
        };
        let open: Vec<&Item> = todos.iter().filter(|it| !it.completed).collect();
        let people = match Box::pin(self.basecamp.on_project(actor, project)).await? {
            Some(people) => people,
            None => busy(&open),
        };
        let today = self.auth.today(actor).await?;
        let soon = today.iter_days().nth(SOON).unwrap_or(today).to_string();
        let today = today.to_string();
        let load = |person: Person| {
            let theirs = open.iter().filter(|it| it.people.iter().any(|one| one.id == person.id));
            let count = |fits: &dyn Fn(&str) -> bool| {
                let number = theirs.clone().filter(|it| it.due_on.as_deref().is_some_and(fits));
                u32::try_from(number.count()).unwrap_or(u32::MAX)
            };
            Workload {
                open: u32::try_from(theirs.clone().count()).unwrap_or(u32::MAX),
                overdue: count(&|day| day < today.as_str()),
                due_soon: count(&|day| day >= today.as_str() && day <= soon.as_str()),
                person,
            }
        };
        Ok(people.into_iter().map(load).collect())
    }
}

/// What became of an act, from the answer of its tool.
pub(crate) fn acted(answer: &Value) -> Acted {
    let operation = answer["operation_id"].as_str().filter(|_| answer["undoable"] == true);
    Acted {
        operation: operation.map(OperationId::from),
        message: answer["message"].as_str().unwrap_or_default().to_owned(),
    }
}

/// Everybody with something to do, by name.
fn busy(open: &[&Item]) -> Vec<Person> {
    let mut people: Vec<Person> = open.iter().flat_map(|it| it.people.clone()).collect();
    people.sort_by_key(|it| (it.name.to_lowercase(), it.id));
    people.dedup_by_key(|it| it.id);
    people
}

/// Every field that is wrong.
fn wrong(act: &Act) -> Vec<Issue> {
    let mut issues = Vec::new();
    let mut check = |is_wrong: bool, field: &str, fix: &str| {
        if is_wrong {
            issues.push(Issue::new(field, fix));
        }
    };
    let is_blank = |text: Option<&str>| text.is_none_or(|it| it.trim().is_empty());
    match act {
        Act::AddTodo { fields, .. }
        | Act::AddCard { fields, .. }
        | Act::AddDocument { fields, .. }
        | Act::Post { fields, .. } => {
            check(is_blank(fields.title.as_deref()), "title", "Give it a title");
        }
        Act::EditTodo { fields, .. }
        | Act::EditCard { fields, .. }
        | Act::EditPost { fields, .. }
        | Act::EditDocument { fields, .. } => {
            let is_emptied = fields.title.is_some() && is_blank(fields.title.as_deref());
            check(is_emptied, "title", "Give it a title");
        }
        Act::AddEntry { starts_at, ends_at, fields, .. } => {
            check(is_blank(fields.title.as_deref()), "title", "Give it a title");
            check_times((starts_at, ends_at), &mut check);
        }
        Act::EditEntry { times, fields, .. } => {
            let is_emptied = fields.title.is_some() && is_blank(fields.title.as_deref());
            check(is_emptied, "title", "Give it a title");
            if let Some((starts_at, ends_at)) = times {
                check_times((starts_at, ends_at), &mut check);
            }
        }
        Act::AddList { name, .. } => check(is_blank(Some(name)), "title", "Give the list a name"),
        Act::Comment { text, .. } => check(is_blank(Some(text)), "text", "Write something to say"),
        Act::Complete { .. } | Act::Reopen { .. } | Act::MoveCard { .. } | Act::Trash { .. } => {}
    }
    if let Some(day) = fields_of(act).and_then(|it| it.due_on.as_deref()) {
        let is_wrong = !day.is_empty() && !is_day(day);
        check(is_wrong, "due_on", "Write the day as YYYY-MM-DD, for example 2026-03-27");
    }
    issues
}

fn check_times((from, to): (&str, &str), check: &mut impl FnMut(bool, &str, &str)) {
    check(!is_time(from), "starts_at", "Choose the day it begins");
    check(!is_time(to), "ends_at", "Choose the day it ends");
    check(is_time(to) && to < from, "ends_at", "It must not end before it begins");
}

fn fields_of(act: &Act) -> Option<&Fields> {
    match act {
        Act::AddTodo { fields, .. }
        | Act::EditTodo { fields, .. }
        | Act::AddCard { fields, .. }
        | Act::EditCard { fields, .. }
        | Act::Post { fields, .. }
        | Act::EditPost { fields, .. }
        | Act::AddDocument { fields, .. }
        | Act::EditDocument { fields, .. }
        | Act::AddEntry { fields, .. }
        | Act::EditEntry { fields, .. } => Some(fields),
        _ => None,
    }
}

/// `YYYY-MM-DD`; whether there is such a day Basecamp says.
fn is_day(text: &str) -> bool {
    let is_right = |(at, sign): (usize, char)| match at {
        4 | 7 => sign == '-',
        _ => sign.is_ascii_digit(),
    };
    text.len() == 10 && text.chars().enumerate().all(is_right)
}

/// A day, alone or with a time of day behind it.
fn is_time(text: &str) -> bool {
    let (day, time) = text.split_once('T').unwrap_or((text, "00:00"));
    is_day(day) && time.len() >= 5 && time.as_bytes().get(2) == Some(&b':')
}

/// The tool that does `act`, and its arguments without the project.
fn call(act: &Act) -> (&'static str, Value) {
    match act {
        Act::AddTodo { list, fields } => {
            let mut args = plain(fields, "task", "description");
            args.insert("todolist".into(), list.to_string().into());
            ("create_todo", args.into())
        }
        Act::EditTodo { id, fields } => {
            let mut args = plain(fields, "content", "description");
            args.insert("todo_id".into(), (*id).into());
            ("update_todo_details", args.into())
        }
        Act::Complete { id } => ("complete_todo", json!({ "todo_id": id })),
        Act::Reopen { id } => ("uncomplete_todo", json!({ "todo_id": id })),
        Act::AddCard { board, column, fields } => {
            let mut args = plain(fields, "title", "content");
            args.remove("assignee_ids");
            args.insert("card_table_id".into(), (*board).into());
            args.insert("column_id".into(), (*column).into());
            ("create_card", args.into())
        }
        Act::EditCard { id, fields } => {
            ("update_card", json!({ "card_id": id, "body": rich(fields, "title", "content") }))
        }
        Act::MoveCard { id, column } => {
            ("move_card", json!({ "card_id": id, "column_id": column }))
        }
        Act::Post { board, fields } => {
            let mut args = only(plain(fields, "subject", "content"), ["subject", "content"]);
            args.insert("board_id".into(), (*board).into());
            ("create_message", args.into())
        }
        Act::AddDocument { folder, fields } => {
            let body = only(rich(fields, "title", "content"), ["title", "content"]);
            ("create_document", json!({ "vault_id": folder, "body": body }))
        }
        Act::AddList { set, name } => {
            ("create_todolist", json!({ "todoset_id": set, "body": { "name": name.trim() } }))
        }
        Act::Trash { id } => ("trash_recording", json!({ "recording_id": id })),
        Act::Comment { id, text } => {
            ("create_comment", json!({ "recording_id": id, "content": text }))
        }
        Act::AddEntry { schedule, starts_at, ends_at, fields } => {
            let body = entry(fields, Some((starts_at, ends_at)));
            ("create_schedule_entry", json!({ "schedule_id": schedule, "body": body }))
        }
        Act::EditEntry { id, times, fields } => {
            let times = times.as_ref().map(|it| (it.0.as_str(), it.1.as_str()));
            let body = entry(fields, times);
            ("update_schedule_entry", json!({ "entry_id": id, "body": body }))
        }
        Act::EditPost { id, fields } => {
            let mut args = only(plain(fields, "subject", "content"), ["subject", "content"]);
            args.insert("message_id".into(), (*id).into());
            ("update_message", args.into())
        }
        Act::EditDocument { id, fields } => {
            let body = only(rich(fields, "title", "content"), ["title", "content"]);
            ("update_document", json!({ "document_id": id, "body": body }))
        }
    }
}

/// What a date says, and when it is.
fn entry(fields: &Fields, times: Option<(&str, &str)>) -> Map<String, Value> {
    let mut body = only(rich(fields, "summary", "description"), ["summary", "description"]);
    if let Some((starts_at, ends_at)) = times {
        body.insert("starts_at".into(), starts_at.into());
        body.insert("ends_at".into(), ends_at.into());
        body.insert("all_day".into(), is_day(starts_at).into());
    }
    body
}

/// The arguments with one of these names.
fn only(mut args: Map<String, Value>, names: [&str; 2]) -> Map<String, Value> {
    args.retain(|name, _| names.contains(&name.as_str()));
    args
}

/// The fields that are given, under the names of a tool.
fn plain(fields: &Fields, title: &str, text: &str) -> Map<String, Value> {
    let mut args = Map::new();
    let words = [(title, &fields.title), (text, &fields.text), ("due_on", &fields.due_on)];
    for (name, value) in words {
        if let Some(value) = value {
            args.insert(name.to_owned(), value.trim().into());
        }
    }
    if let Some(people) = &fields.people {
        args.insert("assignee_ids".into(), people.clone().into());
    }
    args
}

/// The same as Basecamp stores it.
fn rich(fields: &Fields, title: &str, text: &str) -> Map<String, Value> {
    let mut body = plain(fields, title, text);
    if let Some(words) = &fields.text {
        body.insert(text.to_owned(), Basecamp::rich(words).into());
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    fn titled(title: &str) -> Fields {
        Fields { title: Some(title.into()), ..Fields::default() }
    }

    #[test]
    fn every_wrong_field_is_named() {
        let act = Act::AddEntry {
            schedule: 1,
            starts_at: "2026-03-02".into(),
            ends_at: "2026-03-01".into(),
            fields: titled(" "),
        };
        let named: Vec<String> = wrong(&act).into_iter().map(|it| it.field).collect();
        assert_eq!(named, ["title", "ends_at"]);
        let day = Fields { due_on: Some("tomorrow".into()), ..titled("A") };
        assert_eq!(wrong(&Act::EditTodo { id: 1, fields: day }).len(), 1);
        assert_eq!(wrong(&Act::Comment { id: 1, text: " ".into() }).len(), 1);
        let cleared = Fields { due_on: Some(String::new()), ..Fields::default() };
        assert!(wrong(&Act::EditTodo { id: 1, fields: cleared }).is_empty());
    }

    #[test]
    fn only_what_is_given_is_sent() {
        let (tool, args) = call(&Act::EditTodo { id: 7, fields: titled(" Call ") });
        assert_eq!((tool, args), ("update_todo_details", json!({"content": "Call", "todo_id": 7})));
        let fields = Fields { text: Some("a < b".into()), ..titled("Note") };
        let (_, args) = call(&Act::EditCard { id: 3, fields });
        assert_eq!(args["body"], json!({"title": "Note", "content": "<div>a &lt; b</div>"}));
    }
}
