//! All projects, as a table or as cards.

use crate::error::AppError;
use crate::home::health::RiskLine;
use crate::projects::age::{Age, AgeLine, use_freshness};
use crate::projects::due::DueLabel;
use crate::projects::server_fns::{load_own_person, load_projects, load_standings};
use crate::projects::unconnected::Unconnected;
use crate::ui::button::Button;
use crate::ui::choice::Toggle;
use crate::ui::empty::Empty;
use crate::ui::icon::Icon;
use crate::ui::person::Avatars;
use crate::ui::problem::Loaded;
use crate::ui::progress::{Progress, percent};
use crate::ui::score::{Ring, Spark, Trend, tone};
use crate::ui::search::SearchBox;
use crate::ui::skeleton::RowsSkeleton;
use crate::ui::table::Table;
use domain::project::{ProjectSummary, Standing};
use domain::words;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// The page.
#[component]
pub fn ProjectsPage() -> impl IntoView {
    let projects = Resource::new(|| (), |()| load_projects());
    // Scores take longer to work out than counts do: the list does not wait for them.
    let standings = Resource::new(|| (), |()| load_standings());
    let own = Resource::new(|| (), |()| load_own_person());
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
                    <AgeLine of=freshness />
                </div>
                <div class="page__a">
                    <Button icon="refresh" on:click=move |_| projects.refetch()>"Refresh"</Button>
                </div>
            </div>
            <Age of=freshness />
            <Loaded of=projects skeleton=|| view! { <RowsSkeleton count=6 /> } let:all>
                {match all {
                    Some(all) => view! { <Projects all=all standings=standings own=own /> }.into_any(),
                    None => view! { <Unconnected /> }.into_any(),
                }}
            </Loaded>
        </div>
    }
}

/// What projects are sorted by.
const ORDERS: [(&str, &str); 4] =
    [("score", "Lowest score"), ("name", "Name"), ("overdue", "Most overdue"), ("due", "Next due")];

/// A project with how it does, as far as that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Listed {
    summary: ProjectSummary,
    standing: Option<Standing>,
}

impl Listed {
    fn score(&self) -> Option<u32> {
        self.standing.as_ref()?.score
    }
}

/// `all` in an order of [`ORDERS`]; by name where that says nothing.
fn sorted(mut all: Vec<Listed>, order: &str) -> Vec<Listed> {
    all.sort_by_key(|it| it.summary.project.name.to_lowercase());
    match order {
        "score" => all.sort_by_key(|it| (it.score().is_none(), it.score())),
        "overdue" => all.sort_by_key(|it| std::cmp::Reverse(it.summary.overdue)),
        "due" => {
            let day = |it: &Listed| it.summary.next_due_on.clone();
            all.sort_by_key(|it| (day(it).is_none(), day(it)));
        }
        _ => {}
    }
    all
}

/// What of the list is shown.
#[derive(Clone, Copy)]
struct Filters {
    search: RwSignal<String>,
    overdue: RwSignal<bool>,
    at_risk: RwSignal<bool>,
    mine: RwSignal<bool>,
    order: RwSignal<String>,
}

impl Filters {
    fn new() -> Self {
        Self {
            search: RwSignal::new(String::new()),
            overdue: RwSignal::new(false),
            at_risk: RwSignal::new(false),
            mine: RwSignal::new(false),
            order: RwSignal::new("score".to_owned()),
        }
    }

    /// Whether `it` is shown to the person that is `own` in Basecamp.
    fn fits(self, it: &Listed, own: Option<i64>) -> bool {
        let search = self.search.get().trim().to_lowercase();
        let is_theirs = || it.summary.team.iter().any(|person| Some(person.id) == own);
        (!self.overdue.get() || it.summary.overdue > 0)
            && (!self.at_risk.get() || it.score().is_some_and(|it| tone(it) != "good"))
            && (!self.mine.get() || is_theirs())
            && it.summary.project.name.to_lowercase().contains(&search)
    }
}

#[component]
fn Projects(
    all: Vec<ProjectSummary>,
    standings: Resource<Result<Option<Vec<Standing>>, AppError>>,
    own: Resource<Result<Option<i64>, AppError>>,
) -> impl IntoView {
    let query = use_query_map();
    let as_cards = Memo::new(move |_| query.read().get("view").is_some_and(|it| it == "cards"));
    let filters = Filters::new();
    let all = StoredValue::new(all);
    let content = move || {
        let all = all.get_value();
        Suspend::new(async move {
            let known = standings.await.ok().flatten().unwrap_or_default();
            let own = own.await.ok().flatten();
            let listed = |summary: ProjectSummary| {
                let is_it = |it: &&Standing| it.project_id == summary.project.id;
                Listed { standing: known.iter().find(is_it).cloned(), summary }
            };
            let all = StoredValue::new(all.into_iter().map(listed).collect::<Vec<_>>());
            let shown = move || {
                let fits = |it: &&Listed| filters.fits(it, own);
                let list: Vec<Listed> =
                    all.with_value(|all| all.iter().filter(fits).cloned().collect());
                let list = sorted(list, &filters.order.get());
                if list.is_empty() {
                    view! { <Empty icon="projects" title="No project matches" body="Clear the search and the filters to see all of them." /> }.into_any()
                } else if as_cards.get() {
                    view! { <Cards list=list /> }.into_any()
                } else {
                    view! { <Rows list=list /> }.into_any()
                }
            };
            view! { {shown} }
        })
    };
    view! {
        <div class="toolbar">
            <SearchBox label="Search projects" words=filters.search />
            <div class="chips">
                <Toggle on=filters.at_risk>"At risk"</Toggle>
                <Toggle on=filters.overdue>"Has overdue"</Toggle>
                <Mine own=own on=filters.mine />
            </div>
            <div class="push row">
                <Order order=filters.order />
                <ViewChoice as_cards=as_cards />
            </div>
        </div>
        <Transition fallback=|| view! { <RowsSkeleton count=6 /> }>{content}</Transition>
    }
}

