//! What the pointer does on the canvas.
//!
//! It moves the view, picks with a frame, carries steps to another place, and moves and sizes notes. A finger carries a
//! step once it has rested on it; two fingers zoom.

use super::fingers::Fingers;
use super::panning::Camera;
use super::store::Studio;
use super::view::{Area, Size};
use super::write::Spot;
use domain::flow::edit::{FlowEdit, Location};
use domain::flow::{Note, tree};
use leptos::prelude::*;
use std::collections::BTreeSet;
use std::time::Duration;
use wasm_bindgen::JsCast;
use web_sys::{Element, MouseEvent, PointerEvent};

/// How far the pointer must go before a press is a drag, in window pixels.
const THRESHOLD: f64 = 8.0;
/// How near to a place a step must be dropped, in canvas units.
const REACH: f64 = 90.0;
/// How long a finger rests on a step before it carries it.
const REST: Duration = Duration::from_millis(450);
/// How long a browser takes at most to make a click of a tap. Right after a finger moved it makes none.
const CLICK: Duration = Duration::from_millis(80);
/// Notes move in steps of this many canvas units.
const GRID: i32 = 2;

/// A point in canvas units.
type Point = (f64, f64);

/// What the pointer holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Hold {
    /// Nothing.
    #[default]
    Nothing,
    /// The canvas itself.
    View,
    /// Steps, over the place where they would go.
    Steps {
        /// Which.
        names: BTreeSet<String>,
        /// Where the pointer is.
        at: Point,
        /// The nearest place, if one is near.
        over: Option<Spot>,
    },
    /// A frame that picks the steps in it.
    Frame {
        /// Where it began.
        from: Point,
        /// Where the pointer is.
        to: Point,
    },
    /// A note.
    Note {
        /// Which.
        id: String,
        /// It is sized, not moved.
        sizes: bool,
        /// How far.
        by: Point,
    },
}

/// A press that may become a drag.
#[derive(Clone, Debug)]
struct Press {
    at: Point,
    /// In canvas units.
    from: Point,
    on: On,
    /// A finger, which steers the view unless it rests on a step first.
    is_touch: bool,
    /// Tells one press from the next.
    number: u32,
    pointer: i32,
    /// The step under a finger.
    tapped: Option<String>,
}

#[derive(Clone, Debug)]
enum On {
    Step(String),
    Note(String, bool),
    Empty { picks: bool },
}

/// The pointer on one canvas. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Hands {
    /// What it holds.
    pub hold: RwSignal<Hold>,
    studio: Studio,
    camera: Camera,
    press: StoredValue<Option<Press>>,
    fingers: StoredValue<Fingers>,
    /// Presses so far.
    presses: StoredValue<u32>,
}

impl Hands {
    /// On the canvas of `camera`.
    pub fn new(studio: Studio, camera: Camera) -> Self {
        let (hold, press) = (RwSignal::new(Hold::Nothing), StoredValue::new(None));
        let (fingers, presses) = (StoredValue::new(Fingers::default()), StoredValue::new(0));
        Self { hold, studio, camera, press, fingers, presses }
    }

    /// A button or a finger goes down.
    pub fn down(self, event: &PointerEvent) {
        if event.button() > 1 {
            return;
        }
        let (is_touch, at, pointer) = (is_touch(event), client(event), event.pointer_id());
        if event.is_primary() {
            // The first finger of a gesture: none of an earlier one is down any more.
            self.fingers.set_value(Fingers::default());
        }
        if is_touch && self.finger(|it| it.down(pointer, at)) > 1 {
            self.camera.capture(pointer);
            return self.cancel();
        }
        let Some(on) = self.part(event) else { return };
        let from = self.camera.point(at);
        if matches!(on, On::Empty { picks: false }) {
            self.hold.set(Hold::View);
            self.camera.capture(event.pointer_id());
        }
        let number = self.presses.get_value().wrapping_add(1);
        self.presses.set_value(number);
        if is_touch && matches!(on, On::Step(_)) {
            set_timeout(move || self.rested(number), REST);
        }
        let tapped = within(event, ".node__main").filter(|_| is_touch).and_then(|it| step_of(&it));
        self.press.set_value(Some(Press { at, from, on, is_touch, number, pointer, tapped }));
    }

    fn finger<T: Default>(self, change: impl FnOnce(&mut Fingers) -> T) -> T {
        self.fingers.try_update_value(change).unwrap_or_default()
    }

    /// A finger has rested where it came down: it carries the step from now on.
    fn rested(self, number: u32) {
        let press = self.press.try_get_value().flatten().filter(|it| it.number == number);
        let Some(Press { on: On::Step(step), from, pointer, .. }) = press else { return };
        if self.hold.with_untracked(|it| *it == Hold::Nothing) {
            // What comes of lifting it again is no click on the step.
            self.camera.capture(pointer);
            self.hold.set(Hold::Steps { names: self.carried_with(&step), at: from, over: None });
        }
    }

