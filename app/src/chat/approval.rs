//! The card that asks before something happens; the same in a conversation and in the inbox.

use crate::approvals::server_fns::{ApproveApproval, RejectApproval};
use crate::chat::state::Chat;
use crate::session::current_user;
use crate::ui::badge::{State, Status};
use crate::ui::button::{Button, Kind};
use crate::ui::icon::Icon;
use domain::actor::{Permission, Role};
use domain::approval::{Approval, ApprovalStatus, Risk};
use domain::ids::ApprovalId;
use leptos::prelude::*;

/// Whether `role` may decide `approval`.
pub fn may_decide(role: Role, approval: &Approval) -> bool {
    role.can(match approval.risk {
        Risk::Destructive => Permission::ApproveDestructive,
        Risk::Read | Risk::Write => Permission::ApproveWrites,
    })
}

/// An approval in a conversation: the question, or one line once it is answered.
#[component]
pub fn ApprovalCard(
    /// The approval.
    approval: Approval,
    /// The conversation it is in.
    chat: Chat,
) -> impl IntoView {
    if approval.status == ApprovalStatus::Pending {
        view! { <Question approval=approval chat=chat /> }.into_any()
    } else {
        view! { <Settled approval=approval /> }.into_any()
    }
}

#[component]
fn Question(approval: Approval, chat: Chat) -> impl IntoView {
    let approve = ServerAction::<ApproveApproval>::new();
    let reject = ServerAction::<RejectApproval>::new();
    Effect::new(move |_| {
        if approve.value().get().is_some() || reject.value().get().is_some() {
            chat.refresh();
        }
    });
    let title_id = format!("ap-{}", approval.id);
    let title = title_id.clone();
    let may = current_user().with_untracked(|it| may_decide(it.role, &approval));
    let id = StoredValue::new(approval.id.clone());
    let foot = if may {
        view! { <Answer id=id approve=approve reject=reject /> }.into_any()
    } else {
        view! { <p class="xs quiet approval__foot">"A workspace admin can decide this."</p> }
            .into_any()
    };
    view! {
        <div class="approval" role="group" aria-labelledby=title_id.clone()>
            <div class="approval__head">
                <Icon name="hand" />
                <span id=title>{approval.title.clone()}</span>
                <span class="push">"waiting for you"</span>
            </div>
            <div class="approval__body">
                <Changes summary=approval.summary.clone() />
                <p class="xs quiet">"Nothing changes until you approve."</p>
            </div>
            {foot}
        </div>
    }
}

/// What will happen, a line each.
#[component]
pub fn Changes(
    /// Lines of plain words.
    summary: String,
) -> impl IntoView {
    let lines: Vec<String> =
        summary.lines().filter(|it| !it.trim().is_empty()).map(str::to_owned).collect();
    view! {
        <ul class="changes">
            {lines.into_iter().map(|it| view! { <li><Icon name="todo" /><span>{it}</span></li> }).collect_view()}
        </ul>
    }
}

/// Approve, or reject with a reason.
#[component]
pub fn Answer(
    /// The approval.
    id: StoredValue<ApprovalId>,
    /// Does it.
    approve: ServerAction<ApproveApproval>,
    /// Does not.
    reject: ServerAction<RejectApproval>,
) -> impl IntoView {
    let rejecting = RwSignal::new(false);
    let reason = RwSignal::new(String::new());
    let busy = Signal::derive(move || approve.pending().get() || reject.pending().get());
    let failed = move || {
        let answers = [approve.value().get(), reject.value().get()];
        answers.into_iter().flatten().find_map(Result::err).map(|it| it.to_string())
    };
    let send_reject = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        reject.dispatch(RejectApproval { id: id.get_value(), reason: reason.get() });
    };
    view! {
        {move || failed().map(|it| view! { <p class="approval__foot xs bad" role="alert">{it}</p> })}
        <div class="approval__foot" hidden=move || rejecting.get()>
            <Button kind=Kind::Primary icon="check" busy=busy
                on:click=move |_| { approve.dispatch(ApproveApproval { id: id.get_value() }); }>
                "Approve"
            </Button>
            <Button kind=Kind::Ghost class="push" disabled=busy on:click=move |_| rejecting.set(true)>"Reject"</Button>
        </div>
        <form class="approval__foot" hidden=move || !rejecting.get() on:submit=send_reject>
            <input class="input grow" type="text" aria-label="Why not, in one line" placeholder="Why not? (optional)"
                prop:value=reason on:input=move |event| reason.set(event_target_value(&event)) />
            <Button kind=Kind::Danger r#type="submit" busy=busy>"Reject"</Button>
            <Button kind=Kind::Ghost on:click=move |_| rejecting.set(false)>"Back"</Button>
        </form>
    }
}

/// One line: who decided, and why.
#[component]
fn Settled(approval: Approval) -> impl IntoView {
    let (state, word) = match approval.status {
        ApprovalStatus::Approved => (State::Succeeded, "Approved"),
        ApprovalStatus::Rejected => (State::Failed, "Rejected"),
        ApprovalStatus::Expired => (State::Skipped, "Expired"),
        ApprovalStatus::Pending => (State::Waiting, "Waiting"),
    };
    let class = if state == State::Succeeded { "decided" } else { "decided decided--no" };
    view! {
        <div class=class>
            <Status state=state />
            <span class="grow">
                <b class="med">{format!("{word}: {}", approval.title)}</b>
                <span class="xs quiet" style="display: block">{decided_by(&approval)}</span>
            </span>
        </div>
    }
}

/// "Amara, 09:48: “call the client instead”".
pub fn decided_by(approval: &Approval) -> String {
    let by = approval.decided_by.clone().unwrap_or_else(|| "Nobody answered in time".to_owned());
    match approval.note.as_deref().filter(|it| !it.is_empty()) {
        Some(note) => format!("{by}: “{note}”"),
        None => by,
    }
}
