//! One connection of flows: how it stands, which flows depend on it, its name, and the way to mend it.

use crate::connections::apps::AppState;
use crate::connections::apps::row::{flows, health};
use crate::connections::apps::secret::{FIELDS, Secret, SecretFields};
use crate::connections::apps::server_fns::{ChangeFlowConnection, SignInFlowConnection};
use crate::ui::badge::{Pill, Tone};
use crate::ui::browser;
use crate::ui::button::{Button, Kind};
use crate::ui::callout::Callout;
use crate::ui::code::CopyButton;
use crate::ui::dialog::Dialog;
use crate::ui::form::FormProblems;
use crate::ui::problem::FormProblem;
use crate::ui::time::{parse_time, use_now};
use crate::ui::toast::use_toasts;
use crate::ui::typed::Line;
use domain::flow::connection::{
    ConnectionChange, ConnectionList, Dependent, FlowConnection, ListedConnection, reference,
};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

/// The connection that is open, followed while the list is read again.
#[component]
pub(crate) fn DetailsDialog(
    /// The list.
    list: Signal<Option<ConnectionList>>,
    /// What is open.
    state: AppState,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let shown = Memo::new(move |_| {
        let id = state.opened.get()?;
        list.with(|it| it.as_ref()?.connections.iter().find(|it| it.connection.id == id).cloned())
    });
    let is_there = Memo::new(move |_| shown.with(Option::is_some));
    Effect::new(move || open.set(is_there.get()));
    Effect::new(move || {
        if !open.get() {
            state.opened.set(None);
        }
    });
    let title = Signal::derive(move || {
        shown
            .with(|it| it.as_ref().map(|it| it.connection.display_name.clone()).unwrap_or_default())
    });
    let redirect_uri =
        Signal::derive(move || list.get().map(|it| it.redirect_uri).unwrap_or_default());
    // Made anew for another connection only: what is typed stays while the list is read again.
    let opened =
        Memo::new(move |_| shown.with(|it| it.as_ref().map(|it| it.connection.id.clone())));
    let content = move || {
        opened.get()?;
        let first = shown.get_untracked()?;
        Some(view! { <Details first=first shown=shown redirect_uri=redirect_uri state=state /> })
    };
    view! { <Dialog open=open title=title>{content}</Dialog> }
}

#[component]
fn Details(
    first: ListedConnection,
    shown: Memo<Option<ListedConnection>>,
    redirect_uri: Signal<String>,
    state: AppState,
) -> impl IntoView {
    let connection = Signal::derive(move || shown.get().map(|it| it.connection));
    let used_by = Memo::new(move |_| {
        shown.with(|it| it.as_ref().map(|it| it.used_by.clone())).unwrap_or_default()
    });
    let problem = move || {
        let words = connection.get()?.problem?;
        Some(
            view! { <Callout tone=Tone::Bad title="Flows cannot use it now"><p>{words}</p></Callout> },
        )
    };
    let may_change = first.may_change;
    let id = first.connection.id.clone();
    let remove = move |_| state.asked.set(shown.get_untracked());
    view! {
        <div class="dialog__body stack stack--4">
            {problem}
            {move || connection.get().map(|it| view! { <Facts connection=it /> })}
            <UsedBy used_by=used_by />
            {may_change.then(|| view! {
                <Reconnect listed=first.clone() used_by=used_by redirect_uri=redirect_uri state=state />
                <Rename connection=first.connection state=state />
            })}
        </div>
        <div class="dialog__foot">
            {may_change.then(|| view! { <Button kind=Kind::Danger icon="trash" on:click=remove>"Delete"</Button> })}
            <Button class="push" icon="refresh" busy=state.test.pending() on:click=move |_| state.try_out(&id)>"Test"</Button>
        </div>
    }
}

