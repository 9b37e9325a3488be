//! What happened lately, in Basecamp and in PM OS: who did what, when, and where it is.

use crate::error::AppError;
use crate::projects::around::end;
use crate::projects::undo::TakeBack;
use crate::ui::empty::Empty;
use crate::ui::icon::Icon;
use crate::ui::person::Avatar;
use crate::ui::problem::Loaded;
use crate::ui::skeleton::RowsSkeleton;
use crate::ui::time::{Ago, use_now};
use domain::home::{Did, Glance, Happened, Recent};
use domain::record::{Deed, News};
use leptos::prelude::*;

/// The card.
#[component]
pub(crate) fn ActivityCard(glance: Resource<Result<Glance, AppError>>) -> impl IntoView {
    view! {
        <section class="card" aria-labelledby="h-act">
            <div class="card__head"><h2 id="h-act">"Recent activity"</h2></div>
            <Loaded of=glance skeleton=|| view! { <RowsSkeleton count=5 /> } let:glanced>
                <Rows recent=glanced.recent again=move || glance.refetch() />
            </Loaded>
        </section>
    }
}

#[component]
fn Rows(recent: Vec<Happened>, #[prop(into)] again: Callback<()>) -> impl IntoView {
    if recent.is_empty() {
        return view! {
            <Empty icon="clock" title="Nothing happened lately" body="What people do in Basecamp and in PM OS appears here." />
        }
        .into_any();
    }
    let row = |it: Happened| {
        let undo = it.undo.map(|it| view! { <TakeBack of=Some(it) then=again /> });
        let told = match it.what {
            Recent::Basecamp(news) => view! { <NewsRow news=news /> }.into_any(),
            Recent::Here(did) => view! { <DidRow did=did /> }.into_any(),
        };
        view! { <li>{told} {undo}</li> }
    };
    view! { <ul class="rows">{recent.into_iter().map(row).collect_view()}</ul> }.into_any()
}

/// Where a record opens: over the page of its project, else in Basecamp.
fn place(news: &News) -> String {
    match news.item {
        Some(id) => format!("/projects/{}?item={id}", news.project_id),
        None => format!("/projects/{}", news.project_id),
    }
}

#[component]
fn NewsRow(news: News) -> impl IntoView {
    let now = use_now();
    let href = place(&news);
    let News { who, deed, title, project, at_ms, .. } = news;
    // Whose change it was and when it is due are two sentences, so the second stands alone.
    let who = who.filter(|_| !matches!(deed, Deed::Due(_) | Deed::Given(_)));
    let (active, passive) = (deed.active(), deed.passive());
    let last = move || end(&deed, now.get());
    let (mark, told) = match who {
        Some(name) => (
            view! { <Avatar name=name.clone() decorative=true /> }.into_any(),
            view! { <b>{name}</b>" "{active}" "<a href=href>{title}</a>" "{last} }.into_any(),
        ),
        None => (
            view! { <span class="tile tile--sm tile--plain" aria-hidden="true"><Icon name="todo" /></span> }.into_any(),
            view! { <a href=href>{title}</a>" "{passive}" "{last} }.into_any(),
        ),
    };
    view! {
        {mark}
        <span class="grow act">{told}<span class="xs quiet trunc block">{project}</span></span>
        <Ago at_ms=at_ms />
    }
}

#[component]
fn DidRow(did: Did) -> impl IntoView {
    let Did { who, what, label, href, at_ms } = did;
    let thing = match href {
        Some(href) => view! { <a href=href>{label}</a> }.into_any(),
        None => view! { <span>{label}</span> }.into_any(),
    };
    view! {
        <Avatar name=who.clone() decorative=true />
        <span class="grow act"><b>{who}</b>" "{what}" "{thing}</span>
        <Ago at_ms=at_ms />
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_opens_over_the_page_of_its_project() {
        let news = News {
            who: None,
            deed: Deed::Added,
            title: "Menu board copy".to_owned(),
            project_id: 7,
            project: "Halden Coffee rebrand".to_owned(),
            item: Some(42),
            app_url: String::new(),
            at_ms: 1,
        };
        assert_eq!(place(&news), "/projects/7?item=42");
        assert_eq!(place(&News { item: None, ..news }), "/projects/7");
    }
}
