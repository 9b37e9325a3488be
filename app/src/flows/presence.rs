//! Who else is in this flow: signs of life to the server, faces in the bar, marks on the steps they have open.

use super::store::Studio;
use super::together_fns::{here_in_flow, leave_flow};
use crate::live::Live;
use crate::session;
use crate::ui::browser;
use crate::ui::icon::Icon;
use domain::event::Topic;
use domain::flow::presence::{BEAT_MS, Here};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;
use wasm_bindgen::{JsCast, JsValue};

/// What another window of one's own is called.
const OWN: &str = "You, in another window";

/// Faces shown before the rest is a number.
const FACES: usize = 4;

impl Studio {
    /// Tells the server that this page is here, for as long as it is, and keeps who else is.
    pub fn be_here(self, live: Live) {
        let page = StoredValue::new(String::new());
        Effect::new(move |_| {
            page.set_value(own_page());
            let every = Duration::from_millis(BEAT_MS);
            if let Ok(handle) = set_interval_with_handle(move || self.beat(page), every) {
                on_cleanup(move || handle.clear());
            }
        });
        Effect::new(move |_| {
            self.chosen.track();
            self.beat(page);
        });
        let (version, last) = (live.version(Topic::Flow), live.last(Topic::Flow));
        Effect::new(move |before: Option<u64>| {
            let version = version.get();
            let target = self.flow.with_untracked(|it| format!("here:{}", it.id));
            let is_here = last.with_untracked(|it| it.as_ref().is_some_and(|it| it.id == target));
            if is_here && before.is_some_and(|it| it != version) {
                self.beat(page);
            }
            version
        });
        on_cleanup(move || {
            let Some(id) = self.flow.try_with_untracked(|it| it.id.clone()) else { return };
            let page = page.try_get_value().unwrap_or_default();
            if !page.is_empty() {
                // Nobody waits for it: without it the others see this page go a little later.
                spawn_local(async move { drop(leave_flow(id, page).await) });
            }
        });
    }

    fn beat(self, page: StoredValue<String>) {
        let Some(id) = self.flow.try_with_untracked(|it| it.id.clone()) else { return };
        let Some(own) = page.try_get_value().filter(|it| !it.is_empty()) else { return };
        let step = self.chosen.get_untracked();
        if self.clashes.with_untracked(|it| !it.is_empty()) {
            // Another window takes up what a page that gives no sign any more has left.
            self.keep_unsent();
        }
        spawn_local(async move {
            let answer = here_in_flow(id, own.clone(), step).await;
            let others = answer.map(|all| all.into_iter().filter(|it| it.page != own).collect());
            if let Ok(others) = others
                && !self.others.is_disposed()
                && self.others.with_untracked(|it| *it != others)
            {
                self.others.set(others);
            }
        });
    }

    /// Names of those who have `step` open; another window of the same person is not somebody else.
    pub fn who_is_at(self, step: &str) -> Option<String> {
        let own = self.me.get_value();
        self.others.with(|all| {
            let mut names: Vec<_> = all
                .iter()
                .filter(|it| it.step.as_deref() == Some(step))
                .map(|it| if it.user_id == own { OWN } else { it.name.as_str() })
                .collect();
            names.dedup();
            (!names.is_empty()).then(|| names.join(", "))
        })
    }
}

/// Where the browser keeps the name of a page until its tab closes.
const PAGE: &str = "pmos-here";

/// The name of this page: after a reload the one it had, so that nobody meets oneself. A tab that was copied gets its own.
fn own_page() -> String {
    let store = window().session_storage().ok().flatten();
    let before = store.as_ref().and_then(|it| it.get_item(PAGE).ok().flatten());
    let page = before.filter(|_| was_reloaded()).unwrap_or_else(browser::page_name);
    if let Some(store) = store {
        // Without it a reloaded page is somebody else's for a moment.
        let _ = store.set_item(PAGE, &page);
    }
    page
}

/// Whether the browser loaded this page once more.
fn was_reloaded() -> bool {
    let read = || {
        let timing = js_sys::Reflect::get(&window(), &"performance".into())?;
        let entries = js_sys::Reflect::get(&timing, &"getEntriesByType".into())?;
        let found = entries.dyn_into::<js_sys::Function>()?.call1(&timing, &"navigation".into())?;
        let first = js_sys::Reflect::get_u32(&found, 0)?;
        js_sys::Reflect::get(&first, &"type".into())
    };
    read().is_ok_and(|it: JsValue| it.as_string().as_deref() == Some("reload"))
}

/// The first letters of the first two words.
fn initials(name: &str) -> String {
    let letters = name.split_whitespace().filter_map(|it| it.chars().next()).take(2);
    letters.flat_map(char::to_uppercase).collect()
}

/// What stands in a face: letters for somebody else, two windows for oneself.
pub fn face(name: &str) -> AnyView {
    if name.starts_with(OWN) {
        return view! { <Icon name="copy" class="icon--sm" /> }.into_any();
    }
    initials(name).into_any()
}

/// Where somebody is, in words.
fn place(studio: Studio, own: &str, here: &Here) -> String {
    let number = here.step.as_ref().and_then(|step| {
        studio.cards.with(|all| all.iter().find(|it| it.name == *step).map(|it| it.number))
    });
    let is_own = here.user_id == own;
    let name = if is_own { OWN } else { here.name.as_str() };
    match number {
        Some(number) => format!("{name}, at step {number}"),
        None => name.to_owned(),
    }
}

/// The faces of those who are here too.
#[component]
pub fn Faces(
    /// The open flow.
    studio: Studio,
) -> impl IntoView {
    let shown = move || studio.others.get().into_iter().take(FACES).collect::<Vec<_>>();
    let more = move || studio.others.with(Vec::len).saturating_sub(FACES);
    let me = session::current_user();
    let face = move |here: Here| {
        let own = me.get_untracked().id;
        let words = place(studio, own.as_str(), &here);
        let shown = face(if here.user_id == own.as_str() { OWN } else { &here.name });
        view! { <li><span class="face" role="img" aria-label=words.clone() title=words>{shown}</span></li> }
    };
    view! {
        <Show when=move || studio.others.with(|it| !it.is_empty())>
            <ul class="faces" aria-label="Also in this flow">
                {move || shown().into_iter().map(face).collect_view()}
                <Show when=move || { more() > 0 }><li class="xs quiet num">{move || format!("+{}", more())}</li></Show>
            </ul>
        </Show>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_face_has_two_letters() {
        assert_eq!(initials("Amara Osei"), "AO");
        assert_eq!(initials("élan"), "É");
        assert_eq!(initials(""), "");
    }
}
