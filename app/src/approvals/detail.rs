//! One approval whole: what will happen, who asked, until when, and the answer.

use crate::approvals::server_fns::{ApproveApproval, RejectApproval};
use crate::chat::approval::{Answer, Changes, decided_by};
use crate::projects::undo::TakeBack;
use crate::ui::badge::{Pill, State, Tone};
use crate::ui::callout::Callout;
use crate::ui::icon::Icon;
use crate::ui::person::Avatars;
use crate::ui::time::{parse_time, use_now};
use domain::approval::{Approval, ApprovalDetail, ApprovalStatus};
use domain::undo::Reversible;
use domain::words::capitalised;
use leptos::prelude::*;

/// What answers approvals: made outside of what loads, which is drawn anew as soon as one is decided, here or elsewhere.
#[derive(Clone, Copy)]
pub struct Answers {
    /// Yes.
    pub approve: ServerAction<ApproveApproval>,
    /// No.
    pub reject: ServerAction<RejectApproval>,
}

impl Answers {
    /// Nothing was answered yet.
    #[must_use]
    pub fn new() -> Self {
        Self { approve: ServerAction::new(), reject: ServerAction::new() }
    }

    /// What was decided last.
    pub fn decided(self) -> Option<Approval> {
        let answers = [self.approve.value().get(), self.reject.value().get()];
        answers.into_iter().flatten().find_map(Result::ok)
    }

    /// Forgets what came of the last answer.
    pub fn clear(self) {
        self.approve.clear();
        self.reject.clear();
    }
}

impl Default for Answers {
    fn default() -> Self {
        Self::new()
    }
}

/// One approval.
#[component]
pub fn Detail(
    /// The approval, with who can decide it.
    shown: ApprovalDetail,
    /// What answers it.
    answers: Answers,
    /// Reads it again.
    #[prop(into)]
    again: Callback<()>,
) -> impl IntoView {
    let ApprovalDetail { approval, deciders, is_mine_to_decide, never_undone, undo } = shown;
    let is_waiting = approval.status == ApprovalStatus::Pending;
    let foot = match (is_waiting, is_mine_to_decide) {
        (true, true) => view! { <Decide approval=approval.clone() answers=answers /> }.into_any(),
        (true, false) => {
            view! { <p class="inbox__foot sm muted">{ask_whom(&deciders)}</p> }.into_any()
        }
        (false, _) => {
            view! { <Decided approval=approval.clone() undo=undo again=again /> }.into_any()
        }
    };
    view! {
        <div class="inbox__scroll">
            <a class="btn btn--sm btn--ghost inbox__back" href="/approvals"><Icon name="arrow-left" />"All approvals"</a>
            <header class="stack stack--1">
                <h2>{approval.title.clone()}</h2>
                <p class="sm muted">{format!("The assistant wants to do this for {}.", approval.requested_by)}</p>
            </header>
            <Facts approval=approval.clone() deciders=deciders />
            {approval.effects.seen_by.clone().map(|it| view! {
                <Callout tone=Tone::Warn icon="eye" title="Who will see it"><p>{it}"."</p></Callout>
            })}
            {never_undone.filter(|_| is_waiting).map(|why| view! {
                <Callout tone=Tone::Warn icon="undo" title="This cannot be undone"><p>{capitalised(&why)}"."</p></Callout>
            })}
            <section aria-labelledby="wh">
                <h3 id="wh" style="margin-block-end: 0.5rem">"What will happen"</h3>
                <Changes summary=approval.summary effects=approval.effects />
            </section>
        </div>
        {foot}
    }
}

/// Whom somebody asks who may not decide.
pub(crate) fn ask_whom(deciders: &[String]) -> String {
    match deciders {
        [] => "Nobody else here may decide this. An admin can invite somebody.".to_owned(),
        [one] => format!("{one} can decide this."),
        [first, second] => format!("{first} or {second} can decide this."),
        [first, rest @ ..] => format!("{first} or one of {} others can decide this.", rest.len()),
    }
}

#[component]
fn Facts(approval: Approval, deciders: Vec<String>) -> impl IntoView {
    let now = use_now();
    let who = (!deciders.is_empty()).then(|| {
        let names = deciders.join(", ");
        view! {
            <div>
                <dt>"Who can decide"</dt>
                <dd><Avatars names=deciders /><span class="sr">{names}</span></dd>
            </div>
        }
    });
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
            {who}
            {because}
        </dl>
    }
}

#[component]
fn Decide(approval: Approval, answers: Answers) -> impl IntoView {
    let Answers { approve, reject } = answers;
    view! {
        <footer class="inbox__foot">
            <Answer approval=approval approve=approve reject=reject hears_keys=true />
        </footer>
    }
}

#[component]
fn Decided(approval: Approval, undo: Option<Reversible>, again: Callback<()>) -> impl IntoView {
    let (state, label) = match approval.status {
        ApprovalStatus::Approved => (State::Succeeded, "Approved"),
        ApprovalStatus::Rejected => (State::Failed, "Rejected"),
        ApprovalStatus::Expired | ApprovalStatus::Pending => (State::Skipped, "Expired"),
    };
    view! {
        <footer class="inbox__foot">
            <Pill state=state label=label />
            <span class="sm muted grow">{decided_by(&approval)}</span>
            <TakeBack of=undo then=again />
        </footer>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_can_decide_is_named() {
        let names = |all: &[&str]| all.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
        assert_eq!(ask_whom(&names(&["Amara Osei"])), "Amara Osei can decide this.");
        assert_eq!(ask_whom(&names(&["A", "B"])), "A or B can decide this.");
        assert_eq!(ask_whom(&names(&["A", "B", "C"])), "A or one of 2 others can decide this.");
    }
}
