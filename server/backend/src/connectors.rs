//! The last known state of what PM OS works with, and fresh tests of it (contract.md 2).

use crate::Backend;
use agent::trying::InUse;
use domain::actor::{Actor, Permission};
use domain::flow::engine::{EngineSettings, FlowEngine};
use domain::integration::{BasecampAccess, Check, Checked, Health};
use domain::problem::Problem;
use domain::project::BasecampConnection;
use serde::Serialize;
use std::time::Instant;
use store::ids;

/// How one of them stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Connector {
    /// Something to sign in with is stored, or nothing is needed.
    pub configured: bool,
    /// Whether it answered when it was last asked; none before that.
    pub reachable: Option<bool>,
    /// An authenticated call succeeded.
    pub auth_ok: bool,
    /// `unknown`, `not_connected`, `needs_attention`, `ok`.
    pub state: &'static str,
    /// The account reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The flow engine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub engine: Option<&'static str>,
    /// Who answers in the assistant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// Its model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// What the first failed check says.
    pub error: Option<String>,
    /// The one thing to do.
    pub hint: Option<String>,
    /// Where to do it.
    pub fix_url: Option<String>,
    /// In their order.
    pub checks: Vec<Check>,
}

/// All of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Connectors {
    /// When Basecamp was last tested, epoch milliseconds; none before that.
    pub checked_at_ms: Option<i64>,
    /// The connection the actor works with.
    pub basecamp: Connector,
    /// The built-in engine.
    pub flow: Connector,
    /// The assistant.
    pub assistant: Connector,
}

/// The names of the connectors.
const NAMES: [&str; 3] = ["basecamp", "flow", "assistant"];

impl Backend {
    /// What is known, without asking anybody.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to read.
    pub async fn connectors(&self, actor: &Actor) -> Result<Connectors, Problem> {
        actor.require(Permission::Read)?;
        let (mine, in_use) = match actor.require(Permission::Write) {
            Ok(()) => {
                let mine = self.access_in_use(actor).await?;
                (mine.clone(), basecamp(mine))
            }
            // How it is tested is for those who may mend it.
            Err(_) => (None, seen(self.basecamp.connection(actor).await?)),
        };
        let checked_at_ms = mine.as_ref().and_then(|it| Some(it.checked.as_ref()?.at_ms));
        let settings = self.flows.engine_settings(actor).await?;
        let flow = elsewhere(settings).unwrap_or_else(|| flow_engine(Vec::new()));
        let assistant = assistant(self.agent.in_use(actor).await?, Vec::new());
        Ok(Connectors { checked_at_ms, basecamp: in_use, flow, assistant })
    }

    /// Tests `only` one of them, or all.
    ///
    /// # Errors
    /// [`Problem::Invalid`] for an unknown one, [`Problem::Forbidden`] without the permission to write.
    pub async fn test_connectors(
        &self,
        actor: &Actor,
        only: Option<&str>,
    ) -> Result<Connectors, Problem> {
        actor.require(Permission::Write)?;
        if let Some(name) = only.filter(|it| !NAMES.contains(it)) {
            let words = format!("There is no connector {name:?}. Give one of {}", NAMES.join(", "));
            return Err(Problem::invalid("connector", words));
        }
        let is_wanted = |name: &str| only.is_none_or(|it| it == name);
        let mut mine = self.access_in_use(actor).await?;
        if is_wanted("basecamp")
            && let Some(access) = mine.as_ref().filter(|it| it.account.is_some())
        {
            mine = Some(self.basecamp.test_access(actor, &access.id).await?);
        }
        let mut all = Connectors {
            checked_at_ms: Some(ids::now_ms()),
            basecamp: basecamp(mine),
            ..self.connectors(actor).await?
        };
        if is_wanted("flow") || is_wanted("assistant") {
            let database = self.database(actor).await?;
            if is_wanted("flow") {
                self.flows.test_engine(actor).await?;
                let settings = self.flows.engine_settings(actor).await?;
                all.flow =
                    elsewhere(settings).unwrap_or_else(|| flow_engine(vec![database.clone()]));
            }
            if is_wanted("assistant") {
                all.assistant = assistant(self.agent.check_in_use(actor).await?, vec![database]);
            }
        }
        Ok(all)
    }

    async fn access_in_use(&self, actor: &Actor) -> Result<Option<BasecampAccess>, Problem> {
        let all = self.basecamp.accesses(actor).await?.connections;
        Ok(all.iter().find(|it| it.is_in_use).or_else(|| all.first()).cloned())
    }

    /// What both of our own parts stand on.
    async fn database(&self, actor: &Actor) -> Result<Check, Problem> {
        let since = Instant::now();
        self.last_event(actor).await?;
        let ms = u64::try_from(since.elapsed().as_millis()).ok();
        let detail = "The database answered".to_owned();
        Ok(Check { name: "Reached".to_owned(), ok: Some(true), ms, detail })
    }
}

