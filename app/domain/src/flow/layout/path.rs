//! SVG path data with bends.

use super::BEND;

/// Straight down.
pub(super) fn down(x: i32, from: i32, to: i32) -> String {
    format!("M{x} {from}V{to}")
}

/// Along the line that splits, then down into a branch.
pub(super) fn split(x: i32, y: i32, (to_x, to_y): (i32, i32)) -> String {
    if x == to_x {
        return down(x, y, to_y);
    }
    let (bend, towards) = bend(x, to_x);
    format!("M{x} {y}H{}Q{to_x} {y} {to_x} {}V{to_y}", to_x - towards * bend, y + bend)
}

/// Down out of a branch, then along the line that joins.
pub(super) fn join(x: i32, y: i32, (to_x, to_y): (i32, i32)) -> String {
    if x == to_x {
        return down(x, y, to_y);
    }
    let (bend, towards) = bend(x, to_x);
    format!("M{x} {y}V{}Q{x} {to_y} {} {to_y}H{to_x}", to_y - bend, x + towards * bend)
}

/// Down out of a loop's body, along `low`, up along `side` and into the loop's step at its left.
pub(super) fn back(x: i32, y: i32, low: i32, side: i32, (to_x, to_y): (i32, i32)) -> String {
    let b = BEND;
    format!(
        "M{x} {y}V{}Q{x} {low} {} {low}H{}Q{side} {low} {side} {}V{}Q{side} {to_y} {} {to_y}H{to_x}",
        low - b,
        x - b,
        side + b,
        low - b,
        to_y + b,
        side + b
    )
}

/// The radius that fits, and 1 to the right or -1 to the left.
fn bend(x: i32, to_x: i32) -> (i32, i32) {
    (BEND.min((to_x - x).abs()), (to_x - x).signum())
}
