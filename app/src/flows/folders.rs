//! Folders of flows: a chip each, and making, renaming and deleting them.

use super::folder_fns::{create_folder, delete_folder, rename_folder};
use super::server_fns::FlowList;
use crate::error::AppError;
use crate::session;
use crate::ui::button::{Button, IconButton, Kind};
use crate::ui::choice::Chip;
use crate::ui::dialog::{Confirm, Dialog};
use crate::ui::problem::FormProblem;
use crate::ui::toast::use_toasts;
use domain::actor::Permission;
use domain::flow::listing::{FlowSummary, Folder};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::query_signal;

/// The key of flows that are in no folder.
pub const NONE: &str = "none";

/// Whether a flow is in the folder with this key; an empty key holds all.
pub fn holds(key: &str, flow: &FlowSummary) -> bool {
    match key {
        "" => true,
        NONE => flow.folder_id.is_none(),
        id => flow.folder_id.as_deref() == Some(id),
    }
}

/// What is being named: a new folder, or one that exists.
#[derive(Clone, Debug, Default, PartialEq)]
struct Naming {
    id: Option<String>,
    name: String,
}

/// A chip for each folder; the one that is chosen can be renamed and deleted.
#[component]
pub fn FolderBar(
    /// The flows with their folders.
    list: Memo<FlowList>,
) -> impl IntoView {
    let may = session::can(Permission::Write);
    let (chosen, set_chosen) = query_signal::<String>("folder");
    let chosen = Memo::new(move |_| chosen.get().unwrap_or_default());
    let (naming, opens) = (RwSignal::new(Naming::default()), RwSignal::new(false));
    let asks = RwSignal::new(false);
    let rows = Memo::new(move |_| list.with(rows));
    let chip = move |(key, words, number): Row| {
        let (is, press) = (key.clone(), key);
        let on = Signal::derive(move || chosen.with(|it| *it == is));
        let press = move |()| set_chosen.set((!press.is_empty()).then(|| press.clone()));
        let number = number.map(|it| view! { <span class="count">{it}</span> });
        view! { <Chip on=on press=press>{words} " " {number}</Chip> }
    };
    let open_one = Memo::new(move |_| {
        let id = chosen.get();
        list.with(|it| it.folders.iter().find(|it| it.id == id).cloned())
    });
    let name_new = move |_| {
        naming.set(Naming::default());
        opens.set(true);
    };
    let rename = move |_| {
        if let Some(it) = open_one.get_untracked() {
            naming.set(Naming { id: Some(it.id), name: it.display_name });
            opens.set(true);
        }
    };
    view! {
        <div class="toolbar">
            <Show when=move || rows.with(|it| !it.is_empty())>
                <div class="chips" role="group" aria-label="Folder">{move || rows.get().into_iter().map(chip).collect_view()}</div>
            </Show>
            <Show when=move || may.get()>
                <Show when=move || open_one.with(Option::is_some)>
                    <IconButton icon="edit" class="icon-btn--sm" label="Rename this folder" on:click=rename />
                    <IconButton icon="trash" class="icon-btn--sm" label="Delete this folder" on:click=move |_| asks.set(true) />
                </Show>
                <Button kind=Kind::Ghost icon="plus" on:click=name_new>"New folder"</Button>
            </Show>
        </div>
        <NameDialog naming=naming open=opens />
        <DeleteDialog folder=open_one asks=asks after=Callback::new(move |()| set_chosen.set(None)) />
    }
}

/// Key, words and number of flows of a chip.
type Row = (String, String, Option<usize>);

/// The chips; none before the first folder.
fn rows(list: &FlowList) -> Vec<Row> {
    if list.folders.is_empty() {
        return Vec::new();
    }
    let loose = list.flows.iter().filter(|it| it.folder_id.is_none()).count();
    let folder = |it: &Folder| {
        (it.id.clone(), it.display_name.clone(), usize::try_from(it.number_of_flows).ok())
    };
    std::iter::once((String::new(), "All folders".to_owned(), None))
        .chain(list.folders.iter().map(folder))
        .chain(std::iter::once((NONE.to_owned(), "In no folder".to_owned(), Some(loose))))
        .collect()
}

#[component]
fn NameDialog(naming: RwSignal<Naming>, open: RwSignal<bool>) -> impl IntoView {
    let (busy, failed) = (RwSignal::new(false), RwSignal::new(None::<AppError>));
    Effect::new(move |_| {
        if open.get() {
            failed.set(None);
        }
    });
    let title = move || {
        if naming.with(|it| it.id.is_some()) { "Rename the folder" } else { "New folder" }
            .to_owned()
    };
    let save = move || {
        let Naming { id, name } = naming.get_untracked();
        busy.set(true);
        spawn_local(async move {
            let answer = match id {
                Some(id) => rename_folder(id, name).await,
                None => create_folder(name).await,
            };
            match answer {
                Ok(_) => {
                    open.try_set(false);
                }
                Err(error) => {
                    failed.try_set(Some(error));
                }
            }
            busy.try_set(false);
        });
    };
    view! {
        <Dialog open=open title=Signal::derive(title)>
            <form
                on:submit=move |event| {
                    event.prevent_default();
                    save();
                }
            >
                <div class="dialog__body stack stack--4">
                    <div class="field">
                        <label class="label" for="folder-name">"Name"</label>
                        <input
                            class="input"
                            id="folder-name"
                            autocomplete="off"
                            prop:value=move || naming.with(|it| it.name.clone())
                            on:input=move |event| naming.update(|it| it.name = event_target_value(&event))
                        />
                    </div>
                    <FormProblem error=failed />
                </div>
                <div class="dialog__foot">
                    <Button kind=Kind::Ghost on:click=move |_| open.set(false)>"Not now"</Button>
                    <Button kind=Kind::Primary busy=busy on:click=move |_| save()>"Save"</Button>
                </div>
            </form>
        </Dialog>
    }
}

#[component]
fn DeleteDialog(
    folder: Memo<Option<Folder>>,
    asks: RwSignal<bool>,
    after: Callback<()>,
) -> impl IntoView {
    let busy = RwSignal::new(false);
    let toasts = use_toasts();
    let delete = move |()| {
        let Some(it) = folder.get_untracked() else { return };
        busy.set(true);
        spawn_local(async move {
            match delete_folder(it.id).await {
                Ok(_) => {
                    toasts.say(format!("The folder {} was deleted", it.display_name));
                    after.run(());
                }
                Err(error) => toasts.failed(error.to_string()),
            }
            busy.try_set(false);
            asks.try_set(false);
        });
    };
    let name = move || folder.with(|it| it.as_ref().map(|it| it.display_name.clone()));
    view! {
        <Confirm
            open=asks
            title=Signal::derive(move || format!("Delete the folder {}?", name().unwrap_or_default()))
            body="Its flows stay. They are in no folder then."
            action="Delete folder"
            busy=busy
            confirm=delete
        />
    }
}
