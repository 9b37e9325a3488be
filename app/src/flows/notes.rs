//! Sticky notes: words beside the steps, for people; runs pass them over.

use super::hands::{Hands, shifted};
use super::panning::Camera;
use super::store::Studio;
use crate::ui::browser;
use crate::ui::icon::Icon;
use crate::ui::menu::{Menu, MenuItem, MenuSeparator, Place};
use domain::flow::Note;
use domain::flow::edit::{DeleteNote, FlowEdit};
use leptos::prelude::*;
use web_sys::KeyboardEvent;

/// How far an arrow key moves a note, in canvas units.
const STEP: f64 = 20.0;

impl Studio {
    /// Puts an empty note at a point of the canvas and goes on typing in it.
    pub fn add_note(self, at: (i32, i32)) {
        let taken =
            |id: &str| self.flow.with_untracked(|it| it.version.notes.iter().any(|it| it.id == id));
        let mut id = format!("note-{}", browser::now_ms());
        while taken(&id) {
            id.push('0');
        }
        self.edit(FlowEdit::AddNote(Note::new(id.clone(), at)));
        request_animation_frame(move || browser::focus(&format!("text-{id}")));
    }

    fn note(self, id: &str) -> Option<Note> {
        self.with_shown(|it| it.notes.iter().find(|it| it.id == id).cloned())
    }

    fn change_note(self, id: &str, change: impl FnOnce(Note) -> Note) {
        if let Some(note) = untrack(|| self.note(id)) {
            self.edit(FlowEdit::UpdateNote(change(note)));
        }
    }

    fn write_note(self, id: &str, content: String) {
        if let Some(note) = untrack(|| self.note(id)) {
            self.type_in(&format!("text-{id}"), FlowEdit::UpdateNote(Note { content, ..note }));
        }
    }
}

/// Ids of the notes, in the order they were made.
fn ids(studio: Studio) -> Memo<Vec<String>> {
    Memo::new(move |_| studio.with_shown(|it| it.notes.iter().map(|it| it.id.clone()).collect()))
}

/// The notes on the canvas.
#[component]
pub fn Notes(
    /// The open flow.
    studio: Studio,
    /// What the pointer holds.
    hands: Hands,
) -> impl IntoView {
    let all = ids(studio);
    view! {
        <For each=move || all.get() key=Clone::clone let:id>
            <Sticky studio=studio hands=hands id=id />
        </For>
    }
}

/// A note as it stands on the canvas; nothing once it is gone.
fn drawn(studio: Studio, hands: Hands, id: StoredValue<String>) -> Memo<Option<Note>> {
    Memo::new(move |_| Some(hands.carried(studio.note(&id.get_value())?)))
}

#[component]
fn Sticky(studio: Studio, hands: Hands, id: String) -> impl IntoView {
    let (key, named) = (StoredValue::new(id.clone()), id.clone());
    let note = drawn(studio, hands, key);
    let place = move || {
        let (corner, size) = note.get().map(|it| (it.corner(), it.extent()))?;
        let ((x, y), (w, h)) = (corner, size);
        Some(format!("left: {x}px; top: {y}px; width: {w}px; height: {h}px"))
    };
    let color = move || note.get().map(|it| it.color);
    let keydown = move |event: KeyboardEvent| arrow(studio, &key.get_value(), &event);
    view! {
        <li class="note" style=place data-note=named data-color=color>
            <Show when=move || studio.is_editing()>
                <div class="note__bar">
                    <button type="button" class="note__grip" id=format!("grip-{}", key.get_value()) on:keydown=keydown
                        aria-label="Move this note" title="Drag, or use the arrow keys; with Shift they change its size">
                        <Icon name="grip" />
                    </button>
                    <MoreButton studio=studio id=key.get_value() />
                </div>
            </Show>
            <Words studio=studio id=id label="Note" prefix="text" />
            <Show when=move || studio.is_editing()><span class="note__size" aria-hidden="true"></span></Show>
        </li>
    }
}

