//! What happened every time a flow started.

pub mod facts;
pub mod list;
pub mod page;
pub mod server_fns;
pub mod step;
pub mod timeline;
pub mod values;
pub mod words;
