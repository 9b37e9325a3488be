//! What "it", "that project", "her last to-do" or a name means: what the caller changed last for a word that points
//! back, else the one record that fits. What fits nothing or several is asked about, never guessed.

mod reading;

use crate::args::text_of;
use crate::error::ToolError;
use crate::knowledge_tools::unknown_yet;
use crate::tool::{Call, Done};
use basecamp::names::{self, Candidate, Match, Purpose};
use domain::todo::{Todo, TodoQuery};
use reading::{Kind, Meant, Name, Which, Whose, read};
use serde_json::{Value, json};
use store::operations::{self, OperationFilter, OperationRow};

type Outcome = Result<Done, ToolError>;

/// Changes of the workspace that are looked at.
const LOOKED_AT: i64 = 100;
/// Things that a question names.
const TOLD: usize = 12;

/// What a pronoun, a short form or a name means.
pub(crate) async fn resolve(call: Call<'_>) -> Outcome {
    let text = call.args.need("ref")?.trim().to_owned();
    let kind = call.args.text("type").and_then(Kind::read);
    let found = match read(&text, kind) {
        Meant::Last(Some(Kind::Person)) => last_person(&call).await?,
        Meant::Last(kind) => last(&call, kind).await?,
        Meant::Theirs(whose, which) => theirs(&call, &whose, which).await?,
        Meant::Named(names) => by_names(&call, &names).await?,
    };
    Ok(Done::new(match found {
        Found::One(resolved, sure) => {
            json!({ "ref": text, "resolved": resolved, "confidence": sure, "candidates": [] })
        }
        Found::Several(all) => json!({
            "ref": text, "resolved": null, "confidence": 0.4, "candidates": all, "message": "Several fit. Say which"
        }),
        Found::None(message) => json!({
            "ref": text, "resolved": null, "confidence": 0.0, "candidates": [], "message": message
        }),
    }))
}

/// What a text led to.
enum Found {
    /// One thing, and how sure that is, at most 1.
    One(Value, f64),
    Several(Vec<Value>),
    /// Nothing, and what to say.
    None(String),
}

fn nothing(message: &str) -> Found {
    Found::None(message.to_owned())
}

/// Changes of the caller that were done, the newest first.
async fn mine(call: &Call<'_>) -> Result<Vec<OperationRow>, ToolError> {
    let filter = OperationFilter {
        status: Some("completed".to_owned()),
        limit: LOOKED_AT,
        ..OperationFilter::default()
    };
    let mut conn = call.tools.db.read().await?;
    let mut rows = operations::list(&mut conn, &call.actor.workspace, &filter).await?;
    rows.retain(|it| it.user_id == call.actor.user.as_str());
    Ok(rows)
}

/// What the caller changed last, of a kind where one is said.
async fn last(call: &Call<'_>, kind: Option<Kind>) -> Result<Found, ToolError> {
    let mut rows = mine(call).await?.into_iter();
    if kind == Some(Kind::Project) {
        let Some((row, id)) = rows.find_map(|it| it.project_id.clone().map(|id| (it, id))) else {
            return Ok(nothing("You changed nothing in a project lately. Give its name"));
        };
        let project = call.project_named(&id, Purpose::Read).await?;
        let value = json!({
            "type": "project", "id": project.id, "name": project.name, "app_url": project.app_url,
            "operation_id": row.id
        });
        return Ok(Found::One(value, 0.9));
    }
    let fits = |it: &OperationRow| match kind {
        None => it.target.is_some(),
        some => it.target.is_some() && Kind::of_tool(&it.tool) == some,
    };
    Ok(match rows.find(fits) {
        Some(row) => Found::One(touched(&row), 0.9),
        None => nothing("You changed nothing of that kind lately. Give its name"),
    })
}

