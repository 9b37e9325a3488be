//! Requests that change to-dos. Names are looked up, never guessed; the change itself waits for an approval.

use super::edits;
use super::listed;
use super::phrase::Phrase;
use super::pick::Options;
use super::reads::{people_of, projects_of};
use super::replay::{Failure, Replay, Stop};
use super::say;
use super::todo_words::{self, TodoName, TodoRequest, TodoWords};
use super::values;
use crate::llm::Wanted;
use basecamp::names::{Purpose, folded};
use domain::todo::{Todo, TodoList};
use serde_json::{Value, json};

type Answer = Result<String, Stop>;

/// In how many projects a completed to-do is looked for when none is named.
const PROJECTS_LOOKED_THROUGH: usize = 25;

pub(crate) fn act(replay: &mut Replay<'_>, request: TodoRequest) -> Answer {
    match request {
        TodoRequest::Add(words) => add(replay, &words),
        TodoRequest::Complete(name) => complete(replay, &name),
        TodoRequest::Reopen(name) => tick(replay, &name, ("uncomplete_todo", "Reopened")),
        TodoRequest::Comment(name, text) => comment(replay, &name, &text),
        TodoRequest::Edit(name, edit) => edits::act(replay, &name, &edit),
    }
}

pub(crate) fn add(replay: &mut Replay<'_>, words: &TodoWords) -> Answer {
    let projects = replay.call("list_projects", json!({}))?;
    let projects = Options { what: "project", all: projects_of(&projects) };
    let words = &placed_list(with_somebody(replay, words)?, &projects);
    let (title, place) = title_and_place(replay, words, &projects)?;
    let named = words.project.as_deref().or(place.as_deref()).or(replay.prompt.project.as_deref());
    let is_list = words.project.is_none()
        && place.as_deref().is_some_and(|it| projects.clear(it, Purpose::Write).is_none());
    let (_, project) =
        projects.choose(replay, "project", named.filter(|_| !is_list), Purpose::Write)?;
    let list_words = words.list.clone().or_else(|| place.filter(|_| is_list));
    let lists = replay.call("list_todolists", json!({ "project": project.to_string() }))?;
    let lists: Vec<TodoList> = values::list(&lists, "todolists");
    let lists =
        Options { what: "list", all: lists.into_iter().map(|it| (it.name, it.id)).collect() };
    let (list_name, list) = lists.choose(replay, "list", list_words.as_deref(), Purpose::Write)?;
    let mut args =
        json!({ "project": project.to_string(), "todolist": list.to_string(), "task": title });
    let assignee = assignee(replay, words)?;
    if let Value::Object(fields) = &mut args {
        fields.extend(words.due.map(|it| ("due_on".to_owned(), it.to_string().into())));
        fields.extend(assignee.map(|it| ("assignee_ids".to_owned(), json!([it]))));
    }
    match replay.attempt("create_todo", args)? {
        Ok(done) => Ok(done_words("Added", &done, &format!(" to {}", say::plain(&list_name)))),
        Err(failure) => Ok(not_done(&failure)),
    }
}

/// "Call the printer for Priya": the name at the end is who does it, when somebody is called exactly that.
fn with_somebody(replay: &mut Replay<'_>, words: &TodoWords) -> Result<TodoWords, Stop> {
    let split = Phrase::new(&words.title).fits("{rest} for {who}");
    let (None, Some(captures)) = (&words.assignee, split) else { return Ok(words.clone()) };
    let who = captures.get("who");
    if !who.starts_with(char::is_uppercase) {
        return Ok(words.clone());
    }
    let people = replay.call("list_all_people", json!({ "query": "" }))?;
    let people = Options { what: "person", all: people_of(&people) };
    Ok(match people.clear(&who, Purpose::Write) {
        Some((name, _)) => {
            let rest = captures.part("rest");
            let has_place =
                words.project.is_some() || words.list.is_some() || words.place.is_some();
            // What stood before the name is read again: a place that no longer ends the words was not seen.
            let again = (!has_place).then(|| todo_words::describe(&rest, replay.prompt.today));
            let again = again.unwrap_or_else(|| TodoWords { title: rest.text(), ..words.clone() });
            TodoWords { assignee: Some(name), due: words.due.or(again.due), ..again }
        }
        None => words.clone(),
    })
}

/// "To the list Content of Website relaunch": what follows the list is its project, when one is called that.
fn placed_list(words: TodoWords, projects: &Options<i64>) -> TodoWords {
    let (Some(list), None, None) = (&words.list, &words.project, &words.place) else {
        return words;
    };
    let split = todo_words::lists(list)
        .into_iter()
        .find(|(_, place)| projects.clear(place, Purpose::Write).is_some());
    match split {
        Some((list, project)) => TodoWords { list: Some(list), project: Some(project), ..words },
        None => words,
    }
}

