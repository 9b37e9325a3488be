//! Where flows run: the built-in engine, or an Activepieces server.

use crate::connections::result::{LastTested, check_line};
use crate::settings::engine_fns::{DisconnectFlowEngine, SaveEngine, TestFlowEngine, load_engine};
use crate::ui::badge::Tone;
use crate::ui::button::{Button, Kind};
use crate::ui::callout::Callout;
use crate::ui::field::{PasswordField, TextField};
use crate::ui::form::FormProblems;
use crate::ui::kept::Kept;
use crate::ui::problem::FormProblem;
use crate::ui::skeleton::CardSkeleton;
use crate::ui::toast::use_toasts;
use domain::flow::engine::{EngineServer, EngineSettings, FlowEngine};
use leptos::form::ActionForm;
use leptos::prelude::*;

/// The section.
#[component]
pub(crate) fn EngineSection() -> impl IntoView {
    view! {
        <section class="card" aria-labelledby="engine-h" style="max-inline-size: 40rem">
            <div class="card__head"><h2 id="engine-h">"Where flows run"</h2></div>
            <div class="card__body"><EngineChoice /></div>
        </section>
    }
}

/// Which engine runs new flows, and the server of the other one.
#[component]
pub(crate) fn EngineChoice() -> impl IntoView {
    let save = ServerAction::<SaveEngine>::new();
    let test = ServerAction::<TestFlowEngine>::new();
    let forget = ServerAction::<DisconnectFlowEngine>::new();
    let versions = move || (save.version().get(), test.version().get(), forget.version().get());
    let settings = Resource::new(versions, |_| load_engine());
    let toasts = use_toasts();
    Effect::new(move || {
        if save.value().with(|it| matches!(it, Some(Ok(())))) {
            toasts.say("The flow engine is saved");
        }
    });
    Effect::new(move || {
        if let Some(Err(error)) = forget.value().get() {
            toasts.failed(format!("It was not disconnected. {error}"));
        }
    });
    view! {
        <Kept
            of=settings
            skeleton=|| view! { <CardSkeleton count=3 /> }
            children=move |it| view! { <EngineForm settings=it save=save test=test forget=forget /> }
        />
    }
}

#[component]
fn EngineForm(
    settings: Signal<Option<EngineSettings>>,
    save: ServerAction<SaveEngine>,
    test: ServerAction<TestFlowEngine>,
    forget: ServerAction<DisconnectFlowEngine>,
) -> impl IntoView {
    let problems = FormProblems::of(save.value());
    let server = move |read: fn(EngineServer) -> String| {
        Signal::derive(move || {
            settings
                .with(|it| it.as_ref().and_then(|it| it.server.clone()).map(read))
                .unwrap_or_default()
        })
    };
    let saved = Signal::derive(move || {
        settings.with(|it| it.as_ref().map_or(FlowEngine::Builtin, |it| it.engine))
    });
    // What was picked here, saved or not.
    let picked = RwSignal::new(None::<FlowEngine>);
    let chosen = Memo::new(move |_| picked.get().unwrap_or_else(|| saved.get()));
    let is_elsewhere = move || chosen.get() == FlowEngine::Activepieces;
    view! {
        <ActionForm action=save attr:class="stack stack--4">
            <Engines chosen=chosen picked=picked />
            <FormProblem error=problems.rest(&["url", "email", "password", "apiKey", "projectId"]) />
            <div class="stack stack--4" hidden=move || !is_elsewhere()>
                <TextField
                    label="Address of the Activepieces server"
                    name="typed[url]"
                    value=server(|it| it.url)
                    placeholder="https://flows.example.com"
                    error=problems.field("url")
                />
                <TextField
                    label="E-mail"
                    name="typed[email]"
                    r#type="email"
                    value=server(|it| it.email.unwrap_or_default())
                    hint="Who PM OS signs in as there. A key instead may do less."
                    error=problems.field("email")
                />
                <Secrets problems=problems />
                <TextField
                    label="Project"
                    name="typed[project_id]"
                    value=server(|it| it.project_id)
                    hint="Its id. Leave it empty to use the person's own; a key needs it."
                    error=problems.field("projectId")
                />
            </div>
            <div class="row" hidden=move || !is_elsewhere() && saved.get() == FlowEngine::Builtin>
                <Button kind=Kind::Primary r#type="submit" busy=save.pending()>"Save"</Button>
            </div>
        </ActionForm>
        <ServerState settings=settings test=test forget=forget />
    }
}

