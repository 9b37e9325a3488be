//! Choosing what to add: search above, headings at the left, what fits at the right.

use super::cards::Look;
use super::groups::{Grouped, Heading, heading_of, offered};
use super::later::{Later, Part};
use super::popup::{ASSISTANT, focus_when_there, show_at};
use super::store::Studio;
use super::tile::PieceTile;
use super::write::Spot;
use crate::shell::panel::use_side_panel;
use crate::ui::browser;
use crate::ui::icon::Icon;
use crate::ui::keys::Keys;
use domain::flow::catalog::choices::{Choice, Makes};
use domain::flow::edit::Location;
use domain::flow::tree;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

/// What is being chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Picking {
    /// What starts the flow.
    Trigger,
    /// A step for this place.
    Step(Spot),
    /// What this step does from now on.
    Replace(String),
}

impl Studio {
    /// The picker will choose the trigger.
    pub fn pick_trigger(self) {
        self.picking.set(Picking::Trigger);
    }

    /// Chooses what happens first, at the place after the trigger.
    pub fn pick_first_step(self) {
        self.picking.set(Picking::Step(Spot::after("trigger")));
        show_at("picker", "trigger");
    }

    /// The picker will choose what `step` does from now on.
    pub fn pick_replacement(self, step: &str) {
        self.picking.set(Picking::Replace(step.to_owned()));
    }

    /// Why `choice` cannot be taken, if it cannot.
    fn barred(self, choice: &Choice) -> Option<String> {
        let (Makes::Trigger { piece, .. } | Makes::Action { piece, .. }) = choice.makes else {
            return self.no_code.get().filter(|_| choice.makes == Makes::Code);
        };
        let words = || format!("{} is switched off in this workspace", choice.piece_display_name);
        self.off.with(|it| it.off.contains(piece)).then(words)
    }

    fn take(self, choice: &Choice) {
        if untrack(|| self.barred(choice)).is_some() {
            return;
        }
        match self.picking.get_untracked() {
            Picking::Trigger => self.choose_trigger(choice),
            Picking::Step(spot) => self.add(choice, &spot),
            Picking::Replace(step) => self.replace(choice, &step),
        }
        browser::hide_popover("picker");
    }
}

/// The picker, once on the page; what opens it says what is chosen.
#[component]
pub fn Picker(
    /// The open flow.
    studio: Studio,
) -> impl IntoView {
    view! {
        <div class="popover picker" id="picker" popover="auto" role="dialog" aria-label=move || label(studio)>
            <Later studio=studio part=Part::Choices />
        </div>
    }
}

/// What the picker asks.
fn label(studio: Studio) -> &'static str {
    studio.picking.with(|it| match it {
        Picking::Trigger => "Choose a trigger",
        Picking::Step(_) => "Add a step",
        Picking::Replace(_) => "Replace the step",
    })
}

fn asked(picking: &Picking) -> &'static str {
    match picking {
        Picking::Trigger => "What starts it?",
        Picking::Step(_) => "What should happen next?",
        Picking::Replace(_) => "What should it do instead?",
    }
}

/// The field that is typed in.
const FIELD: &str = "picker-wanted";

/// What can be chosen, inside the picker.
#[component]
pub fn Choices(
    /// The open flow.
    studio: Studio,
) -> impl IntoView {
    let wanted = RwSignal::new(String::new());
    let heading = RwSignal::new(None::<Heading>);
    let active = RwSignal::new(0_usize);
    let all = Memo::new(move |_| {
        // Of no use to most people, it is found by those who look for it.
        let barred = |it: &Choice| it.makes == Makes::Code && studio.barred(it).is_some();
        studio.picking.with(|it| offered(studio, it, &wanted.read(), &barred))
    });
    let found = Memo::new(move |_| under(all.get(), heading.get()));
    let is_search = Memo::new(move |_| wanted.with(|it| !it.trim().is_empty()));
    Effect::new(move |_| {
        studio.picking.track();
        wanted.set(String::new());
        heading.set(None);
        active.set(0);
    });
    // The picker may have been opened before this was there.
    Effect::new(|_| request_animation_frame(|| browser::focus_in_open("picker", FIELD)));
    view! {
        <Search studio=studio wanted=wanted found=found active=active />
        <div class="picker__body">
            <Headings heading=heading all=all active=active />
            <Options studio=studio found=found active=active is_search=is_search />
        </div>
        <Foot studio=studio wanted=wanted />
    }
}

