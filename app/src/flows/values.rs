//! Values of earlier steps, to choose from.

use super::cards::{Card, Look, readable};
use super::earlier::{Part, Pick, parts, picks, reading};
use super::store::Studio;
use super::text::Writing;
use super::value_tree::{ValueTree, branch_id};
use crate::ui::browser;
use crate::ui::combobox::Entry;
use crate::ui::icon::Icon;
use crate::ui::keys::Keys;
use domain::flow::catalog::WEBHOOK;
use domain::flow::{FlowVersion, TriggerKind, tree};
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use serde_json::{Value, json};

/// A step whose values can be used.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// Its name.
    pub step: String,
    /// Where it comes in reading order.
    pub number: usize,
    /// What people read for it.
    pub title: String,
    /// Its tile.
    pub look: Look,
    /// What it gives; none before it was tested.
    pub picks: Vec<Pick>,
}

/// The steps that ran before `step`, the nearest first, each with what it is known to give.
fn sources(studio: Studio, step: &str) -> Vec<Source> {
    let before =
        studio.flow.with(|it| tree::visible(&it.version.trigger, step)).unwrap_or_default();
    let used = studio.flow.with(|it| expressions(&it.version));
    let source = |name: &String| {
        let card = studio.cards.with(|all| all.iter().find(|it| it.name == *name).cloned())?;
        let sample =
            studio.samples.with(|all| all.get(name).cloned()).or_else(|| usual(studio, name));
        let mut known = sample.map(|it| picks(name, &it)).unwrap_or_default();
        add_used(&card, &used, &mut known);
        Some(Source {
            step: card.name,
            number: card.number,
            title: card.title,
            look: card.look,
            picks: known,
        })
    };
    before.iter().rev().filter_map(source).collect()
}

/// Values that the flow already uses are known, even before the first run.
fn add_used(card: &Card, used: &[String], known: &mut Vec<Pick>) {
    for inside in used.iter().filter(|it| reading(it).0 == card.name) {
        let expression = format!("{{{{{inside}}}}}");
        if known.iter().all(|it| it.expression != expression) {
            known.insert(0, Pick { expression, label: reading(inside).1, sample: String::new() });
        }
    }
}

/// Every expression in the flow, each once.
pub fn expressions(version: &FlowVersion) -> Vec<String> {
    let mut found = Vec::new();
    if let Ok(tree) = serde_json::to_value(&version.trigger) {
        collect(&tree, &mut found);
    }
    found
}

fn collect(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => {
            for part in parts(text) {
                if let Part::Value(inside) = part
                    && !found.contains(&inside)
                {
                    found.push(inside);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|it| collect(it, found)),
        Value::Object(map) => map.values().for_each(|it| collect(it, found)),
        _ => {}
    }
}

/// What a step gives before it ever ran.
fn usual(studio: Studio, name: &str) -> Option<Value> {
    studio.flow.with(|flow| {
        let trigger = &flow.version.trigger;
        if trigger.name == name {
            let TriggerKind::Piece(settings) = &trigger.kind else { return None };
            return (settings.piece_name == WEBHOOK).then(
                || json!({"body": null, "queryParams": null, "headers": null, "method": "POST"}),
            );
        }
        let action = tree::find(trigger, name)?;
        matches!(action.kind, domain::flow::ActionKind::Loop(_))
            .then(|| json!({"item": null, "index": 1}))
    })
}

/// Values of earlier steps as entries of a list of choices.
pub fn entries_of_earlier(studio: Studio, step: &str) -> Vec<Entry> {
    let numbers = studio.numbers();
    let entry = |it: Pick| Entry {
        value: Value::from(it.expression.clone()).to_string(),
        label: readable(&it.expression, &numbers),
        note: it.sample,
    };
    sources(studio, step).into_iter().flat_map(|it| it.picks).map(entry).collect()
}

/// Opens the values of earlier steps for a text; not there while no earlier step gives any.
#[component]
pub fn InsertButton(
    /// The text they go into.
    writing: Writing,
) -> impl IntoView {
    let label = move || format!("Insert a value into {}", writing.label.get_value());
    view! {
        <button
            type="button"
            class="insert"
            aria-label=label
            aria-haspopup="dialog"
            popovertarget="values"
            on:click=move |_| writing.studio.inserting.set(Some(writing))
        >
            <Icon name="plus" />
            "Insert"
        </button>
    }
}

/// The values of earlier steps, for the text that asked.
#[component]
pub fn ValuesPopover(
    /// The open flow.
    studio: Studio,
) -> impl IntoView {
    let search = RwSignal::new(String::new());
    let found = Memo::new(move |_| {
        // The field that asked may be gone, with what it kept.
        let asked = studio.inserting.get().and_then(|it| it.step.try_get_value());
        let step = asked.unwrap_or_default();
        let wanted = search.get().trim().to_lowercase();
        let fits =
            |it: &Pick| format!("{} {}", it.label, it.sample).to_lowercase().contains(&wanted);
        let mut all = sources(studio, &step);
        all.iter_mut().for_each(|it| it.picks.retain(fits));
        // One without values asks to be tested, unless something is searched for.
        all.retain(|it| wanted.is_empty() || !it.picks.is_empty());
        all
    });
    let pick = Callback::new(move |expression: String| {
        let asked = studio.inserting.get_untracked();
        if let Some(writing) = asked.filter(|it| it.step.try_get_value().is_some()) {
            writing.insert(&expression);
            browser::hide_popover("values");
        }
    });
    // From the search the arrows go on into the tree, and Enter takes what was found first.
    let keydown = move |event: KeyboardEvent| {
        let first = found.with_untracked(|it| it.first().map(|it| branch_id(&it.step)));
        match (event.key().as_str(), first) {
            ("ArrowDown", Some(first)) => browser::focus(&first),
            ("Enter", Some(_)) => {
                let value = |it: &Vec<Source>| it.iter().find_map(|it| it.picks.first().cloned());
                if let Some(value) = found.with_untracked(value) {
                    pick.run(value.expression);
                }
            }
            _ => return,
        }
        event.prevent_default();
    };
    view! {
        <div class="popover values" id="values" popover="auto" role="dialog" aria-label="Insert a value">
            <div class="values__head">
                <div class="input-wrap">
                    <Icon name="search" />
                    <input
                        class="input"
                        type="search"
                        autofocus
                        placeholder="Search values"
                        aria-label="Search values"
                        prop:value=move || search.get()
                        on:input=move |event| search.set(event_target_value(&event))
                        on:keydown=keydown
                    />
                </div>
            </div>
            <ValueTree sources=found pick=pick />
            <Show when=move || found.with(Vec::is_empty)>
                <p class="sm muted" style="padding: 0.75rem">"Nothing found. Values appear here when a step before this one was tested."</p>
            </Show>
            <div class="values__foot xs quiet">
                "Samples of what each step gave last"
                <span class="push row"><Keys keys=&["↵"] />" insert"</span>
            </div>
        </div>
    }
}