/// Arrows move a note, with Shift they size it.
fn arrow(studio: Studio, id: &str, event: &KeyboardEvent) {
    let by = match event.key().as_str() {
        "ArrowLeft" => (-STEP, 0.0),
        "ArrowRight" => (STEP, 0.0),
        "ArrowUp" => (0.0, -STEP),
        "ArrowDown" => (0.0, STEP),
        "Delete" | "Backspace" => {
            event.prevent_default();
            event.stop_propagation();
            return studio.edit(FlowEdit::DeleteNote(DeleteNote { id: id.to_owned() }));
        }
        _ => return,
    };
    event.prevent_default();
    event.stop_propagation();
    studio.change_note(id, |it| shifted(it, event.shift_key(), by));
}

#[component]
fn MoreButton(studio: Studio, id: String) -> impl IntoView {
    view! {
        <button type="button" class="icon-btn icon-btn--xs" aria-haspopup="menu" aria-label="More for this note"
            popovertarget="note-menu" on:click=move |_| studio.note_of.set(id.clone())>
            <Icon name="more" />
        </button>
    }
}

#[component]
fn Words(studio: Studio, id: String, label: &'static str, prefix: &'static str) -> impl IntoView {
    let key = StoredValue::new(id.clone());
    let content =
        Memo::new(move |_| studio.note(&key.get_value()).map(|it| it.content).unwrap_or_default());
    view! {
        <textarea
            class="note__text"
            id=format!("{prefix}-{id}")
            aria-label=label
            placeholder="Write what people should know"
            readonly=move || !studio.is_editing()
            prop:value=move || content.get()
            on:input=move |event| studio.write_note(&key.get_value(), event_target_value(&event))
        >
            {content.get_untracked()}
        </textarea>
    }
}

/// The menu of a note, once on the page.
#[component]
pub fn NoteMenu(
    /// The open flow.
    studio: Studio,
) -> impl IntoView {
    let color = move |color: &'static str| {
        view! {
            <MenuItem on:click=move |_| {
                studio.change_note(&studio.note_of.get_untracked(), |it| Note { color: color.to_owned(), ..it });
            }>
                <span class="note__dot" data-color=color aria-hidden="true"></span>
                {capital(color)}
            </MenuItem>
        }
    };
    let delete = move |_| {
        studio.edit(FlowEdit::DeleteNote(DeleteNote { id: studio.note_of.get_untracked() }))
    };
    view! {
        <Menu id="note-menu" label="Note" place=Place::End>
            {Note::COLORS.map(color).into_iter().collect_view()}
            <MenuSeparator />
            <MenuItem icon="trash" bad=true on:click=delete>"Delete"</MenuItem>
        </Menu>
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|it| it.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// The notes below the outline, with the same words.
#[component]
pub fn NoteList(
    /// The open flow.
    studio: Studio,
) -> impl IntoView {
    let all = ids(studio);
    view! {
        <Show when=move || all.with(|it| !it.is_empty())>
            <section class="outline__notes" aria-label="Notes">
                <h2>"Notes"</h2>
                <ul>
                    <For each=move || all.get() key=Clone::clone let:id>
                        <Line studio=studio id=id />
                    </For>
                </ul>
            </section>
        </Show>
    }
}

#[component]
fn Line(studio: Studio, id: String) -> impl IntoView {
    let key = StoredValue::new(id.clone());
    let color = move || studio.note(&key.get_value()).map(|it| it.color);
    view! {
        <li class="note note--flat" data-color=color>
            <Words studio=studio id=id label="Note" prefix="line" />
            <Show when=move || studio.is_editing()><MoreButton studio=studio id=key.get_value() /></Show>
        </li>
    }
}

/// Puts a note where there is room in sight.
#[component]
pub fn AddNoteButton(
    /// The open flow.
    studio: Studio,
    /// Where the canvas is looked at from.
    camera: Camera,
) -> impl IntoView {
    view! {
        <Show when=move || studio.is_editing()>
            <button type="button" class="icon-btn icon-btn--sm" aria-label="Add a note" title="Add a note"
                on:click=move |_| studio.add_note(camera.free_corner())>
                <Icon name="comment" />
            </button>
        </Show>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_words_that_begin_large() {
        assert_eq!(capital("yellow"), "Yellow");
        assert_eq!(capital(""), "");
    }
}
