//! Projects of Basecamp and their to-dos.

pub mod age;
pub mod due;
pub mod list;
pub mod overview;
pub mod page;
pub mod server_fns;
pub mod todo_row;
pub mod todos;
pub mod unconnected;
