//! Fields whose words are kept by the page while they are typed, for forms that a script sends.

use crate::ui::field::{Note, described_by};
use leptos::prelude::*;

/// One line: text, a day, a time of day or a secret.
#[component]
pub fn Line(
    /// Unique on the page.
    #[prop(into)]
    id: String,
    /// The words above.
    #[prop(into)]
    label: String,
    /// `text`, `date`, `time`, `url`, `password`.
    #[prop(default = "text")]
    r#type: &'static str,
    /// What was written.
    value: RwSignal<String>,
    /// Help below.
    #[prop(optional)]
    hint: &'static str,
    /// Shown while empty.
    #[prop(optional)]
    placeholder: &'static str,
    /// Id of a `datalist` with words to choose from; others may be written.
    #[prop(optional)]
    list: Option<&'static str>,
    /// What is wrong.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    let is_ours = list.is_some() || matches!(r#type, "password" | "url");
    view! {
        <div class="field">
            <label class="label" for=id.clone()>{label}</label>
            <input
                class="input"
                id=id.clone()
                type=r#type
                list=list
                autocomplete=is_ours.then_some("off")
                placeholder=(!placeholder.is_empty()).then_some(placeholder)
                prop:value=move || value.get()
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                aria-describedby=described_by(&id, hint, error)
                on:input=move |event| value.set(event_target_value(&event))
            />
            <Note id=id hint=hint error=error />
        </div>
    }
}

/// Several lines of words.
#[component]
pub fn Lines(
    /// Unique on the page.
    #[prop(into)]
    id: String,
    /// The words above.
    #[prop(into)]
    label: String,
    /// What was written.
    value: RwSignal<String>,
    /// Help below.
    #[prop(optional)]
    hint: &'static str,
    /// What is wrong.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    let look = Look { rows: "3", spellcheck: None };
    view! { <Area id=id label=Signal::stored(label) value=value look=look hint=hint error=error /> }
}

/// Data, written as JSON.
#[component]
pub fn JsonLines(
    /// Unique on the page.
    #[prop(into)]
    id: String,
    /// The words above.
    #[prop(into)]
    label: Signal<String>,
    /// What was written.
    value: RwSignal<String>,
    /// What is wrong.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    let look = Look { rows: "6", spellcheck: Some("false") };
    view! { <Area id=id label=label value=value look=look hint="" error=error /> }
}

/// What tells one box for several lines from another.
#[derive(Clone, Copy)]
struct Look {
    rows: &'static str,
    spellcheck: Option<&'static str>,
}

#[component]
fn Area(
    id: String,
    label: Signal<String>,
    value: RwSignal<String>,
    look: Look,
    hint: &'static str,
    error: Signal<Option<String>>,
) -> impl IntoView {
    view! {
        <div class="field">
            <label class="label" for=id.clone()>{label}</label>
            <textarea
                class="textarea"
                id=id.clone()
                rows=look.rows
                spellcheck=look.spellcheck
                prop:value=move || value.get()
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                aria-describedby=described_by(&id, hint, error)
                on:input=move |event| value.set(event_target_value(&event))
            ></textarea>
            <Note id=id hint=hint error=error />
        </div>
    }
}

/// A choice from a few.
#[component]
pub fn Choose<T: Into<String> + 'static>(
    /// Unique on the page.
    id: &'static str,
    /// The words above.
    label: &'static str,
    /// Key and words of each.
    options: Vec<(T, T)>,
    /// The key of the chosen one.
    value: RwSignal<String>,
) -> impl IntoView {
    let own = |(key, words): (T, T)| (key.into(), words.into());
    let options: Vec<(String, String)> = options.into_iter().map(own).collect();
    view! { <Pick id=id label=label options=Signal::stored(options) value=value /> }
}

/// A choice from what is known only later.
#[component]
pub fn Pick(
    /// Unique on the page.
    id: &'static str,
    /// The words above.
    label: &'static str,
    /// Key and words of each.
    #[prop(into)]
    options: Signal<Vec<(String, String)>>,
    /// The key of the chosen one.
    value: RwSignal<String>,
    /// What is wrong.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    let option = move |(key, words): (String, String)| {
        let own = key.clone();
        view! { <option value=key prop:selected=move || value.with(|it| *it == own)>{words}</option> }
    };
    view! {
        <div class="field">
            <label class="label" for=id>{label}</label>
            <select
                class="select"
                id=id
                aria-invalid=move || error.with(Option::is_some).then_some("true")
                aria-describedby=described_by(id, "", error)
                on:change=move |event| value.set(event_target_value(&event))
            >
                {move || options.get().into_iter().map(option).collect_view()}
            </select>
            <Note id=id.to_owned() hint="" error=error />
        </div>
    }
}
