//! The gallery of apps: found by words, narrowed by category, in the order people want.

use super::server_fns::{load_gallery, seed_apps};
use crate::session::StartedWith;
use crate::ui::button::{Button, ButtonLink, Kind};
use crate::ui::choice::{Chip, Segments};
use crate::ui::empty::Empty;
use crate::ui::person::Tile;
use crate::ui::problem::Loaded;
use crate::ui::search::SearchBox;
use crate::ui::skeleton::CardSkeleton;
use crate::ui::toast::Toasts;
use domain::actor::Permission;
use domain::app::publisher::Audience;
use domain::app::{App, AppFilter};
use domain::words::capitalised;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;

/// Apps read at once.
const MOST: u32 = 100;

/// Whether the person who looks may publish.
fn may_publish() -> bool {
    StartedWith::session().is_some_and(|it| it.user.role.can(Permission::Write))
}

/// The order of the gallery.
fn sorted(mut apps: Vec<App>, order: &str) -> Vec<App> {
    match order {
        "used" => apps.sort_by_key(|it| std::cmp::Reverse(it.gallery_metadata.run_count)),
        "new" => apps.sort_by(|a, b| b.created.cmp(&a.created)),
        "name" => apps.sort_by_key(|it| it.name.to_lowercase()),
        _ => {}
    }
    apps
}

fn fitting(apps: &[App], category: &str, words: &str) -> Vec<App> {
    let words = words.trim().to_lowercase();
    let fits = |it: &&App| {
        let about = &it.gallery_metadata;
        let text = format!("{} {} {}", it.name, it.description, about.tags.join(" "));
        (category.is_empty() || about.category == category) && text.to_lowercase().contains(&words)
    };
    apps.iter().filter(fits).cloned().collect()
}

/// The categories that there are, in order.
fn categories(apps: &[App]) -> Vec<String> {
    let mut all: Vec<String> = apps.iter().map(|it| it.gallery_metadata.category.clone()).collect();
    all.sort();
    all.dedup();
    all.retain(|it| !it.is_empty());
    all
}

/// The page.
#[component]
pub fn AppsPage() -> impl IntoView {
    let filter = AppFilter { limit: MOST, ..AppFilter::default() };
    // Strangers see the apps without the frame, where toasts appear.
    let toasts = use_context::<Toasts>();
    let seeding = Seeding { changes: RwSignal::new(0), busy: RwSignal::new(false), toasts };
    let all = Resource::new(move || seeding.changes.get(), move |_| load_gallery(filter.clone()));
    let words = RwSignal::new(String::new());
    let category = RwSignal::new(String::new());
    let order = RwSignal::new("picked".to_owned());
    view! {
        <Title text="Apps" />
        <div class="page">
            <div class="page__head">
                <div class="page__t">
                    <h1>"Apps"</h1>
                    <p>"Small forms that do one job. Fill one in, and its flow runs."</p>
                </div>
            </div>
            <Loaded of=all skeleton=|| view! { <CardSkeleton count=6 /> } let:page>
                <Gallery apps=page.data words=words category=category order=order seeding=seeding />
            </Loaded>
        </div>
    }
}

#[component]
fn Gallery(
    apps: Vec<App>,
    words: RwSignal<String>,
    category: RwSignal<String>,
    order: RwSignal<String>,
    seeding: Seeding,
) -> impl IntoView {
    if apps.is_empty() {
        return view! { <NoApps seeding=seeding /> }.into_any();
    }
    let categories = categories(&apps);
    let apps = StoredValue::new(apps);
    let is_whole = move || words.with(|it| it.trim().is_empty()) && category.with(String::is_empty);
    let found = Memo::new(move |_| {
        let fitting = apps.with_value(|it| fitting(it, &category.read(), &words.read()));
        sorted(fitting, &order.read())
    });
    let featured = Memo::new(move |_| {
        let first = |it: &&App| it.gallery_metadata.featured;
        found.with(|all| all.iter().filter(first).cloned().collect::<Vec<_>>())
    });
    let chip = move |(key, label): (String, String)| {
        let is = key.clone();
        let on = Signal::derive(move || category.with(|it| *it == is));
        view! { <Chip on=on press=move |()| category.set(key.clone())>{label}</Chip> }
    };
    let chips = std::iter::once((String::new(), "All".to_owned()))
        .chain(categories.into_iter().map(|it| (it.clone(), in_words(&it))));
    view! {
        <div class="toolbar">
            <SearchBox label="Search apps" words=words />
            <div class="chips" role="group" aria-label="Category">{chips.map(chip).collect_view()}</div>
            <span class="push row row--wrap">
                <Segments
                    label="Order"
                    options=vec![("picked", "Picked"), ("used", "Most used"), ("new", "Newest"), ("name", "By name")]
                    value=order
                    change=move |key: &'static str| order.set(key.to_owned())
                />
                {may_publish().then(|| view! {
                    <ButtonLink kind=Kind::Primary icon="plus" href="/apps/publisher">"Publish an app"</ButtonLink>
                })}
            </span>
        </div>
        <Show when=move || is_whole() && !featured.with(Vec::is_empty)>
            <section class="stack stack--3" aria-labelledby="featured">
                <h2 id="featured">"Featured"</h2>
                <Cards apps=featured />
            </section>
        </Show>
        <section class="stack stack--3" aria-labelledby="all-apps">
            <h2 id="all-apps">{move || if is_whole() { "All apps" } else { "Found" }}</h2>
            <Cards apps=found />
            <Show when=move || found.with(Vec::is_empty)>
                <div class="row" role="status">
                    <p class="sm muted">"No app fits."</p>
                    <Button kind=Kind::Ghost on:click=move |_| { words.set(String::new()); category.set(String::new()) }>
                        "Show all"
                    </Button>
                </div>
            </Show>
        </section>
    }
    .into_any()
}

