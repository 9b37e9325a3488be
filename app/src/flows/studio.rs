//! The studio: chat, canvas and settings of one flow, filling the window.

use super::bar::{Doors, PublishButton, StudioBar, TestButton};
use super::canvas::Canvas;
use super::clipboard;
use super::find::Find;
use super::hands::Hands;
use super::inspector::Inspector;
use super::later::{Later, Part, Rest, fetch_with_page};
use super::menu::StepMenu;
use super::outline::{Outline, on_phone};
use super::panning::Camera;
use super::picker::Picker;
use super::samples::Samples;
use super::server_fns::get_flow;
use super::shortcuts::{Desk, listen};
use super::store::Studio;
use super::tries::Tries;
use super::versions::Comparing;
use crate::chat::beside::ChatBeside;
use crate::live::use_live;
use crate::runs::page::run_version;
use crate::runs::server_fns::get_run;
use crate::session;
use crate::shell::panel::use_side_panel;
use crate::ui::browser;
use crate::ui::button::{Button, Size};
use crate::ui::here::loaded_here;
use crate::ui::problem::LoadedPage;
use domain::actor::Permission;
use domain::flow::{Flow, TriggerKind};
use domain::ids::{FlowId, RunId};
use leptos::prelude::*;
use leptos::text_prop::TextProp;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

/// The page of one flow.
#[component]
pub fn StudioPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| FlowId::from(params.with(|it| it.get("id").unwrap_or_default())));
    let flow = Resource::new(move || id.get(), get_flow);
    let on_phone = SharedValue::new(on_phone).into_inner();
    // An address that names a step or a run shows at once what comes later elsewhere.
    let query = use_query_map();
    if query.with_untracked(|it| ["step", "run"].iter().any(|name| it.get_str(name).is_some())) {
        fetch_with_page();
    }
    view! {
        <LoadedPage of=flow skeleton=|| view! { <StudioSkeleton /> } let:flow>
            <StudioView flow=flow id=id on_phone=on_phone />
        </LoadedPage>
    }
}

#[component]
fn StudioSkeleton() -> impl IntoView {
    view! {
        <div class="studio" data-chat="closed" data-config="closed" aria-busy="true">
            <header class="sbar"></header>
            <main class="stage"></main>
        </div>
    }
}

/// Everything of one flow.
#[component]
fn StudioView(flow: Flow, id: Memo<FlowId>, on_phone: bool) -> impl IntoView {
    let studio = Studio::open_flow(flow, session::can(Permission::Write));
    session::current_user().with_untracked(|it| {
        studio.zone.set_value(it.timezone.clone());
        studio.me.set_value(it.id.to_string());
    });
    Rest::provide();
    let camera = Camera::new(studio);
    let doors = Doors {
        outline: RwSignal::new(false),
        publish: RwSignal::new(false),
        may_publish: session::can(Permission::Write),
        trial: RwSignal::new(false),
        comparing: Comparing::default(),
    };
    let panel = use_side_panel();
    let live = use_live();
    studio.follow(live);
    studio.be_here(live);
    studio.keep_when_left();
    studio.ask_about_code();
    studio.follow_pieces(live);
    show_run(studio);
    keep_step(studio);
    keep_focus(studio);
    Samples::provide(studio);
    Tries::provide(studio);
    let desk =
        Desk { camera, doors, find: Find::new(studio, camera), hands: Hands::new(studio, camera) };
    listen(studio, desk);
    clipboard::listen(studio);
    on_cleanup(move || studio.send_now());
    Effect::new(move |_| panel.ask_what_waits(&id.get()));
    let word = |open: bool| if open { "open" } else { "closed" };
    let config = move || word(studio.chosen.with(Option::is_some) || studio.sheet.get());
    view! {
        <Title text=title(studio) />
        <div class="studio" data-chat=move || word(panel.is_open()) data-config=config>
            <StudioBar studio=studio doors=doors />
            <ChatBeside flow=Signal::derive(move || Some(id.get())) />
            <Stage studio=studio desk=desk on_phone=on_phone />
            <Show when=move || studio.shows_proposal() fallback=move || view! { <Inspector studio=studio /> }>
                <Later studio=studio part=Part::Proposed />
            </Show>
            <Dock studio=studio doors=doors />
        </div>
        <Picker studio=studio />
        <StepMenu studio=studio />
        <Later studio=studio part=Part::Layers(doors) />
    }
}

/// The name of the flow. The server keeps the titles of all drawings of a page, also of those that leptos throws away
/// with their signals, so what it gets there is text.
fn title(studio: Studio) -> TextProp {
    let name = move || studio.flow.with(|it| it.version.display_name.clone());
    if cfg!(feature = "ssr") { untrack(name).into() } else { name.into() }
}

/// Windows narrower than this show the outline only, as `studio-narrow.css` has it.
const NARROW_REM: f64 = 48.0;

