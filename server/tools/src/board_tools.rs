//! Boards, and the other tools of a dock.

use crate::error::ToolError;
use crate::lists;
use crate::planned::{name_of, short};
use crate::tool::{Call, Done};
use basecamp::names::Purpose;
use basecamp::records::Request;
use domain::problem::Problem;
use domain::project::Project;
use serde_json::{Map, Value, json};

type Outcome = Result<Done, ToolError>;

/// The tools of one sort in a project's dock, as records.
async fn docked(call: &Call<'_>, (tool, read, items): (&str, &str, &str)) -> Outcome {
    let project = call.project(Purpose::Read).await?;
    let found = tools(call, &project, (tool, read)).await?.0;
    if found.is_empty() {
        return Ok(lists::absent(items, tool));
    }
    let value = lists::all(items, &found);
    Ok(Done::new(lists::with(value, json!({ "project": short(&project) }))))
}

/// The same as records, and the rows of the dock that were looked at. What is switched off is put aside in Basecamp: it
/// comes along when `include_archived` asks for it.
async fn tools(
    call: &Call<'_>,
    project: &Project,
    (tool, read): (&str, &str),
) -> Result<(Vec<Value>, Vec<Value>), ToolError> {
    let is_whole = call.args.is_on("include_archived");
    let mut docks = call.docks(project.id).await?;
    docks.retain(|it| it["name"] == tool);
    let mut found = Vec::new();
    for dock in docks.iter().filter(|it| is_whole || it["enabled"] == true) {
        let Some(id) = dock["id"].as_i64() else { continue };
        match call.raw(read, &[id]).await {
            Err(ToolError::Problem(Problem::NotFound { .. })) if dock["enabled"] == false => {}
            record => found.push(record?),
        }
    }
    Ok((found, docks))
}

/// How much there is in the tools of a project, those left out that a switch turns off.
pub(crate) async fn places(call: &Call<'_>, project: i64) -> Result<Value, ToolError> {
    const PLACES: [(&str, &str, &str, &str, &[&str]); 4] = [
        ("include_todolists", "todolists", "todoset", "GetTodoset", &["todolists_count"]),
        ("include_card_tables", "card_tables", "kanban_board", "GetCardTable", &[]),
        (
            "include_message_boards",
            "message_boards",
            "message_board",
            "GetMessageBoard",
            &["messages_count"],
        ),
        (
            "include_vaults",
            "vaults",
            "vault",
            "GetVault",
            &["documents_count", "uploads_count", "vaults_count"],
        ),
    ];
    let docks = call.docks(project).await?;
    let mut counts = Map::new();
    for (switch, name, tool, read, fields) in PLACES {
        if !call.args.wants(switch) {
            continue;
        }
        let mut found = Vec::new();
        for dock in docks.iter().filter(|it| it["name"] == tool && it["enabled"] == true) {
            let Some(id) = dock["id"].as_i64() else { continue };
            let record = call.raw(read, &[id]).await?;
            let mut counted = json!({ "id": id, "title": dock["title"] });
            for field in fields {
                counted[*field] = record[*field].clone();
            }
            if let Some(columns) = record["lists"].as_array() {
                let cards = columns.iter().filter_map(|it| it["cards_count"].as_u64());
                counted["cards_count"] = cards.sum::<u64>().into();
                counted["columns_count"] = columns.len().into();
            }
            found.push(counted);
        }
        counts.insert(name.to_owned(), found.into());
    }
    Ok(Value::Object(counts))
}

pub(crate) async fn message_boards(call: Call<'_>) -> Outcome {
    docked(&call, ("message_board", "GetMessageBoard", "message_boards")).await
}

pub(crate) async fn vaults(call: Call<'_>) -> Outcome {
    docked(&call, ("vault", "GetVault", "vaults")).await
}

pub(crate) async fn inboxes(call: Call<'_>) -> Outcome {
    docked(&call, ("inbox", "GetInbox", "inboxes")).await
}

pub(crate) async fn campfires(call: Call<'_>) -> Outcome {
    if call.args.text("project").is_some() {
        return docked(&call, ("chat", "GetCampfire", "campfires")).await;
    }
    Ok(Done::new(lists::read(
        "campfires",
        &call.listing(Request::new("ListCampfires", &[])).await?,
    )))
}

pub(crate) async fn tables(call: Call<'_>) -> Outcome {
    let project = call.project(Purpose::Read).await?;
    let (found, docks) = tools(&call, &project, ("kanban_board", "GetCardTable")).await?;
    let is_absent = found.is_empty();
    let mut value = lists::with(
        if is_absent {
            lists::absent("card_tables", "kanban_board").value
        } else {
            lists::all("card_tables", &found)
        },
        json!({ "project": short(&project) }),
    );
    if call.args.is_on("debug") {
        value["debug"] = json!({ "dock": docks, "tables_read": found.len() });
    }
    if call.args.is_on("include_columns") {
        return Ok(Done::new(value));
    }
    for table in value["card_tables"].as_array_mut().into_iter().flatten() {
        if let Some(fields) = table.as_object_mut() {
            fields.shift_remove("lists");
        }
    }
    Ok(Done::new(value))
}

