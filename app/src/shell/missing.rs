//! The page that is not here, and the page a role may not see.

use crate::session::{self, StartedWith};
use crate::shell::frame::FrameAround;
use crate::shell::helpers::who_can_help;
use crate::shell::palette::PaletteOpen;
use crate::shell::signed_in::Surroundings;
use crate::ui::button::{Button, ButtonLink, Kind};
use crate::ui::icon::Icon;
use crate::ui::person::Avatar;
use domain::actor::Permission;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

/// An unknown address: in the frame for those who are signed in.
#[component]
pub fn MissingPage() -> impl IntoView {
    match StartedWith::session() {
        Some(session) => {
            view! { <Surroundings session=session><FrameAround><Missing /></FrameAround></Surroundings> }.into_any()
        }
        None => view! { <main class="main" id="main"><Missing /></main> }.into_any(),
    }
}

/// Says that there is nothing at this address.
#[component]
pub fn Missing() -> impl IntoView {
    let palette = use_context::<PaletteOpen>();
    let path = use_location().pathname;
    session::page_status(404);
    view! {
        <Title text="Not found" />
        <div class="oops">
            <div class="oops__art" aria-hidden="true">
                <span class="oops__node"><Icon name="projects" /></span>
                <i></i>
                <span class="oops__node"><Icon name="flow" /></span>
                <i class="gap"></i>
                <span class="oops__node lost">"?"</span>
            </div>
            <h1>"This page is not here"</h1>
            <p>"It may have been moved or deleted, or the link was cut short."</p>
            <div class="row row--wrap" style="justify-content: center">
                <ButtonLink kind=Kind::Primary href="/">"Go to Home"</ButtonLink>
                {palette.map(|PaletteOpen(open)| {
                    view! { <Button icon="search" on:click=move |_| open.set(true)>"Search"</Button> }
                })}
            </div>
            <p class="xs quiet">"You asked for "<code>{move || path.get()}</code></p>
        </div>
    }
}

/// Says that the signed-in person's role does not include this page, and who can help.
#[component]
pub fn NotAllowed(
    /// What the page is, as an icon.
    icon: &'static str,
    /// "Only an admin can change members".
    #[prop(into)]
    title: String,
    /// What follows from it; who can help when left out.
    #[prop(optional)]
    body: &'static str,
    /// What it takes; whoever has it can help.
    #[prop(default = Permission::Manage)]
    needs: Permission,
) -> impl IntoView {
    session::page_status(403);
    let help = who_can_help(needs);
    let user = session::current_user();
    let role = move || user.with(|it| it.role.label().to_lowercase());
    view! {
        <Title text="Not allowed" />
        <div class="oops">
            <div class="oops__art" aria-hidden="true">
                <span class="oops__node"><Avatar name=user.with_untracked(|it| it.name.clone()) decorative=true /></span>
                <i class="gap"></i>
                <span class="oops__node lost"><Icon name="lock" /></span>
                <i></i>
                <span class="oops__node"><Icon name=icon /></span>
            </div>
            <h1>{title}</h1>
            <p>"You are a "{role}". "<span>{move || if body.is_empty() { help.get() } else { body.to_owned() }}</span></p>
            <div class="row row--wrap" style="justify-content: center">
                <ButtonLink kind=Kind::Primary href="/">"Go to Home"</ButtonLink>
            </div>
        </div>
    }
}
