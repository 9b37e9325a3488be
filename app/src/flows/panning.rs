//! Looking around on the canvas: dragging, the wheel, zooming, fitting.

use super::canvas::area;
use super::fingers::Pinch;
use super::store::Studio;
use super::view::{Area, Size, View};
use leptos::html;
use leptos::prelude::*;
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, WheelEvent};

/// How much of the canvas the run bar covers, with the space above it, until it is drawn; it has more lines where the
/// canvas is narrow.
const RUN_BAR: f64 = 56.0;
/// This near to an edge of the canvas, in window pixels, what is carried pushes the view.
const EDGE: f64 = 36.0;
/// The canvas that is assumed until its size is known, for what the server draws of a large flow.
const FIRST: Size = Size { w: 1_200.0, h: 900.0 };
/// How strongly the wheel zooms.
const WHEEL: f64 = 0.0022;
/// How long after its last change by hand the view counts as at rest.
const REST: Duration = Duration::from_millis(180);

/// Where the canvas is looked at from. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Camera {
    /// Pan and zoom.
    pub view: RwSignal<View>,
    /// The canvas.
    pub node: NodeRef<html::Section>,
    /// A hand is moving the view: what is drawn is carried as a picture, and drawn sharp once it rests.
    pub is_moving: RwSignal<bool>,
    studio: Studio,
    /// A person moved the view, so it is no longer fitted by itself.
    is_moved: StoredValue<bool>,
    size: RwSignal<Size>,
    /// The view is drawn with the next frame.
    is_due: StoredValue<bool>,
    rest: StoredValue<Option<TimeoutHandle>>,
}

impl Camera {
    /// Of `studio`'s canvas; fits by itself until a person moves the view, and keeps the chosen step in sight.
    pub fn new(studio: Studio) -> Self {
        let camera = Self {
            view: RwSignal::new(View::default()),
            node: NodeRef::new(),
            is_moving: RwSignal::new(false),
            studio,
            is_moved: StoredValue::new(false),
            size: RwSignal::new(Size::default()),
            is_due: StoredValue::new(false),
            rest: StoredValue::new(None),
        };
        Effect::new(move |_| {
            camera.node.track();
            studio.layout.with(|it| (it.width, it.height));
            request_animation_frame(move || camera.settle());
        });
        Effect::new(move |_| {
            studio.chosen.track();
            request_animation_frame(move || camera.show_chosen());
        });
        // What the bar says, and so how high it is, follows from these.
        let bar = Memo::new(move |_| {
            let run = studio.run.with(|it| it.as_ref().map(|it| it.run.status));
            (run, studio.suggested.with(Option::is_some))
        });
        Effect::new(move |_| {
            bar.track();
            request_animation_frame(move || camera.make_room());
        });
        Effect::new(move |_| {
            let handle = window_event_listener(leptos::ev::resize, move |_| camera.settle());
            on_cleanup(move || handle.remove());
        });
        camera
    }

    fn canvas(self) -> Size {
        let node = self.node.try_get_untracked().flatten();
        let size = node
            .map(|it| Size { w: f64::from(it.client_width()), h: f64::from(it.client_height()) });
        let size = size.unwrap_or_default();
        if self.size.try_get_untracked().is_some_and(|it| it != size) {
            self.size.set(size);
        }
        size
    }

    fn world(self) -> Size {
        self.studio
            .layout
            .with_untracked(|it| Size { w: f64::from(it.width), h: f64::from(it.height) })
    }

    fn chosen(self) -> Option<Area> {
        let name = self.studio.chosen.try_get_untracked().flatten()?;
        self.studio.layout.with_untracked(|it| it.nodes.iter().find(|it| it.name == name).map(area))
    }

    /// After the flow or the window changed size.
    pub fn settle(self) {
        if self.view.is_disposed() {
            return;
        }
        let canvas = self.canvas();
        if canvas.w > 0.0 && !self.is_moved.get_value() {
            self.view.set(self.fitted(canvas));
        } else {
            self.show_chosen();
        }
    }

    /// How much of the canvas the bar at its top covers.
    fn covered(self) -> f64 {
        let node = self.node.try_get_untracked().flatten();
        let bar = node.and_then(|it| it.query_selector(".runbar").ok().flatten());
        let bar = bar.and_then(|it| it.dyn_into::<HtmlElement>().ok());
        let low = bar.map(|it| f64::from(it.offset_top() + it.offset_height())).unwrap_or_default();
        let least = if self.studio.run.with_untracked(Option::is_some) { RUN_BAR } else { 0.0 };
        low.max(least)
    }

    fn fitted(self, canvas: Size) -> View {
        View::fit(canvas, self.world(), self.chosen(), self.covered())
    }

    /// A bar came, went or says something else: the flow is fitted anew, or pushed below it where a person moved the
    /// view.
    fn make_room(self) {
        if self.view.is_disposed() {
            return;
        }
        let canvas = self.canvas();
        if canvas.w <= 0.0 {
            return;
        }
        let now = self.view.get_untracked();
        let fits = !self.is_moved.get_value();
        let view = if fits { self.fitted(canvas) } else { now.below(self.covered()) };
        if view != now {
            self.view.set(view);
        }
    }

    fn show_chosen(self) {
        if self.view.is_disposed() {
            return;
        }
        let canvas = self.canvas();
        if let Some(area) = self.chosen().filter(|_| canvas.w > 0.0) {
            let bar = self.covered();
            self.view.update(|it| *it = it.showing(area, self.world(), canvas, bar));
        }
    }

