//! One connection of flows in the list.

use crate::connections::apps::AppState;
use crate::ui::badge::{Badge, Pill, State, Tone};
use crate::ui::button::{Button, IconButton, Size};
use crate::ui::person::Tile;
use crate::ui::time::{parse_time, use_now};
use domain::flow::connection::{
    ConnectionScope, ConnectionStatus, FlowConnection, ListedConnection,
};
use leptos::prelude::*;

/// How a connection stands, in shape and word.
pub(crate) fn health(connection: &FlowConnection) -> (State, &'static str) {
    match connection.status {
        ConnectionStatus::Active => (State::Succeeded, "Working"),
        ConnectionStatus::Missing => (State::Waiting, "Not signed in"),
        ConnectionStatus::Error => (State::Failed, "Refused"),
    }
}

/// "2 flows".
pub(crate) fn flows(count: usize) -> String {
    match count {
        0 => "No flow".to_owned(),
        1 => "1 flow".to_owned(),
        count => format!("{count} flows"),
    }
}

#[component]
pub(crate) fn AppRow(listed: ListedConnection, state: AppState) -> impl IntoView {
    let now = use_now();
    let ListedConnection { connection, used_by, may_change, .. } = listed.clone();
    let tested = connection.tested.as_deref().and_then(parse_time);
    let checked = move || tested.map_or_else(|| "Not yet".to_owned(), |it| now.get().ago(it));
    let (shape, words) = health(&connection);
    let who = match connection.scope {
        ConnectionScope::Personal => view! { <Badge icon="user">"Only me"</Badge> },
        ConnectionScope::Workspace => {
            view! { <Badge tone=Tone::Accent icon="building">"Workspace"</Badge> }
        }
    };
    let users = flows(used_by.len());
    let (name, kind) = (connection.display_name.clone(), connection.r#type.label());
    let (id, problem) = (connection.id.clone(), connection.problem.clone());
    let open = move |_| state.opened.set(Some(id.clone()));
    view! {
        <tr role="row">
            <td role="cell" class="name wide">
                <div class="row gap-3">
                    <Tile name=name.clone() />
                    <div class="grow">
                        <button class="rowlink" type="button" aria-haspopup="dialog" on:click=open>{name}</button>
                        <span class="sub trunc">{kind}</span>
                    </div>
                </div>
            </td>
            <td role="cell" class="p2"><span class="row">{who}</span></td>
            <td role="cell">
                <Pill state=shape label=words />
                {problem.map(|it| view! { <span class="sub p2c bad">{it}</span> })}
            </td>
            <td role="cell" class="p2">{users}</td>
            <td role="cell" class="quiet p3">{checked}</td>
            <td role="cell"><RowActs listed=listed may_change=may_change state=state /></td>
        </tr>
    }
}

#[component]
fn RowActs(listed: ListedConnection, may_change: bool, state: AppState) -> impl IntoView {
    let (id, name) = (listed.connection.id.clone(), listed.connection.display_name.clone());
    let is_well = listed.connection.status == ConnectionStatus::Active;
    let first = if is_well || !may_change {
        let label = format!("Test {name}");
        view! {
            <Button size=Size::Small busy=state.test.pending() attr:aria-label=label on:click=move |_| state.try_out(&id)>
                "Test"
            </Button>
        }
        .into_any()
    } else {
        let label = format!("Reconnect {name}");
        view! {
            <Button size=Size::Small attr:aria-label=label on:click=move |_| state.opened.set(Some(id.clone()))>
                "Reconnect"
            </Button>
        }
        .into_any()
    };
    let remove = may_change.then(|| {
        view! {
            <IconButton
                icon="trash"
                label=format!("Delete {name}")
                class="icon-btn--sm"
                on:click=move |_| state.asked.set(Some(listed.clone()))
            />
        }
    });
    view! { <div class="row" style="justify-content: flex-end">{first}{remove}</div> }
}
