//! Chat clients that signed the person in: listed, disconnected.

use crate::oauth::server_fns::{DisconnectClient, load_connected_clients};
use crate::ui::button::IconButton;
use crate::ui::dialog::ConfirmOne;
use crate::ui::problem::Loaded;
use crate::ui::skeleton::RowsSkeleton;
use crate::ui::table::StackTable;
use crate::ui::time::use_now;
use crate::ui::toast::use_toasts;
use domain::oauth::ConnectedClient;
use leptos::prelude::*;

/// The list; nothing while there is none.
#[component]
pub(crate) fn ConnectedClients() -> impl IntoView {
    let disconnect = ServerAction::<DisconnectClient>::new();
    let asked = RwSignal::new(None::<ConnectedClient>);
    let clients = Resource::new(move || disconnect.version().get(), |_| load_connected_clients());
    let toasts = use_toasts();
    Effect::new(move || match disconnect.value().get() {
        Some(Ok(())) => toasts.say("The chat client is disconnected"),
        Some(Err(error)) => toasts.failed(error.to_string()),
        None => {}
    });
    view! {
        <Loaded of=clients skeleton=|| view! { <RowsSkeleton count=1 /> } let:all>
            <ClientTable clients=all asked=asked />
        </Loaded>
        <ConfirmOne
            asked=asked
            title=|it| format!("Disconnect {}?", it.name)
            body=|_| "It stops working at once. What it did stays, with your name.".to_owned()
            action="Disconnect it"
            confirm=move |it: ConnectedClient| {
                disconnect.dispatch(DisconnectClient { client: it.id.to_string() });
            }
        />
    }
}

const COLUMNS: &[(&str, &str)] = &[("Chat client", ""), ("Role", ""), ("Last used", "p2")];

#[component]
fn ClientTable(
    clients: Vec<ConnectedClient>,
    asked: RwSignal<Option<ConnectedClient>>,
) -> impl IntoView {
    let row = |it| view! { <ClientRow row=it asked=asked /> };
    let rows: Vec<_> = clients.into_iter().map(row).collect();
    (!rows.is_empty()).then(|| {
        view! {
            <StackTable caption="Chat clients that act for you" columns=COLUMNS class="table--calm">{rows}</StackTable>
        }
    })
}

#[component]
fn ClientRow(row: ConnectedClient, asked: RwSignal<Option<ConnectedClient>>) -> impl IntoView {
    let (now, used) = (use_now(), row.last_used_at_ms);
    let label = format!("Disconnect {}", row.name);
    let asks = if row.ask_first { ", asks first" } else { "" };
    let role = format!("{}{asks}", row.role.label());
    let name = row.name.clone();
    view! {
        <tr role="row">
            <td role="cell" class="name wide">
                <span>{name}</span>
                <span class="sub trunc">"Signed you in with this browser"</span>
            </td>
            <td role="cell">{role}</td>
            <td role="cell" class="p2 quiet">
                {move || used.map_or_else(|| "Not yet".to_owned(), |it| now.get().ago(it))}
            </td>
            <td role="cell">
                <IconButton
                    icon="trash"
                    label=label
                    class="icon-btn--sm"
                    on:click=move |_| asked.set(Some(row.clone()))
                />
            </td>
        </tr>
    }
}
