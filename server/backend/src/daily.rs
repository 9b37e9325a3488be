//! What is done once a day without anybody asking: projects are looked at, so that a trend has a past.

use crate::beat::again;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tools::tools::Tools;

/// Between two looks for what is due. What was missed while the server was off is made up for by the first one.
const EVERY: Duration = Duration::from_secs(600);
/// After a start, the first requests come first.
const AT_FIRST: Duration = Duration::from_secs(60);

/// Looks for what is due until `closing`.
pub(crate) fn start(tools: Tools, closing: CancellationToken) {
    again((AT_FIRST, EVERY), closing, "projects could not be looked at", move || {
        let tools = tools.clone();
        async move { tools.look_daily().await }
    });
}
