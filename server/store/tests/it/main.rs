//! The store on both databases.

#![cfg(test)]

mod chat;
mod core;
mod mirror;
mod templates;
