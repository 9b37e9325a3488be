//! The people of the workspace and their roles.

use crate::error::AppError;
use crate::session::current_user;
use crate::settings::invitations::Invitations;
use crate::settings::member_acts::{Asked, KEPT_OUT, MemberMenu, MemberQuestions};
use crate::settings::security_fns::{EndMemberSessions, MakeMemberPassword, SetMemberStatus};
use crate::settings::server_fns::{ChangeRole, RemoveMember, load_members};
use crate::ui::badge::{Badge, Tone};
use crate::ui::kept::{Kept, whole};
use crate::ui::person::Avatar;
use crate::ui::skeleton::RowsSkeleton;
use crate::ui::table::StackTable;
use crate::ui::time::use_now;
use crate::ui::toast::use_toasts;
use domain::account::Member;
use domain::actor::Role;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

/// Roles an admin may give, as value and words.
pub(crate) const ROLES: [Role; 3] = [Role::WorkspaceAdmin, Role::Member, Role::Viewer];

/// What can be done to a member from their row.
#[derive(Clone, Copy)]
pub struct Changes {
    pub(crate) role: ServerAction<ChangeRole>,
    pub(crate) status: ServerAction<SetMemberStatus>,
    pub(crate) remove: ServerAction<RemoveMember>,
    pub(crate) password: ServerAction<MakeMemberPassword>,
    pub(crate) sessions: ServerAction<EndMemberSessions>,
    /// What is asked before some of it is done.
    pub(crate) asked: Asked,
}

/// The section.
#[component]
pub(crate) fn Members() -> impl IntoView {
    let changes = Changes {
        role: ServerAction::new(),
        status: ServerAction::new(),
        remove: ServerAction::new(),
        password: ServerAction::new(),
        sessions: ServerAction::new(),
        asked: Asked::nothing(),
    };
    let version = move || {
        let people = (changes.role.version().get(), changes.remove.version().get());
        (people, changes.status.version().get())
    };
    let members = Resource::new(version, |_| load_members());
    tell(changes.role, "The role is changed");
    tell(changes.status, "Changed");
    tell(changes.remove, "The member is removed and signed out");
    tell(changes.sessions, "All their sessions are ended");
    view! {
        <Invitations />
        <Kept of=members skeleton=|| view! { <RowsSkeleton /> } let:members>
            <MemberTable members=members changes=changes />
        </Kept>
        <MemberQuestions changes=changes />
        <RoleGuide />
    }
}

/// Says how a change went.
fn tell<S>(change: ServerAction<S>, done: &'static str)
where
    S: ServerFn<Output = (), Error = AppError> + Clone + Send + Sync + 'static,
{
    let toasts = use_toasts();
    Effect::new(move || match change.value().get() {
        Some(Ok(())) => toasts.say(done),
        Some(Err(error)) => toasts.failed(error.to_string()),
        None => {}
    });
}

const COLUMNS: &[(&str, &str)] = &[("Person", ""), ("Role", ""), ("Last here", "p2")];

#[component]
fn MemberTable(members: Signal<Option<Vec<Member>>>, changes: Changes) -> impl IntoView {
    view! {
        <StackTable caption="Members" columns=COLUMNS class="table--calm">
            <For each=move || members.get().unwrap_or_default() key=whole let:it>
                <MemberRow member=it changes=changes />
            </For>
        </StackTable>
    }
}

#[component]
fn MemberRow(member: Member, changes: Changes) -> impl IntoView {
    let now = use_now();
    let last = member.last_seen_at_ms;
    let is_self = current_user().with_untracked(|it| it.id == member.id);
    let is_fixed = is_self || member.role == Role::SuperAdmin;
    let is_out = member.status.as_deref() == Some(KEPT_OUT);
    let role = if is_fixed {
        view! { <Badge tone=Tone::Accent icon="shield">{member.role.label()}</Badge> }.into_any()
    } else {
        view! { <RoleSelect member=member.clone() changes=changes /> }.into_any()
    };
    let menu = (!is_fixed).then(|| view! { <MemberMenu member=member.clone() changes=changes /> });
    let here = move || match last {
        _ if is_self => "Now".to_owned(),
        Some(at_ms) => now.get().ago(at_ms),
        None => "Not yet".to_owned(),
    };
    view! {
        <tr role="row">
            <td role="cell" class="name wide">
                <div class="row gap-3">
                    <Avatar name=member.name.clone() size="" decorative=true />
                    <div class="grow">
                        <span>{member.name}</span>
                        <span class="sub trunc">{member.email}</span>
                    </div>
                    {is_out.then(|| view! { <Badge tone=Tone::Warn icon="lock">"Kept out"</Badge> })}
                </div>
            </td>
            <td role="cell">{role}</td>
            <td role="cell" class="p2 quiet">{here}</td>
            <td role="cell">{menu}</td>
        </tr>
    }
}

#[component]
fn RoleSelect(member: Member, changes: Changes) -> impl IntoView {
    let option = |role: Role| {
        view! { <option value=role.as_str() selected=role == member.role>{role.label()}</option> }
    };
    let id = member.id.to_string();
    view! {
        <select
            class="select"
            style="inline-size: 10rem"
            aria-label=format!("Role of {}", member.name)
            aria-busy=move || changes.role.pending().get().then_some("true")
            on:change=move |event| {
                changes.role.dispatch(ChangeRole { member: id.clone(), role: event_target_value(&event) });
            }
        >
            {ROLES.map(option).collect_view()}
        </select>
    }
}

/// What each role can do.
#[component]
fn RoleGuide() -> impl IntoView {
    let roles = [
        (
            "key",
            "Workspace admin",
            "Connects accounts, publishes flows, invites people, decides every approval.",
        ),
        (
            "user",
            "Member",
            "Asks the assistant, changes to-dos, edits drafts of flows, decides ordinary approvals.",
        ),
        ("eye", "Viewer", "Sees projects, flows and runs. Changes nothing."),
    ];
    let card = |(icon, name, body): (&'static str, &'static str, &'static str)| {
        view! {
            <div class="card rolecard">
                <span class="tile tile--sm tile--plain"><crate::ui::icon::Icon name=icon /></span>
                <div><h3>{name}</h3><p class="sm muted">{body}</p></div>
            </div>
        }
    };
    view! {
        <section aria-labelledby="rl">
            <div class="section__head"><h2 id="rl">"What each role can do"</h2></div>
            <div class="cols cols--3">{roles.map(card).collect_view()}</div>
        </section>
    }
}
