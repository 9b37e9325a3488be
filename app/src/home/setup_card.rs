//! The quick setup on the first page: goes when everything is done, comes back when something stops being true.

use crate::error::AppError;
use crate::setup::server_fns::check_setup;
use crate::ui::browser;
use crate::ui::button::{Button, ButtonLink, Kind, Size};
use crate::ui::icon::Icon;
use crate::ui::problem::Loaded;
use crate::ui::progress::{Progress, percent};
use crate::ui::skeleton::CardSkeleton;
use crate::ui::toast::use_toasts;
use domain::setup::{Setup, SetupState, SetupStep};
use leptos::prelude::*;

/// Tests every step.
type Check = Action<(), Result<Setup, AppError>>;

/// The card.
#[component]
pub(crate) fn SetupCard(
    /// How far the workspace is.
    setup: Resource<Result<Option<Setup>, AppError>>,
) -> impl IntoView {
    // Outside of what loads: it is pressed again after the card was drawn anew.
    let check: Check = Action::new(|(): &()| check_setup());
    let toasts = use_toasts();
    Effect::new(move || match check.value().get() {
        Some(Ok(_)) => toasts.say("The setup is checked"),
        Some(Err(error)) => toasts.failed(error.to_string()),
        None => {}
    });
    // Only the browser knows it, so that it is folded once the page stands.
    let chosen = RwSignal::new(None::<bool>);
    Effect::new(move |_: Option<()>| {
        if browser::kept(FOLDED).is_some() {
            chosen.set(Some(true));
        }
    });
    view! {
        <Loaded of=setup skeleton=|| view! { <CardSkeleton count=5 /> } let:setup>
            {setup.filter(|it| it.next.is_some()).map(|setup| view! { <Steps setup=setup check=check chosen=chosen /> })}
        </Loaded>
    }
}

/// Where this browser remembers that somebody folded the card.
const FOLDED: &str = "pmos_setup_folded";
/// From so many steps on, the card is one line until somebody opens it.
const BEGUN: u32 = 2;

#[component]
fn Steps(setup: Setup, check: Check, chosen: RwSignal<Option<bool>>) -> impl IntoView {
    let checked = RwSignal::new(setup);
    Effect::new(move || {
        if let Some(Ok(setup)) = check.value().get() {
            checked.try_set(setup);
        }
    });
    let is_folded =
        Signal::derive(move || chosen.get().unwrap_or_else(|| checked.with(|it| it.done >= BEGUN)));
    view! {
        <section class="card setup" aria-labelledby="h-setup">
            <Line checked=checked is_folded=is_folded chosen=chosen />
            <Show when=move || !is_folded.get()><All checked=checked check=check /></Show>
        </section>
    }
}

/// What is always there: how far it is, and the one thing to go on with.
#[component]
fn Line(
    checked: RwSignal<Setup>,
    is_folded: Signal<bool>,
    chosen: RwSignal<Option<bool>>,
) -> impl IntoView {
    let (title, lead) = (move || checked.with(title), move || checked.with(lead));
    let bar = move || {
        let (done, total) = checked.with(|it| (it.done, it.total));
        (done < total).then(|| {
            let label = format!("Setup progress, {done} of {total} steps");
            view! { <Progress label=label value=percent(done, total) class="setup__part" /> }
        })
    };
    let go_on = move || {
        let url = checked
            .with(|it| next(it).and_then(|step| step.action.as_ref()).map(|it| it.url.clone()));
        url.filter(|_| is_folded.get()).map(|url| {
            view! { <ButtonLink size=Size::Small kind=Kind::Primary href=url>"Continue setup"</ButtonLink> }
        })
    };
    let fold = move |_| {
        let now = !is_folded.get_untracked();
        chosen.set(Some(now));
        browser::keep(FOLDED, if now { "yes" } else { "" });
    };
    view! {
        <div class="setup__line">
            <div class="grow"><h2 id="h-setup">{title}</h2><p class="sm muted">{lead}</p></div>
            {bar}
            {go_on}
            <button
                type="button"
                class="btn btn--sm btn--ghost"
                aria-expanded=move || (!is_folded.get()).to_string()
                on:click=fold
            >
                {move || if is_folded.get() { "Show steps" } else { "Fold" }}
            </button>
        </div>
    }
}