/// The title, asked for when missing, without a project's name that was said at its end.
fn title_and_place(
    replay: &Replay<'_>,
    words: &TodoWords,
    projects: &Options<i64>,
) -> Result<(String, Option<String>), Stop> {
    let title = if words.title.is_empty() {
        replay.answer("title").unwrap_or_default()
    } else {
        &words.title
    };
    if title.is_empty() {
        return Err(replay.ask("title", "What should the to-do be called?", &[]));
    }
    if words.project.is_some() || words.place.is_some() {
        return Ok((title.to_owned(), words.place.clone()));
    }
    let split = todo_words::places(title)
        .into_iter()
        .find(|(_, place)| projects.clear(place, Purpose::Write).is_some());
    Ok(split.map_or_else(|| (title.to_owned(), None), |(title, place)| (title, Some(place))))
}

fn assignee(replay: &mut Replay<'_>, words: &TodoWords) -> Result<Option<i64>, Stop> {
    let Some(who) = &words.assignee else { return Ok(None) };
    if matches!(who.to_lowercase().as_str(), "me" | "myself") {
        let mine = replay.call("list_assigned_to_me", json!({}))?;
        return Ok(mine.pointer("/person/id").and_then(Value::as_i64));
    }
    let people = replay.call("list_all_people", json!({ "query": "" }))?;
    let people = Options { what: "person", all: people_of(&people) };
    people.choose(replay, "person", Some(who), Purpose::Write).map(|(_, id)| Some(id))
}

/// "Complete X and Y" are two when both are there and nothing is called both together.
fn complete(replay: &mut Replay<'_>, name: &TodoName) -> Answer {
    let does = ("complete_todo", "Completed");
    let Some(both) = Phrase::new(&name.title).fits("{one} and {other}") else {
        return tick(replay, name, does);
    };
    let answer = replay.call("search_todos", json!({ "query": "" }))?;
    let all = options(&values::list(&answer, "todos"));
    let is_there = |it: &str| listed::row(it).is_some() || all.clear(it, Purpose::Write).is_some();
    let (one, other) = (both.get("one"), both.get("other"));
    if is_there(&name.title) || !is_there(&one) || !is_there(&other) {
        return tick(replay, name, does);
    }
    let mut said = Vec::new();
    for title in [one, other] {
        said.push(tick(replay, &TodoName { title, project: name.project.clone() }, does)?);
    }
    Ok(said.join("\n\n"))
}

fn tick(replay: &mut Replay<'_>, name: &TodoName, (tool, verb): (&str, &str)) -> Answer {
    let is_reopening = tool == "uncomplete_todo";
    let todo =
        if is_reopening { completed_named(replay, name)? } else { open_named(replay, name)? };
    let args = json!({ "project": todo.project_id.to_string(), "todo_id": todo.id });
    match replay.attempt(tool, args)? {
        Ok(done) => Ok(done_words(verb, &done, "")),
        Err(failure) => Ok(not_done(&failure)),
    }
}

fn comment(replay: &mut Replay<'_>, name: &TodoName, text: &str) -> Answer {
    let todo = open_named(replay, name)?;
    let text = if text.is_empty() {
        replay.answer("comment").unwrap_or_default().to_owned()
    } else {
        text.to_owned()
    };
    if text.is_empty() {
        return Err(replay.ask(
            "comment",
            &format!("What should the comment on “{}” say?", say::plain(&todo.title)),
            &[],
        ));
    }
    let args =
        json!({ "project": todo.project_id.to_string(), "recording_id": todo.id, "content": text });
    match replay.attempt("create_comment", args)? {
        Ok(done) => Ok(done_words("Commented on", &done, "")),
        Err(failure) => Ok(not_done(&failure)),
    }
}

/// The open to-do that the words name.
pub(crate) fn open_named(replay: &mut Replay<'_>, name: &TodoName) -> Result<Todo, Stop> {
    let answer = replay.call("search_todos", json!({ "query": "" }))?;
    let all: Vec<Todo> = values::list(&answer, "todos");
    pick(replay, name, all)
}

/// The completed to-do that the words name, within a project or, where none is named, in all of them.
fn completed_named(replay: &mut Replay<'_>, name: &TodoName) -> Result<Todo, Stop> {
    let projects = replay.call("list_projects", json!({}))?;
    let projects = Options { what: "project", all: projects_of(&projects) };
    let split = todo_words::places(&name.title)
        .into_iter()
        .find(|(_, it)| projects.clear(it, Purpose::Write).is_some());
    let (title, place) = match (&name.project, split) {
        (Some(project), _) => (name.title.clone(), Some(project.clone())),
        (None, Some((title, place))) => (title, Some(place)),
        (None, None) => (name.title.clone(), None),
    };
    let name = TodoName { title, project: None };
    if place.is_none()
        && replay.answer("project").is_none()
        && let Some(done) = completed_everywhere(replay, &projects)?
    {
        return pick(replay, &name, done);
    }
    let (_, project) = projects.choose(replay, "project", place.as_deref(), Purpose::Write)?;
    let answer =
        replay.call("list_todos_for_project", json!({ "project": project.to_string() }))?;
    pick(replay, &name, completed_of(&answer))
}

