//! Where everything on the canvas stands: a pure function of the flow, in canvas units (DESIGN.md 5).
//!
//! A flow drawn by chat and one drawn by hand look the same, because no positions are stored.

mod path;
mod place;
mod size;

use super::edit::Location;
use super::{FlowVersion, tree};

/// Width of a step.
pub const STEP_WIDTH: i32 = 224;
/// Height of a step.
pub const STEP_HEIGHT: i32 = 60;
/// What a warning or progress row adds to a step's height.
pub const ROW_HEIGHT: i32 = 28;
/// Between two steps.
pub const GAP: i32 = 42;
/// Between two columns of branches.
pub const BRANCH_GAP: i32 = 28;
/// From a router to the line that splits.
pub const TRUNK: i32 = 20;
/// From that line to a branch's name.
pub const LABEL_DROP: i32 = 14;
/// Height of a branch's name.
pub const LABEL_HEIGHT: i32 = 24;
/// From a branch's name to its first step.
pub const LABEL_GAP: i32 = 38;
/// From the lowest step of the branches to the line that joins them.
pub const BRANCH_END: i32 = 38;
/// From a loop to its body.
pub const LOOP_IN: i32 = 40;
/// From a loop's body to the end of its frame, without the padding.
pub const LOOP_OUT: i32 = 36;
/// From a loop's body to the line that returns.
pub const LOOP_RETURN: i32 = 28;
/// From a loop to the top of its frame.
pub const FRAME_DROP: i32 = 14;
/// Sides of a loop's frame.
pub const LOOP_SIDE: i32 = 30;
/// Below the body in a loop's frame, and from its side to the line that returns.
pub const LOOP_PAD: i32 = 12;
/// Radius of every bend.
pub const BEND: i32 = 12;
/// Free space left and right of the drawing.
pub const SIDE: i32 = 12;
/// Free space above the trigger.
pub const TOP: i32 = 22;
/// Free space below the last step, where the last add button stands.
pub const BOTTOM: i32 = 62;

/// Everything on the canvas.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layout {
    /// Of the whole drawing.
    pub width: i32,
    /// Of the whole drawing.
    pub height: i32,
    /// The trigger and the steps, in reading order.
    pub nodes: Vec<Node>,
    /// Lines.
    pub edges: Vec<Edge>,
    /// Add buttons, in reading order.
    pub adds: Vec<Add>,
    /// Names of branches, in reading order.
    pub labels: Vec<BranchLabel>,
    /// Frames around loop bodies.
    pub frames: Vec<Frame>,
}

/// The trigger or a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// `trigger`, `step_2`.
    pub name: String,
    /// The number people read; the trigger is 1.
    pub number: usize,
    /// Left edge.
    pub x: i32,
    /// Top edge.
    pub y: i32,
    /// Width.
    pub w: i32,
    /// Height.
    pub h: i32,
}

/// A line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// SVG path data.
    pub path: String,
    /// Ends with an arrowhead.
    pub arrow: bool,
    /// The step it leaves; the router or loop where a body ends.
    pub from: String,
    /// The step it enters, where it enters one.
    pub to: Option<String>,
    /// The branch it belongs to.
    pub branch: Option<usize>,
    /// Its highest and its lowest point.
    pub rows: (i32, i32),
}

/// An add button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Add {
    /// Centre.
    pub x: i32,
    /// Centre.
    pub y: i32,
    /// What a new step is put relative to.
    pub parent: String,
    /// How.
    pub location: Location,
    /// For [`Location::InsideBranch`].
    pub branch_index: Option<usize>,
    /// What it does, for people who do not see it.
    pub label: String,
}

/// The name of a branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BranchLabel {
    /// The router.
    pub router: String,
    /// Which branch, from 0.
    pub index: usize,
    /// What people read.
    pub name: String,
    /// Centre.
    pub x: i32,
    /// Top edge.
    pub y: i32,
    /// Height.
    pub h: i32,
    /// Width of its column.
    pub room: i32,
}

/// A frame around a loop's body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The loop.
    pub step: String,
    /// Left edge.
    pub x: i32,
    /// Top edge.
    pub y: i32,
    /// Width.
    pub w: i32,
    /// Height.
    pub h: i32,
}

/// Where everything stands.
pub fn layout(version: &FlowVersion) -> Layout {
    layout_with(version, &|_| false)
}

/// Where everything stands when the steps that `has_row` names show a warning or progress row.
pub fn layout_with(version: &FlowVersion, has_row: &dyn Fn(&str) -> bool) -> Layout {
    let sizes = size::Sizes { has_row };
    let trigger = &version.trigger;
    let first = trigger.next_action.as_deref();
    let body = sizes.list(first);
    let width = body.width.max(STEP_WIDTH) + 2 * SIDE;
    let (x, y) = (width / 2, TOP);
    let mut drawing = place::Drawing::new(sizes);
    let trigger_height = drawing.node(&trigger.name, x, y);
    let below = y + trigger_height;
    drawing.chain(
        first,
        place::Start { x, y: below, from: &trigger.name, words: &trigger.display_name },
    );
    let bottom = below + first.map_or(0, |_| GAP + body.height);
    drawing.tail(tree::chain(first).last(), trigger, (x, bottom));
    let mut layout = drawing.done();
    (layout.width, layout.height) = (width, bottom + BOTTOM);
    layout
}

