//! The sandbox in a process of its own, so that its memory and its time are not ours.

use crate::Failure;
use crate::mirror::world_day;
use reqwest::{Client, Method};
use sandbox::world::Size;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// The word that makes this program the sandbox.
pub(crate) const COMMAND: &str = "--sandbox";
pub(super) const ACCOUNT: i64 = 4_100_123;

/// What opens the account: nothing but this program reaches it.
pub(super) fn token() -> String {
    format!("{ACCOUNT:032}")
}

/// Serves a world of the size in the first argument until it is killed.
pub(crate) async fn serve() -> Result<(), Failure> {
    let size = std::env::args().nth(2).and_then(|it| Size::parse(&it)).ok_or("a size")?;
    let config = sandbox::Config { today: Some(world_day()), ..sandbox::Config::default() };
    let running = sandbox::serve(config).await?;
    running.sandbox.create_world(ACCOUNT, &token(), size).await?;
    writeln!(std::io::stdout(), "{} {}", running.address, running.control_key)?;
    std::future::pending().await
}

/// A sandbox that runs.
pub(super) struct Upstream {
    child: Child,
    pub(super) address: SocketAddr,
    pub(super) key: String,
    client: Client,
}

impl Drop for Upstream {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Upstream {
    pub(super) fn start(size: Size) -> Result<Self, Failure> {
        let word = format!("{size:?}").to_lowercase();
        let mut child = Command::new(std::env::current_exe()?)
            .args([COMMAND, &word])
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        let said = child.stdout.take().ok_or("no output")?;
        BufReader::new(said).read_line(&mut line)?;
        let (address, key) = line.trim().split_once(' ').ok_or("the sandbox did not start")?;
        let (address, key) = (address.parse()?, key.to_owned());
        Ok(Self { child, address, key, client: Client::new() })
    }

    /// Requests so far.
    pub(super) async fn count(&self) -> Result<u64, Failure> {
        self.requests().await?.get("count").and_then(Value::as_u64).ok_or_else(|| "no count".into())
    }

    /// Requests so far, by what they were about.
    pub(super) async fn counts(&self) -> Result<BTreeMap<String, u64>, Failure> {
        let by = self.requests().await?.get("by").cloned().unwrap_or_default();
        Ok(serde_json::from_value(by)?)
    }

    async fn requests(&self) -> Result<Value, Failure> {
        let request = self.client.get(format!("http://{}/sandbox/requests", self.address));
        Ok(request.header("x-sandbox-key", &self.key).send().await?.json().await?)
    }

    /// Puts its clock forward.
    pub(super) async fn pass(&self, by: Duration) -> Result<(), Failure> {
        let by = u64::try_from(by.as_millis())?;
        let request = self.client.post(format!("http://{}/sandbox/clock", self.address));
        let request = request.header("x-sandbox-key", &self.key).json(&json!({"advance_ms": by}));
        request.send().await?.error_for_status()?;
        Ok(())
    }

    /// A write past PM OS, as people make them in Basecamp.
    pub(super) async fn write(
        &self,
        method: Method,
        path: &str,
        body: Value,
    ) -> Result<(), Failure> {
        let url = format!("http://{}/{ACCOUNT}/{path}", self.address);
        let request = self.client.request(method, url).bearer_auth(token());
        let request = request.header("user-agent", "bench (bench@pmos.example)").json(&body);
        request.send().await?.error_for_status()?;
        Ok(())
    }
}
