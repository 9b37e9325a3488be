//! Documents, files and folders of a project.

use crate::projects::address::use_address;
use crate::projects::work_row::Comments;
use crate::ui::empty::Empty;
use crate::ui::icon::Icon;
use crate::ui::kept::whole;
use crate::ui::time::Ago;
use domain::record::{Item, Kind, Shelf};
use leptos::prelude::*;

/// "12 kB", as people count bytes.
fn size(bytes: i64) -> String {
    match bytes {
        ..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

/// The panel.
#[component]
pub(crate) fn Files(shelf: Memo<Option<Shelf>>) -> impl IntoView {
    let address = use_address();
    let items = Memo::new(move |_| shelf.get().map(|it| it.items).unwrap_or_default());
    let top = Memo::new(move |_| shelf.with(|it| it.as_ref().map(|it| it.id).unwrap_or_default()));
    let folder = Memo::new(move |_| {
        let id = address.folder.get()?;
        items.with(|it| it.iter().find(|it| it.id == id && it.kind == Kind::Folder).cloned())
    });
    let here = Memo::new(move |_| {
        let id = folder.with(|it| it.as_ref().map(|it| it.id)).unwrap_or_else(|| top.get());
        items.get().into_iter().filter(|it| it.parent_id == id).collect::<Vec<_>>()
    });
    let head = move || match folder.get() {
        None => view! { <h2 id="fi">"Documents and files"</h2> }.into_any(),
        Some(folder) => {
            let up = items
                .with(|it| it.iter().any(|it| it.id == folder.parent_id))
                .then_some(folder.parent_id);
            view! {
                <a class="icon-btn icon-btn--sm" href=address.of_folder(up) aria-label="Up one folder"><Icon name="arrow-left" /></a>
                <h2 id="fi">{folder.title}</h2>
            }
            .into_any()
        }
    };
    let none = || view! { <Empty icon="layers" title="Nothing here" body="What is put here in Basecamp appears here." /> };
    view! {
        <section class="card" aria-labelledby="fi">
            <div class="card__head">{head}</div>
            <ul class="rows">
                <For each=move || here.get() key=whole let:item><Row item=item /></For>
            </ul>
            <Show when=move || here.with(Vec::is_empty)>{none()}</Show>
        </section>
    }
}

#[component]
fn Row(item: Item) -> impl IntoView {
    let address = use_address();
    let (id, kind) = (item.id, item.kind);
    let icon = match kind {
        Kind::Folder => "layers",
        Kind::Upload => "paperclip",
        _ => "audit",
    };
    let open = address.item(id);
    let href = move || if kind == Kind::Folder { address.of_folder(Some(id)) } else { open.get() };
    let what = match item.bytes {
        Some(bytes) => format!("{}, {}", kind.label(), size(bytes)),
        None => kind.label().to_owned(),
    };
    view! {
        <li>
            <Icon name=icon />
            <span class="grow">
                <a class="cover med trunc block" id=format!("r-{id}") href=href>{item.title}</a>
                <span class="xs quiet block">{what}{(!item.creator.is_empty()).then(|| format!(", by {}", item.creator))}</span>
            </span>
            <Comments count=item.comments />
            <Ago at_ms=item.created_at_ms />
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_read_as_people_count() {
        assert_eq!(size(912), "912 bytes");
        assert_eq!(size(912_384), "912 kB");
        assert_eq!(size(12_340_000), "12.3 MB");
    }
}
