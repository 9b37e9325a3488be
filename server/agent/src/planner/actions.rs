//! The single steps of a flow: what each needs is looked up, and asked for when it is not clear.

use super::build::Builder;
use super::pick::Options;
use super::recipe::Start;
use super::replay::{Replay, Stop};
use super::say;
use super::todo_words::{self, TodoName, TodoWords};
use super::todos::open_named;
use super::values;
use super::watch_words;
use basecamp::names::Purpose;
use domain::flow::Action;
use domain::flow::catalog::{BASECAMP, DELAY, HTTP, NOTIFY, step};
use domain::flow::listing::Choice;
use serde_json::{Map, Value, json};

impl Builder<'_, '_> {
    /// The choices of a field, as the canvas shows them.
    fn choices(
        &mut self,
        what: &'static str,
        field: (&str, &str, &str),
        input: Value,
    ) -> Result<Options<Value>, Stop> {
        choices(self.replay, what, field, input)
    }

    pub(super) fn projects(&mut self) -> Result<Options<Value>, Stop> {
        self.choices("project", (BASECAMP, "todos", "project"), json!({}))
    }

    pub(super) fn add_todo(&mut self, words: &TodoWords) -> Result<(Option<Action>, String), Stop> {
        let projects = self.projects()?;
        let (title, place) = self.title_and_place(words, &projects)?;
        let named = words.project.clone().or_else(|| place.clone());
        let is_list = words.project.is_none()
            && named.as_deref().is_some_and(|it| projects.clear(it, Purpose::Write).is_none());
        let project_words = named.filter(|_| !is_list);
        let (project_name, project) = projects.choose(
            self.replay,
            &self.slot("project"),
            project_words.as_deref(),
            Purpose::Write,
        )?;
        let lists = self.choices(
            "list",
            (BASECAMP, "todos", "todolist"),
            json!({ "operation": "create_todo", "project": project }),
        )?;
        let list_words = words.list.clone().or_else(|| place.filter(|_| is_list));
        let (list_name, list) =
            lists.choose(self.replay, &self.slot("list"), list_words.as_deref(), Purpose::Write)?;
        let mut inputs = json!({ "content": self.references.value(&title) });
        if let Some(due) = words.due {
            inputs["due_on"] = due.to_string().into();
        }
        if let Some(who) = &words.assignee {
            let people = self.choices(
                "person",
                (BASECAMP, "todos", "assignee_ids"),
                json!({ "project": project }),
            )?;
            let (_, id) =
                people.choose(self.replay, &self.slot("person"), Some(who), Purpose::Write)?;
            inputs["assignee_ids"] = json!([id]);
        }
        let name = self.name();
        let input = fields(
            json!({ "operation": "create_todo", "project": project, "todolist": list, "inputs": inputs }),
        );
        self.added = Some((name.clone(), project_name.clone()));
        let said = format!(
            "Add a to-do “{}” to {} in {}",
            say::plain(&title),
            say::plain(&list_name),
            say::plain(&project_name)
        );
        Ok((step::piece_action_with(&name, BASECAMP, "todos", input), said))
    }

    fn title_and_place(
        &mut self,
        words: &TodoWords,
        projects: &Options<Value>,
    ) -> Result<(String, Option<String>), Stop> {
        let slot = self.slot("title");
        let title = if words.title.is_empty() {
            self.replay.answer(&slot).unwrap_or_default()
        } else {
            &words.title
        };
        if title.is_empty() {
            return Err(self.replay.ask(&slot, "What should the to-do be called?", &[]));
        }
        if words.project.is_some() || words.place.is_some() {
            return Ok((title.to_owned(), words.place.clone()));
        }
        let split = todo_words::places(title)
            .into_iter()
            .find(|(_, it)| projects.clear(it, Purpose::Write).is_some());
        Ok(split.map_or_else(|| (title.to_owned(), None), |(title, place)| (title, Some(place))))
    }

    pub(super) fn complete(&mut self, name: &TodoName) -> Result<(Option<Action>, String), Stop> {
        let todo = self.todo(name)?;
        let input =
            fields(json!({ "operation": "complete_todo", "project": todo.0, "todo": todo.1 }));
        let step_name = self.name();
        Ok((
            step::piece_action_with(&step_name, BASECAMP, "todos", input),
            format!("Complete {}", todo.2),
        ))
    }

