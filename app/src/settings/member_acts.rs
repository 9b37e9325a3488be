//! What an admin can do about a member, from the menu of their row.

use crate::settings::members::Changes;
use crate::settings::security_fns::{EndMemberSessions, MakeMemberPassword, SetMemberStatus};
use crate::settings::server_fns::RemoveMember;
use crate::ui::button::{Button, Kind};
use crate::ui::code::Code;
use crate::ui::dialog::{ConfirmOne, Dialog};
use crate::ui::icon::Icon;
use crate::ui::menu::{Menu, MenuItem, MenuSeparator, Place};
use crate::ui::toast::use_toasts;
use domain::account::{MadePassword, Member};
use leptos::prelude::*;

/// The status of a member who is kept out.
pub(crate) const KEPT_OUT: &str = "disabled";
/// The status of everybody else.
const LET_IN: &str = "active";

/// Questions about a member that wait for an answer.
#[derive(Clone, Copy)]
pub struct Asked {
    password: RwSignal<Option<Member>>,
    sessions: RwSignal<Option<Member>>,
    out: RwSignal<Option<Member>>,
    remove: RwSignal<Option<Member>>,
}

impl Asked {
    /// Nothing is asked yet.
    pub(crate) fn nothing() -> Self {
        let none = || RwSignal::new(None);
        Self { password: none(), sessions: none(), out: none(), remove: none() }
    }
}

/// A question about a member, and what a yes does.
struct Question {
    asked: RwSignal<Option<Member>>,
    title: fn(&Member) -> String,
    body: fn(&Member) -> String,
    /// Of the button that does it, and of the one that does not.
    words: (&'static str, &'static str),
    act: fn(&Member, Changes),
}

/// The menu of a row.
#[component]
pub(crate) fn MemberMenu(member: Member, changes: Changes) -> impl IntoView {
    let menu = format!("member-{}", member.id);
    let label = format!("More for {}", member.name);
    let is_out = member.status.as_deref() == Some(KEPT_OUT);
    let it = StoredValue::new(member);
    let ask = move |about: RwSignal<Option<Member>>| about.set(it.try_get_value());
    let asked = changes.asked;
    let let_in = move |_| {
        let member = it.with_value(|it| it.id.to_string());
        changes.status.dispatch(SetMemberStatus { member, status: LET_IN.to_owned() });
    };
    let door = if is_out {
        view! { <MenuItem icon="user-plus" on:click=let_in>"Let them in again"</MenuItem> }
            .into_any()
    } else {
        view! {
            <MenuItem icon="lock" on:click=move |_| ask(asked.out)>"Keep them out"</MenuItem>
        }
        .into_any()
    };
    view! {
        <button
            class="icon-btn icon-btn--sm"
            type="button"
            popovertarget=menu.clone()
            aria-haspopup="menu"
            aria-label=label.clone()
        >
            <Icon name="more" />
        </button>
        <Menu id=menu label=label place=Place::End>
            <MenuItem icon="key" on:click=move |_| ask(asked.password)>"Set a new password"</MenuItem>
            <MenuItem icon="logout" on:click=move |_| ask(asked.sessions)>"End all sessions"</MenuItem>
            {door}
            <MenuSeparator />
            <MenuItem icon="trash" bad=true on:click=move |_| ask(asked.remove)>"Remove from the workspace"</MenuItem>
        </Menu>
    }
}

/// The questions before what an admin asked for, and the password that was made.
#[component]
pub(crate) fn MemberQuestions(changes: Changes) -> impl IntoView {
    let asked = changes.asked;
    let questions = [
        Question {
            asked: asked.password,
            title: |it| format!("Set a new password for {}?", it.name),
            body: |_| {
                "PM OS makes one and shows it to you once, to pass on. They are signed out everywhere, and the password they had stops working.".to_owned()
            },
            words: ("Make a new password", "Leave it as it is"),
            act: |it, changes| {
                changes.password.dispatch(MakeMemberPassword { member: it.id.to_string() });
            },
        },
        Question {
            asked: asked.sessions,
            title: |it| format!("End all sessions of {}?", it.name),
            body: |_| {
                "They are signed out of this workspace on every device at once, and can sign in again with their password.".to_owned()
            },
            words: ("End all sessions", "Leave them signed in"),
            act: |it, changes| {
                changes.sessions.dispatch(EndMemberSessions { member: it.id.to_string() });
            },
        },
        Question {
            asked: asked.out,
            title: |it| format!("Keep {} out?", it.name),
            body: |_| {
                "They are signed out at once and cannot come in until you let them in again. Their role, their flows and what they did stay.".to_owned()
            },
            words: ("Keep them out", "Leave them in"),
            act: |it, changes| {
                let (member, status) = (it.id.to_string(), KEPT_OUT.to_owned());
                changes.status.dispatch(SetMemberStatus { member, status });
            },
        },
        Question {
            asked: asked.remove,
            title: |it| format!("Remove {}?", it.name),
            body: |_| {
                "They are signed out at once and lose access to this workspace. What they did stays, with their name.".to_owned()
            },
            words: ("Remove them", "Keep them"),
            act: |it, changes| {
                changes.remove.dispatch(RemoveMember { member: it.id.to_string() });
            },
        },
    ];
    let question = move |it: Question| {
        let (act, (action, keep)) = (it.act, it.words);
        view! {
            <ConfirmOne asked=it.asked title=it.title body=it.body action=action keep=keep
                confirm=move |member: Member| act(&member, changes) />
        }
    };
    view! {
        {questions.map(question)}
        <FreshPassword made=changes.password />
    }
}

/// A password that was made, until the dialog is closed.
#[component]
fn FreshPassword(made: ServerAction<MakeMemberPassword>) -> impl IntoView {
    let open = RwSignal::new(false);
    let toasts = use_toasts();
    Effect::new(move || match made.value().get() {
        Some(Ok(_)) => open.set(true),
        Some(Err(error)) => toasts.failed(error.to_string()),
        None => {}
    });
    // Closed, it is nowhere on the page any more.
    Effect::new(move |was_open: Option<bool>| {
        let is_open = open.get();
        if was_open == Some(true) && !is_open {
            made.clear();
        }
        is_open
    });
    let shown = move || {
        let MadePassword { name, password } = made.value().get()?.ok()?;
        Some(view! {
            <div class="dialog__body stack stack--3">
                <p>{format!("Pass it on to {name}. It is not shown again; they can choose their own in Settings, Security.")}</p>
                <Code label="New password" text=password />
            </div>
        })
    };
    view! {
        <Dialog open=open title="The new password is ready">
            {shown}
            <div class="dialog__foot">
                <Button kind=Kind::Primary on:click=move |_| open.set(false) attr:autofocus=true>"Done"</Button>
            </div>
        </Dialog>
    }
}
