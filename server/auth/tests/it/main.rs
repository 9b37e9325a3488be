//! Accounts below HTTP, on both databases.

#![cfg(test)]

mod open_sessions;
mod operations;
