//! The few things only a browser can do. Every function does nothing where there is none.

use leptos::prelude::*;
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlDialogElement, HtmlElement, KeyboardEvent};

/// Copies `text`, so that it can be pasted elsewhere.
pub fn copy(text: &str) {
    // The promise is not waited for: a browser that refuses says so itself.
    let _ = window().navigator().clipboard().write_text(text);
}

/// Copies `text` where the browser lets a page do so; elsewhere nothing happens.
pub fn copy_if_allowed(text: &str) {
    let navigator = window().navigator();
    let clipboard = js_sys::Reflect::get(&navigator, &"clipboard".into());
    // There is none on pages that came without TLS.
    if clipboard.is_ok_and(|it| it.is_object()) {
        copy(text);
    }
}

/// Opens a dialog over the page, once it is part of it and unless it is no longer wanted by then; the browser keeps
/// the focus inside and gives it back.
pub fn show_modal(dialog: &HtmlDialogElement, wanted: RwSignal<bool>) {
    show_once_there(dialog.clone(), wanted, FRAMES);
}

/// How many frames a dialog may take to get onto the page.
const FRAMES: u8 = 60;

fn show_once_there(dialog: HtmlDialogElement, wanted: RwSignal<bool>, frames: u8) {
    // A page that was left has no signal any more.
    if wanted.try_get_untracked() != Some(true) {
        return;
    }
    if !dialog.is_connected() && frames > 0 {
        request_animation_frame(move || show_once_there(dialog, wanted, frames - 1));
    } else if !dialog.open() {
        match dialog.show_modal() {
            Ok(()) => focus_inside(&dialog),
            Err(_) => leptos::logging::warn!("the dialog is not part of the page"),
        }
    }
}

/// Where the focus goes in a dialog that does not say so itself: the first field, else the first button below, which is
/// the safe one. Its cross comes first in the document and is what nobody came for.
const FIRST: [&str; 2] = [
    ".dialog__body :is(input, select, textarea):not([type=hidden], :disabled)",
    ".dialog__foot button:not(:disabled)",
];

fn focus_inside(dialog: &HtmlDialogElement) {
    let first = |selector: &str| dialog.query_selector(selector).ok().flatten();
    if first("[autofocus]").is_some() {
        return;
    }
    let target = FIRST.iter().find_map(|it| first(it));
    if let Some(target) = target.and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
        let _ = target.focus();
    }
}

/// Focuses the element with `id`, if it is on the page.
pub fn focus(id: &str) {
    let element = document().get_element_by_id(id).and_then(|it| it.dyn_into::<HtmlElement>().ok());
    if let Some(element) = element {
        let _ = element.focus();
    }
}

/// Scrolls the row of tabs or links that the element with `id` is in sideways until it is in view; the page stays where
/// it is.
pub fn show_inside(id: &str) {
    let id = id.to_owned();
    request_animation_frame(move || {
        let found =
            document().get_element_by_id(&id).and_then(|it| it.dyn_into::<HtmlElement>().ok());
        let row = |it: &HtmlElement| it.closest("[role=tablist], [data-row]").ok().flatten();
        let Some((element, parent)) = found.and_then(|it| Some((it.clone(), row(&it)?))) else {
            return;
        };
        let (start, end) = (element.offset_left(), element.offset_left() + element.offset_width());
        if start < parent.scroll_left() || end > parent.scroll_left() + parent.client_width() {
            parent.set_scroll_left(start - parent.client_width() / 2);
        }
    });
}

/// Whether `element` has the focus.
pub fn has_focus(element: &Element) -> bool {
    document().active_element().is_some_and(|it| it == *element)
}

/// Focuses `element` in the next frame, unless somebody focused something else meanwhile.
pub fn focus_again(element: HtmlElement) {
    request_animation_frame(move || {
        if is_focus_nowhere() {
            let _ = element.focus();
        }
    });
}

/// Focuses the first element that matches `selector`, once it is drawn.
pub fn focus_first_soon(selector: &'static str) {
    request_animation_frame(move || focus_first(selector));
}

/// What had the focus is gone, or cannot have it any more.
fn is_focus_nowhere() -> bool {
    document().active_element().is_none_or(|it| it.tag_name() == "BODY")
}

/// The time zone of this computer by its name in the IANA list.
pub fn time_zone() -> Option<String> {
    let intl = js_sys::Reflect::get(&window(), &"Intl".into()).ok()?;
    let format = js_sys::Reflect::get(&intl, &"DateTimeFormat".into()).ok()?;
    let format =
        js_sys::Reflect::construct(format.dyn_ref::<js_sys::Function>()?, &js_sys::Array::new())
            .ok()?;
    let options = js_sys::Reflect::get(&format, &"resolvedOptions".into()).ok()?;
    let options = options.dyn_ref::<js_sys::Function>()?.call0(&format).ok()?;
    js_sys::Reflect::get(&options, &"timeZone".into()).ok()?.as_string()
}

