//! Settings: what the assistant remembers, with where it came from; to search, add, change and delete.

use crate::error::AppError;
use crate::projects::server_fns::load_projects;
use crate::session::can;
use crate::settings::memory_fns::{ForgetNote, KeepNote, RestoreNote, load_notes};
use crate::ui::badge::{Badge, Tone};
use crate::ui::button::{Button, IconButton, Kind};
use crate::ui::choice::Chip;
use crate::ui::dialog::{Dialog, FormFoot};
use crate::ui::empty::Empty;
use crate::ui::form::FormProblems;
use crate::ui::kept::{Kept, whole};
use crate::ui::problem::FormProblem;
use crate::ui::search::SearchBox;
use crate::ui::skeleton::RowsSkeleton;
use crate::ui::time::{parse_time, use_now};
use crate::ui::toast::use_toasts;
use crate::ui::typed::{Choose, Lines};
use domain::actor::Permission;
use domain::assistant::{Note, NoteChange};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

/// Who a note is for: the word of the API and those of people.
const SCOPES: [(&str, &str); 3] = [
    ("user", "Only me"),
    ("project", "Everybody, about one project"),
    ("workspace", "Everybody in the workspace"),
];
/// What a new note can be.
const KINDS: [(&str, &str); 3] =
    [("fact", "A fact"), ("preference", "A preference"), ("decision", "A decision")];
/// As many as are read.
const MOST: usize = 200;

/// Projects by id; none before Basecamp is connected.
type Projects = Resource<Result<Option<Vec<domain::project::ProjectSummary>>, AppError>>;

/// What is being written, and done. Made by the section, so that it outlives a new reading of the notes.
#[derive(Clone, Copy)]
struct Editing {
    open: RwSignal<bool>,
    id: RwSignal<Option<String>>,
    kind: RwSignal<String>,
    scope: RwSignal<String>,
    project: RwSignal<String>,
    text: RwSignal<String>,
    /// The note that was deleted last.
    gone: RwSignal<String>,
    keep: ServerAction<KeepNote>,
    forget: ServerAction<ForgetNote>,
    restore: ServerAction<RestoreNote>,
    projects: Projects,
}

impl Editing {
    fn new() -> Self {
        Self {
            open: RwSignal::new(false),
            id: RwSignal::new(None),
            kind: RwSignal::new("fact".to_owned()),
            scope: RwSignal::new("user".to_owned()),
            project: RwSignal::new(String::new()),
            text: RwSignal::new(String::new()),
            gone: RwSignal::new(String::new()),
            keep: ServerAction::new(),
            forget: ServerAction::new(),
            restore: ServerAction::new(),
            projects: Resource::new(|| (), |()| load_projects()),
        }
    }

    /// Opens the form for a note, or for a new one.
    fn begin(self, note: Option<Note>) {
        self.keep.clear();
        self.id.set(note.as_ref().map(|it| it.id.clone()));
        let (scope, project, text) = match note {
            Some(it) => (it.scope, it.project_id.unwrap_or_default(), it.content),
            None => ("user".to_owned(), String::new(), String::new()),
        };
        self.scope.set(scope);
        self.project.set(project);
        self.text.set(text);
        self.open.set(true);
    }

    fn change(self) -> NoteChange {
        NoteChange {
            id: self.id.get_untracked(),
            kind: self.kind.get_untracked(),
            scope: self.scope.get_untracked(),
            project_id: self.project.get_untracked(),
            content: self.text.get_untracked(),
        }
    }

    /// The name of a project.
    fn name_of(self, id: &str) -> Option<String> {
        let all = self.projects.get()?.ok()??;
        all.into_iter().map(|it| it.project).find(|it| it.id.to_string() == id).map(|it| it.name)
    }
}

