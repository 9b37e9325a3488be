//! Walking the steps of a run. Code is not run: a code step gives back what it was given, or fails where it throws.

use super::words::{holds, resolved};
use serde_json::{Map, Value, json};
use std::pin::Pin;

type Walk<'a> = Pin<Box<dyn Future<Output = Ended> + Send + 'a>>;

/// How a walk stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Ended {
    /// Every step was taken.
    Done,
    /// A respond step ended it.
    Stopped,
    /// At this step: its name and what people read.
    Failed(String, String),
    /// A step waits.
    Paused,
}

/// What the steps did so far.
#[derive(Default)]
pub(super) struct Journal {
    /// By name, as runs show them.
    pub(super) steps: Map<String, Value>,
    /// What expressions see, by name.
    pub(super) seen: Map<String, Value>,
    /// What a respond step answers the caller.
    pub(super) response: Option<Value>,
}

impl Journal {
    /// One that begins with what the trigger gave, and steps that were taken before.
    pub(super) fn new(trigger: &Value, before: &Map<String, Value>) -> Self {
        let mut journal = Self::default();
        for (name, step) in before.iter().filter(|(_, it)| it["status"] == "SUCCEEDED") {
            journal.note(name, step.clone());
        }
        journal.note(
            "trigger",
            json!({
                "type": "PIECE_TRIGGER", "status": "SUCCEEDED", "input": {}, "output": trigger,
            }),
        );
        journal
    }

    fn note(&mut self, name: &str, step: Value) {
        self.seen.insert(name.to_owned(), step["output"].clone());
        self.steps.insert(name.to_owned(), step);
    }
}

/// Takes `step` and every one after it.
pub(super) fn walk<'a>(journal: &'a mut Journal, step: &'a Value) -> Walk<'a> {
    Box::pin(async move {
        let mut next = step;
        while next.is_object() {
            let name = next["name"].as_str().unwrap_or_default();
            let is_done = journal.steps.get(name).is_some_and(|it| it["status"] == "SUCCEEDED");
            let ended = if next["skip"] == true || is_done {
                Ended::Done
            } else {
                Box::pin(take(journal, next)).await
            };
            if ended != Ended::Done {
                return ended;
            }
            next = &next["nextAction"];
        }
        Ended::Done
    })
}

async fn take(journal: &mut Journal, step: &Value) -> Ended {
    match step["type"].as_str().unwrap_or_default() {
        "LOOP_ON_ITEMS" => each(journal, step).await,
        "ROUTER" => choose(journal, step).await,
        kind => one(journal, step, kind).await,
    }
}

fn failed(journal: &mut Journal, step: &Value, row: Value) -> Ended {
    let text = |field: &str| step[field].as_str().unwrap_or_default().to_owned();
    journal.note(&text("name"), row);
    let goes_on = step["settings"]["errorHandlingOptions"]["continueOnFailure"]["value"] == true;
    if goes_on { Ended::Done } else { Ended::Failed(text("name"), text("displayName")) }
}

async fn each(journal: &mut Journal, step: &Value) -> Ended {
    let name = step["name"].as_str().unwrap_or_default().to_owned();
    let items = resolved(&step["settings"]["items"], &journal.seen);
    let input = json!({ "items": items });
    let Value::Array(items) = items else {
        let row = json!({
            "type": "LOOP_ON_ITEMS", "status": "FAILED", "input": input,
            "output": { "index": 0, "iterations": [] }, "duration": 1.5,
            "errorMessage": "{\"message\":\"The items you have selected must be a list.\"}",
        });
        return failed(journal, step, row);
    };
    let mut output = json!({ "index": 0, "iterations": [] });
    for (at, item) in items.into_iter().enumerate() {
        output["index"] = (at + 1).into();
        output["item"] = item;
        journal.seen.insert(name.clone(), output.clone());
        let mut inside = Journal { seen: journal.seen.clone(), ..Journal::default() };
        let ended = walk(&mut inside, &step["firstLoopAction"]).await;
        let round = Value::Object(inside.steps);
        if let Some(rounds) = output["iterations"].as_array_mut() {
            rounds.push(round);
        }
        if ended != Ended::Done {
            let row = json!({ "type": "LOOP_ON_ITEMS", "status": "FAILED", "input": input, "output": output });
            journal.note(&name, row);
            return ended;
        }
    }
    let row = json!({
        "type": "LOOP_ON_ITEMS", "status": "SUCCEEDED", "input": input, "output": output, "duration": 1.5,
    });
    journal.note(&name, row);
    Ended::Done
}