/// The thing that a change was about.
fn touched(row: &OperationRow) -> Value {
    let args: Value = serde_json::from_str(&row.arguments).unwrap_or_default();
    let undo: Value =
        row.undo.as_deref().and_then(|it| serde_json::from_str(it).ok()).unwrap_or_default();
    let fields =
        ["todo_id", "card_id", "recording_id", "message_id", "comment_id", "flow_id", "project_id"];
    let id = fields.iter().find_map(|name| {
        [&args[*name], &undo["args"][*name]].into_iter().find(|it| !it.is_null()).cloned()
    });
    let kind = Kind::of_tool(&row.tool).map_or("record", Kind::word);
    json!({ "type": kind, "id": id, "name": row.target, "tool": row.tool, "operation_id": row.id })
}

/// Whom the caller's last changes named: who was given something.
async fn last_person(call: &Call<'_>) -> Result<Found, ToolError> {
    const FIELDS: [&str; 5] = ["assignee", "assignees", "assignee_ids", "person", "person_id"];
    for row in mine(call).await? {
        let args: Value = serde_json::from_str(&row.arguments).unwrap_or_default();
        let named = FIELDS.iter().find_map(|field| match &args[*field] {
            Value::Array(all) => all.last().cloned(),
            Value::Null => None,
            one => Some(one.clone()),
        });
        let Some(named) = named else { continue };
        let found = by_name(call, &text_of(&named), Some(Kind::Person)).await?;
        return Ok(match found {
            Found::One(person, _) => Found::One(person, 0.9),
            other => other,
        });
    }
    Ok(nothing("Nobody was named lately. Say who"))
}

/// A to-do of somebody.
async fn theirs(call: &Call<'_>, whose: &Whose, which: Which) -> Result<Found, ToolError> {
    let person = match whose {
        Whose::Mine => by_name(call, &call.actor.name, Some(Kind::Person)).await?,
        Whose::LastPerson => last_person(call).await?,
        Whose::Named(name) => by_name(call, name, Some(Kind::Person)).await?,
    };
    let Found::One(person, _) = person else { return Ok(person) };
    let query = TodoQuery::default();
    let mut all = Box::pin(call.tools.basecamp.todos(call.actor, &query)).await?;
    all.retain(|it| !it.completed && it.assignees.iter().any(|who| person["id"] == who.id));
    if which == Which::Late {
        let today = call.tools.today(call.actor).await?.to_string();
        all.retain(|it| it.due_on.as_ref().is_some_and(|due| *due < today));
    }
    let found = match which {
        Which::Newest => all.iter().max_by_key(|it| it.id),
        // Those without a day come last.
        Which::DueFirst => {
            all.iter().min_by_key(|it| (it.due_on.is_none(), it.due_on.clone(), it.id))
        }
        Which::Late | Which::Only => all.first().filter(|_| all.len() == 1),
    };
    Ok(match found {
        Some(todo) => Found::One(shown(todo), 0.9),
        None if all.is_empty() => Found::None(format!(
            "{} has no such to-do",
            person["name"].as_str().unwrap_or("Nobody")
        )),
        None => Found::Several(all.iter().take(TOLD).map(shown).collect()),
    })
}

fn shown(todo: &Todo) -> Value {
    json!({ "type": "todo", "id": todo.id, "name": todo.title, "app_url": todo.app_url })
}

/// The one thing of this name.
async fn by_name(call: &Call<'_>, name: &str, kind: Option<Kind>) -> Result<Found, ToolError> {
    by_names(call, &[(name.to_owned(), kind)]).await
}

/// The one thing of the first name that fits exactly or in part; a close spelling counts only for the last.
async fn by_names(call: &Call<'_>, names: &[Name]) -> Result<Found, ToolError> {
    let mut several = None;
    for (at, (name, kind)) in names.iter().enumerate() {
        let all = named_records(call, name, *kind).await?;
        let candidates: Vec<Candidate> =
            all.iter().map(|it| Candidate::new(it.id, it.name.clone())).collect();
        let by_id = |it: &Candidate| all.iter().find(|row| row.id == it.id).map(Record::shown);
        match fitting(name, &candidates, at + 1 == names.len()) {
            Match::One(found) => {
                let is_exact =
                    found.name.eq_ignore_ascii_case(name) || found.id.to_string() == *name;
                let sure = if is_exact { 1.0 } else { 0.8 };
                return Ok(by_id(&found)
                    .map_or_else(|| nothing("Nothing is called that"), |it| Found::One(it, sure)));
            }
            Match::Ambiguous(found) => {
                several = Some(found.iter().take(TOLD).filter_map(by_id).collect());
            }
            Match::None => {}
        }
    }
    Ok(several.map_or_else(|| nothing("Nothing is called that"), Found::Several))
}

