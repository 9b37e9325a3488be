//! The flows of a workspace as cards.

use super::cards::look_of_piece;
use super::list::needs_attention;
use super::row::{LastRun, OnOff, Ticks, apps, success};
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
) -> impl IntoView {
    let owner = move |flow: &FlowSummary| {
        let id = flow.owner_id.as_ref()?;
        list.with_untracked(|it| it.people.get(id).cloned())
    };
    view! {
        <ul class="cards" style="--min: 18rem">
            <For each=move || found.get() key=|it| (it.id.clone(), format!("{it:?}")) let:flow>
                <FlowCard owner=owner(&flow) flow=flow />
            </For>
        </ul>
    }
}

/// A flow: what it is called and starts by, how it has been doing, what it works with.
#[component]
fn FlowCard(flow: FlowSummary, owner: Option<String>) -> impl IntoView {
    let look = flow.trigger_piece.as_deref().map(look_of_piece);
    let chain = apps(&flow);
    let draft = flow.has_draft.then(|| view! { <span class="badge">"Draft"</span> });
    let trouble = (!flow.valid || needs_attention(&flow))
        .then(|| view! { <span class="badge badge--warn">"Needs attention"</span> });
    let share = success(&flow.last_runs);
    view! {
        <li class="card card--link fcard">
            <div class="row gap-3" style="align-items: flex-start">
                {look.map(|it| view! { <PieceTile look=Signal::stored(it) /> })}
                <div class="grow">
                    <h2 class="trunc"><a class="cover" href=format!("/flows/{}", flow.id)>{flow.name.clone()}</a></h2>
                    <p class="xs quiet trunc">{flow.trigger_name.clone()}</p>
                </div>
                <OnOff flow=flow.clone() />
            </div>
            <div class="row row--between">
                <Ticks runs=flow.last_runs.clone() />
                <span class="row">{draft}{trouble}<span class="sm num quiet">{share}</span></span>
            </div>
            <div class="fcard__foot">
                <LastRun run=flow.last_runs.first().cloned() />
                <span class="push row">{chain}{owner.map(|it| view! { <Avatar name=it /> })}</span>
            </div>
        </li>
    }
}
