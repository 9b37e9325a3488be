//! Tells people of the events they subscribed to.

use crate::beat::again;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tools::tools::Tools;

/// Between two looks for what happened.
const EVERY: Duration = Duration::from_secs(5);

/// Tells subscribers until `closing`.
pub(crate) fn start(tools: Tools, closing: CancellationToken) {
    again((Duration::ZERO, EVERY), closing, "subscribers could not be told", move || {
        let tools = tools.clone();
        async move { tools.tell_subscribers().await }
    });
}
