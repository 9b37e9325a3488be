//! REST, by subject. A handler parses, calls one operation and converts.

pub(crate) mod accounts;
pub mod actions;
pub(crate) mod approvals;
pub(crate) mod assistant;
pub(crate) mod audit;
pub(crate) mod chat;
pub(crate) mod chat_runs;
pub(crate) mod chat_stream;
pub(crate) mod commands;
pub(crate) mod connections;
pub(crate) mod connectors;
pub(crate) mod flow_engine;
pub(crate) mod flows;
pub(crate) mod insight;
pub(crate) mod keys;
pub(crate) mod members;
pub(crate) mod notifications;
pub(crate) mod operations;
pub(crate) mod platform;
pub(crate) mod projects;
pub(crate) mod setup;
pub(crate) mod shell;
pub(crate) mod tool_servers;
pub(crate) mod tools;
pub(crate) mod workspaces;
