//! Making a connection for flows.

use crate::connections::apps::AppState;
use crate::connections::apps::secret::{FIELDS, Secret, SecretFields};
use crate::connections::apps::server_fns::MakeFlowConnection;
use crate::session::{can, current_user};
use crate::ui::browser;
use crate::ui::button::{Button, Kind};
use crate::ui::dialog::Dialog;
use crate::ui::form::FormProblems;
use crate::ui::problem::FormProblem;
use crate::ui::toast::use_toasts;
use crate::ui::typed::Line;
use domain::actor::Permission;
use domain::flow::catalog;
use domain::flow::connection::{ConnectionList, ConnectionScope, ConnectionType, NewConnection};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use serde_json::Map;

/// What can be kept, with one sentence each.
const KINDS: [(ConnectionType, &str); 4] = [
    (ConnectionType::SecretText, "A key or token that an app gave you"),
    (ConnectionType::BasicAuth, "A name and a password"),
    (ConnectionType::CustomAuth, "Several values, such as a key and an address"),
    (ConnectionType::OAuth2, "You sign in at the app and come straight back"),
];

/// A connection while it is written.
#[derive(Clone, Copy)]
struct Draft {
    name: RwSignal<String>,
    kind: RwSignal<ConnectionType>,
    scope: RwSignal<ConnectionScope>,
    secret: Secret,
    test_url: RwSignal<String>,
}

impl Draft {
    fn empty(scope: ConnectionScope) -> Self {
        Self {
            name: RwSignal::new(String::new()),
            kind: RwSignal::new(ConnectionType::SecretText),
            scope: RwSignal::new(scope),
            secret: Secret::empty(),
            test_url: RwSignal::new(String::new()),
        }
    }

    fn clear(self) {
        self.name.set(String::new());
        self.test_url.set(String::new());
        self.secret.clear();
    }

    fn new_connection(self) -> NewConnection {
        let kind = self.kind.get_untracked();
        let test_url = self.test_url.get_untracked().trim().to_owned();
        let mut metadata = Map::new();
        if !test_url.is_empty() {
            metadata.insert("testUrl".to_owned(), test_url.into());
        }
        NewConnection {
            name: self.name.get_untracked(),
            piece_name: catalog::HTTP.to_owned(),
            r#type: Some(kind),
            value: self.secret.value(kind),
            scope: self.scope.get_untracked(),
            external_id: None,
            metadata,
        }
    }
}

/// The form, in a dialog.
#[component]
pub(crate) fn AddDialog(
    /// The list, which knows the address to register at apps.
    list: Signal<Option<ConnectionList>>,
    /// What is open.
    state: AppState,
) -> impl IntoView {
    let manages = can(Permission::Manage);
    let usual = if manages.get_untracked() {
        ConnectionScope::Workspace
    } else {
        ConnectionScope::Personal
    };
    let draft = Draft::empty(usual);
    let make = ServerAction::<MakeFlowConnection>::new();
    let problems = FormProblems::of(make.value());
    let toasts = use_toasts();
    Effect::new(move || {
        let Some(Ok(made)) = make.value().get() else { return };
        draft.clear();
        state.changed.update(|it| *it += 1);
        state.adding.set(false);
        match made.authorize_url {
            Some(url) => browser::load(&url),
            None if made.connection.metadata.contains_key("testUrl") => {
                state.try_out(&made.connection.id);
            }
            None => toasts.say(format!("{} is stored", made.connection.display_name)),
        }
    });
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        make.dispatch(MakeFlowConnection { new: draft.new_connection() });
    };
    let signs_in = move || draft.kind.get() == ConnectionType::OAuth2;
    let redirect_uri =
        Signal::derive(move || list.get().map(|it| it.redirect_uri).unwrap_or_default());
    view! {
        <Dialog open=state.adding title="Add a connection">
            <form on:submit=send style="display: contents">
                <div class="dialog__body stack stack--4">
                    <Line id="add-name" label="Name" value=draft.name placeholder="Studio CRM"
                        hint="So that you can tell two of the same app apart." error=problems.field("name") />
                    <Kinds kind=draft.kind />
                    <SecretFields prefix="add" kind=draft.kind secret=draft.secret problems=problems redirect_uri=redirect_uri />
                    <Show when=move || manages.get()><Scopes scope=draft.scope /></Show>
                    <Line id="add-test" label="Address to test it with, if you like" r#type="url" value=draft.test_url
                        placeholder="https://api.example.com/me" hint="One that only answers to who is signed in. It is read, never written to." />
                    <FormProblem error=problems.rest(&FIELDS) />
                </div>
                <div class="dialog__foot">
                    <Button kind=Kind::Ghost on:click=move |_| state.adding.set(false)>"Cancel"</Button>
                    <Button kind=Kind::Primary r#type="submit" busy=make.pending()>
                        {move || if signs_in() { "Go on to the app" } else { "Store the connection" }}
                    </Button>
                </div>
            </form>
        </Dialog>
    }
}

#[component]
fn Kinds(kind: RwSignal<ConnectionType>) -> impl IntoView {
    let choice = move |(it, words): (ConnectionType, &'static str)| {
        view! {
            <label class="choice">
                <input class="box" type="radio" name="add-kind" value=it.as_str()
                    prop:checked=move || kind.get() == it on:change=move |_| kind.set(it) />
                <span><span class="choice__t">{it.label()}</span><span class="choice__d">{words}</span></span>
            </label>
        }
    };
    view! {
        <fieldset class="stack">
            <legend class="label">"What the app takes"</legend>
            <div class="provs provs--even">{KINDS.map(choice).into_iter().collect_view()}</div>
        </fieldset>
    }
}

#[component]
fn Scopes(scope: RwSignal<ConnectionScope>) -> impl IntoView {
    let workspace = current_user().with_untracked(|it| it.workspace_name.clone());
    let everybody = format!("Everybody in {workspace}");
    let choices = [
        (ConnectionScope::Workspace, everybody, "Admins can change or delete it."),
        (
            ConnectionScope::Personal,
            "Only me".to_owned(),
            "Flows that run as you use it first. Others do not see it.",
        ),
    ];
    let choice = move |(it, title, words): (ConnectionScope, String, &'static str)| {
        view! {
            <label class="choice">
                <input class="box" type="radio" name="add-scope" prop:checked=move || scope.get() == it
                    on:change=move |_| scope.set(it) />
                <span><span class="choice__t">{title}</span><span class="choice__d">{words}</span></span>
            </label>
        }
    };
    view! {
        <fieldset class="stack">
            <legend class="label">"Who can use it"</legend>
            {choices.map(choice).into_iter().collect_view()}
        </fieldset>
    }
}
