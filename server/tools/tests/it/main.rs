//! The tools against the sandbox, over real HTTP, on both databases.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

mod as_steps;
mod asked;
mod building;
mod effects;
mod engines;
mod findings;
mod flows;
mod insight;
mod keeping;
mod knowledge;
mod lists;
mod names;
mod outbox;
mod reaching;
mod reads;
mod references;
mod routing;
mod ruling;
mod trying;
mod undoing;
mod undos_in_doubt;
mod upstream;
mod world;
mod writes;
