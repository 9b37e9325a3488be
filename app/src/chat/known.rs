//! What is known of a conversation: its newest turns, read again with every answer, behind those that were read before.

use domain::chat::{Turn, TurnsBefore, show_once};

/// Everything known, oldest first.
///
/// `window`, the newest turns, stands behind those of `known` before it, and `page` in front of them where it ends
/// there. What belongs to another conversation, or leaves a gap, is not among them.
pub fn joined(known: &[Turn], page: Option<&TurnsBefore>, window: Vec<Turn>) -> Vec<Turn> {
    let Some(first) = window.first() else { return window };
    let before = known.iter().position(|it| it.id == first.id).unwrap_or(0);
    let mut all: Vec<Turn> = known.iter().take(before).cloned().collect();
    all.extend(window);
    if let Some(page) = page.filter(|it| all.first().is_some_and(|first| first.id == it.before)) {
        all.splice(0..0, page.turns.iter().cloned());
    }
    show_once(&mut all);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ops::Range;

    fn turns(numbers: Range<i64>) -> Vec<Turn> {
        let turn = |seq: i64| Turn {
            id: format!("m{seq}").as_str().into(),
            seq,
            is_mine: seq % 2 == 1,
            text: String::new(),
            html: String::new(),
            at: String::new(),
            attachments: Vec::new(),
            choices: Vec::new(),
            run: None,
        };
        numbers.map(turn).collect()
    }

    fn before(seq: i64, numbers: Range<i64>) -> TurnsBefore {
        TurnsBefore { before: format!("m{seq}").as_str().into(), turns: turns(numbers) }
    }

    fn numbers(all: &[Turn]) -> Vec<i64> {
        all.iter().map(|it| it.seq).collect()
    }

    #[test]
    fn earlier_turns_go_in_front_once() {
        let page = before(5, 3..5);
        let all = joined(&turns(5..9), Some(&page), turns(5..9));
        assert_eq!(numbers(&all), [3, 4, 5, 6, 7, 8]);
        assert_eq!(joined(&all, Some(&page), turns(5..9)), all);
    }

    #[test]
    fn the_newest_turns_move_on_without_losing_those_before() {
        let all = joined(&turns(3..9), Some(&before(5, 3..5)), turns(7..11));
        assert_eq!(numbers(&all), [3, 4, 5, 6, 7, 8, 9, 10]);
    }

    #[test]
    fn neither_a_gap_nor_another_conversation_is_joined() {
        let page = before(5, 3..5);
        assert_eq!(numbers(&joined(&turns(3..9), Some(&page), turns(20..22))), [20, 21]);
        assert!(joined(&turns(3..9), Some(&page), Vec::new()).is_empty());
    }
}
