//! How the planner is written: as straight-line code that calls tools.
//!
//! A plan runs from its beginning every time. A tool that already ended gives its recorded result at once; the first one
//! that did not stops the plan, is executed by the runtime, and the plan runs again. So a plan survives restarts and
//! approvals without any state of its own.

use crate::llm::{DoneCall, Prompt, Wanted};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use tools::other_tools::as_called;

/// Reads that hold for a whole plan: several requests of one message look the same names up.
const ONCE: [&str; 4] = ["search_todos", "list_projects", "list_all_people", "list_assigned_to_me"];

/// Why a plan stopped.
#[derive(Debug, PartialEq)]
pub(crate) enum Stop {
    /// These tools have to run first.
    Calls(Vec<Wanted>),
    /// The person has to say more.
    Ask(Question),
    /// It ends here, with these words.
    Say(String),
}

/// A question to the person, with what to go on with when they answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Question {
    /// What is asked, with the choices below it.
    pub(crate) text: String,
    /// What can be answered; anything when empty.
    pub(crate) choices: Vec<String>,
    /// The name of what is missing.
    pub(crate) slot: String,
    /// What the person asked for in the first place.
    pub(crate) request: String,
    /// What they answered before.
    pub(crate) answers: BTreeMap<String, String>,
}

/// A tool that failed, in plain words.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Failure {
    /// The code of contract.md 8.5.
    pub(crate) code: String,
    /// For people.
    pub(crate) message: String,
    /// What to do about it; empty where the tool does not say.
    hint: String,
    /// The page where it is done; empty where there is none.
    fix_url: String,
}

/// One plan under way.
pub(crate) struct Replay<'a> {
    pub(crate) prompt: &'a Prompt,
    /// What the person asked for in the first place.
    request: String,
    /// What they answered to earlier questions about it.
    answers: BTreeMap<String, String>,
    recorded: Vec<Option<&'a DoneCall>>,
}

impl<'a> Replay<'a> {
    /// A plan for what `prompt` holds.
    pub(crate) fn new(prompt: &'a Prompt) -> Self {
        let recorded = prompt.done.iter().map(Some).collect();
        Self { prompt, request: String::new(), answers: BTreeMap::new(), recorded }
    }

    /// Goes on with another request of the same run.
    pub(crate) fn begin(&mut self, request: &str, answers: BTreeMap<String, String>) {
        request.clone_into(&mut self.request);
        self.answers = answers;
    }

    /// What the person asked for, as they wrote it.
    pub(crate) fn request(&self) -> &str {
        &self.request
    }

    /// What the person answered for `slot`.
    pub(crate) fn answer(&self, slot: &str) -> Option<&str> {
        self.answers.get(slot).map(String::as_str)
    }

    /// The result of a tool.
    ///
    /// # Errors
    /// Stops while it has not run; ends the plan with plain words when it failed.
    pub(crate) fn call(&mut self, tool: &str, args: Value) -> Result<Value, Stop> {
        self.attempt(tool, args)?.map_err(|it| Stop::Say(it.in_words()))
    }

    /// The result of a tool, or why it failed.
    ///
    /// # Errors
    /// Stops while it has not run.
    pub(crate) fn attempt(
        &mut self,
        tool: &str,
        args: Value,
    ) -> Result<Result<Value, Failure>, Stop> {
        let mut all = self.attempt_all(vec![Wanted::new(tool, args)])?;
        all.pop().ok_or_else(|| Stop::Say("Nothing was done".to_owned()))
    }

    /// The results of several tools that do not depend on one another.
    ///
    /// # Errors
    /// Stops while some have not run.
    pub(crate) fn attempt_all(
        &mut self,
        wanted: Vec<Wanted>,
    ) -> Result<Vec<Result<Value, Failure>>, Stop> {
        let mut results = Vec::new();
        let mut missing = Vec::new();
        for call in wanted {
            match self.take(&call) {
                Some(done) => results.push(done.outcome.clone().map_err(|it| failure(&it))),
                None => missing.push(call),
            }
        }
        if missing.is_empty() { Ok(results) } else { Err(Stop::Calls(missing)) }
    }

    /// Asks the person for `slot`; the plan runs again with their answer.
    pub(crate) fn ask(&self, slot: &str, question: &str, choices: &[String]) -> Stop {
        let mut text = question.to_owned();
        if !choices.is_empty() {
            text.push('\n');
            for choice in choices {
                text.push_str("\n- ");
                text.push_str(choice);
            }
        }
        Stop::Ask(Question {
            text,
            choices: choices.to_vec(),
            slot: slot.to_owned(),
            request: self.request.clone(),
            answers: self.answers.clone(),
        })
    }

    fn take(&mut self, call: &Wanted) -> Option<&'a DoneCall> {
        // A tool of another server was asked for by its own name.
        let is_same = |it: &DoneCall| match as_called(&it.name, &it.args) {
            Some((name, args)) => name == call.name && args == call.args,
            None => it.name == call.name && it.args == call.args,
        };
        let at = self.recorded.iter().position(|it| it.is_some_and(is_same));
        match at {
            Some(at) => self.recorded.get_mut(at)?.take(),
            None if ONCE.contains(&call.name.as_str()) => {
                self.prompt.done.iter().find(|it| is_same(it))
            }
            None => None,
        }
    }
}

fn failure(error: &Value) -> Failure {
    let text = |key: &str| error.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    Failure {
        code: text("code"),
        message: text("message"),
        hint: text("hint"),
        fix_url: text("fix_url"),
    }
}

impl Failure {
    /// What happened, and what to do next where the tool says so.
    fn in_words(self) -> String {
        match (self.hint.as_str(), self.fix_url.as_str()) {
            ("", _) => self.message,
            (hint, "") => format!("{}. {hint}.", self.message),
            (hint, fix) => format!("{}. [{hint}]({fix}).", self.message),
        }
    }
}
