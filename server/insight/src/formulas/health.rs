//! How healthy a project is (formulas.md 2).

use super::{decimals, label, real};
use serde_json::{Value, json};

/// What the score is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Inputs {
    /// Posts, and to-dos that changed, in the last 7 days.
    pub recent_events: usize,
    /// To-dos completed in the last 30 days.
    pub completed_lately: usize,
    /// All to-dos.
    pub todos: usize,
    /// Completed ones.
    pub completed: usize,
    /// Overdue ones.
    pub overdue: usize,
    /// All posts.
    pub posts: usize,
    /// Posts of the last 7 days.
    pub recent_posts: usize,
}

/// The factors in the order activity, velocity, completion, communication, and the score; none without data.
pub fn score(it: &Inputs) -> Option<([f64; 4], f64)> {
    if it.todos == 0 && it.posts == 0 {
        return None;
    }
    let step = |count: usize, steps: [(usize, f64); 5]| {
        steps.iter().find(|(least, _)| count >= *least).map_or(0.0, |(_, value)| *value)
    };
    let activity = step(it.recent_events, [(20, 1.0), (10, 0.8), (5, 0.6), (2, 0.4), (1, 0.2)]);
    // Of four weeks, compared without dividing: the steps are whole numbers a week.
    let velocity = step(it.completed_lately, [(40, 1.0), (20, 0.8), (12, 0.6), (4, 0.4), (1, 0.2)]);
    let completion = if it.todos == 0 {
        0.5
    } else {
        let share = real(it.completed) / real(it.todos) - 0.3 * real(it.overdue) / real(it.todos);
        share.clamp(0.0, 1.0)
    };
    let communication = if it.posts == 0 {
        0.3
    } else {
        step(it.recent_posts, [(15, 1.0), (10, 0.8), (5, 0.6), (2, 0.4), (1, 0.2)])
    };
    let total = 0.30 * activity + 0.25 * velocity + 0.25 * completion + 0.20 * communication;
    Some(([activity, velocity, completion, communication], total))
}

/// The result with its inputs.
pub fn result(it: &Inputs) -> Value {
    let inputs = json!({
        "recent_events": it.recent_events, "completed_lately": it.completed_lately, "todos": it.todos,
        "completed": it.completed, "overdue": it.overdue, "posts": it.posts, "recent_posts": it.recent_posts
    });
    let Some((factors, total)) = score(it) else {
        let reason = "This project has no to-dos and no posts yet";
        return json!({ "score": null, "status": "no_data", "reason": reason, "inputs": inputs });
    };
    let [activity, velocity, completion, communication] = factors.map(|it| decimals(it, 4));
    let mut value = json!({
        "score": decimals(total, 4), "status": label(total), "inputs": inputs,
        "factors": {
            "activity": activity, "velocity": velocity, "completion": completion, "communication": communication
        }
    });
    if it.todos > 0 && it.completed == it.todos {
        value["reason"] = "nothing open".into();
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_examples_of_the_section() {
        let a = Inputs {
            recent_events: 23,
            completed_lately: 22,
            todos: 40,
            completed: 24,
            overdue: 4,
            posts: 31,
            recent_posts: 12,
        };
        let a = result(&a);
        assert_eq!((&a["score"], &a["status"]), (&json!(0.8025), &json!("excellent")));
        assert_eq!(a["factors"]["completion"], 0.57);
        let b = Inputs {
            recent_events: 3,
            completed_lately: 2,
            todos: 18,
            completed: 3,
            overdue: 6,
            posts: 9,
            recent_posts: 1,
        };
        let b = result(&b);
        assert_eq!((&b["score"], &b["status"]), (&json!(0.2267), &json!("poor")));
    }

    #[test]
    fn nothing_is_no_data_and_silence_is_not_zero() {
        let empty = result(&Inputs::default());
        assert_eq!((&empty["score"], &empty["status"]), (&Value::Null, &json!("no_data")));
        let quiet = result(&Inputs { todos: 2, completed: 2, ..Inputs::default() });
        assert_eq!(quiet["factors"]["communication"], 0.3);
        assert_eq!(quiet["reason"], "nothing open");
        let only_posts = result(&Inputs { posts: 3, ..Inputs::default() });
        assert_eq!(only_posts["factors"]["completion"], 0.5);
    }
}
