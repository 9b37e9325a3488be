//! The assistant beside the model it asks: time to the first word, 500 open streams, and stopping.

use crate::page::weigh;
use crate::product::{Process, free_port, sign_up, start};
use crate::studio::fastest;
use crate::{Failure, Measured, report, report_bar};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::response::Response;
use axum::routing::post;
use chrono::{DateTime, Utc};
use futures::StreamExt;
use reqwest::Client;
use serde_json::{Value, json};
use std::convert::Infallible;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// Questions asked one after the other, and at once.
const ALONE: usize = 30;
const AT_ONCE: usize = 10;
/// Pages that look at one conversation.
const STREAMS: usize = 500;
/// Messages of a long conversation.
const MESSAGES: usize = 1_000;
/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// A question with this word is never answered to its end.
const HANG: &str = "wait for me";

/// A model of a provider: it streams a few words at once, and hangs where it is asked to.
async fn complete(body: String) -> Response {
    let piece = |text: &str| {
        let delta = json!({ "choices": [{ "index": 0, "delta": { "content": text } }] });
        format!("data: {delta}\n\n")
    };
    let is_hanging = body.contains(HANG);
    let mut frames: Vec<String> = ["Here", " is", " what", " I", " found."].map(piece).into();
    let stop = json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": "stop" }] });
    if !is_hanging {
        frames.push(format!("data: {stop}\n\ndata: [DONE]\n\n"));
    }
    let given =
        futures::stream::iter(frames.into_iter().map(|it| Ok::<_, Infallible>(Bytes::from(it))));
    let rest = futures::stream::once(async move {
        if is_hanging {
            std::future::pending::<()>().await;
        }
        Ok(Bytes::new())
    });
    let mut answer = Response::new(Body::from_stream(given.chain(rest)));
    let kind = axum::http::HeaderValue::from_static("text/event-stream");
    answer.headers_mut().insert(axum::http::header::CONTENT_TYPE, kind);
    answer
}

async fn model() -> Result<u16, Failure> {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
    let port = listener.local_addr()?.port();
    let app = Router::new().route("/v1/chat/completions", post(complete));
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(port)
}

pub(crate) async fn measure(binary: &Path) -> Measured {
    let model = model().await?;
    let folder = tempfile::tempdir()?;
    let process = start(binary, folder.path(), free_port()?)?;
    process.answers(&Client::new(), Instant::now()).await?;
    let client = sign_up(&process).await?;
    let allow = json!({
        "outgoingAllowList": [format!("127.0.0.1:{model}")], "limits": { "chatMessagesPerSecond": 1_000 }
    });
    let settings = process.url("/api/pmos/platform/settings");
    client.put(settings).json(&allow).send().await?.error_for_status()?;
    let key = json!({ "provider": "openai_compatible", "apiKey": "sk-bench-0123456789", "defaultModel": "bench", "baseUrl": format!("http://127.0.0.1:{model}/v1") });
    client.post(process.url("/api/pmos/byok")).json(&key).send().await?.error_for_status()?;
    let tried = json!({ "provider": "openai_compatible" });
    client
        .post(process.url("/api/pmos/byok/validate"))
        .json(&tried)
        .send()
        .await?
        .error_for_status()?;
    for many in [1, AT_ONCE] {
        let ours = first_words(&process, &client, many).await?;
        let direct = direct(model, many).await?;
        report(&format!("first word, {many} at once"), "ms", ours, direct);
    }
    streams(&process, &client).await?;
    stopping(&process, &client).await?;
    long(&process, &client).await
}

/// Middle time to the first word, ms, `many` asking at once.
async fn first_words(process: &Process, client: &Client, many: usize) -> Result<f64, Failure> {
    let mut times = Vec::new();
    for _ in 0..ALONE.div_ceil(many) {
        let asked = (0..many).map(|_| {
            let url = process.url("/api/chat/stream?message=What%20is%20new");
            first_piece(client.get(url), &["event: delta", "event: response"])
        });
        for time in futures::future::join_all(asked).await {
            times.push(time?);
        }
    }
    median(times)
}

async fn direct(model: u16, many: usize) -> Result<f64, Failure> {
    let client = Client::new();
    let mut times = Vec::new();
    for _ in 0..ALONE.div_ceil(many) {
        let asked = (0..many).map(|_| {
            let url = format!("http://127.0.0.1:{model}/v1/chat/completions");
            first_piece(client.post(url).body("{}"), &["data: "])
        });
        for time in futures::future::join_all(asked).await {
            times.push(time?);
        }
    }
    median(times)
}

/// How long until the body holds one of `marks`; the rest is read to its end. What a model says at once comes whole.
async fn first_piece(
    request: reqwest::RequestBuilder,
    marks: &[&str],
) -> Result<Duration, Failure> {
    let begun = Instant::now();
    let mut body = request.send().await?.error_for_status()?.bytes_stream();
    let mut text = String::new();
    let mut first = None;
    while let Some(bytes) = tokio::time::timeout(PATIENCE, body.next()).await? {
        text.push_str(&String::from_utf8_lossy(&bytes?));
        if first.is_none() && marks.iter().any(|it| text.contains(it)) {
            first = Some(begun.elapsed());
        }
    }
    first.ok_or_else(|| format!("none of {marks:?} in {text}").into())
}

fn median(mut times: Vec<Duration>) -> Result<f64, Failure> {
    times.sort_unstable();
    Ok(times.get(times.len() / 2).ok_or("no times")?.as_secs_f64() * 1_000.0)
}

