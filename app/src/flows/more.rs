//! What is done to one flow of the list: named anew, copied, moved, saved as a file, deleted.

use super::folder_fns::{duplicate_flow, move_flow, rename_flow};
use super::server_fns::{FlowList, delete_flow, get_flow};
use super::transfer::save_file;
use crate::error::AppError;
use crate::session;
use crate::ui::browser;
use crate::ui::button::{Button, Kind};
use crate::ui::dialog::{Confirm, Dialog, FormFoot};
use crate::ui::icon::Icon;
use crate::ui::menu::{Menu, MenuItem, MenuSeparator, Place};
use crate::ui::problem::FormProblem;
use crate::ui::toast::{Toasts, use_toasts};
use crate::ui::typed::{Line, Pick};
use domain::actor::Permission;
use domain::flow::listing::FlowSummary;
use domain::ids::FlowId;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The menu, which every row opens for its own flow.
const MENU: &str = "flow-more";
const NAME: &str = "flow-new-name";

/// The flow that the menu is open for, and what is asked about it. Cheap to copy; outlives the rows.
#[derive(Clone, Copy)]
pub struct More {
    of: RwSignal<Option<FlowSummary>>,
    busy: RwSignal<bool>,
    failed: RwSignal<Option<AppError>>,
    renames: RwSignal<bool>,
    moves: RwSignal<bool>,
    deletes: RwSignal<bool>,
    toasts: Toasts,
}

impl More {
    /// Nothing asked yet.
    pub fn closed() -> Self {
        Self {
            of: RwSignal::new(None),
            busy: RwSignal::new(false),
            failed: RwSignal::new(None),
            renames: RwSignal::new(false),
            moves: RwSignal::new(false),
            deletes: RwSignal::new(false),
            toasts: use_toasts(),
        }
    }

    fn name(self) -> String {
        self.of.with(|it| it.as_ref().map(|it| it.name.clone())).unwrap_or_default()
    }

    fn ask(self, open: RwSignal<bool>) {
        self.failed.set(None);
        open.set(true);
    }

    /// Does something to the flow; `open` is closed and `said` told when it worked, else the reason stands in the dialog.
    fn run<T: 'static>(
        self,
        open: RwSignal<bool>,
        doing: impl Future<Output = Result<T, AppError>> + 'static,
        said: impl FnOnce(Toasts, T) + 'static,
    ) {
        self.busy.set(true);
        self.failed.set(None);
        spawn_local(async move {
            match doing.await {
                Ok(done) => {
                    open.try_set(false);
                    said(self.toasts, done);
                }
                Err(error) => drop(self.failed.try_set(Some(error))),
            }
            self.busy.try_set(false);
        });
    }

    fn rename(self, name: String) {
        let Some(flow) = self.of.get_untracked() else { return };
        let (id, before) = (flow.id.clone(), flow.name);
        let back = move |toasts: Toasts| {
            let (id, before) = (id.clone(), before.clone());
            spawn_local(async move {
                if let Err(error) = rename_flow(id, before).await {
                    toasts.refused(&error);
                }
            });
        };
        self.run(self.renames, rename_flow(flow.id, name), move |toasts, flow| {
            let name = flow.version.display_name;
            toasts.undo(format!("The flow is called {name} now"), "", move || back(toasts));
        });
    }

    fn copy(self) {
        let Some(flow) = self.of.get_untracked() else { return };
        let toasts = self.toasts;
        spawn_local(async move {
            match duplicate_flow(flow.id).await {
                Ok(made) => {
                    toasts.say(format!("{} was made as a draft", made.version.display_name))
                }
                Err(error) => toasts.refused(&error),
            }
        });
    }

    fn put_into(self, folder: String, list: Memo<FlowList>) {
        let Some(flow) = self.of.get_untracked() else { return };
        let name = list.with_untracked(|it| {
            it.folders.iter().find(|it| it.id == folder).map(|it| it.display_name.clone())
        });
        let to = Some(folder).filter(|it| !it.is_empty());
        let said = match name {
            Some(folder) => format!("{} is in {folder} now", flow.name),
            None => format!("{} is in no folder now", flow.name),
        };
        let (id, before): (FlowId, _) = (flow.id.clone(), flow.folder_id);
        self.run(self.moves, move_flow(flow.id, to), move |toasts, _| {
            let back = move || {
                let (id, before) = (id.clone(), before.clone());
                spawn_local(async move {
                    if let Err(error) = move_flow(id, before).await {
                        toasts.refused(&error);
                    }
                });
            };
            toasts.undo(said, "", back);
        });
    }

    fn export(self) {
        let Some(flow) = self.of.get_untracked() else { return };
        let toasts = self.toasts;
        spawn_local(async move {
            match get_flow(flow.id).await {
                Ok(flow) if save_file(&flow.version) => {
                    toasts.say(format!(
                        "{} is saved as a file, without secrets",
                        flow.version.display_name
                    ));
                }
                Ok(_) => toasts.failed("The browser did not save the file"),
                Err(error) => toasts.refused(&error),
            }
        });
    }

    fn delete(self) {
        let Some(flow) = self.of.get_untracked() else { return };
        let name = flow.name;
        self.run(self.deletes, delete_flow(flow.id), move |toasts, ()| {
            toasts.say(format!("{name} was deleted"));
        });
    }
}

