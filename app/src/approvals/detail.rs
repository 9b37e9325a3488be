//! One approval whole: what will happen, who asked, until when, and the answer.

use crate::approvals::server_fns::{ApproveApproval, RejectApproval};
use crate::chat::approval::{Answer, Changes, decided_by, may_decide};
use crate::session::current_user;
use crate::ui::badge::{Pill, State};
use crate::ui::icon::Icon;
use crate::ui::time::{parse_time, use_now};
use domain::approval::{Approval, ApprovalStatus};
use leptos::prelude::*;

/// One approval.
#[component]
pub fn Detail(
    /// The approval.
    approval: Approval,
    /// Called when it was decided here.
    #[prop(into)]
    on_decided: Callback<()>,
) -> impl IntoView {
    let is_waiting = approval.status == ApprovalStatus::Pending;
    let may = current_user().with_untracked(|it| may_decide(it.role, &approval));
    let foot = match (is_waiting, may) {
        (true, true) => {
            view! { <Decide approval=approval.clone() on_decided=on_decided /> }.into_any()
        }
        (true, false) => {
            view! { <p class="inbox__foot sm muted">"A workspace admin can decide this."</p> }
                .into_any()
        }
        (false, _) => view! { <Decided approval=approval.clone() /> }.into_any(),
    };
    view! {
        <div class="inbox__scroll">
            <a class="btn btn--sm btn--ghost inbox__back" href="/approvals"><Icon name="arrow-left" />"All approvals"</a>
            <header class="stack stack--1">
                <h2>{approval.title.clone()}</h2>
                <p class="sm muted">{format!("The assistant wants to do this for {}.", approval.requested_by)}</p>
            </header>
            <Facts approval=approval.clone() />
            <section aria-labelledby="wh">
                <h3 id="wh" style="margin-block-end: 0.5rem">"What will happen"</h3>
                <Changes summary=approval.summary />
            </section>
        </div>
        {foot}
    }
}

#[component]
fn Facts(approval: Approval) -> impl IntoView {
    let now = use_now();
    let asked = parse_time(&approval.created_at).unwrap_or_default();
    let until = parse_time(&approval.expires_at).unwrap_or_default();
    let because = approval.session_id.map(|it| {
        view! {
            <div>
                <dt>"Because"</dt>
                <dd><a class="link" href=format!("/chat/{it}")>"Conversation"</a></dd>
            </div>
        }
    });
    view! {
        <dl class="facts facts--row">
            <div><dt>"Asked"</dt><dd>{move || now.get().clock(asked)}</dd></div>
            <div><dt>"Expires"</dt><dd>{move || now.get().clock(until)}</dd></div>
            {because}
        </dl>
    }
}

#[component]
fn Decide(approval: Approval, on_decided: Callback<()>) -> impl IntoView {
    let approve = ServerAction::<ApproveApproval>::new();
    let reject = ServerAction::<RejectApproval>::new();
    Effect::new(move |_| {
        if approve.value().get().is_some() || reject.value().get().is_some() {
            on_decided.run(());
        }
    });
    view! { <footer class="inbox__foot"><Answer approval=approval approve=approve reject=reject /></footer> }
}

#[component]
fn Decided(approval: Approval) -> impl IntoView {
    let (state, label) = match approval.status {
        ApprovalStatus::Approved => (State::Succeeded, "Approved"),
        ApprovalStatus::Rejected => (State::Failed, "Rejected"),
        ApprovalStatus::Expired | ApprovalStatus::Pending => (State::Skipped, "Expired"),
    };
    view! {
        <footer class="inbox__foot">
            <Pill state=state label=label />
            <span class="sm muted">{decided_by(&approval)}</span>
        </footer>
    }
}
