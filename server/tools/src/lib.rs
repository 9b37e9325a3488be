//! What the assistant, scripts and chat clients can do: every action of the product behind one name, one schema, one
//! answer. A tool is a thin adapter; the work is done by the operation it calls.

pub mod error;
pub mod preview;
mod preview_plan;
pub mod schema;
pub mod secret_args;
pub mod tool;
pub mod tools;

mod args;
mod basecamp_tools;
mod board_tools;
mod catalog;
mod change_tools;
mod find_tools;
mod finding_tools;
mod flow_connections;
mod flow_edits;
mod flow_folders;
mod flow_pieces;
mod flow_templates;
mod flow_tools;
mod flow_trials;
mod flow_versions;
mod insight_tools;
mod keys;
mod lists;
mod memory_tools;
mod meta;
mod moments;
mod more_tools;
mod payloads;
mod people_insight;
mod people_tools;
mod places;
mod plan;
mod planned;
mod plans;
mod pmos;
mod raw_tools;
mod reach_tools;
mod record;
mod run_tools;
mod smart;
mod sources;
mod todo_tools;
mod undo;
