//! Documents, files and folders of a project.

use crate::error::AppError;
use crate::projects::address::use_address;
use crate::projects::desk::{Desk, Sending};
use crate::projects::form::{AddRow, Draft, FormEnd, wrong};
use crate::projects::work_row::Comments;
use crate::ui::chosen::NotChosen;
use crate::ui::empty::Empty;
use crate::ui::field::Note;
use crate::ui::icon::Icon;
use crate::ui::kept::whole;
use crate::ui::progress::Progress;
use crate::ui::time::Ago;
use crate::ui::typed::{Line, Lines};
use crate::ui::uploading::{self, Answered, Hearers};
use domain::problem::Problem;
use domain::record::{Act, Acted, Fields, Item, Kind, LARGEST_FILE, Shelf};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use serde::Deserialize;

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
pub(crate) fn Files(shelf: Memo<Option<Shelf>>, desk: Desk) -> impl IntoView {
    let address = use_address();
    let items = Memo::new(move |_| shelf.get().map(|it| it.items).unwrap_or_default());
    let top = Memo::new(move |_| shelf.with(|it| it.as_ref().map(|it| it.id).unwrap_or_default()));
    let folder = Memo::new(move |_| {
        let id = address.folder.get()?;
        items.with(|it| it.iter().find(|it| it.id == id && it.kind == Kind::Folder).cloned())
    });
    let place = Memo::new(move |_| {
        folder.with(|it| it.as_ref().map(|it| it.id)).unwrap_or_else(|| top.get())
    });
    let here = Memo::new(move |_| {
        let id = place.get();
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
    let none = || view! { <Empty icon="layers" title="Nothing here" body="What is put here or in Basecamp appears here." /> };
    view! {
        <section class="card" aria-labelledby="fi">
            <div class="card__head">{head}</div>
            <ul class="rows">
                <For each=move || here.get() key=whole let:item><Row item=item /></For>
            </ul>
            <Show when=move || here.with(Vec::is_empty)>{none()}</Show>
            <AddDocument folder=place desk=desk />
            <AddFile folder=place desk=desk />
        </section>
    }
}

#[component]
fn AddDocument(folder: Memo<i64>, desk: Desk) -> impl IntoView {
    let open = RwSignal::new(false);
    let (draft, form) = (Draft::empty(), Sending::new());
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        let title = draft.title.get_untracked();
        let fields = Fields { due_on: None, people: None, ..draft.all() };
        let done = Callback::new(move |()| {
            draft.clear();
            open.set(false);
        });
        desk.submit(Act::AddDocument { folder: folder.get_untracked(), fields }, title, form, done);
    };
    view! {
        <AddRow desk=desk open=open label="Write a document">
            <form class="stack stack--3 inset" on:submit=send>
                <Line id="doc-title" label="Title" value=draft.title error=wrong(form, "title") />
                <Lines id="doc-text" label="Words" value=draft.text />
                <FormEnd form=form send="Add document" cancel=move |()| open.set(false) />
            </form>
        </AddRow>
    }
}

const FILE: &str = "file-chosen";

/// What the server says where it refuses.
#[derive(Deserialize)]
struct Refused {
    error: String,
}

/// Why a chosen file was not sent.
fn unsent(why: NotChosen) -> AppError {
    let words = match why {
        NotChosen::None => "Choose a file",
        NotChosen::TooLarge => "It is larger than 50 MB. Put it there in Basecamp",
        NotChosen::Unreadable => "The browser cannot read this file. Choose another one",
    };
    AppError::Problem(Problem::invalid("file", words))
}

/// What became of a file that was sent.
fn outcome(answered: &Answered) -> Result<Acted, AppError> {
    match answered.status {
        0 => Err(AppError::Offline),
        200 => serde_json::from_str(&answered.body).map_err(|_| AppError::Offline),
        _ => {
            let refused = serde_json::from_str(&answered.body);
            let words =
                refused.map_or_else(|_| "It was not taken".to_owned(), |it: Refused| it.error);
            Err(AppError::Problem(Problem::invalid("file", words)))
        }
    }
}

#[component]
fn AddFile(folder: Memo<i64>, desk: Desk) -> impl IntoView {
    let open = RwSignal::new(false);
    let (form, sent) = (Sending::new(), RwSignal::new(0));
    let done = Callback::new(move |answered: Result<Answered, NotChosen>| {
        form.busy.set(false);
        let told = answered.map_err(unsent).and_then(|it| Ok((outcome(&it)?, it.name)));
        match told {
            Ok((acted, name)) => {
                desk.tell(&acted, "File uploaded", name, None);
                open.set(false);
            }
            Err(error) => form.error.set(Some(error)),
        }
    });
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        form.error.set(None);
        form.busy.set(true);
        sent.set(0);
        let (project, folder) = (desk.project.get_untracked(), folder.get_untracked());
        let address = format!("/api/pmos/projects/{project}/files?folder={folder}");
        uploading::upload(FILE, LARGEST_FILE, &address, Hearers { sent, done });
    };
    let error = wrong(form, "file");
    let far = move || {
        form.busy.get().then(|| {
            let value = sent.get();
            view! { <Progress label=format!("{value} % sent") value=value /> }
        })
    };
    view! {
        <AddRow desk=desk open=open label="Upload a file">
            <form class="stack stack--3 inset" on:submit=send>
                <div class="field">
                    <label class="label" for=FILE>"File"</label>
                    <input class="input" type="file" id=FILE aria-describedby="file-chosen-note"
                        aria-invalid=move || error.with(Option::is_some).then_some("true") />
                    <Note id=FILE.to_owned() hint="Up to 50 MB." error=error />
                </div>
                {far}
                <FormEnd form=form send="Upload file" cancel=move |()| open.set(false) />
            </form>
        </AddRow>
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
