//! Limits of single things, besides the one of all calls (contract.md 0.8). Each counts one workspace's calls, so that
//! none slows another one down.

use auth::clock::Clock;
use auth::limits::{Limits, Rate};
use domain::actor::Actor;
use domain::platform::Limit;
use domain::problem::Problem;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
/// Routes that put a question to the assistant.
const CHAT: [&str; 2] = ["/api/chat", "/api/chat/stream"];

/// The counters.
pub(crate) struct Narrow {
    chat: Rate,
    flows_made: Rate,
    flows_started: Rate,
    clock: Clock,
}

impl Narrow {
    pub(crate) fn new(clock: Clock, limits: &Limits) -> Self {
        Self {
            chat: Rate::set(limits, Limit::ChatMessages, SECOND),
            flows_made: Rate::set(limits, Limit::FlowsMade, MINUTE),
            flows_started: Rate::set(limits, Limit::FlowStarts, MINUTE),
            clock,
        }
    }

    /// Counts a request to the route of this pattern.
    ///
    /// # Errors
    /// [`Problem::RateLimited`]; then nothing may be done.
    pub(crate) fn check_route(&self, path: &str, actor: &Actor) -> Result<(), Problem> {
        if CHAT.contains(&path) { self.take(&self.chat, actor) } else { Ok(()) }
    }

    /// Counts a call of a tool.
    ///
    /// # Errors
    /// As [`Narrow::check_route`].
    pub(crate) fn check_tool(&self, name: &str, actor: &Actor) -> Result<(), Problem> {
        match name {
            "flow_create" | "flow_flow_create" => self.take(&self.flows_made, actor),
            "flow_trigger" | "flow_flow_trigger" | "flow_run_retry" | "flow_flow_run_retry" => {
                self.take(&self.flows_started, actor)
            }
            _ => Ok(()),
        }
    }

    fn take(&self, rate: &Rate, actor: &Actor) -> Result<(), Problem> {
        rate.take(actor.workspace.as_str(), self.clock.now_ms())
    }
}