/// What there is to choose from, as cards.
#[component]
fn Engines(chosen: Memo<FlowEngine>, picked: RwSignal<Option<FlowEngine>>) -> impl IntoView {
    let card = move |(engine, words): (FlowEngine, &'static str)| {
        let is_ours = engine == FlowEngine::Builtin;
        view! {
            <label class="choice">
                <input
                    class="box"
                    type="radio"
                    name="typed[engine]"
                    value=engine.as_str()
                    checked=move || chosen.get() == engine
                    prop:checked=move || chosen.get() == engine
                    on:change=move |_| picked.set(Some(engine))
                />
                <span>
                    <span class="choice__t">
                        {engine.label()}
                        {is_ours.then(|| view! { " "<span class="badge badge--good">"Recommended"</span> })}
                    </span>
                    <span class="choice__d">{words}</span>
                </span>
            </label>
        }
    };
    let all = [
        (FlowEngine::Builtin, "Already running beside PM OS. Nothing to install or look after."),
        (FlowEngine::Activepieces, "Use a server you run already, with its connections and flows."),
    ];
    view! {
        <div class="wiz__two" role="radiogroup" aria-label="New flows run on">
            {all.into_iter().map(card).collect_view()}
        </div>
        <p class="xs quiet">"Flows that are there already stay where they are."</p>
    }
}

/// What PM OS signs in with; never filled in.
#[component]
fn Secrets(problems: FormProblems) -> impl IntoView {
    view! {
        <PasswordField
            label="Password"
            name="typed[password]"
            autocomplete="off"
            required=false
            hint="Stored encrypted and never shown again. Leave it empty to keep the one that is stored."
            error=problems.field("password")
        />
        <PasswordField
            label="API key"
            name="typed[api_key]"
            autocomplete="off"
            required=false
            hint="Only without e-mail and password, for builds that have keys."
            error=problems.field("apiKey")
        />
    }
}

/// The server it is connected to, what the last test found, and what can be done about it.
#[component]
fn ServerState(
    settings: Signal<Option<EngineSettings>>,
    test: ServerAction<TestFlowEngine>,
    forget: ServerAction<DisconnectFlowEngine>,
) -> impl IntoView {
    let is_connected =
        Memo::new(move |_| settings.with(|it| it.as_ref().is_some_and(|it| it.server.is_some())));
    let found = move || {
        let checked = settings.with(|it| it.as_ref().and_then(|it| it.checked.clone()))?;
        let failed = checked.error.map(|error| {
            let hint = checked.hint.unwrap_or_default();
            view! { <Callout tone=Tone::Bad title=error><p>{hint}</p></Callout> }
        });
        let lines = checked
            .checks
            .into_iter()
            .map(|it| check_line(it, |ms| format!("{ms} ms")))
            .collect_view();
        Some(view! {
            {failed}
            <LastTested at_ms=checked.at_ms />
            <ul class="checks" aria-label="Test results">{lines}</ul>
        })
    };
    view! {
        <Show when=move || is_connected.get()>
            <div class="stack stack--4">
                {found}
                <div class="row row--wrap">
                    <Button busy=test.pending() on:click=move |_| { test.dispatch(TestFlowEngine {}); }>"Test"</Button>
                    <Button busy=forget.pending() on:click=move |_| { forget.dispatch(DisconnectFlowEngine {}); }>
                        "Disconnect"
                    </Button>
                </div>
            </div>
        </Show>
    }
}