/// Focuses the element with `id` as soon as it is on the page: what it is in may still be on its way.
pub fn focus_once_there(id: String) {
    once_there(id.clone(), move || focus(&id));
}

/// Does `then` in the next frame in which the element with `id` is on the page; nothing when it does not come.
pub fn once_there(id: String, then: impl FnOnce() + 'static) {
    wait_for(id, Box::new(then), WAITS);
}

/// How many frames something may take to be loaded and drawn.
const WAITS: u16 = 300;

fn wait_for(id: String, then: Box<dyn FnOnce()>, frames: u16) {
    request_animation_frame(move || {
        if document().get_element_by_id(&id).is_some() {
            then();
        } else if frames > 0 {
            wait_for(id, then, frames - 1);
        }
    });
}

/// Focuses the element with `id` where the popover around it was opened before it was there.
pub fn focus_in_open(popover: &str, id: &str) {
    let open = format!("#{popover}:popover-open");
    if document().query_selector(&open).ok().flatten().is_some() {
        focus(id);
    }
}

/// Focuses the first element that matches `selector`, if there is one.
pub fn focus_first(selector: &str) {
    let found = document().query_selector(selector).ok().flatten();
    if let Some(element) = found.and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// Every element of the page that matches `selector`.
pub fn all_of(selector: &str) -> Vec<Element> {
    let Ok(found) = document().query_selector_all(selector) else { return Vec::new() };
    let all = (0..found.length()).filter_map(|at| found.item(at));
    all.filter_map(|it| it.dyn_into::<Element>().ok()).collect()
}

/// Whether an element of the page matches `selector`.
pub fn is_on_page(selector: &str) -> bool {
    document().query_selector(selector).ok().flatten().is_some()
}

/// Whether the focus is inside `element`.
pub fn holds_focus(element: &Element) -> bool {
    document().active_element().is_some_and(|it| element.contains(Some(it.as_ref())))
}

/// A dialog or a popover is open and has the keys.
pub fn has_layer_open() -> bool {
    document().query_selector("dialog[open], :popover-open").ok().flatten().is_some()
}

/// Whether the element with `id` is on the page and drawn.
pub fn is_shown(id: &str) -> bool {
    let element = document().get_element_by_id(id).and_then(|it| it.dyn_into::<HtmlElement>().ok());
    element.is_some_and(|it| it.offset_height() > 0)
}

/// Brings the element with `id` into view with as little scrolling as needed.
pub fn scroll_to(id: &str) {
    if let Some(element) = document().get_element_by_id(id) {
        let options = web_sys::ScrollIntoViewOptions::new();
        let _ = js_sys::Reflect::set(&options, &"block".into(), &"nearest".into());
        element.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

/// Shows the popover with `id`.
pub fn show_popover(id: &str) {
    let element = document().get_element_by_id(id).and_then(|it| it.dyn_into::<HtmlElement>().ok());
    if let Some(element) = element {
        // One that is open already stays open.
        let _ = element.show_popover();
    }
}

/// Hides the popover with `id`.
pub fn hide_popover(id: &str) {
    let element = document().get_element_by_id(id).and_then(|it| it.dyn_into::<HtmlElement>().ok());
    if let Some(element) = element {
        let _ = element.hide_popover();
    }
}

/// Whether the focus is in something that takes text, where single keys must stay letters.
pub fn is_typing() -> bool {
    let Some(element) = document().active_element() else { return false };
    let tag = element.tag_name();
    ["INPUT", "TEXTAREA", "SELECT"].contains(&tag.as_str())
        || element.has_attribute("contenteditable")
}

/// Whether the window is narrower than `rem`.
pub fn is_narrower_than(rem: f64) -> bool {
    let query = format!("(max-width: {}rem)", rem - 0.01);
    window().match_media(&query).ok().flatten().is_some_and(|it| it.matches())
}

/// Does `then` once the page was taken over whole: until then what is drawn has to be what the server drew.
pub fn once_hydrated(then: impl FnOnce() + 'static) {
    if document().body().is_some_and(|it| it.has_attribute("data-hydrated")) {
        then();
    } else {
        set_timeout(move || once_hydrated(then), TAKING_OVER);
    }
}

/// How long until a page that is being taken over is looked at again.
const TAKING_OVER: Duration = Duration::from_millis(30);

/// Whether the browser says it has a network.
pub fn is_online() -> bool {
    window().navigator().on_line()
}

/// Loads `path` anew, as if it were typed.
pub fn load(path: &str) {
    let _ = window().location().set_href(path);
}

/// Changes the address that a reload or a copied link uses; the page stays as it is.
pub fn replace_address(path: &str) {
    let Ok(history) = window().history() else { return };
    let state = history.state().unwrap_or_default();
    let _ = history.replace_state_with_url(&state, "", Some(path));
}

/// Sets or removes an attribute of the `html` element.
pub fn mark_root(name: &str, value: Option<&str>) {
    if let Some(root) = document().document_element() {
        let _ = match value {
            Some(value) => root.set_attribute(name, value),
            None => root.remove_attribute(name),
        };
    }
}

/// Remembers a choice for a year, where the server reads it before it draws the next page.
pub fn remember(name: &str, value: &str) {
    if let Ok(page) = document().dyn_into::<web_sys::HtmlDocument>() {
        let _ = page.set_cookie(&format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax"));
    }
}

/// Keeps words in this browser only; blank words are forgotten.
pub fn keep(name: &str, words: &str) {
    let Ok(Some(storage)) = window().local_storage() else { return };
    // A full or forbidden storage only means that a draft is not there after a reload.
    let _ =
        if words.is_empty() { storage.remove_item(name) } else { storage.set_item(name, words) };
}

thread_local! {
    static PAGE_NAME: String = format!("{:x}", js_sys::Math::random().to_bits());
}

/// A name that this page has until it is left, and no other page of the browser.
pub fn page_name() -> String {
    PAGE_NAME.with(Clone::clone)
}

/// Words kept in this browser.
pub fn kept(name: &str) -> Option<String> {
    window().local_storage().ok()??.get_item(name).ok()?.filter(|it| !it.is_empty())
}

/// Shows the end of the scrolling element with `id`.
pub fn scroll_to_end(id: &str) {
    if let Some(element) = document().get_element_by_id(id) {
        element.set_scroll_top(element.scroll_height());
    }
}

/// How far the scrolling element with `id` is scrolled, and how many pixels of it are below what is seen.
pub fn scrolled(id: &str) -> Option<(i32, i32)> {
    let element = document().get_element_by_id(id)?;
    let top = element.scroll_top();
    Some((top, element.scroll_height() - element.client_height() - top))
}

/// How far the element with `id` is from the top of the window.
pub fn top_of(id: &str) -> Option<f64> {
    Some(document().get_element_by_id(id)?.get_bounding_client_rect().top())
}

/// Scrolls `log` until the element with `id` is `top` pixels from the top of the window.
pub fn bring_to(log: &str, id: &str, top: f64) {
    let (Some(log), Some(now)) = (document().get_element_by_id(log), top_of(id)) else { return };
    #[expect(clippy::cast_possible_truncation, reason = "pixels of one page")]
    let by = (now - top).round() as i32;
    log.set_scroll_top(log.scroll_top() + by);
}

/// Epoch milliseconds.
pub fn now_ms() -> i64 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "milliseconds of any year we live to see fit"
    )]
    let now = js_sys::Date::now() as i64;
    now
}

/// A day and a time of day on this computer's clock as RFC 3339; none when they are not one.
pub fn instant(day: &str, time: &str) -> Option<String> {
    let date = js_sys::Date::new(&format!("{day}T{time}").into());
    (!date.get_time().is_nan()).then(|| date.to_iso_string().into())
}

/// The day and the time of day on this computer's clock of an RFC 3339 time: what [`instant`] makes one of.
pub fn day_and_time(text: &str) -> Option<(String, String)> {
    let date = js_sys::Date::new(&text.into());
    if date.get_time().is_nan() {
        return None;
    }
    let (year, month, day) = (date.get_full_year(), date.get_month() + 1, date.get_date());
    let time = format!("{:02}:{:02}", date.get_hours(), date.get_minutes());
    Some((format!("{year:04}-{month:02}-{day:02}"), time))
}

/// Arrows, Home and End move the focus among the elements that match `selector` inside the one that listens.
pub fn move_focus(event: &KeyboardEvent, selector: &str) {
    let list = event.current_target().and_then(|it| it.dyn_into::<Element>().ok());
    let Some(items) = list.and_then(|it| it.query_selector_all(selector).ok()) else { return };
    let active = document().active_element();
    let item = |at: u32| items.item(at).and_then(|it| it.dyn_into::<Element>().ok());
    let at = (0..items.length()).find(|it| item(*it) == active);
    let Some(next) = next_index(&event.key(), at, items.length()) else { return };
    event.prevent_default();
    if let Some(next) = item(next).and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
        let _ = next.focus();
    }
}

/// Where the focus goes from `at` among `count` items; nowhere for other keys.
fn next_index(key: &str, at: Option<u32>, count: u32) -> Option<u32> {
    let last = count.checked_sub(1)?;
    match key {
        "ArrowDown" | "ArrowRight" => Some(at.map_or(0, |it| if it >= last { 0 } else { it + 1 })),
        "ArrowUp" | "ArrowLeft" => Some(at.map_or(last, |it| if it == 0 { last } else { it - 1 })),
        "Home" => Some(0),
        "End" => Some(last),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_go_round() {
        assert_eq!(next_index("ArrowDown", Some(2), 3), Some(0));
        assert_eq!(next_index("ArrowUp", Some(0), 3), Some(2));
        assert_eq!(next_index("ArrowDown", None, 3), Some(0));
        assert_eq!(next_index("End", Some(0), 3), Some(2));
        assert_eq!(next_index("a", Some(0), 3), None);
        assert_eq!(next_index("Home", None, 0), None);
    }
}
