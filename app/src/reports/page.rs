//! `/reports`: status, velocity, team, an overview, retrospectives and decisions. What is chosen is in the address.

use crate::error::AppError;
use crate::projects::age::{Age, AgeLine, use_freshness};
use crate::projects::server_fns::load_projects;
use crate::projects::unconnected::Unconnected;
use crate::reports::server_fns::load_report;
use crate::ui::empty::Empty;
use crate::ui::problem::Loaded;
use crate::ui::skeleton::CardSkeleton;
use crate::ui::table::Table;
use crate::ui::time::{parse_time, use_now};
use domain::project::ProjectSummary;
use domain::report::{Cell, Report, ReportKind, ReportQuery, ReportRow, ReportTable};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};

/// How far back: days and words.
const PERIODS: [(u32, &str); 4] = [
    (7, "The last week"),
    (14, "The last 2 weeks"),
    (30, "The last month"),
    (91, "The last quarter"),
];
/// What is shown at first.
const USUAL: u32 = 14;

/// Every project; none before Basecamp is connected.
type Projects = Resource<Result<Option<Vec<ProjectSummary>>, AppError>>;

/// The address of a report.
fn address(query: &ReportQuery) -> String {
    let project = query.project.map(|it| format!("&project={it}")).unwrap_or_default();
    format!("/reports?report={}&days={}{project}", query.kind.as_str(), query.days)
}

/// The page.
#[component]
pub fn ReportsPage() -> impl IntoView {
    let asked = use_query_map();
    let query = Memo::new(move |_| {
        asked.with(|it| {
            let days = it.get("days").and_then(|it| it.parse().ok());
            ReportQuery {
                kind: ReportKind::parse(&it.get("report").unwrap_or_default()),
                project: it.get("project").and_then(|it| it.parse().ok()),
                days: days.filter(|days| PERIODS.iter().any(|it| it.0 == *days)).unwrap_or(USUAL),
            }
        })
    });
    let projects = Resource::new(|| (), |()| load_projects());
    let report = Resource::new(move || query.get(), load_report);
    let freshness = use_freshness();
    view! {
        <Title text="Reports" />
        <div class="page">
            <div class="page__head">
                <div class="page__t">
                    <h1>"Reports"</h1>
                    <p>"What the figures of your projects say, each with where it comes from."</p>
                    <AgeLine of=freshness />
                </div>
            </div>
            <Age of=freshness />
            <Choices query=query projects=projects />
            <Loaded of=report skeleton=|| view! { <CardSkeleton count=6 /> } let:report>
                {match report {
                    Some(report) => view! { <Found report=report /> }.into_any(),
                    None => view! { <Nothing query=query projects=projects /> }.into_any(),
                }}
            </Loaded>
        </div>
    }
}

/// Which report, of what, over how long.
#[component]
fn Choices(query: Memo<ReportQuery>, projects: Projects) -> impl IntoView {
    let navigate = use_navigate();
    let go = Callback::new(move |query: ReportQuery| {
        navigate(&address(&query), NavigateOptions { replace: true, ..Default::default() });
    });
    let kinds = ReportKind::ALL.map(|it| {
        let selected = move || query.with(|query| query.kind == it);
        view! { <option value=it.as_str() prop:selected=selected selected=query.with_untracked(|query| query.kind == it)>{it.label()}</option> }
    });
    let periods = PERIODS.map(|(days, words)| {
        let selected = move || query.with(|query| query.days == days);
        view! { <option value=days.to_string() prop:selected=selected selected=query.with_untracked(|query| query.days == days)>{words}</option> }
    });
    let all = move || projects.get().and_then(Result::ok).flatten().unwrap_or_default();
    let option = move |it: ProjectSummary| {
        let id = it.project.id;
        let is_chosen = query.with_untracked(|query| query.project == Some(id));
        view! { <option value=id.to_string() selected=is_chosen>{it.project.name}</option> }
    };
    let none = move || {
        if query.with(|it| it.kind.is_of_one()) { "Choose a project" } else { "All projects" }
    };
    view! {
        <div class="toolbar">
            <label class="sr" for="report-kind">"Report"</label>
            <select class="select" id="report-kind"
                on:change=move |event| go.run(ReportQuery { kind: ReportKind::parse(&event_target_value(&event)), ..query.get_untracked() })>
                {kinds.into_iter().collect_view()}
            </select>
            <label class="sr" for="report-project">"Project"</label>
            <select class="select" id="report-project"
                on:change=move |event| go.run(ReportQuery { project: event_target_value(&event).parse().ok(), ..query.get_untracked() })>
                <option value="">{none}</option>
                <Transition fallback=|| ()>{move || all().into_iter().map(option).collect_view()}</Transition>
            </select>
            <label class="sr" for="report-days">"Over"</label>
            <select class="select" id="report-days"
                on:change=move |event| go.run(ReportQuery { days: event_target_value(&event).parse().unwrap_or(USUAL), ..query.get_untracked() })>
                {periods.into_iter().collect_view()}
            </select>
        </div>
    }
}

