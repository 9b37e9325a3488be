//! Calls of tools that only read, answered at once: nearly all that chat clients send. Their answers say the same as
//! through the machinery of a session, which is left what needs it: progress, tasks, questions, writes.

use crate::door::{Caller, Door, Failure};
use crate::messages::{SINCE_STATELESS, cancelled, error_message};
use bytes::Bytes;
use domain::actor::Actor;
use domain::approval::Risk;
use domain::keys::KeyGrant;
use futures::future::BoxFuture;
use futures::{FutureExt, stream};
use http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Response};
use http_body::Frame;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use rmcp::model::{ErrorData, TASKS_EXTENSION_ID};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tools::said::Said;

type Answer = Response<BoxBody<Bytes, Infallible>>;
type Call = BoxFuture<'static, String>;

/// An answer that takes longer begins as a stream, so that nobody on the way gives up on it.
const AT_ONCE: Duration = Duration::from_secs(2);
/// How often such a stream says that it is alive.
const ALIVE: Duration = Duration::from_secs(15);
/// The revisions with a handshake.
const HANDSHAKES: [&str; 4] = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"];
const META: &str = "io.modelcontextprotocol/";

/// Answers such calls. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Quick {
    door: Arc<Door>,
    closing: CancellationToken,
    running: Running,
}

/// Calls of sessions that are under way, by session and id, so that a client can take one back.
#[derive(Clone, Default)]
struct Running(Arc<Mutex<HashMap<(String, String), CancellationToken>>>);

/// One of them, until it ends.
struct Place {
    all: Running,
    name: Option<(String, String)>,
    taken_back: CancellationToken,
}

/// A call that can be answered here.
pub(crate) struct Asked {
    id: Value,
    name: String,
    args: Value,
    is_stateless: bool,
}

impl Running {
    fn all(&self) -> MutexGuard<'_, HashMap<(String, String), CancellationToken>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_back(&self, session: &str, id: &Value) {
        if let Some(call) = self.all().get(&(session.to_owned(), id.to_string())) {
            call.cancel();
        }
    }

    fn begin(&self, session: Option<&str>, id: &Value) -> Place {
        let name = session.map(|it| (it.to_owned(), id.to_string()));
        let taken_back = CancellationToken::new();
        if let Some(name) = name.clone() {
            self.all().insert(name, taken_back.clone());
        }
        Place { all: self.clone(), name, taken_back }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(name) = &self.name {
            self.all.all().remove(name);
        }
    }
}

impl Quick {
    pub(crate) fn new(door: Door, closing: CancellationToken) -> Self {
        Self { door: Arc::new(door), closing, running: Running::default() }
    }

    /// The call that `message` is, when it can be answered here: everything about it is as usual, and whoever asks is
    /// known.
    pub(crate) fn asked(
        &self,
        parts: &Parts,
        message: &Value,
        is_stateless: bool,
    ) -> Option<Asked> {
        parts.extensions.get::<Actor>()?;
        let params = message.get("params")?.as_object()?;
        let is_call = message.get("method")?.as_str()? == "tools/call";
        let is_usual = |it: &String| matches!(it.as_str(), "name" | "arguments" | "_meta");
        if !is_call || !params.keys().all(is_usual) {
            return None;
        }
        let name = params.get("name")?.as_str()?;
        let args = params.get("arguments").cloned().unwrap_or_else(|| json!({}));
        let is_read = self.door.tools().find(name)?.risk == Risk::Read && args.is_object();
        let is_plain = is_read
            && are_usual(&parts.headers, name, is_stateless)
            && says_nothing_more(params.get("_meta"), is_stateless);
        let id = message.get("id").filter(|_| is_plain)?.clone();
        Some(Asked { id, name: name.to_owned(), args, is_stateless })
    }

    /// The answer; a stream when it takes long and the client reads those.
    pub(crate) async fn answer(
        &self,
        parts: &Parts,
        session: Option<&str>,
        asked: Asked,
    ) -> Answer {
        let caller = Caller {
            actor: parts.extensions.get::<Actor>().cloned(),
            grant: parts.extensions.get::<KeyGrant>().cloned(),
        };
        let place = self.running.begin(session, &asked.id);
        let mut call = call(Arc::clone(&self.door), caller, asked, place).boxed();
        if !takes(&parts.headers, "text/event-stream") {
            return whole(call.await);
        }
        // Most calls end before anything is waited for: then no timer is set.
        tokio::select! {
            biased;
            body = &mut call => whole(body),
            () = tokio::time::sleep(AT_ONCE) => streamed(call, self.closing.clone()),
        }
    }

    /// Ends the call that a client takes back; one that is not under way here is passed over.
    pub(crate) fn take_back(&self, session: &str, message: &Value) {
        let Some(id) = message.pointer("/params/requestId") else { return };
        self.running.take_back(session, id);
    }
}

