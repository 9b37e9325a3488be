//! The choice of a provider with its key, address and model, tested with one real question before it is used. The same
//! in the settings and in the setup.

use crate::settings::assistant::fields::{AddressField, ModelField, Prices, SecretField};
use crate::settings::assistant::tested::Tested;
use crate::settings::assistant_fns::{ListModels, RemoveModelKey, SaveProvider, TestProvider};
use crate::ui::badge::{Badge, Tone};
use crate::ui::button::{Button, Kind, Size};
use crate::ui::dialog::Confirm;
use crate::ui::form::FormProblems;
use crate::ui::person::Tile;
use crate::ui::problem::FormProblem;
use domain::assistant::{
    Choice, KeyLook, KeyScope, ModelKey, ModelTest, PROVIDERS, ProviderChange, title_of,
};
use leptos::prelude::*;

/// Fields that say themselves what is wrong with them.
const FIELDS: [&str; 2] = ["apiKey", "baseUrl"];

/// What is being chosen, and what came of it. Made by the page, so that it outlives a new reading of the settings.
#[derive(Clone, Copy)]
pub struct ProviderState {
    pub(crate) scope: KeyScope,
    /// The radio that is pressed; none before the first press.
    pressed: RwSignal<Option<String>>,
    pub(crate) model: RwSignal<Option<String>>,
    pub(crate) key: RwSignal<String>,
    pub(crate) base: RwSignal<Option<String>>,
    /// Dollars for a million tokens read and written, where they were typed.
    pub(crate) prices: RwSignal<(Option<String>, Option<String>)>,
    pub(crate) save: ServerAction<SaveProvider>,
    pub(crate) test: ServerAction<TestProvider>,
    pub(crate) list: ServerAction<ListModels>,
    remove: ServerAction<RemoveModelKey>,
    /// The last of the two that was started: a test that saves, or one that does not.
    pub(crate) last: RwSignal<Started>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Started {
    #[default]
    Nothing,
    Test,
    Save,
}

impl ProviderState {
    pub(crate) fn new(scope: KeyScope) -> Self {
        let state = Self {
            scope,
            pressed: RwSignal::new(None),
            model: RwSignal::new(None),
            key: RwSignal::default(),
            base: RwSignal::default(),
            prices: RwSignal::default(),
            save: ServerAction::new(),
            test: ServerAction::new(),
            list: ServerAction::new(),
            remove: ServerAction::new(),
            last: RwSignal::default(),
        };
        // A stored key is not typed again, and never kept on the page.
        Effect::new(move |_| {
            if state.save.value().with(|it| matches!(it, Some(Ok(saved)) if saved.is_saved)) {
                state.key.set(String::new());
            }
        });
        state
    }

    /// Grows with each change that was stored.
    pub(crate) fn version(self) -> usize {
        self.save.version().get() + self.remove.version().get()
    }

    /// What came of the last test.
    fn tested(self) -> Option<ModelTest> {
        match self.last.get() {
            Started::Nothing => None,
            Started::Test => self.test.value().get()?.ok(),
            Started::Save => self.save.value().get()?.ok()?.test,
        }
    }

    /// The last attempt to use a provider was refused by its test.
    fn is_refused(self) -> bool {
        self.last.get() == Started::Save
            && self.save.value().with(|it| matches!(it, Some(Ok(saved)) if !saved.is_saved))
    }

    fn is_busy(self) -> bool {
        self.save.pending().get() || self.test.pending().get()
    }

    fn press(self, provider: &str) {
        self.pressed.set(Some(provider.to_owned()));
        self.model.set(None);
        self.key.set(String::new());
        self.base.set(None);
        self.prices.set((None, None));
        self.list.clear();
        self.last.set(Started::Nothing);
    }

    /// What is typed, for `provider`.
    fn change(self, provider: &str, stored: Option<&ModelKey>) -> ProviderChange {
        let (read, written) = self.prices.get_untracked();
        let of_key = || stored.and_then(|it| it.model.clone()).unwrap_or_default();
        ProviderChange {
            scope: self.scope,
            provider: provider.to_owned(),
            model: self.model.get_untracked().unwrap_or_else(of_key),
            api_key: self.key.get_untracked(),
            base_url: self.base.get_untracked().unwrap_or_default(),
            input_price: read.and_then(|it| it.trim().parse().ok()),
            output_price: written.and_then(|it| it.trim().parse().ok()),
        }
    }

