//! What happened every time a flow started.

pub mod acting;
pub mod again;
pub mod figures;
pub mod list;
pub mod page;
pub mod readable;
pub mod server_fns;
pub mod step;
pub mod timeline;
pub mod values;
pub mod wanted;
pub mod words;