fn completed_of(answer: &Value) -> Vec<Todo> {
    let lists: Vec<TodoList> = values::list(answer, "todolists");
    lists.into_iter().flat_map(|it| it.todos).filter(|it| it.completed).collect()
}

/// The completed to-dos of all projects; none where they are too many to look through, or where one does not answer:
/// then nobody knows whether a name is the only one.
fn completed_everywhere(
    replay: &mut Replay<'_>,
    projects: &Options<i64>,
) -> Result<Option<Vec<Todo>>, Stop> {
    if projects.all.len() > PROJECTS_LOOKED_THROUGH {
        return Ok(None);
    }
    let wanted = projects
        .all
        .iter()
        .map(|(_, id)| Wanted::new("list_todos_for_project", json!({ "project": id.to_string() })));
    let answers = replay.attempt_all(wanted.collect())?;
    let all: Result<Vec<Value>, Failure> = answers.into_iter().collect();
    Ok(all.ok().map(|all| all.iter().flat_map(completed_of).collect()))
}

fn pick(replay: &Replay<'_>, name: &TodoName, all: Vec<Todo>) -> Result<Todo, Stop> {
    let wanted = folded(&name.title);
    let is_called = |it: &Todo| folded(&it.title) == wanted;
    if let Some(row) = listed::row(&name.title).filter(|_| !all.iter().any(is_called)) {
        return match replay.answer("which") {
            Some(answer) => choose(replay, answer, &all),
            None => listed::named(replay, row, &all),
        };
    }
    let of_project = |todos: &[Todo], project: &str| -> Vec<Todo> {
        let project = folded(project);
        todos.iter().filter(|it| folded(&it.project_name).contains(&project)).cloned().collect()
    };
    if let Some(project) = &name.project {
        return choose(replay, &name.title, &of_project(&all, project));
    }
    let whole = options(&all);
    if whole.clear(&name.title, Purpose::Write).is_none() {
        for (title, place) in todo_words::places(&name.title) {
            let there = of_project(&all, &place);
            if options(&there).clear(&title, Purpose::Write).is_some() {
                return choose(replay, &title, &there);
            }
        }
    }
    choose(replay, &name.title, &all)
}

fn options(todos: &[Todo]) -> Options<Todo> {
    Options { what: "to-do", all: todos.iter().map(|it| (it.title.clone(), it.clone())).collect() }
}

fn choose(replay: &Replay<'_>, title: &str, todos: &[Todo]) -> Result<Todo, Stop> {
    let wanted = folded(title);
    let labelled = |it: &Todo| format!("{} · {}", it.title, it.project_name);
    if let Some(answer) = replay.answer("todo") {
        let chosen = todos.iter().find(|it| labelled(it) == answer || it.title == answer);
        return chosen.cloned().ok_or_else(|| {
            Stop::Say("That to-do is not there any more. Nothing was changed.".to_owned())
        });
    }
    let same: Vec<&Todo> = todos.iter().filter(|it| folded(&it.title) == wanted).collect();
    let near: Vec<&Todo> = todos.iter().filter(|it| folded(&it.title).contains(&wanted)).collect();
    let fits = if same.is_empty() { near } else { same };
    match fits.as_slice() {
        [only] => Ok((*only).clone()),
        [] => Err(suggest(replay, title, todos)),
        several => {
            let choices: Vec<String> = several.iter().take(12).map(|it| labelled(it)).collect();
            Err(replay.ask(
                "todo",
                &format!("Several to-dos fit “{}”. Which to-do?", say::plain(title)),
                &choices,
            ))
        }
    }
}

/// A close spelling is offered, never taken.
fn suggest(replay: &Replay<'_>, title: &str, todos: &[Todo]) -> Stop {
    match options(todos).clear(title, Purpose::Read) {
        Some((_, near)) => {
            let choice = format!("{} · {}", near.title, near.project_name);
            replay.ask(
                "todo",
                &format!("I found no to-do called “{}”. Do you mean this one?", say::plain(title)),
                &[choice],
            )
        }
        None => Stop::Say(format!(
            "I found no to-do called “{}”, so nothing was changed.",
            say::plain(title)
        )),
    }
}

fn done_words(verb: &str, done: &Value, place: &str) -> String {
    let Some(todo) = values::one::<Todo>(done, "todo") else {
        return values::text(done, "message").to_owned();
    };
    format!(
        "{verb} {}{place} in {}.",
        say::link(&todo.title, &todo.app_url),
        say::plain(&todo.project_name)
    )
}

/// What is said when a change did not happen.
pub(crate) fn not_done(failure: &Failure) -> String {
    match failure.code.as_str() {
        "REJECTED" | "EXPIRED" => {
            format!("{}. Nothing was changed.", say::plain(failure.message.trim_end_matches('.')))
        }
        "FORBIDDEN" => format!("{}.", say::plain(failure.message.trim_end_matches('.'))),
        _ => format!("That did not work: {}.", say::plain(failure.message.trim_end_matches('.'))),
    }
}
