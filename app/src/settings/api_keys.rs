//! API keys: made, shown once, taken back; and what a chat client needs to connect.

use crate::session::current_user;
use crate::settings::client_config::ClientConfig;
use crate::settings::clients::ConnectedClients;
use crate::settings::key_fns::{MakeApiKey, RevokeApiKey, load_api_keys};
use crate::ui::badge::Tone;
use crate::ui::button::{Button, IconButton, Kind};
use crate::ui::callout::Callout;
use crate::ui::choice::Check;
use crate::ui::code::Code;
use crate::ui::dialog::ConfirmOne;
use crate::ui::field::{SelectField, TextField};
use crate::ui::form::FormProblems;
use crate::ui::problem::{FormProblem, Loaded};
use crate::ui::skeleton::RowsSkeleton;
use crate::ui::table::StackTable;
use crate::ui::time::{Moment, use_now};
use crate::ui::toast::use_toasts;
use domain::actor::Role;
use domain::keys::{ApiKey, MadeKey};
use leptos::form::ActionForm;
use leptos::prelude::*;

const ROLES: [Role; 4] = [Role::Viewer, Role::Member, Role::WorkspaceAdmin, Role::SuperAdmin];
const ENDS: [(&str, &str); 4] =
    [("30", "In 30 days"), ("90", "In 90 days"), ("365", "In a year"), ("", "Never")];

const PROFILES: [(&str, &str); 2] = [("focused", "The most useful"), ("full", "All")];

/// The section.
#[component]
pub(crate) fn ApiKeys() -> impl IntoView {
    let make = ServerAction::<MakeApiKey>::new();
    let revoke = ServerAction::<RevokeApiKey>::new();
    let asked = RwSignal::new(None::<ApiKey>);
    let keys =
        Resource::new(move || (make.version().get(), revoke.version().get()), |_| load_api_keys());
    let toasts = use_toasts();
    Effect::new(move || match revoke.value().get() {
        Some(Ok(())) => toasts.say("The key no longer works"),
        Some(Err(error)) => toasts.failed(error.to_string()),
        None => {}
    });
    let fresh = move || {
        let made = make.value().get().and_then(Result::ok);
        made.map(|(made, address)| view! { <FreshKey made=made address=address /> })
    };
    view! {
        <p class="muted">
            "A key lets a script or a chat client act as you in this workspace, with at most your role."
        </p>
        <NewKeyForm make=make />
        {fresh}
        <Loaded of=keys skeleton=|| view! { <RowsSkeleton count=2 /> } let:all>
            <KeyTable keys=all.0 asked=asked />
            <Clients address=all.1 />
        </Loaded>
        <ConfirmOne
            asked=asked
            title=|it| format!("Take back the key for {}?", it.label)
            body=|_| "Whatever uses it stops working at once. What it did stays, with your name.".to_owned()
            action="Take it back"
            confirm=move |it: ApiKey| {
                revoke.dispatch(RevokeApiKey { key: it.id.to_string() });
            }
        />
        <ConnectedClients />
    }
}

#[component]
fn NewKeyForm(make: ServerAction<MakeApiKey>) -> impl IntoView {
    let problems = FormProblems::of(make.value());
    let own = current_user().with_untracked(|it| it.role);
    let may_have = ROLES.into_iter().filter(|it| *it <= own);
    let roles: Vec<_> =
        may_have.map(|it| (it.as_str().to_owned(), it.label().to_owned())).collect();
    let ends = ENDS.map(|(days, words)| (days.to_owned(), words.to_owned())).to_vec();
    let profiles = PROFILES.map(|(key, words)| (key.to_owned(), words.to_owned())).to_vec();
    let usual = own.min(Role::Member).as_str().to_owned();
    view! {
        <section class="card" aria-labelledby="key-h">
            <div class="card__head"><h2 id="key-h">"New key"</h2></div>
            <div class="card__body">
                <ActionForm action=make attr:class="stack stack--4">
                    <div class="cfg2">
                        <TextField label="What it is for" name="typed[label]" placeholder="Weekly report" required=true error=problems.field("label") />
                        <SelectField label="Role" name="typed[role]" options=roles value=usual error=problems.field("role") />
                        <SelectField label="Ends" name="typed[days]" options=ends value="90".to_owned() error=problems.field("days") />
                        <SelectField label="Tools it is shown" name="typed[profile]" options=profiles value="focused".to_owned() />
                    </div>
                    <TextField label="Only these tools" name="typed[tools]" placeholder="todos, create_card"
                        hint="Names of tools or of their groups, with commas between them. Empty for every tool that the role allows."
                        error=problems.field("tools") />
                    <div class="stack">
                        <Check name="typed[asks]">"Ask me before it changes or deletes something"</Check>
                        <Check name="typed[decides]">"May approve or reject what others ask for"</Check>
                    </div>
                    <FormProblem error=problems.rest(&["label", "role", "days", "tools"]) />
                    <div class="row">
                        <Button kind=Kind::Primary r#type="submit" icon="key" busy=make.pending()>"Make a key"</Button>
                    </div>
                </ActionForm>
            </div>
        </section>
    }
}

