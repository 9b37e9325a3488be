//! Reports: what the figures of projects say, with where they come from.

pub mod page;
pub mod server_fns;
