//! When a date of the schedule is: its days, and its times of day on this computer's clock.

use crate::projects::desk::Sending;
use crate::projects::form::wrong;
use crate::ui::browser;
use crate::ui::typed::Line;
use domain::record::Item;
use leptos::prelude::*;

/// The days and times of a form while they are written.
#[derive(Clone, Copy)]
pub struct Times {
    first: RwSignal<String>,
    until: RwSignal<String>,
    from: RwSignal<String>,
    to: RwSignal<String>,
}

impl Times {
    /// Nothing written yet.
    pub(crate) fn empty() -> Self {
        let text = || RwSignal::new(String::new());
        Self { first: text(), until: text(), from: text(), to: text() }
    }

    /// When `item` is. Only in the browser.
    pub(crate) fn of(item: &Item) -> Self {
        let told = |text: &Option<String>| {
            let text = text.clone().unwrap_or_default();
            // A whole day is written as its day alone.
            browser::day_and_time(&text)
                .filter(|_| text.len() > 10)
                .unwrap_or((text, String::new()))
        };
        let ((first, from), (until, to)) = (told(&item.starts_at), told(&item.ends_at));
        let until = if until == first { String::new() } else { until };
        let text = RwSignal::new;
        Self { first: text(first), until: text(until), from: text(from), to: text(to) }
    }

    /// When it begins and ends: days, or moments where both times are given.
    pub(crate) fn both(self) -> (String, String) {
        let first = self.first.get_untracked();
        let until = self.until.get_untracked();
        let last = if until.is_empty() { first.clone() } else { until };
        let (from, to) = (self.from.get_untracked(), self.to.get_untracked());
        let at = |day: String, time: &str| {
            let is_whole = from.is_empty() || to.is_empty();
            browser::instant(&day, time).filter(|_| !is_whole).unwrap_or(day)
        };
        (at(first, &from), at(last, &to))
    }

    /// Empty again, for the next one.
    pub(crate) fn clear(self) {
        [self.first, self.until, self.from, self.to].iter().for_each(|it| it.set(String::new()));
    }
}

/// The fields for them.
#[component]
pub(crate) fn TimeFields(
    /// What is written.
    times: Times,
    /// The form.
    form: Sending,
    /// What the ids of the fields begin with.
    id: &'static str,
) -> impl IntoView {
    let Times { first, until, from, to } = times;
    view! {
        <div class="pairs">
            <Line id=format!("{id}-first") label="Day" r#type="date" value=first error=wrong(form, "starts_at") />
            <Line id=format!("{id}-last") label="Until, when it lasts longer" r#type="date" value=until error=wrong(form, "ends_at") />
            <Line id=format!("{id}-from") label="From, empty for all day" r#type="time" value=from />
            <Line id=format!("{id}-to") label="To" r#type="time" value=to />
        </div>
    }
}
