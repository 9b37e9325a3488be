//! Cards, messages, chat lines and taking back. Names are looked up, never guessed; what others see waits for a yes.

use super::phrase::Phrase;
use super::pick::Options;
use super::post_words::{Post, card_places};
use super::reads::{people_of, projects_of};
use super::replay::{Replay, Stop};
use super::say;
use super::todos::not_done;
use super::undos;
use super::values;
use basecamp::names::{Purpose, folded};
use domain::project::Project;
use serde_json::{Value, json};

type Answer = Result<String, Stop>;

/// A message without a subject of its own is called by its beginning, at most this long.
const SUBJECT: usize = 60;

pub(crate) fn act(replay: &mut Replay<'_>, post: &Post) -> Answer {
    match post {
        Post::AddCard { title, project, column } => {
            add_card(replay, title, (project.as_deref(), column.as_deref()))
        }
        Post::MoveCard { card, column } => move_card(replay, card, column),
        Post::Message { project, text } => message(replay, project, text),
        Post::ChatLine { project, text } => chat_line(replay, project, text),
        Post::AddList { name, project } => add_list(replay, name, project.as_deref()),
        Post::Access { people, project } => access(replay, people, project),
        Post::Undo => undos::act(replay),
    }
}

fn project(replay: &mut Replay<'_>, words: Option<&str>) -> Result<(String, String), Stop> {
    let all = replay.call("list_projects", json!({}))?;
    let options = Options { what: "project", all: projects_of(&all) };
    let words = words.map(str::to_owned).or_else(|| replay.prompt.project.clone());
    let (name, id) = options.choose(replay, "project", words.as_deref(), Purpose::Write)?;
    Ok((name, id.to_string()))
}

/// Names and ids of the records in a list of an answer.
fn named(answer: &Value, list: &str) -> Vec<(String, i64)> {
    let items = answer.get(list).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let one = |it: &Value| Some((values::text(it, "title").to_owned(), it["id"].as_i64()?));
    items.iter().filter_map(one).collect()
}

/// The board that is meant, with its columns.
fn board(replay: &mut Replay<'_>, (name, id): &(String, String)) -> Result<Value, Stop> {
    let answer =
        replay.call("list_card_tables", json!({ "project": id, "include_columns": true }))?;
    let boards = named(&answer, "card_tables");
    if boards.is_empty() {
        return Err(Stop::Say(format!(
            "{} has no card table, so nothing was changed.",
            say::plain(name)
        )));
    }
    let (_, board) =
        Options { what: "board", all: boards }.choose(replay, "board", None, Purpose::Write)?;
    let all = answer["card_tables"].as_array().cloned().unwrap_or_default();
    Ok(all.into_iter().find(|it| it["id"] == board).unwrap_or_default())
}

fn add_card(
    replay: &mut Replay<'_>,
    title: &str,
    (place, column): (Option<&str>, Option<&str>),
) -> Answer {
    let split = if column.is_none() { split_card(replay, title, place)? } else { Vec::new() };
    let place = split.first().map(|it| it.1.as_str()).or(place);
    let project = project(replay, place)?;
    let board = board(replay, &project)?;
    let columns = Options { what: "column", all: named(&board, "lists") };
    let is_column = |it: &&(String, String, String)| columns.clear(&it.2, Purpose::Write).is_some();
    let split = split.iter().find(is_column).or(split.first());
    let title = split.map_or(title, |it| it.0.as_str());
    let column = split.map(|it| it.2.as_str()).or(column);
    let mut args = json!({ "project": project.1, "card_table_id": board["id"], "title": title });
    if let Some(words) = column {
        args["column_id"] = columns.choose(replay, "column", Some(words), Purpose::Write)?.1.into();
    }
    Ok(match replay.attempt("create_card", args)? {
        Ok(done) => {
            let card = &done["card"];
            let link = say::link(title, values::text(card, "app_url"));
            format!("Added the card {link} to {}.", say::plain(&project.0))
        }
        Err(failure) => not_done(&failure),
    })
}

