//! The connections that flows use: secrets and sign-ins at other apps, listed with the flows that depend on them.

pub mod add;
pub mod details;
pub mod row;
pub mod secret;
pub mod server_fns;

use crate::connections::apps::add::AddDialog;
use crate::connections::apps::details::DetailsDialog;
use crate::connections::apps::row::AppRow;
use crate::connections::apps::server_fns::{
    DeleteFlowConnection, TestFlowConnection, load_flow_connections,
};
use crate::live::use_live;
use crate::ui::badge::Tone;
use crate::ui::button::Button;
use crate::ui::callout::Callout;
use crate::ui::choice::Chip;
use crate::ui::dialog::ConfirmOne;
use crate::ui::empty::Empty;
use crate::ui::kept::{Kept, whole};
use crate::ui::search::SearchBox;
use crate::ui::skeleton::RowsSkeleton;
use crate::ui::table::StackTable;
use crate::ui::toast::use_toasts;
use domain::event::Topic;
use domain::flow::connection::{
    ConnectionList, ConnectionScope, ConnectionStatus, ListedConnection,
};
use domain::ids::ConnectionId;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// The words of a chip, and which connections it keeps.
type Part = (&'static str, fn(&ListedConnection) -> bool);

/// What the chips filter by.
const PARTS: [Part; 4] = [
    ("All", |_| true),
    ("Workspace", |it| it.connection.scope == ConnectionScope::Workspace),
    ("Personal", |it| it.connection.scope == ConnectionScope::Personal),
    ("Needs attention", |it| it.connection.status != ConnectionStatus::Active),
];

/// What the buttons do, and what is open. Made by the section, so that it outlives a new reading of the list.
#[derive(Clone, Copy)]
pub struct AppState {
    /// The form for one more is open.
    pub(crate) adding: RwSignal<bool>,
    /// The connection whose details are open.
    pub(crate) opened: RwSignal<Option<ConnectionId>>,
    /// The connection that is asked about before it goes.
    pub(crate) asked: RwSignal<Option<ListedConnection>>,
    pub(crate) test: ServerAction<TestFlowConnection>,
    pub(crate) remove: ServerAction<DeleteFlowConnection>,
    /// Grows with every change made here.
    pub(crate) changed: RwSignal<u64>,
}

impl AppState {
    fn new() -> Self {
        let state = Self {
            adding: RwSignal::new(false),
            opened: RwSignal::new(None),
            asked: RwSignal::new(None),
            test: ServerAction::new(),
            remove: ServerAction::new(),
            changed: RwSignal::new(0),
        };
        let toasts = use_toasts();
        Effect::new(move || match state.test.value().get() {
            Some(Ok(found)) if found.passed => toasts.say(found.message),
            Some(Ok(found)) => toasts.failed(found.message),
            Some(Err(error)) => toasts.failed(error.to_string()),
            None => {}
        });
        Effect::new(move || match state.remove.value().get() {
            Some(Ok(())) => {
                state.opened.set(None);
                toasts.say("The connection is deleted, with its secret");
            }
            Some(Err(error)) => toasts.failed(error.to_string()),
            None => {}
        });
        state
    }

    /// Tries a connection out.
    pub(crate) fn try_out(self, id: &ConnectionId) {
        self.test.dispatch(TestFlowConnection { id: id.to_string() });
    }
}

/// The section.
#[component]
pub(crate) fn AppConnections() -> impl IntoView {
    let state = AppState::new();
    let version = use_live().version(Topic::Connector);
    let flows = use_live().version(Topic::Flow);
    let list = Resource::new(
        move || {
            let here = (state.test.version().get(), state.remove.version().get());
            (version.get(), flows.get(), state.changed.get(), here)
        },
        |_| load_flow_connections(),
    );
    view! {
        <section aria-labelledby="apps-h" class="stack stack--4">
            <div class="section__head">
                <h2 id="apps-h">"What flows sign in with"</h2>
                <Button class="push" icon="plus" on:click=move |_| state.adding.set(true)>"Add a connection"</Button>
            </div>
            <CameBack list=list />
            <Kept of=list skeleton=|| view! { <RowsSkeleton count=3 /> } let:list>
                <Listed list=list state=state />
                <DetailsDialog list=list state=state />
                <AddDialog list=list state=state />
            </Kept>
        </section>
        <ConfirmOne
            asked=state.asked
            title=|it| format!("Delete {}?", it.connection.display_name)
            body=breaks
            action="Delete the connection"
            confirm=move |it: ListedConnection| {
                let (id, force) = (it.connection.id.to_string(), !it.used_by.is_empty());
                state.remove.dispatch(DeleteFlowConnection { id, force });
            }
        />
    }
}

/// What stops when a connection goes.
fn breaks(it: &ListedConnection) -> String {
    let gone = "Its secret goes from this server";
    if it.used_by.is_empty() {
        return format!("{gone}. No flow uses it.");
    }
    let names: Vec<_> = it.used_by.iter().map(|it| it.name.as_str()).collect();
    let (flows, fail) = match names.len() {
        1 => ("This flow uses it and fails", "its"),
        _ => ("These flows use it and fail", "their"),
    };
    format!(
        "{gone}. {flows} at {fail} next run, until another connection is chosen there: {}.",
        names.join(", ")
    )
}

/// How a sign-in at an app ended, for who comes back from there. Nothing of the address is repeated.
#[component]
fn CameBack(list: Resource<Result<ConnectionList, crate::error::AppError>>) -> impl IntoView {
    let query = use_query_map();
    let named = move |id: &str| {
        let all = list.get()?.ok()?.connections;
        all.into_iter().map(|it| it.connection).find(|it| it.id.as_str() == id)
    };
    let told = move || {
        let (signed, failed) = query.with(|it| (it.get("connected"), it.get("failed").is_some()));
        let about = query.with(|it| it.get("connection"));
        if failed {
            let found = about.and_then(|id| named(&id));
            let problem = found.as_ref().and_then(|it| it.problem.clone());
            let words = "It took too long, it was used before, or the app refused it. Open the connection and sign in again.";
            let title = found.map_or("The sign-in at the app did not work".to_owned(), |it| {
                format!("The sign-in for {} did not work", it.display_name)
            });
            let words = problem.unwrap_or_else(|| words.to_owned());
            return Some(
                view! { <Callout tone=Tone::Bad title=title><p>{words}</p></Callout> }.into_any(),
            );
        }
        let found = named(&signed?)?;
        let title = format!("You are signed in for {}", found.display_name);
        Some(view! { <Callout tone=Tone::Good title=title /> }.into_any())
    };
    view! { <Transition fallback=|| ()>{told}</Transition> }
}

#[component]
fn Listed(list: Signal<Option<ConnectionList>>, state: AppState) -> impl IntoView {
    let (words, part) = (RwSignal::new(String::new()), RwSignal::new(0_usize));
    let all = move || list.get().map(|it| it.connections).unwrap_or_default();
    let is_empty = Memo::new(move |_| all().is_empty());
    let fitting = Memo::new(move |_| {
        let (wanted, holds) = (words.get().trim().to_lowercase(), PARTS[part.get()].1);
        let mut fits = all();
        fits.retain(|it| holds(it) && it.connection.display_name.to_lowercase().contains(&wanted));
        fits
    });
    let chip = move |(at, (words, _)): (usize, (&'static str, _))| {
        view! {
            <Chip on=Signal::derive(move || part.get() == at) press=move |()| part.set(at)>{words}</Chip>
        }
    };
    let none = move || {
        let body =
            "Keep an app's key or sign-in here once, and steps of flows use it without showing it.";
        view! { <Empty icon="key" title="Flows use no app with a sign-in yet" body=body /> }
    };
    view! {
        <Show when=move || !is_empty.get() fallback=none>
            <div class="toolbar">
                <SearchBox label="Search connections" words=words />
                <div class="chips">{PARTS.into_iter().enumerate().map(chip).collect_view()}</div>
            </div>
            <Show
                when=move || fitting.with(|it| !it.is_empty())
                fallback=|| view! { <Empty icon="key" title="No connection matches" body="Clear the search to see all of them." /> }
            >
                <Rows fitting=fitting state=state />
            </Show>
        </Show>
    }
}

const COLUMNS: &[(&str, &str)] = &[
    ("Connection", ""),
    ("Who can use it", "p2"),
    ("Health", ""),
    ("Used by", "p2"),
    ("Checked", "p3"),
];

#[component]
fn Rows(fitting: Memo<Vec<ListedConnection>>, state: AppState) -> impl IntoView {
    view! {
        <StackTable caption="Connections of flows" columns=COLUMNS>
            <For each=move || fitting.get() key=whole let:it><AppRow listed=it state=state /></For>
        </StackTable>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::flow::FlowStatus;
    use domain::flow::connection::{Dependent, FlowConnection};
    use domain::ids::FlowId;

    fn used_by(names: &[&str]) -> ListedConnection {
        let connection: FlowConnection = serde_json::from_value(serde_json::json!({
            "id": "c1", "externalId": "crm", "displayName": "CRM", "pieceName": "p", "type": "SECRET_TEXT",
            "status": "ACTIVE", "scope": "workspace", "created": "", "updated": "",
        }))
        .unwrap();
        let flow = |name: &&str| Dependent {
            id: FlowId::from(*name),
            name: (*name).to_owned(),
            status: FlowStatus::Enabled,
        };
        let used_by = names.iter().map(flow).collect();
        ListedConnection { connection, used_by, may_change: true, signs_in: false }
    }

    #[test]
    fn what_breaks_is_named() {
        assert_eq!(breaks(&used_by(&[])), "Its secret goes from this server. No flow uses it.");
        let told = breaks(&used_by(&["Brief intake", "Weekly note"]));
        assert!(told.ends_with("chosen there: Brief intake, Weekly note."), "{told}");
    }
}
