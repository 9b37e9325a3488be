//! Agents: saved goals that the assistant works on by schedule.

pub mod desk;
pub mod form;
pub mod list;
pub mod page;
pub mod server_fns;
pub mod words;
