//! The page an invitation opens: who invites, to what, as what.

use crate::auth::page::AuthPage;
use crate::auth::server_fns::{AcceptInvitation, load_invitation};
use crate::auth::sign_up::PASSWORD_HINT;
use crate::error::AppError;
use crate::session::{StartedWith, sign_in_path};
use crate::ui::badge::Tone;
use crate::ui::button::{Button, ButtonLink, Kind, Size};
use crate::ui::callout::Callout;
use crate::ui::field::{PasswordField, TextField};
use crate::ui::form::{FormProblems, load_after};
use crate::ui::problem::FormProblem;
use domain::account::InvitationPreview;
use domain::problem::Problem;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

/// The page behind an invitation's link.
#[component]
pub fn InvitePage() -> impl IntoView {
    let params = use_params_map();
    let token = Memo::new(move |_| params.read().get("token").unwrap_or_default());
    let invitation = Resource::new_blocking(move || token.get(), load_invitation);
    let email = StoredValue::new(StartedWith::session().map(|it| it.user.email));
    let content = move || {
        Suspend::new(async move {
            let signed_in = email.get_value();
            match invitation.await {
                Ok(preview) => view! { <Invited preview=preview token=token.get_untracked() signed_in=signed_in /> }.into_any(),
                Err(error) => view! { <Gone error=error /> }.into_any(),
            }
        })
    };
    view! {
        <Title text="Invitation" />
        <Suspense>{content}</Suspense>
    }
}

#[component]
fn Gone(error: AppError) -> impl IntoView {
    crate::session::page_status(error.problem().map_or(503, Problem::status));
    view! {
        <AuthPage title="This invitation does not work" lead="It was used, taken back, or is older than 7 days.">
            <Callout tone=Tone::Warn title="Ask for a new one">
                <p>"The person who invited you can send another link."</p>
            </Callout>
            <ButtonLink kind=Kind::Primary size=Size::Large href="/sign-in" class="btn--block">"Sign in"</ButtonLink>
        </AuthPage>
    }
}

#[component]
fn Invited(preview: InvitationPreview, token: String, signed_in: Option<String>) -> impl IntoView {
    let title = format!(
        "You will join {} as {}",
        preview.workspace_name,
        preview.role.label().to_lowercase()
    );
    let form = match signed_in {
        Some(email) if email == preview.email => view! { <JoinForm token=token /> }.into_any(),
        Some(email) => {
            view! { <WrongPerson signed_in=email invited=preview.email.clone() /> }.into_any()
        }
        None => view! { <NewPersonForm token=token email=preview.email.clone() /> }.into_any(),
    };
    view! {
        <AuthPage title="Create your account" lead=format!("{} invited you.", preview.invited_by)>
            <Callout icon="users" title=title>
                <p>{format!("The invitation is for {}.", preview.email)}</p>
            </Callout>
            {form}
        </AuthPage>
    }
}

/// The invitation is for somebody else than the one signed in.
#[component]
fn WrongPerson(signed_in: String, invited: String) -> impl IntoView {
    view! {
        <Callout tone=Tone::Warn title=format!("You are signed in as {signed_in}")>
            <p>{format!("Sign out, then open the link again as {invited}.")}</p>
        </Callout>
        <crate::shell::user_menu::SignOutForm class="btn btn--lg btn--block" />
    }
}

/// Joins as the one signed in.
#[component]
fn JoinForm(token: String) -> impl IntoView {
    let accept = ServerAction::<AcceptInvitation>::new();
    let problems = FormProblems::of(accept.value());
    load_after(accept);
    view! {
        <ActionForm action=accept attr:class="stack stack--4">
            <FormProblem error=problems.rest(&[]) />
            <input type="hidden" name="token" value=token />
            <Button kind=Kind::Primary size=Size::Large r#type="submit" class="btn--block" busy=accept.pending()>
                "Join the workspace"
            </Button>
        </ActionForm>
    }
}

/// Makes an account and joins.
#[component]
fn NewPersonForm(token: String, email: String) -> impl IntoView {
    let accept = ServerAction::<AcceptInvitation>::new();
    let problems = FormProblems::of(accept.value());
    load_after(accept);
    let back = sign_in_path(&format!("/invite/{token}"));
    view! {
        <ActionForm action=accept attr:class="stack stack--4">
            <FormProblem error=problems.rest(&["name", "password"]) />
            <input type="hidden" name="token" value=token />
            <input type="hidden" autocomplete="username" value=email />
            <TextField
                label="Your name"
                name="name"
                autocomplete="name"
                large=true
                required=true
                error=problems.field("name")
            />
            <PasswordField
                label="Password"
                name="password"
                autocomplete="new-password"
                large=true
                hint=PASSWORD_HINT
                error=problems.field("password")
            />
            <Button kind=Kind::Primary size=Size::Large r#type="submit" class="btn--block" busy=accept.pending()>
                "Create account"
            </Button>
        </ActionForm>
        <p class="sm muted">"Already have an account? "<a class="link" href=back>"Sign in first"</a></p>
    }
}