/// A board with its columns and, when asked, the cards of each.
struct Board {
    table: Value,
    columns: Vec<Value>,
    cards: usize,
}

/// A part of a project's boards.
struct Page {
    project: Project,
    boards: Vec<Board>,
    /// How many the project has.
    total: usize,
    /// Where the next part begins.
    next: Option<usize>,
}

impl Page {
    fn facts(&self) -> Value {
        json!({ "project": short(&self.project), "next_cursor": self.next, "total": self.total })
    }
}

/// The boards from `cursor` on, `most` at most; the cards of the other ones are not read.
async fn boards(call: &Call<'_>, with_cards: bool, most: Option<usize>) -> Result<Page, ToolError> {
    let project = call.project(Purpose::Read).await?;
    let wanted = call.args.number("card_table_id");
    let most_cards = call.args.size("max_cards_per_column").filter(|_| with_cards);
    let mut tables = tools(call, &project, ("kanban_board", "GetCardTable")).await?.0;
    if let Some(id) = wanted {
        tables.retain(|it| it["id"] == id);
        if tables.is_empty() {
            return Err(Problem::not_found("Card table").into());
        }
    }
    let (total, at) = (tables.len(), call.args.size("cursor").unwrap_or(0));
    let most = most.unwrap_or(usize::MAX);
    let next = at.checked_add(most).filter(|it| *it < total);
    let mut boards = Vec::new();
    for table in tables.into_iter().skip(at).take(most) {
        let (mut columns, mut total) = (Vec::new(), 0);
        for mut column in table["lists"].as_array().cloned().unwrap_or_default() {
            let id = column["id"].as_i64().unwrap_or_default();
            let count = column["cards_count"].as_u64().unwrap_or_default();
            total += usize::try_from(count).unwrap_or_default();
            if with_cards {
                let request = Request::new("ListCards", &[id.to_string()]);
                let mut cards = call.listing(request).await?.items;
                cards.truncate(most_cards.unwrap_or(usize::MAX));
                column["cards"] = cards.into();
            }
            columns.push(column);
        }
        boards.push(Board { table, columns, cards: total });
    }
    Ok(Page { project, boards, total, next })
}

/// Every card of the boards, each with its column: in short, or whole when details are asked for.
pub(crate) async fn cards(call: Call<'_>) -> Outcome {
    let page = boards(&call, true, call.args.size("max_boards")).await?;
    let is_whole = call.args.is_on("include_details");
    let mut all = Vec::new();
    for board in &page.boards {
        for column in &board.columns {
            for card in column["cards"].as_array().into_iter().flatten() {
                let place = json!({
                    "card_table_id": board.table["id"], "column_id": column["id"], "column_title": column["title"]
                });
                let card = if is_whole { card.clone() } else { lists::compact(card) };
                all.push(lists::with(card, place));
            }
        }
    }
    let value = lists::all("cards", &all);
    let more = lists::with(page.facts(), json!({ "boards": page.boards.len() }));
    Ok(Done::new(lists::with(value, more)))
}

fn summary(board: &Board) -> Value {
    let column = |it: &Value| {
        let cards = it.get("cards").and_then(Value::as_array);
        let cards = cards.map(|it| it.iter().map(lists::compact).collect::<Vec<_>>());
        let short =
            json!({ "id": it["id"], "title": it["title"], "cards_count": it["cards_count"] });
        match cards {
            Some(cards) => lists::with(short, json!({ "cards": cards })),
            None => short,
        }
    };
    json!({
        "id": board.table["id"], "title": board.table["title"], "app_url": board.table["app_url"],
        "cards_count": board.cards, "columns": board.columns.iter().map(column).collect::<Vec<_>>()
    })
}

pub(crate) async fn summaries(call: Call<'_>) -> Outcome {
    let page = boards(&call, call.args.is_on("include_cards"), None).await?;
    let all: Vec<Value> = page.boards.iter().map(summary).collect();
    let value = lists::all("card_tables", &all);
    Ok(Done::new(lists::with(value, json!({ "project": short(&page.project) }))))
}

/// The same, one board a call.
pub(crate) async fn next_summary(call: Call<'_>) -> Outcome {
    let page = boards(&call, call.args.is_on("include_cards"), Some(1)).await?;
    let one: Vec<Value> = page.boards.iter().map(summary).collect();
    Ok(Done::new(lists::with(lists::all("card_tables", &one), page.facts())))
}

