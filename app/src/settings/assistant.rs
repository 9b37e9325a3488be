//! Settings: which model answers, for the workspace and for oneself, and what it may cost.

pub mod fields;
pub mod provider;
pub mod rules;
pub mod tested;

use crate::error::AppError;
use crate::session::can;
use crate::settings::assistant::provider::{ProviderForm, ProviderState};
use crate::settings::assistant::rules::{ApprovalsCard, RulesCard, SpendingCard};
use crate::settings::assistant_fns::{SaveRules, load_assistant};
use crate::ui::badge::Tone;
use crate::ui::callout::Callout;
use crate::ui::kept::Kept;
use crate::ui::skeleton::CardSkeleton;
use crate::ui::toast::use_toasts;
use domain::actor::Permission;
use domain::assistant::{Answering, AssistantSettings, Choice, KeyScope, title_of};
use leptos::prelude::*;

/// The settings, read again after each change made on this page.
pub(crate) fn settings_after(
    states: Vec<ProviderState>,
    rules: ServerAction<SaveRules>,
) -> Resource<Result<AssistantSettings, AppError>> {
    let versions = move || {
        let changes: Vec<usize> = states.iter().map(|it| it.version()).collect();
        (changes, rules.version().get())
    };
    Resource::new(versions, |_| load_assistant())
}

/// The section.
#[component]
pub(crate) fn AssistantSection() -> impl IntoView {
    let (shared, own) =
        (ProviderState::new(KeyScope::Workspace), ProviderState::new(KeyScope::Personal));
    let rules = ServerAction::<SaveRules>::new();
    let settings = settings_after(vec![shared, own], rules);
    let toasts = use_toasts();
    Effect::new(move || match rules.value().get() {
        Some(Ok(())) => toasts.say("Saved"),
        Some(Err(error)) => toasts.failed(error.to_string()),
        None => {}
    });
    view! {
        <Kept of=settings skeleton=|| view! { <CardSkeleton count=3 /> } let:settings>
            <Cards settings=settings states=(shared, own) rules=rules />
        </Kept>
    }
}

/// The cards, which stay in place while what is stored is read again.
#[component]
fn Cards(
    settings: Signal<Option<AssistantSettings>>,
    /// Of the workspace and of the person.
    states: (ProviderState, ProviderState),
    rules: ServerAction<SaveRules>,
) -> impl IntoView {
    let (shared, own) = states;
    let manages = can(Permission::Manage);
    let of_workspace = workspace_choice(settings);
    let of_person = Memo::new(move |_| {
        settings.with(|it| it.as_ref().map(|it| it.own.clone())).unwrap_or_default()
    });
    let answering =
        Memo::new(move |_| settings.with(|it| it.as_ref().map(|it| it.answering.clone())));
    let stored = Memo::new(move |_| {
        settings.with(|it| it.as_ref()?.shared.as_ref().map(|(_, rules)| rules.clone()))
    });
    view! {
        {move || answering.get().map(|it| view! { <Now answering=it /> })}
        <div class="cols cols--main">
            <div class="stack stack--6">
                <Show when=move || manages.get()>
                    <ProviderCard title="The workspace's model" choice=of_workspace state=shared />
                </Show>
                <ProviderCard title="Only for you" choice=of_person state=own />
            </div>
            <div class="stack stack--6">
                {move || stored.get().map(|it| view! {
                    <SpendingCard rules=it.clone() save=rules />
                    <RulesCard rules=it.clone() save=rules />
                    <ApprovalsCard rules=it save=rules />
                })}
            </div>
        </div>
    }
}

/// What the workspace chose.
pub(crate) fn workspace_choice(settings: Signal<Option<AssistantSettings>>) -> Memo<Choice> {
    Memo::new(move |_| {
        settings
            .with(|it| it.as_ref()?.shared.as_ref().map(|(choice, _)| choice.clone()))
            .unwrap_or_default()
    })
}

/// Who answers the person who looks, and why.
#[component]
fn Now(answering: Answering) -> impl IntoView {
    let why = match answering.source.as_str() {
        "personal" => "You chose it for yourself.",
        "workspace" => "It is the workspace's choice.",
        _ => "It needs no key and runs on this server.",
    };
    let title = match answering.provider.as_str() {
        "builtin" => "The built-in assistant answers you".to_owned(),
        provider => format!("{} of {} answers you", answering.model, title_of(provider)),
    };
    match answering.missing {
        None => view! { <Callout title=title icon="cpu"><p>{why}</p></Callout> }.into_any(),
        Some(missing) => view! {
            <Callout tone=Tone::Warn title="What was chosen cannot answer"><p>{format!("{}. {}.", missing.message, missing.hint)}</p></Callout>
        }
        .into_any(),
    }
}

/// A card with one choice of a provider.
#[component]
fn ProviderCard(title: &'static str, choice: Memo<Choice>, state: ProviderState) -> impl IntoView {
    let id = match state.scope {
        KeyScope::Workspace => "as-ws",
        KeyScope::Personal => "as-me",
    };
    view! {
        <section class="card" aria-labelledby=id>
            <div class="card__head"><h2 id=id>{title}</h2></div>
            <div class="card__body stack stack--4"><ProviderForm choice=choice state=state /></div>
        </section>
    }
}
