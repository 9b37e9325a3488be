//! People, workspaces and who may do what: sign-up, sessions, API keys, members, invitations, settings of the installation,
//! the audit log.

pub mod arrivals;
pub mod audit;
pub mod auth;
pub mod clock;
pub mod config;
pub mod invitations;
pub mod keys;
pub mod limits;
pub mod members;
pub mod notifications;
pub mod oauth;
pub mod oauth_clients;
pub mod oauth_requests;
pub mod oauth_tokens;
pub mod open_sessions;
pub mod passwords;
pub mod platform;
pub mod sessions;
pub mod sign_in;
pub mod sign_up;
pub mod workspaces;

mod devices;
mod hashing;
mod input;
mod people;
mod tokens;
