//! Remembered answers: what the assistant does without asking again, each to be taken back.

use crate::approvals::server_fns::{ForgetRule, load_rules};
use crate::ui::button::{Button, Size};
use crate::ui::empty::Empty;
use crate::ui::problem::Loaded;
use crate::ui::skeleton::RowsSkeleton;
use crate::ui::time::{parse_time, use_now};
use crate::ui::toast::use_toasts;
use domain::approval::{ApprovalRule, RuleScope};
use leptos::prelude::*;

/// The list.
#[component]
pub(crate) fn Rules() -> impl IntoView {
    let forget = ServerAction::<ForgetRule>::new();
    let rules = Resource::new(move || forget.version().get(), |_| load_rules());
    let toasts = use_toasts();
    Effect::new(move || match forget.value().get() {
        Some(Ok(())) => toasts.say("From now on it asks again"),
        Some(Err(error)) => toasts.failed(error.to_string()),
        None => {}
    });
    view! {
        <Loaded of=rules skeleton=|| view! { <RowsSkeleton count=3 /> } let:all>
            <List all=all forget=forget />
        </Loaded>
    }
}

#[component]
fn List(all: Vec<ApprovalRule>, forget: ServerAction<ForgetRule>) -> impl IntoView {
    if all.is_empty() {
        let body = "When you approve something you can say that it need not be asked again. Such answers are listed here.";
        return view! { <Empty icon="approvals" title="No answer is remembered" body=body /> }
            .into_any();
    }
    let rows = all.into_iter().map(|it| view! { <Row rule=it forget=forget /> }).collect_view();
    view! { <ul>{rows}</ul> }.into_any()
}

#[component]
fn Row(rule: ApprovalRule, forget: ServerAction<ForgetRule>) -> impl IntoView {
    let (at, now) = (parse_time(&rule.created_at).unwrap_or_default(), use_now());
    let id = StoredValue::new(rule.id.clone());
    let covers = match rule.scope {
        RuleScope::Asker => format!("Always allowed when {} asks", rule.asked_by),
        RuleScope::Project => "Always allowed in this project".to_owned(),
        RuleScope::Workspace => "Always allowed in this workspace".to_owned(),
    };
    let by = rule.created_by.clone();
    view! {
        <li class="setrow">
            <div class="grow">
                <b>{rule.label.clone()}</b>
                <p>{covers}</p>
                <p>{move || format!("{by}, {}", now.get().ago(at))}</p>
            </div>
            <Button size=Size::Small busy=forget.pending() attr:aria-label=format!("Ask again: {}", rule.label)
                on:click=move |_| { forget.dispatch(ForgetRule { id: id.get_value() }); }>
                "Ask again"
            </Button>
        </li>
    }
}