    /// What is under the pointer, if it can be held.
    fn part(self, event: &PointerEvent) -> Option<On> {
        let within = |selector: &str| within(event, selector);
        let may_edit = untrack(|| self.studio.is_editing());
        if let Some(note) = within(".note") {
            let is_handle = within(".note__grip, .note__size").is_some();
            let id = note.get_attribute("data-note").filter(|_| is_handle && may_edit)?;
            return Some(On::Note(id, within(".note__size").is_some()));
        }
        if let Some(node) = within(".node__main") {
            let step = step_of(&node).filter(|it| it != "trigger" && may_edit);
            // A finger that cannot carry the step still steers the view.
            let empty = is_touch(event).then_some(On::Empty { picks: true });
            return step.map(On::Step).or(empty);
        }
        let on_part = within("button, input, .node, .zoom, .minimap, .runbar, .pickbar, .find");
        on_part.is_none().then(|| On::Empty { picks: event.shift_key() })
    }

    /// The pointer moves.
    pub fn moved(self, event: &PointerEvent) {
        let now = client(event);
        if is_touch(event)
            && let Some(pinch) = self.finger(|it| it.moved(event.pointer_id(), now))
        {
            return self.camera.pinch(pinch);
        }
        let Some(press) = self.press.get_value() else { return };
        if self.hold.with_untracked(|it| *it == Hold::View) {
            self.camera.pan(now.0 - press.at.0, now.1 - press.at.1);
            self.press.set_value(Some(Press { at: now, ..press }));
            return;
        }
        let is_free = self.hold.with_untracked(|it| *it == Hold::Nothing);
        let is_near = (now.0 - press.at.0).hypot(now.1 - press.at.1) < THRESHOLD;
        if is_near && is_free {
            return;
        }
        self.camera.capture(event.pointer_id());
        if is_free && press.is_touch && !matches!(press.on, On::Note(..)) {
            self.hold.set(Hold::View);
            self.press.set_value(Some(Press { at: now, ..press }));
            return;
        }
        self.camera.push_at_edges(now);
        let to = self.camera.point(now);
        self.hold.set(self.held(&press, to));
    }

    fn held(self, press: &Press, to: Point) -> Hold {
        match &press.on {
            On::Empty { .. } => Hold::Frame { from: press.from, to },
            On::Note(id, sizes) => {
                let by = (to.0 - press.from.0, to.1 - press.from.1);
                Hold::Note { id: id.clone(), sizes: *sizes, by }
            }
            On::Step(step) => {
                let names = self.carried_with(step);
                let over = self.nearest(to, &names);
                Hold::Steps { names, at: to, over }
            }
        }
    }

    /// The picked steps when `step` is one of them, else it alone.
    fn carried_with(self, step: &str) -> BTreeSet<String> {
        let picked = self.studio.picked.get_untracked();
        if picked.contains(step) { picked } else { BTreeSet::from([step.to_owned()]) }
    }

    /// The place nearest to a point that is not inside what moves.
    fn nearest(self, (x, y): Point, names: &BTreeSet<String>) -> Option<Spot> {
        let inside: BTreeSet<String> = self.studio.with_shown_untracked(|it| {
            let steps = names.iter().filter_map(|name| tree::find(&it.trigger, name));
            steps.flat_map(tree::inside).map(|it| it.name.clone()).collect()
        });
        self.studio.layout.with_untracked(|layout| {
            let far = |it: &domain::flow::layout::Add| {
                (f64::from(it.x) - x).hypot((f64::from(it.y) - y) * 1.5)
            };
            let is_body = |it: &domain::flow::layout::Add| {
                names.contains(&it.parent) && it.location != Location::After
            };
            let fits = |it: &&domain::flow::layout::Add| {
                !inside.contains(&it.parent) && !is_body(it) && far(it) < REACH
            };
            let nearest = layout.adds.iter().filter(fits).min_by(|a, b| far(a).total_cmp(&far(b)));
            nearest.map(|it| Spot {
                parent: it.parent.clone(),
                location: it.location,
                branch: it.branch_index,
            })
        })
    }

