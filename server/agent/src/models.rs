//! Which model answers (contract.md 4.1), and which one when it does not.

use crate::agent::Agent;
use crate::llm::Provider;
use crate::llm::failure::{ErrorClass, LlmError};
use crate::llm::http::Door;
use crate::llm::remote::Remote;
use crate::makers::Maker;
use crate::planner::Planner;
use crate::settings::Settings;
use domain::ids::{UserId, WorkspaceId};
use domain::problem::Problem;
use flow::outgoing::allowed::Allowed;
use flow::outgoing::dial;
use flow::outgoing::send::{SendError, Sender};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use store::db::Conn;
use store::model_keys::{self, StoredKey};
use store::secrets::SecretKey;
use store::settings::{self, INSTALLATION};

/// The setting that opens private addresses.
const ALLOW_LIST: &str = "outgoingAllowList";
/// How long a provider is left alone after failing once, twice, ...
const COOLING_MINUTES: [u64; 4] = [1, 5, 25, 60];
/// The same when it wants money.
const COOLING_UNPAID_HOURS: [u64; 4] = [5, 10, 20, 24];
const MINUTE: u64 = 60;

/// Where models come from.
pub(crate) struct Models {
    /// The one model of a test.
    pub(crate) fixed: Option<Arc<dyn Provider>>,
    pub(crate) key: SecretKey,
    pub(crate) sender: Sender,
    cooling: Mutex<HashMap<String, Cooling>>,
}

struct Cooling {
    until: Instant,
    failures: usize,
}

/// A model that may answer.
#[derive(Clone)]
pub(crate) struct Candidate {
    pub(crate) provider: Arc<dyn Provider>,
    /// What is left alone when it fails: provider and owner of the key.
    pub(crate) id: String,
    /// It answers because nothing else did, not because somebody chose it.
    pub(crate) is_fallback: bool,
    /// Only the built-in assistant, or a model of a test, costs nothing.
    pub(crate) is_paid: bool,
}

/// Who answers, in order, and why.
pub(crate) struct Choice {
    pub(crate) candidates: Vec<Candidate>,
    /// `personal`, `workspace` or `builtin`.
    pub(crate) source: &'static str,
    /// What was chosen cannot answer without this.
    pub(crate) missing: Option<Problem>,
}

impl Candidate {
    /// The built-in assistant, for what it alone does.
    pub(crate) fn builtin() -> Self {
        free(Arc::new(Planner), false)
    }
}

impl Models {
    pub(crate) fn new(key: SecretKey, fixed: Option<Arc<dyn Provider>>) -> Self {
        Self { fixed, key, sender: Sender::default(), cooling: Mutex::default() }
    }

    /// Leaves a provider alone for a while, longer each time.
    pub(crate) fn cool(&self, id: &str, error: &LlmError) {
        if !error.class.is_of_the_provider() {
            return;
        }
        let mut cooling = self.cooling.lock().unwrap_or_else(PoisonError::into_inner);
        let failures = cooling.get(id).map_or(0, |it| it.failures);
        let step = |all: [u64; 4]| all.get(failures).or(all.last()).copied().unwrap_or_default();
        let pause = match error.class {
            ErrorClass::Quota => step(COOLING_UNPAID_HOURS) * MINUTE * MINUTE,
            _ => step(COOLING_MINUTES) * MINUTE,
        };
        let pause = error.retry_after.unwrap_or_default().max(Duration::from_secs(pause));
        let until = Instant::now() + pause;
        cooling.insert(id.to_owned(), Cooling { until, failures: failures + 1 });
    }

    /// It answered: everything is forgiven.
    pub(crate) fn warm(&self, id: &str) {
        self.cooling.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
    }

    fn is_cooling(&self, id: &str) -> bool {
        let cooling = self.cooling.lock().unwrap_or_else(PoisonError::into_inner);
        cooling.get(id).is_some_and(|it| it.until > Instant::now())
    }
}

