//! The canvas: steps as buttons in reading order, one drawing of lines behind them, add buttons on every line.

use super::cards::Card;
use super::edges::{Edges, branch_kind};
use super::find::Find;
use super::hands::{Hands, Hold, frame};
use super::later::{Later, Part};
use super::menu::open_where_asked;
use super::node::{NodeState, StepNode};
use super::notes::{AddNoteButton, Notes};
use super::panning::Camera;
use super::picker::Picking;
use super::store::Studio;
use super::view::{Area, Size};
use super::write::Spot;
use crate::runs::words::count;
use crate::ui::button::IconButton;
use crate::ui::icon::Icon;
use domain::flow::edit::Location;
use domain::flow::layout::{Add, BranchLabel, Node};
use leptos::prelude::*;
use std::collections::BTreeSet;

/// More steps than this are drawn only near the view.
const MANY: usize = 60;
/// The steps of what is drawn of them, in canvas units.
const COARSE: f64 = 400.0;

/// A box of the layout as an area.
pub fn area(node: &Node) -> Area {
    Area {
        x: f64::from(node.x),
        y: f64::from(node.y),
        size: Size { w: f64::from(node.w), h: f64::from(node.h) },
    }
}

/// The flow as a drawing.
#[component]
pub fn Canvas(
    /// The open flow.
    studio: Studio,
    /// Where it is looked at from.
    camera: Camera,
    /// What the pointer holds.
    hands: Hands,
    /// The search.
    find: Find,
) -> impl IntoView {
    let label = move || {
        let steps = studio.cards.with(Vec::len);
        format!(
            "{}, {}",
            studio.with_shown(|it| it.display_name.clone()),
            count(steps, "step", "steps")
        )
    };
    view! {
        <section
            class="canvas"
            id="canvas"
            node_ref=camera.node
            aria-label=label
            aria-roledescription="flow canvas"
            aria-describedby="canvas-help"
            data-hold=move || hold_word(&hands.hold.read())
            data-moving=move || camera.is_moving.get().then_some("")
            on:pointerdown=move |event| hands.down(&event)
            on:pointermove=move |event| hands.moved(&event)
            on:pointerup=move |event| hands.up(&event)
            on:pointercancel=move |event| hands.lost(&event)
            on:contextmenu=move |event| {
                hands.keep_menu_away(&event);
                open_where_asked(studio, &event);
            }
            on:auxclick=move |event| {
                if event.button() == 2 {
                    open_where_asked(studio, &event);
                }
            }
            on:wheel=move |event| camera.wheel(&event)
        >
            <p class="sr" id="canvas-help">
                "Arrow keys move between steps, with Shift they pick, with Alt they move a step. Enter opens a step. Plus adds a step after it. Switch to outline for a plain list."
            </p>
            <Later studio=studio part=Part::RunBar />
            <Later studio=studio part=Part::ProposalBar />
            <World studio=studio camera=camera hands=hands />
            <Later studio=studio part=Part::Picked />
            <Zoom studio=studio camera=camera find=find />
            <Later studio=studio part=Part::Map(Box::new(camera)) />
        </section>
    }
}

/// The word in `data-hold`, for the pointer and the places to drop.
fn hold_word(hold: &Hold) -> Option<&'static str> {
    match hold {
        Hold::Nothing => None,
        Hold::View => Some("view"),
        Hold::Steps { .. } => Some("steps"),
        Hold::Frame { .. } => Some("frame"),
        Hold::Note { .. } => Some("note"),
    }
}

/// Everything that moves with the view.
#[component]
fn World(studio: Studio, camera: Camera, hands: Hands) -> impl IntoView {
    let layout = studio.layout;
    let width = move || format!("{}px", layout.with(|it| it.width));
    let height = move || format!("{}px", layout.with(|it| it.height));
    let shown = Memo::new(move |last: Option<&Option<Area>>| window(studio, camera, last.copied()));
    let nodes = Memo::new(move |_| near(studio, shown.get()));
    let at = move |x: i32, y: i32| shown.with(|it| it.is_none_or(|it| it.holds(x, y)));
    let adds = move || {
        let all = if studio.is_editing() { layout.with(|it| it.adds.clone()) } else { Vec::new() };
        all.into_iter().filter(|it| at(it.x, it.y)).collect::<Vec<_>>()
    };
    let labels = move || {
        let all = layout.with(|it| it.labels.clone());
        all.into_iter().filter(|it| at(it.x, it.y)).collect::<Vec<_>>()
    };
    let end = move || {
        let (x, y) = layout.with(|it| (it.width / 2, it.height - 28));
        format!("left: {x}px; top: {y}px")
    };
    view! {
        <div class="world" style:width=width style:height=height style:transform=move || camera.view.get().transform()>
            <Edges studio=studio layout=layout shown=shown />
            <ol class="nodes">
                <For each=move || nodes.get() key=Clone::clone let:name>
                    <Placed studio=studio name=name />
                </For>
                <For each=labels key=|it| (it.router.clone(), it.index, it.name.clone(), it.x, it.y) let:label>
                    <Label studio=studio label=label />
                </For>
                <For each=adds key=|it| (it.parent.clone(), it.label.clone(), it.x, it.y) let:add>
                    <AddButton studio=studio add=add hands=hands />
                </For>
                <li class="endcap" style=end>"End"</li>
                <Notes studio=studio hands=hands />
            </ol>
            <Carried studio=studio hands=hands />
        </div>
    }
}

