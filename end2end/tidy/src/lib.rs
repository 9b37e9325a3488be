//! Checks of the tree itself: what no compiler and no lint sees. Everything here is a test.
//! Each check is a function from text to problems, so that it is tested on small bad inputs as well.
#![cfg(test)]

mod arrows;
mod ceilings;
mod css;
mod domain;
mod mask;
mod named_paths;
mod tree;
mod words;
