//! A working day under a clock that is put forward a minute at a time: what keeping the mirror fresh costs.

use super::upstream::Upstream;
use super::{Installation, number};
use crate::{Failure, Measured, report_bar};
use domain::todo::{Todo, TodoQuery};
use reqwest::Method;
use serde_json::json;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

const MINUTE: Duration = Duration::from_secs(60);
/// The longest that a day is lived; what is left of it is said.
const LONGEST: Duration = Duration::from_secs(8 * 60);
/// Minutes of a day, and those people work in.
const MINUTES: usize = 24 * 60;
const WORK: std::ops::Range<usize> = 8 * 60..18 * 60;
/// Changes that people make in a working minute, three in two: nine hundred a day.
const CHANGES: [usize; 2] = [1, 2];
/// Of what was asked for, so many lines are said.
const LINES: usize = 20;

pub(super) async fn measure(upstream: &Upstream, filled: &Installation) -> Measured {
    let todos = filled.basecamp.todos(&filled.actor, &TodoQuery::default()).await?;
    let (before, mut changes) = (upstream.count().await?, 0);
    let earlier = upstream.counts().await?;
    let (begun, mut lived) = (Instant::now(), 0);
    for minute in 0..MINUTES {
        if begun.elapsed() > LONGEST {
            break;
        }
        lived += 1;
        upstream.pass(MINUTE).await?;
        store::testing::pass(MINUTE);
        if WORK.contains(&minute) {
            for _ in 0..CHANGES[minute % CHANGES.len()] {
                change(upstream, &todos, changes).await?;
                changes += 1;
            }
        }
        Box::pin(filled.basecamp.sync_once()).await?;
    }
    let calls = upstream.count().await? - before - u64::try_from(changes)?;
    report_bar("changes in a day", "records", number(u64::try_from(changes)?), "about 900");
    report_bar("minutes of the day", "lived", number(lived), "1440");
    report_bar("steady state", "calls a day", number(calls), "<= 6000");
    let took = begun.elapsed().as_secs_f64();
    report_bar("the day took", "s", took, "none: the clock is put forward");
    for (about, count) in most(&upstream.counts().await?, &earlier) {
        report_bar(&about, "calls a day", number(count), "none");
    }
    Ok(())
}

/// What was asked for most since `earlier`, without what people did.
fn most(now: &BTreeMap<String, u64>, earlier: &BTreeMap<String, u64>) -> Vec<(String, u64)> {
    let since = |(about, count): (&String, &u64)| {
        (about.clone(), count - earlier.get(about).copied().unwrap_or_default())
    };
    let mut most: Vec<_> =
        now.iter().map(since).filter(|(about, _)| about.starts_with("GET")).collect();
    most.sort_by_key(|it| Reverse(it.1));
    most.truncate(LINES);
    most
}

/// One of what people do: mostly comments and edits, now and then something into the trash.
async fn change(upstream: &Upstream, todos: &[Todo], number: usize) -> Result<(), Failure> {
    // Those that go to the trash are not touched again.
    let (kept, thrown) = todos.split_at(todos.len() - todos.len() / 20);
    let pick = |among: &[Todo]| {
        among.get(number * 37 % among.len().max(1)).map(|it| (it.id, it.title.clone()))
    };
    let (id, title) = pick(kept).ok_or("no to-dos")?;
    match number % 40 {
        0 => {
            let (id, _) = pick(thrown).ok_or("no to-dos")?;
            upstream
                .write(Method::PUT, &format!("recordings/{id}/status/trashed.json"), json!({}))
                .await
        }
        1..=9 => {
            upstream.write(Method::POST, &format!("todos/{id}/completion.json"), json!({})).await
        }
        10..=24 => {
            let body = json!({"content": format!("{title}, again"), "due_on": "2030-01-07"});
            upstream.write(Method::PUT, &format!("todos/{id}.json"), body).await
        }
        _ => {
            let body = json!({"content": "<div>On it.</div>"});
            upstream.write(Method::POST, &format!("recordings/{id}/comments.json"), body).await
        }
    }
}
