//! Projects of Basecamp and what is in them.

pub mod address;
pub mod age;
pub mod around;
pub mod board;
pub mod budget;
pub mod budget_fns;
pub mod desk;
pub mod drawer;
pub mod due;
pub mod files;
pub mod form;
pub mod health;
pub mod list;
pub mod messages;
pub mod notes;
pub mod overview;
pub mod page;
pub mod panel;
pub mod schedule;
pub mod server_fns;
pub mod team;
pub mod times;
pub mod todo_row;
pub mod todos;
pub mod unconnected;
pub mod work_row;