/// Only where the person has something to do; nothing for those whom nobody in Basecamp is known to be.
#[component]
fn Mine(own: Resource<Result<Option<i64>, AppError>>, on: RwSignal<bool>) -> impl IntoView {
    view! {
        <Transition>
            {move || Suspend::new(async move {
                own.await.ok().flatten().map(|_| view! { <Toggle on=on>"Mine"</Toggle> })
            })}
        </Transition>
    }
}

/// What the list is sorted by.
#[component]
fn Order(order: RwSignal<String>) -> impl IntoView {
    let option = move |(key, words): (&'static str, &'static str)| {
        view! { <option value=key selected=key == "score" prop:selected=move || order.get() == key>{words}</option> }
    };
    view! {
        <select class="select" aria-label="Sort by" on:change:target=move |event| order.set(event.target().value())>
            {ORDERS.into_iter().map(option).collect_view()}
        </select>
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
        <nav class="seg seg--sm" aria-label="View">
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

/// What threatens it most, as far as that is known.
#[component]
fn Threat(listed: Listed) -> impl IntoView {
    let known = listed.score().is_some() || listed.standing.is_none();
    view! { <RiskLine class="row risk" risk=listed.standing.and_then(|it| it.risk) known=known /> }
}

#[component]
fn Rows(list: Vec<Listed>) -> impl IntoView {
    view! {
        <Table caption="Projects" class="table--cq">
            <thead>
                <tr>
                    <th class="fit">"Health"</th>
                    <th>"Project"</th>
                    <th class="p2">"Main risk"</th>
                    <th class="p3">"8 weeks"</th>
                    <th class="p3">"To-dos done"</th>
                    <th class="end">"Overdue"</th>
                    <th class="p2">"Next due"</th>
                    <th class="p3">"Team"</th>
                </tr>
            </thead>
            <tbody>{list.into_iter().map(|it| view! { <Row listed=it /> }).collect_view()}</tbody>
        </Table>
    }
}

#[component]
fn Row(listed: Listed) -> impl IntoView {
    let Listed { summary, standing } = listed.clone();
    let names = summary.team.iter().map(|it| it.name.clone()).collect::<Vec<_>>();
    let (done, total) = (summary.completed, total(&summary));
    let late = if summary.overdue > 0 { "bad med" } else { "" };
    let (moved, weeks) = standing.map_or((None, Vec::new()), |it| (it.moved, it.weeks));
    view! {
        <tr>
            <td><Ring score=listed.score() /></td>
            <td class="name wide">
                <a class="rowlink" href=format!("/projects/{}", summary.project.id)>{summary.project.name.clone()}</a>
                <span class="sub trunc">{summary.project.description.clone()}</span>
                <span class="sub only-cq"><Threat listed=listed.clone() /></span>
                <span class="sub only-cq num">{words::count(total, "to-do", "to-dos")}", "{done}" done"</span>
            </td>
            <td class="p2"><Threat listed=listed.clone() /></td>
            <td class="p3" style="inline-size: 7.5rem"><div class="row"><Spark weeks=weeks /><Trend moved=moved /></div></td>
            <td class="p3" style="inline-size: 8rem">
                <div class="row"><Done summary=summary.clone() /><span class="xs quiet num">{done}"/"{total}</span></div>
            </td>
            <td class="end num"><span class=late>{summary.overdue}</span></td>
            <td class="p2 nowrap"><DueLabel due_on=summary.next_due_on /></td>
            <td class="p3 fit"><Avatars names=names /></td>
        </tr>
    }
}

#[component]
fn Cards(list: Vec<Listed>) -> impl IntoView {
    view! { <ul class="cards">{list.into_iter().map(|it| view! { <Card listed=it /> }).collect_view()}</ul> }
}

#[component]
fn Card(listed: Listed) -> impl IntoView {
    let summary = listed.summary.clone();
    let names = summary.team.iter().map(|it| it.name.clone()).collect::<Vec<_>>();
    view! {
        <li class="card card--link pcard">
            <div class="row gap-3">
                <Ring score=listed.score() />
                <div class="grow">
                    <h2 class="trunc">
                        <a class="cover" href=format!("/projects/{}", summary.project.id)>{summary.project.name.clone()}</a>
                    </h2>
                    <p class="xs quiet trunc">{summary.project.description.clone()}</p>
                </div>
            </div>
            <Threat listed=listed />
            <Done summary=summary.clone() />
            <div class="row row--between xs quiet">
                <span>{summary.open}" open"</span>
                <Avatars names=names size="avatar--xs" />
            </div>
        </li>
    }
}