    fn send_save(self, change: ProviderChange, untested: bool) {
        self.last.set(Started::Save);
        self.save.dispatch(SaveProvider { change, untested });
    }

    fn send_test(self, change: ProviderChange) {
        self.last.set(Started::Test);
        self.test.dispatch(TestProvider { change });
    }
}

/// The form.
#[component]
pub(crate) fn ProviderForm(
    /// What is stored.
    #[prop(into)]
    choice: Signal<Choice>,
    /// What is being chosen.
    state: ProviderState,
) -> impl IntoView {
    let in_use = Memo::new(move |_| {
        let used = choice.with(|it| it.provider.clone());
        used.unwrap_or_else(|| nothing_chosen(state.scope).to_owned())
    });
    let open = Memo::new(move |_| state.pressed.get().unwrap_or_else(|| in_use.get()));
    let group = if state.scope == KeyScope::Workspace { "ws-provider" } else { "my-provider" };
    // Said by what lives as long as the form: a button outlives the fields it was drawn with.
    let change = Callback::new(move |()| {
        let provider = open.get_untracked();
        choice.with_untracked(|it| state.change(&provider, it.key(&provider)))
    });
    let fields = move || {
        let provider = open.get();
        let key = choice.with(|it| it.key(&provider).cloned());
        let model = choice
            .with(|it| it.model.clone().filter(|_| it.provider.as_deref() == Some(&provider)));
        let is_used = provider == in_use.get();
        view! { <Fields provider=provider stored=(key, model) state=state change=change is_used=is_used /> }
    };
    let problems = FormProblems::of(state.save.value());
    let failed = FormProblems::of(state.test.value());
    view! {
        <Providers group=group open=open in_use=in_use state=state />
        <FormProblem error=problems.rest(&FIELDS) />
        <FormProblem error=failed.rest(&FIELDS) />
        {fields}
        {move || state.tested().map(|test| view! {
            <Tested test=test is_refused=state.is_refused() />
        })}
    }
}

/// What the radio of "nothing chosen" stands for.
fn nothing_chosen(scope: KeyScope) -> &'static str {
    match scope {
        KeyScope::Workspace => "builtin",
        KeyScope::Personal => "",
    }
}

/// One card for each provider.
#[component]
fn Providers(
    group: &'static str,
    open: Memo<String>,
    in_use: Memo<String>,
    state: ProviderState,
) -> impl IntoView {
    let own = (state.scope == KeyScope::Personal).then_some(("", "As the workspace"));
    let card = move |(name, title): (&'static str, &'static str)| {
        let badge = move || {
            (in_use.get() == name).then(|| view! { " "<Badge tone=Tone::Good>"In use"</Badge> })
        };
        let tile = match name {
            "builtin" | "" => {
                view! { <Tile name="" icon="assistant" size="tile--iris" /> }.into_any()
            }
            _ => view! { <Tile name=title letters=letters(title) tile_hue=hue(name) /> }.into_any(),
        };
        view! {
            <label class="choice">
                <input class="box" type="radio" name=group value=name prop:checked=move || open.get() == name
                    checked=open.get_untracked() == name on:change=move |_| state.press(name) />
                {tile}
                <span>
                    <span class="choice__t">{title}{badge}</span>
                    <span class="choice__d">{about(name)}</span>
                </span>
            </label>
        }
    };
    view! {
        <div class="provs" role="radiogroup" aria-label="AI provider">
            {own.into_iter().chain(PROVIDERS).map(card).collect_view()}
        </div>
    }
}

fn letters(title: &str) -> &'static str {
    match title {
        "OpenAI" => "Oa",
        "OpenAI, chat completions" => "Ch",
        "Anthropic" => "An",
        "Gemini" => "Ge",
        _ => "Oc",
    }
}

fn hue(name: &str) -> u32 {
    match name {
        "openai" => 170,
        "openai_chat" => 200,
        "anthropic" => 45,
        "gemini" => 255,
        _ => 310,
    }
}