/// What fits a name: exactly, in part, by all its words, and where `is_close` is true by a close spelling.
fn fitting(name: &str, candidates: &[Candidate], is_close: bool) -> Match {
    match names::resolve(name, candidates, Purpose::Write) {
        Match::None => {}
        found => return found,
    }
    let mut held = with_every_word(name, candidates);
    match held.len() {
        0 if is_close => names::resolve(name, candidates, Purpose::Read),
        0 => Match::None,
        1 => Match::One(held.remove(0)),
        _ => Match::Ambiguous(held),
    }
}

/// Those whose names hold every word, in any order.
fn with_every_word(name: &str, candidates: &[Candidate]) -> Vec<Candidate> {
    let name = names::folded(name);
    let words: Vec<&str> = name.split_whitespace().collect();
    let holds = |it: &&Candidate| {
        let name = names::folded(&it.name);
        let own: Vec<&str> = name.split(|letter: char| !letter.is_alphanumeric()).collect();
        words.iter().all(|word| own.contains(word))
    };
    if words.len() < 2 { Vec::new() } else { candidates.iter().filter(holds).cloned().collect() }
}

/// A record by its name.
struct Record {
    kind: &'static str,
    id: i64,
    name: String,
    app_url: String,
}

impl Record {
    fn shown(&self) -> Value {
        json!({ "type": self.kind, "id": self.id, "name": self.name, "app_url": self.app_url })
    }
}

/// Everything of a kind, or of the kinds that people name, that may be meant.
async fn named_records(
    call: &Call<'_>,
    text: &str,
    kind: Option<Kind>,
) -> Result<Vec<Record>, ToolError> {
    let mut all: Vec<Record> = Vec::new();
    let is = |wanted: Kind| kind.is_none_or(|it| it == wanted);
    let (basecamp, actor) = (&call.tools.basecamp, call.actor);
    let record = |kind: Kind, id: i64, name: String, app_url: String| Record {
        kind: kind.word(),
        id,
        name,
        app_url,
    };
    if is(Kind::Project) {
        let found = basecamp.projects(actor).await?;
        all.extend(found.into_iter().map(|it| record(Kind::Project, it.id, it.name, it.app_url)));
    }
    if is(Kind::Person) {
        let found = basecamp.people(actor).await?;
        all.extend(found.into_iter().map(|it| record(Kind::Person, it.id, it.name, String::new())));
    }
    if is(Kind::Todo) {
        let found = Box::pin(basecamp.todos(actor, &TodoQuery::default())).await?;
        all.extend(found.into_iter().map(|it| record(Kind::Todo, it.id, it.title, it.app_url)));
    }
    let wire = match kind {
        Some(Kind::Message) => "Message",
        Some(Kind::List) => "Todolist",
        Some(Kind::Comment) => "Comment",
        Some(Kind::Board) => "Kanban::Board",
        Some(Kind::Card) => "Kanban::Card",
        _ => return Ok(all),
    };
    for it in call.stories_with(text).await?.ok_or_else(unknown_yet)? {
        if it["type"] == wire {
            let title = it["title"].as_str().filter(|it| !it.is_empty()).unwrap_or(text);
            let kind = if wire == "Message" { "message" } else { "record" };
            let (id, app_url) = (it["id"].as_i64(), it["url"].as_str());
            all.push(Record {
                kind,
                id: id.unwrap_or_default(),
                name: title.to_owned(),
                app_url: app_url.unwrap_or_default().to_owned(),
            });
        }
    }
    Ok(all)
}
