//! What a run of an app gave, in the way its maker chose.

use super::server_fns::RunShown;
use super::state::Runner;
use crate::ui::badge::{Pill, State};
use crate::ui::code::{Code, CopyButton};
use domain::app::{AppRunStatus, OutputType};
use leptos::prelude::*;
use serde_json::Value;

/// The newest run: under way, its output, or why it failed.
#[component]
pub fn Output(
    /// The page.
    runner: Runner,
) -> impl IntoView {
    let shown = move || {
        match runner.run.get() {
        None => view! { <p class="sm muted">"Fill in the form and press Run. The output appears here."</p> }.into_any(),
        Some(shown) => view! { <Newest shown=shown runner=runner /> }.into_any(),
    }
    };
    view! {
        <section class="card" aria-labelledby="output">
            <div class="card__head"><h2 id="output">"Output"</h2></div>
            <div class="card__body stack stack--3" aria-live="polite">{shown}</div>
        </section>
    }
}

/// How a run stands, as people see it.
pub fn state_of(status: AppRunStatus) -> State {
    match status {
        AppRunStatus::Queued => State::Running,
        AppRunStatus::Success => State::Succeeded,
        AppRunStatus::Failed => State::Failed,
    }
}

#[component]
fn Newest(shown: RunShown, runner: Runner) -> impl IntoView {
    let state = state_of(shown.run.status);
    let took = shown.run.execution_time_ms.map(|it| format!("{} s", seconds(it)));
    let error = shown.run.error.clone();
    let is_open = shown.run.status == AppRunStatus::Queued;
    let wait = is_open.then(|| match runner.busy.get_untracked() {
        true => "Running. You can wait here or cancel.",
        false => "Running in the background. You can leave; the run is kept under Recent runs.",
    });
    view! {
        <div class="row"><Pill state=state /> {took.map(|it| view! { <span class="sm quiet num">{it}</span> })}</div>
        {wait.map(|it| view! { <p class="sm muted" role="status">{it}</p> })}
        {error.map(|it| view! { <p class="bad" role="alert">{it}</p> })}
        {(shown.run.status == AppRunStatus::Success).then(|| view! { <Given shown=shown /> })}
    }
}

/// `1.2` of 1234 milliseconds.
pub fn seconds(ms: i64) -> String {
    format!("{}.{}", ms / 1_000, ms % 1_000 / 100)
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => serde_json::to_string_pretty(other).unwrap_or_default(),
    }
}

#[component]
fn Given(shown: RunShown) -> impl IntoView {
    let text = plain(&shown.run.output.unwrap_or_default());
    match (shown.run.output_type, shown.html) {
        (OutputType::Markdown, Some(html)) => view! {
            <div class="prose" inner_html=html></div>
            <div class="row"><CopyButton text=text /></div>
        }
        .into_any(),
        (OutputType::Image, _) if text.starts_with("data:image/") => {
            view! { <img class="aout__image" src=text alt="What the app made" /> }.into_any()
        }
        // Our pages load no pictures of other sites, so that nobody there learns who looks.
        (OutputType::Image, _) if text.starts_with("https://") => view! {
            <a class="btn" href=text rel="noreferrer noopener external" target="_blank">"Open the picture"</a>
        }
        .into_any(),
        (OutputType::Html, _) => view! {
            <iframe class="aout__frame" sandbox="" srcdoc=text title="What the app made"></iframe>
        }
        .into_any(),
        (OutputType::Json, _) => view! { <Code label="Output" text=text /> }.into_any(),
        _ => view! {
            <p class="aout__text">{text.clone()}</p>
            <div class="row"><CopyButton text=text /></div>
        }
        .into_any(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_seconds_with_one_digit() {
        assert_eq!(
            (seconds(1_234), seconds(40), seconds(12_990)),
            ("1.2".to_owned(), "0.0".to_owned(), "12.9".to_owned())
        );
    }
}
