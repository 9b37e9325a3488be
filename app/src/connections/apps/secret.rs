//! What a connection holds, in the fields of its type. What is typed goes to the server once and is never read back.

use crate::ui::button::{Button, IconButton, Size};
use crate::ui::code::Code;
use crate::ui::field::Note;
use crate::ui::form::FormProblems;
use crate::ui::typed::Line;
use domain::flow::connection::ConnectionType;
use leptos::prelude::*;
use serde_json::{Map, Value};

/// Fields that say themselves what is wrong with them.
pub(crate) const FIELDS: [&str; 9] = [
    "name",
    "value.secret_text",
    "value.username",
    "value.password",
    "value.props",
    "value.client_id",
    "value.client_secret",
    "value.auth_url",
    "value.token_url",
];

/// A secret while it is typed.
#[derive(Clone, Copy)]
pub struct Secret {
    secret: RwSignal<String>,
    username: RwSignal<String>,
    password: RwSignal<String>,
    /// Name and value of each field.
    props: RwSignal<Vec<(String, String)>>,
    client_id: RwSignal<String>,
    client_secret: RwSignal<String>,
    auth_url: RwSignal<String>,
    token_url: RwSignal<String>,
    scope: RwSignal<String>,
    /// Nobody signs in: the server does, with its id and secret.
    is_machine: RwSignal<bool>,
}

impl Secret {
    pub(crate) fn empty() -> Self {
        let text = || RwSignal::new(String::new());
        Self {
            secret: text(),
            username: text(),
            password: text(),
            props: RwSignal::new(vec![<(String, String)>::default()]),
            client_id: text(),
            client_secret: text(),
            auth_url: text(),
            token_url: text(),
            scope: text(),
            is_machine: RwSignal::new(false),
        }
    }

    /// Nothing typed any more.
    pub(crate) fn clear(self) {
        for text in [
            self.secret,
            self.username,
            self.password,
            self.client_id,
            self.client_secret,
            self.auth_url,
            self.token_url,
            self.scope,
        ] {
            text.set(String::new());
        }
        self.props.set(vec![<(String, String)>::default()]);
        self.is_machine.set(false);
    }

    /// What is typed, as the value of a connection of this type.
    pub(crate) fn value(self, kind: ConnectionType) -> Map<String, Value> {
        let text = |it: RwSignal<String>| Value::from(it.get_untracked());
        let mut value = Map::new();
        let fields: &[(&str, RwSignal<String>)] = match kind {
            ConnectionType::SecretText => &[("secret_text", self.secret)],
            ConnectionType::BasicAuth => {
                &[("username", self.username), ("password", self.password)]
            }
            ConnectionType::OAuth2 => &[
                ("client_id", self.client_id),
                ("client_secret", self.client_secret),
                ("auth_url", self.auth_url),
                ("token_url", self.token_url),
                ("scope", self.scope),
            ],
            ConnectionType::CustomAuth | ConnectionType::NoAuth => &[],
        };
        value.extend(fields.iter().map(|(name, it)| ((*name).to_owned(), text(*it))));
        if kind == ConnectionType::OAuth2 && self.is_machine.get_untracked() {
            value.insert("grant_type".to_owned(), "client_credentials".into());
            value.remove("auth_url");
        }
        if kind == ConnectionType::CustomAuth {
            let named = self.props.get_untracked().into_iter();
            let named = named.map(|(name, it)| (name.trim().to_owned(), Value::from(it)));
            let props = named.filter(|(name, _)| !name.is_empty()).collect::<Map<_, _>>();
            value.insert("props".to_owned(), props.into());
        }
        value.insert("type".to_owned(), kind.as_str().into());
        value
    }
}

/// The fields of a type.
#[component]
pub(crate) fn SecretFields(
    /// Begins the id of each field, unique on the page.
    prefix: &'static str,
    /// What it holds.
    #[prop(into)]
    kind: Signal<ConnectionType>,
    /// What is typed.
    secret: Secret,
    /// What is wrong.
    problems: FormProblems,
    /// The address that an app must know as ours.
    #[prop(into)]
    redirect_uri: Signal<String>,
) -> impl IntoView {
    let fields = move || {
        match kind.get() {
        ConnectionType::SecretText => view! {
            <Line id=format!("{prefix}-secret") label="Key or token" r#type="password" value=secret.secret
                hint="Stored encrypted, and never shown again." error=problems.field("value.secret_text") />
        }
        .into_any(),
        ConnectionType::BasicAuth => view! {
            <Line id=format!("{prefix}-name") label="Name to sign in with" value=secret.username error=problems.field("value.username") />
            <Line id=format!("{prefix}-pass") label="Password" r#type="password" value=secret.password
                hint="Stored encrypted, and never shown again." error=problems.field("value.password") />
        }
        .into_any(),
        ConnectionType::CustomAuth => {
            view! { <Props prefix=prefix props=secret.props error=problems.field("value.props") /> }.into_any()
        }
        ConnectionType::OAuth2 => {
            view! { <OAuthFields prefix=prefix secret=secret problems=problems redirect_uri=redirect_uri /> }.into_any()
        }
        ConnectionType::NoAuth => ().into_any(),
    }
    };
    view! { <div class="stack stack--4">{fields}</div> }
}