    /// The button or the finger goes up: what is held comes to rest.
    pub fn up(self, event: &PointerEvent) {
        // One finger of two goes up: what is left of a pinch holds nothing.
        if is_touch(event) && self.finger(|it| it.up(event.pointer_id())) > 1 {
            return self.cancel();
        }
        let press = self.press.try_update_value(Option::take).flatten();
        let hold = self.hold.try_update(std::mem::take).unwrap_or_default();
        match hold {
            Hold::Nothing => match press {
                Some(Press { tapped: Some(step), .. }) => {
                    set_timeout(move || self.open_tapped(&step), CLICK);
                }
                Some(Press { on: On::Empty { picks: true }, .. }) => {
                    self.studio.pick_none();
                }
                _ => {}
            },
            Hold::View => {}
            Hold::Steps { names, over, .. } => {
                if let Some(to) = over {
                    // The keys go on with what was carried.
                    if let Some(first) = names.first() {
                        self.studio.at.set(first.clone());
                    }
                    self.studio.put_at(&names, &to);
                }
            }
            Hold::Frame { from, to } => self.pick_within(frame(from, to)),
            Hold::Note { id, sizes, by } => self.settle_note(&id, sizes, by),
        }
    }

    /// Opens a step that was tapped, unless the browser's click did already.
    fn open_tapped(self, step: &str) {
        let is_open = self.studio.chosen.try_with_untracked(|it| it.as_deref() == Some(step));
        if is_open == Some(false) {
            self.studio.pick_none();
            self.studio.open(step);
        }
    }

    /// The pointer is taken away.
    pub fn lost(self, event: &PointerEvent) {
        self.finger(|it| it.up(event.pointer_id()));
        self.cancel();
    }

    /// A finger that rests asks the browser for its menu; here it carries a step.
    pub fn keep_menu_away(self, event: &MouseEvent) {
        if self.press.with_value(|it| it.as_ref().is_some_and(|it| it.is_touch)) {
            event.prevent_default();
        }
    }

    /// The drag is given up.
    pub fn cancel(self) {
        self.press.set_value(None);
        self.hold.set(Hold::Nothing);
    }

    fn pick_within(self, frame: Area) {
        let names: Vec<_> = self.studio.layout.with_untracked(|it| {
            let meets = |it: &&domain::flow::layout::Node| super::canvas::area(it).meets(&frame);
            it.nodes.iter().filter(meets).map(|it| it.name.clone()).collect()
        });
        self.studio.pick_more(names.iter().map(String::as_str));
    }

    fn settle_note(self, id: &str, sizes: bool, by: Point) {
        let note = self
            .studio
            .flow
            .with_untracked(|it| it.version.notes.iter().find(|it| it.id == id).cloned());
        if let Some(note) = note {
            self.studio.edit(FlowEdit::UpdateNote(shifted(note, sizes, by)));
        }
    }

    /// A note as it is drawn: where the pointer carries it.
    pub fn carried(self, note: Note) -> Note {
        self.hold.with(|it| match it {
            Hold::Note { id, sizes, by } if *id == note.id => shifted(note, *sizes, *by),
            _ => note,
        })
    }
}

/// `note` moved, or made larger, by a distance in canvas units.
pub fn shifted(note: Note, sizes: bool, by: Point) -> Note {
    let whole = |it: f64| format!("{:.0}", it / f64::from(GRID)).parse().unwrap_or(0) * GRID;
    let by = (whole(by.0), whole(by.1));
    let add = |it: (i32, i32)| (it.0 + by.0, it.1 + by.1);
    if sizes {
        let (w, h) = add(note.extent());
        note.sized((w.clamp(120, 1_200), h.clamp(120, 1_200)))
    } else {
        let corner = add(note.corner());
        note.placed(corner)
    }
}

/// The nearest element around the pointer that `selector` fits.
fn within(event: &PointerEvent, selector: &str) -> Option<Element> {
    event.target()?.dyn_into::<Element>().ok()?.closest(selector).ok().flatten()
}

/// The step that a part of a card belongs to.
fn step_of(part: &Element) -> Option<String> {
    part.closest(".node").ok().flatten()?.get_attribute("data-step")
}

fn is_touch(event: &PointerEvent) -> bool {
    event.pointer_type() == "touch"
}

fn client(event: &PointerEvent) -> Point {
    (f64::from(event.client_x()), f64::from(event.client_y()))
}

/// The box between two points.
pub fn frame(from: Point, to: Point) -> Area {
    let size = Size { w: (to.0 - from.0).abs(), h: (to.1 - from.1).abs() };
    Area { x: from.0.min(to.0), y: from.1.min(to.1), size }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_the_same_from_either_corner() {
        let there = frame((10.0, 5.0), (2.0, 9.0));
        assert_eq!(there, Area { x: 2.0, y: 5.0, size: Size { w: 8.0, h: 4.0 } });
        assert_eq!(there, frame((2.0, 9.0), (10.0, 5.0)));
    }

    #[test]
    fn a_note_moves_on_the_grid_and_never_becomes_too_small() {
        let note = Note::new("n".to_owned(), (0, 0));
        assert_eq!(shifted(note.clone(), false, (3.2, -7.9)).corner(), (4, -8));
        assert_eq!(shifted(note, true, (-500.0, 20.0)).extent(), (120, 140));
    }
}
