//! Putting a draft live: what is in the way, what will happen, and what to do with it then.

use super::about::{NextStart, has_address};
use super::address::WebhookAddress;
use super::changes::ChangeList;
use super::problems::{ProblemList, problem_count};
use super::server_fns::publish_flow;
use super::store::Studio;
use super::version_fns::{Unpublished, draft_changes};
use crate::error::AppError;
use crate::runs::words::count;
use crate::session::can;
use crate::ui::browser;
use crate::ui::button::{Button, ButtonLink, Kind};
use crate::ui::dialog::Dialog;
use crate::ui::problem::FormProblem;
use domain::actor::Permission;
use domain::flow::catalog::MANUAL;
use domain::flow::validate;
use domain::flow::{TriggerKind, VersionState};
use domain::ids::ApprovalId;
use domain::problem::Problem;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Whether there is something to publish.
pub fn has_draft(studio: Studio) -> bool {
    studio.flow.with(|it| it.version.state == VersionState::Draft)
}

/// What is in the way of testing and publishing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lacks {
    /// So many things are to fix.
    Fixes(usize),
    /// Something starts it, and then nothing happens.
    Steps,
}

impl Lacks {
    /// What the draft lacks; nothing when it can go live.
    pub fn of(studio: Studio) -> Option<Self> {
        match problem_count(studio) {
            0 => {
                let is_alone = studio.flow.with(|it| it.version.trigger.next_action.is_none());
                is_alone.then_some(Self::Steps)
            }
            many => Some(Self::Fixes(many)),
        }
    }

    /// The reason beside what cannot be pressed.
    pub fn words(self) -> String {
        match self {
            Self::Fixes(many) => format!("{} to fix first", count(many, "thing", "things")),
            Self::Steps => validate::NO_STEPS.to_owned(),
        }
    }

    /// Goes to the first thing to do about it.
    pub fn mend(self, studio: Studio) {
        match self {
            Self::Fixes(_) => studio.go_to_first_problem(),
            Self::Steps => studio.pick_first_step(),
        }
    }
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
    let lacks = Memo::new(move |_| Lacks::of(studio));
    let name = move || studio.flow.with(|it| it.version.display_name.clone());
    let title = move || match (done.get(), lacks.get()) {
        (true, _) => format!("{} is live", name()),
        (false, None) => format!("Publish {}?", name()),
        (false, Some(Lacks::Steps)) => "Nothing happens yet".to_owned(),
        (false, Some(lacks)) => lacks.words(),
    };
    view! {
        <Dialog open=open title=Signal::derive(title)>
            {move || match (done.get(), lacks.get()) {
                (true, _) => view! { <Done studio=studio open=open /> }.into_any(),
                (false, None) => view! { <Ask studio=studio open=open done=done /> }.into_any(),
                (false, Some(lacks)) => view! { <Refused studio=studio open=open lacks=lacks /> }.into_any(),
            }}
        </Dialog>
    }
}

#[component]
fn Refused(studio: Studio, open: RwSignal<bool>, lacks: Lacks) -> impl IntoView {
    let fix = move |_| {
        open.set(false);
        // The dialog gives the focus back first. What lacks is looked at then: the button may have been drawn for what
        // lacked before.
        request_animation_frame(move || {
            if let Some(lacks) = untrack(|| Lacks::of(studio)) {
                lacks.mend(studio);
            }
        });
    };
    let (body, words) = match lacks {
        Lacks::Fixes(_) => (view! { <ProblemList studio=studio /> }.into_any(), "Fix the first"),
        Lacks::Steps => {
            let why = "The flow has a trigger and no step after it. Add what should happen when it starts.";
            (view! { <p>{why}</p> }.into_any(), "Add a step")
        }
    };
    view! {
        <div class="dialog__body" on:click=move |_| open.set(false)>{body}</div>
        <div class="dialog__foot">
            <Button kind=Kind::Ghost on:click=move |_| open.set(false)>"Not yet"</Button>
            <Button kind=Kind::Primary on:click=fix>{words}</Button>
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
                    <span><b>{card.title}</b> " " <span class="quiet">{if card.number == 1 { card.words } else { card.place }}</span></span>
                </li>
            </For>
        </ul>
    }
}

/// The way out of the news that a flow is live.
const BACK: &str = "published-back";

/// What starts it from now on, and when first.
#[component]
fn Starts(studio: Studio) -> impl IntoView {
    let by_hand = studio.flow.with_untracked(|it| match &it.version.trigger.kind {
        TriggerKind::Piece(it) => it.piece_name == MANUAL,
        TriggerKind::Empty(_) => false,
    });
    let words = if by_hand {
        "It starts when somebody presses Run."
    } else {
        "It starts by itself from now on."
    };
    view! { <p>{words}</p> <NextStart studio=studio /> }
}

#[component]
fn Done(studio: Studio, open: RwSignal<bool>) -> impl IntoView {
    let has_address = has_address(studio);
    let runs = studio.flow.with_untracked(|it| format!("/runs?flow={}", it.id));
    // The button that was pressed is gone.
    Effect::new(|_| request_animation_frame(|| browser::focus(BACK)));
    view! {
        <div class="dialog__body stack stack--4">
            <Show when=move || has_address.get() fallback=move || view! { <Starts studio=studio /> }>
                <WebhookAddress studio=studio />
            </Show>
        </div>
        <div class="dialog__foot">
            <ButtonLink href=runs>"See its runs"</ButtonLink>
            <Button kind=Kind::Primary on:click=move |_| open.set(false) attr:id=BACK>"Back to the canvas"</Button>
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
