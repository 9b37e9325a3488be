//! The tools against the sandbox, over real HTTP, on both databases.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must stop")]

mod effects;
mod findings;
mod flows;
mod insight;
mod lists;
mod reads;
mod routing;
mod undoing;
mod world;
mod writes;
