//! Keyboard shortcuts: the keys themselves, and the list of them.

use crate::session::can;
use crate::shell::list_keys;
use crate::shell::new_flow::use_new_flow;
use crate::shell::new_todo::NewTodoOpen;
use crate::shell::palette::PaletteOpen;
use crate::shell::panel::use_side_panel;
use crate::ui::browser;
use crate::ui::dialog::Dialog;
use crate::ui::keys::{self, Keys};
use domain::actor::Permission;
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

/// What two keys do, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Two {
    Go(&'static str),
    NewFlow,
    NewTodo,
}

fn two(first: char, second: char) -> Option<Two> {
    match (first, second) {
        ('g', 'h') => Some(Two::Go("/")),
        ('g', 'p') => Some(Two::Go("/projects")),
        ('g', 'f') => Some(Two::Go("/flows")),
        ('g', 'r') => Some(Two::Go("/runs")),
        ('g', 'a') => Some(Two::Go("/approvals")),
        ('n', 'f') => Some(Two::NewFlow),
        ('n', 't') => Some(Two::NewTodo),
        _ => None,
    }
}

/// A list of one place of the product: what, and the keys.
type Group = (&'static str, &'static [(&'static str, &'static [&'static str])]);

const MAKING: Group =
    ("Making something", &[("New flow", &["N", "then F"]), ("New to-do", &["N", "then T"])]);

const GROUPS: [Group; 5] = [
    (
        "Anywhere",
        &[
            ("Search and commands", &["⌘", "K"]),
            ("Open or close the assistant", &["⌘", "J"]),
            ("Go to Home, Projects, Flows, Runs, Approvals", &["G", "then H P F R A"]),
            ("Go to messages", &["F8"]),
            ("Close what is on top", &["Esc"]),
            ("This list", &["?"]),
        ],
    ),
    (
        "Lists",
        &[
            ("Next, previous", &["J", "K"]),
            ("Open", &["↵"]),
            ("Tick", &["X"]),
            ("Search in the list", &["/"]),
        ],
    ),
    ("Approvals", &[("Approve", &["A"]), ("Edit", &["E"]), ("Reject", &["R"])]),
    (
        "Flow studio",
        &[
            ("Move between steps", &["↑", "↓", "←", "→"]),
            ("Open a step, add one after it", &["↵", "+"]),
            ("Duplicate, delete", &["⌘ D", "⌫"]),
            ("Undo, redo", &["⌘ Z", "⇧ ⌘ Z"]),
            ("Next pane", &["F6"]),
            ("Fit, zoom", &["1", "+", "−"]),
        ],
    ),
    ("Assistant", &[("Send", &["↵"]), ("New line", &["⇧", "↵"])]),
];

/// Listens to the keys, and shows the list of them.
#[component]
pub(crate) fn Shortcuts(open: RwSignal<bool>) -> impl IntoView {
    let writes = can(Permission::Write);
    listen(open, writes);
    let line = |(what, keys): &(&'static str, &'static [&'static str])| {
        view! { <div><dt>{*what}</dt><dd><Keys keys=keys /></dd></div> }
    };
    let group = move |(name, lines): Group| {
        view! { <section><h3>{name}</h3><dl>{lines.iter().map(line).collect_view()}</dl></section> }
    };
    view! {
        <Dialog open=open title="Keyboard shortcuts">
            <div class="dialog__body">
                <div class="keys">
                    {GROUPS.map(group).collect_view()}
                    {move || writes.get().then(|| group(MAKING))}
                </div>
            </div>
        </Dialog>
    }
}

/// What keys reach.
#[derive(Clone, Copy)]
struct Reach {
    palette: RwSignal<bool>,
    shortcuts: RwSignal<bool>,
    new_todo: RwSignal<bool>,
    new_flow: Callback<()>,
    go: Callback<&'static str>,
    writes: Signal<bool>,
    /// The key before, where it may be the first of two.
    first: StoredValue<Option<char>>,
}

impl Reach {
    /// Does what a single key does; false when it does nothing.
    fn single(self, key: &str) -> bool {
        if !keys::has_single_keys() || browser::has_layer_open() {
            return false;
        }
        if key == "?" {
            self.shortcuts.set(true);
            return true;
        }
        let pressed = single(key);
        let done = self.first.get_value().zip(pressed).and_then(|(one, other)| two(one, other));
        // The second of two keys is not the first of the next two.
        self.first.set_value(pressed.filter(|_| done.is_none()));
        match done {
            Some(Two::Go(path)) => self.go.run(path),
            Some(Two::NewFlow) if self.writes.get_untracked() => self.new_flow.run(()),
            Some(Two::NewTodo) if self.writes.get_untracked() => self.new_todo.set(true),
            _ => return list_keys::pressed(key),
        }
        true
    }
}

fn listen(shortcuts: RwSignal<bool>, writes: Signal<bool>) {
    let (PaletteOpen(palette), NewTodoOpen(new_todo)) = (expect_context(), expect_context());
    let (panel, navigate, new_flow) = (use_side_panel(), use_navigate(), use_new_flow());
    let go = Callback::new(move |path: &'static str| navigate(path, NavigateOptions::default()));
    let first = StoredValue::new(None::<char>);
    let reach = Reach { palette, shortcuts, new_todo, new_flow, go, writes, first };
    Effect::new(move || {
        keys::mark_keys();
        let handle = window_event_listener(leptos::ev::keydown, move |event: KeyboardEvent| {
            let command = event.meta_key() || event.ctrl_key();
            let is_letter = !command && !event.alt_key() && !event.default_prevented();
            let is_done = match event.key().as_str() {
                "k" | "K" if command => {
                    reach.palette.update(|it| *it = !*it);
                    true
                }
                "j" | "J" if command => {
                    panel.toggle();
                    true
                }
                "F8" => {
                    browser::focus("toasts");
                    true
                }
                key => is_letter && !browser::is_typing() && reach.single(key),
            };
            if is_done {
                event.prevent_default();
            }
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
    fn two_keys_lead_to_a_page_or_make_something() {
        assert_eq!(two('g', 'p'), Some(Two::Go("/projects")));
        assert_eq!(two('n', 'f'), Some(Two::NewFlow));
        assert_eq!(two('x', 'p'), None);
        assert_eq!(single("G"), Some('g'));
        assert_eq!(single("Enter"), None);
    }
}
