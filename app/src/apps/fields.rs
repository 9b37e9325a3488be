//! The form of an app.

use super::state::Runner;
use crate::ui::field::Note;
use domain::app::input::{Field, FieldType};
use leptos::prelude::*;
use serde_json::{Map, Value};

/// Where an answer is kept: among the inputs or the secrets.
type Answers = RwSignal<Map<String, Value>>;

/// The fields, in order.
#[component]
pub fn Fields(
    /// What is asked.
    fields: Vec<Field>,
    /// Where the answers go.
    answers: Answers,
    /// The page.
    runner: Runner,
) -> impl IntoView {
    let one = move |field: Field| view! { <One field=field answers=answers runner=runner /> };
    view! { {fields.into_iter().map(one).collect_view()} }
}

fn text_of(answers: &Map<String, Value>, name: &str) -> String {
    answers.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

#[component]
fn One(field: Field, answers: Answers, runner: Runner) -> impl IntoView {
    let id = format!("in-{}", field.name);
    let name = StoredValue::new(field.name.clone());
    let error = Signal::derive(move || runner.issue(&name.get_value()));
    let note = view! { <Note id=id.clone() hint="" error=error /> };
    if field.r#type == FieldType::Boolean {
        return view! { <div class="field"><Tick field=field answers=answers /> {note}</div> }
            .into_any();
    }
    let must = field.required.then(|| view! { <span class="quiet">" required"</span> });
    let title = field.title().to_owned();
    view! {
        <div class="field">
            <label class="label" for=id.clone()>{title}{must}</label>
            <Control field=field id=id answers=answers error=error />
            {note}
        </div>
    }
    .into_any()
}

#[component]
fn Tick(field: Field, answers: Answers) -> impl IntoView {
    let name = StoredValue::new(field.name.clone());
    let is_on = move || answers.with(|it| it.get(&name.get_value()) == Some(&Value::Bool(true)));
    let change = move |event| {
        answers.update(|it| drop(it.insert(name.get_value(), event_target_checked(&event).into())));
    };
    view! {
        <label class="check">
            <input type="checkbox" prop:checked=is_on on:change=change />
            {field.title().to_owned()}
        </label>
    }
}

#[component]
fn Control(
    field: Field,
    id: String,
    answers: Answers,
    error: Signal<Option<String>>,
) -> impl IntoView {
    let name = StoredValue::new(field.name.clone());
    let value = move || answers.with(|it| text_of(it, &name.get_value()));
    let typed = move |text: String| {
        answers.update(|it| drop(it.insert(name.get_value(), text.into())));
    };
    let is_wrong = move || error.with(Option::is_some).then_some("true");
    let described =
        move || error.with(Option::is_some).then(|| format!("in-{}-note", name.get_value()));
    let hint = (!field.placeholder.is_empty()).then_some(field.placeholder.clone());
    match field.r#type {
        FieldType::Textarea => view! {
            <textarea class="textarea" id=id rows="4" placeholder=hint prop:value=value aria-invalid=is_wrong
                aria-describedby=described on:input=move |event| typed(event_target_value(&event))></textarea>
        }
        .into_any(),
        FieldType::Select => view! {
            <select class="select" id=id prop:value=value aria-invalid=is_wrong aria-describedby=described
                on:change=move |event| typed(event_target_value(&event))>
                <option value="">"Choose"</option>
                {field.options.into_iter().map(|it| view! { <option value=it.value>{it.label}</option> }).collect_view()}
            </select>
        }
        .into_any(),
        other => view! {
            <input class="input" id=id type=if other == FieldType::Password { "password" } else { "text" }
                inputmode=(other == FieldType::Number).then_some("decimal")
                autocomplete=(other == FieldType::Password).then_some("off")
                placeholder=hint prop:value=value aria-invalid=is_wrong aria-describedby=described
                on:input=move |event| typed(event_target_value(&event)) />
        }
        .into_any(),
    }
}
