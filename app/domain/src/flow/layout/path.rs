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

/// The highest and the lowest point of a path made here.
pub(super) fn rows(path: &str) -> (i32, i32) {
    let (mut top, mut low) = (i32::MAX, i32::MIN);
    let mut rest = path;
    while let Some(letter) = rest.chars().next() {
        let after = rest.get(letter.len_utf8()..).unwrap_or_default();
        let end = after.find(|it: char| it.is_ascii_uppercase()).unwrap_or(after.len());
        let (numbers, next) = after.split_at(end);
        let numbers = numbers.split(' ').filter_map(|it| it.parse::<i32>().ok());
        let is_row = |at: usize| letter == 'V' || (letter != 'H' && at % 2 == 1);
        for (_, row) in numbers.enumerate().filter(|it| is_row(it.0)) {
            (top, low) = (top.min(row), low.max(row));
        }
        rest = next;
    }
    (top, low)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rows_of_a_line_are_read_from_its_path() {
        assert_eq!(rows(&down(5, 10, 40)), (10, 40));
        assert_eq!(rows(&split(100, 20, (300, 60))), (20, 60));
        assert_eq!(rows(&join(300, 60, (100, 90))), (60, 90));
        assert_eq!(rows(&back(100, 200, 230, 10, (40, 50))), (50, 230));
    }
}
