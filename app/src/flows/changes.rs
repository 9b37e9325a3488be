//! What is different between two versions, as a list.

use super::cards::readable;
use super::store::Studio;
use crate::runs::readable::plain;
use crate::ui::icon::Icon;
use domain::flow::compare::{ChangeKind, Comparison, FieldChange, StepChange};
use leptos::prelude::*;
use serde_json::Value;

/// The changes from one version to another: steps that came, changed and went, and their fields.
#[component]
pub fn ChangeList(
    /// The open flow, for the numbers of its steps.
    studio: Studio,
    /// What is different.
    comparison: Comparison,
) -> impl IntoView {
    let Comparison { renamed, steps, notes } = comparison;
    let is_empty = renamed.is_none() && steps.is_empty() && !notes;
    let renamed = renamed.map(|(from, to)| {
        view! { <li><Icon name="edit" /><span>"Renamed from " <b>{from}</b> " to " <b>{to}</b></span></li> }
    });
    let notes =
        notes.then(|| view! { <li><Icon name="edit" /><span>"Changed the notes"</span></li> });
    let steps =
        steps.into_iter().map(|it| view! { <Changed studio=studio change=it /> }).collect_view();
    view! {
        <ul class="changes" aria-label="Changes">{renamed} {steps} {notes}</ul>
        {is_empty.then(|| view! { <p class="sm muted">"Nothing is different."</p> })}
    }
}

#[component]
fn Changed(studio: Studio, change: StepChange) -> impl IntoView {
    let (icon, word) = match (change.kind, change.fields.is_empty()) {
        (ChangeKind::Added, _) => ("plus", "Added"),
        (ChangeKind::Removed, _) => ("trash", "Removed"),
        (ChangeKind::Changed, true) => ("arrow-down", "Moved"),
        (ChangeKind::Changed, false) => ("edit", "Changed"),
    };
    let labels: Vec<_> = change.fields.iter().map(|it| it.label.to_lowercase()).collect();
    let labels = (!labels.is_empty()).then(|| format!(": {}", labels.join(", ")));
    let moved = (change.moved && !change.fields.is_empty()).then_some(", and it stands elsewhere");
    let lines = change
        .fields
        .into_iter()
        .map(|it| view! { <Lines studio=studio field=it /> })
        .collect_view();
    view! {
        <li>
            <Icon name=icon />
            <div class="fdiff">
                <span>{word} " " <b>{change.title}</b> {labels} {moved}</span>
                {lines}
            </div>
        </li>
    }
}

/// A field before and after.
#[component]
fn Lines(studio: Studio, field: FieldChange) -> impl IntoView {
    let words = move |value: &Value| match value {
        Value::String(text) => readable(text, &studio.numbers()),
        other => plain(other),
    };
    let before = field.before.as_ref().map(words);
    let after = field.after.as_ref().map(words);
    view! {
        {before.map(|it| view! { <p class="diffline" data-op="del"><span>"−"</span><del>{it}</del></p> })}
        {after.map(|it| view! { <p class="diffline" data-op="add"><span>"+"</span><ins>{it}</ins></p> })}
    }
}
