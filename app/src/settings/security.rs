//! Your own sign-in: where you are signed in, and another password.

use crate::auth::server_fns::ChangePassword;
use crate::auth::sign_up::PASSWORD_HINT;
use crate::settings::security_fns::{EndOtherSessions, EndSession, load_open_sessions};
use crate::ui::badge::{Badge, Tone};
use crate::ui::button::{Button, Kind, Size};
use crate::ui::callout::Callout;
use crate::ui::field::PasswordField;
use crate::ui::form::FormProblems;
use crate::ui::icon::Icon;
use crate::ui::kept::{Kept, whole};
use crate::ui::problem::FormProblem;
use crate::ui::skeleton::RowsSkeleton;
use crate::ui::time::use_now;
use crate::ui::toast::use_toasts;
use domain::account::OpenSession;
use domain::words::count;
use leptos::form::ActionForm;
use leptos::prelude::*;

/// What ends sessions.
#[derive(Clone, Copy)]
struct Ends {
    one: ServerAction<EndSession>,
    others: ServerAction<EndOtherSessions>,
}

/// The section.
#[component]
pub(crate) fn SecuritySection() -> impl IntoView {
    let change = ServerAction::<ChangePassword>::new();
    let ends = Ends { one: ServerAction::new(), others: ServerAction::new() };
    let sessions = Resource::new(
        move || (ends.one.version().get(), ends.others.version().get(), change.version().get()),
        |_| load_open_sessions(),
    );
    tell(ends);
    view! {
        <section class="card" aria-labelledby="se-open">
            <div class="card__head"><h2 id="se-open">"Where you are signed in"</h2></div>
            <Kept of=sessions skeleton=|| view! { <RowsSkeleton count=2 /> } let:all>
                <Sessions all=all ends=ends />
            </Kept>
        </section>
        <Password change=change />
    }
}

/// Says how ending went.
fn tell(ends: Ends) {
    let toasts = use_toasts();
    Effect::new(move || match ends.one.value().get() {
        Some(Ok(())) => toasts.say("Signed out there"),
        Some(Err(error)) => toasts.failed(error.to_string()),
        None => {}
    });
    Effect::new(move || match ends.others.value().get() {
        Some(Ok(ended)) => {
            toasts.say(format!("Signed out in {}", count(ended, "other place", "other places")));
        }
        Some(Err(error)) => toasts.failed(error.to_string()),
        None => {}
    });
}

#[component]
fn Sessions(all: Signal<Option<Vec<OpenSession>>>, ends: Ends) -> impl IntoView {
    let all = move || all.get().unwrap_or_default();
    let has_others = move || all().iter().any(|it| !it.is_current);
    let end_others = move |_| {
        ends.others.dispatch(EndOtherSessions {});
    };
    view! {
        <ul class="rows"><For each=all key=whole let:it><SessionRow session=it ends=ends /></For></ul>
        <Show when=has_others>
            <div class="card__body">
                <Button busy=ends.others.pending() on:click=end_others>"End all others"</Button>
            </div>
        </Show>
    }
}

#[component]
fn SessionRow(session: OpenSession, ends: Ends) -> impl IntoView {
    let now = use_now();
    let OpenSession { id, device, ip, started_at_ms, seen_at_ms, workspace_name, is_current } =
        session;
    let device = device.unwrap_or_else(|| "A device that did not say what it is".to_owned());
    let label = format!("End this one: {device}");
    let place = ip.map(|it| format!(", from {it}")).unwrap_or_default();
    let seen = move || match seen_at_ms {
        Some(at_ms) => format!(", last used {}", now.get().long_ago(at_ms)),
        None => String::new(),
    };
    let facts = move || {
        let since = now.get().clock(started_at_ms);
        format!("{workspace_name}{place}, since {since}{}", seen())
    };
    let end = if is_current {
        view! { <Badge tone=Tone::Good>"This one"</Badge> }.into_any()
    } else {
        let end = move |_| {
            ends.one.dispatch(EndSession { session: id.clone() });
        };
        view! {
            <Button size=Size::Small busy=ends.one.pending() attr:aria-label=label on:click=end>
                "End this one"
            </Button>
        }
        .into_any()
    };
    view! {
        <li>
            <Icon name="monitor" />
            <span class="grow">
                <span class="trunc" style="display: block">{device}</span>
                <span class="xs quiet">{facts}</span>
            </span>
            {end}
        </li>
    }
}

#[component]
fn Password(change: ServerAction<ChangePassword>) -> impl IntoView {
    let problems = FormProblems::of(change.value());
    let is_done = move || change.value().with(|it| matches!(it, Some(Ok(()))));
    view! {
        <section class="card" aria-labelledby="pr-pw" style="max-inline-size: 40rem">
            <div class="card__head"><h2 id="pr-pw">"Password"</h2></div>
            <div class="card__body">
                <ActionForm action=change attr:class="stack stack--4">
                    <Show when=is_done>
                        <Callout tone=Tone::Good title="Your password is changed">
                            <p>"Every other device was signed out."</p>
                        </Callout>
                    </Show>
                    <FormProblem error=problems.rest(&["currentPassword", "newPassword"]) />
                    <PasswordField
                        label="Current password"
                        name="current"
                        autocomplete="current-password"
                        error=problems.field("currentPassword")
                    />
                    <PasswordField
                        label="New password"
                        name="new"
                        autocomplete="new-password"
                        hint=PASSWORD_HINT
                        error=problems.field("newPassword")
                    />
                    <div class="row">
                        <Button kind=Kind::Primary r#type="submit" busy=change.pending()>"Change password"</Button>
                    </div>
                </ActionForm>
            </div>
        </section>
    }
}
