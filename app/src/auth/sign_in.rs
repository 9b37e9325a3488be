//! The sign-in page.

use crate::auth::page::AuthPage;
use crate::auth::server_fns::SignIn;
use crate::error::AppError;
use crate::ui::badge::Tone;
use crate::ui::button::{Button, Kind, Size};
use crate::ui::callout::Callout;
use crate::ui::field::{PasswordField, TextField};
use crate::ui::form::{FormProblems, load_after};
use domain::problem::Problem;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// Email and password; afterwards back to the page that was asked for.
#[component]
pub fn SignInPage() -> impl IntoView {
    let sign_in = ServerAction::<SignIn>::new();
    let problems = FormProblems::of(sign_in.value());
    load_after(sign_in);
    let query = use_query_map();
    let then = move || query.read().get("then").unwrap_or_default();
    view! {
        <Title text="Sign in" />
        <AuthPage title="Sign in" lead="Welcome back.">
            {move || problems.rest(&["email", "password"]).get().map(|it| view! { <Refused error=it /> })}
            <ActionForm action=sign_in attr:class="stack stack--4">
                <input type="hidden" name="then" value=then />
                <TextField
                    label="Work email"
                    name="email"
                    r#type="email"
                    autocomplete="username"
                    large=true
                    required=true
                    error=problems.field("email")
                />
                <PasswordField
                    label="Password"
                    name="password"
                    autocomplete="current-password"
                    large=true
                    error=problems.field("password")
                />
                <Button kind=Kind::Primary size=Size::Large r#type="submit" class="btn--block" busy=sign_in.pending()>
                    "Sign in"
                </Button>
            </ActionForm>
            <p class="sm muted">"New here? "<a class="link" href="/sign-up">"Create an account"</a></p>
        </AuthPage>
    }
}

/// Why the sign-in was refused, and what to do.
#[component]
fn Refused(error: AppError) -> impl IntoView {
    let (title, body) = match error.problem() {
        Some(Problem::WrongCredentials) => (
            "That email and password do not match".to_owned(),
            "Check for caps lock. If you forgot the password, an admin of your workspace can set a new one.".to_owned(),
        ),
        Some(Problem::RateLimited { retry_after_s }) => (
            "Too many tries, so this account is paused".to_owned(),
            format!("It opens again in {} min. Your account and data are safe.", retry_after_s.div_ceil(60)),
        ),
        _ => ("You are not signed in".to_owned(), error.to_string()),
    };
    view! { <Callout tone=Tone::Bad title=title><p>{body}</p></Callout> }
}
