//! What can be done with a step besides opening it.

use super::store::Studio;
use super::write::Spot;
use crate::ui::browser;
use crate::ui::dialog::Confirm;
use crate::ui::icon::Icon;
use crate::ui::keys::Keys;
use crate::ui::menu::{Menu, MenuItem, MenuSeparator, Place};
use domain::flow::tree;
use leptos::prelude::*;

/// Opens the menu of a step.
#[component]
pub fn StepMenuButton(
    /// The open flow.
    studio: Studio,
    /// The step.
    #[prop(into)]
    name: String,
    /// Classes.
    class: &'static str,
) -> impl IntoView {
    let step = StoredValue::new(name);
    let label = move || {
        let name = step.get_value();
        let number =
            studio.cards.with(|all| all.iter().find(|it| it.name == name).map(|it| it.number));
        format!("More for step {}", number.unwrap_or(1))
    };
    view! {
        <button
            type="button"
            class=class
            aria-haspopup="menu"
            aria-label=label
            popovertarget="step-menu"
            tabindex="-1"
            on:click=move |_| studio.menu_of.set(step.get_value())
        >
            <Icon name="more" />
        </button>
    }
}

/// The menu of a step, once on the page.
#[component]
pub fn StepMenu(
    /// The open flow.
    studio: Studio,
) -> impl IntoView {
    let step = studio.menu_of;
    let is_trigger = Memo::new(move |_| step.with(|it| it == "trigger"));
    let up = Memo::new(move |_| step.with(|it| studio.neighbour(it, false)));
    let down = Memo::new(move |_| step.with(|it| studio.neighbour(it, true)));
    let go = move |to: Option<Spot>| {
        if let Some(to) = to {
            studio.relocate(&step.get_untracked(), to);
        }
    };
    view! {
        <Menu id="step-menu" label="Step" place=Place::End>
            <MenuItem icon="edit" on:click=move |_| rename(studio)>"Rename"</MenuItem>
            <Show when=move || is_trigger.get()>
                <ReplaceTrigger studio=studio />
            </Show>
            <Show when=move || !is_trigger.get()>
                <MenuItem icon="copy" on:click=move |_| studio.duplicate(&step.get_untracked())>
                    "Duplicate" <span class="push"><Keys keys=&["⌘", "D"] /></span>
                </MenuItem>
                <Show when=move || up.with(Option::is_some)>
                    <MenuItem icon="arrow-up" on:click=move |_| go(up.get_untracked())>"Move up"</MenuItem>
                </Show>
                <Show when=move || down.with(Option::is_some)>
                    <MenuItem icon="arrow-down" on:click=move |_| go(down.get_untracked())>"Move down"</MenuItem>
                </Show>
                <SkipItem studio=studio />
                <MenuSeparator />
                <MenuItem icon="trash" bad=true on:click=move |_| studio.ask_delete(&step.get_untracked())>
                    "Delete" <span class="push"><Keys keys=&["⌫"] /></span>
                </MenuItem>
            </Show>
        </Menu>
        <DeleteQuestion studio=studio />
    }
}

fn rename(studio: Studio) {
    let step = studio.menu_of.get_untracked();
    studio.open(&step);
    request_animation_frame(move || browser::focus(&format!("name-{step}")));
}

#[component]
fn ReplaceTrigger(studio: Studio) -> impl IntoView {
    view! {
        <MenuItem icon="refresh" attr:popovertarget="picker" on:click=move |_| studio.pick_trigger()>
            "Replace the trigger"
        </MenuItem>
    }
}

#[component]
fn SkipItem(studio: Studio) -> impl IntoView {
    let is_off = Memo::new(move |_| {
        let step = studio.menu_of.get();
        studio.cards.with(|all| all.iter().any(|it| it.name == step && it.is_off))
    });
    let turn = move |_| studio.set_skip(&studio.menu_of.get_untracked(), !is_off.get_untracked());
    view! {
        <MenuItem icon="eye-off" on:click=turn>
            {move || if is_off.get() { "Turn on this step" } else { "Turn off this step" }}
        </MenuItem>
    }
}

impl Studio {
    /// Deletes a step; one with steps inside asks first.
    pub fn ask_delete(self, step: &str) {
        let inside = self.flow.with_untracked(|it| {
            tree::find(&it.version.trigger, step).map_or(0, |it| tree::inside(it).len())
        });
        if inside == 0 {
            self.delete(step);
        } else {
            self.menu_of.set(step.to_owned());
            self.asks_delete.set(true);
        }
    }
}

/// Asks before a step goes together with those inside it.
#[component]
fn DeleteQuestion(studio: Studio) -> impl IntoView {
    let title = move || {
        let name = studio.menu_of.get();
        let title = studio
            .cards
            .with(|all| all.iter().find(|it| it.name == name).map(|it| it.title.clone()));
        format!("Delete {}?", title.unwrap_or_default())
    };
    let delete = move |()| {
        studio.asks_delete.set(false);
        studio.delete(&studio.menu_of.get_untracked());
    };
    view! {
        <Confirm
            open=studio.asks_delete
            title=Signal::derive(title)
            body="The steps inside it are deleted too. Undo brings them back."
            action="Delete steps"
            confirm=delete
        />
    }
}
