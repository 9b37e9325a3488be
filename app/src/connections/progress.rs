//! How far the first load of Basecamp is, and how fresh the mirror is after it.

use crate::connections::server_fns::load_mirror_status;
use crate::error::AppError;
use crate::live::use_live;
use crate::ui::progress::{Progress, percent};
use crate::ui::time::use_now;
use domain::event::Topic;
use domain::mirror::{MirrorState, MirrorStatus};
use domain::words::count;
use leptos::prelude::*;

/// How far it is, asked again whenever the mirror has looked for news.
pub(crate) fn use_mirror() -> Resource<Result<Option<MirrorStatus>, AppError>> {
    let version = use_live().version(Topic::Connector);
    Resource::new(move || version.get(), |_| load_mirror_status())
}

/// A card with a bar while the first load runs, and the age of what is there.
#[component]
pub(crate) fn MirrorCard(of: Resource<Result<Option<MirrorStatus>, AppError>>) -> impl IntoView {
    let card = move || {
        let status = of.get()?.ok()??;
        Some(view! { <Status status=status /> })
    };
    view! { <Transition fallback=|| ()>{card}</Transition> }
}

#[component]
fn Status(status: MirrorStatus) -> impl IntoView {
    let now = use_now();
    let as_of = status.freshness.as_of_ms;
    let is_mirrored = status.freshness.is_mirrored;
    let read = move || is_mirrored.then(|| format!("Last read {}", now.get().ago(as_of)));
    let words = words(&status);
    let share = (status.state == MirrorState::Filling).then(|| {
        let value = share(&status);
        view! { <Progress label=format!("First load, {value}% done") value=value class="grow" /> }
    });
    view! {
        <section class="card" aria-labelledby="mirror-h">
            <div class="card__head"><h2 id="mirror-h">"What was read from Basecamp"</h2></div>
            <div class="card__body stack">
                {share}
                <p class="sm">{words}</p>
                <p class="xs quiet">{read}</p>
            </div>
        </section>
    }
}

/// Whole percent of what is known to be there.
fn share(status: &MirrorStatus) -> u32 {
    let parts = status.parts.iter().filter(|it| !it.is_absent);
    let (filled, all) = parts.fold((0, 0), |(filled, all), part| {
        let total = part.total.unwrap_or(1).max(1);
        let done = if part.is_filled { total } else { part.done.min(total) };
        (filled + done * 100 / total, all + 100)
    });
    percent(u32::try_from(filled).unwrap_or(0), u32::try_from(all).unwrap_or(0))
}

fn words(status: &MirrorStatus) -> String {
    let items: i64 = status.parts.iter().map(|it| it.done).sum();
    let stored = format!(
        "{} in {}",
        count(items, "item", "items"),
        count(status.calls, "request", "requests")
    );
    match status.state {
        MirrorState::Waiting => "The first load is about to begin".to_owned(),
        MirrorState::Filling => {
            let rate = status.rate.map(|it| format!(", {it} items a second"));
            let left = status.seconds_left.map(|it| format!(", about {} left", lasting(it)));
            format!("{stored}{}{}", rate.unwrap_or_default(), left.unwrap_or_default())
        }
        MirrorState::Following => format!("{stored}. Changes in Basecamp arrive by themselves"),
        MirrorState::Away => {
            let cause = status.freshness.stale.clone().unwrap_or_default();
            format!("{stored}. {cause}. It is tried again by itself")
        }
        MirrorState::NeedsAttention => {
            format!("{stored}. It stays readable and goes on once Basecamp is connected again")
        }
    }
}

fn lasting(seconds: i64) -> String {
    if seconds < 90 { format!("{} s", seconds.max(1)) } else { format!("{} min", seconds / 60) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::mirror::{Freshness, MirrorPart};

    #[test]
    fn the_bar_counts_every_kind_the_same() {
        let part = |done, total, is_filled| MirrorPart {
            name: String::new(),
            done,
            total,
            is_filled,
            is_absent: false,
        };
        let freshness = Freshness { as_of_ms: 0, is_mirrored: false, stale: None };
        let mut status = MirrorStatus {
            state: MirrorState::Filling,
            freshness,
            parts: vec![part(3, Some(3), true), part(50, Some(100), false), part(0, None, false)],
            calls: 4,
            rate: Some(12),
            seconds_left: Some(120),
        };
        assert_eq!(share(&status), 50);
        assert_eq!(words(&status), "53 items in 4 requests, 12 items a second, about 2 min left");
        status.parts.clear();
        assert_eq!(share(&status), 0);
    }
}