/// What a sign-in at an app takes, as the app's own page for developers names it.
#[component]
fn OAuthFields(
    prefix: &'static str,
    secret: Secret,
    problems: FormProblems,
    redirect_uri: Signal<String>,
) -> impl IntoView {
    let is_machine = secret.is_machine;
    view! {
        <Show when=move || !is_machine.get()>
            <Code label="Redirect URI to register at the app" text=redirect_uri />
        </Show>
        <Line id=format!("{prefix}-client") label="Client id" value=secret.client_id error=problems.field("value.client_id") />
        <Line id=format!("{prefix}-client-secret") label="Client secret" r#type="password" value=secret.client_secret
            hint="Stored encrypted, and never shown again." error=problems.field("value.client_secret") />
        <Show when=move || !is_machine.get()>
            <Line id=format!("{prefix}-auth") label="Address where people sign in" r#type="url" value=secret.auth_url
                placeholder="https://app.example.com/oauth/authorize" error=problems.field("value.auth_url") />
        </Show>
        <Line id=format!("{prefix}-token") label="Address that gives tokens" r#type="url" value=secret.token_url
            placeholder="https://app.example.com/oauth/token" error=problems.field("value.token_url") />
        <Line id=format!("{prefix}-scope") label="What it may do (scope)" value=secret.scope hint="As the app's documentation names it; empty asks for what it gives by itself." />
        <label class="check">
            <input type="checkbox" prop:checked=move || is_machine.get() on:change=move |event| is_machine.set(event_target_checked(&event)) />
            "Nobody signs in: the app knows this server by its id and secret"
        </label>
    }
}

/// Fields by name.
#[component]
fn Props(
    prefix: &'static str,
    props: RwSignal<Vec<(String, String)>>,
    error: Signal<Option<String>>,
) -> impl IntoView {
    let count = Memo::new(move |_| props.with(Vec::len));
    let rows = move || (0..count.get()).collect::<Vec<_>>();
    view! {
        <fieldset class="stack">
            <legend class="label">"Fields"</legend>
            <For each=rows key=|at| *at let:at><Prop prefix=prefix at=at props=props /></For>
            <Note id=format!("{prefix}-props") hint="Steps insert them one by one. Everything but an address, a name or an e-mail counts as secret." error=error />
            <div class="row">
                <Button size=Size::Small icon="plus" on:click=move |_| props.update(|all| all.push(<(String, String)>::default()))>
                    "Add a field"
                </Button>
            </div>
        </fieldset>
    }
}

#[component]
fn Prop(prefix: &'static str, at: usize, props: RwSignal<Vec<(String, String)>>) -> impl IntoView {
    let name = move || props.with(|all| all.get(at).map(|it| it.0.clone()).unwrap_or_default());
    let value = move || props.with(|all| all.get(at).map(|it| it.1.clone()).unwrap_or_default());
    let number = at + 1;
    let change = move |event: web_sys::Event, is_name: bool| {
        let text = event_target_value(&event);
        props.update(|all| {
            if let Some(it) = all.get_mut(at) {
                *(if is_name { &mut it.0 } else { &mut it.1 }) = text;
            }
        });
    };
    let take = move |_| {
        props.update(|all| {
            if at < all.len() {
                all.remove(at);
            }
        });
    };
    view! {
        <div class="row">
            <input class="input" id=format!("{prefix}-prop-{at}") aria-label=format!("Name of field {number}") placeholder="api_key"
                prop:value=name on:input=move |event| change(event, true) />
            <input class="input grow" type="password" autocomplete="off" aria-label=format!("Value of field {number}")
                prop:value=value on:input=move |event| change(event, false) />
            <IconButton icon="x" label=format!("Take field {number} away") class="icon-btn--sm" on:click=take />
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_value_holds_only_the_fields_of_its_type() {
        let owner = Owner::new();
        owner.with(|| {
            let typed = Secret::empty();
            typed.secret.set("s3cret".to_owned());
            typed.client_id.set("pmos".to_owned());
            typed.is_machine.set(true);
            typed.props.set(vec![(" key ".to_owned(), "k123".to_owned()), Default::default()]);
            let of = |kind| Value::Object(typed.value(kind));
            assert_eq!(
                of(ConnectionType::SecretText),
                json!({ "type": "SECRET_TEXT", "secret_text": "s3cret" })
            );
            assert_eq!(
                of(ConnectionType::CustomAuth),
                json!({ "type": "CUSTOM_AUTH", "props": { "key": "k123" } })
            );
            let machine = of(ConnectionType::OAuth2);
            assert_eq!(machine["grant_type"], "client_credentials");
            assert!(machine.get("auth_url").is_none() && machine["client_id"] == "pmos");
        });
    }
}
