//! Sends alerts to where a workspace wants them, in the name of who chose the places.
//!
//! Each is one call of the tool that sends messages, with its own key, so that no crash sends it twice. What cannot be sent
//! is said in the app.

use crate::Backend;
use crate::alert_ways::Chosen;
use crate::alerting;
use agent::agent::Agent;
use domain::actor::{Actor, Permission, Via};
use domain::alert::AlertTrial;
use domain::event::{Event, EventKind};
use domain::ids::WorkspaceId;
use domain::problem::Problem;
use serde_json::json;
use std::time::Duration;
use store::alert_deliveries::{self, Delivery, FAILED, SENT, WAITING};
use store::db::{Conn, Db};
use store::notifications::{self, NewNotification};
use store::{events, ids};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tools::tool::CallContext;
use tools::tools::Tools;

/// The way by e-mail, as the tool calls it.
pub(crate) const EMAIL: &str = "email";
/// The way into the chat of a project.
pub(crate) const BASECAMP: &str = "basecamp";
/// The door of its calls: what fails there is told by itself, and is no reason for another alert.
const SOURCE: &str = "alert";
/// Between two looks for what is to be sent.
const EVERY: Duration = Duration::from_secs(15);
/// Sent in one go.
const AT_ONCE: i64 = 20;
const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
/// One whose node died is taken up again after this.
const CLAIM_MS: i64 = 5 * MINUTE_MS;
/// Until one that was not taken is tried again, and how often in all.
const AGAIN_MS: i64 = 5 * MINUTE_MS;
const TRIES: i64 = 3;

/// Sends alerts. Cheap to clone.
#[derive(Clone)]
pub struct AlertSending {
    db: Db,
    tools: Tools,
    agent: Agent,
    base_url: String,
}

impl Backend {
    /// What sends alerts.
    pub fn alert_sending(&self) -> AlertSending {
        AlertSending {
            db: self.db.clone(),
            tools: self.tools.clone(),
            agent: self.agent.clone(),
            base_url: self.base_url(),
        }
    }

    /// Sends a test alert to every place that was chosen, now, and says what became of each.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to manage; [`Problem::Invalid`] where no place is chosen.
    pub async fn send_test_alert(&self, actor: &Actor) -> Result<Vec<AlertTrial>, Problem> {
        actor.require(Permission::Manage)?;
        let chosen = Chosen::of(&mut self.db.read().await?, &actor.workspace).await?;
        if chosen.places.is_empty() {
            let words = "Save an address or a project first";
            return Err(Problem::invalid("emails", words));
        }
        let sending = self.alert_sending();
        let mut trials = Vec::new();
        for (way, target) in chosen.ways() {
            let test = Delivery {
                id: ids::fresh(),
                workspace_id: actor.workspace.to_string(),
                about: "test".to_owned(),
                way: way.to_owned(),
                title: "A test alert".to_owned(),
                body: format!("{} tries whether alerts arrive here. They do.", actor.name),
                link: "/settings/alerts".to_owned(),
                state: WAITING.to_owned(),
                tries: 1,
                due_at: 0,
                error: None,
                sent_once: String::new(),
                created_at: ids::now_ms(),
                target,
            };
            let sent = Box::pin(sending.send(&chosen, &test)).await;
            let error = sent.err().map(|problem| words(&problem));
            trials.push(AlertTrial { target: chosen.called(&test.target), error });
        }
        Ok(trials)
    }
}

