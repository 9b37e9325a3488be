//! The studio's top bar: the flow's name and state, undo, saving, what is to fix, test, publish.

use super::presence::Faces;
use super::problems::problem_count;
use super::publish::{Lacks, has_draft};
use super::store::{Saving, Studio};
use super::versions::{Comparing, VersionsButton};
use crate::session;
use crate::shell::panel::use_side_panel;
use crate::ui::badge::{Pill, State};
use crate::ui::browser;
use crate::ui::button::{Button, IconButton, Kind, Size};
use crate::ui::icon::Icon;
use domain::actor::Permission;
use domain::flow::FlowStatus;
use leptos::prelude::*;

/// What the bar opens. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Doors {
    /// The outline is shown in place of the canvas.
    pub outline: RwSignal<bool>,
    /// The dialog for publishing.
    pub publish: RwSignal<bool>,
    /// The role allows publishing.
    pub may_publish: Signal<bool>,
    /// The dialog for testing.
    pub trial: RwSignal<bool>,
    /// The history, and the version that is compared.
    pub comparing: Comparing,
}

/// The top bar.
#[component]
pub fn StudioBar(
    /// The open flow.
    studio: Studio,
    /// What it opens.
    doors: Doors,
) -> impl IntoView {
    view! {
        <header class="sbar">
            <a class="icon-btn" href="/flows" aria-label="Back to flows"><Icon name="arrow-left" /></a>
            <div class="sbar__name">
                <FlowName studio=studio />
                <Standing studio=studio />
            </div>
            <div class="sbar__mid"><ViewTabs outline=doors.outline /></div>
            <div class="sbar__end">
                <Faces studio=studio />
                <SaveState studio=studio />
                <Undo studio=studio />
                <VersionsButton studio=studio comparing=doors.comparing />
                <ChatToggle />
                <Actions studio=studio doors=doors />
            </div>
        </header>
    }
}

/// The name; a press makes it a field.
#[component]
fn FlowName(studio: Studio) -> impl IntoView {
    let editing = RwSignal::new(false);
    let name = Memo::new(move |_| studio.flow.with(|it| it.version.display_name.clone()));
    let finish = move |event: web_sys::Event| {
        // A field that goes away tells of its change once more.
        if editing.get_untracked() {
            studio.rename_flow(&event_target_value(&event));
            editing.set(false);
        }
    };
    let keydown = move |event: web_sys::KeyboardEvent| {
        let key = event.key();
        if key != "Enter" && key != "Escape" {
            return;
        }
        event.prevent_default();
        if key == "Enter" {
            studio.rename_flow(&event_target_value(&event));
        }
        editing.set(false);
        browser::focus_once_there("flow-title".to_owned());
    };
    let open = move |_| {
        editing.set(true);
        request_animation_frame(|| browser::focus("flow-name"));
    };
    move || {
        if editing.get() && studio.is_editing() {
            view! {
                <input class="input" id="flow-name" aria-label="Flow name" value=name.get_untracked() on:change=finish
                    on:blur=move |_| editing.set(false) on:keydown=keydown />
            }
            .into_any()
        } else if studio.is_editing() {
            let label = move || format!("Flow name: {}. Rename", name.get());
            view! { <button type="button" class="sbar__title" id="flow-title" aria-label=label on:click=open><h1>{move || name.get()}</h1></button> }.into_any()
        } else {
            view! { <div class="sbar__title"><h1>{move || name.get()}</h1></div> }.into_any()
        }
    }
}

/// Draft or published, and whether a version is live beside the draft.
#[component]
fn Standing(studio: Studio) -> impl IntoView {
    let draft = Memo::new(move |_| has_draft(studio));
    let live = Memo::new(move |_| {
        studio
            .flow
            .with(|it| it.published_version_id.as_ref().map(|_| it.status == FlowStatus::Enabled))
    });
    let words = move || match (draft.get(), live.get()) {
        (true, Some(true)) => Some("An earlier version is live"),
        (_, Some(false)) => Some("Switched off"),
        _ => None,
    };
    view! {
        <span class="sbar__meta">
            {move || if draft.get() { view! { <Pill state=State::Draft /> } } else { view! { <Pill state=State::Published /> } }}
            {move || words().map(|it| view! { <span class="xs quiet sbar__live"><Icon name="circle-live" class="icon--sm" />{it}</span> })}
        </span>
    }
}

