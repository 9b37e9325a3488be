//! Who should take an item (formulas.md 15).

use super::{decimals, real};
use serde_json::{Value, json};

/// What the cost of one person is made of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Inputs {
    /// Skills the item needs.
    pub needed: usize,
    /// Those the person is known for.
    pub known: usize,
    /// Open items they have.
    pub open: usize,
    /// Items a person can have.
    pub capacity: usize,
    /// Whether they work in the project.
    pub is_here: bool,
    /// Share of past similar items completed on time; none without history.
    pub on_time: Option<f64>,
}

/// The parts that are taken from 100: skills, load, project, history.
pub fn parts(it: &Inputs) -> [f64; 4] {
    let share = if it.needed == 0 { 1.0 } else { real(it.known) / real(it.needed) };
    let free = (1.0 - real(it.open) / real(it.capacity.max(1))).clamp(0.0, 1.0);
    [
        40.0 * share,
        30.0 * free,
        if it.is_here { 20.0 } else { 0.0 },
        10.0 * it.on_time.unwrap_or(0.5),
    ]
}

/// The cost: the lowest is the best.
pub fn cost(it: &Inputs) -> f64 {
    (100.0 - parts(it).iter().sum::<f64>()).max(0.0)
}

/// The cost with its parts.
pub fn result(person: &str, it: &Inputs) -> Value {
    let [skills, load, project, history] = parts(it).map(|it| decimals(it, 2));
    json!({
        "person": person, "cost": decimals(cost(it), 2), "open_items": it.open,
        "parts": { "skills": skills, "load": load, "project": project, "history": history }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_examples_of_the_section() {
        let a = Inputs {
            needed: 3,
            known: 2,
            open: 4,
            capacity: 10,
            is_here: true,
            on_time: Some(0.9),
        };
        assert_eq!(result("A", &a)["cost"], 26.33);
        let b =
            Inputs { needed: 2, known: 0, open: 9, capacity: 10, is_here: false, on_time: None };
        assert_eq!(result("B", &b)["cost"], 92.0);
    }
}
