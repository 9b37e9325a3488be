//! Apps: the gallery, the page that runs one, and publishing. Visitors without a session see the first two.

pub mod asked;
pub mod fields;
pub mod gallery;
pub mod output;
pub mod published;
pub mod publisher;
pub mod recent;
pub mod runner;
pub mod server_fns;
pub mod state;
pub mod visited;
