//! The assistant as people meet it: over the real sandbox, on both databases.

#![cfg(test)]

mod answers;
mod approvals;
mod choosing;
mod following;
mod loops;
mod provider;
mod restarts;
mod text_to_flow;
mod wires;
mod world;
