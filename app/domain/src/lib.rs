//! The words of the product: types and pure rules shared by the browser, the server and the assistant.
//!
//! No I/O, no async, no clock, no randomness, no features.

pub mod account;
pub mod actor;
pub mod agent;
pub mod alert;
pub mod app;
pub mod approval;
pub mod assistant;
pub mod attachment;
pub mod audit;
pub mod budget;
pub mod chat;
pub mod client;
pub mod event;
pub mod expr;
pub mod flow;
pub mod home;
pub mod ids;
pub mod integration;
pub mod keys;
pub mod limit;
pub mod mirror;
pub mod oauth;
pub mod plan;
pub mod platform;
pub mod policy;
pub mod problem;
pub mod project;
pub mod record;
pub mod report;
pub mod search;
pub mod setup;
pub mod subscription;
pub mod telemetry;
pub mod template;
pub mod todo;
pub mod tool_server;
pub mod trace;
pub mod undo;
pub mod words;
