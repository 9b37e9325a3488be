//! Keyboard shortcuts: the keys themselves, and the list of them.

use crate::shell::palette::PaletteOpen;
use crate::shell::panel::use_side_panel;
use crate::ui::browser;
use crate::ui::dialog::Dialog;
use crate::ui::keys::Keys;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

/// Whether the list is open.
#[derive(Clone, Copy)]
pub struct ShortcutsOpen(pub RwSignal<bool>);

impl ShortcutsOpen {
    /// Makes it available to everything inside the frame.
    pub(crate) fn provide() -> RwSignal<bool> {
        let open = RwSignal::new(false);
        provide_context(Self(open));
        open
    }
}

/// Where the second key leads after the first.
fn destination(first: char, second: char) -> Option<&'static str> {
    match (first, second) {
        ('g', 'h') => Some("/"),
        ('g', 'p') => Some("/projects"),
        ('g', 'f') => Some("/flows"),
        ('g', 'r') => Some("/runs"),
        ('g', 'a') => Some("/approvals"),
        _ => None,
    }
}

/// A list of one place of the product: what, and the keys.
type Group = (&'static str, &'static [(&'static str, &'static [&'static str])]);

const GROUPS: [Group; 4] = [
    (
        "Anywhere",
        &[
            ("Search and commands", &["⌘", "K"]),
            ("Open or close the assistant", &["⌘", "J"]),
            ("Go to Home, Projects, Flows, Runs, Approvals", &["G", "then H P F R A"]),
            ("Go to messages", &["F8"]),
            ("This list", &["?"]),
        ],
    ),
    ("Approvals", &[("Approve", &["A"]), ("Reject", &["R"])]),
    (
        "Flow studio",
        &[
            ("Move between steps", &["↑", "↓", "←", "→"]),
            ("Add a step after", &["+"]),
            ("Undo, redo", &["⌘ Z", "⇧ ⌘ Z"]),
            ("Fit, zoom", &["1", "+", "−"]),
        ],
    ),
    ("Assistant", &[("Send", &["↵"]), ("New line", &["⇧", "↵"])]),
];

/// Listens to the keys, and shows the list of them.
#[component]
pub(crate) fn Shortcuts(open: RwSignal<bool>) -> impl IntoView {
    listen(open);
    let line = |(what, keys): &(&'static str, &'static [&'static str])| {
        view! { <div><dt>{*what}</dt><dd><Keys keys=keys /></dd></div> }
    };
    let group = move |(name, lines): Group| {
        view! { <section><h3>{name}</h3><dl>{lines.iter().map(line).collect_view()}</dl></section> }
    };
    view! {
        <Dialog open=open title="Keyboard shortcuts">
            <div class="dialog__body"><div class="keys">{GROUPS.map(group).collect_view()}</div></div>
        </Dialog>
    }
}

fn listen(open: RwSignal<bool>) {
    let PaletteOpen(palette) = expect_context();
    let panel = use_side_panel();
    let navigate = use_navigate();
    let first = StoredValue::new(None::<char>);
    Effect::new(move || {
        let navigate = navigate.clone();
        let handle = window_event_listener(leptos::ev::keydown, move |event: KeyboardEvent| {
            let command = event.meta_key() || event.ctrl_key();
            match event.key().as_str() {
                "k" | "K" if command => palette.update(|it| *it = !*it),
                "j" | "J" if command => panel.toggle(),
                "F8" => browser::focus("toasts"),
                _ if command || event.alt_key() || browser::is_typing() => return,
                "?" => open.set(true),
                key => {
                    let pressed = single(key);
                    let path =
                        first.get_value().zip(pressed).and_then(|(one, two)| destination(one, two));
                    first.set_value(pressed);
                    let Some(path) = path else { return };
                    navigate(path, NavigateOptions::default());
                }
            }
            event.prevent_default();
        });
        on_cleanup(move || handle.remove());
    });
}

/// The letter of a key that is one letter.
fn single(key: &str) -> Option<char> {
    let mut letters = key.chars();
    letters.next().filter(|_| letters.next().is_none()).map(|it| it.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_keys_lead_to_a_page() {
        assert_eq!(destination('g', 'p'), Some("/projects"));
        assert_eq!(destination('x', 'p'), None);
        assert_eq!(single("G"), Some('g'));
        assert_eq!(single("Enter"), None);
    }
}
