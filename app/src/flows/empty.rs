//! The list of flows before there is one.

use super::cards::Look;
use super::describe::Describe;
use super::list::use_new_flow;
use super::tile::PieceTile;
use crate::session;
use crate::ui::button::{Button, ButtonLink, Kind, Size};
use domain::actor::Permission;
use domain::flow::catalog::Tile;
use leptos::prelude::*;

const DRAWN: [(Look, &str, &str); 3] = [
    (
        Look { hue: 150, tile: Tile::Monogram("Bc") },
        "When something happens",
        "a request arrives, it is Friday, somebody asks",
    ),
    (
        Look { hue: 300, tile: Tile::Icon("branch") },
        "Decide",
        "only for clients, only over three days",
    ),
    (
        Look { hue: 150, tile: Tile::Icon("check") },
        "Do the job",
        "comment, create, move, tell someone",
    ),
];

/// What a flow is, and the way to the first one.
#[component]
pub fn NoFlows() -> impl IntoView {
    let may = session::can(Permission::Write);
    let (busy, make) = use_new_flow();
    let mini = |(at, (look, title, words)): (usize, (Look, &'static str, &'static str))| {
        view! {
            {(at > 0).then(|| view! { <i></i> })}
            <div class="mini">
                <PieceTile look=Signal::stored(look) />
                <span class="grow"><b>{title}</b><small>{words}</small></span>
            </div>
        }
    };
    view! {
        <div class="page__head"><div class="page__t"><h1>"Flows"</h1></div></div>
        <div class="emptyhero">
            <div class="auth__flow" aria-hidden="true">{DRAWN.into_iter().enumerate().map(mini).collect_view()}</div>
            <div class="stack stack--3">
                <h2>"A flow does a job for you"</h2>
                <p class="muted">
                    "Pick what starts it and what should happen. You see every step, and anything risky waits for a yes."
                </p>
            </div>
        </div>
        <Describe />
        <Show when=move || may.get() fallback=|| view! { <p class="muted">"Nobody has made a flow in this workspace yet."</p> }>
            <div class="row" style="justify-content: center">
                <Button kind=Kind::Primary size=Size::Large icon="plus" busy=busy on:click=move |_| make.run(())>
                    "New flow"
                </Button>
                <ButtonLink href="/flows/templates" size=Size::Large>"See the templates"</ButtonLink>
            </div>
        </Show>
    }
}
