//! Other MCP servers, good and hostile, over real HTTP and on both databases.

#![cfg(test)]

mod fake;
mod hostile;
mod pinning;
mod world;
