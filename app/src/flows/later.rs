//! What the studio does not need to begin: it comes in a module of its own, once the page stands.
//!
//! The server draws none of it, and neither does the browser while it takes the page over.

use super::bar::Doors;
use super::clash::ClashDialog;
use super::find::{Find, FindBar};
use super::menu::{DeleteQuestion, StepItems};
use super::minimap::Map;
use super::notes::NoteMenu;
use super::outcome::OutcomePanel;
use super::panning::Camera;
use super::parts::StepParts;
use super::past::PastRuns;
use super::picker::Choices;
use super::planned::PlannedPanel;
use super::proposed::{ProposalBar, ProposedPanel, Suggested};
use super::publish::PublishDialog;
use super::runbar::RunBar;
use super::selection::PickedBar;
use super::store::Studio;
use super::transfer::FileActions;
use super::trial::TrialDialog;
use super::values::ValuesPopover;
use super::versions::{CompareDialog, Comparing, Versions};
use crate::live::use_live;
use crate::ui::browser;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use std::time::Duration;

/// The name of the module.
const MODULE: &str = "studio_more";
/// How long until a module that did not come is asked for again.
const RETRY: Duration = Duration::from_secs(4);

/// A part of the studio that comes later.
#[derive(Clone)]
pub enum Part {
    /// The settings of a step.
    Settings(String),
    /// What a step did in the run that is shown.
    Outcome(String),
    /// What a dry run would have changed.
    Planned,
    /// What a proposal does.
    Proposed,
    /// How the run that is shown stands.
    RunBar,
    /// The line above the canvas while a proposal waits.
    ProposalBar,
    /// Earlier runs of the flow.
    PastRuns,
    /// The flow as a file.
    Files,
    /// What can be added, inside the picker.
    Choices,
    /// What can be done with a step, inside its menu.
    StepItems,
    /// The versions of the flow, and the one that is compared, inside their popover.
    Versions(Comparing),
    /// The whole flow, small.
    Map(Box<Camera>),
    /// The search.
    Search(Box<Find>),
    /// What can be done with the picked steps.
    Picked,
    /// Dialogs, menus and the values of earlier steps; and what begins with them: proposals, and changes that an
    /// earlier page could not send.
    Layers(Doors),
}

/// Draws a part.
type Draw = fn(Part, Studio) -> AnyView;

/// Whether the module is there. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Rest {
    draw: RwSignal<Option<Draw>>,
}

impl Rest {
    /// Loads the module once the page stands, for everything inside.
    pub fn provide() {
        let rest = Self { draw: RwSignal::new(None) };
        provide_context(rest);
        Effect::new(move |_| browser::once_hydrated(move || rest.load()));
    }

    fn load(self) {
        // The studio was left.
        if self.draw.is_disposed() {
            return;
        }
        spawn_local(async move {
            match drawing().await {
                Ok(draw) => drop(self.draw.try_set(Some(draw))),
                Err(_) => set_timeout(move || self.load(), RETRY),
            }
        });
    }
}

/// Lets the browser fetch the module with the page, where the first look needs it.
pub fn fetch_with_page() {
    if cfg!(feature = "ssr") {
        leptos::prefetch_lazy_fn_on_server(MODULE);
    }
}

/// A part of the studio, from when it is there.
#[component]
pub fn Later(
    /// The open flow.
    studio: Studio,
    /// Which part.
    part: Part,
    /// In the shape of what is coming.
    #[prop(optional, into)]
    skeleton: ViewFn,
) -> impl IntoView {
    let rest = expect_context::<Rest>();
    move || match rest.draw.get() {
        Some(draw) => draw(part.clone(), studio),
        None => skeleton.run(),
    }
}

/// Gives what draws, not what is drawn: a part that is drawn anew needs no second call.
#[wasm_split(studio_more, wasm_split_path = leptos::wasm_split, fallible)]
fn drawing() -> Result<Draw, SplitLoaderError> {
    Ok(draw)
}

fn draw(part: Part, studio: Studio) -> AnyView {
    match part {
        Part::Settings(step) => view! { <StepParts studio=studio step=step /> }.into_any(),
        Part::Outcome(step) => view! { <OutcomePanel studio=studio step=step /> }.into_any(),
        Part::Planned => view! { <PlannedPanel studio=studio /> }.into_any(),
        Part::Proposed => view! { <ProposedPanel studio=studio /> }.into_any(),
        Part::RunBar => view! { <RunBar studio=studio /> }.into_any(),
        Part::ProposalBar => view! { <ProposalBar studio=studio /> }.into_any(),
        Part::PastRuns => view! { <PastRuns studio=studio /> }.into_any(),
        Part::Files => view! { <FileActions studio=studio /> }.into_any(),
        Part::Choices => view! { <Choices studio=studio /> }.into_any(),
        Part::StepItems => view! { <StepItems studio=studio /> }.into_any(),
        Part::Versions(comparing) => {
            view! { <Versions studio=studio comparing=comparing /> }.into_any()
        }
        Part::Map(camera) => view! { <Map studio=studio camera=*camera /> }.into_any(),
        Part::Search(find) => view! { <FindBar find=*find /> }.into_any(),
        Part::Picked => view! { <PickedBar studio=studio /> }.into_any(),
        Part::Layers(doors) => layers(studio, doors),
    }
}

fn layers(studio: Studio, doors: Doors) -> AnyView {
    studio.suggest.set(Some(Suggested::on));
    studio.watch_proposal(use_live());
    studio.take_up_unsent();
    studio.learn_names();
    view! {
            <ValuesPopover studio=studio />
            <NoteMenu studio=studio />
            <DeleteQuestion studio=studio />
            <ClashDialog studio=studio />
            <PublishDialog studio=studio open=doors.publish />
            <TrialDialog studio=studio open=doors.trial />
            <CompareDialog studio=studio comparing=doors.comparing />
    }
    .into_any()
}
