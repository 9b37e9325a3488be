//! Which model answers (contract.md 4.1), and which one when it does not.

use crate::agent::Agent;
use crate::llm::Provider;
use crate::llm::failure::{ErrorClass, LlmError};
use crate::llm::http::Door;
use crate::llm::remote::Remote;
use crate::makers::{BUILT_IN, Maker};
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
    /// The model it answers in place of; none for one that somebody chose.
    pub(crate) stands_in_for: Option<String>,
    /// Only the built-in assistant, or a model of a test, costs nothing.
    pub(crate) is_paid: bool,
}

/// Who answers, in order, and why.
pub(crate) struct Choice {
    pub(crate) candidates: Vec<Candidate>,
    /// `personal`, `workspace` or `builtin`.
    pub(crate) source: &'static str,
    /// The provider and the model that were chosen, also where they cannot answer; no model where none is chosen.
    pub(crate) chosen: (String, String),
    /// What was chosen cannot answer without this.
    pub(crate) missing: Option<Problem>,
}

/// What was chosen cannot answer: the provider, the model if there is one, and what is missing.
struct Unready {
    maker: Maker,
    model: Option<String>,
    problem: Problem,
}

/// One that answers, or why what was chosen does not.
type Ready<T> = Result<T, Unready>;

impl Candidate {
    /// The built-in assistant, for what it alone does.
    pub(crate) fn builtin() -> Self {
        free(Arc::new(Planner), None)
    }
}

impl Choice {
    /// The built-in assistant alone.
    pub(crate) fn builtin() -> Self {
        Self::of(vec![Candidate::builtin()], "builtin")
    }

    fn of(candidates: Vec<Candidate>, source: &'static str) -> Self {
        let first = candidates.first().map(|it| &it.provider);
        let named = |it: Option<&str>| it.unwrap_or(BUILT_IN).to_owned();
        let chosen = (named(first.map(|it| it.name())), named(first.map(|it| it.model())));
        Self { candidates, source, chosen, missing: None }
    }

    fn unready(unready: Unready, source: &'static str) -> Self {
        let chosen = (unready.maker.name().to_owned(), unready.model.unwrap_or_default());
        Self { candidates: Vec::new(), source, chosen, missing: Some(unready.problem) }
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
    /// Who answers a person, in order. Where somebody chose a model, the built-in assistant is asked after it only if the
    /// workspace wants that.
    pub(crate) async fn choice(
        &self,
        workspace: &WorkspaceId,
        user: &UserId,
    ) -> Result<Choice, Problem> {
        if let Some(fixed) = &self.0.models.fixed {
            return Ok(Choice::of(vec![free(fixed.clone(), None)], "builtin"));
        }
        let mut conn = self.0.db.read().await?;
        let settings = Settings::of(&mut conn, workspace).await?;
        let personal = self.personal_choice(&mut conn, workspace, user).await?;
        let shared = match personal {
            Some(Ok(_)) => None,
            _ => self.shared_choice(&mut conn, workspace, &settings).await?,
        };
        let mut choice = match (personal, shared) {
            (Some(Ok(candidate)), _) => Choice::of(vec![candidate], "personal"),
            (_, Some(Ok(candidates))) => Choice::of(candidates, "workspace"),
            (Some(Err(unready)), _) => Choice::unready(unready, "personal"),
            (None, Some(Err(unready))) => Choice::unready(unready, "workspace"),
            (None, None) => Choice::builtin(),
        };
        let is_paid =
            !choice.candidates.is_empty() && choice.candidates.iter().all(|it| it.is_paid);
        if is_paid && settings.falls_back() {
            let stands_in_for = Some(choice.chosen.1.clone());
            choice.candidates.push(free(Arc::new(Planner), stands_in_for));
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
    ) -> Result<Option<Ready<Candidate>>, Problem> {
        let chosen = model_keys::personal(conn, workspace, user).await?;
        let Some(chosen) = chosen else { return Ok(None) };
        let Some(maker) = chosen.provider.as_deref().and_then(Maker::parse) else {
            return Ok(None);
        };
        if maker == Maker::Builtin {
            return Ok(Some(Ok(Candidate::builtin())));
        }
        let keys = model_keys::of(conn, workspace, user.as_str()).await?;
        let key = keys.into_iter().find(|it| it.provider == maker.name());
        let Some(key) = key else {
            let hint = "Add your key under Settings, Assistant, or choose the built-in assistant";
            return Ok(Some(Err(Unready { maker, model: chosen.model, problem: no_key(hint) })));
        };
        let model = chosen.model.or_else(|| key.model.clone());
        let unready = |problem| Unready { maker, model: model.clone(), problem };
        let candidate = self.candidate(conn, workspace, (maker, key, model.clone())).await;
        Ok(Some(candidate.map_err(unready)))
    }

    /// The workspace's own model, then its other keys.
    async fn shared_choice(
        &self,
        conn: &mut Conn,
        workspace: &WorkspaceId,
        settings: &Settings,
    ) -> Result<Option<Ready<Vec<Candidate>>>, Problem> {
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
            let model = settings.model().map(str::to_owned);
            return Ok(Some(Err(Unready { maker, model, problem: no_key(hint) })));
        };
        let model = settings.model().map(str::to_owned).or_else(|| key.model.clone());
        let first = match self.candidate(conn, workspace, (maker, key, model.clone())).await {
            Ok(first) => first,
            Err(problem) => return Ok(Some(Err(Unready { maker, model, problem }))),
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
        Ok(Candidate { provider: Arc::new(remote), id, stands_in_for: None, is_paid: true })
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

fn free(provider: Arc<dyn Provider>, stands_in_for: Option<String>) -> Candidate {
    Candidate { provider, id: String::new(), stands_in_for, is_paid: false }
}

/// What a sealed key is bound to, so that it opens nowhere else.
pub(crate) fn bound_to(workspace: &WorkspaceId, owner: &str, provider: &str) -> String {
    format!("{workspace}|{owner}|model key {provider}")
}
