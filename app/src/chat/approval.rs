//! The card that asks before something happens; the same in a conversation and in the inbox.

use crate::approvals::server_fns::{ApproveApproval, RejectApproval};
use crate::chat::state::Chat;
use crate::chat::trace::Undo;
use crate::session::current_user;
use crate::ui::badge::{State, Status};
use crate::ui::browser;
use crate::ui::button::{Button, Kind};
use crate::ui::icon::Icon;
use domain::actor::{Permission, Role};
use domain::approval::{Approval, ApprovalStatus, Change, Effects, Risk, RuleScope};
use domain::ids::{ApprovalId, OperationId};
use leptos::prelude::*;
use std::collections::BTreeMap;

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
        view! { <Settled approval=approval chat=chat /> }.into_any()
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
    let foot = if may {
        view! { <Answer approval=approval.clone() approve=approve reject=reject /> }.into_any()
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
                <Changes summary=approval.summary.clone() effects=approval.effects.clone() />
                {approval.effects.seen_by.clone().map(|it| view! { <p class="xs quiet">{it}" will see it."</p> })}
                <p class="xs quiet">"Nothing changes until you approve."</p>
            </div>
            {foot}
        </div>
    }
}

/// What will happen: each field from what to what where that is known, else a line each.
#[component]
pub fn Changes(
    /// Lines of plain words.
    summary: String,
    /// The same piece by piece.
    effects: Effects,
) -> impl IntoView {
    if effects.changes.is_empty() {
        return view! { <Lines summary=summary /> }.into_any();
    }
    let row = |it: Change| {
        view! {
            <li class="chg__row">
                <span class="quiet">{it.label}</span>
                <span>
                    {it.from.map(|from| view! { <del class="quiet">{from}</del>" "<Icon name="arrow-right" />" " })}
                    <ins>{it.to}</ins>
                </span>
            </li>
        }
    };
    view! {
        <div class="chg">
            <b class="med">{effects.subject}</b>
            <ul>{effects.changes.into_iter().map(row).collect_view()}</ul>
        </div>
    }
    .into_any()
}

#[component]
fn Lines(summary: String) -> impl IntoView {
    let lines: Vec<String> =
        summary.lines().filter(|it| !it.trim().is_empty()).map(str::to_owned).collect();
    view! {
        <ul class="changes">
            {lines.into_iter().map(|it| view! { <li><Icon name="todo" /><span>{it}</span></li> }).collect_view()}
        </ul>
    }
}

/// What the person is about to answer with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answering {
    /// Not chosen yet.
    Choosing,
    /// Other words, then yes.
    Editing,
    /// No, with a reason.
    Rejecting,
}

/// Approve, approve with other words, or reject with a reason.
#[component]
pub fn Answer(
    /// The approval.
    approval: Approval,
    /// Does it.
    approve: ServerAction<ApproveApproval>,
    /// Does not.
    reject: ServerAction<RejectApproval>,
    /// The keys A, E and R answer, too.
    #[prop(optional)]
    hears_keys: bool,
) -> impl IntoView {
    let step = RwSignal::new(Answering::Choosing);
    let busy = Signal::derive(move || approve.pending().get() || reject.pending().get());
    let failed = move || {
        let answers = [approve.value().get(), reject.value().get()];
        answers.into_iter().flatten().find_map(Result::err).map(|it| it.to_string())
    };
    let id = StoredValue::new(approval.id.clone());
    let can_edit = !approval.texts().is_empty();
    let remember = RwSignal::new(None::<RuleScope>);
    let scopes = offered(&approval);
    let yes = move |()| {
        let (Some(id), Some(remember)) = (id.try_get_value(), remember.try_get_untracked()) else {
            return;
        };
        approve.dispatch(ApproveApproval { id, changes: BTreeMap::new(), remember });
    };
    let say_yes = yes;
    if hears_keys {
        let is_weighty = approval.risk == Risk::Destructive;
        listen(step, (can_edit, is_weighty), busy, Callback::new(move |()| say_yes(())));
    }
    let edit = move |_| go_to(step, Answering::Editing);
    let no = move |_| go_to(step, Answering::Rejecting);
    view! {
        {move || failed().map(|it| view! { <p class="approval__foot xs bad" role="alert">{it}</p> })}
        <div class="approval__foot" hidden=move || step.get() != Answering::Choosing>
            <Button kind=Kind::Primary class="approval__yes" icon="check" busy=busy on:click=move |_| yes(())>"Approve"</Button>
            {can_edit.then(|| view! {
                <Button icon="edit" disabled=busy on:click=edit>"Edit"</Button>
            })}
            <Button kind=Kind::Danger disabled=busy on:click=no>"Reject"</Button>
            <Remember id=id scopes=scopes remember=remember />
            {hears_keys.then(|| view! { <KeyHints can_edit=can_edit /> })}
        </div>
        {can_edit.then(|| view! { <EditForm approval=approval approve=approve step=step busy=busy /> })}
        <RejectForm id=id reject=reject step=step busy=busy />
    }
}

