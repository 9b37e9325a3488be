//! Which engine a workspace uses: connecting to a server, choosing, testing, forgetting.

use crate::activepieces::client::bound;
use crate::activepieces::given::{self, Given};
use crate::activepieces::probe::{self, Wanted};
use crate::activepieces::{NAME, row};
use crate::flows::Flows;
use domain::actor::{Actor, Permission};
use domain::event::{Event, EventKind, Outcome};
use domain::flow::engine::{EngineChange, EngineServer, EngineSettings, EngineSignIn, FlowEngine};
use domain::integration::Checked;
use domain::problem::Problem;
use serde_json::json;
use store::error::internal;
use store::flow_engines::{self, EngineRow};

/// What events call it.
const TARGET: &str = "activepieces";

impl Flows {
    /// Which engine the workspace uses.
    ///
    /// # Errors
    /// [`Problem::Forbidden`].
    pub async fn engine_settings(&self, actor: &Actor) -> Result<EngineSettings, Problem> {
        actor.require(Permission::Read)?;
        let mut conn = self.engine.db.read().await?;
        let known = row(&mut conn, actor).await?;
        drop(conn);
        if let Some(row) = known {
            return Ok(shown(&row));
        }
        Ok(match given::connect(&self.engine, actor).await? {
            Given::Nothing => EngineSettings::default(),
            Given::Connected(row) => shown(&row),
            Given::Failed(checked) => EngineSettings {
                engine: FlowEngine::Activepieces,
                server: None,
                checked: Some(checked),
            },
        })
    }

    /// Connects the workspace to a server, after looking that it can be used, or only says where new flows are made.
    /// The address may be a private one when a super admin says so.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to manage; [`Problem::Invalid`] with what was not passed;
    /// [`Problem::Conflict`] for a project of another workspace.
    pub async fn change_engine(
        &self,
        actor: &Actor,
        change: EngineChange,
    ) -> Result<EngineSettings, Problem> {
        actor.require(Permission::Manage)?;
        let mut conn = self.engine.db.read().await?;
        let before = row(&mut conn, actor).await?;
        drop(conn);
        let gives =
            [&change.url, &change.email, &change.password, &change.api_key, &change.project_id];
        if gives.iter().all(|it| it.as_deref().is_none_or(|it| it.trim().is_empty())) {
            return self.choose_engine(actor, change.engine, before.is_some()).await;
        }
        let wanted = self.wanted(actor, &change, before.as_ref())?;
        let (checked, found) = probe::look(&self.engine, &wanted).await;
        let Some(found) = found else { return Err(probe::refusal(&checked)) };
        let (email, secret) = wanted.credentials;
        let is_password = wanted.sign_in == EngineSignIn::Password;
        let row = EngineRow {
            workspace_id: actor.workspace.to_string(),
            engine: change.engine.as_str().to_owned(),
            url: wanted.url,
            api: found.api,
            is_trusted: wanted.is_trusted.into(),
            sign_in: if is_password { "password" } else { "api_key" }.to_owned(),
            email: is_password.then_some(email),
            secret: self.engine.config.key.seal(&secret, &bound(actor.workspace.as_str())),
            project_id: found.project,
            project_name: found.project_name,
            version: found.version,
            checked: Some(probe::stored(&checked)),
            updated_at: 0,
        };
        self.connect(actor, row, before.is_some()).await
    }

