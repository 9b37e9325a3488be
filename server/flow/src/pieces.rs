//! What steps can do: one file per piece, each action a function from its input to what it gives.

pub(crate) mod approval;
pub(crate) mod assistant;
pub(crate) mod attachments;
pub(crate) mod basecamp;
pub(crate) mod chat_webhook;
pub(crate) mod control;
pub(crate) mod data_mapper;
pub(crate) mod dates;
pub(crate) mod delay;
pub(crate) mod http;
pub(crate) mod input;
pub(crate) mod lists;
pub(crate) mod mail;
pub(crate) mod math;
pub(crate) mod memory;
pub(crate) mod notify;
pub(crate) mod subflow;
pub(crate) mod tables;
pub(crate) mod tables_of_text;
#[cfg(test)]
pub(crate) mod testing;
pub(crate) mod text;
pub(crate) mod webhook;

use crate::engine::Engine;
use crate::engine::journal::Journal;
use crate::engine::scope::Scope;
use crate::pieces::input::Input;
use domain::flow::PieceSettings;
use domain::flow::catalog::{self, Effect};
use domain::problem::Problem;
use serde_json::{Map, Value};
use store::error::StoreError;
use store::runs::NewRun;

/// What an action is called with.
pub(crate) struct Call<'a> {
    /// The engine, for what pieces need of the outside.
    pub(crate) engine: &'a Engine,
    /// The run.
    pub(crate) run: &'a NewRun,
    /// Its journal, which knows what must not be seen.
    pub(crate) journal: &'a Journal,
    /// What the step sees of those before it.
    pub(crate) scope: &'a Scope,
    /// The step's inputs, expressions resolved.
    pub(crate) input: Input<'a>,
    /// Where the step is, loop rounds included.
    pub(crate) path: &'a str,
    /// The same for every try whose effect may already be there.
    pub(crate) key: &'a str,
    /// An earlier try was cut off: its effect may be there.
    pub(crate) is_unsure: bool,
}

/// What an action gave.
#[derive(Debug, PartialEq)]
pub(crate) enum Done {
    /// Its output.
    Output(Value),
    /// An answer for the caller, after which the run goes on or stops.
    Respond { answer: Value, then_stop: bool },
    /// Nothing yet: go on at this time, epoch milliseconds, with this output.
    Wait { until_ms: i64, output: Value },
    /// Nothing yet: it is asked again when somebody answered, at this time at the latest. The caller may be answered
    /// before.
    Pending { until_ms: i64, answer: Option<Value> },
}

/// Why an action failed.
#[derive(Debug, PartialEq)]
pub(crate) struct Failed {
    /// In plain words, with what to do.
    pub(crate) message: String,
    /// What trying again is worth.
    pub(crate) again: Again,
}

/// What trying again is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Again {
    /// As the step's own switch says.
    AsSet,
    /// Whatever the switch says.
    Yes,
    /// Never: only a person can tell whether it happened.
    NeedsPerson,
}

impl Failed {
    /// A failure that the step's own switches decide about.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), again: Again::AsSet }
    }

    /// A piece has no such action.
    pub(crate) fn unknown(piece: &str, action: &str) -> Self {
        Self::new(format!(
            "PM OS does not know the action {action} of {piece}. Replace the step with one from the list"
        ))
    }
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self::new(Problem::from(error).to_string())
    }
}

/// Why a change of what flows keep was not made, for transactions.
pub(crate) enum Refused {
    /// The step asks for what cannot be.
    Step(Failed),
    /// The database did not take it.
    Store(StoreError),
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Failed> for Refused {
    fn from(failed: Failed) -> Self {
        Self::Step(failed)
    }
}

impl From<Refused> for Failed {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Step(failed) => failed,
            Refused::Store(error) => error.into(),
        }
    }
}

/// What is known of an action before it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nature {
    /// Only computes.
    Internal,
    /// Touches something outside: what came before must be on the disk.
    External,
}

/// Whether a step touches anything outside the run.
pub(crate) fn nature(settings: &PieceSettings) -> Nature {
    let action = settings.action_name.as_deref().unwrap_or_default();
    let outside = match settings.piece_name.as_str() {
        // Answers the caller; nobody else notices.
        catalog::WEBHOOK => action != "return_response",
        catalog::HTTP | catalog::BASECAMP => true,
        piece => catalog::action(piece, action)
            .is_none_or(|it| it.effect_of(&settings.input) == Effect::Effect),
    };
    if outside { Nature::External } else { Nature::Internal }
}

/// Runs the action that `settings` name.
pub(crate) async fn run(settings: &PieceSettings, call: Call<'_>) -> Result<Done, Failed> {
    let action = settings.action_name.as_deref().unwrap_or_default();
    match (settings.piece_name.as_str(), action) {
        (catalog::WEBHOOK, "return_response_and_wait_for_next_webhook") => {
            webhook::respond_and_wait(&call).await
        }
        (catalog::APPROVAL, "wait_for_approval") => approval::wait_for_approval(&call).await,
        (catalog::APPROVAL, "create_approval_links") => approval::create_links(&call).await,
        (catalog::SUBFLOWS, "callFlow") => subflow::call_flow(&call).await,
        (catalog::SUBFLOWS, "returnResponse") => Ok(subflow::return_response(&call)),
        (catalog::WEBHOOK, "return_response") => webhook::return_response(&call.input),
        (catalog::DATA_MAPPER, "advanced_mapping") => data_mapper::advanced_mapping(&call.input),
        (catalog::DELAY, "delayFor") => delay::delay_for(&call.input, call.engine.now_ms()),
        (catalog::DELAY, "delay_until") => delay::delay_until(&call.input, call.engine.now_ms()),
        (catalog::HTTP, "send_request") => http::send_request(&call).await,
        (catalog::BASECAMP, action) => basecamp::run(action, &settings.input, &call).await,
        (catalog::SMTP, "send-email") => mail::send(&call).await,
        (catalog::ASSISTANT, action) => assistant::run(action, &call).await,
        (catalog::NOTIFY, "notify_person") => notify::notify_person(&call).await,
        (catalog::CHAT_WEBHOOK, "post_message") => chat_webhook::post_message(&call).await,
        (catalog::CONTROL, "stop_run") => control::stop_run(&call.input),
        (catalog::CONTROL, "next_item" | "leave_loop") => Ok(Done::Output(Value::Null)),
        (catalog::STORE, action) => memory::run(action, &call).await,
        (catalog::TABLES, action) => tables::run(action, &call).await,
        (catalog::TEXT, action) => text::run(action, &call.input),
        (catalog::MATH, action) => math::run(action, &call.input),
        (catalog::DATES, action) => dates::run(action, &call.input, call.engine.now_ms()),
        (catalog::LISTS, action) => lists::run(action, &call.input),
        (catalog::JSON, action) => tables_of_text::json(action, &call.input),
        (catalog::CSV, action) => tables_of_text::csv(action, &call.input),
        (piece, action) => Err(Failed::unknown(piece, action)),
    }
}

/// What a step was given, as people may see it: secrets masked.
pub(crate) fn shown_input(settings: &PieceSettings, input: &Map<String, Value>) -> Value {
    match settings.piece_name.as_str() {
        catalog::HTTP => http::shown_input(input),
        catalog::SMTP => mail::shown_input(input),
        catalog::CHAT_WEBHOOK => chat_webhook::shown_input(input),
        _ => Value::Object(input.clone()),
    }
}