/// The keys, where they answer.
#[component]
fn KeyHints(can_edit: bool) -> impl IntoView {
    let key = |letter: &'static str, what: &'static str| {
        view! { <span><kbd class="kbd">{letter}</kbd>" "{what}</span> }
    };
    view! {
        <span class="push row xs quiet approval__keys" aria-hidden="true">
            {key("A", "approve")}
            {can_edit.then(|| key("E", "edit"))}
            {key("R", "reject")}
        </span>
    }
}

/// Shows a part of the answer, with the focus in it: what is typed next belongs there.
fn go_to(step: RwSignal<Answering>, to: Answering) {
    if step.try_set(to).is_some() {
        return;
    }
    browser::focus_first_soon(match to {
        Answering::Choosing => ".approval__yes",
        Answering::Editing => ".approval__edit:not([hidden]) input",
        Answering::Rejecting => ".approval__no:not([hidden]) input",
    });
}

/// Hears A, E and R while nothing is typed and nothing lies above the page. What cannot be taken back easily is not
/// done by one key: A leads to its button.
fn listen(
    step: RwSignal<Answering>,
    (can_edit, is_weighty): (bool, bool),
    busy: Signal<bool>,
    yes: Callback<()>,
) {
    // The first of two keys that lead to a page.
    let before = StoredValue::new(String::new());
    Effect::new(move || {
        let handle = window_event_listener(leptos::ev::keydown, move |event| {
            let key = event.key().to_ascii_lowercase();
            let first = before.try_update_value(|it| std::mem::replace(it, key.clone()));
            let is_taken = first.is_none_or(|it| it == "g" || it == "n")
                || event.meta_key()
                || event.ctrl_key()
                || event.alt_key()
                || event.repeat()
                || browser::is_typing()
                || browser::has_layer_open()
                || busy.try_get_untracked() != Some(false)
                || step.try_get_untracked() != Some(Answering::Choosing);
            if is_taken {
                return;
            }
            match key.as_str() {
                "a" if is_weighty => browser::focus_first_soon(".approval__yes"),
                "a" => yes.run(()),
                "e" if can_edit => go_to(step, Answering::Editing),
                "r" => go_to(step, Answering::Rejecting),
                _ => return,
            }
            event.prevent_default();
        });
        on_cleanup(move || handle.remove());
    });
}

/// For whom the person who looks may have a yes remembered.
fn offered(approval: &Approval) -> Vec<RuleScope> {
    let manages = current_user().with_untracked(|it| it.role.can(Permission::Manage));
    let may = |it: &RuleScope| manages || *it == RuleScope::Asker;
    approval.remember.iter().copied().filter(may).collect()
}

/// Whether it is asked again next time.
#[component]
fn Remember(
    id: StoredValue<ApprovalId>,
    scopes: Vec<RuleScope>,
    remember: RwSignal<Option<RuleScope>>,
) -> impl IntoView {
    let field = format!("remember-{}", id.get_value());
    let option = |scope: RuleScope| {
        let words = match scope {
            RuleScope::Asker => "Always allow this for who asked",
            RuleScope::Project => "Always allow this in this project",
            RuleScope::Workspace => "Always allow this in the workspace",
        };
        view! { <option value=scope.as_str()>{words}</option> }
    };
    (!scopes.is_empty()).then(|| view! {
        <span class="row approval__next">
            <label class="xs quiet" for=field.clone()>"Next time"</label>
            <select class="select" id=field
                on:change=move |event| remember.set(RuleScope::parse(&event_target_value(&event)))>
                <option value="">"Ask again"</option>
                {scopes.into_iter().map(option).collect_view()}
            </select>
        </span>
    })
}