#[component]
fn Facts(connection: FlowConnection) -> impl IntoView {
    let now = use_now();
    let when = move |text: Option<String>| {
        let at = text.as_deref().and_then(parse_time);
        move || at.map_or_else(|| "Not yet".to_owned(), |it| now.get().ago(it))
    };
    let (shape, words) = health(&connection);
    let inserted = reference(&connection.external_id);
    let ends = connection.expires.as_deref().and_then(parse_time);
    let ends = ends.map(|at| {
        view! { <dt>"Access ends"</dt><dd>{move || format!("{}, renewed by itself", now.get().clock(at))}</dd> }
    });
    view! {
        <dl class="facts">
            <dt>"Health"</dt><dd><Pill state=shape label=words /></dd>
            <dt>"Holds"</dt><dd>{connection.r#type.label()}</dd>
            <dt>"In a step"</dt>
            <dd><span class="row row--wrap"><code>{inserted.clone()}</code><CopyButton text=inserted /></span></dd>
            <dt>"Checked"</dt><dd>{when(connection.tested)}</dd>
            <dt>"Last used by a run"</dt><dd>{when(connection.used)}</dd>
            {ends}
        </dl>
    }
}

/// The flows that stop without it.
#[component]
fn UsedBy(used_by: Memo<Vec<Dependent>>) -> impl IntoView {
    let line = |it: Dependent| {
        let state = match it.status {
            domain::flow::FlowStatus::Enabled => "On",
            domain::flow::FlowStatus::Disabled => "Off",
        };
        view! { <li><a class="link" href=format!("/flows/{}", it.id)>{it.name}</a>" "<span class="quiet">{state}</span></li> }
    };
    let content = move || {
        let all = used_by.get();
        if all.is_empty() {
            let words = "No flow uses it. Choose it in a step that sends a request, or insert it as a value.";
            return view! { <p class="quiet">{words}</p> }.into_any();
        }
        view! { <ul class="stack">{all.into_iter().map(line).collect_view()}</ul> }.into_any()
    };
    view! {
        <section aria-labelledby="ub-h">
            <h3 id="ub-h" class="sm">{move || format!("Used by {}", flows(used_by.with(Vec::len)).to_lowercase())}</h3>
            {content}
        </section>
    }
}

/// What reconnecting does to the flows that depend on it.
fn after(used_by: &[Dependent]) -> String {
    if used_by.is_empty() {
        return "No flow depends on it yet.".to_owned();
    }
    let names: Vec<_> = used_by.iter().map(|it| it.name.as_str()).collect();
    format!("From their next step on, these use the new one: {}.", names.join(", "))
}

/// Another secret, or another sign-in at the app.
#[component]
fn Reconnect(
    listed: ListedConnection,
    used_by: Memo<Vec<Dependent>>,
    redirect_uri: Signal<String>,
    state: AppState,
) -> impl IntoView {
    let effect = move || used_by.with(|it| after(it));
    let way = if listed.signs_in {
        view! { <SignIn connection=listed.connection /> }.into_any()
    } else {
        view! { <Replace connection=listed.connection redirect_uri=redirect_uri state=state /> }
            .into_any()
    };
    view! {
        <section aria-labelledby="re-h" class="stack">
            <h3 id="re-h" class="sm">"Reconnect"</h3>
            <p>{effect}</p>
            {way}
        </section>
    }
}

#[component]
fn SignIn(connection: FlowConnection) -> impl IntoView {
    let sign_in = ServerAction::<SignInFlowConnection>::new();
    let id = connection.id.to_string();
    Effect::new(move || {
        if let Some(Ok(url)) = sign_in.value().get() {
            browser::load(&url);
        }
    });
    view! {
        <FormProblem error=FormProblems::of(sign_in.value()).rest(&[]) />
        <div class="row">
            <Button icon="external" busy=sign_in.pending()
                on:click=move |_| { sign_in.dispatch(SignInFlowConnection { id: id.clone() }); }>
                "Sign in at the app"
            </Button>
        </div>
    }
}

#[component]
fn Replace(
    connection: FlowConnection,
    redirect_uri: Signal<String>,
    state: AppState,
) -> impl IntoView {
    let (secret, kind) = (Secret::empty(), connection.r#type);
    let change = ServerAction::<ChangeFlowConnection>::new();
    let problems = FormProblems::of(change.value());
    let toasts = use_toasts();
    Effect::new(move || {
        if let Some(Ok(())) = change.value().get() {
            secret.clear();
            state.changed.update(|it| *it += 1);
            toasts.say("The secret is replaced");
        }
    });
    let id = connection.id.to_string();
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        let value = Some(secret.value(kind));
        let to = ConnectionChange { value, ..ConnectionChange::default() };
        change.dispatch(ChangeFlowConnection { id: id.clone(), change: to });
    };
    view! {
        <form class="stack" on:submit=send>
            <SecretFields prefix="re" kind=kind secret=secret problems=problems redirect_uri=redirect_uri />
            <FormProblem error=problems.rest(&FIELDS) />
            <div class="row"><Button r#type="submit" busy=change.pending()>"Replace the secret"</Button></div>
        </form>
    }
}

#[component]
fn Rename(connection: FlowConnection, state: AppState) -> impl IntoView {
    let name = RwSignal::new(connection.display_name);
    let change = ServerAction::<ChangeFlowConnection>::new();
    let problems = FormProblems::of(change.value());
    let toasts = use_toasts();
    Effect::new(move || {
        if let Some(Ok(())) = change.value().get() {
            state.changed.update(|it| *it += 1);
            toasts.say("Renamed. Steps go on using it");
        }
    });
    let id = connection.id.to_string();
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        let to =
            ConnectionChange { name: Some(name.get_untracked()), ..ConnectionChange::default() };
        change.dispatch(ChangeFlowConnection { id: id.clone(), change: to });
    };
    view! {
        <form class="stack" on:submit=send>
            <Line id="re-name" label="Name" value=name error=problems.field("name") />
            <FormProblem error=problems.rest(&["name"]) />
            <div class="row"><Button r#type="submit" busy=change.pending()>"Rename"</Button></div>
        </form>
    }
}
