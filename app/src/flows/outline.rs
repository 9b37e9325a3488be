//! The flow as nested lists: the same steps as the canvas, and the only view on phones.

use super::later::{Later, Part};
use super::menu::StepMenuButton;
use super::node::NodeState;
use super::notes::NoteList;
use super::picker::Picking;
use super::store::Studio;
use super::tile::PieceTile;
use super::write::Spot;
use crate::ui::icon::Icon;
use domain::flow::{Action, tree};
use leptos::prelude::*;

/// Whether the browser says that it is one of a phone, which shows the outline alone. The server draws it for those;
/// for all others the page does when it is first looked at.
pub fn on_phone() -> bool {
    #[cfg(feature = "ssr")]
    {
        let headers = crate::session::on_server::headers();
        let agent = headers.get("user-agent").and_then(|it| it.to_str().ok());
        agent.is_some_and(|it| it.contains("Mobi"))
    }
    #[cfg(not(feature = "ssr"))]
    false
}

/// A step of the outline: drawn anew only when the shape of the flow changes.
#[derive(Clone, PartialEq)]
struct Twig {
    name: String,
    bodies: Vec<Body>,
}

/// What is inside a loop or a branch.
#[derive(Clone, PartialEq)]
struct Body {
    branch: Option<String>,
    spot: Spot,
    steps: Vec<Twig>,
}

fn twigs(first: Option<&Action>) -> Vec<Twig> {
    tree::chain(first).map(|it| Twig { name: it.name.clone(), bodies: bodies(it) }).collect()
}

fn bodies(action: &Action) -> Vec<Body> {
    let body = |it: tree::Body<'_>| Body {
        branch: it.name.map(str::to_owned),
        spot: Spot { parent: action.name.clone(), location: it.location, branch: it.branch },
        steps: twigs(it.first),
    };
    tree::bodies(action).into_iter().map(body).collect()
}

/// The flow as nested lists.
#[component]
pub fn Outline(
    /// The open flow.
    studio: Studio,
) -> impl IntoView {
    let shape =
        Memo::new(move |_| studio.with_shown(|it| twigs(it.trigger.next_action.as_deref())));
    let start = Twig { name: "trigger".to_owned(), bodies: Vec::new() };
    view! {
        <section class="outline" aria-label="Outline of the flow">
            <div class="outline__note"><Later studio=studio part=Part::RunBar /></div>
            <div class="outline__bar"><Later studio=studio part=Part::ProposalBar /></div>
            <ol>
                {twig_view(studio, start)}
                {move || shape.get().into_iter().map(|it| twig_view(studio, it)).collect_view()}
                {move || add_row(studio, last_spot(&shape.get()), "Add a step at the end")}
            </ol>
            <NoteList studio=studio />
        </section>
    }
}

fn last_spot(line: &[Twig]) -> Spot {
    Spot::after(line.last().map_or("trigger", |it| it.name.as_str()))
}

fn twig_view(studio: Studio, twig: Twig) -> AnyView {
    let bodies = twig.bodies;
    let nested = move || match bodies.as_slice() {
        [] => ().into_any(),
        [body] if body.branch.is_none() => view! { <ol>{body_view(studio, body)}</ol> }.into_any(),
        branches => {
            let branch = |it: &Body| {
                view! {
                    <li>
                        <p class="ol__br"><Icon name="branch" class="icon--sm" />{it.branch.clone()}</p>
                        <ol>{body_view(studio, it)}</ol>
                    </li>
                }
            };
            view! { <ol>{branches.iter().map(branch).collect_view()}</ol> }.into_any()
        }
    };
    view! { <li><Row studio=studio name=twig.name /> {nested()}</li> }.into_any()
}

fn body_view(studio: Studio, body: &Body) -> AnyView {
    let spot = body.steps.last().map_or_else(|| body.spot.clone(), |it| Spot::after(&it.name));
    let inside = body.branch.clone().unwrap_or_else(|| "the loop".to_owned());
    view! {
        {body.steps.iter().map(|it| twig_view(studio, it.clone())).collect_view()}
        {add_row(studio, spot, &format!("Add a step to {inside}"))}
    }
    .into_any()
}

/// A line that adds a step; not there for those who only look.
fn add_row(studio: Studio, spot: Spot, words: &str) -> AnyView {
    let words = words.to_owned();
    let spot = StoredValue::new(spot);
    view! {
        <Show when=move || studio.is_editing()>
            <li>
                <button
                    type="button"
                    class="btn btn--sm btn--ghost"
                    popovertarget="picker"
                    aria-haspopup="dialog"
                    on:click=move |_| studio.picking.set(Picking::Step(spot.get_value()))
                >
                    <Icon name="plus" />
                    {words.clone()}
                </button>
            </li>
        </Show>
    }
    .into_any()
}

#[component]
fn Row(studio: Studio, name: String) -> impl IntoView {
    let card = studio.cards.with_untracked(|all| all.iter().find(|it| it.name == name).cloned())?;
    let state = NodeState::of(studio, &name, card);
    let words = move || match (state.run.get().and_then(|it| it.note), state.problem.get()) {
        (Some(note), _) => view! { <span class="bad">{note}</span> }.into_any(),
        (None, Some(problem)) => view! { <span class="warn">{problem}</span> }.into_any(),
        (None, None) => {
            let run = state.run.get().and_then(|it| it.words);
            run.unwrap_or_else(|| state.card.with(|it| it.words.clone())).into_any()
        }
    };
    let glyph = move || {
        match state.run.get().and_then(|it| it.shown) {
        Some(it) => view! { <span class="st" data-state=it.key() role="img" aria-label=it.word()><Icon name=it.icon() /></span> }.into_any(),
        None => view! { <Icon name="chev-right" /> }.into_any(),
    }
    };
    let (row, open, menu_name) = (name.clone(), name.clone(), name.clone());
    let is_off = move || state.card.with(|it| it.is_off) && state.run.get().is_none();
    Some(view! {
        <div class="ol__line" data-step=name.clone()>
        <button
            type="button"
            class="ol__row"
            id=format!("row-{name}")
            data-picked=move || state.is_picked.get().then_some("")
            data-found=move || state.is_found.get().then_some("")
            aria-current=move || state.is_chosen.get().then_some("step")
            data-invalid=move || state.problem.get().map(|_| "")
            data-op=move || state.written.get().map(|it| it.op())
            data-run=move || state.run.get().map(|it| it.state)
            on:focus=move |_| studio.at.set(row.clone())
            on:click=move |event| studio.pressed(&open, &event)
        >
            <PieceTile look=Signal::derive(move || state.card.with(|it| it.look)) size="tile--sm" />
            <span class="grow">
                <b>
                    <span class="node__n">{move || state.card.with(|it| it.number)}</span>
                    {move || state.card.with(|it| it.title.clone())}
                </b>
                <small>{words}</small>
                {move || state.who.get().map(|it| view! { <span class="sr">{format!("{it} is here")}</span> })}
            </span>
            {move || is_off().then(|| view! { <span class="xs quiet">"Off"</span> })}
            {glyph}
        </button>
        <Show when=move || studio.is_editing()>
            <StepMenuButton studio=studio name=menu_name.clone() class="icon-btn icon-btn--sm ol__more" />
        </Show>
        </div>
    })
}
