//! The assistant: it answers in conversations, acts only through tools, and asks before it changes what others see.
//!
//! A run belongs to the server, not to the page that shows it: everything it does is stored before it is sent, so it
//! survives reloads, other windows and restarts.

pub mod agent;
pub mod config;
pub mod conversation;
pub mod deciding;
pub mod follow;
pub mod llm;
pub mod markdown;
pub mod operations;
pub mod planner;
pub mod sending;
pub mod sessions;

mod asking;
mod calling;
mod ending;
mod memory;
mod policy;
mod recovery;
mod trace;
mod turn;
