//! How much room steps take.

use super::{
    BRANCH_END, BRANCH_GAP, GAP, LABEL_DROP, LABEL_GAP, LABEL_HEIGHT, LOOP_IN, LOOP_OUT, LOOP_PAD,
    LOOP_SIDE, ROW_HEIGHT, STEP_HEIGHT, STEP_WIDTH, TRUNK,
};
use crate::flow::{Action, ActionKind, tree};

/// Room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) width: i32,
    pub(super) height: i32,
}

/// Works out sizes.
pub(super) struct Sizes<'a> {
    /// Whether a step shows a warning or progress row.
    pub(super) has_row: &'a dyn Fn(&str) -> bool,
}

impl Sizes<'_> {
    /// The height of a step's own box.
    pub(super) fn node(&self, name: &str) -> i32 {
        STEP_HEIGHT + if (self.has_row)(name) { ROW_HEIGHT } else { 0 }
    }

    /// A chain of steps; one step wide and no height when empty.
    pub(super) fn list(&self, first: Option<&Action>) -> Size {
        let sizes = tree::chain(first).map(|it| self.step(it));
        let add = |(all, gap): (Size, i32), it: Size| {
            let width = all.width.max(it.width);
            (Size { width, height: all.height + gap + it.height }, GAP)
        };
        sizes.fold((Size { width: STEP_WIDTH, height: 0 }, 0), add).0
    }

    /// A step with what is inside it.
    pub(super) fn step(&self, action: &Action) -> Size {
        let own = self.node(&action.name);
        match &action.kind {
            ActionKind::Piece(_) | ActionKind::Code(_) => self.with_error_branch(action, own),
            ActionKind::Loop(_) => {
                let body = self.list(action.first_loop_action.as_deref());
                let height = own + LOOP_IN + body.height + LOOP_OUT + LOOP_PAD;
                Size { width: body.width + 2 * LOOP_SIDE, height }
            }
            ActionKind::Router(_) => {
                let branches = self.branches(action);
                let tallest = branches.iter().map(|it| it.height).max().unwrap_or(0);
                let gaps = i32::try_from(branches.len()).unwrap_or(1).max(1) - 1;
                let width = branches.iter().map(|it| it.width).sum::<i32>() + BRANCH_GAP * gaps;
                let height =
                    own + TRUNK + LABEL_DROP + LABEL_HEIGHT + LABEL_GAP + tallest + BRANCH_END;
                Size { width: width.max(STEP_WIDTH), height }
            }
        }
    }

    /// A step with what runs when it failed at its right; as wide at its left, so that its line stays in the middle.
    fn with_error_branch(&self, action: &Action, own: i32) -> Size {
        let Some(first) = action.on_error_action.as_deref() else {
            return Size { width: STEP_WIDTH, height: own };
        };
        let body = self.list(Some(first));
        let height = own + TRUNK + LABEL_DROP + LABEL_HEIGHT + LABEL_GAP + body.height + BRANCH_END;
        Size { width: STEP_WIDTH + 2 * (BRANCH_GAP + body.width), height }
    }

    /// The branches of a router, left to right.
    pub(super) fn branches(&self, action: &Action) -> Vec<Size> {
        tree::bodies(action).into_iter().map(|it| self.list(it.first)).collect()
    }
}
