//! Search and commands: Cmd or Ctrl K.

use crate::flows::server_fns::list_flows;
use crate::projects::server_fns::load_projects;
use crate::shell::nav::{ADMIN, PLACES, Place, allowed};
use crate::ui::dialog::Modal;
use crate::ui::icon::Icon;
use crate::ui::keys::Keys;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

/// Whether the palette is open.
#[derive(Clone, Copy)]
pub struct PaletteOpen(pub RwSignal<bool>);

impl PaletteOpen {
    /// Makes it available to everything inside the frame.
    pub(crate) fn provide() -> RwSignal<bool> {
        let open = RwSignal::new(false);
        provide_context(Self(open));
        open
    }
}

/// How many are listed at once.
const HITS: usize = 12;

/// One thing to open.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Hit {
    group: &'static str,
    icon: &'static str,
    label: String,
    href: String,
}

fn hit_of(place: Place) -> Hit {
    Hit {
        group: "Go to",
        icon: place.icon,
        label: place.label.to_owned(),
        href: place.href.to_owned(),
    }
}

/// Projects and flows, read when the palette opens; what cannot be read is left out.
fn records(open: RwSignal<bool>) -> Signal<Vec<Hit>> {
    let found = RwSignal::new(Vec::new());
    let hit = |group, icon, label, href| Hit { group, icon, label, href };
    Effect::new(move || {
        if !open.get() {
            return;
        }
        spawn_local(async move {
            let projects = Box::pin(load_projects()).await.ok().flatten().unwrap_or_default();
            let projects = projects.into_iter().map(|it| it.project);
            let flows = list_flows().await.map(|it| it.flows).unwrap_or_default().into_iter();
            let projects = projects
                .map(|it| hit("Project", "projects", it.name, format!("/projects/{}", it.id)));
            let flows = flows.map(|it| hit("Flow", "flow", it.name, format!("/flows/{}", it.id)));
            found.set(projects.chain(flows).collect());
        });
    });
    found.into()
}

/// What was searched for last time is gone when it opens again.
fn begin_anew(open: RwSignal<bool>, search: RwSignal<String>, active: RwSignal<usize>) {
    Effect::new(move || {
        if open.get() {
            search.set(String::new());
            active.set(0);
        }
    });
}

/// Search and commands.
#[component]
pub(crate) fn Palette(open: RwSignal<bool>) -> impl IntoView {
    let search = RwSignal::new(String::new());
    let active = RwSignal::new(0_usize);
    begin_anew(open, search, active);
    let (places, admin) = (allowed(PLACES), allowed(ADMIN));
    let found = records(open);
    let hits = Memo::new(move |_| {
        let search = search.get().trim().to_lowercase();
        let all = places().into_iter().chain(admin()).map(hit_of).chain(found.get());
        all.filter(|it| it.label.to_lowercase().contains(&search)).take(HITS).collect::<Vec<_>>()
    });
    let navigate = use_navigate();
    let go = Callback::new(move |href: String| {
        open.set(false);
        search.set(String::new());
        navigate(&href, NavigateOptions::default());
    });
    let keydown = move |event: KeyboardEvent| {
        let last = hits.with(|it| it.len().saturating_sub(1));
        match event.key().as_str() {
            "ArrowDown" => active.update(|it| *it = (*it + 1).min(last)),
            "ArrowUp" => active.update(|it| *it = it.saturating_sub(1)),
            "Enter" => {
                if let Some(hit) = hits.with(|it| it.get(active.get_untracked()).cloned()) {
                    go.run(hit.href);
                }
            }
            _ => return,
        }
        event.prevent_default();
    };
    view! {
        <Modal open=open label="Search and commands" class="dialog cmdk" id="cmdk">
            <div class="cmdk__input">
                <Icon name="search" />
                <input
                    type="text"
                    role="combobox"
                    autofocus
                    aria-expanded="true"
                    aria-controls="cmdk-list"
                    aria-activedescendant=move || format!("ck-{}", active.get())
                    aria-label="Search pages, projects or actions"
                    placeholder="Search pages, projects or actions"
                    autocomplete="off"
                    prop:value=move || search.get()
                    on:input=move |event| {
                        search.set(event_target_value(&event));
                        active.set(0);
                    }
                    on:keydown=keydown
                />
                <kbd class="kbd">"esc"</kbd>
            </div>
            <Hits hits=hits active=active go=go />
            <div class="cmdk__foot">
                <span><Keys keys=&["↑", "↓"] />" Move"</span>
                <span><Keys keys=&["↵"] />" Open"</span>
            </div>
        </Modal>
    }
}

#[component]
fn Hits(hits: Memo<Vec<Hit>>, active: RwSignal<usize>, go: Callback<String>) -> impl IntoView {
    let option = move |(at, hit): (usize, Hit)| {
        let href = hit.href.clone();
        view! {
            <div
                class="option"
                class:is-active=move || active.get() == at
                role="option"
                id=format!("ck-{at}")
                aria-selected=move || (active.get() == at).to_string()
                on:click=move |_| go.run(href.clone())
            >
                <Icon name=hit.icon />
                <span class="grow trunc">{hit.label}" "<span class="quiet">{hit.group}</span></span>
            </div>
        }
    };
    let list = move || hits.get().into_iter().enumerate().map(option).collect_view();
    view! {
        <div class="cmdk__list" role="listbox" id="cmdk-list" aria-label="Results">
            {list}
            <Show when=move || hits.with(Vec::is_empty)>
                <p class="sm muted" style="padding: 0.75rem">"Nothing matches. Try fewer letters."</p>
            </Show>
        </div>
    }
}
