//! The numbers of an app and its newest runs.

use super::output::{seconds, state_of};
use super::server_fns::History;
use crate::ui::badge::Pill;
use crate::ui::table::Table;
use domain::app::{AppRun, AppStats};
use leptos::prelude::*;

/// Both, below each other.
#[component]
pub fn Past(
    /// What is known.
    history: History,
) -> impl IntoView {
    view! {
        <Numbers stats=history.stats />
        <section class="card" aria-labelledby="recent">
            <div class="card__head"><h2 id="recent">"Recent runs"</h2></div>
            <div class="card__body"><Runs runs=history.runs /></div>
        </section>
    }
}

#[component]
fn Numbers(stats: AppStats) -> impl IntoView {
    let rate = match stats.run_count {
        0 => "No runs yet".to_owned(),
        all => format!("{} %", stats.success_count * 100 / all),
    };
    let fact = |label: &'static str, value: String| view! { <div><dt>{label}</dt><dd class="num">{value}</dd></div> };
    let reasons = stats.failure_buckets.into_iter().map(|it| {
        view! { <li class="sm"><span class="num quiet">{it.count}"× "</span>{it.reason}</li> }
    });
    let reasons: Vec<_> = reasons.collect();
    view! {
        <section class="card" aria-labelledby="numbers">
            <div class="card__head"><h2 id="numbers">"Numbers"</h2></div>
            <div class="card__body stack stack--3">
                <dl class="facts facts--row">
                    {fact("Runs", stats.run_count.to_string())}
                    {fact("Went well", rate)}
                    {fact("Half take less than", format!("{} s", seconds(stats.median_execution_ms)))}
                </dl>
                {(!reasons.is_empty()).then(|| view! {
                    <div><h3 class="sm muted">"Why runs failed"</h3><ul>{reasons}</ul></div>
                })}
            </div>
        </section>
    }
}

#[component]
fn Runs(runs: Vec<AppRun>) -> impl IntoView {
    if runs.is_empty() {
        return view! { <p class="sm muted">"None yet. Runs you start are listed here."</p> }
            .into_any();
    }
    let row = |run: AppRun| {
        view! {
            <tr>
                <td class="num quiet">{when(&run.created)}</td>
                <td><Pill state=state_of(run.status) /></td>
                <td class="num">{run.execution_time_ms.map(|it| format!("{} s", seconds(it)))}</td>
                <td class="name"><span class="sm">{run.error}</span></td>
            </tr>
        }
    };
    view! {
        <Table caption="Runs, newest first" class="table--calm">
            <thead><tr><th class="fit">"When"</th><th>"State"</th><th>"Took"</th><th>"Why"</th></tr></thead>
            <tbody>{runs.into_iter().map(row).collect_view()}</tbody>
        </Table>
    }
    .into_any()
}

/// `2026-03-31 09:05 UTC`: visitors have no workspace whose time it could be.
fn when(time: &str) -> String {
    let minutes: String = time.chars().take(16).collect();
    format!("{} UTC", minutes.replace('T', " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_cut_at_its_minutes() {
        assert_eq!(when("2026-03-31T09:05:10.123Z"), "2026-03-31 09:05 UTC");
    }
}