/// The words that will be written, to change before it happens.
#[component]
fn EditForm(
    approval: Approval,
    approve: ServerAction<ApproveApproval>,
    step: RwSignal<Answering>,
    busy: Signal<bool>,
) -> impl IntoView {
    let id = StoredValue::new(approval.id.clone());
    let texts: Vec<_> = approval
        .texts()
        .into_iter()
        .map(|(name, label, text)| (name, label, text.to_owned(), RwSignal::new(text.to_owned())))
        .collect();
    let rows = texts.clone();
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let differs = |it: &(&str, &str, String, RwSignal<String>)| {
            let now = it.3.get_untracked();
            (now != it.2).then(|| (it.0.to_owned(), now))
        };
        let changes = texts.iter().filter_map(differs).collect();
        approve.dispatch(ApproveApproval { id: id.get_value(), changes, remember: None });
    };
    let row = move |(name, label, _, now): (
        &'static str,
        &'static str,
        String,
        RwSignal<String>,
    )| {
        let id = format!("edit-{}-{name}", id.get_value());
        let kind = if name.ends_with("_on") { "date" } else { "text" };
        view! {
            <div class="field">
                <label class="label" for=id.clone()>{label}</label>
                <input class="input" type=kind id=id prop:value=now on:input=move |event| now.set(event_target_value(&event)) />
            </div>
        }
    };
    view! {
        <form class="approval__edit stack stack--3" hidden=move || step.get() != Answering::Editing on:submit=send>
            {rows.into_iter().map(row).collect_view()}
            <div class="row">
                <Button kind=Kind::Primary r#type="submit" icon="check" busy=busy>"Approve with these words"</Button>
                <Button kind=Kind::Ghost on:click=move |_| go_to(step, Answering::Choosing)>"Back"</Button>
            </div>
        </form>
    }
}

/// Asks why not, in one line.
#[component]
fn RejectForm(
    id: StoredValue<ApprovalId>,
    reject: ServerAction<RejectApproval>,
    step: RwSignal<Answering>,
    busy: Signal<bool>,
) -> impl IntoView {
    let reason = RwSignal::new(String::new());
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        reject.dispatch(RejectApproval { id: id.get_value(), reason: reason.get_untracked() });
    };
    view! {
        <form class="approval__foot approval__no" hidden=move || step.get() != Answering::Rejecting on:submit=send>
            <input class="input grow" type="text" aria-label="Why not, in one line" placeholder="Why not? (optional)"
                prop:value=reason on:input=move |event| reason.set(event_target_value(&event)) />
            <Button kind=Kind::Danger r#type="submit" busy=busy>"Reject"</Button>
            <Button kind=Kind::Ghost on:click=move |_| go_to(step, Answering::Choosing)>"Back"</Button>
        </form>
    }
}

/// One line: who decided, and why.
#[component]
fn Settled(approval: Approval, chat: Chat) -> impl IntoView {
    let (state, word) = match approval.status {
        ApprovalStatus::Approved => (State::Succeeded, "Approved"),
        ApprovalStatus::Rejected => (State::Failed, "Rejected"),
        ApprovalStatus::Expired => (State::Skipped, "Expired"),
        ApprovalStatus::Pending => (State::Waiting, "Waiting"),
    };
    let undo = approval.operation_id.as_deref().map(|it| {
        view! { <Undo operation=OperationId::from(it) chat=chat /> }
    });
    let class = if state == State::Succeeded { "decided" } else { "decided decided--no" };
    view! {
        <div class=class>
            <Status state=state />
            <span class="grow">
                <b class="med">{format!("{word}: {}", approval.title)}</b>
                <span class="xs quiet" style="display: block">{decided_by(&approval)}</span>
            </span>
            {undo}
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
