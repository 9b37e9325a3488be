//! The values of earlier steps as a tree: arrows move and open, Enter inserts.
//!
//! Steps are open, what is inside their values is not: it opens by a press, by the right arrow, or while searching.

use super::fits::Pick;
use super::samples::use_samples;
use super::tile::PieceTile;
use super::tries::{Way, use_tries};
use super::values::Source;
use crate::ui::browser;
use crate::ui::icon::Icon;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use std::collections::BTreeSet;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// What can have the focus in the tree.
const ITEM: &str = "[role=treeitem]";

/// Id of a step in the tree.
pub(super) fn branch_id(step: &str) -> String {
    format!("value-of-{step}")
}

/// What the lines of the tree share. Cheap to copy.
#[derive(Clone, Copy)]
struct Tree {
    /// What was opened or closed against how it is at first.
    turned: RwSignal<BTreeSet<String>>,
    search: RwSignal<String>,
    pick: Callback<String>,
}

impl Tree {
    /// Whether the line `key` is open, which at first is `first`; while something is searched for everything is.
    fn is_open(self, key: &str, first: bool) -> bool {
        let is_turned = self.turned.with(|it| it.contains(key));
        self.search.with(|it| !it.trim().is_empty()) || is_turned != first
    }

    fn turn(self, key: &str) {
        self.turned.update(|it| {
            if !it.remove(key) {
                it.insert(key.to_owned());
            }
        });
    }
}

/// The tree.
#[component]
pub fn ValueTree(
    /// The steps, the nearest first.
    sources: Memo<Vec<Source>>,
    /// What is typed above.
    search: RwSignal<String>,
    /// Called with the expression of the value that is taken.
    pick: Callback<String>,
) -> impl IntoView {
    let tree = Tree { turned: RwSignal::new(BTreeSet::new()), search, pick };
    // A step that was tried is drawn anew with its values: the keys go on there.
    let tries = use_tries();
    Effect::new(move |before: Option<Option<String>>| {
        let busy = tries.busy.get();
        if let (Some(step), None) = (before.flatten(), &busy) {
            request_animation_frame(move || browser::focus_in_open("values", &branch_id(&step)));
        }
        busy
    });
    let branch = move |(at, source): (usize, Source)| {
        let stop = if at == 0 { "0" } else { "-1" };
        view! { <Branch source=source stop=stop tree=tree /> }
    };
    view! {
        <ul
            class="tree"
            role="tree"
            aria-label="Values from earlier steps"
            on:keydown=move |event| browser::move_focus(&event, ITEM)
        >
            {move || sources.get().into_iter().enumerate().map(branch).collect_view()}
        </ul>
    }
}

/// The line of an event and the one of them that it is about; nothing where it is about a line inside.
fn own_line(event: &KeyboardEvent) -> Option<Element> {
    let line = event.current_target()?.dyn_into::<Element>().ok()?;
    (event.target() == event.current_target()).then_some(line)
}

/// Focuses the line that `line` is in.
fn focus_outside(line: &Element) {
    let outside = line.parent_element().and_then(|it| it.closest(ITEM).ok().flatten());
    focus(outside);
}

/// Focuses the first line inside `line`.
fn focus_inside(line: &Element) {
    focus(line.query_selector(ITEM).ok().flatten());
}

fn focus(line: Option<Element>) {
    if let Some(line) = line.and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
        let _ = line.focus();
    }
}

/// The keys of a line that opens: arrows open, close and go in and out, Enter turns it.
fn at_group(event: &KeyboardEvent, is_open: bool, turn: impl FnOnce()) {
    let Some(line) = own_line(event) else { return };
    match (event.key().as_str(), is_open) {
        ("ArrowRight", true) => focus_inside(&line),
        ("ArrowLeft", false) => focus_outside(&line),
        ("ArrowRight", false) | ("ArrowLeft", true) | ("Enter" | " ", _) => turn(),
        _ => return,
    }
    event.prevent_default();
    event.stop_propagation();
}

/// The keys of a line without anything inside: Enter does `act`, the left arrow goes out.
fn at_leaf(event: &KeyboardEvent, act: impl FnOnce()) {
    let Some(line) = own_line(event) else { return };
    match event.key().as_str() {
        "Enter" | " " => act(),
        "ArrowLeft" => focus_outside(&line),
        // There is nothing to open.
        "ArrowRight" => {}
        _ => return,
    }
    event.prevent_default();
    event.stop_propagation();
}

