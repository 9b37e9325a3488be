//! How the projects do, the lowest score first.

use crate::error::AppError;
use crate::ui::icon::Icon;
use crate::ui::problem::Loaded;
use crate::ui::score::{Ring, Spark, Trend};
use crate::ui::skeleton::RowsSkeleton;
use domain::project::{Risk, Standing};
use domain::words::count;
use leptos::prelude::*;

/// How many projects are shown.
const SHOWN: usize = 6;

/// The section; nothing before Basecamp is connected.
#[component]
pub(crate) fn HealthSection(
    standings: Resource<Result<Option<Vec<Standing>>, AppError>>,
) -> impl IntoView {
    view! {
        <Loaded of=standings skeleton=|| view! { <RowsSkeleton count=2 /> } let:all>
            {all.filter(|it| !it.is_empty()).map(|all| view! { <Cards all=all /> })}
        </Loaded>
    }
}

#[component]
fn Cards(all: Vec<Standing>) -> impl IntoView {
    let more = format!("All {}", count(all.len(), "project", "projects"));
    view! {
        <section aria-labelledby="h-health">
            <div class="section__head">
                <h2 id="h-health">"Project health"</h2>
                <span class="xs quiet">"lowest first"</span>
                <a class="btn btn--sm btn--ghost push" href="/projects">{more}</a>
            </div>
            <ul class="cards" style="--min: 20rem">
                {all.into_iter().take(SHOWN).map(|it| view! { <Card standing=it /> }).collect_view()}
            </ul>
        </section>
    }
}

#[component]
fn Card(standing: Standing) -> impl IntoView {
    view! {
        <li class="card card--link hcard">
            <div class="hcard__top">
                <Ring score=standing.score />
                <h3 class="grow trunc">
                    <a class="cover" href=format!("/projects/{}?tab=health", standing.project_id)>{standing.name}</a>
                </h3>
                <div class="hcard__sp"><Spark weeks=standing.weeks /><Trend moved=standing.moved /></div>
            </div>
            <RiskLine class="hcard__risk" risk=standing.risk known=standing.score.is_some() />
        </li>
    }
}

/// What threatens a project most, in words.
#[component]
pub(crate) fn RiskLine(
    /// What it is; none when nothing does.
    risk: Option<Risk>,
    /// There is something to tell it from.
    #[prop(default = true)]
    known: bool,
    /// How it stands.
    class: &'static str,
) -> impl IntoView {
    let (tone, icon, words) = match risk {
        Some(Risk::Overdue(number)) => {
            ("bad", "alert", format!("{} overdue", count(number, "to-do", "to-dos")))
        }
        Some(Risk::Stalled(number)) => {
            ("warn", "clock", format!("{} untouched for a week", count(number, "to-do", "to-dos")))
        }
        Some(Risk::Unassigned(number)) => {
            ("warn", "user", format!("{} with nobody", count(number, "to-do", "to-dos")))
        }
        None if known => ("quiet", "circle-check", "On track".to_owned()),
        None => ("quiet", "clock", "Nothing has happened here yet".to_owned()),
    };
    view! {
        <p class=format!("{class} {tone}")><Icon name=icon class="icon--sm" /><span class="trunc">{words}</span></p>
    }
}
