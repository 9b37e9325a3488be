//! Search and commands: Cmd or Ctrl K. What is known is listed at once; what the server finds follows while one types.

use crate::error::AppError;
use crate::session::current_user;
use crate::setup::server_fns::check_setup;
use crate::shell::commands::{Act, Row, RowGroup, found_groups, own_groups, with_words};
use crate::shell::new_flow::use_new_flow;
use crate::shell::new_todo::NewTodoOpen;
use crate::shell::panel::{is_chat_page, use_side_panel};
use crate::shell::search_fns::find_by_words;
use crate::shell::shortcuts::ShortcutsOpen;
use crate::shell::theme::use_theme;
use crate::ui::browser;
use crate::ui::dialog::Modal;
use crate::ui::icon::Icon;
use crate::ui::keys::Keys;
use crate::ui::time::{parse_time, use_now};
use crate::ui::toast::{Toasts, use_toasts};
use domain::search::Found;
use domain::words::count;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use std::time::Duration;
use wasm_bindgen::JsCast;

/// Whether the palette is open.
#[derive(Clone, Copy)]
pub struct PaletteOpen(pub RwSignal<bool>);

impl PaletteOpen {
    /// Makes it available to everything inside the frame.
    pub(crate) fn provide() -> RwSignal<bool> {
        let open = RwSignal::new(false);
        provide_context(Self(open));
        open
    }
}

/// How long nothing is typed before the server is asked.
const PAUSE: Duration = Duration::from_millis(120);
/// Fewer letters fit nearly everything.
const FEWEST: usize = 2;

/// What is typed, and what was found by it.
#[derive(Clone, Copy)]
struct Searching {
    open: RwSignal<bool>,
    words: RwSignal<String>,
    /// Index of the marked row.
    active: RwSignal<usize>,
    /// Only records of Basecamp, and more of them.
    is_wide: RwSignal<bool>,
    found: RwSignal<Found>,
    /// The server could not be asked.
    is_cut_off: RwSignal<bool>,
}

impl Searching {
    fn new(open: RwSignal<bool>) -> Self {
        let searching = Self {
            open,
            words: RwSignal::new(String::new()),
            active: RwSignal::new(0),
            is_wide: RwSignal::new(false),
            found: RwSignal::new(Found::default()),
            is_cut_off: RwSignal::new(false),
        };
        // What was searched for last time is gone when it opens again.
        Effect::new(move || {
            if open.get() {
                searching.type_in(String::new());
            }
        });
        Effect::new(move || searching.ask_soon());
        searching
    }

    fn type_in(self, words: String) {
        self.is_wide.set(false);
        self.active.set(0);
        self.words.set(words);
    }

    /// Asks the server once nothing more is typed for a moment.
    fn ask_soon(self) {
        let (words, is_wide) = (self.words.get().trim().to_owned(), self.is_wide.get());
        if words.chars().count() < FEWEST {
            self.found.set(Found::default());
            return;
        }
        set_timeout(move || self.ask(words, is_wide), PAUSE);
    }

    fn ask(self, words: String, is_wide: bool) {
        let wanted = (words, is_wide);
        if self.wanted().as_ref() != Some(&wanted) {
            return;
        }
        spawn_local(async move {
            let found = find_by_words(wanted.0.clone(), is_wide).await;
            // Meanwhile something else may be asked for, or the page is left.
            if self.wanted().as_ref() == Some(&wanted) {
                self.is_cut_off.set(matches!(found, Err(AppError::Offline)));
                self.found.set(found.unwrap_or_default());
            }
        });
    }

    /// What is to be found now; nothing when the page is left.
    fn wanted(self) -> Option<(String, bool)> {
        let words = self.words.try_get_untracked()?;
        Some((words.trim().to_owned(), self.is_wide.try_get_untracked()?))
    }
}

/// Search and commands.
#[component]
pub(crate) fn Palette(open: RwSignal<bool>) -> impl IntoView {
    let searching = Searching::new(open);
    let Searching { words, active, is_wide, found, .. } = searching;
    let user = current_user();
    let groups = Memo::new(move |_| {
        let wanted = words.get().trim().to_lowercase();
        let role = user.with(|it| it.role);
        let own = if is_wide.get() { Vec::new() } else { own_groups(role, &wanted) };
        let found = found_groups(found.get());
        own.into_iter()
            .chain(found)
            .chain(with_words(&words.read(), is_wide.get()))
            .collect::<Vec<_>>()
    });
    let act = acting(searching);
    let rows = move || groups.with(|all| all.iter().map(|it| it.rows.len()).sum::<usize>());
    let keydown = move |event: KeyboardEvent| {
        let last = rows().saturating_sub(1);
        match event.key().as_str() {
            "ArrowDown" => active.update(|it| *it = if *it >= last { 0 } else { *it + 1 }),
            "ArrowUp" => active.update(|it| *it = it.checked_sub(1).unwrap_or(last)),
            "Enter" => {
                if let Some(row) = row_at(groups, active.get_untracked()) {
                    act.run(row.act);
                }
            }
            _ => return,
        }
        event.prevent_default();
        browser::scroll_to(&row_id(active.get_untracked()));
    };
    view! {
        <Modal open=open label="Search and commands" class="dialog cmdk" id="cmdk">
            <div class="cmdk__input">
                <Icon name="search" />
                <input
                    type="text"
                    role="combobox"
                    autofocus
                    aria-expanded="true"
                    aria-autocomplete="list"
                    aria-controls="cmdk-list"
                    aria-activedescendant=move || (rows() > 0).then(|| row_id(active.get()))
                    aria-label="Search pages, projects, people or actions"
                    placeholder="Search pages, projects, people or actions"
                    autocomplete="off"
                    prop:value=move || words.get()
                    on:input=move |event| searching.type_in(event_target_value(&event))
                    on:keydown=keydown
                />
                <kbd class="kbd">"esc"</kbd>
            </div>
            <Groups groups=groups searching=searching act=act />
            <div class="cmdk__foot">
                <span><Keys keys=&["↑", "↓"] />" Move"</span>
                <span><Keys keys=&["↵"] />" Open"</span>
                <span class="push" role="status">{move || count(rows(), "result", "results")}</span>
            </div>
        </Modal>
    }
}

