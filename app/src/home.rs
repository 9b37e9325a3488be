//! The first page: what needs attention.

pub mod focus;
pub mod page;
pub mod pulse;
pub mod runs;
pub mod setup_card;
pub mod todos;
