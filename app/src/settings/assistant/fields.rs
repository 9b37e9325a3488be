//! The fields of a provider: its key, its model, its address and its prices.

use crate::settings::assistant::provider::{ProviderState, Started};
use crate::ui::button::Button;
use crate::ui::disclosure::Disclosure;
use crate::ui::form::FormProblems;
use crate::ui::icon::Icon;
use domain::assistant::{KeyScope, ModelKey, title_of};
use leptos::prelude::*;

/// The key: written, never read back.
#[component]
pub(crate) fn SecretField(
    /// Whose key.
    provider: String,
    /// What is stored.
    key: Option<ModelKey>,
    /// What is being chosen.
    state: ProviderState,
) -> impl IntoView {
    let id = field_id(state.scope, "key");
    let stored = key.filter(|it| it.has_secret);
    let hint = match &stored {
        Some(it) if it.last4.is_empty() => {
            "A key is stored. Leave this empty to keep it.".to_owned()
        }
        Some(it) => format!("The stored key ends in …{}. Leave this empty to keep it.", it.last4),
        None => "Stored encrypted, and never shown again.".to_owned(),
    };
    let wrong = wrong(state, "apiKey");
    let note = format!("{id}-note");
    let placeholder = if stored.is_some() { "••••••••••••" } else { "" };
    view! {
        <div class="field">
            <label class="label" for=id.clone()>{format!("{} API key", title_of(&provider))}</label>
            <input class="input" type="password" id=id autocomplete="off" placeholder=placeholder
                prop:value=move || state.key.get() on:input=move |event| state.key.set(event_target_value(&event))
                aria-invalid=move || wrong.get().is_some().then_some("true") aria-describedby=note.clone() />
            <FieldNote id=note hint=hint wrong=wrong />
        </div>
    }
}

/// What stands below a field of this form.
#[component]
fn FieldNote(id: String, hint: String, wrong: Signal<Option<String>>) -> impl IntoView {
    move || match wrong.get() {
        Some(words) => {
            view! { <p class="error" id=id.clone() role="alert"><Icon name="alert" />{words}</p> }
                .into_any()
        }
        None => view! { <p class="hint" id=id.clone()>{hint.clone()}</p> }.into_any(),
    }
}

fn wrong(state: ProviderState, field: &'static str) -> Signal<Option<String>> {
    let (saved, tested) =
        (FormProblems::of(state.save.value()), FormProblems::of(state.test.value()));
    let (saved, tested) = (saved.field(field), tested.field(field));
    Signal::derive(move || match state.last.get() {
        Started::Save => saved.get(),
        Started::Test => tested.get(),
        Started::Nothing => None,
    })
}

fn field_id(scope: KeyScope, name: &str) -> String {
    let scope = if scope == KeyScope::Workspace { "ws" } else { "my" };
    format!("{scope}-model-{name}")
}

/// The model: any name, with those the provider lists to pick from.
#[component]
pub(crate) fn ModelField(model: String, state: ProviderState, load: Callback<()>) -> impl IntoView {
    let (id, list) = (field_id(state.scope, "name"), field_id(state.scope, "list"));
    let note = format!("{id}-note");
    let listed = move || state.list.value().get().and_then(Result::ok);
    let wrong = Signal::derive(move || {
        state.list.value().get().and_then(Result::err).map(|it| it.to_string())
    });
    let hint = move || match listed().map(|it| it.len()) {
        None => "Load the list to see which there are.".to_owned(),
        Some(1) => "1 model listed.".to_owned(),
        Some(count) => format!("{count} models listed."),
    };
    let options = move || {
        listed()
            .unwrap_or_default()
            .into_iter()
            .map(|it| view! { <option value=it></option> })
            .collect_view()
    };
    view! {
        <div class="field">
            <label class="label" for=id.clone()>"Model"</label>
            <div class="row">
                <input class="input grow" type="text" id=id list=list.clone() autocomplete="off"
                    prop:value=move || state.model.get().unwrap_or_else(|| model.clone())
                    on:input=move |event| state.model.set(Some(event_target_value(&event))) aria-describedby=note.clone() />
                <Button icon="refresh" busy=Signal::derive(move || state.list.pending().get())
                    on:click=move |_| load.run(())>"Load list"</Button>
            </div>
            <datalist id=list>{options}</datalist>
            {move || view! { <FieldNote id=note.clone() hint=hint() wrong=wrong /> }}
        </div>
    }
}

/// The address: must be given for a compatible server, may be for the others.
#[component]
pub(crate) fn AddressField(
    provider: String,
    key: Option<ModelKey>,
    state: ProviderState,
) -> impl IntoView {
    let stored = key.and_then(|it| it.base_url);
    (provider == "openai_compatible" || stored.is_some()).then(|| {
        let id = field_id(state.scope, "address");
        let note = format!("{id}-note");
        let wrong = wrong(state, "baseUrl");
        let hint = "Such as https://models.example.com/v1".to_owned();
        let stored = stored.unwrap_or_default();
        view! {
            <div class="field">
                <label class="label" for=id.clone()>"Address"</label>
                <input class="input" type="url" id=id
                    prop:value=move || state.base.get().unwrap_or_else(|| stored.clone())
                    on:input=move |event| state.base.set(Some(event_target_value(&event)))
                    aria-invalid=move || wrong.get().is_some().then_some("true") aria-describedby=note.clone() />
                <FieldNote id=note hint=hint wrong=wrong />
            </div>
        }
    })
}

/// What tokens cost, for the limit in dollars.
#[component]
pub(crate) fn Prices(key: Option<ModelKey>, state: ProviderState) -> impl IntoView {
    let words = |it: Option<f64>| it.map_or_else(String::new, |it| it.to_string());
    let read = words(key.as_ref().and_then(|it| it.input_price));
    let written = words(key.as_ref().and_then(|it| it.output_price));
    let (typed_read, typed_written) = state.prices.get_untracked();
    view! {
        <Disclosure summary="Prices, for the spending limit">
            <div class="cfg2">
                <NumberField label="US dollars for a million tokens read" id="price-read" value=typed_read.unwrap_or(read)
                    change=move |it| state.prices.update(|all| all.0 = Some(it)) />
                <NumberField label="US dollars for a million tokens written" id="price-written"
                    value=typed_written.unwrap_or(written) change=move |it| state.prices.update(|all| all.1 = Some(it)) />
            </div>
        </Disclosure>
    }
}

/// A number above nothing, with or without decimals.
#[component]
pub(crate) fn NumberField(
    /// The words above.
    label: &'static str,
    /// Unique on the page.
    id: &'static str,
    /// What it starts with.
    value: String,
    /// Help below.
    #[prop(optional)]
    hint: &'static str,
    /// Called with what is typed.
    #[prop(into)]
    change: Callback<String>,
) -> impl IntoView {
    let note = format!("{id}-note");
    let described = (!hint.is_empty()).then(|| note.clone());
    view! {
        <div class="field">
            <label class="label" for=id>{label}</label>
            <input class="input" type="number" id=id min="0" step="any" value=value aria-describedby=described
                on:input=move |event| change.run(event_target_value(&event)) />
            {(!hint.is_empty()).then(|| view! { <p class="hint" id=note>{hint}</p> })}
        </div>
    }
}
