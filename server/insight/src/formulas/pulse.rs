//! The pulse of a project: four parts of 25 (formulas.md 4).

use super::{balance, real, whole};
use serde_json::{Value, json};

/// What the pulse is made of: the first three over the period, the rest at this moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inputs {
    /// To-dos completed.
    pub completed: usize,
    /// To-dos created.
    pub created: usize,
    /// Messages and comments.
    pub posts: usize,
    /// To-dos, open and completed, at any time.
    pub todos: usize,
    /// Messages and comments at any time.
    pub all_posts: usize,
    /// Open to-dos.
    pub open: usize,
    /// Overdue ones.
    pub overdue: usize,
    /// Those without activity for more than 7 days.
    pub stale: usize,
    /// Those that nobody has.
    pub unassigned: usize,
    /// Open to-dos of each person who has any.
    pub loads: Vec<usize>,
}

/// The parts in the order velocity, risk, communication, balance; none without data.
pub fn parts(it: &Inputs) -> Option<[i64; 4]> {
    if it.todos == 0 && it.all_posts == 0 {
        return None;
    }
    let velocity = match (it.completed, it.created, it.open) {
        (_, 0, 0) => 25,
        (0, ..) => 0,
        (completed, created, _) => {
            let plain = whole(25.0 * real(completed) / real(created.max(1))).min(25);
            let is_falling = real(created) > 1.5 * real(completed);
            if is_falling {
                whole(0.7 * f64::from(i32::try_from(plain).unwrap_or(25)))
            } else {
                plain
            }
        }
    };
    let share = |count: usize, most: f64| {
        if it.open == 0 { 0 } else { whole(most * real(count) / real(it.open)).min(whole(most)) }
    };
    let late = whole(2.0 * real(it.overdue)).min(10);
    let risk = (25 - late - share(it.stale, 8.0) - share(it.unassigned, 5.0)).max(0);
    let communication = match it.posts {
        5.. => 25,
        2..=4 => 20,
        1 => 15,
        0 => 5,
    };
    let balance = match it.loads.as_slice() {
        [] => 20,
        [_] => 15,
        loads => whole(25.0 * (1.0 - balance::gini(loads).unwrap_or(0.0))),
    };
    Some([velocity, risk, communication, balance])
}

/// Sentences for what stands out.
pub fn advice(it: &Inputs, parts: [i64; 4]) -> Vec<&'static str> {
    let rules = [
        (it.overdue > 0, "Settle the overdue to-dos: do them, move their days, or drop them"),
        (it.stale > 3, "Ask about the to-dos that nothing has happened to for a week"),
        (it.unassigned > 3, "Give the unassigned to-dos to somebody"),
        (parts[0] < 10, "More is begun than finished: finish before starting anew"),
        (parts[2] < 10, "Little is said here: write a short update"),
    ];
    rules.into_iter().filter(|it| it.0).map(|it| it.1).collect()
}

/// Risks in their order: type, severity, and how many.
pub fn risks(it: &Inputs) -> Vec<(&'static str, &'static str, usize)> {
    let level = |count: usize, high: usize| if count > high { "high" } else { "medium" };
    let all = [
        ("deadline", level(it.overdue, 3), it.overdue),
        ("stalled", level(it.stale, 5), it.stale),
        ("unassigned", "low", it.unassigned),
    ];
    all.into_iter().filter(|it| it.2 > 0).collect()
}

/// Score, grade, parts and advice with the inputs; the risks are added where the items are known.
pub fn result(it: &Inputs) -> Value {
    let inputs = json!({
        "completed": it.completed, "created": it.created, "open": it.open, "overdue": it.overdue, "stale": it.stale,
        "unassigned": it.unassigned, "posts": it.posts, "open_per_person": it.loads
    });
    let Some(parts) = parts(it) else {
        let reason = "This project has no to-dos and no posts yet";
        return json!({
            "score": null, "grade": null, "trend": null, "status": "no_data", "reason": reason, "inputs": inputs
        });
    };
    let score: i64 = parts.iter().sum();
    let [velocity, risk, communication, balance] = parts;
    json!({
        "score": score, "grade": super::grade(score), "trend": null, "inputs": inputs,
        "breakdown": {
            "velocity": velocity, "risk": risk, "communication": communication, "balance": balance
        },
        "recommendations": advice(it, parts)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn a() -> Inputs {
        Inputs {
            completed: 18,
            created: 15,
            posts: 7,
            todos: 60,
            all_posts: 9,
            open: 30,
            overdue: 2,
            stale: 5,
            unassigned: 3,
            loads: vec![8, 7, 9, 6],
        }
    }

    fn b() -> Inputs {
        Inputs {
            completed: 4,
            created: 12,
            posts: 1,
            todos: 40,
            all_posts: 3,
            open: 25,
            overdue: 6,
            stale: 15,
            unassigned: 10,
            loads: vec![12, 2, 1],
        }
    }

    fn one_assignee() -> Inputs {
        Inputs {
            completed: 3,
            created: 2,
            posts: 2,
            todos: 9,
            all_posts: 2,
            open: 6,
            stale: 1,
            loads: vec![6],
            ..Inputs::default()
        }
    }

    #[test]
    fn every_example_of_the_section() {
        assert_eq!(parts(&a()), Some([25, 19, 25, 23]));
        assert_eq!(parts(&b()), Some([6, 8, 15, 13]));
        assert_eq!(parts(&one_assignee()), Some([25, 24, 20, 15]));
        let done = Inputs { todos: 4, ..Inputs::default() };
        assert_eq!(parts(&done), Some([25, 25, 5, 20]));
        let told: Vec<Value> = [a(), b(), one_assignee(), done].iter().map(result).collect();
        let graded: Vec<(&Value, &Value)> =
            told.iter().map(|it| (&it["score"], &it["grade"])).collect();
        let wanted = json!([[92, "A"], [42, "F"], [84, "B"], [75, "C"]]);
        assert_eq!(json!(graded), wanted);
        assert_eq!(whole((92.0 + 42.0 + 84.0) / 3.0), 73);
    }

    #[test]
    fn nothing_at_all_is_no_data_and_nothing_finished_is_no_velocity() {
        assert_eq!(parts(&Inputs::default()), None);
        let begun = Inputs { todos: 2, open: 2, created: 2, ..Inputs::default() };
        assert_eq!(parts(&begun).unwrap()[0], 0);
        assert_eq!(risks(&b())[0], ("deadline", "high", 6));
        assert_eq!(advice(&b(), [6, 8, 15, 13]).len(), 4);
    }
}