async fn choose(journal: &mut Journal, step: &Value) -> Ended {
    let settings = resolved(&step["settings"], &journal.seen);
    let branches: Vec<Value> = settings["branches"].as_array().cloned().unwrap_or_default();
    let all = |group: &Value| group.as_array().is_some_and(|it| it.iter().all(holds));
    let fits = |it: &Value| it["conditions"].as_array().is_some_and(|it| it.iter().any(all));
    let mut chosen: Vec<bool> = branches.iter().map(fits).collect();
    if !chosen.contains(&true) {
        chosen = branches.iter().map(|it| it["branchType"] == "FALLBACK").collect();
    }
    let told = branches.iter().zip(&chosen).enumerate().map(|(at, (branch, is_chosen))| {
        json!({ "branchName": branch["branchName"], "branchIndex": at + 1, "evaluation": is_chosen })
    });
    let row = json!({
        "type": "ROUTER", "status": "SUCCEEDED", "input": settings, "duration": 0.3,
        "output": { "branches": told.collect::<Vec<_>>() },
    });
    journal.note(step["name"].as_str().unwrap_or_default(), row);
    let takes_all = settings["executionType"] == "EXECUTE_ALL_MATCH";
    for at in chosen.iter().enumerate().filter(|(_, it)| **it).map(|(at, _)| at) {
        let ended = walk(journal, &step["children"][at]).await;
        if ended != Ended::Done || !takes_all {
            return ended;
        }
    }
    Ended::Done
}

async fn one(journal: &mut Journal, step: &Value, kind: &str) -> Ended {
    let settings = &step["settings"];
    let input = resolved(&settings["input"], &journal.seen);
    let row = |status: &str, rest: Value| {
        let mut row = json!({ "type": kind, "status": status, "input": input, "duration": 2.5 });
        if let (Some(row), Value::Object(rest)) = (row.as_object_mut(), rest) {
            row.extend(rest);
        }
        row
    };
    let name = step["name"].as_str().unwrap_or_default();
    let piece = settings["pieceName"].as_str().unwrap_or_default();
    let piece = piece.trim_start_matches("@activepieces/piece-");
    match (piece, settings["actionName"].as_str().unwrap_or_default()) {
        ("webhook", "return_response") => {
            journal.response = Some(input["fields"].clone());
            journal.note(name, row("SUCCEEDED", json!({ "output": input["fields"] })));
            if input["respond"] == "respond" { Ended::Done } else { Ended::Stopped }
        }
        ("data-mapper", _) => {
            journal.note(name, row("SUCCEEDED", json!({ "output": input["mapping"] })));
            Ended::Done
        }
        ("delay", _) => {
            journal.note(name, row("PAUSED", json!({ "output": {} })));
            Ended::Paused
        }
        ("http", _) => match super::runs::requested(&input).await {
            Ok(output) if output["status"].as_u64().is_some_and(|it| it < 400) => {
                journal.note(name, row("SUCCEEDED", json!({ "output": output })));
                Ended::Done
            }
            Ok(output) => {
                let error = json!({ "response": { "status": output["status"], "body": output["body"] }, "request": {} });
                let rest = json!({ "errorMessage": format!("{error:#}") });
                failed(journal, step, row("FAILED", rest))
            }
            Err(error) => {
                failed(journal, step, row("FAILED", json!({ "errorMessage": error.to_string() })))
            }
        },
        _ if settings["sourceCode"]["code"].as_str().is_some_and(|it| it.contains("throw")) => {
            let rest = json!({ "errorMessage": "Error: thrown\n    at code (<isolated-vm>:1:31)" });
            failed(journal, step, row("FAILED", rest))
        }
        _ => {
            journal.note(name, row("SUCCEEDED", json!({ "output": input })));
            Ended::Done
        }
    }
}
