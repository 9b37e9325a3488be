//! Putting steps, lines and buttons where they belong.

use super::size::Sizes;
use super::{
    Add, BRANCH_END, BRANCH_GAP, BranchLabel, Edge, FRAME_DROP, Frame, GAP, LABEL_DROP, LABEL_GAP,
    LABEL_HEIGHT, LOOP_IN, LOOP_OUT, LOOP_PAD, LOOP_RETURN, LOOP_SIDE, Layout, Location, Node,
    STEP_WIDTH, TRUNK, path,
};
use crate::flow::{Action, ActionKind, Trigger, tree};

/// From a loop to the add button at the start of its body.
const LOOP_ADD: i32 = 26;
/// From the last step of a loop's body to its add button.
const BODY_ADD: i32 = 14;
/// From a branch's name to its add button.
const LABEL_ADD: i32 = 18;
/// From the last step of a branch, or of the flow, to the add button.
const END_ADD: i32 = 16;
/// Length of the line below the last step.
const TAIL: i32 = 34;

/// Where a chain begins: below what, and what a step put before its first follows.
#[derive(Clone, Copy)]
pub(super) struct Start<'a> {
    /// Centre.
    pub(super) x: i32,
    /// Bottom of what is above.
    pub(super) y: i32,
    /// What is above.
    pub(super) from: &'a str,
    /// What people read for it.
    pub(super) words: &'a str,
}

/// A drawing under way.
pub(super) struct Drawing<'a> {
    sizes: Sizes<'a>,
    layout: Layout,
}

impl<'a> Drawing<'a> {
    pub(super) fn new(sizes: Sizes<'a>) -> Self {
        Self { sizes, layout: Layout::default() }
    }

    pub(super) fn done(self) -> Layout {
        self.layout
    }

    /// Draws a box and gives its height.
    pub(super) fn node(&mut self, name: &str, x: i32, y: i32) -> i32 {
        let (number, h) = (self.layout.nodes.len() + 1, self.sizes.node(name));
        let node =
            Node { name: name.to_owned(), number, x: x - STEP_WIDTH / 2, y, w: STEP_WIDTH, h };
        self.layout.nodes.push(node);
        h
    }

    /// Draws steps that follow something, each with the line and the add button above it.
    pub(super) fn chain(&mut self, first: Option<&Action>, start: Start<'_>) {
        let mut above = start;
        for action in tree::chain(first) {
            let y = above.y + GAP;
            self.edge(path::down(above.x, above.y, y), above.from, Some(&action.name), None);
            self.add_after(above, above.y + GAP / 2);
            let bottom = self.step(action, above.x, y);
            above = Start { y: bottom, from: &action.name, words: &action.display_name, ..above };
        }
    }

    /// Draws a step with what is inside it and gives its bottom.
    fn step(&mut self, action: &Action, x: i32, y: i32) -> i32 {
        let below = y + self.node(&action.name, x, y);
        match &action.kind {
            ActionKind::Piece(_) | ActionKind::Code(_) => self.error_branch(action, x, below),
            ActionKind::Loop(_) => self.loop_body(action, x, (y, below)),
            ActionKind::Router(_) => self.branches(action, x, below),
        }
    }

    fn loop_body(&mut self, action: &Action, x: i32, (top, below): (i32, i32)) -> i32 {
        let first = action.first_loop_action.as_deref();
        let size = self.sizes.list(first);
        let (body, end) = (below + LOOP_IN, below + LOOP_IN + size.height);
        let bottom = end + LOOP_OUT + LOOP_PAD;
        let (side, width) = (x - size.width / 2 - LOOP_SIDE, size.width + 2 * LOOP_SIDE);
        let (frame_y, step) = (below + FRAME_DROP, action.name.clone());
        self.layout.frames.push(Frame { step, x: side, y: frame_y, w: width, h: bottom - frame_y });
        let label = format!("Add a step at the start of {}", action.display_name);
        self.add((x, below + LOOP_ADD), (&action.name, Location::InsideLoop, None), label);
        if let Some(first) = first {
            self.edge(path::down(x, below, body), &action.name, Some(&first.name), None);
            self.body(first, x, body);
        }
        if let Some(last) = tree::chain(first).last() {
            let label = format!("Add a step after {}", last.display_name);
            self.add((x, end + BODY_ADD), (&last.name, Location::After, None), label);
        }
        let leaves = if first.is_some() { end } else { below };
        let into = (x - STEP_WIDTH / 2, top + super::STEP_HEIGHT / 2);
        let back = path::back(x, leaves, end + LOOP_RETURN, side + LOOP_PAD, into);
        let from = tree::chain(first).last().map_or(&action.name, |it| &it.name);
        self.edge(back, from, Some(&action.name), None);
        bottom
    }

    /// Draws the first step of a body at `y` and what follows it.
    fn body(&mut self, first: &Action, x: i32, y: i32) {
        let bottom = self.step(first, x, y);
        let start = Start { x, y: bottom, from: &first.name, words: &first.display_name };
        self.chain(first.next_action.as_deref(), start);
    }

