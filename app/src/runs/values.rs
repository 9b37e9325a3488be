//! What went into a step and what came out: as lines, or as JSON.

use super::facts::facts;
use crate::ui::code::Code;
use leptos::prelude::*;
use serde_json::Value;

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
    /// How it is shown.
    #[prop(into)]
    shown: Signal<Shown>,
) -> impl IntoView {
    let value = StoredValue::new(value);
    move || match shown.get() {
        Shown::Json => {
            let text = value.with_value(|it| serde_json::to_string_pretty(it).unwrap_or_default());
            view! { <Code label=label text=text /> }.into_any()
        }
        Shown::Readable => {
            let lines = value.with_value(facts);
            let line = |it: super::facts::Fact| view! { <dt>{it.label}</dt> <dd>{it.text}</dd> };
            view! {
                <div class="stack">
                    <h3>{label}</h3>
                    <dl class="facts facts--tight">{lines.into_iter().map(line).collect_view()}</dl>
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
    /// What came out; nothing yet.
    output: Option<Value>,
    /// How they are shown.
    #[prop(into)]
    shown: Signal<Shown>,
) -> impl IntoView {
    view! {
        <Values label="Going in" value=input shown=shown />
        {output.map(|it| view! { <Values label="Coming out" value=it shown=shown /> })}
    }
}
