//! The history of a flow: what each version was, what is different now, and the way back.

use super::changes::ChangeList;
use super::later::{Later, Part};
use super::marks::since;
use super::store::Studio;
use super::version_fns::{flow_at, flow_history};
use crate::error::AppError;
use crate::ui::badge::{Pill, State};
use crate::ui::browser;
use crate::ui::button::{Button, Kind};
use crate::ui::dialog::Dialog;
use crate::ui::icon::Icon;
use crate::ui::person::Avatar;
use crate::ui::problem::FormProblem;
use crate::ui::time::{parse_time, use_now};
use domain::flow::compare::compare;
use domain::flow::edit::{FlowEdit, ImportFlow};
use domain::flow::listing::VersionSummary;
use domain::flow::{FlowVersion, SCHEMA_VERSION, VersionState};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::BTreeMap;

/// A version with its number.
#[derive(Clone, Debug, PartialEq)]
struct Numbered {
    number: usize,
    version: VersionSummary,
}

/// The version that is compared with what is on screen.
#[derive(Clone, Debug, PartialEq)]
struct Compared {
    number: usize,
    version: FlowVersion,
}

/// The history, and what is compared. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Comparing {
    /// Grows whenever the history is opened.
    asked: RwSignal<u32>,
    compared: RwSignal<Option<Compared>>,
    open: RwSignal<bool>,
}

impl Default for Comparing {
    fn default() -> Self {
        Self { asked: RwSignal::new(0), compared: RwSignal::new(None), open: RwSignal::new(false) }
    }
}

/// Opens the history.
#[component]
pub fn VersionsButton(
    /// The open flow.
    studio: Studio,
    /// What it opens.
    comparing: Comparing,
) -> impl IntoView {
    view! {
        <button type="button" class="icon-btn hide-sm" popovertarget="history" aria-haspopup="dialog" aria-label="Version history"
            on:click=move |_| comparing.asked.update(|it| *it += 1)>
            <Icon name="history" />
        </button>
        <div class="popover popover--end" id="history" popover="auto" role="dialog" aria-label="Version history">
            <h2 style="padding: 0.75rem 0.875rem 0.5rem; font-size: var(--fs-md)">"Versions"</h2>
            <Later studio=studio part=Part::Versions(comparing) />
        </div>
    }
}

/// The versions, inside the history; read whenever it is opened.
#[component]
pub fn Versions(
    /// The open flow.
    studio: Studio,
    /// What is compared.
    comparing: Comparing,
) -> impl IntoView {
    let all = RwSignal::new(None::<Result<Vec<Numbered>, AppError>>);
    Effect::new(move |_| {
        if comparing.asked.get() > 0 {
            let id = studio.flow.with_untracked(|it| it.id.clone());
            spawn_local(async move {
                let answer = flow_history(id).await.map(numbered);
                all.try_set(Some(answer));
            });
        }
    });
    let compare_with = Callback::new(move |it: Numbered| {
        let id = studio.flow.with_untracked(|it| it.id.clone());
        spawn_local(async move {
            match flow_at(id, it.version.id).await {
                Ok(flow) => {
                    browser::hide_popover("history");
                    let now = Compared { number: it.number, version: flow.version };
                    comparing.compared.try_set(Some(now));
                    comparing.open.try_set(true);
                }
                Err(error) => studio.toasts.refused(&error),
            }
        });
    });
    move || {
        match all.get() {
        None => {
            view! { <p class="sm muted" style="padding: 0.875rem">"Loading"</p> }.into_any()
        }
        Some(Err(error)) => {
            view! { <p class="error" role="alert" style="padding: 0.875rem">{error.to_string()}</p> }.into_any()
        }
        Some(Ok(all)) => view! { <VersionList all=all compare=compare_with /> }.into_any(),
    }
    }
}

/// Versions are numbered from the first; lists are newest first.
fn numbered(all: Vec<VersionSummary>) -> Vec<Numbered> {
    let many = all.len();
    all.into_iter()
        .enumerate()
        .map(|(at, version)| Numbered { number: many - at, version })
        .collect()
}

