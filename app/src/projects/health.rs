//! How a project is doing: the score, the four parts it is made of, and what each of them counts.

use crate::ui::badge::{Pill, State};
use crate::ui::empty::Empty;
use crate::ui::progress::Progress;
use crate::ui::score::tone;
use domain::record::{HealthCounts, HealthScore, ProjectHealth};
use domain::words::count;
use leptos::prelude::*;

/// One part of a score.
struct Factor {
    name: &'static str,
    /// Percent of the whole.
    weight: u32,
    value: u32,
    why: String,
}

/// The parts with what they count, the weightiest first.
fn factors(score: &HealthScore, it: HealthCounts) -> [Factor; 4] {
    let done = if it.todos == 0 {
        "There are no to-dos, so this counts as half".to_owned()
    } else {
        format!(
            "{} of {} done, {} overdue",
            it.completed,
            count(it.todos, "to-do", "to-dos"),
            it.overdue
        )
    };
    let talk = if it.posts == 0 {
        "Nobody has posted yet, so this counts as 30".to_owned()
    } else {
        format!("{} in the last 7 days", count(it.recent_posts, "post", "posts"))
    };
    let events = count(it.recent_events, "post or changed to-do", "posts and changed to-dos");
    let lately = count(it.completed_lately, "to-do", "to-dos");
    let part = |name, weight, value, why| Factor { name, weight, value, why };
    [
        part("Activity", 30, score.activity, format!("{events} in the last 7 days")),
        part("Pace", 25, score.velocity, format!("{lately} completed in the last 30 days")),
        part("Completion", 25, score.completion, done),
        part("Conversation", 20, score.communication, talk),
    ]
}

/// The panel.
#[component]
pub(crate) fn HealthTab(health: Memo<Option<ProjectHealth>>) -> impl IntoView {
    move || {
        let ProjectHealth { score, counts } = health.get()?;
        Some(match score {
            Some(score) => view! { <Score score=score counts=counts /> }.into_any(),
            None => {
                let body = "This project has no to-dos and no posts yet. The score is worked out from both.";
                view! { <Empty icon="projects" title="No score yet" body=body /> }.into_any()
            }
        })
    }
}

#[component]
fn Score(score: HealthScore, counts: HealthCounts) -> impl IntoView {
    let (total, parts) = (score.total, factors(&score, counts));
    let state = match tone(total) {
        "good" => State::Succeeded,
        "warn" => State::Waiting,
        _ => State::Failed,
    };
    let lowest = parts.iter().min_by_key(|it| it.value).map(|it| it.name.to_lowercase());
    let lead = lowest.map(|it| format!("What holds it down most is {it}."));
    let rows = parts.into_iter().map(|it| view! { <FactorRow factor=it /> }).collect_view();
    let mut word = score.status;
    if let Some(first) = word.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    view! {
        <section class="card" aria-labelledby="he-h" style="max-inline-size: 44rem">
            <div class="card__head"><h2 id="he-h">{format!("What makes {total}")}</h2><Pill state=state label=word /></div>
            <div class="card__body stack stack--4">
                <p class="sm muted">{lead.filter(|_| total < 100)}</p>
                <ul class="factors">{rows}</ul>
            </div>
            <div class="card__foot">
                <span class="grow">"The score is worked out from Basecamp data, of 100. No one types it in."</span>
            </div>
        </section>
    }
}

#[component]
fn FactorRow(factor: Factor) -> impl IntoView {
    let Factor { name, weight, value, why } = factor;
    let label = format!("{name}, {value} of 100");
    view! {
        <li>
            <div class="row">
                <span class="med">{name}</span>
                <span class="xs quiet">{format!("{weight} % of it")}</span>
                <b class="num push">{value}</b>
            </div>
            <Progress label=label value=value tone=tone(value) />
            <p class="xs quiet">{why}</p>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_says_what_it_counts() {
        let score = HealthScore {
            total: 61,
            status: "fair".to_owned(),
            activity: 60,
            velocity: 80,
            completion: 50,
            communication: 30,
        };
        let counts =
            HealthCounts { recent_events: 1, completed_lately: 22, ..HealthCounts::default() };
        let why = factors(&score, counts).map(|it| it.why);
        assert_eq!(why[0], "1 post or changed to-do in the last 7 days");
        assert_eq!(why[1], "22 to-dos completed in the last 30 days");
        assert!(
            why[2].starts_with("There are no to-dos") && why[3].starts_with("Nobody has posted")
        );
    }
}
