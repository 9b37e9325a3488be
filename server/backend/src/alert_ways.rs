//! Where alerts go besides the app: by e-mail through the workspace's mail connection, and into the chat of a project.
//!
//! What is to be sent is stored with what it is about, so that a storm is one message and a crash loses none. It is sent
//! by `alert_sending.rs`.

use crate::Backend;
use crate::alert_sending::{BASECAMP, EMAIL};
use crate::alerting::Alert;
use domain::actor::{Actor, Permission};
use domain::alert::{AlertPlaces, AlertProject, AlertSettings, Undelivered};
use domain::event::{Event, EventKind};
use domain::ids::{UserId, WorkspaceId};
use domain::problem::Problem;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::alert_deliveries::{self, Delivery, WAITING};
use store::db::Conn;
use store::error::internal;
use store::{events, ids, settings, users};

/// The name of the setting.
const NAME: &str = "alerts";
/// Addresses of one workspace.
const MOST: usize = 5;
/// Of those that did not arrive.
const SHOWN: i64 = 5;
/// Letters of an address.
const LETTERS: usize = 254;
const MINUTE_MS: i64 = 60_000;
/// How long what was sent is remembered.
const KEPT_MS: i64 = 30 * 24 * 60 * MINUTE_MS;

/// The setting as it is stored.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Chosen {
    pub(crate) places: AlertPlaces,
    /// In whose name alerts are sent: who chose.
    pub(crate) by: UserId,
}

impl Chosen {
    pub(crate) async fn of(conn: &mut Conn, workspace: &WorkspaceId) -> Result<Self, Problem> {
        let Some(stored) = settings::find(conn, workspace.as_str(), NAME).await? else {
            return Ok(Self::default());
        };
        serde_json::from_value(stored).map_err(|error| internal("reading where alerts go", &error))
    }

    /// Each way with its target.
    pub(crate) fn ways(&self) -> Vec<(&'static str, String)> {
        let emails = self.places.emails.iter().map(|it| (EMAIL, it.clone()));
        let project = self.places.project.iter().map(|it| (BASECAMP, it.id.to_string()));
        emails.chain(project).collect()
    }

    /// A target as people know it.
    pub(crate) fn called(&self, target: &str) -> String {
        let project = self.places.project.as_ref().filter(|it| it.id.to_string() == target);
        project.map_or_else(|| target.to_owned(), |it| format!("the chat of {}", it.name))
    }
}

impl Backend {
    /// Where alerts go, where they could go, and what did not arrive.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to manage.
    pub async fn alert_settings(&self, actor: &Actor) -> Result<AlertSettings, Problem> {
        actor.require(Permission::Manage)?;
        let mut conn = self.db.read().await?;
        let chosen = Chosen::of(&mut conn, &actor.workspace).await?;
        let failed = alert_deliveries::failed(&mut conn, &actor.workspace, SHOWN).await?;
        let by = users::find(&mut conn, &chosen.by).await?;
        drop(conn);
        let mut projects = self.alert_projects(actor).await;
        if let Some(project) = &chosen.places.project
            && !projects.iter().any(|it| it.id == project.id)
        {
            projects.insert(0, project.clone());
        }
        let undelivered = failed.into_iter().map(|it| Undelivered {
            at_ms: it.created_at,
            title: it.title,
            target: chosen.called(&it.target),
            error: it.error.unwrap_or_default(),
        });
        Ok(AlertSettings {
            undelivered: undelivered.collect(),
            chosen_by: by.map(|it| it.name),
            places: chosen.places,
            projects,
        })
    }

    /// Sends alerts to these places from now on, in the name of `actor`. `project` is the id of one they work in.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to manage; [`Problem::Invalid`] naming `emails` or `project`.
    pub async fn save_alert_places(
        &self,
        actor: &Actor,
        emails: &[String],
        project: Option<i64>,
    ) -> Result<(), Problem> {
        actor.require(Permission::Manage)?;
        let emails = addresses(emails)?;
        let project = match project {
            None => None,
            Some(id) => Some(self.alert_project(actor, id).await?),
        };
        let chosen = Chosen { places: AlertPlaces { emails, project }, by: actor.user.clone() };
        let by = actor.clone();
        let write = self.db.write(move |conn| {
            Box::pin(async move {
                settings::set(conn, by.workspace.as_str(), NAME, &json!(chosen)).await?;
                let event = Event::new(EventKind::WorkspaceChanged, &by.workspace, NAME);
                let detail = json!({
                    "emails": chosen.places.emails.len(), "project": chosen.places.project.map(|it| it.name),
                });
                events::record(conn, &by, &event.with(detail)).await?;
                Ok::<_, Problem>(())
            })
        });
        write.await
    }

