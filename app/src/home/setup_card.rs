//! The quick setup on the first page: goes when everything is done, comes back when something stops being true.

use crate::error::AppError;
use crate::setup::server_fns::check_setup;
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
    view! {
        <Loaded of=setup skeleton=|| view! { <CardSkeleton count=5 /> } let:setup>
            {setup.filter(|it| it.next.is_some()).map(|setup| view! { <Steps setup=setup check=check /> })}
        </Loaded>
    }
}

#[component]
fn Steps(setup: Setup, check: Check) -> impl IntoView {
    let checked = RwSignal::new(setup);
    Effect::new(move || {
        if let Some(Ok(setup)) = check.value().get() {
            checked.try_set(setup);
        }
    });
    let (title, lead) = (move || checked.with(title), move || checked.with(lead));
    let bar = move || {
        let (done, total) = checked.with(|it| (it.done, it.total));
        view! { <Progress label=format!("Setup progress, {done} of {total} steps") value=percent(done, total) /> }
    };
    let counted = move || {
        let Setup { steps, next, total, ready, .. } = checked.get();
        let row = |(at, step): (usize, SetupStep)| {
            let is_next = next.as_deref() == Some(step.id.as_str());
            view! { <StepRow number=Some(at + 1) step=step is_next=is_next /> }
        };
        let most = usize::try_from(total).unwrap_or(steps.len());
        let rows = steps.into_iter().take(most).enumerate().map(row).collect_view();
        if ready {
            view! {
                <details class="disclosure">
                    <summary><Icon name="chev-right" class="tw" />"What was set up"</summary>
                    <ol class="setup__list">{rows}</ol>
                </details>
            }
            .into_any()
        } else {
            view! { <div class="setup__bar">{bar()}</div><ol class="setup__list">{rows}</ol> }
                .into_any()
        }
    };
    let first_use = move || {
        let Setup { steps, next, total, .. } = checked.get();
        let most = usize::try_from(total).unwrap_or(steps.len());
        let row = |step: SetupStep| {
            let is_next = next.as_deref() == Some(step.id.as_str());
            view! { <StepRow number=None step=step is_next=is_next /> }
        };
        steps.into_iter().skip(most).map(row).collect_view()
    };
    view! {
        <section class="card setup" aria-labelledby="h-setup">
            <div class="setup__head">
                <div class="grow"><h2 id="h-setup">{title}</h2><p class="sm muted">{lead}</p></div>
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
            {counted}
            <h3 class="group-label" style="padding-inline: 1rem">"First use"</h3>
            <ul class="setup__list">{first_use}</ul>
        </section>
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
        assert_eq!(title(&Setup { ready: true, ..setup }), "Setup complete");
    }
}
