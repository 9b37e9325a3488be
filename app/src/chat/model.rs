//! Who answers the next question, and the menu to let another answer: the same choice as under Settings.

use crate::chat::state::Chat;
use crate::settings::assistant_fns::ChooseModel;
use crate::ui::icon::Icon;
use crate::ui::kept::of_loading;
use crate::ui::menu::{Menu, MenuSeparator, Place};
use crate::ui::toast::use_toasts;
use domain::assistant::{Answering, ModelChoice};
use leptos::prelude::*;

/// The button that says who answers, and its menu.
#[component]
pub fn Model(
    /// The conversation.
    chat: Chat,
) -> impl IntoView {
    view! {
        <Transition fallback=|| ()>
            <Answers chat=chat />
        </Transition>
    }
}

/// Drawn anew when another answers, not whenever that is asked again: the menu may be open.
#[component]
fn Answers(chat: Chat) -> impl IntoView {
    let choose = ServerAction::<ChooseModel>::new();
    let toasts = use_toasts();
    Effect::new(move |_| match choose.value().get() {
        Some(Ok(())) => chat.refresh(),
        Some(Err(error)) => toasts.failed(error.to_string()),
        None => {}
    });
    // The page of conversations may have the panel beside it.
    let menu = format!("chat-model-{}", chat.stands);
    let answering =
        of_loading(move |before: Option<&Option<Answering>>| match chat.answering.get() {
            Some(Ok(it)) => Some(it),
            _ => before.cloned().flatten(),
        });
    move || {
        answering.get().map(|it| {
            let (menu, opens) = (menu.clone(), menu.clone());
            let name = it.label();
            let label = format!("Model: {name}. Choose another");
            view! {
                <button class="btn btn--sm btn--ghost composer__model" type="button" popovertarget=opens
                    aria-haspopup="menu" aria-label=label aria-busy=move || choose.pending().get().to_string()>
                    <Icon name="cpu" />
                    <span class="trunc">{name}</span>
                    <Icon name="chev-down" class="icon--sm" />
                </button>
                <Menu id=menu label="Who answers you" place=Place::Above>
                    {it.choices.into_iter().map(|it| view! { <Choice of=it choose=choose /> }).collect_view()}
                    <MenuSeparator />
                    <a class="menu__item" role="menuitem" href="/settings/assistant">
                        <Icon name="settings" />
                        "Keys and other models"
                    </a>
                </Menu>
            }
        })
    }
}

/// One that may answer.
#[component]
fn Choice(of: ModelChoice, choose: ServerAction<ChooseModel>) -> impl IntoView {
    let ModelChoice { is_chosen, ref provider, .. } = of;
    let (label, provider) = (of.label(), provider.clone());
    let press = move |_| {
        if !is_chosen {
            choose.dispatch(ChooseModel { provider: provider.clone() });
        }
    };
    view! {
        <button class="menu__item" type="button" role="menuitemradio" aria-checked=is_chosen.to_string() on:click=press>
            <Icon name=if is_chosen { "check" } else { "cpu" } />
            {label}
        </button>
    }
}
