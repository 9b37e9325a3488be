//! What the last test of a connection found.

use crate::ui::badge::{State, Status};
use crate::ui::icon::Icon;
use crate::ui::time::Ago;
use domain::integration::{Check, Checked};
use leptos::prelude::*;

/// What stands above a result: it passed, it was refused, nobody answered.
const BASECAMP: [&str; 3] = [
    "Basecamp is connected",
    "Basecamp did not accept this sign-in",
    "Basecamp could not be reached",
];

/// The checks with their times, and what to do about the first that failed.
#[component]
pub(crate) fn TestResult(
    /// What was found.
    checked: Checked,
    /// What stands above it: it passed, it was refused, nobody answered.
    #[prop(default = BASECAMP)]
    titles: [&'static str; 3],
    /// What mends it, as buttons.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let (is_good, at_ms) = (checked.error.is_none(), checked.at_ms);
    let [passed, refused, unreached] = titles;
    let (tone, icon, title) = match (is_good, checked.reachable) {
        (true, _) => ("good", "circle-check", passed),
        (false, true) => ("bad", "circle-x", refused),
        (false, false) => ("bad", "circle-x", unreached),
    };
    let words = match checked.error {
        None => "Everything PM OS needs is working.".to_owned(),
        Some(error) => format!("{error}."),
    };
    let fix = (!is_good).then(|| {
        let hint = checked.hint.map(|it| view! { <p>{format!("{it}.")}</p> });
        view! {
            <div class="test__fix">
                <h3>"Do this next"</h3>
                {hint}
                {children.map(|it| view! { <div class="row row--wrap">{it()}</div> })}
            </div>
        }
    });
    view! {
        <section class="test" data-tone=tone role=if is_good { "status" } else { "alert" }>
            <div class="test__head">
                <Icon name=icon class="icon--lg" />
                <div class="grow">
                    <h2>{title}</h2>
                    <p>{words}</p>
                    <LastTested at_ms=at_ms />
                </div>
            </div>
            {fix}
            <ul class="checks" aria-label="Test results">{checked.checks.into_iter().map(|it| check_line(it, seconds)).collect_view()}</ul>
        </section>
    }
}

/// When a connection was last tested, by a person or by PM OS itself.
#[component]
pub(crate) fn LastTested(
    /// Epoch milliseconds.
    at_ms: i64,
) -> impl IntoView {
    view! { <p class="xs quiet">"Last test: "<Ago at_ms=at_ms /></p> }
}

/// One check, with how long it `took` in words.
pub(crate) fn check_line(check: Check, took: fn(u64) -> String) -> impl IntoView {
    let state = match check.ok {
        Some(true) => State::Succeeded,
        Some(false) => State::Failed,
        None => State::Skipped,
    };
    let words = if check.detail.is_empty() {
        check.name
    } else {
        format!("{}: {}", check.name, check.detail)
    };
    let took = match (check.ms, check.ok) {
        (Some(ms), _) => took(ms),
        (None, None) => "not tried".to_owned(),
        (None, Some(_)) => String::new(),
    };
    view! {
        <li><Status state=state /><span class="grow">{words}</span><span class="due">{took}</span></li>
    }
}

/// `0.3 s`.
fn seconds(ms: u64) -> String {
    let tenths = ms.div_ceil(100);
    format!("{}.{} s", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_in_tenths_of_a_second() {
        assert_eq!([0, 1, 300, 1_950].map(seconds), ["0.0 s", "0.1 s", "0.3 s", "2.0 s"]);
    }
}
