//! What a change of a record in Basecamp would do, for the person who is asked to allow it: the record and the people by
//! their names, and each field from what to what.

use crate::error::ToolError;
use crate::plan::{Does, Verb, Writing};
use crate::planned::{self, name_of};
use crate::plans;
use crate::preview::{Preview, seen_by};
use crate::tool::{Call, ToolSpec};
use basecamp::Basecamp;
use basecamp::names::Purpose;
use domain::approval::Change;
use domain::problem::Problem;
use serde_json::{Map, Value, json};

/// How much of a long text is shown.
const LONG: usize = 240;
/// Fields that hold what a record is called.
const NAMES: [&str; 4] = ["title", "subject", "name", "summary"];

/// What the plan of `spec` would do; none when the tool runs no plan that writes.
///
/// # Errors
/// When what the arguments name cannot be found.
pub(crate) async fn change(call: &Call<'_>, spec: &ToolSpec) -> Result<Option<Preview>, ToolError> {
    let plan = plans::find(spec.name);
    let Some((plan, Does::Write(writing))) = plan.map(|it| (it, it.does)) else { return Ok(None) };
    let (project, record, body) = planned::before(call, plan, &writing).await?;
    let place = project.as_ref().map_or_else(String::new, |it| format!(" in {}", it.name));
    let told = told(call, (spec, &writing), (&record, &body)).await?;
    let what = &told.summary;
    let seen = project.as_ref().map_or_else(String::new, |it| seen_by(&it.name));
    let guard =
        json!({ "name": name_of(&record), "status": record["status"], "was": was(&record, &body) });
    let title = format!("{}{place}", spec.title);
    let preview = Preview::new(title, format!("{what}{seen}"), guard);
    let preview = preview.changing(told.subject, told.changes);
    Ok(Some(match project {
        Some(project) => preview.seen_in(&project.name),
        None => preview,
    }))
}

/// Where a card would go.
///
/// # Errors
/// When there is no such card or column.
pub(crate) async fn move_card(call: &Call<'_>) -> Result<Preview, ToolError> {
    let project = call.project(Purpose::Write).await?;
    let card = call.raw("GetCard", &[call.args.need_number("card_id")?]).await?;
    let home = &card["parent"];
    let to = match call.args.number("column_id") {
        Some(id) => call.raw("GetCardColumn", &[id]).await?,
        None => home.clone(),
    };
    let at = call.args.number("position").map_or_else(String::new, |it| format!(", to place {it}"));
    let summary = format!(
        "“{}” goes from {} to {}{at}{}",
        name_of(&card),
        name_of(home),
        name_of(&to),
        seen_by(&project.name)
    );
    let guard = json!({ "name": name_of(&card), "status": card["status"], "column": home["id"] });
    let mut changes = vec![Change::new("Column", Some(name_of(home)), name_of(&to))];
    let place = call.args.number("position");
    changes.extend(place.map(|it| Change::new("Place", None, it.to_string())));
    let preview = Preview::new(format!("Move a card in {}", project.name), summary, guard);
    Ok(preview.changing(name_of(&card), changes).seen_in(&project.name))
}

/// What a new card would be.
///
/// # Errors
/// When there is no such board or column.
pub(crate) async fn create_card(call: &Call<'_>) -> Result<Preview, ToolError> {
    let project = call.project(Purpose::Write).await?;
    let table = call.raw("GetCardTable", &[call.args.need_number("card_table_id")?]).await?;
    if !basecamp::records::is_within(&table, Some(project.id)) {
        return Err(Problem::not_found("Card table").into());
    }
    let wanted = call.args.number("column_id");
    let columns = table["lists"].as_array().map(Vec::as_slice).unwrap_or_default();
    let column = columns.iter().find(|it| wanted.is_none_or(|id| it["id"] == id));
    let column =
        column.ok_or_else(|| Problem::invalid("column_id", "This board has no such column"))?;
    let due = call.args.text("due_on").map_or_else(String::new, |it| format!(", due {}", day(it)));
    let text = call.args.text("content").or_else(|| call.args.text("description"));
    let text = text.map_or_else(String::new, |it| format!(": “{}”", short(it)));
    let summary = format!(
        "“{}” is added to the column {} of {}{due}{text}{}",
        call.args.need("title")?,
        name_of(column),
        name_of(&table),
        seen_by(&project.name)
    );
    let guard = json!({ "project": project.id, "column": column["id"] });
    let mut changes = vec![Change::new("Column", None, name_of(column))];
    let on = call.args.text("due_on").map(|it| Change::new("Due", None, day(it)));
    changes.extend(on);
    let preview = Preview::new(format!("Add a card to {}", project.name), summary, guard);
    Ok(preview.changing(call.args.need("title")?, changes).seen_in(&project.name))
}