impl AlertSending {
    /// Sends what is to be sent until `closing`.
    pub(crate) fn start(self, closing: CancellationToken) {
        tokio::spawn(async move {
            let mut ticks = interval(EVERY);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                tokio::select! {
                    () = closing.cancelled() => return,
                    _ = ticks.tick() => {}
                }
                if let Err(problem) = self.send_due(ids::now_ms()).await {
                    tracing::error!(%problem, "alerts could not be sent");
                }
            }
        });
    }

    /// Sends every alert that is due at `now_ms`; gives how many were tried.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn send_due(&self, now_ms: i64) -> Result<usize, Problem> {
        let due = alert_deliveries::due(&mut self.db.read().await?, now_ms, AT_ONCE).await?;
        let mut tried = 0;
        for delivery in due {
            tried += usize::from(Box::pin(self.send_one(delivery, now_ms)).await?);
        }
        Ok(tried)
    }

    /// False when another node has it.
    async fn send_one(&self, delivery: Delivery, now_ms: i64) -> Result<bool, Problem> {
        let claimed = delivery.clone();
        let claim = self.db.write(move |conn| {
            Box::pin(async move {
                alert_deliveries::claim(conn, &claimed, now_ms + CLAIM_MS)
                    .await
                    .map_err(Problem::from)
            })
        });
        if !claim.await? {
            return Ok(false);
        }
        let workspace = WorkspaceId::from(delivery.workspace_id.as_str());
        let chosen = Chosen::of(&mut self.db.read().await?, &workspace).await?;
        let outcome = self.send(&chosen, &delivery).await;
        let write = self.db.write(move |conn| {
            Box::pin(async move {
                match outcome {
                    Ok(()) => {
                        alert_deliveries::settle(conn, &delivery, (SENT, None, now_ms)).await?;
                    }
                    Err(problem) if may_pass(&problem) && delivery.tries + 1 < TRIES => {
                        let why = words(&problem);
                        let again = (WAITING, Some(why.as_str()), now_ms + AGAIN_MS);
                        alert_deliveries::settle(conn, &delivery, again).await?;
                    }
                    Err(problem) => give_up(conn, (&chosen, &delivery), &words(&problem)).await?,
                }
                Ok::<_, Problem>(())
            })
        });
        write.await?;
        Ok(true)
    }

    /// Sends one alert. The same one again, after a crash, is not sent a second time.
    async fn send(&self, chosen: &Chosen, delivery: &Delivery) -> Result<(), Problem> {
        let workspace = WorkspaceId::from(delivery.workspace_id.as_str());
        let person = self.agent.person(&workspace, &chosen.by, &ids::fresh()).await?;
        let gone = || Problem::NeedsSetup {
            message: "Who chose where alerts go is no longer in this workspace".to_owned(),
            hint: "Save the settings of alerts again".to_owned(),
            fix_url: "/settings/alerts".to_owned(),
        };
        let actor = Actor { via: Via::System, ..person.ok_or_else(gone)? };
        let link = format!("{}{}", self.base_url, delivery.link);
        let message = match delivery.body.as_str() {
            "" => link,
            body => format!("{body}\n{link}"),
        };
        let args = json!({
            "platform": delivery.way, "target": delivery.target, "title": delivery.title,
            "message": message,
        });
        let key = Some(format!("alert:{}", delivery.id));
        let context =
            CallContext { source: SOURCE, idempotency_key: key, ..CallContext::default() };
        Box::pin(self.tools.call(&actor, "send_notification", &args, &context)).await?;
        Ok(())
    }
}

/// Whether the same may be taken in a while.
fn may_pass(problem: &Problem) -> bool {
    matches!(
        problem,
        Problem::Unavailable { .. } | Problem::Throttled { .. } | Problem::RateLimited { .. }
    )
}

/// What is wrong, and what to do about it.
fn words(problem: &Problem) -> String {
    match problem {
        Problem::NeedsSetup { message, hint, .. } => format!("{message}. {hint}"),
        other => other.to_string(),
    }
}

/// Tells those who manage that an alert did not go out, once an hour for each way.
async fn give_up(
    conn: &mut Conn,
    (chosen, delivery): (&Chosen, &Delivery),
    why: &str,
) -> Result<(), Problem> {
    alert_deliveries::settle(conn, delivery, (FAILED, Some(why), delivery.due_at)).await?;
    let target = chosen.called(&delivery.target);
    let hour = ids::now_ms().div_euclid(HOUR_MS);
    for (workspace, user) in alerting::admins(conn, &delivery.workspace_id).await? {
        let new = NewNotification {
            title: format!("An alert could not be sent to {target}"),
            body: format!("“{}”: {why}", delivery.title),
            link: Some("/settings/alerts".to_owned()),
            once: Some(format!("undelivered:{workspace}:{}:{user}:{hour}", delivery.way)),
            user,
        };
        if notifications::insert(conn, &workspace, &new).await? {
            let event = Event::new(EventKind::NotificationSent, &new.user, new.title.as_str());
            events::record(conn, &Actor::system(workspace, ids::fresh()), &event).await?;
        }
    }
    Ok(())
}
