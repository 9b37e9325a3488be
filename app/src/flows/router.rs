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

/// Which branches run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Taking {
    /// The first that fits.
    #[default]
    First,
    /// All that fit, one after the other.
    InTurn,
    /// All that fit, at the same time.
    AtOnce,
}

impl Taking {
    const ALL: [Self; 3] = [Self::First, Self::InTurn, Self::AtOnce];

    /// Of a router.
    pub fn of(settings: &RouterSettings) -> Self {
        match (settings.execution_type, settings.parallel) {
            (ExecutionType::FirstMatch, _) => Self::First,
            (ExecutionType::AllMatch, false) => Self::InTurn,
            (ExecutionType::AllMatch, true) => Self::AtOnce,
        }
    }

    fn set(self, settings: &mut RouterSettings) {
        settings.execution_type = match self {
            Self::First => ExecutionType::FirstMatch,
            Self::InTurn | Self::AtOnce => ExecutionType::AllMatch,
        };
        settings.parallel = self == Self::AtOnce;
    }

    fn key(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::InTurn => "all",
            Self::AtOnce => "at-once",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::First => "The first branch that fits",
            Self::InTurn => "Every branch that fits, one after the other",
            Self::AtOnce => "Every branch that fits, all at the same time",
        }
    }

    fn hint(self) -> &'static str {
        match self {
            Self::First => "Branches are looked at in order. The others are passed over.",
            Self::InTurn => "A branch can use what the branches before it gave.",
            Self::AtOnce => {
                "A branch cannot use what another one gives. What follows waits for all of them."
            }
        }
    }

    /// What a router of `count` branches says on the canvas.
    pub fn card(self, count: usize) -> String {
        let branches = domain::words::count(count, "branch", "branches");
        match self {
            Self::First => branches,
            Self::InTurn => format!("{branches}, all that fit"),
            Self::AtOnce => format!("{branches} at the same time"),
        }
    }
}

/// Which branches are taken, and each branch.
#[component]
pub fn RouterPanel(
    /// The open flow.
    studio: Studio,
    /// The router.
    step: String,
) -> impl IntoView {
    let key = StoredValue::new(step);
    let router = Memo::new(move |_| settings(studio, &key.get_value()));
    let count = Memo::new(move |_| router.with(|it| it.as_ref().map_or(0, |it| it.branches.len())));
    let add = move |_| {
        let last = count.get_untracked().saturating_sub(1);
        studio.add_branch(&key.get_value(), last, &format!("Branch {}", last + 1));
    };
    view! {
        <TakingField studio=studio step=key.get_value() router=router />
        <div class="stack">
            {move || (0..count.get()).map(|at| view! { <BranchCard studio=studio step=key.get_value() at=at router=router /> }).collect_view()}
        </div>
        <button type="button" class="btn btn--sm" style="justify-self: start" on:click=add>
            <Icon name="plus" />
            "Add a branch"
        </button>
    }
}

#[component]
fn TakingField(
    studio: Studio,
    step: String,
    router: Memo<Option<RouterSettings>>,
) -> impl IntoView {
    let key = StoredValue::new(step);
    let taking =
        Memo::new(move |_| router.with(|it| it.as_ref().map(Taking::of).unwrap_or_default()));
    let error = move || studio.error_at(&key.get_value(), "router-take", "parallel");
    let choose = move |event| {
        let value = event_target_value(&event);
        let chosen = Taking::ALL.into_iter().find(|it| it.key() == value).unwrap_or_default();
        studio.change_router(&key.get_value(), None, |it| chosen.set(it));
    };
    let option = move |it: Taking| {
        view! { <option value=it.key() prop:selected=move || taking.get() == it>{it.words()}</option> }
    };
    view! {
        <div class="field">
            <label class="label" for="router-take">"Run matching branches"</label>
            <select class="select" id="router-take" aria-describedby="router-take-hint" on:change=choose>
                {Taking::ALL.map(option).into_iter().collect_view()}
            </select>
            <p class="hint" id="router-take-hint">{move || taking.get().hint()}</p>
            {move || error().map(|it| view! { <p class="error" role="alert"><Icon name="alert" />{it}</p> })}
        </div>
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
    let count = move || domain::words::count(conditions.get(), "condition", "conditions");
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

/// Earlier, later, once more, delete.
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
            <button type="button" class="icon-btn icon-btn--sm push" aria-label="Duplicate this branch"
                on:click=move |_| studio.duplicate_branch(&key.get_value(), at)>
                <Icon name="copy" />
            </button>
            <button type="button" class="icon-btn icon-btn--sm" aria-label="Delete this branch"
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

#[cfg(test)]
mod tests {
    use super::*;
    use domain::flow::catalog::step::router_step;

    #[test]
    fn every_way_to_take_branches_is_read_as_it_was_set() {
        let ActionKind::Router(mut settings) = router_step("step_1").kind else {
            panic!("a router")
        };
        assert_eq!(Taking::of(&settings), Taking::First);
        for way in Taking::ALL {
            way.set(&mut settings);
            assert_eq!(Taking::of(&settings), way);
        }
        assert_eq!(Taking::AtOnce.card(3), "3 branches at the same time");
    }
}