/// The section.
#[component]
pub(crate) fn MemorySection() -> impl IntoView {
    let editing = Editing::new();
    let Editing { keep, forget, restore, .. } = editing;
    let words = RwSignal::new(String::new());
    let notes = Resource::new(
        move || {
            let done = (keep.version().get(), forget.version().get(), restore.version().get());
            (words.get(), done)
        },
        |(words, _)| load_notes(words),
    );
    let toasts = use_toasts();
    Effect::new(move || {
        if let Some(Ok(())) = keep.value().get() {
            editing.open.set(false);
            toasts.say("The note is kept");
        }
    });
    Effect::new(move || match forget.value().get() {
        Some(Ok(())) => {
            let id = editing.gone.get_untracked();
            let back = Callback::new(move |()| {
                restore.dispatch(RestoreNote { id: id.clone() });
            });
            toasts.undo("The note is deleted", "", back);
        }
        Some(Err(error)) => toasts.refused(&error),
        None => {}
    });
    Effect::new(move || {
        if let Some(Err(error)) = restore.value().get() {
            toasts.refused(&error);
        }
    });
    let writes = can(Permission::Write);
    view! {
        <p class="muted">
            "Notes the assistant uses in later conversations. They are facts and wishes to it, never orders, and each can be changed or deleted here."
        </p>
        <div class="toolbar">
            <SearchBox label="Search notes" words=words when_done=true />
            <Show when=move || writes.get()>
                <Button class="push" kind=Kind::Primary icon="plus" on:click=move |_| editing.begin(None)>"Add a note"</Button>
            </Show>
        </div>
        <Kept of=notes skeleton=|| view! { <RowsSkeleton count=3 /> } let:notes>
            <Notes notes=notes words=words editing=editing />
        </Kept>
        <NoteForm editing=editing />
    }
}

#[component]
fn Notes(
    notes: Signal<Option<Vec<Note>>>,
    words: RwSignal<String>,
    editing: Editing,
) -> impl IntoView {
    let part = RwSignal::new("");
    let fitting = Memo::new(move |_| {
        let mut all = notes.get().unwrap_or_default();
        all.retain(|it| part.get().is_empty() || it.scope == part.get());
        all
    });
    let is_whole = move || notes.with(|it| it.as_ref().is_none_or(|it| it.len() < MOST));
    let none = move || {
        let (title, body) = if words.get().is_empty() && part.get().is_empty() {
            ("No notes yet", "Tell the assistant to remember something, or add a note here.")
        } else {
            ("No note matches", "Clear the search to see all of them.")
        };
        view! { <Empty icon="assistant" title=title body=body /> }
    };
    let chip = move |(key, label): (&'static str, &'static str)| {
        view! { <Chip on=Signal::derive(move || part.get() == key) press=move |()| part.set(key)>{label}</Chip> }
    };
    let chips =
        [("", "All"), ("user", "Only me"), ("project", "Projects"), ("workspace", "Workspace")];
    view! {
        <div class="chips">{chips.map(chip).into_iter().collect_view()}</div>
        <Show when=move || fitting.with(|it| !it.is_empty()) fallback=none>
            <section class="card" aria-label="Notes">
                <ul>
                    <For each=move || fitting.get() key=whole let:note><Row note=note editing=editing /></For>
                </ul>
            </section>
        </Show>
        <Show when=move || !is_whole()>
            <p class="xs quiet">{format!("The {MOST} most important are shown. Search to find the others.")}</p>
        </Show>
    }
}

