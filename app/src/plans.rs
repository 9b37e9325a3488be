//! The command center: an objective becomes a plan, and a plan is carried out.

pub mod page;
pub mod server_fns;
