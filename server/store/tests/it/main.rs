//! The store on both databases.

#![cfg(test)]

mod chain;
mod chat;
mod core;
mod failures;
mod flow_projects;
mod mirror;
mod run_lists;
mod templates;
