//! The connections that flows use: secrets and sign-ins at other apps, listed with the flows that depend on them.

pub mod add;
pub mod details;
pub mod row;
pub mod secret;
pub mod server_fns;

use crate::connections::apps::add::AddDialog;
use crate::connections::apps::details::DetailsDialog;
use crate::connections::apps::server_fns::{DeleteFlowConnection, TestFlowConnection};
use crate::ui::badge::Tone;
use crate::ui::callout::Callout;
use crate::ui::dialog::ConfirmOne;
use crate::ui::toast::use_toasts;
use domain::flow::connection::{ConnectionList, ListedConnection};
use domain::ids::ConnectionId;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// What the buttons do, and what is open. Made by the page, so that it outlives a new reading of the list.
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
    pub(crate) fn new() -> Self {
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

    /// Grows with everything that changes the list.
    pub(crate) fn version(self) -> (usize, usize, u64) {
        (self.test.version().get(), self.remove.version().get(), self.changed.get())
    }

    /// Tries a connection out.
    pub(crate) fn try_out(self, id: &ConnectionId) {
        self.test.dispatch(TestFlowConnection { id: id.to_string() });
    }
}

/// What opens over the list of connections of flows.
#[component]
pub(crate) fn AppDialogs(list: Signal<Option<ConnectionList>>, state: AppState) -> impl IntoView {
    view! {
        <DetailsDialog list=list state=state />
        <AddDialog list=list state=state />
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
pub(crate) fn CameBack(list: Signal<Option<ConnectionList>>) -> impl IntoView {
    let query = use_query_map();
    let named = move |id: &str| {
        let all = list.get()?.connections;
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
    view! { <div>{told}</div> }
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
