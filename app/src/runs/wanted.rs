//! What a reader of runs wants to see: it stands in the address, and narrows the list by the server.

use super::server_fns::{RunChoices, load_run_choices};
use crate::ui::choice::Chip;
use crate::ui::search::SearchBox;
use crate::ui::time::Moment;
use domain::flow::listing::RunFilter;
use domain::flow::run::RunStatus;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{query_signal_with_options, use_query_map};

/// How many come at once.
const PART: u32 = 50;

/// What the chips filter by: key, words, states.
const STATES: [(&str, &str, &[RunStatus]); 4] = [
    ("", "Any state", &[]),
    ("failed", "Failed", &RunStatus::FAILED),
    ("waiting", "Waiting", &[RunStatus::Paused]),
    ("running", "Running", &[RunStatus::Running, RunStatus::Queued]),
];

/// From when on: key, words, days before today.
const TIMES: [(&str, &str, Option<i64>); 4] = [
    ("", "Any time", None),
    ("today", "Today", Some(0)),
    ("week", "Last 7 days", Some(6)),
    ("month", "Last 30 days", Some(29)),
];

/// The address in words of its own; everything empty is every live run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// A key of the states.
    pub state: String,
    /// Id of a flow.
    pub flow: String,
    /// A key of the times.
    pub when: String,
    /// Id of a person.
    pub person: String,
    /// Words in the flow's name or in the run's number.
    pub words: String,
    /// What somebody only tried out, and nothing else.
    pub tests: bool,
}

impl Wanted {
    /// What the server is asked for; `cursor` is where an earlier part ended.
    pub fn filter(&self, now: Moment, cursor: Option<String>) -> RunFilter {
        let some = |it: &String| (!it.is_empty()).then(|| it.clone());
        let states = STATES.iter().find(|it| it.0 == self.state);
        let days = TIMES.iter().find(|it| it.0 == self.when).and_then(|it| it.2);
        RunFilter {
            flow_id: some(&self.flow).map(Into::into),
            status: states.map_or_else(Vec::new, |it| it.2.to_vec()),
            tests: Some(self.tests),
            person: some(&self.person).map(Into::into),
            since: days.map(|it| now.midnight(it)),
            search: some(&self.words),
            limit: Some(PART),
            cursor,
            ..RunFilter::default()
        }
    }

    /// Something narrows the list.
    pub fn is_narrow(&self) -> bool {
        *self != Self::default()
    }
}

/// What the address asks for.
pub fn use_wanted() -> Memo<Wanted> {
    let query = use_query_map();
    Memo::new(move |_| {
        let query = query.read();
        let text = |key: &str| query.get(key).unwrap_or_default();
        Wanted {
            state: text("state"),
            flow: text("flow"),
            when: text("when"),
            person: text("person"),
            words: text("q"),
            tests: query.get("tests").is_some(),
        }
    })
}

/// Puts one part of it into the address; nothing takes it out.
fn use_set(key: &'static str) -> Callback<Option<String>> {
    let options = NavigateOptions { scroll: false, ..NavigateOptions::default() };
    let (_, set) = query_signal_with_options::<String>(key, options);
    Callback::new(move |value: Option<String>| set.set(value.filter(|it| !it.is_empty())))
}

