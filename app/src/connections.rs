//! Connections to Basecamp: listed, tested, moved to another account, taken away.

pub mod account;
pub mod page;
pub mod progress;
pub mod result;
pub mod row;
pub mod server_fns;
pub mod start;