    /// Draws what runs when a step failed at its right, while the line goes on below it; nothing where nothing does.
    fn error_branch(&mut self, action: &Action, x: i32, below: i32) -> i32 {
        let Some(first) = action.on_error_action.as_deref() else { return below };
        let size = self.sizes.list(Some(first));
        let (line, column) = (below + TRUNK, x + STEP_WIDTH / 2 + BRANCH_GAP + size.width / 2);
        let (label_y, top) = (line + LABEL_DROP, line + LABEL_DROP + LABEL_HEIGHT + LABEL_GAP);
        let (end, bottom) = (top + size.height, top + size.height + BRANCH_END);
        self.edge(path::down(x, below, bottom), &action.name, None, None);
        self.edge(path::split(x, line, (column, label_y)), &action.name, None, Some(0));
        self.layout.labels.push(BranchLabel {
            router: action.name.clone(),
            index: 0,
            name: tree::ON_ERROR.to_owned(),
            x: column,
            y: label_y,
            h: LABEL_HEIGHT,
            room: size.width,
        });
        let under = label_y + LABEL_HEIGHT;
        let label =
            format!("Add a step at the start of what happens when {} fails", action.display_name);
        let place = (action.name.as_str(), Location::InsideErrorBranch, None);
        self.add((column, under + LABEL_ADD), place, label);
        self.edge(path::down(column, under, top), &action.name, Some(&first.name), Some(0));
        self.body(first, column, top);
        if let Some(last) = tree::chain(Some(first)).last() {
            let label =
                format!("Add a step at the end of what happens when {} fails", action.display_name);
            self.add((column, end + END_ADD), (&last.name, Location::After, None), label);
        }
        let back = if goes_on(&action.kind) {
            path::join(column, end, (x, bottom))
        } else {
            path::down(column, end, end + END_ADD)
        };
        self.edge(back, &action.name, None, Some(0));
        bottom
    }

    fn branches(&mut self, action: &Action, x: i32, below: i32) -> i32 {
        let sizes = self.sizes.branches(action);
        let line = below + TRUNK;
        let top = line + LABEL_DROP + LABEL_HEIGHT + LABEL_GAP;
        let join = top + sizes.iter().map(|it| it.height).max().unwrap_or(0) + BRANCH_END;
        self.edge(path::down(x, below, line), &action.name, None, None);
        let gaps = i32::try_from(sizes.len()).unwrap_or(1).max(1) - 1;
        let mut left = x - (sizes.iter().map(|it| it.width).sum::<i32>() + BRANCH_GAP * gaps) / 2;
        for (index, (body, size)) in tree::bodies(action).into_iter().zip(sizes).enumerate() {
            let first = body.first;
            let column = Column {
                index,
                name: body.name.unwrap_or_default(),
                x: left + size.width / 2,
                room: size.width,
            };
            self.edge(
                path::split(x, line, (column.x, line + LABEL_DROP)),
                &action.name,
                None,
                Some(index),
            );
            self.branch(action, first, &column, (line + LABEL_DROP, top));
            let end = first.map_or(line + LABEL_DROP + LABEL_HEIGHT, |_| top + size.height);
            self.edge(path::join(column.x, end, (x, join)), &action.name, None, Some(index));
            left += size.width + BRANCH_GAP;
        }
        join
    }

    fn branch(
        &mut self,
        router: &Action,
        first: Option<&Action>,
        column: &Column<'_>,
        (label_y, top): (i32, i32),
    ) {
        let Column { index, name, x, room } = *column;
        let (owner, h) = (router.name.clone(), LABEL_HEIGHT);
        self.layout.labels.push(BranchLabel {
            router: owner,
            index,
            name: name.to_owned(),
            x,
            y: label_y,
            h,
            room,
        });
        let below = label_y + LABEL_HEIGHT;
        let place = (router.name.as_str(), Location::InsideBranch, Some(index));
        self.add((x, below + LABEL_ADD), place, format!("Add a step at the start of {name}"));
        let Some(first) = first else { return };
        self.edge(path::down(x, below, top), &router.name, Some(&first.name), Some(index));
        self.body(first, x, top);
        if let Some(last) = tree::chain(Some(first)).last() {
            let end = top + self.sizes.list(Some(first)).height;
            let label = format!("Add a step at the end of {name}");
            self.add((x, end + END_ADD), (&last.name, Location::After, None), label);
        }
    }

    /// Draws the line and the add button below the last step.
    pub(super) fn tail(&mut self, last: Option<&Action>, trigger: &Trigger, (x, y): (i32, i32)) {
        let (from, words) =
            last.map_or((&trigger.name, &trigger.display_name), |it| (&it.name, &it.display_name));
        self.edge(path::down(x, y, y + TAIL), from, None, None);
        self.add_after(Start { x, y, from, words }, y + END_ADD);
    }

    fn add_after(&mut self, above: Start<'_>, y: i32) {
        let label = format!("Add a step after {}", above.words);
        self.add((above.x, y), (above.from, Location::After, None), label);
    }

    fn add(&mut self, (x, y): (i32, i32), place: (&str, Location, Option<usize>), label: String) {
        let (parent, location, branch_index) = (place.0.to_owned(), place.1, place.2);
        self.layout.adds.push(Add { x, y, parent, location, branch_index, label });
    }

    /// Every line that enters a step has an arrowhead.
    fn edge(&mut self, path: String, from: &str, to: Option<&str>, branch: Option<usize>) {
        let (from, to) = (from.to_owned(), to.map(str::to_owned));
        let rows = path::rows(&path);
        self.layout.edges.push(Edge { path, arrow: to.is_some(), from, to, branch, rows });
    }
}

/// Whether the run goes on after the step's error branch.
fn goes_on(kind: &ActionKind) -> bool {
    let handling = match kind {
        ActionKind::Piece(it) => it.error_handling_options.as_ref(),
        ActionKind::Code(it) => it.error_handling_options.as_ref(),
        ActionKind::Loop(_) | ActionKind::Router(_) => None,
    };
    handling.is_some_and(|it| it.continue_on_failure.value == Some(true))
}

/// One branch on the canvas.
struct Column<'a> {
    index: usize,
    name: &'a str,
    x: i32,
    room: i32,
}
