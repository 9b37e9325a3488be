//! What waits for a yes.

use crate::error::AppError;
use crate::ui::icon::Icon;
use crate::ui::problem::Loaded;
use crate::ui::skeleton::RowsSkeleton;
use crate::ui::time::{Ago, parse_time};
use domain::approval::Approval;
use leptos::prelude::*;

/// How many rows the card shows.
const ROWS: usize = 4;

/// The card; nothing while nothing waits.
#[component]
pub(crate) fn ApprovalsCard(approvals: Resource<Result<Vec<Approval>, AppError>>) -> impl IntoView {
    view! {
        <Loaded of=approvals skeleton=|| view! { <RowsSkeleton count=1 /> } let:all>
            {(!all.is_empty()).then(|| view! { <Card all=all /> })}
        </Loaded>
    }
}

#[component]
fn Card(all: Vec<Approval>) -> impl IntoView {
    let row = |it: Approval| {
        view! {
            <li>
                <span class="tile tile--sm tile--plain" aria-hidden="true"><Icon name="hand" class="icon--sm" /></span>
                <span class="grow">
                    <a class="cover trunc med" style="display: block" href=format!("/approvals/{}", it.id)>{it.title}</a>
                    <span class="xs quiet trunc" style="display: block">{it.summary}</span>
                </span>
                {parse_time(&it.created_at).map(|it| view! { <Ago at_ms=it /> })}
            </li>
        }
    };
    view! {
        <section class="card" aria-labelledby="h-ap">
            <div class="card__head">
                <h2 id="h-ap">"Approvals waiting"</h2>
                <span class="count count--warn">{all.len()}</span>
                <a class="btn btn--sm btn--ghost push" href="/approvals">"Open inbox"</a>
            </div>
            <ul class="rows">{all.into_iter().take(ROWS).map(row).collect_view()}</ul>
        </section>
    }
}
