//! Connections, to Basecamp and to what flows use: listed, tested, mended, taken away.

pub mod account;
pub mod all;
pub mod apps;
pub mod page;
pub mod progress;
pub mod registered;
pub mod result;
pub mod row;
pub mod server_fns;
pub mod servers;
pub mod start;
