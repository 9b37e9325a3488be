//! Looks after connections: each is tested once a day, and whoever can mend it is told once when it turns bad and once
//! when it is good again.
//!
//! No test changes anything at the other side. Tests are spread over the day.
//! What does not answer may do so in a moment, so it is asked once more before anybody is told; what refuses us is told at
//! once. A connection that is bad is looked at every hour, one to Basecamp as soon as the sync cannot use it.

use crate::Backend;
use crate::alert_ways;
use crate::alerting::{self, Alert};
use agent::agent::Agent;
use basecamp::Basecamp;
use domain::actor::{Actor, Role, Via};
use domain::assistant::title_of;
use domain::event::{Event, EventKind, Outcome};
use domain::ids::{ConnectionId, ToolServerId, UserId, WorkspaceId};
use domain::integration::Checked;
use domain::problem::Problem;
use flow::connections::Connections;
use flow::flows::Flows;
use peers::peers::Peers;
use std::time::Duration;
use store::care::{self, Found, Thing};
use store::db::{Conn, Db};
use store::notifications::{self, NewNotification};
use store::{events, ids};
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};
use tokio_util::sync::CancellationToken;

/// Between two looks for what is due.
const EVERY: Duration = Duration::from_secs(60);
/// Tested in one go.
const AT_ONCE: i64 = 100;
/// A test gives up after this.
const PATIENCE: Duration = Duration::from_secs(90);
const MINUTE_MS: i64 = 60_000;
/// A test whose node died is made again after this.
const CLAIM_MS: i64 = 10 * MINUTE_MS;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;
/// Until what did not answer is asked again.
const DOUBT_MS: i64 = 15 * MINUTE_MS;
/// Until what is bad is looked at again.
const BAD_MS: i64 = 60 * MINUTE_MS;

/// Looks after connections. Cheap to clone.
#[derive(Clone)]
pub struct Care {
    db: Db,
    basecamp: Basecamp,
    flows: Flows,
    connections: Connections,
    peers: Peers,
    agent: Agent,
}

/// Why a connection cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Trouble {
    words: String,
    hint: String,
    may_pass: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum News {
    Bad,
    Good,
}

impl Backend {
    /// What looks after connections.
    pub fn care(&self) -> Care {
        Care {
            db: self.db.clone(),
            basecamp: self.basecamp.clone(),
            flows: self.flows.clone(),
            connections: self.connections.clone(),
            peers: self.peers.clone(),
            agent: self.agent.clone(),
        }
    }
}

