//! The flows of a workspace.

use super::empty::NoFlows;
use super::row::FlowRow;
use super::server_fns::{FlowList, create_flow, list_flows};
use crate::live::use_live;
use crate::runs::words::count;
use crate::session;
use crate::ui::badge::State;
use crate::ui::button::{Button, ButtonLink, Kind};
use crate::ui::choice::Chip;
use crate::ui::problem::Loaded;
use crate::ui::search::SearchBox;
use crate::ui::skeleton::CardSkeleton;
use crate::ui::table::Table;
use crate::ui::toast::use_toasts;
use domain::actor::Permission;
use domain::event::Topic;
use domain::flow::FlowStatus;
use domain::flow::listing::FlowSummary;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::{query_signal, use_navigate};
use std::collections::BTreeMap;

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

/// Its newest run failed.
pub fn needs_attention(flow: &FlowSummary) -> bool {
    flow.last_runs.first().is_some_and(|it| State::from(it.status) == State::Failed)
}

fn fitting(flows: &[FlowSummary], part: Part, wanted: &str) -> Vec<FlowSummary> {
    let wanted = wanted.trim().to_lowercase();
    let fits = |it: &&FlowSummary| part.holds(it) && it.name.to_lowercase().contains(&wanted);
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
    let busy = RwSignal::new(false);
    let toasts = use_toasts();
    let navigate = use_navigate();
    let make = Callback::new(move |()| {
        let navigate = navigate.clone();
        busy.set(true);
        spawn_local(async move {
            match create_flow("Untitled flow".to_owned()).await {
                Ok(flow) => navigate(&format!("/flows/{}", flow.id), Default::default()),
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
    let wanted = RwSignal::new(String::new());
    view! {
        <div class="page">
            <Loaded of=flows skeleton=|| view! { <CardSkeleton count=6 /> } let:list>
                <Flows list=list wanted=wanted />
            </Loaded>
        </div>
    }
}

#[component]
fn Flows(list: FlowList, wanted: RwSignal<String>) -> impl IntoView {
    let (part, set_part) = query_signal::<String>("show");
    let part = Memo::new(move |_| Part::of(&part.get().unwrap_or_default()));
    let FlowList { flows, people } = list;
    let words = summary(&flows);
    let flows = StoredValue::new(flows);
    let found = Memo::new(move |_| flows.with_value(|it| fitting(it, part.get(), &wanted.read())));
    let chip = move |(kind, key, words): (Part, &'static str, &'static str)| {
        let number = flows.with_value(|all| all.iter().filter(|it| kind.holds(it)).count());
        let class = if kind == Part::Trouble && number > 0 { "count count--bad" } else { "count" };
        let press = move |()| set_part.set((!key.is_empty()).then(|| key.to_owned()));
        view! {
            <Chip on=Signal::derive(move || part.get() == kind) press=press>
                {words} " " <span class=class>{number}</span>
            </Chip>
        }
    };
    if flows.with_value(Vec::is_empty) {
        return view! { <NoFlows /> }.into_any();
    }
    view! {
        <Head words=words />
        <div class="toolbar">
            <SearchBox label="Search flows" words=wanted />
            <div class="chips" role="group" aria-label="Show">{Part::ALL.map(chip).into_iter().collect_view()}</div>
        </div>
        <FlowTable found=found people=people />
    }
    .into_any()
}

#[component]
fn Head(words: String) -> impl IntoView {
    let may = session::can(Permission::Write);
    let (busy, make) = use_new_flow();
    view! {
        <div class="page__head">
            <div class="page__t">
                <h1>"Flows"</h1>
                <p>{words}</p>
            </div>
            <div class="page__a">
                <ButtonLink href="/flows/templates">"Templates"</ButtonLink>
                <Show when=move || may.get()>
                    <Button kind=Kind::Primary icon="plus" busy=busy on:click=move |_| make.run(())>"New flow"</Button>
                </Show>
            </div>
        </div>
    }
}

#[component]
fn FlowTable(found: Memo<Vec<FlowSummary>>, people: BTreeMap<String, String>) -> impl IntoView {
    let owner =
        move |flow: &FlowSummary| flow.owner_id.as_ref().and_then(|it| people.get(it).cloned());
    view! {
        <Table caption="Flows" class="table--cq">
            <thead>
                <tr>
                    <th class="fit">"On"</th>
                    <th>"Flow"</th>
                    <th class="p3">"Apps"</th>
                    <th class="p2">"Last run"</th>
                    <th class="p3">"Last runs"</th>
                    <th class="end p2">"Success"</th>
                    <th>"Owner"</th>
                    <th class="p2"><span class="sr">"More"</span></th>
                </tr>
            </thead>
            <tbody>
                <For each=move || found.get() key=|it| (it.id.clone(), format!("{it:?}")) let:flow>
                    <FlowRow owner=owner(&flow) flow=flow />
                </For>
            </tbody>
        </Table>
        <Show when=move || found.with(Vec::is_empty)>
            <p class="sm muted" role="status" style="padding: 1rem">"No flow fits. Choose another filter or search for something else."</p>
        </Show>
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
            fitting(&flows, part, wanted).into_iter().map(|it| it.name).collect::<Vec<_>>()
        };
        assert_eq!(names(Part::On, "overdue"), ["Overdue nudge"]);
        assert_eq!(names(Part::Drafts, ""), ["Overdue report"]);
        assert_eq!(summary(&flows), "1 on, 2 in all.");
    }
}