#[component]
fn FreshKey(made: MadeKey, address: String) -> impl IntoView {
    let title = format!("The key for {} is ready", made.meta.label);
    view! {
        <Callout tone=Tone::Good title=title>
            <p>"Copy it now, or what a client needs with it inside. It is not shown again."</p>
            <Code label="API key" text=made.key.clone() />
            <ClientConfig id="client-of-key" address=address api_key=made.key />
        </Callout>
    }
}

const COLUMNS: &[(&str, &str)] = &[("Key", ""), ("Role", ""), ("Last used", "p2"), ("Ends", "p2")];

#[component]
fn KeyTable(keys: Vec<ApiKey>, asked: RwSignal<Option<ApiKey>>) -> impl IntoView {
    let rows: Vec<_> = keys.into_iter().map(|it| view! { <KeyRow row=it asked=asked /> }).collect();
    (!rows.is_empty()).then(|| {
        view! {
            <StackTable caption="Your API keys" columns=COLUMNS class="table--calm">{rows}</StackTable>
        }
    })
}

#[component]
fn KeyRow(row: ApiKey, asked: RwSignal<Option<ApiKey>>) -> impl IntoView {
    let now = use_now();
    let (used, ends) = (row.last_used_at_ms, row.expires_at_ms);
    let label = format!("Take back the key for {}", row.label);
    let said = [(row.ask_first, ", asks first"), (row.can_approve, ", approves for others")];
    let said: String = said.into_iter().filter(|it| it.0).map(|it| it.1).collect();
    let only = match row.tools.as_slice() {
        [] => String::new(),
        tools => format!(", only {}", tools.join(", ")),
    };
    let role = format!("{}{said}{only}", row.role.label());
    let shown = format!("{}…{}", row.prefix, row.last4);
    let name = row.label.clone();
    view! {
        <tr role="row">
            <td role="cell" class="name wide">
                <span>{name}</span>
                <span class="sub trunc mono">{shown}</span>
            </td>
            <td role="cell">{role}</td>
            <td role="cell" class="p2 quiet">
                {move || used.map_or_else(|| "Not yet".to_owned(), |it| now.get().ago(it))}
            </td>
            <td role="cell" class="p2 quiet">
                {move || ends.map_or_else(|| "Never".to_owned(), |it| ends_in(now.get(), it))}
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

fn ends_in(now: Moment, at_ms: i64) -> String {
    if at_ms <= now.now_ms { "Ended".to_owned() } else { now.clock(at_ms) }
}

/// How chat clients and scripts connect.
#[component]
fn Clients(address: String) -> impl IntoView {
    let signing_in = format!("{address}/mcp?auth=required");
    let every = format!("{address}/mcp?profile=full");
    view! {
        <section class="card" aria-labelledby="cl-h">
            <div class="card__head"><h2 id="cl-h">"Connect a client"</h2></div>
            <div class="card__body stack stack--3">
                <p class="sm muted">
                    "Give your chat client one of these addresses. The first two also want the key."
                </p>
                <Code label="With the most useful tools" text=format!("{address}/mcp") />
                <Code label="With every tool" text=every />
                <Code label="Without a key: the client signs you in with the browser" text=signing_in />
                <ClientConfig id="client-of-page" address=address />
            </div>
        </section>
    }
}
