//! Cards, messages, the schedule, documents and projects.

use super::{Step, body, ids};
use crate::pieces::input::Input;
use crate::pieces::{Done, Failed};
use serde_json::{Map, Value, json};

/// Adds, moves, changes and lists cards.
pub(super) async fn cards(step: &Step<'_>) -> Result<Done, Failed> {
    let input = &step.call.input;
    let card = || input.required_integer("card", "The card");
    let column = || input.required_integer("column", "The column");
    match step.operation.as_str() {
        "create_card" => create_card(step, column()?).await,
        "move_card" => {
            let (card, column) = (card()?, column()?);
            let body = Map::from_iter([("column_id".to_owned(), column.into())]);
            let request = super::request("MoveCard", &[card])?.with(body);
            step.basecamp().send(&step.actor, &request).await.map_err(super::failed)?;
            step.fetch("GetCard", &[card]).await.map(Done::Output)
        }
        "update_card" => {
            let body = card_body(&step.details());
            step.change(("GetCard", "UpdateCard"), &[card()?], &body).await.map(Done::Output)
        }
        "get_card" => step.fetch("GetCard", &[card()?]).await.map(Done::Output),
        "list_cards" => step.list("cards", "ListCards", &[column()?]).await,
        _ => Err(step.unknown()),
    }
}

fn card_body(fields: &Input<'_>) -> Map<String, Value> {
    let mut body = body(fields, &["title", "content~", "due_on"]);
    let people = ids(fields.json("assignee_ids"));
    if !people.is_empty() {
        body.insert("assignee_ids".to_owned(), people.into());
    }
    body
}

/// A new card takes no people, so they are set after it is there.
async fn create_card(step: &Step<'_>, column: i64) -> Result<Done, Failed> {
    step.details().required_text("title", "The title")?;
    let mut body = card_body(&step.details());
    let people = body.remove("assignee_ids");
    let card = step.make("CreateCard", &[column], body).await?;
    let (Some(people), Some(id)) = (people, card["id"].as_i64()) else {
        return Ok(Done::Output(card));
    };
    let people = Map::from_iter([("assignee_ids".to_owned(), people)]);
    step.change(("GetCard", "UpdateCard"), &[id], &people).await.map(Done::Output)
}

/// Posts to message boards.
pub(super) async fn messages(step: &Step<'_>) -> Result<Done, Failed> {
    let board = step.tool("message_board", "message board").await?;
    let fields = step.details();
    match step.operation.as_str() {
        "create_message" => {
            fields.required_text("subject", "The subject")?;
            fields.required_text("content", "The message")?;
            let body = body(&fields, &["subject", "content~"]);
            step.make("CreateMessage", &[board], body).await.map(Done::Output)
        }
        "list_messages" => step.list("messages", "ListMessages", &[board]).await,
        _ => Err(step.unknown()),
    }
}

/// Lines in chats.
pub(super) async fn chats(step: &Step<'_>) -> Result<Done, Failed> {
    let chat = step.tool("chat", "chat").await?;
    let fields = step.details();
    fields.required_text("content", "The line")?;
    match step.operation.as_str() {
        "create_chat_line" => {
            let body = body(&fields, &["content"]);
            step.make("CreateCampfireLine", &[chat], body).await.map(Done::Output)
        }
        _ => Err(step.unknown()),
    }
}

/// Events of projects.
pub(super) async fn schedule(step: &Step<'_>) -> Result<Done, Failed> {
    let schedule = step.tool("schedule", "schedule").await?;
    let fields = step.details();
    match step.operation.as_str() {
        "create_schedule_entry" => {
            for (field, label) in [("summary", "What"), ("starts_at", "From"), ("ends_at", "To")] {
                fields.required_text(field, label)?;
            }
            let mut body = body(&fields, &["summary", "starts_at", "ends_at", "description~"]);
            body.insert("all_day".to_owned(), fields.flag("all_day").into());
            let people = ids(fields.json("participant_ids"));
            if !people.is_empty() {
                body.insert("participant_ids".to_owned(), people.into());
            }
            step.make("CreateScheduleEntry", &[schedule], body).await.map(Done::Output)
        }
        "list_schedule_entries" => step.list("entries", "ListScheduleEntries", &[schedule]).await,
        _ => Err(step.unknown()),
    }
}

/// Documents of projects.
pub(super) async fn documents(step: &Step<'_>) -> Result<Done, Failed> {
    let vault = step.tool("vault", "documents and files").await?;
    let fields = step.details();
    match step.operation.as_str() {
        "create_document" => {
            fields.required_text("title", "The title")?;
            fields.required_text("content", "The text")?;
            let body = body(&fields, &["title", "content~"]);
            step.make("CreateDocument", &[vault], body).await.map(Done::Output)
        }
        "list_documents" => step.list("documents", "ListDocuments", &[vault]).await,
        _ => Err(step.unknown()),
    }
}

/// Projects and people.
pub(super) async fn projects(step: &Step<'_>) -> Result<Done, Failed> {
    let (basecamp, actor) = (step.basecamp(), &step.actor);
    match step.operation.as_str() {
        "create_project" => {
            let fields = step.details();
            fields.required_text("name", "The name")?;
            let body = body(&fields, &["name", "description"]);
            step.make("CreateProject", &[], body).await.map(Done::Output)
        }
        "list_projects" => {
            let all = basecamp.projects(actor).await.map_err(super::failed)?;
            Ok(Done::Output(json!({ "count": all.len(), "projects": all })))
        }
        "list_people" => {
            let all = basecamp.people(actor).await.map_err(super::failed)?;
            Ok(Done::Output(json!({ "count": all.len(), "people": all })))
        }
        _ => Err(step.unknown()),
    }
}

/// Questions that are asked regularly.
pub(super) async fn checkins(step: &Step<'_>) -> Result<Done, Failed> {
    let questionnaire = step.tool("questionnaire", "check-ins").await?;
    match step.operation.as_str() {
        "list_questions" => step.list("questions", "ListQuestions", &[questionnaire]).await,
        _ => Err(step.unknown()),
    }
}