#[component]
fn ViewTabs(outline: RwSignal<bool>) -> impl IntoView {
    let tab = move |(id, panel, icon, words, is_outline): (
        &'static str,
        &'static str,
        &'static str,
        &'static str,
        bool,
    )| {
        view! {
            <button
                type="button"
                role="tab"
                id=id
                aria-controls=panel
                aria-selected=move || (outline.get() == is_outline).to_string()
                tabindex=move || if outline.get() == is_outline { "0" } else { "-1" }
                on:click=move |_| outline.set(is_outline)
            >
                <Icon name=icon class="icon--sm" />
                {words}
            </button>
        }
    };
    let tabs = [
        ("view-c", "view-canvas", "flow", "Canvas", false),
        ("view-o", "view-outline", "list", "Outline", true),
    ];
    view! {
        <div class="seg seg--sm only-wide-seg" role="tablist" aria-label="View"
            on:keydown=move |event| browser::move_focus(&event, "[role=tab]")>
            {tabs.map(tab).into_iter().collect_view()}
        </div>
    }
}

#[component]
fn SaveState(studio: Studio) -> impl IntoView {
    move || {
        match studio.saving.get() {
        Saving::Saved => view! { <span class="sbar__saved xs quiet" role="status"><Icon name="check" class="icon--sm" />"Saved"</span> }.into_any(),
        Saving::Pending => view! { <span class="sbar__saved xs quiet" role="status">"Saving"</span> }.into_any(),
        Saving::Failed(why) => view! { <span class="xs bad" role="alert"><Icon name="alert" class="icon--sm" />{why}</span> }.into_any(),
        Saving::Gone => view! { <span class="xs bad">"Deleted"</span> }.into_any(),
    }
    }
}

#[component]
fn Undo(studio: Studio) -> impl IntoView {
    let no_undo = Signal::derive(move || studio.history.with(|it| !it.can_undo()));
    let no_redo = Signal::derive(move || studio.history.with(|it| !it.can_redo()));
    view! {
        <Show when=move || studio.is_editing()>
            <IconButton icon="undo" class="hide-sm" label="Undo" disabled=no_undo on:click=move |_| studio.undo() />
            <IconButton icon="redo" class="hide-sm" label="Redo" disabled=no_redo on:click=move |_| studio.redo() />
        </Show>
    }
}

#[component]
fn ChatToggle() -> impl IntoView {
    let panel = use_side_panel();
    view! {
        <button
            type="button"
            class="icon-btn sbar__chat"
            aria-label="Assistant"
            aria-expanded=move || panel.is_open().to_string()
            aria-controls="chat"
            on:click=move |_| panel.toggle()
        >
            <Icon name="assistant" />
        </button>
    }
}

/// Fix, test, publish: what the role allows.
#[component]
fn Actions(studio: Studio, doors: Doors) -> impl IntoView {
    let problems = Memo::new(move |_| problem_count(studio));
    let is_editing = Memo::new(move |_| studio.is_editing());
    view! {
        <Show when=move || { problems.get() > 0 && is_editing.get() }>
            <button type="button" class="btn btn--fix" on:click=move |_| studio.go_to_first_problem()>
                <Icon name="alert" />
                {move || format!("{} to fix", problems.get())}
            </button>
        </Show>
        <span class="sbar__about">
            <IconButton icon="info" label="About this flow" on:click=move |_| studio.open_sheet() />
        </span>
        <span class="sbar__wide">
            <Show when=move || is_editing.get()><TestButton studio=studio open=doors.trial /></Show>
            <PublishButton studio=studio open=doors.publish />
        </span>
    }
}

/// Asks for values and starts a test. While something is to fix it is grey, says why, and leads there.
#[component]
pub fn TestButton(
    /// The open flow.
    studio: Studio,
    /// What it opens.
    open: RwSignal<bool>,
    /// How high it is.
    #[prop(optional)]
    size: Size,
) -> impl IntoView {
    let lacks = Memo::new(move |_| Lacks::of(studio));
    let press = move |_| match lacks.get_untracked() {
        None => open.set(true),
        Some(lacks) => lacks.mend(studio),
    };
    view! {
        <Button icon="play" size=size on:click=press
            attr:aria-disabled=move || lacks.get().map(|_| "true") attr:title=move || lacks.get().map(Lacks::words)>
            "Test flow"
        </Button>
    }
}

/// Asks before the draft goes live; a member asks those who manage. Absent without a draft and for viewers. While
/// something is to fix it is grey, says why, and lists what.
#[component]
pub fn PublishButton(
    /// The open flow.
    studio: Studio,
    /// What it opens.
    open: RwSignal<bool>,
    /// How high it is.
    #[prop(optional)]
    size: Size,
) -> impl IntoView {
    let may = session::can(Permission::Write);
    let manages = session::can(Permission::Manage);
    let words = move || if manages.get() { "Publish" } else { "Ask to publish" };
    let draft = Memo::new(move |_| has_draft(studio));
    let lacks = Memo::new(move |_| Lacks::of(studio));
    view! {
        <Show when=move || { may.get() && studio.is_editing() && draft.get() }>
            <Button kind=Kind::Primary size=size on:click=move |_| open.set(true)
                attr:aria-disabled=move || lacks.get().map(|_| "true") attr:title=move || lacks.get().map(Lacks::words)>
                {words}
            </Button>
        </Show>
    }
}
