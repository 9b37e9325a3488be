//! The first page: what needs attention.

pub mod activity;
pub mod approvals;
pub mod focus;
pub mod health;
pub mod page;
pub mod pulse;
pub mod runs;
pub mod server_fns;
pub mod setup_card;
pub mod stats;
pub mod todos;
pub mod workload;