    pub(super) fn comment(
        &mut self,
        name: &TodoName,
        text: &str,
    ) -> Result<(Option<Action>, String), Stop> {
        let todo = self.todo(name)?;
        let slot = self.slot("comment");
        let text = if text.is_empty() {
            self.replay.answer(&slot).unwrap_or_default().to_owned()
        } else {
            text.to_owned()
        };
        if text.is_empty() {
            return Err(self.replay.ask(&slot, "What should the comment say?", &[]));
        }
        let inputs = json!({ "project": todo.0, "recording_id": todo.1, "content": self.references.value(&text) });
        let input = fields(json!({ "operation": "create_comment", "inputs": inputs }));
        let step_name = self.name();
        let said = format!("Comment on {}: “{}”", todo.2, say::plain(&text));
        Ok((step::piece_action_with(&step_name, BASECAMP, "comments", input), said))
    }

    /// Project, to-do and words: the one added before for "the to-do", else one that is open now.
    fn todo(&mut self, name: &TodoName) -> Result<(Value, Value, String), Stop> {
        let is_same = matches!(
            name.title.to_lowercase().as_str(),
            "to-do" | "the to-do" | "that to-do" | "the task" | "todo"
        );
        if let Some((step, _)) = self.added.as_ref().filter(|_| is_same) {
            let field = |it: &str| Value::from(format!("{{{{{step}['{it}']}}}}"));
            return Ok((field("project_id"), field("id"), "the new to-do".to_owned()));
        }
        if let Start::Watch(watch) = &self.start
            && is_same
            && watch_words::is_todo(watch)
        {
            let field = |it: &str| Value::from(format!("{{{{trigger{it}}}}}"));
            return Ok((field("['project']['id']"), field("['id']"), "that to-do".to_owned()));
        }
        let todo = open_named(self.replay, name)?;
        Ok((todo.project_id.into(), todo.id.into(), format!("“{}”", say::plain(&todo.title))))
    }

    pub(super) fn tell(
        &mut self,
        who: Option<&str>,
        message: Option<&str>,
    ) -> Result<(Option<Action>, String), Stop> {
        let message = message.map_or_else(|| self.news(), |it| self.references.value(it));
        self.tell_exactly(who, &message)
    }

    /// Tells a person inside PM OS; none is the one who asks.
    pub(super) fn tell_exactly(
        &mut self,
        who: Option<&str>,
        message: &str,
    ) -> Result<(Option<Action>, String), Stop> {
        let (whom, person) = match who {
            None => ("you".to_owned(), Value::from(self.replay.prompt.asker_id.as_str())),
            Some(who) => {
                let people =
                    self.choices("person", (NOTIFY, "notify_person", "person"), json!({}))?;
                people.choose(self.replay, &self.slot("person"), Some(who), Purpose::Write)?
            }
        };
        let name = self.name();
        let input = fields(json!({ "person": person, "message": message }));
        let said =
            format!("Tell {}: “{}”", say::plain(&whom), say::plain(&say::with_fields(message)));
        Ok((step::piece_action_with(&name, NOTIFY, "notify_person", input), said))
    }

    /// What there is to tell when nothing was said.
    fn news(&self) -> String {
        match (&self.added, &self.start) {
            (Some((step, project)), _) => format!("Added {{{{{step}['title']}}}} to {project}"),
            (None, Start::Watch(watch)) => watch_words::news(watch).to_owned(),
            (None, _) => format!("The flow “{}” ran", self.flow_name),
        }
    }

    pub(super) fn wait(&mut self, amount: u64, unit: &str) -> (Option<Action>, String) {
        let input = fields(json!({ "unit": unit, "delayFor": amount }));
        let name = self.name();
        (step::piece_action_with(&name, DELAY, "delayFor", input), format!("Wait {amount} {unit}"))
    }

    pub(super) fn request(
        &mut self,
        method: &str,
        url: &str,
        has_body: bool,
    ) -> (Option<Action>, String) {
        let mut input = json!({ "method": method, "url": self.references.value(url) });
        if has_body && self.start == Start::Webhook {
            input["body_type"] = "json".into();
            input["body"] = json!({ "data": "{{trigger['body']}}" });
        }
        let name = self.name();
        let said = format!("Send a {method} request to {}", say::plain(url));
        (step::piece_action_with(&name, HTTP, "send_request", fields(input)), said)
    }
}

/// The choices of a field of a step.
pub(super) fn choices(
    replay: &mut Replay<'_>,
    what: &'static str,
    (piece, action, field): (&str, &str, &str),
    input: Value,
) -> Result<Options<Value>, Stop> {
    let args = json!({ "piece_name": piece, "action": action, "field": field, "input": input });
    let answer = replay.call("flow_piece_options", args)?;
    let all: Vec<Choice> = values::list(&answer, "options");
    Ok(Options { what, all: all.into_iter().map(|it| (it.label, it.value)).collect() })
}

pub(super) fn fields(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}
