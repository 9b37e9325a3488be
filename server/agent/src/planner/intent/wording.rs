//! What was understood, as one line.

use super::*;
use crate::planner::conditions::Test;
use crate::planner::edit_words::Edit;
use crate::planner::flow_words::{Change, FlowRequest};
use crate::planner::item_words::Items;
use crate::planner::look_words::Past;
use crate::planner::places::Place;
use crate::planner::recipe::{Recipe, Start};
use crate::planner::report_words::Target;
use crate::planner::step_words::Do;
use crate::planner::todo_words::{TodoName, TodoWords};
use crate::planner::watch_words;

pub(super) fn words(intent: &Intent) -> String {
    match intent {
        Intent::Overdue(it) => format!("overdue{}", scoped(it)),
        Intent::Due(range, _, it) => format!("due {}..{}{}", range.from, range.to, scoped(it)),
        Intent::Open(it) => format!("open{}", scoped(it)),
        Intent::Summary(project) => format!("summary of {project}"),
        Intent::Find(query, it) => format!("find {query}{}", scoped(it)),
        Intent::Todo(TodoRequest::Add(it)) => format!("add {}", todo(it)),
        Intent::Todo(TodoRequest::Complete(it)) => format!("complete {}", named(it)),
        Intent::Todo(TodoRequest::Reopen(it)) => format!("reopen {}", named(it)),
        Intent::Todo(TodoRequest::Comment(it, text)) => format!("comment on {}: {text}", named(it)),
        Intent::Todo(TodoRequest::Edit(it, edit)) => edited(&named(it), edit),
        Intent::Flow(it) => flow(it),
        Intent::Post(it) => post(it),
        Intent::Look(it) => look(it),
        Intent::Note(it) => note(it),
        other => format!("{other:?}").to_lowercase(),
    }
}

fn scoped(scope: &Scope) -> String {
    let mine = if scope.is_mine { " mine" } else { "" };
    let about = scope.about.iter().fold(mine.to_owned(), |it, about| format!("{it} about {about}"));
    about + &narrowed(scope)
}

fn narrowed(scope: &Scope) -> String {
    let parts = [
        scope.days.map(|it| format!(" due {}..{}", it.from, it.to)),
        scope.over.map(|it| format!(" over {it}")),
        scope.with.as_ref().map(|it| format!(" with {it}")),
        scope.left.as_ref().map(|it| format!(" left {it}")),
    ];
    parts.into_iter().flatten().collect()
}

fn named(name: &TodoName) -> String {
    name.project.as_ref().map_or_else(|| name.title.clone(), |it| format!("{} in {it}", name.title))
}

fn todo(words: &TodoWords) -> String {
    let parts = [
        ("project", words.project.clone()),
        ("list", words.list.clone()),
        ("place", words.place.clone()),
        ("who", words.assignee.clone()),
        ("due", words.due.map(|it| it.to_string())),
    ];
    let said = parts.into_iter().filter_map(|(name, value)| Some(format!(" {name}={}", value?)));
    said.fold(words.title.clone(), |it, part| it + &part)
}

fn edited(todo: &str, edit: &Edit) -> String {
    match edit {
        Edit::Assign(who) => format!("assign {todo} to {who}"),
        Edit::Unassign(who) => {
            format!(
                "assign {todo} to nobody{}",
                who.as_ref().map_or_else(String::new, |it| format!(" instead of {it}"))
            )
        }
        Edit::Due(day) => format!("date {todo} {day}"),
        Edit::Later(days) => format!("postpone {todo} {days}"),
        Edit::NoDue => format!("undate {todo}"),
        Edit::Rename(title) => format!("rename {todo} to {title}"),
    }
}

fn post(post: &Post) -> String {
    match post {
        Post::AddCard { title, project, column } => {
            let part = |name: &str, value: &Option<String>| {
                value.as_ref().map_or_else(String::new, |it| format!(" {name}={it}"))
            };
            format!("card {title}{}{}", part("project", project), part("column", column))
        }
        Post::MoveCard { card, column } => format!("move {card} to {column}"),
        Post::Message { project, text } => format!("message {project}: {text}"),
        Post::ChatLine { project, text } => format!("chat {project}: {text}"),
        Post::AddList { name, project } => {
            let place = project.as_ref().map_or_else(String::new, |it| format!(" project={it}"));
            format!("list {name}{place}").trim_end().to_owned()
        }
        Post::Access { people, project } => format!("access {people} to {project}"),
        Post::Undo => "undo".to_owned(),
    }
}

fn note(note: &Note) -> String {
    match note {
        Note::Remember(text) => format!("remember {text}"),
        Note::Recall(about) => {
            about.as_ref().map_or_else(|| "recall".to_owned(), |it| format!("recall {it}"))
        }
        Note::Remind { words, .. } => format!("remind {}", todo(words)).trim_end().to_owned(),
    }
}

fn items(items: &Items) -> String {
    let scope = &items.scope;
    let about: String = scope.about.iter().map(|it| format!(" {it}")).collect();
    let parts = [
        scope.is_mine.then(|| " mine".to_owned()),
        Some(about),
        items.column.as_ref().map(|it| format!(" column={it}")),
        items.is_late.then(|| " late".to_owned()),
        items.has_nobody.then(|| " nobody".to_owned()),
        items.since.as_ref().map(|it| format!(" since {it}")),
        Some(narrowed(scope)),
    ];
    parts.into_iter().flatten().collect()
}

