//! The built-in assistant: plain English in, tools and plain words out. No key, no guessing, the same answer every time.

mod actions;
mod asked;
mod asked_words;
mod beside;
mod build;
mod by_name;
mod cell_tests;
mod change;
mod conditions;
mod dates;
mod edit_words;
mod edits;
mod file_words;
mod files;
mod flow_refs;
mod flow_words;
mod flows;
mod intent;
mod item_words;
mod items;
mod languages;
mod leftover;
mod listed;
mod look_words;
mod looks;
mod many;
mod narrow;
mod note_words;
mod notes;
mod other_words;
mod others;
mod phrase;
mod pick;
mod places;
mod post_words;
mod posts;
mod reads;
mod recipe;
mod references;
mod replay;
mod report_words;
mod reports;
mod run_words;
mod runs;
mod say;
mod schedule;
mod scope;
mod several;
mod starts;
mod step_words;
mod stops;
mod talked_of;
mod todo_words;
mod todos;
mod undos;
mod values;
mod waiting;
mod watch_words;
mod watching;

use crate::llm::reading;
use crate::llm::{LlmEvent, Prompt, Provider, Reply};
use chrono::NaiveDate;
use futures::stream::BoxStream;
use intent::Intent;
use note_words::Note;
use replay::{Question, Replay, Stop};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The model that needs no key.
#[derive(Clone, Copy, Debug, Default)]
pub struct Planner;

impl Provider for Planner {
    fn name(&self) -> &'static str {
        "builtin"
    }

    fn model(&self) -> &'static str {
        "builtin"
    }

    fn respond<'a>(&'a self, prompt: &'a Prompt) -> BoxStream<'a, LlmEvent> {
        reading::events(plan(prompt))
    }
}

/// The requests of an objective in order, each with whether it may change something in a project or elsewhere.
pub(crate) fn requests(objective: &str, today: NaiveDate) -> Vec<(String, bool)> {
    let changes = |it: &Intent| match it {
        Intent::Note(note) => !matches!(note, Note::Recall(_)),
        it => matches!(it, Intent::Todo(_) | Intent::Post(_) | Intent::Other(_)),
    };
    let all = several::requests(objective, today, false);
    all.into_iter().map(|(said, intent)| (said, changes(&intent))).collect()
}

/// The next step: tools that have to run, or the answer to everything that was said.
fn plan(prompt: &Prompt) -> Reply {
    let mut replay = Replay::new(prompt);
    let mut question = asked_before(prompt);
    let mut texts = Vec::new();
    for (at, said) in prompt.said.iter().enumerate() {
        if let Some(text) = about_files(prompt, (at, said), question.is_some()) {
            texts.push(text);
            continue;
        }
        match hear(&mut replay, said, question.take(), &mut texts) {
            Ok(()) => {}
            Err(Stop::Say(text)) => texts.push(text),
            Err(Stop::Calls(calls)) => return Reply { calls, ..Reply::default() },
            Err(Stop::Ask(asked)) => {
                texts.push(asked.text.clone());
                question = Some(asked);
            }
        }
    }
    let note = question.map(|it| json!({ "choices": it.choices, "question": it }));
    Reply { text: texts.join("\n\n"), note, ..Reply::default() }
}

/// What to say about files, when they are what a message is about: words that speak of them, or that mean nothing else.
fn about_files(prompt: &Prompt, (at, said): (usize, &str), is_answer: bool) -> Option<String> {
    if !prompt.has_files() {
        return None;
    }
    let is_left_to_files = match intent::read(said, prompt.today, prompt.flow.is_some()) {
        Intent::Unknown => !is_answer || files::are_meant(prompt, at, said),
        Intent::Todo(_)
        | Intent::Flow(_)
        | Intent::Post(_)
        | Intent::Note(_)
        | Intent::Other(_)
        | Intent::NeverMind => false,
        _ => files::are_meant(prompt, at, said),
    };
    if is_left_to_files { files::answer(prompt, at, said) } else { None }
}

