//! Stopping a run and trying it again, and saying what became of that.

use super::server_fns::{cancel_run, retry_run};
use crate::session;
use crate::ui::badge::State;
use crate::ui::browser;
use crate::ui::button::{Button, Kind, Size};
use crate::ui::toast::use_toasts;
use domain::actor::Permission;
use domain::flow::run::{Run, RunKind, RunStatus};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{query_signal_with_options, use_location, use_navigate};

/// In the address of a run that was just tried again.
const AGAIN: &str = "again";

/// Goes to a run that tries another one again, the way that one is shown: on the canvas or as a page.
fn use_open() -> Callback<Run> {
    let navigate = use_navigate();
    let location = use_location();
    Callback::new(move |run: Run| {
        let on_canvas = location.pathname.with_untracked(|it| it.starts_with("/flows/"));
        let path = if on_canvas {
            format!("/flows/{}?run={}&{AGAIN}=1", run.flow_id, run.id)
        } else {
            format!("/runs/{}?{AGAIN}=1", run.id)
        };
        navigate(&path, NavigateOptions::default());
    })
}

/// Says how a run ended that was just tried again, once. `run` gives what is shown and the number of the step it failed
/// at.
pub fn tell_of_retry(run: impl Fn() -> Option<(Run, Option<usize>)> + 'static) {
    let options = NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
    let (again, set_again) = query_signal_with_options::<String>(AGAIN, options);
    let toasts = use_toasts();
    Effect::new(move |_| {
        if again.get().is_none() {
            return;
        }
        let Some((run, failed_at)) = run() else { return };
        if !run.status.is_terminal() {
            return;
        }
        match (State::from(run.status), failed_at) {
            (State::Failed, Some(step)) => toasts.failed(format!("It failed again at step {step}")),
            (State::Failed, None) => toasts.failed("It failed again"),
            (State::Succeeded, _) => toasts.say("It worked this time"),
            _ => {}
        }
        set_again.set(None);
        browser::focus("run-title");
    });
}

/// Stop while it runs, retry after it failed; absent for those who may not.
#[component]
pub fn RunActions(
    /// The run.
    run: Run,
    /// Number of the step it failed at.
    failed_at: Option<usize>,
    /// How high the buttons are.
    #[prop(optional)]
    size: Size,
) -> impl IntoView {
    let may = session::can(Permission::Write);
    let busy = RwSignal::new(false);
    let toasts = use_toasts();
    let id = StoredValue::new(run.id.clone());
    let open = use_open();
    let act = move |retry: bool| {
        busy.set(true);
        let id = id.get_value();
        spawn_local(async move {
            let answer = if retry { retry_run(id).await } else { cancel_run(id).await };
            match answer {
                Ok(run) if retry => drop(open.try_run(run)),
                Ok(_) => toasts.say("The run was stopped"),
                Err(error) => toasts.refused(&error),
            }
            busy.try_set(false);
        });
    };
    let status = run.status;
    let retry_words =
        failed_at.map_or_else(|| "Retry".to_owned(), |it| format!("Retry from step {it}"));
    let retry_words = StoredValue::new(retry_words);
    // A step that was tried is tried again where it is edited.
    let can_retry = status.is_terminal()
        && !matches!(status, RunStatus::Succeeded | RunStatus::Canceled)
        && run.kind() != RunKind::Step;
    view! {
        <Show when=move || may.get() && !status.is_terminal()>
            <Button kind=Kind::Danger size=size icon="stop" busy=busy on:click=move |_| act(false)>"Stop run"</Button>
        </Show>
        <Show when=move || may.get() && can_retry>
            <Button kind=Kind::Primary size=size icon="refresh" busy=busy on:click=move |_| act(true)>{retry_words.get_value()}</Button>
        </Show>
    }
}
