//! Inviting people: the link is shown once, to pass on.

use crate::settings::members::ROLES;
use crate::settings::server_fns::{Invite, WithdrawInvitation, load_invitations};
use crate::ui::badge::Tone;
use crate::ui::button::{Button, Kind, Size};
use crate::ui::callout::Callout;
use crate::ui::code::Code;
use crate::ui::field::{SelectField, TextField};
use crate::ui::form::FormProblems;
use crate::ui::icon::Icon;
use crate::ui::problem::{FormProblem, Loaded};
use crate::ui::skeleton::RowsSkeleton;
use crate::ui::time::use_now;
use domain::account::{Invitation, Invited};
use leptos::form::ActionForm;
use leptos::prelude::*;

/// The form, the fresh link, and the invitations that wait.
#[component]
pub(crate) fn Invitations() -> impl IntoView {
    let invite = ServerAction::<Invite>::new();
    let withdraw = ServerAction::<WithdrawInvitation>::new();
    let problems = FormProblems::of(invite.value());
    let waiting = Resource::new(
        move || (invite.version().get(), withdraw.version().get()),
        |_| load_invitations(),
    );
    let roles: Vec<_> = ROLES.map(|it| (it.as_str().to_owned(), it.label().to_owned())).to_vec();
    let fresh = move || {
        invite.value().get().and_then(Result::ok).map(|it| view! { <FreshLink invited=it /> })
    };
    view! {
        <ActionForm action=invite attr:class="invite card">
            <div class="grow">
                <TextField
                    label="Invite by email"
                    name="email"
                    r#type="email"
                    placeholder="name@example.com"
                    required=true
                    error=problems.field("email")
                />
            </div>
            <SelectField label="Role" name="role" options=roles value="member".to_owned() error=problems.field("role") />
            <Button kind=Kind::Primary r#type="submit" icon="user-plus" busy=invite.pending()>"Make an invitation"</Button>
        </ActionForm>
        <FormProblem error=problems.rest(&["email", "role"]) />
        {fresh}
        <Loaded of=waiting skeleton=|| view! { <RowsSkeleton count=1 /> } let:all>
            <Waiting all=all withdraw=withdraw />
        </Loaded>
    }
}

#[component]
fn FreshLink(invited: Invited) -> impl IntoView {
    let title = format!("Pass this link on to {}", invited.invitation.email);
    view! {
        <Callout tone=Tone::Good title=title>
            <p>"It works once, for 7 days, and is not shown again."</p>
            <Code label="Invitation link" text=invited.link />
        </Callout>
    }
}

#[component]
fn Waiting(all: Vec<Invitation>, withdraw: ServerAction<WithdrawInvitation>) -> impl IntoView {
    let now = use_now();
    let row = move |it: Invitation| {
        let (id, at) = (it.id.to_string(), it.created_at_ms);
        view! {
            <li>
                <Icon name="mail" />
                <span class="grow">
                    <span class="trunc" style="display: block">{it.email}</span>
                    <span class="xs quiet">
                        {it.role.label()}", invited by "{it.invited_by}", "{move || now.get().ago(at)}
                    </span>
                </span>
                <Button
                    size=Size::Small
                    busy=withdraw.pending()
                    on:click=move |_| {
                        withdraw.dispatch(WithdrawInvitation { invitation: id.clone() });
                    }
                >
                    "Take back"
                </Button>
            </li>
        }
    };
    let pending: Vec<_> = all.into_iter().filter(|it| it.status == "pending").collect();
    (!pending.is_empty()).then(|| {
        view! {
            <section class="card" aria-labelledby="inv-h">
                <div class="card__head"><h2 id="inv-h">"Waiting to join"</h2></div>
                <ul class="rows">{pending.into_iter().map(row).collect_view()}</ul>
            </section>
        }
    })
}
