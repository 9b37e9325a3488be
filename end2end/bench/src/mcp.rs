//! Calls of tools over `/mcp` that are answered from the mirror, beside the echo of the public reference server, which
//! npm brings, in the same run. Both keep a session for each client, as chat clients of today do.

use crate::load::{self, Figures};
use crate::product::{Process, free_port, sign_up, start, tool};
use crate::{Failure, Measured, report, report_bar};
use reqwest::Client;
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The reference server, as npm knows it.
const REFERENCE: &str = "@modelcontextprotocol/server-everything@2026.8.31";
const PROGRAM: &str = "node_modules/@modelcontextprotocol/server-everything/dist/index.js";
const TIME: Duration = Duration::from_secs(5);
const WARM: Duration = Duration::from_secs(1);
/// How long a start, or the first filling of the mirror, may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// Sessions that are open at once when memory is measured.
const SESSIONS: u32 = 500;
const BOTH_KINDS: &str = "application/json, text/event-stream";

/// Where a server is, and the key it wants to see.
#[derive(Clone)]
struct Place {
    url: String,
    key: Option<String>,
}

/// One client with its session.
struct Session {
    place: Place,
    client: Client,
    id: String,
}

impl Place {
    fn request(&self, client: &Client, message: &Value) -> reqwest::RequestBuilder {
        let request = client.post(&self.url).header("accept", BOTH_KINDS).json(message);
        match &self.key {
            Some(key) => request.bearer_auth(key),
            None => request,
        }
    }

    async fn session(&self, client: Client) -> Result<Session, Failure> {
        let info = json!({ "name": "bench", "version": "1" });
        let hello = json!({
            "jsonrpc": "2.0", "id": 0, "method": "initialize",
            "params": { "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": info }
        });
        let answer = self.request(&client, &hello).send().await?.error_for_status()?;
        let id = answer.headers().get("mcp-session-id").ok_or("no session")?.to_str()?.to_owned();
        answer.text().await?;
        let session = Session { place: self.clone(), client, id };
        session.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" })).await?;
        Ok(session)
    }

    /// Calls `name` over and over, each of `connections` clients when its last call was answered.
    async fn load(
        &self,
        connections: usize,
        time: Duration,
        (name, args): (&'static str, &Value),
    ) -> Result<Figures, Failure> {
        let begun = Instant::now();
        let work = |_| tokio::spawn(calls(self.clone(), begun + time, (name, args.clone())));
        load::gathered((0..connections).map(work).collect(), begun).await
    }
}

impl Session {
    async fn send(&self, message: &Value) -> Result<String, Failure> {
        let request = self.place.request(&self.client, message).header("mcp-session-id", &self.id);
        let request = request.header("mcp-protocol-version", "2025-11-25");
        Ok(request.send().await?.error_for_status()?.text().await?)
    }
}

/// How long each call took, until `until`.
async fn calls(
    place: Place,
    until: Instant,
    (name, args): (&'static str, Value),
) -> Result<Vec<Duration>, Failure> {
    let session = place.session(Client::builder().pool_max_idle_per_host(1).build()?).await?;
    let params = json!({ "name": name, "arguments": args });
    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
    let mut times = Vec::new();
    while Instant::now() < until {
        let sent = Instant::now();
        let answer = session.send(&call).await?;
        if !answer.contains("\"result\"") || answer.contains("\"isError\":true") {
            return Err(format!("{name} answered {answer}").into());
        }
        times.push(sent.elapsed());
    }
    Ok(times)
}

/// The reference server, installed into `folder`.
async fn reference(folder: &Path) -> Result<Process, Failure> {
    let mut npm = Command::new("npm");
    npm.args(["install", "--silent", "--no-audit", "--no-fund", "--prefix"]).arg(folder);
    if !npm.arg(REFERENCE).stdout(Stdio::null()).status()?.success() {
        return Err(format!("npm did not bring {REFERENCE}").into());
    }
    let port = free_port()?;
    let child = Command::new("node")
        .arg(folder.join(PROGRAM))
        .arg("streamableHttp")
        .env("PORT", port.to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let process = Process::new(child, port);
    let since = Instant::now();
    while tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_err() {
        if since.elapsed() > PATIENCE {
            return Err("the reference server does not answer".into());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(process)
}

/// Connects the sample Basecamp, waits until the mirror answers, and gives the way in for a script.
async fn product(process: &Process) -> Result<Place, Failure> {
    let client = sign_up(process).await?;
    let limits = json!({ "limits": { "callsPerMinute": 1_000_000 } });
    let settings = process.url("/api/pmos/platform/settings");
    client.put(settings).json(&limits).send().await?.error_for_status()?;
    let sample = client.post(process.url("/api/pmos/setup/sample")).json(&json!({}));
    sample.send().await?.error_for_status()?;
    let since = Instant::now();
    while tool(process, &client, "list_projects", json!({})).await?["source"] != "mirror" {
        if since.elapsed() > PATIENCE {
            return Err("the mirror was not filled".into());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let key = client.post(process.url("/api/pmos/keys")).json(&json!({ "label": "Bench" }));
    let key: Value = key.send().await?.error_for_status()?.json().await?;
    let key = key["key"].as_str().ok_or("no key")?.to_owned();
    Ok(Place { url: process.url("/mcp"), key: Some(key) })
}

pub(crate) async fn measure(binary: &Path) -> Measured {
    let folder = tempfile::tempdir()?;
    let process = start(binary, &folder.path().join("data"), free_port()?)?;
    process.answers(&Client::new(), Instant::now()).await?;
    let ours = product(&process).await?;
    let reference = reference(folder.path()).await?;
    let theirs = Place { url: reference.url("/mcp"), key: None };
    let (read, echo) = (("list_projects", &json!({})), ("echo", &json!({ "message": "hello" })));
    ours.load(4, WARM, read).await?;
    theirs.load(4, WARM, echo).await?;
    for connections in [1, 10] {
        let base = theirs.load(connections, TIME, echo).await?;
        let found = ours.load(connections, TIME, read).await?;
        let name =
            |what: &str| format!("tools/call from the mirror, {what}, {connections} clients");
        report(&name("calls a second (bar 5x)"), "calls/s", found.rate, base.rate);
        report(&name("p50"), "ms", found.p50_ms, base.p50_ms);
        report(&name("p99"), "ms", found.p99_ms, base.p99_ms);
    }
    let (kept, baseline) = (memory(&process, &ours).await?, memory(&reference, &theirs).await?);
    report("memory of a session", "kB", kept, baseline);
    for profile in ["focused", "full"] {
        let place = Place { url: format!("{}?profile={profile}", ours.url), ..ours.clone() };
        let session = place.session(Client::new()).await?;
        let list = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" });
        let length = session.send(&list).await?.len();
        #[expect(clippy::cast_precision_loss, reason = "a few hundred kB")]
        let length = length as f64 / 1_000.0;
        report_bar(&format!("tools/list, {profile}"), "kB", length, "no bar");
    }
    Ok(())
}

/// How much more memory a process has for each session, kB.
async fn memory(process: &Process, place: &Place) -> Result<f64, Failure> {
    let client = Client::new();
    let before = process.rss_mib()?;
    let mut open = Vec::new();
    for _ in 0..SESSIONS {
        open.push(place.session(client.clone()).await?);
    }
    let more = process.rss_mib()? - before;
    Ok(more * 1_048.576 / f64::from(SESSIONS))
}
