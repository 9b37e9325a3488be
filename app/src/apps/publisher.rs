//! Publishing apps: a flow, what it is called, what it asks, who may use it.

use super::asked::{AskedRows, fields_of};
use super::published::Draft;
use super::server_fns::{
    Desk, change_app, load_app_desk, publish_flow_as_app, seed_apps, unpublish_app,
};
use crate::error::AppError;
use crate::flows::server_fns::get_flow;
use crate::session::StartedWith;
use crate::shell::missing::NotAllowed;
use crate::ui::button::{Button, ButtonLink, Kind, Size};
use crate::ui::empty::Empty;
use crate::ui::icon::Icon;
use crate::ui::problem::{FormProblem, Loaded};
use crate::ui::skeleton::CardSkeleton;
use crate::ui::typed::{Choose, Line};
use domain::actor::Permission;
use domain::app::App;
use domain::ids::FlowId;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;
use leptos_router::hooks::{use_navigate, use_query_map};

const OUTPUTS: [(&str, &str); 5] = [
    ("text", "Text"),
    ("markdown", "Text with marks"),
    ("json", "Values as JSON"),
    ("image", "Picture"),
    ("html", "Page, shown apart"),
];
const AUDIENCES: [(&str, &str); 2] =
    [("internal", "Members of this workspace"), ("external", "Everybody with the address")];
const STATES: [(&str, &str); 3] =
    [("published", "Published"), ("ready", "Ready, not shown yet"), ("draft", "Draft")];

/// The page, for whoever may publish; others are told what to do.
#[component]
pub fn AppPublisherPage() -> impl IntoView {
    match StartedWith::session().map(|it| it.user.role) {
        None => view! {
            <Title text="Publish an app" />
            <div class="page page--narrow">
                <Empty icon="lock" title="Sign in to publish an app" body="Apps run flows of your workspace.">
                    <ButtonLink kind=Kind::Primary href="/sign-in?then=/apps/publisher">"Sign in"</ButtonLink>
                </Empty>
            </div>
        }
        .into_any(),
        Some(role) if !role.can(Permission::Write) => {
            view! { <NotAllowed icon="grid" title="Your role cannot publish apps" /> }.into_any()
        }
        Some(role) => view! { <Publishing manages=role.can(Permission::Manage) /> }.into_any(),
    }
}

/// What the page is doing. Cheap to copy.
#[derive(Clone, Copy)]
struct Work {
    draft: Draft,
    busy: RwSignal<bool>,
    failed: RwSignal<Option<AppError>>,
    /// Counts changes: the lists are asked for again.
    changes: RwSignal<u32>,
}

impl Work {
    /// Does something that changes apps, with everything around it.
    fn run<T: 'static>(
        self,
        doing: impl Future<Output = Result<T, AppError>> + 'static,
        then: impl FnOnce(T) + 'static,
    ) {
        self.busy.set(true);
        self.failed.set(None);
        spawn_local(async move {
            match doing.await {
                Ok(done) => {
                    self.changes.try_update(|it| *it += 1);
                    then(done);
                }
                Err(error) => drop(self.failed.try_set(Some(error))),
            }
            self.busy.try_set(false);
        });
    }
}

#[component]
fn Publishing(manages: bool) -> impl IntoView {
    let work = Work {
        draft: Draft::blank(),
        busy: RwSignal::new(false),
        failed: RwSignal::new(None),
        changes: RwSignal::new(0),
    };
    let desk = Resource::new(move || work.changes.get(), |_| load_app_desk());
    let query = use_query_map();
    Effect::new(move |_| {
        let wanted = query.read().get("app");
        let app = desk.with(|it| match it {
            Some(Ok(desk)) => desk.apps.iter().find(|it| Some(&it.id) == wanted.as_ref()).cloned(),
            _ => None,
        });
        if app.is_some() {
            work.draft.hold(app);
        }
    });
    view! {
        <Title text="Publish an app" />
        <div class="page">
            <div class="page__head">
                <div class="page__t">
                    <ol class="crumbs" aria-label="Breadcrumb">
                        <li><a href="/apps">"Apps"</a><Icon name="chev-right" /></li>
                        <li><span aria-current="page">"Publish"</span></li>
                    </ol>
                    <h1>{move || work.draft.app.with(|it| it.as_ref().map_or_else(|| "Publish an app".to_owned(), |it| format!("Change {}", it.name)))}</h1>
                    <p>"Choose a flow, say what it asks, and who may use it."</p>
                </div>
            </div>
            <FormProblem error=work.failed />
            <Loaded of=desk skeleton=|| view! { <CardSkeleton count=4 /> } let:desk>
                <div class="arun">
                    <Steps flows=desk.flows.clone() work=work />
                    <Mine desk=desk work=work manages=manages />
                </div>
            </Loaded>
        </div>
    }
}

