//! When something is due, in words and in colour.

use crate::ui::time::{Moment, parse_day, use_now};
use leptos::prelude::*;

/// A due day as people say it; nothing when there is none.
#[component]
pub(crate) fn DueLabel(
    /// `YYYY-MM-DD`.
    due_on: Option<String>,
) -> impl IntoView {
    let now = use_now();
    let label = move || {
        let due = now.get().due(due_on.as_deref()?)?;
        Some(view! {
            <span class="due" data-late=due.is_late.then_some("") data-soon=due.is_soon.then_some("")>{due.label}</span>
        })
    };
    view! { {label} }
}

/// Whether a due day is past.
pub(crate) fn is_day_overdue(due_on: Option<&str>, now: Moment) -> bool {
    due_on.and_then(parse_day).is_some_and(|it| it < now.day())
}

/// Whether a due day is today or one of the six days after.
pub(crate) fn is_day_soon(due_on: Option<&str>, now: Moment) -> bool {
    due_on.and_then(parse_day).is_some_and(|it| (0..7).contains(&(it - now.day())))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Moment = Moment { now_ms: 1_771_407_960_000, offset_minutes: 0 };

    #[test]
    fn a_day_is_late_after_it_and_soon_for_a_week() {
        assert!(is_day_overdue(Some("2026-02-17"), TODAY));
        assert!(!is_day_overdue(Some("2026-02-18"), TODAY));
        assert!(is_day_soon(Some("2026-02-18"), TODAY));
        assert!(is_day_soon(Some("2026-02-24"), TODAY));
        assert!(!is_day_soon(Some("2026-02-25"), TODAY));
        assert!(!is_day_soon(None, TODAY));
    }
}
