//! The apps that come with PM OS: each is a template with a flow of its own, published and ready to run.

use crate::apps::Apps;
use crate::apps::publishing::{changed, empty};
use crate::flows::Flows;
use domain::actor::{Actor, Permission};
use domain::app::{AppChange, Seeded};
use domain::event::{Event, EventKind};
use domain::flow::edit::{FlowEdit, ImportFlow};
use domain::flow::listing::NewFlow;
use domain::flow::templates::Template;
use domain::flow::{Flow, SCHEMA_VERSION};
use domain::problem::Problem;
use domain::template::{KeptTemplate, TemplateKind, Visibility};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::sync::LazyLock;
use store::apps::AppRow;
use store::db::Conn;
use store::{apps, events, ids, templates};

/// What has to be said before anything is made.
const CONFIRM: &str = "SEED_DEFAULTS";
const NEEDS_BASECAMP: &str =
    "Connect Basecamp under Integrations, then make the default apps again";

/// What seeding did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SeedCounts {
    /// To apps.
    pub apps: Seeded,
    /// To templates.
    pub templates: Seeded,
}

#[derive(Clone, Debug, Deserialize)]
struct Seed {
    key: String,
    icon: String,
    category: String,
    featured: bool,
    output_type: String,
    #[serde(default)]
    needs_basecamp: bool,
    fields: Value,
    template: Template,
}

static SEEDS: LazyLock<Vec<Seed>> =
    LazyLock::new(|| serde_json::from_str(include_str!("seeds.json")).unwrap_or_default());

/// What is to be written for one seed.
struct Due {
    seed: &'static Seed,
    order: i64,
    known: Option<KeptTemplate>,
    app: Option<AppRow>,
    flow: Option<Flow>,
    missing: Option<String>,
}

impl Apps {
    /// Makes the default apps that are not there yet, and brings up to date what they lack; done again it changes
    /// nothing. `reset` gives those that were changed their first shape back.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without manage; [`Problem::Invalid`] unless `confirm` says `SEED_DEFAULTS`.
    pub async fn seed(
        &self,
        actor: &Actor,
        confirm: &str,
        reset: bool,
    ) -> Result<SeedCounts, Problem> {
        let outcome = self.seeded(actor, confirm, reset).await;
        self.noted(actor, (EventKind::AppsSeeded, "defaults"), outcome).await
    }

    async fn seeded(
        &self,
        actor: &Actor,
        confirm: &str,
        reset: bool,
    ) -> Result<SeedCounts, Problem> {
        actor.require(Permission::Manage)?;
        if confirm != CONFIRM {
            let message = format!("Send confirm with the word {CONFIRM}");
            return Err(Problem::invalid("confirm", message));
        }
        let accesses = self.runs.engine.basecamp.accesses(actor).await?;
        let has_basecamp = !accesses.connections.is_empty();
        let mut due = Vec::new();
        for (order, seed) in (1..).zip(SEEDS.iter()) {
            let lacks = seed.needs_basecamp && !has_basecamp;
            let missing = lacks.then(|| NEEDS_BASECAMP.to_owned());
            due.extend(self.due(actor, (seed, order), missing, reset).await?);
        }
        let by = actor.clone();
        self.runs
            .engine
            .db
            .write(move |conn| Box::pin(async move { written(conn, &by, due).await }))
            .await
    }