/// What belongs under `heading`, also where it is shown among what is likely.
fn under(all: Vec<Grouped>, heading: Option<Heading>) -> Vec<Grouped> {
    let Some(heading) = heading else { return all };
    let fits = |it: &Grouped| it.0 == heading || heading_of(it.1) == heading;
    all.into_iter().filter(fits).map(|it| (heading, it.1)).collect()
}

/// The keys, and the way to the assistant: with what is typed, or to say it there.
#[component]
fn Foot(studio: Studio, wanted: RwSignal<String>) -> impl IntoView {
    let panel = use_side_panel();
    let words = move || match wanted.with(|it| it.trim().to_owned()) {
        words if words.is_empty() => "Describe it instead".to_owned(),
        words => format!("Ask the assistant for “{words}”"),
    };
    let ask = move |_| {
        let words = wanted.with_untracked(|it| it.trim().to_owned());
        browser::hide_popover("picker");
        if words.is_empty() {
            panel.open();
            focus_when_there(ASSISTANT);
        } else {
            panel.ask(request(studio, &words));
        }
    };
    view! {
        <div class="cmdk__foot">
            <span><Keys keys=&["↑", "↓"] />" Move"</span>
            <span><Keys keys=&["↵"] />" Add"</span>
            <button type="button" class="picker__ask push" on:click=ask>
                <Icon name="assistant" class="icon--sm" />
                <span class="trunc">{words}</span>
            </button>
        </div>
    }
}

/// What the assistant is asked for.
fn request(studio: Studio, words: &str) -> String {
    let numbers = untrack(|| studio.numbers());
    let number = |step: &str| numbers.iter().find(|it| it.0 == step).map_or(1, |it| it.1);
    match studio.picking.get_untracked() {
        Picking::Trigger => format!("Start this flow {words}"),
        Picking::Step(spot) => {
            let begins = words.get(..4).is_some_and(|it| it.eq_ignore_ascii_case("add "));
            let add = if begins { "" } else { "Add " };
            format!("{add}{words} {}", place(studio, &spot, number(&spot.parent)))
        }
        Picking::Replace(step) => format!("Replace step {} with {words}", number(&step)),
    }
}

/// Where `spot` is, as the assistant is told; its step has the `number`.
fn place(studio: Studio, spot: &Spot, number: usize) -> String {
    let branch = || {
        let at = spot.branch.unwrap_or_default();
        let name = studio.flow.with_untracked(|flow| {
            let step = tree::find(&flow.version.trigger, &spot.parent)?;
            tree::bodies(step).get(at)?.name.map(str::to_owned)
        });
        name.filter(|it| !it.contains('"'))
            .map_or_else(|| (at + 1).to_string(), |it| format!("\"{it}\""))
    };
    match spot.location {
        Location::After => format!("after step {number}"),
        Location::InsideLoop => format!("inside step {number}"),
        Location::InsideBranch => format!("in the branch {} of step {number}", branch()),
        Location::InsideErrorBranch => format!("when step {number} fails"),
    }
}

/// What is typed; arrows and Enter choose from what fits.
#[component]
fn Search(
    studio: Studio,
    wanted: RwSignal<String>,
    found: Memo<Vec<Grouped>>,
    active: RwSignal<usize>,
) -> impl IntoView {
    let keydown = move |event: KeyboardEvent| {
        let last = found.with(Vec::len).saturating_sub(1);
        match event.key().as_str() {
            "ArrowDown" => go(active, active.get_untracked().saturating_add(1).min(last)),
            "ArrowUp" => go(active, active.get_untracked().saturating_sub(1)),
            "Enter" => {
                if let Some((_, choice)) = found.with(|it| it.get(active.get_untracked()).copied())
                {
                    studio.take(choice);
                }
            }
            _ => return,
        }
        event.prevent_default();
    };
    view! {
        <div class="picker__search">
            <Icon name="search" />
            <input
                role="combobox"
                id=FIELD
                autofocus
                autocomplete="off"
                aria-label=move || label(studio)
                aria-expanded=move || (!found.with(Vec::is_empty)).to_string()
                aria-controls="picker-list"
                aria-activedescendant=move || (!found.with(Vec::is_empty)).then(|| format!("pick-{}", active.get()))
                placeholder=move || studio.picking.with(asked)
                prop:value=move || wanted.get()
                on:input=move |event| {
                    wanted.set(event_target_value(&event));
                    active.set(0);
                }
                on:keydown=keydown
            />
        </div>
    }
}