    /// Brings a step into sight.
    pub fn show(self, step: &str) {
        let canvas = self.canvas();
        let found = self
            .studio
            .layout
            .with_untracked(|it| it.nodes.iter().find(|it| it.name == step).map(area));
        if let Some(area) = found.filter(|_| canvas.w > 0.0) {
            let bar = self.covered();
            self.view.update(|it| *it = it.showing(area, self.world(), canvas, bar));
        }
    }

    /// The part of the flow that is on screen.
    pub fn seen(self) -> Area {
        let world =
            self.studio.layout.with(|it| Size { w: f64::from(it.width), h: f64::from(it.height) });
        let size = self.size.get();
        self.view.get().seen(world, if size.w > 0.0 { size } else { FIRST })
    }

    /// Shows the whole flow.
    pub fn fit(self) {
        self.is_moved.set_value(false);
        self.view.set(self.fitted(self.canvas()));
    }

    /// One step nearer.
    pub fn nearer(self) {
        self.by_hand(|view, canvas| view.nearer(canvas));
    }

    /// One step further.
    pub fn further(self) {
        self.by_hand(|view, canvas| view.further(canvas));
    }

    fn by_hand(self, change: impl FnOnce(View, Size) -> View) {
        self.is_moved.set_value(true);
        let canvas = self.canvas();
        self.view.update_untracked(|it| *it = change(*it, canvas));
        self.draw_soon();
    }

    /// However often the view changes until then, it is drawn once a frame.
    fn draw_soon(self) {
        if !self.is_moving.get_untracked() {
            self.is_moving.set(true);
        }
        let rest = move || {
            self.is_moving.try_set(false);
        };
        let rest = set_timeout_with_handle(rest, REST).ok();
        let earlier = self.rest.try_update_value(|it| std::mem::replace(it, rest)).flatten();
        if let Some(earlier) = earlier {
            earlier.clear();
        }
        if self.is_due.try_update_value(|it| std::mem::replace(it, true)) == Some(false) {
            request_animation_frame(move || {
                // The page may have been left.
                if self.is_due.try_set_value(false).is_none() && !self.view.is_disposed() {
                    self.view.notify();
                }
            });
        }
    }

    /// The wheel pans; with Ctrl, or as a pinch, it zooms around the pointer.
    pub fn wheel(self, event: &WheelEvent) {
        event.prevent_default();
        if event.ctrl_key() || event.meta_key() {
            let Some(node) = self.node.get_untracked() else { return };
            let corner = node.get_bounding_client_rect();
            let at = (
                f64::from(event.client_x()) - corner.left(),
                f64::from(event.client_y()) - corner.top(),
            );
            let factor = (-event.delta_y() * WHEEL).exp();
            self.by_hand(|view, canvas| view.zoomed(factor, at, canvas));
        } else {
            let (x, y) = (event.delta_x(), event.delta_y());
            let sideways = event.shift_key() && x.abs() < 1.0;
            self.by_hand(
                |view, _| if sideways { view.panned(-y, 0.0) } else { view.panned(-x, -y) },
            );
        }
    }

    /// Two fingers zoom around the middle between them and carry the view along.
    pub fn pinch(self, pinch: Pinch) {
        let Some(node) = self.node.get_untracked() else { return };
        let corner = node.get_bounding_client_rect();
        let at = (pinch.from.0 - corner.left(), pinch.from.1 - corner.top());
        let by = (pinch.to.0 - pinch.from.0, pinch.to.1 - pinch.from.1);
        self.by_hand(|view, canvas| view.zoomed(pinch.factor, at, canvas).panned(by.0, by.1));
    }

    /// The canvas gets what the pointer does from now on, wherever it goes.
    pub fn capture(self, pointer: i32) {
        if let Some(node) = self.node.get_untracked() {
            // A pointer that is already gone cannot be held: then the drag ends by itself.
            let _ = node.set_pointer_capture(pointer);
        }
    }

    /// Moves the view by window pixels.
    pub fn pan(self, x: f64, y: f64) {
        self.by_hand(|view, _| view.panned(x, y));
    }

    /// The point of the flow at a point of the window.
    pub fn point(self, (x, y): (f64, f64)) -> (f64, f64) {
        let Some(node) = self.node.get_untracked() else { return (0.0, 0.0) };
        let corner = node.get_bounding_client_rect();
        let view = self.view.get_untracked();
        let seen = view.seen(self.world(), self.canvas());
        (seen.x + (x - corner.left()) / view.zoom, seen.y + (y - corner.top()) / view.zoom)
    }

    /// While something is carried to an edge of the canvas, the view goes on beyond it.
    pub fn push_at_edges(self, (x, y): (f64, f64)) {
        let Some(node) = self.node.get_untracked() else { return };
        let corner = node.get_bounding_client_rect();
        let (right, low) = (corner.left() + corner.width(), corner.top() + corner.height());
        let push = |near: f64, far: f64| {
            if near < EDGE {
                EDGE - near
            } else if far < EDGE {
                far - EDGE
            } else {
                0.0
            }
        };
        let by = (push(x - corner.left(), right - x), push(y - corner.top(), low - y));
        if by != (0.0, 0.0) {
            self.pan(by.0 / 2.0, by.1 / 2.0);
        }
    }

    /// Shows what is around a point of the flow.
    pub fn centre_on(self, (x, y): (f64, f64)) {
        let (world, canvas) = (self.world(), self.canvas());
        self.by_hand(|view, _| View {
            x: (world.w / 2.0 - x) * view.zoom,
            y: canvas.h / 2.0 - y * view.zoom,
            ..view
        });
    }

    /// A corner in sight, at the left, where steps rarely stand.
    pub fn free_corner(self) -> (i32, i32) {
        let seen = untrack(|| self.seen());
        let whole = |it: f64| format!("{it:.0}").parse().unwrap_or(0);
        (whole(seen.x + 24.0), whole(seen.y + 64.0))
    }
}
