//! What the model is told: the turns before, what was said, what was done.

use crate::agent::Agent;
use crate::llm::{DoneCall, File, Prompt, Round, Turn};
use crate::runtime::Runtime;
use crate::task::Task;
use chrono::NaiveDate;
use domain::ids::MessageId;
use domain::problem::Problem;
use serde_json::{Value, json};
use store::chat::attachments::{self, StoredFile};
use store::chat::journal::{self, CallStatus, StoredCall};
use store::chat::rounds::{self, StoredRound};
use store::chat::runs::StoredRun;
use store::chat::{self, Owner, StoredMessage, summaries};
use store::db::Conn;
use store::{memories, workspaces};
use tools::personas;

/// How many turns before this one are told.
const TURNS: i64 = 40;
/// How many more are read where they can be put in short words.
const BEFORE: i64 = 40;
/// How many of the newest files of a conversation are told.
const FILES: i64 = 8;
/// Notes of earlier conversations: how many, how important at least, how long.
const NOTES: i64 = 12;
const LEAST_IMPORTANCE: f64 = 0.5;
const NOTE_CHARS: usize = 300;

impl Agent {
    /// Everything the model of `run`, which works for `task`, is told. One that `is_fresh` was begun just now, so nothing
    /// was done in it.
    pub(crate) async fn prompt(
        &self,
        run: &StoredRun,
        task: Option<&Task>,
        is_fresh: bool,
    ) -> Result<Prompt, Problem> {
        let mut conn = self.0.db.read().await?;
        let said = chat::said_in(&mut conn, &run.workspace, &run.root).await?;
        let first = said.first().map_or(i64::MAX, |it| it.seq);
        let is_short = Runtime::parse(&run.run.runtime) == Some(Runtime::V1);
        let summary = match first {
            1 => None,
            _ if is_short => None,
            _ => summaries::find(&mut conn, &run.workspace, &run.run.session_id).await?,
        };
        let count = if is_short { TURNS } else { TURNS + BEFORE };
        let mut before = match first {
            // Nothing was said before the first message.
            1 => Vec::new(),
            first => chat::messages(&mut conn, &run.run.session_id, first, count).await?,
        };
        before.retain(|it| summary.as_ref().is_none_or(|summary| it.seq > summary.until_seq));
        let (calls, rounds) = if is_fresh {
            (Vec::new(), Vec::new())
        } else {
            let calls = journal::calls(&mut conn, &run.root).await?;
            (calls, rounds::of_chain(&mut conn, &run.workspace, &run.root).await?)
        };
        let memory = match is_short {
            true => Vec::new(),
            false => notes(&mut conn, run).await?,
        };
        let owner = Owner { workspace: run.workspace.clone(), user: run.user.clone() };
        let files = attachments::newest(&mut conn, &owner, &run.run.session_id, FILES).await?;
        let workspace = workspaces::find(&mut conn, &run.workspace).await?;
        let mut rules: Vec<String> = task.into_iter().map(Task::words).collect();
        let place = (&run.workspace, &run.user);
        rules.extend(personas::told(&mut conn, place, &run.run.session_id).await?);
        let today = run.today.parse::<NaiveDate>().unwrap_or_default();
        Ok(Prompt {
            asker: run.user_name.clone(),
            asker_id: run.user.clone(),
            today,
            timezone: workspace.map_or_else(|| "UTC".to_owned(), |it| it.timezone),
            flow: run.flow.clone(),
            project: run.project.clone(),
            memory,
            rules,
            is_summary_tainted: summary.as_ref().is_some_and(|it| it.is_tainted),
            summary: summary.map(|it| it.text),
            history: before.into_iter().map(|it| turn(it, &files)).collect(),
            files: said
                .iter()
                .enumerate()
                .flat_map(|(at, it)| beside(&files, &it.id).map(move |file| (at, file)))
                .collect(),
            said: said.into_iter().map(|it| it.text).collect(),
            done: calls.into_iter().filter_map(done).collect(),
            rounds: rounds.into_iter().map(round).collect(),
            tools: Vec::new(),
            others: Vec::new(),
        })
    }
}

