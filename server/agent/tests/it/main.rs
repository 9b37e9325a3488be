//! The assistant as people meet it: over the real sandbox, on both databases.

#![cfg(test)]

mod agents;
mod answers;
mod approvals;
mod attachments;
mod changing;
mod choosing;
mod first_hour;
mod first_word;
mod following;
mod for_admins;
mod hostile;
mod killed;
mod long;
mod loops;
mod offered;
mod others;
mod parity;
mod policies;
mod provider;
mod remembering;
mod restarts;
mod sentences;
mod taking_back;
mod text_to_flow;
mod thinking;
mod waiting;
mod wires;
mod world;
