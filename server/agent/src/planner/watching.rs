//! Looks up what a trigger of Basecamp names: a project, and a column of a board there.

use super::actions;
use super::recipe::Start;
use super::replay::{Replay, Stop};
use super::watch_words::Watch;
use basecamp::names::Purpose;
use domain::flow::catalog::BASECAMP;
use serde_json::{Value, json};

/// The same start with every name looked up, and asked for when it is not clear.
pub(crate) fn resolved(replay: &mut Replay<'_>, start: Start) -> Result<Start, Stop> {
    match start {
        Start::Watch(watch) => looked_up(replay, watch).map(Start::Watch),
        other => Ok(other),
    }
}

fn looked_up(replay: &mut Replay<'_>, mut watch: Watch) -> Result<Watch, Stop> {
    if watch.project.is_none() && watch.column.is_none() {
        return Ok(watch);
    }
    let field = |replay: &mut Replay<'_>, what, field, input: Value| {
        actions::choices(replay, what, (BASECAMP, "cards", field), input)
    };
    let projects = field(replay, "project", "project", json!({}))?;
    let words = watch.project.as_deref();
    let (name, project) = projects.choose(replay, "start.project", words, Purpose::Write)?;
    watch.project = Some(name);
    watch.input.insert("project".to_owned(), project.clone());
    let Some(words) = watch.column.clone() else { return Ok(watch) };
    let mut input = json!({ "operation": "create_card", "project": project });
    let boards = field(replay, "board", "card_table", input.clone())?;
    let (_, board) = boards.choose(replay, "start.board", None, Purpose::Write)?;
    input["card_table"] = board.clone();
    let columns = field(replay, "column", "column", input)?;
    let (name, column) = columns.choose(replay, "start.column", Some(&words), Purpose::Write)?;
    watch.column = Some(name);
    watch.input.insert("card_table".to_owned(), board);
    watch.input.insert("column".to_owned(), column);
    Ok(watch)
}
