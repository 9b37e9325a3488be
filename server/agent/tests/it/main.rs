//! The assistant as people meet it: over the real sandbox, on both databases.

#![cfg(test)]

mod answers;
mod approvals;
mod following;
mod loops;
mod restarts;
mod text_to_flow;
mod world;
