//! Who is on a project, and how much each has to do there.

use crate::ui::empty::Empty;
use crate::ui::kept::whole;
use crate::ui::person::Avatar;
use crate::ui::progress::{Progress, percent};
use crate::ui::table::Table;
use domain::project::Workload;
use leptos::prelude::*;

/// The panel.
#[component]
pub(crate) fn Team(team: Memo<Vec<Workload>>) -> impl IntoView {
    let most = Memo::new(move |_| team.with(|it| it.iter().map(|it| it.open).max().unwrap_or(0)));
    let none = || view! { <Empty icon="users" title="Nobody is on this project" body="Add people in Basecamp and they appear here." /> };
    view! {
        <Show when=move || team.with(|it| !it.is_empty()) fallback=none>
            <Table caption="People on this project" class="table--cq">
                <thead>
                    <tr>
                        <th>"Person"</th>
                        <th class="p2">"Role here"</th>
                        <th style="inline-size: 11rem">"Load"</th>
                        <th class="end">"Open"</th>
                        <th class="end p2">"Next 7 days"</th>
                        <th class="end">"Late"</th>
                    </tr>
                </thead>
                <tbody>
                    <For each=move || team.get() key=whole let:load><Row load=load most=most /></For>
                </tbody>
            </Table>
        </Show>
    }
}

#[component]
fn Row(load: Workload, most: Memo<u32>) -> impl IntoView {
    let tone = if load.is_overloaded() { "bad" } else { "" };
    let late = if load.overdue > 0 { "bad med" } else { "" };
    let name = load.person.name.clone();
    let (open, label) = (load.open, format!("{name}: {} open to-dos", load.open));
    view! {
        <tr>
            <td class="name">
                <span class="row"><Avatar name=name.clone() decorative=true /><span class="trunc">{name.clone()}</span></span>
            </td>
            <td class="p2">{load.person.title.clone().unwrap_or_default()}</td>
            <td><div class="row">{move || view! { <Progress label=label.clone() value=percent(open, most.get()) tone=tone class="grow" /> }}</div></td>
            <td class="end num">{open}</td>
            <td class="end num p2">{load.due_soon}</td>
            <td class="end num"><span class=late>{load.overdue}</span></td>
        </tr>
    }
}