/// What else may be a card's title, its project and its column; nothing where the project is one already.
fn split_card(
    replay: &mut Replay<'_>,
    title: &str,
    place: Option<&str>,
) -> Result<Vec<(String, String, String)>, Stop> {
    let Some(place) = place else { return Ok(Vec::new()) };
    let all = replay.call("list_projects", json!({}))?;
    let all = Options { what: "project", all: projects_of(&all) };
    if all.clear(place, Purpose::Write).is_some() {
        return Ok(Vec::new());
    }
    let mut split = card_places(title, place);
    split.retain(|it| all.clear(&it.1, Purpose::Write).is_some());
    // All that is left is of the project that was found first.
    let first = split.first().and_then(|it| all.clear(&it.1, Purpose::Write)).map(|it| it.1);
    split.retain(|it| all.clear(&it.1, Purpose::Write).map(|it| it.1) == first);
    Ok(split)
}

fn move_card(replay: &mut Replay<'_>, words: &str, column: &str) -> Answer {
    let answer = replay.call("search_cards", json!({ "query": words }))?;
    let found = answer["cards"].as_array().cloned().unwrap_or_default();
    let label = |it: &Value| {
        let project = it.pointer("/bucket/name").and_then(Value::as_str).unwrap_or_default();
        format!("{} · {project}", values::text(it, "title"))
    };
    let same: Vec<&Value> =
        found.iter().filter(|it| folded(values::text(it, "title")) == folded(words)).collect();
    let fits: Vec<&Value> = if same.is_empty() { found.iter().collect() } else { same };
    if fits.is_empty() {
        let words = say::plain(words);
        return Ok(format!("I found no card called “{words}”, so nothing was changed."));
    }
    let all = fits.iter().map(|it| (label(it), (*it).clone())).collect();
    let (_, card) = Options { what: "card", all }.choose(replay, "card", None, Purpose::Write)?;
    let home = card.pointer("/bucket/id").and_then(Value::as_i64).unwrap_or_default();
    let place = card.pointer("/bucket/name").and_then(Value::as_str).unwrap_or_default();
    let tables = json!({ "project": home.to_string(), "include_columns": true });
    let tables = replay.call("list_card_tables", tables)?;
    let boards = tables["card_tables"].as_array().map(Vec::as_slice).unwrap_or_default();
    // A card goes to another column of its own board.
    let from = card.pointer("/parent/id").cloned().unwrap_or_default();
    let has = |it: &&Value| {
        it["lists"].as_array().is_some_and(|all| all.iter().any(|one| one["id"] == from))
    };
    let board = boards.iter().find(has).or(boards.first()).cloned().unwrap_or_default();
    let columns = Options { what: "column", all: named(&board, "lists") };
    let (to, column) = columns.choose(replay, "column", Some(column), Purpose::Write)?;
    let args = json!({ "project": home.to_string(), "card_id": card["id"], "column_id": column });
    let link = say::link(values::text(&card, "title"), values::text(&card, "app_url"));
    Ok(match replay.attempt("move_card", args)? {
        Ok(_) => format!("Moved {link} to {} in {}.", say::plain(&to), say::plain(place)),
        Err(failure) => not_done(&failure),
    })
}

fn message(replay: &mut Replay<'_>, place: &str, text: &str) -> Answer {
    let (name, id) = project(replay, Some(place))?;
    let boards = replay.call("list_message_boards", json!({ "project": id }))?;
    let Some((_, board)) = named(&boards, "message_boards").into_iter().next() else {
        let name = say::plain(&name);
        return Ok(format!("{name} has no message board, so nothing was posted."));
    };
    let subject = subject(text);
    let args = json!({
        "project": id, "board_id": board, "subject": subject, "content": text, "status": "active"
    });
    Ok(match replay.attempt("create_message", args)? {
        Ok(done) => {
            let link = say::link(&subject, values::text(&done["message"], "app_url"));
            format!("Posted {link} to {}.", say::plain(&name))
        }
        Err(failure) => not_done(&failure),
    })
}

