//! What is kept, and the only place that knows SQL: one text per query, run on SQLite or PostgreSQL.

pub mod api_keys;
pub mod approval_rules;
pub mod approvals;
pub mod chat;
pub mod commands;
pub mod connections;
pub mod db;
pub mod error;
pub mod events;
pub mod flow_connections;
pub mod flow_starts;
pub mod flow_values;
pub mod flow_watches;
pub mod flows;
pub mod ids;
pub mod insights;
pub mod invitations;
pub mod mcp_sessions;
pub mod memories;
pub mod migrations;
pub mod mirror;
pub mod mirror_changes;
pub mod mirror_formulas;
pub mod mirror_lookups;
pub mod mirror_pages;
pub mod mirror_questions;
pub mod mirror_said;
pub mod mirror_scopes;
pub mod mirror_stories;
pub mod mirror_sync;
pub mod mirror_words;
pub mod model_keys;
pub mod notifications;
pub mod oauth;
pub mod operations;
pub mod payloads;
pub mod run_keeping;
pub mod run_queue;
pub mod run_steps;
pub mod run_waits;
pub mod runs;
pub mod schedules;
pub mod secrets;
pub mod sessions;
pub mod settings;
pub mod setup;
pub mod sign_ins;
pub mod table_rows;
pub mod users;
pub mod waiting_secrets;
pub mod workspaces;

mod group_commit;
mod notify;

#[cfg(feature = "testing")]
pub mod testing;
