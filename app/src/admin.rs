//! What admins see of the whole: the shell, numbers, every workspace.

pub mod charts;
pub mod isolation;
pub mod moved;
pub mod server_fns;
pub mod telemetry;
pub mod terminal;
pub mod workspaces;