/// Canvas and outline; phones show the outline only. The outline is drawn once it is looked at.
#[component]
fn Stage(studio: Studio, desk: Desk, on_phone: bool) -> impl IntoView {
    let Desk { camera, doors, find, hands } = desk;
    let outlined = outlined(doors, on_phone);
    view! {
        <main class="stage" id="main" tabindex="-1">
            <Later studio=studio part=Part::Search(Box::new(find)) />
            <div id="view-canvas" role="tabpanel" aria-labelledby="view-c" class="stage__view" hidden=move || doors.outline.get()>
                <Canvas studio=studio camera=camera hands=hands find=find />
            </div>
            <div id="view-outline" role="tabpanel" aria-labelledby="view-o" class="stage__view" data-narrow
                hidden=move || !doors.outline.get()>
                <Show when=move || outlined.get()><Outline studio=studio /></Show>
            </div>
        </main>
    }
}

/// Whether the outline was looked at: asked for, or in a narrow window.
fn outlined(doors: Doors, on_phone: bool) -> RwSignal<bool> {
    let outlined = RwSignal::new(on_phone);
    let look = move || {
        let is_asked_for = doors.outline.try_get_untracked() == Some(true);
        if is_asked_for || browser::is_narrower_than(NARROW_REM) {
            outlined.try_set(true);
        }
    };
    Effect::new(move |_| {
        doors.outline.track();
        browser::once_hydrated(look);
    });
    Effect::new(move |_| {
        let handle = window_event_listener(leptos::ev::resize, move |_| look());
        on_cleanup(move || handle.remove());
    });
    outlined
}

/// What a thumb reaches on a phone.
#[component]
fn Dock(studio: Studio, doors: Doors) -> impl IntoView {
    let panel = use_side_panel();
    view! {
        <div class="studio__dock">
            <Button size=Size::Large icon="assistant" on:click=move |_| panel.toggle()>"Assistant"</Button>
            <Show when=move || studio.is_editing()>
                <TestButton studio=studio open=doors.trial size=Size::Large />
            </Show>
            <PublishButton studio=studio open=doors.publish size=Size::Large />
        </div>
    }
}

/// The keys have somewhere to be: on what starts a flow that is new, and on a step when what had them went away with a
/// run that is shown or left.
fn keep_focus(studio: Studio) {
    let begin = move || {
        let is_new = studio
            .flow
            .try_with_untracked(|it| matches!(it.version.trigger.kind, TriggerKind::Empty(_)));
        if is_new == Some(true) && !browser::is_typing() && !browser::has_layer_open() {
            studio.focus_soon("trigger");
        }
    };
    Effect::new(move |before: Option<bool>| {
        let is_shown = studio.run.with(Option::is_some);
        match before {
            None => browser::once_hydrated(begin),
            // A dialog that led there closes first.
            Some(before) if before != is_shown => studio.settle_focus_soon(),
            Some(_) => {}
        }
        is_shown
    });
}

/// The chosen step is in the address, so that a link or a reload leads back to it.
fn keep_step(studio: Studio) {
    let query = use_query_map();
    let named = move |name: &str| query.with_untracked(|it| it.get(name));
    Effect::new(move |before: Option<()>| {
        if before.is_none()
            && let Some(step) = named("step")
            && studio.numbers().iter().any(|it| it.0 == step)
        {
            studio.open(&step);
        }
        let chosen = studio.chosen.get();
        let id = studio.flow.with_untracked(|it| it.id.clone());
        let run = studio.run.with(|it| it.as_ref().map(|it| it.run.id.to_string()));
        let parts = [("run", run.or_else(|| named("run"))), ("step", chosen)];
        let parts = parts.into_iter().filter_map(|(name, it)| Some(format!("{name}={}", it?)));
        let query = parts.collect::<Vec<_>>().join("&");
        let mark = if query.is_empty() { "" } else { "?" };
        browser::replace_address(&format!("/flows/{id}{mark}{query}"));
    });
}

/// Lays the run named in the address over the steps, and follows it.
fn show_run(studio: Studio) {
    let query = use_query_map();
    let id = Memo::new(move |_| query.with(|it| it.get("run").map(RunId::from)));
    let wanted = Signal::derive(move || id.get().unwrap_or_default());
    let version = run_version(wanted);
    let run = loaded_here(move || {
        let id = id.get();
        version.track();
        async move {
            match id {
                Some(id) => Some(get_run(id).await),
                None => None,
            }
        }
    });
    Effect::new(move |_| match run.get() {
        Some(Some(Ok(open)))
            if open.run.flow_id == studio.flow.with_untracked(|it| it.id.clone()) =>
        {
            studio.run.set(Some(open));
        }
        Some(Some(Err(error))) => {
            studio.toasts.failed(format!("The run could not be shown. {error}"))
        }
        Some(None) => studio.run.set(None),
        _ => {}
    });
}
