//! One step on the canvas.

use super::cards::{Card, Kind};
use super::find::is_found;
use super::marks::{RunMark, Written};
use super::menu::StepMenuButton;
use super::presence::face;
use super::store::Studio;
use super::tile::PieceTile;
use super::view::Area;
use crate::ui::icon::Icon;
use leptos::prelude::*;

/// What one step shows, read from the studio so that it changes alone.
#[derive(Clone, Copy)]
pub struct NodeState {
    /// Its texts and mark.
    pub card: Signal<Card>,
    /// What is missing, the first thing.
    pub problem: Signal<Option<String>>,
    /// How it stands in the run that is shown.
    pub run: Signal<Option<RunMark>>,
    /// The assistant has just written it.
    pub written: Signal<Option<Written>>,
    /// Its settings are open.
    pub is_chosen: Signal<bool>,
    /// It is picked for doing something with several.
    pub is_picked: Signal<bool>,
    /// The search found it.
    pub is_found: Signal<bool>,
    /// Who else has its settings open.
    pub who: Signal<Option<String>>,
}

impl NodeState {
    /// Of the step called `name`.
    pub fn of(studio: Studio, name: &str, card: Card) -> Self {
        let key = StoredValue::new(name.to_owned());
        let read = move |name: String| {
            studio.cards.with(|all| all.iter().find(|it| it.name == name).cloned())
        };
        let card = Memo::new(move |last: Option<&Card>| {
            read(key.get_value()).or_else(|| last.cloned()).unwrap_or_else(|| card.clone())
        });
        let problem = move || {
            let quiet = studio.run.with(Option::is_some);
            let first = |all: &super::store::Problems| {
                all.get(&key.get_value())?.first().map(|it| it.message.clone())
            };
            if quiet { None } else { studio.problems.with(first) }
        };
        Self {
            card: card.into(),
            problem: Memo::new(move |_| problem()).into(),
            run: Memo::new(move |_| {
                studio.run_marks.with(|all| all.get(&key.get_value()).cloned())
            })
            .into(),
            written: Memo::new(move |_| {
                let proposed = studio.proposed.with(|all| all.get(&key.get_value()).copied());
                proposed.or_else(|| studio.written.with(|all| all.get(&key.get_value()).copied()))
            })
            .into(),
            is_chosen: Memo::new(move |_| studio.chosen.with(|it| *it == Some(key.get_value())))
                .into(),
            is_picked: Memo::new(move |_| studio.picked.with(|it| it.contains(&key.get_value())))
                .into(),
            is_found: Memo::new(move |_| is_found(studio, &key.get_value())).into(),
            who: Memo::new(move |_| studio.who_is_at(&key.get_value())).into(),
        }
    }