#[component]
fn Steps(flows: Vec<(FlowId, String)>, work: Work) -> impl IntoView {
    let draft = work.draft;
    let navigate = use_navigate();
    let publish = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (change, navigate) = (draft.change(), navigate.clone());
        let then = move |app: App| navigate(&format!("/apps/{}", app.id), Default::default());
        match draft.app.get_untracked() {
            Some(app) => work.run(change_app(app.id, change), then),
            None => {
                let flow = FlowId::from(draft.flow.get_untracked());
                work.run(publish_flow_as_app(flow, draft.name.get_untracked(), change), then);
            }
        }
    };
    let is_new = move || draft.app.with(Option::is_none);
    prefill(draft);
    let lacks_flow = Signal::derive(move || draft.flow.with(String::is_empty));
    let flows = flows.into_iter().map(|(id, name)| (id.to_string(), name));
    let flows: Vec<_> =
        std::iter::once((String::new(), "Choose".to_owned())).chain(flows).collect();
    view! {
        <form class="card card__body stack stack--4 asteps" on:submit=publish>
            <h2>"1. The flow"</h2>
            <Choose id="app-flow" label="Flow" value=draft.flow options=flows />
            <Show when=is_new><Line id="app-name" label="Name" value=draft.name hint="The flow's name, when left empty" /></Show>
            <Line id="app-about" label="What it does" value=draft.description />
            <Line id="app-category" label="Category" value=draft.category />
            <h2>"2. What it asks"</h2>
            <AskedRows asked=draft.asked />
            <Choose id="app-output" label="Output" value=draft.output options=OUTPUTS.to_vec() />
            <h2>"3. Who may use it"</h2>
            <Choose id="app-audience" label="For" value=draft.audience options=AUDIENCES.to_vec() />
            <Choose id="app-status" label="State" value=draft.status options=STATES.to_vec() />
            <label class="check">
                <input type="checkbox" prop:checked=move || draft.featured.get() on:change=move |event| draft.featured.set(event_target_checked(&event)) />
                "Show it first"
            </label>
            <div class="row">
                <Button kind=Kind::Primary r#type="submit" busy=work.busy disabled=lacks_flow>
                    {move || if is_new() { "Publish" } else { "Save" }}
                </Button>
                <Show when=move || !is_new()>
                    <Button kind=Kind::Ghost on:click=move |_| draft.hold(None)>"New app instead"</Button>
                </Show>
            </div>
        </form>
    }
}

/// What a new app asks is what its flow is given, until somebody writes something else.
fn prefill(draft: Draft) {
    Effect::new(move |before: Option<String>| {
        let flow = draft.flow.get();
        let is_news = before.is_some_and(|it| it != flow) && !flow.is_empty();
        if is_news && draft.app.with_untracked(Option::is_none) && draft.asked.is_empty() {
            let wanted = flow.clone();
            spawn_local(async move {
                let Ok(found) = get_flow(FlowId::from(wanted.as_str())).await else { return };
                let is_still = draft.flow.try_get_untracked() == Some(wanted);
                if is_still && draft.asked.is_empty() {
                    draft.asked.hold(fields_of(&found.version));
                }
            });
        }
        flow
    });
}

/// The apps that the person may change, and the ones that come with PM OS.
#[component]
fn Mine(desk: Desk, work: Work, manages: bool) -> impl IntoView {
    let row = move |app: App| view! { <MineRow app=app work=work /> };
    let is_empty = desk.apps.is_empty();
    view! {
        <section class="card" aria-labelledby="mine">
            <div class="card__head"><h2 id="mine">{if manages { "Apps of this workspace" } else { "Your apps" }}</h2></div>
            <div class="card__body stack stack--3">
                {is_empty.then(|| view! { <p class="sm muted">"None yet."</p> })}
                <ul class="rows">{desk.apps.into_iter().map(row).collect_view()}</ul>
                {manages.then(|| view! {
                    <Button icon="plus" busy=work.busy on:click=move |_| work.run(seed_apps(), |_| {})>"Make the apps that come with PM OS"</Button>
                })}
            </div>
        </section>
    }
}

#[component]
fn MineRow(app: App, work: Work) -> impl IntoView {
    let asked = RwSignal::new(false);
    let (id, held) = (app.id.clone(), app.clone());
    let remove = move |_| match asked.get_untracked() {
        true => work.run(unpublish_app(id.clone()), |()| {}),
        false => asked.set(true),
    };
    let missing = app.gallery_metadata.missing.clone();
    view! {
        <li>
            <span class="grow stack">
                <a href=format!("/apps/{}", app.id)>{app.name}</a>
                <span class="xs quiet">{missing.unwrap_or_else(|| app.gallery_metadata.publisher.publish_status.as_str().to_owned())}</span>
            </span>
            <Button size=Size::Small on:click=move |_| work.draft.hold(Some(held.clone()))>"Change"</Button>
            <Button kind=Kind::Danger size=Size::Small busy=work.busy on:click=remove>
                {move || if asked.get() { "Really take out" } else { "Take out" }}
            </Button>
        </li>
    }
}
