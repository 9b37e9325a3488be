//! Everybody who works in the projects: what they have to do, how they stand, what could change hands.

pub mod moves;
pub mod page;
pub mod server_fns;
