//! The quick setup: a few steps, each true or not, never clicked away.

pub mod account;
pub mod basecamp;
pub mod builtin;
pub mod ready;
pub mod server_fns;
pub mod wizard;
