//! Bars: only where the end is known.

use leptos::prelude::*;

/// `done` of `total`, in whole percent.
pub fn percent(done: u32, total: u32) -> u32 {
    if total == 0 {
        0
    } else {
        u32::try_from(u64::from(done) * 100 / u64::from(total)).unwrap_or(100).min(100)
    }
}

/// A bar. `label` says what and how far: "12 of 19 to-dos done".
#[component]
pub fn Progress(
    /// For assistive technology.
    #[prop(into)]
    label: String,
    /// From 0 to 100.
    value: u32,
    /// `good`, `warn`, `bad`.
    #[prop(optional)]
    tone: &'static str,
    /// More classes.
    #[prop(optional)]
    class: &'static str,
) -> impl IntoView {
    view! {
        <span
            class=format!("progress {class}")
            role="progressbar"
            aria-label=label
            aria-valuenow=value.to_string()
            aria-valuemin="0"
            aria-valuemax="100"
            data-tone=(!tone.is_empty()).then_some(tone)
        >
            <span style=format!("inline-size: {value}%")></span>
        </span>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_nothing_is_nothing() {
        assert_eq!(percent(0, 0), 0);
        assert_eq!(percent(12, 19), 63);
        assert_eq!(percent(5, 4), 100);
    }
}
