//! A model of another maker, over HTTP.

use crate::llm::failure::LlmError;
use crate::llm::http::Door;
use crate::llm::offering;
use crate::llm::request::Request;
use crate::llm::sse::{Frame, Frames};
use crate::llm::wire::{Decoder, Wire};
use crate::llm::{LlmEvent, Prompt, Provider, Usage};
use futures::StreamExt;
use futures::stream::BoxStream;
use reqwest::{Method, Response};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::time::Duration;

/// Bytes of one answer.
const ANSWER_BYTES: usize = 4 * 1024 * 1024;
/// What is read after the end mark: how many pieces, and how long.
const LAST_PIECES: usize = 16;
const LAST_WAIT: Duration = Duration::from_secs(1);

/// A model of another maker.
pub struct Remote {
    pub(crate) provider: String,
    pub(crate) model: String,
    pub(crate) wire: Wire,
    /// The way there, or why there is none.
    pub(crate) door: Result<Door, LlmError>,
    /// US dollars for a million tokens read and written, where somebody entered them.
    pub(crate) prices: Option<(f64, f64)>,
    pub(crate) window: usize,
    /// It can look at pictures.
    pub(crate) sees: bool,
}

impl Provider for Remote {
    fn name(&self) -> &str {
        &self.provider
    }

    fn model(&self) -> &str {
        &self.model
    }

    fn window(&self) -> usize {
        self.window
    }

    fn respond<'a>(&'a self, prompt: &'a Prompt) -> BoxStream<'a, LlmEvent> {
        let stream = Stream { remote: self, prompt, state: State::Begin, ready: VecDeque::new() };
        futures::stream::unfold(
            stream,
            |mut it| async move { it.next().await.map(|event| (event, it)) },
        )
        .boxed()
    }
}

struct Stream<'a> {
    remote: &'a Remote,
    prompt: &'a Prompt,
    state: State,
    ready: VecDeque<LlmEvent>,
}

enum State {
    Begin,
    Reading(Box<Open>),
    Over,
}

struct Open {
    response: Response,
    frames: Frames,
    decoder: Box<dyn Decoder>,
    bytes: usize,
}

impl Stream<'_> {
    async fn next(&mut self) -> Option<LlmEvent> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            let failed = match std::mem::replace(&mut self.state, State::Over) {
                State::Begin => self.begin().await,
                State::Reading(open) => self.read(open).await,
                State::Over => return None,
            };
            if let Err(error) = failed {
                self.state = State::Over;
                // After what came before it.
                self.ready.push_back(LlmEvent::Error(self.remote.hidden(error)));
            }
        }
    }

    async fn begin(&mut self) -> Result<(), LlmError> {
        let Remote { wire, model, .. } = self.remote;
        let door = self.remote.door()?;
        let request = Request::new(self.prompt, &self.remote.id(), self.remote.sees);
        let body = wire.body(model, &request, &offering::list(self.prompt, *wire));
        let response = door.send(Method::POST, &wire.path(model), Some(body)).await?;
        let (frames, decoder) = (Frames::default(), wire.decoder());
        self.ready.push_back(LlmEvent::Start);
        self.state = State::Reading(Box::new(Open { response, frames, decoder, bytes: 0 }));
        Ok(())
    }

    async fn read(&mut self, mut open: Box<Open>) -> Result<(), LlmError> {
        let piece = self.remote.door()?.piece(&mut open.response).await?;
        let frames = match &piece {
            Some(bytes) => {
                open.bytes += bytes.len();
                if open.bytes > ANSWER_BYTES {
                    return Err(LlmError::protocol("it is larger than 4 MB"));
                }
                open.frames.take(bytes)?
            }
            None => open.frames.end()?.into_iter().collect(),
        };
        for frame in &frames {
            self.take(open.decoder.as_mut(), frame)?;
        }
        if piece.is_none() || open.decoder.is_over() {
            let events = open.decoder.end()?;
            self.ready.extend(events.into_iter().map(|it| self.remote.finished(it)));
            if piece.is_some() {
                tokio::spawn(drained(open.response));
            }
        } else {
            self.state = State::Reading(open);
        }
        Ok(())
    }

    fn take(&mut self, decoder: &mut dyn Decoder, frame: &Frame) -> Result<(), LlmError> {
        if !decoder.is_over() && !frame.data.trim().is_empty() {
            self.ready.extend(decoder.frame(frame)?);
        }
        Ok(())
    }
}

/// Reads what comes after the end mark, so that the connection can take the next question without being made anew; not
/// for long, and not much.
async fn drained(mut response: Response) {
    let rest = async {
        for _ in 0..LAST_PIECES {
            match response.chunk().await {
                Ok(Some(_)) => {}
                Ok(None) | Err(_) => return,
            }
        }
    };
    // A connection that does not end is dropped.
    let _late = tokio::time::timeout(LAST_WAIT, rest).await;
}

impl Remote {
    fn door(&self) -> Result<&Door, LlmError> {
        self.door.as_ref().map_err(Clone::clone)
    }

    fn hidden(&self, error: LlmError) -> LlmError {
        match &self.door {
            Ok(door) => door.hidden(error),
            Err(_) => error,
        }
    }

    /// Provider and model: what notes are kept under.
    pub(crate) fn id(&self) -> String {
        format!("{}/{}", self.provider, self.model)
    }

    /// Adds what only the outside of the wire knows: who left a note, and what tokens cost.
    fn finished(&self, event: LlmEvent) -> LlmEvent {
        match event {
            LlmEvent::ReasoningOpaque { blob } => {
                LlmEvent::ReasoningOpaque { blob: json!({ "model": self.id(), "note": blob }) }
            }
            LlmEvent::Usage(usage) => LlmEvent::Usage(Usage {
                cost_usd: usage.cost_usd.or_else(|| self.cost(&usage)),
                ..usage
            }),
            other => other,
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "no answer has 2^52 tokens")]
    fn cost(&self, usage: &Usage) -> Option<f64> {
        let (read, written) = self.prices?;
        Some((usage.input as f64 * read + usage.output as f64 * written) / 1_000_000.0)
    }

    /// The models this key may use, as the provider lists them.
    pub(crate) async fn models(&self) -> Result<Vec<String>, LlmError> {
        let list = self.door()?.get("/models").await?;
        let rows = list.get("data").or_else(|| list.get("models")).and_then(Value::as_array);
        let rows = rows.ok_or_else(|| LlmError::protocol("the list of models"))?;
        let name = |row: &Value| {
            let name = row.get("id").or_else(|| row.get("name"))?.as_str()?;
            Some(name.strip_prefix("models/").unwrap_or(name).to_owned())
        };
        Ok(rows.iter().filter_map(name).collect())
    }
}
