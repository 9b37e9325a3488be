//! How many runs of the flow may be under way at once.

use super::server_fns::set_runs_at_once;
use super::store::Studio;
use crate::error::AppError;
use crate::ui::problem::FormProblem;
use domain::flow::RUNS_AT_ONCE;
use domain::flow::engine::FlowEngine;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The limit of the open flow; empty for none of its own. Flows on another engine have none.
#[component]
pub fn TurnsField(
    /// The open flow.
    studio: Studio,
) -> impl IntoView {
    let is_ours = studio.flow.with_untracked(|it| it.engine == FlowEngine::Builtin);
    is_ours.then(|| view! { <Limit studio=studio /> })
}

#[component]
fn Limit(studio: Studio) -> impl IntoView {
    let failed = RwSignal::new(None::<AppError>);
    let shown = Memo::new(move |_| studio.flow.with(|it| it.runs_at_once).map(|it| it.to_string()));
    let (least, most) = (*RUNS_AT_ONCE.start(), *RUNS_AT_ONCE.end());
    let save = move |event| {
        let typed = event_target_value(&event).trim().parse::<u32>();
        let limit = typed.ok().map(|it| it.clamp(least, most));
        let id = studio.flow.with_untracked(|it| it.id.clone());
        failed.set(None);
        spawn_local(async move {
            let answer = set_runs_at_once(id, limit).await;
            if studio.flow.is_disposed() {
                return;
            }
            match answer {
                Ok(flow) => {
                    studio.adopt(flow);
                    studio.flow.update(|it| it.runs_at_once = limit);
                }
                Err(error) => {
                    failed.try_set(Some(error));
                }
            }
        });
    };
    view! {
        <div class="field">
            <label class="label" for="runs-at-once">"Runs at once"</label>
            <input
                class="input"
                id="runs-at-once"
                type="number"
                min=least
                max=most
                placeholder="No limit of its own"
                aria-describedby="runs-at-once-hint"
                disabled=move || !studio.may_edit.get()
                prop:value=move || shown.get().unwrap_or_default()
                value=shown.get_untracked()
                on:change=save
            />
            <p class="hint" id="runs-at-once-hint">"More wait in line. 1 lets every run end before the next begins."</p>
            <FormProblem error=failed />
        </div>
    }
}
