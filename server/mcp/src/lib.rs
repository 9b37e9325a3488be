//! Tools for scripts and chat clients: one way to call them, whatever the door, and the Model Context Protocol.

pub mod door;
pub mod service;

mod asking;
mod completion;
mod eliciting;
mod handler;
mod listing;
mod messages;
mod prompts;
mod resources;
mod sessions;
