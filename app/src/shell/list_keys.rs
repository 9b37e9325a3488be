//! The keys of lists: J and K move, Enter opens, X ticks, / goes to the search. They work on whatever list a page has.

use crate::ui::browser;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlInputElement};

/// What is a row of a list.
const ROWS: &str = "#main tbody > tr, #main .rows > li, #main [role=row]:not(tr)";
/// What of a row has the focus, so that Enter opens it: the first of these that it has.
const OPENS: [&str; 3] = ["a[href]", ".rowlink", "button:not([popovertarget])"];
/// What narrows the list of a page.
const SEARCH: &str = "#main input[type=search]";

/// Does what `key` does in lists; false when it does nothing here.
pub(crate) fn pressed(key: &str) -> bool {
    match key {
        "j" => go(1),
        "k" => go(-1),
        "x" => tick(),
        "/" => {
            let there = browser::is_on_page(SEARCH);
            browser::focus_first(SEARCH);
            there
        }
        _ => false,
    }
}

/// The rows that are drawn, with what opens each.
fn rows() -> Vec<(Element, HtmlElement)> {
    let all = browser::all_of(ROWS).into_iter();
    all.filter_map(|row| opener(&row).map(|it| (row, it))).collect()
}

fn opener(row: &Element) -> Option<HtmlElement> {
    let found = OPENS.iter().find_map(|it| row.query_selector(it).ok().flatten())?;
    found.dyn_into::<HtmlElement>().ok().filter(|it| it.offset_height() > 0)
}

fn go(by: isize) -> bool {
    let rows = rows();
    let here = rows.iter().position(|it| browser::holds_focus(&it.0));
    let Some((_, target)) = next(here, by, rows.len()).and_then(|at| rows.get(at)) else {
        return false;
    };
    let _ = target.focus();
    true
}

/// The row to go to from the one at `here`: the first from nowhere, and the ends hold.
fn next(here: Option<usize>, by: isize, count: usize) -> Option<usize> {
    let last = count.checked_sub(1)?;
    Some(here.map_or(0, |it| it.saturating_add_signed(by).min(last)))
}

/// Ticks the box of the row that has the focus, or unticks it.
fn tick() -> bool {
    let here = browser::all_of(ROWS).into_iter().find(browser::holds_focus);
    let found = here.and_then(|it| it.query_selector("input[type=checkbox]").ok().flatten());
    let Some(tick) = found.and_then(|it| it.dyn_into::<HtmlInputElement>().ok()) else {
        return false;
    };
    tick.click();
    true
}

#[cfg(test)]
mod tests {
    use super::next;

    #[test]
    fn the_ends_of_a_list_hold() {
        assert_eq!(next(None, 1, 3), Some(0));
        assert_eq!(next(Some(0), 1, 3), Some(1));
        assert_eq!(next(Some(2), 1, 3), Some(2));
        assert_eq!(next(Some(0), -1, 3), Some(0));
        assert_eq!(next(None, -1, 0), None);
    }
}