#[component]
fn VersionList(all: Vec<Numbered>, compare: Callback<Numbered>) -> impl IntoView {
    let now = use_now();
    let row = move |(at, it): (usize, Numbered)| {
        let state = match (it.version.published, it.version.state) {
            (true, _) => Some(State::Published),
            (false, VersionState::Draft) => Some(State::Draft),
            (false, VersionState::Locked) => None,
        };
        let when = parse_time(&it.version.updated);
        let by = it.version.updated_by.clone();
        let words = by.clone().map(|it| format!("Changed last by {it}"));
        let name = format!("Compare v{} with what is here now", it.number);
        let number = format!("v{}", it.number);
        view! {
            <li aria-current=(at == 0).then_some("true")>
                <span class="vers__dot"></span>
                <div class="grow">
                    <div class="row">
                        <b>{number}</b>
                        {state.map(|it| view! { <Pill state=it /> })}
                        <span class="xs quiet push">{move || when.map(|it| now.get().clock(it))}</span>
                    </div>
                    <p class="xs muted">{words}</p>
                </div>
                {by.map(|it| view! { <Avatar name=it /> })}
                // The newest is what is on screen.
                {(at > 0).then(|| view! {
                    <button type="button" class="btn btn--sm" aria-label=name on:click=move |_| compare.run(it.clone())>"Compare"</button>
                })}
            </li>
        }
    };
    view! { <ol class="vers">{all.into_iter().enumerate().map(row).collect_view()}</ol> }
}

/// What is different now from an earlier version, and the way back to it.
#[component]
pub fn CompareDialog(
    /// The open flow.
    studio: Studio,
    /// What is compared.
    comparing: Comparing,
) -> impl IntoView {
    let Comparing { compared, open, .. } = comparing;
    let title = move || {
        let number = compared.with(|it| it.as_ref().map_or(0, |it| it.number));
        format!("From v{number} to now")
    };
    let failed = RwSignal::new(None::<AppError>);
    let changes = move || {
        let it = compared.get()?;
        let comparison = studio.flow.with(|flow| compare(&it.version, &flow.version));
        Some(view! { <ChangeList studio=studio comparison=comparison /> })
    };
    let show = move |_| {
        open.set(false);
        let marks = compared.with_untracked(|it| {
            it.as_ref().map(|it| studio.flow.with_untracked(|now| since(&it.version, &now.version)))
        });
        studio.written.set(marks.unwrap_or_default());
    };
    let restore = move |_| {
        let Some(it) = compared.get_untracked() else { return };
        open.set(false);
        studio.written.set(BTreeMap::new());
        studio.edit(FlowEdit::ImportFlow(Box::new(ImportFlow {
            display_name: it.version.display_name,
            trigger: it.version.trigger,
            schema_version: Some(SCHEMA_VERSION.to_owned()),
            notes: Some(it.version.notes),
            keep_samples: true,
        })));
        studio.leave_missing_steps();
        studio
            .toasts
            .say(format!("The draft is v{} again. Undo brings back what was here", it.number));
    };
    view! {
        <Dialog open=open title=Signal::derive(title)>
            <div class="dialog__body stack stack--4">{changes} <FormProblem error=failed /></div>
            <div class="dialog__foot">
                <Button kind=Kind::Ghost on:click=show>"Show on the canvas"</Button>
                <Show when=move || studio.is_editing()>
                    <Button kind=Kind::Primary icon="history" on:click=restore>"Use it as the draft"</Button>
                </Show>
            </div>
        </Dialog>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_version_is_number_one() {
        let version = |id: &str| VersionSummary {
            id: id.into(),
            display_name: String::new(),
            state: VersionState::Locked,
            valid: true,
            published: false,
            updated_by: None,
            updated: String::new(),
        };
        let all = numbered(vec![version("b"), version("a")]);
        assert_eq!((all[0].number, all[1].number), (2, 1));
    }
}
