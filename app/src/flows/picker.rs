//! Choosing what to add: search above, headings at the left, what fits at the right.

use super::cards::Look;
use super::later::{Later, Part};
use super::store::Studio;
use super::tile::PieceTile;
use super::write::Spot;
use crate::ui::browser;
use crate::ui::icon::Icon;
use crate::ui::keys::Keys;
use domain::flow::catalog::Category;
use domain::flow::catalog::choices::{Choice, Makes, step_choices, trigger_choices};
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

/// The headings, with what stands before them.
const HEADINGS: [(Category, &str); 5] = [
    (Category::Start, "bolt"),
    (Category::Basecamp, "projects"),
    (Category::Control, "branch"),
    (Category::Send, "send"),
    (Category::Data, "text"),
];

/// What can be chosen, as typed and under the chosen heading.
fn fitting(picking: &Picking, wanted: &str, heading: Option<Category>) -> Vec<&'static Choice> {
    let wanted = wanted.trim().to_lowercase();
    let fits = |it: &&'static Choice| {
        let words = format!("{} {} {}", it.display_name, it.description, it.piece_display_name);
        words.to_lowercase().contains(&wanted)
            && heading.is_none_or(|heading| it.category == heading)
    };
    let mut found: Vec<_> = match picking {
        Picking::Trigger => trigger_choices().filter(fits).collect(),
        Picking::Step(_) | Picking::Replace(_) => step_choices().filter(fits).collect(),
    };
    let place = |it: &&Choice| HEADINGS.iter().position(|heading| heading.0 == it.category);
    found.sort_by_key(place);
    found
}

impl Studio {
    /// The picker will choose the trigger.
    pub fn pick_trigger(self) {
        self.picking.set(Picking::Trigger);
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

/// The field that is typed in.
const FIELD: &str = "picker-wanted";

/// What can be chosen, inside the picker.
#[component]
pub fn Choices(
    /// The open flow.
    studio: Studio,
) -> impl IntoView {
    let wanted = RwSignal::new(String::new());
    let heading = RwSignal::new(None::<Category>);
    let active = RwSignal::new(0_usize);
    let found =
        Memo::new(move |_| studio.picking.with(|it| fitting(it, &wanted.read(), heading.get())));
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
            <Headings heading=heading picking=studio.picking />
            <Options studio=studio found=found active=active />
        </div>
        <div class="cmdk__foot">
            <span><Keys keys=&["↑", "↓"] />" Move"</span>
            <span><Keys keys=&["↵"] />" Add"</span>
        </div>
    }
}

/// What is typed; arrows and Enter choose from what fits.
#[component]
fn Search(
    studio: Studio,
    wanted: RwSignal<String>,
    found: Memo<Vec<&'static Choice>>,
    active: RwSignal<usize>,
) -> impl IntoView {
    let keydown = move |event: KeyboardEvent| {
        let last = found.with(Vec::len).saturating_sub(1);
        match event.key().as_str() {
            "ArrowDown" => active.update(|it| *it = (*it + 1).min(last)),
            "ArrowUp" => active.update(|it| *it = it.saturating_sub(1)),
            "Enter" => {
                if let Some(choice) = found.with(|it| it.get(active.get_untracked()).copied()) {
                    studio.take(choice);
                }
            }
            _ => return,
        }
        event.prevent_default();
    };
    let is_trigger = move || studio.picking.with(|it| *it == Picking::Trigger);
    view! {
        <div class="picker__search">
            <Icon name="search" />
            <input
                role="combobox"
                id=FIELD
                autofocus
                autocomplete="off"
                aria-label=move || label(studio)
                aria-expanded="true"
                aria-controls="picker-list"
                aria-activedescendant=move || format!("pick-{}", active.get())
                placeholder=move || if is_trigger() { "What starts it?" } else { "What should happen next?" }
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

#[component]
fn Headings(heading: RwSignal<Option<Category>>, picking: RwSignal<Picking>) -> impl IntoView {
    let tab = move |(key, icon, words): (Option<Category>, &'static str, &'static str)| {
        view! {
            <button
                type="button"
                role="tab"
                aria-selected=move || (heading.get() == key).to_string()
                tabindex=move || if heading.get() == key { "0" } else { "-1" }
                on:click=move |_| heading.set(key)
            >
                <Icon name=icon />
                {words}
            </button>
        }
    };
    let kinds = move || {
        let is_trigger = picking.with(|it| *it == Picking::Trigger);
        let fits = move |it: &(Category, &'static str)| (it.0 == Category::Start) == is_trigger;
        let tabs =
            HEADINGS.into_iter().filter(fits).map(|(key, icon)| (Some(key), icon, key.label()));
        std::iter::once((None, "star", "All")).chain(tabs).map(tab).collect_view()
    };
    view! {
        <div class="picker__cats" role="tablist" aria-label="Kinds"
            on:keydown=move |event| browser::move_focus(&event, "[role=tab]")>
            {kinds}
        </div>
    }
}

#[component]
fn Options(
    studio: Studio,
    found: Memo<Vec<&'static Choice>>,
    active: RwSignal<usize>,
) -> impl IntoView {
    let groups = move || {
        let mut groups: Vec<(&'static str, Vec<(usize, &'static Choice)>)> = Vec::new();
        for (at, choice) in found.get().into_iter().enumerate() {
            let name = choice.category.label();
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
        <div class="listbox" role="listbox" id="picker-list" aria-label="What can be added" tabindex="-1">
            {move || groups().into_iter().map(group).collect_view()}
            <Show when=move || found.with(Vec::is_empty)>
                <p class="sm muted" style="padding: 0.75rem">"Nothing fits. Try another word, or ask the assistant."</p>
            </Show>
        </div>
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trigger_is_never_offered_as_a_step() {
        let steps = fitting(&Picking::Step(Spot::after("trigger")), "", None);
        assert!(steps.iter().all(|it| it.step("step_1").is_some()));
        assert!(fitting(&Picking::Trigger, "", None).iter().all(|it| it.trigger().is_some()));
    }

    #[test]
    fn code_is_found_among_what_reshapes_values() {
        let found =
            fitting(&Picking::Step(Spot::after("trigger")), "run code", Some(Category::Data));
        assert_eq!(found.iter().map(|it| it.makes.clone()).collect::<Vec<_>>(), [Makes::Code]);
    }

    #[test]
    fn search_looks_at_what_a_step_does_and_at_its_app() {
        let names = |wanted| {
            fitting(&Picking::Step(Spot::after("trigger")), wanted, None)
                .iter()
                .map(|it| it.display_name)
                .collect::<Vec<_>>()
        };
        assert!(names("add a to-do").contains(&"Add a to-do"));
        assert!(names("basecamp").contains(&"Complete a to-do"));
        assert!(names("zebra").is_empty());
    }
}
