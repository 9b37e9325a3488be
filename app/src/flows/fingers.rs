//! Fingers on the canvas: two of them zoom it and carry it along.

use std::collections::BTreeMap;

/// A point of the window, in pixels.
type Point = (f64, f64);

/// What two fingers did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pinch {
    /// The middle between them before.
    pub from: Point,
    /// The middle between them now.
    pub to: Point,
    /// How many times as far apart they are.
    pub factor: f64,
}

/// The fingers that are down, each by the number of its pointer.
#[derive(Clone, Debug, Default)]
pub struct Fingers(BTreeMap<i32, Point>);

impl Fingers {
    /// A finger comes down. Gives how many are.
    pub fn down(&mut self, id: i32, at: Point) -> usize {
        self.0.insert(id, at);
        self.0.len()
    }

    /// A finger goes up. Gives how many were down.
    pub fn up(&mut self, id: i32) -> usize {
        let many = self.0.len();
        self.0.remove(&id);
        many
    }

    /// A finger moves to `at`: what that does together with a second one. Nothing with one finger, or three.
    pub fn moved(&mut self, id: i32, at: Point) -> Option<Pinch> {
        let before = self.span();
        *self.0.get_mut(&id)? = at;
        let ((from, was), (to, is)) = (before?, self.span()?);
        // Fingers that touch each other say nothing about how far apart they were.
        let factor = if was > 1.0 { is / was } else { 1.0 };
        Some(Pinch { from, to, factor })
    }

    /// The middle between two fingers, and how far apart they are.
    fn span(&self) -> Option<(Point, f64)> {
        let mut all = self.0.values();
        let (Some(a), Some(b), None) = (all.next(), all.next(), all.next()) else { return None };
        Some((((a.0 + b.0) / 2.0, (a.1 + b.1) / 2.0), (a.0 - b.0).hypot(a.1 - b.1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_fingers_that_part_zoom_around_their_middle() {
        let mut fingers = Fingers::default();
        assert_eq!(fingers.down(1, (100.0, 100.0)), 1);
        assert_eq!(fingers.moved(1, (90.0, 100.0)), None, "one finger does not pinch");
        assert_eq!(fingers.down(2, (190.0, 100.0)), 2);
        let pinch = fingers.moved(2, (290.0, 100.0));
        let expected = Pinch { from: (140.0, 100.0), to: (190.0, 100.0), factor: 2.0 };
        assert_eq!(pinch, Some(expected));
        assert_eq!((fingers.up(2), fingers.moved(1, (0.0, 0.0))), (2, None));
        assert_eq!(fingers.moved(9, (0.0, 0.0)), None, "a finger that never came down");
    }
}
