//! The parts every page is made of, in all their states. Class names are those of the design.

pub mod badge;
pub mod brand;
pub mod browser;
pub mod button;
pub mod callout;
pub mod choice;
pub mod code;
pub mod combobox;
pub mod dialog;
pub mod disclosure;
pub mod empty;
pub mod field;
pub mod form;
pub mod icon;
mod icons_table;
pub mod keys;
pub mod menu;
pub mod more;
pub mod person;
pub mod problem;
pub mod progress;
pub mod search;
pub mod skeleton;
pub mod table;
pub mod tabs;
pub mod time;
pub mod toast;
