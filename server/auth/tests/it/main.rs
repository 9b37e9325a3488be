//! Accounts below HTTP, on both databases.

#![cfg(test)]

mod operations;
