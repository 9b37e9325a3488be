//! What admins see of the whole: the shell, every workspace.

pub mod moved;
pub mod server_fns;
pub mod terminal;
pub mod workspaces;
