//! The gallery of templates: begin with something that already works.

use super::cards::look_of_piece;
use super::describe::Describe;
use super::list::use_new_flow;
use super::template_ask::UseDialog;
use super::template_fns::{TemplateCard, list_templates};
use super::tile::PieceTile;
use crate::session;
use crate::ui::button::{Button, Kind};
use crate::ui::choice::Chip;
use crate::ui::icon::Icon;
use crate::ui::problem::Loaded;
use crate::ui::search::SearchBox;
use crate::ui::skeleton::CardSkeleton;
use domain::actor::Permission;
use leptos::prelude::*;
use leptos_router::hooks::query_signal;

/// The kinds of templates, in the order they come first.
fn kinds(all: &[TemplateCard]) -> Vec<(String, usize)> {
    let mut kinds: Vec<(String, usize)> = Vec::new();
    for it in all {
        match kinds.iter_mut().find(|kind| kind.0 == it.category) {
            Some(kind) => kind.1 += 1,
            None => kinds.push((it.category.clone(), 1)),
        }
    }
    kinds
}

fn fitting(all: &[TemplateCard], kind: &str, wanted: &str) -> Vec<TemplateCard> {
    let wanted = wanted.trim().to_lowercase();
    let fits = |it: &&TemplateCard| {
        let words = format!("{} {}", it.name, it.summary).to_lowercase();
        (kind.is_empty() || it.category == kind) && words.contains(&wanted)
    };
    all.iter().filter(fits).cloned().collect()
}

/// The page of templates.
#[component]
pub fn TemplatesPage() -> impl IntoView {
    let all = Resource::new(|| (), |()| list_templates());
    let wanted = RwSignal::new(String::new());
    let chosen = RwSignal::new(None::<TemplateCard>);
    let open = RwSignal::new(false);
    view! {
        <div class="page">
            <Head />
            <Describe />
            <Loaded of=all skeleton=|| view! { <CardSkeleton count=9 /> } let:list>
                <Gallery list=list wanted=wanted chosen=chosen open=open />
            </Loaded>
            <UseDialog chosen=chosen open=open />
        </div>
    }
}

#[component]
fn Head() -> impl IntoView {
    let may = session::can(Permission::Write);
    let (busy, make) = use_new_flow();
    view! {
        <div class="page__head">
            <div class="page__t">
                <ol class="crumbs" aria-label="Breadcrumb">
                    <li><a href="/flows">"Flows"</a><Icon name="chev-right" /></li>
                    <li><span aria-current="page">"Templates"</span></li>
                </ol>
                <h1>"Start a flow"</h1>
                <p>"Begin with something that already works. You see every step before it runs."</p>
            </div>
            <div class="page__a">
                <Show when=move || may.get()>
                    <Button kind=Kind::Plain busy=busy on:click=move |_| make.run(())>"Blank flow"</Button>
                </Show>
            </div>
        </div>
    }
}

#[component]
fn Gallery(
    list: Vec<TemplateCard>,
    wanted: RwSignal<String>,
    chosen: RwSignal<Option<TemplateCard>>,
    open: RwSignal<bool>,
) -> impl IntoView {
    let (kind, set_kind) = query_signal::<String>("kind");
    let kind = Memo::new(move |_| kind.get().unwrap_or_default());
    let kinds = kinds(&list);
    let many = list.len();
    let list = StoredValue::new(list);
    let found = Memo::new(move |_| list.with_value(|it| fitting(it, &kind.read(), &wanted.read())));
    let chip = move |(key, words, number): (String, String, usize)| {
        let (is, press) = (key.clone(), key);
        let on = Signal::derive(move || kind.with(|it| *it == is));
        let press = move |()| set_kind.set((!press.is_empty()).then(|| press.clone()));
        view! { <Chip on=on press=press>{words} " " <span class="count">{number}</span></Chip> }
    };
    let chips = std::iter::once((String::new(), "All".to_owned(), many))
        .chain(kinds.into_iter().map(|(it, number)| (it.clone(), it, number)));
    view! {
        <div class="toolbar">
            <SearchBox label="Search templates" words=wanted />
            <div class="chips" role="group" aria-label="Show">{chips.map(chip).collect_view()}</div>
        </div>
        <ul class="cards" style="--min: 17rem">
            <For each=move || found.get() key=|it| it.id.clone() let:template>
                <TemplateTile template=template chosen=chosen open=open />
            </For>
        </ul>
        <Show when=move || found.with(Vec::is_empty)>
            <p class="sm muted" role="status">"No template fits. Search for something else, or begin with a blank flow."</p>
        </Show>
    }
}

#[component]
fn TemplateTile(
    template: TemplateCard,
    chosen: RwSignal<Option<TemplateCard>>,
    open: RwSignal<bool>,
) -> impl IntoView {
    let tile = |(at, name): (usize, &String)| {
        view! {
            {(at > 0).then(|| view! { <i></i> })}
            <PieceTile look=Signal::stored(look_of_piece(name)) size="tile--sm" />
        }
    };
    let chain = template.pieces.iter().take(4).enumerate().map(tile).collect_view();
    let (name, summary, waits) = (template.name.clone(), template.summary.clone(), template.waits);
    let press = move |_| {
        chosen.set(Some(template.clone()));
        open.set(true);
    };
    view! {
        <li class="card card--link tcard">
            <div class="tcard__art">
                <span class="chain">{chain}</span>
                {waits.then(|| view! { <span class="badge badge--warn push">"Asks first"</span> })}
            </div>
            <h2><button class="cover" type="button" on:click=press>{name}</button></h2>
            <p class="sm muted">{summary}</p>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(name: &str, category: &str) -> TemplateCard {
        TemplateCard {
            id: name.to_owned(),
            name: name.to_owned(),
            category: category.to_owned(),
            summary: "Tells you".to_owned(),
            asks: Vec::new(),
            waits: false,
            pieces: Vec::new(),
            steps: Vec::new(),
        }
    }

    #[test]
    fn search_and_kind_narrow_together() {
        let all =
            [card("Digest", "Deadlines"), card("Alert", "Deadlines"), card("Stuck", "Boards")];
        assert_eq!(kinds(&all), [("Deadlines".to_owned(), 2), ("Boards".to_owned(), 1)]);
        assert_eq!(fitting(&all, "Deadlines", "tells").len(), 2);
        assert_eq!(fitting(&all, "", "stuck")[0].name, "Stuck");
        assert!(fitting(&all, "Boards", "digest").is_empty());
    }
}
