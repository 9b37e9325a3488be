//! Settings: what one is told of in the app.

use crate::projects::server_fns::load_projects;
use crate::runs::words::count;
use crate::session::can;
use crate::settings::notify_fns::{Subscribe, load_subscriptions};
use crate::ui::button::{Button, IconButton, Kind};
use crate::ui::empty::Empty;
use crate::ui::form::FormProblems;
use crate::ui::here::loaded_here;
use crate::ui::kept::{Kept, whole};
use crate::ui::problem::FormProblem;
use crate::ui::skeleton::RowsSkeleton;
use crate::ui::time::{parse_time, use_now};
use crate::ui::toast::use_toasts;
use crate::ui::typed::Pick;
use domain::actor::Permission;
use domain::subscription::{Subscribed, choices, is_managed, kinds, title};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

/// Projects by id and name, once they are known.
type Projects = Signal<Vec<(String, String)>>;

/// What is being added and ended. Made by the section, so that it outlives every new reading.
#[derive(Clone, Copy)]
struct Desk {
    event: RwSignal<String>,
    project: RwSignal<String>,
    add: ServerAction<Subscribe>,
    end: ServerAction<Subscribe>,
    projects: Projects,
}

impl Desk {
    fn new() -> Self {
        let all = loaded_here(load_projects);
        let projects = Signal::derive(move || {
            let all = all.get().and_then(Result::ok).flatten().unwrap_or_default();
            all.into_iter().map(|it| (it.project.id.to_string(), it.project.name)).collect()
        });
        let desk = Self {
            event: RwSignal::new(String::new()),
            project: RwSignal::new(String::new()),
            add: ServerAction::new(),
            end: ServerAction::new(),
            projects,
        };
        let toasts = use_toasts();
        Effect::new(move || {
            if let Some(Ok(())) = desk.add.value().get() {
                desk.event.set(String::new());
                desk.project.set(String::new());
                toasts.say("You are told of it from now on");
            }
        });
        Effect::new(move || match desk.end.value().get() {
            Some(Ok(())) => toasts.say("You are no longer told of it"),
            Some(Err(error)) => toasts.failed(error.to_string()),
            None => {}
        });
        desk
    }

    /// Whether what is chosen can be told of one project alone.
    fn is_of_projects(self) -> bool {
        self.event.with(|it| {
            let found = kinds(it);
            !found.is_empty() && found.into_iter().all(is_managed)
        })
    }
}

/// The section.
#[component]
pub(crate) fn NotificationsSection() -> impl IntoView {
    let desk = Desk::new();
    let all = Resource::new(
        move || (desk.add.version().get(), desk.end.version().get()),
        |_| load_subscriptions(),
    );
    let writes = can(Permission::Write);
    view! {
        <p class="muted">
            "Of what you choose here you are told in the app, under the bell, when somebody does it in PM OS. An agent of yours that failed, and what a flow tells you, come in any case."
        </p>
        <div class="cols cols--main">
            <section class="card" aria-labelledby="no-all">
                <div class="card__head"><h2 id="no-all">"What you are told of"</h2></div>
                <Kept of=all skeleton=|| view! { <RowsSkeleton count=3 /> } let:all>
                    <List all=all desk=desk />
                </Kept>
            </section>
            <Show when=move || writes.get()><Add desk=desk /></Show>
        </div>
    }
}

#[component]
fn List(all: Signal<Option<Vec<Subscribed>>>, desk: Desk) -> impl IntoView {
    let rows = move || all.get().unwrap_or_default();
    let none = || {
        let body = "Choose an event, such as a flow that is published, and you are told each time.";
        view! { <Empty icon="bell" title="Nothing chosen yet" body=body /> }
    };
    view! {
        <Show when=move || !rows().is_empty() fallback=none>
            <ul class="setrows"><For each=rows key=whole let:it><Row it=it desk=desk /></For></ul>
        </Show>
    }
}

#[component]
fn Row(it: Subscribed, desk: Desk) -> impl IntoView {
    let now = use_now();
    let last = it.last_at.as_deref().and_then(parse_time);
    let name = title(&it.event);
    let told_of = count(usize::try_from(it.delivered).unwrap_or_default(), "time", "times");
    let label = format!("Stop telling me: {name}");
    let project = it.project_id.clone();
    let place = move || {
        let id = project.as_deref()?;
        let found = desk.projects.with(|all| all.iter().find(|one| one.0 == id).cloned());
        Some(format!("Only in {}", found.map_or_else(|| "one project".to_owned(), |it| it.1)))
    };
    let told = move || match last {
        Some(at) => format!("Told {told_of}, last {}", now.get().ago(at)),
        None => "Nothing happened since".to_owned(),
    };
    let (event, project) = (it.event, it.project_id.unwrap_or_default());
    let writes = can(Permission::Write);
    let end = move || {
        let (event, project) = (event.clone(), project.clone());
        view! {
            <IconButton icon="trash" label=label.clone() class="icon-btn--sm" on:click=move |_| {
                let (event, project) = (event.clone(), project.clone());
                desk.end.dispatch(Subscribe { event, project, ends: true });
            } />
        }
    };
    view! {
        <li class="setrow">
            <div class="grow"><b>{name}</b><p>{place}</p><p>{told}</p></div>
            {move || writes.get().then(end.clone())}
        </li>
    }
}

#[component]
fn Add(desk: Desk) -> impl IntoView {
    let manages = can(Permission::Manage);
    let problems = FormProblems::of(desk.add.value());
    let first = |words: &str| (String::new(), words.to_owned());
    let events: Signal<Vec<(String, String)>> = Signal::derive(move || {
        let all = choices(manages.get()).into_iter().map(|it| (it.to_owned(), title(it)));
        std::iter::once(first("Choose an event")).chain(all).collect()
    });
    let places: Signal<Vec<(String, String)>> = Signal::derive(move || {
        std::iter::once(first("Every project")).chain(desk.projects.get()).collect()
    });
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        let project = desk.project.get_untracked();
        let project = if untrack(|| desk.is_of_projects()) { project } else { String::new() };
        let event = desk.event.get_untracked();
        desk.add.dispatch(Subscribe { event, project, ends: false });
    };
    view! {
        <section class="card" aria-labelledby="no-add">
            <div class="card__head"><h2 id="no-add">"Tell me of more"</h2></div>
            <form class="card__body stack stack--4" on:submit=send>
                <Pick id="notify-event" label="When this happens" options=events value=desk.event error=problems.field("event") />
                <Show when=move || desk.is_of_projects()>
                    <Pick id="notify-project" label="In" options=places value=desk.project error=problems.field("project") />
                </Show>
                <FormProblem error=problems.rest(&["event", "project"]) />
                <div class="row">
                    <Button kind=Kind::Primary r#type="submit" busy=desk.add.pending()>"Tell me"</Button>
                </div>
            </form>
        </section>
    }
}
