//! Tools for scripts and chat clients: one way to call them, whatever the door, and the Model Context Protocol.

pub mod door;
pub mod handler;
pub mod service;
pub mod tasks;

mod asking;
mod completion;
mod eliciting;
mod listing;
mod messages;
mod prompts;
mod quick;
mod resources;
mod running;
mod sessions;
mod watching;