impl Agent {
    /// Who answers a person, in order. The built-in assistant is last, unless the workspace wants no answer of it then.
    pub(crate) async fn choice(
        &self,
        workspace: &WorkspaceId,
        user: &UserId,
    ) -> Result<Choice, Problem> {
        if let Some(fixed) = &self.0.models.fixed {
            let candidates = vec![free(fixed.clone(), false)];
            return Ok(Choice { candidates, source: "builtin", missing: None });
        }
        let mut conn = self.0.db.read().await?;
        let settings = Settings::of(&mut conn, workspace).await?;
        let personal = self.personal_choice(&mut conn, workspace, user).await?;
        let shared = match personal {
            Some(Ok(_)) => None,
            _ => self.shared_choice(&mut conn, workspace, &settings).await?,
        };
        let mut choice = match (personal, shared) {
            (Some(Ok(candidate)), _) => {
                Choice { candidates: vec![candidate], source: "personal", missing: None }
            }
            (_, Some(Ok(candidates))) => Choice { candidates, source: "workspace", missing: None },
            (Some(Err(missing)), _) | (None, Some(Err(missing))) => {
                Choice { candidates: Vec::new(), source: "builtin", missing: Some(missing) }
            }
            (None, None) => Choice { candidates: Vec::new(), source: "builtin", missing: None },
        };
        let is_chosen = !choice.candidates.is_empty();
        let falls_back = !is_chosen || settings.falls_back();
        if falls_back && !choice.candidates.iter().any(|it| !it.is_paid) {
            choice.candidates.push(free(Arc::new(Planner), is_chosen));
        }
        Ok(choice)
    }

    /// Those of `choice` that are not left alone for now; all of them when that would be none.
    pub(crate) fn awake(&self, choice: Choice) -> Vec<Candidate> {
        let awake: Vec<Candidate> = choice
            .candidates
            .iter()
            .filter(|it| !self.0.models.is_cooling(&it.id))
            .cloned()
            .collect();
        if awake.is_empty() { choice.candidates } else { awake }
    }

    async fn personal_choice(
        &self,
        conn: &mut Conn,
        workspace: &WorkspaceId,
        user: &UserId,
    ) -> Result<Option<Result<Candidate, Problem>>, Problem> {
        let chosen = model_keys::personal(conn, workspace, user).await?;
        let Some(chosen) = chosen else { return Ok(None) };
        let Some(maker) = chosen.provider.as_deref().and_then(Maker::parse) else {
            return Ok(None);
        };
        if maker == Maker::Builtin {
            return Ok(Some(Ok(free(Arc::new(Planner), false))));
        }
        let keys = model_keys::of(conn, workspace, user.as_str()).await?;
        let key = keys.into_iter().find(|it| it.provider == maker.name());
        Ok(Some(match key {
            None => Err(no_key(
                "Add your key under Settings, Assistant, or choose the built-in assistant",
            )),
            Some(key) => {
                let model = chosen.model.or_else(|| key.model.clone());
                self.candidate(conn, workspace, (maker, key, model)).await
            }
        }))
    }

    /// The workspace's own model, then its other keys.
    async fn shared_choice(
        &self,
        conn: &mut Conn,
        workspace: &WorkspaceId,
        settings: &Settings,
    ) -> Result<Option<Result<Vec<Candidate>, Problem>>, Problem> {
        let Some(maker) = settings.provider().and_then(Maker::parse) else { return Ok(None) };
        if maker == Maker::Builtin {
            return Ok(None);
        }
        let keys = model_keys::of(conn, workspace, model_keys::WORKSPACE).await?;
        let (own, mut others): (Vec<StoredKey>, Vec<StoredKey>) =
            keys.into_iter().partition(|it| it.provider == maker.name());
        others.sort_by_key(|it| settings.place_of(&it.provider));
        let Some(key) = own.into_iter().next() else {
            let hint = "Ask an admin to add the workspace's key under Settings, Assistant, or choose the built-in assistant";
            return Ok(Some(Err(no_key(hint))));
        };
        let model = settings.model().map(str::to_owned).or_else(|| key.model.clone());
        let first = match self.candidate(conn, workspace, (maker, key, model)).await {
            Ok(first) => first,
            Err(problem) => return Ok(Some(Err(problem))),
        };
        let mut all = vec![first];
        for key in others {
            let Some(maker) = Maker::parse(&key.provider) else { continue };
            let model = key.model.clone();
            all.extend(self.candidate(conn, workspace, (maker, key, model)).await.ok());
        }
        Ok(Some(Ok(all)))
    }

