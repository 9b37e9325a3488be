//! How old what a page shows is, and why it may be out of date.

use crate::error::AppError;
use crate::live::use_live;
use crate::projects::server_fns::load_freshness;
use crate::ui::badge::Tone;
use crate::ui::callout::Callout;
use crate::ui::time::use_now;
use domain::event::Topic;
use domain::mirror::Freshness;
use leptos::prelude::*;
use std::time::Duration;

/// How often the age is asked for: the mirror looks for news without saying so.
const BEAT: Duration = Duration::from_secs(10);

/// How fresh the answers are.
pub type Ages = Resource<Result<Option<Freshness>, AppError>>;

/// How fresh the answers are; asked again with every change of a connection, and every few seconds. Made by the page,
/// outside of what loads.
pub fn use_freshness() -> Ages {
    let version = use_live().version(Topic::Connector);
    let beat = RwSignal::new(0_u64);
    Effect::new(move |_: Option<()>| {
        let handle = set_interval_with_handle(move || beat.update(|it| *it += 1), BEAT).ok();
        on_cleanup(move || {
            if let Some(handle) = handle {
                handle.clear();
            }
        });
    });
    Resource::new(move || (version.get(), beat.get()), |_| load_freshness())
}

/// The age of what is shown, as a line of a page's head.
#[component]
pub fn AgeLine(of: Ages) -> impl IntoView {
    let now = use_now();
    let words = move || {
        let found = of.get()?.ok()??;
        Some(told(&now.get().ago(found.as_of_ms)))
    };
    view! {
        <Transition fallback=|| view! { <p class="sm muted">"\u{a0}"</p> }>
            <p class="sm muted">{words}</p>
        </Transition>
    }
}

/// When Basecamp was read, from how long ago that was.
fn told(ago: &str) -> String {
    match ago {
        "now" => "Read from Basecamp just now.".to_owned(),
        ago if ago.ends_with("min") || ago.ends_with('h') => {
            format!("Read from Basecamp {ago} ago.")
        }
        day => format!("Read from Basecamp on {day}."),
    }
}

/// A warning with its cause where what is shown may be out of date; it goes by itself when all is well again.
#[component]
pub fn Age(of: Ages) -> impl IntoView {
    let warning = move || {
        let cause = of.get()?.ok()?.and_then(|it| it.stale);
        cause.map(|cause| {
            view! { <Callout tone=Tone::Warn title="This may be out of date">{cause}</Callout> }
        })
    };
    view! { <Transition>{warning}</Transition> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn age_reads_as_people_say_it() {
        assert_eq!(told("now"), "Read from Basecamp just now.");
        assert_eq!(told("4 min"), "Read from Basecamp 4 min ago.");
        assert_eq!(told("19 Mar"), "Read from Basecamp on 19 Mar.");
    }
}
