//! How lists are given where a call does not say it: the settings of the server (contract.md 8.8, 10).

/// The settings of lists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListStyle {
    /// Up to so many items the answer holds them all.
    pub expanded_up_to: usize,
    /// How many items a preview holds.
    pub preview: usize,
    /// Only the most important fields of each item.
    pub is_compact: bool,
    /// What links in answers begin with, without a slash at the end.
    pub base_url: String,
}

impl Default for ListStyle {
    fn default() -> Self {
        Self { expanded_up_to: 1_000, preview: 5, is_compact: false, base_url: String::new() }
    }
}
