//! The flows of a workspace.

use super::bulk::{BulkBar, Ticked};
use super::empty::NoFlows;
use super::flow_cards::FlowCards;
use super::folders::{self, FolderBar};
use super::more::{More, MoreMenu};
use super::row::FlowRow;
use super::server_fns::{FlowList, create_flow, list_flows};
use super::transfer::ImportDialog;
use crate::live::use_live;
use crate::runs::words::count;
use crate::session;
use crate::shell::panel::use_side_panel;
use crate::ui::badge::{State, Tone};
use crate::ui::button::{Button, ButtonLink, Kind};
use crate::ui::callout::Callout;
use crate::ui::choice::{Chip, Segments};
use crate::ui::kept::Kept;
use crate::ui::search::SearchBox;
use crate::ui::skeleton::CardSkeleton;
use crate::ui::table::Table;
use crate::ui::toast::use_toasts;
use domain::actor::Permission;
use domain::event::Topic;
use domain::flow::FlowStatus;
use domain::flow::listing::{FlowSummary, UNTITLED};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::{query_signal, use_navigate};
use std::collections::BTreeSet;

/// What the chips filter by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    All,
    On,
    Trouble,
    Drafts,
}

impl Part {
    const ALL: [(Self, &'static str, &'static str); 4] = [
        (Self::All, "", "All"),
        (Self::On, "on", "On"),
        (Self::Trouble, "attention", "Needs attention"),
        (Self::Drafts, "drafts", "Drafts"),
    ];

    fn of(key: &str) -> Self {
        Self::ALL.iter().find(|it| it.1 == key).map_or(Self::All, |it| it.0)
    }

    fn holds(self, flow: &FlowSummary) -> bool {
        match self {
            Self::All => true,
            Self::On => flow.status == FlowStatus::Enabled,
            Self::Trouble => needs_attention(flow),
            Self::Drafts => flow.has_draft,
        }
    }
}

/// The flows as cards, in the address.
const CARDS: &str = "cards";
/// The ways to look at flows.
const VIEWS: [(&str, &str); 2] = [("table", "Table"), (CARDS, "Cards")];

/// Its newest run failed.
pub fn needs_attention(flow: &FlowSummary) -> bool {
    flow.last_runs.first().is_some_and(|it| State::from(it.status) == State::Failed)
}

fn fitting(flows: &[FlowSummary], (part, folder): (Part, &str), wanted: &str) -> Vec<FlowSummary> {
    let wanted = wanted.trim().to_lowercase();
    let fits = |it: &&FlowSummary| {
        part.holds(it) && folders::holds(folder, it) && it.name.to_lowercase().contains(&wanted)
    };
    flows.iter().filter(fits).cloned().collect()
}

fn summary(flows: &[FlowSummary]) -> String {
    let on = flows.iter().filter(|it| Part::On.holds(it)).count();
    let trouble = flows.iter().filter(|it| needs_attention(it)).count();
    let first = format!("{on} on, {} in all.", flows.len());
    if trouble == 0 {
        first
    } else {
        format!("{first} {} attention.", count(trouble, "needs", "need"))
    }
}

/// Makes an empty flow and opens it.
pub fn use_new_flow() -> (RwSignal<bool>, Callback<()>) {
    let (busy, make) = use_asked_flow();
    (busy, Callback::new(move |()| make.run(None)))
}

/// Makes an empty flow and opens it, with the words said to the assistant beside it.
pub fn use_asked_flow() -> (RwSignal<bool>, Callback<Option<String>>) {
    let busy = RwSignal::new(false);
    let toasts = use_toasts();
    let navigate = use_navigate();
    let panel = use_side_panel();
    let make = Callback::new(move |words: Option<String>| {
        let navigate = navigate.clone();
        busy.set(true);
        spawn_local(async move {
            match create_flow(UNTITLED.to_owned()).await {
                Ok(flow) => {
                    if let Some(words) = words {
                        panel.ask_beside(flow.id.clone(), words);
                    }
                    navigate(&format!("/flows/{}", flow.id), Default::default());
                }
                Err(error) => toasts.failed(format!("The flow was not made. {error}")),
            }
            busy.try_set(false);
        });
    });
    (busy, make)
}