    /// Everything a person hears besides the name.
    fn spoken(self) -> String {
        let kind = self.card.with(|it| it.kind.label().to_owned());
        let off = self.card.with(|it| it.is_off).then(|| "Switched off".to_owned());
        let picked = self.is_picked.get().then(|| "Picked".to_owned());
        let who = self.who.get().map(|it| format!("{it} is here"));
        let run = self.run.get().map(|it| it.word().to_owned());
        let written = self.written.get().map(|it| it.words().to_owned());
        [Some(kind), picked, who, off, run, written, self.note()]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// The row below: what is missing, or what went wrong.
    fn note(self) -> Option<String> {
        self.run.get().and_then(|it| it.note).or_else(|| self.problem.get())
    }
}

/// A step: one button, its menu, and a row below where something needs saying.
#[component]
pub fn StepNode(
    /// The open flow.
    studio: Studio,
    /// What it shows.
    state: NodeState,
    /// Where it stands.
    #[prop(into)]
    area: Signal<Area>,
) -> impl IntoView {
    let name = state.card.with_untracked(|it| it.name.clone());
    let step = name.clone();
    let place = move || {
        let it = area.get();
        format!(
            "left: {}px; top: {}px; width: {}px; height: {}px",
            it.x, it.y, it.size.w, it.size.h
        )
    };
    let run = move || {
        let off = state.card.with(|it| it.is_off).then_some("skipped");
        state.run.get().map(|it| it.state).or(off)
    };
    view! {
        <li
            class="node"
            style=place
            data-step=step
            data-picked=move || state.is_picked.get().then_some("")
            data-found=move || state.is_found.get().then_some("")
            data-kind=move || state.card.with(|it| it.kind.as_str())
            data-run=run
            data-selected=move || state.is_chosen.get().then_some("")
            data-invalid=move || state.problem.get().map(|_| "")
            data-creating=move || state.written.get().filter(|it| *it == Written::Added).map(|_| "")
            data-op=move || state.written.get().map(Written::op)
        >
            <WrittenTag state=state />
            {move || state.who.get().map(|it| view! { <span class="node__who" aria-hidden="true" title=it.clone()>{face(&it)}</span> })}
            <NodeButton studio=studio state=state name=name.clone() />
            <Show when=move || studio.is_editing()>
                <StepMenuButton studio=studio name=name.clone() class="icon-btn icon-btn--xs node__more" />
            </Show>
            <NodeNote state=state />
        </li>
    }
}

#[component]
fn NodeButton(studio: Studio, state: NodeState, name: String) -> impl IntoView {
    let (id, open, at) = (format!("node-{name}"), name.clone(), name.clone());
    let is_stop = move || studio.at.with(|it| *it == at);
    view! {
        <button
            class="node__main"
            type="button"
            id=id
            tabindex=move || if is_stop() { "0" } else { "-1" }
            aria-current=move || state.is_chosen.get().then_some("step")
            on:click=move |event| studio.pressed(&open, &event)
            on:focus=move |_| studio.at.set(name.clone())
        >
            <PieceTile look=Signal::derive(move || state.card.with(|it| it.look)) />
            <span class="grow">
                <b>
                    <span class="node__n">
                        <span class="sr">"Step "</span>
                        {move || state.card.with(|it| it.number)}
                    </span>
                    {move || state.card.with(|it| it.title.clone())}
                </b>
                <small>{move || state.run.get().and_then(|it| it.words).unwrap_or_else(|| state.card.with(|it| it.words.clone()))}</small>
                <span class="sr">{move || state.spoken()}</span>
            </span>
            <NodeMark state=state />
        </button>
    }
}

/// How the step stands in the run, at its right.
#[component]
fn NodeMark(state: NodeState) -> impl IntoView {
    let is_off = move || state.card.with(|it| it.is_off);
    move || match state.run.get() {
        Some(it) if it.state == "skipped" => quiet("Skipped"),
        Some(it) => it.shown.map_or_else(
            || ().into_any(),
            |state| {
                let glyph = view! { <Icon name=state.icon() /> };
                view! {
                    <span class="node__run">
                        <span class="st" data-state=state.key() aria-hidden="true">{glyph}</span>
                    </span>
                }
                .into_any()
            },
        ),
        None if is_off() => quiet("Off"),
        None => ().into_any(),
    }
}

fn quiet(word: &'static str) -> AnyView {
    view! { <span class="node__run"><span class="xs quiet" aria-hidden="true">{word}</span></span> }
        .into_any()
}

/// The row below: a problem, a failure, or how far a loop is.
#[component]
fn NodeNote(state: NodeState) -> impl IntoView {
    let part = move || state.run.get().and_then(|it| it.part);
    let icon = move || if state.run.get().is_some() { "circle-x" } else { "alert" };
    move || {
        match (part(), state.note()) {
        (Some(part), note) if state.card.with(|it| it.kind == Kind::Loop) => view! {
            <span class="node__note" aria-hidden="true">
                <span class="progress grow"><span style=format!("inline-size: {part}%")></span></span>
                {note}
            </span>
        }
        .into_any(),
        (_, Some(note)) => view! { <span class="node__note" aria-hidden="true"><Icon name=icon() /><span class="node__said">{note}</span></span> }.into_any(),
        (_, None) => ().into_any(),
    }
    }
}

/// "Assistant is adding", above the upper edge.
#[component]
fn WrittenTag(state: NodeState) -> impl IntoView {
    move || {
        let written = state.written.get()?;
        Some(
            view! { <span class="node__tag" data-op=written.op() aria-hidden="true"><Icon name=written.icon() />{written.words()}</span> },
        )
    }
}
