//! A model that says what it was told to: for tests of everything around it.

use super::reading::events;
use super::{LlmEvent, Prompt, Provider, Reply, Wanted};
use crate::llm::failure::LlmError;
use futures::StreamExt;
use futures::stream::BoxStream;
use serde_json::Value;
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// Answers from a list, the last one again and again.
#[derive(Debug, Default)]
pub struct Scripted {
    steps: Mutex<VecDeque<Step>>,
    seen: Mutex<Vec<Prompt>>,
}

/// One answer of the script.
#[derive(Clone, Debug)]
pub enum Step {
    /// Ends the run with this text.
    Say(String),
    /// Asks for these tools.
    Call(Vec<Wanted>),
    /// Fails.
    Fail(LlmError),
    /// Never answers.
    Hang,
}

impl Scripted {
    /// Gives `steps` in order.
    pub fn new(steps: impl IntoIterator<Item = Step>) -> Self {
        Self { steps: Mutex::new(steps.into_iter().collect()), seen: Mutex::default() }
    }

    /// What it was told so far.
    pub fn seen(&self) -> Vec<Prompt> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn next(&self) -> Option<Step> {
        let mut steps = self.steps.lock().unwrap_or_else(PoisonError::into_inner);
        if steps.len() > 1 { steps.pop_front() } else { steps.front().cloned() }
    }
}

impl Step {
    /// Asks for one tool.
    pub fn call(name: &str, args: Value) -> Self {
        Self::Call(vec![Wanted::new(name, args)])
    }
}

impl Provider for Scripted {
    fn name(&self) -> &'static str {
        "scripted"
    }

    fn model(&self) -> &'static str {
        "scripted"
    }

    fn respond<'a>(&'a self, prompt: &'a Prompt) -> BoxStream<'a, LlmEvent> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).push(prompt.clone());
        match self.next() {
            Some(Step::Say(text)) => events(Reply { text, ..Reply::default() }),
            Some(Step::Call(calls)) => events(Reply { calls, ..Reply::default() }),
            Some(Step::Fail(error)) => futures::stream::iter([LlmEvent::Error(error)]).boxed(),
            Some(Step::Hang) => futures::stream::pending().boxed(),
            None => futures::stream::empty().boxed(),
        }
    }
}
