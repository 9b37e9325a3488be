//! Other MCP servers, good and hostile, over real HTTP and as real processes, on both databases.

#![cfg(test)]

mod fake;
mod hostile;
mod pinning;
mod process;
mod programs;
mod world;
