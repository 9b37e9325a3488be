//! A score of 100: a ring, how it moved, and the line of its weeks.

use crate::ui::icon::Icon;
use leptos::prelude::*;

/// How good a score is: `good`, `warn` or `bad`.
pub fn tone(score: u32) -> &'static str {
    match score {
        70.. => "good",
        50..70 => "warn",
        _ => "bad",
    }
}

/// The score in a ring; a dash while there is none.
#[component]
pub fn Ring(
    /// From 0 to 100.
    score: Option<u32>,
) -> impl IntoView {
    let Some(score) = score else {
        return view! { <span class="ring quiet" role="img" aria-label="No health score yet">"–"</span> }.into_any();
    };
    view! {
        <span
            class="ring"
            data-tone=tone(score)
            style=format!("--v: {score}")
            role="img"
            aria-label=format!("Health score {score} out of 100")
        >
            <svg viewBox="0 0 36 36" aria-hidden="true">
                <circle cx="18" cy="18" r="15.915" />
                <circle cx="18" cy="18" r="15.915" pathLength="100" />
            </svg>
            <span aria-hidden="true">{score}</span>
        </span>
    }
    .into_any()
}

/// By how much a score moved in a week; nothing while that is not known.
#[component]
pub fn Trend(
    /// Points up, or down below zero.
    moved: Option<i32>,
) -> impl IntoView {
    moved.map(|moved| {
        let (direction, icon, word) = match moved {
            1.. => ("up", "arrow-up-right", "up"),
            ..0 => ("down", "arrow-down-right", "down"),
            0 => ("same", "minus", "unchanged"),
        };
        view! {
            <span class="trend" data-dir=direction title="In the last week">
                <Icon name=icon />
                <span class="sr">{word}" "</span>
                {(moved != 0).then(|| moved.unsigned_abs())}
            </span>
        }
    })
}

/// The scores of some weeks as a line; nothing for fewer than two.
#[component]
pub fn Spark(
    /// The oldest first.
    weeks: Vec<u32>,
) -> impl IntoView {
    let last = weeks.last().copied().filter(|_| weeks.len() > 1)?;
    let (line, area) = paths(&weeks);
    Some(view! {
        <svg
            class="spark"
            viewBox="0 0 72 26"
            preserveAspectRatio="none"
            style=format!("--tone: var(--{})", tone(last))
            role="img"
            aria-label=format!("Health score over {} weeks, now {last}", weeks.len())
        >
            <path class="area" d=area />
            <path d=line />
        </svg>
    })
}

/// The line, and the area below it, in a box of 72 by 26; at least two points.
fn paths(weeks: &[u32]) -> (String, String) {
    let step = 72.0 / f64::from(u32::try_from(weeks.len().saturating_sub(1)).unwrap_or(1).max(1));
    let point = |(at, score): (u32, &u32)| {
        format!("{:.1} {:.1}", f64::from(at) * step, 24.0 - f64::from(*score) * 0.22)
    };
    let points: Vec<String> = (0..).zip(weeks).map(point).collect();
    let line = format!("M{}", points.join(" L"));
    let area = format!("{line} L72 26 L0 26Z");
    (line, area)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_goes_from_side_to_side() {
        let (line, area) = paths(&[100, 50, 0]);
        assert_eq!(line, "M0.0 2.0 L36.0 13.0 L72.0 24.0");
        assert_eq!(area, "M0.0 2.0 L36.0 13.0 L72.0 24.0 L72 26 L0 26Z");
    }
}
