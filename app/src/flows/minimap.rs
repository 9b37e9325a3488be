//! The whole flow, small: where the view is, and a way to go elsewhere with the pointer.

use super::panning::Camera;
use super::store::Studio;
use domain::flow::layout::Node;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, PointerEvent};

/// How a step looks on the map.
fn state(studio: Studio, name: &str) -> &'static str {
    if studio.chosen.with(|it| it.as_deref() == Some(name)) {
        return "sel";
    }
    if studio.picked.with(|it| it.contains(name))
        || studio.found.with(|it| it.iter().any(|it| it == name))
    {
        return "picked";
    }
    if studio.written.with(|it| it.contains_key(name))
        || studio.proposed.with(|it| it.contains_key(name))
    {
        return "new";
    }
    let run = studio.run_marks.with(|it| it.get(name).map(|it| it.state));
    let bad = studio.problems.with(|it| it.contains_key(name));
    run.unwrap_or(if bad { "bad" } else { "" })
}

/// The point of the flow under the pointer on the map.
fn point(studio: Studio, event: &PointerEvent) -> Option<(f64, f64)> {
    let map = event.current_target()?.dyn_into::<Element>().ok()?;
    let drawing = map.query_selector("svg").ok().flatten()?.get_bounding_client_rect();
    if drawing.width() < 1.0 || drawing.height() < 1.0 {
        return None;
    }
    let (w, h) = studio.layout.with_untracked(|it| (f64::from(it.width), f64::from(it.height)));
    let part = |at: i32, from: f64, size: f64| ((f64::from(at) - from) / size).clamp(0.0, 1.0);
    // A tall flow is drawn in the middle of its box.
    let scale = (drawing.width() / w).min(drawing.height() / h);
    let (shown_w, shown_h) = (w * scale, h * scale);
    let left = drawing.left() + (drawing.width() - shown_w) / 2.0;
    let top = drawing.top() + (drawing.height() - shown_h) / 2.0;
    Some((part(event.client_x(), left, shown_w) * w, part(event.client_y(), top, shown_h) * h))
}

/// The map; hidden from assistive technology, which has the outline.
#[component]
pub fn Map(
    /// The open flow.
    studio: Studio,
    /// Where it is looked at from.
    camera: Camera,
) -> impl IntoView {
    let held = StoredValue::new(false);
    let go = move |event: &PointerEvent| {
        event.stop_propagation();
        if let Some(to) = point(studio, event).filter(|_| held.get_value()) {
            camera.centre_on(to);
        }
    };
    let down = move |event: PointerEvent| {
        held.set_value(event.button() == 0);
        if let Some(map) = event.current_target().and_then(|it| it.dyn_into::<Element>().ok()) {
            // Without it a drag that leaves the map only ends early.
            let _ = map.set_pointer_capture(event.pointer_id());
        }
        go(&event);
    };
    let whole = move || studio.layout.with(|it| format!("0 0 {} {}", it.width, it.height));
    let node = move |it: Node| {
        let name = it.name;
        view! { <rect x=it.x y=it.y width=it.w height=it.h rx="14" data-s=move || state(studio, &name) /> }
    };
    let seen = Memo::new(move |_| camera.seen());
    view! {
        <div
            class="minimap"
            aria-hidden="true"
            on:pointerdown=down
            on:pointermove=move |event| go(&event)
            on:pointerup=move |_| held.set_value(false)
            on:pointercancel=move |_| held.set_value(false)
        >
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
