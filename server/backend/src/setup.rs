//! The quick setup (product.md 5): computed from what is true now, never from clicks.

mod steps;

use crate::setup::steps::{
    account_step, assistant_step, basecamp_step, counted, engine_step, failed, setup,
};
use agent::agent::Agent;
use basecamp::Basecamp;
use domain::actor::{Actor, Permission};
use domain::assistant::{KeyScope, ModelTest, ProviderChange};
use domain::flow::engine::FlowEngine;
use domain::integration::Checked;
use domain::mirror::MirrorState;
use domain::problem::Problem;
use domain::project::{BasecampConnection, Project};
use domain::setup::{Setup, SetupAction, SetupState, SetupStep};
use domain::words::count;
use flow::flows::Flows;
use std::time::{Duration, Instant};
use store::db::Db;
use store::setup::facts;
use store::workspaces;

/// A test gives up after this, as contract.md 2 has it.
const PATIENCE: Duration = Duration::from_secs(6);

/// The quick setup of the workspaces. Cheap to clone.
#[derive(Clone)]
pub struct SetupGuide {
    db: Db,
    basecamp: Basecamp,
    flows: Flows,
    agent: Agent,
}

/// The sample Basecamp, connected.
#[derive(Clone, Debug)]
pub struct Sample {
    /// The connection.
    pub connection: BasecampConnection,
    /// What it holds.
    pub projects: Vec<Project>,
}

impl SetupGuide {
    /// Over the records and the connections of all workspaces.
    pub fn new(db: Db, basecamp: Basecamp, flows: Flows, agent: Agent) -> Self {
        Self { db, basecamp, flows, agent }
    }

    /// How far the workspace is.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to manage.
    pub async fn state(&self, actor: &Actor) -> Result<Setup, Problem> {
        actor.require(Permission::Manage)?;
        let connection = self.basecamp.connection(actor).await?;
        let trouble = match &connection {
            Some(_) => self.away(actor).await?,
            None => None,
        };
        let assistant = self.agent.is_ready(actor).await?;
        let engine = self.engine(actor).await?;
        let mut conn = self.db.read().await?;
        let facts = facts(&mut conn, &actor.workspace).await?;
        let is_named = workspaces::is_saved(&mut conn, &actor.workspace).await?;
        Ok(setup(
            account_step(is_named),
            basecamp_step(connection.as_ref(), trouble),
            engine_step(engine, facts.has_run),
            assistant_step(assistant),
            facts,
        ))
    }

    /// Why Basecamp does not answer; none while it does.
    async fn away(&self, actor: &Actor) -> Result<Option<String>, Problem> {
        let status = self.basecamp.mirror_status(actor).await?;
        let is_away = status.state == MirrorState::Away;
        Ok(status.freshness.stale.filter(|_| is_away))
    }

    /// The engine of the workspace, and what its last test found.
    async fn engine(&self, actor: &Actor) -> Result<(FlowEngine, Option<Checked>), Problem> {
        let settings = self.flows.engine_settings(actor).await?;
        let found = match settings.engine {
            FlowEngine::Activepieces => settings.checked,
            FlowEngine::Builtin => self.flows.practice_found(actor).await?,
        };
        Ok((settings.engine, found))
    }

    /// Tests where new flows run: the built-in engine with a practice flow, another one by looking at its server.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to manage; when the database does not answer.
    pub async fn try_engine(&self, actor: &Actor) -> Result<Checked, Problem> {
        let elsewhere = match self.flows.engine_settings(actor).await?.engine {
            FlowEngine::Activepieces => self.flows.test_engine(actor).await?,
            FlowEngine::Builtin => None,
        };
        match elsewhere {
            Some(checked) => Ok(checked),
            None => self.flows.practise(actor).await,
        }
    }

