//! Settings of the installation, for super admins. A change counts at once.

use crate::auth::Auth;
use crate::config::Config;
use domain::actor::{Actor, Permission};
use domain::event::{Event, EventKind};
use domain::ids::WorkspaceId;
use domain::platform::{Limit, PlatformChange, PlatformSettings};
use domain::problem::{Issue, Problem};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use store::db::Conn;
use store::events;
use store::settings::{self, INSTALLATION};

const SIGNUP: &str = "signup";
/// Of the workspace a super admin is in, not of the installation.
const CODE: &str = "codeSteps";
const OUTGOING: &str = "outgoingAllowList";
const ORIGINS: &str = "corsAllowedOrigins";
const RUNTIME: &str = "agentRuntime";
const RUNTIMES: [&str; 2] = ["v1", "v2"];
const LIMITS: &str = "limits";
const OPEN: &str = "open";
const CLOSED: &str = "closed";
const ON: &str = "on";
const OFF: &str = "off";

impl Auth {
    /// The settings of the installation.
    ///
    /// # Errors
    /// [`Problem::Forbidden`] unless a super admin asks.
    pub async fn platform_settings(&self, actor: &Actor) -> Result<PlatformSettings, Problem> {
        self.authorise(actor, Permission::Platform, "platform settings").await?;
        let mut conn = self.db.read().await?;
        let settings = read(&mut conn, &self.config, &actor.workspace).await?;
        Ok(PlatformSettings { limits: self.limits.all(), ..settings })
    }

    /// Lets the limits that super admins set hold from now on: at the start, and when another node changed them.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn load_limits(&self) -> Result<(), Problem> {
        let set = settings::find(&mut self.db.read().await?, INSTALLATION, LIMITS).await?;
        for limit in Limit::ALL {
            let value = set.as_ref().and_then(|it| it[limit.name()].as_u64());
            let value = value.and_then(|it| u32::try_from(it).ok());
            self.limits.set(limit, value.unwrap_or_else(|| self.default_of(limit)));
        }
        Ok(())
    }

    fn default_of(&self, limit: Limit) -> u32 {
        match limit {
            Limit::SignUps => self.config.sign_ups_per_hour,
            other => other.default_value(),
        }
    }

    /// Changes settings of the installation.
    ///
    /// # Errors
    /// [`Problem::Forbidden`], [`Problem::Invalid`] with every reason.
    pub async fn change_platform_settings(
        &self,
        actor: &Actor,
        change: PlatformChange,
    ) -> Result<PlatformSettings, Problem> {
        self.authorise(actor, Permission::Platform, "platform settings").await?;
        let values = checked(change)?;
        let (actor, config) = (actor.clone(), self.config.clone());
        let changed = self.db.write(move |conn| {
            Box::pin(async move {
                let names: Vec<_> = values.iter().map(|(name, _)| *name).collect();
                for (name, value) in &values {
                    let of = if *name == CODE { actor.workspace.as_str() } else { INSTALLATION };
                    if *name == LIMITS {
                        let before = settings::find(conn, of, name).await?.unwrap_or_default();
                        settings::set(conn, of, name, &with_limits(before, value)).await?;
                    } else {
                        settings::set(conn, of, name, value).await?;
                    }
                }
                let event = Event::new(EventKind::SettingsChanged, "platform", names.join(", "));
                let code = values.iter().find(|it| it.0 == CODE).map(|it| &it.1);
                let detail = json!({"settings": names, CODE: code});
                events::record(conn, &actor, &event.with(detail)).await?;
                read(conn, &config, &actor.workspace).await
            })
        });
        let settings = changed.await?;
        self.load_limits().await?;
        Ok(PlatformSettings { limits: self.limits.all(), ..settings })
    }

    /// Whether pages of `origin` may call the API: one of the sites a super admin listed.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn is_allowed_origin(&self, origin: &str) -> Result<bool, Problem> {
        if self.config.allowed_origins.iter().any(|it| it == origin) {
            return Ok(true);
        }
        let listed = list(&mut self.db.read().await?, ORIGINS).await?;
        Ok(listed.iter().any(|it| it == origin))
    }
}

/// Whether the setting or the server's settings close sign-up; either one does.
pub(crate) async fn is_signup_closed(conn: &mut Conn, config: &Config) -> Result<bool, Problem> {
    let setting = settings::find(conn, INSTALLATION, SIGNUP).await?;
    Ok(config.is_signup_closed || setting.as_ref().and_then(Value::as_str) == Some(CLOSED))
}

async fn read(
    conn: &mut Conn,
    config: &Config,
    workspace: &WorkspaceId,
) -> Result<PlatformSettings, Problem> {
    let is_closed = is_signup_closed(conn, config).await?;
    Ok(PlatformSettings {
        signup: if is_closed { CLOSED } else { OPEN }.to_owned(),
        signup_locked: config.is_signup_closed,
        cors_allowed_origins: list(conn, ORIGINS).await?,
        outgoing_allow_list: list(conn, OUTGOING).await?,
        code_steps: {
            let setting = settings::find(conn, workspace.as_str(), CODE).await?;
            let is_on = setting.as_ref().and_then(Value::as_str) == Some(ON);
            if is_on { ON } else { OFF }.to_owned()
        },
        limits: BTreeMap::new(),
    })
}