/// Search, states, tests, flow, person and time.
#[component]
pub fn RunsToolbar(
    /// What the address asks for.
    wanted: Memo<Wanted>,
) -> impl IntoView {
    let words = RwSignal::new(wanted.with_untracked(|it| it.words.clone()));
    let (set_state, set_words, set_tests) = (use_set("state"), use_set("q"), use_set("tests"));
    Effect::new(move |_| {
        let typed = words.get().trim().to_owned();
        if wanted.with_untracked(|it| it.words != typed) {
            set_words.run(Some(typed));
        }
    });
    // Going back, or showing all again, is seen in the box too.
    Effect::new(move |_| {
        let asked = wanted.with(|it| it.words.clone());
        if words.with_untracked(|it| it.trim() != asked) {
            words.set(asked);
        }
    });
    let chip = move |(key, label, _): (&'static str, &'static str, &'static [RunStatus])| {
        let on = Signal::derive(move || wanted.with(|it| it.state == key));
        view! { <Chip on=on press=move |()| set_state.run(Some(key.to_owned()))>{label}</Chip> }
    };
    let tests = Signal::derive(move || wanted.with(|it| it.tests));
    let turn = move |()| set_tests.run((!tests.get_untracked()).then(|| "1".to_owned()));
    view! {
        <div class="toolbar">
            <SearchBox label="Search runs" placeholder="Flow or run number" words=words when_done=true />
            <div class="chips" role="group" aria-label="State">{STATES.map(chip).into_iter().collect_view()}</div>
            <div class="chips" role="group" aria-label="Kind"><Chip on=tests press=turn>"Tests"</Chip></div>
            <span class="push row row--wrap"><Choices wanted=wanted /></span>
        </div>
    }
}

/// Flow, person and time, once the server has said which there are.
#[component]
fn Choices(wanted: Memo<Wanted>) -> impl IntoView {
    let choices = Resource::new(|| (), |()| load_run_choices());
    let times = TIMES.iter().map(|it| (it.0.to_owned(), it.1.to_owned())).collect::<Vec<_>>();
    let first = |words: &str| (String::new(), words.to_owned());
    view! {
        <Suspense fallback=|| ()>
            {move || Suspend::new(async move {
                let RunChoices { flows, people } = choices.await.unwrap_or_default();
                let flows = std::iter::once(first("All flows")).chain(flows).collect::<Vec<_>>();
                let people = std::iter::once(first("Anybody")).chain(people).collect::<Vec<_>>();
                view! {
                    <Narrow key="flow" label="Flow" options=flows chosen=Signal::derive(move || wanted.with(|it| it.flow.clone())) />
                    <Narrow key="person" label="Started by" options=people chosen=Signal::derive(move || wanted.with(|it| it.person.clone())) />
                }
            })}
        </Suspense>
        <Narrow key="when" label="When" options=times chosen=Signal::derive(move || wanted.with(|it| it.when.clone())) />
    }
}

/// One choice of what is listed.
#[component]
fn Narrow(
    key: &'static str,
    label: &'static str,
    options: Vec<(String, String)>,
    chosen: Signal<String>,
) -> impl IntoView {
    let set = use_set(key);
    let option = move |(value, words): (String, String)| {
        let own = value.clone();
        view! { <option value=value prop:selected=move || chosen.with(|it| *it == own)>{words}</option> }
    };
    view! {
        <select class="select runs__pick" aria-label=label on:change=move |event| set.run(Some(event_target_value(&event)))>
            {options.into_iter().map(option).collect_view()}
        </select>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Moment { now_ms: 1_771_407_960_000, offset_minutes: 60 };

    #[test]
    fn the_address_becomes_a_filter_and_tests_are_apart() {
        let all = Wanted::default().filter(NOW, None);
        assert_eq!(
            all,
            RunFilter { tests: Some(false), limit: Some(PART), ..RunFilter::default() }
        );
        let wanted = Wanted {
            state: "failed".to_owned(),
            when: "today".to_owned(),
            person: "u1".to_owned(),
            ..Wanted::default()
        };
        let filter = wanted.filter(NOW, Some("c".to_owned()));
        assert_eq!(filter.status, RunStatus::FAILED);
        // Midnight in the workspace is an hour before midnight in UTC.
        assert_eq!(filter.since, Some(1_771_369_200_000));
        assert_eq!((filter.person, filter.cursor), (Some("u1".into()), Some("c".to_owned())));
        assert!(wanted.is_narrow() && !Wanted::default().is_narrow());
    }

    #[test]
    fn words_that_nobody_offers_narrow_nothing() {
        let odd =
            Wanted { state: "nonsense".to_owned(), when: "once".to_owned(), ..Wanted::default() };
        let filter = odd.filter(NOW, None);
        assert!(filter.status.is_empty() && filter.since.is_none());
    }
}
