//! The app at Basecamp that everybody of this installation signs in through, for super admins.

use crate::connections::server_fns::{SaveBasecampApp, TestBasecampApp, load_basecamp_app};
use crate::ui::badge::{Badge, Tone};
use crate::ui::button::Button;
use crate::ui::callout::Callout;
use crate::ui::code::Code;
use crate::ui::form::FormProblems;
use crate::ui::icon::Icon;
use crate::ui::kept::Kept;
use crate::ui::problem::FormProblem;
use crate::ui::skeleton::CardSkeleton;
use crate::ui::toast::use_toasts;
use crate::ui::typed::Line;
use domain::integration::{BasecampApp, BasecampAppChange};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

/// What is typed and done about the app. Made outside of what loads.
#[derive(Clone, Copy)]
struct Typed {
    client_id: RwSignal<Option<String>>,
    client_secret: RwSignal<String>,
    save: ServerAction<SaveBasecampApp>,
    test: ServerAction<TestBasecampApp>,
}

impl Typed {
    fn change(self, stored: &str) -> BasecampAppChange {
        BasecampAppChange {
            client_id: self.client_id.get_untracked().unwrap_or_else(|| stored.to_owned()),
            client_secret: self.client_secret.get_untracked(),
        }
    }
}

/// A card to register the app once, and to change it later.
#[component]
pub(crate) fn RegisteredApp(
    /// Called when another app counts.
    #[prop(into)]
    saved: Callback<()>,
    /// Folded until somebody wants it: most begin with the sample.
    #[prop(optional)]
    folded: bool,
) -> impl IntoView {
    let typed = Typed {
        client_id: RwSignal::new(None),
        client_secret: RwSignal::new(String::new()),
        save: ServerAction::new(),
        test: ServerAction::new(),
    };
    let app = Resource::new(move || typed.save.version().get(), |_| load_basecamp_app());
    let toasts = use_toasts();
    Effect::new(move || {
        if let Some(Ok(())) = typed.save.value().get() {
            typed.client_secret.set(String::new());
            toasts.say("People can sign in with Basecamp now");
            saved.run(());
        }
    });
    view! {
        <Kept of=app skeleton=|| view! { <CardSkeleton count=1 /> } let:app>
            {move || app.get().map(|it| view! { <Card app=it typed=typed folded=folded /> })}
        </Kept>
    }
}

#[component]
fn Card(app: BasecampApp, typed: Typed, folded: bool) -> impl IntoView {
    let badge = app.has_secret.then(|| view! { <Badge tone=Tone::Good>"Registered"</Badge> });
    let is_open = !app.has_secret && !folded;
    let content = if app.is_fixed {
        view! { <Fixed client_id=app.client_id redirect_uri=app.redirect_uri typed=typed /> }
            .into_any()
    } else {
        view! { <Form app=app typed=typed /> }.into_any()
    };
    let title = if folded { "Connect your own Basecamp" } else { "Signing in with Basecamp" };
    view! {
        <section class="card" aria-labelledby="bapp-h">
            <details class="disclosure disclosure--card" open=is_open>
                <summary><Icon name="chev-right" class="tw" /><h2 id="bapp-h">{title}</h2>{badge}</summary>
                <div class="card__body stack stack--4">{content}</div>
            </details>
        </section>
    }
}

/// The app that whoever runs the server set.
#[component]
fn Fixed(client_id: String, redirect_uri: String, typed: Typed) -> impl IntoView {
    let test = move |_| {
        typed.test.dispatch(TestBasecampApp { change: BasecampAppChange::default() });
    };
    view! {
        <p class="sm">"The app "<code>{client_id}</code>" was set where this server is started, so it is changed there."</p>
        <Code label="Redirect URI it must have" text=redirect_uri />
        <Found typed=typed />
        <div class="row"><Button icon="refresh" busy=typed.test.pending() on:click=test>"Test"</Button></div>
    }
}

/// What the last test found.
#[component]
fn Found(typed: Typed) -> impl IntoView {
    let found = move || {
        let found = typed.test.value().get()?.ok()?;
        let (tone, title) = if found.passed {
            (Tone::Good, "The test passed")
        } else {
            (Tone::Bad, "The test did not pass")
        };
        Some(view! { <Callout tone=tone title=title><p>{found.message}</p></Callout> })
    };
    view! { <div aria-live="polite">{found}</div> }
}

/// Registering it: where, with which address, and what to copy back.
#[component]
fn Form(app: BasecampApp, typed: Typed) -> impl IntoView {
    let BasecampApp { client_id, has_secret, redirect_uri, register_url, .. } = app;
    let stored = StoredValue::new(client_id.clone());
    let shown = RwSignal::new(typed.client_id.get_untracked().unwrap_or(client_id));
    Effect::new(move || typed.client_id.set(Some(shown.get())));
    let (saved, tested) =
        (FormProblems::of(typed.save.value()), FormProblems::of(typed.test.value()));
    let wrong = move |name: &'static str| {
        let (saved, tested) = (saved.field(name), tested.field(name));
        Signal::derive(move || saved.get().or_else(|| tested.get()))
    };
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        typed.test.clear();
        typed.save.dispatch(SaveBasecampApp { change: typed.change(&stored.get_value()) });
    };
    let test = move |_| {
        typed.save.clear();
        typed.test.dispatch(TestBasecampApp { change: typed.change(&stored.get_value()) });
    };
    let hint = if has_secret {
        "A secret is stored. Leave this empty to keep it."
    } else {
        "Stored encrypted, and never shown again."
    };
    view! {
        <p class="sm">
            "Register PM OS once at "
            <a class="link" href=register_url rel="external noreferrer" target="_blank">"Basecamp's page for apps"</a>
            ", with this address:"
        </p>
        <Code label="Redirect URI" text=redirect_uri />
        <p class="sm">"Then copy what Basecamp shows for it."</p>
        <form class="stack stack--4" on:submit=send>
            <div class="cfg2">
                <Line id="bapp-id" label="Client id" value=shown error=wrong("client_id") />
                <Line id="bapp-secret" label="Client secret" r#type="password" value=typed.client_secret hint=hint error=wrong("client_secret") />
            </div>
            {has_secret.then(|| view! { <p class="xs quiet">"Another app ends the sign-ins made through this one: everybody connects again."</p> })}
            <FormProblem error=saved.rest(&["client_id", "client_secret"]) />
            <FormProblem error=tested.rest(&["client_id", "client_secret"]) />
            <Found typed=typed />
            <div class="row">
                <Button r#type="submit" busy=typed.save.pending()>"Save the app"</Button>
                <Button icon="refresh" busy=typed.test.pending() on:click=test>"Test"</Button>
            </div>
        </form>
    }
}