/// The connection as somebody who only reads sees it.
fn seen(connection: Option<BasecampConnection>) -> Connector {
    let Some(connection) = connection else { return basecamp(None) };
    Connector {
        configured: true,
        state: if connection.needs_attention { "needs_attention" } else { "unknown" },
        account: Some(connection.account_name),
        ..Connector::default()
    }
}

fn basecamp(mine: Option<BasecampAccess>) -> Connector {
    let fix_url = || Some("/integrations".to_owned());
    let Some(access) = mine else {
        return Connector {
            state: "not_connected",
            error: Some("Basecamp is not connected".to_owned()),
            hint: Some("Connect Basecamp, or use the sample".to_owned()),
            fix_url: fix_url(),
            ..Connector::default()
        };
    };
    let account = access.account.map(|it| it.name);
    let state = match (access.health, &access.checked) {
        (Health::Choosing | Health::NeedsAttention, _) => "needs_attention",
        (Health::Working, None) => "unknown",
        (Health::Working, Some(it)) if it.error.is_some() => "needs_attention",
        (Health::Working, Some(_)) => "ok",
    };
    let Some(checked) = access.checked else {
        let is_choosing = access.health == Health::Choosing;
        let error = is_choosing.then(|| "No Basecamp account is chosen".to_owned());
        let hint = is_choosing.then(|| "Choose the account to work with".to_owned());
        let fix_url = is_choosing.then(fix_url).flatten();
        return Connector {
            configured: true,
            state,
            account,
            error,
            hint,
            fix_url,
            ..Connector::default()
        };
    };
    let checked = match access.health {
        Health::NeedsAttention if checked.error.is_none() => lost(checked),
        _ => checked,
    };
    Connector {
        configured: true,
        reachable: Some(checked.reachable),
        auth_ok: checked.auth_ok && access.health == Health::Working,
        state,
        account,
        error: checked.error,
        hint: checked.hint,
        fix_url: checked.fix_url,
        checks: checked.checks,
        ..Connector::default()
    }
}

/// What a test found before Basecamp took our access away: its first check fails by now, and the others are not known.
fn lost(before: Checked) -> Checked {
    let error = "Basecamp no longer accepts our access".to_owned();
    let fail = |(at, it): (usize, Check)| match at {
        0 => Check { ok: Some(false), detail: error.clone(), ..it },
        _ => Check { ok: None, ms: None, ..it },
    };
    Checked {
        auth_ok: false,
        checks: before.checks.into_iter().enumerate().map(fail).collect(),
        hint: Some("Sign in to Basecamp again".to_owned()),
        fix_url: Some("/integrations".to_owned()),
        error: Some(error),
        ..before
    }
}

/// Parts of this very process: where it answers, they do.
fn ours(checks: Vec<Check>) -> Connector {
    Connector {
        configured: true,
        reachable: Some(true),
        auth_ok: true,
        state: "ok",
        checks,
        ..Connector::default()
    }
}

/// The engine of another maker, when the workspace chose it.
fn elsewhere(settings: EngineSettings) -> Option<Connector> {
    let server = settings.server.filter(|_| settings.engine == FlowEngine::Activepieces)?;
    let known = Connector {
        configured: true,
        state: "unknown",
        account: server.project_name.or(Some(server.project_id)),
        engine: Some(FlowEngine::Activepieces.as_str()),
        ..Connector::default()
    };
    match settings.checked {
        Some(checked) => Some(found(checked, known)),
        None => Some(known),
    }
}

fn flow_engine(checks: Vec<Check>) -> Connector {
    Connector { engine: Some("builtin"), ..ours(checks) }
}

/// Who answers: the built-in assistant, which needs the database alone and so has `checks` of it, or a model.
fn assistant(used: InUse, checks: Vec<Check>) -> Connector {
    let is_builtin = used.is_builtin();
    let known = Connector {
        provider: Some(used.provider),
        model: Some(used.model),
        ..Connector::default()
    };
    if let Some(missing) = used.missing {
        // Nobody answers meanwhile.
        let hint = match &missing {
            Problem::NoModelKey { hint, .. } => hint.clone(),
            _ => "Choose who answers under Settings, Assistant".to_owned(),
        };
        return Connector {
            state: "not_connected",
            error: Some(missing.to_string()),
            hint: Some(hint),
            fix_url: Some("/settings/assistant".to_owned()),
            ..known
        };
    }
    if is_builtin {
        return Connector { provider: known.provider, model: known.model, ..ours(checks) };
    }
    let known = Connector { configured: true, state: "unknown", ..known };
    match used.checked {
        Some(checked) => found(checked, known),
        None => known,
    }
}

/// `known` with what its last test found.
fn found(checked: Checked, known: Connector) -> Connector {
    Connector {
        reachable: Some(checked.reachable),
        auth_ok: checked.auth_ok,
        state: if checked.error.is_none() { "ok" } else { "needs_attention" },
        error: checked.error,
        hint: checked.hint,
        fix_url: checked.fix_url,
        checks: checked.checks,
        ..known
    }
}
