//! Flows from draft to run, on both databases.

#![cfg(test)]

mod answers;
mod apps;
mod connecting;
mod crashing;
mod drafts;
mod error_branch;
mod forming;
mod hooking;
mod limits;
mod mails;
mod nodes;
mod outgoing;
mod pieces;
mod places;
mod proposals;
mod site;
mod templates;
mod thinking;
mod triggers;
mod trying;
mod waiting;
mod walking;
mod world;