    async fn alert_project(&self, actor: &Actor, id: i64) -> Result<AlertProject, Problem> {
        let all = self.basecamp.projects(actor).await?;
        let found = all.into_iter().find(|it| it.id == id);
        let found = found.map(|it| AlertProject { id: it.id, name: it.name });
        found.ok_or_else(|| Problem::invalid("project", "Choose a project you work in"))
    }

    /// Those to choose from; none while Basecamp is not connected or does not answer.
    async fn alert_projects(&self, actor: &Actor) -> Vec<AlertProject> {
        match self.basecamp.projects(actor).await {
            Ok(all) => {
                all.into_iter().map(|it| AlertProject { id: it.id, name: it.name }).collect()
            }
            Err(problem) => {
                tracing::debug!(%problem, "no project to choose for alerts");
                Vec::new()
            }
        }
    }
}

/// Every address once, in lower case.
fn addresses(given: &[String]) -> Result<Vec<String>, Problem> {
    let mut all = Vec::new();
    for text in given.iter().map(|it| it.trim().to_lowercase()).filter(|it| !it.is_empty()) {
        let has_parts = text.split_once('@').is_some_and(|(name, host)| {
            !name.is_empty() && host.contains('.') && !host.contains('@')
        });
        let is_plain = !text.chars().any(|it| it.is_whitespace() || it.is_control() || it == ',');
        if !has_parts || !is_plain || text.len() > LETTERS {
            let words = format!("{text} is not an address such as name@example.com");
            return Err(Problem::invalid("emails", words));
        }
        if !all.contains(&text) {
            all.push(text);
        }
    }
    if all.len() > MOST {
        let words = format!("Give {MOST} addresses at most, or one of a list");
        return Err(Problem::invalid("emails", words));
    }
    Ok(all)
}

/// Stores an alert for every place the workspace chose, unless the same went out lately.
pub(crate) async fn enqueue(
    conn: &mut Conn,
    workspace: &WorkspaceId,
    alert: &Alert,
) -> Result<(), Problem> {
    let ways = Chosen::of(conn, workspace).await?.ways();
    if ways.is_empty() {
        return Ok(());
    }
    let now = ids::now_ms();
    let last = alert_deliveries::last(conn, workspace, &alert.about).await?;
    if last.is_some_and(|it| now - it < alert.quiet_ms) {
        return Ok(());
    }
    alert_deliveries::forget(conn, workspace, now - KEPT_MS).await?;
    for (way, target) in ways {
        let new = Delivery {
            id: ids::fresh(),
            workspace_id: workspace.to_string(),
            about: alert.about.clone(),
            way: way.to_owned(),
            title: alert.title.clone(),
            body: alert.body.clone(),
            link: alert.link.to_owned(),
            state: WAITING.to_owned(),
            tries: 0,
            due_at: now,
            error: None,
            // Nodes that look in the same minute make one.
            sent_once: format!("{}:{way}:{target}:{}", alert.about, now.div_euclid(MINUTE_MS)),
            created_at: now,
            target,
        };
        alert_deliveries::insert(conn, &new).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(given: &[&str]) -> Result<Vec<String>, Problem> {
        addresses(&given.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn addresses_are_told_apart_from_what_is_none() {
        assert_eq!(
            read(&[" Ada@example.com ", "", "ada@example.com"]).unwrap(),
            ["ada@example.com"]
        );
        for wrong in [
            "ada",
            "ada@host",
            "a b@example.com",
            "@example.com",
            "a@b@example.com",
            "a@x.org,b@x.org",
        ] {
            let Err(Problem::Invalid { issues }) = read(&[wrong]) else { panic!("{wrong}") };
            assert_eq!(issues[0].field, "emails");
        }
        let six: Vec<String> = (0..6).map(|it| format!("p{it}@example.com")).collect();
        assert!(addresses(&six).is_err());
    }
}
