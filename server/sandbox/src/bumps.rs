//! Which writes move `updated_at` beside a change of the record itself.
//!
//! How the real service does it is not known, so each is a switch, and whoever follows it must get by with either.

use crate::account::Account;
use crate::call::Call;

/// What moves `updated_at`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bumps {
    /// A new place among its siblings.
    pub position: bool,
    /// Putting it aside, in the trash, and taking it back.
    pub status: bool,
    /// A new comment under it.
    pub comment: bool,
}

impl Bumps {
    /// All of them.
    pub const ALL: Self = Self { position: true, status: true, comment: true };

    /// Moves `updated_at` of the record that a successful write names.
    pub(crate) fn touch(self, account: &mut Account, call: &Call) {
        let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
        let is_moved = match path.as_slice() {
            [.., "position" | "positions"] => self.position,
            ["recordings", _, "status", _] => self.status,
            ["recordings", _, "comments"] => self.comment && call.method == "POST",
            _ => false,
        };
        let id = path.iter().find_map(|it| it.parse::<i64>().ok());
        let Some(id) = id.filter(|_| is_moved) else { return };
        let todos = account.todos.iter_mut().filter(|it| it.id == id);
        todos.for_each(|it| it.updated_at = call.now);
        let lists = account.lists.iter_mut().filter(|it| it.id == id);
        lists.for_each(|it| it.updated_at = call.now);
        let records = account.records.iter_mut().filter(|it| it.id == id);
        records.for_each(|it| it.updated_at = call.now);
    }
}
