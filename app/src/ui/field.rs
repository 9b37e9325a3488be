//! Fields: label above, help below; an error replaces the help and names the fix.

use crate::ui::icon::Icon;
use leptos::prelude::*;

/// What stands below a field, and how the control points to it.
fn note_id(id: &str) -> String {
    format!("{id}-note")
}

/// The help of a field, or its error.
#[component]
pub(crate) fn Note(id: String, hint: &'static str, error: Signal<Option<String>>) -> impl IntoView {
    move || {
        match error.get() {
        Some(message) => {
            view! { <p class="error" id=note_id(&id) role="alert"><Icon name="alert" />{message}</p> }.into_any()
        }
        None if hint.is_empty() => ().into_any(),
        None => view! { <p class="hint" id=note_id(&id)>{hint}</p> }.into_any(),
    }
    }
}

/// Id of the note below the field called `id` while there is one.
pub(crate) fn described_by(
    id: &str,
    hint: &'static str,
    error: Signal<Option<String>>,
) -> impl Fn() -> Option<String> + use<> {
    let note = note_id(id);
    move || (error.with(Option::is_some) || !hint.is_empty()).then(|| note.clone())
}

/// One line of text: `text`, `email`, `search`, `date`, `number`.
#[component]
pub fn TextField(
    /// The words above.
    #[prop(into)]
    label: String,
    /// Name in the form; also its id, so it is unique on the page.
    name: &'static str,
    /// What kind of text.
    #[prop(default = "text")]
    r#type: &'static str,
    /// What it starts with.
    #[prop(optional, into)]
    value: Signal<String>,
    /// Help below.
    #[prop(optional)]
    hint: &'static str,
    /// Shown while empty.
    #[prop(optional)]
    placeholder: &'static str,
    /// What the browser may fill in.
    #[prop(optional)]
    autocomplete: &'static str,
    /// Larger, for pages that are one form.
    #[prop(optional)]
    large: bool,
    /// Must be filled in.
    #[prop(optional)]
    required: bool,
    /// What is wrong.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    view! {
        <div class="field">
            <label class="label" for=name>{label}</label>
            <input
                class=if large { "input input--lg" } else { "input" }
                id=name
                name=name
                type=r#type
                value=move || value.get()
                placeholder=(!placeholder.is_empty()).then_some(placeholder)
                autocomplete=(!autocomplete.is_empty()).then_some(autocomplete)
                required=required
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                aria-describedby=described_by(name, hint, error)
            />
            <Note id=name.to_owned() hint=hint error=error />
        </div>
    }
}

/// A password, which can be shown.
#[component]
pub fn PasswordField(
    /// The words above.
    #[prop(into)]
    label: String,
    /// Name in the form; also its id.
    name: &'static str,
    /// `current-password` or `new-password`.
    autocomplete: &'static str,
    /// Help below.
    #[prop(optional)]
    hint: &'static str,
    /// Larger, for pages that are one form.
    #[prop(optional)]
    large: bool,
    /// Whether the form needs it.
    #[prop(default = true)]
    required: bool,
    /// What is wrong.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    let shown = RwSignal::new(false);
    view! {
        <div class="field">
            <label class="label" for=name>{label}</label>
            <div class="input-wrap">
                <input
                    class=if large { "input input--lg" } else { "input" }
                    id=name
                    name=name
                    type=move || if shown.get() { "text" } else { "password" }
                    autocomplete=autocomplete
                    required=required
                    aria-invalid=move || error.with(Option::is_some).then_some("true")
                    aria-describedby=described_by(name, hint, error)
                />
                <span class="after">
                    <button
                        type="button"
                        class="icon-btn icon-btn--sm"
                        aria-label="Show password"
                        aria-pressed=move || shown.get().to_string()
                        on:click=move |_| shown.update(|it| *it = !*it)
                    >
                        <Icon name=Signal::derive(move || if shown.get() { "eye-off" } else { "eye" }) />
                    </button>
                </span>
            </div>
            <Note id=name.to_owned() hint=hint error=error />
        </div>
    }
}

/// Several lines of text.
#[component]
pub fn TextArea(
    /// The words above.
    #[prop(into)]
    label: String,
    /// Name in the form; also its id.
    name: &'static str,
    /// What it starts with.
    #[prop(optional, into)]
    value: Signal<String>,
    /// Help below.
    #[prop(optional)]
    hint: &'static str,
    /// What is wrong.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    view! {
        <div class="field">
            <label class="label" for=name>{label}</label>
            <textarea
                class="textarea"
                id=name
                name=name
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                aria-describedby=described_by(name, hint, error)
            >
                {value.get_untracked()}
            </textarea>
            <Note id=name.to_owned() hint=hint error=error />
        </div>
    }
}

/// A choice from a short list: value and words of each option.
#[component]
pub fn SelectField(
    /// The words above.
    #[prop(into)]
    label: String,
    /// Name in the form; also its id.
    name: &'static str,
    /// Value and words.
    #[prop(into)]
    options: Signal<Vec<(String, String)>>,
    /// The value it starts with.
    #[prop(optional, into)]
    value: Signal<String>,
    /// Help below.
    #[prop(optional)]
    hint: &'static str,
    /// Larger, for pages that are one form.
    #[prop(optional)]
    large: bool,
    /// What is wrong.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    let options = move || {
        let chosen = value.get();
        let option = |(key, words): (String, String)| {
            let selected = key == chosen;
            view! { <option value=key selected=selected>{words}</option> }
        };
        options.get().into_iter().map(option).collect_view()
    };
    view! {
        <div class="field">
            <label class="label" for=name>{label}</label>
            <select
                class=if large { "select select--lg" } else { "select" }
                id=name
                name=name
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                aria-describedby=described_by(name, hint, error)
            >
                {options}
            </select>
            <Note id=name.to_owned() hint=hint error=error />
        </div>
    }
}
