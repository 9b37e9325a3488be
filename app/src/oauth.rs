//! Chat clients that ask a person to let them in.

pub mod consent;
pub mod server_fns;
