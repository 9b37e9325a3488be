//! Layers that keys open: placed at what they are about, as a press of a button would place them; and where the focus goes.

use crate::ui::browser;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// Shows the popover with `id` at `step`, on the canvas or in the outline.
pub fn show_at(id: &str, step: &str) {
    let Some(layer) =
        document().get_element_by_id(id).and_then(|it| it.dyn_into::<HtmlElement>().ok())
    else {
        return;
    };
    let drawn = ["node", "row"].map(|view| format!("{view}-{step}"));
    let at = drawn.into_iter().find(|it| browser::is_shown(it));
    let source = at.and_then(|it| document().get_element_by_id(&it));
    let _ = match source.map(|it| show_from(&layer, &it)) {
        Some(Ok(())) => Ok(()),
        // One that is open already stays open.
        _ => layer.show_popover(),
    };
}

/// `layer.showPopover({ source })`, which has no name in our bindings.
fn show_from(layer: &HtmlElement, source: &Element) -> Result<(), wasm_bindgen::JsValue> {
    let options = js_sys::Object::new();
    js_sys::Reflect::set(&options, &"source".into(), source)?;
    let show = js_sys::Reflect::get(layer, &"showPopover".into())?;
    show.dyn_into::<js_sys::Function>()?.call1(layer, &options)?;
    Ok(())
}

/// What is typed to the assistant.
pub const ASSISTANT: &str = "#chat textarea";
/// How many frames something may take to be loaded and drawn.
const WAITS: u16 = 300;

/// Focuses the first element that matches `selector` as soon as it is on the page; nothing when it does not come.
pub fn focus_when_there(selector: &'static str) {
    wait_for(selector, WAITS);
}

fn wait_for(selector: &'static str, frames: u16) {
    request_animation_frame(move || {
        let found = document().query_selector(selector).ok().flatten();
        match found.and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
            Some(found) if found.offset_height() > 0 => drop(found.focus()),
            _ if frames > 0 => wait_for(selector, frames - 1),
            _ => {}
        }
    });
}

/// Whether what had the focus is gone, or nothing had it.
pub fn is_focus_nowhere() -> bool {
    document().active_element().is_none_or(|it| it.tag_name() == "BODY")
}
