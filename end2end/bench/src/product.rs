//! A running PM OS of its own: a fresh folder, a free port, an account.

use crate::Failure;
use reqwest::Client;
use serde_json::{Value, json};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a start may take before the benchmark gives up.
const PATIENCE: Duration = Duration::from_secs(30);

/// A process that answers on `127.0.0.1`; killed when it is dropped.
pub(crate) struct Process {
    child: Child,
    pub(crate) port: u16,
}

impl Process {
    pub(crate) fn new(child: Child, port: u16) -> Self {
        Self { child, port }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Ends it at once, as a power cut would.
    pub(crate) fn kill(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }

    /// Resident memory in MiB.
    pub(crate) fn rss_mib(&self) -> Result<f64, Failure> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find(|it| it.starts_with("VmRSS")).ok_or("no VmRSS")?;
        let kib: f64 = line.split_whitespace().nth(1).ok_or("no figure")?.parse()?;
        Ok(kib / 1024.0)
    }

    /// CPU time used so far, in ms (100 ticks a second, as Linux has it).
    pub(crate) fn cpu_ms(&self) -> Result<f64, Failure> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        let after_name = stat.rsplit_once(')').ok_or("no stat")?.1;
        let fields: Vec<&str> = after_name.split_whitespace().collect();
        let ticks: f64 = fields.get(11).ok_or("utime")?.parse::<f64>()?
            + fields.get(12).ok_or("stime")?.parse::<f64>()?;
        Ok(ticks * 10.0)
    }

    /// Waits for the first answer; gives the time since `since`.
    pub(crate) async fn answers(
        &self,
        client: &Client,
        since: Instant,
    ) -> Result<Duration, Failure> {
        loop {
            match client.get(self.url("/health")).send().await {
                Ok(answer) if answer.status().is_success() => return Ok(since.elapsed()),
                _ if since.elapsed() > PATIENCE => return Err("it does not answer".into()),
                _ => tokio::time::sleep(Duration::from_millis(2)).await,
            }
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A port that was free a moment ago.
pub(crate) fn free_port() -> Result<u16, Failure> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// Starts PM OS with its records in `data`.
pub(crate) fn start(binary: &Path, data: &Path, port: u16) -> Result<Process, Failure> {
    let child = Command::new(binary)
        .env("PMOS_DATA", data)
        .env("PORT", port.to_string())
        .env("LOG_LEVEL", "warn")
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .spawn()?;
    Ok(Process::new(child, port))
}

/// A client that keeps cookies, signed up as the first person.
pub(crate) async fn sign_up(process: &Process) -> Result<Client, Failure> {
    // What travelled is weighed, not what it unpacks to.
    let client = Client::builder().cookie_store(true).no_gzip().build()?;
    let account = json!({ "name": "Bench", "email": "bench@example.com", "password": "correct horse battery" });
    let answer = client.post(process.url("/api/pmos/auth/signup")).json(&account).send().await?;
    answer.error_for_status()?;
    Ok(client)
}

/// Calls a tool and gives its result.
pub(crate) async fn tool(
    process: &Process,
    client: &Client,
    name: &str,
    arguments: Value,
) -> Result<Value, Failure> {
    let call = json!({ "name": name, "arguments": arguments });
    let answer: Value =
        client.post(process.url("/api/mcp-call")).json(&call).send().await?.json().await?;
    if answer.get("ok") != Some(&Value::Bool(true)) {
        return Err(format!("{name} answered {answer}").into());
    }
    Ok(answer.get("result").cloned().unwrap_or_default())
}
