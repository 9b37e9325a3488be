//! Values of earlier steps, to choose from.

use super::cards::{Card, Look};
use super::earlier::{Part, parts, reading};
use super::fits::{Pick, Wants, fitting, found, leaves};
use super::given::picks;
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
    /// Something is known of what it gives.
    pub is_tried: bool,
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
            is_tried: !known.is_empty(),
            picks: known,
        })
    };
    before.iter().rev().filter_map(source).collect()
}

/// Values that the flow already uses are known, even before the first run.
fn add_used(card: &Card, used: &[String], known: &mut Vec<Pick>) {
    for inside in used.iter().filter(|it| reading(it).0 == card.name) {
        let expression = format!("{{{{{inside}}}}}");
        if leaves(known).iter().all(|it| it.expression != expression) {
            known.insert(0, Pick::used(expression, reading(inside).1));
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

/// Values of earlier steps that a choice can hold, as entries of its list, each with where it comes from.
pub fn entries_of_earlier(studio: Studio, step: &str, wants: Wants) -> Vec<Entry> {
    let of = |source: Source| {
        let entry = |it: &Pick| Entry {
            value: Value::from(it.expression.clone()).to_string(),
            label: format!("{} {}", source.number, it.path()),
            note: if it.whose.is_empty() { it.sample.clone() } else { it.whose.clone() },
        };
        leaves(&fitting(&source.picks, wants)).into_iter().map(entry).collect::<Vec<_>>()
    };
    sources(studio, step).into_iter().flat_map(of).collect()
}

/// Opens the values of earlier steps for a text; not there while no earlier step gives any.
#[component]
pub fn InsertButton(
    /// The text they go into.
    writing: Writing,
) -> impl IntoView {
    let label = move || format!("Insert a value into {}", writing.label.get_value());
    // A field that goes away takes its question with it.
    on_cleanup(move || {
        let inserting = writing.studio.inserting;
        let is_own = |it: &Option<Writing>| it.as_ref().is_some_and(|it| it.id == writing.id);
        if inserting.try_with_untracked(is_own) == Some(true) {
            inserting.try_set(None);
        }
    });
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

/// What is offered to the text that asks: what fits it, or whatever is called what is typed.
fn offered(studio: Studio, search: &str) -> Vec<Source> {
    // The field that asked may be gone, with what it kept.
    let Some(asked) = studio.inserting.get() else { return Vec::new() };
    let Some(step) = asked.step.try_get_value() else { return Vec::new() };
    let wanted = search.trim().to_lowercase();
    let mut all = sources(studio, &step);
    for it in &mut all {
        it.picks = if wanted.is_empty() {
            fitting(&it.picks, asked.wants)
        } else {
            found(&it.picks, &wanted)
        };
    }
    // One that was not tried asks for it, unless something is searched for.
    all.retain(|it| !it.picks.is_empty() || (wanted.is_empty() && !it.is_tried));
    all
}

/// The values of earlier steps, for the text that asked.
#[component]
pub fn ValuesPopover(
    /// The open flow.
    studio: Studio,
) -> impl IntoView {
    let search = RwSignal::new(String::new());
    let sources = Memo::new(move |_| offered(studio, &search.read()));
    Effect::new(move |_| {
        studio.inserting.track();
        search.set(String::new());
    });
    let pick = Callback::new(move |expression: String| {
        let asked = studio.inserting.get_untracked();
        if let Some(writing) = asked.filter(|it| it.step.try_get_value().is_some()) {
            writing.insert(&expression);
            browser::hide_popover("values");
        }
    });
    view! {
        <div class="popover values" id="values" popover="auto" role="dialog" aria-label="Insert a value">
            <ValueSearch search=search sources=sources pick=pick />
            <ValueTree sources=sources search=search pick=pick />
            <Show when=move || sources.with(Vec::is_empty)>
                <p class="sm muted values__none" role="status">{move || nothing(studio, &search.read())}</p>
            </Show>
            <div class="values__foot xs quiet">
                "Samples of what each step gave last"
                <span class="push row"><Keys keys=&["↵"] />" insert"</span>
            </div>
        </div>
    }
}

/// Why nothing is offered, and what to do.
fn nothing(studio: Studio, search: &str) -> String {
    if !search.trim().is_empty() {
        return "Nothing found. Try fewer letters.".to_owned();
    }
    match studio.inserting.get().map(|it| it.wants).unwrap_or_default() {
        Wants::Anything => "No step before this one gives anything yet.".to_owned(),
        wants => format!(
            "No step before this one gives {}. Search to choose from all values.",
            wants.words()
        ),
    }
}

/// What is typed. The arrows go on into the tree, and Enter takes what was found first.
#[component]
fn ValueSearch(
    search: RwSignal<String>,
    sources: Memo<Vec<Source>>,
    pick: Callback<String>,
) -> impl IntoView {
    let first_value = |all: &Vec<Source>| {
        all.iter().find_map(|it| Some(leaves(&it.picks).first()?.expression.clone()))
    };
    let keydown = move |event: KeyboardEvent| {
        let first = sources.with_untracked(|it| it.first().map(|it| branch_id(&it.step)));
        match (event.key().as_str(), first) {
            ("ArrowDown", Some(first)) => browser::focus(&first),
            ("Enter", Some(_)) => {
                // Without a word nobody has said which one.
                let is_asked = search.with_untracked(|it| !it.trim().is_empty());
                if let Some(value) = sources.with_untracked(first_value).filter(|_| is_asked) {
                    pick.run(value);
                }
            }
            _ => return,
        }
        event.prevent_default();
    };
    view! {
        <div class="values__head">
            <div class="input-wrap">
                <Icon name="search" />
                <input
                    class="input"
                    type="search"
                    autofocus
                    placeholder="Search all values"
                    aria-label="Search values"
                    prop:value=move || search.get()
                    on:input=move |event| search.set(event_target_value(&event))
                    on:keydown=keydown
                />
            </div>
        </div>
    }
}
