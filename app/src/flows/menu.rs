//! What can be done with a step besides opening it.

use super::cards::Card;
use super::clipboard::has_clip;
use super::later::{Later, Part};
use super::picker::Picking;
use super::popup::show_at;
use super::samples::use_samples;
use super::store::Studio;
use super::write::Spot;
use crate::ui::browser;
use crate::ui::dialog::Confirm;
use crate::ui::icon::Icon;
use crate::ui::keys::Keys;
use crate::ui::menu::{Menu, MenuItem, MenuSeparator, Place};
use domain::flow::edit::Location;
use domain::flow::tree;
use leptos::prelude::*;
use std::collections::BTreeSet;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, MouseEvent};

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

/// The steps that the menu is about: all picked ones when it was opened on one of them.
fn meant(studio: Studio) -> BTreeSet<String> {
    let step = studio.menu_of.get();
    let picked = studio.picked.get();
    if picked.contains(&step) { picked } else { BTreeSet::from([step]) }
}

/// The menu of a step, once on the page.
#[component]
pub fn StepMenu(
    /// The open flow.
    studio: Studio,
) -> impl IntoView {
    view! {
        <Menu id="step-menu" label="Step" place=Place::End>
            <Later studio=studio part=Part::StepItems />
        </Menu>
    }
}

/// The menu of the step that was pressed with the right button, or has the focus when the menu key was pressed.
///
/// Where the browser asks for its own menu while the button is still down, the release would close ours again, so that
/// opens on the click that follows.
pub fn open_where_asked(studio: Studio, event: &MouseEvent) {
    let is_menu_key_or_release = event.buttons() == 0;
    let target = event.target().and_then(|it| it.dyn_into::<Element>().ok());
    let step = target.and_then(|it| it.closest(".node").ok().flatten());
    let more = step.and_then(|it| it.query_selector(".node__more").ok().flatten());
    let Some(more) = more.filter(|_| studio.is_editing() && !event.default_prevented()) else {
        return;
    };
    event.prevent_default();
    let is_open = document()
        .get_element_by_id("step-menu")
        .is_some_and(|it| it.matches(":popover-open").unwrap_or(false));
    if let Ok(more) = more.dyn_into::<HtmlElement>()
        && is_menu_key_or_release
        && !is_open
    {
        more.click();
    }
}

/// What can be done with the step, inside its menu.
#[component]
pub fn StepItems(
    /// The open flow.
    studio: Studio,
) -> impl IntoView {
    let step = studio.menu_of;
    let is_trigger = Memo::new(move |_| step.with(|it| it == "trigger"));
    let steps = move || untrack(|| meant(studio));
    view! {
        <MenuItem icon="edit" on:click=move |_| rename(studio)>"Rename"</MenuItem>
        <Show when=move || is_trigger.get()>
            <ReplaceTrigger studio=studio />
        </Show>
        <Show when=move || !is_trigger.get()>
            <MenuItem icon="copy" on:click=move |_| studio.duplicate_all(&steps())>
                "Duplicate" <span class="push"><Keys keys=&["⌘", "D"] /></span>
            </MenuItem>
            <CopyItem studio=studio />
            <ReplaceItem studio=studio />
            <TestItem studio=studio />
            <MoveItems studio=studio />
            <SkipItem studio=studio />
            <OnErrorItem studio=studio />
        </Show>
        <PasteItems studio=studio />
        <Show when=move || !is_trigger.get()>
            <MenuSeparator />
            <MenuItem icon="trash" bad=true on:click=move |_| studio.ask_delete_all(&steps())>
                "Delete" <span class="push"><Keys keys=&["⌫"] /></span>
            </MenuItem>
        </Show>
    }
}

fn rename(studio: Studio) {
    let step = studio.menu_of.get_untracked();
    studio.open(&step);
    browser::focus_once_there(format!("name-{step}"));
}

#[component]
fn ReplaceTrigger(studio: Studio) -> impl IntoView {
    view! {
        <MenuItem icon="refresh" on:click=move |_| pick(studio, Picking::Trigger)>"Replace the trigger"</MenuItem>
    }
}

/// Opens the picker at the step once the menu is gone: an item of it would be gone, too.
fn pick(studio: Studio, what: Picking) {
    studio.picking.set(what);
    let step = studio.menu_of.get_untracked();
    request_animation_frame(move || show_at("picker", &step));
}

/// Chooses what the step does from now on; not there while steps are inside it, which would have no place.
#[component]
fn ReplaceItem(studio: Studio) -> impl IntoView {
    let can = Memo::new(move |_| {
        let step = studio.menu_of.get();
        studio.with_shown(|it| {
            let step = tree::find(&it.trigger, &step);
            step.is_some_and(|it| {
                tree::can_have_error_branch(&it.kind) || tree::inside(it).is_empty()
            })
        })
    });
    let replace = move |_| pick(studio, Picking::Replace(studio.menu_of.get_untracked()));
    view! {
        <Show when=move || can.get()>
            <MenuItem icon="refresh" on:click=replace>"Replace with another step"</MenuItem>
        </Show>
    }
}

/// Opens the test of the step.
#[component]
fn TestItem(studio: Studio) -> impl IntoView {
    let samples = use_samples();
    let test = move |_| samples.open_test(&studio.menu_of.get_untracked());
    view! { <MenuItem icon="play" on:click=test>"Test this step"</MenuItem> }
}

