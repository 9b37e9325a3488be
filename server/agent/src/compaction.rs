//! A conversation that is longer than a model can read: the beginning is put in short words, or left out. Turns go
//! whole, so that a call and its result are never parted.

use crate::files;
use crate::llm::{DoneCall, Prompt, Turn};
use serde_json::{Value, json};

/// About how many letters a token has.
const LETTERS: usize = 4;
/// Of the window, in percent: when to begin, and what the newest turns may keep.
const FULL: usize = 70;
const KEPT: usize = 30;
/// About how many letters a tool takes with its schema.
const TOOL_LETTERS: usize = 700;
/// The longest result that counts; longer ones are shortened anyway.
const RESULT_LETTERS: usize = 16 * 1024;
/// Letters of a turn that stay in the summary.
const GIST: usize = 160;
/// Letters of the whole summary.
const SUMMARY: usize = 4_000;

/// Makes `prompt` fit a window of so many tokens; gives how many turns and results were put away, if any.
pub(crate) fn fit(prompt: &mut Prompt, window: usize, keeps_summary: bool) -> Option<usize> {
    let room = window.saturating_mul(LETTERS);
    if length(prompt) * 100 <= room * FULL {
        return None;
    }
    let mut put_away = 0;
    let kept_room = room * KEPT / 100;
    let mut kept = 0;
    let keep = prompt
        .history
        .iter()
        .rev()
        .take_while(|turn| {
            kept += turn_length(turn);
            kept <= kept_room
        })
        .count();
    let mut from = prompt.history.len() - keep;
    // An answer never stands without its question.
    if prompt.history.get(from).is_some_and(|it| it.role != "user") && from < prompt.history.len() {
        from += 1;
    }
    let old: Vec<Turn> = prompt.history.drain(..from).collect();
    put_away += old.len();
    if keeps_summary && !old.is_empty() {
        prompt.summary = Some(summary(&old));
    }
    put_away += shorten_results(prompt, room);
    (put_away > 0).then_some(put_away)
}

/// Takes the oldest results of this run out.
fn shorten_results(prompt: &mut Prompt, room: usize) -> usize {
    let mut length = length(prompt);
    let mut shortened = 0;
    for call in &mut prompt.done {
        if length * 100 <= room * FULL {
            break;
        }
        let before = call_length(call);
        let short = json!({
            "shortened": true, "hint": "Read before and put away for lack of room. Ask again if it is needed",
        });
        call.outcome = match &call.outcome {
            Ok(_) => Ok(short),
            Err(error) => Err(error.clone()),
        };
        length = length.saturating_sub(before.saturating_sub(call_length(call)));
        shortened += 1;
    }
    shortened
}

fn summary(old: &[Turn]) -> String {
    let mut lines: Vec<String> = old
        .iter()
        .map(|turn| {
            let gist: String = turn
                .text
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ")
                .chars()
                .take(GIST)
                .collect();
            let who = if turn.role == "user" { "The person" } else { "You" };
            let done: Vec<&str> = turn.calls.iter().map(|it| it.name.as_str()).collect();
            let done = if done.is_empty() {
                String::new()
            } else {
                format!(" (used {})", done.join(", "))
            };
            format!("- {who}: {gist}{done}")
        })
        .collect();
    // The newest lines matter most.
    while lines.iter().map(String::len).sum::<usize>() > SUMMARY && lines.len() > 1 {
        lines.remove(0);
    }
    lines.join("\n")
}

fn length(prompt: &Prompt) -> usize {
    let texts = prompt.said.iter().chain(&prompt.memory).map(String::len).sum::<usize>();
    let turns = prompt.history.iter().map(turn_length).sum::<usize>();
    let done = prompt.done.iter().map(call_length).sum::<usize>();
    let files = prompt.files.iter().map(|(_, it)| files::length(it)).sum::<usize>();
    texts
        + files
        + turns
        + done
        + (prompt.tools.len() + prompt.others.len()) * TOOL_LETTERS
        + prompt.summary.as_ref().map_or(0, String::len)
}

fn turn_length(turn: &Turn) -> usize {
    turn.text.len()
        + turn.files.iter().map(files::length).sum::<usize>()
        + turn.calls.iter().map(call_length).sum::<usize>()
}

fn call_length(call: &DoneCall) -> usize {
    let size = |value: &Value| value.to_string().len();
    let (Ok(result) | Err(result)) = &call.outcome;
    size(&call.args) + size(result).min(RESULT_LETTERS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn(role: &str, letters: usize) -> Turn {
        Turn {
            role: role.into(),
            text: "x".repeat(letters),
            files: Vec::new(),
            calls: Vec::new(),
            note: None,
        }
    }

    fn long() -> Prompt {
        let history =
            (0..20).map(|it| turn(if it % 2 == 0 { "user" } else { "assistant" }, 400)).collect();
        Prompt { history, said: vec!["now".into()], ..Prompt::default() }
    }

    #[test]
    fn what_fits_is_left_alone() {
        let mut prompt = long();
        assert_eq!(fit(&mut prompt, 100_000, true), None);
        assert_eq!(prompt.history.len(), 20);
    }

    #[test]
    fn the_beginning_becomes_short_words_and_a_question_comes_first() {
        let mut prompt = long();
        assert!(fit(&mut prompt, 2_000, true).is_some());
        assert_eq!(prompt.history[0].role, "user");
        assert!(prompt.history.len() < 10);
        assert!(prompt.summary.unwrap().starts_with("- The person: xxx"));
        let mut prompt = long();
        fit(&mut prompt, 2_000, false);
        assert_eq!(prompt.summary, None);
    }

    #[test]
    fn the_oldest_results_go_first() {
        let call = |id: &str| DoneCall {
            id: id.into(),
            position: 0,
            name: "get".into(),
            args: json!({}),
            outcome: Ok(json!("y".repeat(4_000))),
        };
        let mut prompt = Prompt { done: vec![call("a"), call("b")], ..Prompt::default() };
        assert_eq!(fit(&mut prompt, 2_000, true), Some(1));
        assert_eq!(prompt.done[0].outcome.as_ref().unwrap()["shortened"], true);
        assert_eq!(prompt.done[1].outcome.as_ref().unwrap().as_str().unwrap().len(), 4_000);
    }
}
