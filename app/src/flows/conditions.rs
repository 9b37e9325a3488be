//! When a branch is taken: any of groups, each of which needs all of its conditions.

use super::router::settings;
use super::store::Studio;
use super::text::{TextControl, Writing};
use super::values::InsertButton;
use crate::ui::icon::Icon;
use domain::flow::condition::{Condition, Operator};
use domain::flow::{Branch, RouterSettings};
use leptos::prelude::*;

type Groups = Vec<Vec<Condition>>;

/// Which condition of which branch of which router.
#[derive(Clone, Copy)]
struct Place {
    studio: Studio,
    step: StoredValue<String>,
    branch: usize,
    group: usize,
    index: usize,
}

fn groups(router: &RouterSettings, at: usize) -> Groups {
    match router.branches.get(at) {
        Some(Branch::Condition { conditions, .. }) => conditions.clone(),
        _ => Vec::new(),
    }
}

fn change(
    studio: Studio,
    (step, at): (&str, usize),
    field: Option<&str>,
    change: impl FnOnce(&mut Groups),
) {
    studio.change_router(step, field, |router| {
        if let Some(Branch::Condition { conditions, .. }) = router.branches.get_mut(at) {
            change(conditions);
        }
    });
}

fn empty() -> Condition {
    Condition {
        operator: Some("TEXT_EXACTLY_MATCHES".to_owned()),
        second_value: Some(String::new()),
        ..Condition::default()
    }
}

/// The conditions of one branch.
#[component]
pub fn Conditions(
    /// The open flow.
    studio: Studio,
    /// The router.
    step: String,
    /// The branch.
    at: usize,
    /// The router's settings.
    router: Memo<Option<RouterSettings>>,
) -> impl IntoView {
    let step = StoredValue::new(step);
    let shape = Memo::new(move |_| {
        let groups = router.with(|it| it.as_ref().map(|it| groups(it, at))).unwrap_or_default();
        groups.iter().map(Vec::len).collect::<Vec<_>>()
    });
    let add_or =
        move |_| change(studio, (&step.get_value(), at), None, |groups| groups.push(vec![empty()]));
    let all = move || {
        let shape = shape.get();
        let many = shape.len();
        let group = |(group, count)| {
            let place = Place { studio, step, branch: at, group, index: 0 };
            view! { <Group place=place count=count many=many /> }
        };
        shape.into_iter().enumerate().map(group).collect_view()
    };
    let words = move || if shape.with(Vec::is_empty) { "Add a condition" } else { "Or" };
    view! {
        {all}
        <div class="row">
            <button type="button" class="btn btn--sm btn--ghost" on:click=add_or><Icon name="plus" />{words}</button>
        </div>
    }
}

/// Conditions that all have to hold; any one of such groups is enough.
#[component]
fn Group(
    /// The first condition of the group.
    place: Place,
    /// How many it has.
    count: usize,
    /// How many groups there are.
    many: usize,
) -> impl IntoView {
    let add_and = move |_| {
        place.change(None, |groups| {
            if let Some(group) = groups.get_mut(place.group) {
                group.push(empty());
            }
        });
    };
    let remove = move |_| {
        place.change(None, |groups| {
            if place.group < groups.len() {
                groups.remove(place.group);
            }
        });
    };
    let rows = (0..count)
        .map(|index| view! { <ConditionRow place=Place { index, ..place } /> })
        .collect_view();
    let label = format!("Group {} of {many}", place.group + 1);
    view! {
        {(place.group > 0).then(|| view! { <p class="cgroup__or">"or"</p> })}
        <div class="cgroup" role="group" aria-label=label>
            {rows}
            <div class="row">
                <button type="button" class="btn btn--sm btn--ghost" on:click=add_and><Icon name="plus" />"And"</button>
                {(many > 1).then(|| view! {
                    <button type="button" class="icon-btn icon-btn--xs push" aria-label="Remove this group" on:click=remove>
                        <Icon name="trash" />
                    </button>
                })}
            </div>
        </div>
    }
}

impl Place {
    fn condition(self) -> Condition {
        let router = settings(self.studio, &self.step.get_value());
        let found = router
            .and_then(|it| groups(&it, self.branch).get(self.group)?.get(self.index).cloned());
        found.unwrap_or_default()
    }

    fn id(self, side: &str) -> String {
        format!("c-{}-{}-{}-{}-{side}", self.step.get_value(), self.branch, self.group, self.index)
    }

