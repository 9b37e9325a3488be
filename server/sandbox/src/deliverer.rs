//! Telling addresses what happened: up to ten attempts, each longer after the last, and then the hook is switched off.
//!
//! Only addresses on this machine are reached: the sample tells nobody outside.

use crate::Sandbox;
use crate::webhook::{Delivery, USER_AGENT};
use std::io;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use url::Url;

/// Attempts before a hook is switched off.
const ATTEMPTS: u32 = 10;
/// How long an address may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// How deliveries go out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Manner {
    /// Once each, at once.
    #[default]
    Plain,
    /// Each of them twice.
    Twice,
    /// Not before they are let go, and then the newest first.
    Late,
}

/// What waits to be delivered.
#[derive(Default)]
pub(crate) struct Deliverer(Mutex<(Manner, Vec<Delivery>)>);

impl Deliverer {
    pub(crate) fn set(&self, manner: Manner) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0 = manner;
    }

    /// What was held back, the newest first.
    pub(crate) fn held(&self) -> Vec<Delivery> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut held = std::mem::take(&mut state.1);
        held.reverse();
        held
    }

    /// Sends `deliveries` on their way.
    pub(crate) fn take(&self, sandbox: &Sandbox, deliveries: Vec<Delivery>) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for delivery in deliveries {
            match state.0 {
                Manner::Late => state.1.push(delivery),
                Manner::Plain => spawn(sandbox, delivery),
                Manner::Twice => {
                    spawn(sandbox, delivery.clone());
                    spawn(sandbox, delivery);
                }
            }
        }
    }
}

fn spawn(sandbox: &Sandbox, delivery: Delivery) {
    let sandbox = sandbox.clone();
    tokio::spawn(async move { deliver(&sandbox, &delivery).await });
}

/// Delivers one, again and again until somebody takes it.
pub(crate) async fn deliver(sandbox: &Sandbox, delivery: &Delivery) {
    for attempt in 0..ATTEMPTS {
        let told = tokio::time::timeout(PATIENCE, post(delivery)).await;
        let status = told.ok().and_then(Result::ok).unwrap_or_default();
        let is_last = attempt + 1 == ATTEMPTS;
        let is_over = note(sandbox, delivery, status, is_last).await;
        if is_over || (200..300).contains(&status) {
            return;
        }
        tokio::time::sleep(sandbox.0.webhook_pause * 2_u32.pow(attempt)).await;
    }
}

/// Writes an attempt down; whether nothing more is to be sent there.
async fn note(sandbox: &Sandbox, delivery: &Delivery, status: u16, is_last: bool) -> bool {
    let now = sandbox.0.clock.now();
    let noted = sandbox.0.accounts.change(delivery.account, |account| {
        let Some(hook) = account.webhooks.iter_mut().find(|it| it.id == delivery.hook) else {
            return (true, false);
        };
        hook.note(&delivery.payload, status, now);
        if is_last && !(200..300).contains(&status) {
            hook.active = false;
        }
        (!hook.active, true)
    });
    noted.await.ok().flatten().unwrap_or(true)
}

/// The status an address answers.
async fn post(delivery: &Delivery) -> io::Result<u16> {
    let url = Url::parse(&delivery.url).map_err(io::Error::other)?;
    let host = url.host_str().filter(|_| url.scheme() == "http");
    let host = host.ok_or_else(|| io::Error::other("the sample reaches this machine only"))?;
    let port = url.port_or_known_default().unwrap_or(80);
    let mut stream = TcpStream::connect((host.trim_matches(['[', ']']), port)).await?;
    let body = delivery.payload.to_string();
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/json\r\nUser-Agent: {USER_AGENT}\r\n\
         X-Request-Id: {:032x}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        url.path(),
        rand::random::<u128>(),
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await?;
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await?;
    let status =
        std::str::from_utf8(&answer).ok().and_then(|it| it.split(' ').nth(1)?.parse().ok());
    status.ok_or_else(|| io::Error::other("the answer is not HTTP"))
}
