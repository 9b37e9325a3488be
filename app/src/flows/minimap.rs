//! The whole flow, small: where the view is, and a way to go elsewhere with the pointer.

use super::panning::Camera;
use super::store::Studio;
use domain::flow::layout::Node;
use leptos::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use wasm_bindgen::JsCast;
use web_sys::{Element, PointerEvent};

/// Radius of a step's corners, in canvas units.
const CORNER: i32 = 14;

/// The steps by how they look: for each look what its line is, so that a long flow is a few elements.
fn looks(studio: Studio) -> BTreeMap<&'static str, String> {
    let (chosen, picked) = (studio.chosen.get(), studio.picked.get());
    let found: BTreeSet<String> = studio.found.get().into_iter().collect();
    let written = studio.written.get();
    let look = |name: &str| {
        if chosen.as_deref() == Some(name) {
            "sel"
        } else if picked.contains(name) || found.contains(name) {
            "picked"
        } else if written.contains_key(name) || studio.proposed.with(|it| it.contains_key(name)) {
            "new"
        } else if let Some(state) = studio.run_marks.with(|it| it.get(name).map(|it| it.state)) {
            state
        } else if studio.problems.with(|it| it.contains_key(name)) {
            "bad"
        } else {
            ""
        }
    };
    let mut lines = BTreeMap::<&'static str, String>::new();
    studio.layout.with(|it| {
        for node in &it.nodes {
            lines.entry(look(&node.name)).or_default().push_str(&outline(node));
        }
    });
    lines
}

/// The outline of a step as part of a path.
fn outline(node: &Node) -> String {
    let Node { x, y, w, h, .. } = node;
    let r = CORNER.min(w / 2).min(h / 2);
    let (across, down) = (w - 2 * r, h - 2 * r);
    format!(
        "M{} {y}h{across}a{r} {r} 0 0 1 {r} {r}v{down}a{r} {r} 0 0 1-{r} {r}h-{across}a{r} {r} 0 0 1-{r}-{r}v-{down}a{r} {r} 0 0 1 {r}-{r}z",
        x + r
    )
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
    let looks = Memo::new(move |_| looks(studio));
    let line = |(look, path): (&'static str, String)| view! { <path d=path data-s=look /> };
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
                {move || looks.get().into_iter().map(line).collect_view()}
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outline_of_a_step_comes_back_to_where_it_began() {
        let node = Node { name: "step_1".to_owned(), number: 2, x: 12, y: 22, w: 224, h: 60 };
        assert_eq!(
            outline(&node),
            "M26 22h196a14 14 0 0 1 14 14v32a14 14 0 0 1-14 14h-196a14 14 0 0 1-14-14v-32a14 14 0 0 1 14-14z"
        );
    }
}