    /// What to look at: what was given, in place of what is stored.
    fn wanted(
        &self,
        actor: &Actor,
        change: &EngineChange,
        before: Option<&EngineRow>,
    ) -> Result<Wanted, Problem> {
        let given = |it: &Option<String>| {
            it.as_deref().map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned)
        };
        let url = given(&change.url).or_else(|| before.map(|it| it.url.clone()));
        let url =
            url.ok_or_else(|| Problem::invalid("url", format!("Enter the address of {NAME}")))?;
        let is_same = before.is_some_and(|it| it.url == url);
        let (email, key) = (given(&change.email), given(&change.api_key));
        if key.is_some() && (email.is_some() || change.password.is_some()) {
            let words = "Give a key, or e-mail and password, not both";
            return Err(Problem::invalid("apiKey", words));
        }
        let old = before.filter(|_| is_same);
        let (sign_in, credentials) = match (key, email, change.password.clone()) {
            (Some(key), ..) => (EngineSignIn::ApiKey, (String::new(), key)),
            (None, Some(email), Some(password)) => (EngineSignIn::Password, (email, password)),
            (None, None, Some(password)) if old.is_some_and(|it| it.email.is_some()) => {
                let email = old.and_then(|it| it.email.clone()).unwrap_or_default();
                (EngineSignIn::Password, (email, password))
            }
            // A secret that is stored is sent to the address it was given for, and to no other.
            (None, None, None) if old.is_some() => self.kept(actor, old)?,
            _ => {
                let words = "Enter e-mail and password, or a key";
                return Err(Problem::invalid("password", words));
            }
        };
        let project = given(&change.project_id)
            .or_else(|| old.map(|it| it.project_id.clone()).filter(|_| change.email.is_none()));
        let is_super = actor.role.can(Permission::Platform);
        let is_trusted = is_super || old.is_some_and(|it| it.is_trusted == 1);
        Ok(Wanted { url, sign_in, credentials, project, is_trusted })
    }

    fn kept(
        &self,
        actor: &Actor,
        row: Option<&EngineRow>,
    ) -> Result<(EngineSignIn, (String, String)), Problem> {
        let row = row.ok_or_else(|| Problem::not_found("Connection"))?;
        let secret = self.engine.config.key.open(&row.secret, &bound(actor.workspace.as_str()));
        let secret = secret.map_err(|it| internal("a stored sign-in cannot be opened", &it))?;
        let email = row.email.clone().unwrap_or_default();
        let is_key = row.sign_in == "api_key";
        let sign_in = if is_key { EngineSignIn::ApiKey } else { EngineSignIn::Password };
        Ok((sign_in, (email, secret)))
    }

    async fn connect(
        &self,
        actor: &Actor,
        row: EngineRow,
        is_known: bool,
    ) -> Result<EngineSettings, Problem> {
        let kind = if is_known { EventKind::ConnectionChanged } else { EventKind::ConnectionAdded };
        let event = Event::new(kind, TARGET, NAME).with(json!({ "engine": row.engine }));
        let by = actor.clone();
        let write = self.engine.db.write(move |conn| {
            Box::pin(async move {
                flow_engines::put(conn, &row).await.map_err(|error| {
                    if error.is_constraint() {
                        let words =
                            "Another workspace keeps its flows in this project. Choose another one";
                        return Problem::conflict(words);
                    }
                    error.into()
                })?;
                announced(conn, &by, event).await
            })
        });
        write.await?;
        self.engine_settings(actor).await
    }

    async fn choose_engine(
        &self,
        actor: &Actor,
        chosen: FlowEngine,
        is_connected: bool,
    ) -> Result<EngineSettings, Problem> {
        if !is_connected {
            if chosen == FlowEngine::Builtin {
                return self.engine_settings(actor).await;
            }
            return Err(Problem::invalid("url", format!("Enter the address of {NAME}")));
        }
        let by = actor.clone();
        let event = Event::new(EventKind::ConnectionChanged, TARGET, NAME)
            .with(json!({ "engine": chosen.as_str() }));
        let write = self.engine.db.write(move |conn| {
            Box::pin(async move {
                flow_engines::choose(conn, &by.workspace, chosen.as_str()).await?;
                announced(conn, &by, event).await
            })
        });
        write.await?;
        self.engine_settings(actor).await
    }

    /// Tests the server the workspace is connected to; none when it is connected to none.
    ///
    /// # Errors
    /// [`Problem::Forbidden`].
    pub async fn test_engine(&self, actor: &Actor) -> Result<Option<Checked>, Problem> {
        actor.require(Permission::Write)?;
        let mut conn = self.engine.db.read().await?;
        let Some(row) = row(&mut conn, actor).await? else { return Ok(None) };
        drop(conn);
        let (sign_in, credentials) = self.kept(actor, Some(&row))?;
        let wanted = Wanted {
            url: row.url.clone(),
            sign_in,
            credentials,
            project: Some(row.project_id.clone()),
            is_trusted: row.is_trusted == 1,
        };
        let (checked, _) = probe::look(&self.engine, &wanted).await;
        let outcome = if checked.error.is_none() { Outcome::Success } else { Outcome::Failed };
        let event = Event::new(EventKind::ConnectorTested, TARGET, NAME).ended(outcome);
        let (by, found) = (actor.clone(), probe::stored(&checked));
        let write = self.engine.db.write(move |conn| {
            Box::pin(async move {
                flow_engines::checked(conn, &by.workspace, &found).await?;
                announced(conn, &by, event).await
            })
        });
        write.await?;
        Ok(Some(checked))
    }

    /// Forgets the server with its secret. Flows stay there and are no longer listed here.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] without the permission to manage; [`Problem::NotFound`] when there is none;
    /// [`Problem::Conflict`] when the environment names it, which would connect it again.
    pub async fn disconnect_engine(&self, actor: &Actor) -> Result<(), Problem> {
        actor.require(Permission::Manage)?;
        self.refuse_given(actor).await?;
        let by = actor.clone();
        let event = Event::new(EventKind::ConnectionRemoved, TARGET, NAME);
        let write = self.engine.db.write(move |conn| {
            Box::pin(async move {
                if !flow_engines::delete(conn, &by.workspace).await? {
                    return Err(Problem::not_found("Connection"));
                }
                announced(conn, &by, event).await
            })
        });
        write.await
    }

    /// What the environment names is taken away there.
    async fn refuse_given(&self, actor: &Actor) -> Result<(), Problem> {
        let Some(given) = given::of(&self.engine, &actor.workspace).await? else { return Ok(()) };
        let mut conn = self.engine.db.read().await?;
        let known = row(&mut conn, actor).await?;
        if known.is_some_and(|it| it.url == given.url && it.project_id == given.project_id) {
            return Err(Problem::conflict(
                "The environment names this server. Take ACTIVEPIECES_URL or FLOW_URL out of it and start again; until then choose the built-in engine for new flows",
            ));
        }
        Ok(())
    }
}

pub(crate) async fn announced(
    conn: &mut store::db::Conn,
    actor: &Actor,
    event: Event,
) -> Result<(), Problem> {
    store::events::record(conn, actor, &event).await?;
    Ok(())
}

fn shown(row: &EngineRow) -> EngineSettings {
    EngineSettings {
        engine: FlowEngine::parse(&row.engine),
        server: Some(EngineServer {
            url: row.url.clone(),
            sign_in: if row.sign_in == "api_key" {
                EngineSignIn::ApiKey
            } else {
                EngineSignIn::Password
            },
            email: row.email.clone(),
            project_id: row.project_id.clone(),
            project_name: row.project_name.clone(),
            version: row.version.clone(),
        }),
        checked: row.checked.as_deref().and_then(|it| serde_json::from_str(it).ok()),
    }
}