#[cfg(test)]
mod tests {
    use super::super::catalog::step;
    use super::super::{Action, ActionKind, Branch, Trigger};
    use super::*;

    fn leaf(name: &str, words: &str) -> Action {
        let mut action = step::piece_action(name, super::super::catalog::NOTIFY, "notify_person")
            .expect("known");
        words.clone_into(&mut action.display_name);
        action
    }

    fn boxed(action: Action) -> Option<Box<Action>> {
        Some(Box::new(action))
    }

    /// The flow of the build screen of the design.
    fn kickoff() -> FlowVersion {
        let mut each = step::loop_step("step_1");
        "For each person".clone_into(&mut each.display_name);
        each.first_loop_action = boxed(leaf("step_2", "Add a to-do"));
        let mut router = step::router_step("step_3");
        "Which service?".clone_into(&mut router.display_name);
        if let ActionKind::Router(it) = &mut router.kind {
            it.branches = vec![
                step::condition_branch("If branding"),
                step::condition_branch("If website"),
                Branch::Fallback { branch_name: "Otherwise".to_owned() },
            ];
        }
        let branch = |name| boxed(leaf(name, "Add a list"));
        router.children = Some(vec![branch("step_4"), branch("step_5"), branch("step_6")]);
        let mut welcome = leaf("step_7", "Post the welcome");
        welcome.next_action = boxed(leaf("step_8", "Tell the team"));
        router.next_action = boxed(welcome);
        each.next_action = boxed(router);
        let trigger = Trigger { next_action: boxed(each), ..step::empty_trigger() };
        serde_json::from_value(serde_json::json!({ "displayName": "Kickoff", "trigger": trigger }))
            .expect("a flow")
    }

    #[test]
    fn the_flow_of_the_design_stands_as_designed() {
        let it = layout_with(&kickoff(), &|name| name == "step_5");
        assert_eq!((it.width, it.height), (752, 922));
        let nodes: Vec<_> = it.nodes.iter().map(|it| (it.number, it.x, it.y, it.h)).collect();
        let expected = [
            (1, 264, 22, 60),
            (2, 264, 124, 60),
            (3, 264, 224, 60),
            (4, 264, 374, 60),
            (5, 12, 530, 60),
            (6, 264, 530, 88),
            (7, 516, 530, 60),
            (8, 264, 698, 60),
            (9, 264, 800, 60),
        ];
        assert_eq!(nodes, expected);
        let adds: Vec<_> = it.adds.iter().map(|it| (it.x, it.y)).collect();
        let expected = [
            (376, 103),
            (376, 210),
            (376, 298),
            (376, 353),
            (124, 510),
            (124, 606),
            (376, 510),
            (376, 634),
            (628, 510),
            (628, 606),
            (376, 677),
            (376, 779),
            (376, 876),
        ];
        assert_eq!(adds, expected);
        let labels: Vec<_> = it.labels.iter().map(|it| (it.x, it.y, it.name.as_str())).collect();
        assert_eq!(
            labels,
            [(124, 468, "If branding"), (376, 468, "If website"), (628, 468, "Otherwise")]
        );
        let frame = Frame { step: "step_1".to_owned(), x: 234, y: 198, w: 284, h: 134 };
        assert_eq!(it.frames, [frame]);
    }

    #[test]
    fn lines_bend_as_designed() {
        let it = layout_with(&kickoff(), &|name| name == "step_5");
        let paths: Vec<_> = it.edges.iter().map(|it| it.path.as_str()).collect();
        for expected in [
            "M376 82V124",
            "M376 184V224",
            "M376 284V300Q376 312 364 312H258Q246 312 246 300V166Q246 154 258 154H264",
            "M376 332V374",
            "M376 434V454",
            "M376 454H136Q124 454 124 466V468",
            "M124 590V644Q124 656 136 656H376",
            "M376 454V468",
            "M376 618V656",
            "M628 590V644Q628 656 616 656H376",
            "M376 656V698",
            "M376 860V894",
        ] {
            assert!(paths.contains(&expected), "{expected} in {paths:#?}");
        }
    }

    #[test]
    fn empty_bodies_have_one_place_to_add() {
        let mut each = step::loop_step("step_1");
        each.next_action = boxed(step::router_step("step_2"));
        let trigger = Trigger { next_action: boxed(each), ..step::empty_trigger() };
        let mut version = kickoff();
        version.trigger = trigger;
        let it = layout(&version);
        let adds: Vec<_> =
            it.adds.iter().map(|it| (it.parent.as_str(), it.location, it.branch_index)).collect();
        let expected = [
            ("trigger", Location::After, None),
            ("step_1", Location::InsideLoop, None),
            ("step_1", Location::After, None),
            ("step_2", Location::InsideBranch, Some(0)),
            ("step_2", Location::InsideBranch, Some(1)),
            ("step_2", Location::After, None),
        ];
        assert_eq!(adds, expected);
    }
}
