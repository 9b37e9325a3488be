//! The keys of the studio. Single keys work while a step has the focus; nothing works inside fields and dialogs.

use super::bar::Doors;
use super::keys::{Command, read};
use super::panning::Camera;
use super::paths::neighbour;
use super::problems::problem_count;
use super::store::Studio;
use crate::ui::browser;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

/// Listens for as long as the studio is on the page.
pub fn listen(studio: Studio, camera: Camera, doors: Doors) {
    Effect::new(move |_| {
        let handle = window_event_listener(leptos::ev::keydown, move |event| {
            pressed(studio, camera, doors, &event)
        });
        on_cleanup(move || handle.remove());
    });
}

fn pressed(studio: Studio, camera: Camera, doors: Doors, event: &KeyboardEvent) {
    if event.key() == "F6" {
        event.prevent_default();
        return next_pane(studio);
    }
    if browser::is_typing() || has_layer_open() || event.alt_key() {
        return;
    }
    let Some(command) = read(&event.key(), event.ctrl_key() || event.meta_key(), event.shift_key())
    else {
        return;
    };
    if handled(studio, camera, doors, command) {
        event.prevent_default();
    }
}

/// A dialog or a popover is open and has the keys.
fn has_layer_open() -> bool {
    document().query_selector("dialog[open], :popover-open").ok().flatten().is_some()
}

/// Whether a step has the focus.
fn is_on_step() -> bool {
    document().active_element().is_some_and(|it| it.class_list().contains("node__main"))
}

fn handled(studio: Studio, camera: Camera, doors: Doors, command: Command) -> bool {
    match command {
        Command::Undo => studio.undo(),
        Command::Redo => studio.redo(),
        Command::Fit => camera.fit(),
        Command::ZoomIn => camera.nearer(),
        Command::ZoomOut => camera.further(),
        Command::Close => studio.close(),
        Command::AddAfter if !is_on_step() => camera.nearer(),
        Command::Test if untrack(|| studio.is_editing() && problem_count(studio) == 0) => {
            doors.trial.set(true)
        }
        _ if is_on_step() => return on_step(studio, camera, command),
        _ => return false,
    }
    true
}

fn on_step(studio: Studio, camera: Camera, command: Command) -> bool {
    let step = studio.at.get_untracked();
    let may_edit = untrack(|| studio.is_editing());
    match command {
        Command::Move(way) => {
            let to = studio
                .layout
                .with_untracked(|it| neighbour(&it.nodes, &step, way).map(str::to_owned));
            if let Some(to) = to {
                camera.show(&to);
                browser::focus(&format!("node-{to}"));
            }
        }
        Command::Open => {
            studio.open(&step);
            request_animation_frame(move || browser::focus(&format!("name-{step}")));
        }
        Command::AddAfter if may_edit => press(&format!("add-after-{step}")),
        Command::Duplicate if may_edit => studio.duplicate(&step),
        Command::Delete if may_edit => {
            studio.ask_delete(&step);
            let at = studio.at.get_untracked();
            request_animation_frame(move || browser::focus(&format!("node-{at}")));
        }
        _ => return false,
    }
    true
}

/// Presses the button with `id`.
fn press(id: &str) {
    let button = document().get_element_by_id(id).and_then(|it| it.dyn_into::<HtmlElement>().ok());
    if let Some(button) = button {
        button.click();
    }
}

/// From chat to canvas to settings and round again.
fn next_pane(studio: Studio) {
    let within = |selector: &str| {
        document().active_element().and_then(|it| it.closest(selector).ok().flatten()).is_some()
    };
    let target = if within("#chat") {
        format!("node-{}", studio.at.get_untracked())
    } else if within("#canvas") {
        "config".to_owned()
    } else {
        "chat".to_owned()
    };
    browser::focus(&target);
}
