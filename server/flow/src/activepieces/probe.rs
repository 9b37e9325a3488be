//! Looking whether a server can be used: reached, signed in, the project there. Six seconds in all.

use crate::activepieces::client::{Ask, Client, Failure};
use crate::activepieces::{NAME, SETTINGS};
use crate::engine::Engine;
use domain::flow::engine::EngineSignIn;
use domain::integration::{Check, Checked};
use domain::problem::Problem;
use serde_json::Value;
use std::time::{Duration, Instant};
use store::ids;

/// A test gives up after this.
const PATIENCE: Duration = Duration::from_millis(5_500);
/// What is looked at, in this order.
const CHECKS: [&str; 3] = ["Reached", "Signed in", "Project"];

/// What is to be looked at.
pub(crate) struct Wanted {
    /// The address as a person gave it.
    pub(crate) url: String,
    pub(crate) sign_in: EngineSignIn,
    /// Who signs in, and with what.
    pub(crate) credentials: (String, String),
    pub(crate) project: Option<String>,
    pub(crate) is_trusted: bool,
}

/// What was found.
pub(crate) struct Found {
    pub(crate) api: String,
    pub(crate) version: String,
    pub(crate) project: String,
    pub(crate) project_name: Option<String>,
}

struct Looking {
    since: Instant,
    checks: Vec<Check>,
    at: Instant,
}

impl Looking {
    fn left(&self) -> Duration {
        PATIENCE.saturating_sub(self.since.elapsed())
    }

    fn note(&mut self, ok: bool, detail: String) {
        let name = CHECKS.get(self.checks.len()).copied().unwrap_or_default().to_owned();
        let ms = u64::try_from(self.at.elapsed().as_millis()).ok();
        self.checks.push(Check { name, ok: Some(ok), ms, detail });
        self.at = Instant::now();
    }

    fn passed(self) -> Checked {
        self.ended(None)
    }

    fn failed(mut self, error: String, hint: &str) -> Checked {
        self.note(false, error.clone());
        for name in CHECKS.iter().skip(self.checks.len()) {
            let detail = "Not looked at".to_owned();
            self.checks.push(Check { name: (*name).to_owned(), ok: None, ms: None, detail });
        }
        self.ended(Some((error, hint.to_owned())))
    }

    fn ended(self, failure: Option<(String, String)>) -> Checked {
        let passed = |at: usize| self.checks.get(at).is_some_and(|it| it.ok == Some(true));
        let (error, hint) = failure.unzip();
        Checked {
            at_ms: ids::now_ms(),
            reachable: passed(0),
            auth_ok: passed(1),
            fix_url: error.as_ref().map(|_| SETTINGS.to_owned()),
            checks: self.checks,
            error,
            hint,
        }
    }
}

/// Looks at a server; what was found is there when everything passed.
pub(crate) async fn look(engine: &Engine, wanted: &Wanted) -> (Checked, Option<Found>) {
    let now = Instant::now();
    let mut looking = Looking { since: now, at: now, checks: Vec::new() };
    let reached = reach(engine, wanted, &looking).await;
    let (client, version) = match reached {
        Ok(found) => found,
        Err(why) => {
            return (looking.failed(why, "Check the address, and that the server runs"), None);
        }
    };
    looking.note(true, format!("{NAME} {version} answered"));
    let project = match identify(engine, wanted, &client, &looking).await {
        Ok(project) => project,
        Err((why, hint)) => return (looking.failed(why, hint), None),
    };
    looking.note(
        true,
        match wanted.sign_in {
            EngineSignIn::Password => format!("Signed in as {}", wanted.credentials.0),
            EngineSignIn::ApiKey => "The key was taken".to_owned(),
        },
    );
    match chosen(engine, wanted, &client, (&looking, project)).await {
        Ok((project, name)) => {
            let named = name.clone().unwrap_or_else(|| project.clone());
            looking.note(true, format!("Flows are kept in {named}"));
            let found = Found { api: client.api, version, project, project_name: name };
            (looking.passed(), Some(found))
        }
        Err((why, hint)) => (looking.failed(why, hint), None),
    }
}