impl Care {
    /// Looks for what is due until `closing`.
    pub(crate) fn start(self, closing: CancellationToken) {
        tokio::spawn(async move {
            let mut ticks = interval_at(Instant::now() + EVERY, EVERY);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                tokio::select! {
                    () = closing.cancelled() => return,
                    _ = ticks.tick() => {}
                }
                if let Err(problem) = self.look(ids::now_ms()).await {
                    tracing::error!(%problem, "connections could not be looked after");
                }
            }
        });
    }

    /// Tests every connection that is due at `now_ms`; gives how many were tested. One that was made since the last look
    /// gets its time of the day.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn look(&self, now_ms: i64) -> Result<usize, Problem> {
        let hurry = self.db.write(move |conn| {
            Box::pin(async move { care::hurry(conn, now_ms).await.map_err(Problem::from) })
        });
        hurry.await?;
        let due = care::due(&mut self.db.read().await?, now_ms, AT_ONCE).await?;
        let is_idle = due.is_empty();
        let mut tested = 0;
        for thing in due {
            if thing.due_at.is_none() {
                let at = now_ms + time_of_day(&thing);
                let plan = self.db.write(move |conn| {
                    Box::pin(
                        async move { care::plan(conn, &thing, at).await.map_err(Problem::from) },
                    )
                });
                plan.await?;
                continue;
            }
            tested += usize::from(Box::pin(self.look_at(thing, now_ms)).await?);
        }
        if !is_idle {
            let forget = self.db.write(|conn| {
                Box::pin(async move { care::forget_gone(conn).await.map_err(Problem::from) })
            });
            forget.await?;
        }
        Ok(tested)
    }

    /// Tests one connection; false when another node does, or when it could not be tested.
    async fn look_at(&self, thing: Thing, now_ms: i64) -> Result<bool, Problem> {
        let claimed = thing.clone();
        let claim = self.db.write(move |conn| {
            Box::pin(async move {
                care::claim(conn, &claimed, now_ms + CLAIM_MS).await.map_err(Problem::from)
            })
        });
        if !claim.await? {
            return Ok(false);
        }
        let trouble = match timeout(PATIENCE, Box::pin(self.test(&thing))).await {
            Ok(Ok(trouble)) => trouble,
            Ok(Err(problem)) => {
                // Not the connection: it was removed meanwhile, or we cannot look now. The next claim tries again.
                tracing::warn!(%problem, kind = thing.kind, "a connection could not be tested");
                return Ok(false);
            }
            Err(_) => Some(silent()),
        };
        let before = thing.verdict.clone().unwrap_or_default();
        let (verdict, wait, news) = judged(&before, trouble.as_ref());
        let found = Found {
            verdict: verdict.to_owned(),
            checked_at: Some(now_ms),
            error: trouble.as_ref().map(|it| it.words.clone()),
            hint: trouble.as_ref().map(|it| it.hint.clone()),
        };
        let write = self.db.write(move |conn| {
            Box::pin(async move {
                if care::keep(conn, &thing, &found, now_ms + wait).await? {
                    announce(conn, &thing, (news, &found)).await?;
                }
                Ok::<_, Problem>(())
            })
        });
        write.await?;
        Ok(true)
    }

    /// What is wrong with a connection; none when it works.
    async fn test(&self, thing: &Thing) -> Result<Option<Trouble>, Problem> {
        let actor = keeper(thing);
        let checked = match thing.kind.as_str() {
            care::BASECAMP => {
                let id = ConnectionId::from(thing.target.as_str());
                match of_checked(self.basecamp.test_access(&actor, &id).await?.checked) {
                    None => return self.unread(thing).await,
                    trouble => return Ok(trouble),
                }
            }
            care::SERVER => {
                let id = ToolServerId::from(thing.target.as_str());
                self.peers.test(&actor, &id).await?.checked
            }
            care::ENGINE => self.flows.test_engine(&actor).await?,
            care::MODEL => {
                let found = self.agent.check_key(&actor, &thing.owner_id, &thing.name).await;
                return match found {
                    Ok(checked) => Ok(of_checked(Some(checked))),
                    Err(Problem::NoModelKey { hint, .. }) => {
                        Ok(Some(final_trouble("The stored key cannot be used", &hint)))
                    }
                    Err(problem) => Err(problem),
                };
            }
            _ => {
                let id = ConnectionId::from(thing.target.as_str());
                let found = self.connections.test(&actor, &id).await?;
                return Ok((!found.passed).then(|| Trouble {
                    words: found.message,
                    hint: "Open the connection to mend it".to_owned(),
                    may_pass: true,
                }));
            }
        };
        Ok(of_checked(checked))
    }

    /// What keeps the sync from reading Basecamp although the connection answers.
    async fn unread(&self, thing: &Thing) -> Result<Option<Trouble>, Problem> {
        let mut conn = self.db.read().await?;
        let words = care::trouble(&mut conn, &thing.workspace_id, &thing.target).await?;
        Ok(words.map(|words| Trouble { words, ..silent() }))
    }
}

fn of_checked(checked: Option<Checked>) -> Option<Trouble> {
    let checked = checked?;
    let words = checked.error?;
    let hint = checked.hint.unwrap_or_else(|| "Test it again in a moment".to_owned());
    Some(Trouble { words, hint, may_pass: !checked.reachable })
}

fn final_trouble(words: &str, hint: &str) -> Trouble {
    Trouble { words: words.to_owned(), hint: hint.to_owned(), may_pass: false }
}

fn silent() -> Trouble {
    let hint = "Check that it runs, then test it again".to_owned();
    Trouble { words: "It did not answer in time".to_owned(), hint, may_pass: true }
}

/// What a look makes of a connection: its verdict, how long until the next look, and what people are told.
fn judged(before: &str, trouble: Option<&Trouble>) -> (&'static str, i64, Option<News>) {
    match (trouble, before) {
        (None, care::BAD) => (care::GOOD, DAY_MS, Some(News::Good)),
        (None, _) => (care::GOOD, DAY_MS, None),
        (Some(_), care::BAD) => (care::BAD, BAD_MS, None),
        (Some(it), care::NEW | care::GOOD) if it.may_pass => (care::DOUBTED, DOUBT_MS, None),
        (Some(_), _) => (care::BAD, BAD_MS, Some(News::Bad)),
    }
}

/// Milliseconds of the day at which a connection has its turn: always the same for one, spread over the day for all.
fn time_of_day(thing: &Thing) -> i64 {
    let letters = thing.workspace_id.bytes().chain(thing.target.bytes());
    let number = letters.fold(0_i64, |sum, it| (sum * 31 + i64::from(it)) % DAY_MS);
    number.max(MINUTE_MS)
}

/// Who tests: PM OS itself, with the rights of those whose connection it is.
fn keeper(thing: &Thing) -> Actor {
    Actor {
        user: UserId::from(thing.owner_id.as_str()),
        name: "PM OS".to_owned(),
        workspace: WorkspaceId::from(thing.workspace_id.as_str()),
        role: Role::WorkspaceAdmin,
        via: Via::System,
        request_id: ids::fresh(),
        ip: None,
    }
}

