//! How runs are put into words.

use domain::flow::run::RunStatus;
pub use domain::words::count;

/// The word for how a run ended, plainer than its state.
pub fn run_word(status: RunStatus) -> &'static str {
    match status {
        RunStatus::Queued => "Queued",
        RunStatus::Running => "Running",
        RunStatus::Paused => "Waiting",
        RunStatus::Succeeded => "Succeeded",
        RunStatus::Failed => "Failed",
        RunStatus::Timeout => "Took too long",
        RunStatus::InternalError => "Our fault",
        RunStatus::QuotaExceeded => "Over the limit",
        RunStatus::MemoryLimitExceeded => "Too large",
        RunStatus::Canceled => "Stopped",
    }
}

/// What started a run.
pub fn started_by(trigger: &str) -> &'static str {
    match trigger {
        "webhook" => "Webhook",
        "schedule" => "Schedule",
        "manual" => "By hand",
        "chat" => "Assistant",
        "app" => "App",
        _ => "Trigger",
    }
}