/// The whole content of the boards of a project: a part of them, or with `auto_all` all of them up to
/// `max_boards_total`; kept table by table when asked.
pub(crate) async fn contents(call: Call<'_>) -> Outcome {
    let part = call.args.size("max_boards");
    let total = call.args.size("max_boards_total");
    let most =
        if call.args.is_on("auto_all") { total } else { [part, total].into_iter().flatten().min() };
    let page = boards(&call, call.args.wants("include_cards"), most).await?;
    let is_full = call.args.is_on("include_details") || call.args.is_on("full_dump");
    let whole = |it: &Board| {
        lists::with(it.table.clone(), json!({ "lists": it.columns, "cards_count": it.cards }))
    };
    let found: Vec<Value> =
        page.boards.iter().map(|it| if is_full { whole(it) } else { summary(it) }).collect();
    let value = lists::with(lists::all("card_tables", &found), page.facts());
    let a_chunk = call.args.size("cache_chunk_boards").unwrap_or(1).max(1);
    if !call.args.is_on("cache_output") {
        return Ok(Done::new(value));
    }
    let kept = call.tools.kept(call.actor, ("card_tables", found), a_chunk).await?;
    Ok(Done::new(lists::with(value, kept)))
}

/// Adds a card to a column, or to the first one of the board.
pub(crate) async fn create_card(call: Call<'_>) -> Outcome {
    let project = call.project(Purpose::Write).await?;
    let table = call.raw("GetCardTable", &[call.args.need_number("card_table_id")?]).await?;
    if table.pointer("/bucket/id").and_then(Value::as_i64) != Some(project.id) {
        return Err(Problem::not_found("Card table").into());
    }
    let columns = table["lists"].as_array().cloned().unwrap_or_default();
    let wanted = call.args.number("column_id");
    let column = columns.iter().find(|it| wanted.is_none_or(|id| it["id"] == id));
    let column = column
        .and_then(|it| it["id"].as_i64())
        .ok_or_else(|| Problem::invalid("column_id", "This board has no such column"))?;
    let mut body = Map::from_iter([("title".to_owned(), call.args.need("title")?.into())]);
    let words = call.args.text("content").or_else(|| call.args.text("description"));
    body.extend(words.map(|it| ("content".to_owned(), basecamp::Basecamp::rich(it).into())));
    body.extend(call.args.text("due_on").map(|it| ("due_on".to_owned(), it.into())));
    let request = Request::new("CreateCard", &[column.to_string()]).map(|it| it.with(body));
    let request = request.ok_or_else(|| Problem::not_found("Operation of Basecamp"))?;
    let mut card = call.tools.basecamp.send(call.actor, &request).await?;
    let id = card["id"].as_i64().unwrap_or_default();
    if let Some(position) = call.args.number("position") {
        put(&call, id, (column, Some(position))).await?;
        card = call.raw("GetCard", &[id]).await?;
    }
    let undo = json!({ "project": project.id.to_string(), "recording_id": id });
    let left = json!({ "title": card["title"], "content": card["content"], "due_on": card["due_on"], "status": "active" });
    let message = format!("Added “{}” to {}", name_of(&card), project.name);
    Ok(Done::new(json!({ "message": message, "project": short(&project), "card": card }))
        .on(name_of(&card))
        .within(project.id)
        .undone_by("trash_recording", &undo)
        .guarded(json!({ "operation": "GetCard", "params": [id.to_string()], "fields": left })))
}

async fn put(
    call: &Call<'_>,
    card: i64,
    (column, position): (i64, Option<i64>),
) -> Result<(), ToolError> {
    let mut body = Map::from_iter([("column_id".to_owned(), column.into())]);
    body.extend(position.map(|it| ("position".to_owned(), it.into())));
    let request = Request::new("MoveCard", &[card.to_string()]).map(|it| it.with(body));
    let request = request.ok_or_else(|| Problem::not_found("Operation of Basecamp"))?;
    call.tools.basecamp.send(call.actor, &request).await?;
    Ok(())
}

/// Moves a card to a column or a position; the column stays when none is named.
pub(crate) async fn move_card(call: Call<'_>) -> Outcome {
    let project = call.project(Purpose::Write).await?;
    let id = call.args.need_number("card_id")?;
    let before = call.raw("GetCard", &[id]).await?;
    if before.pointer("/bucket/id").and_then(Value::as_i64) != Some(project.id) {
        return Err(Problem::not_found("Card").into());
    }
    let home = before.pointer("/parent/id").and_then(Value::as_i64).unwrap_or_default();
    let column = call.args.number("column_id");
    if column.is_none() && call.args.number("position").is_none() {
        return Err(Problem::invalid("column_id", "Say where to: column_id or position").into());
    }
    put(&call, id, (column.unwrap_or(home), call.args.number("position"))).await?;
    let card = call.raw("GetCard", &[id]).await?;
    let to = card.pointer("/parent/title").and_then(Value::as_str).unwrap_or_default();
    let message = format!("Moved “{}” to {to} in {}", name_of(&card), project.name);
    let undo = json!({
        "project": project.id.to_string(), "card_id": id, "column_id": home, "position": before["position"]
    });
    let left = json!({ "column_id": card.pointer("/parent/id") });
    Ok(Done::new(json!({ "message": message, "project": short(&project), "card": card }))
        .on(name_of(&card))
        .within(project.id)
        .undone_by("move_card", &undo)
        .guarded(json!({ "operation": "GetCard", "params": [id.to_string()], "fields": left })))
}
