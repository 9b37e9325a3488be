//! Numbers in words.

use std::fmt::Display;

/// "1 step", "3 steps".
pub fn count<N: Display + PartialEq + From<u8>>(number: N, one: &str, many: &str) -> String {
    let noun = if number == N::from(1) { one } else { many };
    format!("{number} {noun}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_counted_in_the_singular() {
        assert_eq!(count(1_usize, "step", "steps"), "1 step");
        assert_eq!(count(0_i64, "step", "steps"), "0 steps");
    }
}