/// The question that the turn right before this one ended with.
fn asked_before(prompt: &Prompt) -> Option<Question> {
    let last = prompt.history.last().filter(|it| it.role == "assistant")?;
    let question = last.note.as_ref()?.get("question").filter(|it| **it != Value::Null)?;
    serde_json::from_value(question.clone()).ok()
}

/// Does what a message asks for, and adds what there is to say.
fn hear(
    replay: &mut Replay<'_>,
    said: &str,
    question: Option<Question>,
    texts: &mut Vec<String>,
) -> Result<(), Stop> {
    let today = replay.prompt.today;
    let is_in_flow = replay.prompt.flow.is_some();
    let Some(question) = question else {
        return all(replay, said, BTreeMap::new(), texts);
    };
    let intent = intent::read(said, today, is_in_flow);
    let is_choice = question.choices.iter().any(|it| it.eq_ignore_ascii_case(said.trim()));
    if intent == Intent::NeverMind && !is_choice {
        return all(replay, said, BTreeMap::new(), texts);
    }
    let answer = pick::answer(said, &question);
    let Some(answer) = answer else {
        // A bare yes is an answer that fits nothing; there is no approval it could mean.
        if !matches!(intent, Intent::Unknown | Intent::Decide) {
            return all(replay, said, BTreeMap::new(), texts);
        }
        let text = format!("“{}” is not one of them. {}", said.trim(), question.text);
        return Err(Stop::Ask(Question { text, ..question }));
    };
    let mut answers = question.answers;
    answers.insert(question.slot, answer);
    all(replay, &question.request, answers, texts)
}

/// Does the requests of a message one after the other. `answers` are to questions about the first of them; when one
/// asks, it and those after it wait for the answer.
fn all(
    replay: &mut Replay<'_>,
    said: &str,
    answers: BTreeMap<String, String>,
    texts: &mut Vec<String>,
) -> Result<(), Stop> {
    let requests = several::requests(said, replay.prompt.today, replay.prompt.flow.is_some());
    let words: Vec<String> = requests.iter().map(|it| it.0.clone()).collect();
    let mut answers = Some(answers);
    for (at, (_, intent)) in requests.into_iter().enumerate() {
        let waiting = words.get(at..).unwrap_or_default().join(".\n");
        replay.begin(&waiting, answers.take().unwrap_or_default());
        match act(replay, intent) {
            Ok(text) | Err(Stop::Say(text)) => texts.push(text),
            Err(other) => return Err(other),
        }
    }
    Ok(())
}

fn act(replay: &mut Replay<'_>, intent: Intent) -> Result<String, Stop> {
    match intent {
        Intent::Hello => Ok(say::hello(&replay.prompt.asker)),
        Intent::Thanks => Ok("You are welcome.".to_owned()),
        Intent::Help => Ok(say::help()),
        Intent::NeverMind => waiting::never_mind(replay),
        Intent::Decide => waiting::decide(replay),
        Intent::Approvals => reads::approvals(replay),
        Intent::Overdue(scope) => reads::overdue(replay, &scope),
        Intent::Due(range, words, scope) => reads::due(replay, range, &words, &scope),
        Intent::Open(scope) => reads::open(replay, &scope),
        Intent::Projects => reads::projects(replay),
        Intent::People => reads::people(replay),
        Intent::Summary(project) => reads::summary(replay, &project),
        Intent::Find(query, scope) => reads::find(replay, &query, &scope),
        Intent::Status => reads::status(replay),
        Intent::Todo(request) => todos::act(replay, request),
        Intent::Flow(request) => flows::act(replay, request),
        Intent::Post(post) => posts::act(replay, &post),
        Intent::Look(look) => looks::act(replay, &look),
        Intent::Note(note) => notes::act(replay, &note),
        Intent::Other(asked) => others::act(replay, &asked),
        Intent::Command(command, rest) => by_name::act(replay, command, &rest),
        Intent::Unknown if languages::is_other(replay.request()) => Ok(say::other_language()),
        Intent::Unknown => Ok(say::unknown()),
    }
}
