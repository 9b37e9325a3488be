//! Changes of what is set up once that take more than one operation of Basecamp, or whose body is built.

use super::{Step, failed};
use crate::pieces::Failed;
use crate::pieces::input::Input;
use domain::todo::TodoQuery;
use serde_json::{Map, Value, json};

/// Days of the week as Basecamp counts them.
const DAYS: [&str; 7] =
    ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

/// Carries `operation` out; none when it is not one of these.
pub(super) async fn run(step: &Step<'_>, operation: &str) -> Option<Result<Value, Failed>> {
    Some(match operation {
        "complete_task_by_name" => by_name(step).await,
        "move_card_table_column" => move_column(step).await,
        "reposition_card_step" => move_card_step(step).await,
        "create_dock_tool" => add_tool(step).await,
        "update_lineup_marker" => change_marker(step).await,
        "create_question" => ask(step).await,
        "update_question" => change_question(step).await,
        _ => return None,
    })
}

/// Ticks off the one open to-do of the project that is called so.
async fn by_name(step: &Step<'_>) -> Result<Value, Failed> {
    let title = step.details().required_text("task", "The title")?;
    let wanted = title.trim().to_lowercase();
    let query = TodoQuery { project_id: Some(step.project()?), ..TodoQuery::default() };
    let open = step.basecamp().todos(&step.actor, &query).await.map_err(failed)?;
    let mut named = open.iter().filter(|it| it.title.trim().to_lowercase() == wanted);
    let found = match (named.next(), named.next()) {
        (Some(one), None) => one.id,
        (None, _) => {
            return Err(Failed::new(format!(
                "No open to-do of the project is called “{title}”. Check the title"
            )));
        }
        (Some(_), Some(_)) => {
            return Err(Failed::new(format!(
                "More than one open to-do of the project is called “{title}”. Choose the to-do itself instead"
            )));
        }
    };
    let done = step.basecamp().complete_todo(&step.actor, found).await.map_err(failed)?;
    serde_json::to_value(done).map_err(|_| Failed::new("Basecamp's answer cannot be kept"))
}

/// Places of columns count from 0 in Basecamp, and from 1 for people.
async fn move_column(step: &Step<'_>) -> Result<Value, Failed> {
    let (board, column) = (
        step.call.input.required_integer("card_table", "The board")?,
        step.call.input.required_integer("column", "The column")?,
    );
    let place = place(&step.details())?;
    let body = json!({ "source_id": column, "target_id": board, "position": place - 1 });
    step.make("MoveCardColumn", &[board], fields(body)).await?;
    step.fetch("GetCardColumn", &[column]).await
}

/// The same holds for steps of cards.
async fn move_card_step(step: &Step<'_>) -> Result<Value, Failed> {
    let (card, line) = (
        step.call.input.required_integer("card", "The card")?,
        step.call.input.required_integer("card_step", "The step of the card")?,
    );
    let body = json!({ "source_id": line, "position": place(&step.details())? - 1 });
    step.make("RepositionCardStep", &[card], fields(body)).await?;
    step.fetch("GetCardStep", &[line]).await
}

fn place(details: &Input<'_>) -> Result<i64, Failed> {
    let place = details.required_integer("position", "The place")?;
    if place < 1 {
        return Err(Failed::new("The place is a number from 1 on"));
    }
    Ok(place)
}

/// Basecamp's sources disagree on whether a new tool is named by its sort or by one to copy, so both are sent where the
/// project has one of the sort.
async fn add_tool(step: &Step<'_>) -> Result<Value, Failed> {
    let (project, details) = (step.project()?, step.details());
    let sort = details.required_text("tool_type", "The tool")?;
    let title = details.required_text("title", "The name")?;
    let shown = step.fetch("GetProject", &[project]).await?;
    let dock = shown["dock"].as_array().into_iter().flatten();
    let like = dock.filter(|it| it["name"] == sort.as_str()).find_map(|it| it["id"].as_i64());
    let mut body = fields(json!({ "tool_type": sort, "title": title }));
    body.extend(like.map(|it| ("source_recording_id".to_owned(), it.into())));
    step.make("CreateTool", &[project], body).await
}

/// Markers are only listed, so the one to change is found there; it is sent whole.
async fn change_marker(step: &Step<'_>) -> Result<Value, Failed> {
    let marker = step.call.input.required_integer("marker", "The marker")?;
    let all = step.items("ListLineupMarkers", &[]).await?;
    let now = all.into_iter().find(|it| it["id"].as_i64() == Some(marker));
    let now = now.ok_or_else(|| Failed::new("The marker is no longer there. Choose another"))?;
    let changes = super::body(&step.details(), &["name", "date"]);
    if changes.is_empty() {
        return Err(Failed::new("Nothing to change is filled in. Fill in what should change"));
    }
    let mut body = fields(json!({ "name": now["name"], "date": now["date"] }));
    body.extend(changes);
    step.make("UpdateLineupMarker", &[marker], body).await
}

async fn ask(step: &Step<'_>) -> Result<Value, Failed> {
    let details = step.details();
    let title = details.required_text("title", "The question")?;
    details.required_text("frequency", "How often")?;
    let questionnaire = step.tool("questionnaire", "check-ins").await?;
    let body = fields(json!({ "title": title, "schedule": schedule(&details, &Value::Null)? }));
    step.make("CreateQuestion", &[questionnaire], body).await
}

async fn change_question(step: &Step<'_>) -> Result<Value, Failed> {
    let question = step.call.input.required_integer("question", "The question")?;
    let details = step.details();
    let mut body = super::body(&details, &["title"]);
    if ["frequency", "days", "hour"].iter().any(|it| details.value(it).is_some()) {
        let now = step.fetch("GetQuestion", &[question]).await?;
        body.insert("schedule".to_owned(), schedule(&details, &now["schedule"])?);
    }
    step.change(("GetQuestion", "UpdateQuestion"), &[question], &body).await
}

/// When a question is asked: what the step says over what it was.
fn schedule(details: &Input<'_>, before: &Value) -> Result<Value, Failed> {
    let mut schedule = before.as_object().cloned().unwrap_or_default();
    schedule.retain(|_, it| !it.is_null());
    if let Some(frequency) = details.text("frequency") {
        schedule.insert("frequency".to_owned(), frequency.into());
    }
    let days = days(details)?;
    if !days.is_empty() {
        schedule.insert("days".to_owned(), days.into());
    }
    if let Some(hour) = details.integer("hour") {
        if !(0..24).contains(&hour) {
            return Err(Failed::new("The hour is a number from 0 to 23"));
        }
        schedule.insert("hour".to_owned(), hour.into());
    }
    for (name, value) in
        [("days", json!([1, 2, 3, 4, 5])), ("hour", 9.into()), ("minute", 0.into())]
    {
        schedule.entry(name).or_insert(value);
    }
    Ok(Value::Object(schedule))
}

/// Days by name or number, 0 being Sunday.
fn days(details: &Input<'_>) -> Result<Vec<usize>, Failed> {
    let given = details.list("days", "On which days")?;
    let read = |it: &Value| {
        let word = crate::pieces::input::as_text(it).trim().to_lowercase();
        let number = word.parse().ok().filter(|it: &usize| *it < DAYS.len());
        let name = || DAYS.iter().position(|day| word.len() > 1 && day.starts_with(&word));
        number.or_else(name).ok_or_else(|| {
            Failed::new(format!("“{word}” is not a day of the week. Write it as Monday"))
        })
    };
    given.iter().map(read).collect()
}

fn fields(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}