    /// What is to be done about one seed; none when it is as it should be.
    async fn due(
        &self,
        actor: &Actor,
        (seed, order): (&'static Seed, i64),
        missing: Option<String>,
        reset: bool,
    ) -> Result<Option<Due>, Problem> {
        let mut conn = self.runs.engine.db.read().await?;
        let known = templates::seeded(&mut conn, &actor.workspace, &seed.key).await?;
        let app = match &known {
            Some(known) => apps::find(&mut conn, &known.id).await?,
            None => None,
        };
        drop(conn);
        // An app that somebody took out stays out, unless everything is to be as at first.
        let is_right = match (&known, &app) {
            (None, _) => false,
            (Some(_), None) => !reset,
            (Some(_), Some(app)) => !reset && app.missing == missing,
        };
        if is_right {
            return Ok(None);
        }
        let has_flow = known.as_ref().is_some_and(|it| it.flow_id.is_some());
        let flow = if has_flow { None } else { Some(self.flow_of(actor, seed).await?) };
        Ok(Some(Due { seed, order, known, app, flow, missing }))
    }

    /// The flow of a seed, published on our engine.
    async fn flow_of(&self, actor: &Actor, seed: &Seed) -> Result<Flow, Problem> {
        let trigger =
            seed.template.build(&Map::new()).map_err(|issues| Problem::Invalid { issues })?;
        let name = seed.template.name.clone();
        let import = ImportFlow {
            display_name: name.clone(),
            trigger,
            schema_version: Some(SCHEMA_VERSION.to_owned()),
            notes: None,
            keep_samples: false,
        };
        let edits = vec![FlowEdit::ImportFlow(Box::new(import))];
        let flows = Flows::new(&self.runs);
        let made = flows.create_here(actor, NewFlow { name, edits, ..NewFlow::default() }).await?;
        flows.publish(actor, &made.id).await
    }
}

async fn written(conn: &mut Conn, by: &Actor, due: Vec<Due>) -> Result<SeedCounts, Problem> {
    let mut counts = SeedCounts::default();
    for one in due {
        let flow = one.flow.as_ref().map(|it| it.id.to_string());
        let template = match one.known {
            Some(mut known) => {
                known.flow_id = flow.or(known.flow_id);
                known.name.clone_from(&one.seed.template.name);
                known.description.clone_from(&one.seed.template.summary);
                templates::update(conn, &by.workspace, &known).await?;
                counts.templates.updated += 1;
                known
            }
            None => {
                counts.templates.created += 1;
                let new = new_template(by, one.seed, flow);
                templates::insert(conn, &by.workspace, new).await?
            }
        };
        match one.app {
            Some(_) => counts.apps.updated += 1,
            None => counts.apps.created += 1,
        }
        let row = one.app.unwrap_or_else(|| empty(by, &template));
        let row = changed(row, first_shape(one.seed, one.order, template.flow_id))?;
        apps::save(conn, &AppRow { missing: one.missing, ..row }).await?;
    }
    let detail = json!(counts);
    let event = Event::new(EventKind::AppsSeeded, "defaults", "Default apps").with(detail);
    events::record(conn, by, &event).await?;
    Ok(counts)
}

fn new_template(by: &Actor, seed: &Seed, flow_id: Option<String>) -> KeptTemplate {
    let name = seed.template.name.clone();
    KeptTemplate {
        description: seed.template.summary.clone(),
        visibility: Visibility::Shared,
        flow_id,
        seed: Some(seed.key.clone()),
        ..KeptTemplate::new(ids::fresh(), by.user.clone(), TemplateKind::Flow, name)
    }
}

fn first_shape(seed: &Seed, order: i64, flow_id: Option<String>) -> AppChange {
    AppChange {
        flow_id,
        description: None,
        icon: Some(seed.icon.clone()),
        category: Some(seed.category.clone()),
        tags: Some(Vec::new()),
        featured: Some(seed.featured),
        display_order: Some(order),
        input_schema: Some(json!({"fields": seed.fields})),
        output_type: Some(seed.output_type.clone()),
        output_schema: Some(json!({"publisher": {"audience": "internal"}})),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::app::OutputType;
    use domain::app::input::InputSchema;

    #[test]
    fn every_default_can_be_built() {
        assert_eq!(SEEDS.len(), 5);
        for seed in SEEDS.iter() {
            let trigger = seed.template.build(&Map::new());
            assert!(trigger.is_ok_and(|it| it.next_action.is_some()), "{}", seed.key);
            assert!(OutputType::parse(&seed.output_type).is_some(), "{}", seed.key);
            let fields = json!({"fields": seed.fields});
            assert!(InputSchema::read(&fields, "inputSchema").is_ok(), "{}", seed.key);
        }
    }
}