/// The limits that were set, with those of `change`; null takes one away.
fn with_limits(before: Value, change: &Value) -> Value {
    let Value::Object(mut all) = before else { return with_limits(json!({}), change) };
    for (name, value) in change.as_object().into_iter().flatten() {
        match value {
            Value::Null => all.remove(name),
            value => all.insert(name.clone(), value.clone()),
        };
    }
    Value::Object(all)
}

/// Each must be known and a whole number, or null.
fn wrong_limits(limits: &Map<String, Value>) -> Vec<Issue> {
    let is_right = |value: &Value| {
        let range = 1..=u64::from(Limit::HIGHEST);
        value.is_null() || value.as_u64().is_some_and(|it| range.contains(&it))
    };
    let issue = |(name, value): (&String, &Value)| {
        let field = format!("{LIMITS}.{name}");
        if Limit::parse(name).is_none() {
            let names = Limit::ALL.map(Limit::name).join(", ");
            return Some(Issue::new(field, format!("Give one of {names}")));
        }
        let range = "Give a whole number from 1 to 1000000, or null for the default";
        (!is_right(value)).then(|| Issue::new(field, range))
    };
    limits.iter().filter_map(issue).collect()
}

async fn list(conn: &mut Conn, name: &str) -> Result<Vec<String>, Problem> {
    let value = settings::find(conn, INSTALLATION, name).await?.unwrap_or_default();
    let words = value.as_array().into_iter().flatten();
    Ok(words.filter_map(|it| it.as_str().map(str::to_owned)).collect())
}

fn checked(change: PlatformChange) -> Result<Vec<(&'static str, Value)>, Problem> {
    let mut issues = Vec::new();
    let mut values = Vec::new();
    if let Some(signup) = change.signup {
        if signup != OPEN && signup != CLOSED {
            issues.push(Issue::new(SIGNUP, "Give open or closed"));
        }
        values.push((SIGNUP, Value::from(signup)));
    }
    if let Some(origins) = change.cors_allowed_origins {
        if !origins.iter().all(|it| is_origin(it)) {
            issues.push(Issue::new(ORIGINS, "Give origins such as https://tools.example.com"));
        }
        values.push((ORIGINS, Value::from(origins)));
    }
    if let Some(hosts) = change.outgoing_allow_list {
        if !hosts.iter().all(|it| is_destination(it)) {
            issues.push(Issue::new(OUTGOING, "Give hosts, host:port or ranges such as 10.0.0.0/8"));
        }
        values.push((OUTGOING, Value::from(hosts)));
    }
    if let Some(code) = change.code_steps {
        if code != ON && code != OFF {
            issues.push(Issue::new(CODE, "Give on or off"));
        }
        values.push((CODE, Value::from(code)));
    }
    if let Some(runtime) = change.agent_runtime {
        if !RUNTIMES.contains(&runtime.as_str()) {
            issues.push(Issue::new(RUNTIME, "Give v1 or v2"));
        }
        values.push((RUNTIME, Value::from(runtime)));
    }
    if let Some(limits) = change.limits {
        issues.extend(wrong_limits(&limits));
        values.push((LIMITS, Value::Object(limits)));
    }
    if values.is_empty() {
        issues.push(Issue::new(SIGNUP, "Give at least one setting to change"));
    }
    if issues.is_empty() { Ok(values) } else { Err(Problem::Invalid { issues }) }
}

/// Whether a text is a scheme and a host, as browsers name a site.
pub fn is_origin(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    host.is_some_and(|it| is_destination(it) && !it.contains('/'))
}

/// A host, `host:port` or a range in the notation of `10.0.0.0/8` or `fd00::/8`.
fn is_destination(text: &str) -> bool {
    let is_plain = |it: char| {
        it.is_ascii_alphanumeric() || matches!(it, '.' | '-' | ':' | '/' | '[' | ']' | '_')
    };
    if text.is_empty() || text.len() > 253 || !text.chars().all(is_plain) {
        return false;
    }
    match text.split_once('/') {
        None => true,
        Some((address, bits)) => {
            let widest = if address.contains(':') { 128 } else { 32 };
            let is_address = address.parse::<std::net::IpAddr>().is_ok();
            is_address && bits.parse::<u8>().is_ok_and(|it| it <= widest)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn destinations_are_hosts_ports_and_ranges() {
        for right in ["intranet", "intranet:8080", "10.0.0.0/8", "fd00::/8", "192.168.1.7"] {
            assert!(is_destination(right), "{right}");
        }
        for wrong in ["", "10.0.0.0/33", "host/path", "http://x y", "a\nb"] {
            assert!(!is_destination(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_limit_is_set_alone_and_taken_away_by_null() {
        let before = json!({"callsPerMinute": 100, "signInFailures": 3});
        let change = json!({"callsPerMinute": null, "flowStartsPerMinute": 7});
        let after = json!({"signInFailures": 3, "flowStartsPerMinute": 7});
        assert_eq!(with_limits(before, &change), after);
        let wrong = json!({"everything": 1, "callsPerMinute": 0, "signInFailures": "3"});
        assert_eq!(wrong_limits(wrong.as_object().unwrap()).len(), 3);
        assert!(wrong_limits(change.as_object().unwrap()).is_empty());
    }

    #[test]
    fn an_origin_is_a_scheme_and_a_host() {
        assert!(is_origin("https://tools.example.com"));
        assert!(is_origin("http://localhost:3000"));
        for wrong in ["*", "tools.example.com", "https://tools.example.com/", "null"] {
            assert!(!is_origin(wrong), "{wrong}");
        }
    }
}
