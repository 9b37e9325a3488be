//! The inbox of questions that wait for an answer.

pub mod count;
pub mod detail;
pub mod page;
pub mod rules;
pub mod server_fns;