/// Makes the row `at` the one that Enter takes, and shows it.
fn go(active: RwSignal<usize>, at: usize) {
    active.set(at);
    browser::scroll_to(&format!("pick-{at}"));
}

#[component]
fn Headings(
    heading: RwSignal<Option<Heading>>,
    all: Memo<Vec<Grouped>>,
    active: RwSignal<usize>,
) -> impl IntoView {
    let choose = move |key: Option<Heading>| {
        heading.set(key);
        active.set(0);
    };
    let tab = move |key: Option<Heading>| {
        let (icon, words) = key.map_or(("grid", "All"), |it| (it.icon(), it.words()));
        view! {
            <button
                type="button"
                role="tab"
                aria-controls="picker-list"
                aria-selected=move || (heading.get() == key).to_string()
                tabindex=move || if heading.get() == key { "0" } else { "-1" }
                on:click=move |_| choose(key)
            >
                <Icon name=icon />
                {words}
            </button>
        }
    };
    let kinds = Memo::new(move |_| {
        let mut kinds = all.with(|it| it.iter().map(|it| it.0).collect::<Vec<_>>());
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    });
    // What is typed may leave nothing under the heading that was chosen.
    Effect::new(move |_| {
        let kinds = kinds.get();
        if heading.get_untracked().is_some_and(|it| !kinds.contains(&it)) {
            heading.set(None);
        }
    });
    let tabs = move || std::iter::once(None).chain(kinds.get().into_iter().map(Some));
    view! {
        <div class="picker__cats" role="tablist" aria-label="Kinds" aria-orientation="vertical"
            on:keydown=move |event| browser::move_focus(&event, "[role=tab]")>
            {move || tabs().map(tab).collect_view()}
        </div>
    }
}

#[component]
fn Options(
    studio: Studio,
    found: Memo<Vec<Grouped>>,
    active: RwSignal<usize>,
    is_search: Memo<bool>,
) -> impl IntoView {
    // What was searched for stands in the order in which it fits.
    let name = move |group: Heading| if is_search.get() { "Found" } else { group.words() };
    let groups = move || {
        let mut groups: Vec<(&'static str, Vec<(usize, &'static Choice)>)> = Vec::new();
        for (at, (group, choice)) in found.get().into_iter().enumerate() {
            let name = name(group);
            match groups.last_mut() {
                Some((last, choices)) if *last == name => choices.push((at, choice)),
                _ => groups.push((name, vec![(at, choice)])),
            }
        }
        groups
    };
    let group = move |(name, choices): (&'static str, Vec<(usize, &'static Choice)>)| {
        let options = choices.into_iter().map(
            |(at, choice)| view! { <OptionRow studio=studio choice=choice at=at active=active /> },
        );
        view! {
            <div role="group" aria-label=name>
                <div class="group-label" aria-hidden="true">{name}</div>
                {options.collect_view()}
            </div>
        }
    };
    view! {
        <div class="listbox" role="listbox" id="picker-list" aria-label="What can be added" tabindex="-1"
            hidden=move || found.with(Vec::is_empty)>
            {move || groups().into_iter().map(group).collect_view()}
        </div>
        <p class="sm muted" style="padding: 0.75rem" role="status" hidden=move || !found.with(Vec::is_empty)>
            "Nothing fits. Try another word, or ask the assistant below."
        </p>
    }
}

#[component]
fn OptionRow(
    studio: Studio,
    choice: &'static Choice,
    at: usize,
    active: RwSignal<usize>,
) -> impl IntoView {
    let look = Look { hue: choice.hue, tile: choice.tile };
    view! {
        <div
            class="option"
            class:is-active=move || active.get() == at
            role="option"
            id=format!("pick-{at}")
            aria-selected=move || (active.get() == at).to_string()
            aria-disabled=move || studio.barred(choice).map(|_| "true")
            on:pointermove=move |_| active.set(at)
            on:click=move |_| studio.take(choice)
        >
            <PieceTile look=Signal::stored(look) size="tile--sm" />
            <span class="grow">
                {choice.display_name}
                <span class="desc">{move || studio.barred(choice).unwrap_or_else(|| choice.description.to_owned())}</span>
            </span>
        </div>
    }
}
