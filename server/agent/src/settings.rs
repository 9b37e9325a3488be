//! Settings of a workspace that decide how its assistant works (contract.md 4.3).

use crate::policy::Mode;
use domain::ids::WorkspaceId;
use domain::problem::Problem;
use serde_json::{Map, Value, json};
use std::time::Duration;
use store::db::Conn;
use store::settings;

/// The name of the setting that holds all of them, as one object.
const NAME: &str = "config";
/// What may be set, and with which values.
const PARTS: [&str; 5] = ["assistant", "approvals", "flow", "sync", "notifications"];
const HOUR: u64 = 3_600;

/// The settings of one workspace.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Settings(Map<String, Value>);

impl Settings {
    pub(crate) async fn of(conn: &mut Conn, workspace: &WorkspaceId) -> Result<Self, Problem> {
        let stored = settings::find(conn, workspace.as_str(), NAME).await?;
        Ok(Self(stored.and_then(|it| it.as_object().cloned()).unwrap_or_default()))
    }

    pub(crate) async fn save(
        &self,
        conn: &mut Conn,
        workspace: &WorkspaceId,
    ) -> Result<(), Problem> {
        Ok(settings::set(conn, workspace.as_str(), NAME, &self.value()).await?)
    }

    pub(crate) fn value(&self) -> Value {
        Value::Object(self.0.clone())
    }

    /// With what counts where nothing was set.
    pub(crate) fn effective(&self) -> Value {
        let mut all = json!({
            "assistant": { "provider": "builtin", "model": null, "monthlyLimit": null },
            "approvals": { "mode": "basecamp", "expiryHours": 24, "fourEyes": false },
        });
        merge(&mut all, &self.value());
        all
    }

    /// With `patch` put over it; an object inside is merged, everything else replaced.
    pub(crate) fn patched(&self, patch: &Value, replaces: bool) -> Result<Self, Problem> {
        let Value::Object(fields) = patch else {
            return Err(Problem::invalid("patch", "patch must be an object"));
        };
        if let Some(unknown) = fields.keys().find(|it| !PARTS.contains(&it.as_str())) {
            let message = format!("{unknown} is not a setting. There are {}", PARTS.join(", "));
            return Err(Problem::invalid(format!("patch.{unknown}"), message));
        }
        let mut value = if replaces { json!({}) } else { self.value() };
        merge(&mut value, patch);
        let settings = Self(value.as_object().cloned().unwrap_or_default());
        settings.check()?;
        Ok(settings)
    }

    fn check(&self) -> Result<(), Problem> {
        if let Some(mode) = self.at("/approvals/mode")
            && mode.as_str().and_then(Mode::parse).is_none()
        {
            return Err(Problem::invalid("patch.approvals.mode", "Give basecamp, risky or all"));
        }
        if let Some(hours) = self.at("/approvals/expiryHours")
            && !hours.as_u64().is_some_and(|it| (1..=720).contains(&it))
        {
            return Err(Problem::invalid("patch.approvals.expiryHours", "Give 1 to 720 hours"));
        }
        if let Some(provider) = self.at("/assistant/provider")
            && provider.as_str().and_then(crate::makers::Maker::parse).is_none()
        {
            return Err(Problem::invalid("patch.assistant.provider", crate::makers::ACCEPTED));
        }
        self.check_order()?;
        self.check_keeping()?;
        let limit = self.at("/assistant/monthlyLimit");
        let is_limit = |it: &Value| {
            it.as_object().is_some_and(|it| {
                it.iter().all(|(key, value)| {
                    matches!(key.as_str(), "tokens" | "usd")
                        && (value.is_null() || value.as_f64().is_some_and(|it| it > 0.0))
                })
            })
        };
        match limit {
            Some(limit) if !is_limit(limit) => Err(Problem::invalid(
                "patch.assistant.monthlyLimit",
                "Give an object with tokens, usd or both, each above 0",
            )),
            _ => Ok(()),
        }
    }

    /// How long runs of flows are kept, and how much of them.
    fn check_keeping(&self) -> Result<(), Problem> {
        for (name, most) in [("keepRunsDays", 3_650), ("keepRunsMb", 1_000_000)] {
            if let Some(given) = self.at(&format!("/flow/{name}"))
                && !given.as_u64().is_some_and(|it| (1..=most).contains(&it))
            {
                let message = format!("Give a whole number from 1 to {most}");
                return Err(Problem::invalid(format!("patch.flow.{name}"), message));
            }
        }
        Ok(())
    }

