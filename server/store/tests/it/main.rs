//! The store on both databases.

#![cfg(test)]

mod chain;
mod chat;
mod core;
mod failures;
mod mirror;
mod templates;
