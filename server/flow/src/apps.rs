//! Apps: published forms that run a flow. Who finds which is decided here, for every operation.

pub mod running;

mod asked;
mod auditing;
mod publishing;
pub(crate) mod sealing;
mod seeding;
mod starting;
mod telemetry;

pub use crate::apps::seeding::SeedCounts;
pub use crate::apps::telemetry::{Platform, Scope, TopApp};

use crate::runs::Runs;
use crate::starts::Starts;
use domain::actor::{Actor, Permission};
use domain::app::publisher::{Audience, PublishStatus, Publisher};
use domain::app::{App, AppFilter, AppPage, Gallery};
use domain::client::Client;
use domain::problem::Problem;
use std::sync::Arc;
use store::apps::{AppRow, Viewer};
use store::{apps, ids, secrets};

/// Apps on one page when nothing else is asked, and at most.
const PAGE: (u32, u32) = (20, 100);
/// Runs of apps that one address, and one workspace, may ask for in a minute.
const RUNS_PER_MINUTE: u32 = 60;
/// An app without a flow.
const NO_FLOW: &str = "This app is a draft: choose the flow that it runs";

/// Who looks at apps or runs one: a member, somebody else, or a browser nobody knows.
#[derive(Clone, Debug, Default)]
pub struct Visitor {
    /// Who is signed in, if anybody is.
    pub actor: Option<Actor>,
    /// The random word that this browser was given.
    pub browser: Option<String>,
    /// Where the request came from.
    pub client: Client,
}

impl Visitor {
    /// A signed-in person.
    pub fn member(actor: &Actor) -> Self {
        Self { actor: Some(actor.clone()), ..Self::default() }
    }

    fn viewer(&self) -> Viewer {
        self.actor.as_ref().map(viewer).unwrap_or_default()
    }

    /// The person, where they are a member of the app's workspace.
    fn inside(&self, app: &AppRow) -> Option<&Actor> {
        self.actor.as_ref().filter(|it| it.workspace == app.workspace)
    }

    /// Who runs of an app are kept for; nobody for a browser that was given no word yet.
    fn caller(&self, app: &AppRow) -> Option<String> {
        match (self.inside(app), &self.browser) {
            (Some(actor), _) => Some(format!("user:{}", actor.user)),
            (None, Some(word)) => Some(format!("browser:{}", secrets::digest(word))),
            (None, None) => None,
        }
    }
}

fn viewer(actor: &Actor) -> Viewer {
    Viewer {
        workspace: actor.workspace.to_string(),
        user: actor.user.to_string(),
        manages: actor.role.can(Permission::Manage),
    }
}

/// The handle to apps. Cheap to clone.
#[derive(Clone)]
pub struct Apps {
    pub(crate) runs: Runs,
    /// How often apps were run, by address and by workspace.
    pub(crate) starts: Arc<Starts>,
}

impl Apps {
    /// The apps that `runs` runs.
    pub fn new(runs: &Runs) -> Self {
        Self { runs: runs.clone(), starts: Arc::new(Starts::new(RUNS_PER_MINUTE)) }
    }

    /// The apps that the visitor may see: featured first, then by their order, then the newest.
    ///
    /// # Errors
    /// [`Problem::Invalid`] for a cursor that is none.
    pub async fn list(&self, visitor: &Visitor, filter: &AppFilter) -> Result<AppPage, Problem> {
        let wanted = if filter.limit == 0 { PAGE.0 } else { filter.limit.min(PAGE.1) };
        let limit = i64::from(wanted);
        let skip = match filter.cursor.as_deref().filter(|it| !it.is_empty()) {
            None => 0,
            Some(cursor) => match cursor.parse::<i64>() {
                Ok(skip) if skip >= 0 => skip,
                _ => return Err(Problem::invalid("cursor", "Give the cursor of an earlier page")),
            },
        };
        let mut conn = self.runs.engine.db.read().await?;
        let mut rows = apps::list(&mut conn, &visitor.viewer(), filter, (skip, limit + 1)).await?;
        let has_more = rows.len() > wanted as usize;
        rows.truncate(wanted as usize);
        Ok(AppPage {
            data: rows.into_iter().map(|it| shown(it, visitor)).collect(),
            next: has_more.then(|| (skip + limit).to_string()),
            previous: (skip > 0).then(|| (skip - limit).max(0).to_string()),
        })
    }

    /// One app.
    ///
    /// # Errors
    /// [`Problem::NotFound`], also where the visitor may not see it.
    pub async fn get(&self, visitor: &Visitor, id: &str) -> Result<App, Problem> {
        Ok(shown(self.found(visitor, id).await?, visitor))
    }

    /// The app, where the visitor may see it.
    pub(crate) async fn found(&self, visitor: &Visitor, id: &str) -> Result<AppRow, Problem> {
        let mut conn = self.runs.engine.db.read().await?;
        let row = apps::find(&mut conn, id).await?;
        row.filter(|it| can_see(it, visitor)).ok_or_else(missing)
    }
}

fn missing() -> Problem {
    Problem::not_found("App")
}

/// Whether the visitor may change the app.
fn can_manage(app: &AppRow, visitor: &Visitor) -> bool {
    visitor.inside(app).is_some_and(|it| {
        it.role.can(Permission::Manage) || (it.role.can(Permission::Write) && it.user == app.owner)
    })
}

fn can_see(app: &AppRow, visitor: &Visitor) -> bool {
    let is_out =
        app.status == PublishStatus::Published && app.flow.is_some() && app.missing.is_none();
    let is_for_them = app.audience == Audience::External || visitor.inside(app).is_some();
    (is_out && is_for_them) || can_manage(app, visitor)
}

fn shown(app: AppRow, visitor: &Visitor) -> App {
    let can_manage = can_manage(&app, visitor);
    let publisher = Publisher::read(app.output_schema.get("publisher")).unwrap_or_default();
    let missing = match (&app.flow, app.missing) {
        (None, None) => Some(NO_FLOW.to_owned()),
        (_, missing) => missing,
    };
    App {
        template_id: app.id.clone(),
        id: app.id,
        name: app.name,
        description: app.description,
        flow_id: app.flow.filter(|_| can_manage).map(|it| it.to_string()),
        created: ids::rfc3339(app.created_at),
        updated: ids::rfc3339(app.updated_at),
        gallery_metadata: Gallery {
            icon: app.icon,
            category: app.category,
            tags: app.tags,
            featured: app.featured,
            display_order: app.display_order,
            input_schema: app.input_schema,
            output_type: app.output_type,
            output_schema: app.output_schema,
            publisher,
            run_count: app.runs,
            success_count: app.successes,
            failed_count: app.failures,
            average_execution_ms: if app.runs == 0 { 0 } else { app.total_ms / app.runs },
            last_execution_at: app.last_run_at.map(ids::rfc3339),
            can_manage,
            missing,
        },
    }
}
