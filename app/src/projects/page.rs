//! One project: its tabs, each with its own address. Tabs that are not built are absent.

use crate::projects::age::{Age, use_freshness};
use crate::projects::overview::Overview;
use crate::projects::server_fns::{AddTodo, load_lists, load_project};
use crate::projects::todos::Todos;
use crate::shell::missing::Missing;
use crate::shell::panel::use_side_panel;
use crate::ui::button::Button;
use crate::ui::icon::Icon;
use crate::ui::person::Tile;
use crate::ui::problem::LoadedPage;
use crate::ui::skeleton::PageSkeleton;
use crate::ui::tabs::{Tab, Tabs};
use domain::project::Project;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

/// The page of a project.
#[component]
pub fn ProjectPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").and_then(|it| it.parse::<i64>().ok()));
    let tab = Memo::new(move |_| params.read().get("tab").unwrap_or_else(|| "overview".to_owned()));
    view! {
        <Show when=move || id.get().is_some() fallback=|| view! { <Missing /> }>
            <Known id=Signal::derive(move || id.get().unwrap_or_default()) tab=tab />
        </Show>
    }
}

/// The page of a project whose address is well formed.
#[component]
fn Known(id: Signal<i64>, tab: Memo<String>) -> impl IntoView {
    let project = Resource::new(move || id.get(), load_project);
    let freshness = use_freshness();
    let tabs = Signal::derive(move || {
        let href = |end: &str| format!("/projects/{}{end}", id.get());
        vec![
            Tab { key: "overview", label: "Overview", href: href(""), count: None },
            Tab { key: "todos", label: "To-dos", href: href("/todos"), count: None },
        ]
    });
    // Made here and not in the tabs: what is inside a loading part is built more than once on the server.
    let add = ServerAction::<AddTodo>::new();
    let lists = Resource::new(move || (id.get(), add.version().get()), |(id, _)| load_lists(id));
    let content = move || match tab.get().as_str() {
        "overview" => view! { <Overview lists=lists /> }.into_any(),
        "todos" => view! { <Todos lists=lists add=add /> }.into_any(),
        _ => view! { <Missing /> }.into_any(),
    };
    view! {
        <LoadedPage of=project skeleton=|| view! { <PageSkeleton /> } let:project>
            <div class="page">
                <Head project=project.clone() />
                <Age of=freshness />
                <Tabs label=project.name tabs=tabs open=tab />
                <div
                    role="tabpanel"
                    class="tabpanel"
                    id=move || format!("p-{}", tab.get())
                    aria-labelledby=move || format!("t-{}", tab.get())
                >
                    {content}
                </div>
            </div>
        </LoadedPage>
    }
}

#[component]
fn Head(project: Project) -> impl IntoView {
    let panel = use_side_panel();
    view! {
        <Title text=project.name.clone() />
        <div class="page__head">
            <div class="page__t">
                <ol class="crumbs" aria-label="Breadcrumb">
                    <li><a href="/projects">"Projects"</a><Icon name="chev-right" /></li>
                    <li><span aria-current="page">{project.name.clone()}</span></li>
                </ol>
                <div class="row gap-3" style="margin-block-start: 0.375rem">
                    <Tile name=project.name.clone() size="tile--lg" />
                    <div class="grow"><h1>{project.name}</h1><p style="margin: 0">{project.description}</p></div>
                </div>
            </div>
            <div class="page__a">
                <Button icon="assistant" on:click=move |_| panel.open()>"Ask about this"</Button>
                <a class="btn" href=project.app_url target="_blank" rel="noreferrer">
                    "Basecamp"
                    <Icon name="external" />
                </a>
            </div>
        </div>
    }
}
