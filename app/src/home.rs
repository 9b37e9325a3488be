//! The first page: what needs attention.

pub mod approvals;
pub mod focus;
pub mod health;
pub mod page;
pub mod pulse;
pub mod runs;
pub mod setup_card;
pub mod stats;
pub mod todos;