    fn check_order(&self) -> Result<(), Problem> {
        let is_known = |it: &Value| it.as_str().and_then(crate::makers::Maker::parse).is_some();
        if let Some(order) = self.at("/assistant/order")
            && !order.as_array().is_some_and(|it| it.iter().all(is_known))
        {
            let message = format!("Give a list of providers. {}", crate::makers::ACCEPTED);
            return Err(Problem::invalid("patch.assistant.order", message));
        }
        for (path, field) in [
            ("/assistant/fallback", "patch.assistant.fallback"),
            ("/approvals/fourEyes", "patch.approvals.fourEyes"),
        ] {
            if self.at(path).is_some_and(|it| !it.is_boolean()) {
                return Err(Problem::invalid(field, "Give true or false"));
            }
        }
        Ok(())
    }

    /// A value that was set; null counts as not set.
    fn at(&self, path: &str) -> Option<&Value> {
        let (part, rest) = path.strip_prefix('/')?.split_once('/')?;
        self.0.get(part)?.get(rest).filter(|it| !it.is_null())
    }

    /// The provider of the workspace.
    pub(crate) fn provider(&self) -> Option<&str> {
        self.at("/assistant/provider")?.as_str()
    }

    /// Its model.
    pub(crate) fn model(&self) -> Option<&str> {
        self.at("/assistant/model")?.as_str().filter(|it| !it.is_empty())
    }

    /// Providers in the order they are asked when the chosen one does not answer.
    pub(crate) fn order(&self) -> Vec<String> {
        let order = self.at("/assistant/order").and_then(Value::as_array);
        order.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// The place of a provider in that order; those it does not name come last.
    pub(crate) fn place_of(&self, provider: &str) -> usize {
        let order = self.order();
        order.iter().position(|it| it == provider).unwrap_or(order.len())
    }

    /// Whether the built-in assistant answers when no model does; only where somebody wanted that.
    pub(crate) fn falls_back(&self) -> bool {
        self.at("/assistant/fallback").and_then(Value::as_bool).unwrap_or(false)
    }

    /// How many tokens and US dollars a month may cost.
    pub(crate) fn monthly_limit(&self) -> (Option<f64>, Option<f64>) {
        let limit = |name: &str| self.at("/assistant/monthlyLimit")?.get(name)?.as_f64();
        (limit("tokens"), limit("usd"))
    }

    /// What asks first.
    pub(crate) fn mode(&self) -> Mode {
        self.at("/approvals/mode").and_then(Value::as_str).and_then(Mode::parse).unwrap_or_default()
    }

    /// What deletes is decided by somebody else than who asked.
    pub(crate) fn wants_four_eyes(&self) -> bool {
        self.at("/approvals/fourEyes").and_then(Value::as_bool).unwrap_or(false)
    }

    /// How long an approval waits, when the workspace says so.
    pub(crate) fn approval_wait(&self) -> Option<Duration> {
        let hours = self.at("/approvals/expiryHours")?.as_u64()?;
        Some(Duration::from_secs(hours * HOUR))
    }
}

fn merge(into: &mut Value, patch: &Value) {
    match (into, patch) {
        (Value::Object(into), Value::Object(patch)) => {
            for (key, value) in patch {
                merge(into.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
        (into, patch) => *into = patch.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patch_keeps_its_siblings_and_a_wrong_value_is_named() {
        let settings = Settings::default()
            .patched(&json!({"approvals": {"mode": "all"}, "sync": {"intervalMinutes": 5}}), false)
            .unwrap();
        let settings = settings.patched(&json!({"approvals": {"expiryHours": 2}}), false).unwrap();
        assert_eq!(
            (settings.mode(), settings.approval_wait()),
            (Mode::All, Some(Duration::from_secs(7200)))
        );
        for (patch, field) in [
            (json!({"approvals": {"mode": "never"}}), "patch.approvals.mode"),
            (json!({"assistant": {"provider": "abacus"}}), "patch.assistant.provider"),
            (json!({"assistant": {"monthlyLimit": {"usd": -1}}}), "patch.assistant.monthlyLimit"),
            (json!({"assistant": {"order": ["abacus"]}}), "patch.assistant.order"),
            (json!({"assistant": {"fallback": "yes"}}), "patch.assistant.fallback"),
            (json!({"colours": {}}), "patch.colours"),
        ] {
            let Problem::Invalid { issues } = settings.patched(&patch, false).unwrap_err() else {
                panic!("{patch}")
            };
            assert_eq!(issues[0].field, field);
        }
    }
}
