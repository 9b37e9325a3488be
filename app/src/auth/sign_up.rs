//! The sign-up page: says which role the account will have before the form.

use crate::auth::page::AuthPage;
use crate::auth::server_fns::{SignUp, load_signup};
use crate::ui::badge::Tone;
use crate::ui::button::{Button, ButtonLink, Kind, Size};
use crate::ui::callout::Callout;
use crate::ui::field::{PasswordField, TextField};
use crate::ui::form::{FormProblems, load_after};
use crate::ui::problem::{FormProblem, LoadedPage};
use domain::account::AuthState;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;

/// How long a password must be, in words.
pub(crate) const PASSWORD_HINT: &str = "At least 8 characters. A short sentence works well.";

/// Name, email and password; afterwards the product.
#[component]
pub fn SignUpPage() -> impl IntoView {
    let state = Resource::new_blocking(|| (), |()| load_signup());
    view! {
        <Title text="Sign up" />
        <LoadedPage of=state skeleton=|| () let:state>
            {if state.signup_open {
                view! { <OpenSignUp state=state /> }.into_any()
            } else {
                view! { <ClosedSignUp /> }.into_any()
            }}
        </LoadedPage>
    }
}

#[component]
fn ClosedSignUp() -> impl IntoView {
    view! {
        <AuthPage title="Sign-up is closed" lead="New people join by invitation.">
            <Callout tone=Tone::Warn icon="lock" title="Ask an admin for an invitation">
                <p>"The link in it lets you make an account."</p>
            </Callout>
            <ButtonLink kind=Kind::Primary size=Size::Large href="/sign-in" class="btn--block">"Sign in"</ButtonLink>
        </AuthPage>
    }
}

#[component]
fn OpenSignUp(state: AuthState) -> impl IntoView {
    let (title, lead, button) = if state.first_account {
        (
            "Create the first account",
            "This takes a minute. Setup continues right after.",
            "Create account and start setup",
        )
    } else {
        ("Create your account", "You get a workspace of your own.", "Create account")
    };
    view! {
        <AuthPage title=title lead=lead>
            <RoleNews is_first=state.first_account />
            <SignUpForm button=button />
            <p class="sm muted">"Already have an account? "<a class="link" href="/sign-in">"Sign in"</a></p>
        </AuthPage>
    }
}

/// Which role will result.
#[component]
fn RoleNews(is_first: bool) -> impl IntoView {
    let (icon, title, body) = if is_first {
        (
            "key",
            "You are the first person here, so this account becomes the super admin",
            "You will be able to manage every workspace and see the audit log. People who sign up after you become workspace admins of their own workspace.",
        )
    } else {
        (
            "users",
            "You will be the workspace admin of a new workspace",
            "You can connect accounts, build flows and approve changes. To join a workspace that exists, ask its admin for an invitation.",
        )
    };
    view! { <Callout icon=icon title=title><p>{body}</p></Callout> }
}

#[component]
fn SignUpForm(button: &'static str) -> impl IntoView {
    let sign_up = ServerAction::<SignUp>::new();
    let problems = FormProblems::of(sign_up.value());
    load_after(sign_up);
    view! {
        <ActionForm action=sign_up attr:class="stack stack--4">
            <FormProblem error=problems.rest(&["name", "email", "password"]) />
            <input type="hidden" name="then" value="/setup" />
            <TextField
                label="Your name"
                name="name"
                autocomplete="name"
                large=true
                required=true
                error=problems.field("name")
            />
            <TextField
                label="Work email"
                name="email"
                r#type="email"
                autocomplete="email"
                large=true
                required=true
                error=problems.field("email")
            />
            <PasswordField
                label="Password"
                name="password"
                autocomplete="new-password"
                large=true
                hint=PASSWORD_HINT
                error=problems.field("password")
            />
            <Button kind=Kind::Primary size=Size::Large r#type="submit" class="btn--block" busy=sign_up.pending()>
                {button}
            </Button>
        </ActionForm>
    }
}
