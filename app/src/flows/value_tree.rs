//! The values of earlier steps as a tree: arrows move and open, Enter inserts.

use super::earlier::Pick;
use super::samples::use_samples;
use super::tile::PieceTile;
use super::values::Source;
use crate::ui::browser;
use crate::ui::icon::Icon;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use std::collections::BTreeSet;

/// What can have the focus in the tree.
const ITEM: &str = "[role=treeitem]";

/// Id of a step in the tree.
pub(super) fn branch_id(step: &str) -> String {
    format!("value-of-{step}")
}

/// The tree.
#[component]
pub fn ValueTree(
    /// The steps, the nearest first.
    sources: Memo<Vec<Source>>,
    /// Called with the expression of the value that is taken.
    pick: Callback<String>,
) -> impl IntoView {
    let folded = RwSignal::new(BTreeSet::new());
    let branch = move |(at, source): (usize, Source)| {
        let stop = if at == 0 { "0" } else { "-1" };
        view! { <Branch source=source stop=stop folded=folded pick=pick /> }
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

/// A step with what it gives.
#[component]
fn Branch(
    source: Source,
    stop: &'static str,
    folded: RwSignal<BTreeSet<String>>,
    pick: Callback<String>,
) -> impl IntoView {
    let step = StoredValue::new(source.step);
    let is_open = move || folded.with(|it| !it.contains(&step.get_value()));
    let open = move |opens: bool| {
        folded.update(|it| {
            if opens {
                it.remove(&step.get_value())
            } else {
                it.insert(step.get_value())
            };
        });
    };
    let keydown = move |event: KeyboardEvent| {
        let (is_open, is_own) = (untrack(is_open), event.target() == event.current_target());
        match event.key().as_str() {
            _ if !is_own => return,
            "ArrowRight" if !is_open => open(true),
            "ArrowLeft" => open(false),
            "Enter" | " " => open(!is_open),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    let picks = StoredValue::new(source.picks);
    let values = move || {
        let value = move |it: Pick| view! { <Leaf value=it step=step pick=pick /> };
        picks.get_value().into_iter().map(value).collect_view()
    };
    let untested = picks.with_value(Vec::is_empty);
    view! {
        <li id=branch_id(&step.get_value()) role="treeitem" tabindex=stop aria-selected="false"
            aria-expanded=move || is_open().to_string() on:keydown=keydown>
            <div class="tree__row" on:click=move |_| open(!untrack(is_open))>
                <Icon name="chev-right" class="icon--sm tw" />
                <PieceTile look=Signal::stored(source.look) size="tile--xs" />
                <span class="med">{format!("{}. {}", source.number, source.title)}</span>
            </div>
            <Show when=is_open>
                <ul role="group">{untested.then(|| view! { <Untested step=step /> })} {values()}</ul>
            </Show>
        </li>
    }
}

/// What happens at a line below a step: Enter does `act`, the left arrow goes to the step.
fn at_leaf(event: &KeyboardEvent, step: StoredValue<String>, act: impl FnOnce()) {
    match event.key().as_str() {
        "Enter" | " " => act(),
        "ArrowLeft" => browser::focus(&branch_id(&step.get_value())),
        // There is nothing to open.
        "ArrowRight" => {}
        _ => return,
    }
    event.prevent_default();
    event.stop_propagation();
}

/// A value of a step.
#[component]
fn Leaf(value: Pick, step: StoredValue<String>, pick: Callback<String>) -> impl IntoView {
    let expression = StoredValue::new(value.expression);
    let take = move || pick.run(expression.get_value());
    view! {
        <li role="treeitem" tabindex="-1" aria-selected="false" on:keydown=move |event| at_leaf(&event, step, take)>
            <div class="tree__row" title=expression.get_value() on:click=move |_| take()>
                <Icon name="text" class="icon--sm" />
                <span>{value.label}</span>
                <span class="smp">{value.sample}</span>
            </div>
        </li>
    }
}

/// The way to a step's values where there are none yet.
#[component]
fn Untested(step: StoredValue<String>) -> impl IntoView {
    let samples = use_samples();
    let test = move || {
        browser::hide_popover("values");
        samples.open_test(&step.get_value());
    };
    view! {
        <li role="treeitem" tabindex="-1" aria-selected="false" on:keydown=move |event| at_leaf(&event, step, test)>
            <div class="tree__row" on:click=move |_| test()>
                <Icon name="play" class="icon--sm" />
                <span>"Test this step to see its values"</span>
            </div>
        </li>
    }
}
