//! What is kept for later, and reminders. A note is the person's own, and they see it under Settings, Memory.

use super::note_words::Note;
use super::replay::{Replay, Stop};
use super::say;
use super::todo_words::TodoWords;
use super::todos::{self, not_done};
use super::values;
use serde_json::{Value, json};

type Answer = Result<String, Stop>;

/// Most notes an answer shows.
const ROWS: usize = 12;
/// How much a note counts that somebody asked for.
const IMPORTANCE: f64 = 0.8;

pub(crate) fn act(replay: &mut Replay<'_>, note: &Note) -> Answer {
    match note {
        Note::Remember(text) => remember(replay, text),
        Note::Recall(about) => recall(replay, about.as_deref()),
        Note::Remind { words, has_hour } => remind(replay, words, *has_hour),
    }
}

fn remember(replay: &mut Replay<'_>, text: &str) -> Answer {
    let args = json!({ "memory_type": "fact", "content": text, "importance": IMPORTANCE });
    Ok(match replay.attempt("pmos_memory_save", args)? {
        Ok(_) => format!(
            "I will remember: “{}”. You can change it under [Settings, Memory](/settings/memory).",
            say::plain(text)
        ),
        Err(failure) => not_done(&failure),
    })
}

fn recall(replay: &mut Replay<'_>, about: Option<&str>) -> Answer {
    let query = about.map(|it| it.strip_prefix("the ").unwrap_or(it)).filter(|it| *it != "me");
    let args = json!({ "query": query.unwrap_or_default(), "min_importance": 0.0, "limit": ROWS });
    let answer = replay.call("pmos_memory_recall", args)?;
    let all = answer.get("memories").and_then(Value::as_array).cloned().unwrap_or_default();
    if all.is_empty() {
        let about = query.map_or_else(String::new, |it| format!(" about {}", say::plain(it)));
        return Ok(format!("I keep no notes{about}. Say “remember that …” to make one."));
    }
    let rows: Vec<String> = all
        .iter()
        .take(ROWS)
        .map(|it| format!("- {}", say::plain(values::text(it, "content"))))
        .collect();
    let head = format!("**{} I keep.**", say::count(all.len(), "note"));
    Ok(format!("{head}\n\n{}", rows.join("\n")))
}

/// A to-do has a day and no hour, which is said.
fn remind(replay: &mut Replay<'_>, words: &TodoWords, has_hour: bool) -> Answer {
    let words = TodoWords { assignee: Some("me".to_owned()), ..words.clone() };
    let added = todos::add(replay, &words)?;
    Ok(if has_hour {
        format!("{added}\n\nIt is a to-do of yours with that day; a to-do has no hour.")
    } else {
        added
    })
}