/// Making the apps that come with PM OS. Outlives the list.
#[derive(Clone, Copy)]
struct Seeding {
    /// Counts how often they were made: the list is asked for again.
    changes: RwSignal<u32>,
    busy: RwSignal<bool>,
    toasts: Option<Toasts>,
}

impl Seeding {
    fn start(self) {
        self.busy.set(true);
        spawn_local(async move {
            match seed_apps().await {
                Ok(_) => drop(self.changes.try_update(|it| *it += 1)),
                Err(error) => {
                    if let Some(toasts) = self.toasts {
                        toasts.refused(&error);
                    }
                }
            }
            self.busy.try_set(false);
        });
    }
}

#[component]
fn NoApps(seeding: Seeding) -> impl IntoView {
    let manages = StartedWith::session().is_some_and(|it| it.user.role.can(Permission::Manage));
    let body = match manages {
        true => "Publish a flow as a form, or begin with the apps that come with PM OS.",
        false => "Publish a flow as a form. Everybody you choose can fill it in.",
    };
    match may_publish() {
        true => view! {
            <Empty icon="grid" title="No apps yet" body=body>
                <ButtonLink kind=Kind::Primary href="/apps/publisher">"Publish an app"</ButtonLink>
                {manages.then(|| view! {
                    <Button busy=seeding.busy on:click=move |_| seeding.start()>"Make the apps that come with PM OS"</Button>
                })}
            </Empty>
        }
        .into_any(),
        false => view! {
            <Empty icon="grid" title="No apps yet" body="Nobody has published one for you. They appear here as soon as somebody does." />
        }
        .into_any(),
    }
}

#[component]
fn Cards(apps: Memo<Vec<App>>) -> impl IntoView {
    view! {
        <ul class="cards" style="--min: 17rem">
            <For each=move || apps.get() key=|it| it.id.clone() let:app>
                <Card app=app />
            </For>
        </ul>
    }
}

#[component]
fn Card(app: App) -> impl IntoView {
    let about = app.gallery_metadata;
    let icon = crate::ui::icon::known(&about.icon).unwrap_or("grid");
    let badge = match (&about.missing, about.publisher.audience) {
        (Some(_), _) => Some("Draft"),
        (None, Audience::External) => Some("Public"),
        (None, Audience::Internal) => None,
    };
    let used = match about.run_count {
        0 => "Not used yet".to_owned(),
        1 => "Used once".to_owned(),
        many => format!("Used {many} times"),
    };
    view! {
        <li class="card card--link appcard">
            <div class="row">
                <Tile name="" icon=icon tile_hue=224 />
                {badge.map(|it| view! { <span class="badge push">{it}</span> })}
            </div>
            <h3><a class="cover" href=format!("/apps/{}", app.id)>{app.name}</a></h3>
            <p class="sm muted">{app.description}</p>
            <p class="xs quiet">{used}</p>
        </li>
    }
}

/// `WRITING` as people read it.
pub(super) fn in_words(category: &str) -> String {
    capitalised(&category.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_category_reads_as_a_word() {
        assert_eq!(in_words("WRITING"), "Writing");
        assert_eq!(in_words(""), "");
    }
}
