//! The lines of the canvas, and the frames around loops: one drawing, hidden from assistive technology.

use super::cards::{Card, Kind};
use super::marks::{Written, branch_taken, read};
use super::store::Studio;
use super::view::Area;
use domain::flow::layout::{Edge, Layout};
use leptos::prelude::*;

/// The kinds of arrowhead, each with the value of `data-k`.
const HEADS: [(&str, &str); 7] = [
    ("ar", ""),
    ("ar-done", "done"),
    ("ar-live", "live"),
    ("ar-off", "off"),
    ("ar-new", "new"),
    ("ar-add", "add"),
    ("ar-del", "del"),
];

/// How a line stands: taken, being walked, not taken, just written; empty at rest.
fn kind(studio: Studio, edge: &Edge) -> &'static str {
    let proposed = |to: &String| studio.proposed.with(|it| it.get(to).map(|it| it.op()));
    match edge.to.as_ref().and_then(proposed) {
        Some("add") => return "add",
        Some("del") => return "del",
        _ => {}
    }
    if edge
        .to
        .as_ref()
        .is_some_and(|to| studio.written.with(|it| it.get(to) == Some(&Written::Added)))
    {
        return "new";
    }
    if studio.run.with(Option::is_none) {
        return "";
    }
    match (&edge.to, edge.branch) {
        (Some(to), _) => studio.run_marks.with(|it| of_state(it.get(to).map_or("", |it| it.state))),
        (None, Some(at)) => branch_kind(studio, &edge.from, at),
        (None, None) => studio.run_marks.with(|it| match it.get(&edge.from).map(|it| it.state) {
            Some("succeeded" | "would") => "done",
            _ => "off",
        }),
    }
}

fn of_state(state: &str) -> &'static str {
    match state {
        "succeeded" | "would" | "failed" | "waiting" => "done",
        "running" => "live",
        _ => "off",
    }
}

/// Whether a branch was taken in the run that is shown.
pub fn branch_kind(studio: Studio, router: &str, at: usize) -> &'static str {
    let is_step =
        |all: &Vec<Card>| all.iter().any(|it| it.name == router && it.kind == Kind::Action);
    if studio.cards.with(is_step) {
        // An error branch is taken when its step failed.
        let has_failed =
            studio.run_marks.with(|it| it.get(router).is_some_and(|it| it.state == "failed"));
        return if has_failed { "done" } else { "off" };
    }
    let taken = studio.run.with(|it| {
        let output = read(&it.as_ref()?.run.steps, router)?.output?;
        Some(branch_taken(&output, at))
    });
    if taken == Some(true) { "done" } else { "off" }
}

fn head(kind: &str) -> &'static str {
    let id = HEADS.iter().find(|it| it.1 == kind).map_or("ar", |it| it.0);
    match id {
        "ar-done" => "url(#ar-done)",
        "ar-live" => "url(#ar-live)",
        "ar-off" => "url(#ar-off)",
        "ar-new" => "url(#ar-new)",
        "ar-add" => "url(#ar-add)",
        "ar-del" => "url(#ar-del)",
        _ => "url(#ar)",
    }
}

/// All lines and frames.
#[component]
pub fn Edges(
    /// The open flow.
    studio: Studio,
    /// Where they run.
    layout: Memo<Layout>,
    /// What is drawn of a large flow; none for all of it.
    shown: Memo<Option<Area>>,
) -> impl IntoView {
    let is_near = move |top: i32, low: i32| {
        shown.with(|it| it.is_none_or(|it| it.holds_rows(f64::from(top), f64::from(low))))
    };
    let marker = |(id, kind): (&'static str, &'static str)| {
        view! {
            <marker id=id viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto-start-reverse">
                <path class="mk" d="M1 1 7 4 1 7" data-k=kind />
            </marker>
        }
    };
    let frames = move || {
        let frame = |it: domain::flow::layout::Frame| {
            view! { <rect class="frame" x=it.x y=it.y width=it.w height=it.h rx="16" /> }
        };
        let all = layout.with(|it| it.frames.clone());
        all.into_iter().filter(|it| is_near(it.y, it.y + it.h)).map(frame).collect_view()
    };
    let edges = move || {
        layout.with(|it| {
            let near = it.edges.iter().filter(|it| is_near(it.rows.0, it.rows.1));
            near.cloned().collect::<Vec<_>>()
        })
    };
    view! {
        <svg
            class="edges"
            width=move || layout.with(|it| it.width)
            height=move || layout.with(|it| it.height)
            aria-hidden="true"
        >
            <defs>{HEADS.map(marker).into_iter().collect_view()}</defs>
            {frames}
            <For each=edges key=|it| (it.path.clone(), it.from.clone(), it.to.clone()) let:edge>
                <EdgePath studio=studio edge=edge />
            </For>
        </svg>
    }
}

#[component]
fn EdgePath(studio: Studio, edge: Edge) -> impl IntoView {
    let (path, arrow) = (edge.path.clone(), edge.arrow);
    let kind = Memo::new(move |_| kind(studio, &edge));
    view! { <path d=path data-k=move || kind.get() marker-end=move || arrow.then(|| head(kind.get())) /> }
}
