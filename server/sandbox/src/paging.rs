//! Geared pages: 15, 30, 50, then 100 items. `per_page` is ignored, as it is by the real service.

const GEARS: [usize; 4] = [15, 30, 50, 100];

/// Projects on a page of the collections over all projects.
pub(crate) const PROJECTS_PER_PAGE: usize = 5;

/// One page of a collection.
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    /// The number of the page after this one.
    pub(crate) next: Option<usize>,
    /// Items in the whole collection.
    pub(crate) total: usize,
}

impl<T> Page<T> {
    /// The same page with every item turned into something else.
    pub(crate) fn map<U>(self, turn: impl FnMut(T) -> U) -> Page<U> {
        let items = self.items.into_iter().map(turn).collect();
        Page { items, next: self.next, total: self.total }
    }
}

/// Page `number`, from 1, of `items` in geared pages.
pub(crate) fn geared<T>(items: Vec<T>, number: usize) -> Page<T> {
    let size = |page: usize| GEARS[page.min(GEARS.len()) - 1];
    let start = (1..number).map(size).sum();
    cut(items, start, size(number.max(1)), number)
}

/// Page `number`, from 1, of `items` in pages of one `size`.
pub(crate) fn fixed<T>(items: Vec<T>, number: usize, size: usize) -> Page<T> {
    cut(items, (number.max(1) - 1) * size, size, number)
}

fn cut<T>(items: Vec<T>, start: usize, size: usize, number: usize) -> Page<T> {
    let total = items.len();
    let items = items.into_iter().skip(start).take(size).collect();
    Page { items, next: (start + size < total).then_some(number.max(1) + 1), total }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_grow_and_meet_without_gaps() {
        let pages: Vec<_> =
            (1..=5).map(|number| geared((0..200).collect(), number).items).collect();
        assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [15, 30, 50, 100, 5]);
        assert_eq!(pages.concat(), (0..200).collect::<Vec<i32>>());
    }

    #[test]
    fn last_page_names_no_next() {
        assert_eq!(geared((0..15).collect(), 1).next, None);
        assert_eq!(geared((0..16).collect(), 1).next, Some(2));
        assert_eq!(fixed((0..11).collect(), 3, 5).next, None);
    }
}
