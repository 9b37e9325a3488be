//! What the assistant, scripts and chat clients can do: every action of the product behind one name, one schema, one
//! answer. A tool is a thin adapter; the work is done by the operation it calls.

pub mod error;
pub mod preview;
pub mod schema;
pub mod tool;
pub mod tools;

mod args;
mod basecamp_tools;
mod catalog;
mod flow_edits;
mod flow_tools;
mod keys;
mod lists;
mod memory_tools;
mod meta;
mod places;
mod pmos;
mod record;
mod run_tools;
mod todo_tools;