/// The notes that matter most to this person, as lines.
async fn notes(conn: &mut Conn, run: &StoredRun) -> Result<Vec<String>, Problem> {
    let place = (&run.workspace, &run.user);
    let found = memories::visible(conn, place, LEAST_IMPORTANCE, NOTES).await?;
    let is_about = |it: &memories::Memory| {
        it.scope != "project" || it.project_id.is_none() || it.project_id == run.project
    };
    Ok(found
        .into_iter()
        .filter(is_about)
        .map(|it| {
            let text: String = it.content.split_whitespace().collect::<Vec<_>>().join(" ");
            let text: String = text.chars().take(NOTE_CHARS).collect();
            format!("{} ({}, {}): {text}", it.kind, it.scope, it.trust)
        })
        .collect())
}

/// The files of a message, in their order.
fn beside<'a>(files: &'a [StoredFile], message: &'a MessageId) -> impl Iterator<Item = File> + 'a {
    files.iter().filter(move |it| it.message == *message).map(|it| File {
        name: it.about.name.clone(),
        kind: it.about.kind,
        media_type: it.about.media_type.clone(),
        content: it.content.as_str().into(),
    })
}

fn turn(stored: StoredMessage, files: &[StoredFile]) -> Turn {
    let files = beside(files, &stored.message.id).collect();
    let calls = stored.message.tool_results.as_ref().and_then(Value::as_array);
    Turn {
        seq: stored.seq,
        role: stored.message.role,
        text: stored.message.content,
        files,
        calls: calls.into_iter().flatten().filter_map(kept).collect(),
        note: stored.note,
    }
}

fn round(stored: StoredRound) -> Round {
    let count = |it: i64| usize::try_from(it).unwrap_or_default();
    Round {
        heard: count(stored.heard),
        text: stored.text,
        note: stored.note,
        calls: (count(stored.first_call), count(stored.end_call)),
    }
}

/// A call that ended.
fn done(call: StoredCall) -> Option<DoneCall> {
    let result = call.result.unwrap_or(Value::Null);
    let outcome = match call.status {
        CallStatus::Ok => Ok(result),
        CallStatus::Error => Err(result),
        _ => return None,
    };
    let position = usize::try_from(call.position).unwrap_or_default();
    // What is done needs its secrets no more: neither the model nor the conversation gets them.
    let args = tools::secret_args::hidden(&call.args);
    Some(DoneCall { id: call.id, position, name: call.name, args, outcome })
}

/// How calls are kept with the turn: what was asked for, and what came back.
pub(crate) fn keep(calls: Vec<StoredCall>) -> (Option<Value>, Option<Value>) {
    let done: Vec<DoneCall> = calls.into_iter().filter_map(done).collect();
    if done.is_empty() {
        return (None, None);
    }
    let asked = done.iter().map(|it| json!({ "id": it.id, "name": it.name, "arguments": it.args }));
    let results = done.iter().map(|it| {
        let (is_ok, result) = match &it.outcome {
            Ok(result) => (true, result),
            Err(error) => (false, error),
        };
        json!({ "id": it.id, "name": it.name, "arguments": it.args, "success": is_ok, "result": result })
    });
    (Some(asked.collect()), Some(results.collect()))
}

fn kept(value: &Value) -> Option<DoneCall> {
    let result = value.get("result").cloned().unwrap_or(Value::Null);
    let is_ok = value.get("success").and_then(Value::as_bool).unwrap_or(false);
    Some(DoneCall {
        id: value.get("id")?.as_str()?.to_owned(),
        position: 0,
        name: value.get("name")?.as_str()?.to_owned(),
        args: value.get("arguments").cloned().unwrap_or(Value::Null),
        outcome: if is_ok { Ok(result) } else { Err(result) },
    })
}