/// What the id of a row begins with.
const ROW: &str = "ck-";

fn row_id(at: usize) -> String {
    format!("{ROW}{at}")
}

fn row_at(groups: Memo<Vec<RowGroup>>, at: usize) -> Option<Row> {
    groups.with_untracked(|all| all.iter().flat_map(|it| &it.rows).nth(at).cloned())
}

/// Index of the row that `event` happened on.
fn at_of(event: &web_sys::Event) -> Option<usize> {
    let element = event.target()?.dyn_into::<web_sys::Element>().ok()?;
    let row = element.closest("[role=option]").ok().flatten()?;
    row.id().strip_prefix(ROW)?.parse().ok()
}

/// What happens when a row is chosen.
fn acting(searching: Searching) -> Callback<Act> {
    let NewTodoOpen(new_todo) = expect_context();
    let ShortcutsOpen(shortcuts) = expect_context();
    let (panel, is_chat, toasts) = (use_side_panel(), is_chat_page(), use_toasts());
    let (navigate, theme, new_flow) = (use_navigate(), use_theme(), use_new_flow());
    Callback::new(move |act: Act| {
        if act == Act::Wide {
            searching.active.set(0);
            searching.is_wide.set(true);
            return;
        }
        searching.open.set(false);
        match act {
            Act::Go(href) => navigate(&href, NavigateOptions::default()),
            Act::NewFlow => new_flow.run(()),
            Act::NewTodo => new_todo.set(true),
            Act::Assistant if is_chat.get_untracked() => {}
            Act::Assistant => panel.open(),
            Act::Ask(words) if is_chat.get_untracked() => panel.say_on_page(words),
            Act::Ask(words) => panel.ask(words),
            Act::Look(chosen) => theme.run(chosen),
            Act::Keys => shortcuts.set(true),
            Act::Check => check(toasts),
            Act::Wide => {}
        }
    })
}

/// Tests everything of the setup and says what came of it.
fn check(toasts: Toasts) {
    toasts.say("The setup is being checked");
    spawn_local(async move {
        match check_setup().await {
            Ok(setup) if setup.ready => toasts.say("The setup is checked: everything works"),
            Ok(setup) => {
                let open = count(setup.total.saturating_sub(setup.done), "step is", "steps are");
                toasts.failed(format!("The setup is checked: {open} not done. Home has the list"));
            }
            Err(error) => toasts.failed(error.to_string()),
        }
    });
}

/// The rows are drawn anew while one types; the list they are in listens for all of them.
#[component]
fn Groups(groups: Memo<Vec<RowGroup>>, searching: Searching, act: Callback<Act>) -> impl IntoView {
    let active = searching.active;
    let list = move || {
        let mut first = 0;
        // Closed, it is no part of the page.
        if !searching.open.get() {
            return Vec::new();
        }
        let drawn = groups.get().into_iter().enumerate().map(|(number, group)| {
            let at = first;
            first += group.rows.len();
            view! { <GroupOf group=group number=number first=at active=active /> }
        });
        drawn.collect::<Vec<_>>()
    };
    let press = move |event: web_sys::MouseEvent| {
        if let Some(row) = at_of(&event).and_then(|at| row_at(groups, at)) {
            act.run(row.act);
        }
    };
    let point = move |event: web_sys::PointerEvent| {
        if let Some(at) = at_of(&event).filter(|at| *at != active.get_untracked()) {
            active.set(at);
        }
    };
    view! {
        <div
            class="cmdk__list"
            role="listbox"
            id="cmdk-list"
            aria-label="Results"
            on:click=press
            on:pointermove=point
        >
            {list}
        </div>
        <Show when=move || searching.is_cut_off.get()>
            <p class="sm muted cmdk__note" role="status">
                "The server could not be reached: only pages and actions are listed."
            </p>
        </Show>
    }
}

#[component]
fn GroupOf(
    group: RowGroup,
    number: usize,
    /// Index of its first row among all.
    first: usize,
    active: RwSignal<usize>,
) -> impl IntoView {
    let id = format!("cmdk-g{number}");
    let named = id.clone();
    let row = move |(at, row): (usize, Row)| {
        view! { <RowOf row=row at=first + at active=active /> }
    };
    let more = group.more.then(|| view! { <span class="quiet">", and more: keep typing"</span> });
    view! {
        <div role="group" aria-labelledby=named>
            <div class="group-label" id=id>{group.name}{more}</div>
            {group.rows.into_iter().enumerate().map(row).collect_view()}
        </div>
    }
}

#[component]
fn RowOf(row: Row, at: usize, active: RwSignal<usize>) -> impl IntoView {
    let now = use_now();
    let Row { icon, title, sub, at: began, act } = row;
    let began = began.as_deref().and_then(parse_time);
    let sub = move || match began {
        Some(at_ms) => format!("{sub}, {}", now.get().clock(at_ms)),
        None => sub.clone(),
    };
    view! {
        <div
            class="option"
            class:is-active=move || active.get() == at
            role="option"
            id=row_id(at)
            aria-selected=move || (active.get() == at).to_string()
        >
            <Icon name=icon />
            <span class="grow trunc">{title}" "<span class="quiet">{sub}</span></span>
            <Keys keys=act.keys() />
        </div>
    }
}
