//! The test of a connection: three calls, each timed, and the one thing to do when one of them fails.

use crate::connections::Meta;
use crate::launchpad;
use crate::scheduler::Lane;
use crate::session::Session;
use crate::{Basecamp, failure};
use basecamp_sdk::services::projects::ListProjectsParams;
use basecamp_sdk::{Error, ErrorCode};
use domain::actor::Actor;
use domain::event::{Event, EventKind, Outcome};
use domain::ids::ConnectionId;
use domain::integration::{BasecampAccess, Check, Checked};
use domain::problem::Problem;
use std::time::{Duration, Instant};
use store::connections::{self, Connection};
use store::{events, ids};

/// All three together give up after this (contract.md 2).
const PATIENCE: Duration = Duration::from_secs(6);
const NAMES: [&str; 3] = ["Signed in", "Known in the account", "Read projects"];

/// Why a call failed, for the words of the test.
enum Fault {
    Refused,
    Suspended,
    Away(String),
    Other(String),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        match error.code() {
            _ if failure::is_inactive(&error) => Self::Suspended,
            ErrorCode::AuthRequired => Self::Refused,
            ErrorCode::Network => Self::Away("Basecamp did not answer".to_owned()),
            _ => Self::Other(failure::problem("This", &error).to_string()),
        }
    }
}

impl Basecamp {
    /// Tests a connection for real and remembers what was found. Access that is refused is noted, access that works
    /// again too.
    ///
    /// # Errors
    /// [`Problem::NotFound`], [`Problem::Forbidden`]; what the test finds is no error.
    pub async fn test_access(
        &self,
        actor: &Actor,
        id: &ConnectionId,
    ) -> Result<BasecampAccess, Problem> {
        let row = self.find_row(actor, id).await?;
        let meta = Meta::read(&row)?;
        if meta.account_id == 0 {
            return Err(failure::no_account());
        }
        let session = self.session(actor, &row, Lane::Interactive)?;
        let mut checks = Vec::new();
        let fault = self.walk(&session, &meta, &mut checks).await;
        let checked = checked(checks, fault.as_ref());
        if matches!(fault, Some(Fault::Refused)) {
            session.renewing.lost(actor).await?;
        }
        self.remember(actor, &row, checked).await?;
        self.access(actor, id).await
    }

    async fn walk(&self, session: &Session, meta: &Meta, checks: &mut Vec<Check>) -> Option<Fault> {
        let ends = Instant::now() + PATIENCE;
        for (step, name) in NAMES.iter().enumerate() {
            let since = Instant::now();
            let left = ends.saturating_duration_since(since);
            let call = Box::pin(self.step(session, meta, step));
            let outcome = tokio::time::timeout(left, call).await;
            let outcome = outcome.unwrap_or_else(|_| {
                Err(Fault::Away("Basecamp did not answer within 6 seconds".to_owned()))
            });
            let ms = u64::try_from(since.elapsed().as_millis()).ok();
            let (ok, detail, fault) = match outcome {
                Ok(detail) => (true, detail, None),
                Err(Fault::Refused) => {
                    let words = "Basecamp no longer accepts our access".to_owned();
                    (false, words, Some(Fault::Refused))
                }
                Err(Fault::Suspended) => {
                    let words = "The Basecamp account is suspended".to_owned();
                    (false, words, Some(Fault::Suspended))
                }
                Err(Fault::Away(words)) => (false, words.clone(), Some(Fault::Away(words))),
                Err(Fault::Other(words)) => (false, words.clone(), Some(Fault::Other(words))),
            };
            checks.push(Check { name: (*name).to_owned(), ok: Some(ok), ms, detail });
            if fault.is_some() {
                return fault;
            }
        }
        None
    }

    /// One call; gives what was found.
    async fn step(&self, session: &Session, meta: &Meta, step: usize) -> Result<String, Fault> {
        match step {
            0 => {
                let base_url = if meta.is_sample {
                    self.target(meta).map_err(|it| Fault::Away(it.to_string()))?.0
                } else {
                    self.0.config.launchpad_url.clone()
                };
                // Access that ended is renewed once, as in every other call.
                let token = session.renewing.token().await?;
                let mut told = launchpad::authorization(&self.0, &base_url, &token).await;
                let is_refused = |it: &Error| it.code() == ErrorCode::AuthRequired;
                if told.as_ref().is_err_and(is_refused) {
                    let token = session.renewing.again().await?;
                    told = launchpad::authorization(&self.0, &base_url, &token).await;
                }
                let found = told?;
                Ok(format!("As {}", found.identity.email))
            }
            1 => {
                let me = session.account.people().me().await?;
                Ok(format!("{} in {}", me.name.expose(), meta.account_name))
            }
            _ => {
                let params = ListProjectsParams::default();
                let page = session.account.projects().list(&params).await?;
                Ok(match page.value().len() {
                    1 => "1 project on the first page".to_owned(),
                    count => format!("{count} projects on the first page"),
                })
            }
        }
    }

    async fn remember(
        &self,
        actor: &Actor,
        row: &Connection,
        checked: Checked,
    ) -> Result<(), Problem> {
        let (actor, id) = (actor.clone(), ConnectionId::new(row.id.clone()));
        let write = self.0.db.write(move |conn| {
            Box::pin(async move {
                let row = connections::find(conn, &actor.workspace, &id).await?;
                let row = row.ok_or_else(|| Problem::not_found("Connection"))?;
                let is_good = checked.error.is_none();
                let outcome = if is_good { Outcome::Success } else { Outcome::Failed };
                let status = if is_good { "active" } else { row.status.as_str() };
                let meta = Meta { checked: Some(checked), ..Meta::read(&row)? }.text()?;
                connections::set_status(conn, &actor.workspace, &id, status, &meta).await?;
                let event = Event::new(EventKind::ConnectorTested, &id, row.name).ended(outcome);
                events::record(conn, &actor, &event).await?;
                Ok::<_, Problem>(())
            })
        });
        write.await?;
        self.0.wake.notify_one();
        Ok(())
    }
}

fn checked(mut checks: Vec<Check>, fault: Option<&Fault>) -> Checked {
    let auth_ok = checks.iter().any(|it| it.ok == Some(true));
    let error = checks.iter().find(|it| it.ok == Some(false)).map(|it| it.detail.clone());
    for name in NAMES.iter().skip(checks.len()) {
        let detail = String::new();
        checks.push(Check { name: (*name).to_owned(), ok: None, ms: None, detail });
    }
    let (hint, fix_url) = match fault {
        None => (None, None),
        Some(Fault::Refused) => (Some("Connect Basecamp again"), Some("/integrations")),
        Some(Fault::Suspended) => {
            (Some("An owner can open it again at Basecamp. PM OS goes on by itself then"), None)
        }
        Some(Fault::Away(_)) => (Some("Try again in a moment. What was read before stays"), None),
        Some(Fault::Other(_)) => (Some("Check what the signed-in person may do there"), None),
    };
    Checked {
        at_ms: ids::now_ms(),
        reachable: !matches!(fault, Some(Fault::Away(_))),
        auth_ok: auth_ok && !matches!(fault, Some(Fault::Refused)),
        checks,
        error,
        hint: hint.map(str::to_owned),
        fix_url: fix_url.map(str::to_owned),
    }
}