/// What is drawn of a large flow: the view with one screen around it. That stays while it holds the view, so that most
/// of panning and zooming draws no step anew. None for all of a flow that is not large.
fn window(studio: Studio, camera: Camera, last: Option<Option<Area>>) -> Option<Area> {
    if studio.layout.with(|it| it.nodes.len()) <= MANY {
        return None;
    }
    let seen = camera.seen();
    let still = last.flatten().filter(|it| it.serves(&seen));
    still.or_else(|| Some(seen.grown(seen.size).snapped(COARSE)))
}

/// Names of the steps to draw.
fn near(studio: Studio, shown: Option<Area>) -> Vec<String> {
    let is_near = |it: &&Node| shown.is_none_or(|shown| area(it).meets(&shown));
    studio.layout.with(|it| it.nodes.iter().filter(is_near).map(|it| it.name.clone()).collect())
}

/// One step where the layout puts it.
#[component]
fn Placed(studio: Studio, name: String) -> impl IntoView {
    let card = studio.cards.with_untracked(|all| all.iter().find(|it| it.name == name).cloned())?;
    let state = NodeState::of(studio, &name, card);
    let place = Memo::new(move |last: Option<&Area>| {
        let found = studio.layout.with(|it| it.nodes.iter().find(|it| it.name == name).map(area));
        found.or(last.copied()).unwrap_or_default()
    });
    Some(view! { <StepNode studio=studio state=state area=place /> })
}

#[component]
fn Label(studio: Studio, label: BranchLabel) -> impl IntoView {
    let style = format!("left: {}px; top: {}px; max-width: {}px", label.x, label.y, label.room);
    let is_last = label.name == "Otherwise";
    let router = label.router.clone();
    let kind =
        move || studio.run.with(Option::is_some).then(|| branch_kind(studio, &router, label.index));
    view! {
        <li class="brl" data-k=kind style=style>
            <span>
                {(!is_last).then(|| view! { <Icon name="branch" /> })}
                <span class="trunc">{label.name}</span>
            </span>
        </li>
    }
}

/// What the pointer carries: steps on their way, or the frame that picks.
#[component]
fn Carried(studio: Studio, hands: Hands) -> impl IntoView {
    let words = move |names: &BTreeSet<String>| match names.len() {
        1 => {
            let named = |all: &Vec<Card>| {
                all.iter().find(|it| names.contains(&it.name)).map(|it| it.title.clone())
            };
            studio.cards.with(named).unwrap_or_default()
        }
        many => format!("{many} steps"),
    };
    move || match hands.hold.get() {
        Hold::Steps { names, at: (x, y), .. } => {
            let style = format!("left: {x:.0}px; top: {y:.0}px");
            view! { <div class="carried" aria-hidden="true" style=style>{words(&names)}</div> }
                .into_any()
        }
        Hold::Frame { from, to } => {
            let it = frame(from, to);
            let (w, h) = (it.size.w, it.size.h);
            let style = format!(
                "left: {:.0}px; top: {:.0}px; width: {w:.0}px; height: {h:.0}px",
                it.x, it.y
            );
            view! { <div class="marquee" aria-hidden="true" style=style></div> }.into_any()
        }
        _ => ().into_any(),
    }
}

#[component]
fn AddButton(studio: Studio, add: Add, hands: Hands) -> impl IntoView {
    let style = format!("left: {}px; top: {}px", add.x, add.y);
    let id = (add.location == Location::After).then(|| format!("add-after-{}", add.parent));
    let spot = StoredValue::new(Spot {
        parent: add.parent,
        location: add.location,
        branch: add.branch_index,
    });
    let is_open = move || studio.picking.with(|it| *it == Picking::Step(spot.get_value()));
    let is_over = move || {
        hands.hold.with(
            |it| matches!(it, Hold::Steps { over: Some(over), .. } if *over == spot.get_value()),
        )
    };
    view! {
        <li class="plus" style=style class:is-over=is_over>
            <button
                type="button"
                id=id
                aria-label=add.label
                tabindex="-1"
                aria-haspopup="dialog"
                popovertarget="picker"
                class:is-open=is_open
                on:click=move |_| studio.picking.set(Picking::Step(spot.get_value()))
            >
                <Icon name="plus" />
            </button>
        </li>
    }
}

#[component]
fn Zoom(studio: Studio, camera: Camera, find: Find) -> impl IntoView {
    view! {
        <div class="zoom" role="group" aria-label="Zoom">
            <IconButton icon="minus" class="icon-btn--sm" label="Zoom out" on:click=move |_| camera.further() />
            <output class="num">{move || camera.view.get().percent()}</output>
            <IconButton icon="plus" class="icon-btn--sm" label="Zoom in" on:click=move |_| camera.nearer() />
            <span class="zoom__sep"></span>
            <IconButton icon="fit" class="icon-btn--sm" label="Fit the whole flow" on:click=move |_| camera.fit() />
            <span class="zoom__sep"></span>
            <IconButton icon="search" class="icon-btn--sm" label="Search in this flow" on:click=move |_| find.open() />
            <AddNoteButton studio=studio camera=camera />
        </div>
    }
}