/// Whether the headers say nothing that has to be looked into.
fn are_usual(headers: &HeaderMap, name: &str, is_stateless: bool) -> bool {
    let text = |name: &str| headers.get(name).map(|it| it.to_str().unwrap_or_default());
    let is = |header: &str, value: &str| match text(header) {
        Some(found) => found == value,
        None => !is_stateless,
    };
    let version = text("mcp-protocol-version");
    let is_known = match is_stateless {
        true => version == Some(SINCE_STATELESS),
        false => version.is_none_or(|it| HANDSHAKES.contains(&it)),
    };
    let kind = text(CONTENT_TYPE.as_str()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    is_known
        && is("mcp-method", "tools/call")
        && is("mcp-name", name)
        && kind.eq_ignore_ascii_case("application/json")
        && (!headers.contains_key(ACCEPT) || takes(headers, "application/json"))
        && (!is_stateless || !headers.contains_key(ACCEPT) || takes(headers, "text/event-stream"))
        && !headers.keys().any(|it| it.as_str().starts_with("mcp-param-"))
}

/// Whether the client asks for nothing besides the answer: no progress, no task.
fn says_nothing_more(meta: Option<&Value>, is_stateless: bool) -> bool {
    let Some(meta) = meta else { return !is_stateless };
    let Some(meta) = meta.as_object().filter(|it| !it.contains_key("progressToken")) else {
        return false;
    };
    if !is_stateless {
        return true;
    }
    let of = |name: &str| meta.get(&format!("{META}{name}"));
    let is_text = |it: &Value, name: &str| it.get(name).is_some_and(Value::is_string);
    of("protocolVersion").and_then(Value::as_str) == Some(SINCE_STATELESS)
        && of("clientCapabilities").is_some_and(is_without_tasks)
        && of("clientInfo").is_none_or(|it| is_text(it, "name") && is_text(it, "version"))
}

fn is_without_tasks(capabilities: &Value) -> bool {
    let extensions = capabilities.get("extensions");
    capabilities.as_object().is_some_and(Map::is_empty)
        || (capabilities.is_object()
            && extensions.is_none_or(|it| it.get(TASKS_EXTENSION_ID).is_none()))
}

/// Whether the client reads answers of this kind.
fn takes(headers: &HeaderMap, kind: &str) -> bool {
    let accept = headers.get(ACCEPT).and_then(|it| it.to_str().ok()).unwrap_or_default();
    accept.split(',').any(|it| it.trim().eq_ignore_ascii_case(kind))
}

/// Runs the tool, and gives the whole message.
async fn call(door: Arc<Door>, caller: Caller, asked: Asked, place: Place) -> String {
    let outcome = tokio::select! {
        biased;
        outcome = door.said(&caller, &asked.name, &asked.args, "mcp") => outcome,
        () = place.taken_back.cancelled() => return refusal(&asked.id, &cancelled()),
    };
    match &outcome {
        Ok(said) => told(&asked, said, false),
        Err(failure) if failure.code() == "UNKNOWN_TOOL" => unknown(&asked.id, failure),
        Err(failure) => told(&asked, &Said::of(failure.value()), true),
    }
}

fn unknown(id: &Value, failure: &Failure) -> String {
    let data = Some(failure.value().clone());
    refusal(id, &ErrorData::invalid_params(failure.message().to_owned(), data))
}

fn refusal(id: &Value, error: &ErrorData) -> String {
    error_message(id, error).to_string()
}

/// The message of an answer, which is written once and said twice: as data, and as text for clients that read no data.
fn told(asked: &Asked, Said { data, text }: &Said, is_error: bool) -> String {
    // Only the era without handshakes knows the word.
    let kind = if asked.is_stateless { r#""resultType":"complete","# } else { "" };
    let id = &asked.id;
    format!(
        r#"{{"jsonrpc":"2.0","id":{id},"result":{{{kind}"content":[{{"type":"text","text":{text}}}],"structuredContent":{data},"isError":{is_error}}}}}"#
    )
}

fn whole(body: String) -> Answer {
    let mut answer = Response::new(Full::new(Bytes::from(body)).boxed());
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    answer
}

/// Signs of life, then the answer, and nothing more when the server stops or the client goes.
fn streamed(mut call: Call, closing: CancellationToken) -> Answer {
    let (pieces, mut waiting) = mpsc::channel::<String>(1);
    tokio::spawn(async move {
        loop {
            let (piece, is_last) = tokio::select! {
                body = &mut call => (format!("event: message\ndata: {body}\n\n"), true),
                () = tokio::time::sleep(ALIVE) => (":\n\n".to_owned(), false),
                () = closing.cancelled() => return,
                () = pieces.closed() => return,
            };
            if pieces.send(piece).await.is_err() || is_last {
                return;
            }
        }
    });
    let frames = stream::poll_fn(move |context| {
        waiting.poll_recv(context).map(|it| it.map(|it| Ok(Frame::data(Bytes::from(it)))))
    });
    let mut answer = Response::new(BodyExt::boxed(StreamBody::new(frames)));
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_taken_back_in_its_own_session() {
        let running = Running::default();
        let (one, two) =
            (running.begin(Some("s1"), &json!(7)), running.begin(Some("s2"), &json!(7)));
        let single = running.begin(None, &json!(7));
        running.take_back("s1", &json!(7));
        running.take_back("s3", &json!(7));
        running.take_back("s2", &json!("7"));
        let taken = [&one, &two, &single].map(|it| it.taken_back.is_cancelled());
        assert_eq!(taken, [true, false, false]);
        drop((one, two, single));
        assert!(running.all().is_empty());
    }

    #[test]
    fn a_client_that_asks_for_more_is_left_to_its_session() {
        let plain = json!({
            "io.modelcontextprotocol/protocolVersion": SINCE_STATELESS,
            "io.modelcontextprotocol/clientCapabilities": {"elicitation": {}},
        });
        assert!(says_nothing_more(Some(&plain), true) && says_nothing_more(None, false));
        assert!(says_nothing_more(Some(&json!({"trace": 1})), false));
        let mut tasks = plain.clone();
        tasks["io.modelcontextprotocol/clientCapabilities"]["extensions"] =
            json!({ TASKS_EXTENSION_ID: {} });
        let mut progress = plain.clone();
        progress["progressToken"] = 1.into();
        let mut other = plain;
        other["io.modelcontextprotocol/protocolVersion"] = "2025-11-25".into();
        for more in [tasks, progress.clone(), other, json!(7), json!({})] {
            assert!(!says_nothing_more(Some(&more), true), "{more}");
        }
        assert!(!says_nothing_more(None, true) && !says_nothing_more(Some(&progress), false));
    }
}
