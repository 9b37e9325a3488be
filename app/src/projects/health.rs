//! How a project is doing: the score, the four parts it is made of, and what each of them counts.

use crate::ui::badge::{Pill, State};
use crate::ui::empty::Empty;
use crate::ui::progress::Progress;
use crate::ui::score::{Ring, Spark, Trend, tone};
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
        let ProjectHealth { score, counts, moved, weeks } = health.get()?;
        Some(match score {
            Some(score) => {
                view! { <Score score=score counts=counts moved=moved weeks=weeks /> }.into_any()
            }
            None => {
                let body = "This project has no to-dos and no posts yet. The score is worked out from both.";
                view! { <Empty icon="projects" title="No score yet" body=body /> }.into_any()
            }
        })
    }
}

/// The score in its words and its tone.
fn word(score: &HealthScore) -> (State, String) {
    let state = match tone(score.total) {
        "good" => State::Succeeded,
        "warn" => State::Waiting,
        _ => State::Failed,
    };
    let mut word = score.status.clone();
    if let Some(first) = word.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    (state, word)
}

/// What a score suffers from most.
fn lead(score: &HealthScore, parts: &[Factor; 4]) -> Option<String> {
    let lowest = parts.iter().min_by_key(|it| it.value).map(|it| it.name.to_lowercase());
    lowest.filter(|_| score.total < 100).map(|it| format!("What holds it down most is {it}."))
}

#[component]
fn Score(
    score: HealthScore,
    counts: HealthCounts,
    moved: Option<i32>,
    weeks: Vec<u32>,
) -> impl IntoView {
    let (total, parts) = (score.total, factors(&score, counts));
    let ((state, word), lead) = (word(&score), lead(&score, &parts));
    let history = match weeks.len() {
        0 | 1 => "How it moves shows after a week.".to_owned(),
        many => format!("The last {many} weeks."),
    };
    let rows = parts.into_iter().map(|it| view! { <FactorRow factor=it /> }).collect_view();
    view! {
        <div class="cols cols--main">
            <section class="card" aria-labelledby="he-h">
                <div class="card__head">
                    <h2 id="he-h">{format!("Health {total} of 100")}</h2>
                    <Pill state=state label=word />
                    <span class="push"><Trend moved=moved /></span>
                </div>
                <div class="card__body stack stack--4">
                    <p class="sm muted">{lead}</p>
                    <ul class="factors">{rows}</ul>
                </div>
                <div class="card__foot">
                    <span class="grow">"The score is worked out from Basecamp data, of 100. No one types it in."</span>
                </div>
            </section>
            <section class="card" aria-labelledby="he-w">
                <div class="card__head"><h2 id="he-w">"Week by week"</h2></div>
                <div class="card__body stack stack--4">
                    <div class="row gap-4"><Ring score=Some(total) /><Spark weeks=weeks /></div>
                    <p class="xs quiet">{history}</p>
                </div>
            </section>
        </div>
    }
}

/// The score on the first tab: what it is, what it is made of, and the way to more.
#[component]
pub(crate) fn HealthCard(
    health: Memo<Option<ProjectHealth>>,
    href: Signal<String>,
) -> impl IntoView {
    let content = move || {
        let ProjectHealth { score, counts, moved, weeks } = health.get()?;
        let Some(score) = score else {
            let words = "There are no to-dos and no posts yet to work it out from.";
            return Some(view! { <p class="none">{words}</p> }.into_any());
        };
        let parts = factors(&score, counts);
        let ((_, word), lead) = (word(&score), lead(&score, &parts));
        let bar = |it: Factor| {
            let label = format!("{}, {} of 100", it.name, it.value);
            view! {
                <li>
                    <div class="row"><span class="med">{it.name}</span><b class="num push">{it.value}</b></div>
                    <Progress label=label value=it.value tone=tone(it.value) />
                </li>
            }
        };
        let bars = parts.into_iter().map(bar).collect_view();
        Some(
            view! {
                <div class="card__body stack stack--4">
                    <div class="row gap-4">
                        <Ring score=Some(score.total) />
                        <span class="grow"><b class="med">{word}</b><span class="xs quiet block">{lead}</span></span>
                        <Spark weeks=weeks />
                        <Trend moved=moved />
                    </div>
                    <ul class="factors">{bars}</ul>
                </div>
            }
            .into_any(),
        )
    };
    view! {
        <section class="card" aria-labelledby="ov-health">
            <div class="card__head">
                <h2 id="ov-health">"Health"</h2>
                <a class="btn btn--sm btn--ghost push" href=move || href.get()>"What makes it"</a>
            </div>
            {content}
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
                <span class="xs quiet">{format!("counts {weight} %")}</span>
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
        let parts = factors(&score, counts);
        let words = lead(&score, &parts);
        assert_eq!(words.as_deref(), Some("What holds it down most is conversation."));
        assert_eq!(word(&score).1, "Fair");
        let why = parts.map(|it| it.why);
        assert_eq!(why[0], "1 post or changed to-do in the last 7 days");
        assert_eq!(why[1], "22 to-dos completed in the last 30 days");
        assert!(
            why[2].starts_with("There are no to-dos") && why[3].starts_with("Nobody has posted")
        );
    }
}