/// What becomes of a record, in a sentence and piece by piece.
struct Told {
    summary: String,
    subject: String,
    changes: Vec<Change>,
}

async fn told(
    call: &Call<'_>,
    (spec, writing): (&ToolSpec, &Writing),
    (record, body): (&Value, &Map<String, Value>),
) -> Result<Told, ToolError> {
    let is_new = writing.verb == Verb::Create;
    let subject = if is_new {
        NAMES.iter().find_map(|it| body.get(*it).and_then(Value::as_str)).map(str::to_owned)
    } else {
        Some(name_of(record)).filter(|it| !it.is_empty())
    };
    let (mut parts, mut changes) = (Vec::new(), Vec::new());
    for (field, value) in body {
        let is_told = is_new && NAMES.contains(&field.as_str());
        if is_told || field == "status" || field == "notify" {
            continue;
        }
        let old = if is_new { None } else { earlier(record, field) };
        let mut change = changed(call, field, (value, old.as_ref())).await?;
        if is_new && field == "content" {
            "saying".clone_into(&mut change.label);
        }
        let was = change.from.as_ref().map(|it| format!(" instead of {it}"));
        // A short message is called by all it says, which is said once.
        let is_said = is_new && subject.as_ref().is_some_and(|it| change.to == format!("“{it}”"));
        if !is_said {
            parts.push(format!("{} {}{}", change.label, change.to, was.unwrap_or_default()));
        }
        changes.push(Change { label: capital(&change.label), ..change });
    }
    let named = subject.clone().unwrap_or_default();
    let subject = subject.map_or_else(|| spec.meaning.to_owned(), |it| format!("“{it}”"));
    let home = name_of(record);
    let head = match writing.verb {
        Verb::Create if home.is_empty() => format!("{subject} is added"),
        Verb::Create => format!("{subject} is added to {home}"),
        Verb::Change => subject,
        Verb::Act => format!("{subject}: {}", spec.meaning),
    };
    let summary = if parts.is_empty() { head } else { format!("{head}: {}", parts.join("; ")) };
    Ok(Told { summary, subject: named, changes })
}

fn capital(label: &str) -> String {
    let mut letters = label.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

/// One field, in words: what it becomes and, where that is known, what it was.
async fn changed(
    call: &Call<'_>,
    field: &str,
    (new, old): (&Value, Option<&Value>),
) -> Result<Change, ToolError> {
    let mut people = Vec::new();
    if field.ends_with("_ids") {
        people = call.tools.basecamp.people(call.actor).await?;
    }
    let said = |value: &Value| match value {
        Value::Null => "nothing".to_owned(),
        Value::Array(ids) if field.ends_with("_ids") => {
            let named: Vec<&str> = people
                .iter()
                .filter(|it| ids.contains(&Value::from(it.id)))
                .map(|it| it.name.as_str())
                .collect();
            if named.is_empty() { "nobody".to_owned() } else { named.join(", ") }
        }
        Value::String(text) if text.is_empty() => "nothing".to_owned(),
        Value::String(text) if field.ends_with("_on") => day(text),
        Value::String(text) => format!("“{}”", short(&Basecamp::words(text))),
        Value::Bool(is_on) => if *is_on { "yes" } else { "no" }.to_owned(),
        other => short(&crate::args::text_of(other)),
    };
    let label = match field {
        "assignee_ids" => "assigned to".to_owned(),
        "due_on" => "due".to_owned(),
        "starts_on" => "starts".to_owned(),
        "content" | "title" => "now called".to_owned(),
        "completion_subscriber_ids" => "told when it is done".to_owned(),
        other => other.replace('_', " "),
    };
    let was = old.filter(|it| *it != new).map(said);
    Ok(Change::new(label, was, said(new)))
}

/// What a field of a record holds now, as a change would send it.
fn earlier(record: &Value, field: &str) -> Option<Value> {
    let ids = |name: &str| {
        let people = record.get(name)?.as_array()?;
        Some(people.iter().map(|it| it["id"].clone()).collect::<Vec<_>>().into())
    };
    match field {
        "assignee_ids" => ids("assignees"),
        "completion_subscriber_ids" => ids("completion_subscribers"),
        other => record.get(other).cloned(),
    }
}

fn was(record: &Value, body: &Map<String, Value>) -> Value {
    let fields = body.keys().map(|it| (it.clone(), earlier(record, it).unwrap_or_default()));
    Value::Object(fields.collect())
}

pub(crate) fn day(text: &str) -> String {
    let read = chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d");
    read.map_or_else(|_| text.to_owned(), |it| it.format("%-d %B %Y").to_string())
}

fn short(text: &str) -> String {
    let plain = text.trim();
    if plain.chars().count() <= LONG {
        return plain.to_owned();
    }
    format!("{}…", plain.chars().take(LONG).collect::<String>().trim_end())
}