/// Tells pages that a key was looked at, where the test itself left no event, and people what they should know.
async fn announce(
    conn: &mut Conn,
    thing: &Thing,
    (news, found): (Option<News>, &Found),
) -> Result<(), Problem> {
    let by = keeper(thing);
    if thing.kind == care::MODEL {
        let outcome = if found.error.is_none() { Outcome::Success } else { Outcome::Failed };
        let event = Event::new(EventKind::ConnectorTested, &thing.target, called(thing));
        events::record(conn, &by, &event.ended(outcome)).await?;
    }
    let Some(news) = news else { return Ok(()) };
    let (title, body) = words(thing, news, found);
    let listeners = match thing.owner_id.as_str() {
        "" => {
            let alert = Alert {
                about: format!("care:{}:{}:{}", thing.kind, thing.target, found.verdict),
                title: title.clone(),
                body: body.clone(),
                link: place(thing),
                quiet_ms: 0,
            };
            alert_ways::enqueue(conn, &by.workspace, &alert).await?;
            alerting::admins(conn, &thing.workspace_id).await?
        }
        owner => vec![(by.workspace.clone(), UserId::from(owner))],
    };
    for (workspace, user) in listeners {
        let new = NewNotification {
            user,
            title: title.clone(),
            body: body.clone(),
            link: Some(place(thing).to_owned()),
            once: None,
        };
        notifications::insert(conn, &workspace, &new).await?;
        let event = Event::new(EventKind::NotificationSent, &new.user, new.title.as_str());
        events::record(conn, &by, &event).await?;
    }
    Ok(())
}

/// What people call a connection.
fn called(thing: &Thing) -> String {
    match thing.kind.as_str() {
        care::ENGINE => format!("The flow engine {}", thing.name),
        care::MODEL if thing.owner_id.is_empty() => format!("The key of {}", title_of(&thing.name)),
        care::MODEL => format!("Your key of {}", title_of(&thing.name)),
        care::SERVER => format!("The tool server {}", thing.name),
        _ => format!("The connection {}", thing.name),
    }
}

/// Title and text of a notification.
fn words(thing: &Thing, news: News, found: &Found) -> (String, String) {
    let name = called(thing);
    match news {
        News::Good => (format!("{name} works again"), String::new()),
        News::Bad => {
            let told = [&found.error, &found.hint].into_iter().flatten();
            let told: Vec<String> =
                told.map(|it| format!("{}.", it.trim_end_matches('.'))).collect();
            (format!("{name} no longer works"), told.join(" "))
        }
    }
}

/// Where it is mended.
fn place(thing: &Thing) -> &'static str {
    match thing.kind.as_str() {
        care::ENGINE => "/settings/engine",
        care::MODEL => "/settings/assistant",
        _ => "/integrations",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thing(kind: &str, target: &str) -> Thing {
        Thing {
            workspace_id: "w1".to_owned(),
            kind: kind.to_owned(),
            target: target.to_owned(),
            owner_id: String::new(),
            name: "openai".to_owned(),
            verdict: None,
            due_at: None,
        }
    }

    #[test]
    fn what_does_not_answer_is_asked_again_before_anybody_is_told() {
        let silent = silent();
        assert_eq!(judged(care::GOOD, Some(&silent)), (care::DOUBTED, DOUBT_MS, None));
        assert_eq!(judged(care::DOUBTED, Some(&silent)), (care::BAD, BAD_MS, Some(News::Bad)));
        assert_eq!(judged(care::BAD, Some(&silent)), (care::BAD, BAD_MS, None));
        assert_eq!(judged(care::DOUBTED, None), (care::GOOD, DAY_MS, None));
        assert_eq!(judged(care::BAD, None), (care::GOOD, DAY_MS, Some(News::Good)));
        let refused = final_trouble("Refused", "Sign in again");
        assert_eq!(judged(care::NEW, Some(&refused)), (care::BAD, BAD_MS, Some(News::Bad)));
    }

    #[test]
    fn turns_are_spread_over_the_day_and_stay() {
        let times: Vec<i64> =
            ["a1b2c3", "b7d8e9", "f0a1b2"].map(|it| time_of_day(&thing(care::FLOW, it))).to_vec();
        assert!(times.iter().all(|it| (MINUTE_MS..DAY_MS).contains(it)), "{times:?}");
        assert!(times[0] != times[1] && times[1] != times[2], "{times:?}");
        assert_eq!(times[0], time_of_day(&thing(care::FLOW, "a1b2c3")));
    }

    #[test]
    fn a_person_is_told_what_is_wrong_and_what_to_do() {
        let found = Found {
            verdict: care::BAD.to_owned(),
            checked_at: None,
            error: Some("The key is wrong".to_owned()),
            hint: Some("Copy it again.".to_owned()),
        };
        let key = thing(care::MODEL, "/openai");
        let told = words(&key, News::Bad, &found);
        assert_eq!(told.0, "The key of OpenAI no longer works");
        assert_eq!(told.1, "The key is wrong. Copy it again.");
        assert_eq!(place(&key), "/settings/assistant");
    }
}
