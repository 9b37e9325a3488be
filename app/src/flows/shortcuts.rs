//! The keys of the studio. Single keys work while a step has the focus; nothing works inside fields and dialogs.

use super::bar::Doors;
use super::find::Find;
use super::hands::{Hands, Hold};
use super::keys::{Command, Held, Way, read};
use super::panning::Camera;
use super::paths::neighbour;
use super::picker::Picking;
use super::popup;
use super::publish::{Lacks, has_draft};
use super::selection::focus_step;
use super::store::Studio;
use super::write::Spot;
use crate::ui::browser;
use domain::flow::TriggerKind;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

/// What the keys reach besides the flow. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Desk {
    /// Where the canvas is looked at from.
    pub camera: Camera,
    /// What the bar opens.
    pub doors: Doors,
    /// The search.
    pub find: Find,
    /// What the pointer holds.
    pub hands: Hands,
}

/// Listens for as long as the studio is on the page.
pub fn listen(studio: Studio, desk: Desk) {
    Effect::new(move |_| {
        let handle =
            window_event_listener(leptos::ev::keydown, move |event| pressed(studio, desk, &event));
        on_cleanup(move || handle.remove());
    });
}

fn pressed(studio: Studio, desk: Desk, event: &KeyboardEvent) {
    if event.key() == "F6" {
        event.prevent_default();
        return next_pane(studio);
    }
    // A choice made with Enter closes its layer before the key gets here.
    if event.default_prevented() {
        return;
    }
    if event.key() == "Escape" && !browser::has_layer_open() && is_within("#config") {
        event.prevent_default();
        return studio.leave_settings();
    }
    let held = Held {
        command: event.ctrl_key() || event.meta_key(),
        shift: event.shift_key(),
        alt: event.alt_key(),
    };
    if browser::is_typing() || browser::has_layer_open() {
        return;
    }
    let Some(command) = read(&event.key(), held) else { return };
    if handled(studio, desk, command) {
        event.prevent_default();
    }
}

fn has_focus(class: &str) -> bool {
    document().active_element().is_some_and(|it| it.class_list().contains(class))
}

/// Whether the focus is somewhere that `selector` fits.
fn is_within(selector: &str) -> bool {
    document().active_element().and_then(|it| it.closest(selector).ok().flatten()).is_some()
}

/// Whether a step has the focus, on the canvas or in the outline.
pub fn is_on_step() -> bool {
    has_focus("node__main") || has_focus("ol__row")
}

fn handled(studio: Studio, desk: Desk, command: Command) -> bool {
    let Desk { camera, doors, find, hands } = desk;
    match command {
        Command::Undo => studio.undo(),
        Command::Redo => studio.redo(),
        Command::Fit => camera.fit(),
        Command::ZoomIn => camera.nearer(),
        Command::ZoomOut => camera.further(),
        Command::Find => find.open(),
        Command::PickAll => studio.pick_all(),
        Command::Close if hands.hold.with_untracked(|it| *it != Hold::Nothing) => hands.cancel(),
        Command::Close => {
            if !studio.pick_none() {
                studio.close();
            }
        }
        Command::AddAfter if !is_on_step() => camera.nearer(),
        Command::Test if untrack(|| studio.is_editing()) => match untrack(|| Lacks::of(studio)) {
            None => doors.trial.set(true),
            Some(lacks) => lacks.mend(studio),
        },
        Command::Publish if untrack(|| may_publish(studio, doors)) => doors.publish.set(true),
        _ if is_on_step() => return on_step(studio, camera, command),
        _ => return false,
    }
    true
}

fn may_publish(studio: Studio, doors: Doors) -> bool {
    doors.may_publish.get() && studio.is_editing() && has_draft(studio)
}

fn on_step(studio: Studio, camera: Camera, command: Command) -> bool {
    let step = studio.at.get_untracked();
    let may_edit = untrack(|| studio.is_editing());
    let meant = || studio.meant();
    match command {
        Command::Move(way) => go(studio, camera, &step, way, false),
        Command::Extend(way) => go(studio, camera, &step, way, true),
        Command::Pick => studio.toggle_pick(&step),
        Command::Open if may_edit && has_no_trigger(studio, &step) => {
            studio.pick_trigger();
            popup::show_at("picker", &step);
        }
        Command::Open => {
            studio.open(&step);
            browser::focus_once_there(format!("name-{step}"));
        }
        Command::AddAfter if may_edit => add_after(studio, &step),
        Command::Duplicate if may_edit => studio.duplicate_all(&meant()),
        Command::Skip if may_edit => studio.skip_all(&meant()),
        Command::Shift(way) if may_edit => studio.move_further(&meant(), way == Way::Down),
        Command::Delete if may_edit => {
            studio.ask_delete_all(&meant());
            let at = studio.at.get_untracked();
            studio.focus_soon(&at);
        }
        _ => return false,
    }
    true
}

/// Whether `step` is the trigger and still has to be chosen.
fn has_no_trigger(studio: Studio, step: &str) -> bool {
    studio.flow.with_untracked(|it| {
        let trigger = &it.version.trigger;
        trigger.name == step && matches!(trigger.kind, TriggerKind::Empty(_))
    })
}

/// To another step; with `picks` both it and the one before are picked.
fn go(studio: Studio, camera: Camera, from: &str, way: Way, picks: bool) {
    let to = if has_focus("ol__row") {
        in_reading_order(studio, from, way)
    } else {
        studio.layout.with_untracked(|it| neighbour(&it.nodes, from, way).map(str::to_owned))
    };
    let Some(to) = to else { return };
    if picks {
        studio.pick_more([from, to.as_str()]);
    }
    studio.at.set(to.clone());
    camera.show(&to);
    if browser::is_shown(&format!("node-{to}")) || has_focus("ol__row") {
        focus_step(&to);
    } else {
        // Far away steps are drawn once the view is there.
        studio.focus_soon(&to);
    }
}

fn in_reading_order(studio: Studio, from: &str, way: Way) -> Option<String> {
    studio.cards.with_untracked(|all| {
        let at = all.iter().position(|it| it.name == from)?;
        let to = match way {
            Way::Up | Way::Left => at.checked_sub(1)?,
            Way::Down | Way::Right => at + 1,
            Way::First => 0,
            Way::Last => all.len().checked_sub(1)?,
        };
        all.get(to).map(|it| it.name.clone())
    })
}

/// Opens the picker for the place after `step`, at its add button where that is on screen.
fn add_after(studio: Studio, step: &str) {
    let id = format!("add-after-{step}");
    if browser::is_shown(&id) {
        return press(&id);
    }
    studio.picking.set(Picking::Step(Spot::after(step)));
    popup::show_at("picker", step);
}

/// Presses the button with `id`.
fn press(id: &str) {
    let button = document().get_element_by_id(id).and_then(|it| it.dyn_into::<HtmlElement>().ok());
    if let Some(button) = button {
        button.click();
    }
}

/// From chat to canvas to settings and round again; what is not on screen is passed over.
fn next_pane(studio: Studio) {
    let on_steps = is_within("#canvas, .outline");
    if on_steps && browser::is_shown("config") {
        browser::focus("config");
    } else if (on_steps || is_within("#config")) && is_assistant_there() {
        browser::focus_first(popup::ASSISTANT);
    } else {
        focus_step(&studio.at.get_untracked());
    }
}

/// Something can be typed to the assistant beside the canvas.
fn is_assistant_there() -> bool {
    let found = document().query_selector(popup::ASSISTANT).ok().flatten();
    found.and_then(|it| it.dyn_into::<HtmlElement>().ok()).is_some_and(|it| it.offset_height() > 0)
}