/// Opens the menu for a flow.
#[component]
pub fn MoreButton(
    /// The flow.
    flow: FlowSummary,
    /// The menu.
    more: More,
) -> impl IntoView {
    let label = format!("More for {}", flow.name);
    let flow = StoredValue::new(flow);
    view! {
        <button
            type="button"
            class="icon-btn icon-btn--sm"
            aria-haspopup="menu"
            aria-label=label
            popovertarget=MENU
            on:click=move |_| more.of.set(Some(flow.get_value()))
        >
            <Icon name="more" />
        </button>
    }
}

/// The menu and its dialogs; once on the page.
#[component]
pub fn MoreMenu(
    /// What is done.
    more: More,
    /// The flows with their folders.
    list: Memo<FlowList>,
) -> impl IntoView {
    let (writes, manages) = (session::can(Permission::Write), session::can(Permission::Manage));
    let name = RwSignal::new(String::new());
    let folder = RwSignal::new(String::new());
    let has_folders = move || list.with(|it| !it.folders.is_empty());
    let rename = move |_| {
        name.set(more.name());
        more.ask(more.renames);
        browser::focus_once_there(NAME.to_owned());
    };
    let put = move |_| {
        let now = more.of.with_untracked(|it| it.as_ref().and_then(|it| it.folder_id.clone()));
        folder.set(now.unwrap_or_default());
        more.ask(more.moves);
    };
    let label = Signal::derive(move || format!("More for {}", more.name()));
    view! {
        <Menu id=MENU label=label place=Place::End>
            <Show when=move || writes.get()>
                <MenuItem icon="edit" on:click=rename>"Rename"</MenuItem>
                <MenuItem icon="copy" on:click=move |_| more.copy()>"Duplicate"</MenuItem>
                <Show when=has_folders>
                    <MenuItem icon="layers" on:click=put>"Move to a folder"</MenuItem>
                </Show>
            </Show>
            <MenuItem icon="download" on:click=move |_| more.export()>"Export as a file"</MenuItem>
            <Show when=move || manages.get()>
                <MenuSeparator />
                <MenuItem icon="trash" bad=true on:click=move |_| more.ask(more.deletes)>"Delete"</MenuItem>
            </Show>
        </Menu>
        <RenameDialog more=more name=name />
        <MoveDialog more=more folder=folder list=list />
        <DeleteDialog more=more />
    }
}

#[component]
fn RenameDialog(more: More, name: RwSignal<String>) -> impl IntoView {
    let title = Signal::derive(move || format!("Rename {}", more.name()));
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        more.rename(name.get_untracked());
    };
    view! {
        <Dialog open=more.renames title=title>
            <form on:submit=send>
                <div class="dialog__body stack stack--4">
                    <Line id=NAME label="Name" value=name />
                    <FormProblem error=more.failed />
                </div>
                <FormFoot open=more.renames busy=more.busy send="Rename" />
            </form>
        </Dialog>
    }
}

#[component]
fn MoveDialog(more: More, folder: RwSignal<String>, list: Memo<FlowList>) -> impl IntoView {
    let title = Signal::derive(move || format!("Where does {} belong?", more.name()));
    let options = Signal::derive(move || {
        let folders = list.with(|it| it.folders.clone());
        let folders = folders.into_iter().map(|it| (it.id, it.display_name));
        std::iter::once((String::new(), "No folder".to_owned())).chain(folders).collect()
    });
    view! {
        <Dialog open=more.moves title=title>
            <div class="dialog__body stack stack--4">
                <Pick id="flow-folder" label="Folder" options=options value=folder />
                <FormProblem error=more.failed />
            </div>
            <div class="dialog__foot">
                <Button kind=Kind::Ghost on:click=move |_| more.moves.set(false)>"Cancel"</Button>
                <Button kind=Kind::Primary busy=more.busy on:click=move |_| more.put_into(folder.get_untracked(), list)>"Move"</Button>
            </div>
        </Dialog>
    }
}

#[component]
fn DeleteDialog(more: More) -> impl IntoView {
    let body = move || match more.failed.get() {
        Some(error) => format!("It was not deleted. {error}"),
        None => {
            "The flow, its versions and the record of its runs go. What it did in Basecamp stays."
                .to_owned()
        }
    };
    view! {
        <Confirm
            open=more.deletes
            title=Signal::derive(move || format!("Delete {}?", more.name()))
            body=Signal::derive(body)
            action="Delete flow"
            busy=more.busy
            confirm=move |()| more.delete()
        />
    }
}
