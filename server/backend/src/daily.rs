//! What is done once a day without anybody asking: projects are looked at, so that a trend has a past.

use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tokio_util::sync::CancellationToken;
use tools::tools::Tools;

/// Between two looks for what is due. What was missed while the server was off is made up for by the first one.
const EVERY: Duration = Duration::from_secs(600);
/// After a start, the first requests come first.
const AT_FIRST: Duration = Duration::from_secs(60);

/// Looks for what is due until `closing`.
pub(crate) fn start(tools: Tools, closing: CancellationToken) {
    tokio::spawn(async move {
        let mut ticks = interval_at(Instant::now() + AT_FIRST, EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = closing.cancelled() => return,
                _ = ticks.tick() => {}
            }
            if let Err(problem) = tools.look_daily().await {
                tracing::error!(%problem, "projects could not be looked at");
            }
        }
    });
}
