//! The frame of the pages for people who are not signed in: a form beside a picture of what the product does.

use crate::ui::badge::{Pill, State, Status};
use crate::ui::brand::Logo;
use crate::ui::person::Tile;
use leptos::prelude::*;

/// A form on the left, the picture on the right.
#[component]
pub(crate) fn AuthPage(
    /// "Sign in".
    #[prop(into)]
    title: String,
    /// The line below.
    #[prop(into)]
    lead: String,
    /// The form, and what is below it.
    children: Children,
) -> impl IntoView {
    view! {
        <a class="skip" href="#main">"Skip to form"</a>
        <div class="auth">
            <main class="auth__main" id="main">
                <div class="auth__brand"><Logo /><span>"PM OS"</span></div>
                <div class="auth__form">
                    <div class="auth__t"><h1>{title}</h1><p>{lead}</p></div>
                    {children()}
                </div>
                <p class="auth__foot xs quiet">"Your data stays on your own server."</p>
            </main>
            <Picture />
        </div>
    }
}

/// What a flow does, in four steps.
#[component]
fn Picture() -> impl IntoView {
    view! {
        <div class="auth__art" aria-hidden="true">
            <div class="auth__flow">
                <div class="mini">
                    <Tile name="Basecamp" letters="Bc" tile_hue=150 />
                    <span class="grow"><b>"A to-do is 3 days late"</b><small>"Basecamp, checked every morning"</small></span>
                </div>
                <i></i>
                <div class="mini">
                    <Tile name="" icon="comment" tile_hue=224 />
                    <span class="grow"><b>"Ask whoever has it"</b><small>"Friendly comment, your words"</small></span>
                    <Status state=State::Succeeded />
                </div>
                <i></i>
                <div class="mini mini--wait">
                    <Tile name="" icon="hand" tile_hue=70 />
                    <span class="grow"><b>"Wait for approval"</b><small>"The project lead"</small></span>
                    <Pill state=State::Waiting />
                </div>
                <i></i>
                <div class="mini mini--next">
                    <Tile name="" icon="message" tile_hue=224 />
                    <span class="grow"><b>"Tell the client"</b><small>"Post to the project board"</small></span>
                </div>
            </div>
            <p>"Projects, flows and an assistant, in one calm place. Nothing reaches a client until someone says yes."</p>
        </div>
    }
}