    async fn candidate(
        &self,
        conn: &mut Conn,
        workspace: &WorkspaceId,
        (maker, key, model): (Maker, StoredKey, Option<String>),
    ) -> Result<Candidate, Problem> {
        let Some(model) = model.filter(|it| !it.is_empty()) else {
            let hint = "Choose a model under Settings, Assistant".to_owned();
            return Err(Problem::NeedsSetup {
                message: "No model is chosen".to_owned(),
                hint,
                fix_url: FIX_URL.to_owned(),
            });
        };
        let id = format!("{workspace}/{}/{}", key.owner_id, key.provider);
        let remote = self.remote(conn, workspace, (maker, &key, model)).await?;
        Ok(Candidate { provider: Arc::new(remote), id, is_fallback: false, is_paid: true })
    }

    /// A model behind a key.
    pub(crate) async fn remote(
        &self,
        conn: &mut Conn,
        workspace: &WorkspaceId,
        (maker, key, model): (Maker, &StoredKey, String),
    ) -> Result<Remote, Problem> {
        let secret = match key.secret.as_str() {
            "" => String::new(),
            sealed => self
                .0
                .models
                .key
                .open(sealed, &bound_to(workspace, &key.owner_id, &key.provider))
                .map_err(|_| no_key("The stored key cannot be opened any more. Add it again under Settings, Assistant"))?,
        };
        let Some(wire) = maker.wire() else {
            return Err(no_key("The built-in assistant has no key"));
        };
        let base = key.base_url.as_deref().or(maker.home()).unwrap_or_default();
        let allowed = self.allowed(conn).await?;
        let window = key.context_tokens.and_then(|it| usize::try_from(it).ok());
        Ok(Remote {
            provider: maker.name().to_owned(),
            sees: maker.sees(&model),
            model,
            wire,
            door: self.door(base, allowed).map(|(client, base)| Door {
                client,
                base,
                headers: wire.headers(&secret),
                key: secret,
                first_byte: self.0.config.first_byte,
                idle: self.0.config.model_idle,
            }),
            prices: key.input_price.zip(key.output_price),
            window: window.unwrap_or_else(|| maker.window()),
        })
    }

    fn door(&self, base: &str, allowed: Allowed) -> Result<(reqwest::Client, String), LlmError> {
        let refused = |message: String| LlmError::new(ErrorClass::BadRequest, message);
        dial::judge(base, &allowed).map_err(|closed| refused(closed.to_string()))?;
        let (_, client) = self.0.models.sender.client(allowed).map_err(|error| match error {
            SendError::Refused(message) | SendError::Broken(message) => refused(message),
        })?;
        Ok((client, base.trim_end_matches('/').to_owned()))
    }

    /// Which private addresses a super admin opened.
    pub(crate) async fn allowed(&self, conn: &mut Conn) -> Result<Allowed, Problem> {
        let setting = settings::find(conn, INSTALLATION, ALLOW_LIST).await?;
        Ok(setting.as_ref().map(Allowed::read).unwrap_or_default())
    }
}

/// Where a missing key or model is mended.
pub(crate) const FIX_URL: &str = "/settings/assistant";

fn no_key(hint: &str) -> Problem {
    Problem::NoModelKey { hint: hint.to_owned(), fix_url: FIX_URL.to_owned() }
}

fn free(provider: Arc<dyn Provider>, is_fallback: bool) -> Candidate {
    Candidate { provider, id: String::new(), is_fallback, is_paid: false }
}

/// What a sealed key is bound to, so that it opens nowhere else.
pub(crate) fn bound_to(workspace: &WorkspaceId, owner: &str, provider: &str) -> String {
    format!("{workspace}|{owner}|model key {provider}")
}
