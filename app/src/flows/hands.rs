//! What the pointer does on the canvas: it moves the view, picks with a frame, carries steps to another place, and
//! moves and sizes notes.

use super::panning::Camera;
use super::store::Studio;
use super::view::{Area, Size};
use super::write::Spot;
use domain::flow::edit::{FlowEdit, Location};
use domain::flow::{Note, tree};
use leptos::prelude::*;
use std::collections::BTreeSet;
use wasm_bindgen::JsCast;
use web_sys::{Element, PointerEvent};

/// How far the pointer must go before a press is a drag, in window pixels.
const THRESHOLD: f64 = 8.0;
/// How near to a place a step must be dropped, in canvas units.
const REACH: f64 = 90.0;
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
}

impl Hands {
    /// On the canvas of `camera`.
    pub fn new(studio: Studio, camera: Camera) -> Self {
        let (hold, press) = (RwSignal::new(Hold::Nothing), StoredValue::new(None));
        Self { hold, studio, camera, press }
    }

    /// A button goes down.
    pub fn down(self, event: &PointerEvent) {
        if event.button() > 1 {
            return;
        }
        let Some(on) = self.part(event) else { return };
        let (at, from) = (client(event), self.camera.point(client(event)));
        if matches!(on, On::Empty { picks: false }) {
            self.hold.set(Hold::View);
            self.camera.capture(event);
        }
        self.press.set_value(Some(Press { at, from, on }));
    }

    /// What is under the pointer, if it can be held.
    fn part(self, event: &PointerEvent) -> Option<On> {
        let target = event.target().and_then(|it| it.dyn_into::<Element>().ok())?;
        let within = |selector: &str| target.closest(selector).ok().flatten();
        let may_edit = untrack(|| self.studio.is_editing()) && event.pointer_type() != "touch";
        if let Some(note) = within(".note") {
            let is_handle = within(".note__grip, .note__size").is_some();
            let id = note.get_attribute("data-note").filter(|_| is_handle && may_edit)?;
            return Some(On::Note(id, within(".note__size").is_some()));
        }
        if let Some(node) = within(".node__main").and_then(|_| within(".node")) {
            let step = node.get_attribute("data-step").filter(|it| it != "trigger")?;
            return may_edit.then_some(On::Step(step));
        }
        let on_part = within("button, input, .node, .zoom, .minimap, .runbar, .pickbar, .find");
        on_part.is_none().then(|| On::Empty { picks: event.shift_key() })
    }

    /// The pointer moves.
    pub fn moved(self, event: &PointerEvent) {
        let Some(press) = self.press.get_value() else { return };
        let now = client(event);
        if self.hold.with_untracked(|it| *it == Hold::View) {
            self.camera.pan(now.0 - press.at.0, now.1 - press.at.1);
            self.press.set_value(Some(Press { at: now, ..press }));
            return;
        }
        let is_near = (now.0 - press.at.0).hypot(now.1 - press.at.1) < THRESHOLD;
        if is_near && self.hold.with_untracked(|it| *it == Hold::Nothing) {
            return;
        }
        self.camera.capture(event);
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
                let picked = self.studio.picked.get_untracked();
                let names =
                    if picked.contains(step) { picked } else { BTreeSet::from([step.clone()]) };
                let over = self.nearest(to, &names);
                Hold::Steps { names, at: to, over }
            }
        }
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

    /// The button goes up: what is held comes to rest.
    pub fn up(self) {
        let press = self.press.try_update_value(Option::take).flatten();
        let hold = self.hold.try_update(std::mem::take).unwrap_or_default();
        match hold {
            Hold::Nothing => {
                if let Some(Press { on: On::Empty { picks: true }, .. }) = press {
                    self.studio.pick_none();
                }
            }
            Hold::View => {}
            Hold::Steps { names, over, .. } => {
                if let Some(to) = over {
                    self.studio.put_at(&names, &to);
                }
            }
            Hold::Frame { from, to } => self.pick_within(frame(from, to)),
            Hold::Note { id, sizes, by } => self.settle_note(&id, sizes, by),
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
