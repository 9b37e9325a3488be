//! The quick setup (product.md 5): computed from what is true now, never from clicks.

use agent::agent::Agent;
use basecamp::Basecamp;
use domain::actor::{Actor, Permission};
use domain::assistant::{KeyScope, ModelTest, ProviderChange};
use domain::problem::Problem;
use domain::project::{BasecampConnection, Project};
use domain::setup::{Setup, SetupAction, SetupState, SetupStep};
use std::time::{Duration, Instant};
use store::db::Db;
use store::setup::{Facts, facts};
use store::workspaces;

/// How many of the steps are counted; the rest are a first use, listed below.
const COUNTED: usize = 5;
/// A test gives up after this, as contract.md 2 has it.
const PATIENCE: Duration = Duration::from_secs(6);

/// The quick setup of the workspaces. Cheap to clone.
#[derive(Clone)]
pub struct SetupGuide {
    db: Db,
    basecamp: Basecamp,
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
    pub fn new(db: Db, basecamp: Basecamp, agent: Agent) -> Self {
        Self { db, basecamp, agent }
    }

    /// How far the workspace is.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to manage.
    pub async fn state(&self, actor: &Actor) -> Result<Setup, Problem> {
        actor.require(Permission::Manage)?;
        let connection = self.basecamp.connection(actor).await?;
        let assistant = self.agent.is_ready(actor).await?;
        let mut conn = self.db.read().await?;
        let facts = facts(&mut conn, &actor.workspace).await?;
        let is_named = workspaces::is_saved(&mut conn, &actor.workspace).await?;
        Ok(setup(
            account_step(is_named),
            basecamp_step(connection.as_ref()),
            assistant_step(assistant),
            facts,
        ))
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
                detail: Some(format!("{projects} projects, {people} people found")),
                reached: Some(true),
                ..step
            },
            Ok(Err(problem)) => SetupStep {
                reason: Some(problem.to_string()),
                reached: Some(!matches!(
                    problem,
                    Problem::Unavailable { .. } | Problem::CircuitOpen { .. }
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

fn failed(step: SetupStep, detail: String) -> SetupStep {
    let action =
        Some(SetupAction { label: "Fix it".to_owned(), url: "/setup/basecamp".to_owned() });
    SetupStep { state: SetupState::Failed, detail: Some(detail), action, ..step }
}

fn step(id: &str, title: &str, is_done: bool, detail: &str, action: (&str, &str)) -> SetupStep {
    let (label, url) = action;
    SetupStep {
        id: id.to_owned(),
        state: if is_done { SetupState::Done } else { SetupState::Pending },
        title: title.to_owned(),
        detail: Some(detail.to_owned()),
        action: (!is_done).then(|| SetupAction { label: label.to_owned(), url: url.to_owned() }),
        reason: None,
        took_ms: None,
        reached: None,
    }
}

/// Done once somebody saved the workspace's name, time zone and working days: flows and due days go by them.
fn account_step(is_named: bool) -> SetupStep {
    let detail = if is_named {
        "Your workspace is ready"
    } else {
        "Check its name, time zone and working days"
    };
    step(
        "account",
        "Create your account",
        is_named,
        detail,
        ("Name your workspace", "/setup/account"),
    )
}

fn basecamp_step(connection: Option<&BasecampConnection>) -> SetupStep {
    let title = "Connect Basecamp";
    let connect = ("Connect", "/setup/basecamp");
    match connection {
        None => {
            step("basecamp", title, false, "Or use the sample Basecamp to look around", connect)
        }
        Some(it) if it.needs_attention => {
            let step = step("basecamp", title, false, "", connect);
            failed(step, "Basecamp no longer accepts our access. Connect it again".to_owned())
        }
        Some(it) if it.is_sample => {
            step("basecamp", title, true, "The sample Basecamp is connected", connect)
        }
        Some(it) => {
            step("basecamp", title, true, &format!("{} is connected", it.account_name), connect)
        }
    }
}

/// Done once the workspace's model passed a test; the built-in assistant needs none.
fn assistant_step((is_ready, detail): (bool, String)) -> SetupStep {
    step("assistant", "Choose an AI provider", is_ready, &detail, ("Set up", "/setup/assistant"))
}

fn setup(account: SetupStep, basecamp: SetupStep, assistant: SetupStep, facts: Facts) -> Setup {
    let is_unlocked =
        [&account, &basecamp, &assistant].iter().all(|it| it.state == SetupState::Done);
    let hello =
        if is_unlocked { "Ask what is overdue" } else { "Unlocks when the steps above pass" };
    counted(vec![
        account,
        basecamp,
        step("engine", "Choose a flow engine", true, "The built-in engine is running", ("", "")),
        assistant,
        SetupStep {
            action: (is_unlocked && !facts.has_answer).then(|| SetupAction {
                label: "Open assistant".to_owned(),
                url: "/chat".to_owned(),
            }),
            ..step(
                "ready",
                "Say hello to the assistant",
                is_unlocked && facts.has_answer,
                hello,
                ("", ""),
            )
        },
        step(
            "first_flow",
            "Build your first flow",
            facts.has_flow,
            "Describe it to the assistant, or draw it",
            ("Build a flow", "/flows"),
        ),
        step(
            "first_run",
            "See it run",
            facts.has_run,
            "Publish the flow and let something start it",
            ("Open runs", "/runs"),
        ),
    ])
}

fn counted(steps: Vec<SetupStep>) -> Setup {
    let is_done = |it: &&SetupStep| it.state == SetupState::Done;
    let done = steps.iter().take(COUNTED).filter(is_done).count();
    let next = steps.iter().find(|it| it.state != SetupState::Done).map(|it| it.id.clone());
    let number = |it: usize| u32::try_from(it).unwrap_or(u32::MAX);
    Setup { done: number(done), total: number(COUNTED), next, ready: done == COUNTED, steps }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built_in() -> SetupStep {
        assistant_step((true, String::new()))
    }

    const ALL: Facts = Facts { has_answer: true, has_flow: true, has_run: true };

    #[test]
    fn a_new_workspace_is_named_first_then_connected() {
        let new = setup(account_step(false), basecamp_step(None), built_in(), Facts::default());
        assert_eq!((new.done, new.total, new.ready), (2, 5, false));
        assert_eq!(new.next.as_deref(), Some("account"));
        let named = setup(account_step(true), basecamp_step(None), built_in(), Facts::default());
        assert_eq!((named.done, named.next.as_deref()), (3, Some("basecamp")));
    }

    #[test]
    fn the_assistant_waits_for_basecamp() {
        let setup = setup(account_step(true), basecamp_step(None), built_in(), ALL);
        let ready = setup.steps.iter().find(|it| it.id == "ready").unwrap();
        assert_eq!((ready.state, &ready.action), (SetupState::Pending, &None));
    }

    #[test]
    fn a_step_that_fails_is_not_counted_and_says_what_to_do() {
        let step = failed(
            step("basecamp", "Connect Basecamp", true, "", ("", "")),
            "Signed out".to_owned(),
        );
        let setup = setup(account_step(true), step, built_in(), ALL);
        assert_eq!(setup.next.as_deref(), Some("basecamp"));
        assert!(setup.steps[1].action.is_some());
        assert!(!setup.ready);
    }
}
