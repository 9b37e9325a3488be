//! What went into a step and what came out: as lines, or as JSON.

use super::readable::{Fact, facts, given};
use crate::ui::code::Code;
use leptos::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;

/// How values are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shown {
    /// As lines with names.
    #[default]
    Readable,
    /// As they are.
    Json,
}

/// One value with its heading.
#[component]
pub fn Values(
    /// "Going in", "Coming out".
    label: &'static str,
    /// The value.
    value: Value,
    /// What a step was given: what its ids stand for, by the dotted path of the input. None for what it gave.
    #[prop(optional)]
    names: Option<BTreeMap<String, String>>,
    /// How it is shown.
    #[prop(into)]
    shown: Signal<Shown>,
) -> impl IntoView {
    let lines = names.map_or_else(|| facts(&value), |names| given(&value, &names));
    let (value, lines) = (StoredValue::new(value), StoredValue::new(lines));
    move || match shown.get() {
        Shown::Json => {
            let text = value.with_value(|it| serde_json::to_string_pretty(it).unwrap_or_default());
            view! { <Code label=label text=text /> }.into_any()
        }
        Shown::Readable => {
            let line = |it: Fact| view! { <dt>{it.label}</dt> <dd>{it.text}</dd> };
            let lines = lines.get_value();
            let list = match lines.is_empty() {
                true => view! { <p class="sm quiet">"Nothing"</p> }.into_any(),
                false => {
                    view! { <dl class="facts facts--tight">{lines.into_iter().map(line).collect_view()}</dl> }
                        .into_any()
                }
            };
            view! {
                <div class="stack">
                    <h3>{label}</h3>
                    {list}
                </div>
            }
            .into_any()
        }
    }
}

/// What the code of a step wrote with `console`; nothing when it wrote nothing.
#[component]
pub fn Logged(
    /// Line by line.
    lines: Vec<String>,
) -> impl IntoView {
    let text = lines.join("\n");
    (!lines.is_empty()).then(|| view! { <Code label="What it logged" text=text /> })
}

/// Both sides of a step, side by side where there is room.
#[component]
pub fn InOut(
    /// What went in.
    input: Value,
    /// What ids of it stand for, by the dotted path of the input.
    #[prop(optional)]
    names: BTreeMap<String, String>,
    /// What came out; nothing yet.
    output: Option<Value>,
    /// What the output is called.
    #[prop(default = "Coming out")]
    out: &'static str,
    /// How they are shown.
    #[prop(into)]
    shown: Signal<Shown>,
) -> impl IntoView {
    view! {
        <Values label="Going in" value=input names=names shown=shown />
        {output.map(|it| view! { <Values label=out value=it shown=shown /> })}
    }
}
