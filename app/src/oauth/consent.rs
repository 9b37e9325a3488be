//! `/oauth/consent`: a chat client asks to act for the person. A plain form, so it works before any script runs.

use crate::auth::page::AuthPage;
use crate::error::AppError;
use crate::oauth::server_fns::load_consent;
use crate::ui::badge::Tone;
use crate::ui::button::{Button, ButtonLink, Kind, Size};
use crate::ui::callout::Callout;
use crate::ui::choice::Check;
use crate::ui::field::SelectField;
use domain::actor::Role;
use domain::oauth::Consent;
use domain::problem::Problem;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

/// The page.
#[component]
pub fn ConsentPage() -> impl IntoView {
    let search = use_location().search;
    let consent = Resource::new_blocking(move || search.get(), load_consent);
    let content = move || {
        Suspend::new(async move {
            match consent.await {
                Ok(consent) => view! { <Question consent=consent /> }.into_any(),
                Err(error) => view! { <Refused error=error /> }.into_any(),
            }
        })
    };
    view! {
        <Title text="Connect a chat client" />
        <Suspense>{content}</Suspense>
    }
}

#[component]
fn Refused(error: AppError) -> impl IntoView {
    crate::session::page_status(error.problem().map_or(503, Problem::status));
    view! {
        <AuthPage title="This chat client cannot be connected" lead="Nothing was allowed, and nothing was sent to it.">
            <Callout tone=Tone::Warn title=error.to_string()>
                <p>"Start again from the chat client. If it happens again, its maker must mend it."</p>
            </Callout>
            <ButtonLink size=Size::Large href="/" class="btn--block">"Go to PM OS"</ButtonLink>
        </AuthPage>
    }
}

#[component]
fn Question(consent: Consent) -> impl IntoView {
    let options: Vec<_> =
        consent.roles.iter().map(|it| (it.as_str().to_owned(), may(*it).to_owned())).collect();
    let who = match &consent.vouched_by {
        Some(host) => format!("{host} vouches for it."),
        None => "It registered itself, so anybody could have taken this name.".to_owned(),
    };
    let back = format!("Your answer goes to {}.", consent.returns_to);
    view! {
        <AuthPage
            title=format!("Let {} act for you?", consent.client_name)
            lead=format!("It would call the tools of PM OS in your name, in {}.", consent.workspace_name)
        >
            <Callout icon="plug" title=consent.client_name.clone()>
                <p>{who}" "{back}</p>
            </Callout>
            <form method="post" action="/oauth/decide" class="stack stack--4">
                <input type="hidden" name="request" value=consent.request />
                <SelectField
                    label="It may"
                    name="role"
                    options=options
                    value=consent.role.as_str().to_owned()
                    hint="Never more than you may yourself. You can disconnect it under Settings, API keys."
                />
                <Check name="asks" checked=true>"Ask me before it changes Basecamp or deletes"</Check>
                <Button
                    kind=Kind::Primary
                    size=Size::Large
                    r#type="submit"
                    class="btn--block"
                    attr:name="decision"
                    attr:value="allow"
                >
                    "Allow"
                </Button>
                <Button size=Size::Large r#type="submit" class="btn--block" attr:name="decision" attr:value="deny">
                    "Do not allow"
                </Button>
            </form>
        </AuthPage>
    }
}

/// What a role lets the client do.
fn may(role: Role) -> &'static str {
    match role {
        Role::Viewer => "Read only",
        Role::Member => "Read, change data and edit flows",
        Role::WorkspaceAdmin => "Also publish flows and manage the workspace",
        Role::SuperAdmin => "Also manage the installation",
    }
}
