//! The people of the workspace and their roles.

use crate::session::current_user;
use crate::settings::invitations::Invitations;
use crate::settings::server_fns::{ChangeRole, RemoveMember, load_members};
use crate::ui::badge::{Badge, Tone};
use crate::ui::button::IconButton;
use crate::ui::dialog::Confirm;
use crate::ui::person::Avatar;
use crate::ui::problem::Loaded;
use crate::ui::skeleton::RowsSkeleton;
use crate::ui::table::StackTable;
use crate::ui::time::use_now;
use crate::ui::toast::use_toasts;
use domain::account::Member;
use domain::actor::Role;
use leptos::prelude::*;

/// Roles an admin may give, as value and words.
pub(crate) const ROLES: [Role; 3] = [Role::WorkspaceAdmin, Role::Member, Role::Viewer];

/// What can be done to a member from their row.
#[derive(Clone, Copy)]
struct Changes {
    role: ServerAction<ChangeRole>,
    remove: ServerAction<RemoveMember>,
    /// The member asked about before they are removed.
    asked: RwSignal<Option<Member>>,
}

/// The section.
#[component]
pub(crate) fn Members() -> impl IntoView {
    let changes = Changes {
        role: ServerAction::new(),
        remove: ServerAction::new(),
        asked: RwSignal::new(None),
    };
    let members = Resource::new(
        move || (changes.role.version().get(), changes.remove.version().get()),
        |_| load_members(),
    );
    tell(changes);
    view! {
        <Invitations />
        <Loaded of=members skeleton=|| view! { <RowsSkeleton /> } let:members>
            <MemberTable members=members changes=changes />
        </Loaded>
        <RemoveQuestion changes=changes />
        <RoleGuide />
    }
}

/// Says how a change went.
fn tell(changes: Changes) {
    let toasts = use_toasts();
    Effect::new(move || match changes.role.value().get() {
        Some(Ok(())) => toasts.say("The role is changed"),
        Some(Err(error)) => toasts.failed(error.to_string()),
        None => {}
    });
    Effect::new(move || match changes.remove.value().get() {
        Some(Ok(())) => toasts.say("The member is removed and signed out"),
        Some(Err(error)) => toasts.failed(error.to_string()),
        None => {}
    });
}

const COLUMNS: &[(&str, &str)] = &[("Person", ""), ("Role", ""), ("Last here", "p2")];

#[component]
fn MemberTable(members: Vec<Member>, changes: Changes) -> impl IntoView {
    let rows = members
        .into_iter()
        .map(|it| view! { <MemberRow member=it changes=changes /> })
        .collect_view();
    view! {
        <StackTable caption="Members" columns=COLUMNS class="table--calm">{rows}</StackTable>
    }
}

#[component]
fn MemberRow(member: Member, changes: Changes) -> impl IntoView {
    let now = use_now();
    let last = member.last_login_at_ms;
    let is_self = current_user().with_untracked(|it| it.id == member.id);
    let is_fixed = is_self || member.role == Role::SuperAdmin;
    let role = if is_fixed {
        view! { <Badge tone=Tone::Accent icon="shield">{member.role.label()}</Badge> }.into_any()
    } else {
        view! { <RoleSelect member=member.clone() changes=changes /> }.into_any()
    };
    let remove = (!is_fixed).then(|| {
        let asked = member.clone();
        view! {
            <IconButton
                icon="trash"
                label=format!("Remove {}", member.name)
                class="icon-btn--sm"
                on:click=move |_| changes.asked.set(Some(asked.clone()))
            />
        }
    });
    view! {
        <tr role="row">
            <td role="cell" class="name wide">
                <div class="row gap-3">
                    <Avatar name=member.name.clone() size="" decorative=true />
                    <div class="grow">
                        <span>{member.name}</span>
                        <span class="sub trunc">{member.email}</span>
                    </div>
                </div>
            </td>
            <td role="cell">{role}</td>
            <td role="cell" class="p2 quiet">
                {move || last.map_or_else(|| "Not yet".to_owned(), |it| now.get().ago(it))}
            </td>
            <td role="cell">{remove}</td>
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

/// Asks before a member is removed.
#[component]
fn RemoveQuestion(changes: Changes) -> impl IntoView {
    let open = RwSignal::new(false);
    Effect::new(move || open.set(changes.asked.with(Option::is_some)));
    let name = Signal::derive(move || {
        changes.asked.with(|it| it.as_ref().map(|it| it.name.clone()).unwrap_or_default())
    });
    let confirm = move |()| {
        if let Some(member) = changes.asked.get_untracked() {
            changes.remove.dispatch(RemoveMember { member: member.id.to_string() });
        }
        changes.asked.set(None);
    };
    view! {
        <Confirm
            open=open
            title=Signal::derive(move || format!("Remove {}?", name.get()))
            body="They are signed out at once and lose access to this workspace. What they did stays, with their name."
            action=Signal::derive(move || format!("Remove {}", name.get()))
            keep="Keep them"
            confirm=confirm
        />
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