    /// Tests `step`, or everything, for real, and says how far the workspace is.
    ///
    /// # Errors
    /// [`Problem::Invalid`] for a step that does not exist, [`Problem::Forbidden`] without the permission to manage.
    pub async fn check(&self, actor: &Actor, step: Option<&str>) -> Result<Setup, Problem> {
        let mut setup = self.state(actor).await?;
        if let Some(step) = step
            && !setup.steps.iter().any(|it| it.id == step)
        {
            return Err(Problem::invalid("step", format!("There is no step {step:?}")));
        }
        let is_wanted = step.is_none_or(|it| it == "basecamp");
        if let Some(tested) =
            setup.steps.iter_mut().find(|it| it.id == "basecamp").filter(|_| is_wanted)
            && self.basecamp.connection(actor).await?.is_some()
        {
            *tested = self.tested(actor, tested.clone()).await;
        }
        let is_wanted = step.is_none_or(|it| it == "engine");
        if let Some(tested) =
            setup.steps.iter_mut().find(|it| it.id == "engine").filter(|_| is_wanted)
        {
            let since = Instant::now();
            let checked = self.try_engine(actor).await?;
            let reached = Some(checked.reachable);
            let step = engine_step((self.engine(actor).await?.0, Some(checked)), false);
            let took_ms = u64::try_from(since.elapsed().as_millis()).ok();
            *tested = SetupStep { took_ms, reached, ..step };
        }
        let is_wanted = step.is_none_or(|it| it == "assistant");
        if let Some(tested) =
            setup.steps.iter_mut().find(|it| it.id == "assistant").filter(|_| is_wanted)
        {
            *tested = self.asked(actor).await?;
        }
        Ok(counted(setup.steps))
    }

    /// Reads projects and people with the stored access.
    async fn tested(&self, actor: &Actor, step: SetupStep) -> SetupStep {
        let since = Instant::now();
        let read = async {
            let projects = self.basecamp.projects(actor).await?;
            let people = self.basecamp.people(actor).await?;
            Ok::<_, Problem>((projects.len(), people.len()))
        };
        let tested = match tokio::time::timeout(PATIENCE, read).await {
            Ok(Ok((projects, people))) => SetupStep {
                detail: Some(format!(
                    "{}, {} found",
                    count(projects, "project", "projects"),
                    count(people, "person", "people")
                )),
                reached: Some(true),
                ..step
            },
            Ok(Err(problem)) => SetupStep {
                reason: Some(problem.to_string()),
                reached: Some(!matches!(
                    problem,
                    Problem::Unavailable { .. }
                        | Problem::CircuitOpen { .. }
                        | Problem::Throttled { .. }
                )),
                ..failed(step, problem.to_string())
            },
            Err(_) => {
                let reason = "Basecamp did not answer within 6 seconds".to_owned();
                SetupStep {
                    reason: Some(reason.clone()),
                    reached: Some(false),
                    ..failed(step, reason)
                }
            }
        };
        SetupStep { took_ms: u64::try_from(since.elapsed().as_millis()).ok(), ..tested }
    }

    /// Asks the workspace's model one real question.
    async fn asked(&self, actor: &Actor) -> Result<SetupStep, Problem> {
        let settings = self.agent.assistant_settings(actor).await?;
        let provider = settings.shared.and_then(|(choice, _)| choice.provider);
        let change = ProviderChange {
            scope: KeyScope::Workspace,
            provider: provider.unwrap_or_else(|| "builtin".to_owned()),
            ..ProviderChange::default()
        };
        let test = match self.agent.test_provider(actor, &change).await {
            Ok(test) => test,
            Err(problem) => ModelTest { error: Some(problem.to_string()), ..ModelTest::default() },
        };
        let step = assistant_step(self.agent.is_ready(actor).await?);
        let is_reached = test.checks.iter().any(|it| it.name == "reached" && it.ok == Some(true));
        let tested = match test.error.or_else(|| test.hint.filter(|_| !test.used_tool)) {
            None => step,
            Some(reason) => SetupStep {
                reason: Some(reason.clone()),
                state: SetupState::Failed,
                detail: Some(reason),
                action: Some(SetupAction {
                    label: "Fix it".to_owned(),
                    url: "/setup/assistant".to_owned(),
                }),
                ..step
            },
        };
        Ok(SetupStep { took_ms: Some(test.took_ms), reached: Some(is_reached), ..tested })
    }

    /// Connects the sample Basecamp; a second time changes nothing.
    ///
    /// # Errors
    /// [`Problem::Conflict`] when a real Basecamp is connected, [`Problem::Forbidden`] without the permission to
    /// manage.
    pub async fn connect_sample(&self, actor: &Actor) -> Result<Sample, Problem> {
        let connection = self.basecamp.connect_sample(actor).await?;
        let projects = self.basecamp.projects(actor).await?;
        Ok(Sample { connection, projects })
    }
}
