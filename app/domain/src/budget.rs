//! What a project may cost, and what was spent on it. Amounts are in the money of the workspace, whatever that is.

use serde::{Deserialize, Serialize};

/// Something that was spent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Expense {
    /// The entry.
    pub id: String,
    /// How much.
    pub amount: f64,
    /// What for, in one word: `print`.
    pub category: String,
    /// What exactly; may be empty.
    pub description: String,
    /// Name of who wrote it down.
    pub who: String,
    /// RFC 3339.
    pub at: String,
    /// Whoever looks may take it away.
    pub may_remove: bool,
}

/// The budget of a project.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ProjectBudget {
    /// What it may cost; none while nobody set it.
    pub amount: Option<f64>,
    /// The entries that set it, the newest first: it counts.
    pub entries: Vec<String>,
    /// What was spent in all.
    pub spent: f64,
    /// The newest first.
    pub expenses: Vec<Expense>,
}

impl ProjectBudget {
    /// How much of it is spent, in whole percent, at most 100; none without a budget.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and 100 after the clamp"
    )]
    pub fn percent(&self) -> Option<u32> {
        Some((self.spent * 100.0 / self.amount?).clamp(0.0, 100.0) as u32)
    }

    /// "350.50 of 1000 spent", and what that leaves.
    pub fn words(&self) -> String {
        let spent = money(self.spent);
        match self.amount {
            None => format!("{spent} spent, no budget set"),
            Some(amount) if self.spent > amount => {
                format!("{spent} of {} spent, {} over", money(amount), money(self.spent - amount))
            }
            Some(amount) => {
                format!("{spent} of {} spent, {} left", money(amount), money(amount - self.spent))
            }
        }
    }
}

/// An amount with two decimals where it has any.
pub fn money(amount: f64) -> String {
    let text = format!("{amount:.2}");
    text.strip_suffix(".00").map_or_else(|| text.clone(), str::to_owned)
}

/// What a person does about a budget.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BudgetChange {
    /// From now on it is this much.
    Set {
        /// Above 0.
        amount: f64,
    },
    /// There is none any more.
    Clear,
    /// Something was spent.
    Spend {
        /// Above 0.
        amount: f64,
        /// What for, in one word.
        category: String,
        /// What exactly; may be empty.
        description: String,
    },
    /// An expense was a mistake.
    Remove {
        /// The entry.
        id: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_says_what_is_left_or_over() {
        let of = |amount, spent| ProjectBudget { amount, spent, ..ProjectBudget::default() };
        let some = of(Some(1_000.0), 350.5);
        assert_eq!(
            (some.words().as_str(), some.percent()),
            ("350.50 of 1000 spent, 649.50 left", Some(35))
        );
        let over = of(Some(100.0), 120.0);
        assert_eq!(
            (over.words().as_str(), over.percent()),
            ("120 of 100 spent, 20 over", Some(100))
        );
        let none = of(None, 0.0);
        assert_eq!((none.words().as_str(), none.percent()), ("0 spent, no budget set", None));
    }
}
