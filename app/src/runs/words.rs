//! How runs are put into words.

use domain::flow::run::RunStatus;

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

/// "1 step", "3 steps".
pub fn count(number: usize, one: &str, many: &str) -> String {
    let word = if number == 1 { one } else { many };
    format!("{number} {word}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_counted_in_the_singular() {
        assert_eq!(count(1, "step", "steps"), "1 step");
        assert_eq!(count(0, "step", "steps"), "0 steps");
    }
}
