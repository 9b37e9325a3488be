//! Signing up, signing in, and joining a workspace.

pub mod invite;
pub mod page;
pub mod server_fns;
pub mod sign_in;
pub mod sign_up;