/// The first sentence of a text, shortened at a word.
fn subject(text: &str) -> String {
    let first = text.split(['\n', '.', '!', '?']).next().unwrap_or_default().trim();
    let first = if first.is_empty() { text.trim() } else { first };
    if first.chars().count() <= SUBJECT {
        return first.to_owned();
    }
    let mut short = String::new();
    for word in first.split_whitespace() {
        if short.chars().count() + word.chars().count() >= SUBJECT {
            break;
        }
        short.push_str(if short.is_empty() { "" } else { " " });
        short.push_str(word);
    }
    if short.is_empty() { first.chars().take(SUBJECT).collect() } else { short + "…" }
}

fn chat_line(replay: &mut Replay<'_>, place: &str, text: &str) -> Answer {
    let (name, id) = project(replay, Some(place))?;
    let chats = replay.call("list_campfires", json!({ "project": id }))?;
    let Some((_, chat)) = named(&chats, "campfires").into_iter().next() else {
        return Ok(format!("{} has no chat, so nothing was posted.", say::plain(&name)));
    };
    let args = json!({ "project": id, "chat_id": chat, "content": text });
    Ok(match replay.attempt("create_campfire_line", args)? {
        Ok(_) => format!("Said “{}” in the chat of {}.", say::plain(text), say::plain(&name)),
        Err(failure) => not_done(&failure),
    })
}

fn add_list(replay: &mut Replay<'_>, title: &str, place: Option<&str>) -> Answer {
    let title = match title {
        "" => replay.answer("title").unwrap_or_default().to_owned(),
        title => title.to_owned(),
    };
    if title.is_empty() {
        return Err(replay.ask("title", "What should the list be called?", &[]));
    }
    let (name, id) = project(replay, place)?;
    let all = replay.call("list_projects", json!({}))?;
    let all: Vec<Project> = values::list(&all, "projects");
    let set = all.iter().find(|it| it.id.to_string() == id).and_then(|it| it.todoset_id);
    let place = say::plain(&name);
    let Some(set) = set else {
        return Ok(format!("{place} has no to-dos, so nothing was changed."));
    };
    let args = json!({ "project": id, "todoset_id": set, "body": { "name": title } });
    Ok(match replay.attempt("create_todolist", args)? {
        Ok(done) => {
            let link = say::link(&title, values::text(&done["todolist"], "app_url"));
            format!("Added the list {link} to {place}.")
        }
        Err(failure) => not_done(&failure),
    })
}

/// Every name has to be somebody's: what is no person is not let in, and nobody is.
fn access(replay: &mut Replay<'_>, people: &str, place: &str) -> Answer {
    let (name, id) = project(replay, Some(place))?;
    let everybody = replay.call("list_all_people", json!({ "query": "" }))?;
    let everybody = Options { what: "person", all: people_of(&everybody) };
    let words = Phrase::new(people);
    let names =
        words.cut(|it, at| it.part(at, at + 1).fits("and").is_some() || it.stops_before(at));
    let (mut ids, mut called) = (Vec::new(), Vec::new());
    for one in names {
        let one = one.starts("and").map_or(one.clone(), |it| it.1).text();
        let Some((who, id)) = everybody.clear(&one, Purpose::Write) else {
            return Ok(format!(
                "Nobody I can let into {} is called “{}”, so nothing was changed. Say “list people” to see who is here.",
                say::plain(&name),
                say::plain(&one)
            ));
        };
        ids.push(id);
        called.push(say::plain(&who));
    }
    let args = json!({ "project": id, "body": { "grant": ids } });
    Ok(match replay.attempt("update_project_people", args)? {
        Ok(_) => format!("{} can see {} now.", called.join(" and "), say::plain(&name)),
        Err(failure) => not_done(&failure),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_called_by_its_first_sentence() {
        assert_eq!(subject("The proofs are in. See the folder."), "The proofs are in");
        assert_eq!(subject("hello"), "hello");
        let long = "one two three four five six seven eight nine ten eleven twelve thirteen";
        assert_eq!(subject(long), "one two three four five six seven eight nine ten eleven…");
    }
}
