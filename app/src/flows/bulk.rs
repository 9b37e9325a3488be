//! What is done to several flows at once.

use super::folder_fns::move_flow;
use super::folders::NONE;
use super::server_fns::{FlowList, delete_flow, set_flow_status};
use crate::error::AppError;
use crate::runs::words::count;
use crate::session;
use crate::ui::button::{Button, Kind, Size};
use crate::ui::dialog::Confirm;
use crate::ui::toast::{Toasts, use_toasts};
use domain::actor::Permission;
use domain::flow::FlowStatus;
use domain::flow::listing::Folder;
use domain::ids::FlowId;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::BTreeSet;

/// The flows that are ticked.
pub type Ticked = RwSignal<BTreeSet<FlowId>>;

/// What is done to each.
#[derive(Clone, Debug, PartialEq)]
enum Act {
    Switch(FlowStatus),
    MoveTo(Option<String>),
    Delete,
}

impl Act {
    async fn run(&self, id: FlowId) -> Result<(), AppError> {
        match self {
            Self::Switch(status) => set_flow_status(id, *status).await.map(drop),
            Self::MoveTo(folder) => move_flow(id, folder.clone()).await.map(drop),
            Self::Delete => delete_flow(id).await,
        }
    }

    fn done(&self) -> &'static str {
        match self {
            Self::Switch(FlowStatus::Enabled) => "switched on",
            Self::Switch(FlowStatus::Disabled) => "switched off",
            Self::MoveTo(_) => "moved",
            Self::Delete => "deleted",
        }
    }
}

/// How it went: what was done, and the first reason for what was not.
fn said(toasts: Toasts, act: &Act, (done, failed): (usize, &[String])) {
    let done_words = format!("{} {}", count(done, "flow was", "flows were"), act.done());
    match failed.first() {
        None => toasts.say(done_words),
        Some(why) => {
            let not = count(failed.len(), "was not", "were not");
            toasts.failed(format!("{done_words}, {not}. {why}"));
        }
    }
}

/// Does `act` to every flow that is ticked, one after the other, and says how it went.
#[derive(Clone, Copy)]
struct Bulk {
    ticked: Ticked,
    list: Memo<FlowList>,
    busy: RwSignal<bool>,
    asks: RwSignal<bool>,
    toasts: Toasts,
}

impl Bulk {
    fn act(self, act: Act) {
        let all: Vec<_> = self.ticked.get_untracked().into_iter().collect();
        self.busy.set(true);
        spawn_local(async move {
            let (mut done, mut failed) = (0, Vec::new());
            for id in all {
                let name = self.list.try_with_untracked(|it| {
                    it.flows.iter().find(|it| it.id == id).map(|it| it.name.clone())
                });
                match act.run(id).await {
                    Ok(()) => done += 1,
                    Err(error) => {
                        failed.push(format!("{}: {error}", name.flatten().unwrap_or_default()));
                    }
                }
            }
            said(self.toasts, &act, (done, &failed));
            self.ticked.try_set(BTreeSet::new());
            self.busy.try_set(false);
            self.asks.try_set(false);
        });
    }
}

/// Appears while flows are ticked.
#[component]
pub fn BulkBar(
    /// The ticked ones.
    ticked: Ticked,
    /// The flows with their folders.
    list: Memo<FlowList>,
) -> impl IntoView {
    let may_manage = session::can(Permission::Manage);
    let (busy, asks) = (RwSignal::new(false), RwSignal::new(false));
    let bulk = Bulk { ticked, list, busy, asks, toasts: use_toasts() };
    let number = move || ticked.with(BTreeSet::len);
    let title = move || format!("Delete {}?", count(number(), "flow", "flows"));
    let switch = move |to: FlowStatus| bulk.act(Act::Switch(to));
    view! {
        <Show when=move || { number() > 0 }>
            <div class="toolbar" role="region" aria-label="Chosen flows">
                <b class="sm" role="status">{move || format!("{} chosen", number())}</b>
                <Show when=move || may_manage.get()>
                    <Button size=Size::Small busy=busy on:click=move |_| switch(FlowStatus::Enabled)>"Switch on"</Button>
                </Show>
                <Button size=Size::Small busy=busy on:click=move |_| switch(FlowStatus::Disabled)>"Switch off"</Button>
                <MoveTo bulk=bulk />
                <Show when=move || may_manage.get()>
                    <Button kind=Kind::Danger size=Size::Small busy=busy on:click=move |_| asks.set(true)>"Delete"</Button>
                </Show>
                <Button kind=Kind::Ghost size=Size::Small on:click=move |_| ticked.set(BTreeSet::new())>"Choose none"</Button>
            </div>
        </Show>
        <Confirm
            open=asks
            title=Signal::derive(title)
            body="The flows, their versions and the record of their runs go. What they did in Basecamp stays."
            action="Delete"
            busy=busy
            confirm=move |()| bulk.act(Act::Delete)
        />
    }
}

/// The folders that the ticked flows can go to.
#[component]
fn MoveTo(bulk: Bulk) -> impl IntoView {
    let chosen = move |value: String| match value.as_str() {
        "" => {}
        NONE => bulk.act(Act::MoveTo(None)),
        id => bulk.act(Act::MoveTo(Some(id.to_owned()))),
    };
    let options = move || {
        let option = |it: &Folder| {
            view! { <option value=it.id.clone()>{it.display_name.clone()}</option> }
        };
        bulk.list.with(|it| it.folders.iter().map(option).collect_view())
    };
    view! {
        <select
            class="select"
            aria-label="Move to a folder"
            prop:value=""
            on:change=move |event| chosen(event_target_value(&event))
        >
            <option value="">"Move to"</option>
            {options}
            <option value=NONE>"No folder"</option>
        </select>
    }
}