fn look(look: &Look) -> String {
    let or = |it: &Option<String>| it.as_ref().map_or_else(String::new, |it| format!(" {it}"));
    let past = |it: &Past| {
        format!(
            "{}{}{}",
            or(&it.by),
            or(&it.about),
            it.since.as_ref().map_or_else(String::new, |it| format!(" since {it}"))
        )
    };
    match look {
        Look::Unassigned(it, is_late) => {
            let about: String = it.about.iter().map(|it| format!(" {it}")).collect();
            let late = if *is_late { " late" } else { "" };
            format!("unassigned{about}{}{late}", narrowed(it))
        }
        Look::Workload(it) => format!("workload{}", or(it)),
        Look::Busy(it, _, days) => format!("workload{} {}..{}", or(it), days.from, days.to),
        Look::Forecast(it) => format!("forecast {it}"),
        Look::Messages(it) => format!("messages {it}"),
        Look::Team(it) => format!("people about {it}"),
        Look::Person(it) => format!("person {it}"),
        Look::Happened(it) => format!("activity{}", past(it)),
        Look::Finished(it) => format!("completed{}", past(it)),
        Look::Cards(it) => format!("cards {it}"),
        Look::SomeCards(it) => format!("some cards{}", items(it)),
        Look::SomeMessages(it) => format!("some messages{}", items(it)),
        Look::FindCards(it) => format!("find cards {it}"),
        Look::Asked(it) => format!("asked {it:?}"),
    }
}

fn flow(request: &FlowRequest) -> String {
    match request {
        FlowRequest::New(it) => format!("new flow{}", recipe(it)),
        FlowRequest::Change(flow, Change::Add(all, place)) => {
            format!("change {}: add {} {}", which(flow), steps(all), placed(place))
        }
        FlowRequest::Change(flow, Change::Start(it, all)) => {
            format!("change {}: start {} {}", which(flow), start(it), steps(all))
                .trim_end()
                .to_owned()
        }
        FlowRequest::Change(flow, change) => format!("change {}: {change:?}", which(flow)),
        FlowRequest::List => "flows".to_owned(),
        FlowRequest::Explain(it) => format!("explain {}", which(it)),
        FlowRequest::Check(it) => format!("check {}", which(it)),
        FlowRequest::Run(it) => format!("run {}", which(it)),
        FlowRequest::Publish(it) => format!("publish {}", which(it)),
        FlowRequest::Switch(it, to) => format!("switch {} {to:?}", which(it)),
        FlowRequest::Delete(it) => format!("delete {}", which(it)),
        FlowRequest::Stop(it) => format!("stop a run of {}", which(it)),
        FlowRequest::Runs(it, which_runs) => format!("runs of {} {which_runs:?}", which(it)),
    }
}

fn placed(place: &Place) -> String {
    match place {
        Place::End => "last".to_owned(),
        other => format!("{other:?}"),
    }
}

fn which(flow: &Option<String>) -> &str {
    flow.as_deref().unwrap_or("it")
}

fn recipe(recipe: &Recipe) -> String {
    let name = recipe.name.as_ref().map(|it| format!(" \"{it}\"")).unwrap_or_default();
    let started = recipe.start.as_ref().map(|it| format!(" on {}", start(it))).unwrap_or_default();
    format!("{name}{started}: {}", steps(&recipe.steps))
}

fn start(start: &Start) -> String {
    match start {
        Start::Webhook => "webhook".to_owned(),
        Start::Hand => "hand".to_owned(),
        Start::Every(it) => format!("{it:?}"),
        Start::Watch(it) => watch_words::words(it),
        Start::Unknown(it) => format!("?{it}"),
    }
}

fn steps(all: &[Do]) -> String {
    all.iter().map(step).collect::<Vec<_>>().join(" | ")
}

fn step(step: &Do) -> String {
    match step {
        Do::AddTodo(it) => format!("add {}", todo(it)),
        Do::Complete(it) => format!("complete {}", named(it)),
        Do::Comment(it, text) => format!("comment on {}: {text}", named(it)),
        Do::Tell(who, message) => format!(
            "tell {} {}",
            who.as_deref().unwrap_or("me"),
            message.as_deref().unwrap_or_default()
        )
        .trim_end()
        .to_owned(),
        Do::Report(what, to) => format!(
            "report {}{}{} to {}",
            what.operation,
            what.days.map(|it| format!(" {it}")).unwrap_or_default(),
            what.project.as_ref().map(|it| format!(" in {it}")).unwrap_or_default(),
            target(to)
        ),
        Do::Post(to, text) => format!("post {text} to {}", target(to)),
        Do::AddCard(title, project, column) => {
            let card = Post::AddCard {
                title: title.clone(),
                project: project.clone(),
                column: column.clone(),
            };
            post(&card)
        }
        Do::Wait(amount, unit) => format!("wait {amount} {unit}"),
        Do::Request(method, url, _) => format!("{method} {url}"),
        Do::If(test, yes, no) => {
            format!("if {} [{}] else [{}]", tested(test), steps(yes), steps(no))
        }
        Do::ForEach(items, body) => format!("for each {items} [{}]", steps(body)),
        Do::Unknown(it) => format!("?{it}"),
    }
}

fn target(to: &Target) -> String {
    let (kind, name) = match to {
        Target::Person(it) => ("person", it),
        Target::Board(it) => ("board", it),
        Target::Chat(it) => ("chat", it),
    };
    name.as_ref().map_or_else(|| kind.to_owned(), |it| format!("{kind} {it}"))
}

fn tested(test: &Test) -> String {
    format!("{} {} {}", test.field, test.operator, test.value.as_deref().unwrap_or_default())
        .trim_end()
        .to_owned()
}
