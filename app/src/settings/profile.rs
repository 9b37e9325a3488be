//! Your own profile: who you are here, light or dark, another password, and what you used.

use crate::auth::server_fns::ChangePassword;
use crate::auth::sign_up::PASSWORD_HINT;
use crate::session::current_user;
use crate::settings::limits::OwnUse;
use crate::shell::theme::ThemeChoice;
use crate::ui::badge::{Badge, Tone};
use crate::ui::button::Button;
use crate::ui::callout::Callout;
use crate::ui::field::PasswordField;
use crate::ui::form::FormProblems;
use crate::ui::person::Avatar;
use crate::ui::problem::FormProblem;
use leptos::form::ActionForm;
use leptos::prelude::*;

/// The profile.
#[component]
pub(crate) fn Profile() -> impl IntoView {
    let user = current_user();
    view! {
        <div class="cols cols--2 cols--start">
            <section class="card" aria-labelledby="pr-you">
                <div class="card__head"><h2 id="pr-you">"You"</h2></div>
                <div class="card__body stack stack--4">
                    <div class="row gap-3">
                        {move || view! { <Avatar name=user.with(|it| it.name.clone()) size="avatar--lg" decorative=true /> }}
                        <div class="grow">
                            <div class="bold">{move || user.with(|it| it.name.clone())}</div>
                            <div class="sm quiet">{move || user.with(|it| it.email.clone())}</div>
                        </div>
                        <Badge tone=Tone::Accent>{move || user.with(|it| it.role.label())}</Badge>
                    </div>
                    <div class="field">
                        <span class="label">"Theme"</span>
                        <div><ThemeChoice /></div>
                        <p class="hint">"Auto follows your device. The choice is kept in this browser."</p>
                    </div>
                </div>
            </section>
            <Password />
            <OwnUse />
        </div>
    }
}

#[component]
fn Password() -> impl IntoView {
    let change = ServerAction::<ChangePassword>::new();
    let problems = FormProblems::of(change.value());
    let is_done = move || change.value().with(|it| matches!(it, Some(Ok(()))));
    view! {
        <section class="card" aria-labelledby="pr-pw">
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
                    <div class="row"><Button r#type="submit" busy=change.pending()>"Change password"</Button></div>
                </ActionForm>
            </div>
        </section>
    }
}