/// The page of flows.
#[component]
pub fn FlowsPage() -> impl IntoView {
    let live = use_live();
    let (changed, ran) = (live.version(Topic::Flow), live.version(Topic::FlowRun));
    let flows = Resource::new(move || (changed.get(), ran.get()), |_| list_flows());
    view! {
        <div class="page">
            <Kept of=flows skeleton=|| view! { <CardSkeleton count=6 /> } let:list>
                <Flows list=list />
            </Kept>
        </div>
    }
}

#[component]
fn Flows(list: Signal<Option<FlowList>>) -> impl IntoView {
    let list = Memo::new(move |_| list.get().unwrap_or_default());
    let is_empty = Memo::new(move |_| list.with(|it| it.flows.is_empty()));
    let imports = RwSignal::new(false);
    view! {
        <Show when=move || is_empty.get() fallback=move || view! { <Listed list=list imports=imports /> }>
            <NoFlows />
        </Show>
        <ImportDialog open=imports />
    }
}

/// Why flows are missing.
fn notice(list: Memo<FlowList>) -> impl IntoView {
    let words = list.with(|it| it.notice.clone());
    words.map(|it| view! { <Callout tone=Tone::Warn title="Flows of another engine are missing"><p>{it}</p></Callout> })
}

/// The flows, with what narrows them.
#[component]
fn Listed(list: Memo<FlowList>, imports: RwSignal<bool>) -> impl IntoView {
    let wanted = RwSignal::new(String::new());
    let ticked: Ticked = RwSignal::new(BTreeSet::new());
    let more = More::closed();
    let (part, _) = query_signal::<String>("show");
    let part = Memo::new(move |_| Part::of(&part.get().unwrap_or_default()));
    let (folder, _) = query_signal::<String>("folder");
    let folder = Memo::new(move |_| folder.get().unwrap_or_default());
    let (look, set_look) = query_signal::<String>("view");
    let look = Signal::derive(move || look.get().unwrap_or_else(|| VIEWS[0].0.to_owned()));
    let show = move |key: &'static str| set_look.set((key == CARDS).then(|| key.to_owned()));
    let found = Memo::new(move |_| {
        list.with(|it| fitting(&it.flows, (part.get(), &folder.read()), &wanted.read()))
    });
    view! {
        <Head list=list imports=imports />
        {move || notice(list)}
        <div class="toolbar">
            <SearchBox label="Search flows" words=wanted />
            <PartChips list=list part=part />
            <span class="push"></span>
            <Segments label="Show as" options=VIEWS.to_vec() icons=&["rows", "grid"] value=look change=show />
        </div>
        <FolderBar list=list />
        <BulkBar ticked=ticked list=list />
        <Show
            when=move || look.with(|it| it == CARDS)
            fallback=move || view! { <FlowTable found=found list=list ticked=ticked more=more /> }
        >
            <FlowCards found=found list=list more=more />
        </Show>
        <Show when=move || found.with(Vec::is_empty)>
            <p class="sm muted" role="status" style="padding: 1rem">"No flow fits. Choose another filter or search for something else."</p>
        </Show>
        <MoreMenu more=more list=list />
    }
}

#[component]
fn PartChips(list: Memo<FlowList>, part: Memo<Part>) -> impl IntoView {
    let (_, set_part) = query_signal::<String>("show");
    let chip = move |(kind, key, words): (Part, &'static str, &'static str)| {
        let number =
            Memo::new(move |_| list.with(|it| it.flows.iter().filter(|it| kind.holds(it)).count()));
        let is_bad = move || kind == Part::Trouble && number.get() > 0;
        let class = move || if is_bad() { "count count--bad" } else { "count" };
        let press = move |()| set_part.set((!key.is_empty()).then(|| key.to_owned()));
        view! {
            <Chip on=Signal::derive(move || part.get() == kind) press=press>
                {words} " " <span class=class>{move || number.get()}</span>
            </Chip>
        }
    };
    view! {
        <div class="chips" role="group" aria-label="Show">{Part::ALL.map(chip).into_iter().collect_view()}</div>
    }
}