/// Many pages look at one conversation while something is asked in it.
async fn streams(process: &Process, client: &Client) -> Measured {
    let said = json!({ "message": "hello" });
    let first: Value =
        client.post(process.url("/api/chat")).json(&said).send().await?.json().await?;
    let session = first["sessionId"].as_str().ok_or("no session")?.to_owned();
    let before = process.rss_mib()?;
    let (seen, mut all) = mpsc::unbounded_channel();
    for _ in 0..STREAMS {
        let request = client.get(process.url(&format!("/api/chat/sessions/{session}/events")));
        let body = request.send().await?.error_for_status()?.bytes_stream();
        tokio::spawn(look(body, seen.clone()));
    }
    drop(seen);
    #[expect(clippy::cast_precision_loss, reason = "500")]
    let each = (process.rss_mib()? - before) * 1_024.0 / STREAMS as f64;
    report_bar("memory of an open stream", "KiB", each, "none");
    let asked = json!({ "message": "What is new?", "sessionId": session });
    client.post(process.url("/api/chat")).json(&asked).send().await?.error_for_status()?;
    let (mut late, mut ended) = (Vec::new(), 0);
    while ended < STREAMS {
        let (name, delay) =
            tokio::time::timeout(PATIENCE, all.recv()).await?.ok_or("the streams ended")?;
        ended += usize::from(name == "done");
        late.push(delay);
    }
    late.sort_by(f64::total_cmp);
    let at = |part: usize| late.get(late.len() * part / 100).copied().ok_or("nothing was seen");
    report_bar("stored to seen in 500 streams, p50", "ms", at(50)?, "none");
    report_bar("stored to seen in 500 streams, p99", "ms", at(99)?, "none");
    Ok(())
}

/// Tells of every event of a stream, and how long after it was stored it came.
async fn look(
    body: impl futures::Stream<Item = reqwest::Result<Bytes>>,
    seen: mpsc::UnboundedSender<(String, f64)>,
) {
    let mut body = std::pin::pin!(body);
    let mut text = String::new();
    while let Some(Ok(bytes)) = body.next().await {
        text.push_str(&String::from_utf8_lossy(&bytes));
        while let Some((frame, rest)) = text.split_once("\n\n") {
            if let Some(event) = read(frame)
                && seen.send(event).is_err()
            {
                return;
            }
            text = rest.to_owned();
        }
    }
}

fn read(frame: &str) -> Option<(String, f64)> {
    let field = |name: &str| frame.lines().find_map(|it| it.strip_prefix(name));
    let data: Value = serde_json::from_str(field("data: ")?).ok()?;
    let stored = DateTime::parse_from_rfc3339(data["ts"].as_str()?).ok()?;
    let late = (Utc::now() - stored.with_timezone(&Utc)).num_microseconds()?;
    #[expect(clippy::cast_precision_loss, reason = "a few seconds")]
    let late = late as f64 / 1_000.0;
    Some((field("event: ")?.to_owned(), late))
}

/// From the wish to stop until the page shows it.
async fn stopping(process: &Process, client: &Client) -> Measured {
    let url = process.url(&format!("/api/chat/stream?message={}", HANG.replace(' ', "%20")));
    let mut body = client.get(url).send().await?.error_for_status()?.bytes_stream();
    let (mut text, mut wished) = (String::new(), None);
    while let Some(bytes) = tokio::time::timeout(PATIENCE, body.next()).await? {
        text.push_str(&String::from_utf8_lossy(&bytes?));
        if wished.is_none() && text.contains("event: delta") {
            let run =
                text.split_once("id: ").and_then(|it| it.1.split_once(':')).ok_or("no run")?.0;
            wished = Some(Instant::now());
            let stop = process.url(&format!("/api/chat/runs/{run}/cancel"));
            client.post(stop).send().await?.error_for_status()?;
        }
    }
    let wished: Instant = wished.ok_or("it never began")?;
    report_bar("stop to visible", "ms", wished.elapsed().as_secs_f64() * 1_000.0, "1000");
    Ok(())
}

/// What a conversation of many messages weighs, and how long it takes to be drawn, beside one of two. How typing feels
/// in it is measured in a browser, by the story of the long conversation.
async fn long(process: &Process, client: &Client) -> Measured {
    let mut said = json!({ "message": "hello" });
    let mut short = None;
    for _ in 0..MESSAGES / 2 {
        let mut asked = client.post(process.url("/api/chat")).json(&said).send().await?;
        // More than a few a second are refused.
        while asked.status() == reqwest::StatusCode::TOO_MANY_REQUESTS {
            tokio::time::sleep(Duration::from_millis(500)).await;
            asked = client.post(process.url("/api/chat")).json(&said).send().await?;
        }
        let answer: Value = asked.error_for_status()?.json().await?;
        said["sessionId"] = answer["sessionId"].clone();
        if short.is_none() {
            let path = format!("/chat/{}", answer["sessionId"].as_str().ok_or("no session")?);
            short = Some(fastest(process, client, &path).await?);
        }
    }
    let path = format!("/chat/{}", said["sessionId"].as_str().ok_or("no session")?);
    let (document, _) = weigh(process, client, &path).await?;
    report_bar(&format!("{MESSAGES} messages, document"), "kB", document / 1_000.0, "none yet");
    let drawn = fastest(process, client, &path).await?;
    let short = short.ok_or("nothing was said")?;
    report(&format!("{MESSAGES} messages, drawn on the server"), "ms", drawn, short);
    Ok(())
}
