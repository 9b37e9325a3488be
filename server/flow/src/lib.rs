//! Flows: what they are, what runs them, and what their steps can do.

pub mod activepieces;
pub mod config;
pub mod connections;
mod elsewhere;
mod engine;
pub mod flows;
pub mod forms;
pub mod hooks;
pub mod options;
pub mod outgoing;
pub mod payload;
pub mod runs;
pub mod thinking;
pub mod trials;
pub mod updating;
pub mod waits;
pub mod worker;

mod folders;
mod hearing;
mod heartbeat;
mod keeping;
mod pieces;
mod proposals;
mod publishing;
mod reading;
mod samples;
mod schedule;
mod starts;
mod steps;
mod stopping;
mod targets;
mod templates;
mod told;
mod transfer;
mod waiting;
mod watching;
