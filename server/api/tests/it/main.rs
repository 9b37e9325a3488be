//! The product over HTTP, through the real router, on both databases.

#![cfg(test)]

mod accounts;
mod actions;
mod alerts;
mod app_sign_in;
mod apps;
mod apps_counted;
mod assistant;
mod audit;
mod caller;
mod chat;
mod commands;
mod connecting;
mod deciding;
mod flow_engine;
mod forms;
mod hooks;
mod insight;
mod invitations;
mod keys;
mod limits;
mod live;
mod mcp;
mod mcp_asking;
mod mcp_calls;
mod mcp_watching;
mod members;
mod oauth;
mod once;
mod page_writes;
mod plans;
mod projects;
mod promises;
mod requests;
mod roles;
mod safety;
mod secrets;
mod sessions;
mod setup;
mod shell;
mod telemetry;
mod tool_servers;
mod undo;
mod walls;
mod walls_of_tools;
