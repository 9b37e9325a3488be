//! The canvas: steps as buttons in reading order, one drawing of lines behind them, add buttons on every line.

use super::edges::{Edges, branch_kind};
use super::node::{NodeState, StepNode};
use super::panning::Camera;
use super::picker::Picking;
use super::runbar::RunBar;
use super::store::Studio;
use super::view::{Area, Size};
use super::write::Spot;
use crate::runs::words::count;
use crate::ui::button::IconButton;
use crate::ui::icon::Icon;
use domain::flow::edit::Location;
use domain::flow::layout::{Add, BranchLabel, Node};
use leptos::prelude::*;

/// More steps than this are drawn only near the view.
const MANY: usize = 150;

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
            on:pointerdown=move |event| camera.grab(&event)
            on:pointermove=move |event| camera.drag(&event)
            on:pointerup=move |event| camera.release(&event)
            on:pointercancel=move |event| camera.release(&event)
            on:wheel=move |event| camera.wheel(&event)
        >
            <p class="sr" id="canvas-help">
                "Arrow keys move between steps. Enter opens a step. Plus adds a step after it. Switch to outline for a plain list."
            </p>
            <RunBar studio=studio />
            <World studio=studio camera=camera />
            <Zoom camera=camera />
            <Map studio=studio camera=camera />
        </section>
    }
}

/// Everything that moves with the view.
#[component]
fn World(studio: Studio, camera: Camera) -> impl IntoView {
    let layout = studio.layout;
    let style = move || {
        let (w, h) = layout.with(|it| (it.width, it.height));
        format!("width: {w}px; height: {h}px; transform: {}", camera.view.get().transform())
    };
    let nodes = Memo::new(move |_| near(studio, camera));
    let adds =
        move || if studio.is_editing() { layout.with(|it| it.adds.clone()) } else { Vec::new() };
    let end = move || {
        let (x, y) = layout.with(|it| (it.width / 2, it.height - 28));
        format!("left: {x}px; top: {y}px")
    };
    view! {
        <div class="world" style=style>
            <Edges studio=studio layout=layout />
            <ol class="nodes">
                <For each=move || nodes.get() key=Clone::clone let:name>
                    <Placed studio=studio name=name />
                </For>
                <For each=move || layout.with(|it| it.labels.clone()) key=|it| (it.router.clone(), it.index, it.name.clone(), it.x, it.y) let:label>
                    <Label studio=studio label=label />
                </For>
                <For each=adds key=|it| (it.parent.clone(), it.label.clone(), it.x, it.y) let:add>
                    <AddButton studio=studio add=add />
                </For>
                <li class="endcap" style=end>"End"</li>
            </ol>
        </div>
    }
}

/// Names of the steps to draw: all, or in a large flow those within one screen of the view.
fn near(studio: Studio, camera: Camera) -> Vec<String> {
    let all = studio.layout.with(|it| it.nodes.len());
    let names = |keep: &dyn Fn(&Node) -> bool| {
        studio
            .layout
            .with(|it| it.nodes.iter().filter(|it| keep(it)).map(|it| it.name.clone()).collect())
    };
    if all <= MANY {
        return names(&|_| true);
    }
    let seen = camera.seen();
    let seen = seen.grown(seen.size);
    names(&|it| area(it).meets(&seen))
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

#[component]
fn AddButton(studio: Studio, add: Add) -> impl IntoView {
    let style = format!("left: {}px; top: {}px", add.x, add.y);
    let id = (add.location == Location::After).then(|| format!("add-after-{}", add.parent));
    let spot = StoredValue::new(Spot {
        parent: add.parent,
        location: add.location,
        branch: add.branch_index,
    });
    let is_open = move || studio.picking.with(|it| *it == Picking::Step(spot.get_value()));
    view! {
        <li class="plus" style=style>
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
fn Zoom(camera: Camera) -> impl IntoView {
    view! {
        <div class="zoom" role="group" aria-label="Zoom">
            <IconButton icon="minus" class="icon-btn--sm" label="Zoom out" on:click=move |_| camera.further() />
            <output class="num">{move || camera.view.get().percent()}</output>
            <IconButton icon="plus" class="icon-btn--sm" label="Zoom in" on:click=move |_| camera.nearer() />
            <span class="zoom__sep"></span>
            <IconButton icon="fit" class="icon-btn--sm" label="Fit the whole flow" on:click=move |_| camera.fit() />
        </div>
    }
}

/// The whole flow, small, with a frame for what is in view.
#[component]
fn Map(studio: Studio, camera: Camera) -> impl IntoView {
    let whole = move || studio.layout.with(|it| format!("0 0 {} {}", it.width, it.height));
    let state = move |name: &str| {
        if studio.chosen.with(|it| it.as_deref() == Some(name)) {
            return "sel";
        }
        if studio.written.with(|it| it.contains_key(name)) {
            return "new";
        }
        let run = studio.run_marks.with(|it| it.get(name).map(|it| it.state));
        let bad = studio.problems.with(|it| it.contains_key(name));
        run.unwrap_or(if bad { "bad" } else { "" })
    };
    let node = move |it: Node| {
        let name = it.name;
        view! { <rect x=it.x y=it.y width=it.w height=it.h rx="14" data-s=move || state(&name) /> }
    };
    let seen = Memo::new(move |_| camera.seen());
    view! {
        <div class="minimap" aria-hidden="true">
            <svg viewBox=whole>
                {move || studio.layout.with(|it| it.nodes.clone()).into_iter().map(node).collect_view()}
                <rect
                    class="vp"
                    rx="18"
                    x=move || seen.get().x
                    y=move || seen.get().y
                    width=move || seen.get().size.w
                    height=move || seen.get().size.h
                />
            </svg>
        </div>
    }
}
