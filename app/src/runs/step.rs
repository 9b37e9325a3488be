//! One step of a run: a line that opens to what went in and came out.

use super::timeline::{Entry, words};
use super::values::{InOut, Logged, Shown};
use crate::flows::marks::whole_ms;
use crate::flows::tile::PieceTile;
use crate::ui::badge::{State, Status};
use crate::ui::icon::Icon;
use domain::flow::run::{NOT_DONE, StepStatus};
use leptos::prelude::*;
use std::collections::BTreeMap;
use wasm_bindgen::JsCast;

/// What a reader opened, kept while the run goes on and the page is drawn anew. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Reading {
    /// How values are shown.
    pub shown: RwSignal<Shown>,
    opened: StoredValue<BTreeMap<String, bool>>,
    /// Why the run failed, which stands above the steps and is said there alone.
    told: StoredValue<Option<String>>,
}

impl Default for Reading {
    /// Nothing opened yet.
    fn default() -> Self {
        Self {
            shown: RwSignal::new(Shown::Readable),
            opened: StoredValue::new(BTreeMap::new()),
            told: StoredValue::new(None),
        }
    }
}

impl Reading {
    /// Notes what is said above the steps.
    pub fn tell(self, why: Option<String>) {
        self.told.set_value(why);
    }

    fn is_told(self, message: &str) -> bool {
        self.told.with_value(|it| it.as_deref() == Some(message))
    }

    fn is_open(self, path: &str, at_first: bool) -> bool {
        self.opened.with_value(|it| it.get(path).copied()).unwrap_or(at_first)
    }

    fn set_open(self, path: &str, open: bool) {
        self.opened.update_value(|it| {
            it.insert(path.to_owned(), open);
        });
    }
}

/// How the step stands.
fn state(entry: &Entry) -> State {
    if entry.would.is_some() {
        return State::WouldChange;
    }
    match entry.output.as_ref().map(|it| it.status) {
        None => State::Queued,
        Some(StepStatus::Paused) => State::Waiting,
        Some(status) => status.into(),
    }
}

/// A step with its rounds below it.
#[component]
pub fn StepEntry(
    /// What it did.
    entry: Entry,
    /// What is open, and how values are shown.
    reading: Reading,
    /// The rounds it is inside.
    #[prop(optional, into)]
    inside: String,
) -> AnyView {
    let path = StoredValue::new(format!("{inside}/{}", entry.card.name));
    let state = state(&entry);
    let look = entry.card.look;
    let time = entry.took.map(whole_ms);
    let bar = entry.span.map(|(from, size)| {
        view! { <i style=format!("inset-inline-start: {from:.1}%; inline-size: {size:.1}%")></i> }
    });
    let (rounds, said) = (entry.rounds.clone(), words(&entry));
    let (number, title) = (entry.card.number, entry.card.title.clone());
    view! {
        <li>
            <details
                class="rstep"
                data-state=state.key()
                open=path.with_value(|it| reading.is_open(it, state == State::Failed))
                on:toggle=move |event| path.with_value(|it| reading.set_open(it, is_open(&event)))
            >
                <summary>
                    <Status state=state />
                    <PieceTile look=Signal::stored(look) size="tile--sm" />
                    <span class="rstep__t">
                        <b><span class="node__n">{number}</span>{title}</b>
                        <small>{said}</small>
                    </span>
                    <span class="rstep__bar" aria-hidden="true">{bar}</span>
                    <span class="rstep__d num">{time}</span>
                    <Icon name="chev-right" class="tw" />
                </summary>
                <div class="rstep__io"><Details entry=entry reading=reading /></div>
            </details>
            <Rounds rounds=rounds reading=reading path=path.get_value() />
        </li>
    }
    .into_any()
}

fn is_open(event: &web_sys::Event) -> bool {
    let element = event.target().and_then(|it| it.dyn_into::<web_sys::Element>().ok());
    element.is_some_and(|it| it.has_attribute("open"))
}

