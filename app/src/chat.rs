//! The assistant: the same conversation in the side panel, on its own page and in the studio.

pub mod approval;
pub mod attaching;
pub mod beside;
pub mod composer;
pub mod conversation;
pub mod failed;
pub mod feed;
pub mod known;
pub mod model;
pub mod naming;
pub mod page;
pub mod panel;
pub mod place;
pub mod server_fns;
pub mod sessions;
pub mod state;
pub mod trace;
pub mod turn;
