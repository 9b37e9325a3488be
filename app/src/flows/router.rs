//! The branches of a router: their names, and when each is taken.

use super::conditions::Conditions;
use super::store::Studio;
use crate::ui::dialog::Confirm;
use crate::ui::icon::Icon;
use domain::flow::{ActionKind, Branch, ExecutionType, RouterSettings, tree};
use leptos::prelude::*;

/// The router's settings as they are now.
pub fn settings(studio: Studio, step: &str) -> Option<RouterSettings> {
    studio.flow.with(|it| match &tree::find(&it.version.trigger, step)?.kind {
        ActionKind::Router(it) => Some(it.clone()),
        _ => None,
    })
}

/// How many branches are taken, and each branch.
#[component]
pub fn RouterPanel(
    /// The open flow.
    studio: Studio,
    /// The router.
    step: String,
) -> impl IntoView {
    let key = StoredValue::new(step);
    let router = Memo::new(move |_| settings(studio, &key.get_value()));
    let takes_all = Memo::new(move |_| {
        router.with(|it| it.as_ref().is_some_and(|it| it.execution_type == ExecutionType::AllMatch))
    });
    let count = Memo::new(move |_| router.with(|it| it.as_ref().map_or(0, |it| it.branches.len())));
    let choose = move |value: String| {
        let execution =
            if value == "all" { ExecutionType::AllMatch } else { ExecutionType::FirstMatch };
        studio.change_router(&key.get_value(), None, |it| it.execution_type = execution);
    };
    let add = move |_| {
        let last = count.get_untracked().saturating_sub(1);
        studio.add_branch(&key.get_value(), last, &format!("Branch {}", last + 1));
    };
    view! {
        <div class="field">
            <label class="label" for="router-take">"Take"</label>
            <select class="select" id="router-take" on:change=move |event| choose(event_target_value(&event))>
                <option value="first" selected=move || !takes_all.get()>"The first branch that fits"</option>
                <option value="all" selected=move || takes_all.get()>"Every branch that fits"</option>
            </select>
        </div>
        <div class="stack">
            {move || (0..count.get()).map(|at| view! { <BranchCard studio=studio step=key.get_value() at=at router=router /> }).collect_view()}
        </div>
        <button type="button" class="btn btn--sm" style="justify-self: start" on:click=add>
            <Icon name="plus" />
            "Add a branch"
        </button>
    }
}

fn branch(router: Memo<Option<RouterSettings>>, at: usize) -> Option<Branch> {
    router.with(|it| it.as_ref()?.branches.get(at).cloned())
}

/// One branch: its name and its conditions, or "Otherwise".
#[component]
fn BranchCard(
    studio: Studio,
    step: String,
    at: usize,
    router: Memo<Option<RouterSettings>>,
) -> impl IntoView {
    let it = Memo::new(move |_| branch(router, at));
    let name = Memo::new(move |_| {
        it.with(|it| it.as_ref().map(|it| it.name().to_owned())).unwrap_or_default()
    });
    let conditions = Memo::new(move |_| {
        it.with(|it| match it {
            Some(Branch::Condition { conditions, .. }) => {
                conditions.iter().map(Vec::len).sum::<usize>()
            }
            _ => 0,
        })
    });
    let is_else = it.with_untracked(|it| matches!(it, Some(Branch::Fallback { .. })));
    if is_else {
        return view! {
            <div class="brcard brcard--else">
                <div class="brcard__s">
                    <Icon name="lock" class="icon--sm" />
                    <b class="grow">{move || name.get()}</b>
                    <span class="xs quiet">"Everything else"</span>
                </div>
            </div>
        }
        .into_any();
    }
    let count = move || crate::runs::words::count(conditions.get(), "condition", "conditions");
    view! {
        <details class="brcard" open=at == 0>
            <summary>
                <Icon name="branch" class="icon--sm" />
                <b class="grow">{move || name.get()}</b>
                <span class="xs quiet">{count}</span>
                <Icon name="chev-right" class="tw" />
            </summary>
            <div class="brcard__b">
                <BranchName studio=studio step=step.clone() at=at name=name />
                <Conditions studio=studio step=step.clone() at=at router=router />
                <BranchActions studio=studio step=step at=at router=router />
            </div>
        </details>
    }
    .into_any()
}

#[component]
fn BranchName(studio: Studio, step: String, at: usize, name: Memo<String>) -> impl IntoView {
    let id = format!("branch-{step}-{at}");
    let field = id.clone();
    let rename = move |text: String| {
        if text.trim().is_empty() {
            return;
        }
        studio.change_router(&step, Some(&field), |it| {
            if let Some(Branch::Condition { branch_name, .. } | Branch::Fallback { branch_name }) =
                it.branches.get_mut(at)
            {
                *branch_name = text;
            }
        });
    };
    view! {
        <div class="field">
            <label class="label" for=id.clone()>"Branch name"</label>
            <input
                class="input"
                id=id
                autocomplete="off"
                value=name.get_untracked()
                prop:value=move || name.get()
                on:input=move |event| rename(event_target_value(&event))
            />
        </div>
    }
}

/// Earlier, later, delete.
#[component]
fn BranchActions(
    studio: Studio,
    step: String,
    at: usize,
    router: Memo<Option<RouterSettings>>,
) -> impl IntoView {
    let key = StoredValue::new(step);
    let last = Memo::new(move |_| {
        router.with(|it| it.as_ref().map_or(0, |it| it.branches.len().saturating_sub(2)))
    });
    let asks = RwSignal::new(false);
    let has_steps = move || {
        studio.flow.with_untracked(|it| {
            let children = tree::find(&it.version.trigger, &key.get_value())
                .and_then(|it| it.children.as_ref());
            children.and_then(|it| it.get(at)).is_some_and(Option::is_some)
        })
    };
    let delete = move || {
        asks.set(false);
        studio.delete_branch(&key.get_value(), at);
    };
    view! {
        <div class="row">
            <button type="button" class="btn btn--sm btn--ghost" disabled=at == 0
                on:click=move |_| studio.move_branch(&key.get_value(), at, at - 1)>
                "Check earlier"
            </button>
            <button type="button" class="btn btn--sm btn--ghost" disabled={move || last.get() <= at}
                on:click=move |_| studio.move_branch(&key.get_value(), at, at + 1)>
                "Check later"
            </button>
            <button type="button" class="icon-btn icon-btn--sm push" aria-label="Delete this branch"
                on:click=move |_| if has_steps() { asks.set(true) } else { delete() }>
                <Icon name="trash" />
            </button>
        </div>
        <Confirm
            open=asks
            title="Delete this branch?"
            body="The steps in it are deleted too. Undo brings them back."
            action="Delete branch"
            confirm=move |()| delete()
        />
    }
}