#[component]
fn CopyItem(studio: Studio) -> impl IntoView {
    let copy = move |_| {
        studio.at.set(studio.menu_of.get_untracked());
        studio.copy();
    };
    view! {
        <MenuItem icon="layers" on:click=copy>"Copy" <span class="push"><Keys keys=&["⌘", "C"] /></span></MenuItem>
    }
}

/// Where what was copied can go from here: after the step, and into the loop or the branches that it is.
fn spots(studio: Studio) -> Vec<(String, Spot)> {
    let step = studio.menu_of.get();
    let after = ("Paste after".to_owned(), Spot::after(&step));
    let inside = studio.with_shown(|it| {
        let bodies = tree::find(&it.trigger, &step).map(tree::bodies).unwrap_or_default();
        let spot = |it: &tree::Body<'_>| Spot {
            parent: step.clone(),
            location: it.location,
            branch: it.branch,
        };
        let words = |name: Option<&str>| {
            name.map_or("Paste inside".to_owned(), |it| format!("Paste in {it}"))
        };
        bodies.iter().map(|it| (words(it.name), spot(it))).collect::<Vec<_>>()
    });
    std::iter::once(after).chain(inside).collect()
}

/// Pastes what was copied in this window; what comes from elsewhere is pasted with the keys.
#[component]
fn PasteItems(studio: Studio) -> impl IntoView {
    let has_clip = Memo::new(move |_| {
        studio.menu_of.track();
        studio.copied.track();
        has_clip()
    });
    let item = move |(words, spot): (String, Spot)| {
        let has_keys = spot.location == Location::After;
        let keys = has_keys.then(|| view! { <span class="push"><Keys keys=&["⌘", "V"] /></span> });
        view! {
            <MenuItem icon="enter" on:click=move |_| studio.paste_last(&spot)>
                <span class="trunc">{words}</span> {keys}
            </MenuItem>
        }
    };
    let all = Memo::new(move |_| if has_clip.get() { spots(studio) } else { Vec::new() });
    move || all.get().into_iter().map(item).collect_view()
}

#[component]
fn MoveItems(studio: Studio) -> impl IntoView {
    let item = move |(icon, words, key, down): (&'static str, &'static str, &'static str, bool)| {
        let can = Memo::new(move |_| studio.can_move(&meant(studio), down));
        view! {
            <Show when=move || can.get()>
                <MenuItem icon=icon on:click=move |_| studio.move_further(&untrack(|| meant(studio)), down)>
                    {words} <span class="push"><Keys keys=if key == "↑" { &["Alt", "↑"] } else { &["Alt", "↓"] } /></span>
                </MenuItem>
            </Show>
        }
    };
    [("arrow-up", "Move up", "↑", false), ("arrow-down", "Move down", "↓", true)]
        .map(item)
        .into_iter()
        .collect_view()
}

#[component]
fn SkipItem(studio: Studio) -> impl IntoView {
    let is_off = Memo::new(move |_| {
        let step = studio.menu_of.get();
        studio.cards.with(|all| all.iter().any(|it| it.name == step && it.is_off))
    });
    view! {
        <MenuItem icon="eye-off" on:click=move |_| studio.skip_all(&untrack(|| meant(studio)))>
            {move || if is_off.get() { "Turn on this step" } else { "Turn off this step" }}
            <span class="push"><Keys keys=&["⌘", "E"] /></span>
        </MenuItem>
    }
}

/// Adds the first step of what runs when this one fails; not there where the kind of step has no such branch, or has
/// one already.
#[component]
fn OnErrorItem(studio: Studio) -> impl IntoView {
    let can = Memo::new(move |_| {
        let step = studio.menu_of.get();
        studio.with_shown(|it| {
            let step = tree::find(&it.trigger, &step);
            step.is_some_and(|it| {
                tree::can_have_error_branch(&it.kind) && it.on_error_action.is_none()
            })
        })
    });
    let add = move |_| {
        let (parent, location) = (studio.menu_of.get_untracked(), Location::InsideErrorBranch);
        pick(studio, Picking::Step(Spot { parent, location, branch: None }));
    };
    view! {
        <Show when=move || can.get()>
            <MenuItem icon="alert" on:click=add>"When it fails"</MenuItem>
        </Show>
    }
}

impl Studio {
    /// Deletes steps; where there are others inside them it asks first.
    pub fn ask_delete_all(self, steps: &BTreeSet<String>) {
        let inside = self.with_shown_untracked(|it| {
            let found = steps.iter().filter_map(|step| tree::find(&it.trigger, step));
            found.flat_map(tree::inside).filter(|it| !steps.contains(&it.name)).count()
        });
        if inside == 0 {
            self.delete_all(steps);
        } else {
            self.doomed.set(steps.clone());
            self.asks_delete.set(true);
        }
    }
}

/// Asks before steps go together with those inside them.
#[component]
pub fn DeleteQuestion(
    /// The open flow.
    studio: Studio,
) -> impl IntoView {
    let title = move || {
        let doomed = studio.doomed.get();
        let name = |all: &Vec<Card>| {
            all.iter().find(|it| doomed.contains(&it.name)).map(|it| it.title.clone())
        };
        match doomed.len() {
            0 | 1 => format!("Delete {}?", studio.cards.with(name).unwrap_or_default()),
            many => format!("Delete {many} steps?"),
        }
    };
    let delete = move |()| {
        studio.asks_delete.set(false);
        studio.delete_all(&studio.doomed.get_untracked());
    };
    view! {
        <Confirm
            open=studio.asks_delete
            title=Signal::derive(title)
            body="The steps inside are deleted too. Undo brings them back."
            action="Delete steps"
            confirm=delete
        />
    }
}
