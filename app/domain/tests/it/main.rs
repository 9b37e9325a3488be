//! Behaviour of the words of the product, against what other engines were seen to do.

#[cfg(test)]
mod branches;
#[cfg(test)]
mod conditions;
#[cfg(test)]
mod edits;
#[cfg(test)]
mod expressions;
#[cfg(test)]
mod importing;
#[cfg(test)]
mod merging;
#[cfg(test)]
mod model;
#[cfg(test)]
mod nesting;
#[cfg(test)]
mod operations;
#[cfg(test)]
mod parts;
#[cfg(test)]
mod problems;
#[cfg(test)]
mod records;
#[cfg(test)]
mod stacking;
#[cfg(test)]
mod studio;
#[cfg(test)]
mod together;