/// The step that comes next.
fn next(setup: &Setup) -> Option<&SetupStep> {
    setup.steps.iter().find(|it| setup.next.as_deref() == Some(it.id.as_str()))
}

/// Every step, those that are done behind a fold once all that is needed is done.
#[component]
fn All(checked: RwSignal<Setup>, check: Check) -> impl IntoView {
    let rows = move |is_counted: bool| {
        let Setup { steps, next, total, .. } = checked.get();
        let most = usize::try_from(total).unwrap_or(steps.len());
        let row = |(at, step): (usize, SetupStep)| {
            let is_next = next.as_deref() == Some(step.id.as_str());
            view! { <StepRow number=is_counted.then_some(at + 1) step=step is_next=is_next /> }
        };
        let all = steps.into_iter().enumerate();
        all.filter(|it| (it.0 < most) == is_counted).map(row).collect_view()
    };
    let counted = move || {
        let list = view! { <ol class="setup__list">{rows(true)}</ol> };
        if checked.with(|it| it.ready) {
            view! {
                <details class="disclosure">
                    <summary><Icon name="chev-right" class="tw" />"What was set up"</summary>
                    {list}
                </details>
            }
            .into_any()
        } else {
            list.into_any()
        }
    };
    view! {
        {counted}
        <h3 class="group-label" style="padding-inline: 1rem">"First use"</h3>
        <ul class="setup__list">{move || rows(false)}</ul>
        <div class="card__foot">
            <Button
                size=Size::Small
                icon="refresh"
                busy=check.pending()
                on:click=move |_| {
                    check.dispatch(());
                }
            >
                "Run setup check"
            </Button>
        </div>
    }
}

fn title(setup: &Setup) -> &'static str {
    if setup.ready { "Setup complete" } else { "Quick setup" }
}

fn lead(setup: &Setup) -> String {
    if setup.ready {
        let counted = usize::try_from(setup.total).unwrap_or_default();
        let open = setup.steps.iter().skip(counted).filter(|it| it.state != SetupState::Done);
        let left = if open.count() == 1 { "One thing" } else { "Two things" };
        return format!("{left} to try next.");
    }
    format!("{} of {} steps done. No technical knowledge needed.", setup.done, setup.total)
}

#[component]
fn StepRow(number: Option<usize>, step: SetupStep, is_next: bool) -> impl IntoView {
    let (state, mark, word, tone) = match step.state {
        SetupState::Done => {
            ("done", view! { <Icon name="check" /> }.into_any(), "Done:", "xs quiet")
        }
        SetupState::Failed => {
            ("failed", view! { <Icon name="x" /> }.into_any(), "Failed:", "xs bad")
        }
        SetupState::Pending => ("todo", number.into_any(), "To do:", "xs quiet"),
    };
    let kind = if is_next { Kind::Primary } else { Kind::Plain };
    let button = step.action.map(
        |it| view! { <ButtonLink size=Size::Small kind=kind href=it.url>{it.label}</ButtonLink> },
    );
    view! {
        <li data-state=state>
            <span class="setup__n">{mark}<span class="sr">{word}</span></span>
            <span class="grow">
                <b>{step.title}</b>
                <span class=tone style="display: block">{step.detail}</span>
            </span>
            {button}
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_card_says_how_far_the_setup_is() {
        let setup = Setup { steps: Vec::new(), done: 3, total: 5, next: None, ready: false };
        assert_eq!(lead(&setup), "3 of 5 steps done. No technical knowledge needed.");
        assert!(next(&setup).is_none());
        assert_eq!(title(&Setup { ready: true, ..setup }), "Setup complete");
    }
}
