//! One connection in the list.

use crate::connections::start::address;
use crate::ui::badge::{Badge, Pill, State, Tone};
use crate::ui::button::{Button, IconButton, Size};
use crate::ui::person::{Avatar, Tile};
use crate::ui::time::use_now;
use domain::integration::{BasecampAccess, Health, Sharing};
use leptos::prelude::*;

/// What the buttons of a row do.
#[derive(Clone, Copy)]
pub struct Acts {
    /// Tests the connection with this id.
    pub(crate) test: Callback<String>,
    /// A test is under way.
    pub(crate) testing: Memo<bool>,
    /// Asks before this one goes.
    pub(crate) asked: RwSignal<Option<BasecampAccess>>,
}

#[component]
pub(crate) fn ConnectionRow(access: BasecampAccess, acts: Acts) -> impl IntoView {
    let now = use_now();
    let checked_at = access.checked.as_ref().map(|it| it.at_ms);
    let checked = move || checked_at.map_or_else(|| "Not yet".to_owned(), |it| now.get().ago(it));
    let problem = access.checked.as_ref().and_then(|it| it.error.clone());
    let (state, words) = match (access.health, &problem) {
        (Health::Working, None) => (State::Succeeded, "Working"),
        (Health::Working, Some(_)) => (State::Failed, "Last test failed"),
        (Health::Choosing, _) => (State::Waiting, "Choose an account"),
        (Health::NeedsAttention, _) => (State::Failed, "Signed out"),
    };
    let who = match (access.sharing, access.owner.clone()) {
        (Sharing::Personal, Some(owner)) => {
            view! { <Badge>"Personal"</Badge><Avatar name=owner size="avatar--xs" /> }.into_any()
        }
        _ => view! { <Badge tone=Tone::Accent>"Workspace"</Badge> }.into_any(),
    };
    let sub = match (access.is_sample, access.is_in_use) {
        (true, _) => "Served by PM OS itself".to_owned(),
        (false, true) => format!("{}, in use", access.signed_in_as),
        (false, false) => access.signed_in_as.clone(),
    };
    let used_by = if access.is_in_use { "Pages, flows, assistant" } else { "Nothing now" };
    let name = access.name.clone();
    view! {
        <tr role="row">
            <td role="cell" class="name wide">
                <div class="row gap-3">
                    <Tile name="Basecamp" letters="Bc" tile_hue=150 />
                    <div class="grow"><span>{name}</span><span class="sub">{sub}</span></div>
                </div>
            </td>
            <td role="cell" class="p2"><span class="row">{who}</span></td>
            <td role="cell">
                <Pill state=state label=words />
                {problem.map(|it| view! { <span class="sub p2c bad">{it}</span> })}
            </td>
            <td role="cell" class="p2">{used_by}</td>
            <td role="cell" class="quiet p3">{checked}</td>
            <td role="cell"><RowActs access=access acts=acts /></td>
        </tr>
    }
}

#[component]
fn RowActs(access: BasecampAccess, acts: Acts) -> impl IntoView {
    let (id, name) = (access.id.to_string(), access.name.clone());
    let is_lost = access.health == Health::NeedsAttention && !access.is_sample;
    let first = match access.health {
        _ if is_lost && access.may_change => {
            let href = address(access.sharing, "/integrations");
            let label = format!("Reconnect {name}");
            view! { <a class="btn btn--sm" href=href rel="external" aria-label=label>"Reconnect"</a> }
                .into_any()
        }
        Health::Choosing => ().into_any(),
        _ => view! {
            <Button
                size=Size::Small
                class="p2c"
                busy=acts.testing
                attr:aria-label=format!("Test {name}")
                on:click=move |_| acts.test.run(id.clone())
            >
                "Test"
            </Button>
        }
        .into_any(),
    };
    let label = format!("Disconnect {name}");
    let remove = access.may_change.then(|| {
        view! {
            <IconButton
                icon="trash"
                label=label
                class="icon-btn--sm"
                on:click=move |_| acts.asked.set(Some(access.clone()))
            />
        }
    });
    view! { <div class="row" style="justify-content: flex-end">{first}{remove}</div> }
}
