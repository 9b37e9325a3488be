//! The few messages of the protocol that a client needs, whatever carries them.

use crate::beyond::Beyond;
use crate::programs::{Held, Way};
use crate::web::{Line as WebLine, Web};
use serde_json::{Value, json};

/// The newest revision with a handshake, which is what is asked for.
const NEWEST: &str = "2025-11-25";
/// The revisions that are understood.
const UNDERSTOOD: [&str; 4] = ["2024-11-05", "2025-03-26", "2025-06-18", NEWEST];
/// Bytes of one answer.
pub(crate) const ANSWER_BYTES: usize = 4 * 1024 * 1024;
/// Letters of another server's words that are passed on.
const WORDS: usize = 400;

/// How far a message came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Came {
    /// Nothing was sent.
    Nowhere,
    /// The server does not let us in.
    Refused,
    /// The server answered, and it was no success.
    Answered,
    /// It was sent, and nobody knows what became of it.
    Unknown,
}

/// Why a message has no result.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) came: Came,
    /// In plain words, without the secret.
    pub(crate) message: String,
}

impl Failure {
    pub(crate) fn new(came: Came, message: impl Into<String>) -> Self {
        Self { came, message: message.into() }
    }
}

/// The way to a server.
pub(crate) enum Target {
    /// Over Streamable HTTP.
    Web(Web),
    /// Over the input and output of a program.
    Program(Way),
}

/// A conversation with a server, after the handshake.
pub(crate) struct Session<'a> {
    line: Line<'a>,
    /// What the server has besides tools.
    pub(crate) beyond: Beyond,
}

/// What carries the messages.
enum Line<'a> {
    Web(WebLine<'a>),
    Program(Box<Held>),
}

impl<'a> Session<'a> {
    /// Introduces us, unless the server is a program that knows us already.
    pub(crate) async fn open(target: &'a Target) -> Result<Self, Failure> {
        match target {
            Target::Web(web) => {
                let line = Line::Web(WebLine::new(web));
                let mut session = Self { line, beyond: Beyond::default() };
                session.greet().await?;
                Ok(session)
            }
            Target::Program(way) => {
                let held = way.hold().await?;
                let (is_new, beyond) = (held.is_new(), held.beyond());
                let mut session = Self { line: Line::Program(Box::new(held)), beyond };
                if is_new {
                    // A program that does not even greet does not work at all.
                    let greeted = session.greet().await;
                    greeted.map_err(|it| Failure { came: Came::Nowhere, ..it })?;
                }
                Ok(session)
            }
        }
    }

    async fn greet(&mut self) -> Result<(), Failure> {
        let client =
            json!({"name": "pmos", "title": "PM OS", "version": env!("CARGO_PKG_VERSION")});
        let hello = json!({"protocolVersion": NEWEST, "capabilities": {}, "clientInfo": client});
        let welcome = self.ask("initialize", hello).await?;
        let version = welcome.get("protocolVersion").and_then(Value::as_str).unwrap_or_default();
        let Some(known) = UNDERSTOOD.into_iter().find(|it| *it == version) else {
            let words = "It speaks a revision of the protocol that PM OS does not know";
            return Err(Failure::new(Came::Answered, words));
        };
        self.beyond = Beyond::of(&welcome);
        let ready = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
        match &mut self.line {
            Line::Web(line) => {
                line.agree(known);
                line.tell(&ready).await
            }
            Line::Program(held) => {
                held.introduced(self.beyond);
                held.tell(&ready).await
            }
        }
    }

    /// Asks, and gives the result.
    pub(crate) async fn ask(&mut self, method: &str, params: Value) -> Result<Value, Failure> {
        let answer = match &mut self.line {
            Line::Web(line) => line.ask(method, &params).await?,
            Line::Program(held) => held.ask(method, &params).await?,
        };
        match (answer.get("result"), answer.get("error")) {
            (Some(result), _) => Ok(result.clone()),
            (None, Some(error)) => {
                let words = error.get("message").and_then(Value::as_str).unwrap_or("an error");
                Err(Failure::new(Came::Answered, format!("It answered: {}", shortened(words))))
            }
            (None, None) => Err(nonsense()),
        }
    }

    /// Whether it failed only because the program, which ran before, had ended since.
    pub(crate) fn is_stale(&self) -> bool {
        matches!(&self.line, Line::Program(held) if held.is_stale())
    }

    /// Says goodbye: a server keeps nothing for us, a program goes on for the next conversation.
    pub(crate) async fn close(self) {
        match self.line {
            Line::Web(line) => line.close().await,
            Line::Program(held) => held.close(),
        }
    }
}

/// One question, as a message.
pub(crate) fn question(id: u64, method: &str, params: &Value) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params})
}

/// Whether the server asks us something in the middle of our question.
pub(crate) fn asks(message: &Value) -> bool {
    message.get("method").is_some_and(Value::is_string)
        && message.get("id").is_some_and(|it| !it.is_null())
}

/// What it is told. We offered to answer nothing, so that no server speaks to a person or a model through us; but one
/// that waits for an answer must not wait for ever.
pub(crate) fn refused(asked: &Value) -> Value {
    let id = asked.get("id").cloned().unwrap_or_default();
    if asked.get("method").is_some_and(|it| it == "ping") {
        return json!({"jsonrpc": "2.0", "id": id, "result": {}});
    }
    let words =
        "PM OS answers no questions of servers. Say in the answer of the tool what is missing";
    json!({"jsonrpc": "2.0", "id": id, "error": {"code": -32601, "message": words}})
}

/// Whether a message answers the question `id`. Notices to us are passed over.
pub(crate) fn answers(message: &Value, id: u64) -> bool {
    message.get("id").and_then(Value::as_u64) == Some(id) && message.get("method").is_none()
}

pub(crate) fn nonsense() -> Failure {
    Failure::new(Came::Unknown, "What it answered is not an answer of the protocol")
}

pub(crate) fn too_much() -> Failure {
    Failure::new(Came::Unknown, "Its answer is larger than 4 MB")
}

/// The beginning of another server's words, without letters that nobody sees.
pub(crate) fn shortened(words: &str) -> String {
    words.chars().filter(|it| !it.is_control()).take(WORDS).collect()
}
