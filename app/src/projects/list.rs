//! All projects, as a table or as cards.

use crate::projects::age::{Age, use_freshness};
use crate::projects::due::DueLabel;
use crate::projects::server_fns::load_projects;
use crate::projects::unconnected::Unconnected;
use crate::ui::button::Button;
use crate::ui::choice::Toggle;
use crate::ui::empty::Empty;
use crate::ui::icon::Icon;
use crate::ui::person::{Avatars, Tile};
use crate::ui::problem::Loaded;
use crate::ui::progress::{Progress, percent};
use crate::ui::search::SearchBox;
use crate::ui::skeleton::RowsSkeleton;
use crate::ui::table::Table;
use domain::project::ProjectSummary;
use domain::words;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// The page.
#[component]
pub fn ProjectsPage() -> impl IntoView {
    let projects = Resource::new(|| (), |()| load_projects());
    let freshness = use_freshness();
    let count = move || projects.get()?.ok()?.map(|it| it.len());
    let lead = move || match count() {
        Some(number) => format!("{} from Basecamp.", words::count(number, "project", "projects")),
        None => "Projects from Basecamp.".to_owned(),
    };
    view! {
        <Title text="Projects" />
        <div class="page">
            <div class="page__head">
                <div class="page__t">
                    <h1>"Projects"</h1>
                    <Transition fallback=|| view! { <p>"Projects from Basecamp."</p> }><p>{lead}</p></Transition>
                </div>
                <div class="page__a">
                    <Button icon="refresh" on:click=move |_| projects.refetch()>"Refresh"</Button>
                </div>
            </div>
            <Age of=freshness />
            <Loaded of=projects skeleton=|| view! { <RowsSkeleton count=6 /> } let:all>
                {match all {
                    Some(all) => view! { <Projects all=all /> }.into_any(),
                    None => view! { <Unconnected /> }.into_any(),
                }}
            </Loaded>
        </div>
    }
}

#[component]
fn Projects(all: Vec<ProjectSummary>) -> impl IntoView {
    let query = use_query_map();
    let as_cards = Memo::new(move |_| query.read().get("view").is_some_and(|it| it == "cards"));
    let search = RwSignal::new(String::new());
    let overdue = RwSignal::new(false);
    let all = StoredValue::new(all);
    let fitting = Memo::new(move |_| {
        let search = search.get().trim().to_lowercase();
        let fits = |it: &&ProjectSummary| {
            (!overdue.get() || it.overdue > 0) && it.project.name.to_lowercase().contains(&search)
        };
        all.with_value(|all| all.iter().filter(fits).cloned().collect::<Vec<_>>())
    });
    let content = move || {
        let list = fitting.get();
        if list.is_empty() {
            view! { <Empty icon="projects" title="No project matches" body="Clear the search to see all of them." /> }.into_any()
        } else if as_cards.get() {
            view! { <Cards list=list /> }.into_any()
        } else {
            view! { <Rows list=list /> }.into_any()
        }
    };
    view! {
        <div class="toolbar">
            <SearchBox label="Search projects" words=search />
            <div class="chips">
                <Toggle on=overdue>"Has overdue"</Toggle>
            </div>
            <ViewChoice as_cards=as_cards />
        </div>
        {content}
    }
}

/// Table or cards; the choice is in the address.
#[component]
fn ViewChoice(as_cards: Memo<bool>) -> impl IntoView {
    let link = move |cards: bool, href: &'static str, icon: &'static str, words: &'static str| {
        view! {
            <a href=href aria-current=move || (as_cards.get() == cards).then_some("true")>
                <Icon name=icon class="icon--sm" />
                {words}
            </a>
        }
    };
    view! {
        <nav class="push seg seg--sm" aria-label="View">
            {link(false, "/projects", "rows", "Table")} {link(true, "/projects?view=cards", "grid", "Cards")}
        </nav>
    }
}

fn total(summary: &ProjectSummary) -> u32 {
    summary.open.saturating_add(summary.completed)
}

#[component]
fn Done(summary: ProjectSummary) -> impl IntoView {
    let (done, total) = (summary.completed, total(&summary));
    view! { <Progress label=format!("{done} of {total} to-dos done") value=percent(done, total) class="grow" /> }
}

/// What is wrong first: overdue to-dos, else that it is on track.
#[component]
fn Risk(overdue: u32) -> impl IntoView {
    let (class, icon, words) = match overdue {
        0 => ("row risk quiet", "circle-check", "On track".to_owned()),
        1 => ("row risk bad", "alert", "1 to-do overdue".to_owned()),
        count => ("row risk bad", "alert", format!("{count} to-dos overdue")),
    };
    view! { <span class=class><Icon name=icon class="icon--sm" /><span class="trunc">{words}</span></span> }
}

#[component]
fn Rows(list: Vec<ProjectSummary>) -> impl IntoView {
    view! {
        <Table caption="Projects, by name" class="table--cq">
            <thead>
                <tr>
                    <th>"Project"</th>
                    <th class="p2">"Main risk"</th>
                    <th class="p3">"To-dos done"</th>
                    <th class="end">"Open"</th>
                    <th class="p2">"Next due"</th>
                    <th class="p2">"Team"</th>
                </tr>
            </thead>
            <tbody>{list.into_iter().map(|it| view! { <Row summary=it /> }).collect_view()}</tbody>
        </Table>
    }
}

#[component]
fn Row(summary: ProjectSummary) -> impl IntoView {
    let names = summary.team.iter().map(|it| it.name.clone()).collect::<Vec<_>>();
    let (done, total) = (summary.completed, total(&summary));
    view! {
        <tr>
            <td class="name wide">
                <a class="rowlink" href=format!("/projects/{}", summary.project.id)>{summary.project.name.clone()}</a>
                <span class="sub trunc">{summary.project.description.clone()}</span>
                <span class="sub only-cq"><Risk overdue=summary.overdue /></span>
                <span class="sub only-cq num">{words::count(total, "to-do", "to-dos")}", "{done}" done"</span>
            </td>
            <td class="p2"><Risk overdue=summary.overdue /></td>
            <td class="p3" style="inline-size: 8rem">
                <div class="row"><Done summary=summary.clone() /><span class="xs quiet num">{done}"/"{total}</span></div>
            </td>
            <td class="end num">{summary.open}</td>
            <td class="p2 nowrap"><DueLabel due_on=summary.next_due_on /></td>
            <td class="p2 fit"><Avatars names=names /></td>
        </tr>
    }
}

#[component]
fn Cards(list: Vec<ProjectSummary>) -> impl IntoView {
    view! { <ul class="cards">{list.into_iter().map(|it| view! { <Card summary=it /> }).collect_view()}</ul> }
}

#[component]
fn Card(summary: ProjectSummary) -> impl IntoView {
    let names = summary.team.iter().map(|it| it.name.clone()).collect::<Vec<_>>();
    view! {
        <li class="card card--link pcard">
            <div class="row gap-3">
                <Tile name=summary.project.name.clone() />
                <div class="grow">
                    <h2 class="trunc">
                        <a class="cover" href=format!("/projects/{}", summary.project.id)>{summary.project.name.clone()}</a>
                    </h2>
                    <p class="xs quiet trunc">{summary.project.description.clone()}</p>
                </div>
            </div>
            <Risk overdue=summary.overdue />
            <Done summary=summary.clone() />
            <div class="row row--between xs quiet">
                <span>{summary.open}" open"</span>
                <Avatars names=names size="avatar--xs" />
            </div>
        </li>
    }
}