#[component]
fn Row(note: Note, editing: Editing) -> impl IntoView {
    let (at, now) = (parse_time(&note.updated_at).unwrap_or_default(), use_now());
    let by_person = note.trust == "person";
    let (tone, trust) = if by_person {
        (Tone::Good, "A person wrote it")
    } else {
        (Tone::Iris, "The assistant wrote it")
    };
    let scope = SCOPES.iter().find(|it| it.0 == note.scope).map_or("Everybody", |it| it.1);
    let project = note.project_id.clone();
    let shared = move || match project.as_deref().and_then(|it| editing.name_of(it)) {
        Some(name) => format!("Everybody, about {name}"),
        None => scope.to_owned(),
    };
    let source = format!("for {} through {}", note.author, door(&note.source));
    let mine = can(Permission::Write);
    let manages = can(Permission::Manage);
    let is_own = note.scope == "user";
    let may = move || mine.get() && (is_own || manages.get());
    let (label, id, kind) = (short(&note.content), note.id.clone(), note.memory_type.clone());
    let text = note.content.clone();
    let note = StoredValue::new(note);
    let acts = move || {
        let (label, id) = (label.clone(), id.clone());
        view! {
            <IconButton icon="edit" label=format!("Change: {label}") class="icon-btn--sm"
                on:click=move |_| editing.begin(Some(note.get_value())) />
            <IconButton icon="trash" label=format!("Delete: {label}") class="icon-btn--sm"
                on:click=move |_| {
                    editing.gone.set(id.clone());
                    editing.forget.dispatch(ForgetNote { id: id.clone() });
                } />
        }
    };
    view! {
        <li class="setrow">
            <div class="grow">
                <span>{text}</span>
                <div class="row row--wrap note__facts">
                    <Badge>{kind}</Badge>
                    <Badge tone=tone>{trust}</Badge>
                    <span class="xs quiet">
                        <span><Transition fallback=move || scope>{shared}</Transition></span>
                        ", " {source} ", " {move || now.get().ago(at)}
                    </span>
                </div>
            </div>
            {move || may().then(acts.clone())}
        </li>
    }
}

/// Where a note came from, as people call it.
fn door(source: &str) -> &'static str {
    match source {
        "chat" => "the assistant",
        "ui" => "this page",
        "mcp" => "a chat client",
        _ => "the API",
    }
}

fn short(text: &str) -> String {
    text.chars().take(40).collect()
}

#[component]
fn NoteForm(editing: Editing) -> impl IntoView {
    let problems = FormProblems::of(editing.keep.value());
    let manages = can(Permission::Manage);
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        editing.keep.dispatch(KeepNote { change: editing.change() });
    };
    let is_new = move || editing.id.with(Option::is_none);
    let about_project = move || manages.get() && editing.scope.with(|it| it == "project");
    let title = Signal::derive(move || {
        if is_new() { "A note for the assistant" } else { "Change the note" }.to_owned()
    });
    view! {
        <Dialog open=editing.open title=title>
            <form on:submit=send style="display: contents">
                <div class="dialog__body stack stack--4">
                    <Lines id="note-text" label="What should be remembered" value=editing.text error=problems.field("content") />
                    <Show when=is_new><Choose id="note-kind" label="What it is" options=KINDS.to_vec() value=editing.kind /></Show>
                    <Show when=move || manages.get()>
                        <Choose id="note-scope" label="Who it is for" options=SCOPES.to_vec() value=editing.scope />
                    </Show>
                    <Show when=about_project><ProjectChoice editing=editing error=problems.field("project_id") /></Show>
                    <FormProblem error=problems.rest(&["content", "project_id"]) />
                </div>
                <FormFoot open=editing.open busy=editing.keep.pending() send="Keep the note" />
            </form>
        </Dialog>
    }
}

/// The project a note is about.
#[component]
fn ProjectChoice(editing: Editing, error: Signal<Option<String>>) -> impl IntoView {
    let chosen = editing.project;
    let all = move || editing.projects.get().and_then(Result::ok).flatten().unwrap_or_default();
    let option = move |(key, words): (String, String)| {
        let own = key.clone();
        view! { <option value=key prop:selected=move || chosen.with(|it| *it == own)>{words}</option> }
    };
    let options = move || {
        let first = (String::new(), "Choose a project".to_owned());
        let rest = all().into_iter().map(|it| (it.project.id.to_string(), it.project.name));
        std::iter::once(first).chain(rest).map(option).collect_view()
    };
    view! {
        <div class="field">
            <label class="label" for="note-project">"Project"</label>
            <select class="select" id="note-project" aria-invalid=move || error.with(Option::is_some).then_some("true")
                on:change=move |event| chosen.set(event_target_value(&event))>
                <Transition fallback=|| ()>{options}</Transition>
            </select>
            {move || error.get().map(|it| view! { <p class="error" role="alert">{it}</p> })}
        </div>
    }
}