/// Where its API is: behind its web server, or its own port.
async fn reach(
    engine: &Engine,
    wanted: &Wanted,
    looking: &Looking,
) -> Result<(Client, String), String> {
    let mut last = String::new();
    for api in apis(&wanted.url) {
        let client =
            Client::new(&api, wanted.sign_in, wanted.credentials.clone(), wanted.is_trusted);
        let ask = Ask::get("/flags").within(looking.left());
        match client.send(engine, ask, None).await {
            Ok(answer) if answer.body["CURRENT_VERSION"].is_string() => {
                let version = answer.body["CURRENT_VERSION"].as_str().unwrap_or_default();
                return Ok((client, version.to_owned()));
            }
            Ok(_) => last = format!("What answers there is not {NAME}"),
            Err(Failure::NotSent(why) | Failure::Broken(why)) => return Err(why),
            Err(Failure::Refused { status, .. }) => {
                last = format!("What answers there is not {NAME} (it answered {status})");
            }
        }
    }
    Err(last)
}

/// Addresses that an API may have under what people call the address.
fn apis(url: &str) -> [String; 2] {
    let base = url.trim().trim_end_matches('/');
    let base =
        ["/api/v1", "/v1", "/api"].iter().find_map(|it| base.strip_suffix(it)).unwrap_or(base);
    [format!("{base}/api/v1"), format!("{base}/v1")]
}

/// Signs in; gives the person's own project, or the one that was asked for.
async fn identify(
    engine: &Engine,
    wanted: &Wanted,
    client: &Client,
    looking: &Looking,
) -> Result<String, (String, &'static str)> {
    let project = wanted.project.clone().unwrap_or_default();
    let tried = match wanted.sign_in {
        EngineSignIn::Password => client.signed_in(engine, looking.left()).await,
        EngineSignIn::ApiKey if project.is_empty() => {
            let why = "A key does not say which project is meant".to_owned();
            return Err((why, "Enter the id of the project; it is in its address"));
        }
        EngineSignIn::ApiKey => {
            let ask = Ask::get("/flows").with("projectId", &project).with("limit", 1);
            let token = Some(wanted.credentials.1.as_str());
            client.send(engine, ask.within(looking.left()), token).await.map(|it| it.body)
        }
    };
    match tried {
        Ok(body) if project.is_empty() => {
            Ok(body["projectId"].as_str().unwrap_or_default().to_owned())
        }
        Ok(_) => Ok(project),
        Err(Failure::NotSent(why) | Failure::Broken(why)) => Err((why, "Try again later")),
        Err(Failure::Refused { status: 401 | 403, .. }) => {
            let what = match wanted.sign_in {
                EngineSignIn::Password => "e-mail and password",
                EngineSignIn::ApiKey => "key",
            };
            Err((format!("{NAME} refused the {what}"), "Enter them again"))
        }
        Err(Failure::Refused { status, .. }) => {
            Err((format!("{NAME} answered {status} when signing in"), "Try again later"))
        }
    }
}

/// The project that holds the flows, with its name where it may be asked.
async fn chosen(
    engine: &Engine,
    wanted: &Wanted,
    client: &Client,
    (looking, project): (&Looking, String),
) -> Result<(String, Option<String>), (String, &'static str)> {
    if wanted.sign_in == EngineSignIn::ApiKey {
        return Ok((project, None));
    }
    let ask = Ask::get(format!("/projects/{project}")).within(looking.left());
    let is_id = project.bytes().all(|it| it.is_ascii_alphanumeric());
    let found = if is_id { client.call(engine, ask).await.ok() } else { None };
    let name = found.as_ref().and_then(|it| it.body["displayName"].as_str());
    match name {
        Some(name) => Ok((project, Some(name.to_owned()))),
        None => Err((
            format!("This sign-in has no project {project}"),
            "Leave the project out to use the person's own",
        )),
    }
}

/// What a test that did not pass refuses.
pub(crate) fn refusal(checked: &Checked) -> Problem {
    let failed = checked.checks.iter().position(|it| it.ok == Some(false)).unwrap_or_default();
    let field = ["url", "password", "projectId"].get(failed).copied().unwrap_or("url");
    let error = checked.error.clone().unwrap_or_default();
    let hint = checked.hint.clone().unwrap_or_default();
    Problem::invalid(field, format!("{error}. {hint}"))
}

/// What a test found, as it is stored.
pub(crate) fn stored(checked: &Checked) -> String {
    serde_json::to_value(checked).unwrap_or(Value::Null).to_string()
}
