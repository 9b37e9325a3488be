//! A conversation that is longer than a model can read: the beginning is put in short words, once, or left out. Turns
//! go whole, so that a call and its result are never parted.

use crate::files;
use crate::llm::{DoneCall, Prompt, Turn};
use crate::untrusted;
use serde_json::{Value, json};
use store::chat::summaries::StoredSummary;

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
/// Turns that are told as they were: at most, and how many of them stay once there are more.
const MOST_TURNS: usize = 40;
const KEPT_TURNS: usize = 20;

/// What was put away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PutAway {
    /// How many turns and results.
    pub(crate) count: usize,
    /// What stands for the turns from now on; none where only results were put away.
    pub(crate) summary: Option<StoredSummary>,
}

/// Makes `prompt` fit a window of so many tokens; gives what was put away, if anything.
pub(crate) fn fit(prompt: &mut Prompt, window: usize, keeps_summary: bool) -> Option<PutAway> {
    let room = window.saturating_mul(LETTERS);
    let is_full = length(prompt) * 100 > room * FULL;
    let is_long = keeps_summary && prompt.history.len() > MOST_TURNS;
    if !is_full && !is_long {
        return None;
    }
    let kept_room = if is_full { room * KEPT / 100 } else { usize::MAX };
    let old = older(prompt, kept_room, keeps_summary);
    let mut count = old.len();
    let summary = (keeps_summary && !old.is_empty()).then(|| shortened(prompt, &old));
    count += shorten_results(prompt, room);
    (count > 0).then_some(PutAway { count, summary })
}

/// Takes the turns out that are not among the newest, which may have so many letters.
fn older(prompt: &mut Prompt, kept_room: usize, keeps_summary: bool) -> Vec<Turn> {
    let most =
        if keeps_summary && prompt.history.len() > MOST_TURNS { KEPT_TURNS } else { MOST_TURNS };
    let mut kept = 0;
    let keep = prompt
        .history
        .iter()
        .rev()
        .take(most)
        .take_while(|turn| {
            kept = turn_length(turn).saturating_add(kept);
            kept <= kept_room
        })
        .count();
    let mut from = prompt.history.len() - keep;
    // An answer never stands without its question.
    if prompt.history.get(from).is_some_and(|it| it.role != "user") && from < prompt.history.len() {
        from += 1;
    }
    prompt.history.drain(..from).collect()
}

/// Puts `old` in short words, behind those that were there before.
fn shortened(prompt: &mut Prompt, old: &[Turn]) -> StoredSummary {
    let text = summary(prompt.summary.as_deref(), old);
    let is_outside = |it: &Turn| {
        !it.files.is_empty() || it.calls.iter().any(|it| untrusted::is_outside(&it.name))
    };
    prompt.is_summary_tainted |= old.iter().any(is_outside);
    prompt.summary = Some(text.clone());
    let until_seq = old.last().map_or(0, |it| it.seq);
    StoredSummary { until_seq, text, is_tainted: prompt.is_summary_tainted }
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

fn summary(before: Option<&str>, old: &[Turn]) -> String {
    let mut lines: Vec<String> =
        before.into_iter().flat_map(str::lines).map(str::to_owned).collect();
    lines.extend(old.iter().map(gist));
    // The newest lines matter most.
    while lines.iter().map(String::len).sum::<usize>() > SUMMARY && lines.len() > 1 {
        lines.remove(0);
    }
    lines.join("\n")
}

/// A turn in one line.
fn gist(turn: &Turn) -> String {
    let gist: String =
        turn.text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(GIST).collect();
    let who = if turn.role == "user" { "The person" } else { "You" };
    let done: Vec<&str> = turn.calls.iter().map(|it| it.name.as_str()).collect();
    let done = if done.is_empty() { String::new() } else { format!(" (used {})", done.join(", ")) };
    format!("- {who}: {gist}{done}")
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

    fn turn(seq: i64, letters: usize) -> Turn {
        let role = if seq % 2 == 1 { "user" } else { "assistant" };
        Turn {
            seq,
            role: role.into(),
            text: "x".repeat(letters),
            files: Vec::new(),
            calls: Vec::new(),
            note: None,
        }
    }

    fn long() -> Prompt {
        let history = (1..=20).map(|it| turn(it, 400)).collect();
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
        let summary = fit(&mut prompt, 2_000, true).unwrap().summary.unwrap();
        assert_eq!(prompt.history[0].role, "user");
        assert!(prompt.history.len() < 10);
        assert!(summary.text.starts_with("- The person: xxx") && !summary.is_tainted);
        assert_eq!(prompt.summary, Some(summary.text));
        assert_eq!(summary.until_seq + 1, prompt.history[0].seq);
        let mut prompt = long();
        fit(&mut prompt, 2_000, false);
        assert_eq!(prompt.summary, None);
    }

    #[test]
    fn more_turns_than_are_told_go_into_what_was_short_before() {
        let mut prompt = Prompt {
            history: (1..=41).map(|it| turn(it, 10)).collect(),
            summary: Some("- The person: the very first".into()),
            is_summary_tainted: true,
            ..Prompt::default()
        };
        let mut plain = prompt.clone();
        let summary = fit(&mut prompt, 100_000, true).unwrap().summary.unwrap();
        assert!(summary.text.starts_with("- The person: the very first\n- The person: xxx"));
        assert_eq!((summary.until_seq, summary.is_tainted, prompt.history.len()), (22, true, 19));
        assert_eq!(fit(&mut plain, 100_000, false), None);
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
        let put_away = PutAway { count: 1, summary: None };
        assert_eq!(fit(&mut prompt, 2_000, true), Some(put_away));
        assert_eq!(prompt.done[0].outcome.as_ref().unwrap()["shortened"], true);
        assert_eq!(prompt.done[1].outcome.as_ref().unwrap().as_str().unwrap().len(), 4_000);
    }
}
