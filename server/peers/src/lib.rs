//! Other MCP servers, as their client: what they offer is pinned, and used only while a person accepted exactly that.
//!
//! Nothing they say is believed: not their names, not what they claim a tool does, not what they answer.

pub mod call;
pub mod peers;

mod beyond;
mod child;
mod discovery;
mod given;
mod listing;
mod named;
mod names;
mod programs;
mod servers;
mod shown;
mod signing_in;
mod stream;
mod ways;
mod web;
mod wire;

pub use names::is_foreign;
