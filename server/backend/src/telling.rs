//! Tells people of the events they subscribed to.

use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use tools::tools::Tools;

/// Between two looks for what happened.
const EVERY: Duration = Duration::from_secs(5);

/// Tells subscribers until `closing`.
pub(crate) fn start(tools: Tools, closing: CancellationToken) {
    tokio::spawn(async move {
        let mut ticks = interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = closing.cancelled() => return,
                _ = ticks.tick() => {}
            }
            if let Err(problem) = tools.tell_subscribers().await {
                tracing::error!(%problem, "subscribers could not be told");
            }
        }
    });
}