#[component]
fn Head(list: Memo<FlowList>, imports: RwSignal<bool>) -> impl IntoView {
    let may = session::can(Permission::Write);
    let (busy, make) = use_new_flow();
    view! {
        <div class="page__head">
            <div class="page__t">
                <h1>"Flows"</h1>
                <p>{move || list.with(|it| summary(&it.flows))}</p>
            </div>
            <div class="page__a">
                <ButtonLink href="/flows/tables">"Tables"</ButtonLink>
                <ButtonLink href="/flows/templates">"Templates"</ButtonLink>
                <Show when=move || may.get()>
                    <Button icon="upload" on:click=move |_| imports.set(true)>"Import"</Button>
                    <Button kind=Kind::Primary icon="plus" busy=busy on:click=move |_| make.run(())>"New flow"</Button>
                </Show>
            </div>
        </div>
    }
}

#[component]
fn FlowTable(
    found: Memo<Vec<FlowSummary>>,
    list: Memo<FlowList>,
    ticked: Ticked,
    more: More,
) -> impl IntoView {
    let may = session::can(Permission::Write);
    let owner = move |flow: &FlowSummary| {
        let id = flow.owner_id.as_ref()?;
        list.with_untracked(|it| it.people.get(id).cloned())
    };
    view! {
        <Table caption="Flows" class="table--cq">
            <thead>
                <tr>
                    <th class="fit">"On"</th>
                    <Show when=move || may.get()>
                        <th class="fit p2"><TickAll found=found ticked=ticked /></th>
                    </Show>
                    <th>"Flow"</th>
                    <th class="p3">"Apps"</th>
                    <th class="p2">"Last run"</th>
                    <th class="p3">"Last runs"</th>
                    <th class="end p2">"Success"</th>
                    <th class="p2">"Owner"</th>
                    <th><span class="sr">"More"</span></th>
                </tr>
            </thead>
            <tbody>
                <For each=move || found.get() key=|it| (it.id.clone(), format!("{it:?}")) let:flow>
                    <FlowRow owner=owner(&flow) flow=flow ticked=ticked more=more />
                </For>
            </tbody>
        </Table>
    }
}

/// Ticks every flow that is listed, or none.
#[component]
fn TickAll(found: Memo<Vec<FlowSummary>>, ticked: Ticked) -> impl IntoView {
    let all = move || {
        found.with(|it| {
            !it.is_empty() && it.iter().all(|it| ticked.with(|ids| ids.contains(&it.id)))
        })
    };
    let tick = move |event| {
        let on = event_target_checked(&event);
        let ids = found.with_untracked(|it| it.iter().map(|it| it.id.clone()).collect());
        ticked.set(if on { ids } else { BTreeSet::new() });
    };
    view! {
        <label class="check">
            <input type="checkbox" aria-label="Choose every flow in the list" prop:checked=all on:change=tick />
        </label>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flow(name: &str, status: FlowStatus, has_draft: bool) -> FlowSummary {
        FlowSummary {
            id: name.into(),
            name: name.to_owned(),
            status,
            folder_id: None,
            published_version_id: None,
            has_draft,
            valid: true,
            trigger_piece: None,
            trigger_name: String::new(),
            pieces: Vec::new(),
            steps_count: 0,
            owner_id: None,
            engine: Default::default(),
            updated: String::new(),
            last_runs: Vec::new(),
        }
    }

    #[test]
    fn search_and_filter_narrow_together() {
        let flows = [
            flow("Overdue nudge", FlowStatus::Enabled, false),
            flow("Overdue report", FlowStatus::Disabled, true),
        ];
        let names = |part, wanted| {
            fitting(&flows, (part, ""), wanted).into_iter().map(|it| it.name).collect::<Vec<_>>()
        };
        assert_eq!(names(Part::On, "overdue"), ["Overdue nudge"]);
        assert_eq!(names(Part::Drafts, ""), ["Overdue report"]);
        assert_eq!(summary(&flows), "1 on, 2 in all.");
    }
}
