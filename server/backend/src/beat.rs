//! What the server does again and again without anybody asking.

use domain::problem::Problem;
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior, interval_at};
use tokio_util::sync::CancellationToken;

/// Does `work` after `first` and then every `every`, until `closing`; what takes longer delays the next time. When it
/// fails, the log says `failed`, and the next time comes all the same.
pub(crate) fn again<T, F>(
    (first, every): (Duration, Duration),
    closing: CancellationToken,
    failed: &'static str,
    work: impl Fn() -> F + Send + 'static,
) where
    T: Send,
    F: Future<Output = Result<T, Problem>> + Send,
{
    tokio::spawn(async move {
        let mut ticks = interval_at(Instant::now() + first, every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = closing.cancelled() => return,
                _ = ticks.tick() => {}
            }
            if let Err(problem) = work().await {
                tracing::error!(%problem, "{failed}");
            }
        }
    });
}
