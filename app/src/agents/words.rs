//! How agents and their runs stand, in words.

use crate::ui::badge::State;
use crate::ui::time::{Moment, parse_time};
use domain::agent::{AgentRun, AgentStanding, AgentStatus};
use domain::words::count;

/// How a run stands.
pub(crate) fn state(run: &AgentRun) -> (State, &'static str) {
    match run.status.as_str() {
        "succeeded" if run.dry_run => (State::Succeeded, "Told what it would do"),
        "succeeded" => (State::Succeeded, "Ran"),
        "failed" => (State::Failed, "Failed"),
        "cancelled" => (State::Skipped, "Stopped"),
        "waiting_approval" => (State::Waiting, "Waits for an approval"),
        _ => (State::Running, "Running"),
    }
}

/// A moment ahead: the time today, else the day with the time.
pub(crate) fn ahead(now: Moment, at: &str) -> Option<String> {
    let at = parse_time(at)?;
    let hour = now.hour(at);
    Some(match now.day_at(at) == now.day() {
        true => format!("Today, {hour}"),
        false => format!("{}, {hour}", now.day_label(now.day_at(at))),
    })
}

/// When an agent runs next.
pub(crate) fn next(now: Moment, it: &AgentStanding) -> String {
    match (it.agent.status, &it.agent.next_run) {
        (AgentStatus::Paused, _) => "Paused".to_owned(),
        (AgentStatus::Active, Some(at)) => ahead(now, at).unwrap_or_default(),
        (AgentStatus::Active, None) => "When somebody asks".to_owned(),
    }
}

/// "3 runs in 90 days, 1 failed".
pub(crate) fn counted(it: &AgentStanding) -> String {
    if it.runs_count == 0 {
        return "It has not run yet".to_owned();
    }
    let runs = format!("{} in 90 days", count(it.runs_count, "run", "runs"));
    match it.failed_count {
        0 => runs,
        failed => format!("{runs}, {failed} failed"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_time_is_said_with_its_day_unless_it_is_today() {
        let now = Moment { now_ms: 1_771_405_200_000, offset_minutes: 60 };
        assert_eq!(ahead(now, "2026-02-18T12:30:00Z").as_deref(), Some("Today, 13:30"));
        assert_eq!(ahead(now, "2026-02-19T08:00:00Z").as_deref(), Some("Thu 19, 09:00"));
        assert_eq!(ahead(now, "soon"), None);
    }
}