/// Why there is no report: nothing is connected, or no project is chosen.
#[component]
fn Nothing(query: Memo<ReportQuery>, projects: Projects) -> impl IntoView {
    let is_connected = move || !matches!(projects.get(), Some(Ok(None)));
    let choose = move || {
        let kind = query.with(|it| it.kind.label().to_lowercase());
        view! { <Empty icon="projects" title="Choose a project" body=format!("The {kind} report is about one project.") /> }
    };
    view! { <Show when=is_connected fallback=|| view! { <Unconnected /> }>{choose}</Show> }
}

#[component]
fn Found(report: Report) -> impl IntoView {
    let has_rows = report.tables.iter().any(|it| !it.rows.is_empty());
    let lines = (!report.lines.is_empty()).then(|| {
        let lines = report.lines.into_iter().map(|it| view! { <li>{it}</li> }).collect_view();
        view! {
            <section class="card" aria-labelledby="report-says">
                <div class="card__head"><h2 id="report-says">"What it says"</h2></div>
                <div class="card__body prose"><ul>{lines}</ul></div>
            </section>
        }
    });
    if !has_rows {
        let body = "Nothing was done or said in this time. Choose a longer one.";
        return view! { {lines} <Empty icon="runs" title="Too little happened" body=body /> }
            .into_any();
    }
    let tables = (0..).zip(report.tables).map(|(at, it)| view! { <Figures at=at table=it /> });
    view! { {lines} {tables.collect_view()} }.into_any()
}

#[component]
fn Figures(at: usize, table: ReportTable) -> impl IntoView {
    let ReportTable { title, heads, rows } = table;
    let id = format!("report-{at}");
    let heading = id.clone();
    let body = if rows.is_empty() {
        view! { <p class="card__body sm muted">"None in this time."</p> }.into_any()
    } else if heads.len() == 1 {
        let line = |it: ReportRow| view! { <li>{it.cells.into_iter().map(|it| view! { <Value cell=it /> }).collect_view()}</li> };
        view! { <ul class="rows">{rows.into_iter().map(line).collect_view()}</ul> }.into_any()
    } else if let [ReportRow { cells, source: None }] = rows.as_slice() {
        let fact = |(head, cell): (String, Cell)| view! { <div><dt>{head}</dt><dd class="num"><Value cell=cell /></dd></div> };
        let facts = heads.into_iter().zip(cells.clone()).map(fact).collect_view();
        view! { <dl class="card__body facts facts--row">{facts}</dl> }.into_any()
    } else {
        let head = heads.into_iter().map(|it| view! { <th>{it}</th> }).collect_view();
        let body = rows.into_iter().map(|it| view! { <Row row=it /> }).collect_view();
        view! { <Table caption=title.clone()><thead><tr>{head}</tr></thead><tbody>{body}</tbody></Table> }
            .into_any()
    };
    view! {
        <section class="card" aria-labelledby=heading>
            <div class="card__head"><h2 id=id>{title}</h2></div>
            {body}
        </section>
    }
}

/// A row; its first cell leads to where it comes from.
#[component]
fn Row(row: ReportRow) -> impl IntoView {
    let ReportRow { cells, source } = row;
    let cell = move |(at, cell): (usize, Cell)| match source.clone().filter(|_| at == 0) {
        Some(href) => {
            view! { <td class="name"><a class="link" href=href><Value cell=cell /></a></td> }
                .into_any()
        }
        None => view! { <td><Value cell=cell /></td> }.into_any(),
    };
    view! { <tr>{cells.into_iter().enumerate().map(cell).collect_view()}</tr> }
}

#[component]
fn Value(cell: Cell) -> impl IntoView {
    let now = use_now();
    match cell {
        Cell::Text(text) => text.into_any(),
        Cell::Day(at) => {
            let day = move || {
                let at = parse_time(&at)?;
                Some(now.with(|now| now.day_label(now.day_at(at))))
            };
            day.into_any()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_chosen_is_in_the_address() {
        let all = ReportQuery { days: 30, ..ReportQuery::default() };
        assert_eq!(address(&all), "/reports?report=status&days=30");
        let one = ReportQuery { kind: ReportKind::Team, project: Some(7), days: 7 };
        assert_eq!(address(&one), "/reports?report=team&days=7&project=7");
    }
}
