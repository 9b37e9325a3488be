//! The flows of a workspace as cards.

use super::list::needs_attention;
use super::more::{More, MoreButton};
use super::row::{LastRun, OnOff, Ticks, apps, lacks, look, starts_by, success};
use super::server_fns::FlowList;
use super::tile::PieceTile;
use crate::ui::person::Avatar;
use domain::flow::listing::FlowSummary;
use leptos::prelude::*;

/// One card for each flow.
#[component]
pub fn FlowCards(
    /// Those that fit.
    found: Memo<Vec<FlowSummary>>,
    /// All, with the names of people.
    list: Memo<FlowList>,
    /// The menu of every card.
    more: More,
) -> impl IntoView {
    let owner = move |flow: &FlowSummary| {
        let id = flow.owner_id.as_ref()?;
        list.with_untracked(|it| it.people.get(id).cloned())
    };
    view! {
        <ul class="cards" style="--min: 18rem">
            <For each=move || found.get() key=|it| (it.id.clone(), format!("{it:?}")) let:flow>
                <FlowCard owner=owner(&flow) flow=flow more=more />
            </For>
        </ul>
    }
}

/// A flow: what it is called and starts by, how it has been doing, what it works with.
#[component]
fn FlowCard(flow: FlowSummary, owner: Option<String>, more: More) -> impl IntoView {
    let chain = apps(&flow);
    let draft = flow.has_draft.then(|| view! { <span class="badge">"Draft"</span> });
    let trouble = match lacks(&flow) {
        Some(_) => Some("Needs fixing"),
        None => needs_attention(&flow).then_some("Needs attention"),
    };
    let trouble = trouble.map(|it| view! { <span class="badge badge--warn">{it}</span> });
    let share = success(&flow.last_runs);
    view! {
        <li class="card card--link fcard">
            <div class="row gap-3" style="align-items: flex-start">
                <PieceTile look=Signal::stored(look(&flow)) />
                <div class="grow">
                    <h2 class="trunc"><a class="cover" href=format!("/flows/{}", flow.id)>{flow.name.clone()}</a></h2>
                    <p class="xs quiet trunc">{starts_by(&flow)}</p>
                </div>
                <OnOff flow=flow.clone() />
            </div>
            <div class="row row--between">
                <Ticks runs=flow.last_runs.clone() />
                <span class="row">{draft}{trouble}<span class="sm num quiet">{share}</span></span>
            </div>
            <div class="fcard__foot">
                <LastRun run=flow.last_runs.first().cloned() />
                <span class="push row">
                    {chain}{owner.map(|it| view! { <Avatar name=it /> })}
                    <MoreButton flow=flow more=more />
                </span>
            </div>
        </li>
    }
}
