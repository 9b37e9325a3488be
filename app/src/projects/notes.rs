//! What the assistant remembers about a project: shown to everybody, written by those who manage.

use crate::projects::address::use_address;
use crate::session::can;
use crate::settings::memory_fns::{forget_note, keep_note, load_notes, restore_note};
use crate::ui::button::{Button, IconButton, Kind, Size};
use crate::ui::kept::whole;
use crate::ui::toast::use_toasts;
use crate::ui::typed::Lines;
use domain::actor::Permission;
use domain::assistant::{Note, NoteChange};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The notes of one project, and what is being written.
#[derive(Clone, Copy)]
struct Pad {
    project: Memo<String>,
    notes: RwSignal<Option<Vec<Note>>>,
    /// Why they could not be read, or the last change was not made.
    trouble: RwSignal<Option<String>>,
    open: RwSignal<bool>,
    id: RwSignal<Option<String>>,
    text: RwSignal<String>,
    busy: RwSignal<bool>,
}

impl Pad {
    /// Reads the notes again.
    fn load(self) {
        let project = self.project.get_untracked();
        spawn_local(async move {
            match load_notes(String::new()).await {
                Ok(mut all) => {
                    all.retain(|it| it.project_id.as_deref() == Some(project.as_str()));
                    self.notes.try_set(Some(all));
                }
                Err(error) => {
                    self.trouble.try_set(Some(error.to_string()));
                }
            }
        });
    }

    fn begin(self, note: Option<&Note>) {
        self.trouble.set(None);
        self.id.set(note.map(|it| it.id.clone()));
        self.text.set(note.map(|it| it.content.clone()).unwrap_or_default());
        self.open.set(true);
    }

    fn keep(self) {
        let change = NoteChange {
            id: self.id.get_untracked(),
            kind: "fact".to_owned(),
            scope: "project".to_owned(),
            project_id: self.project.get_untracked(),
            content: self.text.get_untracked(),
        };
        self.busy.set(true);
        spawn_local(async move {
            match keep_note(change).await {
                Ok(()) => {
                    self.open.try_set(false);
                    self.load();
                }
                Err(error) => {
                    self.trouble.try_set(Some(error.words()));
                }
            }
            self.busy.try_set(false);
        });
    }
}

/// The card on the page of a project.
#[component]
pub(crate) fn ProjectNotes() -> impl IntoView {
    let address = use_address();
    let pad = Pad {
        project: Memo::new(move |_| address.project.get().to_string()),
        notes: RwSignal::new(None),
        trouble: RwSignal::new(None),
        open: RwSignal::new(false),
        id: RwSignal::new(None),
        text: RwSignal::new(String::new()),
        busy: RwSignal::new(false),
    };
    Effect::new(move |_| {
        pad.project.track();
        pad.notes.set(None);
        pad.load();
    });
    let manages = can(Permission::Manage);
    let rows = move || pad.notes.get().unwrap_or_default();
    let is_empty = move || pad.notes.with(|it| it.as_ref().is_some_and(Vec::is_empty));
    view! {
        <section class="card" aria-labelledby="ov-notes">
            <div class="card__head">
                <h2 id="ov-notes">"Notes of the assistant"</h2>
                <Show when=move || manages.get() && !pad.open.get()>
                    <span class="push"><Button size=Size::Small icon="plus" on:click=move |_| pad.begin(None)>"Add a note"</Button></span>
                </Show>
            </div>
            <ul class="rows"><For each=rows key=whole let:note><Row note=note pad=pad /></For></ul>
            <Show when=is_empty>
                <p class="none">"The assistant remembers nothing about this project yet."</p>
            </Show>
            <Show when=move || pad.open.get()><Writing pad=pad /></Show>
            {move || pad.trouble.get().map(|it| view! { <p class="error inset" role="alert">{it}</p> })}
        </section>
    }
}

#[component]
fn Row(note: Note, pad: Pad) -> impl IntoView {
    let manages = can(Permission::Manage);
    let toasts = use_toasts();
    let note = StoredValue::new(note);
    let name = move |verb: &str| note.with_value(|it| format!("{verb}: {}", it.content));
    let forget = move |_| {
        let id = note.with_value(|it| it.id.clone());
        spawn_local(async move {
            let back = id.clone();
            match forget_note(id).await {
                Ok(()) => {
                    pad.load();
                    let bring_back = Callback::new(move |()| {
                        let id = back.clone();
                        spawn_local(async move {
                            // A note that is there already shows by itself.
                            drop(restore_note(id).await);
                            pad.load();
                        });
                    });
                    toasts.undo("The note is deleted", "", bring_back);
                }
                Err(error) => toasts.refused(&error),
            }
        });
    };
    view! {
        <li>
            <span class="grow">{note.with_value(|it| it.content.clone())}</span>
            <Show when=move || manages.get()>
                <span class="row nowrap">
                    <IconButton icon="edit" label=name("Change") class="icon-btn--sm"
                        on:click=move |_| note.with_value(|it| pad.begin(Some(it))) />
                    <IconButton icon="trash" label=name("Delete") class="icon-btn--sm" on:click=forget />
                </span>
            </Show>
        </li>
    }
}

#[component]
fn Writing(pad: Pad) -> impl IntoView {
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        pad.trouble.set(None);
        pad.keep();
    };
    view! {
        <form class="stack stack--3 inset" on:submit=send>
            <Lines id="project-note" label="What should be remembered" value=pad.text
                hint="A fact for everybody. The assistant uses it in conversations on this project." />
            <div class="row">
                <Button kind=Kind::Primary r#type="submit" busy=pad.busy>"Keep the note"</Button>
                <Button kind=Kind::Ghost on:click=move |_| pad.open.set(false)>"Cancel"</Button>
            </div>
        </form>
    }
}