fn about(name: &str) -> &'static str {
    match name {
        "" => "Whatever an admin chose for everybody",
        "builtin" => {
            "No key needed. Answers from your projects and builds flows, in short sentences"
        }
        "openai_chat" => {
            "For models that OpenAI offers only over its older interface, with your own key"
        }
        "openai_compatible" => {
            "Any server with the same interface as OpenAI, such as one in your office"
        }
        _ => "Bring your own key",
    }
}

/// Key, address and model of the open provider, and what to do with them.
#[component]
fn Fields(
    provider: String,
    /// Its stored key and model.
    stored: (Option<ModelKey>, Option<String>),
    state: ProviderState,
    /// What is typed.
    change: Callback<(), ProviderChange>,
    /// It is what answers already.
    is_used: bool,
) -> impl IntoView {
    let (key, model) = stored;
    let has_fields = !matches!(provider.as_str(), "" | "builtin");
    let model = model.or_else(|| key.as_ref().and_then(|it| it.model.clone())).unwrap_or_default();
    let tested = key.as_ref().and_then(|it| it.tested_at_ms).map(|at| view! { <TestedAt at=at /> });
    let looked = key.as_ref().and_then(|it| it.looked.clone());
    let looked = looked.map(|it| view! { <LookedAt look=it /> });
    view! {
        {has_fields.then(|| view! {
            <div class="cfg2">
                <SecretField provider=provider.clone() key=key.clone() state=state />
                <ModelField model=model state=state load=Callback::new(move |()| {
                    state.list.dispatch(ListModels { change: change.run(()) });
                }) />
                <AddressField provider=provider.clone() key=key.clone() state=state />
            </div>
            {(state.scope == KeyScope::Workspace).then(|| view! { <Prices key=key.clone() state=state /> })}
        })}
        <div class="row row--wrap">
            {(has_fields || !is_used).then(|| view! {
                <Button kind=Kind::Primary busy=Signal::derive(move || state.save.pending().get())
                    on:click=move |_| state.send_save(change.run(()), false)>
                    {if has_fields { "Test and use" } else { "Use this" }}
                </Button>
            })}
            {(!provider.is_empty()).then(|| view! {
                <Button icon="refresh" busy=Signal::derive(move || state.test.pending().get())
                    on:click=move |_| state.send_test(change.run(()))>"Test only"</Button>
            })}
            <Show when=move || state.is_refused() && !state.is_busy()>
                <Button on:click=move |_| state.send_save(change.run(()), true)>"Use it anyway"</Button>
            </Show>
            {looked.map_or_else(|| tested.into_any(), |it| it.into_any())}
            {key.map(|it| view! { <RemoveKey key=it state=state /> })}
        </div>
    }
}

#[component]
fn TestedAt(at: i64) -> impl IntoView {
    let now = crate::ui::time::use_now();
    view! { <span class="xs quiet">{move || format!("Passed a test {}", now.get().ago(at))}</span> }
}

/// What PM OS found when it asked by itself.
#[component]
fn LookedAt(look: KeyLook) -> impl IntoView {
    let now = crate::ui::time::use_now();
    let ago = move || now.get().ago(look.at_ms);
    match look.trouble {
        None => view! { <span class="xs quiet">{move || format!("Tested by PM OS: {}, works", ago())}</span> }.into_any(),
        Some(trouble) => {
            view! { <span class="xs bad">{move || format!("Tested by PM OS: {}. {trouble}", ago())}</span> }.into_any()
        }
    }
}

/// Takes a stored key away, after asking.
#[component]
fn RemoveKey(key: ModelKey, state: ProviderState) -> impl IntoView {
    let asked = RwSignal::new(false);
    let provider = key.provider.clone();
    let confirm = move |()| {
        asked.set(false);
        state.remove.dispatch(RemoveModelKey { scope: state.scope, provider: provider.clone() });
    };
    view! {
        <Button kind=Kind::Danger size=Size::Small class="push" busy=state.remove.pending() on:click=move |_| asked.set(true)>
            "Remove the key"
        </Button>
        <Confirm
            open=asked
            title=format!("Remove the key of {}?", title_of(&key.provider))
            body="Nothing can be asked there any more until a key is added again."
            action="Remove the key"
            keep="Keep it"
            confirm=Callback::new(confirm)
        />
    }
}
