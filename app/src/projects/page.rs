//! One project: its tabs, each with its own address, and the record that is open over them.

use crate::live::use_live;
use crate::projects::address::{Address, use_address};
use crate::projects::age::{Age, AgeLine, Ages, use_freshness};
use crate::projects::desk::Desk;
use crate::projects::drawer::{Loading, RecordDrawer};
use crate::projects::panel::{Panel, Tabbed};
use crate::projects::server_fns::{load_detail, load_project, load_tab};
use crate::shell::missing::Missing;
use crate::shell::panel::use_side_panel;
use crate::ui::button::Button;
use crate::ui::icon::Icon;
use crate::ui::kept::of_loading;
use crate::ui::person::{Avatars, Tile};
use crate::ui::problem::LoadedPage;
use crate::ui::skeleton::PageSkeleton;
use crate::ui::tabs::{Tab as TabLink, Tabs};
use domain::event::Topic;
use domain::project::Project;
use domain::record::Tab;
use leptos::prelude::*;
use leptos_meta::Title;

/// The page of a project.
#[component]
pub fn ProjectPage() -> impl IntoView {
    let address = use_address();
    let is_there = move || address.project.get() > 0 && address.tab.get().is_some();
    view! {
        <Show when=is_there fallback=|| view! { <Missing /> }>
            <Known address=address />
        </Show>
    }
}

/// The page of a project whose address is well formed.
#[component]
fn Known(address: Address) -> impl IntoView {
    let Address { project: id, tab, open, .. } = address;
    let desk = Desk::new(id);
    let tab = Memo::new(move |_| tab.get().unwrap_or_default());
    let freshness = use_freshness();
    // Made here and not in the tabs: what is inside a loading part is built more than once on the server.
    let project = Resource::new(move || id.get(), load_project);
    let version = changes(desk, freshness);
    let shown: Tabbed = Resource::new(
        move || (id.get(), tab.get(), version.get()),
        |(id, tab, (seen, ..))| async move { Ok((seen, load_tab(id, tab).await?)) },
    );
    let detail: Loading = Resource::new(
        move || (id.get(), open.get(), version.get()),
        |(id, open, (seen, ..))| async move {
            match open {
                Some(open) => Ok(Some((seen, load_detail(id, open).await?))),
                None => Ok(None),
            }
        },
    );
    let key = Signal::derive(move || tab.get().key().to_owned());
    view! {
        <LoadedPage of=project skeleton=|| view! { <PageSkeleton /> } let:project>
            <div class="page">
                <Head project=project.clone() of=shown age=freshness />
                <Age of=freshness />
                <Transition fallback=plain_tabs(address, project.name.clone(), key)>
                    <CountedTabs address=address name=project.name.clone() open=key of=shown />
                </Transition>
                <div
                    role="tabpanel"
                    class="tabpanel"
                    id=move || format!("p-{}", key.get())
                    aria-labelledby=move || format!("t-{}", key.get())
                >
                    <Panel of=shown tab=tab desk=desk />
                </div>
                <RecordDrawer of=detail desk=desk />
            </div>
        </LoadedPage>
    }
}

/// The tabs as links, each with how much is on it where that is known.
fn links(address: Address, counts: &[(Tab, u32)]) -> Vec<TabLink> {
    let link = |it: Tab| TabLink {
        key: it.key(),
        label: it.label(),
        href: address.of_tab(it),
        count: counts.iter().find(|one| one.0 == it).map(|one| one.1),
    };
    Tab::ALL.into_iter().map(link).collect()
}

/// The tabs before anything is known of what is on them.
fn plain_tabs(
    address: Address,
    name: String,
    open: Signal<String>,
) -> impl Fn() -> AnyView + Send + Sync {
    move || {
        let tabs = Signal::derive(move || links(address, &[]));
        view! { <Tabs label=name.clone() tabs=tabs open=open /> }.into_any()
    }
}

/// The tabs with what is on them, as it came with the open one.
#[component]
fn CountedTabs(address: Address, name: String, open: Signal<String>, of: Tabbed) -> impl IntoView {
    let counts = of_loading(move |before: Option<&Vec<(Tab, u32)>>| match of.get() {
        Some(Ok((_, shown))) => shown.counts,
        _ => before.cloned().unwrap_or_default(),
    });
    let tabs = Signal::derive(move || counts.with(|it| links(address, it)));
    view! { <Tabs label=name tabs=tabs open=open /> }
}

/// Grows with everything that may have changed what the page shows: acts here, acts elsewhere, and what the mirror
/// found.
fn changes(desk: Desk, freshness: Ages) -> Signal<(u64, u64, u64)> {
    let live = use_live().version(Topic::Operation);
    let looked = RwSignal::new(0_u64);
    Effect::new(move |before: Option<Option<(i64, bool)>>| {
        let found = freshness.get().and_then(Result::ok).flatten();
        let now = found.map(|it| (it.as_of_ms, it.stale.is_some()));
        if before.flatten().is_some_and(|it| Some(it) != now) {
            looked.update(|it| *it += 1);
        }
        now
    });
    Signal::derive(move || (desk.version().get(), live.get(), looked.get()))
}

/// Who has something to do here.
#[component]
fn Faces(of: Tabbed) -> impl IntoView {
    let names = of_loading(move |before: Option<&Vec<String>>| match of.get() {
        Some(Ok((_, shown))) => shown.team,
        _ => before.cloned().unwrap_or_default(),
    });
    move || names.with(|it| (!it.is_empty()).then(|| view! { <Avatars names=it.clone() most=4 /> }))
}

#[component]
fn Head(project: Project, of: Tabbed, age: Ages) -> impl IntoView {
    let panel = use_side_panel();
    view! {
        <Title text=project.name.clone() />
        <div class="page__head">
            <div class="page__t">
                <ol class="crumbs" aria-label="Breadcrumb">
                    <li><a href="/projects">"Projects"</a><Icon name="chev-right" /></li>
                    <li><span aria-current="page">{project.name.clone()}</span></li>
                </ol>
                <div class="row gap-3" style="margin-block-start: 0.375rem">
                    <Tile name=project.name.clone() size="tile--lg" />
                    <div class="grow"><h1>{project.name}</h1><p style="margin: 0">{project.description}</p></div>
                </div>
                <AgeLine of=age />
            </div>
            <div class="page__a">
                <span class="hide-cq"><Transition><Faces of=of /></Transition></span>
                <Button icon="assistant" on:click=move |_| panel.open()>"Ask about this"</Button>
                <a class="btn" href=project.app_url target="_blank" rel="noreferrer">
                    "Basecamp"
                    <Icon name="external" />
                </a>
            </div>
        </div>
    }
}
