//! Status and badges: shape and word before colour.

use crate::ui::icon::Icon;
use domain::flow::run::{RunStatus, StepStatus};
use domain::trace::TraceStatus;
use leptos::prelude::*;

/// How something stands, with its glyph and its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Not published yet.
    Draft,
    /// Live.
    Published,
    /// Under way.
    Running,
    /// Waits for a person.
    Waiting,
    /// Done.
    Succeeded,
    /// Did not work.
    Failed,
    /// Waits for a time or an event.
    Paused,
    /// About to start.
    Queued,
    /// Passed over, or stopped by a person.
    Skipped,
    /// The assistant proposes it.
    Proposed,
    /// A dry run passed it over.
    WouldChange,
}

impl State {
    /// The value of `data-state`, the icon, the word.
    fn parts(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Draft => ("draft", "circle-dotted", "Draft"),
            Self::Published => ("published", "circle-live", "Published"),
            Self::Running => ("running", "running", "Running"),
            Self::Waiting => ("waiting", "waiting", "Waiting"),
            Self::Succeeded => ("succeeded", "circle-check", "Succeeded"),
            Self::Failed => ("failed", "circle-x", "Failed"),
            Self::Paused => ("paused", "pause", "Paused"),
            Self::Queued => ("queued", "circle", "Queued"),
            Self::Skipped => ("skipped", "circle-dash", "Skipped"),
            Self::Proposed => ("proposed", "wand", "Proposed"),
            Self::WouldChange => ("proposed", "wand", "Would change"),
        }
    }

    /// The value of `data-state`.
    pub fn key(self) -> &'static str {
        self.parts().0
    }

    /// The icon.
    pub fn icon(self) -> &'static str {
        self.parts().1
    }

    /// The word.
    pub fn word(self) -> &'static str {
        self.parts().2
    }
}

impl From<RunStatus> for State {
    fn from(status: RunStatus) -> Self {
        match status {
            RunStatus::Queued => Self::Queued,
            RunStatus::Running => Self::Running,
            RunStatus::Paused => Self::Paused,
            RunStatus::Succeeded => Self::Succeeded,
            RunStatus::Canceled => Self::Skipped,
            RunStatus::Failed
            | RunStatus::Timeout
            | RunStatus::InternalError
            | RunStatus::QuotaExceeded
            | RunStatus::MemoryLimitExceeded => Self::Failed,
        }
    }
}

impl From<StepStatus> for State {
    fn from(status: StepStatus) -> Self {
        match status {
            StepStatus::Running => Self::Running,
            StepStatus::Succeeded | StepStatus::Stopped => Self::Succeeded,
            StepStatus::Failed => Self::Failed,
            StepStatus::Paused => Self::Paused,
        }
    }
}

impl From<TraceStatus> for State {
    fn from(status: TraceStatus) -> Self {
        match status {
            TraceStatus::Running => Self::Running,
            TraceStatus::Success | TraceStatus::Info => Self::Succeeded,
            TraceStatus::Error => Self::Failed,
            TraceStatus::Waiting => Self::Waiting,
            TraceStatus::Cancelled => Self::Skipped,
        }
    }
}

/// Glyph and word.
#[component]
pub fn Pill(
    /// How it stands.
    #[prop(into)]
    state: Signal<State>,
    /// Other words than the usual.
    #[prop(optional, into)]
    label: Option<String>,
) -> impl IntoView {
    let words = move || label.clone().unwrap_or_else(|| state.get().word().to_owned());
    view! {
        <span class="pill" data-state=move || state.get().key()>
            <Icon name=Signal::derive(move || state.get().icon()) />
            {words}
        </span>
    }
}

/// Glyph alone, for rows that name the state elsewhere; assistive technology hears the word.
#[component]
pub fn Status(
    /// How it stands.
    #[prop(into)]
    state: Signal<State>,
) -> impl IntoView {
    view! {
        <span class="st" data-state=move || state.get().key() role="img" aria-label=move || state.get().word()>
            <Icon name=Signal::derive(move || state.get().icon()) />
        </span>
    }
}

/// What a badge means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Nothing in particular.
    #[default]
    Plain,
    /// New, or chosen.
    Accent,
    /// The assistant's.
    Iris,
    /// Finished, safe.
    Good,
    /// Waits, or soon.
    Warn,
    /// Failed, late.
    Bad,
}

impl Tone {
    /// The end of a modifier class and the value of `data-tone`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Accent => "accent",
            Self::Iris => "iris",
            Self::Good => "good",
            Self::Warn => "warn",
            Self::Bad => "bad",
        }
    }
}

/// A word beside a name.
#[component]
pub fn Badge(
    /// What it means.
    #[prop(optional)]
    tone: Tone,
    /// An icon before the word.
    #[prop(optional)]
    icon: &'static str,
    /// The word.
    children: Children,
) -> impl IntoView {
    let class = if tone == Tone::Plain {
        "badge".to_owned()
    } else {
        format!("badge badge--{}", tone.key())
    };
    view! {
        <span class=class>
            {(!icon.is_empty()).then(|| view! { <Icon name=icon /> })}
            {children()}
        </span>
    }
}

/// A number beside a name.
#[component]
pub fn Count(
    /// How many.
    #[prop(into)]
    value: Signal<u32>,
    /// What it means.
    #[prop(optional)]
    tone: Tone,
    /// What is counted, for assistive technology: "3 waiting".
    #[prop(optional)]
    what: &'static str,
) -> impl IntoView {
    let class = if tone == Tone::Plain {
        "count".to_owned()
    } else {
        format!("count count--{}", tone.key())
    };
    view! {
        <span class=class>
            {move || value.get()} {(!what.is_empty()).then(|| view! { <span class="sr">" "{what}</span> })}
        </span>
    }
}
