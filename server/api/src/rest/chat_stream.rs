//! The events of runs as server-sent events (contract.md 3.3). A reader that was cut off goes on where it was.

use super::chat::Ask;
use super::chat_runs::After;
use crate::authority::Authority;
use crate::error::Answer;
use crate::query::Query;
use agent::follow::Following;
use axum::Extension;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::sse::{Event as Frame, Sse};
use axum::response::{IntoResponse, Response};
use backend::Backend;
use domain::actor::Actor;
use domain::chat::ChatEvent;
use domain::client::Client;
use domain::ids::ChatRunId;
use futures::StreamExt;
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::mpsc::{self, Sender};
use tokio::time::timeout;
use tokio_stream::wrappers::ReceiverStream;

/// How long a browser waits before it connects again.
const RETRY: Duration = Duration::from_secs(2);
/// Frames that wait for a reader, and how long; then it is dropped and resumes from the table.
const WAITING: usize = 64;
const PATIENCE: Duration = Duration::from_secs(30);

/// `GET /api/chat/stream`: asks, and streams the answer; with the last event of a known run it only goes on.
pub(crate) async fn ask(
    State(backend): State<Backend>,
    Extension(actor): Extension<Actor>,
    Extension(client): Extension<Client>,
    (Query(ask), Query(query)): (Query<Ask>, Query<After>),
    headers: HeaderMap,
) -> Answer<Response> {
    if let Some((run, seq)) = last_seen(&headers, query.after.as_deref()) {
        let following = backend.agent.follow(&actor, &run, seq).await?;
        return Ok(streamed(backend, client, actor, following));
    }
    let sent = backend.agent.send(&actor, ask.turn()).await?;
    let following = backend.agent.follow_sent(&actor, &sent);
    Ok(streamed(backend, client, actor, following))
}

/// `<runId>:<seq>` from the header, else from the query.
pub(crate) fn last_seen(headers: &HeaderMap, query: Option<&str>) -> Option<(ChatRunId, i64)> {
    let header = headers.get("last-event-id").and_then(|it| it.to_str().ok());
    let (run, seq) = header.or(query)?.rsplit_once(':')?;
    let seq = seq.parse().ok().filter(|it: &i64| *it >= 0)?;
    (!run.is_empty()).then(|| (ChatRunId::from(run), seq))
}

/// The answer that streams what `following` gives.
pub(crate) fn streamed(
    backend: Backend,
    client: Client,
    actor: Actor,
    following: Following,
) -> Response {
    let (frames, receiver) = mpsc::channel(WAITING);
    let authority = Authority::new(backend, client, actor);
    tokio::spawn(Reader { authority, frames }.run(following));
    let frames = ReceiverStream::new(receiver).map(Ok::<_, Infallible>);
    let mut response = Sse::new(frames).into_response();
    let fixed = response.headers_mut();
    fixed.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    fixed.insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    response
}

/// One open stream.
struct Reader {
    authority: Authority,
    frames: Sender<Frame>,
}

impl Reader {
    async fn run(mut self, mut following: Following) {
        let mut is_open = self.send(Frame::default().retry(RETRY)).await;
        while is_open {
            is_open = tokio::select! {
                // What happens after somebody was shut out is not told to them.
                biased;
                () = self.frames.closed() => false,
                () = self.authority.in_doubt() => {
                    // The empty comment also tells proxies that the stream is alive.
                    self.authority.holds().await && self.send(Frame::default().comment("")).await
                }
                event = following.next() => match event {
                    Ok(Some(event)) => self.send(frame(&event)).await,
                    _ => false,
                },
            };
        }
    }

    async fn send(&self, frame: Frame) -> bool {
        matches!(timeout(PATIENCE, self.frames.send(frame)).await, Ok(Ok(())))
    }
}

fn frame(event: &ChatEvent) -> Frame {
    Frame::default()
        .id(format!("{}:{}", event.run_id, event.seq))
        .event(&event.event)
        .data(event.data.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_wins_over_the_query() {
        let mut headers = HeaderMap::new();
        assert_eq!(last_seen(&headers, Some("c1:4")), Some(("c1".into(), 4)));
        headers.insert("last-event-id", HeaderValue::from_static("c2:7"));
        assert_eq!(last_seen(&headers, Some("c1:4")), Some(("c2".into(), 7)));
        headers.insert("last-event-id", HeaderValue::from_static("nonsense"));
        assert_eq!(last_seen(&headers, None), None);
    }
}
