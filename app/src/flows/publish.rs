//! Putting a draft live: what is in the way, what will happen, and what to do with it then.

use super::about::has_address;
use super::address::WebhookAddress;
use super::changes::ChangeList;
use super::problems::{ProblemList, problem_count};
use super::server_fns::publish_flow;
use super::store::Studio;
use super::version_fns::{Unpublished, draft_changes};
use crate::error::AppError;
use crate::runs::words::count;
use crate::session::can;
use crate::ui::button::{Button, ButtonLink, Kind};
use crate::ui::dialog::Dialog;
use crate::ui::problem::FormProblem;
use domain::actor::Permission;
use domain::flow::VersionState;
use domain::ids::ApprovalId;
use domain::problem::Problem;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Whether there is something to publish.
pub fn has_draft(studio: Studio) -> bool {
    studio.flow.with(|it| it.version.state == VersionState::Draft)
}

/// Asks before publishing, and afterwards says how to start the flow.
#[component]
pub fn PublishDialog(
    /// The open flow.
    studio: Studio,
    /// Whether it is open.
    open: RwSignal<bool>,
) -> impl IntoView {
    let done = RwSignal::new(false);
    Effect::new(move |_| {
        if open.get() {
            done.set(false);
        }
    });
    let problems = Memo::new(move |_| problem_count(studio));
    let name = move || studio.flow.with(|it| it.version.display_name.clone());
    let title = move || match (done.get(), problems.get()) {
        (true, _) => format!("{} is live", name()),
        (false, 0) => format!("Publish {}?", name()),
        (false, count_of) => format!("{} to fix first", count(count_of, "thing", "things")),
    };
    view! {
        <Dialog open=open title=Signal::derive(title)>
            {move || match (done.get(), problems.get()) {
                (true, _) => view! { <Done studio=studio open=open /> }.into_any(),
                (false, 0) => view! { <Ask studio=studio open=open done=done /> }.into_any(),
                (false, _) => view! { <Refused studio=studio open=open /> }.into_any(),
            }}
        </Dialog>
    }
}

#[component]
fn Refused(studio: Studio, open: RwSignal<bool>) -> impl IntoView {
    let fix = move |_| {
        open.set(false);
        studio.go_to_first_problem();
    };
    view! {
        <div class="dialog__body" on:click=move |_| open.set(false)><ProblemList studio=studio /></div>
        <div class="dialog__foot">
            <Button kind=Kind::Ghost on:click=move |_| open.set(false)>"Not yet"</Button>
            <Button kind=Kind::Primary on:click=fix>"Fix the first"</Button>
        </div>
    }
}

#[component]
fn Ask(studio: Studio, open: RwSignal<bool>, done: RwSignal<bool>) -> impl IntoView {
    let busy = RwSignal::new(false);
    let failed = RwSignal::new(None::<AppError>);
    let asked = RwSignal::new(None::<ApprovalId>);
    let manages = can(Permission::Manage);
    let words = move || if manages.get() { "Publish" } else { "Ask an admin" };
    let publish = move |_| {
        busy.set(true);
        failed.set(None);
        let id = studio.flow.with_untracked(|it| it.id.clone());
        spawn_local(async move {
            match publish_flow(id).await {
                Err(AppError::Problem(Problem::NeedsApproval { id })) => asked.set(Some(id)),
                Ok(flow) => {
                    studio.adopt(flow);
                    done.set(true);
                }
                Err(error) => failed.set(Some(error)),
            }
            busy.try_set(false);
        });
    };
    let steps = move || count(studio.cards.with(Vec::len), "step", "steps");
    let replaces = move || {
        if studio.flow.with(|it| it.published_version_id.is_some()) {
            "It replaces what is live for every new run. Runs already going finish on the version they began with."
        } else {
            "From then on its trigger starts real runs, which change real to-dos."
        }
    };
    view! {
        <div class="dialog__body stack stack--4">
            <p>{move || format!("{} go live.", steps())} " " {replaces}</p>
            <WhatChanges studio=studio />
            <FormProblem error=failed />
            <Waits asked=asked />
        </div>
        <div class="dialog__foot">
            <Button kind=Kind::Ghost on:click=move |_| open.set(false)>"Not yet"</Button>
            <Show when=move || asked.with(Option::is_none)>
                <Button kind=Kind::Primary busy=busy on:click=publish>{words}</Button>
            </Show>
        </div>
    }
}

/// What a member reads once those who manage were asked.
#[component]
fn Waits(asked: RwSignal<Option<ApprovalId>>) -> impl IntoView {
    move || {
        asked.get().map(|id| {
            view! {
                <p role="status">
                    "An admin was asked. It goes live when they approve. "
                    <a class="link" href=format!("/approvals/{id}")>"See the approval"</a>
                </p>
            }
        })
    }
}

/// What is different from what runs now, and who changed it; before the first publishing every step.
#[component]
fn WhatChanges(studio: Studio) -> impl IntoView {
    let changes = RwSignal::new(None::<Result<Unpublished, AppError>>);
    Effect::new(move |_| {
        let id = studio.flow.with_untracked(|it| it.id.clone());
        spawn_local(async move {
            let answer = draft_changes(id).await;
            changes.try_set(Some(answer));
        });
    });
    move || match changes.get() {
        None => view! { <span class="skel" style="inline-size: 60%"></span> }.into_any(),
        Some(Err(error)) => {
            view! { <p class="error" role="alert">{error.to_string()}</p> }.into_any()
        }
        Some(Ok(Unpublished { comparison: None, .. })) => {
            view! { <EveryStep studio=studio /> }.into_any()
        }
        Some(Ok(Unpublished { comparison: Some(comparison), by })) => view! {
            <ChangeList studio=studio comparison=comparison />
            <p class="sm muted">{who(&by)}</p>
        }
        .into_any(),
    }
}

/// "3 changes by Ann, 1 by the assistant".
fn who(by: &[(String, u32)]) -> Option<String> {
    let (first, rest) = by.split_first()?;
    let number = usize::try_from(first.1).unwrap_or(usize::MAX);
    let first = format!("{} by {}", count(number, "change", "changes"), first.0);
    let rest = rest.iter().map(|(name, number)| format!("{number} by {name}"));
    Some(std::iter::once(first).chain(rest).collect::<Vec<_>>().join(", "))
}

#[component]
fn EveryStep(studio: Studio) -> impl IntoView {
    view! {
        <ul class="changes">
            <For each=move || studio.cards.get() key=|it| it.name.clone() let:card>
                <li>
                    <span class="quiet num">{card.number}</span>
                    <span><b>{card.title}</b> " " <span class="quiet">{card.place}</span></span>
                </li>
            </For>
        </ul>
    }
}

#[component]
fn Done(studio: Studio, open: RwSignal<bool>) -> impl IntoView {
    let has_address = has_address(studio);
    let runs = studio.flow.with_untracked(|it| format!("/runs?flow={}", it.id));
    view! {
        <div class="dialog__body stack stack--4">
            <Show when=move || has_address.get() fallback=|| view! { <p>"It starts by itself from now on."</p> }>
                <WebhookAddress studio=studio />
            </Show>
        </div>
        <div class="dialog__foot">
            <ButtonLink href=runs>"See its runs"</ButtonLink>
            <Button kind=Kind::Primary on:click=move |_| open.set(false)>"Back to the canvas"</Button>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_changed_what_is_one_sentence() {
        let by = [("Ann".to_owned(), 3), ("the assistant".to_owned(), 1)];
        assert_eq!(who(&by).as_deref(), Some("3 changes by Ann, 1 by the assistant"));
        assert_eq!(who(&[]), None);
    }
}
