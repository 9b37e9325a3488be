//! Settings: your profile; for those who manage, members and the workspace; and the audit log.

pub mod alerts;
pub mod alerts_fns;
pub mod api_keys;
pub mod assistant;
pub mod assistant_fns;
pub mod audit;
pub mod audit_check;
pub mod clients;
pub mod engine;
pub mod engine_fns;
pub mod invitations;
pub mod keeping;
pub mod keeping_fns;
pub mod key_fns;
pub mod members;
pub mod memory;
pub mod memory_fns;
pub mod page;
pub mod profile;
pub mod server;
pub mod server_fns;
pub mod workspace;
pub mod zones;
