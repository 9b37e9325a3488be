//! Settings of loops.

use super::fits::Wants;
use super::store::Studio;
use super::text::{TextControl, Writing};
use super::values::InsertButton;
use crate::ui::icon::Icon;
use domain::flow::{ActionKind, tree};
use leptos::prelude::*;

/// The list that a loop goes through.
#[component]
pub fn LoopPanel(
    /// The open flow.
    studio: Studio,
    /// The loop.
    step: String,
) -> impl IntoView {
    let key = StoredValue::new(step.clone());
    let id = format!("f-{step}-items");
    let items = Memo::new(move |_| {
        studio
            .flow
            .with(|it| match &tree::find(&it.version.trigger, &key.get_value())?.kind {
                ActionKind::Loop(it) => Some(it.items.clone()),
                _ => None,
            })
            .unwrap_or_default()
    });
    let field = id.clone();
    let store = Callback::new(move |text: String| {
        studio.change_action(&key.get_value(), Some(&field), |action| {
            if let ActionKind::Loop(it) = &mut action.kind {
                it.items = text;
            }
        });
    });
    let error_id = id.clone();
    let error = Signal::derive(move || studio.error_at(&key.get_value(), &error_id, "items"));
    let writing = Writing::new(studio, (&step, id.clone()), "Repeat for each of", items, store)
        .of_kind(super::text::TextKind::Line, error)
        .wanting(Wants::List);
    view! {
        <div class="field">
            <div class="label">
                <label for=id>"Repeat for each of"</label>
                <InsertButton writing=writing />
            </div>
            <TextControl writing=writing />
            {move || error.get().map(|it| view! { <p class="error" role="alert"><Icon name="alert" />{it}</p> })}
            <p class="hint">"Choose a list from an earlier step. The steps inside run once for every item."</p>
        </div>
    }
}