/// A step with what it gives.
#[component]
fn Branch(source: Source, stop: &'static str, tree: Tree) -> impl IntoView {
    let step = StoredValue::new(source.step);
    let is_open = move || tree.is_open(&step.get_value(), true);
    let turn = move || tree.turn(&step.get_value());
    let picks = StoredValue::new(source.picks);
    let values = move || picks.get_value().into_iter().map(|it| line(it, tree)).collect_view();
    let untried = !source.is_tried;
    view! {
        <li id=branch_id(&step.get_value()) role="treeitem" tabindex=stop aria-selected="false"
            aria-expanded=move || is_open().to_string()
            on:keydown=move |event| at_group(&event, untrack(is_open), turn)>
            <div class="tree__row" on:click=move |_| turn()>
                <Icon name="chev-right" class="icon--sm tw" />
                <PieceTile look=Signal::stored(source.look) size="tile--xs" />
                <span class="med trunc">{format!("{}. {}", source.number, source.title)}</span>
            </div>
            <Show when=is_open>
                <ul role="group">{untried.then(|| view! { <Untried step=step /> })} {values()}</ul>
            </Show>
        </li>
    }
}

/// A value, or a group of them.
fn line(value: Pick, tree: Tree) -> AnyView {
    if value.inside.is_empty() {
        view! { <Leaf value=value tree=tree /> }.into_any()
    } else {
        view! { <Group value=value tree=tree /> }.into_any()
    }
}

/// Values inside a value. What a request or a form brought is open at first.
#[component]
fn Group(value: Pick, tree: Tree) -> impl IntoView {
    let key = StoredValue::new(value.expression);
    let first = key.with_value(|it| it == "{{trigger.body}}");
    let is_open = move || tree.is_open(&key.get_value(), first);
    let turn = move || tree.turn(&key.get_value());
    let inside = StoredValue::new(value.inside);
    let values = move || inside.get_value().into_iter().map(|it| line(it, tree)).collect_view();
    view! {
        <li role="treeitem" tabindex="-1" aria-selected="false" aria-expanded=move || is_open().to_string()
            on:keydown=move |event| at_group(&event, untrack(is_open), turn)>
            <div class="tree__row" on:click=move |_| turn()>
                <Icon name="chev-right" class="icon--sm tw" />
                <span class="trunc">{value.label}</span>
                <span class="smp">{value.sample}</span>
            </div>
            <Show when=is_open><ul role="group">{values()}</ul></Show>
        </li>
    }
}

/// A value to insert.
#[component]
fn Leaf(value: Pick, tree: Tree) -> impl IntoView {
    let expression = StoredValue::new(value.expression);
    let take = move || tree.pick.run(expression.get_value());
    view! {
        <li role="treeitem" tabindex="-1" aria-selected="false" on:keydown=move |event| at_leaf(&event, take)>
            <div class="tree__row" title=expression.get_value() on:click=move |_| take()>
                <Icon name=value.kind.icon() class="icon--sm" />
                <span class="trunc">{value.label}</span>
                <span class="smp">{value.sample}</span>
            </div>
        </li>
    }
}

/// The way to a step's values where there are none yet: tried here, or on its own page where it changes something.
#[component]
fn Untried(step: StoredValue<String>) -> impl IntoView {
    let (samples, tries) = (use_samples(), use_tries());
    let way = Memo::new(move |_| tries.way(&step.get_value()));
    let is_busy = move || tries.busy.with(|it| *it == Some(step.get_value()));
    let is_own = move |it: &String| *it == step.get_value();
    let words = move || match way.get() {
        _ if is_busy() => "Testing this step",
        Way::Here(_) => "Test this step to see its values",
        Way::There(it) if it == "trigger" => "Open the trigger's test to see its values",
        Way::There(it) if is_own(&it) => "This step changes something. Open its test",
        Way::There(_) => "A step before it has to be tested first. Open its test",
    };
    let wrong = move || {
        let failed = tries.failed.get()?;
        let mine = way.with(|it| match it {
            Way::Here(steps) => steps.contains(&failed.0),
            Way::There(_) => false,
        });
        mine.then(|| view! { <p class="xs bad values__wrong" role="alert">{failed.1}</p> })
    };
    let act = move || match way.get_untracked() {
        Way::Here(_) => tries.see(&step.get_value()),
        Way::There(step) => {
            browser::hide_popover("values");
            samples.open_test(&step);
        }
    };
    view! {
        <li role="treeitem" tabindex="-1" aria-selected="false" aria-busy=move || is_busy().then_some("true")
            on:keydown=move |event| at_leaf(&event, act)>
            <div class="tree__row" on:click=move |_| act()>
                <Icon name="play" class="icon--sm" />
                <span>{words}</span>
            </div>
            {wrong}
        </li>
    }
}