    fn change(self, field: Option<&str>, write: impl FnOnce(&mut Groups)) {
        change(self.studio, (&self.step.get_value(), self.branch), field, write);
    }

    fn set(self, field: Option<&str>, write: impl FnOnce(&mut Condition)) {
        self.change(field, |groups| {
            if let Some(it) = groups.get_mut(self.group).and_then(|it| it.get_mut(self.index)) {
                write(it);
            }
        });
    }

    fn remove(self) {
        self.change(None, |groups| {
            if let Some(group) = groups.get_mut(self.group).filter(|it| self.index < it.len()) {
                group.remove(self.index);
            }
            groups.retain(|it| !it.is_empty());
        });
    }

    fn side(
        self,
        side: &'static str,
        read: fn(&Condition) -> String,
        write: fn(&mut Condition, String),
    ) -> Writing {
        let stored = Memo::new(move |_| read(&self.condition()));
        let id = self.id(side);
        let field = id.clone();
        let store = Callback::new(move |text: String| self.set(Some(&field), |it| write(it, text)));
        Writing::new(self.studio, (&self.step.get_value(), id), side, stored, store)
    }

    fn word(self) -> &'static str {
        if self.index == 0 { "When" } else { "and" }
    }
}

/// One comparison: left side, how, right side.
#[component]
fn ConditionRow(place: Place) -> impl IntoView {
    let operator =
        Memo::new(move |_| place.condition().operator.as_deref().and_then(Operator::parse));
    let first =
        place.side("Left side", |it| it.first_value.clone(), |it, text| it.first_value = text);
    let second = place.side(
        "Right side",
        |it| it.second_value.clone().unwrap_or_default(),
        |it, text| it.second_value = Some(text),
    );
    let has_second = Memo::new(move |_| operator.get().is_none_or(|it| !it.is_unary()));
    let path = format!("branches.{}.conditions.{}.{}", place.branch, place.group, place.index);
    let error = move || place.studio.error_at(&place.step.get_value(), &place.id("any"), &path);
    view! {
        <div class="cond" role="group" aria-label="Condition">
            <span class="cond__k">{place.word()}</span>
            <div style="grid-column: 2" class="stack">
                <Side writing=first />
                <OperatorSelect place=place operator=operator />
                <Show when=move || has_second.get()><Side writing=second /></Show>
                <CaseSwitch place=place operator=operator />
                {move || error().map(|it| view! { <p class="error" role="alert"><Icon name="alert" />{it}</p> })}
            </div>
            <button type="button" class="icon-btn icon-btn--xs" aria-label="Remove condition" on:click=move |_| place.remove()>
                <Icon name="x" />
            </button>
        </div>
    }
}

#[component]
fn Side(writing: Writing) -> impl IntoView {
    view! {
        <div class="row">
            <div class="grow"><TextControl writing=writing /></div>
            <InsertButton writing=writing />
        </div>
    }
}

#[component]
fn OperatorSelect(place: Place, operator: Memo<Option<Operator>>) -> impl IntoView {
    let group = |it: &Operator| match it.as_str().split('_').next() {
        Some("TEXT") => "Text",
        Some("NUMBER") => "Number",
        Some("BOOLEAN") => "Yes or no",
        Some("DATE") => "Date",
        Some("LIST") => "List",
        _ => "Anything",
    };
    let option = move |it: Operator| {
        view! { <option value=it.as_str() selected=move || operator.get() == Some(it)>{it.label()}</option> }
    };
    let grouped = ["Text", "Number", "Yes or no", "Date", "List", "Anything"].map(|name| {
        let options =
            Operator::ALL.into_iter().filter(|it| group(it) == name).map(option).collect_view();
        view! { <optgroup label=name>{options}</optgroup> }
    });
    view! {
        <select
            class="select"
            aria-label="Compare"
            on:change=move |event| place.set(None, |it| it.operator = Some(event_target_value(&event)))
        >
            {grouped.into_iter().collect_view()}
        </select>
    }
}

/// Whether capital letters count, for comparisons that can tell.
#[component]
fn CaseSwitch(place: Place, operator: Memo<Option<Operator>>) -> impl IntoView {
    use crate::ui::choice::Check;
    let on = Signal::derive(move || place.condition().case_sensitive == Some(true));
    let set =
        move |event| place.set(None, |it| it.case_sensitive = Some(event_target_checked(&event)));
    view! {
        <Show when=move || operator.get().is_some_and(Operator::has_case)>
            <Check checked=on on:change=set>"Capital letters count"</Check>
        </Show>
    }
}
