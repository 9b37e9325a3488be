//! The assistant: it answers in conversations, acts only through tools, and asks before it changes what others see.
//!
//! A run belongs to the server, not to the page that shows it: everything it does is stored before it is sent, so it
//! survives reloads, other windows and restarts.

pub mod agent;
pub mod agents;
mod amending;
pub mod assistant;
mod call_lines;
pub mod command_list;
mod command_reads;
pub mod commands;
pub mod config;
pub mod conversation;
pub mod deciders;
mod deciding;
pub mod export;
pub mod files;
mod fitting;
pub mod follow;
pub mod for_admins;
pub mod keys;
pub mod llm;
pub mod markdown;
pub mod notes;
pub mod operations;
pub mod personal;
pub mod planner;
pub mod planning;
pub mod runtime;
pub mod sending;
pub mod sessions;

mod asking;
mod budget;
mod calling;
mod catalogue;
mod compaction;
mod ending;
mod hearing;
mod helping;
mod leading;
mod links;
mod makers;
mod memory;
mod model_menu;
mod models;
mod others;
mod policy;
mod policy_trial;
mod recovery;
mod settings;
mod sheet;
mod standing;
mod task;
mod thinking;
mod trace;
pub mod trying;
mod turn;
mod untrusted;
