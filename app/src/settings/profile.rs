//! Your own profile: who you are here, light or dark, and what you used.

use crate::session::current_user;
use crate::settings::limits::OwnUse;
use crate::shell::theme::ThemeChoice;
use crate::ui::badge::{Badge, Tone};
use crate::ui::choice::Switch;
use crate::ui::keys;
use crate::ui::person::Avatar;
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
                        <span class="label">"Sign-in"</span>
                        <p class="sm">
                            <a class="link" href="/settings/security">"Password and where you are signed in"</a>
                        </p>
                    </div>
                    <div class="field">
                        <span class="label">"Theme"</span>
                        <div><ThemeChoice /></div>
                        <p class="hint">"Auto follows your device. The choice is kept in this browser."</p>
                    </div>
                    <SingleKeys />
                </div>
            </section>
            <OwnUse />
        </div>
    }
}

/// Whether single keys are shortcuts, for people whose voice or aids type letters.
#[component]
fn SingleKeys() -> impl IntoView {
    let on = RwSignal::new(true);
    // Only the browser knows what was chosen in it.
    Effect::new(move || on.set(keys::has_single_keys()));
    let change = move |allowed: bool| {
        keys::allow_single_keys(allowed);
        on.set(allowed);
    };
    view! {
        <div class="field">
            <span class="label">"Keyboard"</span>
            <Switch on=on change=change>"Single keys are shortcuts"</Switch>
            <p class="hint">"Press ? for the list. The choice is kept in this browser."</p>
        </div>
    }
}