/// What went in, what came out, what went wrong.
#[component]
fn Details(entry: Entry, reading: Reading) -> impl IntoView {
    let Some(output) = entry.output else {
        return view! { <p class="sm quiet">"This step did not run."</p> }.into_any();
    };
    let shown = Signal::from(reading.shown);
    let failed = output.error_message.filter(|it| !reading.is_told(it)).map(|it| {
        view! {
            <div class="callout" data-tone="bad">
                <Icon name="circle-x" />
                <div><strong>"This step failed"</strong><p>{it}</p></div>
            </div>
        }
    });
    let warnings = output.warnings.into_iter().filter(|it| it != NOT_DONE);
    let warnings = warnings.map(|it| view! { <li class="warn">{it}</li> }).collect_view();
    let given = if entry.rounds.is_empty() { output.output } else { None };
    let (would, out) = match &entry.would {
        Some(_) => (
            Some(view! { <p class="sm">"Not done: a dry run changes nothing."</p> }),
            "What later steps were given instead",
        ),
        None => (None, "Coming out"),
    };
    let how = how(&output.connections, output.retries);
    let how = how.map(|it| view! { <p class="sm quiet">{it}</p> });
    view! {
        {failed}
        {would}
        {how}
        <ul class="sm">{warnings}</ul>
        <div class="cols cols--2">
            <InOut input=output.input names=entry.names output=given out=out shown=shown />
        </div>
        <Logged lines=output.logged />
    }
    .into_any()
}

/// "With the connection Our CRM. Tried again 2 times."
fn how(connections: &[String], retries: u32) -> Option<String> {
    let with = match connections {
        [] => None,
        [one] => Some(format!("With the connection {one}.")),
        many => Some(format!("With the connections {}.", many.join(", "))),
    };
    let again = match retries {
        0 => None,
        1 => Some("Tried again once.".to_owned()),
        many => Some(format!("Tried again {many} times.")),
    };
    let said: Vec<String> = with.into_iter().chain(again).collect();
    (!said.is_empty()).then(|| said.join(" "))
}

/// The rounds of a loop, each with its steps.
#[component]
fn Rounds(rounds: Vec<Vec<Entry>>, reading: Reading, path: String) -> impl IntoView {
    const FIRST: usize = 10;
    let all = RwSignal::new(false);
    let more = rounds.len().saturating_sub(FIRST);
    let rounds = StoredValue::new(rounds);
    let path = StoredValue::new(path);
    let round = move |(at, steps): (usize, Vec<Entry>)| {
        let inside = path.with_value(|it| format!("{it}/{at}"));
        let entry = |it| view! { <StepEntry entry=it reading=reading inside=inside.clone() /> };
        let steps = steps.into_iter().map(entry).collect_view();
        view! {
            <li>
                <p class="xs quiet">{format!("Round {}", at + 1)}</p>
                <ol class="rsteps">{steps}</ol>
            </li>
        }
    };
    let list = move || {
        let count = if all.get() { usize::MAX } else { FIRST };
        rounds.get_value().into_iter().take(count).enumerate().map(round).collect_view()
    };
    (!rounds.with_value(Vec::is_empty)).then(|| {
        view! {
            <ol class="rsteps rsteps--in">
                {list}
                <Show when=move || { more > 0 && !all.get() }>
                    <li>
                        <button type="button" class="btn btn--sm btn--ghost" on:click=move |_| all.set(true)>
                            {format!("Show {more} more")}
                        </button>
                    </li>
                </Show>
            </ol>
        }
    })
}

#[cfg(test)]
mod tests {
    use super::how;

    #[test]
    fn a_step_says_what_it_used_and_how_often_it_was_tried() {
        let one = ["Our CRM".to_owned()];
        assert_eq!(how(&[], 0), None);
        assert_eq!(how(&one, 1).unwrap(), "With the connection Our CRM. Tried again once.");
        let two = ["A".to_owned(), "B".to_owned()];
        assert_eq!(how(&two, 3).unwrap(), "With the connections A, B. Tried again 3 times.");
    }
}
